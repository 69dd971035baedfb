#!/usr/bin/env python3
"""The command `call`, as a user and as a test in another language runs it. test_call.py PROGRAM"""
import json
import os
import subprocess
import sys
import tempfile

import wire

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
UNKNOWN = {"__type": "com.amazon.coral.service#UnknownOperationException"}
TABLE = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}


def call(*arguments, lines=b""):
    return subprocess.run([PROGRAM, "call", *arguments], input=lines, capture_output=True,
                          timeout=20)


def test_call__one_call_prints_its_answer():
    done = call("DescribeEndpoints", "{}")
    assert done.returncode == 0 and done.stderr == b"", done
    assert done.stdout.endswith(b"}\n") and done.stdout.count(b"\n") == 1, done.stdout
    assert "Endpoints" in json.loads(done.stdout)


def test_call__another_status_than_200_is_a_failure():
    done = call("Nonsense", "{}")
    assert done.returncode == 1 and done.stderr == b"", done
    assert json.loads(done.stdout) == UNKNOWN
    done = call("DescribeEndpoints", "{")
    assert done.returncode == 1, done
    assert json.loads(done.stdout)["__type"].endswith("#SerializationException")


def test_call__region_is_whose_tables():
    done = call("--region", "eu-west-2", "DescribeEndpoints", "{}")
    assert b"eu-west-2" in done.stdout, done
    done = call("--region", "not a region", "DescribeEndpoints", "{}")
    assert done.returncode == 1, done


def test_call__lines_are_answered_with_lines():
    lines = b'DescribeEndpoints {}\n\n  Nonsense   {"a":\t1}  \r\nDescribeEndpoints\nDescribeEndpoints {}'
    done = call(lines=lines)
    assert done.returncode == 0 and done.stderr == b"", done
    answers = [line.split(b" ", 1) for line in done.stdout.splitlines()]
    assert [int(status) for status, _ in answers] == [200, 400, 400, 200], answers
    assert json.loads(answers[1][1]) == UNKNOWN
    assert answers[0][1] == answers[3][1]
    assert call().stdout == b""


def test_call__lines_may_be_long():
    body = b'{"a": "' + b"x" * (3 << 20) + b'"}'
    done = call(lines=b"Nonsense " + body + b"\nDescribeEndpoints {}\n")
    assert [line[:4] for line in done.stdout.splitlines()] == [b"400 ", b"200 "], done.stdout[:100]


def test_call__each_answer_is_there_before_the_next_call():
    with subprocess.Popen([PROGRAM, "call"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as talking:
        for _ in range(3):
            talking.stdin.write(b"DescribeEndpoints {}\n")
            talking.stdin.flush()
            assert talking.stdout.readline().startswith(b"200 {")
        talking.stdin.close()
        assert talking.wait(20) == 0


def test_call__misuse_is_explained():
    for arguments in (["DescribeEndpoints"], ["a", "b", "c"], ["--dir"], ["--other"],
                      ["--error-style", "2025-01"]):
        done = call(*arguments)
        assert done.returncode == 2 and done.stdout == b"" and done.stderr != b"", done
    done = call("--dir", os.path.join(os.sep, "no", "such", "folder"), "ListTables", "{}")
    assert done.returncode == 1 and b"no" in done.stderr, done
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, "call", "DescribeEndpoints", "{}"], stdout=full, timeout=20,
                              stderr=subprocess.PIPE)
        assert done.returncode == 1, done
        done = subprocess.run([PROGRAM, "call"], input=b"DescribeEndpoints {}\n", stdout=full,
                              timeout=20, stderr=subprocess.PIPE)
        assert done.returncode == 1 and done.stderr != b"", done


def test_call__a_directory_keeps_what_was_called():
    with tempfile.TemporaryDirectory(prefix="pocketable-call-") as folder:
        place = ["--dir", os.path.join(folder, "db")]
        assert call(*place, "CreateTable", json.dumps(TABLE)).returncode == 0
        assert json.loads(call(*place, "ListTables", "{}").stdout) == {"TableNames": ["things"]}
        elsewhere = call(*place, "--region", "local", "ListTables", "{}")
        assert json.loads(elsewhere.stdout) == {"TableNames": []}
    assert json.loads(call("ListTables", "{}").stdout) == {"TableNames": []}


wire.run_tests(dict(globals()), WANTED)
