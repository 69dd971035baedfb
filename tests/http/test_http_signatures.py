#!/usr/bin/env python3
"""Signatures over HTTP, and the files that credentials come from.
test_http_signatures.py PROGRAM [TEST...]"""
import gzip
import os
import re
import subprocess
import sys
import tempfile

import sigv4
import wire
from sigv4 import signed

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
FILE = f"""# who may ask
[default]
aws_access_key_id = {sigv4.KEY}
aws_secret_access_key = {sigv4.SECRET}

[profile of-a-session] ; with a token
AWS_ACCESS_KEY_ID=ASIASESSION
aws_secret_access_key=secret
aws_session_token=to/k+n==
region = eu-west-1
s3 =
    max_concurrent_requests = 20

[role]
role_arn = arn:aws:iam::000000000000:role/x
"""
MISMATCH = ("The request signature we calculated does not match the signature you provided. Check "
            "your AWS Secret Access Key and signing method. Consult the service documentation for "
            "details.")


def written(folder, text):
    path = os.path.join(folder, "credentials")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def serve(test):
    """A test with a server that wants signatures."""
    def run():
        with tempfile.TemporaryDirectory() as folder:
            with wire.Server(PROGRAM, "--credentials", written(folder, FILE)) as server:
                test(server)
    return run


def answer_to(server, data):
    with server.connect() as c:
        c.send(data)
        return c.receive().check()


def test_signatures__who_has_signed_is_who_asks():
    """A request may name other credentials beside the one that has signed it. Blanks of every kind
    stand between the pairs of the header."""
    ours = f"""[a]
aws_access_key_id = {sigv4.KEY}
aws_secret_access_key = {sigv4.SECRET}
[b]
aws_access_key_id = AKIDOTHER
aws_secret_access_key = other
"""
    table = (b'{"TableName": "secret", "BillingMode": "PAY_PER_REQUEST",'
             b' "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],'
             b' "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}]}')
    with tempfile.TemporaryDirectory() as folder, wire.Server(
            PROGRAM, "--credentials", written(folder, ours), "--namespaces",
            "access-key-region") as server:
        assert answer_to(server, signed("CreateTable", table, key="AKIDOTHER",
                                        secret="other")).status == 200
        good = signed("ListTables")
        scope = re.search(rb"Credential=[^/]*/([^,]*)", good).group(1)
        for blank in (b" ", b"\t", b",", b" ,\t"):
            for other in (b"AKIDOTHER/" + scope, b"AKIDOTHER/20260101/eu-west-1/dynamodb/x"):
                forged = good.replace(b"HMAC-SHA256 Credential=", b"HMAC-SHA256 x=1" + blank +
                                      b"Credential=", 1)
                forged = forged.replace(b"SignedHeaders=",
                                        b"Credential=" + other + b", SignedHeaders=", 1)
                assert forged.count(b"Credential=") == 2
                answer = answer_to(server, forged)
                assert answer.status != 200 or answer.json() == {"TableNames": []}, answer.body
        assert answer_to(server, good).json() == {"TableNames": []}
        assert answer_to(server, signed("ListTables", key="AKIDOTHER",
                                        secret="other")).json() == {"TableNames": ["secret"]}


@serve
def test_signatures__a_text_longer_than_any_clients_is_a_mismatch(server):
    good = signed("ListTables", headers=[("x", "y" * 6000)])
    names = re.search(rb"SignedHeaders=([^,]*)", good).group(1)
    answer = answer_to(server, good.replace(names, names + b";x" * 2500, 1))
    assert answer.status == 400, answer.body
    assert answer.json()["message"] == MISMATCH
    assert answer_to(server, good).status == 200


def expect(server, data, kind, message):
    answer = answer_to(server, data)
    assert answer.status == 400, answer.body
    assert answer.json() == {"__type": f"com.amazon.coral.service#{kind}", "message": message}, \
        answer.body


