/*
 * A database of the facade with a clock that the test sets, and calls whose answers are compared.
 * Requests and expected answers are written with ' for ", so that they can be read; messages are
 * written as they are. What does not come as expected ends the test and says what came.
 */
#ifndef TESTS_SUPPORT_FACADE_H
#define TESTS_SUPPORT_FACADE_H

#include "support/support.h"
#include "unit/fault_allocator.h"

#include <pocketable.h>
#include <pocketable/engine.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACADE_START_S = 1795425876 }; /* when the clock starts, in November 2026 */

/* Zeros, or with options and now_ms set, before facade_open. */
typedef struct facade {
    pt_options options; /* what facade_open takes, but for the clock and the durability */
    int64_t now_ms;     /* the clock; 0 before facade_open: FACADE_START_S and 608 ms */
    const char *owner;  /* of the namespace that calls are made in; NULL: the region's own */
    pt_database *database;
    pt_exchange *exchange; /* by which the calls below are made */
    char *answer;          /* the last one, until the next call */
    int status;            /* its status */
} facade;

/* path NULL: in memory. */
void facade_open(facade *f, const char *path);
/* Keeps the clock and the options, so that it can be opened again. */
void facade_close(facade *f);

/* cmocka's setup and teardown: *state is a facade in memory, without tables. */
int facade_setup_empty(void **state);
int facade_teardown(void **state);

/*
 * cmocka's setup and teardown where the tests of a file share a facade of their own, which is the
 * test's prestate: it is opened in memory with the clock at its start, without tables or with the
 * table "tab", on demand, of the hash key "a" (S).
 */
int facade_setup_anew(void **state);
int facade_setup_tab(void **state);
int facade_teardown_anew(void **state);

/* Makes a table through the engine, unless it is there. Its name has the region before it. */
void facade_create(facade *f, const pte_table_spec *spec);

/* ---- calls; body is a format ---- */

/* The reply, good until the next call. */
pt_reply facade_send(facade *f, const char *operation, const char *body, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a body that is sent as it is. */
pt_reply facade_run(facade *f, const char *operation, const char *body);

/* The same through a fresh exchange, so that every buffer is allocated anew, while allocation n of
 * the call fails: fault's other members say how. Expects an answer that the request was carried out
 * or refused, or an InternalServerError. */
pt_reply facade_run_failing(facade *f, fault_allocator *fault, size_t n, const char *operation,
                            const char *body);

/* Expects success, whatever the answer; facade_call returns the answer. */
void facade_does(facade *f, const char *operation, const char *body, ...)
    __attribute__((format(printf, 3, 4)));
const char *facade_call(facade *f, const char *operation, const char *body, ...)
    __attribute__((format(printf, 3, 4)));

/* Expects success with exactly this answer; NULL: any. */
void facade_gives(facade *f, const char *expected, const char *operation, const char *body, ...)
    __attribute__((format(printf, 4, 5)));

/* Expects a ValidationException with exactly this message; NULL: any. */
void facade_refuses(facade *f, const char *message, const char *operation, const char *body, ...)
    __attribute__((format(printf, 4, 5)));

/* Expects an exception of this type with exactly this message; NULL: any. */
void facade_fails(facade *f, const char *type, const char *message, const char *operation,
                  const char *body, ...) __attribute__((format(printf, 5, 6)));

/* Expects a cancelled transaction with these codes ("A, B") and exactly these reasons. */
void facade_cancels(facade *f, const char *codes, const char *reasons, const char *operation,
                    const char *body, ...) __attribute__((format(printf, 5, 6)));

/* Expects that a table's item has exactly this JSON; NULL: that there is none. */
void facade_has(facade *f, const char *table, const char *key, const char *item);

/* ---- the last answer ---- */

/* Expects it to contain this text, or not. */
void facade_shows(const facade *f, const char *text);
void facade_hides(const facade *f, const char *text);

/* ---- texts ---- */

/* What the format gives, with " for '; the caller frees it. */
char *facade_body(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* len times the letter c; the caller frees it. */
char *facade_repeat(char c, size_t len);

/* The number behind "name": in a reply, from its end, or -1. */
double facade_number(pt_reply reply, const char *name);

#endif
