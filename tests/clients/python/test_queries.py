"""Queries and scans through boto3: key conditions, paginators, indexes, parallel segments."""
import threading
import unittest

from boto3.dynamodb.conditions import Attr, Key

from support import ClientTest, attributes, schema

GROUPS = 4
ITEMS_OF_GROUP = 25


def fill(table, items):
    with table.batch_writer() as batch:
        for item in items:
            batch.put_item(item)


class TestQuery(ClientTest):
    """On one table that no test changes: 4 groups of 25 items, numbered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls("test_pages")
        cls.name = cls.maker.make_table()
        cls.table = cls.resource.Table(cls.name)
        fill(cls.table, ({"pk": f"g{g}", "sk": f"{i:02}", "n": i, "even": i % 2 == 0}
                         for g in range(GROUPS) for i in range(ITEMS_OF_GROUP)))

    @classmethod
    def tearDownClass(cls):
        cls.maker.doCleanups()

    def numbers(self, condition, **more):
        found = self.table.query(KeyConditionExpression=Key("pk").eq("g1") & condition, **more)
        self.assertEqual(found["Count"], len(found["Items"]))
        self.assertTrue(all(item["pk"] == "g1" for item in found["Items"]))
        return [int(item["n"]) for item in found["Items"]]

    def test_key_conditions(self):
        self.assertEqual(self.numbers(Key("sk").eq("07")), [7])
        self.assertEqual(self.numbers(Key("sk").lt("03")), [0, 1, 2])
        self.assertEqual(self.numbers(Key("sk").lte("03")), [0, 1, 2, 3])
        self.assertEqual(self.numbers(Key("sk").gt("22")), [23, 24])
        self.assertEqual(self.numbers(Key("sk").gte("22")), [22, 23, 24])
        self.assertEqual(self.numbers(Key("sk").between("09", "11")), [9, 10, 11])
        self.assertEqual(self.numbers(Key("sk").begins_with("1")), list(range(10, 20)))
        self.assertEqual(self.numbers(Key("sk").gt("99")), [])

    def test_backward(self):
        self.assertEqual(self.numbers(Key("sk").begins_with("0"), ScanIndexForward=False),
                         list(range(9, -1, -1)))
        self.assertEqual(self.numbers(Key("sk").lt("99"), ScanIndexForward=False, Limit=2),
                         [24, 23])

    def test_filter_counts_what_it_read(self):
        """API_Query, ScannedCount: the items evaluated before the filter."""
        found = self.table.query(KeyConditionExpression=Key("pk").eq("g0"), Limit=10,
                                 FilterExpression=Attr("even").eq(True) & Attr("n").gte(4))
        self.assertEqual((found["Count"], found["ScannedCount"]), (3, 10))
        self.assertEqual(found["LastEvaluatedKey"], {"pk": "g0", "sk": "09"})

    def test_select_and_projection(self):
        found = self.table.query(KeyConditionExpression=Key("pk").eq("g0"), Select="COUNT")
        self.assertEqual((found["Count"], "Items" in found), (ITEMS_OF_GROUP, False))
        found = self.table.query(KeyConditionExpression=Key("pk").eq("g0"), Limit=1,
                                 ProjectionExpression="#n", ExpressionAttributeNames={"#n": "n"})
        self.assertEqual(found["Items"], [{"n": 0}])

    def test_pages(self):
        pages = list(self.client.get_paginator("query").paginate(
            TableName=self.name, KeyConditionExpression="pk = :g",
            ExpressionAttributeValues={":g": {"S": "g2"}}, PaginationConfig={"PageSize": 10}))
        self.assertEqual([page["Count"] for page in pages], [10, 10, 5])
        self.assertEqual([item["n"]["N"] for page in pages for item in page["Items"]],
                         [str(i) for i in range(ITEMS_OF_GROUP)])
        self.assertEqual(["LastEvaluatedKey" in page for page in pages], [True, True, False])

    def test_starting_token(self):
        def part(**config):
            pages = self.client.get_paginator("query").paginate(
                TableName=self.name, KeyConditionExpression="pk = :g",
                ExpressionAttributeValues={":g": {"S": "g3"}}, PaginationConfig=config)
            result = pages.build_full_result()
            return [int(item["n"]["N"]) for item in result["Items"]], result.get("NextToken")

        first, token = part(MaxItems=13, PageSize=5)
        rest, end = part(StartingToken=token, PageSize=5)
        self.assertEqual((first, rest), (list(range(13)), list(range(13, ITEMS_OF_GROUP))))
        self.assertIsNone(end)

    def test_end_exactly_on_the_limit(self):
        """API_Query, LastEvaluatedKey: present does not say that there is more, absent says that
        there is not."""
        found = self.table.query(KeyConditionExpression=Key("pk").eq("g0"), Limit=ITEMS_OF_GROUP)
        self.assertEqual(found["LastEvaluatedKey"], {"pk": "g0", "sk": "24"})
        found = self.table.query(KeyConditionExpression=Key("pk").eq("g0"),
                                 ExclusiveStartKey=found["LastEvaluatedKey"])
        self.assertEqual((found["Items"], "LastEvaluatedKey" in found), ([], False))

    def test_missing_partition_key_is_refused(self):
        self.assert_refused("ValidationException", "Query condition missed key schema element: pk",
                            self.table.query, KeyConditionExpression=Key("sk").eq("1"))

    def test_scan_pages(self):
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name, PaginationConfig={"PageSize": 7})
        found = [(item["pk"]["S"], item["sk"]["S"]) for page in pages for item in page["Items"]]
        self.assertEqual(sorted(found), [(f"g{g}", f"{i:02}") for g in range(GROUPS)
                                         for i in range(ITEMS_OF_GROUP)])
        for group in range(GROUPS):
            of_group = [sk for pk, sk in found if pk == f"g{group}"]
            self.assertEqual(of_group, sorted(of_group))

    def test_scan_filter(self):
        found = self.table.scan(FilterExpression=Attr("n").between(3, 5) & Key("pk").eq("g0"))
        self.assertEqual(sorted(int(item["n"]) for item in found["Items"]), [3, 4, 5])
        self.assertEqual(found["ScannedCount"], GROUPS * ITEMS_OF_GROUP)


class TestParallelScan(ClientTest):
    SEGMENTS = 4

    def scan_segment(self, name, segment, results):
        """One thread's share, with pages of 20."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=name, Segment=segment, TotalSegments=self.SEGMENTS,
            PaginationConfig={"PageSize": 20})
        results[segment] = [item["pk"]["S"] for page in pages for item in page["Items"]]

    def test_segments_share_the_table(self):
        """Working with scans, Parallel scan: each item is in one segment."""
        name = self.make_table(KeySchema=schema("pk"), AttributeDefinitions=attributes(pk="S"))
        keys = [f"key {i}" for i in range(400)]
        fill(self.resource.Table(name), ({"pk": key} for key in keys))
        results = {}
        threads = [threading.Thread(target=self.scan_segment, args=(name, segment, results))
                   for segment in range(self.SEGMENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(sum(results.values(), [])), sorted(keys))
        # A key's segment is its hash's: the chance that one of four gets fewer than 40 of 400 is
        # far below one in a billion.
        self.assertGreater(min(len(found) for found in results.values()), 40)

    def test_bad_segment_is_refused(self):
        name = self.make_table()
        self.assert_refused("ValidationException", "must be less than parameter TotalSegments",
                            self.client.scan, TableName=name, Segment=2, TotalSegments=2)


class TestPagesOfOneMegabyte(ClientTest):
    def test_query_and_scan_stop(self):
        """API_Query: a page ends where 1 MB of items was read. Whether the item that crosses the
        line is on the page is not said."""
        name = self.make_table()
        table = self.resource.Table(name)
        for i in range(25):
            table.put_item(Item={"pk": "p", "sk": f"{i:02}", "text": "x" * 99_900})
        for operation, more in (("scan", {}), ("query", {
                "KeyConditionExpression": "pk = :p",
                "ExpressionAttributeValues": {":p": {"S": "p"}}})):
            pages = list(self.client.get_paginator(operation).paginate(TableName=name, **more))
            self.assertIn([page["Count"] for page in pages], ([10, 10, 5], [11, 11, 3]), operation)
            self.assertEqual([item["sk"]["S"] for page in pages for item in page["Items"]],
                             [f"{i:02}" for i in range(25)])


class TestIndexes(ClientTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.maker = cls("test_global")
        cls.name = cls.maker.make_table(
            AttributeDefinitions=attributes(pk="S", sk="S", city="S", score="N"),
            GlobalSecondaryIndexes=[
                {"IndexName": "by-city", "KeySchema": schema("city", "score"),
                 "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]}},
                {"IndexName": "inverted", "KeySchema": schema("sk", "pk"),
                 "Projection": {"ProjectionType": "ALL"}}],
            LocalSecondaryIndexes=[
                {"IndexName": "by-score", "KeySchema": schema("pk", "score"),
                 "Projection": {"ProjectionType": "KEYS_ONLY"}}])
        cls.table = cls.resource.Table(cls.name)
        fill(cls.table, cls.items())

    @classmethod
    def tearDownClass(cls):
        cls.maker.doCleanups()

    @staticmethod
    def items():
        for i in range(30):
            item = {"pk": f"team{i % 3}", "sk": f"player{i:02}", "name": f"N{i}", "more": "x"}
            if i % 2 == 0:
                item.update(score=100 - i, city=f"city{i % 4}")
            yield item

    def test_global(self):
        """API_Projection: keys of index and table and what is included, nothing else; items
        without the index key are not in the index."""
        found = self.table.query(IndexName="by-city", KeyConditionExpression=Key("city").eq("city2")
                                 & Key("score").between(80, 94))
        self.assertEqual(found["Items"], [
            {"pk": f"team{i % 3}", "sk": f"player{i:02}", "name": f"N{i}", "score": 100 - i,
             "city": "city2"} for i in (18, 14, 10, 6)])
        self.assertEqual(self.table.scan(IndexName="by-city")["Count"], 15)

    def test_global_pages(self):
        start, found, pages = {}, [], 0
        while True:
            page = self.table.query(IndexName="by-city", Limit=3, **start,
                                    KeyConditionExpression=Key("city").eq("city0"))
            found += [int(item["score"]) for item in page["Items"]]
            pages += 1
            if "LastEvaluatedKey" not in page:
                break
            self.assertEqual(set(page["LastEvaluatedKey"]), {"pk", "sk", "city", "score"})
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        self.assertEqual((found, pages), ([100 - i for i in range(28, -1, -4)], 3))

    def test_inverted(self):
        found = self.table.query(IndexName="inverted",
                                 KeyConditionExpression=Key("sk").eq("player07"))
        self.assertEqual(found["Items"],
                         [{"pk": "team1", "sk": "player07", "name": "N7", "more": "x"}])

    def test_global_consistent_read_is_refused(self):
        """API_Query, ConsistentRead: not supported on global secondary indexes."""
        self.assert_refused("ValidationException",
                            "Consistent reads are not supported on global secondary indexes",
                            self.table.query, IndexName="by-city", ConsistentRead=True,
                            KeyConditionExpression=Key("city").eq("city0"))

    def test_local(self):
        found = self.table.query(IndexName="by-score", ConsistentRead=True,
                                 KeyConditionExpression=Key("pk").eq("team0"))
        self.assertEqual(found["Items"], [{"pk": "team0", "sk": f"player{i:02}", "score": 100 - i}
                                          for i in (24, 18, 12, 6, 0)])

    def test_local_fetches_what_it_lacks(self):
        """Local secondary indexes, Attribute projections: DynamoDB fetches the attributes that
        are not projected from the table."""
        found = self.table.query(IndexName="by-score", Select="ALL_ATTRIBUTES", Limit=1,
                                 KeyConditionExpression=Key("pk").eq("team0"))
        self.assertEqual(found["Items"], [{"pk": "team0", "sk": "player24", "name": "N24",
                                           "more": "x", "score": 76, "city": "city0"}])

    def test_entry_moves_with_its_item(self):
        key = {"pk": "mover", "sk": "player99"}

        def cities():
            found = self.table.scan(IndexName="by-city", FilterExpression=Attr("pk").eq("mover"))
            return [item["city"] for item in found["Items"]]

        self.table.put_item(Item={**key, "city": "x", "score": 1})
        self.assertEqual(cities(), ["x"])
        self.table.update_item(Key=key, UpdateExpression="SET city = :c",
                               ExpressionAttributeValues={":c": "y"})
        self.assertEqual(cities(), ["y"])
        self.table.update_item(Key=key, UpdateExpression="REMOVE city")
        self.assertEqual(cities(), [])
        self.table.delete_item(Key=key)

    def test_wrong_index_key_type_is_refused(self):
        self.assert_refused("ValidationException", "Type mismatch for Index Key",
                            self.table.put_item, Item={"pk": "a", "sk": "b", "city": 5})


if __name__ == "__main__":
    unittest.main()
