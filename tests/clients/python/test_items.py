"""Items through boto3: every type there and back, odd names and keys, conditions, return values."""
import decimal
import unittest
from decimal import Decimal

from boto3.dynamodb.conditions import Attr
from boto3.dynamodb.types import Binary

from support import ClientTest, attributes, new_name, schema

KEY = {"pk": "a", "sk": "b"}
WIRE_KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}

# Data types of the Developer Guide: all of them, with values at the edges.
WIRE_ATTRIBUTES = {
    "string": {"S": "text"}, "empty string": {"S": ""}, "number": {"N": "42"},
    "binary": {"B": bytes(range(256))}, "empty binary": {"B": b""},
    "true": {"BOOL": True}, "false": {"BOOL": False}, "null": {"NULL": True},
    "map": {"M": {"inner": {"L": [{"N": "1"}, {"M": {}}, {"L": []}]}}},
    "list": {"L": [{"S": "x"}, {"NULL": True}, {"BOOL": False}, {"B": b"\x00\xff"}]},
    "strings": {"SS": ["a", "b", ""]}, "numbers": {"NS": ["-1", "0", "2.5"]},
    "binaries": {"BS": [b"\x00", b"\xff\xfe"]},
}
SETS = ("strings", "numbers", "binaries")


class ItemTest(ClientTest):
    def setUp(self):
        self.name = self.make_table()
        self.table = self.resource.Table(self.name)

    def item(self, **key):
        return self.table.get_item(Key=key or KEY, ConsistentRead=True).get("Item")


class TestTypes(ItemTest):
    def test_all_on_the_wire(self):
        self.client.put_item(TableName=self.name, Item={**WIRE_KEY, **WIRE_ATTRIBUTES})
        item = self.client.get_item(TableName=self.name, Key=WIRE_KEY)["Item"]
        for name in SETS:
            [kind] = item[name]
            item[name][kind].sort()
            self.assertEqual(item[name], {kind: sorted(WIRE_ATTRIBUTES[name][kind])}, name)
        self.assertEqual(item, {**WIRE_KEY, **WIRE_ATTRIBUTES, **{n: item[n] for n in SETS}})

    def test_all_as_python(self):
        values = {"text": "grüße", "number": Decimal("3.14"), "flag": True, "nothing": None,
                  "bytes": Binary(b"\x00\x01"), "list": [1, "two", [Decimal("3.0")]],
                  "map": {"deep": {"deeper": {"deepest": {"x"}}}}, "strings": {"a", "b"},
                  "numbers": {Decimal(1), Decimal("2.5")}, "binaries": {Binary(b"1"), Binary(b"2")}}
        self.table.put_item(Item={**KEY, **values})
        self.assertEqual(self.item(), {**KEY, **values})

    def test_numbers_keep_38_digits(self):
        """Naming rules and data types, Number: 38 digits, 1E-130 to 9.99...E+125."""
        numbers = ["0", "-1", "0.1", "1E-130", "-1E-130", "9" * 38, "-" + "9" * 38, "1E+125",
                   "9.9999999999999999999999999999999999999E+125", "123456789.0123456789",
                   "1." + "2" * 37, "1e3", "00012.500", "100000000000000000000000000000000000000"]
        with decimal.localcontext() as context:
            context.prec = 38
            for number in numbers:
                self.client.put_item(TableName=self.name, Item={**WIRE_KEY, "n": {"N": number}})
                found = self.client.get_item(TableName=self.name, Key=WIRE_KEY)["Item"]["n"]["N"]
                self.assertEqual(Decimal(found), Decimal(number), number)

    def test_bad_numbers_are_refused(self):
        for number in ("1E126", "1E-131", "1" * 39, "", "one", "0x10", "NaN", "Infinity", "1 "):
            with self.subTest(number=number):
                self.assert_refused("ValidationException", "", self.client.put_item,
                                    TableName=self.name, Item={**WIRE_KEY, "n": {"N": number}})

    def test_nested_32_levels(self):
        """Service quotas: attributes nest up to 32 levels deep."""
        value = {"S": "leaf"}
        for _ in range(31):
            value = {"L": [value]}
        self.client.put_item(TableName=self.name, Item={**WIRE_KEY, "deep": value})
        found = self.client.get_item(TableName=self.name, Key=WIRE_KEY)["Item"]["deep"]
        self.assertEqual(found, value)

    def test_large_item(self):
        """Service quotas: an item is at most 400 KB, names included."""
        text = "x" * (400 * 1024 - len("pkaskbt"))
        self.table.put_item(Item={**KEY, "t": text})
        self.assertEqual(self.item()["t"], text)
        self.assert_refused("ValidationException",
                            "Item size has exceeded the maximum allowed size",
                            self.table.put_item, Item={**KEY, "t": text + "x"})


