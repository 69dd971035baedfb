/*
 * TableDescription: how CreateTable, DescribeTable, UpdateTable and DeleteTable describe a table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
 */
#ifndef PT_OPERATION_TABLE_DESCRIPTION_H
#define PT_OPERATION_TABLE_DESCRIPTION_H

#include "request/table.h"
#include "schema/settings.h"

typedef enum pt__description_form {
    PT__DESCRIBED = 0, /* DescribeTable */
    PT__CREATED,       /* TableStatus CREATING, and so are the indexes */
    PT__UPDATED,       /* UPDATING, or ACTIVE where AWS changes it at once */
    PT__DELETED,       /* DELETING; without keys and indexes (fact 50) */
} pt__description_form;

typedef struct pt__description {
    pt__description_form form;
    const pt__table *table;
    const pt__table_settings *settings;
    pte_bytes creating; /* the index that the request has begun, empty: none */
    pte_bytes deleting; /* the index that the request has dropped, which table still has */
    const pt__json *index_updates; /* GlobalSecondaryIndexUpdates: whose throughput changes */
    bool active;                   /* UPDATED: the table stays ACTIVE */
} pt__description;

/* Writes {"Table": ...} for DescribeTable, else {"TableDescription": ...}. */
void pt__table_description_encode(pt__call *call, const pt__description *description);

#endif
