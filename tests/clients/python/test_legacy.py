"""The parameters that expressions have replaced, through boto3, whose clients still take them all.

Source: the developer guide's page on legacy conditional parameters and those below it.
"""
import unittest
from decimal import Decimal

from support import ClientTest, differs

KEY = {"pk": "a", "sk": "b"}
FAILED = "The conditional request failed"


def compared(operator, *values):
    return {"ComparisonOperator": operator, "AttributeValueList": list(values)}


class LegacyTest(ClientTest):
    def setUp(self):
        self.name = self.make_table()
        self.table = self.resource.Table(self.name)

    def item(self):
        return self.table.get_item(Key=KEY, ConsistentRead=True).get("Item")


class TestExpected(LegacyTest):
    def test_put_once(self):
        self.table.put_item(Item={**KEY, "n": 1}, Expected={"pk": {"Exists": False}})
        self.assert_refused("ConditionalCheckFailedException", FAILED, self.table.put_item,
                            Item={**KEY, "n": 2}, Expected={"pk": {"Exists": False}})
        self.assertEqual(self.item(), {**KEY, "n": 1})

    def test_compare_and_set(self):
        self.table.put_item(Item={**KEY, "version": 1})
        for version in range(1, 4):
            self.table.update_item(
                Key=KEY, AttributeUpdates={"version": {"Value": version + 1, "Action": "PUT"}},
                Expected={"version": {"Value": version}})
        self.assert_refused("ConditionalCheckFailedException", FAILED, self.table.delete_item,
                            Key=KEY, Expected={"version": {"Value": 1}})
        gone = self.table.delete_item(Key=KEY, ReturnValues="ALL_OLD",
                                      Expected={"version": compared("BETWEEN", 4, 5)})
        self.assertEqual(gone["Attributes"], {**KEY, "version": 4})

    def test_any_or_all(self):
        self.table.put_item(Item={**KEY, "n": 1, "s": {"x"}})
        both = {"n": compared("GT", 1), "s": compared("CONTAINS", "x")}
        self.assert_refused("ConditionalCheckFailedException", FAILED, self.table.put_item,
                            Item=KEY, Expected=both)
        self.table.put_item(Item=KEY, Expected=both, ConditionalOperator="OR")

    def test_refusals(self):
        for expected, text in [
                ({"a": {}}, "Value must be provided when Exists is null for Attribute: a"),
                ({"a": compared("LT", True)}, "is not valid for BOOL AttributeValue type"),
                ({"a": compared("EQ", 1, 2)}, "Invalid number of argument(s) for the EQ")]:
            self.assert_refused("ValidationException", text, self.table.put_item, Item=KEY,
                                Expected=expected)


class TestUpdates(LegacyTest):
    def test_actions(self):
        self.table.put_item(Item={**KEY, "n": 1, "s": {"x", "y"}, "t": "text", "l": [1]})
        answer = self.table.update_item(Key=KEY, ReturnValues="UPDATED_NEW", AttributeUpdates={
            "n": {"Action": "ADD", "Value": Decimal("0.5")},
            "s": {"Action": "DELETE", "Value": {"y", "z"}},
            "t": {"Action": "DELETE"},
            "l": {"Action": "ADD", "Value": ["a"]},
            "new": {"Value": {"deep": [1, None]}}})
        changed = {"n": Decimal("1.5"), "s": {"x"}, "l": [1, "a"], "new": {"deep": [1, None]}}
        self.assertEqual(answer["Attributes"], changed)
        self.assertEqual(self.item(), {**KEY, **changed})

    def test_counter(self):
        for _ in range(5):
            self.table.update_item(Key=KEY,
                                   AttributeUpdates={"n": {"Action": "ADD", "Value": 2}})
        self.assertEqual(self.item()["n"], 10)

    @differs("dynamodb-local", "an update that only removes makes an item")
    def test_only_removing_makes_nothing(self):
        self.table.update_item(Key=KEY, AttributeUpdates={"n": {"Action": "DELETE"}})
        self.assertIsNone(self.item())

    def test_refusals(self):
        self.table.put_item(Item={**KEY, "t": "text"})
        for updates, text in [
                ({"t": {"Action": "ADD", "Value": 1}}, "Type mismatch for attribute to update"),
                ({"t": {"Action": "ADD", "Value": "x"}}, "ADD action is not supported"),
                ({"t": {"Action": "PUT"}}, "Only DELETE action is allowed"),
                ({"pk": {"Value": "x"}}, "This attribute is part of the key")]:
            self.assert_refused("ValidationException", text, self.table.update_item, Key=KEY,
                                AttributeUpdates=updates)


