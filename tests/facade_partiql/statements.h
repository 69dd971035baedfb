/*
 * Statements against the tables of facade_transactions/world.h. Statements are written as they are;
 * parameters, further members and expected answers with ' for ".
 */
#ifndef TESTS_FACADE_PARTIQL_STATEMENTS_H
#define TESTS_FACADE_PARTIQL_STATEMENTS_H

#include "facade_transactions/world.h"

/*
 * Runs ExecuteStatement. more: further members, as "'Limit':1", or NULL. The answer is in w.
 */
void ql_run(facade *w, const char *statement, const char *more);

/* Expects exactly this answer. */
void ql_gives(facade *w, const char *expected, const char *statement, const char *more);

/* The same without ConsumedCapacity or paging: expects these items, "{'pk':{'S':'a'}}". */
void ql_items(facade *w, const char *items, const char *statement);

/* Expects a ValidationException with this message. */
void ql_refuses(facade *w, const char *message, const char *statement);

/* Expects another exception. */
void ql_fails(facade *w, const char *type, const char *message, const char *statement,
              const char *more);

/* Puts an item of a table, with ' for ". */
void ql_put(facade *w, const char *table, const char *item);

/* {"Statement": ..., more} as JSON; the caller frees it. */
char *ql_member(const char *statement, const char *more);

/* A body with a list of statements under this name, "Statements" or "TransactStatements", each
 * optionally followed by a tab and its further members; count of them. The caller frees it. */
char *ql_list(const char *name, const char *more, size_t count, const char *const *statements);

/* Runs one of the operations on lists. */
void ql_batch(facade *w, const char *more, size_t count, const char *const *statements);
void ql_transact(facade *w, const char *more, size_t count, const char *const *statements);

/* Expects the last answer to be exactly this, with this HTTP status. */
void ql_answers(const facade *w, int status, const char *expected);

#endif
