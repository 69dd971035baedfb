"""Batches and transactions through boto3: batch_writer, limits, reasons, tokens."""
import unittest

from boto3.dynamodb.conditions import Key

from support import ClientTest, attributes, differs, new_name, schema

LARGE_ITEMS = 50  # of 390,000 bytes: more than the 16 MB of one answer


class BatchTest(ClientTest):
    def setUp(self):
        self.name = self.make_table()
        self.table = self.resource.Table(self.name)

    def key(self, sk, pk="p"):
        return {"pk": {"S": pk}, "sk": {"S": sk}}

    def value(self, sk, name="v"):
        """The number in one attribute of an item, None if there is none."""
        item = self.client.get_item(TableName=self.name, Key=self.key(sk),
                                    ConsistentRead=True).get("Item", {})
        return int(item[name]["N"]) if name in item else None


class TestBatches(BatchTest):
    def test_batch_writer(self):
        with self.table.batch_writer() as batch:
            for i in range(60):
                batch.put_item({"pk": "p", "sk": f"{i:02}"})
        with self.table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for i in range(30):
                batch.delete_item({"pk": "p", "sk": f"{i:02}"})
            for i in range(3):
                batch.put_item({"pk": "p", "sk": "59", "round": i})
        found = self.table.query(KeyConditionExpression=Key("pk").eq("p"))["Items"]
        self.assertEqual([item["sk"] for item in found], [f"{i:02}" for i in range(30, 60)])
        self.assertEqual(found[-1], {"pk": "p", "sk": "59", "round": 2})

    def test_several_tables(self):
        other = self.make_table(KeySchema=schema("n"), AttributeDefinitions=attributes(n="N"))
        written = self.resource.batch_write_item(RequestItems={
            self.name: [{"PutRequest": {"Item": {"pk": "p", "sk": str(i)}}} for i in range(3)],
            other: [{"PutRequest": {"Item": {"n": i}}} for i in range(2)]})
        self.assertEqual(written["UnprocessedItems"], {})
        found = self.resource.batch_get_item(RequestItems={
            self.name: {"Keys": [{"pk": "p", "sk": str(i)} for i in range(5)],
                        "ProjectionExpression": "sk"},
            other: {"Keys": [{"n": 1}, {"n": 7}], "ConsistentRead": True}})
        self.assertEqual(found["UnprocessedKeys"], {})
        self.assertEqual(found["Responses"][other], [{"n": 1}])
        self.assertCountEqual(found["Responses"][self.name], [{"sk": str(i)} for i in range(3)])

    def test_limits_are_refused(self):
        """API_BatchWriteItem: at most 25 requests, no key twice; API_BatchGetItem: at most 100."""
        puts = [{"PutRequest": {"Item": self.key(str(i))}} for i in range(26)]
        keys = [self.key(str(i)) for i in range(101)]
        for call, items in ((self.client.batch_write_item, {self.name: puts}),
                            (self.client.batch_write_item, {self.name: [puts[0], puts[0]]}),
                            (self.client.batch_get_item, {self.name: {"Keys": keys}}),
                            (self.client.batch_get_item, {self.name: {"Keys": keys[:1] * 2}})):
            self.assert_refused("ValidationException", "", call, RequestItems=items)
        self.assertEqual(self.table.scan(Select="COUNT")["Count"], 0)

    def test_unknown_table_is_refused(self):
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.batch_get_item(RequestItems={new_name(): {"Keys": [self.key("1")]}})

    def test_large_answers_are_cut(self):
        """API_BatchGetItem: an answer has at most 16 MB; the rest are UnprocessedKeys."""
        for i in range(LARGE_ITEMS):
            self.table.put_item(Item={"pk": "p", "sk": str(i), "text": "x" * 390_000})
        wanted = {self.name: {"Keys": [{"pk": "p", "sk": str(i)} for i in range(LARGE_ITEMS)]}}
        found, answers = [], 0
        while wanted:
            answer = self.resource.batch_get_item(RequestItems=wanted)
            got = answer["Responses"].get(self.name, [])
            self.assertLess(sum(len(item["text"]) for item in got), 16 * 1024 * 1024)
            found += [item["sk"] for item in got]
            wanted = answer["UnprocessedKeys"]
            answers += 1
            self.assertLess(answers, LARGE_ITEMS)
        self.assertEqual(sorted(found, key=int), [str(i) for i in range(LARGE_ITEMS)])
        self.assertGreater(answers, 1)


