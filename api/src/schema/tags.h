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

/* Tags that were checked as JSON in failure's arena; len 0 where there are none. Fails: INTERNAL.
 */
PTE_CHECKED pt__exception pt__tags_encode(pte_bytes *json, const pt__json *tags,
                                          pt__failure *failure);

#endif
