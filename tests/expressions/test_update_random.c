/*
 * Random updates of random items, against plain edits of a plain tree, one action after the other.
 * PTE_SEED=... repeats a run.
 */
#include "bench.h"
#include "plain.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 30000, ACTIONS_MAX = 4, GONE = PLAIN_TYPES };

typedef enum kind { SET, REMOVE, ADD, DELETE } kind;

typedef enum form { VALUE, PATH, IF_NOT_EXISTS, PLUS, MINUS, LIST_APPEND, FORMS } form;

typedef struct action {
    kind kind;
    form form; /* SET's */
    plain_path path;
    plain_path from;
    plain *value;
} action;

typedef struct update {
    action actions[ACTIONS_MAX];
    unsigned count;
} update;

/* ---- making ---- */

static bool same_step(const plain_step *a, const plain_step *b) {
    return a->is_index == b->is_index &&
           (a->is_index ? a->index == b->index : strcmp(a->name, b->name) == 0);
}

/* Whether two paths may stand in one update. */
static bool agree(const plain_path *a, const plain_path *b) {
    for (unsigned i = 0; i < a->count && i < b->count; i++) {
        if (a->steps[i].is_index != b->steps[i].is_index) {
            return false;
        }
        if (!same_step(&a->steps[i], &b->steps[i])) {
            return true;
        }
    }
    return false;
}

static plain *random_value(test_random *random, const action *a) {
    plain *value = plain_random(random, 2);
    for (;;) {
        bool set = value->type == PLAIN_SS || value->type == PLAIN_NS;
        bool fits = a->kind == ADD                        ? set || value->type == PLAIN_N
                    : a->kind == DELETE                   ? set
                    : a->form == PLUS || a->form == MINUS ? value->type == PLAIN_N
                    : a->form == LIST_APPEND              ? value->type == PLAIN_L
                                                          : true;
        if (fits) {
            return value;
        }
        plain_free(value);
        value = plain_random(random, 2);
    }
}

static action random_action(test_random *random, const plain *item) {
    action a = {.kind = (kind)test_random_below(random, 4),
                .form = (form)test_random_below(random, FORMS)};
    a.path = plain_random_path(random, item);
    a.from = plain_random_path(random, item);
    a.value = a.kind == REMOVE ? NULL : random_value(random, &a);
    return a;
}

static plain *model(const update *u, const plain *old);

static bool is_possible(const action *a, const plain *item) {
    update alone = {.actions = {*a}, .count = 1};
    plain *made = model(&alone, item);
    plain_free(made);
    return made != NULL;
}

static update random_update(test_random *random, const plain *item) {
    update u = {.count = 0};
    unsigned tries = 1 + (unsigned)test_random_below(random, 3 * ACTIONS_MAX);
    for (unsigned i = 0; (i < tries || u.count == 0) && u.count < ACTIONS_MAX; i++) {

        action a = random_action(random, item);
        bool fits = is_possible(&a, item) || test_random_below(random, 20) == 0;
        for (unsigned k = 0; k < u.count; k++) {
            fits = fits && agree(&u.actions[k].path, &a.path);
        }
        if (fits) {
            u.actions[u.count++] = a;
        } else {
            plain_free(a.value);
        }
    }
    return u;
}

/* ---- printing ---- */

static void print_set_value(FILE *to, const action *a, unsigned value) {
    switch (a->form) {
    case VALUE:
        fprintf(to, ":v%u", value);
        return;
    case IF_NOT_EXISTS:
        fprintf(to, "if_not_exists(");
        break;
    case LIST_APPEND:
        fprintf(to, "list_append(");
        break;
    default:
        break;
    }
    plain_print_path(to, &a->from);
    if (a->form == PLUS || a->form == MINUS) {
        fprintf(to, " %c :v%u", a->form == PLUS ? '+' : '-', value);
    } else if (a->form != PATH) {
        fprintf(to, ", :v%u)", value);
    }
}

