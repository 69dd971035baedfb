#!/usr/bin/env python3
"""The server in the place of AWS's DynamoDB Local: its options, the lines that it begins with, its
answers to GET, its namespaces. test_dynamodb_local.py PROGRAM [TEST...]"""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import wire

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
FIRST_LINE = "Initializing DynamoDB Local with the following configuration:\n"
TABLE = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}
# What version 1.25.1 answers.
NO_TOKEN = {"__type": "com.amazonaws.dynamodb.v20120810#MissingAuthenticationToken",
            "message": "Request must contain either a valid (registered) AWS access key ID or "
                       "X.509 certificate."}


class Local(wire.Server):
    """The command with options of DynamoDB Local's; its banner is in lines."""

    def __init__(self, *arguments, command=("dynamodb-local", "-port", "0"), **options):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([PROGRAM, *command, *arguments], stdout=subprocess.PIPE,
                                        stderr=self.errors, **options)
        self.waited = False
        self.lines = []
        while not self.lines or "pocketable serves" not in self.lines[-1]:
            line = self.process.stdout.readline().decode()
            if line == "":
                self.process.kill()
                raise AssertionError(f"{self.lines} {self.said()}")
            self.lines.append(line)
        self.port = int(re.search(r"https?://[0-9.]+:(\d+)", self.lines[-1]).group(1))


