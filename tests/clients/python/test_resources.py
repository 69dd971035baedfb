"""Time to live, tags and resource policies through boto3."""
import json
import time
import unittest

from support import ClientTest, attributes, differs, new_name, schema

EXPIRY_LIMIT_S = 20     # a sanitized server on a busy machine; two seconds are usual
LONG_S = 3600


class TestTimeToLive(ClientTest):
    def enable(self, name, attribute="expires"):
        self.client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute})

    def wait_until_gone(self, name, key, index=None):
        """Until no item has the key; how long that took."""
        begin = time.monotonic()
        more = {"IndexName": index} if index else {}
        while time.monotonic() - begin < EXPIRY_LIMIT_S:
            found = self.resource.Table(name).scan(**more)["Items"]
            if key not in [item["pk"] for item in found]:
                return time.monotonic() - begin
            time.sleep(0.1)
        return self.fail(f"{key} is still in {index or 'the table'}")

    def test_states(self):
        """API_UpdateTimeToLive, API_DescribeTimeToLive."""
        name = self.make_table()
        self.assertEqual(
            self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
            {"TimeToLiveStatus": "DISABLED"})
        answer = self.client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
        self.assertEqual(answer["TimeToLiveSpecification"],
                         {"Enabled": True, "AttributeName": "expires"})
        self.assertEqual(
            self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
            {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"})
        self.assert_refused("ValidationException", "TimeToLive is already enabled",
                            self.enable, name=name)
        self.assert_refused(
            "ValidationException",
            "TimeToLive is active on a different AttributeName: current AttributeName is expires",
            self.enable, name=name, attribute="other")

    @differs("dynamodb-local", "takes longer than a test can wait")
    def test_items_expire(self):
        """The guide, howitworks-ttl: from the table and its indexes; what is later or no number
        stays."""
        name = self.make_table(
            KeySchema=schema("pk"), AttributeDefinitions=attributes(pk="S", color="S"),
            GlobalSecondaryIndexes=[{"IndexName": "global", "KeySchema": schema("color"),
                                     "Projection": {"ProjectionType": "ALL"}}])
        table = self.resource.Table(name)
        now = int(time.time())
        table.put_item(Item={"pk": "before", "color": "red", "expires": now - 10})
        self.enable(name)
        table.put_item(Item={"pk": "soon", "color": "red", "expires": now + 1})
        table.put_item(Item={"pk": "later", "color": "red", "expires": now + LONG_S})
        table.put_item(Item={"pk": "text", "color": "red", "expires": str(now - 10)})
        table.put_item(Item={"pk": "never", "color": "red"})
        self.wait_until_gone(name, "before")
        self.wait_until_gone(name, "soon")
        self.assertGreaterEqual(time.time(), now + 1)
        self.wait_until_gone(name, "soon", "global")
        for more in ({}, {"IndexName": "global"}):
            self.assertEqual(sorted(item["pk"] for item in table.scan(**more)["Items"]),
                             ["later", "never", "text"])

    def test_backups(self):
        """API_DescribeContinuousBackups: what infrastructure tools ask of every table."""
        name = self.make_table()
        backups = self.client.describe_continuous_backups(TableName=name)
        self.assertEqual(
            backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"],
            {"PointInTimeRecoveryStatus": "DISABLED"})
        with self.assertRaises(self.client.exceptions.TableNotFoundException):
            self.client.describe_continuous_backups(TableName=new_name())


@differs("dynamodb-local", "has no tags")
class TestTags(ClientTest):
    def test_tags(self):
        """API_TagResource, API_UntagResource, API_ListTagsOfResource; a paginator ends."""
        name = self.make_table(Tags=[{"Key": "made", "Value": "with it"}])
        arn = self.client.describe_table(TableName=name)["Table"]["TableArn"]
        self.client.tag_resource(
            ResourceArn=arn, Tags=[{"Key": f"key {i}", "Value": "ä"} for i in range(30)])
        self.client.untag_resource(ResourceArn=arn, TagKeys=["key 3", "unknown"])
        pages = list(self.client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn))
        tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
        self.assertEqual(tags, {"made": "with it",
                                **{f"key {i}": "ä" for i in range(30) if i != 3}})
        self.assert_refused("ValidationException", "Tag Key cannot be prefixed with aws:",
                            self.client.tag_resource, ResourceArn=arn,
                            Tags=[{"Key": "aws:x", "Value": ""}])
        self.assert_refused("ResourceNotFoundException", "Requested resource not found",
                            self.client.untag_resource, ResourceArn=arn + "x", TagKeys=["k"])


@differs("dynamodb-local", "has no resource policies")
class TestResourcePolicies(ClientTest):
    def setUp(self):
        if not hasattr(self.client, "put_resource_policy"):
            self.skipTest("this boto3 does not know resource policies; 1.34.68 does")

    @staticmethod
    def policy(arn, action):
        return {"Version": "2012-10-17", "Statement": [
            {"Sid": "one", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"},
             "Action": action, "Resource": arn}]}

    def test_policies(self):
        """API_PutResourcePolicy, API_GetResourcePolicy, API_DeleteResourcePolicy."""
        arn = self.client.describe_table(TableName=self.make_table())["Table"]["TableArn"]
        missing = self.client.exceptions.PolicyNotFoundException
        with self.assertRaises(missing):
            self.client.get_resource_policy(ResourceArn=arn)
        put = self.client.put_resource_policy(
            ResourceArn=arn, Policy=json.dumps(self.policy(arn, ["dynamodb:GetItem"]), indent=1),
            ExpectedRevisionId="NO_POLICY")
        shown = self.client.get_resource_policy(ResourceArn=arn)
        self.assertEqual(shown["RevisionId"], put["RevisionId"])
        self.assertEqual(json.loads(shown["Policy"]), self.policy(arn, "dynamodb:GetItem"))
        again = self.client.put_resource_policy(ResourceArn=arn, Policy=shown["Policy"])
        self.assertEqual(again["RevisionId"], put["RevisionId"])
        with self.assertRaises(missing):
            self.client.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId="1")
        self.client.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=put["RevisionId"])
        with self.assertRaises(missing):
            self.client.get_resource_policy(ResourceArn=arn)

    def test_of_streams(self):
        """A stream has a policy of its own."""
        name = self.make_table(StreamSpecification={"StreamEnabled": True,
                                                    "StreamViewType": "KEYS_ONLY"})
        table = self.client.describe_table(TableName=name)["Table"]
        arn = table["LatestStreamArn"]
        self.client.put_resource_policy(
            ResourceArn=arn, Policy=json.dumps(self.policy(arn, "dynamodb:GetRecords")))
        self.assertIn("GetRecords", self.client.get_resource_policy(ResourceArn=arn)["Policy"])
        with self.assertRaises(self.client.exceptions.PolicyNotFoundException):
            self.client.get_resource_policy(ResourceArn=table["TableArn"])


if __name__ == "__main__":
    unittest.main()
