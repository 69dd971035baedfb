/*
 * The programs that conditions are: a tree of tests, joined by AND, OR and NOT. Expressions compile
 * into it (condition.c), and the legacy parameters build the same programs by the functions here.
 * Everything lies in an arena.
 */
#ifndef PT_EXPRESSION_PROGRAM_H
#define PT_EXPRESSION_PROGRAM_H

#include "expression/expression.h"
#include "expression/slots.h"

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
    bool sorted; /* PT__TEST_IN: all operands but the first are constants, in an order of theirs */
    pt__operand *operands;
    pt__condition *first; /* children */
    pt__condition *next;
    struct pt__contains *contains; /* contains.h; NULL: none */
    uint32_t part;                 /* which of its parts this test is about */
    /* Of the root of a program that is sealed: */
    pt__slots *slots;      /* NULL: it has few paths */
    struct pt__flat *flat; /* flat.h; NULL: it is none */
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

/*
 * Ends the making of a program: numbers its paths, if they are many. Who makes another program of
 * parts of a sealed one gives its slots to the new root. Fails: INTERNAL (memory).
 */
PTE_CHECKED pt__exception pt__condition_seal(pt__condition *condition, pte__arena *arena,
                                             pt__failure *failure);

/* Whether a test, not an ALL, ANY or NOT, holds. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__test_holds(bool *holds, const pt__condition *test, pt__lookup *lookup,
                                      pte_error *error);

/* An order of all values that are constants or stand in items: 0 is what EQ takes for equal. */
int pt__value_order(const pte_value *a, const pte_value *b);

/* Order of two values of type S, N or B, and of one type. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__value_compare(int *order, const pte_value *a, const pte_value *b,
                                         pte_error *error);

#endif
