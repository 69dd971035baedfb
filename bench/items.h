/*
 * The data that both sides store and look up: photos of a Quick-Photos-like application, made from
 * a number, so that any of them can be made again and checked.
 *
 * Items are of one length, about 330 bytes and eleven attributes. A hundred of them are a block of
 * ten PK by ten SK: the ten items of a PK are one partition of the table, the ten items of an SK
 * are one partition of the inverted index.
 *
 *   number         block * 100 + row * 10 + column
 *   PK             USER#<block * 10 + row, 10 digits>
 *   SK             PHOTO#<block * 10 + column, 10 digits>#2019-03-02T09:11:30
 *   views (N)      six digits, of the mark
 *   xdigest (B)    number, 8 bytes big-endian | mark of number, version and table, 8 bytes
 *
 * Versions of an item differ in views and xdigest only, so that an update makes the next one by a
 * sum and a value.
 *
 * A batch holds everything that one slice of a measurement needs, made before the clock starts.
 */
#ifndef BENCH_ITEMS_H
#define BENCH_ITEMS_H

#include <pocketable/engine/builder.h>

enum {
    BENCH_BLOCK = 100,
    BENCH_TEN = 10, /* items of one partition */
    BENCH_PK_BYTES = 15,
    BENCH_SK_BYTES = 36,
    BENCH_DIGEST_BYTES = 16,
    BENCH_VIEWS_DIGITS = 6,
    BENCH_HEADER_BYTES = 4, /* what the engine stores in front of an item */
    BENCH_HASH_BYTES = 16,
    BENCH_PREFIX_BYTES = 4 + BENCH_HASH_BYTES,
    BENCH_ITEM_KEY_BYTES = BENCH_PREFIX_BYTES + BENCH_SK_BYTES,
    BENCH_INDEX_KEY_BYTES =
        BENCH_PREFIX_BYTES + BENCH_PK_BYTES + 2 + BENCH_HASH_BYTES + BENCH_SK_BYTES,
};

/* The two tables; PHOTOS has the inverted index. */
typedef enum bench_table { BENCH_PLAIN = 0, BENCH_PHOTOS, BENCH_TABLES } bench_table;

/* splitmix64: the same seed gives the same numbers anywhere. */
typedef struct bench_random {
    uint64_t state;
} bench_random;
uint64_t bench_random_next(bench_random *random);

/* One item of a batch. Keys are those of the raw side; the engine makes its own of pk and sk. */
typedef struct bench_row {
    uint64_t number;
    uint64_t ten_first;  /* of a query's ten items, in order: the first number, */
    uint64_t ten_step;   /* how far apart the others are, */
    uint64_t ten_marks;  /* and the exclusive or of their marks */
    int64_t views_added; /* BENCH_FOR_UPDATE: the new version's views less the old one's */
    uint8_t digest[BENCH_DIGEST_BYTES];
    uint8_t pk[BENCH_PK_BYTES];
    uint8_t sk[BENCH_SK_BYTES];
    uint8_t item_key[BENCH_ITEM_KEY_BYTES];
    uint8_t index_key[BENCH_INDEX_KEY_BYTES];
    const uint8_t *stored; /* header and item, batch->stored_bytes; views the batch */
    size_t size_bytes;     /* the item's, as its builder said */
} bench_row;

/* Makes items and knows what every item of a table should be now. One thread at a time. */
typedef struct bench_maker {
    bench_random random;
    size_t encoded_bytes; /* of every item */
    size_t size_bytes;    /* of every item, by DynamoDB's rule */
    size_t views_at;      /* where in every item the digits of views stand, */
    size_t pk_at;         /* PK with its name, */
    size_t sk_at;         /* SK behind it, */
    size_t keys_end;      /* and the rest */
    uint64_t counts[BENCH_TABLES];
    uint8_t *versions[BENCH_TABLES]; /* one an item; how often it was overwritten */
    uint64_t items_max;
    pte_builder *builder;
} bench_maker;

