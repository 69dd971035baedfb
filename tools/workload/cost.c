/*
 * Dollars a month. Each place has its units, and a local index's are part of its table's provision.
 * https://aws.amazon.com/dynamodb/pricing/on-demand/
 * https://aws.amazon.com/dynamodb/pricing/provisioned/
 */
#include "workload/cost.h"

#include <math.h>
#include <stdlib.h>

/* Stored data is billed with this more for each item, in tables and in indexes:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
enum { BYTES_AN_ITEM = 100 };

/* AWS's own calculator for DynamoDB takes a gigabyte for this many bytes (calculate_costs.py of
 * https://github.com/aws/agent-toolkit-for-aws); the pricing pages do not say. */
#define GIGABYTE 1e9

typedef struct class_prices {
    double read_million, write_million, read_unit_hour, write_unit_hour, storage;
} class_prices;

static class_prices prices_of(const wl_prices *prices, bool infrequent) {
    if (infrequent) {
        return (class_prices){prices->infrequent_read_million, prices->infrequent_write_million,
                              prices->infrequent_read_unit_hour, prices->infrequent_write_unit_hour,
                              prices->infrequent_storage_gb_month};
    }
    return (class_prices){prices->read_million, prices->write_million, prices->read_unit_hour,
                          prices->write_unit_hour, prices->storage_gb_month};
}

/* Calls a second of a pattern; without a target, its share. */
static double calls_of(const wl_pattern *pattern, double rate) {
    if (rate == 0) {
        return pattern->share;
    }
    return pattern->rate > 0 ? pattern->rate : rate * pattern->share;
}

/* On demand: the cost of each pattern, into the places' and the patterns' sums. periods: how many
 * times calls_of happens in what is priced. Units a second into rates. */
static void cost_of_pattern(wl_cost *cost, const wl_results *results, const wl_prices *prices,
                            size_t number, double periods, wl_units *rates) {
    const wl_pattern_result *pattern = &results->patterns[number];
    if (pattern->calls == 0) {
        return;
    }
    double calls = calls_of(wl_pattern_at(results->workload, number), cost->rate);
    size_t place_count = wl_place_count(results->workload);
    for (size_t i = 0; i < place_count; i++) {
        wl_place place = wl_place_at(results->workload, i);
        class_prices price = prices_of(prices, place.of->infrequent_access);
        double reads = pattern->units[i].read / (double)pattern->calls * calls;
        /* Writes whose condition failed are charged to their table:
         * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html */
        double refused = i == pattern->refused_place ? pattern->refused : 0;
        double written = pattern->units[i].write + refused;
        double writes = written / (double)pattern->calls * calls;
        double read_cost = reads * periods / 1e6 * price.read_million;
        double write_cost = writes * periods / 1e6 * price.write_million;
        cost->places[i].on_demand_read += read_cost;
        cost->places[i].on_demand_write += write_cost;
        cost->patterns[number] += read_cost + write_cost;
        cost->pattern_reads[number] += read_cost;
        rates[i].read += reads;
        rates[i].write += writes;
    }
}

/* At least one unit:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ProvisionedThroughput.html */
static double units_for(double rate, double utilization) {
    return fmax(1, ceil(rate / utilization - 1e-9));
}

/* A table's local indexes stand behind it, and their units are its own. */
static wl_units with_local_indexes(const wl_workload *workload, size_t number,
                                   const wl_units *rates) {
    wl_units sum = rates[number];
    size_t count = wl_place_count(workload);
    for (size_t i = number + 1; i < count && wl_place_at(workload, i).index != NULL; i++) {
        if (wl_place_at(workload, i).index->local) {
            sum.read += rates[i].read;
            sum.write += rates[i].write;
        }
    }
    return sum;
}

static wl_throughput provision_of(const wl_workload *workload, size_t number, const wl_units *rates,
                                  double utilization) {
    wl_place place = wl_place_at(workload, number);
    wl_throughput said = place.index == NULL ? place.of->provisioned : place.index->provisioned;
    if (said.read_units > 0 && said.write_units > 0) {
        return said;
    }
    wl_units rate =
        place.index == NULL ? with_local_indexes(workload, number, rates) : rates[number];
    return (wl_throughput){.read_units = units_for(rate.read, utilization),
                           .write_units = units_for(rate.write, utilization)};
}

