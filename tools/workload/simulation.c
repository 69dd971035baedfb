/*
 * Admission of requests, second by second of the arrivals' time.
 *
 * What is modelled, and where AWS says so (D stands for
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/):
 * - A provisioned table or index gives its units each second and keeps what was not used, for up to
 *   300 seconds: D burst-adaptive-capacity.html. AWS's own example, 45,000 units saved up at 150 a
 *   second and gone after 900 s at 200 a second, is a test:
 *   https://repost.aws/knowledge-center/dynamodb-spiky-workloads-short-intervals
 * - Adaptive capacity is instant: a partition may take up to all that its table has, but never more
 *   than 3,000 read and 1,000 write units a second, which are counted apart:
 *   D burst-adaptive-capacity.html, D throttling-key-range-limit-exceeded-mitigation.html
 * - Partitions are ranges of the partition key's hash: D HowItWorks.Partitions.html. How many there
 *   are at the start: partitions_at_start below.
 * - A partition that stays hot is split; the items of one partition key may be parted by their sort
 *   key, unless the table has a local index: D burst-adaptive-capacity.html. How long it takes is
 *   not documented: WL__HEAT_SECONDS in partitions.h is an assumption.
 * - A new on-demand table takes 4,000 write and 12,000 read units a second, later twice its
 *   previous peak; a peak that is more than twice the previous one within 30 minutes may be
 *   throttled: D on-demand-capacity-mode.html. Here it is, and a peak counts as previous once 30
 *   minutes have passed since its minute.
 * - A global index has partitions and capacity of its own, and a write that it has no capacity for
 *   is throttled at its table; reads of it only at the index: D gsi-throttling.html. Indexes are
 *   written to at once here; AWS does it behind the write and documents no length of that queue.
 * - A local index uses its table's capacity and partitions: D LSI.html
 * Left out, because AWS documents no figures: best-effort loss of burst capacity to background
 * tasks, and splits that an on-demand table makes because it grows rather than because it is hot.
 */
#include "workload/simulation.h"

#include "workload/partitions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BURST_SECONDS = 300,
    ON_DEMAND_READ_UNITS = 12000,
    ON_DEMAND_WRITE_UNITS = 4000,
    PEAK_MINUTES = 30, /* until a peak is a previous one */
};

static const double partition_bytes = 10.0 * 1024 * 1024 * 1024;

/* Units of the seconds that were; the present one is not yet among busiest. */
typedef struct unit_meter {
    uint64_t second;
    double units;
    double busiest;
} unit_meter;

/* What one direction, reads or writes, of a table or global index may take. */
typedef struct unit_limit {
    wl__allowance allowance;
    bool on_demand;
    double start;                   /* ON_DEMAND: never less than this */
    unit_meter used;                /* ON_DEMAND: by the table and its local indexes */
    double peaks[PEAK_MINUTES + 1]; /* the busiest second of each minute: a ring */
    uint64_t minute;                /* that the ring is at */
    double previous_peak;
} unit_limit;

typedef struct sim_place {
    size_t base; /* whose limits and partitions are used: a local index's are its table's */
    bool global_index;
    bool parts_collections; /* may part the items of one partition key */
    unit_limit read;
    unit_limit write;
    wl__partitions partitions;
    size_t partitions_start;
    wl_simulated_place totals; /* but for the peaks and partitions_end */
    unit_meter reads;
    unit_meter writes;
} sim_place;

struct wl_simulation {
    sim_place *places;
    size_t place_count;
    unit_meter arrivals;
    double arrivals_before; /* of the second before the present one */
    uint64_t admitted;
    uint64_t throttled;
    wl_throttle first;
    bool failed;
};

/* ---- meters and limits ---- */

static void meter_advance(unit_meter *meter, uint64_t second) {
    if (second != meter->second) {
        meter->busiest = fmax(meter->busiest, meter->units);
        meter->units = 0;
        meter->second = second;
    }
}

static double meter_busiest(const unit_meter *meter) {
    return fmax(meter->busiest, meter->units);
}

