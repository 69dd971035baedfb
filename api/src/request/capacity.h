/*
 * Consumed capacity: what each table and index is charged, by AWS's rules, and
 * ReturnConsumedCapacity in answers. Units are counted in halves (an eventually consistent read is
 * half a unit).
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
#ifndef PT_REQUEST_CAPACITY_H
#define PT_REQUEST_CAPACITY_H

#include "request/table.h"

/* What one table and its indexes are charged in one request. */
typedef struct pt__charge {
    const pt__table *table;
    uint64_t read_halves; /* of the table itself */
    uint64_t write_halves;
    uint64_t *index_read_halves; /* for each of table->info->indexes; in the arena */
    uint64_t *index_write_halves;
    struct pt__charge *next;
} pt__charge;

typedef enum pt__capacity_wanted {
    PT__CAPACITY_NONE = 0,
    PT__CAPACITY_TOTAL,
    PT__CAPACITY_INDEXES,
} pt__capacity_wanted;

/* By the body's ReturnConsumedCapacity, which has been checked. */
pt__capacity_wanted pt__capacity_wanted_of(const pt__json *body);

/* An empty charge; NULL without memory. table is borrowed as long as the charge is used. */
pt__charge *pt__charge_new(pt__call *call, const pt__table *table);

/* Halves for reading so many bytes at once (4 KB units, at least one) and for writing (1 KB). */
uint64_t pt__read_halves(size_t bytes, bool consistent);
uint64_t pt__write_halves(size_t bytes);

/*
 * Adds what an operation did, by the engine's account of it: the larger of both images on the
 * table, each index by what happened to its entry. factor: 2 in a transaction (on the table, not
 * on its indexes), else 1. A failed condition is charged too: effects then has the size of the item
 * that was met, or, where there was none, the caller puts that of the item to put into new_bytes.
 */
void pt__charge_write(pt__charge *charge, const pte_effects *effects, unsigned factor);

/* Adds a read of one index. */
void pt__charge_index_read(pt__charge *charge, const pte_index_info *index, uint64_t halves);

/*
 * Writes the member "ConsumedCapacity" if it is wanted: an object for one charge; with array, a
 * list of the charges, each table once. split: ReadCapacityUnits and WriteCapacityUnits are shown
 * too, where they are not 0 (transactions).
 */
typedef struct pt__capacity_form {
    pt__capacity_wanted wanted;
    bool array;
    bool split;
} pt__capacity_form;
void pt__capacity_encode(pt__out *out, const pt__charge *charges, pt__capacity_form form);

#endif
