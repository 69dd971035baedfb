"""What the tests with boto3 share: clients of the endpoint under test, tables, known differences.

The environment names the endpoint: POCKETABLE_ENDPOINT is its URL, POCKETABLE_ENDPOINT_KIND what
serves it ("pocketable" or "dynamodb-local").
"""
import itertools
import os
import unittest

import boto3
import botocore.config

ENDPOINT = os.environ.get("POCKETABLE_ENDPOINT")
KIND = os.environ.get("POCKETABLE_ENDPOINT_KIND", "pocketable")
REGION = "us-east-1"
# No retries: an answer that a client would ask for again is a failure here.
CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=5,
                                read_timeout=30, max_pool_connections=20)
WAITER = {"Delay": 1, "MaxAttempts": 30}

_numbers = itertools.count(1)


def session_arguments(region, access_key):
    if ENDPOINT is None:
        raise RuntimeError("POCKETABLE_ENDPOINT is not set; run_clients.py sets it")
    return {"endpoint_url": ENDPOINT, "region_name": region, "config": CONFIG,
            "aws_access_key_id": access_key, "aws_secret_access_key": "secret"}


def new_client(region=REGION, access_key="AKIDPOCKETABLE", **more):
    return boto3.client("dynamodb", **session_arguments(region, access_key), **more)


def new_resource(region=REGION):
    return boto3.resource("dynamodb", **session_arguments(region, "AKIDPOCKETABLE"))


def differs(kind, how):
    """Skips a test for an endpoint that is known to differ there from AWS."""
    return unittest.skipIf(KIND == kind, f"{kind}: {how}")


def new_name(prefix="clients"):
    """A name that nobody else uses, for a table or a token."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"


def schema(hash_key, range_key=None):
    """The KeySchema of one or two attribute names."""
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    if range_key is not None:
        keys.append({"AttributeName": range_key, "KeyType": "RANGE"})
    return keys


def attributes(**types):
    """AttributeDefinitions of name=type."""
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


class ClientTest(unittest.TestCase):
    """A test with a client and a resource; the tables that it makes go when it ends."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.client = new_client()
        cls.resource = new_resource()

    def make_table(self, client=None, **changes):
        """Makes a table with the keys pk and sk, texts, on demand, unless told otherwise, and
        waits for it; its name."""
        client = client or self.client
        request = {"TableName": new_name(), "KeySchema": schema("pk", "sk"),
                   "AttributeDefinitions": attributes(pk="S", sk="S"),
                   "BillingMode": "PAY_PER_REQUEST", **changes}
        if "ProvisionedThroughput" in changes:
            del request["BillingMode"]
        client.create_table(**request)
        self.addCleanup(self.drop, client, request["TableName"])
        client.get_waiter("table_exists").wait(TableName=request["TableName"], WaiterConfig=WAITER)
        return request["TableName"]

    @staticmethod
    def drop(client, name):
        try:
            client.delete_table(TableName=name)
        except client.exceptions.ResourceNotFoundException:
            pass

    def assert_refused(self, code, text, call, **request):
        """The call fails with this error code and a message that has the text; the error. The
        wording of DynamoDB Local is in places its own, so there only the code counts."""
        with self.assertRaises(self.client.exceptions.ClientError) as caught:
            call(**request)
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], code, error)
        if KIND != "dynamodb-local":
            self.assertIn(text, error["Message"])
        return caught.exception
