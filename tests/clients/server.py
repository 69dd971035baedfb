"""The server that the clients are to talk to: one that this process starts, or one that listens.

    with Pocketable("build/dev/tools/pocketable") as server:
        ... server.url ...

Every server is stopped by its process id. A server of ours that does not end with status 0 within
STOP_LIMIT_S of SIGTERM raises ServerError.
"""
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

START_LIMIT_S = 30  # a sanitized program on a busy machine
STOP_LIMIT_S = 5

PR_SET_PDEATHSIG = 1
PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class ServerError(Exception):
    """The server did not start, or did not end as it must."""


def end_with_parent():
    """Linux ends this process when its parent is killed, so that a test that ran out of time leaves
    no server behind."""
    if sys.platform == "linux":
        PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)


class Existing:
    """A server that somebody else started and will end."""

    def __init__(self, url, kind):
        self.url = url
        self.kind = kind

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


class Started:
    """A server that lives as long as the with statement; subclasses say how it starts."""

    kind = ""

    def __init__(self):
        self.url = None
        self.process = None
        self.stderr = None

    def __enter__(self):
        self.stderr = tempfile.TemporaryFile()
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *error):
        try:
            self.stop()
        finally:
            self.kill()

    def start(self):
        """Sets process and url, and returns once the server listens."""
        raise NotImplementedError

    def spawn(self, command, **options):
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=self.stderr,
                                        preexec_fn=end_with_parent, **options)

    def stop(self):
        """Ends the server; here without asking how it ends."""
        self.process.terminate()
        self.process.wait(STOP_LIMIT_S)

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.stderr.close()

    def said(self):
        """What it wrote to stderr, for messages."""
        self.stderr.seek(0)
        return self.stderr.read().decode("utf-8", "replace")


class Pocketable(Started):
    """`PROGRAM serve --port 0`, which prints where it listens."""

    kind = "pocketable"

    def __init__(self, program, arguments=()):
        super().__init__()
        self.command = [program, "serve", "--port", "0", *arguments]

    def start(self):
        self.spawn(self.command, stdout=subprocess.PIPE)
        listens = threading.Event()
        # The thread reads to the end, so that the server never waits for a full pipe.
        threading.Thread(target=self.read_stdout, args=(listens,), daemon=True).start()
        if not listens.wait(START_LIMIT_S) or self.url is None:
            raise ServerError(f"{' '.join(self.command)}: said nothing of where it listens in "
                              f"{START_LIMIT_S} s\n{self.said()}")

    def read_stdout(self, listens):
        with self.process.stdout as stdout:
            for line in stdout:
                place = re.search(rb"https?://127\.0\.0\.1:[0-9]+", line)
                if place is not None and self.url is None:
                    self.url = place.group().decode()
                    listens.set()
        listens.set()

    def stop(self):
        ended = self.process.poll()
        if ended is not None:
            raise ServerError(f"the server ended by itself, status {ended}\n{self.said()}")
        asked_at = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise ServerError(
                f"still there {STOP_LIMIT_S} s after SIGTERM\n{self.said()}") from None
        print(f"the server ended {time.monotonic() - asked_at:.2f} s after SIGTERM, "
              f"status {status}", file=sys.stderr)
        if status != 0:
            raise ServerError(f"status {status} after SIGTERM, not 0\n{self.said()}")


class DynamoDbLocal(Started):
    """AWS's DynamoDB Local, from the folder that holds its jar."""

    kind = "dynamodb-local"

    def __init__(self, folder):
        super().__init__()
        self.folder = folder

    @staticmethod
    def is_available(folder):
        return (shutil.which("java") is not None and
                os.path.exists(os.path.join(folder, "DynamoDBLocal.jar")))

    def start(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.spawn(["java", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar",
                    "-inMemory", "-port", str(port)], cwd=self.folder, stdout=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}"
        give_up_at = time.monotonic() + START_LIMIT_S
        while not answers(self.url):
            if self.process.poll() is not None or time.monotonic() > give_up_at:
                raise ServerError(f"DynamoDB Local did not start\n{self.said()}")
            time.sleep(0.1)


def answers(url):
    """Whether an HTTP server is there."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
