/* The buckets of a histogram; see histogram.h. */
#include "workload/histogram.h"

enum {
    LINEAR = 64, /* below this a bucket is one nanosecond; also the buckets of a power of two */
    LINEAR_BITS = 6,
};

#define DURATION_MAX_NS ((uint64_t)1 << 40)

static unsigned high_bit(uint64_t value) {
    return 63 - (unsigned)__builtin_clzll(value);
}

static unsigned bucket_of(uint64_t duration_ns) {
    if (duration_ns < LINEAR) {
        return (unsigned)duration_ns;
    }
    unsigned power = high_bit(duration_ns) - LINEAR_BITS;
    return LINEAR * power + (unsigned)(duration_ns >> power);
}

/* The longest duration that is in the bucket. */
static uint64_t bucket_end(unsigned bucket) {
    if (bucket < LINEAR) {
        return bucket;
    }
    unsigned power = bucket / LINEAR - 1;
    uint64_t within = LINEAR + bucket % LINEAR;
    return ((within + 1) << power) - 1;
}

_Static_assert(LINEAR *(40 - LINEAR_BITS) + LINEAR < WL_HISTOGRAM_BUCKETS, "the longest fits");

void wl_histogram_add(wl_histogram *histogram, uint64_t duration_ns) {
    uint64_t kept = duration_ns < DURATION_MAX_NS ? duration_ns : DURATION_MAX_NS;
    uint32_t *bucket = &histogram->buckets[bucket_of(kept)];
    *bucket += *bucket != UINT32_MAX;
    histogram->min_ns =
        histogram->count == 0 || kept < histogram->min_ns ? kept : histogram->min_ns;
    histogram->max_ns = kept > histogram->max_ns ? kept : histogram->max_ns;
    histogram->count++;
    histogram->sum_ns += kept;
}

uint64_t wl_histogram_quantile(const wl_histogram *histogram, double fraction) {
    double wanted = fraction * (double)histogram->count;
    uint64_t seen = 0;
    for (unsigned i = 0; i < WL_HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (histogram->buckets[i] != 0 && (double)seen >= wanted) {
            uint64_t end = bucket_end(i);
            return end < histogram->max_ns ? end : histogram->max_ns;
        }
    }
    return histogram->max_ns;
}

void wl_histogram_merge(wl_histogram *histogram, const wl_histogram *from) {
    if (from->count == 0) {
        return;
    }
    for (unsigned i = 0; i < WL_HISTOGRAM_BUCKETS; i++) {
        uint64_t sum = (uint64_t)histogram->buckets[i] + from->buckets[i];
        histogram->buckets[i] = sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
    }
    histogram->min_ns = histogram->count == 0 || from->min_ns < histogram->min_ns
                            ? from->min_ns
                            : histogram->min_ns;
    histogram->max_ns = from->max_ns > histogram->max_ns ? from->max_ns : histogram->max_ns;
    histogram->count += from->count;
    histogram->sum_ns += from->sum_ns;
}
