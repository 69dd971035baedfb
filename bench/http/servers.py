"""The servers that are measured: how each is started, asked, looked at, and ended by its id.

A server listens on a free port of 127.0.0.1. Nothing here waits for a server without a limit.
"""
import ctypes
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

START_LIMIT_S = 60
STOP_LIMIT_S = 10
ANSWER_LIMIT_S = 60
POLL_S = 0.0002

PR_SET_PDEATHSIG = 1
PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

# What SDKs send; the same as in load.lua.
HEADERS = {
    "Accept-Encoding": "identity",
    "Authorization": "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/dynamodb/aws4_request, "
                     "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" +
                     "0123456789abcdef" * 4,
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
}


class ServerError(Exception):
    """A server did not start or did not answer; one line."""


def end_with_parent():
    if PRCTL is not None:
        PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_in_order():
    """Has SIGTERM end this process as Ctrl-C does: through the contexts, which end servers."""
    def interrupt(number, frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupt)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Kind:
    """A server that can be started any number of times."""

    def __init__(self, name, command, version="", cwd=None, env=None):
        self.name = name
        self.command = command  # the arguments; "{port}" in them is the port
        self.version = version
        self.cwd = cwd
        self.env = env


class Answer:
    """An answer: status, the body as bytes, and the bytes of head and body together."""

    def __init__(self, response):
        self.status = response.status
        self.body = response.read()
        head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
        self.bytes = len(f"HTTP/1.1 {response.status} {response.reason}\r\n\r\n") + head + \
            len(self.body)

    def json(self):
        return json.loads(self.body)


class Client:
    """One connection that is kept."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_LIMIT_S)

    def call(self, operation, body):
        """body: a text, or what becomes JSON."""
        text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
        self.connection.request("POST", "/", text.encode(), {
            **HEADERS, "X-Amz-Target": "DynamoDB_20120810." + operation})
        return Answer(self.connection.getresponse())

    def close(self):
        self.connection.close()


class Running:
    """A started server: a context that ends it."""

    def __init__(self, kind, dies_with_parent=True):
        self.kind = kind
        self.port = free_port()
        self.stderr = tempfile.TemporaryFile()
        # A fork with code of ours in it takes milliseconds more, which start times leave out.
        guard = {"preexec_fn": end_with_parent} if dies_with_parent else {}
        command = [text.replace("{port}", str(self.port)) for text in kind.command]
        self.started_at = time.perf_counter()
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.stderr,
                cwd=kind.cwd, env=None if kind.env is None else {**os.environ, **kind.env}, **guard)
        except OSError as error:
            self.stderr.close()
            raise ServerError(f"{kind.name}: {error}") from None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()

    def wait_ready(self):
        """Seconds from its start to its first good answer to ListTables."""
        request = (f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: 2\r\n" +
                   "X-Amz-Target: DynamoDB_20120810.ListTables\r\nConnection: close\r\n" +
                   "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()) +
                   "\r\n{}").encode()
        while True:
            if answers_well(self.port, request):
                return time.perf_counter() - self.started_at
            if self.process.poll() is not None or \
                    time.perf_counter() - self.started_at > START_LIMIT_S:
                raise ServerError(f"{self.kind.name} did not start: {self.said()}")
            time.sleep(POLL_S)

    def memory_bytes(self):
        """What it has resident, and its proportional share of that."""
        found = {}
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="utf-8") as file:
            for line in file:
                name, _, rest = line.partition(":")
                if name in ("Rss", "Pss"):
                    found[name] = int(rest.split()[0]) * 1024
        return found["Rss"], found["Pss"]

    def said(self):
        """The end of what it wrote to stderr."""
        self.stderr.seek(0)
        lines = self.stderr.read().decode("utf-8", "replace").split("\n")
        said = " / ".join(line.strip() for line in lines if line.strip())
        return said[-300:] or "it said nothing"

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.stderr.close()


def answers_well(port, request):
    """Whether the port takes a connection and answers the request with 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=ANSWER_LIMIT_S) as link:
            link.sendall(request)
            return link.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
