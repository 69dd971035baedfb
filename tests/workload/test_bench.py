#!/usr/bin/env python3
"""The command `bench`, as people and CI run it. test_bench.py PROGRAM EXAMPLES [TEST...]"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
import wire  # noqa: E402  pylint: disable=wrong-import-position

PROGRAM, REST = wire.program_and_rest(sys.argv)
EXAMPLES, WANTED = REST[0], REST[1:]
PHOTOS = f"{EXAMPLES}/quick_photos.yaml"
SMALL = """
name: small
rate: 50
tables:
  - TableName: notes
    BillingMode: PAY_PER_REQUEST
    AttributeDefinitions: [{AttributeName: who, AttributeType: S}]
    KeySchema: [{AttributeName: who, KeyType: HASH}]
entities:
  note: {table: notes, count: 100, item: {who: "user{n}", text: {text: 1500}}}
patterns:
  - name: read
    share: 3
    let: {note: {pick: note}}
    request: {GetItem: {TableName: notes, Key: {who: "{note.who}"}, ConsistentRead: true}}
  - name: write
    share: 1
    let: {note: {pick: note}}
    request:
      UpdateItem: {TableName: notes, Key: {who: "{note.who}"},
                   UpdateExpression: "SET seen = :t", ExpressionAttributeValues: {":t": 1}}
"""


def bench(*arguments, status=0, folder=None):
    """Runs the command; (its output, what it complains of)."""
    ended = subprocess.run([PROGRAM, "bench", *arguments], capture_output=True, text=True,
                           timeout=100, check=False, cwd=folder)
    assert ended.returncode == status, (arguments, ended.returncode, ended.stdout[-500:],
                                        ended.stderr)
    return ended.stdout, ended.stderr


def write(folder, text, name="file.yaml"):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


LOCKS = """
name: locks
rate: 2000
tables:
  - TableName: other
    BillingMode: PAY_PER_REQUEST
    AttributeDefinitions: [{AttributeName: who, AttributeType: S}]
    KeySchema: [{AttributeName: who, KeyType: HASH}]
  - TableName: locks
    BillingMode: PAY_PER_REQUEST
    AttributeDefinitions: [{AttributeName: who, AttributeType: S}]
    KeySchema: [{AttributeName: who, KeyType: HASH}]
entities:
  lock: {table: locks, count: 10, item: {who: "k{n}"}}
patterns:
  - name: take
    request: {PutItem: {TableName: locks, Item: {who: k0},
                        ConditionExpression: attribute_not_exists(who)}}
