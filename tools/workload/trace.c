/* Sampling: once the room, for calls or for their demands, is full every other call is let go, and
 * from then on half as many are kept. */
#include "workload/trace.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_BYTES = sizeof((wl_throttle *)0)->key };

wl_trace *wl_trace_new(size_t calls_max) {
    wl_trace *trace = calloc(1, sizeof *trace);
    if (trace == NULL) {
        return NULL;
    }
    trace->calls_max = calls_max < 2 ? 2 : calls_max;
    trace->stride = 1;
    trace->calls = calloc(trace->calls_max, sizeof *trace->calls);
    if (trace->calls == NULL) {
        free(trace);
        return NULL;
    }
    return trace;
}

void wl_trace_destroy(wl_trace *trace) {
    if (trace == NULL) {
        return;
    }
    for (size_t i = 0; i < trace->count; i++) {
        free(trace->calls[i].demands);
    }
    free(trace->calls);
    free(trace);
}

static void halve(wl_trace *trace) {
    size_t kept = 0;
    for (size_t i = 0; i < trace->count; i++) {
        if (i % 2 == 0) {
            trace->calls[kept++] = trace->calls[i];
        } else {
            trace->demand_count -= trace->calls[i].demand_count;
            free(trace->calls[i].demands);
        }
    }
    trace->count = kept;
    trace->stride *= 2;
}

static size_t key_len(const wl_demand *demand) {
    return demand->key == NULL ? 0 : strnlen(demand->key, KEY_BYTES - 1);
}

static void copy_demands(wl_demand *copies, const wl_demand *demands, size_t count) {
    char *text = (char *)(copies + count);
    for (size_t i = 0; i < count; i++) {
        size_t len = key_len(&demands[i]);
        copies[i] = demands[i];
        copies[i].key = text;
        if (len > 0) {
            memcpy(text, demands[i].key, len);
        }
        text[len] = '\0';
        text += len + 1;
    }
}

static wl_demand *copies_of(const wl_demand *demands, size_t count) {
    size_t bytes = count * sizeof *demands + 1;
    for (size_t i = 0; i < count; i++) {
        bytes += key_len(&demands[i]) + 1;
    }
    wl_demand *copies = malloc(bytes);
    if (copies != NULL) {
        copy_demands(copies, demands, count);
    }
    return copies;
}

bool wl_trace_add(wl_trace *trace, size_t pattern, const wl_demand *demands, size_t count) {
    bool full = trace->count == trace->calls_max || trace->demand_count >= WL__TRACE_DEMANDS_MAX;
    if (trace->added % trace->stride != 0) {
        trace->added++;
        return true;
    }
    /* A call that stays out once every other one is let go needs no copy. */
    bool kept = trace->added % (full ? 2 * trace->stride : trace->stride) == 0;
    wl_demand *copies = kept ? copies_of(demands, count) : NULL;
    if (kept && copies == NULL) {
        return false;
    }
    if (full) {
        halve(trace);
    }
    if (kept) {
        trace->calls[trace->count++] =
            (wl__trace_call){.pattern = pattern, .demand_count = count, .demands = copies};
        trace->demand_count += count;
    }
    trace->added++;
    return true;
}

size_t wl__trace_request_len(const wl__trace_call *call, size_t first) {
    size_t end = first;
    while (end < call->demand_count && call->demands[end].request == call->demands[first].request) {
        end++;
    }
    return end - first;
}
