"""The AWS CLI as it is used in a shell: commands, paging, outputs, exit statuses, error texts.

POCKETABLE_AWS names the program; each call of it takes about half a second, so the tests share one
table and its items.
"""
import json
import os
import subprocess
import tempfile
import unittest

ENDPOINT = os.environ.get("POCKETABLE_ENDPOINT")
KIND = os.environ.get("POCKETABLE_ENDPOINT_KIND", "pocketable")
AWS = os.environ.get("POCKETABLE_AWS", "aws")
CALL_LIMIT_S = 60
# AWS CLI return codes: 254, or 255 in version 1, for a request that the service refused.
REFUSED = (254, 255)
ALBUMS = 12


def aws(*words):
    """The finished process of `aws dynamodb WORDS`."""
    return subprocess.run([AWS, "dynamodb", *words, "--endpoint-url", ENDPOINT],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=CALL_LIMIT_S, check=False)


class TestAwsCli(unittest.TestCase):
    maxDiff = None
    table = f"cli-{os.getpid()}"

    @classmethod
    def setUpClass(cls):
        if ENDPOINT is None:
            raise RuntimeError("POCKETABLE_ENDPOINT is not set; run_clients.py sets it")
        self = cls()
        made = self.answer(
            "create-table", "--table-name", cls.table, "--billing-mode", "PAY_PER_REQUEST",
            "--attribute-definitions", "AttributeName=artist,AttributeType=S",
            "AttributeName=album,AttributeType=S",
            "--key-schema", "AttributeName=artist,KeyType=HASH",
            "AttributeName=album,KeyType=RANGE")
        self.assertEqual(made["TableDescription"]["TableName"], cls.table)
        self.silent("wait", "table-exists", "--table-name", cls.table)
        puts = [{"PutRequest": {"Item": {"artist": {"S": "Zoë"}, "album": {"S": f"album {i:02}"},
                                         "year": {"N": str(2000 + i)}}}} for i in range(ALBUMS)]
        self.assertEqual(cls.from_file("batch-write-item", "--request-items", {cls.table: puts}),
                         {"UnprocessedItems": {}})

    @classmethod
    def tearDownClass(cls):
        self = cls()
        gone = self.answer("delete-table", "--table-name", cls.table)
        self.assertEqual(gone["TableDescription"]["TableName"], cls.table)
        self.silent("wait", "table-not-exists", "--table-name", cls.table)

    @classmethod
    def from_file(cls, command, option, value):
        """The answer of a command that reads an option's JSON from a file."""
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(value, file)
            file.flush()
            return cls().answer(command, option, f"file://{file.name}")

    def answer(self, *words):
        """What a command that succeeds prints, as JSON."""
        done = aws(*words, "--output", "json")
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return json.loads(done.stdout)

    def silent(self, *words):
        """A command that succeeds and prints nothing."""
        done = aws(*words)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""), words)

    def refused(self, code, operation, text, *words):
        """A command that the service refuses; what it says. DynamoDB Local has words of its
        own."""
        done = aws(*words)
        self.assertIn(done.returncode, REFUSED, done)
        self.assertEqual(done.stdout, "")
        self.assertIn(f"An error occurred ({code}) when calling the {operation} operation: ",
                      done.stderr)
        if KIND != "dynamodb-local":
            self.assertIn(text, done.stderr)

    def key(self, number, artist="Zoë"):
        return json.dumps({"artist": {"S": artist}, "album": {"S": f"album {number:02}"}})

    def query(self, *words):
        return self.answer("query", "--table-name", self.table,
                           "--key-condition-expression", "artist = :a",
                           "--expression-attribute-values", '{":a": {"S": "Zoë"}}', *words)

    def test_describe_and_list(self):
        table = self.answer("describe-table", "--table-name", self.table)["Table"]
        self.assertEqual(table["TableStatus"], "ACTIVE")
        self.assertEqual(table["KeySchema"][1], {"AttributeName": "album", "KeyType": "RANGE"})
        self.assertIn(self.table, self.answer("list-tables")["TableNames"])

    def test_put_get_update(self):
        done = aws("put-item", "--table-name", self.table, "--item",
                   '{"artist": {"S": "put 🎺"}, "album": {"S": "album 01"}, "n": {"N": "1.5"}, '
                   '"b": {"B": "AAH/"}}')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        updated = self.answer(
            "update-item", "--table-name", self.table, "--key", self.key(1, "put 🎺"),
            "--update-expression", "SET n = n + :n", "--return-values", "UPDATED_NEW",
            "--expression-attribute-values", '{":n": {"N": "1"}}')
        self.assertEqual(updated, {"Attributes": {"n": {"N": "2.5"}}})
        found = self.answer("get-item", "--table-name", self.table, "--consistent-read", "--key",
                            self.key(1, "put 🎺"), "--return-consumed-capacity", "TOTAL")
        self.assertEqual(found["Item"], {"artist": {"S": "put 🎺"}, "album": {"S": "album 01"},
                                         "n": {"N": "2.5"}, "b": {"B": "AAH/"}})
        self.assertEqual(found["ConsumedCapacity"]["CapacityUnits"], 1.0)

    def test_query_pages(self):
        """--max-items stops and gives a token, --page-size only changes the requests."""
        first = self.query("--max-items", "5", "--page-size", "2")
        rest = self.query("--starting-token", first["NextToken"], "--page-size", "4")
        albums = [item["album"]["S"] for item in first["Items"] + rest["Items"]]
        self.assertEqual(len(first["Items"]), 5)
        self.assertEqual(albums, [f"album {i:02}" for i in range(ALBUMS)])
        self.assertNotIn("NextToken", rest)

    def test_scan_with_text_output(self):
        done = aws("scan", "--table-name", self.table, "--filter-expression", "#y >= :y",
                   "--expression-attribute-names", '{"#y": "year"}',
                   "--expression-attribute-values", '{":y": {"N": "2010"}}',
                   "--query", "sort(Items[].album.S)", "--output", "text")
        self.assertEqual((done.returncode, done.stdout), (0, "album 10\talbum 11\n"), done.stderr)

    def test_transactions(self):
        item = {"artist": {"S": "transaction"}, "album": {"S": "album 01"}}
        put = [{"Put": {"TableName": self.table, "Item": item,
                        "ConditionExpression": "attribute_not_exists(artist)"}}]
        self.silent("transact-write-items", "--transact-items", json.dumps(put))
        self.refused("TransactionCanceledException", "TransactWriteItems",
                     "specific reasons [ConditionalCheckFailed]",
                     "transact-write-items", "--transact-items", json.dumps(put))

    def test_time_to_live(self):
        self.answer("update-time-to-live", "--table-name", self.table,
                    "--time-to-live-specification", "Enabled=true,AttributeName=expires")
        told = self.answer("describe-time-to-live", "--table-name", self.table)
        self.assertEqual(told["TimeToLiveDescription"],
                         {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"})

    @unittest.skipIf(KIND == "dynamodb-local", "has no tags")
    def test_tags(self):
        arn = self.answer("describe-table", "--table-name", self.table)["Table"]["TableArn"]
        self.assertEqual(aws("tag-resource", "--resource-arn", arn, "--tags",
                             "Key=owner,Value=blue team", "Key=empty,Value=").returncode, 0)
        self.assertEqual(aws("untag-resource", "--resource-arn", arn, "--tag-keys",
                             "empty").returncode, 0)
        tags = self.answer("list-tags-of-resource", "--resource-arn", arn)
        self.assertEqual(tags, {"Tags": [{"Key": "owner", "Value": "blue team"}]})

    def test_refusals(self):
        self.refused("ResourceNotFoundException", "DescribeTable",
                     "Requested resource not found: Table: cli-none not found",
                     "describe-table", "--table-name", "cli-none")
        self.refused("ConditionalCheckFailedException", "PutItem", "The conditional request failed",
                     "put-item", "--table-name", self.table, "--item", self.key(0),
                     "--condition-expression", "attribute_not_exists(artist)")
        self.refused("ValidationException", "GetItem",
                     "The provided key element does not match the schema",
                     "get-item", "--table-name", self.table, "--key", '{"artist": {"S": "x"}}')


if __name__ == "__main__":
    unittest.main()