class TestReads(LegacyTest):
    def setUp(self):
        super().setUp()
        with self.table.batch_writer() as batch:
            for i in range(20):
                batch.put_item({"pk": "g", "sk": f"{i:02}", "n": i, "t": f"text{i % 2}"})

    def numbers(self, **request):
        found = self.table.query(KeyConditions={"pk": compared("EQ", "g"),
                                                **request.pop("keys", {})}, **request)
        return [int(item["n"]) for item in found["Items"]]

    def test_key_conditions(self):
        for operator, values, expected in [
                ("EQ", ["07"], [7]), ("LT", ["02"], [0, 1]), ("LE", ["02"], [0, 1, 2]),
                ("GT", ["17"], [18, 19]), ("GE", ["18"], [18, 19]),
                ("BETWEEN", ["09", "11"], [9, 10, 11]),
                ("BEGINS_WITH", ["1"], list(range(10, 20)))]:
            self.assertEqual(self.numbers(keys={"sk": compared(operator, *values)}), expected)
        self.assertEqual(self.numbers(ScanIndexForward=False, Limit=2), [19, 18])

    def test_filters(self):
        self.assertEqual(self.numbers(QueryFilter={"n": compared("IN", 3, 5, 99)}), [3, 5])
        self.assertEqual(self.numbers(QueryFilter={"n": compared("LT", 4),
                                                   "t": compared("EQ", "text1")}), [1, 3])
        self.assertEqual(self.numbers(ConditionalOperator="OR",
                                      QueryFilter={"n": compared("LT", 1),
                                                   "sk2": compared("NOT_NULL"),
                                                   "t": compared("BEGINS_WITH", "other")}), [0])
        scanned = self.table.scan(ScanFilter={"t": compared("NOT_CONTAINS", "1")},
                                  AttributesToGet=["n"])
        self.assertEqual({int(item["n"]) for item in scanned["Items"]}, set(range(0, 20, 2)))
        self.assertTrue(all(set(item) == {"n"} for item in scanned["Items"]))

    def test_paginator(self):
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name, AttributesToGet=["sk"], PaginationConfig={"PageSize": 7},
            KeyConditions={"pk": compared("EQ", {"S": "g"})})
        found = [item["sk"]["S"] for page in pages for item in page["Items"]]
        self.assertEqual(found, [f"{i:02}" for i in range(20)])

    def test_attributes_to_get(self):
        key = {"pk": "g", "sk": "03"}
        self.assertEqual(self.table.get_item(Key=key, AttributesToGet=["n", "q"])["Item"],
                         {"n": 3})
        answer = self.resource.batch_get_item(RequestItems={
            self.name: {"Keys": [key], "AttributesToGet": ["t", "pk"]}})
        self.assertEqual(answer["Responses"][self.name], [{"pk": "g", "t": "text1"}])
        self.assert_refused("ValidationException", "Duplicate value in attribute name: n",
                            self.table.get_item, Key=key, AttributesToGet=["n", "n"])

    def test_both_kinds(self):
        self.assert_refused("ValidationException",
                            "Can not use both expression and non-expression parameters",
                            self.table.scan, ScanFilter={"n": compared("NULL")},
                            ProjectionExpression="n")


if __name__ == "__main__":
    unittest.main()
