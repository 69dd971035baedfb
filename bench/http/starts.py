#!/usr/bin/env python3
"""How long each server takes from its start (fork and exec) to its first good answer, to
ListTables, and what memory it has then.

    starts.py --build FOLDER --json FILE [options]

  --build FOLDER    where pocketable was built
  --json FILE       what was measured, in the form of bench/report/form.py
  --servers LIST    of pocketable, bare, dynamodb-local, dynalite, dynoxide (all)
  --runs N          starts of each server, by turns                          (20)
  --quick           --runs 5, and 1 of servers that take longer than half a second; peers that are
                    not built yet are left out

Each start is a new process on a new port; the programs are in the system's cache.
"""
import os
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "report"))
import form  # noqa: E402
import peers  # noqa: E402
import program  # noqa: E402
import servers  # noqa: E402

QUICK_SLOW_RUNS = 1
SLOW_S = 0.5
SETTLE_S = 0.2  # before its memory is looked at


def say(text):
    print(text, file=sys.stderr, flush=True)


class Starts:
    """What was seen of one server."""

    def __init__(self, kind):
        self.kind = kind
        self.ms = []
        self.rss = []
        self.pss = []

    def run(self, settle):
        with servers.Running(self.kind, dies_with_parent=False) as running:
            self.ms.append(running.wait_ready() * 1000)
            if settle:
                time.sleep(SETTLE_S)
                rss, pss = running.memory_bytes()
                self.rss.append(rss)
                self.pss.append(pss)

    def wants_more(self, settings):
        slow = self.ms and statistics.median(self.ms) > SLOW_S * 1000
        return len(self.ms) < (QUICK_SLOW_RUNS if settings.quick and slow else settings.runs)


def result(operation, unit, sides, ratios, checked, note=None):
    made = {"group": "start and idle", "operation": operation, "unit": unit, "better": "less",
            "sides": sides, "ratios": ratios, "checked": checked}
    return made if note is None else {**made, "note": note}


def ratios_of(starts, values_of):
    """The first server's to the others'."""
    ours = starts[0]
    return [form.ratio(ours.kind.name, other.kind.name,
                       [a / b for a, b in zip(values_of(ours), values_of(other))])
            for other in starts[1:]]


def results_of(starts):
    checked = sum(len(one.ms) for one in starts)

    def sides(of):
        return {one.kind.name: of(one) for one in starts}
    return [
        result("start to first answer", "ms", sides(lambda one: statistics.median(one.ms)),
               ratios_of(starts, lambda one: one.ms), checked,
               "median of " + ", ".join(f"{len(one.ms)} ({one.kind.name})" for one in starts)),
        result("start to first answer, worst", "ms", sides(lambda one: max(one.ms)), [], checked),
        result("idle memory, resident", "bytes", sides(lambda one: statistics.median(one.rss)),
               ratios_of(starts, lambda one: one.rss), 0,
               "RSS after the first answer: pages of shared libraries count in full"),
        result("idle memory, its share", "bytes", sides(lambda one: statistics.median(one.pss)),
               [], 0, "PSS: a page that n processes share counts as 1/n of a page, so it depends "
                      "on what else runs"),
    ]


def measure(settings, folder):
    body_path = os.path.join(folder, "body")
    with open(body_path, "w", encoding="utf-8") as file:
        file.write('{"TableNames":[]}')
    kinds, skipped = peers.find(settings.servers, settings.build, body_path, not settings.quick)
    for one in skipped:
        say(f"   without {one['what']}: {one['why']}")
    starts = [Starts(kind) for kind in kinds]
    for one in list(starts):
        try:
            one.run(settle=False)  # reads the program from the disk; not counted
            one.ms.clear()
        except servers.ServerError as error:
            skipped.append({"what": one.kind.name, "why": str(error)})
            starts.remove(one)
    while any(one.wants_more(settings) for one in starts):
        for one in starts:
            if one.wants_more(settings):
                one.run(settle=len(one.rss) < 5)
    for one in starts:
        say(f"   {one.kind.name:20} {statistics.median(one.ms):8.1f} ms, worst {max(one.ms):8.1f}, "
            f"{statistics.median(one.rss) / 1e6:8.1f} MB resident")
    return {"part": "start",
            "settings": {"runs": settings.runs,
                         "servers": {kind.name: kind.version for kind in kinds}},
            "results": results_of(starts) if starts else [], "skipped": skipped}


def read_settings(arguments):
    _, settings = program.read_settings(__doc__, arguments, {"runs": int})
    settings.runs = settings.runs or (5 if settings.quick else 20)
    return settings


def main(arguments):
    settings = read_settings(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        try:
            part = measure(settings, folder)
        except (servers.ServerError, peers.CannotBeHad) as error:
            print(f"starts.py: {error}", file=sys.stderr)
            return 1
    form.write(settings.json, part)
    return 0


if __name__ == "__main__":
    program.run(main)
