#include "faults/database.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/check.h>

#include <stdio.h>
#include <stdlib.h>

static int64_t still_clock(void *ctx) {
    (void)ctx;
    return 1700000000000;
}

static bool same_bytes(void *ctx, uint8_t *bytes, size_t len) {
    (void)ctx;
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(i * 73 + 11);
    }
    return true;
}

pte_env_options database_options(pte_durability durability, const pte_allocator *allocator) {
    return (pte_env_options){.durability = durability,
                             .allocator = allocator,
                             .now_ms = still_clock,
                             .random = same_bytes};
}

static pte_bytes literal(const char *text) {
    return (pte_bytes){(const uint8_t *)text, strlen(text)};
}

static pte_key_attribute attribute(const char *name, pte_type type) {
    return (pte_key_attribute){literal(name), type};
}

const pte_table_spec *database_table(void) {
    static pte_bytes include[2];
    static pte_index_spec indexes[4];
    static pte_table_spec spec;
    include[0] = literal("ttl");
    include[1] = literal("small");
    indexes[0] = (pte_index_spec){.name = literal("by-a"),
                                  .hash = {attribute("a", PTE_TYPE_S)},
                                  .hash_count = 1,
                                  .range = {attribute("n", PTE_TYPE_N)},
                                  .range_count = 1,
                                  .projection = PTE_PROJECT_ALL,
                                  .user_data = literal("kept for by-a")};
    indexes[1] = (pte_index_spec){.name = literal("by-b"),
                                  .hash = {attribute("b", PTE_TYPE_B)},
                                  .hash_count = 1,
                                  .projection = PTE_PROJECT_KEYS_ONLY};
    indexes[2] = (pte_index_spec){
        .name = literal("by-a-and-b"),
        .hash = {attribute("a", PTE_TYPE_S), attribute("b", PTE_TYPE_B)},
        .hash_count = 2,
        .range = {attribute("long", PTE_TYPE_S), attribute("n", PTE_TYPE_N)},
        .range_count = 2,
        .projection = PTE_PROJECT_INCLUDE,
        .include = include,
        .include_count = 2,
    };
    indexes[3] = (pte_index_spec){.name = literal("local"),
                                  .kind = PTE_INDEX_LOCAL,
                                  .range = {attribute("n", PTE_TYPE_N)},
                                  .range_count = 1,
                                  .projection = PTE_PROJECT_ALL};
    spec = (pte_table_spec){.name = literal(DATABASE_TABLE),
                            .hash = attribute("pk", PTE_TYPE_S),
                            .range = attribute("sk", PTE_TYPE_S),
                            .indexes = indexes,
                            .index_count = 4,
                            .changes = PTE_CHANGES_NEW_AND_OLD_IMAGES,
                            .ttl_attribute = literal("ttl"),
                            .user_data = literal("kept for the table")};
    return &spec;
}

const pte_index_spec *database_late_index(void) {
    static pte_index_spec index;
    index = (pte_index_spec){.name = literal("late"),
                             .hash = {attribute("late", PTE_TYPE_S)},
                             .hash_count = 1,
                             .range = {attribute("long", PTE_TYPE_S)},
                             .range_count = 1,
                             .projection = PTE_PROJECT_ALL};
    return &index;
}

/* Writes prefix and number, filled up with dots to len bytes if len is not 0. */
static void key_text(char *text, const char *prefix, unsigned number, size_t len) {
    int used = snprintf(text, DATABASE_KEY_BYTES_MAX + 1, "%s%06u", prefix, number);
    if (len != 0) {
        memset(text + used, '.', len - (size_t)used);
        text[len] = '\0';
    }
}

pte_key database_key(char texts[2][DATABASE_KEY_BYTES_MAX + 1], const database_item *item) {
    key_text(texts[0], "p", item->number % 7, item->long_keys ? 2000 : 0);
    key_text(texts[1], "s", item->number, item->long_keys ? 1000 : 0);
    return (pte_key){pte_s(texts[0]), pte_s(texts[1])};
}

static void add_content(pte_builder *b, const database_item *item) {
    char *content = malloc(item->content_bytes + 1);
    assert_non_null(content);
    memset(content, (int)('a' + item->version % 26), item->content_bytes);
    content[item->content_bytes] = '\0';
    pte_builder_add_string(b, "content", content);
    free(content);
}

