"""The data that every server holds, the requests that every server gets, and the right answers.

Items are photos as in bench/items.h, made from a number: a hundred are a block of ten PK by ten SK,
so that each PK has ten items in the table and each SK ten in the inverted index.

The lower half of the items is put anew (views is then the request's version), the upper half is
updated (likes grows by one), and reads go to all of them. No two lines of one kind of write name
the same item, so writes that are under way together never meet.
"""
import json
import random

TABLE = "photos"
INDEX = "inverted"
BLOCK = 100
PLACE = "@" * 10  # load.lua puts a version here
VERSION_FIRST = 1_000_000_000
VIEWS_FIRST = 100_000_000  # has fewer digits than any version
LIKES_FIRST = 1_000_000
BATCH = 25
LINES_MAX = 20_000

CREATE_TABLE = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"},
                  {"AttributeName": "SK", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"},
                             {"AttributeName": "SK", "AttributeType": "S"}],
    "GlobalSecondaryIndexes": [{
        "IndexName": INDEX,
        "KeySchema": [{"AttributeName": "SK", "KeyType": "HASH"},
                      {"AttributeName": "PK", "KeyType": "RANGE"}],
        "Projection": {"ProjectionType": "ALL"}}],
}


def pk_of(number):
    return f"USER#{number // BLOCK * 10 + number // 10 % 10:010d}"


def sk_of(number):
    return f"PHOTO#{number // BLOCK * 10 + number % 10:010d}#2019-03-02T09:11:30"


def key_of(number):
    return {"PK": {"S": pk_of(number)}, "SK": {"S": sk_of(number)}}


def number_of(item):
    """The number that an item's key was made from."""
    row = int(item["PK"]["S"][5:15])
    return row // 10 * BLOCK + row % 10 * 10 + int(item["SK"]["S"][6:16]) % 10


def item_of(number, views=None, likes=LIKES_FIRST):
    """The item of a number; views None: as it was loaded."""
    mixed = number * 2654435761 % (1 << 32)
    return {
        **key_of(number),
        "username": {"S": f"user-{number:010d}"},
        "timestamp": {"S": "2019-03-02T09:11:30"},
        "location": {"S": f"{mixed % 100000:05d} Lake View, North Harbour, State {mixed % 64:02d}"},
        "caption": {"S": "The evening light over the bay"},
        "width": {"N": str(1000 + mixed % 9000)},
        "height": {"N": str(1000 + mixed // 7 % 9000)},
        "views": {"N": str(VIEWS_FIRST + number) if views is None else str(views)},
        "likes": {"N": str(likes)},
        "reactions": {"M": {name: {"N": str(10 + mixed // divisor % 90)} for name, divisor in
                            (("+1", 1), ("heart", 3), ("smiley", 5), ("sunglasses", 11))}},
    }


def item_is_right(item, updates_allowed=True):
    """Whether an item is one of those that it may be by now."""
    try:
        number = number_of(item)
        views, likes = int(item["views"]["N"]), int(item["likes"]["N"])
    except (KeyError, ValueError, TypeError):
        return False
    fresh = views == VIEWS_FIRST + number
    return (item == item_of(number, views, likes) and (fresh or views >= VERSION_FIRST) and
            (likes == LIKES_FIRST or updates_allowed and likes > LIKES_FIRST))


# ---- requests ----

LIKE = {
    "UpdateExpression": "SET likes = likes + :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}


def get_body(number):
    return {"TableName": TABLE, "Key": key_of(number)}


def put_body(number):
    return {"TableName": TABLE, "Item": item_of(number, PLACE)}


def update_body(number):
    return {"TableName": TABLE, "Key": key_of(number), **LIKE}


def query_body(number):
    return {"TableName": TABLE, "KeyConditionExpression": "PK = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk_of(number)}}}


def index_query_body(number):
    return {"TableName": TABLE, "IndexName": INDEX, "KeyConditionExpression": "SK = :sk",
            "ExpressionAttributeValues": {":sk": {"S": sk_of(number)}}}


def transact_body(put, first, second):
    """A photo and two counters: a put on a condition and two updates."""
    return {"TransactItems": [
        {"Put": {**put_body(put), "ConditionExpression": "attribute_exists(PK)"}},
        {"Update": update_body(first)},
        {"Update": {**update_body(second), "ConditionExpression": "likes >= :one"}}]}


def batch_body(numbers):
    return {"RequestItems": {TABLE: [{"PutRequest": {"Item": item_of(number, PLACE)}}
                                     for number in numbers]}}


def table_numbers(number):
    """The ten of a query on the table, in order."""
    return range(number // 10 * 10, number // 10 * 10 + 10)


def index_numbers(number):
    """The ten of a query on the inverted index, in order."""
    first = number // BLOCK * BLOCK + number % 10
    return range(first, first + BLOCK, 10)


class Kind:
    """One operation: its requests, and what each of them does."""

    def __init__(self, operation, makes, likes=0, reads=False):
        self.operation = operation
        self.makes = makes  # from the numbers of both halves, shuffled, to (numbers, body) each
        self.likes = likes  # that one request adds
        self.reads = reads


def _each(make):
    return lambda puts, updates: (((number,), make(number)) for number in puts)


KINDS = [
    Kind("GetItem", lambda puts, updates:
         (((n,), get_body(n)) for pair in zip(puts, updates) for n in pair), reads=True),
    Kind("PutItem", _each(put_body)),
    Kind("UpdateItem", lambda puts, updates: (((n,), update_body(n)) for n in updates), likes=1),
    Kind("Query", lambda puts, updates:
         (((n,), query_body(n)) for pair in zip(puts, updates) for n in pair), reads=True),
    Kind("TransactWriteItems", lambda puts, updates:
         ((three, transact_body(*three)) for three in zip(puts, updates[::2], updates[1::2])),
         likes=2),
    Kind("BatchWriteItem", lambda puts, updates:
         ((some, batch_body(some)) for some in zip(*[iter(puts)] * BATCH))),
]
KIND_OF = {kind.operation: kind for kind in KINDS}


def halves(items, seed):
    """The numbers that are put and those that are updated, each shuffled."""
    order = random.Random(seed)
    puts, updates = list(range(items // 2)), list(range(items // 2, items))
    order.shuffle(puts)
    order.shuffle(updates)
    return puts, updates


def write_lines(path, kind, items, seed):
    """Writes the kind's requests to a file, a body a line; returns the numbers that each names."""
    numbers = []
    with open(path, "w", encoding="utf-8") as file:
        for some, body in kind.makes(*halves(items, seed)):
            file.write(json.dumps(body, separators=(",", ":")) + "\n")
            numbers.append(some)
            if len(numbers) == LINES_MAX:
                break
    return numbers
