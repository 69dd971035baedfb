/* The directory a database lives in. */
#include "store/home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LMDB_PAGE_HEADER_BYTES = 16, /* before the meta data of LMDB's first page */
    LMDB_MAGIC = (int)0xBEEFC0DE,
    LMDB_READER_BYTES = 64,     /* a slot of its lock file */
    LMDB_LOCK_HEAD_BYTES = 512, /* at most, before the slots */
};

static pte_status set_path(pte__home *home, const char *path, pte_error *error) {
    *home = (pte__home){.mark_fd = -1};
    size_t len = strlen(path);
    /* Room for the longest file name in it. */
    if (len == 0 || len + sizeof "/" PTE__PARTIAL_FILE > sizeof home->path) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "a path of 1 to %zu bytes was expected, %zu were found",
                         sizeof home->path - sizeof "/" PTE__PARTIAL_FILE, len);
    }
    memcpy(home->path, path, len + 1);
    return PTE_OK;
}

static void file_path(char out[PTE__HOME_PATH_MAX], const pte__home *home, const char *file) {
    snprintf(out, PTE__HOME_PATH_MAX, "%.*s/%s",
             (int)(PTE__HOME_PATH_MAX - sizeof "/" PTE__PARTIAL_FILE), home->path, file);
}

static pte_status make_directory(pte__home *home, bool must_exist, pte_error *error) {
    struct stat found;
    if (stat(home->path, &found) == 0) {
        if (!S_ISDIR(found.st_mode)) {
            return pte__fail(error, PTE_NOT_A_DATABASE,
                             "%s: a directory was expected, a file was found", home->path);
        }
        return PTE_OK;
    }
    if (errno != ENOENT || must_exist) {
        return pte__fail_os(error, errno, "%s", home->path);
    }
    if (mkdir(home->path, 0777) != 0 && errno != EEXIST) {
        return pte__fail_os(error, errno, "cannot make the directory %s", home->path);
    }
    return PTE_OK;
}

static bool is_ours(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, PTE__DATA_FILE) == 0 ||
           strcmp(name, PTE__LOCK_FILE) == 0 || strcmp(name, PTE__PARTIAL_FILE) == 0;
}

/* A directory without a data file is taken only if nothing foreign lies in it. */
static pte_status expect_empty(const pte__home *home, pte_error *error) {
    DIR *directory = opendir(home->path);
    if (directory == NULL) {
        return pte__fail_os(error, errno, "%s", home->path);
    }
    pte_status status = PTE_OK;
    const struct dirent *entry;
    while (status == PTE_OK && (entry = readdir(directory)) != NULL) {
        if (!is_ours(entry->d_name)) {
            status =
                pte__fail(error, PTE_NOT_A_DATABASE,
                          "%s: an empty directory or a database was expected, \"%s\" was found "
                          "without %s",
                          home->path, entry->d_name, PTE__DATA_FILE);
        }
    }
    closedir(directory);
    return status;
}

/* Whether the file open as fd begins as LMDB's do. */
static pte_status expect_lmdb(pte__home *home, int fd, pte_error *error) {
    uint8_t page[LMDB_PAGE_HEADER_BYTES + sizeof(uint32_t)];
    ssize_t got = pread(fd, page, sizeof page, 0);
    if (got < 0) {
        return pte__fail_os(error, errno, "%s/" PTE__DATA_FILE, home->path);
    }
    if (got == 0) {
        home->fresh = true; /* LMDB was stopped right after it had made the file */
        return PTE_OK;
    }
    int32_t magic = 0;
    if (got == sizeof page) {
        memcpy(&magic, page + LMDB_PAGE_HEADER_BYTES, sizeof magic);
    }
    if (magic != LMDB_MAGIC) {
        return pte__fail(error, PTE_NOT_A_DATABASE,
                         "%s/" PTE__DATA_FILE " does not begin as a data file of LMDB's does",
                         home->path);
    }
    return PTE_OK;
}

/* Bytes far behind any data, which only stand for locks: first the turn to write, then one for each
 * process. */
static const off_t MARKS = (off_t)1 << (sizeof(off_t) * 8 - 3);

/*
 * LMDB must not open a file twice in one process (closing one drops the locks of the other, whose
 * readers then look dead to other processes), and does not notice. So a byte that stands for this
 * process is locked on a file description of our own: an open file description's lock shuts out
 * other descriptions of the same process too. A file that may only be read has only shared locks,
 * which do not shut each other out.
 */
static pte_status mark_open(pte__home *home, int fd, bool writable, pte_error *error) {
#ifdef F_OFD_SETLK
    struct flock mark = {.l_type = writable ? F_WRLCK : F_RDLCK,
                         .l_whence = SEEK_SET,
                         .l_start = MARKS + getpid(),
                         .l_len = 1};
    if (fcntl(fd, F_OFD_SETLK, &mark) != 0 && (errno == EAGAIN || errno == EACCES)) {
        return pte__fail(error, PTE_BUSY, "%s is open in this process already; share the handle",
                         home->path);
    }
#else
    (void)home;
    (void)fd;
    (void)writable;
    (void)error;
#endif
    return PTE_OK;
}

/* For writing even where the database is only read, if that is allowed: see mark_open. */
static int open_data_file(const char *path, bool read_only, bool *writable) {
    int fd = open(path, O_RDWR | O_CLOEXEC);
    *writable = fd >= 0 || !read_only;
    if (fd < 0 && read_only && (errno == EACCES || errno == EPERM || errno == EROFS)) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    return fd;
}

