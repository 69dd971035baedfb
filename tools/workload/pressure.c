/*
 * Rising rates: doubled until a request is throttled, then halved in between until the step is
 * small. The same trace gives the same answer.
 *
 * Calls come evenly spaced. The requests of a call follow each other by ROUND_TRIP_S each, as those
 * of a client near its tables; a call one of whose requests is throttled ends there.
 */
#include "workload/pressure.h"

#include "workload/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* AWS speaks of single-digit milliseconds: https://aws.amazon.com/dynamodb/features/ Assumed. */
#define ROUND_TRIP_S 0.005
/* Rates that are tried. */
#define RATE_LOWEST (1.0 / 1024)
#define RATE_HIGHEST (1024.0 * 1024)
#define RATE_STEP 1.02 /* the highest good rate and the lowest bad one are no farther apart */

enum {
    CALLS_MAX = 400000, /* of one rate: above it the simulated time is shorter, ... */
    SECONDS_MIN = 3,    /* ... but not shorter than this */
    BYTES_AN_ITEM = 100,
};

/* ---- arrivals in the order of their times ---- */

/* A request that is to come. */
typedef struct coming_request {
    double time_s;
    uint64_t order; /* of equal times the first made goes first */
    const wl__trace_call *call;
    size_t demand; /* its first */
} coming_request;

/* A heap: the earliest is at 0. */
typedef struct request_queue {
    coming_request *list;
    size_t count;
    size_t capacity;
    uint64_t made;
} request_queue;

static bool comes_before(const coming_request *a, const coming_request *b) {
    return a->time_s != b->time_s ? a->time_s < b->time_s : a->order < b->order;
}

static void swap(coming_request *a, coming_request *b) {
    coming_request other = *a;
    *a = *b;
    *b = other;
}

