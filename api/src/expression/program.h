/*
 * The programs that conditions are: a tree of tests, joined by AND, OR and NOT. Expressions compile
 * into it (condition.c), and the legacy parameters build the same programs by the functions here.
 * Everything lies in an arena and is immutable once made.
 */
#ifndef PT_EXPRESSION_PROGRAM_H
#define PT_EXPRESSION_PROGRAM_H

#include "expression/expression.h"

/* What a node of the program asks, and how many operands that takes. */
typedef enum pt__test {
    PT__TEST_ALL = 0, /* AND; children instead of operands */
    PT__TEST_ANY,     /* OR; children */
    PT__TEST_NOT,     /* one child */
    PT__TEST_EQ,      /* 2; a missing attribute is equal to nothing, not even to another one */
    PT__TEST_NE,      /* 2; true where EQ is not */
    PT__TEST_LT,      /* 2; false unless both are S, N or B and of one type */
    PT__TEST_LE,
    PT__TEST_GT,
    PT__TEST_GE,
    PT__TEST_BETWEEN,      /* 3; both bounds included */
    PT__TEST_IN,           /* 2 or more: whether the first equals one of the others */
    PT__TEST_EXISTS,       /* 1 (legacy: NOT_NULL) */
    PT__TEST_NOT_EXISTS,   /* 1 (legacy: NULL) */
    PT__TEST_TYPE,         /* 1, and type */
    PT__TEST_BEGINS_WITH,  /* 2 */
    PT__TEST_CONTAINS,     /* 2 */
    PT__TEST_NOT_CONTAINS, /* 2; of legacy parameters only: false where the first is missing */
} pt__test;

/* A path into the item or a constant; size: the size of that. */
typedef struct pt__operand {
    bool is_path;
    bool size;
    pt__path path;
    pte_value value;   /* a constant: views the arena */
    pte_number number; /* of a constant of type N */
} pt__operand;

struct pt__condition {
    pt__test test;
    pte_type type; /* PT__TEST_TYPE */
    uint32_t operand_count;
    const pt__operand *operands;
    const pt__condition *first; /* children */
    const pt__condition *next;
};

/* Sets operand to a constant. Fails: INTERNAL (value is of type N and damaged). */
PTE_CHECKED pt__exception pt__operand_of_value(pt__operand *operand, const pte_value *value,
                                               pt__failure *failure);

/* Sets operand to a top-level attribute. Fails: INTERNAL (memory). */
PTE_CHECKED pt__exception pt__operand_of_name(pt__operand *operand, pte__arena *arena,
                                              pte_bytes name, pt__failure *failure);

/* The type that an operand has whatever the item; NONE: it depends on the item. */
pte_type pt__operand_type(const pt__operand *operand);

/* Whether the first is a path that stands again among the others. */
bool pt__operand_repeats(const pt__operand *operands, size_t count);

/*
 * What BETWEEN requires of its bounds, operands 1 and 2, and these do not have whatever the item,
 * in the service's words; NULL: nothing. Fails: INTERNAL (a bound is damaged).
 */
PTE_CHECKED pt__exception pt__operand_bounds_fault(const char **requirement,
                                                   const pt__operand *operands,
                                                   pt__failure *failure);

/* Makes a test; operands are copied, what they view is not. Fails: INTERNAL (memory). */
PTE_CHECKED pt__exception pt__condition_test(pt__condition **condition, pte__arena *arena,
                                             pt__test test, const pt__operand *operands,
                                             size_t count, pt__failure *failure);

/* Makes an ALL, ANY or NOT of the count children, count not 0. Fails: INTERNAL (memory). */
PTE_CHECKED pt__exception pt__condition_join(pt__condition **condition, pte__arena *arena,
                                             pt__test test, pt__condition *const *children,
                                             size_t count, pt__failure *failure);

/* Finds what stands at the path of an item; type NONE: nothing. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__path_find(pte_value *value, const pt__path *path, const pte_item *item,
                                     pte_error *error);

/* Order of two values of type S, N or B, and of one type. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__value_compare(int *order, const pte_value *a, const pte_value *b,
                                         pte_error *error);

/* Finds the element of a list. type NONE: there is none, or list is no list. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__list_find(pte_value *value, const pte_value *list, uint32_t index,
                                     pte_error *error);

#endif