typedef struct bench_batch {
    bench_table table;
    size_t count;
    bench_row *rows;
    size_t stored_bytes;  /* length of an item with its header */
    bench_maker *maker;   /* the one that filled it */
    uint64_t all_marks;   /* BENCH_FOR_SCAN: the exclusive or of all marks of the table */
    uint64_t spoiled;     /* 0, except where a test wants wrong answers to be expected */
    size_t capacity;      /* private from here on */
    uint8_t *stored_room; /* NULL until a batch with items is filled */
} bench_batch;

/* Starts with empty tables. items_max: the most numbers a table may come to have.
 * Errors: OUT_OF_MEMORY, and whatever the builder answers. Clean up in any case. */
PTE_CHECKED pte_status bench_maker_init(bench_maker *maker, uint64_t seed, uint64_t items_max,
                                        pte_error *error);
void bench_maker_clean_up(bench_maker *maker);

/* Builds a row's item. *item: a view until the next call. Errors: the builder's. */
PTE_CHECKED pte_status bench_maker_build(pte_item *item, bench_maker *maker, const bench_row *row,
                                         pte_error *error);

/* Writes an item's keys, BENCH_PK_BYTES and BENCH_SK_BYTES without a zero behind them. */
void bench_keys_of(uint8_t *pk, uint8_t *sk, uint64_t number);

/* Writes the raw side's key of an item, BENCH_ITEM_KEY_BYTES. */
void bench_item_key_of(uint8_t *key, bench_table table, uint64_t number);

/* Makes the next version of an item in place, as an update does: views_at is the maker's. */
void bench_item_update(uint8_t *encoded, size_t len, size_t views_at, int64_t views_added,
                       const uint8_t *digest);

/* The digest of an item as it should be now. */
void bench_maker_digest(uint8_t *digest, const bench_maker *maker, bench_table table,
                        uint64_t number);

/* Starts empty as {0}. Errors: OUT_OF_MEMORY. Clean up in any case. */
PTE_CHECKED pte_status bench_batch_init(bench_batch *batch, size_t capacity, pte_error *error);
void bench_batch_clean_up(bench_batch *batch);

/* What a batch is to be used for. */
typedef enum bench_use {
    BENCH_FOR_GET = 0,     /* random items that are there */
    BENCH_FOR_QUERY,       /* the same; a query reads the PK's ten */
    BENCH_FOR_INDEX_QUERY, /* the same; a query reads the SK's ten */
    BENCH_FOR_LOAD,        /* the next numbers, which are there from now on; in order, as they come
                              from a file: the ten items of a PK after one another */
    BENCH_FOR_INSERT,      /* the same out of order, as they come from users */
    BENCH_FOR_OVERWRITE,   /* random items that are there, each in its next version */
    BENCH_FOR_UPDATE,      /* the same, but none twice in a transaction's rows */
    BENCH_FOR_TRANSACT,    /* by threes: one as INSERT, one as UPDATE, one that is there */
    BENCH_FOR_SCAN,        /* as GET */
} bench_use;

/* Makes a batch expect something that is not so in its row in the middle; again: mends it. For
 * tests that wrong answers are found. */
void bench_batch_spoil(bench_batch *batch);

/* Fills a batch with count rows (at most its capacity). Errors: OUT_OF_MEMORY, the builder's. */
PTE_CHECKED pte_status bench_batch_fill(bench_batch *batch, bench_maker *maker, bench_use use,
                                        bench_table table, size_t count, pte_error *error);

/* Big-endian, as in keys and digests. */
static inline void bench_put_u64(uint8_t *to, uint64_t value) {
    for (int i = 0; i < 8; i++) {
        to[i] = (uint8_t)(value >> (56 - 8 * i));
    }
}
static inline uint64_t bench_get_u64(const uint8_t *from) {
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | from[i];
    }
    return value;
}

#endif
