/*
 * ItemCollectionMetrics of requests that write many items: a map by table name, each collection
 * once.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
 */
#ifndef PT_OPERATION_ITEM_METRICS_H
#define PT_OPERATION_ITEM_METRICS_H

#include "request/item_write.h"
#include "request/table_uses.h"

typedef struct pt__item_metric {
    const pt__table_use *use;
    const pte_item *item; /* one of the collection, or a key */
    pte_value hash;
} pt__item_metric;

/* In the call's arena. */
typedef struct pt__item_metrics {
    bool wanted;
    pt__item_metric *metrics;
    size_t count;
} pt__item_metrics;

/* items: the most that will be added. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__item_metrics_init(pt__item_metrics *metrics, pt__call *call,
                                                size_t items);

/* Adds the collection of an item, if metrics are wanted and the table has any. item is borrowed. */
void pt__item_metrics_add(pt__item_metrics *metrics, const pt__table_use *use,
                          const pte_item *item);

/* The member "ItemCollectionMetrics", unless there are none. */
void pt__item_metrics_encode(pt__out *out, const pt__item_metrics *metrics);

#endif
