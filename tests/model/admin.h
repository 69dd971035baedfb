/*
 * What changes tables as a whole, and the work beside reads and writes: both sides do it, and the
 * outcome is compared.
 */
#ifndef TESTS_MODEL_ADMIN_H
#define TESTS_MODEL_ADMIN_H

#include "reads.h"

/* Makes the table of a slot, or drops it (now and then the other of the two, which is refused). */
void admin_table(world *w);
/* Makes every table that is absent. */
void admin_make_tables(world *w);
/* Adds or drops an index, sets the change log, time to live or user data, or is refused. */
void admin_alter(world *w);
/* A step of backfilling a table. */
void admin_backfill(world *w);
/* Backfills everything. */
void admin_backfill_all(world *w);
/* Expires some of what is due. */
void admin_expire(world *w);
/* Reclaims a little, or everything, and then compares the environment's counts. */
void admin_reclaim(world *w, bool all);
/* Trims some of the change log. */
void admin_trim(world *w);

#endif
