#!/usr/bin/env python3
"""How large what users get is: the program and the libraries, stripped."""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

LIMIT = 1_000_000  # bytes of the program's own code
OF_THE_SYSTEM = re.compile(r"^(linux-vdso|ld-linux|libc|libm|libpthread|libdl|librt)[.-]")

# A program that has a database in memory and answers one request.
PROGRAM = r"""
#include <pocketable.h>
int main(void) {
    pt_database *db; pt_reply reply; pte_error e;
    if (pt_open(&db, NULL, NULL, &e)) return 1;
    pt_call(&reply, db, pte_str("ListTables"), pte_str("{}"));
    int fine = reply.status == 200;
    pt_reply_clean_up(&reply);
    pt_close(db);
    return !fine;
}
"""


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip().splitlines() or ["it failed"])[-1])
    return done.stdout


def stripped(path, work):
    copy = pathlib.Path(work) / "stripped"
    run("strip", "-o", copy, path)
    return copy.stat().st_size


def code(path):
    """The bytes of code and constants in a program or library (what `size` calls text)."""
    return sum(int(line.split()[0]) for line in run("size", path).splitlines()[1:])


def needed(program):
    """The files of the libraries that a program loads, but for those of the system."""
    for line in run("ldd", program).splitlines():
        found = re.match(r"\s*(\S+) => (/\S+)", line)
        if found and not OF_THE_SYSTEM.match(found[1]):
            yield pathlib.Path(found[2]).resolve()


def embedded(build, root, work):
    """A program with the facade, the engine, LMDB, yajl and msgpack in it: only what it uses."""
    source = pathlib.Path(work) / "program.c"
    program = pathlib.Path(work) / "program"
    source.write_text(PROGRAM)
    run("cc", "-O2", "-o", program, source, f"-I{root}/api/include", f"-I{root}/engine/include",
        build / "api/libpocketable.a", "-Wl,--gc-sections", "-Wl,-Bstatic", "-llmdb", "-lyajl_s",
        "-Wl,-Bdynamic", "-Wl,--as-needed", "-lpthread", "-lm")
    run(program)
    return stripped(program, work)


def result(operation, value, limit=None, note=None):
    row = {"group": "size", "operation": operation, "unit": "bytes", "better": "less",
           "sides": {"pocketable": value}, "ratios": []}
    if limit:
        row["ratios"].append({"of": "pocketable", "to": f"the limit of {limit} bytes",
                              "value": round(value / limit, 3), "target": 1, "bound": "at most",
                              "met": value <= limit})
    if note:
        row["note"] = note
    return row


def measure(build, root):
    results, skipped = [], []
    program = build / "tools/pocketable"
    with tempfile.TemporaryDirectory() as work:
        results.append(result("program, stripped", stripped(program, work), LIMIT,
                              "the facade, the engine, the server and the tools but `bench`; other "
                              "libraries are loaded"))
        results.append(result("program, code and constants", code(program)))
        others = list(needed(program))
        results.append(result(
            "program, stripped, and the libraries that it loads",
            stripped(program, work) + sum(path.stat().st_size for path in others),
            note="without the C library's: " + ", ".join(sorted(path.name for path in others))))
        results.append(result("program of `pocketable bench`, stripped",
                              stripped(build / "tools/pocketable-bench", work),
                              note="a program of its own, with facade, engine and server again"))
        for name in ("engine/libpocketable_engine.so", "api/libpocketable.so",
                     "api/libpocketable_server.so"):
            path = build / name
            what = f"{path.name}, stripped"
            if path.exists():
                results.append(result(what, stripped(path.resolve(), work)))
            else:
                skipped.append({"what": what, "why": f"{path} is not built"})
        try:
            results.append(result("an embedding program, stripped", embedded(build, root, work),
                                  note="the facade, the engine, LMDB and yajl linked statically"))
        except (RuntimeError, OSError) as error:
            skipped.append({"what": "an embedding program", "why": str(error)})
    return {"part": "sizes", "settings": {"build": str(build)}, "results": results,
            "skipped": skipped}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help="the folder of a release build")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file too")
    options = parser.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent
    for tool in ("strip", "size", "ldd"):
        if shutil.which(tool) is None:
            sys.exit(f"sizes.py: {tool} is missing (Debian: binutils, libc-bin)")
    for name in ("tools/pocketable", "tools/pocketable-bench"):
        if not (options.build / name).exists():
            sys.exit(f"sizes.py: there is no {name} in {options.build}")
    part = measure(options.build.resolve(), root)
    for row in part["results"]:
        print(f"  {row['operation']:<52}{row['sides']['pocketable']:>12,} bytes")
    for row in part["skipped"]:
        print(f"  without {row['what']}: {row['why']}")
    if options.json:
        options.json.write_text(json.dumps(part, indent=2) + "\n")


if __name__ == "__main__":
    main()
