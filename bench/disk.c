#include "disk.h"
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, PAGES = 64 };

static pte_status write_page(bench_disk *disk, size_t at, pte_error *error) {
    char page[PAGE_BYTES];
    memset(page, (int)(at & 0xFF), sizeof page);
    ssize_t written = pwrite(disk->file, page, sizeof page, (off_t)(at % PAGES * PAGE_BYTES));
    return written == PAGE_BYTES ? PTE_OK : bench_fail(error, PTE_IO, errno, "disk: write");
}

pte_status bench_disk_open(bench_disk *disk, const char *folder, pte_error *error) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/disk", folder);
    disk->file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (disk->file < 0) {
        return bench_fail(error, PTE_IO, errno, "%s", path);
    }
    (void)unlink(path);
    /* The pages are there before the clock starts, so that no commit makes the file grow. */
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < PAGES; i++) {
        status = write_page(disk, i, error);
    }
    return status != PTE_OK || fsync(disk->file) == 0
               ? status
               : bench_fail(error, PTE_IO, errno, "disk: fsync");
}

void bench_disk_close(bench_disk *disk) {
    if (disk->file >= 0) {
        close(disk->file);
    }
    disk->file = -1;
}

pte_status bench_disk_commit(bench_disk *disk, size_t count, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < count; i++) {
        status = write_page(disk, i * 7, error);
        if (status == PTE_OK && fdatasync(disk->file) != 0) {
            status = bench_fail(error, PTE_IO, errno, "disk: fdatasync");
        }
    }
    return status;
}
