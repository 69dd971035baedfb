/*
 * The keys under which items, index entries and expiry entries lie. FORMAT.md has the table:
 *
 *   items    table id (4) | partition hash (16) | plain range key
 *   index    index id (4) | hash of the index's hash attributes (16) | its range attributes,
 *            delimited | base key: the item's partition hash (16) | its plain range key
 *   expiry   expiry id (4) | seconds since 1970 (8) | base key
 */
#ifndef PTE_TABLE_ENTRY_H
#define PTE_TABLE_ENTRY_H

#include "store/tree.h"
#include "table/extract.h"
#include "table/partition.h"

#include <pocketable/engine/read.h>

enum { PTE__ID_BYTES = 4, PTE__PREFIX_BYTES = PTE__ID_BYTES + PTE__PARTITION_BYTES };

/* A key being made. */
typedef struct pte__key {
    size_t len;
    uint8_t bytes[PTE__KEY_MAX];
} pte__key;

static inline pte_bytes pte__key_view(const pte__key *key) {
    return (pte_bytes){key->bytes, key->len};
}

/* Which statuses a bad key attribute gets: of a table's key, or of an index's. */
typedef struct pte__key_faults {
    pte_status missing;
    pte_status type;
    pte_status size;
    pte_status empty;
} pte__key_faults;
extern const pte__key_faults PTE__TABLE_KEY_FAULTS;
extern const pte__key_faults PTE__INDEX_KEY_FAULTS;

/*
 * Checks a hash or range attribute's value: type, not empty, length. range_bytes, not NULL for
 * range attributes, sums their lengths up to the limit for all of them.
 * Errors: those of faults.
 */
PTE_CHECKED pte_status pte__key_check(pte_key_attribute attribute, pte_scalar scalar,
                                      size_t *range_bytes, const pte__key_faults *faults,
                                      pte_error *error);

/* A value as a scalar; other types keep their type, so that the check reports it. */
static inline pte_scalar pte__value_scalar(const pte_value *value) {
    return (pte_scalar){value->type, value->bytes};
}

/* The bytes of a key value as a stored item has them: a number's canonical text, written to text,
 * or the scalar's own. Errors: NUMBER_*. */
PTE_CHECKED pte_status pte__scalar_stored(pte_bytes *bytes, char text[PTE_NUMBER_TEXT_MAX],
                                          pte_scalar scalar, pte_error *error);

/* Appends the hash of a partition key. scalars are checked before. Errors: NUMBER_*. */
PTE_CHECKED pte_status pte__key_add_partition(pte__key *key, const uint8_t *secret,
                                              const pte_scalar *scalars, size_t count,
                                              pte_error *error);

void pte__key_add_id(pte__key *key, uint32_t id);

/* Append one range attribute. Errors: NUMBER_*. */
PTE_CHECKED pte_status pte__key_add_plain(pte__key *key, pte_scalar scalar, pte_error *error);
PTE_CHECKED pte_status pte__key_add_delimited(pte__key *key, pte_scalar scalar, pte_error *error);
void pte__key_add_bytes(pte__key *key, pte_bytes bytes);

/* To the first key behind every key that begins with this one. Ids end below 2^32 - 1, so there is
 * one. */
void pte__key_after_prefix(pte__key *key);

/* To the next key in order. */
void pte__key_after(pte__key *key);

/*
 * The key in `items` of a table key. Errors: KEY_MISSING, KEY_TYPE, KEY_SIZE, KEY_EMPTY, NUMBER_*,
 * INVALID_ARGUMENT (a range value for a table without a range key).
 */
PTE_CHECKED pte_status pte__table_key(pte__key *key, const pte__schema *schema,
                                      const uint8_t *secret, const pte_key *given,
                                      pte_error *error);

/* The table key that an item has; views of the item. Absent ones have type PTE_TYPE_NONE. */
pte_key pte__extract_key(const pte__extract *extract);

/* A partition's prefix in an index: id and hash. Errors: as pte__table_key. */
PTE_CHECKED pte_status pte__index_prefix(pte__key *key, const pte__index *index,
                                         const uint8_t *secret, const pte_scalar *hash,
                                         const pte__key_faults *faults, pte_error *error);

/*
 * The key of an item's entry in an index. *present is false where the item is not in it: an
 * attribute is missing.
 * base: the item's key in `items`.
 * Errors: INDEX_KEY_TYPE, INDEX_KEY_SIZE, INDEX_KEY_EMPTY, also for an item that is not in the
 * index for lack of another attribute.
 */
PTE_CHECKED pte_status pte__index_key(pte__key *key, bool *present, const pte__extract *extract,
                                      const pte__index *index, const uint8_t *secret,
                                      pte_bytes base, pte_error *error);

/*
 * The key of an item's entry in `expiry`; false where the item does not expire: no TTL attribute,
 * not a number, not above 0, or of more than 18 digits. Parts of a second are cut off: a time lies
 * before a whole second exactly if its whole seconds do.
 */
bool pte__expiry_key(pte__key *key, const pte__extract *extract, pte_bytes base);

#endif
