/*
 * The access log: a line of JSON a request, put into a buffer by whoever has answered it and
 * written to the file by a thread of the log's. A file that cannot keep up, or that refuses bytes,
 * loses lines and not requests; how many are lost is counted, and said in the log when it goes on.
 */
#ifndef PT_HTTP_ACCESS_LOG_H
#define PT_HTTP_ACCESS_LOG_H

#include <pocketable/engine/status.h>

struct sockaddr;

typedef struct pt__access_log pt__access_log;

typedef struct pt__access {
    int64_t time_ms;               /* since 1970 */
    const struct sockaddr *remote; /* NULL: unknown */
    pte_bytes region;              /* empty: not said */
    pte_bytes operation;           /* empty: no call */
    pte_bytes body;                /* the request's, in which the table's name is looked for */
    int status;
    pte_bytes error; /* empty: none */
    size_t bytes_in, bytes_out;
    uint64_t us;
} pt__access;

/* Opens the file to append, "-" for the standard output, and starts the thread. Returns an errno.
 */
int pt__access_log_open(pt__access_log **opened, const char *path);
/* Writes what is left and closes. NULL is allowed. */
void pt__access_log_close(pt__access_log *log);
/* Any thread. */
void pt__access_log_put(pt__access_log *log, const pt__access *access);
/* The lines that were lost so far. Any thread. */
uint64_t pt__access_log_lost(pt__access_log *log);

#endif
