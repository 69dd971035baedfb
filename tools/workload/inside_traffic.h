/* Between traffic.c and recording.c. */
#ifndef WORKLOAD_INSIDE_TRAFFIC_H
#define WORKLOAD_INSIDE_TRAFFIC_H

#include "workload/traffic.h"

/* A walk over the requests of a recording. One thread at a time. */
typedef struct wl_recording_reader wl_recording_reader;

typedef struct wl__recorded {
    size_t pattern;
    char operation[64];
    double due_s;
} wl__recorded;

/* NULL is allowed. */
void wl__recording_close(wl_recording_reader *reader);
/* 1: the next request, its body appended to body, with the capacity asked for; 0: there is none;
 * -1 after a complaint. */
int wl__recording_next(wl__recorded *recorded, wl_text *body, wl_recording_reader *reader,
                       wl_complaint *complaint);

/* recording NULL: the mix; else taken, also on failure. */
wl_traffic *wl__traffic_new(const wl_workload *workload, uint64_t seed,
                            wl_recording_reader *recording);

#endif
