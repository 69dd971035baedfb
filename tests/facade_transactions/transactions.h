/*
 * A database for transactions.
 *
 *   tab   pk S, sk S; global index gsi (gp S), local index lsi (ls S); everything projected
 *   hash  pk S
 */
#ifndef TESTS_FACADE_TRANSACTIONS_TRANSACTIONS_H
#define TESTS_FACADE_TRANSACTIONS_TRANSACTIONS_H

#include "support/facade.h"

/* In memory, with the options that it has; the tables are made. */
void transactions_open(facade *f);

/* The number n of the item of hash with this key; -1: there is no such item. */
double transactions_n(facade *f, const char *key);

#endif
