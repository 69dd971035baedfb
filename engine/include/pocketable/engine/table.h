/*
 * The catalog: making, describing, changing and dropping tables and their indexes.
 *
 * Every call here that changes something is one atomic write, seen by other processes with the next
 * snapshot or write they begin. Any thread.
 */
#ifndef POCKETABLE_ENGINE_TABLE_H
#define POCKETABLE_ENGINE_TABLE_H

#include <pocketable/engine/env.h>
#include <pocketable/engine/read.h>
#include <pocketable/engine/schema.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Makes a table. Cost: a few small writes, whatever the number of tables.
 * Errors: INVALID_ARGUMENT, INVALID_SCHEMA (says what), TABLE_EXISTS, READ_ONLY, DATABASE_FULL,
 * BUSY, IO, OUT_OF_MEMORY, LIMIT (2^32 tables and indexes were made), CORRUPT.
 */
PTE_API PTE_CHECKED pte_status pte_table_create(pte_env *env, const pte_table_spec *spec,
                                                pte_error *error);

/*
 * Drops a table, its indexes and its expiry entries. Its name is free at once; its space is
 * reclaimed by pte_reclaim, and a little by every write.
 * Errors: INVALID_ARGUMENT, TABLE_NOT_FOUND, READ_ONLY, DATABASE_FULL, BUSY, IO, OUT_OF_MEMORY,
 * CORRUPT.
 */
PTE_API PTE_CHECKED pte_status pte_table_drop(pte_env *env, pte_bytes name, pte_error *error);

/* A change of a table's definition; zero members change nothing. */
typedef struct pte_table_change {
    uint64_t expected_version; /* 0: any; else the change is refused if the version is another */
    const pte_index_spec *add_index; /* starts CREATING; backfill it. On an empty table ACTIVE */
    pte_bytes drop_index;            /* its name */
    bool set_user_data;
    pte_bytes user_data;
    bool set_changes; /* another value than before ends the stream and, unless OFF, begins one */
    pte_change_images changes;
    unsigned change_shards;   /* as in pte_table_spec */
    int64_t *stream_begun_ms; /* likewise */
    bool set_ttl_attribute;
    pte_bytes ttl_attribute;   /* empty: off */
    pte_bytes user_data_index; /* the index whose user data to set, empty: none */
    pte_bytes index_user_data;
} pte_table_change;

/*
 * Changes a table's definition: all parts or none. drop_index is carried out before add_index.
 * Errors: INVALID_ARGUMENT, INVALID_SCHEMA, TABLE_NOT_FOUND, TABLE_CHANGED, INDEX_NOT_FOUND,
 * INDEX_EXISTS, READ_ONLY, DATABASE_FULL, BUSY, IO, OUT_OF_MEMORY, LIMIT, CORRUPT.
 */
PTE_API PTE_CHECKED pte_status pte_table_alter(pte_env *env, pte_bytes name,
                                               const pte_table_change *change, pte_error *error);

/*
 * Describes a table as the snapshot sees it. *info and all it points to: views until pte_read_end.
 * Errors: INVALID_ARGUMENT, TABLE_NOT_FOUND, OUT_OF_MEMORY, CORRUPT, IO.
 */
PTE_API PTE_CHECKED pte_status pte_table_describe(const pte_table_info **info, pte_read *read,
                                                  pte_bytes name, pte_error *error);

/*
 * The same without the counts, which are 0: nothing is looked up or copied if a definition that the
 * process has read before holds for the snapshot. *info is a counted reference, which the caller
 * owns: it stays as it is after the snapshot has ended and whatever becomes of the table, until it
 * is given back. Errors: as pte_table_describe.
 */
PTE_API PTE_CHECKED pte_status pte_table_definition(const pte_table_info **info, pte_read *read,
                                                    pte_bytes name, pte_error *error);

/* Gives a definition back, before the env is closed. NULL is allowed. Any thread. */
PTE_API void pte_table_definition_release(const pte_table_info *info);

/*
 * The name of the first table whose name comes after the given one, in byte order; "" gives the
 * first. Views until pte_read_end. Errors: END, INVALID_ARGUMENT, CORRUPT, IO.
 */
PTE_API PTE_CHECKED pte_status pte_table_next(pte_bytes *name, pte_read *read, pte_bytes after,
                                              pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
