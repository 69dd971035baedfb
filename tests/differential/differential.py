#!/usr/bin/env python3
"""Sends the same random requests to two endpoints and reports where their answers differ.

    differential.py --program PATH --dynamodb-local FOLDER    starts and ends both
    differential.py --a URL --b URL                           servers that listen already

The first endpoint is pocketable, the second DynamoDB Local. Requests of every table and item
operation, valid and broken, come from a seed that is printed. Differences that the allow-list
holds are counted by entry; of the others the smallest example is shown for every kind. Exit
status: 0 without such a difference, 1 with one, 2 if it could not run, 77 (skipped) if
--find-dynamodb-local finds none.
"""
import argparse
import collections
import json
import os
import random
import secrets
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "conformance"))

import allow                        # noqa: E402
import compare                      # noqa: E402
import endpoints                    # noqa: E402
from generate import Generator      # noqa: E402

SKIPPED = 77
PAGES_MAX = 200
REDUCE_MAX = 120        # requests spent on making one example smaller
STATE_EVERY = 500       # requests between comparisons of whole tables
WAIT_SECONDS = 30
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems",
          "CreateTable", "UpdateTable", "DeleteTable", "ExecuteStatement",
          "BatchExecuteStatement", "ExecuteTransaction"}


class Group:
    """All differences of one kind, and the smallest example."""

    def __init__(self):
        self.count = 0
        self.example = None     # (text of the request, number of the request, answers)

    def add(self, text, number, answers):
        self.count += 1
        if self.example is None or len(text) < len(self.example[0]):
            self.example = (text, number, answers)


class Sides:
    """The two endpoints, asked the same."""

    def __init__(self, first, second):
        self.both = (first, second)

    def ask(self, operation, body):
        """Both answers; the endpoints work at the same time."""
        text = json.dumps(body, ensure_ascii=False)
        for side in self.both:
            side.send(operation, text)
        return [side.receive() for side in self.both]

    def answers(self, request):
        if not request.pages:
            return self.ask(request.operation, request.body)
        return [all_pages(side, request) for side in self.both]

    def wait(self, table):
        """Until the table is ACTIVE, with its indexes, or gone, on both sides."""
        for side in self.both:
            limit, pause = time.monotonic() + WAIT_SECONDS, 0.002
            while time.monotonic() < limit:
                answer = side.call("DescribeTable", json.dumps({"TableName": table}))
                if answer.status != 200 or is_active(answer.body["Table"]):
                    break
                time.sleep(pause)
                pause = min(pause * 2, 0.5)

    def delete(self, table):
        for answer in self.ask("DeleteTable", {"TableName": table}):
            if answer.status != 200 and answer.error != "ResourceNotFoundException":
                self.ask("UpdateTable", {"TableName": table, "DeletionProtectionEnabled": False})
                self.wait(table)
                self.ask("DeleteTable", {"TableName": table})
        self.wait(table)

    def create(self, shape):
        self.delete(shape.name)
        for answer in self.ask("CreateTable", shape.create()):
            if answer.status != 200:
                raise endpoints.EndpointError(f"the table {shape.name} cannot be made: "
                                              f"{answer.text}")
        self.wait(shape.name)

    def contents(self, table):
        """All items of a table, sorted, of both sides."""
        found = []
        for side in self.both:
            items, body = [], {"TableName": table, "ConsistentRead": True}
            while True:
                answer = side.call("Scan", json.dumps(body))
                if answer.status != 200:
                    items.append(answer.text)
                    break
                items += answer.body["Items"]
                if "LastEvaluatedKey" not in answer.body:
                    break
                body["ExclusiveStartKey"] = answer.body["LastEvaluatedKey"]
            found.append(sorted((compare.normal(item) for item in items),
                                key=compare.sort_key))
        return found


def single_writes(request):
    """The members of each write of one item that the request makes."""
    if request.operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return [request.body]
    if request.operation == "TransactWriteItems":
        return [action[kind] for action in request.body["TransactItems"]
                for kind in ("Put", "Update", "Delete") if action.get(kind)]
    return [{"TableName": table, "Key": key} for table, key in request.keys]


def is_active(table):
    parts = [table] + table.get("GlobalSecondaryIndexes", [])
    return all(part.get("TableStatus", part.get("IndexStatus")) == "ACTIVE" for part in parts)


