"""What a run was made on and of."""
import os
import platform
import subprocess


def _first_line(command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.strip().splitlines()
    return lines[0].strip() if lines and done.returncode in (0, 1) else None


def _value_in(path, name):
    """The text after "name:" in a file of such lines."""
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key.strip() == name:
                    return value.strip()
    except OSError:
        pass
    return None


def _release():
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        return None


def _known(facts):
    return {name: value for name, value in facts.items() if value}


def machine():
    memory = _value_in("/proc/meminfo", "MemTotal")
    processor = _value_in("/proc/cpuinfo", "model name") or platform.machine()
    return _known({
        "processor": f"{processor}, {os.cpu_count()} of them",
        "memory": f"{int(memory.split()[0]) / 1e6:.1f} GB" if memory else None,
        "system": _release(),
        "kernel": platform.release(),
        "load when it began": f"{os.getloadavg()[0]:.2f}",
    })


def _package(name):
    return _first_line(["dpkg-query", "-W", "-f=${Version}", name])


def versions(root):
    commit = _first_line(["git", "-C", root, "rev-parse", "--short=12", "HEAD"])
    changed = commit and _first_line(["git", "-C", root, "status", "--porcelain"])
    return _known({
        "pocketable": commit and commit + (", with changes" if changed else ""),
        "compiler": _first_line(["cc", "--version"]),
        "LMDB": _package("liblmdb0"),
        "libmicrohttpd": _package("libmicrohttpd12"),
        "wrk": _package("wrk"),
        "Python": platform.python_version(),
    })
