/*
 * PartiQL statements: parsed, and compiled to what the expressions compile to: conditions, updates,
 * items. Everything lies in the arena of the failure that is given, and what is compiled is
 * immutable. The failures are AWS's, words included where they are known.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
 *
 *   lexer.c             tokens
 *   parse_expression.c  conditions and values
 *   parse.c             statements
 *   literal.c           values
 *   ql_condition.c      WHERE
 *   ql_update.c         SET and REMOVE
 *   columns.c           what SELECT shows
 */
#ifndef PT_PARTIQL_STATEMENT_H
#define PT_PARTIQL_STATEMENT_H

#include "expression/expression.h"
#include "partiql/syntax.h"

typedef enum pt__ql_operation {
    PT__QL_SELECT = 1,
    PT__QL_INSERT,
    PT__QL_UPDATE,
    PT__QL_DELETE,
    PT__QL_EXISTS, /* EXISTS(SELECT ...), in transactions */
} pt__ql_operation;

typedef enum pt__ql_returning {
    PT__QL_RETURNING_NONE = 0,
    PT__QL_RETURNING_ALL_OLD,
    PT__QL_RETURNING_MODIFIED_OLD,
    PT__QL_RETURNING_ALL_NEW,
    PT__QL_RETURNING_MODIFIED_NEW,
} pt__ql_returning;

/* "ALL OLD *" and the like. Static. */
const char *pt__ql_returning_text(pt__ql_returning returning);

typedef struct pt__ql_order {
    pte_bytes name;
    bool descending;
    struct pt__ql_order *next;
} pt__ql_order;

typedef struct pt__ql_assignment {
    const pt__ql_node *path;
    const pt__ql_node *value; /* NULL: REMOVE */
    struct pt__ql_assignment *next;
} pt__ql_assignment;

/* Immutable once parsed. */
typedef struct pt__ql_statement {
    pt__ql_operation operation;
    pte_bytes table;
    pte_bytes index;                /* len 0: the table itself */
    const pt__ql_node *columns;     /* its children are shown; NULL: everything */
    const pt__ql_order *orders;     /* SELECT */
    const pt__ql_node *item;        /* INSERT */
    pt__ql_assignment *assignments; /* UPDATE */
    pt__ql_returning returning;
    const pt__ql_node *where; /* NULL: there is none */
    uint32_t parameter_count;
} pt__ql_statement;

/* Reads are SELECT alone: EXISTS goes with writes. */
static inline bool pt__ql_reads(const pt__ql_statement *statement) {
    return statement->operation == PT__QL_SELECT;
}

/* text is borrowed as long as the statement. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__ql_parse(pt__ql_statement *statement, pte_bytes text,
                                       pt__failure *failure);

/* What question marks stand for, and what compiling needs besides. */
typedef struct pt__ql_context {
    const pte_value *parameters; /* as many as the statement has question marks */
    pte_builder *scratch;
    pt__failure *failure;
} pt__ql_context;

/* WHERE as a condition. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__ql_condition(pt__condition **condition, const pt__ql_context *context,
                                           const pt__ql_node *where);

/* SET and REMOVE as an update. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__ql_update(pt__update **update, const pt__ql_context *context,
                                        const pt__ql_statement *statement);

/* INSERT's item; *item views builder. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__ql_item(pte_item *item, pte_builder *builder,
                                      const pt__ql_context *context,
                                      const pt__ql_statement *statement);

/* ---- what SELECT shows ---- */

/* One of the values that SELECT shows, under a name of its own. */
typedef struct pt__ql_column {
    pt__path path;
    pte_bytes name; /* its last name and the indexes behind that: "k[0]" of "m.k[0]" */
} pt__ql_column;

typedef struct pt__ql_columns {
    pt__ql_column *columns;
    size_t count;            /* 0: everything */
    struct pt__slots *slots; /* of the columns' paths; NULL: they are few */
} pt__ql_columns;

/* Fails: VALIDATION (no paths, a name twice), INTERNAL. */
PTE_CHECKED pt__exception pt__ql_columns_make(pt__ql_columns *columns,
                                              const pt__ql_context *context,
                                              const pt__ql_statement *statement);

/* The attributes that they are in, as a projection; NULL: everything. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__ql_columns_projection(pt__projection **projection,
                                                    const pt__ql_columns *columns,
                                                    pt__failure *failure);

/* Writes what the columns show of the item as a JSON map. A damaged item makes out fail. */
void pt__ql_columns_encode(pt__out *out, const pt__ql_columns *columns, const pte_item *item);

#endif
