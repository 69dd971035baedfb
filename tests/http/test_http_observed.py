#!/usr/bin/env python3
"""GET /metrics, the access log and recordings. test_http_observed.py PROGRAM [TEST...]"""
import datetime
import json
import os
import re
import sys
import tempfile
import threading
import time

import wire

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
TABLE = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}
NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'({NAME})(?:\{{(.*)\}})? (\S+)')
LABEL = re.compile(rf'({NAME})="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')


def parse(text):
    """Prometheus' text format 0.0.4, strictly: {name: (type, {labels: value})}.
    https://prometheus.io/docs/instrumenting/exposition_formats/"""
    assert text.endswith("\n")
    families, helped, family = {}, set(), None
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in helped and len(line.split(" ")) > 3, line
            helped.add(name)
            continue
        if line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            assert family not in families, f"{family} stands twice"
            assert kind in ("counter", "gauge", "histogram"), line
            assert family in helped and re.fullmatch(NAME, family), line
            families[family] = (kind, {})
            continue
        found = SAMPLE.fullmatch(line)
        assert found is not None, line
        name, labels, value = found.groups()
        pairs = LABEL.findall(labels or "")
        assert "".join(f'{k}="{v}",' for k, v in pairs) == (labels + "," if labels else ""), line
        kind, samples = families[family]
        suffix = name[len(family):]
        assert name.startswith(family), line
        assert suffix in (("_bucket", "_sum", "_count") if kind == "histogram" else ("",)), line
        key = (suffix, *sorted(pairs))
        assert key not in samples, f"{line} stands twice"
        samples[key] = float(value)
    for name, (kind, samples) in families.items():
        assert kind != "counter" or name.endswith("_total"), name
        if kind == "histogram":
            check_histogram(samples)
    return families


def check_histogram(samples):
    def series(key):
        """A histogram's other labels, by which it is one of several."""
        return tuple(pair for pair in key[1:] if pair[0] != "le")

    for which in {series(key) for key in samples}:
        buckets = sorted((float(dict(key[1:])["le"]), value) for key, value in samples.items()
                         if key[0] == "_bucket" and series(key) == which)
        counts = [value for _, value in buckets]
        assert buckets[-1][0] == float("inf") and counts == sorted(counts), buckets
        assert samples[("_count", *which)] == counts[-1]
        total = samples[("_sum", *which)]
        assert total <= sum(end * (value - before) for (end, value), before in zip(
            buckets[:-1], [0, *counts])) + 1e9 * (counts[-1] - counts[-2])


def metrics(connection):
    connection.send(wire.request(None, "", method="GET", path="/metrics", content_type=None))
    answer = connection.receive().check()
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return parse(answer.body.decode())


def value(families, name, **labels):
    return families[f"pocketable_{name}"][1].get(("", *sorted(labels.items())), 0)


def test_metrics__count_what_was_asked():
    with wire.Server(PROGRAM, "--threads", "3") as server:
        connections = [server.connect() for _ in range(6)]
        assert connections[0].call("CreateTable", TABLE).status == 200
        for i, c in enumerate(connections):
            for j in range(10):
                item = {"k": {"S": f"{i}-{j}"}}
                assert c.call("PutItem", {"TableName": "things", "Item": item}).status == 200
            assert c.call("PutItem", {"TableName": "nothing", "Item": {}}).status == 400
            assert c.call("GetItem", {"TableName": "things", "Key": 3}).status == 400
            assert c.call('Evil"} 1#', "{}").status == 400
            assert c.call("DescribeEndpoints", {}, headers=["Origin: http://evil"]).status == 403
        found = metrics(connections[0])
        assert value(found, "requests_total", operation="PutItem") == 66
        assert value(found, "requests_total", operation="GetItem") == 6
        assert value(found, "requests_total", operation="CreateTable") == 1
        assert value(found, "requests_total", operation="other") == 12
        assert value(found, "errors_total", operation="PutItem",
                     type="ResourceNotFoundException") == 6, found["pocketable_errors_total"]
        assert value(found, "errors_total", operation="GetItem", type="SerializationException") == 6
        assert value(found, "errors_total", operation="other", type="UnknownOperationException") == 6
        assert value(found, "errors_total", operation="other", type="AccessDeniedException") == 6
        assert value(found, "refused_total", reason="origin") == 6
        assert value(found, "connections") == 6 and value(found, "connections_total") == 6
        times = found["pocketable_request_duration_seconds"][1]
        assert times[("_count", ("operation", "PutItem"))] == 66
        assert 0 < times[("_sum", ("operation", "PutItem"))] < 60
        groups = found["pocketable_commit_group_writes"][1]
        assert groups[("_sum",)] >= 60
        assert 1 <= groups[("_count",)] <= groups[("_sum",)]
        assert 1 <= groups[("_bucket", ("le", "1"))] <= groups[("_bucket", ("le", "2"))]
        assert groups[("_bucket", ("le", "+Inf"))] == groups[("_count",)]
        assert value(found, "items") == 60 and value(found, "tables") == 1
        assert 0 < value(found, "map_used_bytes") <= value(found, "map_bytes")
        again = metrics(connections[1])
        assert value(again, "requests_total", operation="other") == 13
        assert value(again, "response_bytes_total") > value(found, "response_bytes_total")
        assert value(again, "request_bytes_total") == value(found, "request_bytes_total") > 0
        for c in connections:
            c.close()


