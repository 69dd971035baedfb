#include "items.h"
#include "measure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <xxhash.h>

enum { RAW_INDEX_ID = BENCH_TABLES + 1 };

static uint64_t mix(uint64_t value) {
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

uint64_t bench_random_next(bench_random *random) {
    return mix(random->state += 0x9E3779B97F4A7C15u);
}

static uint64_t mark_of(const bench_maker *maker, bench_table table, uint64_t number) {
    uint64_t version = maker->versions[table][number];
    return mix(number * BENCH_TABLES + table + 1 + (version << 48));
}

void bench_maker_digest(uint8_t *digest, const bench_maker *maker, bench_table table,
                        uint64_t number) {
    bench_put_u64(digest, number);
    bench_put_u64(digest + 8, mark_of(maker, table, number));
}

/* Texts and digest; also all that an item is made of. */
static void describe_texts(bench_row *row, const bench_maker *maker, bench_table table,
                           uint64_t number) {
    char text[64];
    uint64_t block = number / BENCH_BLOCK;
    row->number = number;
    bench_maker_digest(row->digest, maker, table, number);
    snprintf(text, sizeof text, "USER#%010" PRIu64, block * BENCH_TEN + number / BENCH_TEN % 10);
    memcpy(row->pk, text, BENCH_PK_BYTES);
    snprintf(text, sizeof text, "PHOTO#%010" PRIu64 "#2019-03-02T09:11:30",
             block * BENCH_TEN + number % BENCH_TEN);
    memcpy(row->sk, text, BENCH_SK_BYTES);
}

static uint8_t *put_id(uint8_t *to, uint32_t id) {
    for (int i = 0; i < 4; i++) {
        *to++ = (uint8_t)(id >> (24 - 8 * i));
    }
    return to;
}

static uint8_t *put_bytes(uint8_t *to, const uint8_t *bytes, size_t len) {
    memcpy(to, bytes, len);
    return to + len;
}

static uint8_t *put_hash(uint8_t *to, const uint8_t *bytes, size_t len) {
    XXH128_canonical_t hash;
    XXH128_canonicalFromHash(&hash, XXH3_128bits_withSeed(bytes, len, 0x9E3779B97F4A7C15u));
    return put_bytes(to, hash.digest, BENCH_HASH_BYTES);
}

/* The keys that the engine's documented format has for this item (the hash secret apart). No text
 * here contains a zero byte, so the delimited form is the text and two zeros. */
static void describe_keys(bench_row *row, bench_table table) {
    uint8_t *to = put_id(row->item_key, (uint32_t)table + 1);
    to = put_hash(to, row->pk, BENCH_PK_BYTES);
    put_bytes(to, row->sk, BENCH_SK_BYTES);

    to = put_id(row->index_key, RAW_INDEX_ID);
    to = put_hash(to, row->sk, BENCH_SK_BYTES);
    to = put_bytes(to, row->pk, BENCH_PK_BYTES);
    to = put_bytes(to, (const uint8_t[]){0, 0}, 2);
    to = put_bytes(to, row->item_key + 4, BENCH_HASH_BYTES);
    put_bytes(to, row->sk, BENCH_SK_BYTES);
}

static void describe_ten(bench_row *row, const bench_maker *maker, bench_table table, bool index) {
    uint64_t place = row->number % BENCH_BLOCK;
    row->ten_step = index ? BENCH_TEN : 1;
    row->ten_first = row->number - (index ? place / BENCH_TEN * BENCH_TEN : place % BENCH_TEN);
    row->ten_marks = 0;
    for (uint64_t i = 0; i < BENCH_TEN; i++) {
        row->ten_marks ^= mark_of(maker, table, row->ten_first + i * row->ten_step);
    }
}

/* A whole number of count digits (2 to 9) whose first and last are not zero: its canonical form has
 * as many bytes as any other's. */
static const char *digits(char *text, uint64_t entropy, int count) {
    for (int i = 0; i < count; i++, entropy /= 10) {
        bool inner = i > 0 && i < count - 1;
        text[i] = (char)(inner ? '0' + entropy % 10 : '1' + entropy % 9);
    }
    text[count] = 0;
    return text;
}

static void build_reactions(pte_builder *builder, uint64_t entropy) {
    char text[16];
    static const char *const names[] = {"+1", "heart", "smiley", "sunglasses"};
    pte_builder_name(builder, pte_str("reactions"));
    pte_builder_begin(builder, PTE_TYPE_M);
    for (size_t i = 0; i < 4; i++) {
        pte_builder_add_number(builder, names[i], digits(text, entropy >> (8 * i), 2));
    }
    pte_builder_end(builder);
}

pte_status bench_maker_build(pte_item *item, bench_maker *maker, const bench_row *row,
                             pte_error *error) {
    pte_builder *b = maker->builder;
    char text[64];
    uint64_t constant = mix(row->number + 1);                /* the same in every version */
    uint64_t changing = bench_get_u64(row->digest + 8) >> 8; /* of this version */
    pte_builder_reset(b);
    pte_builder_name(b, pte_str("PK"));
    pte_builder_string(b, pte_view(row->pk, BENCH_PK_BYTES));
    pte_builder_name(b, pte_str("SK"));
    pte_builder_string(b, pte_view(row->sk, BENCH_SK_BYTES));
    snprintf(text, sizeof text, "user-%010" PRIu64, row->number);
    pte_builder_add_string(b, "username", text);
    pte_builder_add_string(b, "timestamp", "2019-03-02T09:11:30");
    snprintf(text, sizeof text, "%05" PRIu64 " Lake View, North Harbour, State %02" PRIu64,
             constant % 100000, constant >> 32 & 63);
    pte_builder_add_string(b, "location", text);
    pte_builder_add_string(b, "caption", "The evening light over the bay");
    pte_builder_add_number(b, "width", digits(text, constant, 4));
    pte_builder_add_number(b, "height", digits(text, constant >> 16, 4));
    pte_builder_add_number(b, "views", digits(text, changing, 6));
    build_reactions(b, changing);
    pte_builder_name(b, pte_str("xdigest")); /* the last in order of names, so at the end */
    pte_builder_binary(b, pte_view(row->digest, BENCH_DIGEST_BYTES));
    return pte_builder_item(item, b, error);
}

/* Learns the length that all items have. */
static pte_status learn_length(bench_maker *maker, pte_error *error) {
    bench_row row = {0};
    pte_item item;
    describe_texts(&row, maker, BENCH_PLAIN, 0);
    pte_status status = bench_maker_build(&item, maker, &row, error);
    maker->encoded_bytes = status == PTE_OK ? item.encoded.len : 0;
    return status;
}

pte_status bench_maker_init(bench_maker *maker, uint64_t seed, uint64_t items_max,
                            pte_error *error) {
    *maker = (bench_maker){.random = {seed}, .items_max = items_max};
    for (int table = 0; table < BENCH_TABLES; table++) {
        maker->versions[table] = calloc(items_max, 1);
        if (maker->versions[table] == NULL) {
            return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for %" PRIu64 " versions",
                              items_max);
        }
    }
    pte_status status = pte_builder_create(&maker->builder, NULL, error);
    return status != PTE_OK ? status : learn_length(maker, error);
}

