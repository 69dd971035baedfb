#include "answers.h"
#include "measure.h"

#include <inttypes.h>
#include <stdlib.h>

pte_status bench_wrong(pte_error *error, const char *what, uint64_t number) {
    return bench_fail(error, PTE_CORRUPT, 0, "%s of item %" PRIu64 ": wrong answer", what, number);
}

pte_status bench_census_init(bench_census *census, const bench_maker *maker, bench_table table,
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

void bench_census_add(bench_census *census, pte_bytes item) {
    uint8_t expected[BENCH_DIGEST_BYTES];
    census->count++;
    if (item.len != census->maker->encoded_bytes) {
        census->wrong++;
        return;
    }
    const uint8_t *digest = bench_digest_in(item);
    uint64_t number = bench_get_u64(digest);
    if (number >= census->maker->counts[census->table] || census->seen[number] != 0) {
        census->wrong++;
        return;
    }
    census->seen[number] = 1;
    bench_maker_digest(expected, census->maker, census->table, number);
    census->wrong += memcmp(digest, expected, BENCH_DIGEST_BYTES) != 0;
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
