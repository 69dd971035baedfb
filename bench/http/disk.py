"""What a disk can do."""
import os
import time

PAGE_BYTES = 4096
PAGES = 64


def is_in_memory(folder):
    """Whether a folder's file system keeps nothing on a disk, as far as Linux says."""
    place = os.path.realpath(folder)
    best = ("", "")
    with open("/proc/mounts", encoding="utf-8") as file:
        for line in file:
            _, where, kind, *_ = line.split()
            inside = place == where or place.startswith(where.rstrip("/") + "/")
            if inside and len(where) >= len(best[0]):
                best = (where, kind)
    return best[1] in ("tmpfs", "ramfs")


def commits_per_second(folder, seconds):
    """A commit is the least that there can be: a page is written and fdatasync called, in a file
    that does not grow."""
    page = os.urandom(PAGE_BYTES)
    file = os.open(os.path.join(folder, "commits"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(file).st_size == 0:
            for at in range(PAGES):
                os.pwrite(file, page, at * PAGE_BYTES)
            os.fsync(file)
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            os.pwrite(file, page, count * 7 % PAGES * PAGE_BYTES)
            os.fdatasync(file)
            count += 1
        return count / (time.perf_counter() - began)
    finally:
        os.close(file)
