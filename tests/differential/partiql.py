"""Random PartiQL statements, with constants written out or given as parameters.

Source of the grammar: the developer guide's pages of the PartiQL reference. What a statement says
is what expressions say in generate.py: the same tables, attributes and values.
"""
import json
import re

from expressions import ATTRIBUTES, COMPARATORS

RETURNING = ["ALL OLD *", "MODIFIED OLD *", "ALL NEW *", "MODIFIED NEW *"]
# What a constant can be written of; parameters can be all.
WRITTEN = {"S", "N", "BOOL", "NULL", "SS", "NS", "L", "M"}
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def is_written(value):
    """Whether PartiQL has a constant for it, by this page's grammar."""
    (kind, inner), = value.items()
    if kind == "L":
        return all(is_written(element) for element in inner)
    if kind == "M":
        return all(is_written(element) for element in inner.values())
    numbers = {"N": [inner], "NS": inner}.get(kind, [])
    return kind in WRITTEN and all(NUMBER.fullmatch(number) for number in numbers)


def written(value):
    """The value as a constant."""
    (kind, inner), = value.items()
    if kind == "S":
        return quoted(inner)
    if kind == "N":
        return inner
    if kind == "BOOL":
        return json.dumps(inner)
    if kind == "NULL":
        return "null"
    if kind == "SS":
        return "<<" + ", ".join(quoted(text) for text in inner) + ">>"
    if kind == "NS":
        return "<<" + ", ".join(inner) + ">>"
    if kind == "L":
        return "[" + ", ".join(written(element) for element in inner) + "]"
    return "{" + ", ".join(f"{quoted(name)}: {written(element)}"
                           for name, element in inner.items()) + "}"


