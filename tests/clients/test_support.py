#!/usr/bin/env python3
"""Proves that the runner sees what it is there to see: servers that do not start or do not end as
they must, clients that cannot be had, and that the made data has the shape that it promises."""
import collections
import contextlib
import io
import json
import os
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from unittest import mock

import npm_packages
import run_clients
import server
from npm_packages import CannotBeHad
from quick_photos import items

# What a server does when it is asked to end; the rest is the same.
PROGRAM = """\
#!{python}
import signal, sys, time
assert sys.argv[1:4] == ["serve", "--port", "0"], sys.argv
def end(*_):
    {end}
signal.signal(signal.SIGTERM, end)
{start}
while True:
    time.sleep(0.05)
"""
SAYS_WHERE = "print('pocketable listens on http://127.0.0.1:12345 now', flush=True)"


class TestServer(unittest.TestCase):
    def program(self, end="sys.exit(0)", start=SAYS_WHERE):
        """The path of a program that starts and ends so."""
        folder = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, folder)
        path = os.path.join(folder, "program")
        with open(path, "w", encoding="utf-8") as file:
            file.write(PROGRAM.format(python=sys.executable, end=end, start=start))
        os.chmod(path, stat.S_IRWXU)
        self.addCleanup(os.unlink, path)
        return path

    def use(self, path, *arguments):
        with contextlib.redirect_stderr(io.StringIO()):
            with server.Pocketable(path, arguments) as place:
                self.process = place.process
                return place.url

    def assert_wrong(self, text, path):
        with self.assertRaises(server.ServerError) as caught:
            self.use(path)
        self.assertIn(text, str(caught.exception))

    def test_url_and_arguments(self):
        check = "assert sys.argv[4:] == ['--dir', 'x'], sys.argv; " + SAYS_WHERE
        self.assertEqual(self.use(self.program(start=check), "--dir", "x"),
                         "http://127.0.0.1:12345")
        self.assertEqual(self.process.returncode, 0)

    def test_status_that_is_not_0(self):
        self.assert_wrong("status 3 after SIGTERM", self.program(
            end="sys.stderr.write('a leak'); sys.exit(3)"))
        self.assert_wrong("a leak", self.program(end="sys.stderr.write('a leak'); sys.exit(3)"))

    def test_no_end(self):
        with mock.patch.object(server, "STOP_LIMIT_S", 0.3):
            self.assert_wrong("still there", self.program(end="return"))
        self.assertIsNotNone(self.process.poll())

    def test_end_that_nobody_asked_for(self):
        path = self.program(start=SAYS_WHERE + "; sys.exit(0)")
        with self.assertRaises(server.ServerError) as caught:
            with server.Pocketable(path) as place:
                place.process.wait(10)
        self.assertIn("ended by itself, status 0", str(caught.exception))

    def test_no_start(self):
        self.assert_wrong("wrong option", self.program(start="sys.exit('wrong option')"))
        with mock.patch.object(server, "START_LIMIT_S", 0.3):
            self.assert_wrong("said nothing", self.program(start="print('hello', flush=True)"))

    def test_killed_runner_leaves_no_server(self):
        """The server ends with the process that started it."""
        script = textwrap.dedent(f"""\
            import sys; sys.path.insert(0, {npm_packages.HERE!r})
            import server
            with server.Pocketable({self.program()!r}) as place:
                print(place.process.pid, flush=True)
                sys.stdin.read()
            """)
        runner = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        with runner:
            pid = int(runner.stdout.readline())
            self.assertTrue(is_alive(pid))
            runner.kill()
        give_up_at = time.monotonic() + 10
        while is_alive(pid):
            self.assertLess(time.monotonic(), give_up_at)
            time.sleep(0.01)


def is_alive(pid):
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class TestRunner(unittest.TestCase):
    def run_with(self, need, command):
        """Status and output of a suite on a server that is not asked."""
        said = io.StringIO()
        with mock.patch.dict(run_clients.SUITES, {"boto3": (need, command)}):
            with contextlib.redirect_stdout(said):
                options = mock.Mock(endpoint="http://127.0.0.1:1", kind="pocketable")
                return run_clients.run("boto3", options), said.getvalue()

    def test_statuses(self):
        def missing():
            raise CannotBeHad("there is no such thing")

        self.assertEqual(self.run_with(lambda: None, ["true"]), (0, "boto3: passed\n"))
        self.assertEqual(self.run_with(lambda: None, ["false"]), (1, "boto3: FAILED\n"))
        self.assertEqual(self.run_with(missing, ["true"]),
                         (77, "boto3: skipped: there is no such thing\n"))

    def test_environment_is_clean(self):
        place = server.Existing("http://127.0.0.1:1", "pocketable")
        with mock.patch.dict(os.environ, {"AWS_PROFILE": "mine", "https_proxy": "http://x"}):
            found = run_clients.environment(place, "/nowhere")
        self.assertNotIn("AWS_PROFILE", found)
        self.assertNotIn("https_proxy", found)
        self.assertEqual(found["POCKETABLE_ENDPOINT"], "http://127.0.0.1:1")

    @unittest.skipUnless(sys.platform == "linux", "needs a PATH without npm")
    def test_missing_npm(self):
        with mock.patch.dict(os.environ, {"PATH": "/nowhere"}):
            with self.assertRaisesRegex(CannotBeHad, "there is no node"):
                npm_packages.ensure()

    def test_missing_chromium(self):
        with mock.patch.object(run_clients, "CHROMIUM", None):
            with mock.patch.object(run_clients, "need_javascript"):
                with self.assertRaisesRegex(CannotBeHad, "there is no chromium"):
                    run_clients.need_browser()

    def test_packages_are_pinned_and_name_no_registry(self):
        with open(os.path.join(npm_packages.HERE, "js", "package.json"), encoding="utf-8") as file:
            for name, version in json.load(file)["dependencies"].items():
                self.assertRegex(version, r"\A[0-9]+\.[0-9]+\.[0-9]+\Z", name)
        path = os.path.join(npm_packages.HERE, "js", "package-lock.json")
        with open(path, encoding="utf-8") as file:
            packages = json.load(file)["packages"]
        self.assertGreater(len(packages), 100)
        for name, package in packages.items():
            self.assertNotIn("resolved", package, name)
            self.assertTrue(name == "" or package["integrity"].startswith("sha512-"), name)


class TestQuickPhotosItems(unittest.TestCase):
    def test_counts(self):
        for seed in (1, 2, 3):
            made = items.generate(seed)
            prefixes = collections.Counter(
                item["SK"].split("#")[1] if item["SK"][0] == "#" else item["PK"].split("#")[0]
                for item in made)
            self.assertEqual(prefixes, {"METADATA": 20, "USER": 200, "REACTION": 584,
                                        "FRIEND": 163})
            self.assertEqual(len({item["PK"] for item in made}), 100)
            self.assertEqual(len({item["SK"] for item in made}), 240)

    def test_numbers_agree(self):
        made = items.generate(7)
        reactions = collections.Counter(
            (item["SK"], item["reactionType"]) for item in made if "reactionType" in item)
        followers = collections.Counter(
            item["followedUser"] for item in made if "followedUser" in item)
        for item in made:
            for kind, count in item.get("reactions", {}).items():
                self.assertEqual(count, reactions[item["SK"], kind])
            if "followers" in item:
                self.assertEqual(item["followers"], followers[item["username"]])
                self.assertGreater(item["following"], 0)

    def test_seed_decides(self):
        self.assertEqual(items.generate(5), items.generate(5))
        self.assertNotEqual(items.generate(5), items.generate(6))


if __name__ == "__main__":
    unittest.main()
