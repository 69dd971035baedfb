/*
 * One operation planned for both sides: what is asked of the engine, what its callbacks do, and
 * what the model expects of it.
 */
#ifndef TESTS_MODEL_PLANNED_H
#define TESTS_MODEL_PLANNED_H

#include "reads.h"

typedef enum planned_condition {
    CONDITION_NONE = 0,
    CONDITION_EXISTS,
    CONDITION_ABSENT,
    CONDITION_SAME,   /* the old item's attribute p0 equals a value */
    CONDITION_BREAKS, /* fails with CALLBACK_FAILED */
    CONDITION_COUNT
} planned_condition;

typedef enum planned_change {
    CHANGE_NOTHING = 0,
    CHANGE_REPLACE, /* by an item made before */
    CHANGE_REMOVE,
    CHANGE_TOUCH, /* the old item with another p0 */
    CHANGE_REKEY, /* by an item of another key */
    CHANGE_BREAKS,
    CHANGE_COUNT
} planned_change;

typedef struct planned {
    pte_op_kind kind;
    model_table *table;
    model_item *item; /* PUT, and UPDATE by CHANGE_REPLACE and CHANGE_REKEY; owned */
    model_value hash; /* the key, owned; of type NONE if missing */
    model_value range;
    planned_condition condition;
    planned_change change;
    model_value token; /* of CONDITION_SAME and CHANGE_TOUCH; owned */
    pte_builder *builder;
    pte_item built; /* item, in builder or in a snapshot */
    gen_key_text text;

    /* What the callbacks met. */
    bool called;
    bool met_corrupt;
    model_item *met; /* the old item of the last call; owned */

    /* What the model expects. */
    model_faults faults;
    bool duplicate; /* names the same item as another operation of the transaction */
    bool crowded;   /* an operation of the transaction has another key with the same sort key */
    bool cancelled; /* the transaction failed, so a change need not have been asked for */
    bool writes;
    model_item *old_item; /* held */
    model_item *new_item; /* held */
} planned;

/* A random operation; builder is for this one alone until it is cleaned up. */
void planned_make(world *w, planned *p, pte_op_kind kind, model_table *table, pte_builder *builder);
/* A put of a given item in the shape given; holds item. */
void planned_make_put(planned *p, model_table *table, model_item *item, pte_item built);
void planned_clean_up(planned *p);

/* The operation for the engine; views of p. */
pte_op planned_op(world *w, planned *p);

/* Works out from the model's present state what must become of it. */
void planned_expect(planned *p);

/* Compares a status, and what the callbacks saw, with what is expected. lenient: an operation
 * without a fault of this status may stand OK beside others' (duplicates hide the rest). */
void planned_judge(world *w, planned *p, pte_status status, bool lenient);

/* Makes the expected change in the model. */
void planned_apply(world *w, planned *p);

/* One line about it. */
void planned_print(const planned *p, char *out, size_t out_size);

#endif
