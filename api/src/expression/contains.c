/* The elements of a list or set that many tests ask for; see contains.h. */
#include "expression/contains.h"

#include "expression/datum.h"

#include <stdlib.h>

enum { TESTS_MIN = 4 };

/* What a test asks for. */
typedef struct part {
    pt__datum datum;
    bool is_there;
} part;

struct pt__contains {
    pt__condition **tests;
    part *parts;   /* of each test */
    part **sorted; /* by value */
    size_t count;
    uint64_t run; /* of the slots, when parts were looked for last */
};

/* ---- gathering ---- */

static bool is_one(const pt__condition *test) {
    return test->test == PT__TEST_CONTAINS && test->operands[0].is_path && !test->operands[0].size;
}

/* Lists the tests, or counts them only where tests is NULL. Recursive, as deep as the parser
 * allows. */
static size_t list_tests(pt__condition **tests, size_t count, pt__condition *condition) {
    if (is_one(condition)) {
        if (tests != NULL) {
            tests[count] = condition;
        }
        count++;
    }
    for (pt__condition *child = condition->first; child != NULL; child = child->next) {
        count = list_tests(tests, count, child);
    }
    return count;
}

static uint32_t slot_of(const pt__condition *test) {
    return test->operands[0].path.slot;
}

static int compare_slots(const void *a, const void *b) {
    uint32_t left = slot_of(*(pt__condition *const *)a);
    uint32_t right = slot_of(*(pt__condition *const *)b);
    return (left > right) - (left < right);
}

static pt__exception make(pt__condition **tests, size_t count, pte__arena *arena,
                          pt__failure *failure) {
    pt__contains *made = pte__arena_alloc(arena, sizeof *made);
    part *parts = pte__arena_alloc(arena, count * sizeof *parts);
    part **sorted = pte__arena_alloc(arena, count * sizeof(part *));
    if (made == NULL || parts == NULL || sorted == NULL) {
        return pt__refuse_memory(failure);
    }
    *made = (pt__contains){.tests = tests, .parts = parts, .sorted = sorted, .count = count};
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &parts[i];
        tests[i]->contains = made;
        tests[i]->part = (uint32_t)i;
    }
    return PT__OK;
}

pt__exception pt__contains_gather(pt__condition *root, pte__arena *arena, pt__failure *failure) {
    size_t count = list_tests(NULL, 0, root);
    pt__exception exception = PT__OK;
    if (count < TESTS_MIN) {
        return PT__OK;
    }
    pt__condition **tests = pte__arena_alloc(arena, count * sizeof(pt__condition *));
    if (tests == NULL) {
        return pt__refuse_memory(failure);
    }
    (void)list_tests(tests, 0, root);
    qsort(tests, count, sizeof(pt__condition *), compare_slots);
    for (size_t at = 0; at < count && exception == PT__OK;) {
        size_t end = at + 1;
        while (end < count && slot_of(tests[end]) == slot_of(tests[at])) {
            end++;
        }
        if (end - at >= TESTS_MIN) {
            exception = make(tests + at, end - at, arena, failure);
        }
        at = end;
    }
    return exception;
}

/* ---- looking ---- */

static int compare_parts(const void *a, const void *b) {
    const part *left = *(part *const *)a;
    const part *right = *(part *const *)b;
    return pt__value_order(&left->datum.value, &right->datum.value);
}

/* Marks the parts that are equal to the element. */
static void mark(pt__contains *contains, const pte_value *element) {
    size_t low = 0;
    size_t high = contains->count;
    while (low < high) { /* the first that is not below it */
        size_t middle = low + (high - low) / 2;
        if (pt__value_order(&contains->sorted[middle]->datum.value, element) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < contains->count && !contains->sorted[low]->is_there &&
           pt__value_order(&contains->sorted[low]->datum.value, element) == 0) {
        contains->sorted[low++]->is_there = true;
    }
}

static pte_status look(pt__contains *contains, const pte_value *container, pt__lookup *lookup,
                       pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; i < contains->count && status == PTE_OK; i++) {
        contains->parts[i].is_there = false;
        status = pt__datum_get(&contains->parts[i].datum, &contains->tests[i]->operands[1], lookup,
                               error);
    }
    if (status != PTE_OK) {
        return status;
    }
    qsort(contains->sorted, contains->count, sizeof(part *), compare_parts);
    pte_iter iter;
    pte_value element;
    status = pte_value_iterate(&iter, container, error);
    while (status == PTE_OK) {
        status = pte_iter_next(&iter, NULL, &element, error);
        if (status == PTE_OK) {
            mark(contains, &element);
        }
    }
    return status == PTE_END ? PTE_OK : status;
}

pte_status pt__contains_holds(bool *holds, pt__contains *contains, const pt__condition *test,
                              const pte_value *container, pt__lookup *lookup, pte_error *error) {
    pte_status status = PTE_OK;
    if (contains->run != pt__lookup_run(lookup)) {
        contains->run = 0; /* none, if this fails */
        status = look(contains, container, lookup, error);
        contains->run = status == PTE_OK ? pt__lookup_run(lookup) : 0;
    }
    *holds = status == PTE_OK && contains->parts[test->part].is_there;
    return status;
}
