"""Compares two answers to one request, after taking out what must differ.

Owns what is normalised (ids, times, regions, the order of what has none) and how a difference is
named: its kind is what reports group by and what the allow-list matches.
"""
import decimal
import json
import re

# Of tables and streams: made by each side for itself, or updated whenever the service likes to.
IGNORED = {"TableId", "CreationDateTime", "LatestStreamLabel", "LastIncreaseDateTime",
           "LastDecreaseDateTime", "LastUpdateToPayPerRequestDateTime", "TableSizeBytes",
           "ItemCount", "IndexSizeBytes", "SizeEstimateRangeGB", "WarmThroughput",
           "LastUpdateDateTime"}
STATES = {"TableStatus", "IndexStatus"}
SETS = {"SS", "NS", "BS"}
UNORDERED = {"AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"}
TEXT_MAX = 300
decimal.getcontext().prec = 40
# The path of a difference that shows in the item only after a write.
ITEM_AFTERWARDS = "the item afterwards"


class Difference:
    """How two answers differ: the texts of both, and the path if both bodies could be compared."""

    def __init__(self, operation, first, second, path=""):
        self.operation = operation
        self.first = first
        self.second = second
        self.path = path

    @property
    def kind(self):
        """What is the same for all requests that show one cause."""
        return (self.operation, self.path, general(self.first), general(self.second))


def general(text):
    """A message without what comes from the request."""
    text = re.sub(r'token: ".*', "token", text, flags=re.DOTALL)
    text = re.sub(r"AttributeValue: \{.*", "AttributeValue", text, flags=re.DOTALL)
    text = re.sub(r"'[^']*'", "'*'", text)
    text = re.sub(r"\[[^\]]*\](?!\))", "[*]", text)
    text = re.sub(r"\{[^}]*\}", "{*}", text)
    text = re.sub(r"(value|name|keyword|function|type|path|operand|key|Key|operator|index|Index"
                  r"|count|operands|levels|size|element|attribute|IndexName|IndexKey|schema"
                  r"|Actual|actual|Expected|expected): ?[^;,.]+", r"\1: *", text)
    return re.sub(r"\d+", "0", text)[:TEXT_MAX]


def number(text):
    """A number in one way of writing it: DynamoDB Local keeps the others within lists and maps."""
    try:
        return str(decimal.Decimal(text).normalize() + 0)
    except (decimal.InvalidOperation, TypeError, ValueError):
        return text


def sort_key(value):
    return json.dumps(value, sort_keys=True)


def normal(value, member=None):
    """The value without what must differ; its own copy."""
    if isinstance(value, dict):
        if len(value) == 1:
            (kind, inner), = value.items()
            if kind == "N":
                return {"N": number(inner)}
            if kind == "NS" and isinstance(inner, list):
                inner = [number(element) for element in inner]
            if kind in SETS and isinstance(inner, list):
                return {kind: sorted(inner, key=sort_key)}
        return {name: normal(inner, name) for name, inner in value.items() if name not in IGNORED}
    if isinstance(value, list):
        elements = [normal(inner) for inner in value]
        return sorted(elements, key=sort_key) if member in UNORDERED else elements
    if member in STATES and value in ("CREATING", "UPDATING", "ACTIVE"):
        return "ACTIVE"
    if isinstance(value, str) and value.startswith("arn:aws:dynamodb:"):
        value = re.sub(r"^arn:aws:dynamodb:[^:]*:[^:]*:", "arn:", value)
        return re.sub(r"/stream/.*", "/stream", value)
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value


def normal_message(message):
    """Lists within braces have no order."""
    return re.sub(r"\{([^{}]*)\}", lambda found: "{" + ", ".join(
        sorted(part.strip() for part in found.group(1).split(","))) + "}", message or "")


def normal_body(request, body):
    """The body of an answer as it is compared, by what the operation leaves open."""
    body = normal(body)
    if not isinstance(body, dict):
        return body
    if request.operation == "BatchGetItem" and isinstance(body.get("Responses"), dict):
        body["Responses"] = {name: sorted(items, key=sort_key)
                             for name, items in body["Responses"].items()}
    if isinstance(body.get("ConsumedCapacity"), list):
        body["ConsumedCapacity"].sort(key=sort_key)
    if request.operation in ("Query", "Scan") and request.order == "any" and "Count" in body:
        unordered_page(request, body)
    if request.operation == "ExecuteStatement" and request.order == "any" and "Items" in body:
        body["Items"].sort(key=sort_key)
    return body


def unordered_page(request, body):
    """Items whose order is open: all are there in some order, or, of a part, their number."""
    if "LastEvaluatedKey" in body or "ExclusiveStartKey" in request.body:
        body["LastEvaluatedKey"] = "LastEvaluatedKey" in body
        body.pop("Items", None)
        body.pop("ConsumedCapacity", None)
        if any(name in request.body for name in ("FilterExpression", "QueryFilter", "ScanFilter")):
            body.pop("Count")
        return
    items = body.get("Items")
    if items is not None:
        if request.sort_key and all(request.sort_key in item for item in items):
            body["Order"] = [item[request.sort_key] for item in items]
        items.sort(key=sort_key)


def summary(answer):
    """The answer's first line: status, error and message."""
    if answer.status == 200:
        return "200"
    return f"{answer.status} {answer.error}: {normal_message(answer.message)}"


def first_path(first, second, path=""):
    """Where two values differ first, as a path without indexes, or None."""
    if isinstance(first, dict) and isinstance(second, dict):
        for name in sorted(set(first) | set(second)):
            where = f"{path}.{name}" if path else name
            if name not in first:
                return where + " missing in the first"
            if name not in second:
                return where + " missing in the second"
            found = first_path(first[name], second[name], where)
            if found:
                return found
        return None
    if isinstance(first, list) and isinstance(second, list):
        for one, other in zip(first, second):
            found = first_path(one, other, path + "[]")
            if found:
                return found
        return None if len(first) == len(second) else path + " of other length"
    if type(first) is type(second) and first == second:
        return None
    return path or "body"


def short_path(path, tables):
    """The path without names of tables, and of attributes below an item."""
    for name in tables:
        path = path.replace(name, "TABLE")
    text, _, ending = path.partition(" ")
    parts = text.split(".")
    for index, part in enumerate(parts):
        if part.startswith(("Item", "Attributes", "LastEvaluatedKey", "Order", "TABLE[]")) and (
                "Metrics" not in part and "Count" not in part):
            kept = parts[:index + 1]
            if ending and index + 1 == len(parts):
                break
            return ".".join(kept)
    return path


def compare(request, first, second, tables=()):
    """A Difference, or None."""
    texts = summary(first), summary(second)
    if texts[0] != texts[1]:
        return Difference(request.operation, *texts)
    bodies = []
    for answer in (first, second):
        body = normal_body(request, answer.body)
        if isinstance(body, dict):
            body = {name: inner for name, inner in body.items()
                    if name not in ("message", "Message", "__type")}
        bodies.append(body)
    path = first_path(*bodies)
    if path is None:
        return None
    return Difference(request.operation, *texts, short_path(path, tables))