@serve
def test_signatures__good_requests_are_answered(server):
    for data in (signed("ListTables"), signed("ListTables", in_query=True),
                 signed("ListTables", in_query=True, expires=60),
                 signed("ListTables", key="ASIASESSION", secret="secret", token="to/k+n=="),
                 signed("ListTables", key="ASIASESSION", secret="secret", token="to/k+n==",
                        in_query=True),
                 signed("ListTables", region="eu-west-2"),
                 signed("ListTables", time=sigv4.time_text(-240)),
                 signed("ListTables", time=sigv4.time_text(240)),
                 signed("ListTables", in_query=True, expires=1200, time=sigv4.time_text(-900)),
                 signed("ListTables", payload=sigv4.sha256(b"{}")),
                 signed("ListTables", headers={"x-amz-user-agent": "a b"})):
        answer = answer_to(server, data)
        assert answer.status == 200 and answer.json() == {"TableNames": []}, (data, answer.body)
        assert answer_to(server, data).status == 200  # a replay, as on AWS


@serve
def test_signatures__many_on_one_connection(server):
    with server.connect() as c:
        for i in range(50):
            c.send(signed("ListTables", b'{"Limit": %d}' % (i + 1)))
            assert c.receive().check().status == 200
            c.send(signed("ListTables", secret="x"))
            assert c.receive().check().status == 400


@serve
def test_signatures__bodies_in_pieces_are_signed_whole(server):
    body = b'{"Limit": 5' + b" " * 100000 + b"}"
    head, _ = signed("ListTables", body).split(b"Content-Length")
    with server.connect() as c:
        c.send(head + b"Transfer-Encoding: chunked\r\n\r\n" +
               b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])) +
               b"0\r\n\r\n")
        assert c.receive().check().status == 200
    assert answer_to(server, signed("ListTables", body)).status == 200


@serve
def test_signatures__coded_bodies_are_signed_as_they_are_sent(server):
    body = gzip.compress(b'{"Limit": 5' + b" " * 100000 + b"}")
    coding = {"content-encoding": "gzip"}
    good = signed("ListTables", body, headers=coding)
    with server.connect() as c:
        for _ in range(3):
            c.send(good)
            assert c.receive().check().status == 200
            # Not what the body is without its coding; and another body with another's signature.
            c.send(signed("ListTables", body, headers=coding,
                          payload=sigv4.sha256(gzip.decompress(body))))
            assert c.receive().check().status == 400
            other = gzip.compress(b"{}" + b" " * 60)
            c.send(good[:good.rindex(b"Content-Length")] +
                   b"Content-Length: %d\r\n\r\n" % len(other) + other)
            answer = c.receive().check()
            assert answer.status == 400 and answer.json()["message"] == MISMATCH, answer.body
            c.send(signed("ListTables"))
            assert c.receive().check().status == 200


@serve
def test_signatures__every_changed_byte_is_refused(server):
    for data in (signed("ListTables", b'{"Limit":1}'),
                 signed("ListTables", b'{"Limit":1}', in_query=True)):
        head, body = data.split(b"\r\n\r\n")
        unsigned = (head.index(b" HTTP/1.1"), head.index(b" HTTP/1.1") + 9,
                    head.index(b"Content-Length"), len(head) + 4)
        for at in range(len(data)):
            if unsigned[0] <= at < unsigned[1] or unsigned[2] <= at < unsigned[3] \
                    or data[at] in b"\r\n":
                continue
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
            try:
                with server.connect() as c:
                    c.send(changed)
                    assert c.receive().status != 200, changed
            except (EOFError, ConnectionError):
                pass  # no request any more
    assert answer_to(server, signed("ListTables")).status == 200


