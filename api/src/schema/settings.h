/*
 * What the facade keeps of a table beyond what the engine knows of it: billing, throughput, class,
 * protection, identity, tags. Stored as the table's user data, so that one change of the engine's
 * changes all of it together with the definition, and the engine's definitions stay free of what
 * only AWS means.
 *
 * On disk: an item in the engine's form. Attributes that are 0, false or empty are left out, and
 * those of a later version are ignored.
 *
 *   attribute   type  what
 *   Version     N     1
 *   TableId     S     a UUID
 *   Tags        S     JSON, as ListTagsOfResource answers
 *   Indexes     M     by index name: M of the throughput's numbers
 *   others      N, BOOL, S: see settings.c, which has one row for each
 */
#ifndef PT_SCHEMA_SETTINGS_H
#define PT_SCHEMA_SETTINGS_H

#include "failure/failure.h"

#include <pocketable/engine/builder.h>
#include <pocketable/engine/schema.h>

/* Of a table or of a global index. */
typedef struct pt__throughput {
    int64_t read_units; /* provisioned; 0 and 0: on demand */
    int64_t write_units;
    int64_t decreases_today; /* on the UTC day of decreased_ms */
    int64_t increased_ms;    /* when, since 1970; 0: never */
    int64_t decreased_ms;
    int64_t read_units_max; /* OnDemandThroughput; 0: not set */
    int64_t write_units_max;
    int64_t warm_read_units; /* WarmThroughput: the most there ever was; 0: not known */
    int64_t warm_write_units;
} pt__throughput;

/* A resource policy; policy.h says in which form. */
typedef struct pt__policy {
    pte_bytes document;  /* len 0: none */
    int64_t revision_ms; /* when it was put or deleted, 0: there never was one */
} pt__policy;

typedef struct pt__index_settings {
    pte_bytes name;
    pt__throughput throughput;
} pt__index_settings;

enum { PT__TABLE_ID_BYTES = 36 };

typedef struct pt__table_settings {
    char table_id[PT__TABLE_ID_BYTES + 1]; /* a UUID; empty: none was given */
    int64_t created_ms;
    bool on_demand;             /* BillingMode PAY_PER_REQUEST */
    int64_t on_demand_since_ms; /* 0: never; BillingModeSummary is shown once it was */
    bool infrequent_access;     /* TableClass */
    bool class_given;           /* TableClassSummary is shown from then on */
    int64_t class_changed_ms;   /* 0: as it was made */
    bool deletion_protection;
    bool kms; /* SSESpecification with Enabled */
    pte_bytes kms_key_arn;
    pt__throughput throughput;
    pt__index_settings *indexes; /* global ones that have any */
    size_t index_count;
    pte_bytes tags; /* JSON array of {Key, Value}; len 0: none */
    pt__policy resource_policy;
    pt__policy stream_policy; /* of the stream with this label */
    int64_t stream_policy_label_ms;
} pt__table_settings;

/* *data views builder, which is reset first. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__table_settings_encode(pte_bytes *data, pte_builder *builder,
                                                    const pt__table_settings *settings,
                                                    pt__failure *failure);

/* Views data; indexes lies in failure's arena. A table of another maker (no data) has the settings
 * of an on-demand table. Fails: INTERNAL (damaged). */
PTE_CHECKED pt__exception pt__table_settings_decode(pt__table_settings *settings, pte_bytes data,
                                                    pt__failure *failure);

/* The throughput of the index with this name: zeros where nothing is kept of it. */
pt__throughput pt__table_settings_index(const pt__table_settings *settings, pte_bytes name);

/* Sets it, adding the index if need be; drop forgets it. Fails: INTERNAL (memory). */
PTE_CHECKED pt__exception pt__table_settings_set_index(pt__table_settings *settings, pte_bytes name,
                                                       const pt__throughput *throughput,
                                                       pt__failure *failure);
void pt__table_settings_drop_index(pt__table_settings *settings, pte_bytes name);

#endif
