"""Ways to reach something that answers DynamoDB's operations, and servers started for a test.

Owns: the two transports (HTTP, and the program's `call` over a pipe) and the life of the processes
behind them. Every process is ended by its own id. Used by the conformance suite and by the
differential tester; calls the standard library only.
"""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

REGION = "us-east-1"
START_SECONDS = 30
ANSWER_SECONDS = 60
OF_STREAMS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")


class EndpointError(Exception):
    """The endpoint cannot be reached, or does not answer as such an endpoint does."""


class Answer:
    """What came back: the HTTP status, the text as it was sent, and the text's JSON."""

    def __init__(self, status, text):
        self.status = status
        self.text = text
        try:
            self.body = json.loads(text) if text else None
        except ValueError:
            self.body = None

    @property
    def error(self):
        """The name of the error without its namespace, or None."""
        if isinstance(self.body, dict) and isinstance(self.body.get("__type"), str):
            return self.body["__type"].rpartition("#")[2]
        return None

    @property
    def message(self):
        """The error's text; some errors of the service spell the member with a capital."""
        if not isinstance(self.body, dict):
            return None
        return self.body.get("message", self.body.get("Message"))


class HttpEndpoint:
    """One kept-alive connection to a server."""

    def __init__(self, url, region=REGION):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EndpointError(f"not a URL of a server: {url}")
        self.url = url
        connect = http.client.HTTPSConnection if parts.scheme == "https" else (
            http.client.HTTPConnection)
        self._connection = connect(parts.hostname, parts.port, timeout=ANSWER_SECONDS)
        self._used = False
        self._authorization = (
            f"AWS4-HMAC-SHA256 Credential=test/20260101/{region}/dynamodb/aws4_request, "
            "SignedHeaders=host, Signature=0")

    def send(self, operation, body):
        """Sends the request; receive() must follow before the next one."""
        self._request = (operation, body)
        service = "DynamoDBStreams_20120810" if operation in OF_STREAMS else "DynamoDB_20120810"
        headers = {
            "X-Amz-Target": f"{service}.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": self._authorization,
        }
        data = body.encode()
        try:
            self._connection.request("POST", "/", data, headers)
        except (http.client.HTTPException, OSError) as error:
            self._connection.close()
            if not self._used:
                raise EndpointError(f"{self.url}: {error}") from error
            self._used = False  # the server had closed the idle connection; nothing was done yet
            self.send(operation, body)

    def receive(self):
        try:
            response = self._connection.getresponse()
            text = response.read().decode("utf-8", "surrogateescape")
        except http.client.RemoteDisconnected as error:
            # Closed while idle, as a server may: nothing of the request was answered.
            self._connection.close()
            if not self._used:
                raise EndpointError(f"{self.url}: {error}") from error
            self._used = False
            self.send(*self._request)
            return self.receive()
        except (http.client.HTTPException, OSError) as error:
            self._connection.close()
            raise EndpointError(
                f"{self.url}: no answer to {self._request[0]}: {error!r}") from error
        self._used = True
        return Answer(response.status, text)

    def call(self, operation, body):
        self.send(operation, body)
        return self.receive()

    def close(self):
        self._connection.close()


class ProgramEndpoint:
    """`pocketable call`: a line with operation and body in, a line with status and body out."""

    def __init__(self, program, arguments=()):
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [program, "call", "--region", REGION, *arguments], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self._log)

    def send(self, operation, body):
        # A line break in JSON stands between tokens only, where a space does as well.
        line = f"{operation} {body}".replace("\r", " ").replace("\n", " ")
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise EndpointError(f"the program has ended: {self._ending()}") from error

    def receive(self):
        timer = threading.Timer(ANSWER_SECONDS, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        status, _, text = line.decode("utf-8", "surrogateescape").rstrip("\n").partition(" ")
        if not status.isdigit():
            raise EndpointError(f"no answer from the program: {line!r} {self._ending()}")
        return Answer(int(status), text)

    def call(self, operation, body):
        self.send(operation, body)
        return self.receive()

    def _ending(self):
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            pass
        self._log.seek(0)
        return f"(exit status {self._process.poll()}) {self._log.read().decode(errors='replace')}"

    def close(self):
        """Ends the input; raises if the program does not end well then."""
        try:
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode != 0:
            raise EndpointError(f"the program ended badly: {self._ending()}")
        self._process.stdout.close()
        self._log.close()


class Server:
    """A server process of ours; `url` is where it listens."""

    def __init__(self, command, folder, log):
        self.log = log
        self._name = os.path.basename(command[0])
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                                        stdout=log, stderr=subprocess.STDOUT)
        self.url = None

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def wait_for(self, ready):
        """Waits until ready() answers the URL; raises if the process ends or takes too long."""
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            self.url = ready()
            if self.url:
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        output = self.output()
        self.stop(check=False)
        raise EndpointError(f"{self._name} does not serve:\n{output}")

    def stop(self, check=True):
        """Ends the process by its id. With check: raises if it does not end as it should."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            check = True
        status, output = self.process.returncode, self.output()
        self.log.close()
        if check and status != 0:
            raise EndpointError(f"{self._name} ended with status {status}:\n{output[-4000:]}")


def start_program(program, arguments=()):
    """`pocketable serve` on a free port, in memory unless the arguments say otherwise."""
    server = Server([os.path.abspath(program), "serve", "--port", "0", *arguments], None,
                    tempfile.TemporaryFile())

    def ready():
        found = re.search(r"http://127\.0\.0\.1:\d+", server.output())
        return found and found.group()

    return server.wait_for(ready)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_dynamodb_local(folder):
    """AWS's DynamoDB Local from the folder with its jar, in memory, on a free port."""
    port = free_port()
    server = Server(
        ["java", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar",
         "-inMemory", "-port", str(port)], folder, tempfile.TemporaryFile())

    def ready():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return None
        return f"http://127.0.0.1:{port}"

    return server.wait_for(ready)