static unit_limit limit_provisioned(double units, bool no_burst) {
    double burst = BURST_SECONDS * units;
    return (unit_limit){.allowance = wl__allowance_start(units, burst, no_burst ? 0 : burst)};
}

static unit_limit limit_on_demand(double warm, double otherwise) {
    double start = warm > 0 ? warm : otherwise;
    return (unit_limit){
        .allowance = wl__allowance_start(start, 0, 0), .on_demand = true, .start = start};
}

/* The ring goes on to the minute; minutes that are PEAK_MINUTES over become previous. */
static void peaks_advance(unit_limit *limit, uint64_t minute) {
    uint64_t steps = minute - limit->minute;
    if (steps > PEAK_MINUTES + 1) {
        steps = PEAK_MINUTES + 1;
    }
    for (uint64_t i = 0; i < steps; i++) {
        double *slot = &limit->peaks[(limit->minute + 1 + i) % (PEAK_MINUTES + 1)];
        limit->previous_peak = fmax(limit->previous_peak, *slot);
        *slot = 0;
    }
    limit->minute = minute;
}

static void limit_advance(unit_limit *limit, uint64_t second) {
    if (limit->on_demand && second != limit->used.second) {
        double *peak = &limit->peaks[limit->minute % (PEAK_MINUTES + 1)];
        *peak = fmax(*peak, limit->used.units);
        meter_advance(&limit->used, second);
        peaks_advance(limit, second / 60);
        limit->allowance.rate = fmax(limit->start, 2 * limit->previous_peak);
    }
    wl__allowance_advance(&limit->allowance, second);
}

static bool limit_take(unit_limit *limit, double units) {
    if (!wl__allowance_take(&limit->allowance, units)) {
        return false;
    }
    limit->used.units += units;
    return true;
}

static void limit_return(unit_limit *limit, double units) {
    wl__allowance_return(&limit->allowance, units);
    limit->used.units -= units;
}

/* ---- setting up ---- */

/*
 * By throughput and by size, whichever is more. AWS's present pages give no formula. For
 * provisioned tables this is the one that the guide gave until 2017, read units / 3,000 + write
 * units / 1,000, rounded up; for on-demand tables the least number whose ceilings come to what they
 * take.
 */
static size_t partitions_at_start(const wl_capacity *capacity, double read_units,
                                  double write_units) {
    double reads = read_units / WL__PARTITION_READ_UNITS;
    double writes = write_units / WL__PARTITION_WRITE_UNITS;
    double count = ceil(capacity->mode == WL_ON_DEMAND ? fmax(reads, writes) : reads + writes);
    count = fmax(count, ceil((double)capacity->bytes / partition_bytes));
    return (size_t)fmin(fmax(count, 1), WL__PARTITIONS_MAX);
}

static bool has_local_index(const wl_table *table) {
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].local) {
            return true;
        }
    }
    return false;
}

static size_t base_of(const wl_workload *workload, size_t number) {
    wl_place at = wl_place_at(workload, number);
    if (at.index == NULL || !at.index->local) {
        return number;
    }
    size_t base = number;
    while (wl_place_at(workload, base).index != NULL) {
        base--; /* a table's own place stands before its indexes' */
    }
    return base;
}

static bool place_init(sim_place *place, const wl_workload *workload, size_t number,
                       const wl_capacity *capacity) {
    wl_place at = wl_place_at(workload, number);
    place->base = base_of(workload, number);
    if (place->base != number) {
        return true;
    }
    place->global_index = at.index != NULL;
    place->parts_collections = at.index != NULL || !has_local_index(at.of);
    if (capacity->mode == WL_ON_DEMAND) {
        place->read = limit_on_demand(capacity->warm.read_units, ON_DEMAND_READ_UNITS);
        place->write = limit_on_demand(capacity->warm.write_units, ON_DEMAND_WRITE_UNITS);
    } else {
        place->read = limit_provisioned(capacity->provisioned.read_units, capacity->no_burst);
        place->write = limit_provisioned(capacity->provisioned.write_units, capacity->no_burst);
    }
    place->partitions_start =
        partitions_at_start(capacity, place->read.allowance.rate, place->write.allowance.rate);
    return wl__partitions_init(&place->partitions, place->partitions_start);
}

