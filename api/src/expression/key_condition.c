/*
 * Key conditions: a condition by its grammar, of which only a part is allowed, taken apart into the
 * engine's query.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
 */
#include "expression/condition.h"
#include "expression/key_values.h"

enum { PARTS_MAX = 2 * PTE_KEY_ATTRIBUTES_MAX };

/* One test of one attribute. */
typedef struct part {
    const pt__path *path;
    pte_range_op op;
    const pt__operand *value;
    const pt__operand *upper; /* BETWEEN */
} part;

typedef struct parts {
    pt__failure *failure;
    const pt__key_schema *key;
    part items[PARTS_MAX]; /* those on the key's attributes, and any others while there is room */
    size_t count;
    size_t total; /* with those that had no room */
} parts;

/* ---- taking apart ---- */

static const char *test_name(pt__test test) {
    static const char *const names[] = {
        [PT__TEST_ANY] = "OR",
        [PT__TEST_NOT] = "NOT",
        [PT__TEST_NE] = "<>",
        [PT__TEST_IN] = "IN",
        [PT__TEST_EXISTS] = "attribute_exists",
        [PT__TEST_NOT_EXISTS] = "attribute_not_exists",
        [PT__TEST_TYPE] = "attribute_type",
        [PT__TEST_CONTAINS] = "contains",
        [PT__TEST_NOT_CONTAINS] = NULL,
    };
    return names[test];
}

static pte_range_op range_op(pt__test test) {
    switch (test) {
    case PT__TEST_EQ:
        return PTE_RANGE_EQ;
    case PT__TEST_LT:
        return PTE_RANGE_LT;
    case PT__TEST_LE:
        return PTE_RANGE_LE;
    case PT__TEST_GT:
        return PTE_RANGE_GT;
    case PT__TEST_GE:
        return PTE_RANGE_GE;
    case PT__TEST_BETWEEN:
        return PTE_RANGE_BETWEEN;
    default:
        return PTE_RANGE_BEGINS_WITH;
    }
}

/* The same comparison with its operands exchanged: ":lo <= sk" is "sk >= :lo". */
static pte_range_op exchanged(pte_range_op op) {
    switch (op) {
    case PTE_RANGE_LT:
        return PTE_RANGE_GT;
    case PTE_RANGE_LE:
        return PTE_RANGE_GE;
    case PTE_RANGE_GT:
        return PTE_RANGE_LT;
    case PTE_RANGE_GE:
        return PTE_RANGE_LE;
    default:
        return op;
    }
}

static pt__exception refuse_condition(pt__failure *failure, const char *what) {
    return pt__refuse(failure, PT__VALIDATION, "Invalid condition in KeyConditionExpression: %s",
                      what);
}

/* Whether an operand may stand at its place, next to paths others that are paths. */
static pt__exception check_operand(const pt__condition *test, size_t at, size_t paths,
                                   pt__failure *failure) {
    const pt__operand *operand = &test->operands[at];
    bool must_be_first = test->test == PT__TEST_BETWEEN || test->test == PT__TEST_BEGINS_WITH;
    if (operand->size) {
        return pt__refuse(failure, PT__VALIDATION,
                          "KeyConditionExpressions cannot contain nested operations");
    }
    if (!operand->is_path) {
        return PT__OK;
    }
    if (paths != 0) {
        return refuse_condition(failure, "Multiple attribute names used in one condition");
    }
    if (must_be_first && at != 0) {
        return refuse_condition(
            failure, test->test == PT__TEST_BETWEEN
                         ? "BETWEEN operator must have the key attribute as its first operand"
                         : "begins_with operator must have the key attribute as its first operand");
    }
    if (operand->path.count > 1) {
        return pt__refuse(failure, PT__VALIDATION,
                          "KeyConditionExpressions cannot have conditions on nested attributes");
    }
    return PT__OK;
}

