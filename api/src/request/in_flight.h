/*
 * The items that writes under way are about, for answering conflicts between requests that overlap
 * in time (pt_options.transaction_conflicts). One for each database; internally locked.
 *
 * A call enters its items, all or none, before it leaves its write, and they are released when it
 * is answered, whatever the answer. Without the option nothing of this costs anything.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 * (transaction conflict handling)
 */
#ifndef PT_REQUEST_IN_FLIGHT_H
#define PT_REQUEST_IN_FLIGHT_H

#include "request/table.h"

typedef struct pt__in_flight pt__in_flight;

/* What an item (or a token) is known by here: a 128-bit hash of its table and its key. A collision
 * would be told as a conflict, which is retried. */
typedef struct pt__in_flight_id {
    uint64_t high;
    uint64_t low;
} pt__in_flight_id;

/* Who asks, and so what is in the way. */
typedef enum pt__in_flight_kind {
    PT__IN_FLIGHT_BATCH = 1,   /* nothing */
    PT__IN_FLIGHT_WRITE,       /* transactions that write */
    PT__IN_FLIGHT_TRANSACTION, /* likewise */
} pt__in_flight_kind;

/* Fails: returns NULL without memory. */
pt__in_flight *pt__in_flight_create(const pte_allocator *allocator);
/* NULL is allowed. */
void pt__in_flight_destroy(pt__in_flight *in_flight);

pt__in_flight_id pt__in_flight_item(const pt__table *table, const pte_key *key);
pt__in_flight_id pt__in_flight_token(pte_bytes token_key);

/*
 * Enters ids (in the call's arena, which then holds them) unless any of them is in the way: then
 * *conflict is set, in_the_way[i] says which, and nothing is entered. in_the_way may be NULL. A
 * call enters once. Does nothing where conflicts are not asked for. Any thread. Fails: INTERNAL.
 */
PTE_CHECKED pt__exception pt__in_flight_enter(bool *conflict, bool *in_the_way, pt__call *call,
                                              pt__in_flight_kind kind, const pt__in_flight_id *ids,
                                              size_t count);

/* Whether any write of the item is under way, for TransactGetItems. Any thread. */
bool pt__in_flight_written(const pt__call *call, pt__in_flight_id id);

/* PutItem's, UpdateItem's and DeleteItem's own. Fails: TRANSACTION_CONFLICT, INTERNAL. */
PTE_CHECKED pt__exception pt__in_flight_enter_write(pt__call *call, const pt__table *table,
                                                    const pte_key *key);

/* Releases what the call has entered, if anything. */
void pt__in_flight_release(pt__call *call);

#endif
