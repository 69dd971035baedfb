/*
 * What the facade keeps of a table beyond what the engine knows of it: billing, throughput, class,
 * protection, identity. Stored as the engine's user data, of the table and of each index, in the
 * form of an item; so that the engine's definitions stay free of what only AWS means.
 */
#ifndef PT_SCHEMA_SETTINGS_H
#define PT_SCHEMA_SETTINGS_H

#include "failure/failure.h"

#include <pocketable/engine/builder.h>
#include <pocketable/engine/schema.h>

typedef struct pt__throughput {
    int64_t read_units; /* 0 and 0: on demand */
    int64_t write_units;
    int64_t decreases_today;
    int64_t increased_ms; /* when, since 1970; 0: never */
    int64_t decreased_ms;
    int64_t read_units_max; /* OnDemandThroughput; 0: not set, -1: unset again */
    int64_t write_units_max;
} pt__throughput;

typedef struct pt__table_settings {
    char table_id[37]; /* a UUID */
    int64_t created_ms;
    bool on_demand;         /* BillingMode PAY_PER_REQUEST */
    bool billing_was_given; /* BillingModeSummary is shown from then on */
    int64_t on_demand_since_ms;
    bool infrequent_access; /* TableClass */
    bool class_was_given;
    int64_t class_changed_ms;
    bool deletion_protection;
    bool stream_enabled;
    int64_t stream_label_ms; /* of the latest stream, 0: never had one */
    pt__throughput throughput;
    pte_bytes attribute_definitions; /* JSON of AttributeDefinitions, as it is to be described */
    pte_bytes more;                  /* JSON members for DescribeTable to repeat: SSE etc. */
} pt__table_settings;

typedef struct pt__index_settings {
    pt__throughput throughput;
} pt__index_settings;

/* *data views builder, which is reset first. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__table_settings_encode(pte_bytes *data, pte_builder *builder,
                                                    const pt__table_settings *settings,
                                                    pt__failure *failure);
PTE_CHECKED pt__exception pt__index_settings_encode(pte_bytes *data, pte_builder *builder,
                                                    const pt__index_settings *settings,
                                                    pt__failure *failure);

/* Views data. A table of another maker (no data) has the settings of an on-demand table.
 * Fails: INTERNAL (damaged). */
PTE_CHECKED pt__exception pt__table_settings_decode(pt__table_settings *settings, pte_bytes data,
                                                    pt__failure *failure);
PTE_CHECKED pt__exception pt__index_settings_decode(pt__index_settings *settings, pte_bytes data,
                                                    pt__failure *failure);

#endif
