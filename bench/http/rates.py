#!/usr/bin/env python3
"""Requests a second over HTTP, by wrk: every server gets the same requests on the same data from
the same client, in slices by turns.

    rates.py --build FOLDER --json FILE [options]

  --build FOLDER    where pocketable was built
  --json FILE       what was measured, in the form of bench/report/form.py
  --servers LIST    of pocketable, bare, dynamodb-local, dynalite, dynoxide (all)
  --items N         photos in the table, in hundreds                        (50000)
  --seconds S       a slice                                                 (2)
  --rounds N        slices of each operation for each server                (5)
  --quick           --items 1000 --seconds 0.2 --rounds 2, and with 1 and 64 connections only
                    GetItem; peers that are not built yet are left out, and those that compile
                    as they run are not yet warm, so that ratios to them flatter
  --work FOLDER     on a disk, for the durable database                     (FOLDER of --build)

Answers are checked before and after; all of those between must be 2xx and of the right length.
A wrong answer of pocketable's ends the run with status 1; a peer's leaves out what it spoiled.
"""
import contextlib
import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "report"))
import form  # noqa: E402
import check  # noqa: E402
import disk  # noqa: E402
import peers  # noqa: E402
import photos  # noqa: E402
import program  # noqa: E402
import servers  # noqa: E402
import wrk  # noqa: E402

CONNECTIONS = (1, 16, 64)
SEED = 1
CHECKS = 100           # items that lines of each operation name, before and again after
QUICK_CHECKS = 20
WARM_UP_SLICES = 3     # before each operation, with 16 connections; one in a quick run


def say(text):
    print(text, file=sys.stderr, flush=True)


class Load:
    """A kind of request with its lines, in a file and here."""

    def __init__(self, kind, folder, items):
        self.kind = kind
        self.path = os.path.join(folder, kind.operation)
        self.numbers = photos.write_lines(self.path, kind, items, SEED)
        with open(self.path, encoding="utf-8") as file:
            self.lines = file.read().splitlines()
        self.at = 0           # where the next round begins
        self.least = {}       # by server: the requests that certainly were sent, from line 0 on

    def touched(self, name):
        """The numbers of lower halves that the server certainly was asked to put."""
        count = min(self.least.get(name, 0), len(self.numbers))
        return {number for some in self.numbers[:count] for number in some}


class Measured:
    """The rates of one operation with so many connections: a list a server, an entry a round."""

    def __init__(self, load, connections):
        self.load = load
        self.connections = connections
        self.slices = {}
        self.checked = 0

    def result(self):
        slices = {name: self.slices[name] for name in peers.NAMES if name in self.slices}
        sides = {name: form.quartiles([one.rate for one in some])[1]
                 for name, some in slices.items()}
        ours = slices.get("pocketable", [])
        ratios = [form.ratio("pocketable", name, [a.rate / b.rate for a, b in zip(ours, others)])
                  for name, others in slices.items() if name != "pocketable" and ours]
        return {
            "group": f"over HTTP, {connections_text(self.connections)}",
            "operation": self.load.kind.operation, "unit": "1/s", "better": "more",
            "sides": sides, "ratios": ratios, "checked": self.checked,
            "latency_us": {name: {"p50": form.quartiles([one.p50_us for one in some])[1],
                                  "p99": form.quartiles([one.p99_us for one in some])[1]}
                           for name, some in slices.items()},
        }


def connections_text(count):
    return "1 connection" if count == 1 else f"{count} connections"


