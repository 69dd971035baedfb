"""Random requests: shapes of tables, items, and every operation, valid and broken.

Generator.request() answers a Request; it depends on the seed and on the requests before it only,
never on an answer, except for the starting keys of pages.
"""
import copy
import json

from expressions import ATTRIBUTES, Expressions, Placeholders
from legacy import Legacy
from partiql import Statement
from values import Values


class Shape:
    """A table: its keys, and its indexes as name -> (keys, kind, CreateTable's member)."""

    def __init__(self, name, keys, local=(), glob=()):
        self.name = name
        self.keys = keys
        self.indexes = {}
        self.extra = {}
        for kind, definitions in (("local", local), ("global", glob)):
            for index, index_keys, projection in definitions:
                self.indexes[index] = (index_keys, kind, projection)
                self.extra.update(index_keys)
        for key, _ in keys:
            self.extra.pop(key, None)

    def create(self):
        body = {"TableName": self.name, "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": name, "AttributeType": kind}
                    for name, kind in {**dict(self.keys), **self.extra}.items()],
                "KeySchema": schema(self.keys)}
        for index, (keys, kind, projection) in self.indexes.items():
            member = "LocalSecondaryIndexes" if kind == "local" else "GlobalSecondaryIndexes"
            body.setdefault(member, []).append(
                {"IndexName": index, "KeySchema": schema(keys), "Projection": projection})
        return body


def schema(keys):
    return [{"AttributeName": name, "KeyType": use}
            for (name, _), use in zip(keys, ("HASH", "RANGE"))]


ALL = {"ProjectionType": "ALL"}
KEYS_ONLY = {"ProjectionType": "KEYS_ONLY"}
SOME = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "n"]}
SHAPES = [
    ("hash", [("pk", "S")], [], []),
    ("number", [("pk", "N")], [], [("byS", [("gs", "S")], ALL)]),
    ("range", [("pk", "S"), ("sk", "S")],
     [("lall", [("pk", "S"), ("ls", "S")], ALL), ("lkeys", [("pk", "S"), ("ln", "N")], KEYS_ONLY)],
     [("gall", [("gs", "S"), ("gn", "N")], ALL), ("gkeys", [("gs", "S")], KEYS_ONLY),
      ("gsome", [("gn", "N"), ("pk", "S")], SOME)]),
    ("ordered", [("pk", "S"), ("sk", "N")], [], [("turned", [("sk", "N"), ("pk", "S")], ALL)]),
    ("binary", [("pk", "B"), ("sk", "B")], [("lsome", [("pk", "B"), ("ls", "S")], SOME)], []),
]


class Request:
    """A request, and how its answers are to be compared.

    order: "exact" - items come in one order; "any" - in any; pages: follow LastEvaluatedKey to the
    end on each side and compare all items; segments: of a parallel scan. tables: those whose state
    the request may change. keys: of the items that its statements write, as (table, key).
    """

    def __init__(self, operation, body, order="exact", pages=False, segments=0, tables=(),
                 sort_key=None, valid=True, keys=()):
        self.operation = operation
        self.body = body
        self.order = order
        self.pages = pages
        self.segments = segments
        self.tables = list(tables)
        self.sort_key = sort_key
        self.valid = valid
        self.keys = list(keys)

    def text(self):
        return json.dumps(self.body, ensure_ascii=False)

    def with_body(self, body):
        other = copy.copy(self)
        other.body = body
        return other


WEIGHTS = {"PutItem": 14, "GetItem": 8, "UpdateItem": 18, "DeleteItem": 7, "Query": 18, "Scan": 7,
           "BatchGetItem": 4, "BatchWriteItem": 5, "TransactWriteItems": 7, "TransactGetItems": 3,
           "CreateTable": 1.5, "UpdateTable": 0.7, "DescribeTable": 0.6, "DeleteTable": 0.5,
           "ListTables": 0.4, "DescribeLimits": 0.1,
           "ExecuteStatement": 12, "BatchExecuteStatement": 3, "ExecuteTransaction": 4}


