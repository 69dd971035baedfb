#include "sample.h"

#include "support/support.h"

#include <stdio.h>

static int64_t fixed_now_ms(void *ctx) {
    (void)ctx;
    return (int64_t)SAMPLE_NOW_S * 1000;
}

static bool fixed_random(void *ctx, uint8_t *bytes, size_t len) {
    (void)ctx;
    test_random random = {7};
    test_random_fill(&random, bytes, len);
    return true;
}

pte_env_options sample_options(void) {
    return (pte_env_options){
        .durability = PTE_RELAXED, .now_ms = fixed_now_ms, .random = fixed_random};
}

static pte_key_attribute attribute(const char *name, pte_type type) {
    return (pte_key_attribute){pte_str(name), type};
}

static void put(pte_env *env, const char *table, pte_builder *b) {
    pte_error error;
    pte_item item;
    OK(pte_builder_item(&item, b, &error));
    OK(pte_put(env, pte_str(table), &item, &error));
    pte_builder_reset(b);
}

static void add_format(pte_builder *b, const char *name, const char *format, int number) {
    char text[64];
    snprintf(text, sizeof text, format, number);
    pte_builder_add_string(b, name, text);
}

static void add_int(pte_builder *b, const char *name, int64_t number) {
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)number);
    pte_builder_add_number(b, name, text);
}

static void add_binary(pte_builder *b, const char *name, int byte, size_t len) {
    uint8_t bytes[2048];
    memset(bytes, byte, sizeof bytes);
    pte_builder_name(b, pte_str(name));
    pte_builder_binary(b, pte_view(bytes, len));
}

/* ---- orders ---- */

static void create_orders(pte_env *env) {
    const pte_bytes note = pte_str("note");
    const pte_index_spec indexes[] = {
        {.name = pte_str("by-status"),
         .hash = {attribute("status", PTE_TYPE_S)},
         .hash_count = 1,
         .range = {attribute("amount", PTE_TYPE_N)},
         .range_count = 1},
        {.name = pte_str("by-day"),
         .kind = PTE_INDEX_LOCAL,
         .range = {attribute("day", PTE_TYPE_S)},
         .range_count = 1,
         .projection = PTE_PROJECT_KEYS_ONLY},
        {.name = pte_str("some"),
         .hash = {attribute("a", PTE_TYPE_S), attribute("b", PTE_TYPE_N)},
         .hash_count = 2,
         .range = {attribute("c", PTE_TYPE_B)},
         .range_count = 1,
         .projection = PTE_PROJECT_INCLUDE,
         .include = &note,
         .include_count = 1},
    };
    const pte_table_spec spec = {
        .name = pte_str("orders"),
        .hash = attribute("pk", PTE_TYPE_S),
        .range = attribute("sk", PTE_TYPE_N),
        .indexes = indexes,
        .index_count = 3,
        .changes = PTE_CHANGES_NEW_AND_OLD_IMAGES,
        .ttl_attribute = pte_str("expires"),
        .user_data = pte_str("kept"),
    };
    pte_error error;
    OK(pte_table_create(env, &spec, &error));
}

static void put_order(pte_env *env, pte_builder *b, int i, int64_t expires) {
    add_format(b, "pk", "customer-%d", i % 4);
    add_int(b, "sk", i);
    if (i % 6 != 0) {
        pte_builder_add_string(b, "status", i % 2 == 0 ? "paid" : "open");
    }
    add_int(b, "amount", 10 * (int64_t)i);
    add_format(b, "day", "2024-01-%02d", i + 1);
    add_format(b, "a", "a%d", i % 3);
    add_int(b, "b", i % 2);
    add_binary(b, "c", i % 2, 3);
    add_format(b, "note", "note of order %d", i);
    if (expires != 0) {
        add_int(b, "expires", expires);
    } else {
        pte_builder_add_string(b, "expires", "never");
    }
    put(env, "orders", b);
}

static void fill_orders(pte_env *env, pte_builder *b) {
    pte_error error;
    size_t expired;
    create_orders(env);
    for (int i = 0; i < SAMPLE_ORDERS; i++) {
        put_order(env, b, i, i % 2 == 0 ? SAMPLE_NOW_S + 1000 + i : 0);
    }
    put_order(env, b, 100, SAMPLE_NOW_S - 5);
    put_order(env, b, 101, 0);
    put_order(env, b, 101, SAMPLE_NOW_S + 7);
    const pte_key key = {pte_s("customer-1"), pte_n("101")};
    OK(pte_delete(env, pte_str("orders"), &key, &error));
    OK(pte_expire(&expired, env, SAMPLE_NOW_S, 10, &error));
    assert_int_equal(1, expired);
}

/* ---- plain ---- */

static void fill_plain(pte_env *env, pte_builder *b) {
    const pte_table_spec spec = {.name = pte_str("plain"),
                                 .hash = attribute("pk", PTE_TYPE_S),
                                 .changes = PTE_CHANGES_NEW_IMAGE};
    pte_error error;
    OK(pte_table_create(env, &spec, &error));
    for (int i = 0; i < SAMPLE_PLAIN; i++) {
        add_format(b, "pk", "plain-%d", i);
        pte_builder_name(b, pte_str("list"));
        pte_builder_begin(b, PTE_TYPE_L);
        pte_builder_boolean(b, true);
        pte_builder_null(b);
        pte_builder_end(b);
        put(env, "plain", b);
    }
}

/* ---- long ---- */

