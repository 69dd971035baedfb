#include "measure.h"

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <lmdb.h>

pte_status bench_fail(pte_error *error, pte_status status, int os_error, const char *format, ...) {
    va_list arguments;
    error->status = status;
    error->os_error = os_error;
    error->position = 0;
    va_start(arguments, format);
    int len = vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    if (os_error != 0 && len >= 0 && (size_t)len < sizeof error->message) {
        snprintf(error->message + len, sizeof error->message - (size_t)len, ": %s",
                 mdb_strerror(os_error));
    }
    return status;
}

static double read_clock(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

bench_time bench_now(void) {
    return (bench_time){read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID)};
}

void bench_series_add(bench_series *series, bench_time start, bench_time end, size_t operations) {
    if (series->count < BENCH_SLICES_MAX && operations > 0) {
        series->wall_ns[series->count] = (end.wall_ns - start.wall_ns) / (double)operations;
        series->cpu_ns[series->count] = (end.cpu_ns - start.cpu_ns) / (double)operations;
        series->count++;
    }
}

static int compare_doubles(const void *a, const void *b) {
    const double *left = a;
    const double *right = b;
    return (*left > *right) - (*left < *right);
}

double bench_quantile(const double *values, size_t count, double fraction) {
    double sorted[BENCH_SLICES_MAX];
    if (count == 0 || count > BENCH_SLICES_MAX) {
        return 0;
    }
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_doubles);
    double place = fraction * (double)(count - 1);
    size_t below = (size_t)place;
    size_t above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (sorted[above] - sorted[below]) * (place - (double)below);
}

double bench_median(const double *values, size_t count) {
    return bench_quantile(values, count, 0.5);
}

uint64_t bench_memory_bytes(const char *name) {
    char line[256];
    uint64_t kilobytes = 0;
    size_t len = strlen(name);
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, len) == 0 && line[len] == ':') {
            kilobytes = strtoull(line + len + 1, NULL, 10);
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return kilobytes * 1024;
}

void bench_remove_folder(const char *path) {
    char name[PATH_MAX];
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        (void)unlink(name);
    }
    if (folder != NULL) {
        closedir(folder);
    }
    (void)rmdir(path);
}

uint64_t bench_folder_bytes(const char *path) {
    char name[PATH_MAX];
    struct stat about;
    uint64_t bytes = 0;
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (stat(name, &about) == 0 && S_ISREG(about.st_mode)) {
            bytes += (uint64_t)about.st_blocks * 512;
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return bytes;
}

void bench_machine(char *text, size_t bytes) {
    char line[256];
    char name[160] = "unknown processor";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "model name : %159[^\n]", name) == 1) {
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    snprintf(text, bytes, "%s x %ld", name, sysconf(_SC_NPROCESSORS_ONLN));
}