def all_pages(side, request):
    """The pages of a query or of all segments of a scan, put together as one answer."""
    total = {"Count": 0, "ScannedCount": 0, "Items": []}
    for segment in range(request.segments or 1):
        body = dict(request.body)
        if request.segments:
            body.update(Segment=segment, TotalSegments=request.segments)
        for _ in range(PAGES_MAX):
            answer = side.call(request.operation, json.dumps(body, ensure_ascii=False))
            if answer.status != 200:
                return answer
            total["Count"] += answer.body["Count"]
            total["ScannedCount"] += answer.body["ScannedCount"]
            total["Items"] += answer.body.get("Items", [])
            if "LastEvaluatedKey" not in answer.body:
                break
            body["ExclusiveStartKey"] = answer.body["LastEvaluatedKey"]
        else:
            total["Items"].append("and so on without an end")
    return endpoints.Answer(200, json.dumps(total))


class Tester:
    """One run: what was asked, and what differed."""

    def __init__(self, sides, generator, entries, out=sys.stdout):
        self.sides = sides
        self.generator = generator
        self.entries = entries
        self.out = out
        self.groups = collections.OrderedDict()
        self.asked = collections.Counter()
        self.succeeded = collections.Counter()
        self.differed = collections.Counter()
        self.allowed = collections.Counter()
        self.tables = [shape.name for shape in generator.shapes + [generator.extra_table]]

    def run(self, count, progress):
        for shape in self.generator.shapes:
            self.sides.create(shape)
        self.sides.delete(self.generator.extra_table.name)
        began = time.monotonic()
        for number in range(count):
            self.one(number)
            if number % STATE_EVERY == STATE_EVERY - 1:
                self.compare_state(number)
            if progress and (number + 1) % progress == 0:
                print(f"... {number + 1} requests, {sum(self.differed.values())} differences, "
                      f"{sum(self.allowed.values())} allowed, "
                      f"{time.monotonic() - began:.0f} s", file=self.out, flush=True)
        self.compare_state(count)
        for table in self.tables:
            self.sides.delete(table)
        return time.monotonic() - began

    def one(self, number):
        request = self.generator.request()
        answers = self.sides.answers(request)
        self.asked[request.operation] += 1
        if answers[0].status == 200:
            self.succeeded[request.operation] += 1
        self.after_tables(request, answers)
        difference = compare.compare(request, *answers, self.tables) or self.compare_item(
            request, answers)
        if difference:
            self.report(request, answers, difference, number)
            self.recover(request)
        elif answers[0].status == 200 and not request.pages:
            key = answers[0].body.get("LastEvaluatedKey")
            if key and key == answers[1].body.get("LastEvaluatedKey"):
                self.generator.saw_page(request, key)

    def compare_item(self, request, answers):
        """A Difference if a write, alone or in a transaction, left different items behind; of
        statements also if it was refused."""
        if answers[0].status != 200 and not request.keys:
            return None
        texts = [compare.summary(answer) for answer in answers]
        for write in single_writes(request):
            shape = self.shape(write["TableName"])
            whole = write.get("Key") or write["Item"]
            found = self.sides.ask("GetItem", {
                "TableName": shape.name, "Key": {name: whole[name] for name, _ in shape.keys}})
            if compare.compare(request, *found):
                return compare.Difference(request.operation, *texts, compare.ITEM_AFTERWARDS)
        return None

    def after_tables(self, request, answers):
        """Tables that were made, changed or deleted: wait; of any but the extra one, none stay."""
        if request.operation not in ("CreateTable", "UpdateTable", "DeleteTable"):
            return
        # DynamoDB Local makes a table named "true" of a request that names it true.
        names = {answer.body["TableDescription"]["TableName"] for answer in answers
                 if answer.status == 200}
        for name in names:
            self.sides.wait(name)
            if name != self.generator.extra_table.name:
                self.sides.delete(name)

    def report(self, request, answers, difference, number):
        if allow.take(self.entries, difference, request.text()):
            self.allowed[request.operation] += 1
            return
        self.differed[request.operation] += 1
        is_new = difference.kind not in self.groups
        group = self.groups.setdefault(difference.kind, Group())
        group.add(f"{request.operation} {request.text()}", number, answers)
        if is_new:
            self.reduce(request, difference.kind, number, group)

    def reduce(self, request, kind, number, group):
        """Leaves out members of the request as long as the difference stays of its kind. Not for
        requests that change something: they would not find the same state again."""
        if request.operation in WRITES and any(
                answer.status == 200 for answer in group.example[2]):
            return
        left = REDUCE_MAX
        smaller = True
        while smaller and left > 0:
            smaller = False
            for body in without_one(request.body):
                left -= 1
                if left < 0:
                    break
                shorter = request.with_body(body)
                answers = self.sides.answers(shorter)
                difference = compare.compare(shorter, *answers, self.tables)
                changed = request.operation in WRITES and any(
                    answer.status == 200 for answer in answers)
                if changed:
                    self.after_tables(shorter, answers)
                    self.recover(request)
                elif difference and difference.kind == kind:
                    group.add(f"{request.operation} {shorter.text()}", number, answers)
                    group.count -= 1
                    request, smaller = shorter, True
                    break

    def recover(self, request):
        """Makes the tables anew that a request may have left different on the two sides."""
        for table in request.tables:
            if table == self.generator.extra_table.name:
                described = self.sides.ask("DescribeTable", {"TableName": table})
                if compare.compare(request, *described, self.tables):
                    self.sides.delete(table)
                continue
            contents = self.sides.contents(table)
            if contents[0] != contents[1]:
                self.sides.create(self.shape(table))

    def shape(self, table):
        return next(shape for shape in self.generator.shapes if shape.name == table)

    def compare_state(self, number):
        for shape in self.generator.shapes:
            first, second = self.sides.contents(shape.name)
            if first == second:
                continue
            self.differed["state"] += 1
            text = json.dumps([[item for item in first if item not in second],
                               [item for item in second if item not in first]])
            self.groups.setdefault(("state", shape.name, "", ""), Group()).add(
                f"items of {shape.name} on one side only: {text}", number, None)
            self.sides.create(shape)

    def print_kinds(self):
        """One line for each kind of difference, the most frequent first."""
        for kind, group in sorted(self.groups.items(), key=lambda pair: -pair[1].count):
            print(f"{group.count:5} {' | '.join(kind)}", file=self.out)

    def print_report(self, seconds, seed, kinds=False):
        if kinds:
            self.print_kinds()
        else:
            self.print_examples(seed)
        self.print_counts()
        total = sum(self.differed.values())
        print(f"seed {seed}: {sum(self.asked.values())} requests in {seconds:.1f} s, {total} "
              f"differences of {len(self.groups)} kinds, {sum(self.allowed.values())} allowed",
              file=self.out, flush=True)
        return 1 if total else 0

    def print_examples(self, seed):
        for (operation, path, _, _), group in self.groups.items():
            text, number, answers = group.example
            print(f"\nDIFFERENCE {operation}, {group.count} times, e.g. request {number} "
                  f"of seed {seed}{', at ' + path if path else ''}", file=self.out)
            print(f"  > {shortened(text, 1500)}", file=self.out)
            for name, answer in zip("ab", answers or []):
                print(f"  {name} {answer.status} {shortened(answer.text, 700)}", file=self.out)

    def print_counts(self):
        print("\noperation            requests  answered 200  differences  allowed", file=self.out)
        for operation in sorted(self.asked):
            print(f"{operation:20} {self.asked[operation]:8} {self.succeeded[operation]:13} "
                  f"{self.differed[operation]:12} {self.allowed[operation]:8}", file=self.out)
        for entry in self.entries:
            used = f"{entry.taken:6} taken" if entry.taken else "  none taken"
            print(f"{used} by the allow-list's entry: {entry.name}", file=self.out)


