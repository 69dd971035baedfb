/*
 * Reading items and values in place: views of msgpack bytes, no tree, no allocation.
 *
 * A view is valid as long as the bytes below it: for an item read from the database until the
 * pte_read (or the callback) it came from ends, for one from a pte_builder until that is reset.
 *
 * Bytes may come from a damaged file, so every step checks its bounds and answers CORRUPT rather
 * than read past them.
 */
#ifndef POCKETABLE_ENGINE_VALUE_H
#define POCKETABLE_ENGINE_VALUE_H

#include <pocketable/engine/number.h>
#include <pocketable/engine/status.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PTE_ITEM_BYTES_MAX = 409600, /* 400 KB, by DynamoDB's item-size rule */
    PTE_NESTING_MAX = 32,        /* maps and lists inside one another, the item not counted */
    PTE_NAME_BYTES_MAX = 65535,
};

/* DynamoDB's ten types, by its own names; NONE stands for "absent". */
typedef enum pte_type {
    PTE_TYPE_NONE = 0,
    PTE_TYPE_S,
    PTE_TYPE_N,
    PTE_TYPE_B,
    PTE_TYPE_BOOL,
    PTE_TYPE_NULL,
    PTE_TYPE_M,
    PTE_TYPE_L,
    PTE_TYPE_SS,
    PTE_TYPE_NS,
    PTE_TYPE_BS,
} pte_type;

/* "S", "N", ... "BS"; "NONE" for anything else. Static. */
PTE_API const char *pte_type_name(pte_type type);

/* A value in place. */
typedef struct pte_value {
    pte_type type;
    bool boolean;      /* BOOL only */
    uint32_t count;    /* M, L and sets: how many elements */
    pte_bytes bytes;   /* S and B: the content; N: canonical text; M, L and sets: the elements */
    pte_bytes encoded; /* the whole value as stored */
} pte_value;

/*
 * An item: one msgpack map in the engine's canonical form (what a pte_builder makes), and its size
 * by DynamoDB's rule, as the builder or the engine gave it. Who changes size_bytes sets it to 0,
 * "not known": the engine then measures, and otherwise believes it.
 */
typedef struct pte_item {
    pte_bytes encoded;
    size_t size_bytes;
} pte_item;

/* A key attribute's value: S, N (as text) or B. */
typedef struct pte_scalar {
    pte_type type;
    pte_bytes bytes;
} pte_scalar;

static inline pte_scalar pte_s(const char *text) {
    pte_scalar scalar = {PTE_TYPE_S, pte_str(text)};
    return scalar;
}
static inline pte_scalar pte_n(const char *text) {
    pte_scalar scalar = {PTE_TYPE_N, pte_str(text)};
    return scalar;
}
static inline pte_scalar pte_b(const void *data, size_t len) {
    pte_scalar scalar = {PTE_TYPE_B, pte_view(data, len)};
    return scalar;
}

/*
 * Finds an attribute of an item, or an element of a value of type M. An absent one is no failure:
 * value->type is then PTE_TYPE_NONE. Cost: linear in the bytes before it.
 * Errors: CORRUPT; INVALID_ARGUMENT (map is not of type M).
 */
PTE_API PTE_CHECKED pte_status pte_item_find(pte_value *value, const pte_item *item, pte_bytes name,
                                             pte_error *error);
PTE_API PTE_CHECKED pte_status pte_value_find(pte_value *value, const pte_value *map,
                                              pte_bytes name, pte_error *error);

/* The value of type M that an item is. Errors: CORRUPT. */
PTE_API PTE_CHECKED pte_status pte_item_value(pte_value *value, const pte_item *item,
                                              pte_error *error);

/* Reads the one value that stands at the start of bytes. Errors: CORRUPT. */
PTE_API PTE_CHECKED pte_status pte_value_decode(pte_value *value, pte_bytes bytes,
                                                pte_error *error);

/* A walk over the elements of an item, map, list or set. Plain data; copy it to remember a place.
 */
typedef struct pte_iter {
    pte_bytes rest;     /* private */
    uint32_t remaining; /* private */
    pte_type container; /* private */
} pte_iter;

/* Starts a walk. Errors: CORRUPT; INVALID_ARGUMENT (the value has no elements to walk). */
PTE_API PTE_CHECKED pte_status pte_item_iterate(pte_iter *iter, const pte_item *item,
                                                pte_error *error);
PTE_API PTE_CHECKED pte_status pte_value_iterate(pte_iter *iter, const pte_value *value,
                                                 pte_error *error);

/*
 * Gives the next element: OK, or END behind the last. name is set for items and maps, empty for
 * lists and sets, and may be NULL. Set elements come as values of type S, N or B.
 * Errors: CORRUPT.
 */
PTE_API PTE_CHECKED pte_status pte_iter_next(pte_iter *iter, pte_bytes *name, pte_value *value,
                                             pte_error *error);

/*
 * What a visit calls, in the order of the bytes: text for a value of type S (its content) or N (its
 * canonical text), scalar for B, BOOL or NULL, begin and end around the elements of a map, list or
 * set. container is the type that the value is an element of (M for an item's attributes; NONE for
 * the value that is visited itself), name is empty unless that is M. What they are given is valid
 * during the call. None may be NULL.
 */
typedef struct pte_visitor {
    void (*text)(void *ctx, pte_type container, pte_bytes name, pte_type type, pte_bytes text);
    void (*scalar)(void *ctx, pte_type container, pte_bytes name, const pte_value *value);
    void (*begin)(void *ctx, pte_type container, pte_bytes name, pte_type type);
    void (*end)(void *ctx, pte_type type);
} pte_visitor;

/*
 * Visits an item's attributes, or one value, with all that is in them: for who writes the whole in
 * another form, cheaper than pte_iter, which has to learn where a map or list ends before it gives
 * it. Thread rule: the visitor's functions are called on this thread.
 * Errors: CORRUPT (calls were made for what stands before the offending byte, so begin may lack its
 * end).
 */
PTE_API PTE_CHECKED pte_status pte_item_visit(const pte_item *item, const pte_visitor *visitor,
                                              void *ctx, pte_error *error);
PTE_API PTE_CHECKED pte_status pte_value_visit(const pte_value *value, const pte_visitor *visitor,
                                               void *ctx, pte_error *error);

/*
 * The size of a value by DynamoDB's rule, without the attribute's name: S UTF-8 bytes, B bytes, N
 * pte_number_size_bytes, BOOL and NULL 1, sets the sum of their elements, M and L 3 plus 1 an
 * element plus names and values.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 * Cost: one walk. Errors: CORRUPT.
 */
PTE_API PTE_CHECKED pte_status pte_value_size_bytes(size_t *size_bytes, const pte_value *value,
                                                    pte_error *error);

/* The size of an item: the sum over its attributes of name and value. Errors: CORRUPT. */
PTE_API PTE_CHECKED pte_status pte_item_size_bytes(size_t *size_bytes, const pte_item *item,
                                                   pte_error *error);

/*
 * Proves that an item's bytes are what a pte_builder makes, whatever their origin: well formed,
 * canonical numbers, valid UTF-8, sets sorted and without duplicates, nested maps sorted by name,
 * no name twice, depth, end of the bytes. (The attributes of the item itself may stand in any
 * order.) Cost: one walk; each of the item's own names is compared with those that stand before the
 * run of ascending names it is in, which are the key attributes in an item of the engine's making.
 * Errors: CORRUPT (position: the offending byte).
 */
PTE_API PTE_CHECKED pte_status pte_item_validate(const pte_item *item, pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
