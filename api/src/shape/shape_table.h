/*
 * What shapes are made of. The tables say what a request may hold, shape_types.c and
 * shape_constraints.c what is said if it does not.
 */
#ifndef PT_SHAPE_SHAPE_TABLE_H
#define PT_SHAPE_SHAPE_TABLE_H

#include "shape/shape.h"

typedef enum pt__kind {
    PT__KIND_STRING,
    PT__KIND_BOOLEAN,
    PT__KIND_INTEGER, /* 32 bits; only what AWS calls them differs */
    PT__KIND_LONG,    /* 64 bits */
    PT__KIND_BLOB,
    PT__KIND_LIST,
    PT__KIND_MAP,
    PT__KIND_STRUCT,
} pt__kind;

/* How a broken constraint of a member is reported, where that is not as usual. */
typedef enum pt__rule {
    PT__REQUIRED = 1 << 0, /* "Value null at 'item' ...: Member must not be null" */
    PT__NEEDED = 1 << 1,   /* "The parameter 'TableName' is required but was not present ..." */
    PT__ALONE = 1 << 2,    /* a bad value is reported without the request's other faults */
    PT__BARE = 1 << 3,     /* "Value at 'Limit'": no value, and the path as it was sent */
    PT__FILLED = 1 << 4,   /* empty: "The requestItems parameter is required for BatchGetItem" */
} pt__rule;

/* A member of a structure. */
typedef struct pt__row {
    pte_bytes name;
    const pt__shape *shape;
    unsigned rules; /* of pt__rule */
} pt__row;

struct pt__shape {
    pt__kind kind;
    const char *type; /* STRUCT: what AWS calls it; of an operation its name */

    /* STRUCT: its members, in the order in which AWS lists broken constraints. */
    const pt__row *rows;
    size_t row_count;

    const pt__shape *element; /* of LIST and MAP */
    const pt__shape *key;     /* of MAP, NULL if any will do */

    /* Of the value of INTEGER and LONG, else of the length, where 0 is no limit. */
    int64_t min;
    int64_t max;

    bool is_name;       /* STRING: [a-zA-Z0-9_.-]+ */
    bool is_name_first; /* which is reported before the length */
    bool or_arn;        /* or, of a table, its ARN */
    const char *words;  /* STRING: those it may be, "A, B", in AWS's order */

    bool one_word_only; /* of an operation: of its bad words only the first is reported */
};

/* clang-format off */
#define PT__ROW(member, member_shape, member_rules)                                                \
    {{(const uint8_t *)(member), sizeof(member) - 1}, &(member_shape), (member_rules)}
/* Does not compile with more rows than pt__shape_place has places for. */
#define PT__ROW_COUNT(rows)                                                                        \
    (sizeof(rows) / sizeof(*(rows)) +                                                              \
     0 * sizeof(char[sizeof(rows) <= PT__ROWS_MAX * sizeof(*(rows)) ? 1 : -1]))
#define PT__STRUCT(struct_type, struct_rows)                                                       \
    {.kind = PT__KIND_STRUCT, .type = (struct_type), .rows = (struct_rows),                        \
     .row_count = PT__ROW_COUNT(struct_rows)}
#define PT__LIST_OF(element_shape, ...)                                                            \
    {.kind = PT__KIND_LIST, .element = &(element_shape), __VA_ARGS__}
#define PT__MAP_OF(element_shape) {.kind = PT__KIND_MAP, .element = &(element_shape)}
#define PT__WORDS(texts) {.kind = PT__KIND_STRING, .words = (texts)}
/* clang-format on */

/* What several operations share; shape_common.c. */
extern const pt__shape pt__shape_string;
extern const pt__shape pt__shape_boolean;
extern const pt__shape pt__shape_table;      /* a table's name or ARN */
extern const pt__shape pt__shape_index_name; /* of an index that is read */
extern const pt__shape pt__shape_value;      /* AttributeValue */
extern const pt__shape pt__shape_values;     /* a list of them */
extern const pt__shape pt__shape_item;       /* a map of them: an item, a key */
extern const pt__shape pt__shape_names;      /* ExpressionAttributeNames */
extern const pt__shape pt__shape_attributes; /* AttributesToGet */
extern const pt__shape pt__shape_tags;       /* shape_tables.c */
extern const pt__shape pt__shape_return_capacity;
extern const pt__shape pt__shape_return_metrics;
extern const pt__shape pt__shape_return_on_failure;

/* The operations' tables. */
extern const pt__shape pt__shape_create_table;
extern const pt__shape pt__shape_delete_table;
extern const pt__shape pt__shape_describe_endpoints;
extern const pt__shape pt__shape_describe_limits;
extern const pt__shape pt__shape_describe_table;
extern const pt__shape pt__shape_list_tables;
extern const pt__shape pt__shape_update_table;
extern const pt__shape pt__shape_put_item;
extern const pt__shape pt__shape_get_item;
extern const pt__shape pt__shape_update_item;
extern const pt__shape pt__shape_delete_item;
extern const pt__shape pt__shape_query;
extern const pt__shape pt__shape_scan;
extern const pt__shape pt__shape_batch_get_item;
extern const pt__shape pt__shape_batch_write_item;
extern const pt__shape pt__shape_transact_get_items;
extern const pt__shape pt__shape_transact_write_items;
extern const pt__shape pt__shape_execute_statement;
extern const pt__shape pt__shape_batch_execute_statement;
extern const pt__shape pt__shape_execute_transaction;
extern const pt__shape pt__shape_delete_resource_policy;
extern const pt__shape pt__shape_describe_continuous_backups;
extern const pt__shape pt__shape_describe_time_to_live;
extern const pt__shape pt__shape_get_resource_policy;
extern const pt__shape pt__shape_list_tags_of_resource;
extern const pt__shape pt__shape_put_resource_policy;
extern const pt__shape pt__shape_tag_resource;
extern const pt__shape pt__shape_untag_resource;
extern const pt__shape pt__shape_update_time_to_live;
extern const pt__shape pt__shape_describe_stream;
extern const pt__shape pt__shape_get_records;
extern const pt__shape pt__shape_get_shard_iterator;
extern const pt__shape pt__shape_list_streams;

/* The member of this name, or NULL. */
const pt__row *pt__shape_row(const pt__shape *structure, pte_bytes name);

enum { PT__ROWS_MAX = 32 }; /* of a structure */

/* The members of an object by the structure's rows: what each row names, NULL where it is absent or
 * null. members has row_count places. */
void pt__shape_place(const pt__json **members, const pt__shape *structure, const pt__json *found);

#endif
