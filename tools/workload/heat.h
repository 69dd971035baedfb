/*
 * Which partition keys a run's units go to. An answer says what a request took of a table and of
 * each index; here that is dealt out to the keys which the request named, which its items have in
 * the index before and after, or which it scanned. The same, as demands, is what the simulation is
 * fed with.
 *
 * Where a request touches several items, each gets the part of the units that it would have taken
 * alone. Of a PartiQL statement's units the key is not known; they go to "(PartiQL)".
 */
#ifndef WORKLOAD_HEAT_H
#define WORKLOAD_HEAT_H

#include "workload/answer.h"
#include "workload/request.h"
#include "workload/simulation.h"
#include "workload/stored.h"

/* One thread at a time. */
typedef struct wl__heat wl__heat;

/* results and the store's texts: borrowed until destroy. NULL without memory. */
wl__heat *wl__heat_new(wl_results *results, const wl__store *store);
void wl__heat_destroy(wl__heat *heat);

/* A call begins: its demands are those of its requests from here on. */
void wl__heat_begin(wl__heat *heat);
/* A request is about to be run: looks at what it will change. */
void wl__heat_before(wl__heat *heat, const wl__request *request);
/* It has been run. False: no memory. */
bool wl__heat_after(wl__heat *heat, const wl__request *request, const wl__answer *answer);
/* The write units that AWS charges for a request whose condition has failed. */
double wl__heat_refused(const wl__heat *heat, const wl__request *request);
/* Views until the next begin. */
const wl_demand *wl__heat_demands(wl__heat *heat, size_t *count);

#endif
