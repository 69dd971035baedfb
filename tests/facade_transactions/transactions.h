/*
 * A database for transactions, and what answers are expected to show. Requests are sent as in
 * facade_items/facade.h, with ' for ".
 *
 *   tab   pk S, sk S; global index gsi (gp S), local index lsi (ls S); everything projected
 *   hash  pk S
 */
#ifndef TESTS_FACADE_TRANSACTIONS_TRANSACTIONS_H
#define TESTS_FACADE_TRANSACTIONS_TRANSACTIONS_H

#include "facade_items/facade.h"

#include <stdlib.h>
#include <string.h>

/* path and options as for pt_open; the tables are made unless they are there. */
void transactions_open(facade *f, const char *path, const pt_options *options);

/* cmocka's setup, in memory, without options; the teardown is facade_teardown. */
int transactions_setup(void **state);

/* Expects the status, and this text (' for ") somewhere in the body. */
void transactions_shows(pt_reply reply, int status, const char *text);

/* The number n of the item of hash with this key; -1: there is no such item. */
double transactions_n(facade *f, const char *key);

/* A Put of an item {pk: key, x: a text} of this size into hash, with ' for "; the caller frees. */
char *transactions_sized_put(const char *key, size_t item_bytes);

#endif
