/* Gathering item collections, and showing them by table. */
#include "operation/item_metrics.h"

pt__exception pt__item_metrics_init(pt__item_metrics *metrics, pt__call *call, size_t items) {
    *metrics = (pt__item_metrics){
        .wanted = pt__json_is(call->body, "ReturnItemCollectionMetrics", "SIZE")};
    if (!metrics->wanted) {
        return PT__OK;
    }
    metrics->metrics = pte__arena_alloc(&call->arena, items * sizeof *metrics->metrics);
    return metrics->metrics != NULL ? PT__OK : pt__refuse_memory(&call->failure);
}

static bool has(const pt__item_metrics *metrics, const pt__item_metric *metric) {
    for (size_t i = 0; i < metrics->count; i++) {
        const pt__item_metric *other = &metrics->metrics[i];
        if (other->use == metric->use && other->hash.type == metric->hash.type &&
            pte_bytes_equal(other->hash.bytes, metric->hash.bytes)) {
            return true;
        }
    }
    return false;
}

void pt__item_metrics_add(pt__item_metrics *metrics, const pt__table_use *use,
                          const pte_item *item) {
    pt__item_metric metric = {.use = use, .item = item};
    if (!metrics->wanted || !pt__item_collections(&use->table) ||
        pte_item_find(&metric.hash, item, use->table.info->spec.hash.name, NULL) != PTE_OK ||
        has(metrics, &metric)) {
        return;
    }
    metrics->metrics[metrics->count++] = metric;
}

/* The collections from at on that are of the same table; those before have been shown. */
static void encode_table(pt__out *out, const pt__item_metrics *metrics, size_t at) {
    const pt__table_use *use = metrics->metrics[at].use;
    pt__out_name_bytes(out, use->given);
    pt__out_array(out);
    for (size_t i = at; i < metrics->count; i++) {
        if (metrics->metrics[i].use == use) {
            pt__item_collection_encode(out, &use->table, metrics->metrics[i].item);
        }
    }
    pt__out_array_end(out);
}

static bool is_first(const pt__item_metrics *metrics, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (metrics->metrics[i].use == metrics->metrics[at].use) {
            return false;
        }
    }
    return true;
}

void pt__item_metrics_encode(pt__out *out, const pt__item_metrics *metrics) {
    if (metrics->count == 0) {
        return;
    }
    pt__out_name(out, "ItemCollectionMetrics");
    pt__out_object(out);
    for (size_t i = 0; i < metrics->count; i++) {
        if (is_first(metrics, i)) {
            encode_table(out, metrics, i);
        }
    }
    pt__out_object_end(out);
}