class TestNamesAndKeys(ItemTest):
    def test_unicode(self):
        key = {"pk": "Zoë 🦊", "sk": "日本語\u0301"}
        value = {"émoji 🎉": "👩‍👩‍👧‍👦", "\u0001\t\n\"\\/": "\u007f\u2028\ufffd", "名": ["🏴‍☠️"]}
        self.table.put_item(Item={**key, **value})
        self.assertEqual(self.item(**key), {**key, **value})
        found = self.table.update_item(
            Key=key, UpdateExpression="SET #n = :v", ReturnValues="UPDATED_NEW",
            ExpressionAttributeNames={"#n": "émoji 🎉"}, ExpressionAttributeValues={":v": "𝒳"})
        self.assertEqual(found["Attributes"], {"émoji 🎉": "𝒳"})

    def test_nul_bytes_in_keys(self):
        keys = ["a", "a\0", "a\0b", "\0", "\0\0", "a\0\0b"]
        for i, key in enumerate(keys):
            self.table.put_item(Item={"pk": key, "sk": key, "i": i, "v": key})
        for i, key in enumerate(keys):
            self.assertEqual(self.item(pk=key, sk=key), {"pk": key, "sk": key, "i": i, "v": key})
        self.table.delete_item(Key={"pk": "a\0b", "sk": "a\0b"})
        self.assertEqual(self.table.scan(Select="COUNT")["Count"], len(keys) - 1)

    def test_texts_sort_by_utf8_bytes(self):
        """API_Query, ScanIndexForward: strings are ordered by their UTF-8 bytes, so U+1F98A comes
        after U+FF5E, which UTF-16 would turn round."""
        texts = ["\0", "A", "Z", "a", "a\0", "aa", "z", "é", "～", "🦊"]
        with self.table.batch_writer() as batch:
            for text in reversed(texts):
                batch.put_item({"pk": "p", "sk": text})
        found = self.client.query(TableName=self.name, KeyConditionExpression="pk = :p",
                                  ExpressionAttributeValues={":p": {"S": "p"}})
        self.assertEqual([item["sk"]["S"] for item in found["Items"]], texts)

    def sorted_keys(self, kind, keys):
        """The range keys of a type in the order of a query."""
        name = self.make_table(AttributeDefinitions=attributes(pk="S", sk=kind))
        for key in reversed(keys):
            self.client.put_item(TableName=name, Item={"pk": {"S": "p"}, "sk": {kind: key}})
        found = self.client.query(TableName=name, KeyConditionExpression="pk = :p",
                                  ExpressionAttributeValues={":p": {"S": "p"}})
        return [item["sk"][kind] for item in found["Items"]]

    def test_numbers_sort_by_value(self):
        keys = ["-1E+125", "-100", "-99.5", "-1", "-1E-130", "0", "1E-130", "0.5", "1", "9", "10",
                "11", "100", "1E+125"]
        self.assertEqual([Decimal(key) for key in self.sorted_keys("N", keys)],
                         [Decimal(key) for key in keys])

    def test_bytes_sort_unsigned(self):
        keys = [b"\x00", b"\x00\x00", b"\x01", b"\x7f", b"\x80", b"\xff", b"\xff\x00", b"\xff\xff"]
        self.assertEqual(self.sorted_keys("B", keys), keys)

    def test_one_number_has_many_texts(self):
        name = self.make_table(KeySchema=schema("n"), AttributeDefinitions=attributes(n="N"))
        self.client.put_item(TableName=name, Item={"n": {"N": "1000"}, "v": {"S": "first"}})
        self.client.put_item(TableName=name, Item={"n": {"N": "1.0e3"}, "v": {"S": "second"}})
        found = self.client.scan(TableName=name)["Items"]
        self.assertEqual(found, [{"n": {"N": "1000"}, "v": {"S": "second"}}])

    def test_longest_keys(self):
        """Service quotas: partition keys up to 2,048 bytes, sort keys up to 1,024."""
        key = {"pk": "p" * 2048, "sk": "s" * 1024}
        near = {"pk": "p" * 2048, "sk": "s" * 1023 + "t"}
        self.table.put_item(Item={**key, "v": 1})
        self.table.put_item(Item={**near, "v": 2})
        self.assertEqual((self.item(**key)["v"], self.item(**near)["v"]), (1, 2))
        self.assert_refused("ValidationException", "", self.table.put_item,
                            Item={"pk": "p" * 2049, "sk": "s"})
        self.assert_refused("ValidationException", "", self.table.put_item,
                            Item={"pk": "p", "sk": "s" * 1025})

    def test_bad_keys_are_refused(self):
        for item in ({"pk": "", "sk": "b"}, {"pk": 1, "sk": "b"}, {"pk": "a"}, {"sk": "b"}):
            with self.subTest(item=item):
                self.assert_refused("ValidationException", "", self.table.put_item, Item=item)


