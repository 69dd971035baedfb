/*
 * Where the demo runs: a database in memory, or one in a directory that afterwards is as it was.
 */
#ifndef TOOL_DEMO_PLACE_H
#define TOOL_DEMO_PLACE_H

#include <pocketable.h>

typedef struct demo_place {
    pt_database *database;
    const char *path;    /* NULL: in memory */
    bool made_directory; /* what the demo made, and so may remove */
    bool made_database;
} demo_place;

/*
 * Opens or makes the database. A directory that has something in it and is not a database is
 * refused and left alone. False after a complaint; the place is then as after close.
 */
bool demo_place_open(demo_place *place, const char *path, pte_durability durability);

/* Closes, and removes what open made unless keep. False after a complaint. */
bool demo_place_close(demo_place *place, bool keep);

#endif
