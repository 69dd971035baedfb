/* Counting and writing; see metrics.h. Of the rest of the server knows the operations' names. */
#include "http/metrics.h"

#include "http/operations.h"

#include <inttypes.h>
#include <stdlib.h>

/* The first stands for all that is not the service's, so that a client cannot make names. */
enum { OPERATIONS = PT__HTTP_OPERATIONS + 1 };

_Static_assert((int)OPERATIONS <= (int)PT__METRICS_OPERATIONS_MAX, "each has its counts");

/* The ends of the buckets of time, in microseconds and as they are written. */
static const struct {
    uint32_t us;
    const char *seconds;
} ends[PT__METRICS_BUCKETS - 1] = {
    {25, "0.000025"}, {50, "0.00005"},  {100, "0.0001"},  {250, "0.00025"}, {500, "0.0005"},
    {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},  {25000, "0.025"},
    {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"}, {500000, "0.5"},  {1000000, "1"},
    {2500000, "2.5"}, {10000000, "10"},
};

static const char *const reasons[PT__REFUSED_COUNT] = {"host", "origin", "headers", "body", "slow"};

/* ---- counting ---- */

/* One thread writes, so this needs no locked instruction. */
static void add(pt__metric *metric, uint64_t by) {
    atomic_store_explicit(metric, atomic_load_explicit(metric, memory_order_relaxed) + by,
                          memory_order_relaxed);
}

size_t pt__metrics_operation_index(pte_bytes operation) {
    const pt__http_operation *found = pt__http_operation_find(operation);
    return found == NULL ? 0 : (size_t)(found - pt__http_operations) + 1;
}

static const char *operation_name(size_t index) {
    return index == 0 ? "other" : pt__http_operations[index - 1].name;
}

/* The place of the type, a new one if need be; the last where there is no room. */
static size_t type_index(pt__metrics *metrics, pte_bytes type) {
    size_t count = atomic_load_explicit(&metrics->type_count, memory_order_relaxed);
    for (size_t i = 0; i < count; i++) {
        if (strlen(metrics->types[i]) == type.len &&
            memcmp(metrics->types[i], type.data, type.len) == 0) {
            return i;
        }
    }
    if (count == PT__METRICS_TYPES_MAX || type.len >= PT__METRICS_TYPE_BYTES_MAX) {
        return PT__METRICS_TYPES_MAX;
    }
    memcpy(metrics->types[count], type.data, type.len);
    /* Whoever sees the count sees the name. */
    atomic_store_explicit(&metrics->type_count, count + 1, memory_order_release);
    return count;
}

void pt__metrics_count(pt__metrics *metrics, const pt__served *served) {
    if (!pte_bytes_equal(served->operation, pte_str(operation_name(metrics->last)))) {
        metrics->last = pt__metrics_operation_index(served->operation);
    }
    pt__metrics_operation *operation = &metrics->operations[metrics->last];
    size_t bucket = 0;
    while (bucket < PT__METRICS_BUCKETS - 1 && served->ns > (uint64_t)ends[bucket].us * 1000) {
        bucket++;
    }
    add(&operation->requests, 1);
    add(&operation->ns, served->ns);
    add(&operation->buckets[bucket], 1);
    add(&metrics->bytes_in, served->bytes_in);
    add(&metrics->bytes_out, served->bytes_out);
    if (served->error.len > 0) {
        add(&operation->errors[type_index(metrics, served->error)], 1);
    }
}

void pt__metrics_refused(pt__metrics *metrics, pt__refused why) {
    add(&metrics->refused[why], 1);
}

void pt__metrics_connected(pt__metrics *metrics) {
    add(&metrics->connections, 1);
}

/* ---- writing ---- */

static uint64_t get(const pt__metric *metric) {
    return atomic_load_explicit(metric, memory_order_relaxed);
}

static void write_head(FILE *out, const char *name, const char *type, const char *help) {
    fprintf(out, "# HELP pocketable_%s %s\n# TYPE pocketable_%s %s\n", name, help, name, type);
}

/* Sums one count of all loops, which stands `offset` bytes into their structs. */
static uint64_t sum(pt__metrics *const *all, size_t count, size_t offset) {
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += get((const pt__metric *)(const void *)((const char *)all[i] + offset));
    }
    return total;
}

static size_t offset_of(pt__metrics *const *all, const pt__metric *in_first) {
    return (size_t)((const char *)in_first - (const char *)all[0]);
}

#define SUM(place) sum(all, count, offset_of(all, &all[0]->place))

