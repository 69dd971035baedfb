/* The keys under which items, index entries and expiry entries lie. */
#include "table/entry.h"

#include "base/endian.h"
#include "codec/keycode.h"

const pte__key_faults PTE__TABLE_KEY_FAULTS = {PTE_KEY_MISSING, PTE_KEY_TYPE, PTE_KEY_SIZE,
                                               PTE_KEY_EMPTY};
const pte__key_faults PTE__INDEX_KEY_FAULTS = {PTE_KEY_MISSING, PTE_INDEX_KEY_TYPE,
                                               PTE_INDEX_KEY_SIZE, PTE_INDEX_KEY_EMPTY};

_Static_assert(PTE__KEY_MAX >= PTE__PREFIX_BYTES + 2 * PTE_RANGE_KEY_BYTES_MAX +
                                   PTE_KEY_ATTRIBUTES_MAX * (2 + PTE_NUMBER_KEY_MAX) +
                                   PTE__PARTITION_BYTES + PTE_RANGE_KEY_BYTES_MAX,
               "the longest index key fits");

/* Limits: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
pte_status pte__key_check(pte_key_attribute attribute, pte_scalar scalar, size_t *range_bytes,
                          const pte__key_faults *faults, pte_error *error) {
    if (PTE__UNLIKELY(scalar.type != attribute.type)) {
        bool missing = scalar.type == PTE_TYPE_NONE;
        return pte__fail(error, missing ? faults->missing : faults->type,
                         "\"%.*s\" of type %s was expected, %s was found",
                         PTE__SHOW(attribute.name), pte_type_name(attribute.type),
                         missing ? "nothing" : pte_type_name(scalar.type));
    }
    if (scalar.type == PTE_TYPE_N) {
        return PTE_OK;
    }
    if (PTE__UNLIKELY(scalar.bytes.len == 0 || scalar.bytes.data == NULL)) {
        return pte__fail(error, faults->empty, "\"%.*s\"", PTE__SHOW(attribute.name));
    }
    size_t bytes = scalar.bytes.len;
    size_t bytes_max = PTE_HASH_KEY_BYTES_MAX;
    if (range_bytes != NULL) {
        bytes_max = PTE_RANGE_KEY_BYTES_MAX;
        bytes = bytes > bytes_max ? bytes : bytes + *range_bytes;
        *range_bytes = bytes;
    }
    if (PTE__UNLIKELY(bytes > bytes_max)) {
        return pte__fail(error, faults->size,
                         "\"%.*s\": at most %zu bytes were expected, %zu were found",
                         PTE__SHOW(attribute.name), bytes_max, bytes);
    }
    return PTE_OK;
}

pte_status pte__scalar_stored(pte_bytes *bytes, char text[PTE_NUMBER_TEXT_MAX], pte_scalar scalar,
                              pte_error *error) {
    *bytes = scalar.bytes;
    if (scalar.type != PTE_TYPE_N) {
        return PTE_OK;
    }
    pte_number number;
    pte_status status = pte_number_parse(&number, scalar.bytes, error);
    if (status == PTE_OK) {
        *bytes = pte_view(text, pte_number_format(&number, text));
    }
    return status;
}

pte_status pte__key_add_partition(pte__key *key, const uint8_t *secret, const pte_scalar *scalars,
                                  size_t count, pte_error *error) {
    uint8_t numbers[PTE_KEY_ATTRIBUTES_MAX][PTE_NUMBER_KEY_MAX];
    pte_bytes parts[PTE_KEY_ATTRIBUTES_MAX];
    for (size_t i = 0; i < count; i++) {
        parts[i] = scalars[i].bytes;
        if (scalars[i].type == PTE_TYPE_N) {
            pte_status status = pte__keycode_plain(numbers[i], &parts[i].len, scalars[i], error);
            if (status != PTE_OK) {
                return status;
            }
            parts[i].data = numbers[i];
        }
    }
    pte__partition_hash(key->bytes + key->len, secret, parts, count);
    key->len += PTE__PARTITION_BYTES;
    return PTE_OK;
}

void pte__key_add_id(pte__key *key, uint32_t id) {
    pte__put_u32(key->bytes + key->len, id);
    key->len += PTE__ID_BYTES;
}

pte_status pte__key_add_plain(pte__key *key, pte_scalar scalar, pte_error *error) {
    size_t used = 0;
    pte_status status = pte__keycode_plain(key->bytes + key->len, &used, scalar, error);
    key->len += used;
    return status;
}

pte_status pte__key_add_delimited(pte__key *key, pte_scalar scalar, pte_error *error) {
    size_t used = 0;
    pte_status status = pte__keycode_delimited(key->bytes + key->len, &used, scalar, error);
    key->len += used;
    return status;
}

void pte__key_add_bytes(pte__key *key, pte_bytes bytes) {
    if (bytes.len != 0) {
        memcpy(key->bytes + key->len, bytes.data, bytes.len);
        key->len += bytes.len;
    }
}

void pte__key_after_prefix(pte__key *key) {
    while (key->len > 0 && key->bytes[key->len - 1] == 0xFF) {
        key->len--;
    }
    if (key->len > 0) {
        key->bytes[key->len - 1]++;
    }
}

void pte__key_after(pte__key *key) {
    if (key->len < sizeof key->bytes) {
        key->bytes[key->len++] = 0;
    } else {
        pte__key_after_prefix(key); /* no key is longer */
    }
}

