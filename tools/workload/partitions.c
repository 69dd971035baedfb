/* Ranges of hash values with a ceiling each; where to split them. */
#include "workload/partitions.h"

#include "workload/random.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void partition_init(wl__partition *partition, wl__position start, uint64_t second) {
    memset(partition, 0, sizeof *partition);
    partition->start = start;
    /* Burst capacity does not lift a partition's ceiling, so nothing is kept:
     * https://repost.aws/knowledge-center/dynamodb-spiky-workloads-short-intervals */
    partition->read = wl__allowance_start(WL__PARTITION_READ_UNITS, 0, 0);
    partition->write = wl__allowance_start(WL__PARTITION_WRITE_UNITS, 0, 0);
    partition->read.second = second;
    partition->write.second = second;
}

bool wl__partitions_init(wl__partitions *partitions, size_t count) {
    assert(count >= 1 && count <= WL__PARTITIONS_MAX);
    *partitions = (wl__partitions){.capacity = count};
    partitions->list = malloc(count * sizeof *partitions->list);
    if (partitions->list == NULL) {
        return false;
    }
    uint64_t width = UINT64_MAX / count;
    for (size_t i = 0; i < count; i++) {
        partition_init(&partitions->list[i], (wl__position){.hash = width * i}, 0);
    }
    partitions->count = count;
    return true;
}

void wl__partitions_clean_up(wl__partitions *partitions) {
    free(partitions->list);
    *partitions = (wl__partitions){0};
}

static bool is_before(wl__position a, wl__position b) {
    return a.hash != b.hash ? a.hash < b.hash : a.sort < b.sort;
}

wl__partition *wl__partitions_find(wl__partitions *partitions, wl__position position) {
    size_t low = 0; /* its start is not after the position */
    size_t high = partitions->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (is_before(position, partitions->list[middle].start)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return &partitions->list[low];
}

static int compare_samples(const void *a, const void *b) {
    const wl__sample *left = a;
    const wl__sample *right = b;
    if (is_before(left->position, right->position)) {
        return -1;
    }
    return is_before(right->position, left->position) ? 1 : 0;
}

/*
 * Where the heat is halved best, between two positions that were seen. False: all of it is at one
 * position, which cannot be split away from itself.
 */
static bool split_point(wl__position *point, const wl__partition *partition) {
    wl__sample samples[WL__SAMPLES];
    size_t count =
        partition->arrivals < WL__SAMPLES ? (size_t)partition->arrivals : (size_t)WL__SAMPLES;
    memcpy(samples, partition->samples, count * sizeof *samples);
    qsort(samples, count, sizeof *samples, compare_samples);
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        total += samples[i].weight;
    }
    double below = 0;
    double best = HUGE_VAL;
    for (size_t i = 1; i < count; i++) {
        below += samples[i - 1].weight;
        double uneven = fabs(total - 2 * below);
        if (is_before(samples[i - 1].position, samples[i].position) && uneven < best) {
            best = uneven;
            *point = samples[i].position;
        }
    }
    return best < HUGE_VAL;
}

static bool make_room(wl__partitions *partitions) {
    if (partitions->count < partitions->capacity) {
        return true;
    }
    size_t capacity = 2 * partitions->capacity;
    wl__partition *list = realloc(partitions->list, capacity * sizeof *list);
    if (list == NULL) {
        return false;
    }
    partitions->list = list;
    partitions->capacity = capacity;
    return true;
}

static bool split(wl__partitions *partitions, size_t index, uint64_t second) {
    wl__position point;
    if (partitions->count >= WL__PARTITIONS_MAX || !split_point(&point, &partitions->list[index])) {
        return true;
    }
    if (!make_room(partitions)) {
        return false;
    }
    wl__partition *old = &partitions->list[index];
    memmove(old + 2, old + 1, (partitions->count - index - 1) * sizeof *old);
    partitions->count++;
    partition_init(old, old->start, second);
    partition_init(old + 1, point, second);
    return true;
}

static bool is_hot(const wl__partition *partition) {
    double part = WL__HEAT_PERCENT / 100.0;
    return partition->read_wanted >= part * WL__PARTITION_READ_UNITS ||
           partition->write_wanted >= part * WL__PARTITION_WRITE_UNITS;
}

/* Ends the partition's second, if it is over. True: it has been hot for long enough to split. */
static bool go_on(wl__partition *partition, uint64_t second) {
    uint64_t before = partition->read.second;
    if (second == before) {
        return false;
    }
    partition->heat = is_hot(partition) ? partition->heat + 1 : 0;
    if (second - before > 1) {
        partition->heat = 0; /* nothing came in between */
    }
    if (partition->heat == 0) {
        partition->arrivals = 0;
    }
    partition->read_wanted = 0;
    partition->write_wanted = 0;
    wl__allowance_advance(&partition->read, second);
    wl__allowance_advance(&partition->write, second);
    return partition->heat >= WL__HEAT_SECONDS;
}

/* Reservoir sampling. https://en.wikipedia.org/wiki/Reservoir_sampling (algorithm R) */
static void remember(wl__partition *partition, wl__sample sample) {
    uint64_t before = partition->arrivals++;
    uint64_t slot = before < WL__SAMPLES ? before : wl__random_nth(0, before) % (before + 1);
    if (slot < WL__SAMPLES) {
        partition->samples[slot] = sample;
    }
}

bool wl__partitions_want(wl__partitions *partitions, wl__position position, uint64_t second,
                         double read_units, double write_units) {
    wl__partition *partition = wl__partitions_find(partitions, position);
    if (go_on(partition, second)) {
        partition->heat = 0;
        if (!split(partitions, (size_t)(partition - partitions->list), second)) {
            return false;
        }
        partition = wl__partitions_find(partitions, position);
    }
    partition->read_wanted += read_units;
    partition->write_wanted += write_units;
    remember(partition, (wl__sample){.position = position,
                                     .weight = read_units / WL__PARTITION_READ_UNITS +
                                               write_units / WL__PARTITION_WRITE_UNITS});
    return true;
}
