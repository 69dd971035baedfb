"""Streams over HTTP agree with their table after the server was killed: POCKETABLE_PROGRAM with
--dir, SIGKILL at a random moment, again and again. PTE_SEED repeats a run."""
import os
import random
import signal
import sys
import threading
import time
import unittest

import boto3
import botocore.config
import botocore.exceptions

import kept

CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=5,
                                read_timeout=30, parameter_validation=False)
TABLE = "kept"
ROUNDS = 6
WRITERS = 4
KEYS = 30
RUN_S_MAX = 0.5


class TestStreamsKilled(kept.KeptTest):
    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("PTE_SEED", random.SystemRandom().randrange(1 << 30)))
        print(f"PTE_SEED={self.seed}", file=sys.stderr)
        self.random = random.Random(self.seed)

    @staticmethod
    def client(name, place):
        return boto3.client(name, endpoint_url=place.url, config=CONFIG)

    def write(self, place, seed):
        """Puts, deletes and transactions until the server is gone."""
        mine = random.Random(seed)
        client = self.client("dynamodb", place)
        try:
            while True:
                key = {"pk": {"S": str(mine.randrange(KEYS))}}
                other = {"pk": {"S": f"{mine.randrange(KEYS)}+"}}
                value = {"n": {"N": str(mine.randrange(1000000))}}
                if mine.randrange(3) == 0:
                    client.delete_item(TableName=TABLE, Key=key)
                elif mine.randrange(2) == 0:
                    client.put_item(TableName=TABLE, Item={**key, **value})
                else:
                    client.transact_write_items(TransactItems=[
                        {"Put": {"TableName": TABLE, "Item": {**each, **value}}}
                        for each in (key, other)])
        except (botocore.exceptions.HTTPClientError, botocore.exceptions.ConnectionError):
            pass

    def replay(self, place):
        """The items that the stream's records make, from its beginning; each record fits what the
        ones before it have made."""
        streams = self.client("dynamodbstreams", place)
        [stream] = streams.list_streams(TableName=TABLE)["Streams"]
        arn = stream["StreamArn"]
        items, count = {}, 0
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"],
                ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            records = [None]
            while records:
                page = streams.get_records(ShardIterator=iterator)
                records, iterator = page["Records"], page["NextShardIterator"]
                count += len(records)
                for record in records:
                    self.apply(items, record["dynamodb"])
        return items, count

    def apply(self, items, change):
        key = change["Keys"]["pk"]["S"]
        self.assertEqual(change.get("OldImage"), items.pop(key, None))
        if "NewImage" in change:
            items[key] = change["NewImage"]

    def kill_while_writing(self):
        place = self.serve()
        with self.assertRaises(kept.server.ServerError):
            with place:
                threads = [threading.Thread(target=self.write,
                                            args=(place, self.random.randrange(1 << 30)))
                           for _ in range(WRITERS)]
                for thread in threads:
                    thread.start()
                time.sleep(self.random.random() * RUN_S_MAX)
                place.process.send_signal(signal.SIGKILL)
                place.process.wait(10)
                for thread in threads:
                    thread.join()

    def test_streams_agree_with_the_table(self):
        with self.serve() as place:
            self.client("dynamodb", place).create_table(
                TableName=TABLE, BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                StreamSpecification={"StreamEnabled": True,
                                     "StreamViewType": "NEW_AND_OLD_IMAGES"})
        count = 0
        for _ in range(ROUNDS):
            self.kill_while_writing()
            with self.serve() as place:
                scanned = self.client("dynamodb", place).scan(TableName=TABLE)["Items"]
                items, count = self.replay(place)
                self.assertEqual(items, {item["pk"]["S"]: item for item in scanned})
        self.assertGreater(count, ROUNDS)


if __name__ == "__main__":
    unittest.main()
