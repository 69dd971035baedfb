/*
 * Updates compiled: actions, each with a path, in a tree of the paths that they change.
 *
 *   update_compile.c   from the text
 *   update_changes.c   from the changes of whole attributes
 *   update_term.c      the values of SET's right sides
 *   update_apply.c     the new item
 */
#ifndef PT_EXPRESSION_UPDATE_H
#define PT_EXPRESSION_UPDATE_H

#include "expression/projection.h"
#include "expression/slots.h"

typedef enum pt__term_kind {
    PT__TERM_PATH = 0,
    PT__TERM_VALUE,
    PT__TERM_IF_NOT_EXISTS, /* path, or else right */
    PT__TERM_PLUS,
    PT__TERM_MINUS,
    PT__TERM_LIST_APPEND,
} pt__term_kind;

/* The right side of SET. */
typedef struct pt__term {
    pt__term_kind kind;
    pt__path path;
    pte_value value;
    struct pt__term *left;
    struct pt__term *right;
} pt__term;

typedef enum pt__action_kind {
    PT__ACTION_SET = 0,
    PT__ACTION_REMOVE,
    PT__ACTION_ADD,    /* also, of legacy parameters only, elements to a list */
    PT__ACTION_DELETE, /* elements of a set */
} pt__action_kind;

typedef struct pt__action {
    pt__action_kind kind;
    pt__path path;
    pt__term *term;  /* SET */
    pte_value value; /* ADD, DELETE */
} pt__action;

struct pt__update {
    pt__action *actions; /* in the text's order */
    size_t action_count;
    pt__path_node tree; /* payloads are actions */
    pt__slots *slots;   /* of the paths of right sides; NULL: they are few */
    bool legacy;        /* made of changes */
};

/* One attribute of the legacy AttributeUpdates. Values view the arena. */
typedef struct pt__change {
    pte_bytes name;
    pt__action_kind kind;
    pte_value value; /* all but REMOVE */
} pt__change;

/* An update that makes these changes, count not 0, names all different. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__update_of_changes(pt__update **update, pte__arena *arena,
                                                const pt__change *changes, size_t count,
                                                pt__failure *failure);

/* The value of a term: one that stands somewhere, a number, or two lists after each other. */
typedef struct pt__result {
    bool is_number;
    bool is_lists;
    pte_value value;
    pte_value rest; /* the second list */
    pte_number number;
} pt__result;

/*
 * Works a term out from the old item. Fails: VALIDATION (a path that is missing, an operand's type,
 * overflow), INTERNAL.
 */
PTE_CHECKED pt__exception pt__term_result(pt__result *result, const pt__term *term, pt__lookup *old,
                                          pt__failure *failure);

/* Numbers the paths of the right sides, if they are many. Fails: INTERNAL (memory). */
PTE_CHECKED pt__exception pt__update_seal(pt__update *update, pte__arena *arena,
                                          pt__failure *failure);

/* What the engine's status of arithmetic on numbers means. */
PTE_CHECKED pt__exception pt__refuse_arithmetic(pt__failure *failure, pte_status status,
                                                const pte_error *error);

PTE_CHECKED pt__exception pt__refuse_update_operand(pt__failure *failure);

/*
 * Makes an update of actions that were made elsewhere than from an expression; they are borrowed as
 * long as the update lives. Fails: VALIDATION (paths that overlap or conflict), INTERNAL.
 */
PTE_CHECKED pt__exception pt__update_of_actions(pt__update **update, pte__arena *arena,
                                                pt__action *actions, size_t count,
                                                pt__failure *failure);

#endif
