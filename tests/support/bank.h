/*
 * A table whose items must agree with each other in every snapshot, whoever works on it: the
 * balances of accounts have one sum, a shared counter is the sum of what its actors say that they
 * added, and the index shows what the table shows. Any thread, any process.
 */
#ifndef TESTS_BANK_H
#define TESTS_BANK_H

#include "support/support.h"
#include "support/trouble.h"

#include <pocketable/engine/read.h>

enum { BANK_ACCOUNTS = 12, BANK_BRANCHES = 3, BANK_BALANCE = 100 };

/* What a snapshot of the bank says. */
typedef struct bank_state {
    uint64_t balances; /* the sum; always BANK_ACCOUNTS * BANK_BALANCE */
    uint64_t shared;   /* the counter that transactions add to */
    uint64_t tally;    /* the counter that conditional updates add to */
    uint64_t added;    /* the sum of the actors' "added-..." */
    uint64_t won;      /* the sum of the actors' "won-..." */
    uint64_t accounts;
} bank_state;

bool bank_create(pte_env *env, test_trouble *trouble);

/* Moves something from one account to another, and perhaps an account to another branch. */
bool bank_transfer(pte_env *env, test_random *random, test_trouble *trouble);

/* Adds 1 to the shared counter and to the actor's own, in one transaction. */
bool bank_add(pte_env *env, const char *actor, test_trouble *trouble);

/*
 * Reads the tally, then raises it on condition that it still is what was read; *won says whether
 * that held. The actor's own count of wins is raised in the same transaction.
 */
bool bank_compete(bool *won, pte_env *env, const char *actor, test_trouble *trouble);

/* An actor's own counters: what it has added, or won. 0 if it has none. */
bool bank_added_by(uint64_t *value, pte_env *env, const char *actor, test_trouble *trouble);
bool bank_won_by(uint64_t *value, pte_env *env, const char *actor, test_trouble *trouble);

/* Reads everything in one snapshot, by a scan and by the index, and proves that it agrees. */
bool bank_check(bank_state *state, pte_read *read, test_trouble *trouble);
bool bank_check_now(bank_state *state, pte_env *env, test_trouble *trouble);

#endif
