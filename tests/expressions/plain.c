#include "plain.h"

#include <stdlib.h>
#include <string.h>

static const char *const NAMES[] = {"a", "b", "c", "d", "e"};
enum { NAME_COUNT = 5 };

plain *plain_new(plain_type type) {
    plain *value = calloc(1, sizeof *value);
    assert_non_null(value);
    value->type = type;
    return value;
}

plain *plain_copy(const plain *value) {
    plain *copy = plain_new(value->type);
    *copy = *value;
    for (unsigned i = 0; i < value->count; i++) {
        copy->elements[i] = plain_copy(value->elements[i]);
    }
    return copy;
}

void plain_free(plain *value) {
    if (value != NULL) {
        for (unsigned i = 0; i < value->count; i++) {
            plain_free(value->elements[i]);
        }
        free(value);
    }
}

int plain_compare(const plain *a, const plain *b) {
    return a->type == PLAIN_N ? (a->number > b->number) - (a->number < b->number)
                              : strcmp(a->text, b->text);
}

bool plain_equal(const plain *a, const plain *b) {
    if (a == NULL || b == NULL || a->type != b->type || a->number != b->number ||
        a->count != b->count || strcmp(a->text, b->text) != 0) {
        return false;
    }
    for (unsigned i = 0; i < a->count; i++) {
        if (strcmp(a->names[i], b->names[i]) != 0 || !plain_equal(a->elements[i], b->elements[i])) {
            return false;
        }
    }
    return true;
}

/* Where the element belongs. */
static unsigned place(const plain *to, const char *name, const plain *element) {
    unsigned at = 0;
    if (to->type == PLAIN_L) {
        return to->count;
    }
    while (at < to->count && (to->type == PLAIN_M ? strcmp(to->names[at], name) < 0
                                                  : plain_compare(to->elements[at], element) < 0)) {
        at++;
    }
    return at;
}

void plain_add(plain *to, const char *name, plain *element) {
    unsigned at = place(to, name, element);
    assert_true(to->count < PLAIN_MAX);
    memmove(&to->names[at + 1], &to->names[at], (to->count - at) * sizeof to->names[0]);
    memmove(&to->elements[at + 1], &to->elements[at], (to->count - at) * sizeof to->elements[0]);
    memset(to->names[at], 0, sizeof to->names[at]);
    if (name != NULL) {
        snprintf(to->names[at], sizeof to->names[at], "%s", name);
    }
    to->elements[at] = element;
    to->count++;
}

plain *plain_take(plain *from, unsigned at) {
    plain *element = from->elements[at];
    from->count--;
    memmove(&from->names[at], &from->names[at + 1], (from->count - at) * sizeof from->names[0]);
    memmove(&from->elements[at], &from->elements[at + 1],
            (from->count - at) * sizeof from->elements[0]);
    memset(from->names[from->count], 0, sizeof from->names[0]);
    from->elements[from->count] = NULL;
    return element;
}

plain *plain_find(const plain *map, const char *name) {
    for (unsigned i = 0; map->type == PLAIN_M && i < map->count; i++) {
        if (strcmp(map->names[i], name) == 0) {
            return map->elements[i];
        }
    }
    return NULL;
}

plain *plain_find_path(const plain *item, const plain_path *path) {
    plain *value = plain_find(item, path->steps[0].name);
    for (unsigned i = 1; i < path->count && value != NULL; i++) {
        const plain_step *step = &path->steps[i];
        if (!step->is_index) {
            value = plain_find(value, step->name);
        } else {
            value = value->type == PLAIN_L && step->index < value->count
                        ? value->elements[step->index]
                        : NULL;
        }
    }
    return value;
}

/* ---- random ones ---- */

static bool has(const plain *set, const plain *element) {
    for (unsigned i = 0; i < set->count; i++) {
        if (plain_equal(set->elements[i], element)) {
            return true;
        }
    }
    return false;
}

static void fill(plain *value, test_random *random, unsigned levels) {
    unsigned count = (unsigned)test_random_below(random, 4);
    for (unsigned i = 0; i < count; i++) {
        const char *name = NAMES[test_random_below(random, NAME_COUNT)];
        if (value->type == PLAIN_L || plain_find(value, name) == NULL) {
            plain_add(value, value->type == PLAIN_M ? name : NULL,
                      plain_random(random, levels - 1));
        }
    }
}

static void fill_set(plain *set, test_random *random) {
    unsigned count = 1 + (unsigned)test_random_below(random, 3);
    while (set->count < count) {
        plain *element = plain_new(set->type == PLAIN_SS ? PLAIN_S : PLAIN_N);
        element->number = element->type == PLAIN_N ? (long)test_random_below(random, 9) - 3 : 0;
        if (element->type == PLAIN_S) {
            element->text[0] = (char)('a' + test_random_below(random, 4));
        }
        if (has(set, element)) {
            plain_free(element);
        } else {
            plain_add(set, NULL, element);
        }
    }
}

