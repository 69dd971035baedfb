/*
 * What a workload would cost a month at its target rate, by prices from a file.
 * https://aws.amazon.com/dynamodb/pricing/
 */
#ifndef WORKLOAD_COST_H
#define WORKLOAD_COST_H

#include "workload/results.h"

/* US dollars. The file (prices.yaml) names its source and its date; see prices.c for its form. */
typedef struct wl_prices {
    char source[200];
    char date[16];
    char region[32];
    double read_million;   /* on demand, a million read request units */
    double write_million;  /* a million write request units */
    double read_unit_hour; /* provisioned */
    double write_unit_hour;
    double storage_gb_month;
    double storage_free_gb;         /* of an account, 0: none is taken off */
    double infrequent_read_million; /* the class STANDARD_INFREQUENT_ACCESS */
    double infrequent_write_million;
    double infrequent_read_unit_hour;
    double infrequent_write_unit_hour;
    double infrequent_storage_gb_month;
    double hours_month; /* 730 */
} wl_prices;

/* The prices that are built in. */
wl_prices wl_prices_built_in(void);
bool wl_prices_read(wl_prices *prices, const char *path, wl_complaint *complaint);

typedef struct wl_place_cost {
    double on_demand_read, on_demand_write; /* dollars a month */
    double provisioned_read, provisioned_write;
    wl_throughput provision; /* the units a second that it was computed with */
    double storage;          /* with 100 bytes more an item */
} wl_place_cost;

typedef struct wl_cost {
    wl_place_cost *places; /* wl_place_count */
    double *patterns;      /* on demand, each pattern's reads and writes, without storage */
    double *pattern_reads; /* of these the reads */
    double on_demand;      /* all, with storage */
    double provisioned;
    double billed; /* each table as the workload says; it, and provisioned, need a target */
    bool mixed;    /* tables are billed in two ways, so that billed is neither of the others */
    double storage;
    double rate; /* calls a second it was computed for; 0: no target, so a million
                    calls of the mix are priced instead of a month */
} wl_cost;

/* utilization: what part of provisioned units is meant to be used (0.7); where the workload's
 * tables say their own units, those are taken. False: no memory. */
bool wl_cost_of(wl_cost *cost, const wl_results *results, const wl_prices *prices,
                double utilization);
void wl_cost_clean_up(wl_cost *cost);

#endif
