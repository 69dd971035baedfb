/*
 * Shapes that several operations share.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Types.html
 */
#include "shape/shape_table.h"

const pt__shape pt__shape_string = {.kind = PT__KIND_STRING};
const pt__shape pt__shape_boolean = {.kind = PT__KIND_BOOLEAN};
static const pt__shape BLOB = {.kind = PT__KIND_BLOB};

/*
 * Operations on a table that exists take its ARN too, and names of fewer than the three characters
 * that CreateTable asks for.
 */
const pt__shape pt__shape_table = {
    .kind = PT__KIND_STRING, .min = 1, .max = 255, .is_name = true, .or_arn = true};

const pt__shape pt__shape_index_name = {
    .kind = PT__KIND_STRING, .min = 3, .max = 255, .is_name = true, .is_name_first = true};

/* API_AttributeValue.html. The commonest first, as they are looked for one after the other. */
static const pt__shape STRINGS = PT__LIST_OF(pt__shape_string, .min = 0);
static const pt__shape BLOBS = PT__LIST_OF(BLOB, .min = 0);
/* clang-format off */
static const pt__row VALUE_ROWS[] = {
    PT__ROW("S",    pt__shape_string,  0),
    PT__ROW("N",    pt__shape_string,  0),
    PT__ROW("M",    pt__shape_item,    0),
    PT__ROW("L",    pt__shape_values,  0),
    PT__ROW("BOOL", pt__shape_boolean, 0),
    PT__ROW("SS",   STRINGS,           0),
    PT__ROW("B",    BLOB,              0),
    PT__ROW("NULL", pt__shape_boolean, 0),
    PT__ROW("NS",   STRINGS,           0),
    PT__ROW("BS",   BLOBS,             0),
};
/* clang-format on */
const pt__shape pt__shape_value = PT__STRUCT("AttributeValue", VALUE_ROWS);
const pt__shape pt__shape_values = PT__LIST_OF(pt__shape_value, .min = 0);
const pt__shape pt__shape_item = PT__MAP_OF(pt__shape_value);

const pt__shape pt__shape_names = PT__MAP_OF(pt__shape_string);
const pt__shape pt__shape_attributes = PT__LIST_OF(pt__shape_string, .min = 1);

/* The orders of the words are the service's. */
const pt__shape pt__shape_return_capacity = PT__WORDS("INDEXES, TOTAL, NONE");
const pt__shape pt__shape_return_metrics = PT__WORDS("SIZE, NONE");
const pt__shape pt__shape_return_on_failure = PT__WORDS("ALL_OLD, NONE");
