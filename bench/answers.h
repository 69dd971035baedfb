/*
 * Checking answers, the same on both sides: one item, a query's ten items, a whole table.
 *
 * The first two run while the clock does, so they are cheap: length and digest of each item. The
 * digest stands at the end of an item, since items are stored with their attributes in order of
 * their names (keys first), and every item has the same length.
 */
#ifndef BENCH_ANSWERS_H
#define BENCH_ANSWERS_H

#include "items.h"

enum { BENCH_LOAD_PER_COMMIT = 1000 };

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

static inline void bench_ten_add(bench_ten *ten, pte_bytes item) {
    uint64_t expected = ten->row->ten_first + ten->count * ten->row->ten_step;
    ten->count++;
    if (item.len != ten->encoded_bytes) {
        ten->wrong = true;
        return;
    }
    const uint8_t *digest = bench_digest_in(item);
    ten->wrong |= bench_get_u64(digest) != expected;
    ten->marks ^= bench_get_u64(digest + 8);
}

static inline bool bench_ten_right(const bench_ten *ten) {
    return !ten->wrong && ten->count == BENCH_TEN && ten->marks == ten->row->ten_marks;
}

/* Everything in a table: right if each item is there once, as the maker says. */
typedef struct bench_census {
    const bench_maker *maker;
    bench_table table;
    uint64_t count;
    uint64_t wrong;
    uint8_t *seen; /* one byte a number */
} bench_census;

/* Errors: OUT_OF_MEMORY. Clean up in any case ({0} too). */
PTE_CHECKED pte_status bench_census_init(bench_census *census, const bench_maker *maker,
                                         bench_table table, pte_error *error);
void bench_census_clean_up(bench_census *census);
void bench_census_add(bench_census *census, pte_bytes item);
/* Errors: CORRUPT (something is wrong or missing). */
PTE_CHECKED pte_status bench_census_finish(const bench_census *census, const char *where,
                                           pte_error *error);

/* "<what> of item <number>: wrong answer", CORRUPT. */
pte_status bench_wrong(pte_error *error, const char *what, uint64_t number);

#endif
