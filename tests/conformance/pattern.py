"""What a case expects of a body: JSON with a few words for what cannot be known beforehand.

    any string number boolean object array     a value of that kind
    /text/                                     a string that the regular expression matches whole
    { "a": 1, ... }  [ 1, ... ]                more members or elements may follow
    unordered [ 1, 2 ]                         the elements in any order
    P as name                                  what matches P; later steps write it as $name

The elements of {"SS": [...]}, {"NS": [...]} and {"BS": [...]} are sets and compared as sets.
Owns the grammar and the comparison; nothing else knows either.
"""
import json
import re

KINDS = {
    "any": lambda value: True,
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}
SETS = ("SS", "NS", "BS")
TOKEN = re.compile(r"""\s*(?:
    (?P<string>"(?:[^"\\]|\\.)*") | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<regex>/(?:[^/\\]|\\.)*/) | (?P<open>\.\.\.) | (?P<mark>[\[\]{}:,]) | (?P<word>\w+)
  | (?P<end>$))""", re.VERBOSE | re.DOTALL)


class PatternError(Exception):
    pass


class Kind:
    def __init__(self, name):
        self.name = name


class Regex:
    def __init__(self, text):
        self.text = text


class Literal:
    def __init__(self, value):
        self.value = value


class Members:
    def __init__(self, members, is_open):
        self.members = members
        self.is_open = is_open


class Elements:
    def __init__(self, elements, is_open, is_unordered=False):
        self.elements = elements
        self.is_open = is_open
        self.is_unordered = is_unordered


class Save:
    def __init__(self, inner, name):
        self.inner = inner
        self.name = name


class Parser:
    def __init__(self, text):
        self.text = text
        self.place = 0
        self.advance()

    def advance(self):
        found = TOKEN.match(self.text, self.place)
        if not found:
            raise PatternError(f"not understood: {self.text[self.place:self.place + 40]!r}")
        self.place = found.end()
        self.kind = found.lastgroup
        self.token = found.group(found.lastgroup)

    def take(self, token):
        if self.token != token:
            raise PatternError(f"{token!r} expected before {self.token!r}")
        self.advance()

    def pattern(self):
        inner = self.plain()
        while self.kind == "word" and self.token == "as":
            self.advance()
            if self.kind != "word":
                raise PatternError(f"a name expected after 'as', not {self.token!r}")
            inner = Save(inner, self.token)
            self.advance()
        return inner

    def plain(self):
        kind, token = self.kind, self.token
        self.advance()
        if kind in ("string", "number"):
            return Literal(json.loads(token))
        if kind == "regex":
            return Regex(token[1:-1].replace("\\/", "/"))
        if kind == "word" and token in ("true", "false", "null"):
            return Literal(json.loads(token))
        if kind == "word" and token in KINDS:
            return Kind(token)
        if kind == "word" and token == "unordered":
            self.take("[")
            elements = self.elements()
            elements.is_unordered = True
            return elements
        if token == "[":
            return self.elements()
        if token == "{":
            return self.members()
        raise PatternError(f"a value expected, not {token!r}")

    def sequence(self, close, one):
        """Comma-separated parts until `close`; answers whether `...` stood at the end."""
        is_open = False
        while self.token != close:
            if self.kind == "open":
                self.advance()
                is_open = True
                break
            one()
            if self.token != close:
                self.take(",")
        self.take(close)
        return is_open

    def elements(self):
        found = []
        is_open = self.sequence("]", lambda: found.append(self.pattern()))
        return Elements(found, is_open)

    def members(self):
        found = {}

        def one():
            if self.kind != "string":
                raise PatternError(f"a member's name expected, not {self.token!r}")
            name = json.loads(self.token)
            if name in found:
                raise PatternError(f"the member {name!r} is there twice")
            self.advance()
            self.take(":")
            found[name] = self.pattern()

        is_open = self.sequence("}", one)
        for name in SETS:
            if len(found) == 1 and isinstance(found.get(name), Elements):
                found[name].is_unordered = True
        return Members(found, is_open)


def parse(text):
    parser = Parser(text)
    pattern = parser.pattern()
    if parser.kind != "end":
        raise PatternError(f"not expected after the pattern: {parser.token!r}")
    return pattern


def show(pattern):
    """The pattern as text, for a report."""
    if isinstance(pattern, Kind):
        return pattern.name
    if isinstance(pattern, Regex):
        return f"/{pattern.text}/"
    if isinstance(pattern, Literal):
        return json.dumps(pattern.value, ensure_ascii=False)
    if isinstance(pattern, Save):
        return show(pattern.inner)
    more = ["..."] if pattern.is_open else []
    if isinstance(pattern, Members):
        return "{" + ", ".join([f"{json.dumps(name)}: {show(inner)}"
                                for name, inner in pattern.members.items()] + more) + "}"
    order = "unordered " if pattern.is_unordered else ""
    return order + "[" + ", ".join([show(inner) for inner in pattern.elements] + more) + "]"


def same(expected, found):
    """Equal as JSON: true is not 1."""
    return expected == found and isinstance(expected, bool) == isinstance(found, bool)


def differences(pattern, value, saved, path=""):
    """Lines (path, expected, found) where the value does not match; fills `saved` by name."""
    if isinstance(pattern, Save):
        found = differences(pattern.inner, value, saved, path)
        if not found:
            saved[pattern.name] = value
        return found
    if isinstance(pattern, Members) and isinstance(value, dict):
        return member_differences(pattern, value, saved, path)
    if isinstance(pattern, Elements) and isinstance(value, list):
        return element_differences(pattern, value, saved, path)
    if isinstance(pattern, Kind):
        matches = KINDS[pattern.name](value)
    elif isinstance(pattern, Regex):
        matches = isinstance(value, str) and re.fullmatch(pattern.text, value, re.DOTALL)
    else:
        matches = isinstance(pattern, Literal) and same(pattern.value, value)
    return [] if matches else [(path or "body", show(pattern), json.dumps(value,
                                                                          ensure_ascii=False))]


def member_differences(pattern, value, saved, path):
    lines = []
    for name, inner in pattern.members.items():
        where = f"{path}.{name}" if path else name
        if name in value:
            lines += differences(inner, value[name], saved, where)
        else:
            lines.append((where, show(inner), "nothing"))
    if not pattern.is_open:
        lines += [(f"{path}.{name}" if path else name, "nothing",
                   json.dumps(inner, ensure_ascii=False))
                  for name, inner in value.items() if name not in pattern.members]
    return lines


def element_differences(pattern, value, saved, path):
    if pattern.is_unordered:
        return unordered_differences(pattern, value, saved, path)
    lines = []
    for index, inner in enumerate(pattern.elements):
        where = f"{path}[{index}]"
        if index < len(value):
            lines += differences(inner, value[index], saved, where)
        else:
            lines.append((where, show(inner), "nothing"))
    if not pattern.is_open:
        lines += [(f"{path}[{index}]", "nothing", json.dumps(value[index], ensure_ascii=False))
                  for index in range(len(pattern.elements), len(value))]
    return lines


def unordered_differences(pattern, value, saved, path):
    """Each pattern takes the first element left that it matches."""
    left, lines = list(value), []
    for inner in pattern.elements:
        for index, element in enumerate(left):
            if not differences(inner, element, saved):
                del left[index]
                break
        else:
            lines.append((f"{path}[?]", show(inner), "nothing"))
    if not pattern.is_open:
        lines += [(f"{path}[?]", "nothing", json.dumps(element, ensure_ascii=False))
                  for element in left]
    return lines
