"""A server as a child process, and connections to it as bytes: what the tests here share."""
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import zlib

SANITIZED = os.environ.get("PT_SANITIZED", "") != ""
CALL_TYPE = "application/x-amz-json-1.0"


class Server:
    """`pocketable serve` on a free port; ended by its process id."""

    def __init__(self, program, *arguments, **options):
        # What it has to say goes into a file: a pipe that nobody reads would stop it.
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE,
            stderr=self.errors, **options)
        self.waited = False
        self.line = self.process.stdout.readline().decode()
        found = re.search(r"https?://(127\.0\.0\.1|0\.0\.0\.0):(\d+)", self.line)
        if found is None:
            self.process.kill()
            raise AssertionError(f"no address in {self.line!r}: {self.said()!r}")
        self.port = int(found.group(2))

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self, timeout_s=20):
        """Its exit status."""
        self.waited = True
        return self.process.wait(timeout_s)

    def stop(self):
        self.signal()
        status = self.wait()
        assert status == 0, f"exit status {status}: {self.said()}"
        assert self.said() == "", self.said()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None and not self.waited:
            self.stop()
        elif self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def connect(self, timeout_s=20):
        return Connection(self.port, timeout_s)

    def memory_kb(self, what):
        """VmRSS: memory in use. VmHWM: the most there was."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(what + r":\s+(\d+) kB", status.read()).group(1))

    def peak_kb(self):
        return self.memory_kb("VmHWM")


class Response:
    def __init__(self, status, reason, version, headers, body):
        self.status, self.reason, self.version = status, reason, version
        self.headers, self.body = headers, body

    def json(self):
        return json.loads(self.body)

    def check(self):
        """What every answer of the service has."""
        assert self.headers["content-length"] == str(len(self.body)), self.headers
        assert self.headers["x-amz-crc32"] == str(zlib.crc32(self.body)), self.headers
        assert re.fullmatch(r"[0-9A-V]{52}", self.headers["x-amzn-requestid"]), self.headers
        assert self.headers["server"] == "Server", self.headers
        assert self.headers["date"].endswith(" GMT"), self.headers
        return self


class Connection:
    def __init__(self, port, timeout_s=20):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout_s)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        self.socket.sendall(data)

    def _more(self):
        data = self.socket.recv(1 << 16)
        if data == b"":
            raise EOFError("the connection has ended")
        self.received += data

    def _until(self, end):
        while end not in self.received:
            self._more()
        part, self.received = self.received.split(end, 1)
        return part

    def receive(self, has_body=True):
        """The next response, also one that says to go on (100)."""
        first, *lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, reason = first.split(" ", 2)
        headers = {}
        for line in lines:
            name, value = line.split(":", 1)
            assert name.lower() not in headers, f"{name} stands twice"
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0)) if has_body else 0
        while len(self.received) < length:
            self._more()
        body, self.received = self.received[:length], self.received[length:]
        return Response(int(status), reason, version, headers, body)

    def at_end(self):
        """The server has ended the connection and sent nothing more."""
        try:
            return self.received == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def call(self, operation, body, **options):
        """A call and its answer."""
        self.send(request(operation, body, **options))
        return self.receive().check()


def authorization(region, key="AKIDEXAMPLE"):
    return (f"AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/dynamodb/aws4_request, "
            f"SignedHeaders=host;x-amz-date, Signature=0123")


def request(operation, body="{}", *, method="POST", path="/", version="HTTP/1.1", region=None,
            content_type=CALL_TYPE, headers=(), length=True):
    """The bytes of a request. operation: None for no X-Amz-Target, else with or without prefix."""
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    body = body if isinstance(body, bytes) else body.encode()
    lines = [f"{method} {path} {version}", "Host: localhost"]
    if content_type is not None:
        lines.append(f"Content-Type: {content_type}")
    if operation is not None:
        prefix = "" if "." in operation else "DynamoDB_20120810."
        lines.append(f"X-Amz-Target: {prefix}{operation}")
    if region is not None:
        lines.append(f"Authorization: {authorization(region)}")
    lines += headers
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def run_tests(names, arguments):
    """Runs the functions test_* of a script, or those named as arguments."""
    wanted = arguments or sorted(name for name in names if name.startswith("test_"))
    for name in wanted:
        print(name, flush=True)
        names[name]()
    assert wanted, "no tests"


def program_and_rest(argv):
    return os.path.abspath(argv[1]), argv[2:]
