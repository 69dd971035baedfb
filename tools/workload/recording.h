/*
 * A recording that `pocketable serve --record FILE` made, as a workload: its patterns are what its
 * calls have in common, operation, table and index; its calls are the recorded ones, in their
 * order. The form of the file is in api/src/http/recording.h.
 *
 * Calls of the region of the first call are made again; those on items. Tables are made as the
 * recording made them, before the first call.
 */
#ifndef WORKLOAD_RECORDING_H
#define WORKLOAD_RECORDING_H

#include "quick_photos/door.h"
#include "workload/traffic.h"

typedef struct wl_recording wl_recording;

typedef struct wl_recording_info {
    const char *region;
    uint64_t calls;    /* that will be made again */
    uint64_t left_out; /* of another region, not on items, or on tables that are not there */
    uint64_t lost;     /* that the recording itself says it has lost */
    double seconds;    /* from its first call to its last */
} wl_recording_info;

/* Reads a recording through. The caller destroys it. False: *complaint. */
bool wl_recording_read(wl_recording **recording, const char *path, wl_complaint *complaint);
/* NULL is allowed. No traffic of it may be left. */
void wl_recording_destroy(wl_recording *recording);
wl_recording_info wl_recording_describe(const wl_recording *recording);

/* Makes the tables and indexes that the recording made; those that are there already stay. */
bool wl_recording_make_tables(wl_recording *recording, qp_door *door, wl_complaint *complaint);
/* The workload, of the tables that the door shows; its caller destroys it before the recording.
 * rate: calls a second at the target rate; 0: as they were recorded. */
bool wl_recording_workload(wl_workload **workload, wl_recording *recording, qp_door *door,
                           double rate, wl_complaint *complaint);

/* The calls from the first on. Destroy it before both. NULL: *complaint. */
wl_traffic *wl_traffic_of_recording(wl_recording *recording, const wl_workload *workload,
                                    wl_complaint *complaint);

#endif