def test_metrics__are_whole_while_others_count():
    stop = threading.Event()

    def ask(server):
        with server.connect() as c:
            while not stop.is_set():
                c.call("DescribeEndpoints", {})
                c.call("ListTables", {"Limit": 0})

    with wire.Server(PROGRAM) as server, server.connect() as c:
        threads = [threading.Thread(target=ask, args=(server,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        last = 0
        for _ in range(30):
            now = value(metrics(c), "requests_total", operation="ListTables")
            assert now >= last
            last = now
        stop.set()
        for thread in threads:
            thread.join()


def lines_of(path, count, timeout_s=5):
    until = time.monotonic() + timeout_s
    lines = []
    while len(lines) < count and time.monotonic() < until:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        time.sleep(0.05)
    return [json.loads(line) for line in lines]


def test_access_log__a_line_for_each_request():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/access.log"
        with wire.Server(PROGRAM, "--access-log", path) as server, server.connect() as c:
            before = datetime.datetime.now(datetime.timezone.utc)
            create = c.call("CreateTable", TABLE, region="eu-west-1")
            put = {"TableName": "things", "Item": {"k": {"S": '"TableName":"other"'},
                                                   "TableName": {"S": "x"}}}
            c.call("PutItem", put, region="eu-west-1")
            c.call("PutItem", {"Item": put["Item"]})
            c.call('B"ad', "{}", content_type="application/json")
            c.send(wire.request(None, "", method="GET", content_type=None))
            c.receive()
            lines = lines_of(path, 5)
            local = c.socket.getsockname()
        assert len(lines) == 5, lines
        assert lines[0]["operation"] == "CreateTable" and lines[0]["table"] == "things"
        assert lines[0]["region"] == "eu-west-1" and lines[0]["status"] == 200
        assert "error" not in lines[0]
        assert lines[0]["bytes_in"] == len(json.dumps(TABLE))
        assert lines[0]["bytes_out"] == len(create.body)
        assert lines[1]["operation"] == "PutItem" and lines[1]["table"] == "things"
        assert lines[2]["error"] == "ValidationException" and lines[2]["status"] == 400
        assert "table" not in lines[2] and "region" not in lines[2], lines[2]
        assert lines[3]["operation"] == "B?ad" and lines[3]["error"] == "UnknownOperationException"
        assert "operation" not in lines[4] and lines[4]["status"] == 200
        for line in lines:
            when = datetime.datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%S.%f%z")
            assert abs((when - before).total_seconds()) < 30, line
            assert line["remote"] == f"{local[0]}:{local[1]}", line
            assert 0 <= line["microseconds"] < 30e6, line


def test_access_log__is_added_to_and_whole_at_the_end():
    count = 2000
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/access.log"
        for times in (1, 2):
            with wire.Server(PROGRAM, "--access-log", path) as server, server.connect() as c:
                for _ in range(count // 100):
                    c.send(wire.request("DescribeEndpoints") * 100)
                    for _ in range(100):
                        c.receive()
            lines = lines_of(path, count * times)
            assert len(lines) == count * times
        assert os.stat(path).st_mode & 0o007 == 0


def test_access_log__on_the_standard_output():
    with wire.Server(PROGRAM, "--access-log", "-") as server, server.connect() as c:
        c.call("DescribeEndpoints", {})
        assert json.loads(server.process.stdout.readline())["operation"] == "DescribeEndpoints"


def test_access_log__nobody_reads_it():
    """A pipe that is full loses lines, and holds up neither requests nor the end."""
    with wire.Server(PROGRAM, "--access-log", "-") as server, server.connect() as c:
        for _ in range(100):
            c.send(wire.request("DescribeEndpoints") * 100)
            for _ in range(100):
                c.receive()
        assert value(metrics(c), "access_log_lost_lines_total") > 0
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 5


def test_access_log__the_disk_is_full():
    with wire.Server(PROGRAM, "--access-log", "/dev/full") as server, server.connect() as c:
        for _ in range(120):
            c.send(wire.request("DescribeEndpoints") * 100)
            for _ in range(100):
                assert c.receive().status == 200
        assert value(metrics(c), "access_log_lost_lines_total") > 0


def test_access_log__that_cannot_be_opened_is_said_so():
    import subprocess  # pylint: disable=import-outside-toplevel
    ended = subprocess.run([PROGRAM, "serve", "--port", "0", "--access-log", "/no/such/file"],
                           capture_output=True, timeout=20, check=False)
    assert ended.returncode == 1 and b"/no/such/file" in ended.stderr, ended


def test_recording__every_call_that_could_be_read():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/calls.jsonl"
        item = {"k": {"S": 'a"b\\\n'}, "n": {"N": "1"}}
        spread = json.dumps({"TableName": "things", "Item": item}, indent=2).replace("\n", "\r\n")
        with wire.Server(PROGRAM, "--record", path) as server, server.connect() as c:
            c.call("CreateTable", TABLE, region="eu-west-1")
            c.call("PutItem", spread, region="eu-west-1")
            c.call("PutItem", {"TableName": "none", "Item": item})
            c.call("ListTables", " {} ")
            c.call("PutItem", '{"TableName":')
            c.call("NoSuchCall", "{}")
            c.send(wire.request(None, "", method="GET", content_type=None))
            c.receive()
        lines = lines_of(path, 5)
        assert [line.get("operation") for line in lines] == [
            None, "CreateTable", "PutItem", "PutItem", "ListTables"], lines
        assert lines[0]["recording"] == 1
        assert lines[1]["body"] == TABLE and lines[1]["region"] == "eu-west-1"
        assert lines[2]["body"] == {"TableName": "things", "Item": item}
        assert lines[3]["region"] == "us-east-1", "a call that was refused is one, too"
        assert lines[4]["body"] == {}
        times = [line["us"] for line in lines[1:]]
        assert times == sorted(times) and 0 < times[-1] < 30e6, times
        assert os.stat(path).st_mode & 0o077 == 0, "it has the items in it"


def test_recording__is_added_to_and_whole_at_the_end():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/calls.jsonl"
        for times in (1, 2):
            with wire.Server(PROGRAM, "--record", path) as server, server.connect() as c:
                for _ in range(20):
                    c.send(wire.request("DescribeEndpoints") * 100)
                    for _ in range(100):
                        c.receive()
            lines = lines_of(path, 2001 * times)
            assert len(lines) == 2001 * times
            assert sum("recording" in line for line in lines) == times


def test_recording__long_bodies_are_kept_whole():
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/calls.jsonl"
        body = json.dumps({"TableName": "things", "Item": {"k": {"S": "x" * 15_000_000}}})
        with wire.Server(PROGRAM, "--record", path) as server, server.connect() as c:
            for _ in range(3):
                c.call("PutItem", body)
                time.sleep(0.6)  # the disk keeps up
        assert [len(json.dumps(line["body"])) for line in lines_of(path, 4)[1:]] == 3 * [len(body)]


def test_recording__the_disk_is_full():
    """Lines are lost, requests are not, and how many are is told."""
    with wire.Server(PROGRAM, "--record", "/dev/full") as server, server.connect() as c:
        body = json.dumps({"TableName": "things", "Item": {"k": {"S": "x" * 1_000_000}}})
        for _ in range(50):
            assert c.call("PutItem", body).status == 400
        assert value(metrics(c), "recording_lost_lines_total") > 0
        server.signal()
        assert server.wait() == 0
        begun, ended = server.said().splitlines()
        assert begun == ("pocketable: serve: recording /dev/full: the file does not take what is "
                         "written, lines are lost"), begun
        assert ended == "pocketable: serve: recording /dev/full: 51 lines were lost", ended


def test_recording__the_disk_is_full_before_much_is_recorded():
    """What is still in the buffers at the end is lost, too."""
    with wire.Server(PROGRAM, "--record", "/dev/full") as server, server.connect() as c:
        for _ in range(3):
            c.call("ListTables", {})
        server.signal()
        assert server.wait() == 0
        assert server.said() == "pocketable: serve: recording /dev/full: 4 lines were lost\n"


def test_recording__a_reader_that_is_slow_and_one_that_goes():
    """What comes through, what its lines say of others, and what is told are all there was."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/pipe"
        os.mkfifo(path)
        came = []

        def read():
            with open(path, "rb") as pipe:
                came.append(pipe.read(200_000))
        reader = threading.Thread(target=read)
        reader.start()
        with wire.Server(PROGRAM, "--record", path) as server, server.connect() as c:
            body = json.dumps({"TableName": "things", "Item": {"k": {"S": "x" * 100_000}}})
            for _ in range(10):
                c.call("PutItem", body)
            reader.join()
            server.signal()
            assert server.wait() == 0
            said = server.said()
        # The pipe held a little more than was read of it, and whole lines were not all.
        found = re.search(r"pipe: (\d+) lines were lost\n$", said)
        whole = came[0].count(b"\n")
        assert found and 11 - whole - 2 <= int(found.group(1)) <= 11 - whole, (said, whole)


def test_recording__that_cannot_be_opened_is_said_so():
    import subprocess  # pylint: disable=import-outside-toplevel
    ended = subprocess.run([PROGRAM, "serve", "--port", "0", "--record", "/no/such/file"],
                           capture_output=True, timeout=20, check=False)
    assert ended.returncode == 1 and b"recording /no/such/file" in ended.stderr, ended


wire.run_tests(dict(globals()), WANTED)
