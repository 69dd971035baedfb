/* Paths into key attributes; see scalar_keys.h. */
#include "request/scalar_keys.h"

/* Which attribute of a key is gone into: the first in the order in which keys are looked at. */
typedef struct search {
    const pt__table *table;
    size_t rank; /* of the one found; SIZE_MAX: none */
    pte_bytes name;
} search;

enum { TABLE_KEYS = 2 }; /* ranks of the table's own */

/* Where name stands among the attributes, counted on from first; SIZE_MAX: nowhere. */
static size_t rank_among(const pte_key_attribute *attributes, size_t count, pte_bytes name,
                         size_t first) {
    for (size_t i = 0; i < count; i++) {
        if (pte_bytes_equal(attributes[i].name, name)) {
            return first + i;
        }
    }
    return SIZE_MAX;
}

static size_t rank_of(const pt__table *table, pte_bytes name) {
    const pte_table_info *info = table->info;
    const pte_key_attribute own[TABLE_KEYS] = {info->spec.hash, info->spec.range};
    size_t rank = rank_among(own, TABLE_KEYS, name, 0);
    size_t first = TABLE_KEYS;
    for (size_t i = 0; i < info->index_count && rank == SIZE_MAX; i++) {
        const pte_index_spec *spec = &info->indexes[i].spec;
        rank = rank_among(spec->hash, spec->hash_count, name, first);
        first += spec->hash_count;
        if (rank == SIZE_MAX) {
            rank = rank_among(spec->range, spec->range_count, name, first);
        }
        first += spec->range_count;
    }
    return rank;
}

static bool on_name(void *ctx, pte_bytes name) {
    search *s = ctx;
    size_t rank = rank_of(s->table, name);
    if (rank < s->rank) {
        s->rank = rank;
        s->name = name;
    }
    return true;
}

static pt__exception finish(pt__failure *failure, const search *s) {
    return s->rank == SIZE_MAX
               ? PT__OK
               : pt__refuse(failure, PT__VALIDATION,
                            "Key attributes must be scalars; list random access '[]' and map "
                            "lookup '.' are not allowed: %s: %.*s",
                            s->rank < TABLE_KEYS ? "Key" : "IndexKey", PT__SHOW(s->name));
}

pt__exception pt__scalar_keys_in_condition(pt__failure *failure, const pt__table *table,
                                           const pt__condition *condition) {
    search s = {.table = table, .rank = SIZE_MAX};
    if (condition != NULL) {
        pt__condition_inner_names(condition, on_name, &s);
    }
    return finish(failure, &s);
}

pt__exception pt__scalar_keys_in_projection(pt__failure *failure, const pt__table *table,
                                            const pt__projection *projection) {
    search s = {.table = table, .rank = SIZE_MAX};
    if (projection != NULL) {
        pt__projection_inner_names(projection, on_name, &s);
    }
    return finish(failure, &s);
}

pt__exception pt__scalar_keys_in_update(pt__failure *failure, const pt__table *table,
                                        const pt__update *update) {
    search s = {.table = table, .rank = SIZE_MAX};
    if (update != NULL) {
        pt__update_inner_names(update, on_name, &s);
    }
    return finish(failure, &s);
}
