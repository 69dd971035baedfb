#!/usr/bin/env python3
"""The server's HTTP, by raw sockets. test_http_protocol.py PROGRAM [TEST...]"""
import socket
import sys
import time

import wire

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
LIMIT = 16 * 1024 * 1024
UNKNOWN = {"__type": "com.amazon.coral.service#UnknownOperationException"}
NO_CALL = b"<UnknownOperationException/>\n"


def serve(test):
    """A test with a server of its own."""
    def run():
        with wire.Server(PROGRAM) as server:
            test(server)
    return run


def describe(connection, **options):
    answer = connection.call("DescribeEndpoints", "{}", **options)
    assert answer.status == 200 and "Endpoints" in answer.json(), answer.body
    return answer


@serve
def test_http__answers_have_the_headers_of_the_service(server):
    with server.connect() as c:
        answer = describe(c)
        assert answer.version == "HTTP/1.1"
        assert answer.headers["content-type"] == "application/x-amz-json-1.0"
        assert answer.headers["connection"].lower() == "keep-alive"
        answer = describe(c, content_type="application/json")
        assert answer.headers["content-type"] == "application/json"
        answer = describe(c, content_type="application/x-amz-json-1.0; charset=utf-8")
        assert answer.headers["content-type"] == "application/x-amz-json-1.0"


@serve
def test_http__request_ids_are_unique(server):
    ids = set()
    for _ in range(4):
        with server.connect() as c:
            ids |= {describe(c).headers["x-amzn-requestid"] for _ in range(50)}
    assert len(ids) == 200, len(ids)
    # Every place of an id varies: none of its words is a constant.
    for place in range(52):
        assert len({one[place] for one in ids}) > 8, place


@serve
def test_http__a_connection_is_kept(server):
    with server.connect() as c:
        for _ in range(100):
            describe(c)
        c.send(wire.request("DescribeEndpoints", headers=["Connection: close"]))
        answer = c.receive().check()
        assert answer.status == 200 and answer.headers["connection"] == "close"
        assert c.at_end()


@serve
def test_http__pipelined_requests_are_answered_in_order(server):
    operations = ["DescribeEndpoints", "Nonsense"] * 20
    with server.connect() as c:
        c.send(b"".join(wire.request(operation) for operation in operations))
        for operation in operations:
            answer = c.receive().check()
            assert answer.status == (200 if operation == "DescribeEndpoints" else 400), operation


@serve
def test_http__version_1_0_ends_unless_asked_to_keep(server):
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", version="HTTP/1.0",
                            headers=["Connection: keep-alive"]))
        answer = c.receive().check()
        assert answer.status == 200 and answer.headers["connection"].lower() == "keep-alive"
        c.send(wire.request("DescribeEndpoints", version="HTTP/1.0"))
        assert c.receive().check().status == 200
        assert c.at_end()


def chunked(*chunks):
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


@serve
def test_http__chunked_bodies_are_put_together(server):
    head = wire.request("DescribeEndpoints", "", length=False,
                        headers=["Transfer-Encoding: chunked"])
    with server.connect() as c:
        for body in (chunked(b"{", b" ", b"}"), chunked(b"{}"), chunked(b"{" + b" " * 70000, b"}")):
            c.send(head + body)
            answer = c.receive().check()
            assert answer.status == 200, answer.body
        c.send(head + chunked(b"{", b"]"))
        answer = c.receive().check()
        assert answer.status == 400 and b"SerializationException" in answer.body, answer.body


@serve
def test_http__a_client_that_expects_is_told_to_go_on(server):
    with server.connect() as c:
        for _ in range(2):
            c.send(wire.request("DescribeEndpoints", "", length=False,
                                headers=["Expect: 100-continue", "Content-Length: 2"]))
            answer = c.receive()
            assert answer.status == 100, answer.status
            c.send(b"{}")
            assert c.receive().check().status == 200


