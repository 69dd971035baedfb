"""Streams through boto3's client dynamodbstreams."""
import datetime
import time
import unittest

import boto3

from support import (KIND, REGION, ClientTest, differs, new_name, session_arguments)

VIEW_TYPES = {"KEYS_ONLY": set(), "NEW_IMAGE": {"NewImage"}, "OLD_IMAGE": {"OldImage"},
              "NEW_AND_OLD_IMAGES": {"NewImage", "OldImage"}}


def new_streams_client(region=REGION):
    return boto3.client("dynamodbstreams", **session_arguments(region, "AKIDPOCKETABLE"))


def on(view_type="NEW_AND_OLD_IMAGES"):
    return {"StreamEnabled": True, "StreamViewType": view_type}


class TestStreams(ClientTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.streams = new_streams_client()

    def latest(self, table):
        return self.client.describe_table(TableName=table)["Table"]["LatestStreamArn"]

    def shards(self, arn, **more):
        return self.streams.describe_stream(StreamArn=arn, **more)["StreamDescription"]["Shards"]

    def iterators(self, arn, kind="TRIM_HORIZON"):
        return [self.streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType=kind)["ShardIterator"]
            for shard in self.shards(arn)]

    def read(self, iterators, **more):
        """The records of a page of each iterator, and the iterators that come next."""
        records, following = [], []
        for iterator in iterators:
            page = self.streams.get_records(ShardIterator=iterator, **more)
            records += page["Records"]
            if "NextShardIterator" in page:
                following.append(page["NextShardIterator"])
        return records, following

    def records(self, arn):
        records, _ = self.read(self.iterators(arn))
        return sorted(records, key=lambda record: record["dynamodb"]["SequenceNumber"])

    def test_view_types(self):
        """API_StreamSpecification: what each type keeps of a put, an update and a delete."""
        for view_type, images in VIEW_TYPES.items():
            with self.subTest(view_type):
                name = self.make_table(StreamSpecification=on(view_type))
                key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
                self.client.put_item(TableName=name, Item={**key, "n": {"N": "1"}})
                self.client.update_item(TableName=name, Key=key, UpdateExpression="SET n = :n",
                                        ExpressionAttributeValues={":n": {"N": "2"}})
                self.client.delete_item(TableName=name, Key=key)
                records = self.records(self.latest(name))
                self.assertEqual([record["eventName"] for record in records],
                                 ["INSERT", "MODIFY", "REMOVE"])
                self.check_images(records, images, view_type, key)

    def check_images(self, records, images, view_type, key):
        before, after = {**key, "n": {"N": "1"}}, {**key, "n": {"N": "2"}}
        for record, old, new in zip(records, [None, before, after], [before, after, None]):
            change = record["dynamodb"]
            self.assertEqual(change["Keys"], key)
            self.assertEqual(change["StreamViewType"], view_type)
            self.assertEqual(change.get("NewImage"), new if "NewImage" in images else None)
            self.assertEqual(change.get("OldImage"), old if "OldImage" in images else None)

    def test_record(self):
        """API_streams_Record, API_streams_StreamRecord."""
        name = self.make_table(StreamSpecification=on())
        self.client.put_item(TableName=name, Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
        [record] = self.records(self.latest(name))
        self.assertEqual(record["eventSource"], "aws:dynamodb")
        self.assertEqual(record["eventVersion"], "1.1")
        self.assertTrue(record["eventID"])
        if KIND != "dynamodb-local":
            self.assertEqual(record["awsRegion"], REGION)
        self.assertNotIn("userIdentity", record)
        change = record["dynamodb"]
        self.assertRegex(change["SequenceNumber"], r"^\d{21,40}$")
        self.assertEqual(change["SizeBytes"], 6 + 6)
        age = datetime.datetime.now(datetime.timezone.utc) - change["ApproximateCreationDateTime"]
        self.assertLess(abs(age.total_seconds()), 90)

    def test_all_types_of_values(self):
        name = self.make_table(StreamSpecification=on("NEW_IMAGE"))
        item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "b": {"B": b"\x00\xff"}, "t": {"BOOL": True},
                "z": {"NULL": True}, "l": {"L": [{"N": "1"}, {"S": ""}]}, "m": {"M": {}},
                "ss": {"SS": ["x"]}, "ns": {"NS": ["1"]}, "bs": {"BS": [b"\x01"]}}
        self.client.put_item(TableName=name, Item=item)
        [record] = self.records(self.latest(name))
        self.assertEqual(record["dynamodb"]["NewImage"], item)

    def test_following(self):
        """LATEST, then what comes; a hundred keys in their order, in pages of seven."""
        name = self.make_table(StreamSpecification=on("NEW_IMAGE"))
        iterators = self.iterators(self.latest(name), "LATEST")
        seen = {}
        for number in range(3):
            for key in range(100):
                self.client.put_item(TableName=name, Item={
                    "pk": {"S": str(key)}, "sk": {"S": "s"}, "n": {"N": str(number)}})
        count = 0
        while count < 300:
            records, iterators = self.read(iterators, Limit=7)
            self.assertTrue(records)
            count += len(records)
            for record in records:
                image = record["dynamodb"]["NewImage"]
                seen.setdefault(image["pk"]["S"], []).append(image["n"]["N"])
        self.assertEqual(seen, {str(key): ["0", "1", "2"] for key in range(100)})
        self.assertEqual(self.read(iterators)[0], [])

    @differs("dynamodb-local", "has one shard")
    def test_shards(self):
        """A new on-demand table's stream has several; they can be paged."""
        name = self.make_table(StreamSpecification=on())
        arn = self.latest(name)
        ids = [shard["ShardId"] for shard in self.shards(arn)]
        self.assertGreater(len(ids), 1)
        self.assertEqual(ids, sorted(ids))
        found, more = [], {}
        while True:
            page = self.streams.describe_stream(StreamArn=arn, Limit=1, **more)
            found += [shard["ShardId"] for shard in page["StreamDescription"]["Shards"]]
            if "LastEvaluatedShardId" not in page["StreamDescription"]:
                break
            more = {"ExclusiveStartShardId": page["StreamDescription"]["LastEvaluatedShardId"]}
        self.assertEqual(found, ids)

    def test_lists(self):
        """API_streams_ListStreams: by table, by pages."""
        names = [self.make_table(StreamSpecification=on()) for _ in range(3)]
        for name in names:
            [stream] = self.streams.list_streams(TableName=name)["Streams"]
            self.assertEqual(stream["StreamArn"], self.latest(name))
            self.assertTrue(stream["StreamArn"].endswith("/stream/" + stream["StreamLabel"]))
        found, more = [], {}
        while True:
            page = self.streams.list_streams(Limit=1, **more)
            self.assertLessEqual(len(page["Streams"]), 1)
            found += [stream["TableName"] for stream in page["Streams"]]
            if "LastEvaluatedStreamArn" not in page:
                break
            more = {"ExclusiveStartStreamArn": page["LastEvaluatedStreamArn"]}
        self.assertLessEqual(set(names), set(found))
        self.assertEqual(len(found), len({(name, i) for i, name in enumerate(found)}))

    def test_turned_off_and_on(self):
        """The old stream is DISABLED and stays; its shards end; a new one has another ARN."""
        name = self.make_table(StreamSpecification=on())
        key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
        self.client.put_item(TableName=name, Item=key)
        first = self.latest(name)
        self.client.update_table(TableName=name, StreamSpecification={"StreamEnabled": False})
        self.client.delete_item(TableName=name, Key=key)
        description = self.streams.describe_stream(StreamArn=first)["StreamDescription"]
        self.assertEqual(description["StreamStatus"], "DISABLED")
        for shard in description["Shards"]:
            self.assertIn("EndingSequenceNumber", shard["SequenceNumberRange"])
        time.sleep(0.01)
        self.client.update_table(TableName=name, StreamSpecification=on("KEYS_ONLY"))
        second = self.latest(name)
        self.assertNotEqual(first, second)
        self.client.put_item(TableName=name, Item=key)
        records, following = self.read(self.iterators(first))
        self.assertEqual([record["eventName"] for record in records], ["INSERT"])
        self.assertEqual(following, [])
        self.assertEqual(len(self.records(second)), 1)

    def test_of_a_deleted_table(self):
        name = self.make_table(StreamSpecification=on())
        self.client.put_item(TableName=name, Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
        arn = self.latest(name)
        self.client.delete_table(TableName=name)
        description = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]
        self.assertEqual(description["StreamStatus"], "DISABLED")
        self.assertEqual(len(self.records(arn)), 1)

    @differs("dynamodb-local", "has one region in one process")
    def test_regions(self):
        name = self.make_table(StreamSpecification=on())
        arn = self.latest(name)
        elsewhere = new_streams_client("eu-west-2")
        self.assertEqual(elsewhere.list_streams(TableName=name)["Streams"], [])
        with self.assertRaises(elsewhere.exceptions.ResourceNotFoundException):
            elsewhere.describe_stream(StreamArn=arn)

    def test_refusals(self):
        name = self.make_table(StreamSpecification=on())
        arn = self.latest(name)
        shard = self.shards(arn)[0]["ShardId"]
        with self.assertRaises(self.streams.exceptions.ResourceNotFoundException):
            self.streams.describe_stream(StreamArn=arn[:-23] + "2015-05-20T20:51:10.252")
        with self.assertRaises(self.streams.exceptions.ResourceNotFoundException):
            self.streams.get_shard_iterator(StreamArn=arn, ShardId="shardId-" + "0" * 29,
                                            ShardIteratorType="LATEST")
        self.assert_refused("ValidationException", "Invalid SequenceNumber",
                            self.streams.get_shard_iterator, StreamArn=arn, ShardId=shard,
                            ShardIteratorType="AT_SEQUENCE_NUMBER")
        self.assert_refused("ValidationException", "Invalid ShardIterator",
                            self.streams.get_records, ShardIterator=new_name())


if __name__ == "__main__":
    unittest.main()
