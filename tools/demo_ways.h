/*
 * The three ways of the demo: typed calls to the engine, JSON in process, JSON over HTTP to a
 * server in this same process. Each has a table of its own in one database, and all hold the same.
 * Every function returns false after a complaint.
 */
#ifndef TOOL_DEMO_WAYS_H
#define TOOL_DEMO_WAYS_H

#include "demo_print.h"
#include "quick_photos/json_app.h"

#include <pocketable/server.h>

enum { DEMO_DOORS = DEMO_WAYS - 1 }; /* the ways but the engine */

/* One thread at a time. */
typedef struct demo_ways {
    pte_env *env;
    pt_server *server;
    qp_door doors[DEMO_DOORS];
    qp_json_app apps[DEMO_DOORS]; /* apps[way - 1] */
    bool made[DEMO_WAYS];         /* the tables that are the demo's to drop */
} demo_ways;

/* The engine's names of the tables. */
extern const char *const demo_tables[DEMO_WAYS];

/* Starts the server on a free port and opens the doors. The database stays open until close. */
bool demo_ways_open(demo_ways *ways, pt_database *database);
/* {0} is allowed. Drops nothing. */
void demo_ways_close(demo_ways *ways);

/* Makes the tables; complains of path and makes none if one is there already. */
bool demo_ways_create(demo_ways *ways, const char *path, demo_times *times);
/* *cost: what the JSON ways say that it took. */
bool demo_ways_load(demo_ways *ways, const pte_item *items, size_t count, demo_times *times,
                    qp_answer *cost);
/* Until the indexes are filled. A request may fill a small index before it answers. */
bool demo_ways_add_index(demo_ways *ways, demo_times *adding, demo_times *filling);

/* What the catalog says of the engine's table. */
typedef struct demo_table_state {
    uint64_t items;
    uint64_t size_bytes;
    uint64_t index_entries;
} demo_table_state;

/*
 * Each table holds so many items, an index entry for each (none if not indexed), and all hold equal
 * items; found by reading every item. state may be NULL.
 */
bool demo_ways_agree(const demo_ways *ways, uint64_t items, bool indexed, demo_table_state *state);

/* Drops what was made, and shows that it is gone. Goes on after a failure. */
bool demo_ways_drop(demo_ways *ways, demo_times *times);

/* Says what went wrong with a call; returns whether nothing did. */
bool demo_went_well(pte_status status, const pte_error *error, const char *doing);

#endif