static void write_requests(FILE *out, pt__metrics *const *all, size_t count) {
    write_head(out, "requests_total", "counter", "Requests answered, by operation.");
    for (size_t i = 0; i < OPERATIONS; i++) {
        uint64_t requests = SUM(operations[i].requests);
        if (requests > 0) {
            fprintf(out, "pocketable_requests_total{operation=\"%s\"} %" PRIu64 "\n",
                    operation_name(i), requests);
        }
    }
}

/* One operation's errors of one type of one loop's, in all loops; types are short, few, and in each
 * loop in an order of its own. */
static uint64_t errors_of(pt__metrics *const *all, size_t count, size_t operation,
                          const char *type) {
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        size_t types = atomic_load_explicit(&all[i]->type_count, memory_order_acquire);
        for (size_t j = 0; j < types; j++) {
            if (strcmp(all[i]->types[j], type) == 0) {
                total += get(&all[i]->operations[operation].errors[j]);
            }
        }
    }
    return total;
}

static bool had_before(pt__metrics *const *all, size_t loop, const char *type) {
    for (size_t i = 0; i < loop; i++) {
        size_t types = atomic_load_explicit(&all[i]->type_count, memory_order_acquire);
        for (size_t j = 0; j < types; j++) {
            if (strcmp(all[i]->types[j], type) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void write_errors_of_type(FILE *out, pt__metrics *const *all, size_t count,
                                 const char *type) {
    for (size_t i = 0; i < OPERATIONS; i++) {
        uint64_t errors = type == NULL ? SUM(operations[i].errors[PT__METRICS_TYPES_MAX])
                                       : errors_of(all, count, i, type);
        if (errors > 0) {
            fprintf(out, "pocketable_errors_total{operation=\"%s\",type=\"%s\"} %" PRIu64 "\n",
                    operation_name(i), type == NULL ? "other" : type, errors);
        }
    }
}

static void write_errors(FILE *out, pt__metrics *const *all, size_t count) {
    write_head(out, "errors_total", "counter", "Errors answered, by operation and type.");
    for (size_t i = 0; i < count; i++) {
        size_t types = atomic_load_explicit(&all[i]->type_count, memory_order_acquire);
        for (size_t j = 0; j < types; j++) {
            if (!had_before(all, i, all[i]->types[j])) {
                write_errors_of_type(out, all, count, all[i]->types[j]);
            }
        }
    }
    write_errors_of_type(out, all, count, NULL);
}

static void write_times_of(FILE *out, pt__metrics *const *all, size_t count, size_t i) {
    static const char name[] = "pocketable_request_duration_seconds";
    uint64_t below = 0;
    for (size_t j = 0; j < PT__METRICS_BUCKETS; j++) {
        below += SUM(operations[i].buckets[j]);
        fprintf(out, "%s_bucket{operation=\"%s\",le=\"%s\"} %" PRIu64 "\n", name, operation_name(i),
                j < PT__METRICS_BUCKETS - 1 ? ends[j].seconds : "+Inf", below);
    }
    /* The count is that of the last bucket, even while others count on. */
    fprintf(out, "%s_sum{operation=\"%s\"} %.9f\n%s_count{operation=\"%s\"} %" PRIu64 "\n", name,
            operation_name(i), (double)SUM(operations[i].ns) / 1e9, name, operation_name(i), below);
}

static void write_times(FILE *out, pt__metrics *const *all, size_t count) {
    write_head(out, "request_duration_seconds", "histogram",
               "From the end of a request to the beginning of its answer, by operation.");
    for (size_t i = 0; i < OPERATIONS; i++) {
        if (SUM(operations[i].requests) > 0) {
            write_times_of(out, all, count, i);
        }
    }
}

void pt__metrics_write(FILE *out, pt__metrics *const *all, size_t count) {
    write_requests(out, all, count);
    write_errors(out, all, count);
    write_times(out, all, count);
    write_head(out, "refused_total", "counter",
               "Requests refused before they came to the database, by reason.");
    for (size_t i = 0; i < PT__REFUSED_COUNT; i++) {
        fprintf(out, "pocketable_refused_total{reason=\"%s\"} %" PRIu64 "\n", reasons[i],
                SUM(refused[i]));
    }
    write_head(out, "request_bytes_total", "counter", "Bytes of requests' bodies, as received.");
    fprintf(out, "pocketable_request_bytes_total %" PRIu64 "\n", SUM(bytes_in));
    write_head(out, "response_bytes_total", "counter", "Bytes of answers' bodies, as sent.");
    fprintf(out, "pocketable_response_bytes_total %" PRIu64 "\n", SUM(bytes_out));
    write_head(out, "connections_total", "counter", "Connections that there have been.");
    fprintf(out, "pocketable_connections_total %" PRIu64 "\n", SUM(connections));
}
