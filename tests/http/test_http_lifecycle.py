#!/usr/bin/env python3
"""The server as a process: ready, full of work, ended. test_http_lifecycle.py PROGRAM [TEST...]"""
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import wire

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
SANITIZED = os.environ.get("PT_SANITIZED", "") != ""
TABLE = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}


class Folder:
    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="pocketable-http-")
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path)


def run(*arguments, timeout_s=20):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, timeout=timeout_s)


def test_lifecycle__ready_within_milliseconds():
    times = []
    for _ in range(5):
        started = time.monotonic()
        with wire.Server(PROGRAM) as server, server.connect() as c:
            assert c.call("DescribeEndpoints", "{}").status == 200
            times.append(time.monotonic() - started)
    print(f"  from the start to the first answer: {min(times) * 1000:.1f} ms at best")
    assert min(times) < (5 if SANITIZED else 0.5), times


def test_lifecycle__line_says_where():
    with wire.Server(PROGRAM, "--quiet") as server:
        assert server.line == f"pocketable serves http://127.0.0.1:{server.port} (in memory)\n"
    with Folder() as folder, wire.Server(PROGRAM, "--dir", f"{folder}/db") as server:
        assert server.line.endswith(f" ({folder}/db)\n"), server.line


def test_lifecycle__memory_leaves_nothing_behind():
    with Folder() as folder:
        before = set(os.listdir("/dev/shm"))
        with wire.Server(PROGRAM, cwd=folder):
            pass
        with wire.Server(PROGRAM, cwd=folder) as server:
            server.signal(signal.SIGKILL)
            assert server.wait() == -signal.SIGKILL
            killed = server.port
        assert os.listdir(folder) == []
        left = {name for name in set(os.listdir("/dev/shm")) - before if "pocketable" in name}
        assert left == set(), left
        # Its port is free at once.
        status = None
        with subprocess.Popen([PROGRAM, "serve", "--port", str(killed)],
                              stdout=subprocess.PIPE) as again:
            assert str(killed).encode() in again.stdout.readline()
            again.send_signal(signal.SIGINT)
            status = again.wait(20)
        assert status == 0, status


def test_lifecycle__a_port_in_use_is_said_so():
    with wire.Server(PROGRAM) as server:
        other = run("serve", "--port", str(server.port))
        assert other.returncode == 1, other
        for part in (f"port {server.port}", "127.0.0.1", "in use", "--port 0"):
            assert part in other.stderr.decode(), other.stderr
        assert other.stdout == b"", other.stdout


def test_lifecycle__misuse_is_explained():
    cases = (["--port", "65536"], ["--port", "x"], ["--threads", "257"], ["extra"],
             ["--connections", "1000001"], ["--idle-timeout", "86401"],
             ["--durability", "durable"], ["--durability", "memory", "--dir", "x"],
             ["--durability", "other"], ["--error-style", "2026"])
    with Folder() as folder:
        for arguments in cases:
            ended = run("serve", *arguments)
            assert ended.returncode == 2 and ended.stderr != b"", (arguments, ended)
        for arguments, word in ((["--address", "no.such.host.invalid"], "address"),
                                (["--address", "192.0.2.1"], "192.0.2.1"),
                                (["--dir", f"{folder}/a/b"], f"{folder}/a/b")):
            ended = run("serve", "--port", "0", *arguments)
            assert ended.returncode == 1 and word in ended.stderr.decode(), (arguments, ended)
        assert os.listdir(folder) == []
    text = run("serve", "--help")
    assert text.returncode == 0 and b"boto3" in text.stdout
    assert max(map(len, text.stdout.decode().splitlines())) <= 100


def test_lifecycle__signals_end_it_quickly():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        with wire.Server(PROGRAM) as server, server.connect() as idle, server.connect() as c:
            c.call("DescribeEndpoints", "{}")
            started = time.monotonic()
            server.signal(number)
            assert server.wait() == 0, number
            took = time.monotonic() - started
            assert took < (5 if SANITIZED else 1), took
            assert c.at_end() and idle.at_end()


def test_lifecycle__half_a_request_does_not_hold_it_up():
    with wire.Server(PROGRAM) as server, server.connect() as c:
        c.send(wire.request("DescribeEndpoints", "{}", length=False,
                            headers=["Content-Length: 1000"]))
        time.sleep(0.05)
        started = time.monotonic()
        server.stop()
        took = time.monotonic() - started
        assert took < (5 if SANITIZED else 1), took


