/*
 * A database with four tables, a clock that the test sets, and calls whose answers are compared.
 * Requests and expected answers are written with ' for ".
 *
 *   tab   pk S
 *   num   pk S, sk N
 *   glob  pk S; global index gsi: gp S, everything projected
 *   local pk S, sk S; local index lsi: l S, everything projected
 */
#ifndef TESTS_FACADE_TRANSACTIONS_WORLD_H
#define TESTS_FACADE_TRANSACTIONS_WORLD_H

#include "support/support.h"

#include <pocketable.h>
#include <pocketable/engine.h>

enum { WORLD_START_S = 1795425876 }; /* when the clock starts, in November 2026 */

typedef struct world {
    pt_database *database;
    int64_t now_ms;     /* the clock */
    pt_options options; /* what world_open takes, but for the clock */
    char *answer;       /* the last one */
    int status;
} world;

/* path NULL: in memory. The tables are made unless they are there. */
void world_open(world *w, const char *path);
void world_close(world *w);

/* cmocka's setup and teardown: *state is a world in memory. */
int world_setup(void **state);
int world_teardown(void **state);

/* ' to "; the caller frees it. */
char *world_body(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs a request whose body is text as it is. */
void world_run(world *w, const char *operation, const char *body);

/* Expects success with exactly this answer; NULL: any. */
void world_gives(world *w, const char *expected, const char *operation, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Expects this exception and message; NULL: any message. */
void world_fails(world *w, const char *type, const char *message, const char *operation,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Expects a cancelled transaction with these codes ("A, B") and exactly these reasons. */
void world_cancels(world *w, const char *codes, const char *reasons, const char *operation,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Expects the last answer to contain this. */
void world_shows(const world *w, const char *text);

/* Expects that a table's item has exactly this JSON; NULL: that there is none. */
void world_has(world *w, const char *table, const char *key, const char *item);

/* len times c; the caller frees it. */
char *world_repeat(char c, size_t len);

#endif
