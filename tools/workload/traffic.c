/* Drawing calls; see traffic.h. */
#include "workload/traffic.h"

#include "workload/inside_traffic.h"
#include "workload/memory.h"
#include "workload/random.h"

#include <pthread.h>
#include <stdlib.h>

struct wl_traffic {
    const wl_workload *workload;
    uint64_t seed;
    wl_recording_reader *recording; /* NULL: it is the mix */
    double *up_to;                  /* the sum of the shares up to and with each pattern */

    pthread_mutex_t mutex; /* guards what follows */
    uint64_t drawn;
    size_t opening;   /* patterns whose first call has been given */
    uint64_t *counts; /* calls that were given, of each pattern */
    wl_complaint trouble;
    bool is_troubled;
};

struct wl_caller {
    wl_traffic *traffic;
    wl_call *call;
    wl_text body;
    wl__recorded recorded; /* of a recording */
    bool given;            /* its request */
};

/* ---- the mix ---- */

/* The first pattern whose shares up to it are above the number drawn. */
static size_t pick(const wl_traffic *traffic, uint64_t number) {
    size_t patterns = wl_pattern_count(traffic->workload);
    double all = traffic->up_to[patterns - 1];
    double at = (double)(wl__random_nth(traffic->seed, number) >> 11) * 0x1p-53 * all;
    size_t low = 0, high = patterns - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (traffic->up_to[middle] > at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* The mutex is held. */
static size_t draw(wl_traffic *traffic, uint64_t *n) {
    size_t patterns = wl_pattern_count(traffic->workload);
    while (traffic->opening < patterns &&
           wl_pattern_at(traffic->workload, traffic->opening)->share <= 0) {
        traffic->opening++;
    }
    size_t pattern =
        traffic->opening < patterns ? traffic->opening++ : pick(traffic, traffic->drawn++);
    *n = traffic->counts[pattern]++;
    return pattern;
}

static bool prepare_mix(wl_traffic *traffic) {
    size_t patterns = wl_pattern_count(traffic->workload);
    double sum = 0;
    traffic->up_to = calloc(patterns + 1, sizeof *traffic->up_to);
    traffic->counts = calloc(patterns + 1, sizeof *traffic->counts);
    for (size_t i = 0; traffic->up_to != NULL && i < patterns; i++) {
        sum += wl_pattern_at(traffic->workload, i)->share;
        traffic->up_to[i] = sum;
    }
    return traffic->up_to != NULL && traffic->counts != NULL;
}

/* ---- traffic ---- */

wl_traffic *wl__traffic_new(const wl_workload *workload, uint64_t seed,
                            wl_recording_reader *recording) {
    wl_traffic *traffic = calloc(1, sizeof *traffic);
    if (traffic == NULL) {
        return NULL;
    }
    *traffic = (wl_traffic){.workload = workload, .seed = seed, .recording = recording};
    if (pthread_mutex_init(&traffic->mutex, NULL) != 0) {
        free(traffic);
        return NULL;
    }
    if (!prepare_mix(traffic)) {
        wl_traffic_destroy(traffic);
        return NULL;
    }
    return traffic;
}

wl_traffic *wl_traffic_of_mix(const wl_workload *workload, uint64_t seed) {
    return wl__traffic_new(workload, seed, NULL);
}

void wl_traffic_destroy(wl_traffic *traffic) {
    if (traffic != NULL) {
        pthread_mutex_destroy(&traffic->mutex);
        wl__recording_close(traffic->recording);
        free(traffic->up_to);
        free(traffic->counts);
        free(traffic);
    }
}

const wl_workload *wl_traffic_workload(const wl_traffic *traffic) {
    return traffic->workload;
}

const wl_complaint *wl_traffic_trouble(wl_traffic *traffic) {
    return traffic->is_troubled ? &traffic->trouble : NULL;
}

/* ---- callers ---- */

wl_caller *wl_caller_new(wl_traffic *traffic) {
    wl_caller *caller = calloc(1, sizeof *caller);
    if (caller == NULL) {
        return NULL;
    }
    caller->traffic = traffic;
    caller->call = traffic->recording != NULL ? NULL : wl_call_new(traffic->workload);
    if (caller->call == NULL && traffic->recording == NULL) {
        free(caller);
        return NULL;
    }
    return caller;
}

void wl_caller_destroy(wl_caller *caller) {
    if (caller != NULL) {
        wl_call_destroy(caller->call);
        wl_text_clean_up(&caller->body);
        free(caller);
    }
}

/* The mutex is held. False: no more, or trouble. */
static bool take_recorded(wl_traffic *traffic, wl_caller *caller) {
    wl__text_reset(&caller->body);
    if (traffic->is_troubled) {
        return false;
    }
    int taken =
        wl__recording_next(&caller->recorded, &caller->body, traffic->recording, &traffic->trouble);
    traffic->is_troubled = taken < 0;
    return taken > 0;
}

bool wl_caller_begin(size_t *pattern, wl_caller *caller) {
    wl_traffic *traffic = caller->traffic;
    uint64_t n = 0;
    bool begun = true;
    pthread_mutex_lock(&traffic->mutex);
    if (traffic->recording != NULL) {
        begun = take_recorded(traffic, caller);
        *pattern = caller->recorded.pattern;
    } else {
        *pattern = draw(traffic, &n);
    }
    pthread_mutex_unlock(&traffic->mutex);
    caller->given = false;
    if (begun && traffic->recording == NULL) {
        wl_call_begin(caller->call, *pattern, n);
    }
    return begun;
}

double wl_caller_due(const wl_caller *caller) {
    return caller->recorded.due_s;
}

bool wl_caller_next(const char **operation, pte_bytes *body, bool *failed, wl_caller *caller,
                    pte_bytes answer) {
    bool there;
    if (caller->call == NULL) {
        *operation = caller->recorded.operation;
        there = !caller->given;
        caller->given = true;
    } else {
        there = wl_call_next(operation, &caller->body, caller->call, answer);
    }
    if (there && !caller->body.failed) {
        wl__text_add(&caller->body, pte_view("", 1)); /* a zero behind it */
        caller->body.len--;
    }
    *failed = caller->body.failed;
    *body = wl__text_bytes(&caller->body);
    return there && !*failed;
}
