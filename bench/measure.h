/*
 * Measuring: clocks, slices, medians, and what the system says of memory. Knows nothing of what is
 * measured.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <pocketable/engine/status.h>

enum { BENCH_SLICES_MAX = 200 };

/* Fills error and returns status. os_error: errno or LMDB's code, 0 where neither is the cause. */
__attribute__((__format__(__printf__, 4, 5))) pte_status
bench_fail(pte_error *error, pte_status status, int os_error, const char *format, ...);

/* Wall time, and the processor time of all threads of the process, since some moment. */
typedef struct bench_time {
    double wall_ns;
    double cpu_ns;
} bench_time;
bench_time bench_now(void);

/* Times of one operation, one for each slice. */
typedef struct bench_series {
    size_t count;
    double wall_ns[BENCH_SLICES_MAX];
    double cpu_ns[BENCH_SLICES_MAX];
} bench_series;

/* Adds a slice that did that many operations. */
void bench_series_add(bench_series *series, bench_time start, bench_time end, size_t operations);

/* The value that the fraction (0 to 1) of all is at most; 0 for none. */
double bench_quantile(const double *values, size_t count, double fraction);

double bench_median(const double *values, size_t count);

/* A line of /proc/self/status in bytes, as "VmRSS" or "RssAnon"; 0 where there is none. */
uint64_t bench_memory_bytes(const char *name);

/* Removes a folder and the files in it, one level deep. Does not mind if there is none. */
void bench_remove_folder(const char *path);

/* The bytes on disk of the files in a folder, one level deep. */
uint64_t bench_folder_bytes(const char *path);

/* "Intel(R) ... x 2": what the run ran on; text has room for bytes bytes. */
void bench_machine(char *text, size_t bytes);

#endif
