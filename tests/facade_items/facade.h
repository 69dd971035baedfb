/*
 * A database with three tables, and calls whose answers are compared. Requests and expected answers
 * are written with ' for ", so that they can be read.
 *
 *   tab   pk S, sk S; local indexes l_all, l_keys, l_inc (sorted by ls S); global indexes g_all and
 *         g_keys (gp S, gs N) and g_inc (gp S). l_inc and g_inc include the attribute inc.
 *   hash  pk S
 *   num   pk N, sk B
 *   multi pk S; global index multi_g: hash h1 S, h2 N; range r1 S, r2 N; everything projected
 */
#ifndef TESTS_FACADE_ITEMS_FACADE_H
#define TESTS_FACADE_ITEMS_FACADE_H

#include "support/support.h"

#include <pocketable.h>
#include <pocketable/engine.h>

typedef struct facade {
    pt_database *database;
    pt_exchange *exchange;
} facade;

/* allocator may be NULL. */
void facade_open(facade *f, const pte_allocator *allocator);
void facade_close(facade *f);

/* cmocka's setup and teardown: *state is a facade. */
int facade_setup(void **state);
int facade_teardown(void **state);

/* The reply, good until the next request. */
pt_reply facade_send(facade *f, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Expects this answer, to the byte. */
void facade_gives(facade *f, const char *expected, const char *operation, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Expects success, whatever the answer. */
void facade_does(facade *f, const char *operation, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Expects a ValidationException with this message (in which ' stands for itself). */
void facade_refuses(facade *f, const char *message, const char *operation, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Expects an exception of another type; message may be NULL: not looked at. */
void facade_fails(facade *f, const char *type, const char *message, const char *operation,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* len times the letter c; the caller frees it. */
char *facade_repeat(char c, size_t len);

/* The number behind "name": in a reply, from its end, or -1. */
double facade_number(pt_reply reply, const char *name);

#endif