def test_lifecycle__a_request_that_is_being_sent_is_answered():
    data = wire.request("DescribeEndpoints", "{" + " " * 1000 + "}")
    with wire.Server(PROGRAM) as server, server.connect() as c:
        c.send(data[:-500])
        time.sleep(0.05)
        server.signal()
        time.sleep(0.05)
        c.send(data[-500:])
        answer = c.receive().check()
        assert answer.status == 200 and answer.headers["connection"] == "close"
        assert c.at_end()
        assert server.wait() == 0


def test_lifecycle__nobody_is_accepted_any_more():
    with wire.Server(PROGRAM) as server:
        server.stop()
        try:
            socket.create_connection(("127.0.0.1", server.port), 1).close()
            raise AssertionError("accepted")
        except ConnectionRefusedError:
            pass


def test_lifecycle__clients_that_send_at_one_moment():
    """Whatever their number: libmicrohttpd by itself waits for one more where there are 128."""
    for threads in ("1", "2"):
        for count in (1, 64, 127, 128, 129, 256, 300):
            with wire.Server(PROGRAM, "--threads", threads) as server:
                connections = [server.connect() for _ in range(count)]
                for c in connections:
                    c.call("DescribeEndpoints", "{}")
                server.signal(signal.SIGSTOP)
                os.waitid(os.P_PID, server.process.pid, os.WSTOPPED | os.WNOWAIT)
                for c in connections:
                    c.send(wire.request("DescribeEndpoints"))
                server.signal(signal.SIGCONT)
                for c in connections:
                    assert c.receive().check().status == 200
                    c.close()


def test_lifecycle__more_clients_than_files():
    """Those that find no file for their connection are served when others have left."""
    def few_files():
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    with wire.Server(PROGRAM, preexec_fn=few_files) as server:
        connections = [server.connect() for _ in range(60)]
        for c in connections:
            c.send(wire.request("DescribeEndpoints"))
        for c in connections:
            assert c.receive().check().status == 200
            c.close()


def write_until_the_end(server, writer, acknowledged, problems):
    """Puts items until the server ends; keeps the number of every one that was acknowledged."""
    number = 0
    try:
        with server.connect() as c:
            while True:
                item = {"k": {"S": f"{writer}-{number}"}, "v": {"N": str(number)}}
                answer = c.call("PutItem", {"TableName": "things", "Item": item})
                if answer.status != 200:
                    problems.append(answer.body)
                    return
                acknowledged.append(f"{writer}-{number}")
                number += 1
                if answer.headers["connection"].lower() == "close":
                    return
    except (EOFError, OSError):
        pass  # the end
    except Exception as error:  # pylint: disable=broad-except
        problems.append(error)


def end_during_load(number, durability):
    acknowledged, problems = [], []
    with Folder() as folder:
        with wire.Server(PROGRAM, "--dir", folder, "--durability", durability) as server:
            with server.connect() as c:
                assert c.call("CreateTable", TABLE).status == 200
            writers = [threading.Thread(target=write_until_the_end,
                                        args=(server, i, acknowledged, problems))
                       for i in range(64)]
            for writer in writers:
                writer.start()
            time.sleep(0.6)
            started = time.monotonic()
            server.signal(number)
            assert server.wait() == 0
            took = time.monotonic() - started
            for writer in writers:
                writer.join()
            assert server.said() == "", server.said()
        assert problems == [], problems[:3]
        assert took < (10 if SANITIZED else 1), took
        assert len(acknowledged) > 64, len(acknowledged)
        print(f"  {len(acknowledged)} writes acknowledged, ended in {took * 1000:.0f} ms")
        with wire.Server(PROGRAM, "--dir", folder) as server, server.connect() as c:
            for key in acknowledged:
                c.send(wire.request("GetItem", {"TableName": "things", "Key": {"k": {"S": key}}}))
                answer = c.receive()
                assert json.loads(answer.body).get("Item", {}).get("k") == {"S": key}, key
        assert sorted(os.listdir(folder)) == ["data.mdb", "lock.mdb"], os.listdir(folder)
        assert run("check", folder, timeout_s=60).returncode == 0


def test_lifecycle__acknowledged_writes_outlive_sigterm_under_load():
    end_during_load(signal.SIGTERM, "durable")


def test_lifecycle__acknowledged_writes_outlive_sigint_under_load():
    end_during_load(signal.SIGINT, "relaxed")


wire.run_tests(dict(globals()), WANTED)
