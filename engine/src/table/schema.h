/*
 * A table's definition as the engine works with it: what the catalog row says, plus every attribute
 * name that matters to keys, indexes and time to live, numbered ("slots"), so that one walk over an
 * item finds them all.
 *
 * Immutable once made; shared by reference count; any thread.
 */
#ifndef PTE_TABLE_SCHEMA_H
#define PTE_TABLE_SCHEMA_H

#include "base/memory.h"

#include <pocketable/engine/builder.h>
#include <pocketable/engine/schema.h>

#include <stdatomic.h>

enum {
    PTE__SLOT_NONE = UINT16_MAX,
    PTE__SLOT_HASH = 0, /* the table's own key attributes always have these */
    PTE__SLOT_RANGE = 1,
    /* Key attributes of an index and of its table. */
    PTE__LEADING_MAX = 2 * PTE_KEY_ATTRIBUTES_MAX + 2,
};

/* The order of attributes in a stored image: these slots first, the rest by name. */
typedef struct pte__leading {
    uint16_t slots[PTE__LEADING_MAX];
    size_t count;
} pte__leading;

typedef struct pte__index {
    const pte_index_info *info; /* in the schema's info */
    uint16_t hash_slots[PTE_KEY_ATTRIBUTES_MAX];
    uint16_t range_slots[PTE_KEY_ATTRIBUTES_MAX];
    pte__leading leading;
    const uint16_t *include_slots; /* those not leading, sorted by name */
    size_t include_count;
} pte__index;

typedef struct pte__schema {
    atomic_uint references;
    pte__arena arena; /* holds everything below, and the schema itself is in it */
    pte_bytes row;    /* a copy of the catalog row; all names view into it */
    pte_table_info info;
    uint32_t ttl_id;           /* of the expiry entries; 0: no time to live */
    uint16_t ttl_slot;         /* PTE__SLOT_NONE: no time to live */
    pte__leading leading;      /* of the table's own images */
    const pte__index *indexes; /* info.index_count of them, in the same order */
    const pte_bytes *names;    /* by slot */
    const uint16_t *by_name;   /* slots sorted by length, then bytes, of their names */
    size_t name_count;
    uint64_t name_mask; /* a bit for each name: most others are told apart by it alone */
} pte__schema;

/*
 * Makes a schema from a catalog row, with one reference that the caller owns.
 * Errors: CORRUPT, OUT_OF_MEMORY.
 */
PTE_CHECKED pte_status pte__schema_parse(pte__schema **schema, const pte_allocator *allocator,
                                         pte_bytes name, pte_bytes row, pte_error *error);

pte__schema *pte__schema_reference(pte__schema *schema);
void pte__schema_release(pte__schema *schema); /* NULL is allowed */

static inline uint64_t pte__name_bit(pte_bytes name) {
    unsigned mixed = (unsigned)name.len * 7 + (name.len != 0 ? name.data[name.len - 1] : 0u);
    return (uint64_t)1 << (mixed & 63);
}

/* The slot of a name, or PTE__SLOT_NONE. */
uint16_t pte__schema_slot(const pte__schema *schema, pte_bytes name);

/* The index of that name, or NULL. */
const pte__index *pte__schema_index(const pte__schema *schema, pte_bytes name);

/*
 * Checks a definition as pte_table_create demands. Errors: INVALID_ARGUMENT, INVALID_SCHEMA.
 */
PTE_CHECKED pte_status pte__schema_check(const pte_table_spec *spec, pte_error *error);

/* The same for one index of a table. */
PTE_CHECKED pte_status pte__schema_check_index(const pte_index_spec *index,
                                               const pte_table_spec *table, pte_error *error);

/* Checks that no attribute is of one type in a's key and of another in b's; both are checked for
 * themselves. Errors: INVALID_SCHEMA. */
PTE_CHECKED pte_status pte__schema_check_types(const pte_index_spec *a, const pte_index_spec *b,
                                               pte_error *error);

/*
 * Writes the catalog row of a definition into builder (reset first) and gives it in *row, a view of
 * the builder. info.spec.name is not part of it: that is the row's key.
 * Errors: INVALID_SCHEMA (a name is not UTF-8), OUT_OF_MEMORY, LIMIT.
 */
PTE_CHECKED pte_status pte__schema_row(pte_bytes *row, pte_builder *builder,
                                       const pte_table_info *info, uint32_t ttl_id,
                                       pte_error *error);

#endif
