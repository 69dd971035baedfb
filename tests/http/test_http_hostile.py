#!/usr/bin/env python3
"""Clients that mean harm or are broken: each is refused or ended, memory stays bounded, and others
are served meanwhile. test_http_hostile.py PROGRAM [TEST...]"""
import os
import random
import resource
import select
import socket
import sys
import tempfile
import time

import wire

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
SEED = int(os.environ.get("PTE_SEED", "20260801"))
IDLE_S = 2
# The server looks once a second; a busy machine takes its time.
PATIENCE_S = IDLE_S + 8
TABLE = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}


def serve(*arguments):
    def decorate(test):
        def run():
            with wire.Server(PROGRAM, *arguments) as server:
                test(server)
        return run
    return decorate


impatient = serve("--idle-timeout", str(IDLE_S))


def alive(server):
    with server.connect() as c:
        started = time.monotonic()
        assert c.call("DescribeEndpoints", {}).status == 200
        return time.monotonic() - started


def metric(connection, name):
    connection.send(wire.request(None, "", method="GET", path="/metrics", content_type=None))
    for line in connection.receive().check().body.decode().splitlines():
        if line.startswith(name + " "):
            return int(line.split(" ")[1])
    raise AssertionError(name)


def trickle(connection, data, pause_s):
    """Sends a byte at a time until the server answers or ends; how long that took."""
    started = time.monotonic()
    for at in range(len(data)):
        try:
            connection.send(data[at:at + 1])
        except OSError:
            break
        if select.select([connection.socket], [], [], pause_s)[0]:
            break
    return time.monotonic() - started


def refused_as_slow(connection):
    answer = connection.receive()
    assert answer.status == 408, answer.status
    assert answer.headers["connection"] == "close", answer.headers
    assert "RequestTimeout" in answer.json()["__type"], answer.body
    assert connection.at_end()


@impatient
def test_hostile__a_trickling_head_is_refused(server):
    head = wire.request("DescribeEndpoints", headers=["X-More: " + "x" * 1000])
    with server.connect() as c:
        took = trickle(c, head, 0.2)
        assert IDLE_S - 1 <= took < PATIENCE_S, took
        refused_as_slow(c)
    with server.connect() as c:  # and behind an answered request
        assert c.call("DescribeEndpoints", {}).status == 200
        took = trickle(c, head, 0.2)
        assert IDLE_S - 1 <= took < PATIENCE_S, took
        refused_as_slow(c)
    alive(server)


@impatient
def test_hostile__a_trickling_body_is_refused(server):
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", "", length=False, headers=["Content-Length: 9999"]))
        took = trickle(c, b" " * 1000, 0.2)
        assert IDLE_S - 1 <= took < PATIENCE_S, took
        refused_as_slow(c)
    with server.connect() as c:  # and one that does not come at all
        c.send(wire.request("DescribeEndpoints", "", length=False, headers=["Content-Length: 9999"]))
        refused_as_slow(c)
    with server.connect() as c:
        assert metric(c, 'pocketable_refused_total{reason="slow"}') == 2


@impatient
def test_hostile__a_body_that_comes_slowly_but_steadily_is_taken(server):
    """4,000 bytes a second are enough."""
    body = b"{" + b" " * 40000 + b"}"
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", "", length=False,
                            headers=[f"Content-Length: {len(body)}"]))
        for at in range(0, len(body), 2000):
            c.send(body[at:at + 2000])
            time.sleep(0.2)
        assert c.receive().check().status == 200


@impatient
def test_hostile__silence_is_ended_silently(server):
    with server.connect() as fresh, server.connect() as used:
        assert used.call("DescribeEndpoints", {}).status == 200
        started = time.monotonic()
        assert fresh.at_end() and used.at_end()
        assert IDLE_S - 1 <= time.monotonic() - started < PATIENCE_S


@impatient
def test_hostile__one_that_does_not_read_is_ended(server):
    with server.connect() as c:
        assert c.call("CreateTable", TABLE).status == 200
        item = {"k": {"S": "a"}, "v": {"S": "x" * 16000}}
        assert c.call("PutItem", {"TableName": "things", "Item": item}).status == 200
    deaf = server.connect(0.5)
    data = wire.request("GetItem", {"TableName": "things", "Key": {"k": {"S": "a"}}})
    try:
        deaf.send(data * 5000)
    except OSError:
        pass  # it is full
    until = time.monotonic() + 30
    open_now = 2
    while open_now > 1 and time.monotonic() < until:
        time.sleep(0.2)
        with server.connect() as c:
            open_now = metric(c, "pocketable_connections")
    assert open_now == 1, open_now
    deaf.close()


