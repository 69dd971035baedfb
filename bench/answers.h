/*
 * Checking answers, the same on all sides: one item, a query's ten items, a page, a whole table.
 *
 * The first three run while the clock does, so they are cheap: length and digest of each item. The
 * digest stands at the end of an item, since items are stored with their attributes in order of
 * their names (keys first), and every item has the same length.
 */
#ifndef BENCH_ANSWERS_H
#define BENCH_ANSWERS_H

#include "items.h"

enum {
    BENCH_LOAD_PER_COMMIT = 1000,
    BENCH_BATCH_ITEMS = 25,   /* of one BatchWriteItem */
    BENCH_TRANSACT_ITEMS = 3, /* of one TransactWriteItems: a put, an update, a check */
};

static inline const uint8_t *bench_digest_in(pte_bytes item) {
    return item.data + item.len - BENCH_DIGEST_BYTES;
}

/* Whether item is the row's. */
static inline bool bench_answer_is(const bench_batch *batch, const bench_row *row, pte_bytes item) {
    return item.len == batch->stored_bytes - BENCH_HEADER_BYTES &&
           memcmp(bench_digest_in(item), row->digest, BENCH_DIGEST_BYTES) == 0;
}

/* The items of one query as they come: right if they are the row's ten, in order, and no more. */
typedef struct bench_ten {
    const bench_row *row;
    size_t encoded_bytes;
    uint64_t count;
    uint64_t marks;
    bool wrong;
} bench_ten;

static inline bench_ten bench_ten_of(const bench_batch *batch, const bench_row *row) {
    return (bench_ten){.row = row, .encoded_bytes = batch->stored_bytes - BENCH_HEADER_BYTES};
}

static inline void bench_ten_add_digest(bench_ten *ten, const uint8_t *digest) {
    uint64_t expected = ten->row->ten_first + ten->count * ten->row->ten_step;
    ten->count++;
    ten->wrong |= bench_get_u64(digest) != expected;
    ten->marks ^= bench_get_u64(digest + 8);
}

static inline void bench_ten_add(bench_ten *ten, pte_bytes item) {
    if (item.len == ten->encoded_bytes) {
        bench_ten_add_digest(ten, bench_digest_in(item));
    } else {
        ten->wrong = true;
    }
}

static inline bool bench_ten_right(const bench_ten *ten) {
    return !ten->wrong && ten->count == BENCH_TEN && ten->marks == ten->row->ten_marks;
}

/*
 * A table read in pages: every item's digest is checked as it comes, and at the table's end that
 * each was there once. Afterwards the pass begins anew.
 */
typedef struct bench_pass {
    bool begun;    /* the next page does not start at the table's beginning */
    uint64_t last; /* the number of the last item */
    uint64_t count;
    uint64_t marks;
    bool wrong;
} bench_pass;

static inline void bench_pass_add_digest(bench_pass *pass, const bench_batch *batch,
                                         const uint8_t *digest) {
    uint8_t expected[BENCH_DIGEST_BYTES];
    pass->begun = true;
    pass->count++;
    pass->last = bench_get_u64(digest);
    if (pass->last >= batch->maker->counts[batch->table]) {
        pass->wrong = true;
        return;
    }
    bench_maker_digest(expected, batch->maker, batch->table, pass->last);
    expected[BENCH_DIGEST_BYTES - 1] ^= (uint8_t)batch->spoiled;
    pass->wrong |= memcmp(digest, expected, BENCH_DIGEST_BYTES) != 0;
    pass->marks ^= bench_get_u64(digest + 8);
}

static inline void bench_pass_add(bench_pass *pass, const bench_batch *batch, pte_bytes item) {
    if (item.len == batch->stored_bytes - BENCH_HEADER_BYTES) {
        bench_pass_add_digest(pass, batch, bench_digest_in(item));
    } else {
        pass->wrong = true;
    }
}

/* A page has ended, and the table with it if end is true. Whether all has been right. */
static inline bool bench_pass_page(bench_pass *pass, const bench_batch *batch, bool end) {
    bool right = !pass->wrong;
    if (end) {
        right = right && pass->count == batch->maker->counts[batch->table] &&
                pass->marks == batch->all_marks;
        *pass = (bench_pass){0};
    }
    return right;
}

/* How many of the items make a page of 1 MB. */
static inline size_t bench_page_items(const bench_batch *batch) {
    return 1024 * 1024 / batch->maker->size_bytes;
}

/* Everything in a table: right if each item is there once, as the maker says. */
typedef struct bench_census {
    bench_maker *maker;
    bench_table table;
    uint64_t count;
    uint64_t wrong;
    uint8_t *seen; /* one byte a number */
} bench_census;

/* Errors: OUT_OF_MEMORY. Clean up in any case ({0} too). */
PTE_CHECKED pte_status bench_census_init(bench_census *census, bench_maker *maker,
                                         bench_table table, pte_error *error);
void bench_census_clean_up(bench_census *census);
/* Compares an item with the whole of what the maker makes. */
void bench_census_add(bench_census *census, pte_bytes item);
/* Errors: CORRUPT (something is wrong or missing). */
PTE_CHECKED pte_status bench_census_finish(const bench_census *census, const char *where,
                                           pte_error *error);

/* "<what> of item <number>: wrong answer", CORRUPT. */
pte_status bench_wrong(pte_error *error, const char *what, uint64_t number);

#endif
