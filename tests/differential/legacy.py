"""Random legacy parameters: what requests said before there were expressions.

Source of what is valid: the developer guide's pages on legacy conditional parameters. Sometimes a
value, their number or a type is one that cannot be; the rest is left to what breaks requests.
"""
import base64
import decimal

from expressions import ATTRIBUTES

ORDERED = ["S", "N", "B"]
SETS = ["SS", "NS", "BS"]
# Operators with the types and the least and greatest number of their values.
OPERATORS = {"EQ": (None, 1, 1), "NE": (None, 1, 1), "LE": (ORDERED, 1, 1), "LT": (ORDERED, 1, 1),
             "GE": (ORDERED, 1, 1), "GT": (ORDERED, 1, 1), "NOT_NULL": (None, 0, 0),
             "NULL": (None, 0, 0), "CONTAINS": (ORDERED, 1, 1), "NOT_CONTAINS": (ORDERED, 1, 1),
             "BEGINS_WITH": (["S", "B"], 1, 1), "IN": (ORDERED, 1, 4), "BETWEEN": (ORDERED, 2, 2)}
KEY_OPERATORS = ["EQ", "LE", "LT", "GE", "GT", "BETWEEN"]


def order(value):
    """What values of one of the ordered types are sorted by."""
    (kind, text), = value.items()
    if kind == "N":
        return decimal.Decimal(text)
    return base64.b64decode(text) if kind == "B" else text.encode()


class Legacy:
    def __init__(self, values):
        self.values = values
        self.pick, self.chance = values.pick, values.chance
        self.may_fault = False

    def fault(self, probability):
        """Whether to do something wrong: at most once a request, and only if it may be."""
        if self.may_fault and self.chance(3 * probability):
            self.may_fault = False
            return True
        return False

    def names(self, count):
        return self.values.random.sample(list(ATTRIBUTES), count)

    def some(self):
        return self.names(self.pick([1, 1, 1, 2, 2, 3]))

    def fitting(self, name, types):
        """A type that the attribute is likely to have, if the operator takes it."""
        known = ATTRIBUTES.get(name, "?")
        if self.fault(0.05):
            return self.pick(ORDERED + SETS + ["BOOL", "NULL", "L", "M"])
        if known != "?" and self.chance(0.8) and (types is None or known in types):
            return known
        return self.pick(types or ORDERED + SETS + ["BOOL", "NULL", "L", "M"])

    def sorted(self, found):
        """Bounds are mostly given in their order."""
        ordered = all(kind in ORDERED for value in found for kind in value)
        if ordered and not self.fault(0.2):
            found.sort(key=order)
        return found

    def condition(self, name, operators=OPERATORS, kind=None):
        operator = self.pick(list(operators))
        types, least, most = OPERATORS[operator]
        count = self.values.random.randint(least, most)
        if self.fault(0.04):
            count = self.values.random.randint(0, 3)
        kind = kind or self.fitting(name, types)
        values = [self.values.of_type(kind) for _ in range(count)]
        if operator == "BETWEEN":
            values = self.sorted(values)
        condition = {"ComparisonOperator": operator}
        if values or self.chance(0.1):
            condition["AttributeValueList"] = values
        return condition

    def expected_value(self, name):
        choice = self.values.random.random()
        if choice < 0.2:
            return {"Exists": False}
        if choice < 0.45:
            found = {"Value": self.values.of_type(self.fitting(name, None))}
            if self.chance(0.4):
                found["Exists"] = True
            return found
        condition = self.condition(name)
        values = condition.get("AttributeValueList", [])
        if len(values) == 1 and self.chance(0.4):
            condition["Value"] = values[0]
            del condition["AttributeValueList"]
        return condition

    def operator(self, body, count):
        if self.chance(0.5) if count > 1 else self.fault(0.03):
            body["ConditionalOperator"] = self.pick(["AND", "OR"])

    def filter(self, body, member):
        names = self.some()
        body[member] = {name: self.condition(name) for name in names}
        self.operator(body, len(names))

    def expected(self, body):
        names = self.some()
        body["Expected"] = {name: self.expected_value(name) for name in names}
        self.operator(body, len(names))

    def update(self, name, kind=None):
        kind = kind or ATTRIBUTES.get(name, "?")
        action = self.pick(["PUT", "PUT", None, "ADD", "ADD", "DELETE"])
        found = {} if action is None else {"Action": action}
        if action == "DELETE" and self.chance(0.5):
            return found
        if action in ("ADD", "DELETE"):
            types = SETS + (["N", "L"] if action == "ADD" else [])
            if kind not in types or self.chance(0.1):
                kind = self.pick(types)
            if self.fault(0.03):
                kind = self.pick(["S", "M", "BOOL"])
        elif kind == "?" or self.chance(0.1):
            kind = self.pick(ORDERED + SETS + ["BOOL", "NULL", "L", "M"])
        if kind == "N" and action == "ADD":
            return {**found, "Value": {"N": self.pick(["1", "-2", "0.5", "100", "0"])}}
        return {**found, "Value": self.values.of_type(kind)}

    def updates(self, body, index_keys, keys):
        changes = {name: self.update(name) for name in self.some()}
        for name, kind in index_keys:
            if self.chance(0.2):
                changes[name] = ({"Action": "DELETE"} if self.chance(0.3) else
                                 {"Value": self.values.key(kind)})
        if self.fault(0.03):
            changes[self.pick(keys)] = {"Value": {"S": "x"}}
        body["AttributeUpdates"] = {} if self.chance(0.03) else changes

    def projection(self, body, keys):
        names = self.some() + [name for name in keys if self.chance(0.3)]
        body["AttributesToGet"] = list(dict.fromkeys(names))

    def key_conditions(self, body, keys):
        """Of the whole key: equal to one of the few keys there are, and a range."""
        (name, kind), *ranges = keys
        conditions = {name: {"ComparisonOperator": "EQ",
                             "AttributeValueList": [self.values.key(kind)]}}
        for name, kind in ranges:
            if self.chance(0.6):
                operators = KEY_OPERATORS + (["BEGINS_WITH"] if kind != "N" else [])
                condition = self.condition(name, operators, kind)
                condition["AttributeValueList"] = [
                    self.values.key(kind) for _ in condition.get("AttributeValueList", [])]
                if condition["ComparisonOperator"] == "BETWEEN":
                    self.sorted(condition["AttributeValueList"])
                conditions[name] = condition
        if self.fault(0.04):
            name = self.pick(list(conditions) + ["a"])
            conditions[name] = self.condition(name)
        body["KeyConditions"] = conditions
