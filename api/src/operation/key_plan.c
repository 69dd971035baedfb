/*
 * Finding keys in conditions. Alternatives come of OR and of IN where these are about the key; what
 * is not about the key stays together as a filter, as measured on the service.
 */
#include "operation/key_plan.h"

/* ---- tests of keys ---- */

/* What a test says of a key attribute; op ANY: nothing that a key could be found by. */
typedef struct key_test {
    pte_range_op op;
    const pte_value *value;
    const pte_value *upper;
} key_test;

static bool is_name(const pt__operand *operand, pte_bytes name) {
    return operand->is_path && !operand->size && operand->path.count == 1 &&
           pte_bytes_equal(operand->path.steps[0].name, name);
}

static bool is_constant(const pt__operand *operand) {
    return !operand->is_path && !operand->size;
}

static pte_range_op op_of(pt__test test, bool flipped) {
    switch (test) {
    case PT__TEST_EQ:
        return PTE_RANGE_EQ;
    case PT__TEST_LT:
        return flipped ? PTE_RANGE_GT : PTE_RANGE_LT;
    case PT__TEST_LE:
        return flipped ? PTE_RANGE_GE : PTE_RANGE_LE;
    case PT__TEST_GT:
        return flipped ? PTE_RANGE_LT : PTE_RANGE_GT;
    case PT__TEST_GE:
        return flipped ? PTE_RANGE_LE : PTE_RANGE_GE;
    case PT__TEST_BEGINS_WITH:
        return flipped ? PTE_RANGE_ANY : PTE_RANGE_BEGINS_WITH;
    default:
        return PTE_RANGE_ANY;
    }
}

static key_test test_of(const pt__condition *condition, pte_bytes name) {
    const pt__operand *operands = condition->operands;
    key_test none = {.op = PTE_RANGE_ANY};
    if (condition->test <= PT__TEST_NOT || condition->operand_count < 2 || name.len == 0) {
        return none;
    }
    if (condition->test == PT__TEST_BETWEEN) {
        bool fits =
            is_name(&operands[0], name) && is_constant(&operands[1]) && is_constant(&operands[2]);
        return fits ? (key_test){PTE_RANGE_BETWEEN, &operands[1].value, &operands[2].value} : none;
    }
    if (condition->operand_count != 2 || condition->test == PT__TEST_IN) {
        return none;
    }
    if (is_name(&operands[0], name) && is_constant(&operands[1])) {
        return (key_test){op_of(condition->test, false), &operands[1].value, NULL};
    }
    if (is_name(&operands[1], name) && is_constant(&operands[0])) {
        return (key_test){op_of(condition->test, true), &operands[0].value, NULL};
    }
    return none;
}

/* Whether the test is an IN of constants about the attribute. */
static bool is_in(const pt__condition *condition, pte_bytes name) {
    bool fits =
        condition->test == PT__TEST_IN && name.len != 0 && is_name(&condition->operands[0], name);
    for (size_t i = 1; i < condition->operand_count && fits; i++) {
        fits = is_constant(&condition->operands[i]);
    }
    return fits;
}

static pte_scalar scalar_of(const pte_value *value) {
    return (pte_scalar){value->type, value->bytes};
}

int pt__key_scalar_compare(pte_scalar a, pte_scalar b) {
    pte_number x;
    pte_number y;
    if (a.type != PTE_TYPE_N || pte_number_parse(&x, a.bytes, NULL) != PTE_OK ||
        pte_number_parse(&y, b.bytes, NULL) != PTE_OK) {
        return pte_bytes_compare(a.bytes, b.bytes);
    }
    return pte_number_compare(&x, &y);
}

/* ---- alternatives ---- */

/* An AND of tests. */
typedef struct conjunction {
    pt__condition **tests;
    size_t count;
} conjunction;

typedef struct planner {
    pt__call *call;
    const pt__key_schema *key;
    pte_bytes hash;
    pte_bytes range; /* len 0: none */
    const pt__condition *where;
} planner;

typedef struct alternatives {
    conjunction *all;
    size_t count;
    bool too_many;
} alternatives;

static bool about_key(const planner *p, const pt__condition *condition) {
    pt__name_search hash = {.name = p->hash};
    pt__name_search range = {.name = p->range};
    pt__condition_names(condition, pt__name_search_on, &hash);
    pt__condition_names(condition, pt__name_search_on, &range);
    return hash.found || (p->range.len != 0 && range.found);
}

