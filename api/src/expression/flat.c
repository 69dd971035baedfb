/* Running only those tests whose paths are there; see flat.h. */
#include "expression/flat.h"

enum { TESTS_MIN = 32 };

/* A test, and whether it settles the whole for an item that lacks its path. */
typedef struct flat_test {
    const pt__condition *test;
    bool settles;
} flat_test;

struct pt__flat {
    bool stops_at;     /* the answer of one test that settles it */
    uint32_t settling; /* how many tests settle it if their paths are missing */
    uint32_t *starts;  /* by slot: where its tests start, and where the last one's end */
    flat_test *tests;  /* by slot */
};

/* The slot of the test's only path; 0: it has none, or another one too. */
static uint32_t slot_of(const pt__condition *test) {
    uint32_t slot = 0;
    for (size_t i = 0; i < test->operand_count; i++) {
        const pt__operand *operand = &test->operands[i];
        if (operand->is_path && slot != 0) {
            return 0;
        }
        slot = operand->is_path ? operand->path.slot : slot;
    }
    return slot;
}

/* How many tests there are; 0: not all of them are of one path. */
static size_t count_tests(const pt__condition *root) {
    size_t count = 0;
    if (root->slots == NULL || (root->test != PT__TEST_ALL && root->test != PT__TEST_ANY)) {
        return 0;
    }
    for (const pt__condition *child = root->first; child != NULL; child = child->next) {
        if (child->test <= PT__TEST_NOT || slot_of(child) == 0) {
            return 0;
        }
        count++;
    }
    return count;
}

/* Sorts the tests by slot: counts them, makes starts of the counts, and puts them where they go. */
static pte_status sort_tests(pt__flat *flat, const pt__condition *root, uint32_t slots,
                             pte_error *error) {
    pt__lookup missing = pt__lookup_on(NULL, NULL);
    pte_status status = PTE_OK;
    memset(flat->starts, 0, (slots + 2) * sizeof *flat->starts);
    for (const pt__condition *child = root->first; child != NULL; child = child->next) {
        flat->starts[slot_of(child) + 1]++;
    }
    for (uint32_t slot = 1; slot <= slots + 1; slot++) {
        flat->starts[slot] += flat->starts[slot - 1];
    }
    for (const pt__condition *child = root->first; child != NULL && status == PTE_OK;
         child = child->next) {
        bool holds;
        status = pt__test_holds(&holds, child, &missing, error);
        bool settles = holds == flat->stops_at;
        flat->settling += settles;
        flat->tests[flat->starts[slot_of(child)]++] = (flat_test){child, settles};
    }
    /* Each start has come to the next one's place. */
    memmove(flat->starts + 1, flat->starts, (slots + 1) * sizeof *flat->starts);
    flat->starts[0] = 0;
    return status;
}

pt__exception pt__flat_make(pt__flat **flat, pte__arena *arena, const pt__condition *root,
                            pt__failure *failure) {
    pte_error error;
    size_t count = count_tests(root);
    *flat = NULL;
    if (count < TESTS_MIN) {
        return PT__OK;
    }
    uint32_t slots = pt__slots_count(root->slots);
    pt__flat *made = pte__arena_alloc(arena, sizeof *made);
    uint32_t *starts = pte__arena_alloc(arena, (slots + 2) * sizeof *starts);
    flat_test *tests = pte__arena_alloc(arena, count * sizeof *tests);
    if (made == NULL || starts == NULL || tests == NULL) {
        return pt__refuse_memory(failure);
    }
    *made = (pt__flat){.stops_at = root->test == PT__TEST_ANY, .starts = starts, .tests = tests};
    pte_status status = sort_tests(made, root, slots, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(failure, status, &error);
    }
    *flat = made;
    return PT__OK;
}

pte_status pt__flat_holds(bool *holds, const pt__flat *flat, pt__lookup *lookup, pte_error *error) {
    const pt__found *found = NULL;
    size_t count = 0;
    uint32_t settling = flat->settling;
    pte_status status = pt__lookup_all(&found, &count, lookup, error);
    *holds = flat->stops_at;
    for (size_t i = 0; i < count && status == PTE_OK; i++) {
        uint32_t end = flat->starts[found[i].slot + 1];
        for (uint32_t at = flat->starts[found[i].slot]; at < end && status == PTE_OK; at++) {
            bool one;
            settling -= flat->tests[at].settles;
            status = pt__test_holds(&one, flat->tests[at].test, lookup, error);
            if (status == PTE_OK && one == flat->stops_at) {
                return PTE_OK;
            }
        }
    }
    *holds = status == PTE_OK && (settling != 0) == flat->stops_at;
    return status;
}