plain *plain_random(test_random *random, unsigned levels) {
    plain *value = plain_new((plain_type)test_random_below(random, PLAIN_TYPES));
    if (levels == 0 && (value->type == PLAIN_L || value->type == PLAIN_M)) {
        value->type = PLAIN_N;
    }
    switch (value->type) {
    case PLAIN_S:
        for (unsigned i = 0, len = (unsigned)test_random_below(random, 4); i < len; i++) {
            value->text[i] = (char)('a' + test_random_below(random, 3));
        }
        break;
    case PLAIN_N:
        value->number = (long)test_random_below(random, 12) - 4;
        break;
    case PLAIN_BOOL:
        value->number = (long)test_random_below(random, 2);
        break;
    case PLAIN_L:
    case PLAIN_M:
        fill(value, random, levels);
        break;
    case PLAIN_SS:
    case PLAIN_NS:
        fill_set(value, random);
        break;
    default:
        break;
    }
    return value;
}

plain *plain_random_item(test_random *random) {
    plain *item = plain_new(PLAIN_M);
    for (unsigned i = 0; i < NAME_COUNT; i++) {
        if (test_random_below(random, 5) != 0) {
            plain_add(item, NAMES[i], plain_random(random, 3));
        }
    }
    return item;
}

plain_path plain_random_path(test_random *random, const plain *item) {
    plain_path path = {.count = 1};
    const plain *at = item;
    for (unsigned i = 0; i < 4; i++) {
        plain_step *step = &path.steps[i];
        bool exists = at != NULL && at->count != 0 &&
                      (at->type == PLAIN_L || at->type == PLAIN_M) &&
                      test_random_below(random, 8) != 0;
        step->is_index = exists ? at->type == PLAIN_L : i > 0 && test_random_below(random, 2) == 0;
        step->index = (unsigned)test_random_below(random, exists ? at->count : 5);
        snprintf(step->name, sizeof step->name, "%s",
                 exists && !step->is_index ? at->names[step->index]
                                           : NAMES[test_random_below(random, NAME_COUNT)]);
        at = exists ? at->elements[step->index] : NULL;
        if (i + 1 < 4 && at != NULL && at->count != 0 && test_random_below(random, 2) == 0) {
            path.count = i + 2;
        } else {
            path.count = i + 1 + (i + 1 < 4 && test_random_below(random, 6) == 0);
        }
        if (path.count == i + 1) {
            break;
        }
    }
    return path;
}

/* ---- printing ---- */

static void print_set(FILE *to, const plain *set) {
    fprintf(to, "{'%s':[", set->type == PLAIN_SS ? "SS" : "NS");
    for (unsigned i = 0; i < set->count; i++) {
        fprintf(to, i == 0 ? "" : ",");
        if (set->type == PLAIN_SS) {
            fprintf(to, "'%s'", set->elements[i]->text);
        } else {
            fprintf(to, "'%ld'", set->elements[i]->number);
        }
    }
    fprintf(to, "]}");
}

void plain_print_item(FILE *to, const plain *item) {
    fprintf(to, "{");
    for (unsigned i = 0; i < item->count; i++) {
        fprintf(to, "%s'%s':", i == 0 ? "" : ",", item->names[i]);
        plain_print(to, item->elements[i]);
    }
    fprintf(to, "}");
}

void plain_print(FILE *to, const plain *value) {
    switch (value->type) {
    case PLAIN_S:
        fprintf(to, "{'S':'%s'}", value->text);
        break;
    case PLAIN_N:
        fprintf(to, "{'N':'%ld'}", value->number);
        break;
    case PLAIN_BOOL:
        fprintf(to, "{'BOOL':%s}", value->number != 0 ? "true" : "false");
        break;
    case PLAIN_NULL:
        fprintf(to, "{'NULL':true}");
        break;
    case PLAIN_M:
        fprintf(to, "{'M':");
        plain_print_item(to, value);
        fprintf(to, "}");
        break;
    case PLAIN_L:
        fprintf(to, "{'L':[");
        for (unsigned i = 0; i < value->count; i++) {
            fprintf(to, i == 0 ? "" : ",");
            plain_print(to, value->elements[i]);
        }
        fprintf(to, "]}");
        break;
    default:
        print_set(to, value);
        break;
    }
}

void plain_print_path(FILE *to, const plain_path *path) {
    fprintf(to, "%s", path->steps[0].name);
    for (unsigned i = 1; i < path->count; i++) {
        if (path->steps[i].is_index) {
            fprintf(to, "[%u]", path->steps[i].index);
        } else {
            fprintf(to, ".%s", path->steps[i].name);
        }
    }
}