def get(server, method="GET", path="/"):
    with server.connect() as c:
        c.send(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        return c.receive(has_body=method != "HEAD")


def call(server, operation, body, key=None, region="us-east-1", status=200):
    headers = [] if key is None else [f"Authorization: {wire.authorization(region, key)}"]
    with server.connect() as c:
        answer = c.call(operation, body, headers=headers)
    assert answer.status == status, answer.body
    return answer.json()


def names(server, key=None, region="us-east-1"):
    return call(server, "ListTables", {}, key, region)["TableNames"]


def test_dynamodb_local__begins_with_its_lines():
    """The lines of version 1.25.1 and later, but for the version, which is ours."""
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, timeout=20, text=True)
    number = version.stdout.split()[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pocketable-local")
        for arguments, memory, shown, shared, delays, cors in (
                (["-inMemory"], "true", "null", "false", "false", "null"),
                (["-inMemory", "-sharedDb", "-cors", "*"], "true", "null", "true", "false", "*"),
                (["-dbPath", folder, "-optimizeDbBeforeStartup", "-disableTelemetry"], "false",
                 path, "false", "false", "null"),
                (["-delayTransientStatuses", "-inMemory"], "true", "null", "false", "true",
                 "null")):
            with Local(*arguments) as server:
                assert "".join(server.lines[:-1]) == (
                    FIRST_LINE + f"Port:\t{server.port}\nInMemory:\t{memory}\n"
                    f"Version:\t{number}\nDbPath:\t{shown}\nSharedDb:\t{shared}\n"
                    f"shouldDelayTransientStatuses:\t{delays}\nCorsParams:\t{cors}\n\n"), \
                    server.lines
                said = "-delayTransientStatuses has no effect" in server.said()
                assert said == (delays == "true"), server.said()
                server.signal()
                assert server.wait() == 0


def test_dynamodb_local__takes_the_command_line_of_a_container():
    with Local("-Djava.library.path=./DynamoDBLocal_lib", "-Xmx512m", "-jar", "DynamoDBLocal.jar",
               "-inMemory", "-sharedDb", command=("dynamodb-local", "-port", "0")) as server:
        assert names(server) == []


def test_dynamodb_local__answers_400_to_get():
    for command in (("dynamodb-local", "-port", "0", "-inMemory"),
                    ("serve", "--port", "0", "--dynamodb-local")):
        with Local(command=command) as server:
            assert server.lines[0] == FIRST_LINE
            for method, path in (("GET", "/"), ("GET", "/shell"), ("DELETE", "/"), ("PUT", "/")):
                answer = get(server, method, path)
                assert answer.status == 400 and answer.json() == NO_TOKEN, answer.body
            assert get(server, "HEAD").status == 400
            assert names(server) == []
    with wire.Server(PROGRAM) as server:
        assert FIRST_LINE not in server.line and get(server).status == 200


def test_dynamodb_local__programs_that_wait_for_it_see_it():
    """As container modules do: a line in the output, then status 400 of GET /."""
    began = time.monotonic()
    with Local("-inMemory") as server:
        assert any(re.match(r".*Initializing DynamoDB Local.*", line) for line in server.lines)
        while get(server).status != 400:
            assert time.monotonic() - began < 20
            time.sleep(0.01)


def test_dynamodb_local__namespaces():
    who = [("a", "us-east-1"), ("b", "us-east-1"), ("a", "eu-west-2"), ("fake_key-1", "local")]
    with Local("-inMemory") as server:
        for key, region in who:
            made = call(server, "CreateTable", TABLE, key, region)["TableDescription"]
            assert made["TableArn"] == f"arn:aws:dynamodb:{region}:000000000000:table/things", made
            item = {"k": {"S": "whose"}, "who": {"S": key + region}}
            call(server, "PutItem", {"TableName": "things", "Item": item}, key, region)
        for key, region in who:
            got = {"TableName": made["TableArn"].replace("local", region),
                   "Key": {"k": {"S": "whose"}}}
            item = call(server, "GetItem", got, key, region)["Item"]
            assert item["who"]["S"] == key + region, item
            assert names(server, key, region) == ["things"]
        assert names(server) == [] and names(server, "c") == [] and names(server, "A") == []
        assert names(server, "b", "eu-west-2") == []
        call(server, "DeleteTable", {"TableName": "things"}, "a")
        assert [names(server, key, region) for key, region in who] == [[], *[["things"]] * 3]
    with Local("-inMemory", "-sharedDb") as server:
        made = call(server, "CreateTable", TABLE, "a", "eu-west-2")["TableDescription"]
        assert made["TableArn"] == "arn:aws:dynamodb:us-east-1:000000000000:table/things", made
        for key, region in [*who, ("a.b", "x"), (None, "us-east-1")]:
            assert names(server, key, region) == ["things"]
        assert call(server, "DescribeTable", {"TableName": made["TableArn"]}, "b", "local")


def test_dynamodb_local__keys_that_cannot_be_a_namespace():
    with Local("-inMemory") as server:
        for key in ("a.b", "a+b", "a@b", "x" * 135):
            answer = call(server, "ListTables", {}, key, status=400)
            assert answer == {
                "__type": "com.amazonaws.dynamodb.v20120810#UnrecognizedClientException",
                "message": "The Access Key ID or security token is invalid."}, answer
        assert names(server, "x" * 128, "ap-southeast-1") == []
        long = {**TABLE, "TableName": "t" * 255}
        call(server, "CreateTable", long, "x" * 128, "ap-southeast-1")
        assert names(server, "x" * 128, "ap-southeast-1") == ["t" * 255]


def test_dynamodb_local__serve_has_its_namespaces():
    for mode, seen in (("region", [1, 1, 0]), ("access-key-region", [1, 0, 0]),
                       ("shared", [1, 1, 1])):
        with wire.Server(PROGRAM, "--namespaces", mode) as server:
            call(server, "CreateTable", TABLE, "a")
            found = [len(names(server, key, region)) for key, region in
                     (("a", "us-east-1"), ("b", "us-east-1"), ("a", "eu-west-2"))]
            assert found == seen, (mode, found)


def test_dynamodb_local__keeps_what_is_in_its_directory():
    with tempfile.TemporaryDirectory() as folder:
        for arguments, options in ((["-dbPath", folder], {}), ([], {"cwd": folder})):
            with Local(*arguments, **options) as server:
                if arguments:
                    call(server, "CreateTable", TABLE, "a")
                assert names(server, "a") == ["things"]
        assert os.listdir(folder) == ["pocketable-local"]
        # The other commands see the tables of -sharedDb as those of us-east-1.
        with Local("-dbPath", folder, "-sharedDb") as server:
            call(server, "CreateTable", {**TABLE, "TableName": "all"}, "a", "eu-west-1")
        seen = subprocess.run([PROGRAM, "call", "--dir", os.path.join(folder, "pocketable-local"),
                               "ListTables", "{}"], capture_output=True, timeout=20)
        assert json.loads(seen.stdout) == {"TableNames": ["all"]}, seen


def test_dynamodb_local__misuse_is_told():
    for arguments, status, text in (
            (["-nonsense"], 2, "unknown option -nonsense"),
            (["-port"], 2, "-port needs a value"),
            (["-port", "x"], 2, '-port is a number up to 65535, not "x"'),
            (["-port", "65536"], 2, "-port is a number"),
            (["-inMemory", "-dbPath", "."], 2, "-dbPath and -inMemory exclude each other"),
            (["-dbPath", os.path.join(os.sep, "no", "such")], 1, "there is no such directory")):
        done = subprocess.run([PROGRAM, "dynamodb-local", *arguments], capture_output=True,
                              timeout=20, text=True)
        assert done.returncode == status and done.stdout == "" and text in done.stderr, done
    done = subprocess.run([PROGRAM, "serve", "--namespaces", "x"], capture_output=True, timeout=20,
                          text=True)
    assert done.returncode == 2 and "--namespaces is region" in done.stderr, done
    for argument in ("-help", "--help", "-h"):
        done = subprocess.run([PROGRAM, "dynamodb-local", argument], capture_output=True,
                              timeout=20, text=True)
        assert done.returncode == 0 and "-delayTransientStatuses" in done.stdout, done
    done = subprocess.run([PROGRAM, "dynamodb-local", "-version"], capture_output=True, timeout=20,
                          text=True)
    assert done.returncode == 0 and re.fullmatch(r"[0-9.]+\n", done.stdout), done


wire.run_tests(dict(globals()), WANTED)
