"""What the tests here share: POCKETABLE_PROGRAM, started and ended by each test, with a folder that
its database is kept in from one start to the next."""
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import server  # noqa: E402

PROGRAM = os.environ.get("POCKETABLE_PROGRAM")


class KeptTest(unittest.TestCase):
    def setUp(self):
        if PROGRAM is None:
            raise RuntimeError("POCKETABLE_PROGRAM is not set; run_clients.py sets it")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def serve(self):
        return server.Pocketable(PROGRAM, ["--dir", self.folder])
