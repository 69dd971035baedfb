"""Compares the engine's numbers with Python's decimal module.

Usage: number_oracle.py CALCULATOR

Makes seeded random cases, asks the calculator program for its answers in one batch, and computes
each answer again with exact decimals. PTE_SEED repeats a run.
"""
import decimal
import os
import random
import re
import subprocess
import sys

DIGITS_MAX = 38
EXPONENT_MIN = -130
EXPONENT_MAX = 125
PARSED = 60000
PAIRS = 60000
SYNTAX = re.compile(r"[+-]?(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?\Z", re.ASCII)

decimal.getcontext().prec = 2000
decimal.getcontext().Emax = decimal.MAX_EMAX
decimal.getcontext().Emin = decimal.MIN_EMIN


def in_range(exponent):
    if exponent > EXPONENT_MAX:
        return "PTE_NUMBER_OVERFLOW"
    if exponent < EXPONENT_MIN:
        return "PTE_NUMBER_UNDERFLOW"
    return None


def fits(value):
    """None, or the status with which value is refused."""
    if value == 0:
        return None
    refused = in_range(value.adjusted())
    if refused is None and len(value.normalize().as_tuple().digits) > DIGITS_MAX:
        refused = "PTE_NUMBER_PRECISION"
    return refused


def plain(value):
    return "0" if value == 0 else format(value.normalize(), "f")


