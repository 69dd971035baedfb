"""Random attribute values and keys, from a random generator that the caller seeds.

Owns what values the differential tester can send: all ten types, nested, numbers in every way of
writing them. Small pools make requests meet each other's items.
"""
import base64

STRINGS = ["", "a", "b", "ab", "abc", "B", "z", "hello", "x y", "\u00fc", "\u20ac", "\U0001f600",
           "0", "10", "9", "~", "a\u0000b", "\"quoted\"", "back\\slash"]
INTEGERS = ["0", "1", "2", "3", "5", "10", "-1", "-10", "100"]
NUMBERS = INTEGERS + [
    "0.5", "1.5", "-0.25", "1e3", "1E-3", "007", "1.50", "+4", "1e125", "-1e125", "1e-130",
    "9.9999999999999999999999999999999999999E+125", "12345678901234567890123456789012345678",
    "0.1", "0.2", "3.14159265358979", "1e20", "-0", "0.0"]
BYTES = [b"", b"\x00", b"\x00\x01", b"a", b"ab", b"\xff", b"\x7f", b"\x80"]
TYPES = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"]
KEYS = {
    "S": [{"S": text} for text in ("a", "b", "c", "ab", "abc", "B", "\u00fc", "x y")],
    "N": [{"N": text} for text in ("0", "1", "2", "10", "9", "-1", "1.5", "1e3")],
    "B": [{"B": base64.b64encode(data).decode()} for data in BYTES[1:]],
}
NAMES = ["x", "y", "z"]


def encoded(data):
    return base64.b64encode(data).decode()


class Values:
    def __init__(self, random):
        self.random = random

    def pick(self, choices):
        return self.random.choice(choices)

    def chance(self, probability):
        return self.random.random() < probability

    def number(self):
        if self.chance(0.7):
            return self.pick(NUMBERS)
        digits = "".join(self.pick("0123456789") for _ in range(self.random.randint(1, 20)))
        return f"{self.pick(['', '-'])}{digits}{self.pick(['', '.5', 'e2', 'E-7', '.25e3'])}"

    def text(self):
        if self.chance(0.9):
            return self.pick(STRINGS)
        return self.pick("xyz") * self.random.choice([10, 100, 1000, 1020, 4100])

    def key(self, kind):
        return dict(self.pick(KEYS[kind]))

    def of_type(self, kind, depth=0):
        if kind == "S":
            return {"S": self.text()}
        if kind == "N":
            return {"N": self.number()}
        if kind == "B":
            return {"B": encoded(self.pick(BYTES))}
        if kind == "BOOL":
            return {"BOOL": self.chance(0.5)}
        if kind == "NULL":
            return {"NULL": True}
        if kind in ("SS", "NS", "BS"):
            pool = {"SS": STRINGS[1:], "NS": INTEGERS, "BS": [encoded(data) for data in BYTES[1:]]}
            return {kind: self.random.sample(pool[kind], self.random.randint(1, 4))}
        count = self.random.randint(0, 3)
        if kind == "L":
            return {"L": [self.any(depth + 1) for _ in range(count)]}
        return {"M": {name: self.any(depth + 1) for name in self.random.sample(NAMES, count)}}

    def any(self, depth=0):
        return self.of_type(self.pick(TYPES if depth < 4 else TYPES[:8]), depth)
