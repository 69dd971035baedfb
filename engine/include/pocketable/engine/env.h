/*
 * The environment: one open database.
 *
 * A database is a directory with two files of LMDB's. Any number of processes may have it open at
 * once; within a process open it once and share the handle between threads. A handle does not
 * survive fork().
 */
#ifndef POCKETABLE_ENGINE_ENV_H
#define POCKETABLE_ENGINE_ENV_H

#include <pocketable/engine/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pte_env pte_env;

/* When a write is acknowledged. */
typedef enum pte_durability {
    PTE_DURABLE = 0, /* after fdatasync: survives a power cut */
    PTE_RELAXED,     /* without it: survives a crash of the process; a power cut may lose the
                        database, so call pte_env_sync where a safe point is wanted */
    PTE_MEMORY,      /* nothing survives the handle; the files are unlinked once they are open (a
                        process killed in between leaves an empty database behind) */
} pte_durability;

/* The room for one reader is reserved on the disk: 64 bytes. */
enum { PTE_READERS_MAX = 1000 * 1000 };

typedef struct pte_env_options {
    pte_durability durability;
    bool read_only;       /* not with PTE_MEMORY; the database must exist */
    bool must_exist;      /* do not create the database */
    size_t map_bytes_max; /* the most the database may grow to; 0: as much as the address space
                             and the disk allow */
    unsigned readers_max; /* open pte_read at one time, over all processes; each process keeps up
                             to 16 of those it had; 0: 1,000; at most PTE_READERS_MAX */
    const pte_allocator *allocator; /* NULL: malloc; copied */

    /* Milliseconds since 1970, for change records; NULL: the system's clock. Any thread. */
    int64_t (*now_ms)(void *ctx);
    void *now_ctx;

    /* Fills len bytes with randomness, false on failure; NULL: the system's. Used to create. */
    bool (*random)(void *ctx, uint8_t *bytes, size_t len);
    void *random_ctx;
} pte_env_options;

/*
 * Opens the database in directory path, which is created with its parent present if need be.
 * PTE_MEMORY: path names the directory to put the unlinked files in for a moment; NULL or "" picks
 * one (/dev/shm, else $TMPDIR, else /tmp). options may be NULL (durable, all defaults). The caller
 * owns *env.
 *
 * A file that is not ours and a database of another format version are refused and not touched.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, IO (os_error says which: no such directory, no
 * permission, ...), NOT_A_DATABASE, WRONG_VERSION, CORRUPT, READ_ONLY (read_only with PTE_MEMORY),
 * DATABASE_FULL, BUSY (open already in this process).
 * Cost: about a millisecond to create in memory, less to open.
 */
PTE_API PTE_CHECKED pte_status pte_env_open(pte_env **env, const char *path,
                                            const pte_env_options *options, pte_error *error);

/*
 * Closes; NULL is allowed. Every pte_read must have ended, every pte_submission's done have been
 * called, and no other call be under way. What was
 * acknowledged needs no close to be kept.
 */
PTE_API void pte_env_close(pte_env *env);

/* Flushes everything acknowledged to the disk. Nothing to do in PTE_DURABLE and PTE_MEMORY.
 * Errors: INVALID_ARGUMENT, IO. Any thread. */
PTE_API PTE_CHECKED pte_status pte_env_sync(pte_env *env, pte_error *error);

enum { PTE_SEAL_BYTES = 16 };

/*
 * A hash of bytes that is keyed with a secret of the database: it tells tokens that this database
 * has given out from others. It is quick, and no signature against an attacker with time.
 * seal has PTE_SEAL_BYTES bytes. Any thread.
 */
PTE_API void pte_env_seal(uint8_t *seal, const pte_env *env, pte_bytes bytes);

enum { PTE_GROUP_SIZES = 11 }; /* powers of two from 1 to 512, and more */

typedef struct pte_env_info {
    unsigned format_version;
    pte_durability durability;
    bool read_only;
    size_t map_bytes;  /* reserved */
    size_t used_bytes; /* of the map, what has ever been in use */
    size_t free_bytes; /* of used_bytes, what is free to be used again */
    size_t page_bytes;
    unsigned readers_max;
    unsigned readers_used;     /* slots taken, over all processes; this one keeps its own */
    uint64_t last_transaction; /* LMDB's transaction id */
    uint64_t tables;
    uint64_t items;          /* of all tables, exact */
    uint64_t index_entries;  /* of all indexes, exact */
    uint64_t expiry_entries; /* all but those whose key is too long for one LMDB key */
    uint64_t change_records;
    uint64_t long_rows;      /* in the sub-database for the rest of keys too long for LMDB */
    uint64_t retired;        /* dropped tables and indexes whose space is not reclaimed yet */
    uint64_t groups;         /* of writes, run by this handle in one transaction each */
    uint64_t grouped_writes; /* write calls in them */
    /* Groups of 1 call, of 2, of up to 4, ... of up to 512, of more. */
    uint64_t groups_of[PTE_GROUP_SIZES];
} pte_env_info;

/* Errors: INVALID_ARGUMENT, IO, BUSY, OUT_OF_MEMORY, CORRUPT. Any thread. */
PTE_API PTE_CHECKED pte_status pte_env_describe(pte_env_info *info, pte_env *env, pte_error *error);

typedef struct pte_copy_options {
    bool compact; /* leave out free pages and renumber the rest; slower, smaller */
} pte_copy_options;

/*
 * Copies a snapshot into directory path, which must be absent or empty, while reads and writes go
 * on. The copy appears under its name only when it is whole and on the disk; a failed or killed
 * copy leaves a file "data.mdb.partial" that no open takes for a database. options may be NULL.
 * Errors: INVALID_ARGUMENT, IO, DATABASE_FULL (no room there), BUSY, OUT_OF_MEMORY. Any thread.
 */
PTE_API PTE_CHECKED pte_status pte_env_copy(pte_env *env, const char *path,
                                            const pte_copy_options *options, pte_error *error);

/*
 * Frees the slots of readers whose process died, and says how many. Opening does this, and so does
 * running out of slots. Errors: INVALID_ARGUMENT, IO. Any thread.
 */
PTE_API PTE_CHECKED pte_status pte_env_free_stale_readers(unsigned *freed, pte_env *env,
                                                          pte_error *error);

#ifdef __cplusplus
}
#endif
#endif