class Run:
    """The whole part: a context that ends every server."""

    def __init__(self, settings, folder):
        self.settings = settings
        self.checks = QUICK_CHECKS if settings.quick else CHECKS
        self.folder = folder
        self.stack = contextlib.ExitStack()
        self.subjects = []
        self.bare = None
        self.skipped = []
        self.kinds = []
        self.measured = []
        self.resting = []  # subjects that do not have the operation under way
        self.loads = [Load(kind, folder, settings.items) for kind in photos.KINDS]

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stack.close()

    def drop(self, subject, why):
        """A peer that answers wrongly is measured no further, one that does not have an operation
        not with this one; ours ends the run."""
        if subject.name in peers.OURS:
            raise check.WrongAnswer(str(why))
        self.skipped.append({"what": subject.name, "why": str(why)})
        self.subjects.remove(subject)
        if isinstance(why, check.NotOffered):
            self.resting.append(subject)
        say(f"   left out: {why}")

    def for_each(self, what, subjects=None):
        """what(subject) for each; peers that fail are dropped."""
        for subject in list(self.subjects if subjects is None else subjects):
            try:
                what(subject)
            except (check.WrongAnswer, servers.ServerError) as error:
                self.drop(subject, error)

    # ---- before ----

    def start(self):
        body_path = os.path.join(self.folder, "body")
        names = [name for name in peers.NAMES if name in self.settings.servers]
        kinds, skipped = peers.find(names, self.settings.build, body_path, not self.settings.quick)
        self.skipped += skipped
        self.kinds = kinds
        for one in skipped:
            say(f"   without {one['what']}: {one['why']}")
        for kind in kinds:
            if kind.name != "bare":
                self.subjects.append(self.begin(kind))
        self.for_each(prepare)
        if self.subjects and any(kind.name == "bare" for kind in kinds):
            with check.Asker(self.subjects[0]) as asker, open(body_path, "wb") as file:
                file.write(asker.answer("GetItem", self.loads[0].lines[0]).body)
            self.bare = self.begin(next(kind for kind in kinds if kind.name == "bare"))
            self.bare.running.wait_ready()

    def begin(self, kind):
        running = self.stack.enter_context(servers.Running(kind))
        return check.Subject(running, self.settings.items)

    # ---- measuring ----

    def measure(self, load, counts):
        """All rounds of an operation, with each number of connections."""
        say(f"== {load.kind.operation}")
        sizes = {}

        def begin(subject):
            sizes[subject.name] = self.sample(subject, load)
            for _ in range(1 if self.settings.quick else WARM_UP_SLICES):
                self.slice(subject, load, 16, sizes, None)
        self.for_each(begin)
        measured = [Measured(load, connections) for connections in counts]
        for one in measured:
            for number in range(self.settings.rounds):
                self.round(one, number, sizes)
            one.checked = sum(subject.answers_checked for subject in self.subjects)
        self.for_each(lambda subject: self.sample(subject, load))
        self.measured += measured
        self.leave_out_dropped(measured)
        self.subjects += self.resting
        self.resting.clear()

    def sample(self, subject, load):
        """Checks some lines; the mean bytes of an answer."""
        return check.sample(subject, load.kind, load.lines, load.numbers, self.checks)

    def leave_out_dropped(self, measured):
        there = {subject.name for subject in self.subjects} | {"bare"}
        for one in measured:
            one.slices = {name: slices for name, slices in one.slices.items() if name in there}

    def round(self, measured, number, sizes):
        """A slice for each server, another first in each round; all start with the same line."""
        load = measured.load
        with_bare = self.bare is not None and load.kind.operation == "GetItem"
        taking_part = self.subjects + ([self.bare] if with_bare else [])
        first = number % len(taking_part)
        self.for_each(lambda subject: self.slice(subject, load, measured.connections, sizes,
                                                 measured),
                      taking_part[first:] + taking_part[:first])
        load.at += 7919

    def slice(self, subject, load, connections, sizes, measured):
        start = 0 if measured is None else load.at
        done = wrk.run(subject, load.kind, load.path, load.lines, connections,
                       self.settings.seconds, start)
        if measured is None:
            # Each of wrk's threads goes through its own lines, and so many it certainly finished.
            finished = max(0, done.least_sent - connections)
            load.least[subject.name] = finished * wrk.threads_of(connections)
            return
        if subject.name in sizes:
            wrk.expect_bytes(subject, load.kind, connections, done, sizes[subject.name])
        measured.slices.setdefault(subject.name, []).append(done)
        say(f"   {subject.name:20} {connections_text(connections):15} {done.rate:10.0f}/s")

    def finish(self):
        """Looks at every item of every server."""
        say("== every item of every server is looked at")

        def finish(subject):
            touched = set()
            for load in self.loads:
                if load.kind.operation in ("PutItem", "BatchWriteItem"):
                    touched |= load.touched(subject.name)
            with check.Asker(subject) as asker:
                asker.whole(touched)
        before = len(self.subjects)
        self.for_each(finish)
        if len(self.subjects) < before:
            self.leave_out_dropped(self.measured)


