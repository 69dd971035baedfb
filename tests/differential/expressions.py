"""Random expressions from DynamoDB's grammars, valid ones and ones that were tampered with.

Source of the grammars: the developer guide's pages on condition, update, projection and key
condition expressions. Placeholders collects what the expressions refer to.
"""
import re

# What an item's attributes are likely to hold; "?" may hold anything.
ATTRIBUTES = {"a": "?", "b": "?", "c": "?", "n": "N", "n2": "N", "s": "S", "bb": "B", "t": "BOOL",
              "l": "L", "m": "M", "ss": "SS", "ns": "NS", "bs": "BS"}
COMPARATORS = ["=", "<>", "<", "<=", ">", ">="]
RESERVED = ["name", "Status", "VALUES", "size", "count", "date"]
TOKENS = re.compile(r"\s+|[:#]?\w+|<=|>=|<>|.", re.DOTALL)


class Placeholders:
    """The names and values of one request's expressions."""

    def __init__(self, values):
        self.source = values
        self.names = {}
        self.values = {}

    def name(self, attribute):
        if self.source.chance(0.6):
            return attribute
        for placeholder, known in self.names.items():
            if known == attribute:
                return placeholder
        placeholder = f"#n{len(self.names)}"
        self.names[placeholder] = attribute
        return placeholder

    def value(self, value):
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def into(self, body):
        if self.names:
            body["ExpressionAttributeNames"] = self.names
        if self.values:
            body["ExpressionAttributeValues"] = self.values


