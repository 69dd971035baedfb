/* Queries and scans as ranges of bytes. */
#include "read/range.h"

#include "base/endian.h"
#include "codec/keycode.h"

static void copy(pte__key *to, const pte__key *from) {
    to->len = from->len;
    memcpy(to->bytes, from->bytes, from->len);
}

/* A query being made into a range. */
typedef struct translation {
    const pte_query *query;
    const pte_key_attribute *attributes; /* range attributes of the table or index */
    size_t attribute_count;
    bool delimited;  /* index keys are, the table's are plain */
    pte__key prefix; /* id, hash, and the attributes that are compared for equality */
} translation;

static pte_status add_value(pte__key *key, const translation *t, pte_scalar scalar,
                            pte_error *error) {
    return t->delimited ? pte__key_add_delimited(key, scalar, error)
                        : pte__key_add_plain(key, scalar, error);
}

/* What follows everything that has key as its attributes up to here. */
static void after_value(pte__key *key, const translation *t) {
    if (t->delimited) {
        pte__key_after_prefix(key);
    } else {
        pte__key_after(key);
    }
}

static pte_status check_range_values(const translation *t, pte_error *error) {
    const pte_query *query = t->query;
    if (query->range_count > t->attribute_count) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "at most %zu range values were expected, %zu were found",
                         t->attribute_count, query->range_count);
    }
    bool op_fits = query->range_count == 0
                       ? query->op == PTE_RANGE_ANY
                       : query->op != PTE_RANGE_ANY && (unsigned)query->op <= PTE_RANGE_BEGINS_WITH;
    if (!op_fits) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "op %d does not go with %zu range values",
                         (int)query->op, query->range_count);
    }
    size_t range_bytes = 0;
    size_t equal_bytes = 0; /* of the attributes that are compared for equality */
    for (size_t i = 0; i < query->range_count; i++) {
        bool last = i + 1 == query->range_count;
        equal_bytes = range_bytes;
        pte_scalar value = query->range[i];
        if (last && query->op == PTE_RANGE_BEGINS_WITH && value.type == PTE_TYPE_N) {
            return pte__fail(error, PTE_KEY_TYPE, "begins_with needs a value of type S or B");
        }
        /* Everything begins with nothing. */
        if (last && query->op == PTE_RANGE_BEGINS_WITH && value.type == t->attributes[i].type &&
            value.bytes.len == 0) {
            continue;
        }
        pte_status status =
            pte__key_check(t->attributes[i], value, &range_bytes, &PTE__TABLE_KEY_FAULTS, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    if (query->op == PTE_RANGE_BETWEEN) {
        return pte__key_check(t->attributes[query->range_count - 1], query->range_upper,
                              &equal_bytes, &PTE__TABLE_KEY_FAULTS, error);
    }
    return PTE_OK;
}

static void begins_with(pte__range *range, const translation *t, pte_bytes prefix) {
    if (t->delimited) {
        size_t used;
        pte__keycode_delimited_prefix(range->lower.bytes + range->lower.len, &used, prefix);
        range->lower.len += used;
    } else if (prefix.len != 0) {
        pte__key_add_bytes(&range->lower, prefix);
    }
    copy(&range->upper, &range->lower);
    pte__key_after_prefix(&range->upper);
}

/* Applies the last comparison. Both ends of the range are the prefix when it comes in. */
static pte_status compare_last(pte__range *range, const translation *t, pte_error *error) {
    const pte_query *query = t->query;
    pte_scalar value = query->range_count != 0 ? query->range[query->range_count - 1]
                                               : (pte_scalar){.type = PTE_TYPE_NONE};
    pte_status status = PTE_OK;
    switch (query->op) {
    case PTE_RANGE_ANY:
        pte__key_after_prefix(&range->upper);
        break;
    case PTE_RANGE_EQ:
        status = add_value(&range->lower, t, value, error);
        copy(&range->upper, &range->lower);
        after_value(&range->upper, t);
        break;
    case PTE_RANGE_LT:
        status = add_value(&range->upper, t, value, error);
        break;
    case PTE_RANGE_LE:
        status = add_value(&range->upper, t, value, error);
        after_value(&range->upper, t);
        break;
    case PTE_RANGE_GT:
        status = add_value(&range->lower, t, value, error);
        after_value(&range->lower, t);
        pte__key_after_prefix(&range->upper);
        break;
    case PTE_RANGE_GE:
        status = add_value(&range->lower, t, value, error);
        pte__key_after_prefix(&range->upper);
        break;
    case PTE_RANGE_BETWEEN:
        status = add_value(&range->lower, t, value, error);
        if (status == PTE_OK) {
            status = add_value(&range->upper, t, query->range_upper, error);
            after_value(&range->upper, t);
        }
        break;
    case PTE_RANGE_BEGINS_WITH:
        begins_with(range, t, value.bytes);
        break;
    }
    return status;
}

static pte_status partition_prefix(translation *t, const pte__schema *schema,
                                   const pte__index *index, const uint8_t *secret,
                                   pte_error *error) {
    const pte_query *query = t->query;
    size_t hash_count = index != NULL ? index->info->spec.hash_count : 1;
    if (query->hash_count != hash_count) {
        return pte__fail(error, PTE_KEY_MISSING, "%zu hash values were expected, %zu were found",
                         hash_count, query->hash_count);
    }
    if (index != NULL) {
        return pte__index_prefix(&t->prefix, index, secret, query->hash, &PTE__TABLE_KEY_FAULTS,
                                 error);
    }
    pte_status status =
        pte__key_check(schema->info.spec.hash, query->hash[0], NULL, &PTE__TABLE_KEY_FAULTS, error);
    if (status != PTE_OK) {
        return status;
    }
    t->prefix.len = 0;
    pte__key_add_id(&t->prefix, schema->info.id);
    return pte__key_add_partition(&t->prefix, secret, query->hash, 1, error);
}

pte_status pte__range_of_query(pte__range *range, const pte__schema *schema,
                               const pte__index *index, const uint8_t *secret,
                               const pte_query *query, pte_error *error) {
    translation t;
    t.query = query;
    t.delimited = index != NULL;
    t.attributes = index != NULL ? index->info->spec.range : &schema->info.spec.range;
    t.attribute_count =
        index != NULL ? index->info->spec.range_count : schema->info.spec.range.name.len != 0;
    pte_status status = partition_prefix(&t, schema, index, secret, error);
    if (status == PTE_OK) {
        status = check_range_values(&t, error);
    }
    for (size_t i = 0; i + 1 < query->range_count && status == PTE_OK; i++) {
        status = add_value(&t.prefix, &t, query->range[i], error);
    }
    if (status != PTE_OK) {
        return status;
    }
    copy(&range->lower, &t.prefix);
    copy(&range->upper, &t.prefix);
    return compare_last(range, &t, error);
}

/* Where a segment begins in the space of hashes: its first 8 bytes. */
static void segment_start(pte__key *key, uint32_t id, uint32_t segment, uint32_t segment_count) {
    key->len = 0;
    if (segment == segment_count) {
        pte__key_add_id(key, id + 1);
        return;
    }
    pte__key_add_id(key, id);
    /* floor(2^64 * segment / segment_count), without 2^64. */
    uint64_t whole = UINT64_MAX / segment_count;
    uint64_t rest = UINT64_MAX % segment_count + 1;
    uint64_t start = whole * segment + rest * segment / segment_count;
    pte__put_u64(key->bytes + key->len, start);
    key->len += sizeof start;
}

void pte__range_of_segment(pte__range *range, uint32_t id, uint32_t segment,
                           uint32_t segment_count) {
    segment_start(&range->lower, id, segment, segment_count);
    segment_start(&range->upper, id, segment + 1, segment_count);
}

/* The key under which the item start lies in what the cursor walks. */
static pte_status start_key(pte__key *key, pte__arena *arena, const pte__schema *schema,
                            const pte__index *index, const uint8_t *secret, const pte_item *start,
                            pte_error *error) {
    pte__extract extract;
    pte_item item = *start;
    item.size_bytes = 1; /* of no interest, and not to be computed */
    pte_status status = pte__extract_item(&extract, arena, schema, &item, error);
    if (status != PTE_OK) {
        return status;
    }
    pte_key given = pte__extract_key(&extract);
    status = pte__table_key(key, schema, secret, &given, error);
    if (status != PTE_OK || index == NULL) {
        return status;
    }
    pte__key base;
    bool present;
    copy(&base, key);
    status = pte__index_key(key, &present, &extract, index, secret, pte__key_view(&base), error);
    if (status == PTE_OK && !present) {
        status = pte__fail(error, PTE_KEY_MISSING,
                           "exclusive_start lacks a key attribute of index \"%.*s\"",
                           PTE__SHOW(index->info->spec.name));
    }
    return status;
}

pte_status pte__range_start_after(pte__range *range, pte__arena *arena, const pte__schema *schema,
                                  const pte__index *index, const uint8_t *secret,
                                  const pte_item *start, bool descending, pte_error *error) {
    pte__key key;
    pte_status status = start_key(&key, arena, schema, index, secret, start, error);
    if (status != PTE_OK) {
        return status;
    }
    if (descending) {
        if (pte_bytes_compare(pte__key_view(&key), pte__key_view(&range->upper)) < 0) {
            copy(&range->upper, &key);
        }
        return PTE_OK;
    }
    pte__key_after(&key);
    if (pte_bytes_compare(pte__key_view(&key), pte__key_view(&range->lower)) > 0) {
        copy(&range->lower, &key);
    }
    return PTE_OK;
}
