"""The form in which every part writes what it measured, and how it is read back.

A part is an object:

    part      its name
    settings  an object: what it was run with
    results   a list of results
    skipped   a list of {"what", "why"}: what could not be had (may be missing)

A result:

    group, operation  texts that together name it within the part
    unit              "us", "ms", "s", "1/s", "bytes" or "ratio"
    better            "less" or "more"
    sides             an object: what was compared, each with its median
    ratios            a list of ratios, from interleaved slices of this one run
    checked           how many answers were looked at
    note              a text (may be missing)
    latency_us        an object: of sides, {"p50", "p99"} of what one answer took (may be missing)
    x                 [name, number]: a point of a curve (may be missing)

A ratio: of (a side), to (a side, or a text that says what else), value (the median), low, high (the
middle half), and, if there is a target: target, bound ("at most" or "at least"; as better has it
where it is missing) and met.

Everything of one run is a results file: {"form": 1, "taken", "machine", "versions", "command",
"parts": [...]}.
"""
import json
import math
import os
import statistics

FORM = 1
UNITS = ("us", "ms", "s", "1/s", "bytes", "ratio")
BETTER = ("less", "more")
BOUNDS = ("at most", "at least")


class FormError(Exception):
    """A file is not in the form; one line that says where."""


# ---- making ----

def ratio(of, to, values):
    """The ratio of two sides from those of single rounds."""
    low, middle, high = quartiles(values)
    return {"of": of, "to": to, "value": middle, "low": low, "high": high}


def quartiles(values):
    """The quarter, the median and the three quarters."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    return tuple(statistics.quantiles(values, n=4, method="inclusive"))


# ---- reading ----

def _fail(where, what):
    raise FormError(f"{where}: {what}")


def _object(value, where):
    if not isinstance(value, dict):
        _fail(where, "expected an object")
    return value


def _list(value, where):
    if not isinstance(value, list):
        _fail(where, "expected a list")
    return value


def _member(value, name, where):
    if name not in value:
        _fail(where, f"{name} is missing")
    return value[name]


def _text(value, name, where, among=None):
    text = _member(value, name, where)
    if not isinstance(text, str) or text == "":
        _fail(f"{where}.{name}", "expected a text")
    if among is not None and text not in among:
        _fail(f"{where}.{name}", f"expected one of {', '.join(among)}, found {text}")
    return text


def _number(value, name, where):
    number = _member(value, name, where)
    if isinstance(number, bool) or not isinstance(number, (int, float)) or \
            not math.isfinite(number):
        _fail(f"{where}.{name}", "expected a number")
    return number


def _check_ratio(one, sides, where):
    _object(one, where)
    if _text(one, "of", where) not in sides:
        _fail(f"{where}.of", f"there is no side {one['of']}")
    _text(one, "to", where)
    _number(one, "value", where)
    for name in ("low", "high", "target"):
        if one.get(name) is not None:
            _number(one, name, where)
    if one.get("bound") is not None:
        _text(one, "bound", where, BOUNDS)
    if one.get("met") not in (None, True, False):
        _fail(f"{where}.met", "expected true or false")


def _check_result(result, where):
    _object(result, where)
    for name in ("group", "operation"):
        _text(result, name, where)
    _text(result, "unit", where, UNITS)
    _text(result, "better", where, BETTER)
    sides = _object(_member(result, "sides", where), where + ".sides")
    for name in sides:
        _number(sides, name, where + ".sides")
    for i, one in enumerate(_list(result.get("ratios", []), where + ".ratios")):
        _check_ratio(one, sides, f"{where}.ratios[{i}]")
    for name, latency in _object(result.get("latency_us", {}), where + ".latency_us").items():
        for quantile in ("p50", "p99"):
            _number(_object(latency, f"{where}.latency_us.{name}"), quantile,
                    f"{where}.latency_us.{name}")
    if "x" in result:
        point = _list(result["x"], where + ".x")
        if len(point) != 2 or not isinstance(point[0], str):
            _fail(where + ".x", "expected a name and a number")
        _number({"x": point[1]}, "x", where)


def check_part(part, where):
    """Raises FormError unless part is one; returns it."""
    _object(part, where)
    _text(part, "part", where)
    _object(part.get("settings", {}), where + ".settings")
    named = set()
    for i, result in enumerate(_list(_member(part, "results", where), where + ".results")):
        _check_result(result, f"{where}.results[{i}]")
        name = (result["group"], result["operation"])
        if name in named:
            _fail(f"{where}.results[{i}]", f"{name[0]}, {name[1]} is there twice")
        named.add(name)
    for i, one in enumerate(_list(part.get("skipped", []), where + ".skipped")):
        _object(one, f"{where}.skipped[{i}]")
        _text(one, "what", f"{where}.skipped[{i}]")
        _text(one, "why", f"{where}.skipped[{i}]")
    return part


def _read_json(path):
    def refuse(text):
        raise ValueError(f"{text} is no number of JSON's")
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file, parse_constant=refuse)
    except OSError as error:
        raise FormError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise FormError(f"{path}: not JSON: {error}") from None
    except RecursionError:
        raise FormError(f"{path}: nested too deeply") from None


def read_part(path):
    return check_part(_read_json(path), path)


def read_results(path):
    """The results of a run, from its folder or from its results.json."""
    if os.path.isdir(path):
        path = os.path.join(path, "results.json")
    results = _object(_read_json(path), path)
    if _member(results, "form", path) != FORM:
        _fail(path + ": form", f"expected {FORM}, found {results['form']}")
    _text(results, "taken", path + ":")
    for name in ("machine", "versions"):
        _object(_member(results, name, path), f"{path}: {name}")
    parts = _list(_member(results, "parts", path), f"{path}: parts")
    names = [check_part(part, f"{path}: parts[{i}]")["part"] for i, part in enumerate(parts)]
    if len(set(names)) != len(names):
        _fail(path, "a part is there twice")
    return results


def write(path, value):
    """Writes JSON so that a reader finds the old file or the new one."""
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.write("\n")
    os.replace(path + ".new", path)
