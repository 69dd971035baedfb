/*
 * The items that writes under way are about, for answering conflicts between requests that overlap
 * in time (pt_options.transaction_conflicts). One for each database; internally locked.
 */
#ifndef PT_REQUEST_IN_FLIGHT_H
#define PT_REQUEST_IN_FLIGHT_H

#include "failure/failure.h"

typedef struct pt__in_flight pt__in_flight;

/* Fails: returns NULL without memory. */
pt__in_flight *pt__in_flight_create(const pte_allocator *allocator);
void pt__in_flight_destroy(pt__in_flight *in_flight);

#endif
