/* What the disk does by itself: commits of one page. */
#ifndef BENCH_DISK_H
#define BENCH_DISK_H

#include <stddef.h>

#include <pocketable/engine/status.h>

typedef struct bench_disk {
    int file; /* -1: not open */
} bench_disk;

/* Makes a file of a few pages in folder. Errors: IO. Close it in any case, if file was -1. */
PTE_CHECKED pte_status bench_disk_open(bench_disk *disk, const char *folder, pte_error *error);
void bench_disk_close(bench_disk *disk);
/* Overwrites a page and waits for the disk (fdatasync), count times. Errors: IO. */
PTE_CHECKED pte_status bench_disk_commit(bench_disk *disk, size_t count, pte_error *error);

#endif
