/*
 * Tags: a list of {Key, Value} in a request, checked, and as it is kept.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
 */
#ifndef PT_SCHEMA_TAGS_H
#define PT_SCHEMA_TAGS_H

#include "json/json.h"

enum {
    PT__TAGS_MAX = 50,
    PT__TAG_KEY_CHARACTERS_MAX = 128,
    PT__TAG_VALUE_CHARACTERS_MAX = 256,
};

/* Checks Tags (NULL: none). Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__tags_check(const pt__json *tags, pt__failure *failure);

/* Checks the keys of tags to be removed (not NULL). Fails: VALIDATION. */
PTE_CHECKED pt__exception pt__tag_keys_check(const pt__json *keys, pt__failure *failure);

/* Tags that were checked as JSON in failure's arena; len 0 where there are none. Fails: INTERNAL.
 */
PTE_CHECKED pt__exception pt__tags_encode(pte_bytes *json, const pt__json *tags,
                                          pt__failure *failure);

/* The tags with others that were checked in place of theirs or behind them. *json as of encode.
 * Fails: VALIDATION (too many together), INTERNAL. */
PTE_CHECKED pt__exception pt__tags_put(pte_bytes *json, const pt__json *tags, pt__failure *failure);

/* The tags without those of the keys. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__tags_remove(pte_bytes *json, const pt__json *keys,
                                          pt__failure *failure);

#endif
