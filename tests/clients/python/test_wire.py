"""What boto3 sees of the wire: headers, checksums, regions, credentials, many clients at once."""
import gzip
import os
import threading
import unittest
import zlib

import boto3
import botocore.exceptions
import botocore.httpsession

from support import (CONFIG, ENDPOINT, REGION, WAITER, ClientTest, attributes, differs, new_client,
                     new_name, schema)

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
ODD_REGIONS = ("local", "ddblocal", "local-env", "eu-west-1")


class TestHeaders(ClientTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = new_client()
        cls.answers = []

        def keep(http_response, **_):
            cls.answers.append((http_response.headers, http_response.content))

        cls.client.meta.events.register("after-call.dynamodb", keep)

    def setUp(self):
        self.answers.clear()
        name = self.make_table()
        self.client.put_item(TableName=name, Item={**KEY, "text": {"S": "é" * 3000}})
        self.client.get_item(TableName=name, Key=KEY)
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.get_item(TableName=new_name(), Key=KEY)
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException):
            self.client.put_item(TableName=name, Item=KEY,
                                 ConditionExpression="attribute_not_exists(pk)")

    @differs("dynamodb-local", "sends no x-amz-crc32")
    def test_checksum(self):
        for headers, content in self.answers:
            self.assertEqual(headers["x-amz-crc32"], str(zlib.crc32(content)), content)

    def test_content_type(self):
        for headers, content in self.answers:
            self.assertEqual(headers["content-type"], "application/x-amz-json-1.0")
            self.assertEqual(headers["content-length"], str(len(content)))

    def test_request_ids_differ(self):
        ids = [headers["x-amzn-RequestId"] for headers, _ in self.answers]
        self.assertGreater(len(ids), 4)
        self.assertEqual(len(set(ids)), len(ids))

    @differs("dynamodb-local", "its request ids are UUIDs")
    def test_request_ids_look_like_those_of_aws(self):
        for headers, _ in self.answers:
            self.assertRegex(headers["x-amzn-RequestId"], r"^[A-Z0-9]{52}$")

    def test_metadata(self):
        metadata = self.client.list_tables()["ResponseMetadata"]
        self.assertEqual((metadata["HTTPStatusCode"], metadata["RetryAttempts"]), (200, 0))
        self.assertEqual(metadata["RequestId"], self.answers[-1][0]["x-amzn-RequestId"])


class TestPackedBodies(ClientTest):
    """boto3 asks for no packed answers, and packs requests of no operation of DynamoDB's by itself;
    its own machinery does both when it is told to."""

    @differs("dynamodb-local", "packs no answers")
    def test_answers(self):
        codings = []

        def ask(params, **_):
            params["headers"]["Accept-Encoding"] = "gzip"

        def send(request, **_):
            answer = session.send(request)
            packed = answer.content
            codings.append(answer.headers.get("content-encoding"))
            self.assertEqual(answer.headers["x-amz-crc32"], str(zlib.crc32(packed)))
            if codings[-1] == "gzip":
                # boto3 would compare the checksum, which is of the bytes as sent.
                answer._content = gzip.decompress(packed)
                del answer.headers["x-amz-crc32"]
            return answer

        session = botocore.httpsession.URLLib3Session(
            verify=os.environ.get("AWS_CA_BUNDLE", True))
        self.addCleanup(session.close)
        client = new_client()
        client.meta.events.register("before-call.dynamodb", ask)
        client.meta.events.register("before-send.dynamodb", send)
        name = self.make_table()
        for length, coding in ((100, None), (10000, "gzip")):
            item = {**KEY, "text": {"S": "é" * length}}
            client.put_item(TableName=name, Item=item)
            self.assertEqual(client.get_item(TableName=name, Key=KEY)["Item"], item)
            self.assertEqual(codings[-1], coding)

    def test_requests(self):
        try:
            from botocore.compress import maybe_compress_request
        except ImportError:
            self.skipTest("this botocore packs no requests")
        del maybe_compress_request
        packed = []
        config = CONFIG.merge(botocore.config.Config(request_min_compression_size_bytes=1))
        client = boto3.client("dynamodb", endpoint_url=ENDPOINT, region_name=REGION, config=config,
                              aws_access_key_id="AKIDPOCKETABLE", aws_secret_access_key="secret")
        operations = client.meta.service_model._service_description["operations"]
        operations["PutItem"]["requestcompression"] = {"encodings": ["gzip"]}
        client.meta.events.register(
            "before-send.dynamodb.PutItem",
            lambda request, **_: packed.append(request.headers.get("Content-Encoding")))
        name = self.make_table()
        item = {**KEY, "text": {"S": "é" * 10000}}
        client.put_item(TableName=name, Item=item)
        self.assertEqual(client.get_item(TableName=name, Key=KEY)["Item"], item)
        self.assertIn(packed[-1], ("gzip", b"gzip"))