class TestConditions(ItemTest):
    def test_exception_class(self):
        self.table.put_item(Item={**KEY, "v": 1})
        failed = self.client.exceptions.ConditionalCheckFailedException
        with self.assertRaises(failed) as caught:
            self.table.put_item(Item={**KEY, "v": 2}, ConditionExpression=Attr("pk").not_exists())
        error = caught.exception.response
        self.assertEqual(error["Error"]["Code"], "ConditionalCheckFailedException")
        self.assertEqual(error["Error"]["Message"], "The conditional request failed")
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertEqual(self.item()["v"], 1)

    def test_update_and_delete(self):
        self.table.put_item(Item={**KEY, "v": 1})
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException):
            self.table.update_item(Key=KEY, UpdateExpression="SET v = :two",
                                   ConditionExpression=Attr("v").gt(1),
                                   ExpressionAttributeValues={":two": 2})
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException):
            self.table.delete_item(Key=KEY, ConditionExpression=Attr("v").ne(1))
        self.table.update_item(Key=KEY, UpdateExpression="SET v = :two",
                               ConditionExpression=Attr("v").eq(1) & Attr("w").not_exists(),
                               ExpressionAttributeValues={":two": 2})
        self.table.delete_item(Key=KEY, ConditionExpression=Attr("v").eq(2))
        self.assertIsNone(self.item())

    def test_builders(self):
        """Every builder of boto3.dynamodb.conditions, true and false, in a filter."""
        self.table.put_item(Item={**KEY, "n": 5, "t": "hello", "tags": {"x", "y"}, "list": [1],
                                  "map": {"in": 1}})
        true = [Attr("n").eq(5), Attr("n").ne(4), Attr("n").lt(6), Attr("n").lte(5),
                Attr("n").gt(4), Attr("n").gte(5), Attr("n").between(5, 6),
                Attr("n").is_in([1, 5]), Attr("t").begins_with("he"), Attr("t").contains("ell"),
                Attr("tags").contains("x"), Attr("list").contains(1), Attr("n").exists(),
                Attr("none").not_exists(), Attr("n").attribute_type("N"), Attr("t").size().eq(5),
                Attr("map.in").eq(1), Attr("list[0]").eq(1), Attr("none").ne(1)]
        false = [Attr("n").eq("5"), Attr("n").ne(5), Attr("n").lt(5), Attr("n").lte(4),
                 Attr("n").gt(5), Attr("n").gte(6), Attr("n").between(6, 7), Attr("n").is_in([4]),
                 Attr("t").begins_with("el"), Attr("t").contains("H"), Attr("tags").contains("z"),
                 Attr("list").contains("1"), Attr("none").exists(), Attr("n").not_exists(),
                 Attr("n").attribute_type("S"), Attr("t").size().gt(5), Attr("map.out").eq(1),
                 Attr("list[1]").eq(1), Attr("none").eq(1)]
        for condition in true + [true[0] & true[1], true[0] | false[0], ~false[0]]:
            self.assertEqual(self.count(condition), 1, condition.get_expression())
        for condition in false + [true[0] & false[1], false[0] | false[1], ~true[0]]:
            self.assertEqual(self.count(condition), 0, condition.get_expression())

    def count(self, condition):
        return self.table.scan(FilterExpression=condition)["Count"]


