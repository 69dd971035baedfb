"""What is to be reached, in one table, and whether it is.

A target is met in one run: by the median of a ratio of interleaved rounds, or by a figure alone
where the target is not a ratio.
"""
import fnmatch

AT_MOST = "at most"
AT_LEAST = "at least"


class Target:
    """Results are found by shell patterns of their group and operation; `to` None: the side `of`
    alone is meant, in the unit."""

    def __init__(self, text, bound, value, group, operation, of, to=None, unit="ratio"):
        self.text = text
        self.bound = bound
        self.value = value
        self.group = group
        self.operation = operation
        self.of = of
        self.to = to
        self.unit = unit

    def fits(self, result):
        return (self.unit in ("ratio", result["unit"]) and
                fnmatch.fnmatchcase(result["group"], self.group) and
                fnmatch.fnmatchcase(result["operation"], self.operation))

    def is_met(self, value):
        return value <= self.value if self.bound == AT_MOST else value >= self.value


TARGETS = [
    Target("engine get, of raw LMDB", AT_MOST, 1.3, "in process, *", "get", "engine", "lmdb"),
    Target("engine put with index, of raw LMDB", AT_MOST, 1.5, "in process, *", "put, *with index",
           "engine", "lmdb"),
    Target("engine query of ten, of raw LMDB", AT_MOST, 1.5, "in process, *", "query of ten*",
           "engine", "lmdb"),
    Target("engine batch load, of raw LMDB", AT_MOST, 1.5, "in process, *", "load, *with index",
           "engine", "lmdb"),
    Target("JSON GetItem in process, of raw LMDB's get", AT_MOST, 3, "in process, memory", "get",
           "json", "lmdb"),
    Target("JSON query of ten in process, of raw LMDB's", AT_MOST, 4, "in process, memory",
           "query of ten", "json", "lmdb"),
    Target("HTTP GetItem, of the bare server's rate", AT_LEAST, 0.8, "over HTTP, *connection*",
           "GetItem", "pocketable", "bare"),
    Target("GetItem at 16 connections, of DynamoDB Local's rate", AT_LEAST, 6,
           "over HTTP, 16 connections", "GetItem", "pocketable", "dynamodb-local"),
    Target("PutItem at 16 connections, of DynamoDB Local's rate", AT_LEAST, 10,
           "over HTTP, 16 connections", "PutItem", "pocketable", "dynamodb-local"),
    Target("UpdateItem at 16 connections, of DynamoDB Local's rate", AT_LEAST, 12,
           "over HTTP, 16 connections", "UpdateItem", "pocketable", "dynamodb-local"),
    Target("durable PutItem with 64 connections, of one connection's rate", AT_LEAST, 25,
           "over HTTP, durable", "PutItem", "64 connections", "1 connection"),
    Target("start to first answer", AT_MOST, 10, "start and idle", "start to first answer",
           "pocketable", unit="ms"),
    Target("idle memory", AT_MOST, 5_000_000, "start and idle", "idle memory, resident",
           "pocketable", unit="bytes"),
    Target("stripped program", AT_MOST, 1_000_000, "size", "program, stripped", "pocketable",
           unit="bytes"),
    Target("GetItem at ten million items, of its cost at ten thousand", AT_MOST, 2,
           "growth, items", "get, 10,000,000 items", "json", "json, few"),
    Target("engine get at ten million items, of its cost at ten thousand", AT_MOST, 2,
           "growth, items", "get, 10,000,000 items", "engine", "engine, few"),
    Target("GetItem with 10,000 tables, of its cost with one", AT_MOST, 1.2, "growth, tables",
           "get * 10,000 tables", "json", "json, few"),
    Target("SQLite's time at the same durability, of the engine's", AT_LEAST, 2, "in process, *",
           "*", "sqlite", "engine"),
    Target("engine's writes with many writers, of SQLite's", AT_LEAST, 2,
           "in process, disk, durable", "put, *writer*", "engine", "sqlite"),
]


def bound_of(result, ratio):
    """Which side of a ratio's target is the good one."""
    return ratio.get("bound") or (AT_MOST if result["better"] == "less" else AT_LEAST)


def judge(part):
    """Writes target, bound and met into the ratios of a part that a target of the table is of.
    Ratios whose part gave them a target of their own keep it."""
    for result in part["results"]:
        for ratio in result.get("ratios", []):
            for target in TARGETS:
                if target.to == ratio["to"] and target.of == ratio["of"] and target.fits(result):
                    ratio.update(target=target.value, bound=target.bound,
                                 met=target.is_met(ratio["value"]))
    return part


class Verdict:
    """A target and one figure that was measured for it, in a unit; value None: nothing was."""

    def __init__(self, text, bound, target, value=None, low=None, high=None, where="",
                 unit="ratio"):
        self.text = text
        self.bound = bound
        self.target = target
        self.value = value
        self.low = low
        self.high = high
        self.where = where
        self.unit = unit

    @property
    def met(self):
        if self.value is None:
            return None
        return self.value <= self.target if self.bound == AT_MOST else self.value >= self.target

    @property
    def word(self):
        return {None: "not measured", True: "met", False: "MISSED"}[self.met]


def verdicts(parts):
    """One for each target and figure, in the table's order; then those targets that parts have set
    themselves and that were missed."""
    results = [result for part in parts for result in part["results"]]
    found, seen = [], set()
    for target in TARGETS:
        mine = [verdict for result in results if target.fits(result)
                for verdict in _of_result(target, result, seen)]
        found += mine or [Verdict(target.text, target.bound, target.value, unit=target.unit)]
    for result in results:
        for ratio in result.get("ratios", []):
            if ratio.get("met") is False and id(ratio) not in seen:
                text = f"{ratio['of']}, of {ratio['to']} (the part's own)"
                found.append(Verdict(text, bound_of(result, ratio), ratio["target"],
                                     ratio["value"], ratio.get("low"), ratio.get("high"),
                                     place_of(result)))
    return found


def _of_result(target, result, seen):
    where = place_of(result)
    if target.to is None:
        if target.of in result["sides"]:
            yield Verdict(target.text, target.bound, target.value, result["sides"][target.of],
                          where=where, unit=target.unit)
        return
    for ratio in result.get("ratios", []):
        if ratio["of"] == target.of and ratio["to"] == target.to:
            seen.add(id(ratio))
            yield Verdict(target.text, target.bound, target.value, ratio["value"],
                          ratio.get("low"), ratio.get("high"), where)


def place_of(result):
    return f"{result['group']}: {result['operation']}"
