/*
 * The recording: every call that could be read, as a line of JSON, to be made again later.
 *
 *     {"recording":1,"time":"2026-11-30T12:00:00Z"}                    when a server begins
 *     {"us":1234,"region":"us-east-1","operation":"GetItem","body":{...}}
 *     {"lost_lines":7}                                                 the disk did not keep up
 *
 * us: microseconds from the server's begin until the request had come, rising but for requests that
 * are answered out of order. body: as it was sent, on one line.
 */
#ifndef PT_HTTP_RECORDING_H
#define PT_HTTP_RECORDING_H

#include "http/line_log.h"

typedef struct pt__recorded {
    uint64_t us;
    pte_bytes region;    /* empty: us-east-1 */
    pte_bytes operation; /* empty: no call, not recorded */
    pte_bytes body;
    pte_bytes error; /* of the answer; empty: none */
} pt__recorded;

/* Opens the file to append. Returns an errno. Close it as any log. */
int pt__recording_open(pt__line_log **opened, const char *path, pt__line_log_loss loss);
/* Any thread. */
void pt__recording_put(pt__line_log *recording, const pt__recorded *recorded);

#endif