pte_item database_make(pte_builder *b, const database_item *item) {
    char texts[2][DATABASE_KEY_BYTES_MAX + 1];
    char text[DATABASE_KEY_BYTES_MAX + 1];
    pte_error error;
    pte_item made;
    (void)database_key(texts, item);
    pte_builder_reset(b);
    pte_builder_add_string(b, "pk", texts[0]);
    pte_builder_add_string(b, "sk", texts[1]);
    key_text(text, "a", item->number % 5 + item->version, 0);
    pte_builder_add_string(b, "a", text);
    key_text(text, "b", item->number % 3, item->long_keys ? 2000 : 0);
    pte_builder_name(b, pte_str("b"));
    pte_builder_binary(b, pte_str(text));
    key_text(text, "l", item->version, item->long_keys ? 1000 : 0);
    pte_builder_add_string(b, "long", text);
    key_text(text, "late", item->number % 2, 0);
    pte_builder_add_string(b, "late", text);
    snprintf(text, sizeof text, "%u", item->number);
    pte_builder_add_number(b, "n", text);
    snprintf(text, sizeof text, "%u", 1000 + item->number);
    pte_builder_add_number(b, "ttl", text);
    pte_builder_name(b, pte_str("small"));
    pte_builder_begin(b, PTE_TYPE_SS);
    pte_builder_string(b, pte_str("x"));
    pte_builder_string(b, pte_str("y"));
    pte_builder_end(b);
    add_content(b, item);
    OK(pte_builder_item(&made, b, &error));
    return made;
}

void database_create_table(pte_env *env) {
    pte_error error;
    OK(pte_table_create(env, database_table(), &error));
}

pte_status database_try_put(pte_env *env, const database_item *item, pte_error *error) {
    pte_builder *builder;
    if (pte_builder_create(&builder, NULL, error) != PTE_OK) {
        fail();
    }
    pte_item made = database_make(builder, item);
    pte_status status = pte_put(env, pte_str(DATABASE_TABLE), &made, error);
    pte_builder_destroy(builder);
    return status;
}

void database_put(pte_env *env, const database_item *item) {
    pte_error error;
    OK(database_try_put(env, item, &error));
}

/* The same attributes with the same values; stored items have their keys first. */
static bool same_item(const pte_item *a, const pte_item *b) {
    pte_error error;
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    pte_value other;
    if (a->encoded.len != b->encoded.len) {
        return false;
    }
    OK(pte_item_iterate(&iter, a, &error));
    while (pte_iter_next(&iter, &name, &value, &error) == PTE_OK) {
        OK(pte_item_find(&other, b, name, &error));
        if (!pte_bytes_equal(value.encoded, other.encoded)) {
            return false;
        }
    }
    return true;
}

/* Whether the index by "a" has the item too. */
static bool index_has(pte_read *read, const database_item *item, const pte_item *made) {
    char hash[DATABASE_KEY_BYTES_MAX + 1];
    char range[16];
    pte_cursor *cursor;
    pte_error error;
    pte_item found;
    bool has = false;
    key_text(hash, "a", item->number % 5 + item->version, 0);
    snprintf(range, sizeof range, "%u", item->number);
    pte_query query = {.table = pte_str(DATABASE_TABLE),
                       .index = pte_str("by-a"),
                       .hash = {pte_s(hash)},
                       .hash_count = 1,
                       .range = {pte_n(range)},
                       .range_count = 1,
                       .op = PTE_RANGE_EQ};
    OK(pte_query_open(&cursor, read, &query, &error));
    while (pte_cursor_next(&found, cursor, &error) == PTE_OK) {
        has = has || same_item(&found, made);
    }
    pte_cursor_close(cursor);
    return has;
}

bool database_has(pte_env *env, const database_item *item) {
    char texts[2][DATABASE_KEY_BYTES_MAX + 1];
    pte_builder *builder;
    pte_read *read;
    pte_error error;
    pte_item found;
    pte_key key = database_key(texts, item);
    OK(pte_builder_create(&builder, NULL, &error));
    OK(pte_read_begin(&read, env, &error));
    pte_item made = database_make(builder, item);
    pte_status status = pte_read_item(&found, read, pte_str(DATABASE_TABLE), &key, &error);
    bool has = status == PTE_OK && same_item(&found, &made) && index_has(read, item, &made);
    pte_read_end(read);
    pte_builder_destroy(builder);
    return has;
}

static void dump_bytes(database_dump *dump, const void *bytes, size_t len) {
    if (len > dump->capacity - dump->len) {
        dump->capacity = (dump->capacity + len) * 2;
        dump->bytes = realloc(dump->bytes, dump->capacity);
        assert_non_null(dump->bytes);
    }
    memcpy(dump->bytes + dump->len, bytes, len);
    dump->len += len;
}