def prepare(subject):
    """Starts, loads and checks a few answers."""
    began = time.monotonic()
    subject.running.wait_ready()
    with check.Asker(subject) as asker:
        asker.load()
        for number in range(0, subject.items, max(1, subject.items // QUICK_CHECKS)):
            asker.item(number)
            asker.query(number, False)
            asker.query(number, True)
    say(f"   {subject.name}: {subject.items} items in {time.monotonic() - began:.1f} s")


# ---- durable ----

def measure_durable(run, folder):
    """PutItem with each commit on the disk, with 1 and 64 connections, next to the disk itself."""
    say("== durable PutItem")
    load = next(load for load in run.loads if load.kind.operation == "PutItem")
    kind = peers.pocketable(run.settings.build,
                            ["--dir", os.path.join(folder, "database"), "--durability", "durable"],
                            "pocketable, durable")
    sides = {"1 connection": [], "64 connections": [], "the disk's commits": []}
    with servers.Running(kind) as running:
        subject = check.Subject(running, run.settings.items)
        prepare(subject)
        size = run.sample(subject, load)
        for _ in range(run.settings.rounds):
            sides["the disk's commits"].append(disk.commits_per_second(folder,
                                                                       run.settings.seconds))
            for connections in (1, 64):
                done = wrk.run(subject, load.kind, load.path, load.lines, connections,
                               run.settings.seconds, load.at)
                wrk.expect_bytes(subject, load.kind, connections, done, size)
                sides[connections_text(connections)].append(done.rate)
            load.at += 7919
            say("   " + ", ".join(f"{name}: {rates[-1]:.0f}/s" for name, rates in sides.items()))
        run.sample(subject, load)
        with check.Asker(subject) as asker:
            asker.whole(set())
    pairs = [("64 connections", "1 connection"), ("64 connections", "the disk's commits"),
             ("1 connection", "the disk's commits")]
    return {
        "group": "over HTTP, durable", "operation": "PutItem", "unit": "1/s", "better": "more",
        "sides": {name: form.quartiles(rates)[1] for name, rates in sides.items()},
        "ratios": [form.ratio(of, to, [a / b for a, b in zip(sides[of], sides[to])])
                   for of, to in pairs],
        "checked": subject.answers_checked,
        "note": "each write is on the disk before it is acknowledged; a commit of the disk's is a "
                "page overwritten, and fdatasync",
    }


# ---- the part ----

def read_settings(arguments):
    parser, settings = program.read_settings(__doc__, arguments, {
        "items": int, "seconds": float, "rounds": int, "work": str})
    usual = {"items": 1000, "seconds": 0.2, "rounds": 2} if settings.quick else \
        {"items": 50000, "seconds": 2, "rounds": 5}
    for name, value in usual.items():
        if getattr(settings, name) is None:
            setattr(settings, name, value)
    settings.items = max(200, settings.items // 200 * 200)
    if settings.seconds <= 0 or settings.rounds <= 0:
        parser.error("--seconds and --rounds must be more than 0")
    settings.work = os.path.abspath(settings.work or settings.build)
    return settings


def connections_of(kind, quick):
    return CONNECTIONS if not quick or kind.operation == "GetItem" else (16,)


def measure(settings, folder):
    with Run(settings, folder) as run:
        run.start()
        for load in run.loads:
            run.measure(load, connections_of(load.kind, settings.quick))
        run.finish()
        results = [one.result() for one in run.measured]
        if "pocketable" in settings.servers:
            if disk.is_in_memory(folder):
                run.skipped.append({"what": "durable PutItem", "why": f"{folder} is in memory"})
            else:
                results.append(measure_durable(run, folder))
        return {
            "part": "http",
            "settings": {"items": settings.items, "seconds": settings.seconds,
                         "rounds": settings.rounds, "wrk_threads": wrk.threads_of(64),
                         "servers": {kind.name: kind.version for kind in run.kinds}},
            "results": results, "skipped": run.skipped,
        }


def main(arguments):
    settings = read_settings(arguments)
    if shutil.which("wrk") is None:
        part = {"part": "http", "settings": {}, "results": [], "skipped": [
            {"what": "everything over HTTP", "why": "there is no wrk (on Debian: apt-get install "
                                                    "wrk)"}]}
    else:
        os.makedirs(settings.work, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="bench-http-", dir=settings.work) as folder:
            try:
                part = measure(settings, folder)
            except (check.WrongAnswer, servers.ServerError, peers.CannotBeHad) as error:
                print(f"rates.py: {error}", file=sys.stderr)
                return 1
    form.write(settings.json, part)
    return 0


if __name__ == "__main__":
    program.run(main)