wl_simulation *wl_simulation_new(const wl_workload *workload, const wl_capacity *capacities) {
    wl_simulation *simulation = calloc(1, sizeof *simulation);
    if (simulation == NULL) {
        return NULL;
    }
    simulation->place_count = wl_place_count(workload);
    simulation->places = calloc(simulation->place_count + 1, sizeof *simulation->places);
    bool good = simulation->places != NULL;
    for (size_t i = 0; good && i < simulation->place_count; i++) {
        good = place_init(&simulation->places[i], workload, i, &capacities[i]);
    }
    if (!good) {
        wl_simulation_destroy(simulation);
        return NULL;
    }
    return simulation;
}

void wl_simulation_destroy(wl_simulation *simulation) {
    if (simulation == NULL) {
        return;
    }
    for (size_t i = 0; simulation->places != NULL && i < simulation->place_count; i++) {
        wl__partitions_clean_up(&simulation->places[i].partitions);
    }
    free(simulation->places);
    free(simulation);
}

/* ---- one arrival ---- */

static wl__position position_of(const sim_place *base, const wl_demand *demand) {
    return (wl__position){.hash = demand->key_hash,
                          .sort = base->parts_collections ? demand->sort_hash : 0};
}

static void want(wl_simulation *simulation, const wl_demand *demand, uint64_t second) {
    sim_place *own = &simulation->places[demand->place];
    sim_place *base = &simulation->places[own->base];
    meter_advance(&own->reads, second);
    meter_advance(&own->writes, second);
    limit_advance(&base->read, second);
    limit_advance(&base->write, second);
    if (!wl__partitions_want(&base->partitions, position_of(base, demand), second,
                             demand->read_units, demand->write_units)) {
        simulation->failed = true;
    }
}

/* Takes from the table first, then from the partition: of one direction all or nothing. */
static wl_throttle_reason take_units(unit_limit *limit, wl__allowance *ceiling, double units) {
    if (units <= 0) {
        return WL_THROTTLE_NONE;
    }
    if (!limit_take(limit, units)) {
        return limit->on_demand ? WL_THROTTLE_ON_DEMAND : WL_THROTTLE_TABLE;
    }
    if (!wl__allowance_take(ceiling, units)) {
        limit_return(limit, units);
        return WL_THROTTLE_PARTITION;
    }
    return WL_THROTTLE_NONE;
}

static void return_units(unit_limit *limit, wl__allowance *ceiling, double units) {
    if (units > 0) {
        limit_return(limit, units);
        wl__allowance_return(ceiling, units);
    }
}

/* *write: which direction was throttled. */
static wl_throttle_reason take(wl_simulation *simulation, const wl_demand *demand, bool *write) {
    sim_place *base = &simulation->places[simulation->places[demand->place].base];
    wl__partition *partition = wl__partitions_find(&base->partitions, position_of(base, demand));
    *write = false;
    wl_throttle_reason reason = take_units(&base->read, &partition->read, demand->read_units);
    if (reason == WL_THROTTLE_NONE) {
        *write = true;
        reason = take_units(&base->write, &partition->write, demand->write_units);
        if (reason != WL_THROTTLE_NONE) {
            return_units(&base->read, &partition->read, demand->read_units);
        }
    }
    return reason;
}

static void give_back(wl_simulation *simulation, const wl_demand *demand) {
    sim_place *base = &simulation->places[simulation->places[demand->place].base];
    wl__partition *partition = wl__partitions_find(&base->partitions, position_of(base, demand));
    return_units(&base->read, &partition->read, demand->read_units);
    return_units(&base->write, &partition->write, demand->write_units);
}