def size(value):
    """As measured on the service: a byte, and one for every two significant digits on either side
    of the point, and one for the sign; zeros in front and behind do not count."""
    whole, _, fraction = plain(abs(value)).partition(".")
    whole = whole.lstrip("0")
    if not fraction:
        whole = whole.rstrip("0")
    if not whole:
        fraction = fraction.lstrip("0")
    return 1 + -(-len(whole) // 2) + -(-len(fraction) // 2) + (1 if value < 0 else 0)


def parse(text):
    """(value, None) or (None, status)."""
    match = SYNTAX.match(text)
    if match is None:
        return None, "PTE_NUMBER_SYNTAX"
    mantissa, _, exponent = text.lower().partition("e")
    value = decimal.Decimal(mantissa)
    if value != 0:
        # The exponent may be beyond what decimal takes.
        refused = in_range(value.adjusted() + int(exponent or 0))
        if refused is not None:
            return None, refused
        value = value.scaleb(int(exponent or 0))
    if value == 0 and match.group(4) is not None:
        fraction = match.group(2) or match.group(3) or ""
        refused = in_range(int(match.group(4)) - len(fraction))
    else:
        refused = fits(value)
    return (value, None) if refused is None else (None, refused)


def digits(rng, count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def random_mantissa(rng):
    kind = rng.randrange(6)
    if kind == 0:
        return digits(rng, rng.randint(1, 5))
    if kind == 1:
        return digits(rng, rng.randint(30, 42))
    if kind == 2:
        return "0" * rng.randint(0, 50) + digits(rng, rng.randint(1, 20)) + "0" * rng.randint(0, 50)
    if kind == 3:
        return rng.choice("123456789") + "0" * rng.randint(30, 40) + rng.choice("0123456789")
    if kind == 4:
        return "9" * rng.randint(1, 40)
    return "0" * rng.randint(1, 5)


def random_text(rng):
    mantissa = random_mantissa(rng)
    if rng.random() < 0.6:
        at = rng.randint(0, len(mantissa))
        mantissa = mantissa[:at] + "." + mantissa[at:]
    text = rng.choice(["", "", "-", "-", "+"]) + mantissa
    if rng.random() < 0.6:
        near = rng.choice([0, 0, EXPONENT_MAX, EXPONENT_MIN, 1000, -1000])
        exponent = near + rng.randint(-45, 45)
        text += rng.choice("eE") + rng.choice(["", "", "+", "00"] if exponent >= 0 else [""])
        text += str(exponent)
    return text


def random_bad_text(rng):
    text = random_text(rng)
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(" +-.eEx,_\u00a0/:") + text[at:]


def edge_texts():
    yield from ["0", "-0", "+0", "0e126", "0.0e126", "0e125", "0e-130", "0e-131", "00e126", "0.e126",
                ".0e126", "1e126", "1e-131", "1e125", "1e-130", "-1e125", "-1e-130", "10e125",
                "0.1e126", "0.1e-129", "0.1e-130", "", "+", "-", ".", "e", "e5", ".e5", "1e", "1e+",
                "1e-", "1.", ".1", "1..2", "1e5.0", "NaN", "Infinity", "-Infinity", "0x10", " 1",
                "1 ", "9" * 38 + "e88", "9" * 39, "9" * 38 + "e87", "1" + "0" * 125, "1" + "0" * 126,
                "0." + "0" * 129 + "1", "0." + "0" * 130 + "1", "1e99999999999999999999999999999",
                "1e-99999999999999999999999999999", "0e99999999999999999999999999999"]
    yield "0" * 5000 + "1"
    yield "1" + "0" * 5000 + "e-5000"
    yield "0." + "0" * 5000 + "1e5000"
    yield "1." + "0" * 5000
    yield "0." + "0" * 5000


def neighbour(rng, value):
    """A value whose sum with or difference to value is likely to be at some limit."""
    step = decimal.Decimal((0, (rng.randint(1, 9),), value.adjusted() - rng.randint(30, 40)))
    candidate = rng.choice([-value, value, value + step, value - step, step, -value + step])
    return candidate if fits(candidate) is None and candidate.adjusted() >= EXPONENT_MIN else value


def main():
    seed = int(os.environ.get("PTE_SEED", "7"), 0)
    print(f"seed: {seed} (PTE_SEED={seed} repeats it)")
    rng = random.Random(seed)
    questions, expected, values = [], [], []
    texts = list(edge_texts()) + [random_text(rng) for _ in range(PARSED)]
    texts += [random_bad_text(rng) for _ in range(PARSED // 6)]
    for text in texts:
        value, refused = parse(text)
        questions.append(f"P\t{text}")
        if refused is None:
            values.append(value)
            expected.append(f"{plain(value)}\t{size(value)}\t")
        else:
            expected.append(refused)
    for _ in range(PAIRS):
        a = rng.choice(values)
        b = neighbour(rng, a) if a != 0 and rng.random() < 0.5 else rng.choice(values)
        operation = rng.choice("AASSC")
        questions.append(f"{operation}\t{plain(a)}\t{plain(b)}")
        if operation == "C":
            expected.append(str(int(a.compare(b))))
        else:
            result = a + b if operation == "A" else a - b
            expected.append(fits(result) or plain(result))
    sys.exit(0 if check(questions, expected, values) else 1)


def check(questions, expected, values):
    run = subprocess.run([sys.argv[1]], input="\n".join(questions) + "\n", encoding="utf-8",
                         capture_output=True, check=True)
    answers = run.stdout.split("\n")[:-1]
    if len(answers) != len(questions):
        print(f"{len(questions)} questions, {len(answers)} answers")
        return False
    wrong, keys = 0, []
    for question, want, answer in zip(questions, expected, answers):
        got = answer
        if want.endswith("\t"):
            got, _, key = answer.rpartition("\t")
            got += "\t"
            keys.append(key)
        if got != want:
            wrong += 1
            if wrong <= 10:
                print(f"{question!r}\n  expected {want!r}\n  found    {answer!r}")
    # The order of the keys' bytes is that of the values, and equal values have equal keys.
    order = sorted(range(len(values)), key=lambda i: values[i])
    for before, after in zip(order, order[1:]):
        values_order = values[before] < values[after]
        if (bytes.fromhex(keys[before]) < bytes.fromhex(keys[after])) != values_order or (
                not values_order and keys[before] != keys[after]):
            wrong += 1
            if wrong <= 10:
                print(f"order of the keys of {values[before]} and {values[after]}")
    kinds = {}
    for want in expected:
        kind = want if want.startswith("PTE_") else "numbers"
        kinds[kind] = kinds.get(kind, 0) + 1
    print(f"{len(questions)} cases, {len(order)} keys in order, {wrong} wrong; {kinds}")
    # Cases that never come up would prove nothing.
    return wrong == 0 and len(questions) >= 100000 and len(kinds) == 5


if __name__ == "__main__":
    main()