/* Checks the operands and finds which one is the attribute. */
static pt__exception find_path(size_t *at, const pt__condition *test, pt__failure *failure) {
    size_t paths = 0;
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < test->operand_count && exception == PT__OK; i++) {
        exception = check_operand(test, i, paths, failure);
        if (test->operands[i].is_path) {
            paths++;
            *at = i;
        }
    }
    return exception == PT__OK && paths == 0
               ? refuse_condition(failure, "No key attribute specified")
               : exception;
}

static pt__exception add_part(parts *p, const pt__condition *test) {
    size_t at = 0;
    pt__exception exception = find_path(&at, test, p->failure);
    if (exception != PT__OK) {
        return exception;
    }
    part made = {.path = &test->operands[at].path, .op = range_op(test->test)};
    made.value = &test->operands[at == 0 ? 1 : 0];
    if (at != 0) {
        made.op = exchanged(made.op);
    }
    if (test->test == PT__TEST_BETWEEN) {
        made.upper = &test->operands[2];
    }
    p->total++;
    if (p->count < PARTS_MAX) {
        p->items[p->count++] = made;
    }
    return PT__OK;
}

/* Recursive, as deep as the parser allows. */
static pt__exception take_apart(parts *p, const pt__condition *condition) {
    pt__exception exception = PT__OK;
    if (condition->test == PT__TEST_ALL) {
        for (const pt__condition *child = condition->first; child != NULL && exception == PT__OK;
             child = child->next) {
            exception = take_apart(p, child);
        }
        return exception;
    }
    const char *refused = test_name(condition->test);
    return refused == NULL
               ? add_part(p, condition)
               : pt__refuse(p->failure, PT__VALIDATION,
                            "Invalid operator used in KeyConditionExpression: %s", refused);
}

/* ---- what is wrong with the whole ---- */

static const part *find_part(const parts *p, pte_bytes name, size_t from) {
    for (size_t i = from; i < p->count; i++) {
        if (pte_bytes_equal(p->items[i].path->steps[0].name, name)) {
            return &p->items[i];
        }
    }
    return NULL;
}

static pt__exception check_parts(const parts *p) {
    for (size_t i = 0; i < p->count; i++) {
        if (find_part(p, p->items[i].path->steps[0].name, i + 1) != NULL) {
            return pt__refuse(p->failure, PT__VALIDATION,
                              "KeyConditionExpressions must only contain one condition per key");
        }
    }
    bool single = p->key->hash_count == 1 && p->key->range_count <= 1;
    if (single && p->total > 2) {
        return pt__refuse(p->failure, PT__VALIDATION, "Conditions can be of length 1 or 2 only");
    }
    return PT__OK;
}

/* ---- filling the query ---- */

static pt__exception refuse_missing(const parts *p, pte_bytes name) {
    return pt__refuse(p->failure, PT__VALIDATION, "Query condition missed key schema element: %.*s",
                      PT__SHOW(name));
}

static pt__exception refuse_unsupported(const parts *p) {
    return pt__refuse(p->failure, PT__VALIDATION, "Query key condition not supported");
}

pt__exception pt__key_value_type(const pte_value *value, const pte_key_attribute *attribute,
                                 pt__failure *failure) {
    return value->type == attribute->type
               ? PT__OK
               : pt__refuse(failure, PT__VALIDATION,
                            "One or more parameter values were invalid: Condition parameter type "
                            "does not match schema type");
}

static pt__exception refuse_empty(const pt__key_schema *key, const pte_key_attribute *attribute,
                                  pt__failure *failure) {
    const char *kind = attribute->type == PTE_TYPE_B ? "binary" : "string";
    pte_bytes index = key->index_name;
    if (index.len == 0) {
        return pt__refuse(failure, PT__VALIDATION,
                          "One or more parameter values are not valid. The AttributeValue for a "
                          "key attribute cannot contain an empty %s value. Key: %.*s",
                          kind, PT__SHOW(attribute->name));
    }
    return pt__refuse(failure, PT__VALIDATION,
                      "One or more parameter values are not valid. A value specified for a "
                      "secondary index key is not supported. The AttributeValue for a key "
                      "attribute cannot contain an empty %s value. IndexName: %.*s, IndexKey: %.*s",
                      kind, PT__SHOW(index), PT__SHOW(attribute->name));
}