@serve
def test_http__a_body_of_the_limit_is_taken_and_a_byte_more_refused(server):
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html: 16 MB.
    with server.connect() as c:
        answer = c.call("DescribeEndpoints", b"{" + b" " * (LIMIT - 2) + b"}")
        assert answer.status == 200, answer.status
        # A client that has sent all of it reads the refusal, and can go on.
        answer = c.call("DescribeEndpoints", b"{" + b" " * (LIMIT - 1) + b"}")
        assert answer.status == 413 and answer.body == b"", answer.status
        describe(c)
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", "", length=False,
                            headers=["Transfer-Encoding: chunked"]))
        chunk = b" " * (1 << 20)
        c.send(chunked(*[chunk] * 17))
        assert c.receive().check().status == 413
        describe(c)


@serve
def test_http__a_body_that_will_be_too_long_is_refused_before_it_is_sent(server):
    for expected, length in ((["Expect: 100-continue"], LIMIT + 1), ([], 1 << 40)):
        with server.connect() as c:
            c.send(wire.request("DescribeEndpoints", "", length=False,
                                headers=[*expected, f"Content-Length: {length}"]))
            assert c.receive().check().status == 413
            assert c.at_end()


@serve
def test_http__an_endless_body_is_cut_off(server):
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", "", length=False,
                            headers=["Transfer-Encoding: chunked"]))
        chunk = b"%x\r\n%s\r\n" % (1 << 20, b" " * (1 << 20))
        sent = 0
        try:
            while sent < 200:
                c.send(chunk)
                sent += 1
        except OSError:
            pass
        assert 64 <= sent < 200, sent
    with server.connect() as c:
        describe(c)


def refused(connection):
    """What was sent is no request of HTTP's: the answer says so, or the connection ends."""
    try:
        return 400 <= connection.receive().status < 500
    except (EOFError, ConnectionResetError):
        return True


@serve
def test_http__a_wrong_content_length_hurts_only_its_connection(server):
    # Longer than the body: the rest is waited for; the client gives up.
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", "{}", length=False,
                            headers=["Content-Length: 10"]))
        c.socket.settimeout(0.2)
        try:
            raise AssertionError(c.receive())
        except socket.timeout:
            pass
    # Shorter: what is left is no request.
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", "{}nonsense\r\n\r\n", length=False,
                            headers=["Content-Length: 2"]))
        assert c.receive().check().status == 200
        assert refused(c)
    for wrong in ("-1", "x", "99999999999999999999999999"):
        with server.connect() as c:
            c.send(wire.request("DescribeEndpoints", "", length=False,
                                headers=[f"Content-Length: {wrong}"]))
            assert refused(c), wrong
    with server.connect() as c:
        describe(c)


@serve
def test_http__slow_senders_are_served_and_hold_up_nobody(server):
    data = wire.request("DescribeEndpoints")
    slow = [server.connect() for _ in range(8)]
    with server.connect() as quick:
        for at in range(0, len(data), 9):
            for c in slow:
                c.send(data[at:at + 9])
            started = time.monotonic()
            describe(quick)
            assert time.monotonic() - started < 5
    for c in slow:
        assert c.receive().check().status == 200
        c.close()


@serve
def test_http__clients_that_leave_are_forgotten(server):
    data = wire.request("DescribeEndpoints")
    for at in range(1, len(data), 7):
        with server.connect() as c:
            c.send(data[:at])
    for _ in range(50):
        with server.connect() as c:
            c.send(data * 50)  # and reads no answer
    with server.connect() as c:
        describe(c)


@serve
def test_http__headers_are_bounded(server):
    with server.connect() as c:
        c.send(wire.request("DescribeEndpoints", headers=["X-Much: " + "x" * 8000]))
        assert c.receive().check().status == 200
    with server.connect() as c:
        try:
            c.send(wire.request("DescribeEndpoints", headers=["X-Much: " + "x" * 1000000]))
            assert 400 <= c.receive().status < 500
        except OSError:
            pass  # it need not read on
    with server.connect() as c:
        describe(c)


