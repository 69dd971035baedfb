#!/usr/bin/env python3
"""Fails on an include that goes up a layer, and on what does not belong into the repository.

    layers.py ROOT      prints one line for each problem; exit status 1 if there is one

Layers, from the top: tools, bench and tests; api; engine. Within engine/src the folders of
ENGINE_FOLDERS and within api/src those of API_FOLDERS, of which each may include from itself and
from those before it. From outside, only the public headers (engine/include, api/include) may be
included; tests may include private ones, and api those of the engine's base.
Public headers include public headers and those of the C standard library, nothing else.

A quoted include must name a file of the repository, so that none escapes these rules.
"""
import os
import re
import subprocess
import sys

TOP_FOLDERS = {"tools": 2, "bench": 2, "tests": 2, "api": 1, "engine": 0}
TOP_FILES = {"CMakeLists.txt", "README.md", "LICENSE", "ARCHITECTURE.md", "CMakePresets.json"}
ENGINE_FOLDERS = ["base", "codec", "store", "table", "read", "write", "upkeep", "env"]
API_FOLDERS = ["failure", "json", "value", "shape", "expression", "partiql", "schema", "request",
               "operation", "database", "http"]
INCLUDE_ROOTS = ["engine/include", "api/include", "engine/src", "api/src", "api", "tests", "bench",
                 "tools"]
C_HEADERS = set("""assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h iso646.h limits.h
    locale.h math.h setjmp.h signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h
    stdio.h stdlib.h stdnoreturn.h string.h tgmath.h threads.h time.h uchar.h wchar.h
    wctype.h""".split())

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>|(.*))', re.MULTILINE)
# The home of a person or a checkout on somebody's machine.
MACHINE_PATH = re.compile(r"(?<![\w.})$~-])/(?:home|Users|root|work|workspace|mnt|srv)/[\w.-]")


def repository_files(root):
    """The files of the repository, sorted: those git knows or would add, else all but build/."""
    try:
        listed = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True).stdout.decode().split("\0")
        if os.path.exists(os.path.join(root, ".git")):
            return sorted(f for f in listed if f and os.path.isfile(os.path.join(root, f)))
    except (OSError, subprocess.CalledProcessError):
        pass
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f != "__pycache__"
                      and not (folder == root and f in (".git", "build"))]
        files += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(f for f in files if f != ".git")


def resolve(including, included, files):
    """The repository's file that an include names, or None. The own layer is looked at first."""
    top = including.split("/")[0]
    roots = sorted(INCLUDE_ROOTS, key=lambda place: place.split("/")[0] != top)
    for place in [os.path.dirname(including)] + roots:
        path = os.path.normpath(os.path.join(place, included))
        if path in files:
            return path
    return None


def folders_of(path):
    """The folders, lowest first, of the layer that a private file belongs to."""
    return {"engine/src": ENGINE_FOLDERS, "api/src": API_FOLDERS}.get("/".join(path.split("/")[:2]))


def rank(path):
    """Where a private file stands in the folders of its layer, or None."""
    parts = path.split("/")
    folders = folders_of(path)
    known = folders is not None and len(parts) == 4 and parts[2] in folders
    return folders.index(parts[2]) if known else None


def is_public(path):
    return path.startswith(("engine/include/", "api/include/"))


def problem_of(including, included):
    """Why one file of the repository may not include another, or None."""
    top, other = including.split("/")[0], included.split("/")[0]
    if TOP_FOLDERS[other] > TOP_FOLDERS[top]:
        return f"{top} is below {other}"
    if is_public(including) and not is_public(included):
        return "a public header includes a private one"
    if top == "api" and included.startswith("engine/src/base/"):
        return None
    if top != other and TOP_FOLDERS[other] < 2 and not is_public(included) and top != "tests":
        return f"{top} includes a private header of {other}"
    own, others = rank(including), rank(included)
    if top == other and own is not None and others is not None and others > own:
        return f"{folders_of(including)[own]} is below {folders_of(included)[others]}"
    return None


def include_problems(path, text, files):
    for match in INCLUDE.finditer(text):
        quoted, angled, computed = match.groups()
        name = quoted or angled
        where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
        if name is None:
            yield f"{where}: #include {computed}: no name that can be checked"
            continue
        found = resolve(path, name, files)
        if found is not None:
            why = problem_of(path, found)
        elif quoted or name.startswith("pocketable"):
            why = "no such file in the repository"
        else:
            outside = is_public(path) and name not in C_HEADERS
            why = "a public header includes only ours and the C library's" if outside else None
        if why:
            yield f"{where}: includes {name}: {why}"


def place_problems(path):
    parts = path.split("/")
    if len(parts) == 1:
        if parts[0] not in TOP_FILES and not parts[0].startswith("."):
            yield f"{path}: this file does not belong at the top level"
    elif parts[0] not in TOP_FOLDERS and not parts[0].startswith("."):
        yield f"{path}: {parts[0]} does not belong at the top level"
    elif folders_of(path) is not None and path.endswith((".c", ".h")) and rank(path) is None:
        yield f"{path}: not in one of the folders of {parts[0]} ({', '.join(folders_of(path))})"


def problems(root):
    files = repository_files(root)
    known = set(files)
    for path in files:
        yield from place_problems(path)
        try:
            with open(os.path.join(root, path), encoding="utf-8") as file:
                text = file.read()
        except UnicodeDecodeError:
            continue  # not text
        for match in MACHINE_PATH.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: a path of somebody's machine: {text[match.start():][:40].split()[0]}"
        if path.split("/")[0] in TOP_FOLDERS and path.endswith((".c", ".h", ".cc", ".cpp", ".hpp")):
            yield from include_problems(path, text, known)


def main(arguments):
    if len(arguments) != 2:
        print(__doc__)
        return 2
    found = list(problems(arguments[1]))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
