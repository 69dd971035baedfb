#include "answers.h"
#include "measure.h"

#include <inttypes.h>
#include <stdlib.h>

pte_status bench_wrong(pte_error *error, const char *what, uint64_t number) {
    return bench_fail(error, PTE_CORRUPT, 0, "%s of item %" PRIu64 ": wrong answer", what, number);
}

pte_status bench_census_init(bench_census *census, bench_maker *maker, bench_table table,
                             pte_error *error) {
    *census = (bench_census){.maker = maker, .table = table};
    census->seen = calloc(maker->items_max, 1);
    return census->seen != NULL ? PTE_OK
                                : bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory to check in");
}

void bench_census_clean_up(bench_census *census) {
    free(census->seen);
    *census = (bench_census){0};
}

/* Whether item is, byte for byte, what the maker makes of number; or that with its two keys the
 * other way round, as the engine's entries of the inverted index have them. */
static bool is_made(bench_maker *maker, bench_table table, uint64_t number, pte_bytes item) {
    bench_row row = {.number = number};
    pte_item made;
    pte_error error;
    bench_keys_of(row.pk, row.sk, number);
    bench_maker_digest(row.digest, maker, table, number);
    if (bench_maker_build(&made, maker, &row, &error) != PTE_OK || made.encoded.len != item.len) {
        return false;
    }
    const uint8_t *expected = made.encoded.data;
    size_t head = maker->pk_at;
    size_t pk_bytes = maker->sk_at - head;
    size_t sk_bytes = maker->keys_end - maker->sk_at;
    bool same = memcmp(item.data, expected, maker->keys_end) == 0;
    bool turned = memcmp(item.data, expected, head) == 0 &&
                  memcmp(item.data + head, expected + maker->sk_at, sk_bytes) == 0 &&
                  memcmp(item.data + head + sk_bytes, expected + head, pk_bytes) == 0;
    return (same || turned) && memcmp(item.data + maker->keys_end, expected + maker->keys_end,
                                      item.len - maker->keys_end) == 0;
}

void bench_census_add(bench_census *census, pte_bytes item) {
    census->count++;
    if (item.len != census->maker->encoded_bytes) {
        census->wrong++;
        return;
    }
    uint64_t number = bench_get_u64(bench_digest_in(item));
    if (number >= census->maker->counts[census->table] || census->seen[number] != 0) {
        census->wrong++;
        return;
    }
    census->seen[number] = 1;
    census->wrong += !is_made(census->maker, census->table, number, item);
}

pte_status bench_census_finish(const bench_census *census, const char *where, pte_error *error) {
    uint64_t expected = census->maker->counts[census->table];
    if (census->count == expected && census->wrong == 0) {
        return PTE_OK;
    }
    return bench_fail(error, PTE_CORRUPT, 0,
                      "%s, table %d: %" PRIu64 " entries and %" PRIu64
                      " wrong ones among them, expected %" PRIu64 " and none",
                      where, (int)census->table, census->count, census->wrong, expected);
}
