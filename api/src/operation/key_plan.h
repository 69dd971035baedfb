/*
 * What a WHERE clause says about a key: which queries a SELECT is, and which item a write is about.
 *
 * A SELECT whose every alternative pins the hash attribute to a value (by = or IN) is one query for
 * each alternative; any other one is a scan.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
 */
#ifndef PT_OPERATION_KEY_PLAN_H
#define PT_OPERATION_KEY_PLAN_H

#include "expression/program.h"
#include "request/call.h"

enum {
    PT__KEY_BRANCHES_MAX = 50, /* ql-operators: "up to 50 hash key attributes" of IN */
};

/* One query. */
typedef struct pt__key_branch {
    pte_scalar hash;
    pte_range_op op;
    pte_scalar range;
    pte_scalar upper;      /* BETWEEN */
    pt__condition *filter; /* what the key does not say; NULL: nothing */
} pt__key_branch;

/* In the arena. */
typedef struct pt__key_plan {
    pt__key_branch *branches;
    size_t count; /* 0: a scan, with the whole clause as its filter */
} pt__key_plan;

/* where may be NULL. key has one hash attribute and at most one range attribute. The branches come
 * in the order of the clause, those of one hash value in the order of their ranges.
 * Fails: VALIDATION (key values of other types, overlapping ranges, too many queries), INTERNAL. */
PTE_CHECKED pt__exception pt__key_plan_make(pt__key_plan *plan, pt__call *call,
                                            pt__condition *where, const pt__key_schema *key);

/* The order of two key values of one type. */
int pt__key_scalar_compare(pte_scalar a, pte_scalar b);

/* What an AND of conditions says about a table's key. */
typedef struct pt__key_equalities {
    pte_scalar hash;  /* type NONE: not given */
    pte_scalar range; /* likewise */
    bool conflict;    /* two values for one attribute; the first one is kept above */
    pte_bytes conflict_name;
    pt__condition *rest; /* the other conditions, conflicting ones too; NULL: none */
} pt__key_equalities;

/* in: whether an IN of one value counts. where may be NULL. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__key_equalities_find(pt__key_equalities *found, pt__call *call,
                                                  pt__condition *where, const pt__key_schema *key,
                                                  bool in);

#endif