static bool queue_add(request_queue *queue, coming_request next) {
    if (queue->count == queue->capacity) {
        size_t capacity = queue->capacity == 0 ? 64 : 2 * queue->capacity;
        coming_request *list = realloc(queue->list, capacity * sizeof *list);
        if (list == NULL) {
            return false;
        }
        queue->list = list;
        queue->capacity = capacity;
    }
    next.order = queue->made++;
    size_t at = queue->count++;
    queue->list[at] = next;
    while (at > 0 && comes_before(&queue->list[at], &queue->list[(at - 1) / 2])) {
        swap(&queue->list[at], &queue->list[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    return true;
}

static coming_request queue_take(request_queue *queue) {
    coming_request first = queue->list[0];
    queue->list[0] = queue->list[--queue->count];
    size_t at = 0;
    for (;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < queue->count; child++) {
            if (comes_before(&queue->list[child], &queue->list[least])) {
                least = child;
            }
        }
        if (least == at) {
            return first;
        }
        swap(&queue->list[at], &queue->list[least]);
        at = least;
    }
}

/* ---- one rate ---- */

typedef struct rate_search {
    wl_pressure *pressure;
    const wl_workload *workload;
    const wl_trace *trace;
    wl_capacity *capacities;
    double simulated_s;
    void (*on_rate)(void *ctx, double rate);
    void *ctx;
} rate_search;

/* Offers a request; one that is admitted lets the next of its call come. False: no memory. */
static bool offer(wl_simulation *simulation, request_queue *queue, coming_request now,
                  wl_rate_result *result) {
    size_t len = wl__trace_request_len(now.call, now.demand);
    wl_arrival arrival = {.time_s = now.time_s,
                          .pattern = now.call->pattern,
                          .demands = now.call->demands + now.demand,
                          .demand_count = len};
    if (!wl_simulation_offer(simulation, &arrival, NULL)) {
        result->throttled++;
        return true;
    }
    now.demand += len;
    now.time_s += ROUND_TRIP_S;
    if (now.demand < now.call->demand_count) {
        return queue_add(queue, now);
    }
    result->admitted++;
    return true;
}

static bool offer_calls(wl_simulation *simulation, const rate_search *search,
                        wl_rate_result *result) {
    request_queue queue = {0};
    double seconds = fmax(fmin(search->simulated_s, CALLS_MAX / result->rate), (double)SECONDS_MIN);
    uint64_t calls = (uint64_t)ceil(seconds * result->rate);
    bool good = true;
    for (uint64_t i = 0; good && (i < calls || queue.count > 0);) {
        double next_s = i < calls ? (double)i / result->rate : HUGE_VAL;
        if (queue.count > 0 && queue.list[0].time_s < next_s) {
            good = offer(simulation, &queue, queue_take(&queue), result);
        } else {
            const wl__trace_call *call = &search->trace->calls[i % search->trace->count];
            good =
                offer(simulation, &queue, (coming_request){.time_s = next_s, .call = call}, result);
            i++;
        }
    }
    free(queue.list);
    return good && !wl_simulation_failed(simulation);
}

/* False: no memory. */
static bool try_rate(const rate_search *search, double rate, wl_rate_result *result) {
    *result = (wl_rate_result){.rate = rate};
    wl_simulation *simulation = wl_simulation_new(search->workload, search->capacities);
    if (simulation == NULL) {
        return false;
    }
    bool good = offer_calls(simulation, search, result);
    result->first = *wl_simulation_first(simulation);
    wl_simulation_destroy(simulation);
    if (good && search->on_rate != NULL) {
        search->on_rate(search->ctx, rate);
    }
    return good;
}

/* ---- the search ---- */

/* The results stand by rate; none that is above one that throttles is kept but the least. */
static void keep(wl_pressure *pressure, const wl_rate_result *result) {
    wl_rate_result *rates = pressure->rates;
    size_t at = 0;
    while (at < pressure->rate_count && rates[at].rate < result->rate) {
        at++;
    }
    if (result->throttled > 0) {
        pressure->rate_count = at;
    }
    if (pressure->rate_count == WL_RATES_MAX) {
        return;
    }
    memmove(&rates[at + 1], &rates[at], (pressure->rate_count - at) * sizeof *rates);
    rates[at] = *result;
    pressure->rate_count++;
}

static bool find(const rate_search *search, double rate) {
    double good = 0;
    double bad = HUGE_VAL;
    while (bad / fmax(good, RATE_LOWEST) > RATE_STEP && good < RATE_HIGHEST) {
        wl_rate_result result;
        if (!try_rate(search, rate, &result)) {
            return false;
        }
        keep(search->pressure, &result);
        if (result.throttled == 0) {
            good = rate;
        } else {
            bad = rate;
            search->pressure->first = result.first;
            search->pressure->first.rate = rate;
        }
        /* Between the two; or, where one of them is not known yet, twice or half as much. */
        rate = bad == HUGE_VAL ? 2 * rate : good > 0 ? sqrt(good * bad) : rate / 2;
    }
    search->pressure->rate_max = bad == HUGE_VAL ? HUGE_VAL : good;
    return true;
}

static wl_throughput provisioned_of(wl_place place) {
    wl_throughput own = place.index == NULL ? place.of->provisioned : place.index->provisioned;
    bool said = own.read_units > 0 || own.write_units > 0;
    return said ? own : place.of->provisioned;
}

/* Tables of a provisioned search that say no units stay on demand. Nothing is saved up at the
 * start, so that a rate that is found good can be kept up. */
static wl_capacity *capacities_of(const wl_results *results, wl_mode mode) {
    size_t count = wl_place_count(results->workload);
    wl_capacity *capacities = calloc(count + 1, sizeof *capacities);
    for (size_t i = 0; capacities != NULL && i < count; i++) {
        wl_throughput units = provisioned_of(wl_place_at(results->workload, i));
        bool said = units.read_units > 0 || units.write_units > 0;
        const wl_place_result *place = &results->places[i];
        capacities[i] =
            (wl_capacity){.mode = mode == WL_PROVISIONED && said ? WL_PROVISIONED : WL_ON_DEMAND,
                          .provisioned = units,
                          .bytes = place->bytes + BYTES_AN_ITEM * place->items,
                          .no_burst = true};
    }
    return capacities;
}

bool wl_pressure_find(wl_pressure *pressure, const wl_results *results, const wl_trace *trace,
                      wl_mode mode, double simulated_s, void (*on_rate)(void *ctx, double rate),
                      void *ctx) {
    double target = wl_workload_rate(results->workload);
    target = target <= RATE_HIGHEST ? target : 0; /* it would take as long as it is high */
    *pressure = (wl_pressure){.mode = mode, .rate_max = HUGE_VAL, .at_target.rate = target};
    if (trace->count == 0) {
        return true;
    }
    rate_search search = {.pressure = pressure,
                          .workload = results->workload,
                          .trace = trace,
                          .capacities = capacities_of(results, mode),
                          .simulated_s = simulated_s,
                          .on_rate = on_rate,
                          .ctx = ctx};
    bool good = search.capacities != NULL;
    if (good && target > 0) {
        good = try_rate(&search, target, &pressure->at_target);
    }
    good = good && find(&search, target > 0 ? target : 64);
    free(search.capacities);
    return good;
}
