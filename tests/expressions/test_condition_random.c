/*
 * Random conditions on random items, against an evaluator that walks plain trees. PTE_SEED=...
 * repeats a run.
 */
#include "bench.h"
#include "plain.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 30000, OPERANDS = 3 };

typedef enum kind {
    EQ,
    NE,
    LT,
    LE,
    GT,
    GE,
    BETWEEN,
    IN,
    EXISTS,
    NOT_EXISTS,
    TYPE,
    BEGINS_WITH,
    CONTAINS,
    AND,
    OR,
    NOT,
} kind;

typedef struct operand {
    bool is_path;
    bool size;
    plain_path path;
    plain *value;
} operand;

typedef struct condition {
    kind kind;
    operand operands[OPERANDS];
    struct condition *children[2];
} condition;

static const char *const TYPE_NAMES[] = {"S", "N", "BOOL", "NULL", "L", "M", "SS", "NS"};

/* ---- making ---- */

static bool is_ordered(const plain *value) {
    return value->type == PLAIN_S || value->type == PLAIN_N;
}

/* What no condition may have is not made: the refusals have tests of their own. */
static operand random_operand(test_random *random, kind of, const plain *item) {
    operand o = {.is_path = test_random_below(random, 2) == 0};
    bool ordered = (of >= LT && of <= BETWEEN) || of == BEGINS_WITH;
    if (of == EXISTS || of == NOT_EXISTS || of == TYPE) {
        o.is_path = true;
    }
    if (o.is_path) {
        o.path = plain_random_path(random, item);
    } else {
        do {
            plain_free(o.value);
            o.value = plain_random(random, 2);
        } while ((ordered && !is_ordered(o.value)) ||
                 (of == BEGINS_WITH && o.value->type != PLAIN_S));
    }
    bool sizes = o.is_path || (o.value->type != PLAIN_N && o.value->type != PLAIN_BOOL &&
                               o.value->type != PLAIN_NULL);
    o.size = sizes && of != EXISTS && of != NOT_EXISTS && of != BEGINS_WITH &&
             test_random_below(random, 8) == 0;
    return o;
}

static unsigned operand_count(kind of) {
    if (of == EXISTS || of == NOT_EXISTS || of == TYPE) {
        return 1;
    }
    return of == BETWEEN || of == IN ? 3 : 2;
}

static condition *random_condition(test_random *random, unsigned levels, const plain *item) {
    condition *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->kind = (kind)test_random_below(random, levels == 0 ? AND : NOT + 1);
    if (c->kind >= AND) {
        for (unsigned i = 0; i < (c->kind == NOT ? 1U : 2U); i++) {
            c->children[i] = random_condition(random, levels - 1, item);
        }
        return c;
    }
    for (unsigned i = 0; i < operand_count(c->kind); i++) {
        c->operands[i] = random_operand(random, c->kind, item);
    }
    if (c->kind == TYPE) {
        c->operands[1].value = plain_new(PLAIN_S);
        snprintf(c->operands[1].value->text, PLAIN_TEXT, "%s",
                 TYPE_NAMES[test_random_below(random, PLAIN_TYPES)]);
    }
    return c;
}

static void free_condition(condition *c) {
    for (unsigned i = 0; i < OPERANDS; i++) {
        plain_free(c->operands[i].value);
    }
    for (unsigned i = 0; i < 2; i++) {
        if (c->children[i] != NULL) {
            free_condition(c->children[i]);
        }
    }
    free(c);
}

/* ---- printing ---- */

typedef struct printer {
    FILE *expression;
    FILE *values;
    unsigned count;
} printer;

static void print_operand(printer *p, const operand *o) {
    fprintf(p->expression, o->size ? "size(" : "");
    if (o->is_path) {
        plain_print_path(p->expression, &o->path);
    } else {
        fprintf(p->expression, ":v%u", p->count);
        fprintf(p->values, "%s':v%u':", p->count == 0 ? "" : ",", p->count);
        plain_print(p->values, o->value);
        p->count++;
    }
    fprintf(p->expression, o->size ? ")" : "");
}

static void print_call(printer *p, const char *name, const condition *c, unsigned count) {
    fprintf(p->expression, "%s(", name);
    for (unsigned i = 0; i < count; i++) {
        fprintf(p->expression, i == 0 ? "" : ", ");
        print_operand(p, &c->operands[i]);
    }
    fprintf(p->expression, ")");
}

static void print_condition(printer *p, const condition *c);

static void print_joined(printer *p, const condition *c) {
    fprintf(p->expression, c->kind == NOT ? "NOT (" : "(");
    print_condition(p, c->children[0]);
    if (c->kind != NOT) {
        fprintf(p->expression, c->kind == AND ? ") AND (" : ") OR (");
        print_condition(p, c->children[1]);
    }
    fprintf(p->expression, ")");
}