class TestNamespaces(ClientTest):
    def make_in(self, client, name, text):
        """The same table in a client's namespace, with an item that says whose it is."""
        self.make_table(client, TableName=name)
        client.put_item(TableName=name, Item={**KEY, "whose": {"S": text}})

    def whose(self, client, name):
        return client.get_item(TableName=name, Key=KEY)["Item"]["whose"]["S"]

    def test_regions_have_different_tables(self):
        name = new_name()
        clients = {region: new_client(region=region) for region in ODD_REGIONS}
        for region, client in clients.items():
            self.make_in(client, name, region)
        for region, client in clients.items():
            self.assertEqual(self.whose(client, name), region)
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.describe_table(TableName=name)
        clients["local"].delete_table(TableName=name)
        clients["local"].get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=WAITER)
        self.assertEqual(self.whose(clients["ddblocal"], name), "ddblocal")

    @differs("dynamodb-local", "its regions are all called ddblocal")
    def test_arns_have_the_region(self):
        for region in ODD_REGIONS:
            client = new_client(region=region)
            name = self.make_table(client)
            self.assertEqual(client.describe_table(TableName=name)["Table"]["TableArn"],
                             f"arn:aws:dynamodb:{region}:000000000000:table/{name}")

    @differs("dynamodb-local", "without -sharedDb each access key has tables of its own")
    def test_access_keys_share_tables(self):
        name = new_name()
        self.make_in(self.client, name, "all")
        for client in (new_client(access_key="AKIDANOTHER"), new_client(access_key="x"),
                       new_client(aws_session_token="token")):
            self.assertEqual(self.whose(client, name), "all")

    @unittest.skipIf(tuple(map(int, boto3.__version__.split(".")[:2])) < (1, 28),
                     f"boto3 {boto3.__version__} does not read AWS_ENDPOINT_URL_DYNAMODB")
    def test_endpoint_from_the_environment(self):
        name = self.make_table()
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = ENDPOINT
        self.addCleanup(os.environ.pop, "AWS_ENDPOINT_URL_DYNAMODB")
        client = boto3.client("dynamodb", region_name=REGION, config=CONFIG,
                              aws_access_key_id="AKIDPOCKETABLE", aws_secret_access_key="secret")
        self.assertEqual(client.describe_table(TableName=name)["Table"]["TableName"], name)


class TestManyAtOnce(ClientTest):
    THREADS = 8
    WRITES = 25

    def test_counter(self):
        """Every ADD counts, whichever thread's, and each sees its own number."""
        name = self.make_table(KeySchema=schema("pk"), AttributeDefinitions=attributes(pk="S"))
        seen, errors = [], []

        def count():
            try:
                for _ in range(self.WRITES):
                    answer = self.client.update_item(
                        TableName=name, Key={"pk": KEY["pk"]}, UpdateExpression="ADD n :one",
                        ExpressionAttributeValues={":one": {"N": "1"}}, ReturnValues="UPDATED_NEW")
                    seen.append(int(answer["Attributes"]["n"]["N"]))
            except botocore.exceptions.ClientError as error:
                errors.append(error)

        threads = [threading.Thread(target=count) for _ in range(self.THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])
        self.assertEqual(sorted(seen), list(range(1, self.THREADS * self.WRITES + 1)))


class TestValidation(ClientTest):
    def test_error_shape(self):
        """Error handling with DynamoDB: code, message and status 400."""
        name = self.make_table()
        error = self.assert_refused(
            "ValidationException", "Syntax error", self.client.get_item, TableName=name, Key=KEY,
            ProjectionExpression="a..b")
        self.assertEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertTrue(error.response["Error"]["Message"].startswith(
            "Invalid ProjectionExpression: "))


if __name__ == "__main__":
    unittest.main()
