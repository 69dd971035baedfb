#!/usr/bin/env python3
"""Tests of the differential tester's own parts: differences must be found, and only differences.

Where DynamoDB Local can be had, it is compared with itself (two regions of one server are two
databases): nothing may differ; and with itself through answers that are changed on the way: those
must be found.
"""
import copy
import io
import json
import os
import random
import re
import tempfile
import unittest

import differential
import allow
import compare
import endpoints
import partiql
from generate import Generator, Request

SEED = 7


def answer(body, status=200):
    return endpoints.Answer(status, json.dumps(body))


def kind(request, first, second):
    found = compare.compare(request, answer(*first), answer(*second), ["table"])
    return found and (found.path, found.first, found.second)


GET = Request("GetItem", {})
SCAN = Request("Scan", {}, order="any")
SELECT = Request("ExecuteStatement", {}, order="any")
SELECT_SORTED = Request("ExecuteStatement", {})
ERROR = {"__type": "a#ValidationException", "message": "no"}


class TestCompare(unittest.TestCase):
    def test_takes_as_equal(self):
        for request, first, second in [
                (GET, {"Item": {"a": {"SS": ["x", "y"]}}}, {"Item": {"a": {"SS": ["y", "x"]}}}),
                (GET, {"CapacityUnits": 1}, {"CapacityUnits": 1.0}),
                (GET, {"Table": {"TableId": "1"}}, {"Table": {"TableId": "2"}}),
                (GET, {"TableStatus": "CREATING"}, {"TableStatus": "ACTIVE"}),
                (GET, {"Arn": "arn:aws:dynamodb:ddblocal:000000000000:table/t"},
                 {"Arn": "arn:aws:dynamodb:us-east-1:000000000000:table/t"}),
                (SCAN, {"Count": 2, "Items": [{"a": 1}, {"a": 2}]},
                 {"Count": 2, "Items": [{"a": 2}, {"a": 1}]}),
                (SCAN, {"Count": 1, "Items": [{"a": 1}], "LastEvaluatedKey": {"a": 1}},
                 {"Count": 1, "Items": [{"a": 2}], "LastEvaluatedKey": {"a": 2}}),
                (SELECT, {"Items": [{"a": 1}, {"a": 2}]}, {"Items": [{"a": 2}, {"a": 1}]})]:
            self.assertIsNone(kind(request, (first,), (second,)), first)
        self.assertIsNone(kind(GET, (ERROR, 400), ({"__type": "b#ValidationException",
                                                    "Message": "no"}, 400)))

    def test_finds(self):
        for request, first, second, path in [
                (GET, {"Item": {"a": {"S": "x"}}}, {"Item": {"a": {"S": "y"}}}, "Item"),
                (GET, {"Item": {"a": {"L": ["x", "y"]}}}, {"Item": {"a": {"L": ["y", "x"]}}},
                 "Item"),
                (GET, {"Item": {}}, {}, "Item missing in the second"),
                (GET, {}, {"ConsumedCapacity": 1}, "ConsumedCapacity missing in the first"),
                (GET, {"Table": {"TableStatus": "DELETING"}}, {"Table": {"TableStatus": "ACTIVE"}},
                 "Table.TableStatus"),
                (SCAN, {"Count": 1, "Items": [{"a": 1}]}, {"Count": 1, "Items": [{"a": 2}]},
                 "Items[]"),
                (SELECT, {"Items": [{"a": 1}]}, {"Items": [{"a": 2}]}, "Items[]"),
                (SELECT_SORTED, {"Items": [{"a": 1}, {"a": 2}]}, {"Items": [{"a": 2}, {"a": 1}]},
                 "Items[]"),
                (SCAN, {"Count": 1, "LastEvaluatedKey": {"a": 1}}, {"Count": 1},
                 "LastEvaluatedKey missing in the second")]:
            found = kind(request, (first,), (second,))
            self.assertEqual(found and found[0], path, (first, second))
        for other in [({**ERROR, "message": "yes"}, 400), (ERROR, 500), ({}, 200),
                      ({**ERROR, "__type": "a#Other"}, 400), ({**ERROR, "Item": {}}, 400)]:
            self.assertIsNotNone(kind(GET, (ERROR, 400), other), other)

    def test_one_cause_is_one_kind(self):
        first, second = (compare.Difference(
            "PutItem", f"400 V: Invalid Expression: Syntax error; token: \"{token}\"", "200")
                         for token in ("a", "b"))
        self.assertEqual(first.kind, second.kind)


