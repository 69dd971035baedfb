/*
 * BillingMode, ProvisionedThroughput, OnDemandThroughput and WarmThroughput of tables and of global
 * indexes, as CreateTable sets and UpdateTable changes them. They are settings to be described:
 * nothing is slowed down by them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html
 */
#ifndef PT_OPERATION_TABLE_THROUGHPUT_H
#define PT_OPERATION_TABLE_THROUGHPUT_H

#include "request/call.h"
#include "schema/settings.h"

enum {
    /* What a new on-demand table can take at once (fact 45). */
    PT__ON_DEMAND_READ_UNITS = 12000,
    PT__ON_DEMAND_WRITE_UNITS = 4000,
    /* Quotas of a new account for reads, and for writes. */
    PT__TABLE_UNITS_MAX = 40000,
    PT__ACCOUNT_UNITS_MAX = 80000,
    PT__DECREASES_A_DAY = 4,
    PT__DECREASE_INTERVAL_MS = 3600 * 1000,
};

/* CreateTable: the members of the body into settings. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__throughput_of_new_table(pt__table_settings *settings, pt__call *call);

/* CreateTable: those of an element of GlobalSecondaryIndexes. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__throughput_of_new_index(pt__throughput *throughput, pt__call *call,
                                                      const pt__json *index, pte_bytes name,
                                                      bool on_demand);

/* UpdateTable: those of an index that is added. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__throughput_of_added_index(pt__throughput *throughput, pt__call *call,
                                                        const pt__json *create, pte_bytes name,
                                                        bool on_demand);

/*
 * UpdateTable: the body's BillingMode and throughputs, and those of all Updates of global indexes,
 * into settings, which views what the table has. table's indexes must have been found to exist.
 * Fails: VALIDATION, LIMIT_EXCEEDED (too many decreases), INTERNAL.
 */
PTE_CHECKED pt__exception pt__throughput_update(pt__table_settings *settings, pt__call *call,
                                                const pte_table_info *table);

/* Decreases on the UTC day of now_ms. */
int64_t pt__throughput_decreases(const pt__throughput *throughput, int64_t now_ms);

#endif