class TestReturnValues(ItemTest):
    def test_put_and_delete(self):
        first = self.table.put_item(Item={**KEY, "v": 1}, ReturnValues="ALL_OLD")
        self.assertNotIn("Attributes", first)
        second = self.table.put_item(Item={**KEY, "v": 2}, ReturnValues="ALL_OLD")
        self.assertEqual(second["Attributes"], {**KEY, "v": 1})
        third = self.table.delete_item(Key=KEY, ReturnValues="ALL_OLD")
        self.assertEqual(third["Attributes"], {**KEY, "v": 2})
        self.assertNotIn("Attributes", self.table.delete_item(Key=KEY, ReturnValues="ALL_OLD"))

    def test_update(self):
        self.table.put_item(Item={**KEY, "n": 1, "old": "x", "tags": {"a", "b"}, "l": [1]})
        answers = {}
        for kind in ("ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW", "NONE"):
            answers[kind] = self.table.update_item(
                Key=KEY, UpdateExpression="SET n = n + :one", ReturnValues=kind,
                ExpressionAttributeValues={":one": 1}).get("Attributes")
        rest = {"old": "x", "tags": {"a", "b"}, "l": [1]}
        self.assertEqual(answers, {"ALL_OLD": {**KEY, **rest, "n": 1}, "UPDATED_OLD": {"n": 2},
                                   "ALL_NEW": {**KEY, **rest, "n": 4}, "UPDATED_NEW": {"n": 5},
                                   "NONE": None})

    def test_update_clauses(self):
        self.table.put_item(Item={**KEY, "n": 1, "old": "x", "tags": {"a", "b"}, "l": [1]})
        found = self.table.update_item(
            Key=KEY, ReturnValues="ALL_NEW",
            UpdateExpression="SET l = list_append(l, :l), #c = if_not_exists(#c, :d) "
                             "REMOVE #o ADD n :n DELETE tags :t",
            ExpressionAttributeNames={"#c": "created", "#o": "old"},
            ExpressionAttributeValues={":l": ["two"], ":d": "now", ":n": Decimal("0.5"),
                                       ":t": {"a"}})
        self.assertEqual(found["Attributes"], {**KEY, "n": Decimal("1.5"), "tags": {"b"},
                                               "l": [1, "two"], "created": "now"})

    def test_unknown_table_is_refused(self):
        for call, more in ((self.client.get_item, {"Key": WIRE_KEY}),
                           (self.client.put_item, {"Item": WIRE_KEY}),
                           (self.client.delete_item, {"Key": WIRE_KEY}),
                           (self.client.update_item, {"Key": WIRE_KEY}),
                           (self.client.scan, {})):
            error = self.assert_refused("ResourceNotFoundException", "Requested resource not found",
                                        call, TableName=new_name(), **more)
            self.assertIsInstance(error, self.client.exceptions.ResourceNotFoundException)

    def test_projection(self):
        self.table.put_item(Item={**KEY, "m": {"x": 1, "y": [0, {"z": 2}]}, "other": 1})
        found = self.table.get_item(Key=KEY, ProjectionExpression="pk, m.y[1].z, #n",
                                    ExpressionAttributeNames={"#n": "none"})
        self.assertEqual(found["Item"], {"pk": "a", "m": {"y": [{"z": 2}]}})


if __name__ == "__main__":
    unittest.main()