static void create_long(pte_env *env) {
    const pte_index_spec index = {.name = pte_str("by-range"),
                                  .hash = {attribute("kind", PTE_TYPE_S)},
                                  .hash_count = 1,
                                  .range = {attribute("far", PTE_TYPE_B)},
                                  .range_count = 1};
    const pte_table_spec spec = {.name = pte_str("long"),
                                 .hash = attribute("pk", PTE_TYPE_B),
                                 .range = attribute("sk", PTE_TYPE_B),
                                 .indexes = &index,
                                 .index_count = 1,
                                 .ttl_attribute = pte_str("expires")};
    pte_error error;
    OK(pte_table_create(env, &spec, &error));
}

static void fill_long(pte_env *env, pte_builder *b) {
    static const size_t LENS[SAMPLE_LONG] = {1, 400, 483, 484, 500, 600, 900, 1023, 1024};
    create_long(env);
    for (int i = 0; i < SAMPLE_LONG; i++) {
        add_binary(b, "pk", 0xAB, 8);
        add_binary(b, "sk", 'z', LENS[i]);
        pte_builder_add_string(b, "kind", "far");
        add_binary(b, "far", 0, LENS[SAMPLE_LONG - 1 - i]);
        add_int(b, "expires", SAMPLE_NOW_S + 1000);
        put(env, "long", b);
    }
}

/* ---- filling ---- */

static void add_filling(pte_env *env) {
    const pte_index_spec index = {
        .name = pte_str("by-kind"), .hash = {attribute("kind", PTE_TYPE_S)}, .hash_count = 1};
    const pte_table_change change = {
        .add_index = &index, .set_ttl_attribute = true, .ttl_attribute = pte_str("expires")};
    pte_error error;
    pte_backfill_progress progress;
    OK(pte_table_alter(env, pte_str("filling"), &change, &error));
    OK(pte_backfill_step(&progress, env, pte_str("filling"), SAMPLE_FILLED, &error));
    assert_false(progress.finished);
}

static void fill_filling(pte_env *env, pte_builder *b) {
    const pte_table_spec spec = {.name = pte_str("filling"), .hash = attribute("pk", PTE_TYPE_S)};
    pte_error error;
    OK(pte_table_create(env, &spec, &error));
    for (int i = 0; i < SAMPLE_FILLING; i++) {
        add_format(b, "pk", "filling-%d", i);
        pte_builder_add_string(b, "kind", "kind");
        add_int(b, "expires", SAMPLE_NOW_S + 1000);
        put(env, "filling", b);
    }
    add_filling(env);
}

/* ---- gone ---- */

static void fill_gone(pte_env *env, pte_builder *b) {
    enum { ITEMS = 200 }; /* more than the drop reclaims at once */
    const pte_index_spec index = {
        .name = pte_str("all"), .hash = {attribute("pk", PTE_TYPE_S)}, .hash_count = 1};
    const pte_table_spec spec = {.name = pte_str("gone"),
                                 .hash = attribute("pk", PTE_TYPE_S),
                                 .indexes = &index,
                                 .index_count = 1,
                                 .ttl_attribute = pte_str("expires")};
    pte_error error;
    OK(pte_table_create(env, &spec, &error));
    for (int i = 0; i < ITEMS; i++) {
        add_format(b, "pk", "gone-%d", i);
        add_int(b, "expires", SAMPLE_NOW_S + 1000);
        put(env, "gone", b);
    }
}

/* ---- all ---- */

static uint32_t index_id(const pte_table_info *info, const char *name) {
    for (size_t i = 0; i < info->index_count; i++) {
        if (pte_bytes_equal(info->indexes[i].spec.name, pte_str(name))) {
            return info->indexes[i].id;
        }
    }
    fail_msg("no index %s", name);
    return 0;
}

static const pte_table_info *describe(pte_read *read, const char *table) {
    pte_error error;
    const pte_table_info *info;
    OK(pte_table_describe(&info, read, pte_str(table), &error));
    return info;
}

static void look_up_ids(pte_env *env, sample_ids *ids) {
    pte_error error;
    pte_read *read;
    OK(pte_read_begin(&read, env, &error));
    const pte_table_info *orders = describe(read, "orders");
    ids->orders = orders->id;
    ids->by_status = index_id(orders, "by-status");
    ids->by_day = index_id(orders, "by-day");
    ids->some = index_id(orders, "some");
    ids->orders_ttl = ids->some + 1; /* ids are given in that order */
    ids->plain = describe(read, "plain")->id;
    ids->long_table = describe(read, "long")->id;
    ids->by_range = index_id(describe(read, "long"), "by-range");
    ids->long_ttl = ids->by_range + 1;
    ids->filling = describe(read, "filling")->id;
    ids->by_kind = index_id(describe(read, "filling"), "by-kind");
    ids->filling_ttl = ids->by_kind + 1;
    ids->gone = describe(read, "gone")->id;
    ids->unknown = 999;
    pte_read_end(read);
}

void sample_make(const char *path, sample_ids *ids) {
    pte_error error;
    pte_env *env;
    pte_builder *b;
    const pte_env_options options = sample_options();
    OK(pte_env_open(&env, path, &options, &error));
    OK(pte_builder_create(&b, NULL, &error));
    fill_orders(env, b);
    fill_plain(env, b);
    fill_long(env, b);
    fill_filling(env, b);
    fill_gone(env, b);
    look_up_ids(env, ids);
    OK(pte_table_drop(env, pte_str("gone"), &error));
    pte_builder_destroy(b);
    pte_env_close(env);
}