@serve()
def test_hostile__those_that_leave_in_the_midst_are_forgotten(server):
    """In two seconds or so, not after the idle time; libmicrohttpd does not notice by itself."""
    whole = wire.request("DescribeEndpoints", "{" + " " * 500 + "}")
    with server.connect() as c:
        for _ in range(10):
            for at in (1, 20, len(whole) // 2, len(whole) - 1):
                with server.connect() as leaving:
                    leaving.send(whole[:at])
        until = time.monotonic() + 10
        while metric(c, "pocketable_connections") > 1 and time.monotonic() < until:
            time.sleep(0.1)
        assert metric(c, "pocketable_connections") == 1


def answered_after_half_closing(server, count):
    with server.connect() as c:
        data = [wire.request("PutItem", {"TableName": "things", "Item": {"k": {"S": str(i)}}})
                for i in range(count)]
        c.send(b"".join(data))
        c.socket.shutdown(socket.SHUT_WR)
        for i in range(count):
            answer = c.receive().check()
            assert answer.status == 200, (i, answer.body)
        assert c.at_end()


def test_hostile__one_that_only_stops_sending_gets_its_answers():
    with tempfile.TemporaryDirectory() as folder:
        for arguments in ([], ["--dir", f"{folder}/db"]):
            with wire.Server(PROGRAM, *arguments) as server:
                with server.connect() as c:
                    assert c.call("CreateTable", TABLE).status == 200
                for count in (1, 2, 300):
                    answered_after_half_closing(server, count)


@serve()
def test_hostile__heads_that_say_nonsense_are_refused(server):
    cases = [
        (["Content-Length: 2", "Content-Length: 3"], 400, "Content-Length"),
        (["Transfer-Encoding: gzip, chunked"], 501, "Transfer-Encoding"),
        (["Transfer-Encoding: gzip"], 501, "Transfer-Encoding"),
        (["Content-Length: 2", "X: " + "x" * 16384], 400, "16384"),
    ]
    for headers, status, word in cases:
        with server.connect() as c:
            c.send(wire.request("DescribeEndpoints", length=False, headers=headers))
            answer = c.receive().check()
            assert answer.status == status and word in answer.json()["message"], answer.body
            assert c.at_end()
    # libmicrohttpd refuses these itself.
    for value in ("-1", "x", "2, 2", "+2", "0x2", "", "2 3", "1e1", "99999999999999999999999"):
        with server.connect() as c:
            c.send(wire.request("DescribeEndpoints", length=False,
                                headers=[f"Content-Length: {value}"]))
            assert c.receive().status in (400, 413), value
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", length=False,
                            headers=["Content-Length: 2", "Transfer-Encoding: chunked"]))
        assert c.receive().status == 400
    alive(server)


@serve()
def test_hostile__a_head_of_the_limit_is_taken_and_a_byte_more_refused(server):
    # https://github.com/scylladb/scylladb test/alternator/test_manual_requests.py: 16 KB, 400.
    plain = wire.request("DescribeEndpoints", headers=["X: "])
    rest = 16384 - (len(plain) - 2)
    for more, status in ((0, 200), (1, 400)):
        with server.connect() as c:
            c.send(wire.request("DescribeEndpoints", headers=["X: " + "x" * (rest + more)]))
            assert c.receive().check().status == status, more


@serve()
def test_hostile__floods_of_headers_are_refused(server):
    before = server.peak_kb()
    floods = (b"".join(b"a%d: b\r\n" % i for i in range(100000)), b"a: " + b"x" * 10000000,
              b"a" * 10000000, b": \r\n" * 1000000, b"a: b\r\n c\r\n" * 500000)
    for flood in floods:
        with server.connect() as c:
            try:
                c.send(b"POST / HTTP/1.1\r\nHost: localhost\r\n" + flood + b"\r\n\r\n")
                assert 400 <= c.receive().status < 500
            except (EOFError, OSError):
                pass  # it need not read on
        alive(server)
    grown = server.peak_kb() - before
    assert grown < 20000 or wire.SANITIZED, grown


def connections_possible(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = wanted + 200
    if soft < need <= hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (need, hard))
    return need <= hard


