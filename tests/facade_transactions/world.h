/*
 * A database with four tables.
 *
 *   tab   pk S
 *   num   pk S, sk N
 *   glob  pk S; global index gsi: gp S, everything projected
 *   local pk S, sk S; local index lsi: l S, everything projected
 */
#ifndef TESTS_FACADE_TRANSACTIONS_WORLD_H
#define TESTS_FACADE_TRANSACTIONS_WORLD_H

#include "support/facade.h"

/* path NULL: in memory. The tables are made unless they are there. */
void world_open(facade *w, const char *path);

/* cmocka's setup: *state is such a facade in memory. */
int world_setup(void **state);

#endif