static pte_status enter_data_file(pte__home *home, bool must_exist, bool read_only,
                                  pte_error *error) {
    char path[PTE__HOME_PATH_MAX];
    file_path(path, home, PTE__DATA_FILE);
    bool writable;
    int fd = open_data_file(path, read_only, &writable);
    if (fd < 0 && errno == ENOENT && !must_exist) {
        pte_status status = expect_empty(home, error);
        if (status != PTE_OK) {
            return status;
        }
        home->fresh = true;
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    }
    if (fd < 0 && errno == ENOENT) {
        return pte__fail(error, PTE_NOT_A_DATABASE, "%s has no " PTE__DATA_FILE, home->path);
    }
    if (fd < 0) {
        return pte__fail_os(error, errno, "cannot open %s", path);
    }
    pte_status status = expect_lmdb(home, fd, error);
    if (status == PTE_OK) {
        status = mark_open(home, fd, writable, error);
    }
    if (status != PTE_OK) {
        close(fd);
        return status;
    }
    home->mark_fd = fd;
    return PTE_OK;
}

pte_status pte__home_enter(pte__home *home, const char *path, bool must_exist, bool read_only,
                           pte_error *error) {
    pte_status status = set_path(home, path, error);
    if (status == PTE_OK) {
        status = make_directory(home, must_exist || read_only, error);
    }
    if (status == PTE_OK) {
        status = enter_data_file(home, must_exist || read_only, read_only, error);
    }
    if (status == PTE_OK) {
        char lock_path[PTE__HOME_PATH_MAX];
        file_path(lock_path, home, PTE__LOCK_FILE);
        home->locked_before = access(lock_path, F_OK) == 0;
    }
    return status;
}

static const char *memory_parent(const char *parent) {
    if (parent != NULL && parent[0] != '\0') {
        return parent;
    }
    if (access("/dev/shm", W_OK | X_OK) == 0) {
        return "/dev/shm";
    }
    const char *temporary = getenv("TMPDIR");
    return temporary != NULL && temporary[0] != '\0' ? temporary : "/tmp";
}

pte_status pte__home_enter_memory(pte__home *home, const char *parent, pte_error *error) {
    char path[PTE__HOME_PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/pocketable-XXXXXX", memory_parent(parent));
    if (len < 0 || (size_t)len >= sizeof path) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "the path of the directory is too long");
    }
    pte_status status = set_path(home, path, error);
    if (status == PTE_OK && mkdtemp(home->path) == NULL) {
        status = pte__fail_os(error, errno, "cannot make a directory like %s", path);
    }
    home->fresh = true;
    return status;
}

pte_status pte__home_reserve_lock(const pte__home *home, unsigned readers_max, pte_error *error) {
#ifdef FALLOC_FL_KEEP_SIZE
    char path[PTE__HOME_PATH_MAX];
    file_path(path, home, PTE__LOCK_FILE);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        /* LMDB tries it again, and knows in which cases it can do without. */
        return PTE_OK;
    }
    off_t bytes = (off_t)readers_max * LMDB_READER_BYTES + LMDB_LOCK_HEAD_BYTES;
    struct stat found;
    if (fstat(fd, &found) == 0 && found.st_size > bytes) {
        bytes = found.st_size; /* made for more readers */
    }
    int rc;
    do {
        /* The size stays, as LMDB tells the number of slots by it. */
        rc = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, bytes) == 0 ? 0 : errno;
    } while (rc == EINTR);
    close(fd);
    if (rc == ENOSPC || rc == EDQUOT || rc == EFBIG) {
        return pte__fail_os(error, rc, "no room for %s", path);
    }
#else
    (void)home;
    (void)readers_max;
    (void)error;
#endif
    return PTE_OK;
}

void pte__home_abandon(const pte__home *home) {
    struct stat found;
    /* LMDB begins with two pages that are written at once. */
    long head_bytes = 2 * sysconf(_SC_PAGESIZE);
    if (home->fresh && home->mark_fd >= 0 && fstat(home->mark_fd, &found) == 0 &&
        found.st_size < head_bytes) {
        int rc = ftruncate(home->mark_fd, 0);
        (void)rc; /* the open has failed already, and says why */
    }
}

void pte__home_unlink(pte__home *home) {
    char path[PTE__HOME_PATH_MAX];
    file_path(path, home, PTE__DATA_FILE);
    (void)unlink(path);
    file_path(path, home, PTE__LOCK_FILE);
    (void)unlink(path);
    (void)rmdir(home->path);
}

static void lock_turn(const pte__home *home, short type) {
#ifdef F_OFD_SETLKW
    struct flock turn = {.l_type = type, .l_whence = SEEK_SET, .l_start = MARKS, .l_len = 1};
    while (home->mark_fd >= 0 && fcntl(home->mark_fd, F_OFD_SETLKW, &turn) != 0 && errno == EINTR) {
    }
#else
    (void)home;
    (void)type;
#endif
}

void pte__home_take_turn(const pte__home *home) {
    lock_turn(home, F_WRLCK);
}

void pte__home_end_turn(const pte__home *home) {
    lock_turn(home, F_UNLCK);
}

void pte__home_leave(pte__home *home) {
    if (home->mark_fd >= 0) {
        close(home->mark_fd);
        home->mark_fd = -1;
    }
}
