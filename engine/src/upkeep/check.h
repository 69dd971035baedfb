/*
 * What the files of the checker share: the walk's state, problem lines, and reading the database so
 * that damage is reported and stepped over, not failed at. Private to engine/src/upkeep/check*.c.
 *
 * Functions here return a status only for what ends the check: OUT_OF_MEMORY, IO, STOPPED. What is
 * wrong with the database's bytes becomes a problem line, and the check goes on.
 */
#ifndef PTE_UPKEEP_CHECK_H
#define PTE_UPKEEP_CHECK_H

#include "table/catalog.h"
#include "table/entry.h"
#include "table/env.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/check.h>

/* One check under way. One thread at a time. */
typedef struct pte__check {
    pte_env *env;
    MDB_txn *txn;
    pte_check_options options;
    pte_check_report *report;
    pte_error *error;
    pte__arena arena;       /* for the entry at hand; reset by pte__check_range */
    pte__arena table_arena; /* for the table at hand */
    uint64_t done;          /* entries walked */
    uint64_t total;         /* about how many there are */
    uint64_t last_id;
    uint64_t generation;
    uint64_t sequence;
    struct pte__check_stream *streams; /* that the catalog has; in stream_arena */
    pte__arena stream_arena;
    bool layers_broken;      /* said already: what cannot be read for it is not said again */
    unsigned damages;        /* stepped over since check->cursor was sought */
    pte__schema *schema;     /* the last one that pte__check_schema gave */
    pte__tree_cursor cursor; /* of pte__check_seek, pte__check_next and pte__check_range */
} pte__check;

/* Where a problem is: what is not known is left out of the line. */
typedef struct pte__check_place {
    const char *db; /* a sub-database */
    pte_bytes table;
    pte_bytes index;
    bool expiry;              /* the table's expiry list */
    const pte__extract *item; /* its key attributes are shown as text */
    pte_bytes key;            /* in LMDB; shown in hexadecimal */
} pte__check_place;

/* Reports a problem: one line, its place and ": " before the formatted text (check_text.c). */
void pte__check_problem(pte__check *check, const pte__check_place *place, const char *format, ...)
    PTE_PRINTF(3, 4);

/* A name or value for a message: quoted, escaped, cut off where it is long. */
typedef struct pte__check_quoted {
    char text[200];
} pte__check_quoted;
pte__check_quoted pte__check_quote(pte_bytes bytes);

/* OK for LMDB's codes that mean damage, after reporting them; else the failure (check_walk.c). */
PTE_CHECKED pte_status pte__check_damage(pte__check *check, int rc, const char *db);

/* The same for a status of the engine's own readers. */
PTE_CHECKED pte_status pte__check_cause(pte__check *check, pte_status status,
                                        const pte_error *cause);

/* Counts entries as done and tells the caller now and then. Errors: STOPPED. */
PTE_CHECKED pte_status pte__check_progress(pte__check *check, uint64_t entries);

/* Looks a key up; *found is false also where damage is in the way. */
PTE_CHECKED pte_status pte__check_get(pte_bytes *value, bool *found, pte__check *check, pte__db db,
                                      pte_bytes key);

/*
 * Moves check->cursor: to the first key at or behind lower (empty: to the very first), to the next
 * key. What is damaged is stepped over.
 */
PTE_CHECKED pte_status pte__check_seek(bool *found, pte__check *check, pte__db db, pte_bytes lower);
PTE_CHECKED pte_status pte__check_next(bool *found, pte__check *check, pte__db db);

typedef pte_status (*pte__check_visit)(void *ctx, pte_bytes key, pte_bytes value);

/* Visits every entry of an id, in order. visit must not move check->cursor. */
PTE_CHECKED pte_status pte__check_range(pte__check *check, pte__db db, uint32_t id,
                                        pte__check_visit visit, void *ctx);

/* Visits every row of a sub-database without long keys. */
PTE_CHECKED pte_status pte__check_rows(pte__check *check, pte__db db, pte__check_visit visit,
                                       void *ctx);

/* What the catalog says of an id (check_ids.c). */
typedef struct pte__check_id {
    enum { PTE__CHECK_UNKNOWN, PTE__CHECK_RETIRED, PTE__CHECK_LIVE } state;
    pte__id_kind kind;
    const pte__schema *schema; /* LIVE: of its table, until the next call; NULL: not readable */
    const pte__index *index;   /* LIVE and an index with schema: so */
} pte__check_id;
PTE_CHECKED pte_status pte__check_id_of(pte__check_id *found, pte__check *check, uint32_t id);

/*
 * The schema of a table, valid until the next call; NULL if it has no row, or no readable one.
 * *exists, not NULL, says whether there is a row.
 */
PTE_CHECKED pte_status pte__check_schema(const pte__schema **schema, bool *exists,
                                         pte__check *check, pte_bytes name);

/* A stream of changes as the catalog has it (check_streams.c). */
typedef struct pte__check_stream {
    struct pte__check_stream *next;
    pte_stream_info info; /* without names */
} pte__check_stream;

/* Checks the row of a stream and remembers it. */
PTE_CHECKED pte_status pte__check_stream_row(pte__check *check, pte_bytes key, pte_bytes row);

/* Checks what a definition says of its stream against the stream's row. */
PTE_CHECKED pte_status pte__check_stream_of(pte__check *check, const pte__schema *schema);

/* The stream of that id, NULL if the catalog has none. The one found last is found at once. */
const pte_stream_info *pte__check_stream_find(pte__check *check, uint32_t id);

/* The parts of the check. */
PTE_CHECKED pte_status pte__check_meta(pte__check *check);    /* check_meta.c */
PTE_CHECKED pte_status pte__check_catalog(pte__check *check); /* check_catalog.c */
PTE_CHECKED pte_status pte__check_ids(pte__check *check);     /* entries of unknown ids */
PTE_CHECKED pte_status pte__check_changes(pte__check *check); /* check_changes.c */

/* Everything that belongs to one table: items, index entries, expiry entries (check_items.c). */
PTE_CHECKED pte_status pte__check_table(pte__check *check, const pte__schema *schema);

/* An index or expiry list of the table that is being checked (check_lists.c). */
typedef struct pte__check_list {
    const pte__schema *schema;
    const pte__index *index; /* NULL: the expiry list */
    uint32_t id;
    bool filling;       /* CREATING: entries of items behind place may be missing */
    pte__key *place;    /* filling: key in `items` of the last item taken in; len 0: none was */
    uint64_t accounted; /* entries that the table's items account for */
    uint64_t entries;   /* that there are */
    uint64_t bytes;     /* sizes that they state */
} pte__check_list;

/* Starts the list of an index, or (NULL) of the table's expiry. */
PTE_CHECKED pte_status pte__check_list_init(pte__check_list *list, pte__check *check,
                                            const pte__schema *schema, const pte__index *index);

/* Looks for the entry of an item whose key in `items` is base. */
PTE_CHECKED pte_status pte__check_list_item(pte__check_list *list, pte__check *check,
                                            const pte__extract *item, pte_bytes base);

/* After all items: counts the entries there are, and names those that no item accounts for. */
PTE_CHECKED pte_status pte__check_list_entries(pte__check_list *list, pte__check *check);

/* Makes an image's item an extract in check->arena; *good is false where the bytes are no item. */
PTE_CHECKED pte_status pte__check_extract(pte__extract *extract, bool *good, pte__check *check,
                                          const pte__schema *schema, pte_bytes image,
                                          pte_error *cause);

#endif