@serve
def test_http__get_says_that_the_service_is_healthy(server):
    # The address is one of https://docs.aws.amazon.com/general/latest/gr/ddb.html, the sentence
    # that of the service, with the space at its end.
    with server.connect() as c:
        for region, authorized in (("us-east-1", None), ("eu-west-2", "eu-west-2")):
            c.send(wire.request(None, "", method="GET", content_type=None, region=authorized))
            answer = c.receive().check()
            assert answer.status == 200
            assert answer.body == f"healthy: dynamodb.{region}.amazonaws.com ".encode()
        c.send(wire.request(None, "", method="HEAD", content_type=None))
        answer = c.receive(has_body=False)
        assert answer.status == 200 and answer.headers["content-length"] == "42"
        describe(c)


@serve
def test_http__what_is_no_call_is_answered_404(server):
    with server.connect() as c:
        for method, path, content_type in (
                ("GET", "/other", None), ("PUT", "/", wire.CALL_TYPE), ("DELETE", "/", None),
                ("OPTIONS", "/", None), ("PATCH", "/", None), ("POST", "/", None),
                ("POST", "/", "text/plain"), ("POST", "/", "application/x-amz-json-1.0x"),
                ("POST", "/", "application/jso")):
            c.send(wire.request("DescribeEndpoints", "{}", method=method, path=path,
                                content_type=content_type))
            answer = c.receive().check()
            assert answer.status == 404 and answer.body == NO_CALL, (method, path, answer.body)


@serve
def test_http__any_path_and_no_credentials_will_do(server):
    with server.connect() as c:
        describe(c, path="/any/path?a=b")
        describe(c, headers=["Authorization: Bearer nobody"])


@serve
def test_http__an_unknown_target_is_an_unknown_operation(server):
    targets = [None, "whatever.x", "DynamoDB_20120810.", "DynamoDB_20120810.listtables",
               "DynamoDB_20120810.DescribeEndpoints.x", "DynamoDB_20111205.DescribeEndpoints",
               "DescribeEndpoints.", "dynamodb_20120810.DescribeEndpoints"]
    with server.connect() as c:
        for target in targets:
            answer = c.call(target, "{}")
            assert answer.status == 400 and answer.json() == UNKNOWN, (target, answer.body)
        answer = c.call(None, "", content_type=None)
        assert answer.status == 400 and answer.json() == UNKNOWN, answer.body


@serve
def test_http__operations_on_streams_have_a_service_of_their_own(server):
    """API_Operations_Amazon_DynamoDB_Streams; each service knows its own operations only."""
    streams = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"]
    with server.connect() as c:
        for operation in streams:
            answer = c.call(f"DynamoDB_20120810.{operation}", "{}")
            assert answer.status == 400 and answer.json() == UNKNOWN, (operation, answer.body)
            answer = c.call(f"DynamoDBStreams_20120810.{operation}", "{}")
            assert answer.json() != UNKNOWN, operation
        for operation in ["ListTables", "PutItem", "DescribeTable", ""]:
            answer = c.call(f"DynamoDBStreams_20120810.{operation}", "{}")
            assert answer.status == 400 and answer.json() == UNKNOWN, (operation, answer.body)
        answer = c.call("DynamoDBStreams_20120810.ListStreams", "{}")
        assert answer.status == 200 and answer.json() == {"Streams": []}, answer.body


@serve
def test_http__bodies_that_are_not_json_are_refused(server):
    with server.connect() as c:
        for body in ("{", "nonsense", "[]", "", "{}{}", '"', "\xff"):
            answer = c.call("DescribeEndpoints", body)
            assert answer.status == 400 and "SerializationException" in answer.json()["__type"], (
                body, answer.body)


