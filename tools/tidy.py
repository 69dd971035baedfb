#!/usr/bin/env python3
"""Runs clang-tidy on the C files of a build that have changed since they last passed.

    tidy.py BUILD STAMPS JOBS

BUILD has a compile_commands.json made with clang. A file is known by a hash over what the compiler
sees of it, headers and comments included, its command, the configuration and clang-tidy itself;
STAMPS holds an empty file for each hash that passed.
"""
import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys

TIDY = "clang-tidy-14"


def words_of(entry):
    """The compiler's words without those that say what to write."""
    words = entry.get("arguments") or shlex.split(entry["command"])
    kept, skip = [], False
    for word in words:
        if skip or word in ("-c", "-MD"):
            skip = False
        elif word in ("-o", "-MT", "-MF"):
            skip = True
        else:
            kept.append(word)
    return kept


def stamp_of(entry, salt):
    """The hash of all that clang-tidy's answer depends on, or None if the file does not compile."""
    words = words_of(entry)
    seen = subprocess.run(words + ["-E", "-C"], cwd=entry["directory"], capture_output=True,
                          check=False)
    if seen.returncode != 0:
        return None
    return hashlib.sha256(salt + repr(words).encode() + seen.stdout).hexdigest()


def check(entry, build, stamps, salt):
    """(file, whether it was looked at, what is wrong with it or None)"""
    stamp = stamp_of(entry, salt)
    if stamp and os.path.exists(os.path.join(stamps, stamp)):
        return entry["file"], False, None
    run = subprocess.run([TIDY, "-p", build, "--quiet", entry["file"]], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, check=False)
    if run.returncode != 0 or not stamp:
        return entry["file"], True, run.stdout
    with open(os.path.join(stamps, stamp), "w", encoding="utf-8"):
        pass
    return entry["file"], True, None


def main(build, stamps, jobs):
    os.makedirs(stamps, exist_ok=True)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = {entry["file"]: entry for entry in json.load(file)}.values()
    salt = b""
    for name in (".clang-tidy", "tests/.clang-tidy"):
        with open(name, "rb") as file:
            salt += file.read()
    salt += subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    with concurrent.futures.ThreadPoolExecutor(int(jobs)) as pool:
        results = list(pool.map(lambda entry: check(entry, build, stamps, salt), entries))
    for name, _, wrong in results:
        if wrong is not None:
            print(f"{os.path.relpath(name)}:\n{wrong}")
    print(f"{len(results)} files, {sum(looked for _, looked, _ in results)} looked at")
    return 1 if any(wrong is not None for _, _, wrong in results) else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