def shortened(text, longest):
    if len(text) <= longest:
        return text
    return f"{text[:longest * 2 // 3]} ...({len(text)} characters)... {text[-longest // 3:]}"


def without_one(value):
    """Every copy of the body that lacks one member or element, those near the top first."""
    if isinstance(value, dict):
        for name in value:
            yield {other: inner for other, inner in value.items() if other != name}
        for name, inner in value.items():
            for smaller in without_one(inner):
                yield {**value, name: smaller}
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value[:index] + value[index + 1:]
        for index, inner in enumerate(value):
            for smaller in without_one(inner):
                yield value[:index] + [smaller] + value[index + 1:]


def find_dynamodb_local():
    """The folder of DynamoDBLocal.jar, or None with the reason."""
    root = os.path.normpath(os.path.join(HERE, os.pardir, os.pardir))
    places = [os.environ.get("POCKETABLE_DYNAMODB_LOCAL"), os.path.join(
        root, "build", "clients", "node_modules", "amplify-dynamodb-simulator", "emulator")]
    for place in filter(None, places):
        if os.path.isfile(os.path.join(place, "DynamoDBLocal.jar")):
            if shutil.which("java"):
                return place, None
            return None, "DynamoDB Local needs java, which is not installed"
    return None, ("DynamoDB Local is not there: set POCKETABLE_DYNAMODB_LOCAL to the folder of "
                  "DynamoDBLocal.jar")