class Statement:
    """A statement's text and parameters as they come to be, in the order of the text."""

    def __init__(self, values):
        self.values = values
        self.chance, self.pick = values.chance, values.pick
        self.parameters = []
        self.key = None         # (table, key) that it writes
        self.order = "exact"
        self.text = ""

    def value(self, value):
        if is_written(value) and self.chance(0.5):
            return written(value)
        self.parameters.append(value)
        return "?"

    def body(self, member="Statement"):
        body = {member: self.text}
        if self.parameters:
            body["Parameters"] = self.parameters
        return body

    # Conditions.

    def path(self, kind=None):
        fitting = [name for name, known in ATTRIBUTES.items() if kind in (None, known)]
        name = self.pick(fitting or ["a"])
        text = name if self.chance(0.5) else f'"{name}"'
        if ATTRIBUTES[name] in ("L", "?") and kind is None and self.chance(0.2):
            return text + f"[{self.pick([0, 1, 2])}]"
        if ATTRIBUTES[name] in ("M", "?") and kind is None and self.chance(0.2):
            return text + "." + self.pick(["x", "y", "z"])
        return text

    def comparison(self):
        kind = self.pick(["N", "N", "S", "S", "B"])
        comparator = self.pick(COMPARATORS)
        if comparator in ("=", "<>") and self.chance(0.3):
            kind = self.pick(["BOOL", "SS", "NS", "L", "M"])
        return f"{self.path(kind)} {comparator} {self.value(self.values.of_type(kind))}"

    def between(self):
        kind = self.pick(["N", "S"])
        bounds = [self.values.key(kind) for _ in range(2)]
        if kind == "N":
            bounds.sort(key=lambda bound: float(bound["N"]))
        else:
            bounds.sort(key=lambda bound: bound["S"].encode())
        path = self.path(kind)
        low = self.value(bounds[0])
        return f"{path} BETWEEN {low} AND {self.value(bounds[1])}"

    def one_of(self):
        kind = self.pick(["N", "S"])
        path = self.path(kind)
        values = ", ".join(self.value(self.values.of_type(kind))
                           for _ in range(self.values.random.randint(1, 4)))
        return f"{path} IN [{values}]"

    def function(self):
        choice = self.pick(["begins_with", "contains", "size", "attribute_type", "missing",
                            "not missing"])
        if choice == "begins_with":
            return f"begins_with({self.path('S')}, {self.value(self.values.of_type('S'))})"
        if choice == "contains":
            kind = self.pick(["S", "N"])
            path = self.path(self.pick(["S", "SS", "NS", "L"]))
            return f"contains({path}, {self.value(self.values.of_type(kind))})"
        if choice == "size":
            path = self.path(self.pick(["S", "L", "M", "SS", "B"]))
            return f"size({path}) {self.pick(COMPARATORS)} {self.pick([0, 1, 2, 3])}"
        if choice == "attribute_type":
            kind = self.pick(["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"])
            return f"attribute_type({self.path()}, {quoted(kind)})"
        return f"{self.path()} IS {choice.upper()}"

    def condition(self, depth=0):
        if depth < 2 and self.chance(0.3):
            joint = self.pick([" AND ", " OR "])
            first = self.condition(depth + 1)
            return f"({first}{joint}{self.condition(depth + 1)})"
        if depth < 2 and self.chance(0.1):
            return f"NOT ({self.condition(depth + 1)})"
        return self.pick([self.comparison, self.comparison, self.between, self.one_of,
                          self.function])()

    # Statements.

    def where_key(self, shape, key):
        return " AND ".join(f"{name} = {self.value(key[name])}" for name, _ in shape.keys)

    def make_select(self, shape, index=None, whole=False):
        """whole: of one item by its key, as batches and transactions want it."""
        keys, kind = shape.keys, None
        table = f'"{shape.name}"'
        if index and not whole:
            keys, kind, _ = shape.indexes[index]
            table += f'."{index}"'
        columns = "*" if self.chance(0.6) else ", ".join(
            self.values.random.sample([name for name, _ in shape.keys] + list(ATTRIBUTES), 3))
        self.text = f"SELECT {columns} FROM {table}"
        tests = []
        if whole:
            tests.append(self.where_key(shape, {name: self.values.key(kind)
                                                for name, kind in keys}))
        elif self.chance(0.7):
            tests.append(f"{keys[0][0]} = {self.value(self.values.key(keys[0][1]))}")
            if len(keys) > 1 and self.chance(0.5):
                name, of = keys[1]
                tests.append(f"{name} {self.pick(['=', '<', '<=', '>', '>='])} "
                             f"{self.value(self.values.key(of))}")
        pinned = bool(tests)
        if not whole and self.chance(0.4):
            tests.append(self.condition())
        if tests:
            self.text += " WHERE " + " AND ".join(tests)
        self.order = "any" if kind or not pinned else "exact"
        if pinned and not whole and len(keys) > 1 and not kind and self.chance(0.3):
            self.text += f" ORDER BY {keys[1][0]} {self.pick(['ASC', 'DESC'])}"
        return self

    def make_insert(self, shape, item):
        members = ", ".join(f"{quoted(name)}: {self.value(value)}" for name, value in item.items())
        self.text = f'INSERT INTO "{shape.name}" VALUE {{{members}}}'
        self.key = (shape.name, {name: item[name] for name, _ in shape.keys})
        return self

    def make_delete(self, shape, key, returning):
        self.text = f'DELETE FROM "{shape.name}" WHERE {self.where_key(shape, key)}'
        if self.chance(0.3):
            self.text += f" AND {self.condition()}"
        if returning and self.chance(0.5):
            self.text += " RETURNING ALL OLD *"
        self.key = (shape.name, key)
        return self

    def change(self, name):
        kind = ATTRIBUTES[name]
        if kind == "?":
            return f"SET {name} = {self.value(self.values.any())}"
        choice = self.values.random.random()
        if choice < 0.2:
            return f"REMOVE {name}"
        if kind == "N" and choice < 0.5:
            return f"SET {name} = {name} {self.pick('+-')} {self.value({'N': self.pick('123')})}"
        if kind == "L" and choice < 0.5:
            added = self.value({"L": [self.values.any(3)]})
            return f"SET {name} = list_append({name}, {added})"
        if kind in ("SS", "NS") and choice < 0.5:
            function = self.pick(["set_add", "set_delete"])
            return f"SET {name} = {function}({name}, {self.value(self.values.of_type(kind))})"
        return f"SET {name} = {self.value(self.values.of_type(kind))}"

    def make_update(self, shape, key, returning):
        names = self.values.random.sample(list(ATTRIBUTES), self.pick([1, 1, 2, 3]))
        changes = " ".join(self.change(name) for name in names)
        self.text = f'UPDATE "{shape.name}" {changes} WHERE {self.where_key(shape, key)}'
        if self.chance(0.3):
            self.text += f" AND {self.condition()}"
        if returning and self.chance(0.6):
            self.text += " RETURNING " + self.pick(RETURNING)
        self.key = (shape.name, key)
        return self

    def make_exists(self, shape, key):
        self.text = (f'EXISTS(SELECT * FROM "{shape.name}" WHERE {self.where_key(shape, key)} AND '
                     f"{self.condition()})")
        return self
