#include "faults/mounts.h"

#include <errno.h>
#include <stdio.h>

#ifdef __linux__
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

static bool write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY);
    if (fd < 0) {
        return false;
    }
    ssize_t written = write(fd, text, strlen(text));
    close(fd);
    return written == (ssize_t)strlen(text);
}

/* A user namespace in which this user is root. */
static bool become_root(void) {
    char map[64];
    unsigned user = (unsigned)getuid();
    unsigned group = (unsigned)getgid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
        return false;
    }
    (void)write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %u 1", group);
    bool grouped = write_file("/proc/self/gid_map", map);
    snprintf(map, sizeof map, "0 %u 1", user);
    return write_file("/proc/self/uid_map", map) && grouped;
}

bool mounts_enter(const char *skipped) {
    bool entered = (unshare(CLONE_NEWNS) == 0 || become_root()) &&
                   mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    if (!entered) {
        printf("SKIPPED: %s: no mount namespace of its own (%s)\n", skipped, strerror(errno));
    }
    return entered;
}

void mounts_disk(const char *path, size_t bytes) {
    char options[64];
    snprintf(options, sizeof options, "size=%zu", bytes);
    if (mount("tmpfs", path, "tmpfs", 0, options) != 0) {
        fail_msg("mount a disk of %zu bytes at %s: %s", bytes, path, strerror(errno));
    }
}

void mounts_read_only(const char *path) {
    if (mount(path, path, NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) != 0) {
        fail_msg("mount %s for reading only: %s", path, strerror(errno));
    }
}

void mounts_end(const char *path) {
    (void)umount2(path, MNT_DETACH);
}
#else
bool mounts_enter(const char *skipped) {
    printf("SKIPPED: %s: not on this system\n", skipped);
    return false;
}

void mounts_disk(const char *path, size_t bytes) {
    fail_msg("no disk of %zu bytes at %s", bytes, path);
}

void mounts_read_only(const char *path) {
    fail_msg("%s cannot be made read-only", path);
}

void mounts_end(const char *path) {
    (void)path;
}
#endif
