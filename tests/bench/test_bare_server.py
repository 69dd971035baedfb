#!/usr/bin/env python3
"""test_bare_server.py PROGRAM: the server that others are measured against answers every request
with its body, on connections that are kept, and ends when it is asked to."""
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

LIMIT_S = 30
BODY = b'{"Item":{"PK":{"S":"USER#1"}}}' * 10


class TestBareServer(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.body = os.path.join(place.name, "body")
        with open(self.body, "wb") as file:
            file.write(BODY)

    def start(self, *more):
        """Its process and port."""
        process = subprocess.Popen([PROGRAM, "--port", "0", "--body", self.body, *more],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        line = process.stdout.readline()
        self.assertIn("http://127.0.0.1:", line)
        return process, int(line.rsplit(":", 1)[1])

    def ask(self, connection, request=b"{}"):
        connection.request("POST", "/", request, {"X-Amz-Target": "DynamoDB_20120810.GetItem"})
        response = connection.getresponse()
        self.assertEqual((200, BODY), (response.status, response.read()))
        return dict(response.getheaders())

    def test_it_answers_with_the_body_and_pocketables_headers(self):
        _, port = self.start()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
        headers = self.ask(connection)
        # Those of README's server, see api/src/http/answer.c.
        self.assertEqual({"Date", "Connection", "Server", "Content-Type", "x-amzn-RequestId",
                          "x-amz-crc32", "Content-Length"}, set(headers))
        self.assertEqual(("Keep-Alive", "application/x-amz-json-1.0", str(len(BODY))),
                         (headers["Connection"], headers["Content-Type"],
                          headers["Content-Length"]))
        socket = connection.sock
        for request in (b"", b"x" * 100_000, b"{}"):
            self.ask(connection, request)
        self.assertIs(socket, connection.sock, "the connection was not kept")
        connection.close()

    def test_many_connections_at_once(self):
        _, port = self.start("--threads", "3")
        connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
                       for _ in range(100)]
        failed = []

        def use(some):
            try:
                for _ in range(3):
                    for connection in some:
                        self.ask(connection)
            except (AssertionError, OSError) as error:
                failed.append(error)
        threads = [threading.Thread(target=use, args=(connections[i::4],)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT_S)
        for connection in connections:
            connection.close()
        self.assertEqual([], failed)

    def test_it_ends_when_asked_even_with_connections(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            process, port = self.start()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)
            self.ask(connection)
            process.send_signal(number)
            self.assertEqual(0, process.wait(LIMIT_S))
            connection.close()

    def refused(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=LIMIT_S, check=False)
        return done.returncode, done.stderr

    def test_options_that_are_not_understood(self):
        for arguments in ([], ["--port"], ["--prot", "1", "--body", self.body],
                          ["--port", "65536", "--body", self.body],
                          ["--port", "0", "--body", self.body, "--threads", "0"],
                          ["--port", "0x", "--body", self.body]):
            status, text = self.refused(*arguments)
            self.assertEqual((2, 1), (status, text.count("\n")), arguments)
            self.assertIn("--help", text)

    def test_a_body_that_cannot_be_read(self):
        status, text = self.refused("--port", "0", "--body", self.body + "-is-not-here")
        self.assertEqual(1, status)
        self.assertIn("No such file", text)
        with open(self.body, "wb") as file:
            file.truncate((1 << 20) + 1)
        self.assertEqual(1, self.refused("--port", "0", "--body", self.body)[0])

    def test_a_port_that_is_taken(self):
        _, port = self.start()
        status, text = self.refused("--port", str(port), "--body", self.body)
        self.assertEqual((1, True), (status, "Address already in use" in text))

    def test_help(self):
        done = subprocess.run([PROGRAM, "--help"], stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(0, done.returncode)
        self.assertIn("Usage: bench_bare_server", done.stdout)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
