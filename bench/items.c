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

void bench_keys_of(uint8_t *pk, uint8_t *sk, uint64_t number) {
    char text[64];
    uint64_t block = number / BENCH_BLOCK;
    snprintf(text, sizeof text, "USER#%010" PRIu64, block * BENCH_TEN + number / BENCH_TEN % 10);
    memcpy(pk, text, BENCH_PK_BYTES);
    snprintf(text, sizeof text, "PHOTO#%010" PRIu64 "#2019-03-02T09:11:30",
             block * BENCH_TEN + number % BENCH_TEN);
    memcpy(sk, text, BENCH_SK_BYTES);
}

/* Texts and digest; also all that an item is made of. */
static void describe_texts(bench_row *row, const bench_maker *maker, bench_table table,
                           uint64_t number) {
    row->number = number;
    bench_maker_digest(row->digest, maker, table, number);
    bench_keys_of(row->pk, row->sk, number);
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
static void put_item_key(uint8_t *to, bench_table table, const uint8_t *pk, const uint8_t *sk) {
    to = put_id(to, (uint32_t)table + 1);
    to = put_hash(to, pk, BENCH_PK_BYTES);
    put_bytes(to, sk, BENCH_SK_BYTES);
}

void bench_item_key_of(uint8_t *key, bench_table table, uint64_t number) {
    uint8_t pk[BENCH_PK_BYTES];
    uint8_t sk[BENCH_SK_BYTES];
    bench_keys_of(pk, sk, number);
    put_item_key(key, table, pk, sk);
}

static void describe_keys(bench_row *row, bench_table table) {
    put_item_key(row->item_key, table, row->pk, row->sk);
    uint8_t *to = put_id(row->index_key, RAW_INDEX_ID);
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

static const char *views_digits(char *text, uint64_t mark) {
    return digits(text, mark >> 8, BENCH_VIEWS_DIGITS);
}

static int64_t views_of_mark(uint64_t mark) {
    char text[16];
    return strtoll(views_digits(text, mark), NULL, 10);
}

void bench_item_update(uint8_t *encoded, size_t len, size_t views_at, int64_t views_added,
                       const uint8_t *digest) {
    int64_t views = 0;
    for (size_t i = 0; i < BENCH_VIEWS_DIGITS; i++) {
        views = views * 10 + (encoded[views_at + i] - '0');
    }
    views += views_added;
    for (size_t i = BENCH_VIEWS_DIGITS; i > 0; i--, views /= 10) {
        encoded[views_at + i - 1] = (uint8_t)('0' + views % 10);
    }
    memcpy(encoded + len - BENCH_DIGEST_BYTES, digest, BENCH_DIGEST_BYTES);
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
    uint64_t constant = mix(row->number + 1); /* the same in every version */
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
    pte_builder_add_number(b, "views", views_digits(text, bench_get_u64(row->digest + 8)));
    build_reactions(b, constant >> 8);
    pte_builder_name(b, pte_str("xdigest")); /* the last in order of names, so at the end */
    pte_builder_binary(b, pte_view(row->digest, BENCH_DIGEST_BYTES));
    return pte_builder_item(item, b, error);
}

/* Learns where in an item a value stands, and where it ends. */
static pte_status find_place(size_t *start, size_t *end, const pte_item *item, const char *name,
                             pte_error *error) {
    pte_value value;
    pte_status status = pte_item_find(&value, item, pte_str(name), error);
    if (status == PTE_OK) {
        *start = (size_t)(value.bytes.data - item->encoded.data);
        *end = (size_t)(value.encoded.data - item->encoded.data) + value.encoded.len;
    }
    return status;
}

/* Learns what all items have in common: their lengths, and where things stand in them. */
static pte_status learn_form(bench_maker *maker, pte_error *error) {
    bench_row row = {0};
    pte_item item;
    size_t unused;
    describe_texts(&row, maker, BENCH_PLAIN, 0);
    pte_status status = bench_maker_build(&item, maker, &row, error);
    if (status == PTE_OK) {
        maker->encoded_bytes = item.encoded.len;
        maker->size_bytes = item.size_bytes;
        maker->pk_at = 1; /* behind the head of a map of fewer than sixteen */
        status = find_place(&unused, &maker->sk_at, &item, "PK", error);
    }
    if (status == PTE_OK) {
        status = find_place(&unused, &maker->keys_end, &item, "SK", error);
    }
    return status != PTE_OK ? status : find_place(&maker->views_at, &unused, &item, "views", error);
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
    return status != PTE_OK ? status : learn_form(maker, error);
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

static uint64_t choose_existing(bench_maker *maker, bench_table table) {
    /* A block that is not whole yet has partitions of fewer than ten. */
    return bench_random_next(&maker->random) % (maker->counts[table] / BENCH_BLOCK * BENCH_BLOCK);
}

/* What the row at place at of a batch does. */
static bench_use use_of_row(bench_use use, size_t at) {
    static const bench_use three[] = {BENCH_FOR_INSERT, BENCH_FOR_UPDATE, BENCH_FOR_GET};
    return use == BENCH_FOR_TRANSACT ? three[at % 3] : use;
}

/* The number of the item at place at of count in a batch; those before it have been chosen. */
static uint64_t choose(const bench_batch *batch, bench_use use, bench_table table, size_t at,
                       size_t count) {
    bench_maker *maker = batch->maker;
    uint64_t there = maker->counts[table];
    if (use == BENCH_FOR_LOAD) {
        return there + at;
    } else if (use == BENCH_FOR_INSERT) {
        return there + scattered(at, count);
    } else if (use == BENCH_FOR_TRANSACT && at % 3 == 0) {
        return there + scattered(at / 3, count / 3);
    } else if (use == BENCH_FOR_TRANSACT && at % 3 == 2) {
        /* Not the one that the transaction updates: the next in its block. */
        uint64_t updated = batch->rows[at - 1].number;
        return updated - updated % BENCH_BLOCK + (updated + 1) % BENCH_BLOCK;
    }
    return choose_existing(maker, table);
}

/* Everything about the row at place at. */
static pte_status describe_row(bench_batch *batch, bench_use use, bench_table table, size_t at,
                               size_t count, pte_error *error) {
    bench_maker *maker = batch->maker;
    bench_row *row = &batch->rows[at];
    bench_use own = use_of_row(use, at);
    uint64_t number = choose(batch, use, table, at, count);
    bool versioned = own == BENCH_FOR_OVERWRITE || own == BENCH_FOR_UPDATE;
    uint64_t old_mark = mark_of(maker, table, number);
    maker->versions[table][number] += versioned;
    describe_texts(row, maker, table, number);
    describe_keys(row, table);
    row->views_added = views_of_mark(mark_of(maker, table, number)) - views_of_mark(old_mark);
    if (own == BENCH_FOR_QUERY || own == BENCH_FOR_INDEX_QUERY) {
        describe_ten(row, maker, table, own == BENCH_FOR_INDEX_QUERY);
    }
    row->stored = NULL;
    bool item = versioned || own == BENCH_FOR_LOAD || own == BENCH_FOR_INSERT;
    return item ? store_item(batch, maker, at, error) : PTE_OK;
}

static uint64_t marks_of_all(const bench_maker *maker, bench_table table) {
    uint64_t marks = 0;
    for (uint64_t i = 0; i < maker->counts[table]; i++) {
        marks ^= mark_of(maker, table, i);
    }
    return marks;
}

static pte_status make_room(bench_batch *batch, bench_use use, pte_error *error) {
    bool none = use == BENCH_FOR_GET || use == BENCH_FOR_QUERY || use == BENCH_FOR_INDEX_QUERY ||
                use == BENCH_FOR_SCAN;
    if (none || batch->stored_room != NULL) {
        return PTE_OK;
    }
    batch->stored_room = malloc(batch->capacity * batch->stored_bytes);
    return batch->stored_room != NULL ? PTE_OK
                                      : bench_fail(error, PTE_OUT_OF_MEMORY, 0,
                                                   "no memory for %zu items", batch->capacity);
}

pte_status bench_batch_fill(bench_batch *batch, bench_maker *maker, bench_use use,
                            bench_table table, size_t count, pte_error *error) {
    bool all_new = use == BENCH_FOR_LOAD || use == BENCH_FOR_INSERT;
    size_t new_items = all_new ? count : use == BENCH_FOR_TRANSACT ? count / 3 : 0;
    batch->table = table;
    batch->count = 0;
    batch->maker = maker;
    batch->stored_bytes = BENCH_HEADER_BYTES + maker->encoded_bytes;
    batch->all_marks = use == BENCH_FOR_SCAN ? marks_of_all(maker, table) : 0;
    if (count > batch->capacity || maker->counts[table] + new_items > maker->items_max) {
        return bench_fail(error, PTE_INVALID_ARGUMENT, 0, "no room for %zu more items", count);
    }
    pte_status status = make_room(batch, use, error);
    for (size_t i = 0; status == PTE_OK && i < count; i++) {
        status = describe_row(batch, use, table, i, count, error);
    }
    if (status == PTE_OK) {
        batch->count = count;
        maker->counts[table] += new_items;
    }
    return status;
}

void bench_batch_spoil(bench_batch *batch) {
    size_t at = batch->count / 2 / 3 * 3; /* of a transaction's three the one that is new */
    bench_row *row = &batch->rows[at];
    row->digest[BENCH_DIGEST_BYTES - 1] ^= 1;
    row->ten_marks ^= 1;
    batch->spoiled ^= 1;
    if (row->stored != NULL) {
        batch->stored_room[(at + 1) * batch->stored_bytes - 1] ^= 1;
    }
}
