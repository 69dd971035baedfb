/*
 * Hot copies. LMDB writes a snapshot while readers and writers go on; the copy gets its real name
 * only when it is whole and on the disk.
 */
#include <pocketable/engine/env.h>

#include "store/lmdb_error.h"
#include "table/env.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a copy goes. */
typedef struct target {
    const char *directory;
    bool made; /* the directory, by us */
    char partial[PTE__HOME_PATH_MAX];
    char final[PTE__HOME_PATH_MAX];
} target;

static pte_status set_paths(target *t, const char *directory, pte_error *error) {
    t->directory = directory;
    t->made = false;
    int len = snprintf(t->partial, sizeof t->partial, "%s/" PTE__PARTIAL_FILE, directory);
    if (directory[0] == '\0' || len < 0 || (size_t)len >= sizeof t->partial) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "the path is empty or too long");
    }
    snprintf(t->final, sizeof t->final, "%s/" PTE__DATA_FILE, directory);
    return PTE_OK;
}

/* Only what an earlier copy that was killed has left may be there. */
static pte_status expect_empty(const target *t, pte_error *error) {
    DIR *directory = opendir(t->directory);
    if (directory == NULL) {
        return pte__fail_os(error, errno, "%s", t->directory);
    }
    pte_status status = PTE_OK;
    const struct dirent *entry;
    while (status == PTE_OK && (entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, PTE__PARTIAL_FILE) != 0) {
            status = pte__fail(error, PTE_INVALID_ARGUMENT,
                               "%s: an empty directory was expected, \"%s\" was found",
                               t->directory, entry->d_name);
        }
    }
    closedir(directory);
    return status;
}

static pte_status make_directory(target *t, pte_error *error) {
    if (mkdir(t->directory, 0777) == 0) {
        t->made = true;
        return PTE_OK;
    }
    if (errno != EEXIST) {
        return pte__fail_os(error, errno, "cannot make the directory %s", t->directory);
    }
    return expect_empty(t, error);
}

static pte_status sync_directory(const char *path, pte_error *error) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? errno : fsync(fd) != 0 ? errno : 0;
    if (fd >= 0) {
        close(fd);
    }
    /* Some file systems cannot sync a directory; they need it no more than this. */
    return rc == 0 || rc == EINVAL ? PTE_OK : pte__fail_os(error, rc, "%s", path);
}

/*
 * Whether the partial file, open as fd, is this copy's to write. Of several copies to one place one
 * has the file locked, until it has its real name. (Where a file system has no such locks, none is
 * asked for.)
 */
static bool is_ours(const target *t, int fd) {
    struct stat opened, named;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return false;
    }
    /* Its owner may have renamed it since it was opened here. */
    return fstat(fd, &opened) == 0 && stat(t->partial, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* Opens the partial file, or takes over the one that a killed copy has left; *fd is -1 on failure.
 */
static pte_status open_partial(int *fd, const target *t, pte_error *error) {
    *fd = open(t->partial, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (*fd < 0) {
        return pte__fail_os(error, errno, "cannot make %s", t->partial);
    }
    pte_status status = PTE_OK;
    if (!is_ours(t, *fd)) {
        status = pte__fail(error, PTE_BUSY, "%s: another copy is being made there", t->directory);
    } else {
        status = expect_empty(t, error); /* another copy may be finished by now */
        if (status == PTE_OK && ftruncate(*fd, 0) != 0) {
            status = pte__fail_os(error, errno, "%s", t->partial);
        }
        if (status != PTE_OK) {
            (void)unlink(t->partial);
        }
    }
    if (status != PTE_OK) {
        close(*fd);
        *fd = -1;
    }
    return status;
}

static pte_status write_snapshot(const target *t, int fd, pte_env *env, bool compact,
                                 pte_error *error) {
    pte__gate_enter(&env->store.gate); /* the map must not move meanwhile */
    int rc = mdb_env_copyfd2(env->store.lmdb, fd, compact ? MDB_CP_COMPACT : 0);
    pte__gate_leave(&env->store.gate);
    if (rc != 0) {
        return pte__fail_lmdb(error, rc, t->partial);
    }
    return fsync(fd) == 0 ? PTE_OK : pte__fail_os(error, errno, "%s", t->partial);
}

/* Nothing is left of a copy that fails, under neither name. */
static pte_status copy(const target *t, pte_env *env, bool compact, pte_error *error) {
    int fd = -1;
    pte_status status = open_partial(&fd, t, error);
    if (status != PTE_OK) {
        return status;
    }
    status = write_snapshot(t, fd, env, compact, error);
    bool named = status == PTE_OK && rename(t->partial, t->final) == 0;
    if (status == PTE_OK) {
        status = named ? sync_directory(t->directory, error)
                       : pte__fail_os(error, errno, "%s", t->final);
    }
    if (status != PTE_OK) {
        (void)unlink(named ? t->final : t->partial);
    }
    close(fd); /* it is on the disk, so this has nothing left to fail at; and gives up the lock */
    return status;
}

pte_status pte_env_copy(pte_env *env, const char *path, const pte_copy_options *options,
                        pte_error *error) {
    if (env == NULL || path == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "env and path must not be NULL");
    }
    target t;
    pte_status status = set_paths(&t, path, error);
    if (status == PTE_OK) {
        status = make_directory(&t, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    status = copy(&t, env, options != NULL && options->compact, error);
    if (status != PTE_OK && t.made) {
        (void)rmdir(t.directory); /* stays if another copy is being made there */
    }
    return status;
}