@serve
def test_signatures__refusals_have_the_words_of_the_service(server):
    """The texts are those that dynalite's authors have recorded of the service."""
    unknown = "The security token included in the request is invalid"
    expect(server, wire.request("ListTables"), "MissingAuthenticationTokenException",
           "Request is missing Authentication Token")
    expect(server, wire.request("ListTables", headers=["Authorization: AWS4-HMAC-SHA256 a=b"]),
           "IncompleteSignatureException",
           "Authorization header requires 'Credential' parameter. Authorization header requires "
           "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
           "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
           "Authorization=AWS4-HMAC-SHA256 a=b")
    expect(server, signed("ListTables", key="AKIDUNKNOWN"), "UnrecognizedClientException",
           unknown + ".")
    for wrong in ({"secret": "x"}, {"payload": "UNSIGNED-PAYLOAD"},
                  {"payload": sigv4.sha256(b"")}):
        expect(server, signed("ListTables", **wrong), "InvalidSignatureException", MISMATCH)
    for token in (None, "", "to/k+n=!", "to/k+n==="):
        for in_query in (False, True):
            expect(server, signed("ListTables", key="ASIASESSION", secret="secret", token=token,
                                  in_query=in_query), "UnrecognizedClientException", unknown)
    expect(server, signed("ListTables", token="x"), "UnrecognizedClientException", unknown)
    expect(server, signed("ListTables", service="s3"), "InvalidSignatureException",
           "Credential should be scoped to correct service: 'dynamodb'. ")
    expect(server, signed("ListTables", terminator="x"), "InvalidSignatureException",
           "Credential should be scoped with a valid terminator: 'aws4_request', not 'x'. ")
    time = sigv4.time_text()
    expect(server, signed("ListTables", time=time, scope_date="20150830"),
           "InvalidSignatureException",
           "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
           f"HTTP: '20150830' != '{time[:8]}', from '{time}'.")


@serve
def test_signatures__expired_and_future_ones_are_refused(server):
    form = r"\d{8}T\d{6}Z"
    for options, pattern in (
            ({"time": sigv4.time_text(-320)},
             rf"Signature expired: {form} is now earlier than {form} \({form} - 5 min\.\)"),
            ({"time": sigv4.time_text(320)},
             rf"Signature not yet current: {form} is still later than {form} "
             rf"\({form} \+ 5 min\.\)"),
            ({"time": sigv4.time_text(-80), "in_query": True, "expires": 60},
             rf"Signature expired: {form} is now earlier than {form} \({form} - 1 min\.\)"),
            ({"time": sigv4.time_text(-60), "in_query": True, "expires": 30},
             rf"Signature expired: {form} is now earlier than {form} \({form} - 30 sec\.\)")):
        answer = answer_to(server, signed("ListTables", **options))
        assert answer.status == 400, answer.body
        assert answer.json()["__type"].endswith("#InvalidSignatureException"), answer.body
        assert re.fullmatch(pattern, answer.json()["message"]), answer.body


@serve
def test_signatures__nothing_of_a_stranger_s_body_is_read(server):
    for body in ("{", "[" * 100000, ""):
        answer = answer_to(server, wire.request("PutItem", body))
        assert answer.json()["__type"].endswith("#MissingAuthenticationTokenException")
    answer = answer_to(server, wire.request("Nonsense"))
    assert answer.json()["__type"].endswith("#MissingAuthenticationTokenException")


