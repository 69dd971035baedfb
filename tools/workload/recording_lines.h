/* The lines of a recording, one after the other. */
#ifndef WORKLOAD_RECORDING_LINES_H
#define WORKLOAD_RECORDING_LINES_H

#include "workload/workload.h"

#include <yajl/yajl_tree.h>

/* As a server writes it where a recording begins: {"recording":1,"time":"..."}. */
#define WL__RECORDING_VERSION "1"

typedef struct wl__lines {
    FILE *file;
    const char *path;
    wl_text line;
    size_t number; /* of the line, from 1 */
    double base_s; /* where the recording under way begins on the time of all: each adds to it */
    double last_s;
    uint64_t lost;

    /* The call. */
    yajl_val tree; /* owned until the next */
    const char *region;
    const char *operation;
    yajl_val body;
    double at_s; /* from the first recording's begin */
} wl__lines;

/* False: *complaint. */
bool wl__lines_open(wl__lines *lines, const char *path, wl_complaint *complaint);
/* {0} is allowed. */
void wl__lines_close(wl__lines *lines);
/* 1: the next call; 0: the end; -1 after a complaint. A last line that was cut off is none. */
int wl__lines_next(wl__lines *lines, wl_complaint *complaint);

#endif
