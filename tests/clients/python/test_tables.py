"""Tables through boto3: create, describe, list, wait, update, delete."""
import datetime
import time
import unittest

import botocore.exceptions
from boto3.dynamodb.conditions import Key

from support import (REGION, WAITER, ClientTest, attributes, differs, new_client, new_name,
                     new_resource, schema)

GSI_POLLS_MAX = 100
GSI_POLL_S = 0.2


class TestCreateTable(ClientTest):
    def test_description(self):
        """API_TableDescription: what a new table says of itself."""
        before = datetime.datetime.now(datetime.timezone.utc)
        name = self.make_table(
            AttributeDefinitions=attributes(pk="S", sk="N", other="B"),
            LocalSecondaryIndexes=[{"IndexName": "local", "KeySchema": schema("pk", "other"),
                                    "Projection": {"ProjectionType": "KEYS_ONLY"}}],
            GlobalSecondaryIndexes=[{
                "IndexName": "global", "KeySchema": schema("other", "pk"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["shown"]},
                "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}}],
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 2})
        table = self.client.describe_table(TableName=name)["Table"]
        self.assertEqual(table["TableStatus"], "ACTIVE")
        self.assertEqual(table["TableName"], name)
        self.assertEqual(table["KeySchema"], schema("pk", "sk"))
        self.assertCountEqual(table["AttributeDefinitions"], attributes(pk="S", sk="N", other="B"))
        self.assertEqual((table["ItemCount"], table["TableSizeBytes"]), (0, 0))
        throughput = table["ProvisionedThroughput"]
        self.assertEqual((throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"],
                          throughput["NumberOfDecreasesToday"]), (1, 2, 0))
        age = table["CreationDateTime"] - before
        self.assertLess(abs(age.total_seconds()), 60)
        self.check_indexes(table)

    def check_indexes(self, table):
        [index] = table["GlobalSecondaryIndexes"]
        self.assertEqual(index["IndexName"], "global")
        self.assertEqual(index["IndexStatus"], "ACTIVE")
        self.assertEqual(index["KeySchema"], schema("other", "pk"))
        self.assertEqual(index["Projection"],
                         {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["shown"]})
        self.assertEqual(index["ProvisionedThroughput"]["WriteCapacityUnits"], 4)
        self.assertEqual(index["IndexArn"], table["TableArn"] + "/index/global")
        [index] = table["LocalSecondaryIndexes"]
        self.assertEqual(index["KeySchema"], schema("pk", "other"))
        self.assertEqual(index["Projection"], {"ProjectionType": "KEYS_ONLY"})
        self.assertEqual(index["IndexArn"], table["TableArn"] + "/index/local")

    @differs("dynamodb-local", "has no TableId")
    def test_table_id(self):
        """API_TableDescription, TableId; another table of the same name has another."""
        name = new_name()
        ids = set()
        for _ in range(2):
            self.make_table(TableName=name)
            ids.add(self.client.describe_table(TableName=name)["Table"]["TableId"])
            self.client.delete_table(TableName=name)
            self.client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=WAITER)
        self.assertEqual(len(ids), 2)
        for each in ids:
            self.assertRegex(each, r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

    def test_on_demand(self):
        """API_BillingModeSummary; on-demand tables show a throughput of 0 and 0."""
        name = self.make_table(BillingMode="PAY_PER_REQUEST")
        table = self.client.describe_table(TableName=name)["Table"]
        self.assertEqual(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")
        self.assertEqual(table["ProvisionedThroughput"]["ReadCapacityUnits"], 0)

    @differs("dynamodb-local", "the region in its ARNs is always ddblocal")
    def test_arn_has_the_region_of_the_request(self):
        name = self.make_table()
        table = self.client.describe_table(TableName=name)["Table"]
        self.assertEqual(table["TableArn"],
                         f"arn:aws:dynamodb:{REGION}:000000000000:table/{name}")

    def test_twice_is_refused(self):
        """API_CreateTable, Errors: ResourceInUseException for a table that exists."""
        name = self.make_table()
        with self.assertRaises(self.client.exceptions.ResourceInUseException) as caught:
            self.make_table(TableName=name)
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_bad_name_is_refused(self):
        """API_CreateTable, TableName: the pattern [a-zA-Z0-9_.-]+."""
        self.assert_refused(
            "ValidationException",
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
            self.client.create_table, TableName="bad/name", KeySchema=schema("pk"),
            AttributeDefinitions=attributes(pk="S"), BillingMode="PAY_PER_REQUEST")

    def test_resource(self):
        table = self.resource.create_table(
            TableName=new_name(), KeySchema=schema("pk"), AttributeDefinitions=attributes(pk="N"),
            BillingMode="PAY_PER_REQUEST")
        self.addCleanup(self.drop, self.client, table.name)
        table.wait_until_exists()
        self.assertEqual(table.key_schema, schema("pk"))
        table.put_item(Item={"pk": 1, "text": "one"})
        self.assertEqual(table.get_item(Key={"pk": 1})["Item"], {"pk": 1, "text": "one"})
        table.delete()
        table.wait_until_not_exists()
        with self.assertRaises(table.meta.client.exceptions.ResourceNotFoundException):
            table.load()


class TestDeleteTable(ClientTest):
    def test_waiter_sees_it_go(self):
        name = self.make_table()
        deleted = self.client.delete_table(TableName=name)["TableDescription"]
        self.assertEqual(deleted["TableName"], name)
        self.client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=WAITER)
        error = self.assert_refused("ResourceNotFoundException", f"Table: {name} not found",
                                    self.client.describe_table, TableName=name)
        self.assertIsInstance(error, self.client.exceptions.ResourceNotFoundException)
        self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)

    @differs("dynamodb-local", "says ACTIVE")
    def test_description_says_deleting(self):
        """API_DeleteTable: the table is in the DELETING state; captures of AWS show that the keys
        and indexes are left out."""
        name = self.make_table()
        deleted = self.client.delete_table(TableName=name)["TableDescription"]
        self.assertEqual(deleted["TableStatus"], "DELETING")
        self.assertNotIn("KeySchema", deleted)

    def test_unknown_is_refused(self):
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.delete_table(TableName=new_name())

    def test_made_again_is_empty(self):
        name = self.make_table()
        key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
        self.client.put_item(TableName=name, Item=key)
        self.client.delete_table(TableName=name)
        self.client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=WAITER)
        self.make_table(TableName=name)
        self.assertNotIn("Item", self.client.get_item(TableName=name, Key=key))

    def test_waiter_gives_up(self):
        with self.assertRaises(botocore.exceptions.WaiterError):
            self.client.get_waiter("table_exists").wait(
                TableName=new_name(), WaiterConfig={"Delay": 0.1, "MaxAttempts": 2})