class Expressions:
    def __init__(self, values):
        self.values = values
        self.pick = values.pick
        self.chance = values.chance

    def path(self, placeholders, kind=None, top=None):
        """A path to something that is likely of this kind; kind None for any."""
        fitting = [name for name, known in ATTRIBUTES.items() if kind in (None, known)
                   or (known == "?" and self.chance(0.2))]
        name = top or self.pick(fitting or ["a"])
        text = placeholders.name(name)
        nests = ATTRIBUTES.get(name) in ("L", "M", "?") and kind in (None, "S", "N")
        while nests and self.chance(0.35):
            if ATTRIBUTES.get(name) == "L" or self.chance(0.3):
                text += f"[{self.pick([0, 0, 1, 1, 2, 3, 9])}]"
            else:
                text += "." + placeholders.name(self.pick(["x", "y", "z"]))
            name = "a"
        return text

    def operand(self, placeholders, kind):
        if kind == "N" and self.chance(0.2):
            return f"size({self.path(placeholders, self.pick(['S', 'L', 'M', 'SS', 'B']))})"
        if self.chance(0.25):
            return self.path(placeholders, kind)
        return placeholders.value(self.values.of_type(kind))

    def comparison(self, placeholders):
        kind = self.pick(["N", "N", "S", "S", "B"])
        comparator = self.pick(COMPARATORS)
        if comparator in ("=", "<>") and self.chance(0.4):
            kind = self.pick(["BOOL", "SS", "NS", "L", "M", "NULL"])
        left = self.path(placeholders, kind if kind != "NULL" else None)
        return f"{left} {comparator} {self.operand(placeholders, kind)}"

    def between(self, placeholders):
        kind = self.pick(["N", "S", "B"])
        left = self.path(placeholders, kind)
        return (f"{left} BETWEEN {self.operand(placeholders, kind)} AND "
                f"{self.operand(placeholders, kind)}")

    def one_of(self, placeholders):
        kind = self.pick(["N", "S"])
        count = self.values.random.randint(1, 4)
        operands = ", ".join(self.operand(placeholders, kind) for _ in range(count))
        return f"{self.path(placeholders, kind)} IN ({operands})"

    def function(self, placeholders):
        name = self.pick(["attribute_exists", "attribute_not_exists", "attribute_type",
                          "begins_with", "contains"])
        if name.endswith("exists"):
            return f"{name}({self.path(placeholders)})"
        if name == "attribute_type":
            kind = {"S": self.pick(["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"])}
            return f"{name}({self.path(placeholders)}, {placeholders.value(kind)})"
        if name == "begins_with":
            kind = self.pick(["S", "S", "B"])
            return f"{name}({self.path(placeholders, kind)}, {self.operand(placeholders, kind)})"
        inner = self.pick(["S", "N", "B"])
        return f"{name}({self.path(placeholders)}, {self.operand(placeholders, inner)})"

    def condition(self, placeholders, depth=0):
        choice = self.values.random.random()
        if depth < 3 and choice < 0.4:
            word = self.pick(["AND", "OR"])
            left, right = (self.condition(placeholders, depth + 1) for _ in range(2))
            if self.chance(0.4):
                left = f"({left})"
            return f"{left} {word} {right}"
        if depth < 3 and choice < 0.5:
            inner = self.condition(placeholders, depth + 1)
            return f"NOT ({inner})" if self.chance(0.5) else f"NOT {inner}"
        if choice < 0.72:
            return self.comparison(placeholders)
        if choice < 0.79:
            return self.between(placeholders)
        if choice < 0.85:
            return self.one_of(placeholders)
        return self.function(placeholders)

    def set_value(self, placeholders):
        choice = self.values.random.random()
        if choice < 0.6:
            return placeholders.value(self.values.any())
        if choice < 0.72:
            left, right = (self.operand(placeholders, "N").replace("size(", "").replace(")", "")
                           for _ in range(2))
            return f"{left} {self.pick('+-')} {right}"
        if choice < 0.83:
            return (f"if_not_exists({self.path(placeholders)}, "
                    f"{placeholders.value(self.values.any())})")
        if choice < 0.93:
            new = placeholders.value(self.values.of_type("L"))
            old = self.path(placeholders, "L") if self.chance(0.8) else new
            return f"list_append({old}, {new})"
        return self.path(placeholders)

    def update(self, placeholders, extra=()):
        """An update expression; `extra` are attributes with their types beside the usual ones."""
        tops = list(ATTRIBUTES) + [name for name, _ in extra]
        self.values.random.shuffle(tops)
        kinds = dict(extra)
        sections = []
        for word in self.values.random.sample(["SET", "REMOVE", "ADD", "DELETE"],
                                              self.pick([1, 1, 1, 2, 3])):
            actions = []
            for _ in range(self.pick([1, 1, 1, 2, 3])):
                top = tops.pop()
                if word == "SET" and top in kinds:
                    kind = kinds[top] if self.chance(0.95) else self.pick(["S", "N", "B", "L"])
                    actions.append(f"{top} = {placeholders.value(self.values.key(kind))}"
                                   if kind != "L" else f"{top} = {placeholders.value({'L': []})}")
                elif word == "SET":
                    actions.append(f"{self.path(placeholders, top=top)} = "
                                   f"{self.set_value(placeholders)}")
                elif word == "REMOVE":
                    actions.append(self.path(placeholders, top=top))
                else:
                    kind = ATTRIBUTES.get(top, "NS")
                    if top in kinds or self.chance(0.6):
                        top = self.pick(["n", "n2", "ss", "ns", "bs"])
                        if word == "DELETE":
                            top = self.pick(["ss", "ns", "bs"])
                        if top not in tops:
                            continue
                        tops.remove(top)
                        kind = ATTRIBUTES[top]
                    if kind not in ("SS", "NS", "BS", "N") or (kind == "N" and word == "DELETE"):
                        kind = self.pick(["SS", "NS", "BS", "N"] if word == "ADD" else
                                         ["SS", "NS", "BS"])
                    actions.append(f"{placeholders.name(top)} "
                                   f"{placeholders.value(self.values.of_type(kind))}")
            if actions:
                sections.append(f"{word} {', '.join(actions)}")
        return " ".join(sections)

    def projection(self, placeholders, keys=()):
        count = self.pick([1, 1, 2, 3])
        paths = [placeholders.name(self.pick(keys)) if keys and self.chance(0.3)
                 else self.path(placeholders) for _ in range(count)]
        return ", ".join(dict.fromkeys(paths))

    def key_condition(self, placeholders, keys):
        """`keys` are one or two (name, type): the hash key, and the range key if there is one."""
        name, kind = keys[0]
        parts = [f"{placeholders.name(name)} = {placeholders.value(self.values.key(kind))}"]
        if len(keys) > 1 and self.chance(0.6):
            name, kind = keys[1]
            left, value = placeholders.name(name), placeholders.value(self.values.key(kind))
            form = self.pick(["compare"] * 3 + ["between", "begins"])
            if form == "compare":
                parts.append(f"{left} {self.pick(['=', '<', '<=', '>', '>='])} {value}")
            elif form == "between":
                parts.append(f"{left} BETWEEN {value} AND "
                             f"{placeholders.value(self.values.key(kind))}")
            else:
                parts.append(f"begins_with({left}, {value})")
        if self.chance(0.2):
            parts.reverse()
        return " AND ".join(parts)

    def tampered(self, text):
        """The expression after one or two random changes to its tokens."""
        for _ in range(self.pick([1, 1, 1, 1, 2])):
            tokens = TOKENS.findall(text)
            if not tokens:
                return self.pick(["", "a", "("])
            place = self.values.random.randrange(len(tokens))
            change = self.pick(["drop", "double", "swap", "replace", "insert", "wrap", "cut"])
            if change == "drop":
                del tokens[place]
            elif change == "double":
                tokens.insert(place, tokens[place] + " ")
            elif change == "swap":
                other = self.values.random.randrange(len(tokens))
                tokens[place], tokens[other] = tokens[other], tokens[place]
            elif change == "replace":
                tokens[place] = self.pick(self.junk())
            elif change == "insert":
                tokens.insert(place, f" {self.pick(self.junk())} ")
            elif change == "wrap":
                tokens = ["("] * self.pick([1, 2]) + tokens + [")"] * self.pick([1, 2])
            else:
                tokens = tokens[:place]
            text = "".join(tokens)
        return text

    def junk(self):
        return ["AND", "OR", "NOT", "=", "<", "<>", "(", ")", ",", ".", "[", "]", "[0]", "+", "5",
                "''", "\"", "SET", "REMOVE", "ADD", "DELETE", "IN", "BETWEEN", "size(a)",
                "attribute_exists(a)", "foo(a)", "contains(a, b)", "if_not_exists(a, b)",
                ":nothing", "#nothing", ":", "#", "a", "pk", "sk", "-", "!", "\u00fc"] + RESERVED