class TestTransactions(BatchTest):
    def put(self, sk, number, **more):
        return {"Put": {"TableName": self.name, "Item": {**self.key(sk), "v": {"N": str(number)}},
                        **more}}

    def add(self, sk, number, **more):
        return {"Update": {"TableName": self.name, "Key": self.key(sk),
                           "UpdateExpression": "ADD v :n",
                           "ExpressionAttributeValues": {":n": {"N": str(number)}}, **more}}

    def check(self, sk, condition):
        return {"ConditionCheck": {"TableName": self.name, "Key": self.key(sk),
                                   "ConditionExpression": condition}}

    def write(self, *actions, **more):
        return self.client.transact_write_items(TransactItems=list(actions), **more)

    def test_all_kinds(self):
        self.write(self.put("a", 1), self.put("b", 2), self.put("c", 3))
        self.write(self.put("new", 9, ConditionExpression="attribute_not_exists(pk)"),
                   self.add("a", 10), self.check("b", "attribute_exists(pk)"),
                   {"Delete": {"TableName": self.name, "Key": self.key("c")}})
        self.assertEqual([self.value(sk) for sk in ("new", "a", "b", "c")], [9, 11, 2, None])

    def test_cancelled_with_reasons(self):
        """API_TransactWriteItems, Errors: one reason for each action, in their order, with the
        item where it was asked for; nothing is done."""
        self.write(self.put("a", 1))
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.write(self.put("b", 2),
                       self.put("a", 5, ConditionExpression="attribute_not_exists(pk)",
                                ReturnValuesOnConditionCheckFailure="ALL_OLD"),
                       self.check("none", "attribute_exists(pk)"), self.add("c", 1))
        error = caught.exception.response
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 400)
        reasons = error["CancellationReasons"]
        failed = "ConditionalCheckFailed"
        self.assertEqual([reason["Code"] for reason in reasons], ["None", failed, failed, "None"])
        self.assertEqual(reasons[1]["Item"], {**self.key("a"), "v": {"N": "1"}})
        self.assertIn("The conditional request failed", reasons[2]["Message"])
        self.assertNotIn("Item", reasons[2])
        self.assertIn("[None, ConditionalCheckFailed, ConditionalCheckFailed, None]",
                      error["Error"]["Message"])
        self.assertEqual([self.value(sk) for sk in "abc"], [1, None, None])

    def test_token_makes_a_repetition_harmless(self):
        """API_TransactWriteItems, ClientRequestToken: the same request again changes nothing."""
        first, second = new_name("token"), new_name("token")
        for _ in range(3):
            self.write(self.add("a", 1), self.add("b", 5), ClientRequestToken=first)
        self.assertEqual((self.value("a"), self.value("b")), (1, 5))
        self.write(self.add("a", 1), ClientRequestToken=second)
        self.assertEqual(self.value("a"), 2)
        # boto3 makes a token of its own for each call.
        self.write(self.add("a", 1))
        self.write(self.add("a", 1))
        self.assertEqual(self.value("a"), 4)

    def test_token_with_other_request_is_refused(self):
        token = new_name("token")
        self.write(self.add("a", 1), ClientRequestToken=token)
        with self.assertRaises(self.client.exceptions.IdempotentParameterMismatchException):
            self.write(self.add("a", 2), ClientRequestToken=token)
        self.assertEqual(self.value("a"), 1)

    def test_same_item_twice_is_refused(self):
        self.assert_refused(
            "ValidationException",
            "Transaction request cannot include multiple operations on one item",
            self.client.transact_write_items, TransactItems=[self.add("a", 1), self.put("a", 1)])

    def test_100_actions(self):
        """API_TransactWriteItems: up to 100 actions."""
        self.write(*(self.put(str(i), i) for i in range(100)))
        self.assertEqual(self.table.scan(Select="COUNT")["Count"], 100)
        self.assert_refused("ValidationException", "", self.client.transact_write_items,
                            TransactItems=[self.put(str(i), i) for i in range(101)])

    def test_get(self):
        self.write(self.put("a", 1), self.put("b", 2))
        gets = [{"Get": {"TableName": self.name, "Key": self.key(sk), "ProjectionExpression": "v"}}
                for sk in ("b", "none", "a")]
        found = self.client.transact_get_items(TransactItems=gets)["Responses"]
        self.assertEqual([each.get("Item") for each in found],
                         [{"v": {"N": "2"}}, None, {"v": {"N": "1"}}])