@serve
def test_http__credentials_name_the_region(server):
    def region(c, **options):
        return describe(c, **options).json()["Endpoints"][0]["Address"].split(".")[1]
    with server.connect() as c:
        assert region(c) == "us-east-1"
        assert region(c, region="local-env") == "local-env"
        assert region(c, region="a" * 64) == "a" * 64
        assert region(c, path="/?X-Amz-Credential=a%2F2026%2Feu-west-1%2Fdynamodb%2Faws4_request"
                      ) == "eu-west-1"
        key_with_slashes = wire.authorization("eu-west-3", key="a/b=c/d")
        assert region(c, headers=[f"Authorization: {key_with_slashes}"]) == "eu-west-3"


@serve
def test_http__bad_credentials_are_refused_in_the_words_of_the_service(server):
    # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html
    scope = "Credential must have exactly 5 slash-delimited elements, " \
            "e.g. keyid/date/region/service/term, got '%s'"
    region = "Credential should be scoped to a valid region, not '%s'. "
    cases = [
        ("AWS4-HMAC-SHA256 Signature=b", "IncompleteSignatureException",
         "Authorization header requires 'Credential' parameter. "
         "Authorization=AWS4-HMAC-SHA256 Signature=b"),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d, Signature=b", "IncompleteSignatureException",
         scope % "a/b/c/d"),
        ("AWS4-HMAC-SHA256 Credential=", "IncompleteSignatureException", scope % ""),
        (wire.authorization("us.east"), "InvalidSignatureException", region % "us.east"),
        (wire.authorization(""), "InvalidSignatureException", region % ""),
        (wire.authorization("a" * 65), "InvalidSignatureException", region % ("a" * 65)),
        (wire.authorization('q"\\'), "InvalidSignatureException", region % 'q"\\'),
    ]
    with server.connect() as c:
        for header, kind, message in cases:
            answer = c.call("DescribeEndpoints", "{}", headers=[f"Authorization: {header}"])
            assert answer.status == 400, answer.status
            assert answer.json() == {"__type": f"com.amazon.coral.service#{kind}",
                                     "message": message}, answer.body
        long = c.call("DescribeEndpoints", "{}",
                      headers=["Authorization: AWS4-HMAC-SHA256 Credential=" + '"' * 3000])
        assert long.status == 400 and "IncompleteSignature" in long.json()["__type"]


def preflight(connection, origin, *more):
    connection.send(wire.request(None, "", method="OPTIONS", content_type=None, headers=[
        f"Origin: {origin}", "Access-Control-Request-Headers: a, b",
        "Access-Control-Request-Method: POST", *more]))
    return connection.receive().check()


def test_http__browsers_may_call_from_any_page_if_told():
    with wire.Server(PROGRAM, "--cors", "*") as server, server.connect() as c:
        answer = preflight(c, "http://page")
        assert answer.status == 200 and answer.body == b""
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-headers"] == "a, b"
        assert answer.headers["access-control-allow-methods"] == "POST"
        assert answer.headers["access-control-max-age"] == "172800"
        answer = describe(c, headers=["Origin: http://page"])
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-origin" not in describe(c).headers


@serve
def test_http__an_empty_preflight_is_answered(server):
    with server.connect() as c:
        c.send(wire.request(None, "", method="OPTIONS", content_type=None, headers=[
            "Origin: http://localhost", "Access-Control-Request-Headers:",
            "Access-Control-Request-Method:"]))
        answer = c.receive().check()
        assert answer.status == 200
        assert "access-control-allow-headers" not in answer.headers


@serve
def test_http__pages_of_this_machine_may_call(server):
    with server.connect() as c:
        for origin in ("http://localhost:3000", "https://127.0.0.1", "http://[::1]:80",
                       "http://app.localhost:5173"):
            answer = describe(c, headers=[f"Origin: {origin}"])
            assert answer.headers["access-control-allow-origin"] == origin
            assert answer.headers["vary"] == "Origin"
            exposed = answer.headers["access-control-expose-headers"].lower()
            assert "x-amzn-requestid" in exposed and "x-amz-crc32" in exposed
            answer = preflight(c, origin, "Access-Control-Request-Private-Network: true")
            assert answer.status == 200
            assert answer.headers["access-control-allow-origin"] == origin
            assert answer.headers["access-control-allow-private-network"] == "true"