void bench_maker_clean_up(bench_maker *maker) {
    for (int table = 0; table < BENCH_TABLES; table++) {
        free(maker->versions[table]);
    }
    pte_builder_destroy(maker->builder);
    *maker = (bench_maker){0};
}

pte_status bench_batch_init(bench_batch *batch, size_t capacity, pte_error *error) {
    *batch = (bench_batch){.capacity = capacity};
    batch->rows = calloc(capacity, sizeof *batch->rows);
    if (batch->rows == NULL) {
        return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for %zu rows", capacity);
    }
    return PTE_OK;
}

void bench_batch_clean_up(bench_batch *batch) {
    free(batch->rows);
    free(batch->stored_room);
    *batch = (bench_batch){0};
}

/* Builds the row's item and keeps a copy with room for the header before it. */
static pte_status store_item(bench_batch *batch, bench_maker *maker, size_t at, pte_error *error) {
    bench_row *row = &batch->rows[at];
    pte_item item;
    pte_status status = bench_maker_build(&item, maker, row, error);
    if (status != PTE_OK) {
        return status;
    }
    if (item.encoded.len != maker->encoded_bytes) {
        return bench_fail(error, PTE_INVALID_ARGUMENT, 0,
                          "item %" PRIu64 " has %zu bytes, the others %zu", row->number,
                          item.encoded.len, maker->encoded_bytes);
    }
    uint8_t *room = batch->stored_room + at * batch->stored_bytes;
    memset(room, 0, BENCH_HEADER_BYTES);
    memcpy(room + BENCH_HEADER_BYTES, item.encoded.data, item.encoded.len);
    row->stored = room;
    row->size_bytes = item.size_bytes;
    return PTE_OK;
}

