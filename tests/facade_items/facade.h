/*
 * A database with four tables.
 *
 *   tab   pk S, sk S; local indexes l_all, l_keys, l_inc (sorted by ls S); global indexes g_all and
 *         g_keys (gp S, gs N) and g_inc (gp S). l_inc and g_inc include the attribute inc.
 *   hash  pk S
 *   num   pk N, sk B
 *   multi pk S; global index multi_g: hash h1 S, h2 N; range r1 S, r2 N; everything projected
 */
#ifndef TESTS_FACADE_ITEMS_FACADE_H
#define TESTS_FACADE_ITEMS_FACADE_H

#include "support/facade.h"

/* Fills f: in memory, with the tables. allocator may be NULL. */
void facade_open_items(facade *f, const pte_allocator *allocator);

/* cmocka's setup: *state is such a facade. */
int facade_setup(void **state);

#endif