pte_status pte__table_key(pte__key *key, const pte__schema *schema, const uint8_t *secret,
                          const pte_key *given, pte_error *error) {
    const pte_table_spec *spec = &schema->info.spec;
    const bool ranged = spec->range.name.len != 0;
    pte_status status =
        pte__key_check(spec->hash, given->hash, NULL, &PTE__TABLE_KEY_FAULTS, error);
    if (status != PTE_OK) {
        return status;
    }
    if (ranged) {
        size_t range_bytes = 0;
        status =
            pte__key_check(spec->range, given->range, &range_bytes, &PTE__TABLE_KEY_FAULTS, error);
    } else if (given->range.type != PTE_TYPE_NONE) {
        status = pte__fail(error, PTE_KEY_TYPE,
                           "table \"%.*s\" has no range key, a value for one was found",
                           PTE__SHOW(spec->name));
    }
    if (status != PTE_OK) {
        return status;
    }
    key->len = 0;
    pte__key_add_id(key, schema->info.id);
    status = pte__key_add_partition(key, secret, &given->hash, 1, error);
    if (status == PTE_OK && ranged) {
        status = pte__key_add_plain(key, given->range, error);
    }
    return status;
}

pte_key pte__extract_key(const pte__extract *extract) {
    pte_key key = {.hash = pte__value_scalar(&extract->slots[PTE__SLOT_HASH].value)};
    if (extract->schema->info.spec.range.name.len != 0) {
        key.range = pte__value_scalar(&extract->slots[PTE__SLOT_RANGE].value);
    }
    return key;
}

pte_status pte__index_prefix(pte__key *key, const pte__index *index, const uint8_t *secret,
                             const pte_scalar *hash, const pte__key_faults *faults,
                             pte_error *error) {
    const pte_index_spec *spec = &index->info->spec;
    for (size_t i = 0; i < spec->hash_count; i++) {
        pte_status status = pte__key_check(spec->hash[i], hash[i], NULL, faults, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    key->len = 0;
    pte__key_add_id(key, index->info->id);
    return pte__key_add_partition(key, secret, hash, spec->hash_count, error);
}

/* Checks the attributes that are there and gathers them; *present if none is missing. */
static pte_status gather(pte_scalar *hash, pte_scalar *range, bool *present,
                         const pte__extract *extract, const pte__index *index, pte_error *error) {
    const pte_index_spec *spec = &index->info->spec;
    size_t range_bytes = 0;
    pte_status status = PTE_OK;
    *present = true;
    for (size_t i = 0; i < spec->hash_count + spec->range_count && status == PTE_OK; i++) {
        bool is_hash = i < spec->hash_count;
        size_t at = is_hash ? i : i - spec->hash_count;
        uint16_t slot = is_hash ? index->hash_slots[at] : index->range_slots[at];
        pte_scalar scalar = pte__value_scalar(&extract->slots[slot].value);
        if (scalar.type == PTE_TYPE_NONE) {
            *present = false;
            continue;
        }
        status = pte__key_check(is_hash ? spec->hash[at] : spec->range[at], scalar,
                                is_hash ? NULL : &range_bytes, &PTE__INDEX_KEY_FAULTS, error);
        (is_hash ? hash : range)[at] = scalar;
    }
    return status;
}

pte_status pte__index_key(pte__key *key, bool *present, const pte__extract *extract,
                          const pte__index *index, const uint8_t *secret, pte_bytes base,
                          pte_error *error) {
    pte_scalar hash[PTE_KEY_ATTRIBUTES_MAX];
    pte_scalar range[PTE_KEY_ATTRIBUTES_MAX];
    pte_status status = gather(hash, range, present, extract, index, error);
    if (status != PTE_OK || !*present) {
        *present = false;
        return status;
    }
    key->len = 0;
    pte__key_add_id(key, index->info->id);
    status = pte__key_add_partition(key, secret, hash, index->info->spec.hash_count, error);
    for (size_t i = 0; i < index->info->spec.range_count && status == PTE_OK; i++) {
        status = pte__key_add_delimited(key, range[i], error);
    }
    if (status == PTE_OK) {
        pte__key_add_bytes(key, (pte_bytes){base.data + PTE__ID_BYTES, base.len - PTE__ID_BYTES});
    }
    return status;
}

/* The whole seconds of a number; false if it is not above 0, or has more than 18 digits before the
 * point. */
static bool whole_seconds(uint64_t *seconds, const pte_number *number) {
    enum { DIGITS_MAX = 18 };
    if (number->digit_count == 0 || number->negative || number->exponent >= DIGITS_MAX) {
        return false;
    }
    *seconds = 0;
    for (int i = 0; i <= number->exponent; i++) {
        *seconds = *seconds * 10 + (i < number->digit_count ? number->digits[i] : 0u);
    }
    return true;
}

bool pte__expiry_key(pte__key *key, const pte__extract *extract, pte_bytes base) {
    const pte__schema *schema = extract->schema;
    if (schema->ttl_slot == PTE__SLOT_NONE) {
        return false;
    }
    const pte_value *value = &extract->slots[schema->ttl_slot].value;
    pte_number number;
    uint64_t seconds;
    if (value->type != PTE_TYPE_N || pte_number_parse(&number, value->bytes, NULL) != PTE_OK ||
        !whole_seconds(&seconds, &number)) {
        return false;
    }
    key->len = 0;
    pte__key_add_id(key, schema->ttl_id);
    pte__put_u64(key->bytes + key->len, seconds);
    key->len += sizeof seconds;
    pte__key_add_bytes(key, (pte_bytes){base.data + PTE__ID_BYTES, base.len - PTE__ID_BYTES});
    return true;
}