class TestListTables(ClientTest):
    @classmethod
    def setUpClass(cls):
        # A region of its own, so that the tables of other tests are not in the list.
        cls.client = new_client(region="eu-north-1")
        cls.resource = new_resource(region="eu-north-1")

    def setUp(self):
        self.names = sorted(self.make_table() for _ in range(7))

    def listed(self, **config):
        """The pages of the paginator, and where it stopped."""
        pages = self.client.get_paginator("list_tables").paginate(PaginationConfig=config)
        return [page["TableNames"] for page in pages], pages.resume_token

    def test_pages(self):
        pages, _ = self.listed(PageSize=3)
        self.assertEqual([len(page) for page in pages], [3, 3, 1])
        self.assertEqual(sorted(sum(pages, [])), self.names)

    def test_starting_token(self):
        first, token = self.listed(PageSize=2, MaxItems=5)
        rest, end = self.listed(PageSize=2, StartingToken=token)
        self.assertEqual(len(sum(first, [])), 5)
        self.assertEqual(sorted(sum(first + rest, [])), self.names)
        self.assertIsNone(end)

    def test_resource_collection(self):
        self.assertEqual(sorted(table.name for table in self.resource.tables.all()), self.names)
        self.assertEqual(len(list(self.resource.tables.limit(2))), 2)


class TestUpdateTable(ClientTest):
    def wait_for_index(self, name, index):
        """The description of an index once it is ACTIVE; None once it is gone."""
        for _ in range(GSI_POLLS_MAX):
            table = self.client.describe_table(TableName=name)["Table"]
            found = [each for each in table.get("GlobalSecondaryIndexes", ())
                     if each["IndexName"] == index]
            if table["TableStatus"] == "ACTIVE" and (
                    not found or found[0]["IndexStatus"] == "ACTIVE"):
                return found[0] if found else None
            time.sleep(GSI_POLL_S)
        return self.fail(f"index {index} still is {found[0]['IndexStatus']}")

    def add_index(self, name):
        """Adds by-color to a table and waits until it is filled."""
        self.client.update_table(
            TableName=name, AttributeDefinitions=attributes(pk="S", sk="S", color="S"),
            GlobalSecondaryIndexUpdates=[{"Create": {
                "IndexName": "by-color", "KeySchema": schema("color", "sk"),
                "Projection": {"ProjectionType": "ALL"}}}])
        self.assertIsNotNone(self.wait_for_index(name, "by-color"))

    def test_throughput(self):
        name = self.make_table(
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1})
        self.client.update_table(
            TableName=name,
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6})
        self.client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=WAITER)
        throughput = self.client.describe_table(TableName=name)["Table"]["ProvisionedThroughput"]
        self.assertEqual((throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]),
                         (5, 6))

    def test_index_on_a_filled_table(self):
        """Managing Global Secondary Indexes: DynamoDB fills a new index with the table's items,
        without those that lack the key attribute."""
        name = self.make_table()
        table = self.resource.Table(name)
        with table.batch_writer() as batch:
            for i in range(120):
                batch.put_item({"pk": f"p{i % 10}", "sk": f"{i:03}", "color": f"c{i % 4}"})
            batch.put_item({"pk": "colorless", "sk": "0"})
        self.add_index(name)
        found = table.query(IndexName="by-color", KeyConditionExpression=Key("color").eq("c3"))
        self.assertEqual([item["sk"] for item in found["Items"]],
                         [f"{i:03}" for i in range(3, 120, 4)])
        self.assertEqual(table.scan(IndexName="by-color", Select="COUNT")["Count"], 120)
        self.check_index_goes(name, table)

    @differs("dynamodb-local", "indexes the item")
    def test_index_leaves_out_other_types(self):
        """Detecting and Correcting Index Key Violations: an item whose value has another type than
        the index key is not in the index."""
        name = self.make_table()
        table = self.resource.Table(name)
        table.put_item(Item={"pk": "a", "sk": "0", "color": "red"})
        table.put_item(Item={"pk": "b", "sk": "0", "color": 1})
        self.add_index(name)
        self.assertEqual([item["pk"] for item in table.scan(IndexName="by-color")["Items"]], ["a"])

    def check_index_goes(self, name, table):
        self.client.update_table(TableName=name, GlobalSecondaryIndexUpdates=[
            {"Delete": {"IndexName": "by-color"}}])
        self.assertIsNone(self.wait_for_index(name, "by-color"))
        self.assert_refused(
            "ValidationException", "The table does not have the specified index: by-color",
            table.query, IndexName="by-color", KeyConditionExpression=Key("color").eq("c3"))

    def test_unknown_is_refused(self):
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.update_table(TableName=new_name(), BillingMode="PAY_PER_REQUEST")


if __name__ == "__main__":
    unittest.main()