static void print(const update *u, FILE *expression, FILE *values) {
    static const char *const names[] = {"SET", "REMOVE", "ADD", "DELETE"};
    fprintf(values, "{':unused':{'N':'1'}");
    for (kind k = SET; k <= DELETE; k++) {
        bool first = true;
        for (unsigned i = 0; i < u->count; i++) {
            const action *a = &u->actions[i];
            if (a->kind != k) {
                continue;
            }
            fprintf(expression, "%s ", first ? names[k] : ",");
            first = false;
            plain_print_path(expression, &a->path);
            if (k == SET) {
                fprintf(expression, " = ");
                print_set_value(expression, a, i);
            } else if (k != REMOVE) {
                fprintf(expression, " :v%u", i);
            }
            fprintf(expression, " ");
            if (a->value != NULL) {
                fprintf(values, ",':v%u':", i);
                plain_print(values, a->value);
            }
        }
    }
    fprintf(values, "}");
}

/* ---- the model ---- */

/* The right side from the old item; NULL: it cannot be worked out. Returns owned. */
static plain *right_side(const action *a, const plain *old) {
    const plain *from = plain_find_path(old, &a->from);
    if (a->form == VALUE || (a->form == IF_NOT_EXISTS && from == NULL)) {
        return plain_copy(a->value);
    }
    if (from == NULL) {
        return NULL;
    }
    plain *made = plain_copy(from);
    bool wrong = false;
    if (a->form == PLUS || a->form == MINUS) {
        wrong = made->type != PLAIN_N;
        made->number += a->form == PLUS ? a->value->number : -a->value->number;
    } else if (a->form == LIST_APPEND) {
        wrong = made->type != PLAIN_L;
        for (unsigned i = 0; !wrong && i < a->value->count; i++) {
            plain_add(made, NULL, plain_copy(a->value->elements[i]));
        }
    }
    if (wrong) {
        plain_free(made);
        return NULL;
    }
    return made;
}

/* What ADD and DELETE make of old. NULL and *wrong false: nothing is left. */
static plain *edited(const action *a, const plain *old, bool *wrong) {
    if (old == NULL) {
        return a->kind == ADD ? plain_copy(a->value) : NULL;
    }
    *wrong = old->type != a->value->type;
    if (*wrong) {
        return NULL;
    }
    plain *made = plain_copy(old);
    if (made->type == PLAIN_N) {
        made->number += a->value->number;
        return made;
    }
    for (unsigned i = 0; i < a->value->count; i++) {
        unsigned at = 0;
        while (at < made->count && !plain_equal(made->elements[at], a->value->elements[i])) {
            at++;
        }
        if (a->kind == DELETE && at < made->count) {
            plain_free(plain_take(made, at));
        } else if (a->kind == ADD && at == made->count) {
            plain_add(made, NULL, plain_copy(a->value->elements[i]));
        }
    }
    if (made->count == 0) {
        plain_free(made);
        return NULL;
    }
    return made;
}

static plain *parent_of(plain *item, const plain_path *path) {
    if (path->count == 1) {
        return item;
    }
    plain_path up = *path;
    up.count--;
    plain *parent = plain_find_path(item, &up);
    bool is_index = path->steps[path->count - 1].is_index;
    return parent != NULL && parent->type == (is_index ? PLAIN_L : PLAIN_M) ? parent : NULL;
}

/* Puts value (taken; NULL: nothing) at the path's last step. Elements that go leave a mark, so that
 * positions stay. Those behind the end are left to append. */
static bool put(plain *parent, const plain_step *step, plain *value) {
    if (step->is_index) {
        if (step->index >= parent->count) {
            return false;
        }
        plain_free(parent->elements[step->index]);
        parent->elements[step->index] = value != NULL ? value : plain_new((plain_type)GONE);
        return true;
    }
    for (unsigned i = 0; i < parent->count; i++) {
        if (strcmp(parent->names[i], step->name) == 0) {
            plain_free(plain_take(parent, i));
            break;
        }
    }
    if (value != NULL) {
        plain_add(parent, step->name, value);
    }
    return true;
}

