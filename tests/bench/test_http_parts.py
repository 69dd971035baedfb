#!/usr/bin/env python3
"""test_http_parts.py BUILD: the requests of the measurements over HTTP are what they are said to
be, a server that answers wrongly is found out, and a tiny run writes what the report reads."""
import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
sys.path += [os.path.join(BENCH, "http"), os.path.join(BENCH, "report")]
import check  # noqa: E402
import disk  # noqa: E402
import form  # noqa: E402
import peers  # noqa: E402
import photos  # noqa: E402
import servers  # noqa: E402
import wrk  # noqa: E402

ITEMS = 400
RUN_LIMIT_S = 200


class TestPhotos(unittest.TestCase):
    def lines(self, kind):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lines")
            numbers = photos.write_lines(path, kind, ITEMS, 1)
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
        self.assertEqual(len(numbers), len(lines))
        return list(zip(numbers, map(json.loads, lines)))

    def test_keys_name_their_numbers(self):
        keys = set()
        for number in range(1000):
            item = photos.item_of(number)
            self.assertEqual(number, photos.number_of(item))
            keys.add((item["PK"]["S"], item["SK"]["S"]))
        self.assertEqual(1000, len(keys))

    def test_ten_items_are_of_each_key(self):
        for number in (0, 7, 123, 399):
            table, index = photos.table_numbers(number), photos.index_numbers(number)
            self.assertEqual((10, 10), (len(table), len(index)))
            self.assertEqual({number}, set(table) & set(index))
            self.assertEqual({photos.pk_of(number)}, {photos.pk_of(one) for one in table})
            self.assertEqual({photos.sk_of(number)}, {photos.sk_of(one) for one in index})
            self.assertEqual(sorted(map(photos.sk_of, table)), list(map(photos.sk_of, table)))
            self.assertEqual(sorted(map(photos.pk_of, index)), list(map(photos.pk_of, index)))

    def test_no_two_writes_name_one_item(self):
        for kind in photos.KINDS:
            named = [number for numbers, _ in self.lines(kind) for number in numbers]
            self.assertTrue(named)
            self.assertEqual(len(named), len(set(named)), kind.operation)

    def test_puts_and_updates_are_of_two_halves(self):
        for operation, lower in (("PutItem", True), ("BatchWriteItem", True),
                                 ("UpdateItem", False)):
            for numbers, _ in self.lines(photos.KIND_OF[operation]):
                self.assertEqual({lower}, {number < ITEMS // 2 for number in numbers})
        for numbers, body in self.lines(photos.KIND_OF["TransactWriteItems"]):
            self.assertEqual([True, False, False], [number < ITEMS // 2 for number in numbers])
            self.assertEqual(3, len(body["TransactItems"]))

    def test_sizes(self):
        for _, body in self.lines(photos.KIND_OF["BatchWriteItem"]):
            self.assertEqual(25, len(body["RequestItems"][photos.TABLE]))

    def test_an_item_that_differs_is_not_right(self):
        item = photos.item_of(5)
        self.assertTrue(photos.item_is_right(item))
        self.assertTrue(photos.item_is_right(photos.item_of(5, photos.VERSION_FIRST + 7)))
        self.assertTrue(photos.item_is_right(photos.item_of(5, likes=photos.LIKES_FIRST + 7)))
        for name in item:
            wrong = copy.deepcopy(item)
            del wrong[name]
            self.assertFalse(photos.item_is_right(wrong), name)
        for name, value in (("caption", {"S": "another"}), ("views", {"N": "5"}),
                            ("likes", {"N": "999999"}), ("reactions", {"M": {}}),
                            ("more", {"S": "x"}), ("PK", {"S": "USER#x"}), ("views", None)):
            self.assertFalse(photos.item_is_right({**item, name: value}), name)


class TestCheck(unittest.TestCase):
    """Against a pocketable of its own."""

    def setUp(self):
        running = servers.Running(peers.pocketable(BUILD))
        self.addCleanup(running.stop)
        running.wait_ready()
        self.subject = check.Subject(running, ITEMS)
        self.asker = check.Asker(self.subject)
        self.addCleanup(self.asker.client.close)
        self.asker.load()

    def sample(self, operation):
        kind = photos.KIND_OF[operation]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lines")
            numbers = photos.write_lines(path, kind, ITEMS, 1)
            with open(path, encoding="utf-8") as file:
                lines = file.read().splitlines()
        return check.sample(self.subject, kind, lines, numbers, 20)

    def wrong(self, text, what):
        with self.assertRaises(check.WrongAnswer) as caught:
            what()
        self.assertIn(text, str(caught.exception))

    def tamper(self, item):
        self.asker.ask("PutItem", {"TableName": photos.TABLE, "Item": item})

    def test_a_right_server_passes(self):
        for kind in photos.KINDS:
            self.assertGreater(self.sample(kind.operation), 100)
        self.assertGreater(self.subject.likes, 0)
        self.asker.whole(set())
        self.assertGreater(self.subject.answers_checked, ITEMS)

    def test_a_wrong_item_is_found(self):
        self.tamper({**photos.item_of(3), "caption": {"S": "another"}})
        self.wrong("GetItem of item 3", lambda: self.asker.item(3))
        self.wrong("Query of item 5's ten", lambda: self.asker.query(5, False))
        self.wrong("by index", lambda: self.asker.query(3, True))
        self.wrong("Scan found", lambda: self.asker.whole(set()))

    def test_a_missing_item_is_found(self):
        self.asker.ask("DeleteItem", photos.get_body(3))
        self.wrong("GetItem of item 3", lambda: self.asker.item(3))
        self.wrong("Query", lambda: self.asker.query(3, True))
        self.wrong(f"Scan found {ITEMS - 1} of {ITEMS}", lambda: self.asker.whole(set()))

    def test_lost_and_repeated_updates_are_found(self):
        self.subject.likes = 1
        self.wrong("0 likes were added, not 1 to 1", lambda: self.asker.whole(set()))
        self.tamper(photos.item_of(300, likes=photos.LIKES_FIRST + 3))
        self.subject.likes_more = 1
        self.wrong("3 likes were added, not 1 to 2", lambda: self.asker.whole(set()))
        self.subject.likes_more = 2
        self.asker.whole(set())

    def test_lost_puts_are_found(self):
        self.wrong("item 7 was put, and is as before", lambda: self.asker.whole({7}))

    def test_an_unknown_operation_is_told_from_an_error(self):
        with self.assertRaises(check.NotOffered):
            self.asker.ask("MakeCoffee", {})
        with self.assertRaises(check.WrongAnswer) as caught:
            self.asker.ask("GetItem", {"TableName": "no-such-table", "Key": photos.key_of(1)})
        self.assertNotIsInstance(caught.exception, check.NotOffered)

    def test_the_bare_server_does_not_pass(self):
        with tempfile.NamedTemporaryFile() as body:
            body.write(json.dumps({"Item": photos.item_of(3)}).encode())
            body.flush()
            with servers.Running(peers.bare(BUILD, body.name)) as running:
                running.wait_ready()
                with check.Asker(check.Subject(running, ITEMS)) as asker:
                    asker.item(3)
                    self.wrong("GetItem of item 4", lambda: asker.item(4))
                    self.wrong("Query", lambda: asker.query(3, False))

    @unittest.skipIf(shutil.which("wrk") is None, "there is no wrk")
    def test_errors_between_checks_are_counted(self):
        kind = photos.KIND_OF["UpdateItem"]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "lines")
            photos.write_lines(path, kind, ITEMS, 1)
            done = wrk.run(self.subject, kind, path, [""] * 200, 2, 0.2, 0)
            self.assertGreaterEqual(self.subject.likes, done.requests)
            self.assertLessEqual(done.requests, done.least_sent * wrk.threads_of(2) + 2)
            self.asker.whole(set())
            self.asker.ask("DeleteTable", {"TableName": photos.TABLE})
            self.wrong("were not answered with 2xx",
                       lambda: wrk.run(self.subject, kind, path, [""] * 200, 2, 0.2, 0))

    def test_answers_of_another_length_are_found(self):
        class Done:
            requests, bytes = 1000, 500_000
        kind = photos.KIND_OF["GetItem"]
        wrk.expect_bytes(self.subject, kind, 1, Done, 500)
        self.wrong("1000 answers have", lambda: wrk.expect_bytes(self.subject, kind, 1, Done, 450))
        self.wrong("1000 answers have", lambda: wrk.expect_bytes(self.subject, kind, 1, Done, 550))


class TestServers(unittest.TestCase):
    def test_a_server_that_ends_at_once_is_no_server(self):
        kind = servers.Kind("short", [sys.executable, "-c", "raise SystemExit('no room')"])
        with servers.Running(kind) as running, self.assertRaises(servers.ServerError) as caught:
            running.wait_ready()
        self.assertIn("no room", str(caught.exception))

    def test_a_program_that_is_not_there(self):
        with self.assertRaises(servers.ServerError):
            servers.Running(servers.Kind("none", ["/no/such/program"]))

    def test_what_cannot_be_had_is_said(self):
        with mock.patch.dict(os.environ, {"PATH": "/no/such/folder"}):
            kinds, skipped = peers.find(["dynamodb-local", "dynalite"], BUILD, "", False)
        self.assertEqual([], kinds)
        self.assertEqual(["dynamodb-local", "dynalite"], [one["what"] for one in skipped])
        self.assertIn("there is no java", skipped[0]["why"])
        self.assertIn("there is no node", skipped[1]["why"])
        with tempfile.TemporaryDirectory() as empty:
            with self.assertRaises(peers.CannotBeHad) as caught:
                peers.find(["pocketable"], empty, "", False)
        self.assertIn("is not built", str(caught.exception))

    def test_the_disk_commits(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertGreater(disk.commits_per_second(folder, 0.05), 0)
        if os.path.isdir("/dev/shm"):
            self.assertTrue(disk.is_in_memory("/dev/shm"))


class TestRuns(unittest.TestCase):
    def run_script(self, name, *arguments):
        """What the part wrote, which must be in the form, and its results by operation."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "part.json")
            done = subprocess.run([sys.executable, os.path.join(BENCH, "http", name), "--build",
                                   BUILD, "--json", path, *arguments], cwd=folder,
                                  stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                  timeout=RUN_LIMIT_S, check=False)
            self.assertEqual(0, done.returncode, done.stderr)
            part = form.read_part(path)
            self.assertEqual(["part.json"], os.listdir(folder))
        return part, {(one["group"], one["operation"]): one for one in part["results"]}

    @unittest.skipIf(shutil.which("wrk") is None, "there is no wrk")
    def test_rates(self):
        with tempfile.TemporaryDirectory() as work:
            part, results = self.run_script("rates.py", "--quick", "--servers", "pocketable,bare",
                                            "--items", "400", "--seconds", "0.2", "--rounds", "1",
                                            "--work", work)
            self.assertEqual([], os.listdir(work))
        wanted = {("over HTTP, 16 connections", kind.operation) for kind in photos.KINDS}
        wanted |= {("over HTTP, 1 connection", "GetItem"), ("over HTTP, 64 connections", "GetItem")}
        if not any(one["what"] == "durable PutItem" for one in part["skipped"]):
            wanted.add(("over HTTP, durable", "PutItem"))
        self.assertEqual(wanted, set(results))
        get = results["over HTTP, 16 connections", "GetItem"]
        self.assertEqual({"pocketable", "bare"}, set(get["sides"]))
        self.assertEqual([("pocketable", "bare")],
                         [(one["of"], one["to"]) for one in get["ratios"]])
        self.assertAlmostEqual(get["sides"]["pocketable"] / get["sides"]["bare"],
                               get["ratios"][0]["value"])
        for result in results.values():
            self.assertGreater(result["checked"], 0)
            self.assertGreater(min(result["sides"].values()), 0)

    def test_starts(self):
        part, results = self.run_script("starts.py", "--servers", "pocketable,bare", "--runs", "2")
        self.assertEqual([], part["skipped"])
        start = results["start and idle", "start to first answer"]
        worst = results["start and idle", "start to first answer, worst"]
        for name in ("pocketable", "bare"):
            self.assertGreater(start["sides"][name], 0)
            self.assertGreaterEqual(worst["sides"][name], start["sides"][name])
        resident = results["start and idle", "idle memory, resident"]["sides"]["pocketable"]
        share = results["start and idle", "idle memory, its share"]["sides"]["pocketable"]
        self.assertTrue(0 < share <= resident)


if __name__ == "__main__":
    BUILD = os.path.abspath(sys.argv.pop(1))
    unittest.main()
