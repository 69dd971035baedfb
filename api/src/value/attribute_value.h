/*
 * AttributeValues: DynamoDB's typed JSON ({"S": "text"}) to items and back. Items are written
 * straight from msgpack, no tree between.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
#ifndef PT_VALUE_ATTRIBUTE_VALUE_H
#define PT_VALUE_ATTRIBUTE_VALUE_H

#include "json/json.h"
#include "json/out.h"

#include <pocketable/engine/builder.h>

/* Refuses an item that nests deeper than it may. Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__refuse_nesting(pt__failure *failure);

/*
 * Adds the value to builder, where a value is due. The JSON's types have been checked by its shape.
 * Fails: VALIDATION (empty or more than one type, NULL false, numbers, sets, nesting; AWS's texts),
 * SERIALIZATION (base64), INTERNAL.
 */
PTE_CHECKED pt__exception pt__value_decode(pte_builder *builder, const pt__json *value,
                                           pt__failure *failure);

/*
 * Makes an item of a map of AttributeValues; builder is reset first and *item views it.
 * Fails as pt__value_decode.
 */
PTE_CHECKED pt__exception pt__item_decode(pte_item *item, pte_builder *builder, const pt__json *map,
                                          pt__failure *failure);

/*
 * One value, decoded into the arena: value->encoded and all it views lie there.
 * Fails as pt__value_decode.
 */
PTE_CHECKED pt__exception pt__value_decode_into(pte_value *value, pte_builder *scratch,
                                                const pt__json *json, pt__failure *failure);

/* The value of the one attribute that builder was given, copied into the arena. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__value_take(pte_value *value, pte_builder *builder,
                                         pt__failure *failure);

/* Writes {"S": "text"}. A damaged value makes out fail. */
void pt__value_encode(pt__out *out, const pte_value *value);

/* Writes {"name": {"S": "text"}, ...}. */
void pt__item_encode(pt__out *out, const pte_item *item);

#endif