def test_hostile__ten_thousand_connections():
    count = 1000 if wire.SANITIZED else 10000
    if not connections_possible(count):
        print(f"  skipped: the hard limit of files is below {count + 200}")
        return
    with wire.Server(PROGRAM, "--connections", str(count + 100)) as server:
        alive(server)
        before = server.memory_kb("VmRSS")
        data = wire.request("DescribeEndpoints")
        half = data[:len(data) // 2]
        connections = []
        for i in range(count):
            c = server.connect()
            c.send(data if i % 3 == 0 else half if i % 3 == 1 else b"")
            connections.append(c)
        slowest = max(alive(server) for _ in range(50))
        each = (server.memory_kb("VmRSS") - before) / count
        for i in range(0, count, 3):
            assert connections[i].receive().check().status == 200
        for i in range(1, count, 3):  # the rest of those that were half
            connections[i].send(data[len(half):])
        for i in range(1, count, 3):
            assert connections[i].receive().check().status == 200
        print(f"  {count} connections: {each:.0f} KB each, others wait {slowest * 1000:.1f} ms at "
              f"most")
        for c in connections:
            c.close()
        alive(server)
        assert wire.SANITIZED or (each < 100 and slowest < 2), (each, slowest)


@serve("--connections", "20")
def test_hostile__idle_connections_make_room_for_new_ones(server):
    idle = [server.connect() for _ in range(20)]
    for c in idle:
        assert c.call("DescribeEndpoints", {}).status == 200
    started = time.monotonic()
    alive(server)
    assert time.monotonic() - started < 15  # and not after the idle time of a minute
    for c in idle:
        c.close()


# ---- bytes that were changed ----

def mutated(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(data))
        what = rng.randrange(6)
        if what == 0:
            data[at] = rng.randrange(256)
        elif what == 1:
            data[at] ^= 1 << rng.randrange(8)
        elif what == 2:
            del data[at:at + rng.randrange(1, 20)]
        elif what == 3:
            data[at:at] = bytes(rng.choice(b"\0\r\n:; ,%\xff0aZ") for _ in range(rng.randrange(1, 9)))
        elif what == 4:
            data[at:at] = data[rng.randrange(len(data)):][:rng.randrange(1, 200)]
        else:
            del data[at:]
        if not data:
            return b"\r"
    return bytes(data)


def seeds():
    import gzip  # pylint: disable=import-outside-toplevel
    item = {"TableName": "things", "Item": {"k": {"S": "a"}, "v": {"N": "1"}}}
    yield wire.request("PutItem", item)
    yield wire.request("GetItem", {"TableName": "things", "Key": {"k": {"S": "a"}}},
                       region="eu-west-1", headers=["Accept-Encoding: gzip;q=0.5, *;q=0"])
    yield wire.request("Scan", gzip.compress(b'{"TableName": "things"}'),
                       headers=["Content-Encoding: gzip"])
    yield wire.request("DescribeEndpoints", "", length=False, headers=[
        "Transfer-Encoding: chunked"]) + b"2\r\n{}\r\n0\r\n\r\n"
    yield wire.request(None, "", method="OPTIONS", content_type=None, headers=[
        "Origin: http://localhost:1", "Access-Control-Request-Headers: a"])
    yield wire.request(None, "", method="GET", path="/metrics?a=%20b", content_type=None)
    yield wire.request("ListTables", "", length=False, headers=[
        "Expect: 100-continue", "Content-Length: 2"]) + b"{}"
    yield wire.request("ListTables", path="/?X-Amz-Credential=a%2F2026%2Feu-west-1%2Fdynamodb%2Fx")


def drain(connection):
    """What came, if any."""
    received = b""
    connection.settimeout(0)
    try:
        while True:
            data = connection.recv(1 << 16)
            if not data:
                break
            received += data
    except OSError:
        pass
    return received


@serve("--access-log", "/dev/null")
def test_hostile__bytes_that_were_changed(server):
    rng = random.Random(SEED)
    print(f"  PTE_SEED={SEED}")
    originals = list(seeds())
    answers = 0
    with server.connect() as c:
        assert c.call("CreateTable", TABLE).status == 200
    for _ in range(30 if wire.SANITIZED else 60):
        connections = [server.connect() for _ in range(50)]
        for c in connections:
            data = rng.choice(originals)
            if rng.randrange(4) == 0:
                data += rng.choice(originals)
            try:
                c.send(mutated(rng, data))
            except OSError:
                pass
        alive(server)
        for c in connections:
            received = drain(c.socket)
            answers += received != b""
            assert received == b"" or received.startswith(b"HTTP/1."), received[:100]
            c.close()
    assert answers > 500, answers
    alive(server)


wire.run_tests(dict(globals()), WANTED)