static void sweep(plain *value) {
    for (unsigned i = 0; i < value->count;) {
        if (value->elements[i]->type == (plain_type)GONE) {
            plain_free(plain_take(value, i));
        } else {
            sweep(value->elements[i++]);
        }
    }
}

typedef struct late {
    plain *parent;
    unsigned index;
    plain *value;
} late;

/* In the order of their positions. */
static void append_late(late *all, unsigned count) {
    for (unsigned done = 0; done < count; done++) {
        unsigned next = 0;
        for (unsigned i = 1; i < count; i++) {
            bool open = all[i].value != NULL;
            if (open && (all[next].value == NULL || all[i].index < all[next].index)) {
                next = i;
            }
        }
        plain_add(all[next].parent, NULL, all[next].value);
        all[next].value = NULL;
    }
}

/* Returns owned; NULL: the update is to be refused. */
static plain *model(const update *u, const plain *old) {
    plain *item = plain_copy(old);
    late late_ones[ACTIONS_MAX];
    unsigned late_count = 0;
    bool wrong = false;
    for (unsigned i = 0; i < u->count && !wrong; i++) {
        const action *a = &u->actions[i];
        const plain_step *last = &a->path.steps[a->path.count - 1];
        plain *parent = parent_of(item, &a->path);
        plain *value = NULL;
        if (parent == NULL) {
            wrong = true;
        } else if (a->kind == SET) {
            value = right_side(a, old);
            wrong = value == NULL;
        } else if (a->kind != REMOVE) {
            value = edited(a, plain_find_path(old, &a->path), &wrong);
        }
        if (!wrong && !put(parent, last, value) && value != NULL) {
            late_ones[late_count++] = (late){parent, last->index, value};
        }
    }
    append_late(late_ones, late_count);
    sweep(item);
    if (wrong) {
        plain_free(item);
        return NULL;
    }
    return item;
}

/* ---- */

static void compare(bench *b, const update *u, const plain *old, const char *expression,
                    unsigned round) {
    char *expected = NULL;
    size_t size;
    plain *made = model(u, old);
    const char *result = bench_update(b, expression);
    if (made != NULL) {
        FILE *to = open_memstream(&expected, &size);
        plain_print_item(to, made);
        fclose(to);
    }
    bool same = made == NULL ? bench_exception(b) == PT__VALIDATION : strcmp(result, expected) == 0;
    if (!same) {
        fail_msg("round %u: %s\n values %s\n item %s\n gave %s\n expected %s", round, expression,
                 b->values, b->item, result, made == NULL ? "a refusal" : expected);
    }
    free(expected);
    plain_free(made);
}

static void test_update_random__agrees_with_plain_edits(void **state) {
    (void)state;
    test_random random = {test_seed(0x0DDBA11U)};
    bench *b = bench_create(NULL);
    unsigned applied = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        char *texts[3];
        size_t sizes[3];
        FILE *files[3];
        plain *item = plain_random_item(&random);
        update u = random_update(&random, item);
        for (unsigned i = 0; i < 3; i++) {
            files[i] = open_memstream(&texts[i], &sizes[i]);
        }
        print(&u, files[0], files[1]);
        plain_print_item(files[2], item);
        for (unsigned i = 0; i < 3; i++) {
            fclose(files[i]);
        }
        b->values = texts[1];
        b->item = texts[2];
        compare(b, &u, item, texts[0], round);
        applied += bench_exception(b) == PT__OK;
        for (unsigned i = 0; i < 3; i++) {
            free(texts[i]);
        }
        for (unsigned i = 0; i < u.count; i++) {
            plain_free(u.actions[i].value);
        }
        plain_free(item);
    }
    printf("%u of %u updates were applied\n", applied, (unsigned)ROUNDS);
    assert_true(applied > ROUNDS / 3);
    bench_destroy(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_update_random__agrees_with_plain_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
