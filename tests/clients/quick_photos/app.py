"""Quick Photos with boto3: one table, ten access patterns, every answer checked.

    app.py ITEMS.jsonl [--lab]

The endpoint is POCKETABLE_ENDPOINT. The application keeps a copy of the table in a dictionary, and
holds each answer against it. --lab says that the items are those of AWS's lab "Design a Database
for a Mobile App with Amazon DynamoDB", some of whose answers are known. app.js is the same
application for the AWS SDK for JavaScript.
"""
import json
import os
import sys
import time

import boto3
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import TypeDeserializer

TABLE, INDEX = "quick-photos", "InvertedIndex"
THROUGHPUT = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
INDEX_LIMIT_S = 60
NEWCOMER = "zora.newcomer"
NOW = "2030-01-01T12:00:00"
# The lab's answers: the user and photos, the photo and reactions, those whom the user follows.
LAB_USER, LAB_USER_ITEMS = "jacksonjason", 16
LAB_PHOTO, LAB_PHOTO_ITEMS = "PHOTO#david25#2019-03-02T09:11:30", 6
LAB_FOLLOWER, LAB_FOLLOWED_ITEMS = "haroldwatkins", 10


def check(truth, text):
    """Ends the application unless it is true; asserts could be switched off."""
    if not truth:
        raise SystemExit(f"WRONG: {text}")


def user_key(name):
    return {"PK": f"USER#{name}", "SK": f"#METADATA#{name}"}


def keys(items):
    return [(item["PK"], item["SK"]) for item in items]


class Copy:
    """What the table must hold."""

    def __init__(self, items):
        self.items = {}
        for item in items:
            self.put(item)

    def put(self, item):
        self.items[item["PK"], item["SK"]] = item

    def get(self, key):
        return self.items[key["PK"], key["SK"]]

    def query(self, name, value, range_name, first, last):
        """The items with one key's value and the other between two, in the order of its bytes."""
        found = [item for item in self.items.values()
                 if item[name] == value and
                 first.encode() <= item[range_name].encode() <= last.encode()]
        return sorted(found, key=lambda item: item[range_name].encode())

    def users(self):
        return sorted(item["username"] for item in self.items.values()
                      if item["SK"].startswith("#METADATA#"))

    def count(self, name, value, range_name, prefix):
        return len(self.query(name, value, range_name, prefix, prefix + "\U0010ffff"))


