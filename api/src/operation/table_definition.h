/*
 * From a request's AttributeDefinitions, KeySchema, LocalSecondaryIndexes and
 * GlobalSecondaryIndexes to the engine's definition of a table, checked in AWS's order and words.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 */
#ifndef PT_OPERATION_TABLE_DEFINITION_H
#define PT_OPERATION_TABLE_DEFINITION_H

#include "request/call.h"
#include "schema/settings.h"

enum {
    PT__LOCAL_INDEXES_MAX = 5,
    PT__GLOBAL_INDEXES_MAX = 20,
    PT__NON_KEY_ATTRIBUTES_MAX = 100, /* over all indexes of a table */
};

/* Fills spec's keys and indexes, and settings' indexes, from CreateTable's body. settings says
 * whether the table is on demand. In the arena. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__table_definition_read(pte_table_spec *spec,
                                                    pt__table_settings *settings, pt__call *call);

/* The same for one more global index of a table: UpdateTable's Create. *throughput is the new
 * index's. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__index_definition_read(pte_index_spec *index, pt__call *call,
                                                    const pt__json *create,
                                                    const pte_table_info *table);

/* Names in the order in which a Java HashMap with so many buckets (a power of two) gives them,
 * which is how AWS's messages list them. Sorts names in place. */
void pt__java_order(pte_bytes *names, size_t count, size_t buckets);

#endif
