"""Runs wrk against a running server and gives what it measured."""
import json
import math
import os
import signal
import subprocess

import check

HERE = os.path.dirname(os.path.abspath(__file__))
# More versions than a slice has requests.
VERSIONS = 10_000_000
# Beyond what a slice of requests may take by the end of its last answers.
PATIENCE_S = 60
INTERRUPTS_MAX = 4
# Of the bytes of an answer, around what answers that were checked have: identifiers, checksums and
# counters differ in length.
BYTES_TOLERANCE = 0.02


class Slice:
    """What wrk did in one slice of time."""

    def __init__(self, text):
        figures = json.loads(text.strip().splitlines()[-1])
        self.requests = figures["requests"]
        self.rate = figures["requests"] / (figures["duration_us"] / 1e6)
        self.bytes = figures["bytes"]
        self.not_2xx = figures["not_2xx"]
        self.lost = figures["lost"]
        self.p50_us = figures["p50_us"]
        self.p99_us = figures["p99_us"]
        self.least_sent = figures["least_sent"]  # by a thread


def threads_of(connections):
    """wrk's threads: half of the processors, so that the server has the others."""
    return max(1, min((os.cpu_count() or 1) // 2, connections))


def output_of(command, seconds):
    """What wrk says. It knows whole seconds only, and takes an interrupt for the end."""
    for _ in range(INTERRUPTS_MAX):
        whole = seconds == math.ceil(seconds)
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as process:
            try:
                return process.communicate(timeout=seconds + (PATIENCE_S if whole else 0))[0]
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL if whole else signal.SIGINT)
            try:
                text = process.communicate(timeout=PATIENCE_S)[0]
            except subprocess.TimeoutExpired:
                process.kill()
                return ""
            if process.returncode != -signal.SIGINT:
                return text
        seconds *= 2  # it was still reading its lines
    return ""


def run(subject, kind, path, lines, connections, seconds, start):
    """One slice. Raises check.WrongAnswer unless every request was answered with 2xx."""
    threads = threads_of(connections)
    version = subject.take_versions(VERSIONS)
    command = ["wrk", "-t", str(threads), "-c", str(connections), "-d", f"{math.ceil(seconds)}s",
               "--timeout", "30s", "-s", os.path.join(HERE, "load.lua"),
               f"http://127.0.0.1:{subject.running.port}", "--", path, kind.operation,
               str(threads), str(start % len(lines)), str(version)]
    text = output_of(command, seconds)
    try:
        done = Slice(text)
    except (ValueError, KeyError, IndexError, ZeroDivisionError):
        raise check.WrongAnswer(f"{subject.name}: wrk said: {text[-300:].strip()}") from None
    subject.likes += kind.likes * done.requests
    subject.likes_more += kind.likes * connections
    if done.not_2xx > 0 or done.lost > 0 or done.requests == 0:
        raise check.WrongAnswer(
            f"{subject.name}: {kind.operation} with {connections} connections: of {done.requests} "
            f"requests {done.not_2xx} were not answered with 2xx, and {done.lost} not at all")
    return done


def expect_bytes(subject, kind, connections, done, bytes_of_answer):
    """The answers of a slice are as long as the answers that were looked at."""
    wanted = done.requests * bytes_of_answer
    slack = wanted * BYTES_TOLERANCE + connections * bytes_of_answer
    subject.expect(abs(done.bytes - wanted) <= slack,
                   f"{kind.operation} with {connections} connections: {done.requests} answers have "
                   f"{done.bytes} bytes, not {wanted:.0f}")
