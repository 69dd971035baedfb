/*
 * Reading JSON: a request body as a tree of nodes in an arena. yajl reads the text; this keeps it.
 */
#ifndef PT_JSON_JSON_H
#define PT_JSON_JSON_H

#include "failure/failure.h"

typedef enum pt__json_type {
    PT__JSON_NULL = 0,
    PT__JSON_BOOLEAN,
    PT__JSON_NUMBER,
    PT__JSON_STRING,
    PT__JSON_ARRAY,
    PT__JSON_OBJECT,
} pt__json_type;

/* One value. Immutable once read; views the arena (and may view the body). */
typedef struct pt__json {
    pt__json_type type;
    bool boolean;
    uint32_t count;               /* elements or members */
    pte_bytes name;               /* of a member */
    pte_bytes text;               /* STRING: unescaped UTF-8; NUMBER: as it was written */
    const struct pt__json *first; /* element or member */
    const struct pt__json *next;  /* of the same parent */
} pt__json;

/* A 32-level item takes two levels of JSON for each, and the request some more around it. */
enum { PT__JSON_DEPTH_MAX = 256, PT__JSON_BYTES_MAX = 16 * 1024 * 1024 };

/*
 * What bodies are read with, one after another: yajl's parser and its memory. Starts as {0} plus
 * memory.allocator; clean_up is a no-op then. One thread at a time.
 */
typedef struct pt__json_parser {
    pte__arena memory;
    size_t memory_bytes;          /* that yajl has asked for */
    struct yajl_handle_t *handle; /* NULL: made by the next read */
    struct pt__json_reading *under_way;
} pt__json_parser;

/*
 * Reads one JSON text. Of members with one name the last counts, the others are dropped.
 * Fails: SERIALIZATION (not JSON, not UTF-8, too deep, not an object), INTERNAL.
 */
PTE_CHECKED pt__exception pt__json_parse(const pt__json **root, pt__json_parser *parser,
                                         pte_bytes body, pte__arena *arena, pt__failure *failure);
void pt__json_parser_clean_up(pt__json_parser *parser);

/* The same with a parser of its own. */
PTE_CHECKED pt__exception pt__json_read(const pt__json **root, pte_bytes body, pte__arena *arena,
                                        pt__failure *failure);

/* The member of an object by its name; NULL if there is none, if it is null, or object is NULL.
 * (AWS takes a member that is null for an absent one.) */
const pt__json *pt__json_member_bytes(const pt__json *object, pte_bytes name);

/* Members' values by name where the shape has been checked: the text of a string (len 0 where
 * absent), a truth (given default where absent), an integer (likewise). */
pte_bytes pt__json_string_bytes(const pt__json *object, pte_bytes name);
bool pt__json_boolean_bytes(const pt__json *object, pte_bytes name, bool otherwise);
int64_t pt__json_integer_bytes(const pt__json *object, pte_bytes name, int64_t otherwise);

/* The same by a literal's name, whose length the compiler knows: a request looks a dozen up. */
static inline const pt__json *pt__json_member(const pt__json *object, const char *name) {
    return pt__json_member_bytes(object, pte_str(name));
}
static inline pte_bytes pt__json_string(const pt__json *object, const char *name) {
    return pt__json_string_bytes(object, pte_str(name));
}
static inline bool pt__json_boolean(const pt__json *object, const char *name, bool otherwise) {
    return pt__json_boolean_bytes(object, pte_str(name), otherwise);
}
static inline int64_t pt__json_integer(const pt__json *object, const char *name,
                                       int64_t otherwise) {
    return pt__json_integer_bytes(object, pte_str(name), otherwise);
}

/* Whether the member is a string with this text. */
static inline bool pt__json_is(const pt__json *object, const char *name, const char *text) {
    return pte_bytes_equal(pt__json_string(object, name), pte_str(text));
}

/* The truth of a value whose shape is Boolean: true or false, or one of the words that AWS takes
 * for them ("true", "yes", "1", in any case). */
bool pt__json_truth(const pt__json *value);
bool pt__json_is_truth(const pt__json *string); /* whether it is one of those words */

/* A number as an integer: its fraction dropped, the nearest there is if it is out of range. */
int64_t pt__json_whole(const pt__json *number);
bool pt__json_is_decimal(const pt__json *number); /* whether it has a fraction or exponent */

#endif
