/*
 * Expressions: DynamoDB's condition, filter, key condition, projection and update expressions,
 * compiled once a request into small programs and run on items in place.
 *
 * A condition is a program (program.h) whatever it was made from: the expression grammar here, or
 * the legacy parameters (Expected, QueryFilter, ...), which build the same programs.
 *
 * All compiled things lie in the arena of their pt__expressions and end with it. Compiled, they
 * stay as they are, but for marks that a run leaves and the next starts afresh (slots.h), so that
 * one thread at a time may run a program. The failures are AWS's, words included.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
 */
#ifndef PT_EXPRESSION_EXPRESSION_H
#define PT_EXPRESSION_EXPRESSION_H

#include "json/json.h"
#include "json/out.h"

#include <pocketable/engine/builder.h>
#include <pocketable/engine/read.h>

enum {
    PT__EXPRESSION_BYTES_MAX = 4096,
    PT__EXPRESSION_OPERATORS_MAX = 300,
};

/* ---- placeholders ---- */

typedef struct pt__placeholder pt__placeholder; /* private */

/*
 * All expressions of one request (or of one element of a transaction), and the placeholders they
 * share. Compile in AWS's order, then check that every placeholder was used.
 */
typedef struct pt__expressions {
    pte__arena *arena;
    pt__failure *failure;
    pte_builder *scratch;   /* for decoding values */
    pt__placeholder *names; /* private from here on */
    size_t name_count;
    pt__placeholder *values;
    size_t value_count;
    pt__placeholder **names_by_key; /* NULL: they are few */
    pt__placeholder **values_by_key;
} pt__expressions;

/*
 * Reads ExpressionAttributeNames and ExpressionAttributeValues (either may be NULL). expressions:
 * whether the request has any expression that could use them, and which it lacks, for AWS's
 * messages ("ExpressionAttributeValues can only be specified when using expressions: ...").
 * Fails: VALIDATION, SERIALIZATION, INTERNAL.
 */
typedef struct pt__placeholders_given {
    const pt__json *names;
    const pt__json *values;
    bool any_expression;       /* of those that the operation takes, one is given */
    bool values_usable;        /* one is given that can use values (a projection cannot) */
    const char *absent_values; /* "ConditionExpression is null" and the like */
} pt__placeholders_given;
PTE_CHECKED pt__exception pt__expressions_init(pt__expressions *expressions,
                                               const pt__placeholders_given *given);

/* "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}" and for names. */
PTE_CHECKED pt__exception pt__expressions_all_used(const pt__expressions *expressions);

/* ---- paths ---- */

typedef struct pt__path_step {
    bool is_index;
    pte_bytes name;
    uint32_t index;
} pt__path_step;

/* A document path: steps[0] is the attribute's name. */
typedef struct pt__path {
    pt__path_step *steps;
    size_t count;
    uint32_t slot; /* among those of its program (slots.h); 0: none */
} pt__path;

/* Called for each top-level attribute that a program names; returning false stops. */
typedef bool (*pt__name_fn)(void *ctx, pte_bytes name);

/* The one that looks for a name; ctx is a pt__name_search. */
typedef struct pt__name_search {
    pte_bytes name;
    bool found; /* out; starts as false */
} pt__name_search;
bool pt__name_search_on(void *ctx, pte_bytes name);

/* ---- conditions ---- */

typedef struct pt__condition pt__condition;

/* parameter: "ConditionExpression", "FilterExpression"; it stands in the messages. */
PTE_CHECKED pt__exception pt__condition_compile(pt__condition **condition,
                                                pt__expressions *expressions, pte_bytes text,
                                                const char *parameter);

/* Whether the condition holds for the item; NULL: there is none. Allocates nothing. One thread at a
 * time. Cost: the item's bytes and the condition's operands, not their product. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__condition_holds(bool *holds, const pt__condition *condition,
                                           const pte_item *item, pte_error *error);

void pt__condition_names(const pt__condition *condition, pt__name_fn on_name, void *ctx);

/* Those of them that a path goes into ("a" of "a.b" and "a[0]"), which key attributes must not be:
 * "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key:
 * pk". The same of projections and of updates, below. */
void pt__condition_inner_names(const pt__condition *condition, pt__name_fn on_name, void *ctx);

/* ---- projections ---- */

typedef struct pt__projection pt__projection;

PTE_CHECKED pt__exception pt__projection_compile(pt__projection **projection,
                                                 pt__expressions *expressions, pte_bytes text);

/* A projection of these top-level attributes (AttributesToGet; an index's attributes). */
PTE_CHECKED pt__exception pt__projection_of_names(pt__projection **projection, pte__arena *arena,
                                                  const pte_bytes *names, size_t count,
                                                  pt__failure *failure);

/* Writes what the projection leaves of the item as a JSON map of AttributeValues, straight from
 * msgpack; all of it if projection is NULL. A damaged item makes out fail. */
void pt__projection_encode(pt__out *out, const pt__projection *projection, const pte_item *item);

void pt__projection_names(const pt__projection *projection, pt__name_fn on_name, void *ctx);
void pt__projection_inner_names(const pt__projection *projection, pt__name_fn on_name, void *ctx);

/* ---- key conditions ---- */

/* The key that a query's condition is about: the table's or the index's. */
typedef struct pt__key_schema {
    const pte_key_attribute *hash;
    size_t hash_count;
    const pte_key_attribute *range;
    size_t range_count;
    pte_bytes index_name; /* empty: the table */
} pt__key_schema;

/*
 * Fills query's hash, range, op and range_upper from a KeyConditionExpression; the values lie in
 * the arena. Fails: VALIDATION.
 */
PTE_CHECKED pt__exception pt__key_condition_compile(pte_query *query, pt__expressions *expressions,
                                                    pte_bytes text, const pt__key_schema *key);

/* ---- updates ---- */

typedef struct pt__update pt__update;

PTE_CHECKED pt__exception pt__update_compile(pt__update **update, pt__expressions *expressions,
                                             pte_bytes text);

/* The top-level attributes that it changes. */
void pt__update_names(const pt__update *update, pt__name_fn on_name, void *ctx);
void pt__update_inner_names(const pt__update *update, pt__name_fn on_name, void *ctx);

/*
 * Makes the new item from the old one (NULL: there is none, and key's attributes are what it starts
 * from). *item views builder, which is reset first. *removed_nothing: old is NULL and the update
 * only removes, so that nothing is to be made. Fails: VALIDATION (at run time: a missing path, an
 * operand's type, overflow, ...), INTERNAL. failure may be another than the compiling one's.
 */
PTE_CHECKED pt__exception pt__update_apply(pte_item *item, bool *removed_nothing,
                                           const pt__update *update, const pte_item *old,
                                           const pte_item *key, pte_builder *builder,
                                           pt__failure *failure);

/* Writes UPDATED_OLD (of the old item) or UPDATED_NEW (of the new one): only the changed
 * fragments, as a JSON map. *empty: there are none, and nothing was written. */
void pt__update_encode_changed(pt__out *out, bool *empty, const pt__update *update,
                               const pte_item *item);

/* Whether it was compiled from a text, not made of the legacy AttributeUpdates. */
bool pt__update_is_expression(const pt__update *update);

/* What the update's expression adds to the size gate of UpdateItem: 19 bytes for each action that
 * writes, 2 for each that removes. */
size_t pt__update_gate_bytes(const pt__update *update);

#endif