@serve
def test_signatures__health_needs_none(server):
    answer = answer_to(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.status == 200 and answer.body.startswith(b"healthy: "), answer.body


def test_signatures__regions_are_namespaces_still():
    table = (b'{"TableName":"things","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":'
             b'[{"AttributeName":"k","AttributeType":"S"}],"KeySchema":[{"AttributeName":"k",'
             b'"KeyType":"HASH"}]}')
    with tempfile.TemporaryDirectory() as folder:
        with wire.Server(PROGRAM, "--credentials", written(folder, FILE)) as server:
            made = answer_to(server, signed("CreateTable", table, region="eu-west-2")).json()
            assert made["TableDescription"]["TableArn"] == \
                "arn:aws:dynamodb:eu-west-2:000000000000:table/things"
            for region, names in (("eu-west-2", ["things"]), ("us-east-1", [])):
                for in_query in (False, True):
                    found = answer_to(server, signed("ListTables", region=region,
                                                     in_query=in_query)).json()
                    assert found == {"TableNames": names}, found


# ---- files ----

BAD_FILES = {
    "": ": expected a profile with aws_access_key_id and aws_secret_access_key, found none",
    "[a]\nregion = x\n":
        ": expected a profile with aws_access_key_id and aws_secret_access_key, found none",
    "\naws_access_key_id = a\n":
        ':2: expected a line "[profile]" before the first setting, found a setting',
    "[a\n": ':1: expected "]" at the end of the profile\'s name, found [a',
    "[a] b\n": ':1: expected nothing behind "]", found b',
    "[ ]\n": ':1: expected a profile\'s name between "[" and "]", found none',
    "[a]\naws_access_key_id\n": ':2: expected "name = value", found no "="',
    "[a]\naws_access_key_id = b\n":
        ":1: expected aws_secret_access_key beside aws_access_key_id, found none in this profile",
    "#\n[a]\naws_secret_access_key = b\n[c]\naws_access_key_id=d\naws_secret_access_key=e\n":
        ":2: expected aws_access_key_id beside aws_secret_access_key, found none in this profile",
    "[a]\naws_session_token = b\n":
        ":1: expected aws_access_key_id beside aws_session_token, found none in this profile",
    "[a]\naws_access_key_id = b\naws_access_key_id = c\n":
        ":3: expected aws_access_key_id once in a profile, found it again",
    "[a]\naws_access_key_id =\n":
        ":2: expected a value of aws_access_key_id up to 128 characters long, found none",
    f"[a]\naws_secret_access_key = {'x' * 257}\n":
        ":2: expected a value of aws_secret_access_key up to 256 characters long, found a longer "
        "one",
    "[a]\naws_secret_access_key = two words\n":
        ":2: expected a value without blanks, found one with blanks",
    "[a]\naws_access_key_id = a/b\n":
        ":2: expected an access key without slashes and commas, found a/b",
    "[a]\0": ": it is no text",
}


def complaint(*arguments):
    done = subprocess.run([PROGRAM, "serve", "--port", "0", *arguments], capture_output=True,
                          timeout=20)
    assert done.stdout == b"", done
    return done.returncode, done.stderr.decode()


def test_credentials__bad_files_are_told_with_their_lines():
    with tempfile.TemporaryDirectory() as folder:
        for text, expected in BAD_FILES.items():
            path = written(folder, text)
            status, said = complaint("--credentials", path)
            assert (status, said) == (1, f"pocketable: serve: {path}{expected}\n"), (text, said)
        path = os.path.join(folder, "none")
        assert complaint("--credentials", path) == \
            (1, f"pocketable: serve: {path}: No such file or directory\n")
        status, said = complaint("--credentials", folder)
        assert status == 1 and said.startswith(f"pocketable: serve: {folder}: "), said
        with open(path, "wb") as file:
            file.write(b"#" * (1024 * 1024 + 1))
        assert complaint("--credentials", path) == \
            (1, f"pocketable: serve: {path}: it is longer than a megabyte\n")


def test_credentials__several_secrets_of_one_key():
    text = (f"[new]\r\naws_access_key_id = {sigv4.KEY}\r\naws_secret_access_key = new\r\n"
            f"[old]\r\naws_access_key_id = {sigv4.KEY}\r\naws_secret_access_key = old\r\n"
            "aws_session_token =\r\n")
    with tempfile.TemporaryDirectory() as folder:
        with wire.Server(PROGRAM, "--credentials", written(folder, text)) as server:
            for secret, status in (("new", 200), ("old", 200), ("older", 400)):
                assert answer_to(server, signed("ListTables", secret=secret)).status == status


wire.run_tests(dict(globals()), WANTED)