/* Whether each alternative gives the hash attribute a value. Recursive, as deep as the parser
 * allows, as are all below. */
static bool pins(const planner *p, const pt__condition *condition) {
    bool any = condition->test == PT__TEST_ALL;
    if (condition->test == PT__TEST_ALL || condition->test == PT__TEST_ANY) {
        const pt__condition *child = condition->first;
        while (child != NULL && pins(p, child) != any) {
            child = child->next;
        }
        return (child != NULL) == any;
    }
    return test_of(condition, p->hash).op == PTE_RANGE_EQ || is_in(condition, p->hash);
}

static void *allocate(const planner *p, size_t size) {
    return pte__arena_alloc(&p->call->arena, size);
}

static pt__exception room_for(alternatives *a, const planner *p, size_t count) {
    *a = (alternatives){.count = 0};
    a->all = allocate(p, (count == 0 ? 1 : count) * sizeof *a->all);
    return a->all != NULL ? PT__OK : pt__refuse_memory(&p->call->failure);
}

static pt__exception single(alternatives *a, const planner *p, pt__condition *condition) {
    pt__exception exception = room_for(a, p, 1);
    if (exception != PT__OK) {
        return exception;
    }
    a->all[0].tests = allocate(p, sizeof(pt__condition *));
    if (a->all[0].tests == NULL) {
        return pt__refuse_memory(&p->call->failure);
    }
    a->all[0].tests[0] = condition;
    a->all[0].count = condition != NULL ? 1 : 0;
    a->count = 1;
    return PT__OK;
}

/* One of each: all tests of both. */
static pt__exception cross(alternatives *result, const planner *p, const alternatives *a,
                           const alternatives *b) {
    size_t count = a->count * b->count;
    if (a->too_many || b->too_many || count > PT__KEY_BRANCHES_MAX) {
        *result = (alternatives){.too_many = true};
        return PT__OK;
    }
    pt__exception exception = room_for(result, p, count);
    for (size_t i = 0; i < a->count && exception == PT__OK; i++) {
        for (size_t j = 0; j < b->count && exception == PT__OK; j++) {
            conjunction *made = &result->all[result->count++];
            made->count = a->all[i].count + b->all[j].count;
            made->tests = allocate(p, (made->count + 1) * sizeof(pt__condition *));
            if (made->tests == NULL) {
                return pt__refuse_memory(&p->call->failure);
            }
            memcpy(made->tests, a->all[i].tests, a->all[i].count * sizeof(pt__condition *));
            memcpy(made->tests + a->all[i].count, b->all[j].tests,
                   b->all[j].count * sizeof(pt__condition *));
        }
    }
    return exception;
}

static pt__exception join(alternatives *result, const planner *p, const alternatives *a,
                          const alternatives *b) {
    size_t count = a->count + b->count;
    if (a->too_many || b->too_many || count > PT__KEY_BRANCHES_MAX) {
        *result = (alternatives){.too_many = true};
        return PT__OK;
    }
    pt__exception exception = room_for(result, p, count);
    if (exception == PT__OK) {
        if (a->count != 0) {
            memcpy(result->all, a->all, a->count * sizeof *a->all);
        }
        memcpy(result->all + a->count, b->all, b->count * sizeof *b->all);
        result->count = count;
    }
    return exception;
}

/* An IN about the key: an equality for each value. */
static pt__exception expand_in(alternatives *a, const planner *p, const pt__condition *in) {
    size_t values = in->operand_count - 1;
    if (values > PT__KEY_BRANCHES_MAX) {
        *a = (alternatives){.too_many = true};
        return PT__OK;
    }
    pt__exception exception = room_for(a, p, values);
    for (size_t i = 0; i < values && exception == PT__OK; i++) {
        pt__operand operands[] = {in->operands[0], in->operands[i + 1]};
        alternatives one;
        pt__condition *equal;
        exception = pt__condition_test(&equal, &p->call->arena, PT__TEST_EQ, operands, 2,
                                       &p->call->failure);
        if (exception == PT__OK) {
            exception = single(&one, p, equal);
        }
        if (exception == PT__OK) {
            a->all[a->count++] = one.all[0];
        }
    }
    return exception;
}