pt__exception pt__key_value_take(pte_scalar *scalar, const pt__key_schema *key,
                                 const pte_key_attribute *attribute, const pte_value *value,
                                 pt__failure *failure) {
    pt__exception exception = pt__key_value_type(value, attribute, failure);
    *scalar = (pte_scalar){value->type, value->bytes};
    return exception == PT__OK && scalar->bytes.len == 0 ? refuse_empty(key, attribute, failure)
                                                         : exception;
}

static pt__exception take_value(pte_scalar *scalar, const parts *p,
                                const pte_key_attribute *attribute, const pt__operand *operand) {
    return pt__key_value_take(scalar, p->key, attribute, &operand->value, p->failure);
}

static pt__exception fill_hash(pte_query *query, const parts *p) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < p->key->hash_count && exception == PT__OK; i++) {
        const pte_key_attribute *attribute = &p->key->hash[i];
        const part *found = find_part(p, attribute->name, 0);
        if (found == NULL) {
            return refuse_missing(p, attribute->name);
        }
        exception = pt__key_value_type(&found->value->value, attribute, p->failure);
        if (exception == PT__OK && found->op != PTE_RANGE_EQ) {
            return refuse_unsupported(p);
        }
        if (exception != PT__OK) {
            return exception;
        }
        exception = take_value(&query->hash[i], p, attribute, found->value);
        query->hash_count = i + 1;
    }
    return exception;
}

static pt__exception fill_range_value(pte_query *query, const parts *p,
                                      const pte_key_attribute *attribute, const part *found) {
    if (found->op == PTE_RANGE_BEGINS_WITH && attribute->type == PTE_TYPE_N &&
        found->value->value.type == PTE_TYPE_N) {
        return refuse_unsupported(p);
    }
    pt__exception exception =
        take_value(&query->range[query->range_count++], p, attribute, found->value);
    query->op = found->op;
    if (exception == PT__OK && found->upper != NULL) {
        exception = take_value(&query->range_upper, p, attribute, found->upper);
    }
    return exception;
}

/* From the left without gaps, and only the last by anything but equality. */
static pt__exception fill_range(pte_query *query, const parts *p) {
    pt__exception exception = PT__OK;
    size_t left = p->total - p->key->hash_count; /* conditions that are to be on range attributes */
    if (left > p->key->range_count) {
        return refuse_unsupported(p);
    }
    for (size_t i = 0; left != 0 && exception == PT__OK; i++, left--) {
        const pte_key_attribute *attribute = &p->key->range[i];
        const part *found = find_part(p, attribute->name, 0);
        if (found == NULL) {
            return refuse_missing(p, attribute->name);
        }
        if (left > 1 && found->op != PTE_RANGE_EQ) {
            return refuse_unsupported(p);
        }
        exception = fill_range_value(query, p, attribute, found);
    }
    return exception;
}

pt__exception pt__key_condition_compile(pte_query *query, pt__expressions *expressions,
                                        pte_bytes text, const pt__key_schema *key) {
    pt__condition *condition;
    parts p = {.failure = expressions->failure, .key = key};
    query->hash_count = query->range_count = 0;
    query->op = PTE_RANGE_ANY;
    query->range_upper = (pte_scalar){PTE_TYPE_NONE, {NULL, 0}};
    pt__exception exception =
        pt__condition_compile(&condition, expressions, text, "KeyConditionExpression");
    if (exception == PT__OK) {
        exception = take_apart(&p, condition);
    }
    if (exception == PT__OK) {
        exception = check_parts(&p);
    }
    if (exception == PT__OK) {
        exception = fill_hash(query, &p);
    }
    return exception != PT__OK ? exception : fill_range(query, &p);
}
