/*
 * Making items: a stream of calls, checked as they come, in the engine's canonical form (maps
 * sorted by name, sets sorted, numbers canonical), so that two equal items are equal bytes.
 *
 * The calls return nothing: the first failure is kept, later calls do nothing, and the function
 * that takes the result reports it. (Attribute by attribute checks would bury the item they make.)
 *
 *     pte_builder_name(b, pte_str("PK"));   pte_builder_string(b, pte_str("USER#ann"));
 *     pte_builder_name(b, pte_str("tags")); pte_builder_begin(b, PTE_TYPE_SS);
 *         pte_builder_string(b, pte_str("a"));
 *     pte_builder_end(b);
 *     status = pte_builder_item(&item, b, &error);
 *
 * One thread at a time. Reset it and use it again: it keeps its memory.
 */
#ifndef POCKETABLE_ENGINE_BUILDER_H
#define POCKETABLE_ENGINE_BUILDER_H

#include <pocketable/engine/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pte_builder pte_builder;

/* The most bytes one builder holds, a ceiling against runaway input. */
enum { PTE_BUILDER_BYTES_MAX = 64 * 1024 * 1024 };

/*
 * Makes a builder; the caller owns it. allocator may be NULL (malloc) and is copied.
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY.
 */
PTE_API PTE_CHECKED pte_status pte_builder_create(pte_builder **builder,
                                                  const pte_allocator *allocator, pte_error *error);

/* NULL is allowed. Views of its items end here. */
PTE_API void pte_builder_destroy(pte_builder *builder);

/* Back to the start of an item; forgets a failure. Views of its items end here. */
PTE_API void pte_builder_reset(pte_builder *builder);

/* The name of the attribute whose value comes next; in the item itself and inside maps. */
PTE_API void pte_builder_name(pte_builder *builder, pte_bytes name);

/* Values. number takes any text that pte_number_parse takes. */
PTE_API void pte_builder_string(pte_builder *builder, pte_bytes text);
PTE_API void pte_builder_number(pte_builder *builder, pte_bytes text);
PTE_API void pte_builder_decimal(pte_builder *builder, const pte_number *number);
PTE_API void pte_builder_binary(pte_builder *builder, pte_bytes data);
PTE_API void pte_builder_boolean(pte_builder *builder, bool value);
PTE_API void pte_builder_null(pte_builder *builder);
PTE_API void pte_builder_scalar(pte_builder *builder, pte_scalar scalar);

/*
 * A copy of a value that stands in another item of the engine's making. Its depth is checked, its
 * content is not.
 */
PTE_API void pte_builder_value(pte_builder *builder, const pte_value *value);

/* Opens a map, list or set (M, L, SS, NS, BS); its elements follow, then end. */
PTE_API void pte_builder_begin(pte_builder *builder, pte_type container);
PTE_API void pte_builder_end(pte_builder *builder);

/* name and value in one call. */
PTE_API void pte_builder_add_string(pte_builder *builder, const char *name, const char *text);
PTE_API void pte_builder_add_number(pte_builder *builder, const char *name, const char *text);

/*
 * Closes the item and gives a view of it, valid until the builder is reset or destroyed, its size
 * known. Calling it again gives the same item. The 400 KB limit is not applied here but where an
 * item is written.
 * Errors: the first that any call met, position the index of that attribute in the item:
 * INVALID_ARGUMENT (NULL, a value without a name, a name without a value, an element of another
 * type in a set, end without begin, a container left open), NUMBER_*, INVALID_UTF8, EMPTY_SET,
 * DUPLICATE_ELEMENT, DUPLICATE_NAME, NAME_TOO_LONG, NESTING_TOO_DEEP, LIMIT
 * (PTE_BUILDER_BYTES_MAX), OUT_OF_MEMORY, CORRUPT (a copied value is not well formed).
 */
PTE_API PTE_CHECKED pte_status pte_builder_item(pte_item *item, pte_builder *builder,
                                                pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
