/* Headroom at the end of a durable database's file. */
#include "store/headroom.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    /* A sixteenth of the file, at least and at most this. */
    STEP_BYTES_MIN = 128 * 1024,
    STEP_BYTES_MAX = 4 * 1024 * 1024,
    ZEROS_BYTES = 64 * 1024,
};

static size_t step_bytes(size_t used_bytes) {
    size_t step = used_bytes / 16;
    step = step < STEP_BYTES_MIN ? STEP_BYTES_MIN : step;
    return step > STEP_BYTES_MAX ? STEP_BYTES_MAX : step;
}

/* Whether a file may become so long: past this limit a write would end the process. */
static bool is_allowed(size_t bytes) {
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
           (limit.rlim_cur == RLIM_INFINITY || bytes <= limit.rlim_cur);
}

static bool write_zeros(int fd, size_t from, size_t to) {
    static const uint8_t zeros[ZEROS_BYTES];
    while (from < to) {
        size_t len = to - from < sizeof zeros ? to - from : sizeof zeros;
        ssize_t written = pwrite(fd, zeros, len, (off_t)from);
        if (written <= 0) {
            return false;
        }
        from += (size_t)written;
    }
    return true;
}

void pte__headroom_keep(pte__headroom *headroom, MDB_env *lmdb, size_t page_bytes) {
    MDB_envinfo info;
    if (!headroom->wanted || mdb_env_info(lmdb, &info) != 0) {
        return;
    }
    size_t used = (info.me_last_pgno + 1) * page_bytes;
    size_t step = step_bytes(used);
    if (used + step / 2 <= headroom->file_bytes) {
        return;
    }
    struct stat file;
    int fd;
    if (mdb_env_get_fd(lmdb, &fd) != 0 || fstat(fd, &file) != 0) {
        return;
    }
    /* Only behind the end: what is there, even unused, is LMDB's. */
    size_t end = (size_t)file.st_size > used ? (size_t)file.st_size : used;
    size_t wanted = used + step < info.me_mapsize ? used + step : info.me_mapsize;
    headroom->file_bytes = end;
    if (wanted > end && is_allowed(wanted) && !write_zeros(fd, end, wanted)) {
        headroom->wanted = false; /* the disk is full, or near it: leave the rest to LMDB */
    } else if (wanted > end) {
        headroom->file_bytes = wanted;
    }
}