static size_t common_divisor(size_t a, size_t b) {
    while (b != 0) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The place of the one at number at, among count, when they are gone through out of order: in steps
 * that visit each once, of about 0.62 of them. */
static size_t scattered(size_t at, size_t count) {
    size_t step = count * 618 / 1000 + 1;
    while (common_divisor(step, count) != 1) {
        step++;
    }
    return (size_t)((uint64_t)at * step % count);
}

/* The number of the item at place at of count in a batch; those before it have been chosen. */
static uint64_t choose(bench_maker *maker, bench_use use, bench_table table, size_t at,
                       size_t count) {
    uint64_t there = maker->counts[table];
    if (use == BENCH_FOR_LOAD) {
        return there + at;
    }
    if (use == BENCH_FOR_INSERT) {
        return there + scattered(at, count);
    }
    /* A block that is not whole yet has partitions of fewer than ten. */
    uint64_t number = bench_random_next(&maker->random) % (there / BENCH_BLOCK * BENCH_BLOCK);
    if (use == BENCH_FOR_OVERWRITE) {
        maker->versions[table][number]++;
    }
    return number;
}

pte_status bench_batch_fill(bench_batch *batch, bench_maker *maker, bench_use use,
                            bench_table table, size_t count, pte_error *error) {
    bool new_items = use == BENCH_FOR_LOAD || use == BENCH_FOR_INSERT;
    bool items = new_items || use == BENCH_FOR_OVERWRITE;
    batch->table = table;
    batch->count = 0;
    batch->stored_bytes = BENCH_HEADER_BYTES + maker->encoded_bytes;
    if (count > batch->capacity || (new_items && maker->counts[table] + count > maker->items_max)) {
        return bench_fail(error, PTE_INVALID_ARGUMENT, 0, "no room for %zu more items", count);
    }
    if (items && batch->stored_room == NULL) {
        batch->stored_room = malloc(batch->capacity * batch->stored_bytes);
        if (batch->stored_room == NULL) {
            return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for %zu items",
                              batch->capacity);
        }
    }
    for (size_t i = 0; i < count; i++) {
        bench_row *row = &batch->rows[i];
        describe_texts(row, maker, table, choose(maker, use, table, i, count));
        describe_keys(row, table);
        pte_status status = items ? store_item(batch, maker, i, error) : PTE_OK;
        if (status != PTE_OK) {
            return status;
        }
        if (use == BENCH_FOR_QUERY || use == BENCH_FOR_INDEX_QUERY) {
            describe_ten(row, maker, table, use == BENCH_FOR_INDEX_QUERY);
        }
    }
    batch->count = count;
    maker->counts[table] += new_items ? count : 0;
    return PTE_OK;
}