class QuickPhotos:
    """The application, and the copy that its answers are held against."""

    def __init__(self, items, is_lab):
        self.is_lab = is_lab
        self.copy = Copy(items)
        self.dynamodb = boto3.resource("dynamodb", endpoint_url=os.environ["POCKETABLE_ENDPOINT"])
        self.client = self.dynamodb.meta.client
        self.table = self.dynamodb.Table(TABLE)
        self.plain = TypeDeserializer().deserialize
        self.has_table = False
        self.cast()

    def cast(self):
        """Who takes part: the star has the most photos, the fan follows the most others."""
        def photos(name):
            return self.copy.count("PK", f"USER#{name}", "SK", "PHOTO#")

        def following(name):
            return self.copy.count("SK", f"#FRIEND#{name}", "PK", "USER#")

        users = self.copy.users()
        pairs = [(star, fan) for star in users for fan in users if star != fan and
                 (f"USER#{star}", f"#FRIEND#{fan}") not in self.copy.items]
        self.star, self.fan = max(pairs, key=lambda pair: (photos(pair[0]), following(pair[1]),
                                                           pair))
        pictures = [item for item in self.copy.items.values()
                    if item["PK"].startswith("USER#") and item["SK"].startswith("PHOTO#")]
        self.favourite = max(pictures, key=lambda item: (
            self.copy.count("SK", item["SK"], "PK", "REACTION#"), item["SK"]))

    # ---- the table ----

    def create_table(self):
        self.client.create_table(
            TableName=TABLE, ProvisionedThroughput=THROUGHPUT,
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"},
                                  {"AttributeName": "SK", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"},
                       {"AttributeName": "SK", "KeyType": "RANGE"}])
        self.has_table = True
        self.table.wait_until_exists()
        check(not self.table.global_secondary_indexes, "there is no index yet")
        return 0

    def load(self):
        with self.table.batch_writer() as batch:
            for item in self.copy.items.values():
                batch.put_item(Item=item)
        return len(self.copy.items)

    def add_index(self):
        self.client.update_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"},
                                  {"AttributeName": "SK", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[{"Create": {
                "IndexName": INDEX, "ProvisionedThroughput": THROUGHPUT,
                "KeySchema": [{"AttributeName": "SK", "KeyType": "HASH"},
                              {"AttributeName": "PK", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"}}}])
        give_up_at = time.monotonic() + INDEX_LIMIT_S
        while True:
            self.table.reload()
            [index] = self.table.global_secondary_indexes
            if (self.table.table_status, index["IndexStatus"]) == ("ACTIVE", "ACTIVE"):
                break
            check(time.monotonic() < give_up_at, f"{INDEX} is ACTIVE in {INDEX_LIMIT_S} s")
            time.sleep(0.1)
        return self.scan(IndexName=INDEX)

    def scan(self, **more):
        """Reads everything, and finds exactly what must be there."""
        found, start = [], {}
        while True:
            page = self.table.scan(**start, **more)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        check(len(found) == len(self.copy.items), f"a scan finds {len(found)} items, "
              f"not {len(self.copy.items)}")
        for item in found:
            check(item == self.copy.get(item), f"an item is {item}")
        return len(found)

    def lab_answers(self):
        """The three counts that the lab tells."""
        counts = [len(self.user_and_photos(LAB_USER)), len(self.photo_and_reactions(LAB_PHOTO)),
                  len(self.followed(LAB_FOLLOWER))]
        check(counts == [LAB_USER_ITEMS, LAB_PHOTO_ITEMS, LAB_FOLLOWED_ITEMS], f"{counts}")
        return sum(counts)

    def delete_table(self):
        self.table.delete()
        self.has_table = False
        self.table.wait_until_not_exists()
        check(TABLE not in self.client.list_tables()["TableNames"], "the table is gone")
        return 0

    # ---- the patterns ----

    def create_profile(self):
        item = {**user_key(NEWCOMER), "username": NEWCOMER, "name": "Zora Newcomer",
                "email": "zora@example.com", "birthdate": "1999-12-31", "address": "1 New Street",
                "status": "I can see my house from here", "interests": ["cameras"],
                "followers": 0, "following": 0}
        for taken in (False, True):
            try:
                self.table.put_item(Item=item, ConditionExpression=Attr("PK").not_exists())
                check(not taken, "a name that is taken is refused")
            except self.client.exceptions.ConditionalCheckFailedException:
                check(taken, "a new name is taken for nobody's")
        self.copy.put(item)
        return 1

    def update_profile(self):
        answer = self.table.update_item(
            Key=user_key(NEWCOMER), UpdateExpression="SET #s = :s, interests = "
            "list_append(interests, :i)", ConditionExpression=Attr("PK").exists(),
            ExpressionAttributeNames={"#s": "status"}, ReturnValues="ALL_NEW",
            ExpressionAttributeValues={":s": "Hello 🌍", ":i": ["tripods"]})
        item = self.copy.get(user_key(NEWCOMER))
        item.update(status="Hello 🌍", interests=["cameras", "tripods"])
        check(answer["Attributes"] == item, f"the profile is {answer['Attributes']}")
        return 1

    def get_profile(self):
        for name in (NEWCOMER, self.star):
            item = self.table.get_item(Key=user_key(name), ConsistentRead=True)["Item"]
            check(item == self.copy.get(user_key(name)), f"{name} is {item}")
        check("Item" not in self.table.get_item(Key=user_key("nobody")), "nobody is not there")
        return 1

    def upload_photo(self):
        item = {"PK": f"USER#{self.star}", "SK": f"PHOTO#{self.star}#{NOW}", "username": self.star,
                "timestamp": NOW, "location": "São Vento",
                "reactions": {"+1": 0, "smiley": 0, "sunglasses": 0, "heart": 0}}
        self.table.put_item(Item=item)
        self.copy.put(item)
        return 1

    def user_and_photos(self, name):
        found = self.table.query(KeyConditionExpression=Key("PK").eq(f"USER#{name}") &
                                 Key("SK").between(f"#METADATA#{name}", "PHOTO$"))["Items"]
        wanted = self.copy.query("PK", f"USER#{name}", "SK", f"#METADATA#{name}", "PHOTO$")
        check(found == wanted, f"{name} and photos: {keys(found)}")
        return found

    def view_recent_photos(self):
        found = self.user_and_photos(self.star)
        check(found[0]["SK"] == f"#METADATA#{self.star}", "the user comes first")
        check(found[-1]["timestamp"] == NOW, "the newest photo comes last")
        return len(found)

    def cancelled(self, actions):
        """The transaction again: its reasons, of which the first is the failed condition."""
        before = [self.table.get_item(Key=user_key(name))["Item"] for name in (self.star, self.fan)]
        try:
            self.client.transact_write_items(TransactItems=actions)
        except self.client.exceptions.TransactionCanceledException as error:
            reasons = error.response["CancellationReasons"]
            codes = [reason["Code"] for reason in reasons]
            check(codes == ["ConditionalCheckFailed"] + ["None"] * (len(actions) - 1), f"{codes}")
            # boto3's resources leave the items inside errors in DynamoDB's JSON.
            item = {name: self.plain(value) for name, value in reasons[0]["Item"].items()}
            check(item == actions[0]["Put"]["Item"], f"the reason has {item}")
        else:
            check(False, "a second run is cancelled")
        after = [self.table.get_item(Key=user_key(name))["Item"] for name in (self.star, self.fan)]
        check(before == after, "a cancelled transaction changes nothing")

    def transact(self, actions):
        self.client.transact_write_items(TransactItems=actions)
        self.cancelled(actions)
        self.copy.put(actions[0]["Put"]["Item"])
        return len(actions)

    def put_once(self, item):
        """The Put of a relation that is not there yet."""
        return {"Put": {"TableName": TABLE, "Item": item,
                        "ConditionExpression": "attribute_not_exists(SK)",
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}

    def count_up(self, key, path, names=None):
        """The Update of a counter."""
        update = {"TableName": TABLE, "Key": key, "UpdateExpression": f"SET {path} = {path} + :i",
                  "ExpressionAttributeValues": {":i": 1},
                  "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        if names is not None:
            update["ExpressionAttributeNames"] = names
        return {"Update": update}

    def react_to_photo(self):
        photo = self.favourite
        reaction = {"PK": f"REACTION#{NEWCOMER}#sunglasses", "SK": photo["SK"],
                    "reactingUser": NEWCOMER, "photo": photo["SK"], "reactionType": "sunglasses",
                    "timestamp": NOW}
        key = {"PK": photo["PK"], "SK": photo["SK"]}
        count = self.transact([self.put_once(reaction),
                               self.count_up(key, "reactions.#t", {"#t": "sunglasses"})])
        photo["reactions"]["sunglasses"] += 1
        check(self.table.get_item(Key=key)["Item"] == photo, "one reaction is counted, once")
        return count

    def photo_and_reactions(self, photo_key):
        found = self.table.query(IndexName=INDEX, KeyConditionExpression=Key("SK").eq(photo_key) &
                                 Key("PK").between("REACTION#", "USER$"))["Items"]
        wanted = self.copy.query("SK", photo_key, "PK", "REACTION#", "USER$")
        check(found == wanted, f"{photo_key} and reactions: {keys(found)}")
        return found

    def view_photo_and_reactions(self):
        found = self.photo_and_reactions(self.favourite["SK"])
        check(found[-1] == self.favourite, "the photo comes after its reactions")
        check(NEWCOMER in [item.get("reactingUser") for item in found], "the reaction is there")
        return len(found)

    def follow_user(self):
        star, fan = user_key(self.star), user_key(self.fan)
        friendship = {"PK": star["PK"], "SK": f"#FRIEND#{self.fan}", "followedUser": self.star,
                      "followingUser": self.fan, "timestamp": NOW}
        count = self.transact([self.put_once(friendship), self.count_up(star, "followers"),
                               self.count_up(fan, "following")])
        self.copy.get(star)["followers"] += 1
        self.copy.get(fan)["following"] += 1
        for key in (star, fan):
            check(self.table.get_item(Key=key)["Item"] == self.copy.get(key), "it is counted once")
        return count

    def view_followers(self):
        found = self.table.query(KeyConditionExpression=Key("PK").eq(f"USER#{self.star}") &
                                 Key("SK").begins_with("#FRIEND#"))["Items"]
        wanted = self.copy.query("PK", f"USER#{self.star}", "SK", "#FRIEND#", "#FRIEND$")
        check(found == wanted, f"followers of {self.star}: {keys(found)}")
        check(self.fan in [item["followingUser"] for item in found], "the fan is among them")
        return len(found)

    def followed(self, name):
        """The friendships, and from a batch the users whom they name."""
        found = self.table.query(
            IndexName=INDEX, KeyConditionExpression=Key("SK").eq(f"#FRIEND#{name}"))["Items"]
        wanted = self.copy.query("SK", f"#FRIEND#{name}", "PK", "USER#", "USER$")
        check(found == wanted, f"followed by {name}: {keys(found)}")
        names = [item["followedUser"] for item in found]
        answer = self.dynamodb.batch_get_item(
            RequestItems={TABLE: {"Keys": [user_key(each) for each in names]}})
        check(not answer["UnprocessedKeys"], "a small batch is processed at once")
        users = {item["username"]: item for item in answer["Responses"][TABLE]}
        check(users == {each: self.copy.get(user_key(each)) for each in names},
              f"the users whom {name} follows")
        return found

    def view_followed(self):
        found = self.followed(self.fan)
        check(self.star in [item["followedUser"] for item in found], "the star is among them")
        return len(found)

    def steps(self):
        """Number, what is done, how, and the step; numbers are those of the ten patterns. A step
        returns how many items it read or wrote."""
        yield "", "create the table", "CreateTable", self.create_table
        yield "", "load the data", "BatchWriteItem", self.load
        yield "", "add the index", "UpdateTable", self.add_index
        if self.is_lab:
            yield "", "the lab's known answers", "Query, Query, Query", self.lab_answers
        yield 1, "create user profile", "PutItem", self.create_profile
        yield 2, "update user profile", "UpdateItem", self.update_profile
        yield 3, "get user profile", "GetItem", self.get_profile
        yield 4, "upload photo for user", "PutItem", self.upload_photo
        yield 5, "view recent photos for user", "Query", self.view_recent_photos
        yield 6, "react to a photo", "TransactWriteItems", self.react_to_photo
        yield 7, "view photo and reactions", f"Query {INDEX}", self.view_photo_and_reactions
        yield 8, "follow user", "TransactWriteItems", self.follow_user
        yield 9, "view followers for user", "Query", self.view_followers
        yield 10, "view followed for user", f"Query {INDEX}, BatchGetItem", self.view_followed
        yield "", "read it all", "Scan", self.scan
        yield "", "delete the table", "DeleteTable", self.delete_table


def main(path, *flags):
    with open(path, encoding="utf-8") as file:
        app = QuickPhotos([json.loads(line) for line in file], "--lab" in flags)
    try:
        perform(app)
    except BaseException:
        # A table that was there before is not this application's to delete.
        if app.has_table:
            app.client.delete_table(TableName=TABLE)
        raise


def perform(app):
    """Runs all steps and prints a line for each."""
    print(f"{'':>2}  {'access pattern':<28}  {'request':<34}  {'items':>5}  {'ms':>7}")
    for number, title, request, step in app.steps():
        started_at = time.perf_counter()
        count = step()
        time_ms = (time.perf_counter() - started_at) * 1000
        print(f"{number:>2}  {title:<28}  {request:<34}  {count:>5}  {time_ms:>7.1f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
