"""The parts of a run: what each needs, and the command that measures it and writes its JSON."""
import os
import sys

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

BUILD_PACKAGES = ["gcc", "libc6-dev", "cmake", "ninja-build", "pkg-config|pkgconf", "liblmdb-dev",
                  "libmsgpack-dev|libmsgpack-c-dev", "libxxhash-dev", "libyajl-dev", "zlib1g-dev",
                  "libmicrohttpd-dev", "libgnutls28-dev", "libyaml-dev"]


class Part:
    """name, what it measures, Debian's packages beside those of the build, CMake's targets, and
    command: from the build's folder, the JSON file, and whether it is to be quick."""

    def __init__(self, name, summary, packages, targets, command, programs=None):
        self.name = name
        self.summary = summary
        self.packages = packages
        self.targets = targets
        self.command = command
        self.programs = programs or {}  # packages for programs that may have come otherwise


def _program(name, quick):
    """A program of bench/; quick: its arguments in a quick run."""
    def command(build, json, is_quick):
        return [os.path.join(build, "bench", name), "--json", json, *(quick if is_quick else [])]
    return command


def _script(name):
    def command(build, json, is_quick):
        return [sys.executable, os.path.join(BENCH, "http", name), "--build", build, "--json", json,
                *(["--quick"] if is_quick else [])]
    return command


def _sizes(build, json, is_quick):
    del is_quick
    return [sys.executable, os.path.join(BENCH, "sizes.py"), build, "--json", json]


PEER_PROGRAMS = {"java": "default-jre-headless", "node": "nodejs", "npm": "npm"}

PARTS = [
    Part("in_process", "the engine and JSON calls next to LMDB and SQLite, in one process",
         ["libsqlite3-dev"], ["engine_bench"],
         _program("engine_bench", ["--items", "20000", "--operations", "1000", "--slices", "6",
                                   "--durable", "4"])),
    Part("growth", "what more items and more tables cost, and a bulk load",
         [], ["growth_bench"],
         _program("growth_bench", ["--items-max", "100000", "--tables-max", "100", "--operations",
                                   "1000", "--slices", "6"])),
    Part("footprint", "starts in one process, memory and disk with many items",
         ["libsqlite3-dev"], ["footprint_bench"],
         _program("footprint_bench", ["--items", "20000", "--slices", "4"])),
    Part("sizes", "the program and the libraries, stripped", ["binutils"], ["all"], _sizes),
    Part("start", "start to first answer, and idle memory, of each server",
         [], ["pocketable", "bench_bare_server"], _script("starts.py"), PEER_PROGRAMS),
    Part("http", "requests a second over HTTP, of each server",
         ["wrk"], ["pocketable", "bench_bare_server"], _script("rates.py"), PEER_PROGRAMS),
]
