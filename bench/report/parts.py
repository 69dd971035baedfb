"""The parts of a run: what each needs, and the command that measures it and writes its JSON."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
HTTP = os.path.join(os.path.dirname(HERE), "http")

BUILD_PACKAGES = ["gcc", "libc6-dev", "cmake", "ninja-build", "pkg-config|pkgconf", "liblmdb-dev",
                  "libmsgpack-dev|libmsgpack-c-dev", "libxxhash-dev", "libyajl-dev", "zlib1g-dev",
                  "libmicrohttpd-dev"]


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


def _program(name, *more):
    def command(build, json, quick):
        return [os.path.join(build, "bench", name), *more, "--json", json,
                *(["--quick"] if quick else [])]
    return command


def _script(name, *more):
    def command(build, json, quick):
        return [os.path.join(HTTP, name), *more, "--build", build, "--json", json,
                *(["--quick"] if quick else [])]
    return command


PEER_PROGRAMS = {"java": "default-jre-headless", "node": "nodejs", "npm": "npm"}

PARTS = [
    Part("in_process", "the engine and JSON calls next to LMDB and SQLite, in one process",
         ["libsqlite3-dev"], ["engine_bench"], _program("engine_bench")),
    Part("start", "start to first answer, and idle memory, of each server",
         [], ["pocketable", "bench_bare_server"], _script("starts.py"), PEER_PROGRAMS),
    Part("http", "requests a second over HTTP, of each server",
         ["wrk"], ["pocketable", "bench_bare_server"], _script("rates.py"), PEER_PROGRAMS),
]
