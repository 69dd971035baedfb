/*
 * Histories of random AttributeUpdates under random Expected on one item, each against a plain
 * model: a condition holds or not as an evaluator over plain trees says, and the item becomes what
 * plain edits make of it. PTE_SEED=... repeats a run.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.Conditions.html
 */
#include "expressions/plain.h"
#include "facade_legacy/legacy.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 15000, CONDITIONS_MAX = 3, UPDATES_MAX = 3, OPERANDS_MAX = 3, NAME_COUNT = 5 };

static const char *const NAMES[NAME_COUNT] = {"a", "b", "c", "d", "e"};

/* ---- conditions ---- */

typedef enum kind {
    EQ,
    NE,
    LE,
    LT,
    GE,
    GT,
    NOT_NULL,
    IS_NULL,
    CONTAINS,
    NOT_CONTAINS,
    BEGINS_WITH,
    IN,
    BETWEEN,
    VALUE,        /* Value alone */
    VALUE_EXISTS, /* with Exists */
    EXISTS_NOT,
    KINDS,
} kind;

static const char *const KIND_NAMES[] = {
    "EQ",   "NE",       "LE",           "LT",          "GE", "GT",     "NOT_NULL",
    "NULL", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH", "IN", "BETWEEN"};

typedef struct condition {
    const char *name;
    kind kind;
    unsigned count;
    plain *values[OPERANDS_MAX];
} condition;

static bool is_ordered(const plain *value) {
    return value->type == PLAIN_S || value->type == PLAIN_N;
}

/* Whether the operator takes the value, next to those before it. */
static bool takes(const condition *c, const plain *value) {
    bool same = c->count == 0 || c->values[0]->type == value->type;
    switch (c->kind) {
    case LE:
    case LT:
    case GE:
    case GT:
        return is_ordered(value);
    case IN:
        return is_ordered(value) && same;
    case BETWEEN:
        return is_ordered(value) && same &&
               (c->count == 0 || plain_compare(c->values[0], value) <= 0);
    case CONTAINS:
    case NOT_CONTAINS:
        return is_ordered(value) || value->type == PLAIN_BOOL || value->type == PLAIN_NULL;
    case BEGINS_WITH:
        return value->type == PLAIN_S;
    default:
        return true;
    }
}

static unsigned values_of(test_random *random, kind of) {
    switch (of) {
    case NOT_NULL:
    case IS_NULL:
    case EXISTS_NOT:
        return 0;
    case BETWEEN:
        return 2;
    case IN:
        return 1 + (unsigned)test_random_below(random, OPERANDS_MAX);
    default:
        return 1;
    }
}

/* Often the value that the item has, so that conditions hold often enough. */
static plain *random_value(test_random *random, const plain *item, const char *name) {
    const plain *has = plain_find(item, name);
    if (has != NULL && test_random_below(random, 3) == 0) {
        bool inner = has->count != 0 && test_random_below(random, 2) == 0;
        return plain_copy(inner ? has->elements[test_random_below(random, has->count)] : has);
    }
    return plain_random(random, 2);
}

static condition random_condition(test_random *random, const plain *item, const char *name) {
    condition c = {.name = name, .kind = (kind)test_random_below(random, KINDS)};
    unsigned wanted = values_of(random, c.kind);
    while (c.count < wanted) {
        plain *value = random_value(random, item, name);
        if (takes(&c, value)) {
            c.values[c.count++] = value;
        } else {
            plain_free(value);
        }
    }
    return c;
}

static void print_condition(FILE *to, const condition *c) {
    fprintf(to, "'%s':{", c->name);
    if (c->kind == VALUE || c->kind == VALUE_EXISTS) {
        fprintf(to, c->kind == VALUE ? "'Value':" : "'Exists':true,'Value':");
        plain_print(to, c->values[0]);
    } else if (c->kind == EXISTS_NOT) {
        fprintf(to, "'Exists':false");
    } else {
        fprintf(to, "'ComparisonOperator':'%s','AttributeValueList':[", KIND_NAMES[c->kind]);
        for (unsigned i = 0; i < c->count; i++) {
            fprintf(to, i == 0 ? "" : ",");
            plain_print(to, c->values[i]);
        }
        fprintf(to, "]");
    }
    fprintf(to, "}");
}

static bool contains(const plain *a, const plain *b) {
    if (a->type == PLAIN_S) {
        return b->type == PLAIN_S && strstr(a->text, b->text) != NULL;
    }
    for (unsigned i = 0; i < a->count && a->type != PLAIN_M; i++) {
        if (plain_equal(a->elements[i], b)) {
            return true;
        }
    }
    return false;
}

static bool ordered(const plain *a, const plain *b, kind of) {
    if (a->type != b->type || !is_ordered(a)) {
        return false;
    }
    int order = plain_compare(a, b);
    return of == LT ? order < 0 : of == LE ? order <= 0 : of == GT ? order > 0 : order >= 0;
}

static bool holds_for(const condition *c, const plain *has) {
    switch (c->kind) {
    case EQ:
    case VALUE:
    case VALUE_EXISTS:
        return plain_equal(has, c->values[0]);
    case NOT_NULL:
        return true;
    case CONTAINS:
        return contains(has, c->values[0]);
    case NOT_CONTAINS:
        return !contains(has, c->values[0]);
    case BEGINS_WITH:
        return has->type == PLAIN_S &&
               strncmp(has->text, c->values[0]->text, strlen(c->values[0]->text)) == 0;
    case IN:
        for (unsigned i = 0; i < c->count; i++) {
            if (plain_equal(has, c->values[i])) {
                return true;
            }
        }
        return false;
    case BETWEEN:
        return ordered(has, c->values[0], GE) && ordered(has, c->values[1], LE);
    case NE:
        return !plain_equal(has, c->values[0]);
    case IS_NULL:
    case EXISTS_NOT:
        return false;
    default:
        return ordered(has, c->values[0], c->kind);
    }
}

static bool reference(const condition *c, const plain *item) {
    const plain *has = plain_find(item, c->name);
    if (has == NULL) {
        return c->kind == NE || c->kind == IS_NULL || c->kind == EXISTS_NOT;
    }
    return holds_for(c, has);
}

/* ---- updates ---- */

typedef enum action { PUT, ADD, DELETE, REMOVE, ACTIONS } action;

typedef struct update {
    const char *name;
    action action;
    plain *value;
} update;

static bool fits(action of, const plain *value) {
    bool set = value->type == PLAIN_SS || value->type == PLAIN_NS;
    return of == PUT || set || (of == ADD && (value->type == PLAIN_N || value->type == PLAIN_L));
}

static update random_update(test_random *random, const plain *item, const char *name) {
    update u = {.name = name, .action = (action)test_random_below(random, ACTIONS)};
    while (u.action != REMOVE && u.value == NULL) {
        u.value = random_value(random, item, name);
        if (!fits(u.action, u.value)) {
            plain_free(u.value);
            u.value = NULL;
        }
    }
    return u;
}

static void print_update(FILE *to, const update *u) {
    static const char *const names[] = {"PUT", "ADD", "DELETE", "DELETE"};
    fprintf(to, "'%s':{'Action':'%s'", u->name, names[u->action]);
    if (u->value != NULL) {
        fprintf(to, ",'Value':");
        plain_print(to, u->value);
    }
    fprintf(to, "}");
}

static void take_out(plain *map, const char *name) {
    for (unsigned i = 0; i < map->count; i++) {
        if (strcmp(map->names[i], name) == 0) {
            plain_free(plain_take(map, i));
            return;
        }
    }
}

static void remove_elements(plain *set, const plain *elements) {
    for (unsigned i = 0; i < set->count;) {
        bool there = false;
        for (unsigned k = 0; k < elements->count; k++) {
            there = there || plain_equal(set->elements[i], elements->elements[k]);
        }
        if (there) {
            plain_free(plain_take(set, i));
        } else {
            i++;
        }
    }
}

static void add_elements(plain *to, const plain *elements) {
    for (unsigned i = 0; i < elements->count; i++) {
        if (to->type == PLAIN_L || !contains(to, elements->elements[i])) {
            plain_add(to, NULL, plain_copy(elements->elements[i]));
        }
    }
}

/* false: the types do not go together. */
static bool edit(plain *item, const update *u) {
    plain *has = plain_find(item, u->name);
    if (u->action == PUT || u->action == REMOVE || has == NULL) {
        take_out(item, u->name);
        if (u->action == PUT || u->action == ADD) {
            plain_add(item, u->name, plain_copy(u->value));
        }
        return true;
    }
    if (has->type != u->value->type) {
        return false;
    }
    if (u->action == DELETE) {
        remove_elements(has, u->value);
        if (has->count == 0) {
            take_out(item, u->name);
        }
    } else if (has->type == PLAIN_N) {
        has->number += u->value->number;
    } else {
        add_elements(has, u->value);
    }
    return true;
}

/* ---- histories ---- */

typedef struct step {
    condition conditions[CONDITIONS_MAX];
    unsigned condition_count;
    bool any; /* OR */
    update updates[UPDATES_MAX];
    unsigned update_count;
} step;

static step random_step(test_random *random, const plain *item) {
    step s = {.any = test_random_below(random, 2) == 0};
    s.condition_count = (unsigned)test_random_below(random, CONDITIONS_MAX + 1);
    s.update_count = 1 + (unsigned)test_random_below(random, UPDATES_MAX);
    unsigned first = (unsigned)test_random_below(random, NAME_COUNT);
    for (unsigned i = 0; i < s.condition_count; i++) {
        s.conditions[i] = random_condition(random, item, NAMES[(first + 2 * i) % NAME_COUNT]);
    }
    first = (unsigned)test_random_below(random, NAME_COUNT);
    for (unsigned i = 0; i < s.update_count; i++) {
        s.updates[i] = random_update(random, item, NAMES[(first + i) % NAME_COUNT]);
    }
    return s;
}

static char *print_step(const step *s) {
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    fprintf(to, "{'TableName':'hash','Key':{'pk':{'S':'p'}},'AttributeUpdates':{");
    for (unsigned i = 0; i < s->update_count; i++) {
        fprintf(to, i == 0 ? "" : ",");
        print_update(to, &s->updates[i]);
    }
    fprintf(to, "}");
    for (unsigned i = 0; i < s->condition_count; i++) {
        fprintf(to, i == 0 ? ",'Expected':{" : ",");
        print_condition(to, &s->conditions[i]);
    }
    fprintf(to, s->condition_count != 0 ? "}" : "");
    if (s->condition_count > 1) {
        fprintf(to, ",'ConditionalOperator':'%s'", s->any ? "OR" : "AND");
    }
    fprintf(to, "}");
    fclose(to);
    return text;
}

static void free_step(step *s) {
    for (unsigned i = 0; i < s->condition_count; i++) {
        for (unsigned k = 0; k < s->conditions[i].count; k++) {
            plain_free(s->conditions[i].values[k]);
        }
    }
    for (unsigned i = 0; i < s->update_count; i++) {
        plain_free(s->updates[i].value);
    }
}

static bool allowed(const step *s, const plain *item) {
    bool any = s->any && s->condition_count > 1;
    bool all_held = true;
    bool one_held = false;
    for (unsigned i = 0; i < s->condition_count; i++) {
        bool held = reference(&s->conditions[i], item);
        all_held = all_held && held;
        one_held = one_held || held;
    }
    return any ? one_held : all_held;
}

/* What the answer is to contain; *item: what is there afterwards. */
static const char *model(const step *s, plain **item) {
    if (!allowed(s, *item)) {
        return "ConditionalCheckFailedException";
    }
    plain *made = plain_copy(*item);
    for (unsigned i = 0; i < s->update_count; i++) {
        if (!edit(made, &s->updates[i])) {
            plain_free(made);
            return "Type mismatch for attribute to update";
        }
    }
    plain_free(*item);
    *item = made;
    return NULL;
}

/* The item as it is there, compared by the database: every attribute is equal, and no other is. */
static void expect_item(facade *f, const plain *item, const char *request) {
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    fprintf(to, "{'TableName':'hash','Key':{'pk':{'S':'p'}},'AttributeUpdates':{'z':"
                "{'Action':'DELETE'}},'Expected':{'pk':{'Value':{'S':'p'}}");
    for (unsigned i = 0; i < NAME_COUNT; i++) {
        const plain *value = plain_find(item, NAMES[i]);
        fprintf(to, value != NULL ? ",'%s':{'Value':" : ",'%s':{'Exists':false", NAMES[i]);
        if (value != NULL) {
            plain_print(to, value);
        }
        fprintf(to, "}");
    }
    fprintf(to, "}}");
    fclose(to);
    if (facade_send(f, "UpdateItem", "%s", text).status != 200) {
        fail_msg("%s\n did not make %s", request, text);
    }
    free(text);
}

static void run_step(facade *f, test_random *random, plain **item, unsigned counts[3]) {
    step s = random_step(random, *item);
    char *request = print_step(&s);
    const char *failure = model(&s, item);
    pt_reply reply = facade_send(f, "UpdateItem", "%s", request);
    bool good = failure == NULL ? reply.status == 200
                                : strstr((const char *)reply.body.data, failure) != NULL;
    if (!good) {
        fail_msg("%s\n gave %s\n instead of %s", request, (const char *)reply.body.data,
                 failure != NULL ? failure : "success");
    }
    counts[failure == NULL ? 0 : failure[0] == 'C' ? 1 : 2]++;
    expect_item(f, *item, request);
    free(request);
    free_step(&s);
}

static void test_legacy_random__agrees_with_the_model(void **state) {
    facade *f = *state;
    test_random random = {test_seed(0x1E6AC1E5U)};
    plain *item = plain_new(PLAIN_M);
    unsigned counts[3] = {0};
    for (unsigned round = 0; round < ROUNDS; round++) {
        if (round % 10 == 0) {
            plain_free(item);
            item = plain_random_item(&random);
            char *text;
            size_t size;
            FILE *to = open_memstream(&text, &size);
            plain_print_item(to, item);
            fclose(to);
            facade_does(f, "PutItem", "{'TableName':'hash','Item':{'pk':{'S':'p'}%s%s}",
                        item->count != 0 ? "," : "", text + 1);
            free(text);
        }
        run_step(f, &random, &item, counts);
    }
    plain_free(item);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(counts[i] > ROUNDS / 50);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_legacy_random__agrees_with_the_model, facade_setup,
                                        facade_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
