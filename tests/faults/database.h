/*
 * A database for tests of faults: one table with every kind of index, time to live and a change
 * log, items that are made from a number, and a dump of all that can be seen, so that "as before"
 * and "as if nothing had failed" are comparisons of bytes.
 */
#ifndef TESTS_FAULTS_DATABASE_H
#define TESTS_FAULTS_DATABASE_H

#include "support/support.h"

#include <pocketable/engine/env.h>
#include <pocketable/engine/read.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/write.h>

#define DATABASE_TABLE "everything"

/* Options with a clock that stands still and randomness that repeats itself. */
pte_env_options database_options(pte_durability durability, const pte_allocator *allocator);

/* The definition of DATABASE_TABLE; static. Hash "pk" S, range "sk" S, three global indexes (one of
 * two hash attributes), one local, all three projections. */
const pte_table_spec *database_table(void);
/* An index on "late" that items have, to be added and backfilled. Static. */
const pte_index_spec *database_late_index(void);

/* What an item is made of. */
typedef struct database_item {
    unsigned number;      /* its key, and what its index keys are made from */
    unsigned version;     /* of its content */
    size_t content_bytes; /* of its largest attribute */
    bool long_keys;       /* keys of 2,000 and 1,000 bytes */
} database_item;

/* The item, a view of the builder (reset first). */
pte_item database_make(pte_builder *builder, const database_item *item);

enum { DATABASE_KEY_BYTES_MAX = 2048 };
/* The key of such an item; it views into texts. */
pte_key database_key(char texts[2][DATABASE_KEY_BYTES_MAX + 1], const database_item *item);

void database_create_table(pte_env *env);
void database_put(pte_env *env, const database_item *item);
/* pte_put of it. */
pte_status database_try_put(pte_env *env, const database_item *item, pte_error *error);
/* Whether exactly this item is there, as the table and its index by "a" have it. */
bool database_has(pte_env *env, const database_item *item);

/* Everything that is in a database, in an order that repeats itself. The caller frees bytes. */
typedef struct database_dump {
    uint8_t *bytes;
    size_t len;
    size_t capacity;
    size_t changes_at; /* where the change log begins, which is last */
} database_dump;
database_dump database_take(pte_env *env);
void database_dump_free(database_dump *dump);
bool database_dump_equal(const database_dump *a, const database_dump *b);
/* The same but for the order in which the change log has the changes. */
bool database_dump_alike(const database_dump *a, const database_dump *b);

/* Ends the test if pte_check finds a problem, which it prints. */
void database_expect_sound(pte_env *env);

#endif