static void provision(wl_cost *cost, const wl_results *results, const wl_prices *prices,
                      double utilization, const wl_units *rates) {
    size_t count = wl_place_count(results->workload);
    for (size_t i = 0; i < count; i++) {
        wl_place at = wl_place_at(results->workload, i);
        if (at.index != NULL && at.index->local) {
            continue;
        }
        wl_place_cost *place = &cost->places[i];
        class_prices price = prices_of(prices, at.of->infrequent_access);
        place->provision = provision_of(results->workload, i, rates, utilization);
        place->provisioned_read =
            place->provision.read_units * price.read_unit_hour * prices->hours_month;
        place->provisioned_write =
            place->provision.write_units * price.write_unit_hour * prices->hours_month;
    }
}

/* What is free is taken off all places alike; it is the standard class's only. */
static void store(wl_cost *cost, const wl_results *results, const wl_prices *prices) {
    size_t count = wl_place_count(results->workload);
    double standard_gb = 0;
    for (size_t pass = 0; pass < 2; pass++) {
        double billed = standard_gb > 0 ? fmax(0, 1 - prices->storage_free_gb / standard_gb) : 1;
        for (size_t i = 0; i < count; i++) {
            const wl_place_result *place = &results->places[i];
            bool infrequent = wl_place_at(results->workload, i).of->infrequent_access;
            double gb = ((double)place->bytes + BYTES_AN_ITEM * (double)place->items) / GIGABYTE;
            if (pass == 0) {
                standard_gb += infrequent ? 0 : gb;
            } else {
                cost->places[i].storage =
                    gb * prices_of(prices, infrequent).storage * (infrequent ? 1 : billed);
            }
        }
    }
}

static void add_up(wl_cost *cost, const wl_workload *workload) {
    bool ways[2] = {false, false};
    for (size_t i = 0; i < wl_place_count(workload); i++) {
        const wl_place_cost *place = &cost->places[i];
        bool on_demand = wl_place_at(workload, i).of->on_demand;
        double as_used = place->on_demand_read + place->on_demand_write;
        double reserved = place->provisioned_read + place->provisioned_write;
        cost->storage += place->storage;
        cost->on_demand += as_used;
        cost->provisioned += reserved;
        cost->billed += on_demand ? as_used : reserved;
        ways[on_demand] = true;
    }
    cost->on_demand += cost->storage;
    cost->provisioned += cost->storage;
    cost->billed += cost->storage;
    cost->mixed = ways[false] && ways[true];
}

bool wl_cost_of(wl_cost *cost, const wl_results *results, const wl_prices *prices,
                double utilization) {
    size_t place_count = wl_place_count(results->workload);
    size_t pattern_count = wl_pattern_count(results->workload);
    *cost = (wl_cost){.rate = wl_workload_rate(results->workload)};
    cost->places = calloc(place_count + 1, sizeof *cost->places);
    cost->patterns = calloc(pattern_count + 1, sizeof *cost->patterns);
    cost->pattern_reads = calloc(pattern_count + 1, sizeof *cost->pattern_reads);
    wl_units *rates = calloc(place_count + 1, sizeof *rates);
    if (cost->places == NULL || cost->patterns == NULL || cost->pattern_reads == NULL ||
        rates == NULL) {
        free(rates);
        wl_cost_clean_up(cost);
        return false;
    }
    double periods = cost->rate > 0 ? prices->hours_month * 3600 : 1e6;
    for (size_t i = 0; i < pattern_count; i++) {
        cost_of_pattern(cost, results, prices, i, periods, rates);
    }
    if (cost->rate > 0) {
        provision(cost, results, prices, utilization, rates);
    }
    store(cost, results, prices);
    add_up(cost, results->workload);
    free(rates);
    return true;
}

void wl_cost_clean_up(wl_cost *cost) {
    free(cost->places);
    free(cost->patterns);
    free(cost->pattern_reads);
    *cost = (wl_cost){0};
}