static void print_condition(printer *p, const condition *c) {
    static const char *const signs[] = {"=", "<>", "<", "<=", ">", ">="};
    static const char *const names[] = {[EXISTS] = "attribute_exists",
                                        [NOT_EXISTS] = "attribute_not_exists",
                                        [TYPE] = "attribute_type",
                                        [BEGINS_WITH] = "begins_with",
                                        [CONTAINS] = "contains"};
    if (c->kind >= AND) {
        print_joined(p, c);
    } else if (c->kind >= EXISTS) {
        print_call(p, names[c->kind], c, c->kind >= TYPE ? 2 : 1);
    } else {
        print_operand(p, &c->operands[0]);
        fprintf(p->expression, " %s ",
                c->kind == BETWEEN ? "BETWEEN"
                : c->kind == IN    ? "IN ("
                                   : signs[c->kind]);
        print_operand(p, &c->operands[1]);
        if (c->kind == BETWEEN || c->kind == IN) {
            fprintf(p->expression, c->kind == IN ? ", " : " AND ");
            print_operand(p, &c->operands[2]);
        }
        fprintf(p->expression, c->kind == IN ? ")" : "");
    }
}

/* ---- the reference ---- */

/* In value's place; NULL: missing. *made is to be freed. */
static const plain *value_of(const operand *o, const plain *item, plain **made) {
    const plain *value = o->is_path ? plain_find_path(item, &o->path) : o->value;
    *made = NULL;
    if (!o->size || value == NULL) {
        return value;
    }
    if (value->type == PLAIN_N || value->type == PLAIN_BOOL || value->type == PLAIN_NULL) {
        return NULL;
    }
    *made = plain_new(PLAIN_N);
    (*made)->number = value->type == PLAIN_S ? (long)strlen(value->text) : (long)value->count;
    return *made;
}

static bool ordered(const plain *a, const plain *b, kind of) {
    if (a == NULL || b == NULL || a->type != b->type || !is_ordered(a)) {
        return false;
    }
    int order = plain_compare(a, b);
    return of == LT ? order < 0 : of == LE ? order <= 0 : of == GT ? order > 0 : order >= 0;
}

static bool contains(const plain *a, const plain *b) {
    if (a == NULL || b == NULL) {
        return false;
    }
    if (a->type == PLAIN_S) {
        return b->type == PLAIN_S && strstr(a->text, b->text) != NULL;
    }
    if (a->type != PLAIN_L && a->type != PLAIN_SS && a->type != PLAIN_NS) {
        return false;
    }
    for (unsigned i = 0; i < a->count; i++) {
        if (plain_equal(a->elements[i], b)) {
            return true;
        }
    }
    return false;
}

static bool holds_for(kind of, const plain *const v[OPERANDS]) {
    switch (of) {
    case EQ:
    case NE:
        return plain_equal(v[0], v[1]) == (of == EQ);
    case BETWEEN:
        return ordered(v[0], v[1], GE) && ordered(v[0], v[2], LE);
    case IN:
        return plain_equal(v[0], v[1]) || plain_equal(v[0], v[2]);
    case EXISTS:
    case NOT_EXISTS:
        return (v[0] != NULL) == (of == EXISTS);
    case TYPE:
        return v[0] != NULL && v[1] != NULL && strcmp(TYPE_NAMES[v[0]->type], v[1]->text) == 0;
    case BEGINS_WITH:
        return v[0] != NULL && v[1] != NULL && v[0]->type == PLAIN_S && v[1]->type == PLAIN_S &&
               strncmp(v[0]->text, v[1]->text, strlen(v[1]->text)) == 0;
    case CONTAINS:
        return contains(v[0], v[1]);
    default:
        return ordered(v[0], v[1], of);
    }
}

static bool reference(const condition *c, const plain *item) {
    if (c->kind == NOT) {
        return !reference(c->children[0], item);
    }
    if (c->kind == AND || c->kind == OR) {
        bool left = reference(c->children[0], item);
        bool right = reference(c->children[1], item);
        return c->kind == AND ? left && right : left || right;
    }
    const plain *values[OPERANDS] = {NULL};
    plain *made[OPERANDS] = {NULL};
    for (unsigned i = 0; i < OPERANDS; i++) {
        if (c->operands[i].is_path || c->operands[i].value != NULL) {
            values[i] = value_of(&c->operands[i], item, &made[i]);
        }
    }
    bool holds = holds_for(c->kind, values);
    for (unsigned i = 0; i < OPERANDS; i++) {
        plain_free(made[i]);
    }
    return holds;
}

/* ---- */

/* These two mistakes are not worth avoiding above. */
static bool is_expected_refusal(const char *result) {
    return strstr(result, "The first operand must be distinct") != NULL ||
           strstr(result, "The BETWEEN operator requires") != NULL;
}

/* The item's text; padded: with so much more in it that many paths are found in one walk. */
static char *print_item(const plain *item, bool padded) {
    enum { PADDING = 2048 };
    char *text;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    plain_print_item(to, item);
    if (padded) {
        fseek(to, -1, SEEK_CUR); /* the brace that closes it */
        fprintf(to, "%s'padding':{'S':'%*s'}}", item->count == 0 ? "" : ",", PADDING, "x");
    }
    fclose(to);
    return text;
}