class TestCapacity(BatchTest):
    """ReturnConsumedCapacity; the units of Read and write operations in the Developer Guide."""

    def units(self, answer):
        return answer["ConsumedCapacity"]["CapacityUnits"]

    def test_reads_and_writes(self):
        item = {"pk": "p", "sk": "s", "text": "x" * 5000}
        written = self.table.put_item(Item=item, ReturnConsumedCapacity="TOTAL")
        self.assertEqual(written["ConsumedCapacity"],
                         {"TableName": self.name, "CapacityUnits": 5.0})
        for consistent, units in ((True, 2.0), (False, 1.0)):
            found = self.table.get_item(Key={"pk": "p", "sk": "s"}, ConsistentRead=consistent,
                                        ReturnConsumedCapacity="TOTAL")
            self.assertEqual(self.units(found), units)
        found = self.table.query(KeyConditionExpression=Key("pk").eq("p"),
                                 ReturnConsumedCapacity="TOTAL")
        self.assertEqual(self.units(found), 1.0)
        self.assertNotIn("ConsumedCapacity", self.table.get_item(Key={"pk": "p", "sk": "s"}))

    def test_indexes(self):
        name = self.make_table(
            AttributeDefinitions=attributes(pk="S", sk="S", g="S"),
            GlobalSecondaryIndexes=[{"IndexName": "by-g", "KeySchema": schema("g"),
                                     "Projection": {"ProjectionType": "KEYS_ONLY"}}])
        written = self.resource.Table(name).put_item(
            Item={"pk": "p", "sk": "s", "g": "g"}, ReturnConsumedCapacity="INDEXES")
        capacity = written["ConsumedCapacity"]
        self.assertEqual(capacity["CapacityUnits"], 2.0)
        self.assertEqual(capacity["Table"]["CapacityUnits"], 1.0)
        self.assertEqual(capacity["GlobalSecondaryIndexes"]["by-g"]["CapacityUnits"], 1.0)

    def test_batches(self):
        written = self.client.batch_write_item(ReturnConsumedCapacity="TOTAL", RequestItems={
            self.name: [{"PutRequest": {"Item": self.key(str(i))}} for i in range(3)]})
        self.assertEqual(written["ConsumedCapacity"],
                         [{"TableName": self.name, "CapacityUnits": 3.0}])
        found = self.client.batch_get_item(ReturnConsumedCapacity="TOTAL", RequestItems={
            self.name: {"Keys": [self.key("0"), self.key("1")]}})
        self.assertEqual(found["ConsumedCapacity"][0]["CapacityUnits"], 1.0)

    @differs("dynamodb-local", "counts transactions otherwise")
    def test_transactions_cost_double(self):
        written = self.client.transact_write_items(ReturnConsumedCapacity="TOTAL", TransactItems=[
            {"Put": {"TableName": self.name, "Item": self.key(str(i))}} for i in range(3)])
        self.assertEqual(written["ConsumedCapacity"][0]["CapacityUnits"], 6.0)
        found = self.client.transact_get_items(ReturnConsumedCapacity="TOTAL", TransactItems=[
            {"Get": {"TableName": self.name, "Key": self.key("0")}}])
        self.assertEqual(found["ConsumedCapacity"][0]["CapacityUnits"], 2.0)


if __name__ == "__main__":
    unittest.main()