static void dump_number(database_dump *dump, uint64_t number) {
    dump_bytes(dump, &number, sizeof number);
}

static void dump_view(database_dump *dump, pte_bytes bytes) {
    dump_number(dump, bytes.len);
    if (bytes.len != 0) {
        dump_bytes(dump, bytes.data, bytes.len);
    }
}

static void dump_items(database_dump *dump, pte_read *read, pte_bytes table, pte_bytes index) {
    pte_cursor *cursor;
    pte_error error;
    pte_item item;
    pte_scan scan = {.table = table, .index = index};
    pte_status status = pte_scan_open(&cursor, read, &scan, &error);
    if (status == PTE_INDEX_BACKFILLING) {
        return;
    }
    assert_int_equal(status, PTE_OK);
    while ((status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
        dump_view(dump, item.encoded);
    }
    assert_int_equal(status, PTE_END);
    pte_cursor_close(cursor);
}

static void dump_table(database_dump *dump, pte_read *read, pte_bytes name) {
    const pte_table_info *info;
    pte_error error;
    OK(pte_table_describe(&info, read, name, &error));
    dump_view(dump, name);
    dump_number(dump, info->id);
    dump_number(dump, info->items);
    dump_number(dump, info->size_bytes);
    dump_number(dump, info->ttl_state);
    dump_view(dump, info->spec.ttl_attribute);
    dump_view(dump, info->spec.user_data);
    dump_number(dump, info->spec.changes);
    dump_items(dump, read, name, (pte_bytes){0});
    for (size_t i = 0; i < info->index_count; i++) {
        const pte_index_info *index = &info->indexes[i];
        dump_view(dump, index->spec.name);
        dump_view(dump, index->spec.user_data);
        dump_number(dump, index->id);
        dump_number(dump, index->state);
        dump_number(dump, index->entries);
        dump_number(dump, index->size_bytes);
        dump_items(dump, read, name, index->spec.name);
    }
}

static void dump_changes(database_dump *dump, pte_read *read) {
    pte_change change;
    pte_error error;
    uint64_t last;
    pte_status status;
    OK(pte_change_last(&last, read, &error));
    dump_number(dump, last);
    uint64_t after = 0;
    while ((status = pte_change_next(&change, read, after, &error)) == PTE_OK) {
        after = change.sequence;
        dump_number(dump, change.sequence);
        dump_number(dump, change.table_id);
        dump_number(dump, change.kind);
        dump_number(dump, change.by_expiry);
        dump_view(dump, change.keys.encoded);
        dump_view(dump, change.old_image.encoded);
        dump_view(dump, change.new_image.encoded);
    }
    assert_int_equal(status, PTE_END);
}

database_dump database_take(pte_env *env) {
    database_dump dump = {0};
    pte_env_info info;
    pte_read *read;
    pte_error error;
    pte_status status;
    uint8_t after[PTE_TABLE_NAME_BYTES_MAX];
    pte_bytes name = {0};
    OK(pte_env_describe(&info, env, &error));
    dump_number(&dump, info.expiry_entries);
    dump_number(&dump, info.index_entries);
    dump_number(&dump, info.items);
    dump_number(&dump, info.retired);
    OK(pte_read_begin(&read, env, &error));
    while ((status = pte_table_next(&name, read, name, &error)) == PTE_OK) {
        memcpy(after, name.data, name.len);
        name.data = after;
        dump_table(&dump, read, name);
    }
    assert_int_equal(status, PTE_END);
    dump.changes_at = dump.len;
    dump_changes(&dump, read);
    pte_read_end(read);
    return dump;
}

void database_dump_free(database_dump *dump) {
    free(dump->bytes);
    *dump = (database_dump){0};
}

bool database_dump_equal(const database_dump *a, const database_dump *b) {
    return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool database_dump_alike(const database_dump *a, const database_dump *b) {
    return a->len == b->len && a->changes_at == b->changes_at &&
           memcmp(a->bytes, b->bytes, a->changes_at) == 0;
}

static void print_problem(void *ctx, const char *problem) {
    (void)ctx;
    print_error("check: %s\n", problem);
}

void database_expect_sound(pte_env *env) {
    pte_check_report report;
    pte_error error;
    pte_check_options options = {.on_problem = print_problem};
    OK(pte_check(&report, env, &options, &error));
    assert_int_equal(report.problems, 0);
}
