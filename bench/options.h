/* Options of a command line, and the signals that stop a run. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One option that takes a value; where it goes, exactly one of the three. */
typedef struct bench_option {
    const char *name;
    const char **text;
    uint64_t *number;
    size_t *size;
    uint64_t low; /* of a number */
    uint64_t high;
} bench_option;

/* Reads --name value. Whether the name is known and the value fits. */
bool bench_option_set(const bench_option *options, size_t count, const char *name,
                      const char *value);

/* From now on SIGINT and SIGTERM set what is returned to 1 instead of ending the program, so that
 * files are removed before it ends. */
const volatile int *bench_stop_catch(void);

#endif
