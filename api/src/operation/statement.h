/*
 * A PartiQL statement of a request: its text and its parameters, and what ExecuteStatement,
 * BatchExecuteStatement and ExecuteTransaction make of it.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 */
#ifndef PT_OPERATION_STATEMENT_H
#define PT_OPERATION_STATEMENT_H

#include "partiql/statement.h"
#include "request/item_write.h"

/* In the call's arena. */
typedef struct pt__statement {
    pt__ql_statement ql;
    pt__ql_context context;
    const pt__json *json; /* the object with Statement and Parameters */

    /* Set by pt__statement_compile. */
    pt__condition *where; /* NULL: none */
    pt__ql_columns columns;
    pt__update *update;
    pte_item item; /* INSERT */
} pt__statement;

/* Decodes the parameters, which come before the statement. Fails: VALIDATION, SERIALIZATION,
 * INTERNAL. */
PTE_CHECKED pt__exception pt__statement_read_parameters(pt__statement *statement, pt__call *call,
                                                        const pt__json *json);

/* Parses the statement and compares its question marks with the parameters.
 * Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__statement_parse(pt__statement *statement, pt__call *call);

/* Both. */
PTE_CHECKED pt__exception pt__statement_read(pt__statement *statement, pt__call *call,
                                             const pt__json *json);

/* Compiles all of it that needs no table. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__statement_compile(pt__statement *statement, pt__call *call);

/* ---- writes ---- */

/* How a write's key is looked for. */
typedef struct pt__statement_target {
    const pt__statement *statement;
    const pt__table *table;
    bool in_transaction; /* a bad key is told of in the words of transactions */
} pt__statement_target;

/*
 * Fills write from INSERT, UPDATE, DELETE or EXISTS: the item or the key, the condition, the
 * update. Fails: VALIDATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__statement_write(pt__item_write *write, pt__call *call,
                                              const pt__statement_target *target);

/* The key of the item that a write is about. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__statement_write_key(pte_key *key, pt__call *call,
                                                  const pt__item_write *write);

/* Keeps what RETURNING needs of the old item. */
void pt__statement_keep(pt__item_write *write, const pt__statement *statement);

/* Writes the item that RETURNING asks for; *any: there is one. */
void pt__statement_encode_returned(pt__out *out, bool *any, const pt__statement *statement,
                                   const pt__item_write *write);

/* ---- reads of one item ---- */

/*
 * The key that a SELECT names, and nothing else: *exact says whether it does. The condition may be
 * put in an IN of one value. Fails: VALIDATION, INTERNAL.
 */
PTE_CHECKED pt__exception pt__statement_read_key(pt__key *key, bool *exact, pt__call *call,
                                                 const pt__statement_target *target);

/* ---- ExecuteStatement's SELECT: statement_select.c ---- */

/* Reads a page and writes the whole answer. Fails: VALIDATION, RESOURCE_NOT_FOUND, INTERNAL. */
PTE_CHECKED pt__exception pt__statement_select(pt__call *call, pt__statement *statement);

#endif
