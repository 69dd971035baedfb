/* Headroom at the end of a database's file. */
#include "store/headroom.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    /* A sixteenth of the file, at least and at most this. Half of it is there when the disk is
     * found to be full. */
    STEP_BYTES_MIN = 1024 * 1024,
    STEP_BYTES_MAX = 4 * 1024 * 1024,
    /* Zeros in the program, and how often one call writes them. */
    ZEROS_BYTES = 4096,
    ZEROS_PIECES = 16,
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
    struct iovec pieces[ZEROS_PIECES];
    while (from < to) {
        int count = 0;
        for (size_t at = from; at < to && count < ZEROS_PIECES; count++) {
            size_t len = to - at < sizeof zeros ? to - at : sizeof zeros;
            pieces[count] = (struct iovec){(uint8_t *)(uintptr_t)zeros, len};
            at += len;
        }
        ssize_t written = pwritev(fd, pieces, count, (off_t)from);
        if (written <= 0) {
            return false;
        }
        from += (size_t)written;
    }
    return true;
}

/* The file's length, at least what LMDB has used of it; 0: it cannot be told. */
static size_t length_of(int fd, size_t used) {
    struct stat file;
    if (fstat(fd, &file) != 0) {
        return 0;
    }
    return (size_t)file.st_size > used ? (size_t)file.st_size : used;
}

void pte__headroom_keep(pte__headroom *headroom, MDB_env *lmdb, size_t page_bytes) {
    MDB_envinfo info;
    int fd;
    if (!headroom->wanted || mdb_env_info(lmdb, &info) != 0) {
        return;
    }
    size_t used = (info.me_last_pgno + 1) * page_bytes;
    size_t step = step_bytes(used);
    if (used + step / 2 <= headroom->file_bytes) {
        headroom->refused = false;
        return;
    }
    /* Only behind the end: what is there, even unused, is LMDB's. */
    size_t end = mdb_env_get_fd(lmdb, &fd) == 0 ? length_of(fd, used) : 0;
    size_t wanted = used + step < info.me_mapsize ? used + step : info.me_mapsize;
    if (end == 0) {
        return;
    }
    headroom->file_bytes = end > wanted ? end : wanted;
    headroom->refused = wanted > end && !(is_allowed(wanted) && write_zeros(fd, end, wanted));
    if (headroom->refused) {
        headroom->file_bytes = length_of(fd, used);
    }
}
