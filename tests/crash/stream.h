/*
 * A stream of operations that follows from a seed, and the model of what they come to: what the
 * writer does, and what its parent knows that it did. Atom n of a seed is the same in every process
 * that has applied the atoms before it to its model.
 *
 * An atom is what a crash must leave whole or absent, with two exceptions that crash_settle knows.
 */
#ifndef CRASH_STREAM_H
#define CRASH_STREAM_H

#include "support/support.h"
#include "support/trouble.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/env.h>

enum {
    CRASH_PARTITIONS = 6,
    CRASH_SORTS = 6,
    CRASH_SLOTS = CRASH_PARTITIONS * CRASH_SORTS, /* items that a table may have */
    CRASH_GROUPS = 3,
    CRASH_PARTS_MAX = 6,
    CRASH_BATCH_MAX = 40,
    CRASH_CHANGES_MAX = 2048,
    CRASH_TICK_MS = 5000,      /* how far the clock goes at an expiry or trimming */
    CRASH_TRIM_MS = 10 * 1000, /* younger records are kept */
};

/* The tables: the first two stay, the third comes and goes. All have one key: pk (S), sk (S). */
typedef enum crash_table_no { CRASH_MAIN, CRASH_SIDE, CRASH_TEMP, CRASH_TABLES } crash_table_no;

typedef struct crash_item {
    bool present;
    uint32_t atom;  /* "n": the atom that wrote it */
    uint32_t count; /* "c": updates since it was put */
    uint32_t group; /* "g": 1 and up; 0: no such attribute */
    uint32_t value; /* "v" */
    uint32_t ttl_s; /* "ttl"; 0: no such attribute */
    uint32_t pad;   /* "pad": how long; 0: no such attribute */
} crash_item;

typedef struct crash_table {
    bool exists;
    uint32_t incarnation; /* part of every partition key */
    crash_item items[CRASH_SLOTS];
} crash_table;

/* An index or time to live that comes and goes. PENDING: CREATING or ACTIVE, both are right. */
typedef enum crash_state { CRASH_OFF, CRASH_PENDING, CRASH_ON } crash_state;

typedef struct crash_change {
    crash_table_no table;
    uint32_t incarnation;
    uint32_t slot;
    pte_change_kind kind;
    bool by_expiry;
    int64_t time_ms;
    crash_item old_item;
    crash_item new_item;
} crash_change;

typedef struct crash_world {
    uint64_t seed;
    uint64_t next; /* the next atom; all before it are done */
    int64_t now_ms;
    crash_table tables[CRASH_TABLES];
    crash_state added; /* the index "added" of main */
    crash_state ttl;   /* of main */
    uint64_t last_sequence;
    size_t change_count; /* not trimmed yet */
    crash_change changes[CRASH_CHANGES_MAX];
} crash_world;

typedef enum crash_kind {
    CRASH_SETUP, /* atom 0: makes main; 1: makes side */
    CRASH_SINGLE,
    CRASH_TRANSACTION,
    CRASH_CREATE,
    CRASH_DROP,
    CRASH_ADD_INDEX,
    CRASH_DROP_INDEX,
    CRASH_BACKFILL_STEP,
    CRASH_BACKFILL, /* several commits; the model does not tell the states between from each other
                     */
    CRASH_TTL_ON,
    CRASH_TTL_OFF,
    CRASH_EXPIRE, /* several commits */
    CRASH_TRIM,
    CRASH_RECLAIM,
    CRASH_SYNC,
    CRASH_KINDS
} crash_kind;

typedef enum crash_part_kind {
    CRASH_PUT,
    CRASH_PUT_NEW, /* on condition that there is none */
    CRASH_UPDATE,
    CRASH_DELETE,
    CRASH_CHECK, /* on condition that there is one; in transactions only */
} crash_part_kind;

typedef struct crash_part {
    crash_part_kind kind;
    crash_table_no table;
    uint32_t slot;
    crash_item item; /* put and update: what it is to be */
    bool refused;    /* its condition will not hold */
} crash_part;

typedef struct crash_atom {
    crash_kind kind;
    crash_part parts[CRASH_PARTS_MAX];
    size_t part_count;
    size_t amount;  /* of a step */
    int64_t now_ms; /* the clock while it runs */
} crash_atom;

const char *crash_kind_name(crash_kind kind);

void crash_world_start(crash_world *world, uint64_t seed);
/* Makes the next atom, and applies it. */
void crash_atom_make(crash_atom *atom, const crash_world *world);
void crash_atom_apply(crash_world *world, const crash_atom *atom);
/* Applies atoms until world->next is at. */
void crash_world_replay(crash_world *world, uint64_t at);
/*
 * How many atoms go to the engine in one call: 1, or a batch of single operations. Atoms and the
 * world that follows them are given too; after may be NULL.
 */
size_t crash_group_make(crash_atom atoms[CRASH_BATCH_MAX], crash_world *after,
                        const crash_world *world);

/* ---- With the engine ---- */

/* Carries out the atoms of one group; the clock that the environment reads is set first. */
bool crash_carry_out(pte_env *env, int64_t *clock_ms, const crash_atom *atoms, size_t count,
                     const crash_world *before, test_trouble *trouble);

/* Whether the database is what the model says, to the last change record. */
bool crash_agrees(const crash_world *world, pte_env *env, test_trouble *trouble);

/*
 * Finds out how many of the atoms from world->next to below upto are in the database, and applies
 * them to the world. False: the database agrees with none of these states.
 */
bool crash_settle(crash_world *world, uint64_t upto, pte_env *env, int64_t *clock_ms,
                  test_trouble *trouble);

/* Names and keys, shared by both directions. */
enum { CRASH_TEXT_MAX = 1100 };
const char *crash_table_name(crash_table_no table);
void crash_partition_text(char text[CRASH_TEXT_MAX], crash_table_no table, uint32_t incarnation,
                          uint32_t partition);
void crash_sort_text(char text[CRASH_TEXT_MAX], uint32_t sort);

#endif
