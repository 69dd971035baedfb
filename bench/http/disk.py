"""What a disk can do: commits as LMDB makes them."""
import os
import time

PAGE_BYTES = 4096
# A put with an index entry changes about so many pages.
PAGES = 8
FILE_PAGES = 4096


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
    """A commit: a run of pages, fdatasync, and one page written through; in a file that does not
    grow."""
    path = os.path.join(folder, "commits")
    page, pages = os.urandom(PAGE_BYTES), os.urandom(PAGE_BYTES * PAGES)
    data = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    meta = os.open(path, os.O_WRONLY | os.O_DSYNC | os.O_CLOEXEC)
    try:
        if os.fstat(data).st_size == 0:
            for at in range(FILE_PAGES):
                os.pwrite(data, page, at * PAGE_BYTES)
            os.fsync(data)
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            at = 1 + count * PAGES % (FILE_PAGES - PAGES)
            os.pwrite(data, pages, at * PAGE_BYTES)
            os.fdatasync(data)
            os.pwrite(meta, page, 0)
            count += 1
        return count / (time.perf_counter() - began)
    finally:
        os.close(data)
        os.close(meta)