class Generator:
    def __init__(self, random, prefix, operations=None, broken=0.25, tampered=0.3, legacy=0.25):
        self.random = random
        self.values = Values(random)
        self.expressions = Expressions(self.values)
        self.legacy = Legacy(self.values)
        self.pick, self.chance = self.values.pick, self.values.chance
        self.prefix = prefix
        self.shapes = [Shape(prefix + name, keys, local, glob)
                       for name, keys, local, glob in SHAPES]
        self.extra_table = Shape(prefix + "extra", [("pk", "S"), ("sk", "N")])
        weights = {name: weight for name, weight in WEIGHTS.items()
                   if operations is None or name in operations}
        self.operations, self.weights = list(weights), list(weights.values())
        self.broken, self.tampered, self.legacy_share = broken, tampered, legacy
        self.may_tamper = False
        self.last_token = None
        self.next_page = None       # a Request that takes a LastEvaluatedKey up

    def request(self):
        if self.next_page and self.chance(0.5):
            request, self.next_page = self.next_page, None
            return request
        operation = self.random.choices(self.operations, self.weights)[0]
        # One fault a request: which of two is told is nowhere laid down.
        self.may_tamper = self.legacy.may_fault = self.chance(self.tampered)
        is_sound = not self.may_tamper
        request = getattr(self, "make_" + operation)()
        if is_sound and self.chance(self.broken):
            request = self.break_request(request)
        return request

    def saw_page(self, request, key):
        """A page ended with this key: the next request may go on there."""
        if request.operation == "Query" and request.order == "exact":
            self.next_page = request.with_body({**request.body, "ExclusiveStartKey": key})

    # Parts of requests.

    def key(self, shape):
        return {name: self.values.key(kind) for name, kind in shape.keys}

    def item(self, shape):
        item = self.key(shape)
        for name, kind in shape.extra.items():
            if self.chance(0.6):
                item[name] = self.values.key(kind)
        for name, kind in ATTRIBUTES.items():
            if self.chance(0.5):
                item[name] = self.values.any() if kind == "?" else self.values.of_type(kind)
        return item

    def expression(self, body, member, make):
        text = make()
        if self.may_tamper:
            self.may_tamper = False
            text = self.expressions.tampered(text)
        body[member] = text

    def common(self, body, metrics=True):
        if self.chance(0.15):
            body["ReturnConsumedCapacity"] = self.pick(["TOTAL", "INDEXES", "NONE"])
        if metrics and self.chance(0.05):
            body["ReturnItemCollectionMetrics"] = self.pick(["SIZE", "NONE"])

    def condition(self, body, placeholders, chance=0.4):
        if self.chance(chance):
            self.expression(body, "ConditionExpression",
                            lambda: self.expressions.condition(placeholders))
            if self.chance(0.3):
                body["ReturnValuesOnConditionCheckFailure"] = self.pick(["ALL_OLD", "NONE"])

    def write(self, shape, operation, chance=0.4):
        """The members of a write of one item, alone or in a transaction."""
        placeholders = Placeholders(self.values)
        body = {"TableName": shape.name}
        if operation == "Put":
            body["Item"] = self.item(shape)
        else:
            body["Key"] = self.key(shape)
        if operation == "Update":
            self.expression(body, "UpdateExpression", lambda: self.expressions.update(
                placeholders, list(shape.extra.items())))
        self.condition(body, placeholders, 1 if operation == "ConditionCheck" else chance)
        placeholders.into(body)
        return body

    def single_write(self, shape, operation, chance=0.4):
        """The members of a write that is alone: with expressions, or with what was before them."""
        if not self.chance(self.legacy_share):
            return self.write(shape, operation, chance)
        body = {"TableName": shape.name}
        if operation == "Put":
            body["Item"] = self.item(shape)
        else:
            body["Key"] = self.key(shape)
        if operation == "Update" and self.chance(0.95):
            self.legacy.updates(body, list(shape.extra.items()), [name for name, _ in shape.keys])
        if self.chance(chance + 0.2):
            self.legacy.expected(body)
        return body

    # Operations.

    def make_PutItem(self):
        shape = self.pick(self.shapes)
        body = self.single_write(shape, "Put")
        if self.chance(0.4):
            body["ReturnValues"] = self.pick(["ALL_OLD", "NONE"])
        self.common(body)
        return Request("PutItem", body, tables=[shape.name])

    def make_DeleteItem(self):
        shape = self.pick(self.shapes)
        body = self.single_write(shape, "Delete")
        if self.chance(0.4):
            body["ReturnValues"] = self.pick(["ALL_OLD", "NONE"])
        self.common(body)
        return Request("DeleteItem", body, tables=[shape.name])

    def make_UpdateItem(self):
        shape = self.pick(self.shapes)
        body = self.single_write(shape, "Update", 0.25)
        if self.chance(0.03):
            for member in ("UpdateExpression", "ExpressionAttributeNames",
                           "ExpressionAttributeValues", "ConditionExpression"):
                body.pop(member, None)
        if self.chance(0.8):
            body["ReturnValues"] = self.pick(["ALL_OLD", "NONE", "ALL_NEW", "UPDATED_OLD",
                                              "UPDATED_NEW"])
        self.common(body)
        return Request("UpdateItem", body, tables=[shape.name])

    def make_GetItem(self):
        shape = self.pick(self.shapes)
        return Request("GetItem", self.read(shape, {"TableName": shape.name,
                                                    "Key": self.key(shape)}))

    def read(self, shape, body, consistent=True):
        placeholders = Placeholders(self.values)
        if self.chance(self.legacy_share):
            self.legacy.projection(body, [name for name, _ in shape.keys])
        elif self.chance(0.5):
            self.expression(body, "ProjectionExpression", lambda: self.expressions.projection(
                placeholders, [name for name, _ in shape.keys]))
        placeholders.into(body)
        if consistent and self.chance(0.3):
            body["ConsistentRead"] = self.chance(0.5)
        self.common(body, metrics=False)
        return body

    def pages(self, shape, body, placeholders, keys, kind):
        """What Query and Scan share: filter, projection, Select, limit."""
        legacy = "KeyConditionExpression" not in body and self.chance(
            0.6 if "KeyConditions" in body else self.legacy_share)
        if legacy:
            self.legacy_pages(shape, body, keys)
        elif self.chance(0.3):
            self.expression(body, "FilterExpression",
                            lambda: self.expressions.condition(placeholders))
        if not legacy and self.chance(0.25):
            self.expression(body, "ProjectionExpression", lambda: self.expressions.projection(
                placeholders, [name for name, _ in shape.keys + keys]))
        elif "AttributesToGet" not in body and self.chance(0.2):
            body["Select"] = self.pick(["ALL_ATTRIBUTES", "COUNT", "COUNT"] +
                                       (["ALL_PROJECTED_ATTRIBUTES"] if kind else []))
        if kind != "global" and self.chance(0.3):
            body["ConsistentRead"] = self.chance(0.7)
        if self.chance(0.4):
            body["Limit"] = self.pick([1, 1, 2, 3, 5, 100])
        placeholders.into(body)
        self.common(body, metrics=False)

    def legacy_pages(self, shape, body, keys):
        if self.chance(0.6):
            self.legacy.filter(body, "QueryFilter" if "KeyConditions" in body else "ScanFilter")
        if self.chance(0.3):
            self.legacy.projection(body, [name for name, _ in shape.keys + keys])

    def make_Query(self):
        shape = self.pick(self.shapes)
        body = {"TableName": shape.name}
        keys, kind = shape.keys, None
        if shape.indexes and self.chance(0.5):
            body["IndexName"] = self.pick(list(shape.indexes))
            keys, kind, _ = shape.indexes[body["IndexName"]]
        placeholders = Placeholders(self.values)
        if self.chance(self.legacy_share):
            self.legacy.key_conditions(body, keys)
        else:
            self.expression(body, "KeyConditionExpression",
                            lambda: self.expressions.key_condition(placeholders, keys))
        if self.chance(0.3):
            body["ScanIndexForward"] = self.chance(0.3)
        self.pages(shape, body, placeholders, keys, kind)
        pages = self.chance(0.4)
        if pages:
            body.pop("ReturnConsumedCapacity", None)
        return Request("Query", body, order="any" if kind else "exact", pages=pages,
                       sort_key=keys[1][0] if kind and len(keys) > 1 else None)

    def make_Scan(self):
        shape = self.pick(self.shapes)
        body = {"TableName": shape.name}
        keys, kind = shape.keys, None
        if shape.indexes and self.chance(0.3):
            body["IndexName"] = self.pick(list(shape.indexes))
            keys, kind, _ = shape.indexes[body["IndexName"]]
        placeholders = Placeholders(self.values)
        self.pages(shape, body, placeholders, keys, kind)
        pages = self.chance(0.6)
        segments = self.pick([0, 0, 2, 3, 7]) if pages else 0
        if pages:
            body.pop("ReturnConsumedCapacity", None)
        return Request("Scan", body, order="any", pages=pages, segments=segments)

    def distinct_keys(self, shape, count):
        keys = {}
        for _ in range(count):
            key = self.key(shape)
            keys[json.dumps(key)] = key
        return list(keys.values()) if self.chance(0.97) else list(keys.values()) * 2

    def make_BatchGetItem(self):
        body = {}
        for shape in self.random.sample(self.shapes, self.pick([1, 1, 2, 3])):
            part = self.read(shape, {"Keys": self.distinct_keys(shape, self.random.randint(1, 6))})
            part.pop("ReturnConsumedCapacity", None)
            body[shape.name] = part
        body = {"RequestItems": body}
        self.common(body, metrics=False)
        return Request("BatchGetItem", body, order="any")

    def make_BatchWriteItem(self):
        body, tables = {}, []
        for shape in self.random.sample(self.shapes, self.pick([1, 1, 2])):
            tables.append(shape.name)
            writes = []
            for key in self.distinct_keys(shape, self.random.randint(1, 6)):
                if self.chance(0.7):
                    writes.append({"PutRequest": {"Item": {**self.item(shape), **key}}})
                else:
                    writes.append({"DeleteRequest": {"Key": key}})
            body[shape.name] = writes
        body = {"RequestItems": body}
        self.common(body)
        return Request("BatchWriteItem", body, tables=tables)

    def make_TransactWriteItems(self):
        if self.last_token and self.chance(0.1):
            return self.last_token
        actions, tables = [], set()
        seen = set()
        for _ in range(self.pick([1, 2, 2, 3, 4])):
            shape = self.pick(self.shapes)
            kind = self.pick(["Put", "Update", "Update", "Delete", "ConditionCheck"])
            action = self.write(shape, kind, 0.2)
            where = json.dumps([shape.name, self.own_key(shape, action)])
            if where in seen and self.chance(0.95):
                continue
            seen.add(where)
            tables.add(shape.name)
            actions.append({kind: action})
        body = {"TransactItems": actions}
        self.common(body)
        request = Request("TransactWriteItems", body, tables=sorted(tables))
        if self.chance(0.15):
            body["ClientRequestToken"] = f"token-{self.random.randrange(10 ** 9)}"
            self.last_token = request
        return request

    def own_key(self, shape, action):
        whole = action.get("Key") or action["Item"]
        return [whole[name] for name, _ in shape.keys]

    def make_TransactGetItems(self):
        gets = {}
        for _ in range(self.pick([1, 2, 3, 4])):
            shape = self.pick(self.shapes)
            body = self.read(shape, {"TableName": shape.name, "Key": self.key(shape)}, False)
            body.pop("ReturnConsumedCapacity", None)
            gets[json.dumps([shape.name, body["Key"]])] = {"Get": body}
        body = {"TransactItems": list(gets.values())}
        self.common(body, metrics=False)
        return Request("TransactGetItems", body)

    # PartiQL.

    def statement(self, shape, kind, alone=True):
        """A statement; alone: not in a batch or transaction, which want whole keys."""
        made = Statement(self.values)
        if kind == "select":
            index = self.pick(list(shape.indexes)) if shape.indexes and self.chance(0.3) else None
            return made.make_select(shape, index, not alone)
        if kind == "insert":
            return made.make_insert(shape, self.item(shape))
        if kind == "exists":
            return made.make_exists(shape, self.key(shape))
        make = made.make_update if kind == "update" else made.make_delete
        return make(shape, self.key(shape), alone)

    def make_ExecuteStatement(self):
        shape = self.pick(self.shapes)
        made = self.statement(shape, self.pick(["select", "select", "insert", "update", "update",
                                                "delete"]))
        body = made.body()
        if made.text.startswith("SELECT") and self.chance(0.2):
            body["ConsistentRead"] = self.chance(0.3)
        self.common(body, metrics=False)
        return Request("ExecuteStatement", body, order=made.order, keys=[made.key] * bool(made.key),
                       tables=[shape.name] if made.key else [])

    def statements(self, kinds):
        """Of different items, as a rule."""
        found = {}
        for _ in range(self.pick([1, 2, 2, 3, 4])):
            shape = self.pick(self.shapes)
            made = self.statement(shape, self.pick(kinds), False)
            found[json.dumps(made.key or made.text)] = made
        return list(found.values())

    def make_BatchExecuteStatement(self):
        made = self.statements(self.pick([["select"], ["insert", "update", "delete"]]))
        body = {"Statements": [one.body() for one in made]}
        self.common(body, metrics=False)
        return Request("BatchExecuteStatement", body, keys=[one.key for one in made if one.key],
                       tables=sorted({one.key[0] for one in made if one.key}))

    def make_ExecuteTransaction(self):
        made = self.statements(self.pick([["select"], ["insert", "update", "update", "delete",
                                                       "exists"]]))
        body = {"TransactStatements": [one.body() for one in made]}
        self.common(body, metrics=False)
        return Request("ExecuteTransaction", body, keys=[one.key for one in made if one.key],
                       tables=sorted({one.key[0] for one in made if one.key}))

    def make_CreateTable(self):
        attributes = [("pk", "S"), ("sk", "N"), ("x", "B"), ("y", "S")]
        kinds = dict(attributes)
        keys = self.pick([[("pk", "S")], attributes[:2], [("sk", "N"), ("x", "B")]])
        shape = Shape(self.extra_table.name, keys)
        for index in range(self.pick([0, 0, 1, 2])):
            local = len(keys) > 1 and self.chance(0.4)
            names = [keys[0][0]] if local else [self.pick(list(kinds))]
            if local or self.chance(0.5):
                names.append(self.pick([name for name in kinds if name != names[0]]))
            index_keys = [(name, kinds[name]) for name in names]
            projection = copy.deepcopy(self.pick([ALL, KEYS_ONLY, SOME]))
            shape.indexes[f"index{index}"] = (index_keys, "local" if local else "global",
                                              projection)
            shape.extra.update({name: kind for name, kind in index_keys
                                if name not in dict(keys)})
        body = shape.create()
        if self.chance(0.3):
            body["BillingMode"] = "PROVISIONED"
            body["ProvisionedThroughput"] = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
            for index in body.get("GlobalSecondaryIndexes", []):
                index["ProvisionedThroughput"] = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}
        if self.chance(0.2):
            body["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": self.pick(
                ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"])}
        if self.chance(0.1):
            body["DeletionProtectionEnabled"] = self.chance(0.5)
        return Request("CreateTable", body, tables=[shape.name])

    def make_UpdateTable(self):
        body = {"TableName": self.extra_table.name}
        choice = self.pick(["create", "delete", "billing", "protection", "stream"])
        if choice == "create":
            body["AttributeDefinitions"] = [{"AttributeName": "y", "AttributeType": "S"}]
            body["GlobalSecondaryIndexUpdates"] = [{"Create": {
                "IndexName": self.pick(["index0", "index5"]), "Projection": ALL,
                "KeySchema": [{"AttributeName": "y", "KeyType": "HASH"}]}}]
        elif choice == "delete":
            body["GlobalSecondaryIndexUpdates"] = [
                {"Delete": {"IndexName": self.pick(["index0", "index5"])}}]
        elif choice == "billing":
            body["BillingMode"] = self.pick(["PAY_PER_REQUEST", "PROVISIONED"])
            if body["BillingMode"] == "PROVISIONED":
                body["ProvisionedThroughput"] = {"ReadCapacityUnits": self.pick([5, 7]),
                                                 "WriteCapacityUnits": 6}
        elif choice == "protection":
            body["DeletionProtectionEnabled"] = self.chance(0.3)
        else:
            body["StreamSpecification"] = {"StreamEnabled": self.chance(0.5)}
            if body["StreamSpecification"]["StreamEnabled"]:
                body["StreamSpecification"]["StreamViewType"] = "KEYS_ONLY"
        return Request("UpdateTable", body, tables=[self.extra_table.name])

    def make_DescribeTable(self):
        shape = self.pick(self.shapes + [self.extra_table])
        return Request("DescribeTable", {"TableName": shape.name})

    def make_DeleteTable(self):
        return Request("DeleteTable", {"TableName": self.extra_table.name},
                       tables=[self.extra_table.name])

    def make_ListTables(self):
        body = {"ExclusiveStartTableName": self.prefix[:-1]}
        body["Limit"] = self.pick([1, 2, len(self.shapes)])
        return Request("ListTables", body)

    def make_DescribeLimits(self):
        return Request("DescribeLimits", {})

    # Broken requests.

    def break_request(self, request):
        """The request after one change that is likely to make it wrong."""
        body = copy.deepcopy(request.body)
        places = list(self.places(body))
        if not places:
            return request
        self.change(*self.pick(places))
        broken = request.with_body(body)
        broken.valid = False
        return broken

    def places(self, body, depth=0):
        """(holder, member) of everything in the body; what is near the top comes more often."""
        members = body.items() if isinstance(body, dict) else enumerate(body)
        for member, inner in members:
            for _ in range(3 if depth == 0 else 1):
                yield body, member
            if isinstance(inner, (dict, list)):
                yield from self.places(inner, depth + 1)

    def change(self, holder, member):
        value = holder[member]
        change = self.pick(["drop", "drop", "other", "other", "other", "empty", "type", "add"])
        if change == "drop":
            del holder[member]
        elif change == "other":
            holder[member] = self.other(member, value)
        elif change == "empty":
            holder[member] = type(value)()
        elif change == "type":
            holder[member] = self.pick([None, 1, "x", True, [], {}]) if self.chance(0.3) else (
                self.values.any())
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(value))
        else:
            holder[self.pick(["S", "N", "extra", "pk", "IndexName", "Select", "ConsistentRead",
                              "ExclusiveStartKey", "ReturnValues"])] = copy.deepcopy(value)

    def other(self, member, value):
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return self.pick([0, -1, value + 1, 101, 2 ** 31])
        if isinstance(value, str):
            if member == "N":
                return self.pick(["", "x", "1e126", "1e-131", "1" * 39, " 1", "1.2.3", "NaN"])
            if member in ("TableName", "IndexName"):
                return self.pick(["", "ab", "no-such-thing", "bad name!", "x" * 256])
            return self.pick(["", "x" * 2049, "INVALID", value + "x", value.lower(), "#x", ":x"])
        if isinstance(value, list):
            return value * self.pick([2, 30]) if value else [self.values.any()]
        return {**value, "extra": self.values.any()} if value else {"extra": {"S": "x"}}
