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

/*
 * LMDB must not open a file twice in one process (closing one drops the locks of the other), and
 * does not notice. So a byte that stands for this process is locked on a file description of our
 * own: an open file description's lock shuts out other descriptions of the same process too. One
 * that cannot be written to takes only a lock for reading.
 */
static pte_status mark_open(pte__home *home, int fd, bool writable, pte_error *error) {
#ifdef F_OFD_SETLK
    const off_t marks = (off_t)1 << (sizeof(off_t) * 8 - 3);
    struct flock mark = {.l_type = writable ? F_WRLCK : F_RDLCK,
                         .l_whence = SEEK_SET,
                         .l_start = marks + getpid(),
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

static pte_status enter_data_file(pte__home *home, bool must_exist, bool read_only,
                                  pte_error *error) {
    char path[PTE__HOME_PATH_MAX];
    file_path(path, home, PTE__DATA_FILE);
    bool writable = true; /* for the mark, also where nothing will be written */
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && read_only && errno != ENOENT) {
        writable = false;
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd < 0 && errno == ENOENT && !must_exist) {
        pte_status status = expect_empty(home, error);
        if (status != PTE_OK) {
            return status;
        }
        home->fresh = true;
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
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

void pte__home_unlink(pte__home *home) {
    char path[PTE__HOME_PATH_MAX];
    file_path(path, home, PTE__DATA_FILE);
    (void)unlink(path);
    file_path(path, home, PTE__LOCK_FILE);
    (void)unlink(path);
    (void)rmdir(home->path);
}

void pte__home_leave(pte__home *home) {
    if (home->mark_fd >= 0) {
        close(home->mark_fd);
        home->mark_fd = -1;
    }
}