class TestAllow(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "list")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            return allow.read(path)

    def test_takes_what_matches_whole(self):
        entries = self.read("entry e\nsource s\noperations Scan Query\npocketable 400 .*: no\n"
                            "dynamodb-local 200\n")
        for difference, taken in [(("Scan", "400 V: no", "200"), True),
                                  (("Scan", "400 V: no more", "200"), False),
                                  (("PutItem", "400 V: no", "200"), False),
                                  (("Scan", "400 V: no", "400 V: no"), False),
                                  (("Scan", "400 V: no", "200", "Items"), False)]:
            self.assertEqual(allow.take(entries, compare.Difference(*difference)) is not None,
                             taken, difference)
        self.assertEqual(entries[0].taken, 1)

    def test_refuses_what_is_no_list(self):
        for text in ["nonsense\n", "entry e\nsource s\n", "source s\n", "entry e\nentry f\n",
                     "entry e\nsource s\npocketable (\ndynamodb-local 200\n",
                     "entry e\npocketable 200\ndynamodb-local 200\n"]:
            with self.assertRaises(allow.AllowError, msg=text):
                self.read(text)


class TestGenerator(unittest.TestCase):
    def requests(self, seed, count):
        generator = Generator(random.Random(seed), "t-")
        return [(request.operation, request.text())
                for request in (generator.request() for _ in range(count))]

    def test_repeats_itself(self):
        self.assertEqual(self.requests(SEED, 500), self.requests(SEED, 500))
        self.assertNotEqual(self.requests(SEED, 500), self.requests(SEED + 1, 500))

    def test_makes_every_operation(self):
        self.assertEqual({operation for operation, _ in self.requests(SEED, 10000)},
                         set(Generator(random.Random(0), "t-").operations))


class TestPartiql(unittest.TestCase):
    def test_writes_constants_out(self):
        for value, text in [({"S": "it's"}, "'it''s'"), ({"N": "-1.5"}, "-1.5"),
                            ({"BOOL": True}, "true"), ({"NULL": True}, "null"),
                            ({"NS": ["1", "2"]}, "<<1, 2>>"), ({"SS": ["a"]}, "<<'a'>>"),
                            ({"L": [{"S": "a"}, {"M": {"x": {"N": "0"}}}]}, "['a', {'x': 0}]")]:
            self.assertTrue(partiql.is_written(value), value)
            self.assertEqual(partiql.written(value), text)
        for value in [{"B": "AA=="}, {"BS": ["AA=="]}, {"L": [{"B": "AA=="}]}, {"N": "1e3"},
                      {"M": {"x": {"N": "007"}}}, {"NS": ["+4"]}]:
            self.assertFalse(partiql.is_written(value), value)

    def test_parameters_are_as_many_as_their_marks(self):
        generator = Generator(random.Random(SEED), "t-", {"ExecuteStatement"}, broken=0)
        for _ in range(500):
            body = generator.request().body
            outside = re.sub(r"'(''|[^'])*'", "", body["Statement"])
            self.assertEqual(outside.count("?"), len(body.get("Parameters", [])), body)


class Changed:
    """An endpoint whose answers are changed on the way, one in so many."""

    def __init__(self, endpoint, random_source):
        self.endpoint = endpoint
        self.random = random_source
        self.changed = 0

    def send(self, operation, body):
        self.is_changed = operation in ("GetItem", "Query", "UpdateItem", "PutItem",
                                        "ExecuteStatement") and self.random.random() < 0.05
        self.endpoint.send(operation, body)

    def receive(self):
        received = self.endpoint.receive()
        if not self.is_changed or not isinstance(received.body, dict):
            return received
        body = copy.deepcopy(received.body)
        if received.status != 200:
            body = {"__type": body.get("__type"), "message": "changed"}
        elif body.get("Count", 0) > 0:
            body["Count"] += 1
        elif "Item" in body:
            body["Item"]["changed"] = {"S": "x"}
        else:
            body["changed"] = 1
        self.changed += 1
        return answer(body, received.status)

    def call(self, operation, body):
        return self.endpoint.call(operation, body)


class TestTester(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder, reason = differential.find_dynamodb_local()
        if not folder:
            raise unittest.SkipTest(reason)
        cls.server = endpoints.start_dynamodb_local(folder)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop(check=False)

    def run_one(self, change, regions, count):
        first, second = (endpoints.HttpEndpoint(self.server.url, region) for region in regions)
        self.addCleanup(first.close)
        self.addCleanup(second.close)
        second = change(second)
        generator = Generator(random.Random(SEED), "t-")
        output = io.StringIO()
        tester = differential.Tester(differential.Sides(first, second), generator, [], output)
        seconds = tester.run(count, 0)
        return tester, second, tester.print_report(seconds, SEED), output.getvalue()

    def test_finds_nothing_where_nothing_differs(self):
        _, _, status, output = self.run_one(lambda side: side, ("us-east-1", "eu-west-1"), 1000)
        self.assertEqual(status, 0, output)
        self.assertIn("1000 requests", output)

    def test_finds_what_was_changed(self):
        tester, changed, status, output = self.run_one(
            lambda side: Changed(side, random.Random(SEED)), ("eu-west-2", "eu-west-3"), 400)
        self.assertEqual(status, 1)
        self.assertGreater(changed.changed, 5)
        self.assertGreater(sum(tester.differed.values()), changed.changed // 2, output)


if __name__ == "__main__":
    unittest.main()