static void count_units(wl_simulation *simulation, const wl_arrival *arrival, bool admitted) {
    for (size_t i = 0; i < arrival->demand_count; i++) {
        const wl_demand *demand = &arrival->demands[i];
        sim_place *own = &simulation->places[demand->place];
        if (admitted) {
            own->totals.read_admitted += demand->read_units;
            own->totals.write_admitted += demand->write_units;
            own->reads.units += demand->read_units;
            own->writes.units += demand->write_units;
        } else {
            own->totals.read_throttled += demand->read_units;
            own->totals.write_throttled += demand->write_units;
        }
    }
}

static void count_arrival(wl_simulation *simulation, uint64_t second) {
    unit_meter *arrivals = &simulation->arrivals;
    if (second != arrivals->second) {
        simulation->arrivals_before = second == arrivals->second + 1 ? arrivals->units : 0;
    }
    meter_advance(arrivals, second);
    arrivals->units += 1;
}

/* Arrivals a second: of the last full second, and until there is one of the time that has gone. */
static double rate_now(const wl_simulation *simulation, double time_s) {
    if (simulation->arrivals.second > 0) {
        return fmax(simulation->arrivals_before, simulation->arrivals.units);
    }
    return time_s > 0 ? simulation->arrivals.units / time_s : simulation->arrivals.units;
}

static wl_throttle describe(const wl_simulation *simulation, const wl_arrival *arrival,
                            const wl_demand *demand, wl_throttle_reason limit, bool write) {
    bool pushed_back = write && simulation->places[demand->place].global_index;
    wl_throttle throttle = {
        .reason = pushed_back ? WL_THROTTLE_INDEX : limit,
        .limit = limit,
        .time_s = arrival->time_s,
        .place = demand->place,
        .pattern = arrival->pattern,
        .write = write,
        .rate = rate_now(simulation, arrival->time_s),
    };
    if (demand->key != NULL) {
        size_t len = strlen(demand->key);
        len = len < sizeof throttle.key ? len : sizeof throttle.key - 1;
        memcpy(throttle.key, demand->key, len);
    }
    return throttle;
}

bool wl_simulation_offer(wl_simulation *simulation, const wl_arrival *arrival,
                         wl_throttle *throttle) {
    uint64_t second = arrival->time_s > 0 ? (uint64_t)arrival->time_s : 0;
    count_arrival(simulation, second);
    for (size_t i = 0; i < arrival->demand_count; i++) {
        want(simulation, &arrival->demands[i], second);
    }
    wl_throttle why = {0};
    for (size_t i = 0; i < arrival->demand_count && why.reason == WL_THROTTLE_NONE; i++) {
        bool write = false;
        wl_throttle_reason limit = take(simulation, &arrival->demands[i], &write);
        if (limit != WL_THROTTLE_NONE) {
            why = describe(simulation, arrival, &arrival->demands[i], limit, write);
            for (size_t j = 0; j < i; j++) {
                give_back(simulation, &arrival->demands[j]);
            }
        }
    }
    bool admitted = why.reason == WL_THROTTLE_NONE;
    count_units(simulation, arrival, admitted);
    if (admitted) {
        simulation->admitted++;
    } else if (simulation->throttled++ == 0) {
        simulation->first = why;
    }
    if (throttle != NULL) {
        *throttle = why;
    }
    return admitted;
}

/* ---- what came of it ---- */

const wl_throttle *wl_simulation_first(const wl_simulation *simulation) {
    return &simulation->first;
}

wl_simulated_place wl_simulation_place(const wl_simulation *simulation, size_t place) {
    const sim_place *own = &simulation->places[place];
    const sim_place *base = &simulation->places[own->base];
    wl_simulated_place answer = own->totals;
    answer.partitions_start = base->partitions_start;
    answer.partitions_end = base->partitions.count;
    answer.read_peak = meter_busiest(&own->reads);
    answer.write_peak = meter_busiest(&own->writes);
    return answer;
}

uint64_t wl_simulation_admitted(const wl_simulation *simulation) {
    return simulation->admitted;
}

uint64_t wl_simulation_throttled(const wl_simulation *simulation) {
    return simulation->throttled;
}

bool wl_simulation_failed(const wl_simulation *simulation) {
    return simulation->failed;
}