def parse_arguments(texts):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--a", metavar="URL", help="pocketable, listening already")
    parser.add_argument("--b", metavar="URL", help="DynamoDB Local, listening already")
    parser.add_argument("--program", metavar="PATH", help="pocketable, to be started")
    parser.add_argument("--in-process", metavar="PATH", help="pocketable, without a network")
    parser.add_argument("--dynamodb-local", metavar="FOLDER", help="DynamoDB Local, to be started")
    parser.add_argument("--find-dynamodb-local", action="store_true",
                        help="look for DynamoDB Local; skip (status 77) if there is none")
    parser.add_argument("--requests", type=int, default=20000, metavar="N")
    parser.add_argument("--seed", type=int, help="a random one by default")
    parser.add_argument("--operations", metavar="A,B", help="only these operations")
    parser.add_argument("--broken", type=float, default=0.25,
                        help="share of requests that are broken on purpose (0.25)")
    parser.add_argument("--tampered", type=float, default=0.3,
                        help="share of requests with an expression that is tampered with (0.3)")
    parser.add_argument("--legacy", type=float, default=0.25,
                        help="share of requests with legacy parameters, where they can be (0.25)")
    parser.add_argument("--allow", metavar="FILE", default=os.path.join(HERE, "allow.list"))
    parser.add_argument("--kinds", action="store_true",
                        help="one line for each kind of difference, without examples")
    parser.add_argument("--progress", type=int, default=2000, metavar="N",
                        help="a line after every N requests; 0 for none")
    arguments = parser.parse_args(texts)
    if not (arguments.a or arguments.program or arguments.in_process) or not (
            arguments.b or arguments.dynamodb_local or arguments.find_dynamodb_local):
        parser.error("two endpoints are needed")
    return arguments


def open_sides(arguments, servers):
    folder = arguments.dynamodb_local
    second = arguments.b
    if not second:
        servers.append(endpoints.start_dynamodb_local(folder))
        second = servers[-1].url
    if arguments.in_process:
        first = endpoints.ProgramEndpoint(arguments.in_process)
    elif arguments.program:
        servers.append(endpoints.start_program(arguments.program))
        first = endpoints.HttpEndpoint(servers[-1].url)
    else:
        first = endpoints.HttpEndpoint(arguments.a)
    return Sides(first, endpoints.HttpEndpoint(second))


def main(texts):
    arguments = parse_arguments(texts)
    if arguments.find_dynamodb_local and not arguments.b:
        arguments.dynamodb_local, reason = find_dynamodb_local()
        if not arguments.dynamodb_local:
            print(f"skipped: {reason}")
            return SKIPPED
    seed = arguments.seed if arguments.seed is not None else secrets.randbelow(10 ** 9)
    print(f"seed {seed}", flush=True)
    servers = []
    try:
        entries = allow.read(arguments.allow)
        sides = open_sides(arguments, servers)
        operations = arguments.operations and arguments.operations.split(",")
        generator = Generator(random.Random(seed), f"diff-{seed}-", operations, arguments.broken,
                              arguments.tampered, arguments.legacy)
        tester = Tester(sides, generator, entries)
        seconds = tester.run(arguments.requests, arguments.progress)
        status = tester.print_report(seconds, seed, arguments.kinds)
        sides.both[0].close()
        return status
    except (endpoints.EndpointError, allow.AllowError, OSError) as error:
        print(f"differential.py: {error}", file=sys.stderr)
        return 2
    finally:
        for server in servers:
            server.stop(check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