static pt__exception expand(alternatives *a, const planner *p, pt__condition *condition);

/* How many tests an AND has, those of ANDs in it too. */
static size_t count_tests(const pt__condition *condition) {
    size_t count = condition->test == PT__TEST_ALL ? 0 : 1;
    for (const pt__condition *child = condition->first;
         child != NULL && condition->test == PT__TEST_ALL; child = child->next) {
        count += count_tests(child);
    }
    return count;
}

/* An AND: what has no alternatives is gathered and comes to each of them at the end, so that a long
 * clause is not copied for each of its parts. Children lie in the arena and are ours to link. */
static pt__exception expand_all(alternatives *a, const planner *p, const pt__condition *condition) {
    conjunction common = {.count = 0};
    common.tests = allocate(p, (count_tests(condition) + 1) * sizeof(pt__condition *));
    if (common.tests == NULL) {
        return pt__refuse_memory(&p->call->failure);
    }
    alternatives all = {.all = &common, .count = 1};
    pt__exception exception = single(a, p, NULL);
    for (const pt__condition *child = condition->first; child != NULL && exception == PT__OK;
         child = child->next) {
        alternatives one;
        alternatives product;
        exception = expand(&one, p, (pt__condition *)child);
        if (exception == PT__OK && one.count == 1) {
            memcpy(common.tests + common.count, one.all[0].tests,
                   one.all[0].count * sizeof(pt__condition *));
            common.count += one.all[0].count;
        } else if (exception == PT__OK) {
            exception = cross(&product, p, a, &one);
            *a = exception == PT__OK ? product : *a;
        }
    }
    alternatives result;
    if (exception == PT__OK) {
        exception = cross(&result, p, a, &all);
        *a = exception == PT__OK ? result : *a;
    }
    return exception;
}

static pt__exception expand_any(alternatives *a, const planner *p, const pt__condition *condition) {
    pt__exception exception = room_for(a, p, 0);
    for (const pt__condition *child = condition->first; child != NULL && exception == PT__OK;
         child = child->next) {
        alternatives one;
        alternatives sum;
        exception = expand(&one, p, (pt__condition *)child);
        if (exception == PT__OK) {
            exception = join(&sum, p, a, &one);
            *a = exception == PT__OK ? sum : *a;
        }
    }
    return exception;
}

static pt__exception expand(alternatives *a, const planner *p, pt__condition *condition) {
    if (condition->test == PT__TEST_ALL) {
        return expand_all(a, p, condition);
    }
    if (condition->test == PT__TEST_ANY && about_key(p, condition)) {
        return expand_any(a, p, condition);
    }
    return is_in(condition, p->hash) || is_in(condition, p->range) ? expand_in(a, p, condition)
                                                                   : single(a, p, condition);
}

/* ---- queries ---- */

static pt__exception refuse_type(const planner *p, pte_bytes name) {
    return pt__refuse(&p->call->failure, PT__VALIDATION,
                      "Key attribute's data type should match its data type in table's schema: "
                      "Key %.*s",
                      PT__SHOW(name));
}

