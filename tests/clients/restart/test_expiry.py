"""Items that expire while the server is killed, started again, or has nothing to do.

POCKETABLE_PROGRAM with --dir. The random numbers follow PTE_SEED.
"""
import os
import random
import signal
import subprocess
import sys
import time
import unittest

import boto3
import botocore.config

import kept

SEED = int(os.environ.get("PTE_SEED", "20261130"))
CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=5,
                                read_timeout=30)
TABLE = "expiring"
ROUNDS = 5
DOOMED = 1500           # more than one commit of expiry takes
LASTING = 40
EXPIRY_LIMIT_S = 20     # a sanitized server on a busy machine; two seconds are usual
LONG_S = 3600
IDLE_S = 4
IDLE_CPU_MAX = 0.02     # of one processor, of a server that only waits


class TestExpiry(kept.KeptTest):
    @staticmethod
    def table(place):
        return boto3.resource("dynamodb", endpoint_url=place.url, config=CONFIG).Table(TABLE)

    def make_table(self, place):
        client = boto3.client("dynamodb", endpoint_url=place.url, config=CONFIG)
        client.create_table(
            TableName=TABLE, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"},
                                  {"AttributeName": "color", "AttributeType": "S"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
            GlobalSecondaryIndexes=[{
                "IndexName": "by-color", "Projection": {"ProjectionType": "KEYS_ONLY"},
                "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}]}])
        client.update_time_to_live(
            TableName=TABLE,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})

    @staticmethod
    def keys(table, **more):
        """The keys of all items, page by page."""
        found = []
        page = table.scan(ProjectionExpression="pk", **more)
        while True:
            found += [item["pk"] for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return sorted(found)
            page = table.scan(ProjectionExpression="pk", **more,
                              ExclusiveStartKey=page["LastEvaluatedKey"])

    def put(self, table, round_number):
        """Puts items, some of which expire in a moment; when that is."""
        expires = int(time.time()) + 2
        with table.batch_writer() as batch:
            for i in range(DOOMED):
                batch.put_item(Item={"pk": f"doomed {round_number} {i}", "color": "red",
                                     "expires": expires})
            for i in range(LASTING):
                batch.put_item(Item={"pk": f"lasting {round_number} {i}", "color": "blue",
                                     "expires": expires + LONG_S})
        return expires

    def check_files(self):
        """The checker has nothing to say of what the killed server left."""
        done = subprocess.run([kept.PROGRAM, "check", self.folder], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def assert_agrees(self, table, lasting, limit_s):
        """Table and index hold the same items: all that last, and at the end nothing else."""
        begin = time.monotonic()
        found = []
        while time.monotonic() - begin < limit_s:
            found = self.keys(table)
            self.assertLessEqual(lasting, set(found))
            if len(found) == len(lasting):
                self.assertEqual(found, self.keys(table, IndexName="by-color"))
                return
            time.sleep(0.05)
        self.fail(f"{len(found) - len(lasting)} items did not expire")

    def run_round(self, number, lasting, numbers):
        """Fills the table, and kills the server about when the items expire."""
        place = self.serve()
        with self.assertRaises(kept.server.ServerError):
            with place:
                if number == 0:
                    self.make_table(place)
                expires = self.put(self.table(place), number)
                lasting |= {f"lasting {number} {i}" for i in range(LASTING)}
                time.sleep(max(0.0, expires + 0.9 + numbers.random() * 1.3 - time.time()))
                place.process.send_signal(signal.SIGKILL)
                place.process.wait(10)
        self.check_files()

    def test_killed_while_items_expire(self):
        numbers = random.Random(SEED)
        print(f"seed: {SEED} (PTE_SEED={SEED} repeats it)", file=sys.stderr)
        lasting = set()
        for number in range(ROUNDS):
            self.run_round(number, lasting, numbers)
        with self.serve() as place:
            self.assert_agrees(self.table(place), lasting, EXPIRY_LIMIT_S)
        self.check_files()

    def test_time_to_live_is_kept(self):
        """What expires while no server runs is gone soon after the next starts."""
        with self.serve() as place:
            self.make_table(place)
            self.put(self.table(place), 0)
        time.sleep(2)
        with self.serve() as place:
            described = self.table(place).meta.client.describe_time_to_live(TableName=TABLE)
            self.assertEqual(described["TimeToLiveDescription"],
                             {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"})
            self.assert_agrees(self.table(place), {f"lasting 0 {i}" for i in range(LASTING)},
                               EXPIRY_LIMIT_S)

    @unittest.skipUnless(sys.platform == "linux", "reads /proc")
    def test_waiting_costs_nothing(self):
        """A server whose items expire later does not work meanwhile."""
        with self.serve() as place:
            self.make_table(place)
            self.table(place).put_item(Item={"pk": "later", "color": "red",
                                             "expires": int(time.time()) + LONG_S})
            time.sleep(1)

            def used_s():
                with open(f"/proc/{place.process.pid}/stat", encoding="ascii") as file:
                    fields = file.read().rpartition(")")[2].split()
                return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

            before = used_s()
            time.sleep(IDLE_S)
            self.assertLessEqual(used_s() - before, IDLE_S * IDLE_CPU_MAX)


if __name__ == "__main__":
    unittest.main()