/* Compares what the expression of p gives with expected; false if it was refused, as it may be. */
static bool compare(bench *b, printer *p, char **texts, const plain *item, bool padded,
                    bool expected) {
    fprintf(p->values, "}");
    fclose(p->expression);
    fclose(p->values);
    char *item_text = print_item(item, padded);
    b->values = p->count == 0 ? NULL : texts[1];
    b->item = item_text;
    const char *result = bench_condition(b, texts[0]);
    bool refused = is_expected_refusal(result);
    if (!refused && strcmp(result, expected ? "true" : "false") != 0) {
        fail_msg("%s\n values %s\n item %s\n gave %s", texts[0], texts[1], item_text, result);
    }
    free(item_text);
    free(texts[0]);
    free(texts[1]);
    return !refused;
}

static printer open_printer(char **texts, size_t *sizes) {
    printer p = {open_memstream(&texts[0], &sizes[0]), open_memstream(&texts[1], &sizes[1]), 0};
    fprintf(p.values, "{");
    return p;
}

static void agree(unsigned rounds, unsigned levels, bool padded) {
    test_random random = {test_seed(0x5EEDC0DEU)};
    bench *b = bench_create(NULL);
    unsigned counts[2] = {0};
    for (unsigned round = 0; round < rounds; round++) {
        char *texts[2];
        size_t sizes[2];
        plain *item = plain_random_item(&random);
        condition *c = random_condition(&random, levels, item);
        bool holds = reference(c, item);
        printer p = open_printer(texts, sizes);
        print_condition(&p, c);
        counts[holds] += compare(b, &p, texts, item, padded, holds);
        free_condition(c);
        plain_free(item);
    }
    assert_true(counts[0] > rounds / 10 && counts[1] > rounds / 10);
    bench_destroy(b);
}

static void test_condition_random__agrees_with_the_reference(void **state) {
    (void)state;
    agree(ROUNDS, 3, false);
}

static void test_condition_random__of_many_paths_agrees_too(void **state) {
    (void)state;
    agree(ROUNDS / 4, 6, true);
}

/* A contains() of this path, often of something that is there. */
static condition *random_contains(test_random *random, const plain *item, const plain_path *path) {
    const plain *of = plain_find_path(item, path);
    condition *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->kind = CONTAINS;
    c->operands[0] = (operand){.is_path = true, .path = *path};
    if (of != NULL && of->count != 0 && test_random_below(random, 2) == 0) {
        c->operands[1].value = plain_copy(of->elements[test_random_below(random, of->count)]);
    } else {
        c->operands[1] = random_operand(random, CONTAINS, item);
    }
    return c;
}

/* A test of one path, or contains() of path; one that has the answer, if possible. */
static condition *random_test(test_random *random, const plain *item, const plain_path *path,
                              bool answer) {
    for (unsigned tries = 0;; tries++) {
        condition *c =
            path != NULL ? random_contains(random, item, path) : random_condition(random, 0, item);
        unsigned paths = 0;
        for (unsigned i = 0; i < OPERANDS; i++) {
            paths += c->operands[i].is_path;
        }
        if ((paths == 1 || path != NULL) && (reference(c, item) == answer || tries > 20)) {
            return c;
        }
        free_condition(c);
    }
}

/* One AND or OR; contains: each round has contains() of one path only. */
static void agree_on_lists(bool contains) {
    test_random random = {test_seed(0xF1A7F1A7U)};
    bench *b = bench_create(NULL);
    unsigned counts[2] = {0};
    for (unsigned round = 0; round < ROUNDS / 4; round++) {
        char *texts[2];
        size_t sizes[2];
        plain *item = plain_random_item(&random);
        bool any = test_random_below(&random, 2) == 0;
        unsigned tests = 30 + (unsigned)test_random_below(&random, 20);
        unsigned odd = (unsigned)test_random_below(&random, tests * 2); /* settles it, maybe */
        bool holds = !any;
        plain_path path = plain_random_path(&random, item);
        printer p = open_printer(texts, sizes);
        for (unsigned i = 0; i < tests; i++) {
            condition *c =
                random_test(&random, item, contains ? &path : NULL, i == odd ? any : !any);
            fprintf(p.expression, i == 0 ? "" : any ? " OR " : " AND ");
            print_condition(&p, c);
            holds = any ? holds || reference(c, item) : holds && reference(c, item);
            free_condition(c);
        }
        counts[holds] += compare(b, &p, texts, item, true, holds);
        plain_free(item);
    }
    assert_true(counts[0] > ROUNDS / 100 && counts[1] > ROUNDS / 100);
    bench_destroy(b);
}

/* Tests of one path each, of which only those are run whose path is there. */
static void test_condition_random__of_one_long_list_agrees_too(void **state) {
    (void)state;
    agree_on_lists(false);
}

/* What all of them ask for is looked for together. */
static void test_condition_random__of_many_contains_agrees_too(void **state) {
    (void)state;
    agree_on_lists(true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_condition_random__agrees_with_the_reference),
        cmocka_unit_test(test_condition_random__of_many_paths_agrees_too),
        cmocka_unit_test(test_condition_random__of_one_long_list_agrees_too),
        cmocka_unit_test(test_condition_random__of_many_contains_agrees_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