@serve
def test_http__other_pages_are_refused_and_told_why(server):
    with server.connect() as c:
        for origin in ("http://evil.com", "http://127.0.0.1.evil.com", "null", "http://localhost.evil",
                       "http://10.0.0.1", "file://", "http://evil.com#http://localhost"):
            for answer in (preflight(c, origin),
                           c.call("DescribeEndpoints", {}, headers=[f"Origin: {origin}"])):
                assert answer.status == 403, (origin, answer.status)
                assert "access-control-allow-origin" not in answer.headers
                assert "--cors" in answer.json()["message"] and origin in answer.json()["message"]
        describe(c)
    with wire.Server(PROGRAM, "--cors", "https://a.example, app://x") as named, \
            named.connect() as c:
        assert preflight(c, "https://a.example").status == 200
        assert preflight(c, "app://x").status == 200
        assert preflight(c, "http://a.example").status == 403


def with_host(host):
    return wire.request("DescribeEndpoints").replace(b"Host: localhost", f"Host: {host}".encode())


def test_http__names_that_are_not_this_servers_are_refused():
    """DNS rebinding: a page of evil.com, which resolves to 127.0.0.1, sends its own name."""
    def status(server, host):
        with server.connect() as c:
            c.send(with_host(host))
            answer = c.receive().check()
            if answer.status != 200:
                assert answer.status == 403, answer.status
                assert "rebinding" in answer.json()["message"], answer.body
                assert "--allow-host" in answer.json()["message"], answer.body
            return answer.status
    fine = ("localhost", "LOCALHOST:8000", "db.localhost:1", "127.0.0.1:8000", "127.1.2.3",
            "[::1]:8000", "10.1.2.3", "localhost.")
    strange = ("evil.com", "evil.com:8000", "localhost.evil.com", "127.0.0.1.evil.com", "dynamodb",
               "evillocalhost", "[::1", "[::1]x", "localhost:x", "1.2.3.4.5", "127.1", ":80")
    with wire.Server(PROGRAM) as server:
        for host in fine:
            assert status(server, host) == 200, host
        for host in strange:
            assert status(server, host) == 403, host
        with server.connect() as c:
            c.send(wire.request("DescribeEndpoints", version="HTTP/1.0").replace(
                b"Host: localhost\r\n", b""))
            assert c.receive().check().status == 200  # no browser
            c.close()
    with wire.Server(PROGRAM, "--allow-host", "dynamodb, db.internal") as server:
        for host in (*fine, "dynamodb:8000", "DB.internal"):
            assert status(server, host) == 200, host
        assert status(server, "evil.com") == 403
    with wire.Server(PROGRAM, "--allow-host", "*") as server:
        assert status(server, "anything.example") == 200
    # In a container nobody knows the name that it is called by; pages are refused all the same.
    with wire.Server(PROGRAM, "--address", "0.0.0.0") as server:
        assert status(server, "dynamodb:8000") == 200
        with server.connect() as c:
            assert c.call("DescribeEndpoints", {}, headers=["Origin: http://evil.com"]).status == 403


@serve
def test_http__regions_have_tables_of_their_own(server):
    table = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
             "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
             "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}
    with server.connect() as c:
        assert c.call("CreateTable", table, region="eu-west-1").status == 200
        assert c.call("ListTables", {}, region="eu-west-1").json()["TableNames"] == ["things"]
        assert c.call("ListTables", {}, region="local").json()["TableNames"] == []
        assert c.call("ListTables", {}).json()["TableNames"] == []
        assert c.call("CreateTable", table, region="local").status == 200


wire.run_tests(dict(globals()), WANTED)
