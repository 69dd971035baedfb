/*
 * The access log: a line of JSON a request.
 */
#ifndef PT_HTTP_ACCESS_LOG_H
#define PT_HTTP_ACCESS_LOG_H

#include "http/line_log.h"

struct sockaddr;

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

/* Opens the file to append, "-" for the standard output. Returns an errno. Close it as any log. */
int pt__access_log_open(pt__line_log **opened, const char *path);
/* Any thread. */
void pt__access_log_put(pt__line_log *log, const pt__access *access);

#endif
