/*
 * A database for transactions, and what answers are expected to show. Requests are sent as in
 * support/facade.h, with ' for ".
 *
 *   tab   pk S, sk S; global index gsi (gp S), local index lsi (ls S); everything projected
 *   hash  pk S
 */
#ifndef TESTS_FACADE_TRANSACTIONS_TRANSACTIONS_H
#define TESTS_FACADE_TRANSACTIONS_TRANSACTIONS_H

#include "support/facade.h"

/* In memory, with the options that it has; the tables are made. */
void transactions_open(facade *f);

/* Expects the status, and this text (' for ") somewhere in the body. */
void transactions_shows(pt_reply reply, int status, const char *text);

/* The number n of the item of hash with this key; -1: there is no such item. */
double transactions_n(facade *f, const char *key);

#endif
