#!/usr/bin/env python3
"""Packed bodies in both directions, by raw sockets. test_http_bodies.py PROGRAM [TEST...]

What the service does with them is from ScyllaDB Alternator's tests against it,
test_compressed_request.py and test_compressed_response.py.
"""
import gzip
import json
import random
import sys
import time
import zlib

import wire

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
LIMIT = 16 * 1024 * 1024
PACK = {"gzip": gzip.compress, "deflate": zlib.compress}
UNPACK = {"gzip": gzip.decompress, "deflate": zlib.decompress}
TABLE = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}


def serve(test):
    def run():
        with wire.Server(PROGRAM) as server:
            with server.connect() as c:
                assert c.call("CreateTable", TABLE).status == 200
            test(server)
    return run


def packed(operation, body, coding, **options):
    headers = [f"Content-Encoding: {coding}"]
    return wire.request(operation, body, headers=headers, **options)


def put(key, value):
    item = {"k": {"S": key}, "v": {"S": value}}
    return json.dumps({"TableName": "things", "Item": item}).encode()


def get(connection, key, **options):
    return connection.call("GetItem", {"TableName": "things", "Key": {"k": {"S": key}}}, **options)


@serve
def test_bodies__packed_requests_are_unpacked(server):
    random.seed(1)
    noise = "".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(200000))
    with server.connect() as c:
        for coding, value in (("gzip", "x"), ("GZIP", "x" * 100000), ("deflate", noise),
                              ("gzip", noise), ("identity", "y")):
            body = put(coding, value)
            c.send(packed("PutItem", PACK.get(coding.lower(), bytes)(body), coding))
            answer = c.receive().check()
            assert answer.status == 200, answer.body
            assert get(c, coding).json()["Item"]["v"]["S"] == value
        # In chunks, a byte each.
        data = gzip.compress(put("chunks", "z"))
        c.send(wire.request("PutItem", "", length=False,
                            headers=["Content-Encoding: gzip", "Transfer-Encoding: chunked"]))
        c.send(b"".join(b"1\r\n%c\r\n" % byte for byte in data) + b"0\r\n\r\n")
        assert c.receive().check().status == 200
        # Two gzips are one body; what is no gzip behind one is let be.
        whole = put("two", "parts")
        for data in (gzip.compress(whole[:10]) + gzip.compress(whole[10:]),
                     gzip.compress(whole) + b"junk"):
            c.send(packed("PutItem", data, "gzip"))
            assert c.receive().check().status == 200
            assert get(c, "two").json()["Item"]["v"]["S"] == "parts"


@serve
def test_bodies__bad_ones_and_unknown_codings_answer_500(server):
    body = put("bad", "x")
    with server.connect() as c:
        for coding, data in (("gzip", body), ("deflate", body), ("gzip", b""), ("deflate", b""),
                             ("gzip", gzip.compress(body)[:-1]), ("gzip", zlib.compress(body)),
                             ("deflate", gzip.compress(body)), ("deflate", zlib.compress(body)[:-1]),
                             ("garbage", body), ("gzip, gzip", body), ("br", body),
                             ("gzip", gzip.compress(body)[:9] + b"\xff" * 30)):
            c.send(packed("PutItem", data, coding))
            answer = c.receive().check()
            assert answer.status == 500, (coding, answer.status, answer.body)
            assert "InternalFailure" in answer.json()["__type"]
            assert "Content-Encoding" in answer.json()["message"]
        assert "Item" not in get(c, "bad").json()


@serve
def test_bodies__the_limit_is_on_what_is_unpacked(server):
    with server.connect() as c:
        for coding in ("gzip", "deflate"):
            c.send(packed("DescribeEndpoints", PACK[coding](b"{" + b" " * (LIMIT - 2) + b"}"), coding))
            assert c.receive().check().status == 200
            c.send(packed("DescribeEndpoints", PACK[coding](b"{" + b" " * (LIMIT - 1) + b"}"), coding))
            answer = c.receive().check()
            assert answer.status == 413 and answer.body == b"", answer.status
        assert c.call("DescribeEndpoints", {}).status == 200


def packed_get(connection, accept):
    answer = get(connection, "long", headers=[f"Accept-Encoding: {accept}"])
    coding = answer.headers.get("content-encoding")
    assert answer.status == 200, answer.body
    # check() has seen that the checksum is of the bytes as they came.
    body = UNPACK[coding](answer.body) if coding is not None else answer.body
    assert json.loads(body)["Item"]["v"]["S"] == "x" * 5000
    return coding, len(answer.body)


@serve
def test_bodies__long_answers_are_packed_for_who_likes_it(server):
    with server.connect() as c:
        assert c.call("PutItem", put("long", "x" * 5000)).status == 200
        assert packed_get(c, "gzip")[0] == "gzip" and packed_get(c, "gzip")[1] < 300
        assert packed_get(c, "deflate") [0] == "deflate" and packed_get(c, "deflate")[1] < 300
        for accept, coding in (("gzip, deflate", "gzip"), ("deflate, gzip;q=0.5", "deflate"),
                               ("*", "gzip"), ("identity", None), ("br", None), ("gzip;q=0", None)):
            assert packed_get(c, accept)[0] == coding, accept
        assert "content-encoding" not in get(c, "long").headers


@serve
def test_bodies__answers_of_4096_bytes_are_not_packed(server):
    with server.connect() as c:
        assert c.call("PutItem", put("long", "x")).status == 200
        rest = len(get(c, "long").body) - 1
        for length, coding in ((4096, None), (4097, "gzip")):
            assert c.call("PutItem", put("long", "x" * (length - rest))).status == 200
            assert len(get(c, "long").body) == length
            answer = get(c, "long", headers=["Accept-Encoding: gzip"])
            assert answer.headers.get("content-encoding") == coding, length


@serve
def test_bodies__a_bomb_costs_bounded_memory_and_time(server):
    """A gigabyte of blanks in a megabyte; eight at once, while others are served."""
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(bomb.compress(b" " * (1 << 20)) for _ in range(1024)) + bomb.flush()
    assert len(data) < 1100000
    with server.connect() as quick:
        quick.call("DescribeEndpoints", {})
        before = server.peak_kb()
        bombers = [server.connect() for _ in range(8)]
        started = time.monotonic()
        slowest = 0
        for c in bombers:
            c.send(packed("DescribeEndpoints", data, "gzip"))
            asked = time.monotonic()
            quick.call("DescribeEndpoints", {})
            slowest = max(slowest, time.monotonic() - asked)
        for c in bombers:
            assert c.receive().check().status == 413
            c.close()
        took = time.monotonic() - started
        grown = server.peak_kb() - before
    print(f"  8 bombs: {took * 1000:.0f} ms, {grown} KB at most, others waited "
          f"{slowest * 1000:.0f} ms at most")
    if not wire.SANITIZED:
        assert grown < 9 * 33 * 1024 and took < 10 and slowest < 2, (grown, took, slowest)


wire.run_tests(dict(globals()), WANTED)