"""


def test_bench__conditions_that_always_fail_cost_and_heat_their_own_table():
    with tempfile.TemporaryDirectory() as folder:
        report = f"{folder}/report.json"
        bench(write(folder, LOCKS), "--calls", "1000", "--http-calls", "0", "--json", report)
        read = read_json(report)
        other, locks = read["places"]
        assert other["on_demand_cost"] == 0, other
        assert locks["on_demand_write_cost"] > 3000, locks
        assert locks["hot_writes"]["heaviest"][0]["key"] == "k0", locks["hot_writes"]
        said, _ = bench(write(folder, LOCKS + "assert:\n  - pattern take write units <= 0\n"),
                        "--calls", "100", "--http-calls", "0", "--check", status=1)
        assert said == ("FAILS  pattern take write units <= 0: not measured, all its writes were "
                        "refused\n"), said
        assert 900 < read["throttling"]["on_demand"]["rate_max"] <= 1000, read["throttling"]
        assert read["throttling"]["on_demand"]["first"]["key"] == "k0", read["throttling"]
        hot = [advice for advice in read["advice"] if advice["kind"] == "hot_key"]
        assert " 2000 of a partition's 1000 " in hot[0]["text"], hot


def test_bench__help_is_a_workload_that_runs():
    """The workload that --help shows can be copied out and run."""
    text, _ = bench("--help")
    lines = text.split("\n")
    begin = lines.index("  name: notes")
    end = next(i for i in range(begin, len(lines)) if lines[i].startswith("More"))
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, "\n".join(line[2:] for line in lines[begin:end]))
        said, _ = bench(path, "--calls", "300", "--http-calls", "50", "--check")
        assert said.startswith("holds"), said
    assert all(len(line) <= 100 for line in lines)


def test_bench__reports_in_three_forms():
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, SMALL)
        said, complaints = bench(path, "--calls", "400", "--json", "a.json", "--html", "a.html",
                                 folder=folder)
        report = read_json(f"{folder}/a.json")
        assert complaints == "" and "read" in said and "notes" in said
        read, wrote = report["patterns"]
        assert read["calls"] + wrote["calls"] == 400
        assert read["read_units"] == read["calls"] and read["strong_read_units"] == read["calls"]
        assert wrote["write_units"] == 2 * wrote["calls"], "an item of 1,500 bytes and some"
        assert read["latency_ns"]["http"]["count"] + wrote["latency_ns"]["http"]["count"] == 400
        with open(f"{folder}/a.html", encoding="utf-8") as file:
            page = file.read()
        assert page.startswith("<!DOCTYPE html>") and "small" in page
        # On the output, with nothing else there.
        said, _ = bench(path, "--calls", "40", "--http-calls", "0", "--json", "-")
        assert json.loads(said)["patterns"][0]["latency_ns"]["http"] is None
        assert json.loads(said)["run"]["ended_early"] is None


def test_bench__the_same_seed_gives_the_same_accounts():
    keys = ("calls", "read_units", "write_units", "items_returned", "response_bytes", "failures")
    with tempfile.TemporaryDirectory() as folder:
        for name, seed in (("a", "7"), ("b", "7"), ("c", "8")):
            bench(PHOTOS, "--calls", "500", "--http-calls", "0", "--seed", seed, "--json",
                  f"{folder}/{name}.json")
        a, b, c = ([{key: pattern[key] for key in keys} for pattern in
                    read_json(f"{folder}/{name}.json")["patterns"]] for name in "abc")
        assert a == b and a != c


def test_bench__assertions_decide_the_exit_status():
    with tempfile.TemporaryDirectory() as folder:
        good = write(folder, SMALL + "assert:\n  - pattern read read units per call <= 1\n")
        bad = write(folder, SMALL + "assert:\n  - pattern read read units per call <= 0.9\n",
                    "bad.yaml")
        said, _ = bench(good, "--calls", "100", "--http-calls", "0", "--check")
        assert said.startswith("holds") and said.count("\n") == 1, said
        said, _ = bench(bad, "--calls", "100", "--http-calls", "0", "--check", status=1)
        assert said.startswith("FAILS") and said.count("\n") == 1, said
        bench(bad, "--calls", "100", "--http-calls", "0", status=1)


def test_bench__compares_two_designs():
    with tempfile.TemporaryDirectory() as folder:
        for name, seed in (("a", "1"), ("b", "2")):
            bench(write(folder, SMALL), "--calls", "100", "--http-calls", "0", "--seed", seed,
                  "--json", f"{folder}/{name}.json")
        said, _ = bench("--compare", f"{folder}/a.json", f"{folder}/b.json", "--html",
                        f"{folder}/c.html")
        assert "read" in said and os.path.getsize(f"{folder}/c.html") > 1000
        write(folder, "{}", "c.json")
        _, complaints = bench("--compare", f"{folder}/a.json", f"{folder}/c.json", status=2)
        assert "c.json" in complaints, complaints


def test_bench__says_what_it_does_not_understand():
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, SMALL)
        cases = [
            ([], "name a workload file"), (["--calls", "x", path], "--calls needs a whole number"),
            (["--seconds", "-1", path], "--seconds needs a number above 0"),
            (["--seconds", "nan", path], "--seconds needs"), (["--what", path], "--what"),
            (["--connections", "257", path], "up to 256"),
            (["--connections", "0", path], "--connections needs a whole number above 0"), ([path, path], "one argument too many"),
            (["--speed", "2", path], "--speed needs --replay"),
            (["--replay", path, path], "either a workload file or --replay"),
            (["--replay", path, "--seed", "1"], "--seed has no say"),
            (["--endpoint", "http://example.com:80", path], "a server on this machine"),
            (["--endpoint", "http://127.0.0.1:0", path], "a server on this machine"),
            (["--durability", "relaxed", path], "--durability needs --dir"),
            (["--dir", folder, "--durability", "fast", path], "durable or relaxed"),
            (["--compare", "a.json"], "two reports"), (["/no/such.yaml"], "/no/such.yaml"),
            (["--prices", "/no/such.yaml", path], "/no/such.yaml"),
            ([write(folder, '"\\e[31m": 1\n', "escape.yaml")], 'found "?[31m"'),
            (["--replay", "/no/such.jsonl"], "/no/such.jsonl"),
            ([write(folder, "name: x\ntables: 7\npatterns: []\n", "bad.yaml")], "bad.yaml:2:"),
            ([write(folder, SMALL + "assert:\n  - all is well\n", "a.yaml")], "a.yaml:23"),
        ]
        for arguments, words in cases:
            said, complaints = bench(*arguments, status=2)
            assert words in complaints and said == "", (arguments, complaints)


def test_bench__says_what_went_wrong():
    with tempfile.TemporaryDirectory() as folder:
        wrong = write(folder, SMALL.replace("SET seen = :t", "SET seen ="))
        _, complaints = bench(wrong, "--http-calls", "0", status=1)
        assert "file.yaml:16" in complaints and "ValidationException" in complaints, complaints
        wrong = write(folder, SMALL.replace("AttributeType: S", "AttributeType: B"))
        _, complaints = bench(wrong, status=1)
        assert "file.yaml:" in complaints and "note 0" in complaints, complaints
        path = write(folder, SMALL)
        _, complaints = bench(path, "--calls", "10", "--html", "/no/such/page.html", status=1)
        assert "/no/such/page.html" in complaints, complaints
        _, complaints = bench(path, "--calls", "10", "--endpoint", "127.0.0.1:1", status=1)
        assert "127.0.0.1 port 1" in complaints, complaints


def test_bench__leaves_nothing_on_disk_unless_it_shall():
    with tempfile.TemporaryDirectory() as folder:
        path, place = write(folder, SMALL), f"{folder}/place"
        fewer = ["--calls", "50", "--http-calls", "10", "--check", "--dir", place]
        for _ in range(2):
            bench(path, "--durability", "relaxed", *fewer)
        bench(path, "--keep", *fewer)
        _, complaints = bench(path, *fewer, status=1)
        assert "there is a table notes already" in complaints, complaints


def test_bench__runs_elsewhere_and_cleans_up():
    with tempfile.TemporaryDirectory() as folder, wire.Server(PROGRAM) as server:
        path = write(folder, SMALL)
        for _ in range(2):
            bench(path, "--calls", "50", "--connections", "3", "--json", f"{folder}/a.json",
                  "--endpoint", f"http://localhost:{server.port}/")
        http = [p["latency_ns"]["http"]["count"] for p in read_json(f"{folder}/a.json")["patterns"]]
        assert sum(http) == 50
        with server.connect() as c:
            assert c.call("ListTables", {}).json()["TableNames"] == []
            c.call("CreateTable", {
                "TableName": "notes", "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]})
            _, complaints = bench(path, "--calls", "50", "--endpoint", str(server.port), status=1)
            assert "there is a table notes already" in complaints, complaints
            assert c.call("ListTables", {}).json()["TableNames"] == ["notes"], "it is not bench's"


def test_bench__tells_what_was_measured_until_the_endpoint_died():
    with tempfile.TemporaryDirectory() as folder, wire.Server(PROGRAM) as server:
        path = write(folder, SMALL + "assert:\n  - pattern read read units per call <= 1\n")
        arguments = [PROGRAM, "bench", path, "--calls", "200", "--http-calls", "100000000",
                     "--endpoint", str(server.port), "--json", "a.json", "--html", "a.html"]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              cwd=folder, text=True) as running, server.connect() as c:
            seen = {"TableName": "notes", "FilterExpression": "attribute_exists(seen)"}
            while c.call("Scan", seen).json().get("Count", 0) == 0:
                time.sleep(0.01)
            server.signal(signal.SIGKILL)
            server.wait()
            said, complaints = running.communicate(timeout=60)
        assert running.returncode == 1, running.returncode
        assert "over HTTP: " in complaints, complaints
        assert "ended early: over HTTP: " in said and "holds  pattern read" in said, said
        report = read_json(f"{folder}/a.json")
        assert report["run"]["ended_early"].startswith("over HTTP: "), report["run"]
        assert report["run"]["calls"] == 200
        assert sum(p["latency_ns"]["http"]["count"] for p in report["patterns"]) > 0
        with open(f"{folder}/a.html", encoding="utf-8") as file:
            assert "ended early: over HTTP: " in file.read()
        said, _ = bench("--compare", "a.json", "a.json", "--html", "b.html", folder=folder)
        assert said.count("ended early: over HTTP: ") == 2, said
        with open(f"{folder}/b.html", encoding="utf-8") as file:
            assert "ended early: over HTTP: " in file.read()
        # So does one that is not there at all, and the verdicts alone are not the whole truth.
        said, _ = bench(path, "--calls", "200", "--endpoint", str(server.port), "--check", status=1)
        assert said.startswith("holds  pattern read"), said
        assert said.split("\n")[1].startswith("Not all was measured, the run ended early: "), said


def test_bench__that_is_interrupted_cleans_up():
    with tempfile.TemporaryDirectory() as folder, wire.Server(PROGRAM) as server:
        path = write(folder, SMALL)
        for number in (signal.SIGINT, signal.SIGTERM):
            with subprocess.Popen([PROGRAM, "bench", path, "--calls", "10", "--http-calls",
                                   "10000000", "--endpoint", str(server.port)],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running, \
                    server.connect() as c:
                while not c.call("ListTables", {}).json()["TableNames"]:
                    time.sleep(0.01)
                running.send_signal(number)
                _, complaints = running.communicate(timeout=60)
                assert running.returncode == -number, running.returncode
                assert b"interrupted" in complaints, complaints
                assert c.call("ListTables", {}).json()["TableNames"] == []


def test_bench__a_target_beyond_those_simulated_ends_and_is_said():
    with tempfile.TemporaryDirectory() as folder:
        said, _ = bench(write(folder, SMALL), "--calls", "50", "--http-calls", "0", "--rate", "1e9",
                        "--json", f"{folder}/a.json")
        assert "The target of 1,000,000,000 calls a second is beyond those" in said, said
        assert read_json(f"{folder}/a.json")["throttling"]["on_demand"]["at_target"] is None


def units(entries):
    """What the answers to a kind of request say, one by one."""
    entries = entries if isinstance(entries, list) else [entries]
    return sum(entry["CapacityUnits"] for entry in entries)


def test_bench__a_recording_costs_what_a_client_is_told():
    """Real traffic, recorded and made again: by the command, and by a client of its own that asks
    what each request took."""
    with tempfile.TemporaryDirectory() as folder:
        recording = f"{folder}/calls.jsonl"
        with wire.Server(PROGRAM, "--record", recording) as server:
            bench(PHOTOS, "--calls", "300", "--endpoint", str(server.port), "--check")
        bench("--replay", recording, "--json", f"{folder}/a.json", "--http-calls", "100")
        report = read_json(f"{folder}/a.json")
        told, calls = {}, {}
        with open(recording, encoding="utf-8") as file, wire.Server(PROGRAM) as server, \
                server.connect() as c:
            for line in map(json.loads, file):
                operation, body = line.get("operation"), line.get("body")
                if operation in (None, "DescribeTable", "DeleteTable"):
                    continue
                if operation == "CreateTable":
                    c.call(operation, body)
                    continue
                answer = c.call(operation, {**body, "ReturnConsumedCapacity": "TOTAL"})
                name = " ".join([operation, body.get("TableName", "quick-photos")] +
                                ([body["IndexName"]] if "IndexName" in body else []))
                calls[name] = calls.get(name, 0) + 1
                if answer.status == 200:
                    told[name] = told.get(name, 0) + units(answer.json()["ConsumedCapacity"])
        assert calls == {p["name"]: p["calls"] for p in report["patterns"]}
        assert told == {p["name"]: p["read_units"] + p["write_units"] for p in report["patterns"]}
        assert len(told) == 8, told


def test_bench__a_recording_without_its_tables():
    with tempfile.TemporaryDirectory() as folder:
        place, recording = f"{folder}/place", f"{folder}/calls.jsonl"
        bench(write(folder, SMALL), "--calls", "10", "--keep", "--check", "--dir", place)
        with wire.Server(PROGRAM, "--dir", place, "--record", recording) as server, \
                server.connect() as c:
            for _ in range(20):
                c.call("GetItem", {"TableName": "notes", "Key": {"who": {"S": "user7"}}})
        _, complaints = bench("--replay", recording, status=1)
        assert "--dir" in complaints, complaints
        bench("--replay", recording, "--dir", place, "--json", f"{folder}/a.json")
        report = read_json(f"{folder}/a.json")
        assert report["patterns"][0]["read_units"] == 10, report["patterns"]
        assert report["places"][0]["items"] == 100


wire.run_tests(dict(globals()), WANTED)