/* The children of a condition are linked, so each filter has copies of its own. */
static pt__exception filter_of(pt__condition **filter, pt__call *call, const pt__condition *where,
                               pt__condition **tests, size_t count) {
    pt__condition **copies = pte__arena_alloc(&call->arena, (count + 1) * sizeof(pt__condition *));
    pt__condition *room = pte__arena_alloc(&call->arena, (count + 1) * sizeof *room);
    *filter = NULL;
    if (copies == NULL || room == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    if (count == 0) {
        return PT__OK;
    }
    for (size_t i = 0; i < count; i++) {
        room[i] = *tests[i];
        room[i].next = NULL;
        copies[i] = &room[i];
    }
    pt__exception exception =
        pt__condition_join(filter, &call->arena, PT__TEST_ALL, copies, count, &call->failure);
    if (exception == PT__OK) {
        (*filter)->slots = where->slots; /* the parts keep their numbers */
    }
    return exception;
}

/* The range condition that becomes the key's, an equality rather than another; NULL: none. */
static const pt__condition *choose_range(const planner *p, const conjunction *c) {
    const pt__condition *chosen = NULL;
    for (size_t i = 0; i < c->count; i++) {
        pte_range_op op = test_of(c->tests[i], p->range).op;
        if (op == PTE_RANGE_EQ) {
            return c->tests[i];
        }
        if (op != PTE_RANGE_ANY && chosen == NULL) {
            chosen = c->tests[i];
        }
    }
    return chosen;
}

static pt__exception check_range_types(const planner *p, const conjunction *c) {
    for (size_t i = 0; i < c->count; i++) {
        key_test test = test_of(c->tests[i], p->range);
        bool fits = test.op == PTE_RANGE_ANY ||
                    (test.value->type == p->key->range[0].type &&
                     (test.upper == NULL || test.upper->type == p->key->range[0].type));
        if (!fits) {
            return refuse_type(p, p->range);
        }
    }
    return PT__OK;
}

/* *contradicts: the hash attribute is to have two values. */
static pt__exception make_branch(pt__key_branch *branch, bool *contradicts, const planner *p,
                                 const conjunction *c) {
    pt__condition **rest = allocate(p, (c->count + 1) * sizeof(pt__condition *));
    size_t rest_count = 0;
    if (rest == NULL) {
        return pt__refuse_memory(&p->call->failure);
    }
    /* The analyzer does not see that running out of memory is a failure. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    *branch = (pt__key_branch){.op = PTE_RANGE_ANY};
    pt__exception exception = check_range_types(p, c);
    const pt__condition *chosen = choose_range(p, c);
    for (size_t i = 0; i < c->count && exception == PT__OK; i++) {
        key_test hash = test_of(c->tests[i], p->hash);
        if (hash.op != PTE_RANGE_EQ) {
            if (c->tests[i] != chosen) {
                rest[rest_count++] = c->tests[i];
            }
            continue;
        }
        pte_scalar value = scalar_of(hash.value);
        if (value.type != p->key->hash[0].type) {
            return refuse_type(p, p->hash);
        }
        *contradicts = *contradicts || (branch->hash.type != PTE_TYPE_NONE &&
                                        pt__key_scalar_compare(branch->hash, value) != 0);
        branch->hash = value;
    }
    if (exception == PT__OK && chosen != NULL) {
        key_test range = test_of(chosen, p->range);
        branch->op = range.op;
        branch->range = scalar_of(range.value);
        branch->upper = range.upper != NULL ? scalar_of(range.upper) : branch->range;
    }
    return exception == PT__OK ? filter_of(&branch->filter, p->call, p->where, rest, rest_count)
                               : exception;
}

/* ---- overlap and order ---- */

static bool begins_with(pte_bytes bytes, pte_bytes prefix) {
    return bytes.len >= prefix.len && pte_bytes_equal(pte_view(bytes.data, prefix.len), prefix);
}

/* Whether all that a's range has comes before all that b's has. */
static bool is_before(const pt__key_branch *a, const pt__key_branch *b) {
    bool a_open = a->op == PTE_RANGE_ANY || a->op == PTE_RANGE_GT || a->op == PTE_RANGE_GE;
    bool b_open = b->op == PTE_RANGE_ANY || b->op == PTE_RANGE_LT || b->op == PTE_RANGE_LE;
    if (a_open || b_open) {
        return false;
    }
    pte_scalar end = a->op == PTE_RANGE_BETWEEN ? a->upper : a->range;
    int order = pt__key_scalar_compare(end, b->range);
    if (a->op == PTE_RANGE_BEGINS_WITH) {
        return order < 0 && !begins_with(b->range.bytes, end.bytes);
    }
    return order < 0 || (order == 0 && (a->op == PTE_RANGE_LT || b->op == PTE_RANGE_GT));
}

static bool overlap(const pt__key_branch *a, const pt__key_branch *b) {
    /* The analyzer does not see that running out of memory is a failure. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    return pt__key_scalar_compare(a->hash, b->hash) == 0 && !is_before(a, b) && !is_before(b, a);
}

static pt__exception check_overlaps(const planner *p, const pt__key_plan *plan) {
    for (size_t i = 1; i < plan->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (overlap(&plan->branches[i], &plan->branches[j])) {
                return pt__refuse(&p->call->failure, PT__VALIDATION,
                                  "Overlapping conditions with range keys are not supported in "
                                  "where clause");
            }
        }
    }
    return PT__OK;
}

/* Puts the branches of one hash value, which do not overlap, into the order of their ranges, where
 * the first of them stands. */
static void sort(pt__key_plan *plan) {
    for (size_t i = 1; i < plan->count; i++) {
        pt__key_branch branch = plan->branches[i];
        size_t to = i;
        for (size_t j = i; j > 0; j--) {
            const pt__key_branch *other = &plan->branches[j - 1];
            if (pt__key_scalar_compare(other->hash, branch.hash) == 0) {
                to = is_before(&branch, other) ? j - 1 : (to == i ? j : to);
            }
        }
        memmove(&plan->branches[to + 1], &plan->branches[to], (i - to) * sizeof branch);
        plan->branches[to] = branch;
    }
}

pt__exception pt__key_plan_make(pt__key_plan *plan, pt__call *call, pt__condition *where,
                                const pt__key_schema *key) {
    planner p = {call, key, key->hash[0].name,
                 key->range_count != 0 ? key->range[0].name : (pte_bytes){NULL, 0}, where};
    alternatives a = {.count = 0};
    bool contradicts = false;
    *plan = (pt__key_plan){.count = 0};
    if (where == NULL || !pins(&p, where)) {
        return PT__OK;
    }
    pt__exception exception = expand(&a, &p, where);
    if (exception == PT__OK && a.too_many) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Too many decomposed read operations for a given query.");
    }
    if (exception == PT__OK) {
        plan->branches = allocate(&p, a.count * sizeof *plan->branches);
        exception = plan->branches != NULL ? PT__OK : pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; exception == PT__OK && i < a.count; i++) {
        exception = make_branch(&plan->branches[plan->count++], &contradicts, &p, &a.all[i]);
    }
    if (exception == PT__OK && contradicts) {
        plan->count = 0; /* the filter of a scan knows what to make of it */
        return PT__OK;
    }
    if (exception == PT__OK) {
        exception = check_overlaps(&p, plan);
    }
    if (exception == PT__OK) {
        sort(plan);
    }
    return exception;
}

/* ---- equalities ---- */

typedef struct collect {
    pt__key_equalities *found;
    pt__call *call;
    const pt__key_schema *key;
    bool in;
    pt__condition **rest;
    size_t rest_count;
} collect;

static const pte_value *equal_value(const collect *c, const pt__condition *condition,
                                    pte_bytes name) {
    key_test test = test_of(condition, name);
    if (test.op == PTE_RANGE_EQ) {
        return test.value;
    }
    return c->in && is_in(condition, name) && condition->operand_count == 2
               ? &condition->operands[1].value
               : NULL;
}

/* Whether the condition is an equality of this attribute that adds nothing else. */
static bool take(collect *c, pte_scalar *into, const pt__condition *condition, pte_bytes name) {
    const pte_value *value = equal_value(c, condition, name);
    if (value == NULL) {
        return false;
    }
    pte_scalar scalar = scalar_of(value);
    if (into->type == PTE_TYPE_NONE) {
        *into = scalar;
        return true;
    }
    if (into->type == scalar.type && pt__key_scalar_compare(*into, scalar) == 0) {
        return true;
    }
    if (!c->found->conflict) {
        c->found->conflict = true;
        c->found->conflict_name = name;
    }
    return false;
}

static void walk(collect *c, pt__condition *condition) {
    if (condition->test == PT__TEST_ALL) {
        for (const pt__condition *child = condition->first; child != NULL; child = child->next) {
            walk(c, (pt__condition *)child);
        }
        return;
    }
    bool hash = take(c, &c->found->hash, condition, c->key->hash[0].name);
    bool range = !hash && c->key->range_count != 0 &&
                 take(c, &c->found->range, condition, c->key->range[0].name);
    if (!hash && !range) {
        c->rest[c->rest_count++] = condition;
    }
}

pt__exception pt__key_equalities_find(pt__key_equalities *found, pt__call *call,
                                      pt__condition *where, const pt__key_schema *key, bool in) {
    collect c = {.found = found, .call = call, .key = key, .in = in};
    *found = (pt__key_equalities){.conflict = false};
    if (where == NULL) {
        return PT__OK;
    }
    c.rest = pte__arena_alloc(&call->arena, count_tests(where) * sizeof(pt__condition *));
    if (c.rest == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    walk(&c, where);
    return filter_of(&found->rest, call, where, c.rest, c.rest_count);
}
