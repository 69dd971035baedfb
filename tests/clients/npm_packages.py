#!/usr/bin/env python3
"""Installs what the tests need of npm under build/clients/node_modules of the repository.

    npm_packages.py [--dynamodb-local]

The packages and their versions are those of js/package-lock.json, which names no registry: they
come from the one that npm is set to. No package's own script is run. --dynamodb-local adds AWS's
DynamoDB Local, which the npm package amplify-dynamodb-simulator carries in its folder emulator/;
of the package only its own files are unpacked, for the emulator needs none of its dependencies.

What is there already stays; two processes that install at once wait for each other. The exit status
is 0, or 77 with one line that says what cannot be had.
"""
import base64
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOLDER = os.path.join(ROOT, "build", "clients")
MODULES = os.path.join(FOLDER, "node_modules")
DYNAMODB_LOCAL = os.path.join(MODULES, "amplify-dynamodb-simulator", "emulator")

SIMULATOR = "amplify-dynamodb-simulator@2.9.30"
SIMULATOR_SHA512 = ("xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp"
                    "6Ry1o7TB6niIoXuQAnSewQ==")
NODE_MAJOR_MIN = 18
NPM_LIMIT_S = 240
# Without a network npm would try for minutes.
IMPATIENT = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]
SKIPPED = 77


class CannotBeHad(Exception):
    """A client that is not on this machine and cannot be fetched; its text is one line."""


def output_of(command, **options):
    """What a command prints, or CannotBeHad with the end of what it complained."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=NPM_LIMIT_S, check=False, **options)
    except subprocess.TimeoutExpired:
        raise CannotBeHad(f"{' '.join(command[:2])}: no end after {NPM_LIMIT_S} s") from None
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines()
                  if "ERR!" in line or "error" in line] or [done.stderr.strip()]
        raise CannotBeHad(f"{' '.join(command[:2])} failed: {' '.join(errors[:2])[:300]}")
    return done.stdout


def need_programs():
    """Raises CannotBeHad unless node and npm are here and node is new enough for the packages."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise CannotBeHad(f"there is no {program} (on Debian: apt-get install nodejs npm)")
    version = output_of(["node", "--version"]).strip()
    if int(version.lstrip("v").split(".")[0]) < NODE_MAJOR_MIN:
        raise CannotBeHad(f"node is {version}; the AWS SDK needs {NODE_MAJOR_MIN} or later")


@contextlib.contextmanager
def locked(folder):
    """Holds the folder's lock, so that one process at a time installs."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, ".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def stamp_of_packages():
    """Changes whenever other packages are asked for."""
    digest = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        with open(os.path.join(HERE, "js", name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def install_packages():
    """The packages of the lock file, unless they are there; the lock is held."""
    stamp_path = os.path.join(MODULES, ".pocketable-stamp")
    stamp = stamp_of_packages()
    if os.path.exists(stamp_path):
        with open(stamp_path, encoding="utf-8") as file:
            if file.read() == stamp:
                return
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(os.path.join(HERE, "js", name), os.path.join(FOLDER, name))
    output_of(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", *IMPATIENT], cwd=FOLDER)
    with open(stamp_path, "w", encoding="utf-8") as file:
        file.write(stamp)


def install_dynamodb_local():
    """The simulator's own files, unless they are there; the lock is held."""
    package = os.path.dirname(DYNAMODB_LOCAL)
    if os.path.isdir(package):
        return
    with tempfile.TemporaryDirectory(dir=FOLDER) as work:
        output_of(["npm", "pack", "--ignore-scripts", "--pack-destination", work, *IMPATIENT,
                   SIMULATOR], cwd=work)
        path = os.path.join(work, os.listdir(work)[0])
        with open(path, "rb") as file:
            digest = base64.b64encode(hashlib.sha512(file.read()).digest()).decode()
        if digest != SIMULATOR_SHA512:
            raise CannotBeHad(f"{SIMULATOR} is not the file that it was")
        with tarfile.open(path) as archive:
            # Its checksum says that these are the members that were looked at.
            archive.extractall(work)
        os.makedirs(MODULES, exist_ok=True)
        os.rename(os.path.join(work, "package"), package)


def ensure(dynamodb_local=False):
    """Installs what is missing; raises CannotBeHad."""
    need_programs()
    with locked(FOLDER):
        install_packages()
        if dynamodb_local:
            install_dynamodb_local()


def main(arguments):
    if arguments not in ([], ["--dynamodb-local"]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        ensure(dynamodb_local=bool(arguments))
    except CannotBeHad as error:
        print(f"skipped: {error}")
        return SKIPPED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
