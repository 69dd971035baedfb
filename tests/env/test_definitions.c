/* Definitions of tables and indexes: what is refused, what is kept, and what a table costs. */
#include "faults/database.h"

#include <pocketable/engine/upkeep.h>

#include <stdio.h>
#include <stdlib.h>

static pte_env *open_memory(void) {
    pte_env *env;
    pte_error error;
    pte_env_options options = database_options(PTE_MEMORY, NULL);
    OK(pte_env_open(&env, NULL, &options, &error));
    return env;
}

/* A definition that may be changed before it is tried. */
typedef struct draft {
    pte_table_spec table;
    pte_index_spec indexes[PTE_INDEXES_MAX + 1];
    char names[PTE_INDEXES_MAX + 1][16];
    pte_bytes includes[PTE_INCLUDES_MAX + 1];
} draft;

/* len bytes of one letter. */
static pte_bytes letters(size_t len) {
    static char text[PTE_USER_DATA_BYTES_MAX + 1];
    memset(text, 'n', sizeof text);
    return pte_view(text, len);
}

static draft *new_draft(size_t index_count) {
    draft *d = calloc(1, sizeof *d);
    assert_non_null(d);
    d->table = (pte_table_spec){.name = pte_str("t"),
                                .hash = {pte_str("h"), PTE_TYPE_S},
                                .range = {pte_str("r"), PTE_TYPE_N},
                                .indexes = d->indexes,
                                .index_count = index_count};
    for (size_t i = 0; i < index_count; i++) {
        snprintf(d->names[i], sizeof d->names[i], "index%u", (unsigned)i % 1000);
        d->indexes[i] = (pte_index_spec){
            .name = pte_str(d->names[i]), .hash = {{pte_str("a"), PTE_TYPE_S}}, .hash_count = 1};
    }
    for (size_t i = 0; i < PTE_INCLUDES_MAX + 1; i++) {
        d->includes[i] = pte_view(letters(i + 1).data, i + 1);
    }
    return d;
}

/* Tries the draft and frees it. */
static void try_draft(draft *d, pte_status expected, int line) {
    pte_error error = {0};
    pte_env *env = open_memory();
    pte_status status = pte_table_create(env, &d->table, &error);
    if (status != expected) {
        fail_msg("line %d: %s was expected, %s was found: %s", line, pte_status_name(expected),
                 pte_status_name(status), error.message);
    }
    pte_env_info info;
    OK(pte_env_describe(&info, env, &error));
    assert_int_equal(info.tables, expected == PTE_OK ? 1 : 0);
    database_expect_sound(env);
    pte_env_close(env);
    free(d);
}

/* One draft with a change that is allowed, and one with a change that is not. */
#define LIMIT(index_count, good, bad)                                                              \
    do {                                                                                           \
        draft *d = new_draft(index_count);                                                         \
        good;                                                                                      \
        try_draft(d, PTE_OK, __LINE__);                                                            \
        d = new_draft(index_count);                                                                \
        bad;                                                                                       \
        try_draft(d, PTE_INVALID_SCHEMA, __LINE__);                                                \
    } while (0)

static void test_definitions__limits_of_tables(void **state) {
    (void)state;
    LIMIT(0, d->table.name = letters(PTE_TABLE_NAME_BYTES_MAX),
          d->table.name = letters(PTE_TABLE_NAME_BYTES_MAX + 1));
    LIMIT(0, d->table.name = letters(1), d->table.name = letters(0));
    LIMIT(0, d->table.hash.name = letters(PTE_KEY_NAME_BYTES_MAX),
          d->table.hash.name = letters(PTE_KEY_NAME_BYTES_MAX + 1));
    LIMIT(0, d->table.hash.name = letters(1), d->table.hash.name = letters(0));
    LIMIT(0, d->table.range.name = letters(PTE_KEY_NAME_BYTES_MAX),
          d->table.range.name = letters(PTE_KEY_NAME_BYTES_MAX + 1));
    LIMIT(0, d->table.range.name = letters(0), d->table.range.name = d->table.hash.name);
    LIMIT(0, d->table.hash.type = PTE_TYPE_B, d->table.hash.type = PTE_TYPE_BOOL);
    LIMIT(0, d->table.hash.type = PTE_TYPE_N, d->table.hash.type = PTE_TYPE_NONE);
    LIMIT(0, d->table.range.type = PTE_TYPE_S, d->table.range.type = PTE_TYPE_L);
    LIMIT(0, d->table.ttl_attribute = letters(PTE_KEY_NAME_BYTES_MAX),
          d->table.ttl_attribute = letters(PTE_KEY_NAME_BYTES_MAX + 1));
    LIMIT(0, d->table.user_data = letters(PTE_USER_DATA_BYTES_MAX),
          d->table.user_data = letters(PTE_USER_DATA_BYTES_MAX + 1));
    LIMIT(0, d->table.changes = PTE_CHANGES_NEW_AND_OLD_IMAGES,
          d->table.changes = (pte_change_images)5);
    LIMIT(0, d->table.name = pte_str("\xC3\xA4"), d->table.hash.name = pte_str("\xC3"));
}

static void fill_keys(draft *d, size_t hashes, size_t ranges) {
    static const char *const NAMES[] = {"a", "b", "c", "d", "e", "f", "g", "i"};
    pte_index_spec *index = &d->indexes[0];
    for (size_t i = 0; i < 4; i++) {
        index->hash[i] = (pte_key_attribute){pte_str(NAMES[i]), PTE_TYPE_S};
        index->range[i] = (pte_key_attribute){pte_str(NAMES[4 + i]), PTE_TYPE_N};
    }
    index->hash_count = hashes;
    index->range_count = ranges;
}

static void include(draft *d, size_t count) {
    d->indexes[0].projection = PTE_PROJECT_INCLUDE;
    d->indexes[0].include = d->includes;
    d->indexes[0].include_count = count;
}

static void make_local(draft *d, const char *hash, size_t range_count) {
    fill_keys(d, hash != NULL ? 1 : 0, range_count);
    d->indexes[0].kind = PTE_INDEX_LOCAL;
    if (hash != NULL) {
        d->indexes[0].hash[0].name = pte_str(hash);
    }
}

static void repeat_in_key(draft *d, bool in_range) {
    fill_keys(d, 2, 1);
    if (in_range) {
        d->indexes[0].range[0].name = pte_str("a");
    } else {
        d->indexes[0].hash[1].name = pte_str("a");
    }
}

static void include_as(draft *d, pte_projection projection, const pte_bytes *names) {
    include(d, 1);
    d->indexes[0].projection = projection;
    d->indexes[0].include = names;
}

static void include_name(draft *d, pte_bytes name) {
    include(d, 1);
    d->includes[0] = name;
}

static void one_index_more(draft *d) {
    d->indexes[d->table.index_count] = d->indexes[0];
    d->indexes[d->table.index_count].name = pte_str("one more");
    d->table.index_count++;
}

static void hash_as_in_table(draft *d, pte_type type) {
    d->indexes[0].hash[0].name = d->table.hash.name;
    d->indexes[0].hash[0].type = type;
}

static void local_without_range(draft *d) {
    make_local(d, "h", 1);
    d->table.range.name = (pte_bytes){0};
}

static void test_definitions__limits_of_indexes(void **state) {
    (void)state;
    LIMIT(PTE_INDEXES_MAX, (void)d, d->indexes[1].name = d->indexes[0].name);
    LIMIT(PTE_INDEXES_MAX, (void)d, one_index_more(d));
    LIMIT(1, (void)d, d->table.indexes = NULL);
    LIMIT(1, d->indexes[0].name = letters(PTE_INDEX_NAME_BYTES_MAX),
          d->indexes[0].name = letters(PTE_INDEX_NAME_BYTES_MAX + 1));
    LIMIT(1, d->indexes[0].name = letters(1), d->indexes[0].name = letters(0));
    LIMIT(1, fill_keys(d, 4, 4), fill_keys(d, 5, 4));
    LIMIT(1, fill_keys(d, 4, 4), fill_keys(d, 4, 5));
    LIMIT(1, fill_keys(d, 1, 0), fill_keys(d, 0, 1));
    LIMIT(1, fill_keys(d, 2, 1), repeat_in_key(d, false));
    LIMIT(1, fill_keys(d, 2, 1), repeat_in_key(d, true));
    LIMIT(1, d->indexes[0].hash[0].name = letters(PTE_KEY_NAME_BYTES_MAX),
          d->indexes[0].hash[0].name = letters(PTE_KEY_NAME_BYTES_MAX + 1));
    LIMIT(1, d->indexes[0].hash[0].type = PTE_TYPE_B, d->indexes[0].hash[0].type = PTE_TYPE_SS);
    LIMIT(1, d->indexes[0].kind = PTE_INDEX_GLOBAL, d->indexes[0].kind = (pte_index_kind)2);
    LIMIT(1, d->indexes[0].projection = PTE_PROJECT_KEYS_ONLY,
          d->indexes[0].projection = (pte_projection)3);
    LIMIT(1, include(d, PTE_INCLUDES_MAX), include(d, PTE_INCLUDES_MAX + 1));
    LIMIT(1, include(d, 1), include(d, 0));
    LIMIT(1, include(d, 1), include_as(d, PTE_PROJECT_ALL, d->includes));
    LIMIT(1, include(d, 1), include_as(d, PTE_PROJECT_INCLUDE, NULL));
    LIMIT(1, include_name(d, letters(1)), include_name(d, letters(0)));
    LIMIT(1, include_name(d, letters(PTE_NAME_BYTES_MAX)),
          include_name(d, letters(PTE_NAME_BYTES_MAX + 1)));
    LIMIT(1, d->indexes[0].user_data = letters(PTE_USER_DATA_BYTES_MAX),
          d->indexes[0].user_data = letters(PTE_USER_DATA_BYTES_MAX + 1));
    /* One name has one type in a table. */
    LIMIT(1, hash_as_in_table(d, PTE_TYPE_S), hash_as_in_table(d, PTE_TYPE_N));
    LIMIT(2, d->indexes[1].hash[0].type = PTE_TYPE_S, d->indexes[1].hash[0].type = PTE_TYPE_N);
    /* Local ones have the table's hash attribute, and the table has a range attribute. */
    LIMIT(1, make_local(d, NULL, 1), make_local(d, "a", 1));
    LIMIT(1, make_local(d, "h", 1), make_local(d, "h", 0));
    LIMIT(1, make_local(d, "h", 1), make_local(d, "h", 2));
    LIMIT(1, make_local(d, "h", 1), local_without_range(d));
}

/* --- what is there, and what is not --- */

static void test_definitions__names(void **state) {
    pte_error error;
    (void)state;
    pte_env *env = open_memory();
    pte_table_change change = {0};
    const pte_table_info *info;
    pte_read *read;
    OK(pte_table_create(env, database_table(), &error));
    EXPECT(PTE_TABLE_EXISTS, pte_table_create(env, database_table(), &error));
    EXPECT(PTE_TABLE_NOT_FOUND, pte_table_drop(env, pte_str("other"), &error));
    EXPECT(PTE_TABLE_NOT_FOUND, pte_table_drop(env, (pte_bytes){0}, &error));
    EXPECT(PTE_TABLE_NOT_FOUND, pte_table_drop(env, letters(PTE_TABLE_NAME_BYTES_MAX + 1), &error));
    EXPECT(PTE_TABLE_NOT_FOUND, pte_table_alter(env, pte_str("other"), &change, &error));
    OK(pte_read_begin(&read, env, &error));
    EXPECT(PTE_TABLE_NOT_FOUND, pte_table_describe(&info, read, pte_str("other"), &error));
    assert_null(info);
    pte_read_end(read);
    OK(pte_table_drop(env, pte_str(DATABASE_TABLE), &error));
    EXPECT(PTE_TABLE_NOT_FOUND, pte_table_drop(env, pte_str(DATABASE_TABLE), &error));
    pte_env_close(env);
}

static pte_table_info described(pte_env *env, const char *name) {
    const pte_table_info *info;
    pte_read *read;
    pte_error error;
    OK(pte_read_begin(&read, env, &error));
    OK(pte_table_describe(&info, read, pte_str(name), &error));
    pte_table_info copy = *info; /* only its numbers live on */
    pte_read_end(read);
    return copy;
}

/* Dropped and made again, a table is another: no old item shows, no id comes back. */
static void test_definitions__a_new_table_is_empty(void **state) {
    pte_error error;
    uint32_t last_id = 0;
    (void)state;
    pte_env *env = open_memory();
    for (unsigned round = 0; round < 30; round++) {
        database_create_table(env);
        pte_table_info info = described(env, DATABASE_TABLE);
        assert_true(info.id > last_id);
        assert_int_equal(info.items, 0);
        last_id = info.id + 5; /* its indexes and its expiry list have ids too */
        for (unsigned i = 0; i < 5; i++) {
            assert_false(database_has(env, &(database_item){.number = i, .content_bytes = 10}));
            database_put(env, &(database_item){
                                  .number = i, .content_bytes = 10, .long_keys = round % 2 != 0});
        }
        OK(pte_table_drop(env, pte_str(DATABASE_TABLE), &error));
        if (round % 3 == 0) {
            size_t reclaimed;
            OK(pte_reclaim(&reclaimed, env, 7, &error));
        }
        database_expect_sound(env);
    }
    pte_env_close(env);
}

/* A key that was made for the table as it was says of the one made since that it does not fit. */
static void test_definitions__a_key_of_the_table_before_does_not_fit(void **state) {
    pte_error error;
    pte_item item;
    pte_read *read;
    const pte_key key = {.hash = pte_s("x"), .range = pte_s("y")};
    pte_table_spec spec = {.name = pte_str("t"),
                           .hash = {pte_str("h"), PTE_TYPE_S},
                           .range = {pte_str("r"), PTE_TYPE_S}};
    (void)state;
    pte_env *env = open_memory();
    OK(pte_table_create(env, &spec, &error));
    OK(pte_delete(env, spec.name, &key, &error));
    OK(pte_table_drop(env, spec.name, &error));
    spec.range = (pte_key_attribute){0};
    OK(pte_table_create(env, &spec, &error));
    EXPECT(PTE_KEY_TYPE, pte_delete(env, spec.name, &key, &error));
    OK(pte_read_begin(&read, env, &error));
    EXPECT(PTE_KEY_TYPE, pte_read_item(&item, read, spec.name, &key, &error));
    pte_read_end(read);
    pte_env_close(env);
}

/* An operation that was made for one table is not carried out on another of its name. */
static void test_definitions__an_operation_is_of_the_table_it_names(void **state) {
    pte_error error;
    pte_read *read;
    const pte_table_info *info;
    pte_table_spec spec = {.name = pte_str("t"), .hash = {pte_str("h"), PTE_TYPE_S}};
    (void)state;
    pte_env *env = open_memory();
    OK(pte_table_create(env, &spec, &error));
    OK(pte_read_begin(&read, env, &error));
    OK(pte_table_describe(&info, read, spec.name, &error));
    pte_op op = {
        .kind = PTE_DELETE, .table = spec.name, .key = {.hash = pte_s("x")}, .table_id = info->id};
    pte_read_end(read);
    OK(pte_write(env, &op, 1, &error));
    OK(pte_table_drop(env, spec.name, &error));
    EXPECT(PTE_TABLE_NOT_FOUND, pte_write(env, &op, 1, &error));
    spec.hash.name = pte_str("other");
    OK(pte_table_create(env, &spec, &error));
    EXPECT(PTE_TABLE_NOT_FOUND, pte_write(env, &op, 1, &error));
    op.table_id = 0;
    OK(pte_write(env, &op, 1, &error));
    pte_env_close(env);
}

static void test_definitions__next_is_in_byte_order(void **state) {
    static const char *const NAMES[] = {"a", "a.b", "aa", "b", "\xC3\xA4"};
    pte_error error;
    pte_read *read;
    (void)state;
    pte_env *env = open_memory();
    for (size_t i = 5; i-- > 0;) {
        pte_table_spec spec = {.name = pte_str(NAMES[i]), .hash = {pte_str("h"), PTE_TYPE_S}};
        OK(pte_table_create(env, &spec, &error));
    }
    OK(pte_read_begin(&read, env, &error));
    pte_bytes name = {0};
    for (size_t i = 0; i < 5; i++) {
        OK(pte_table_next(&name, read, name, &error));
        assert_true(pte_bytes_equal(name, pte_str(NAMES[i])));
    }
    EXPECT(PTE_END, pte_table_next(&name, read, name, &error));
    assert_int_equal(name.len, 0);
    OK(pte_table_next(&name, read, pte_str("a."), &error));
    assert_true(pte_bytes_equal(name, pte_str("a.b")));
    pte_read_end(read);
    pte_env_close(env);
}

/* --- changes --- */

static void expect_unchanged(pte_env *env, const pte_table_change *change, pte_status expected) {
    pte_error error;
    database_dump before = database_take(env);
    uint64_t version = described(env, DATABASE_TABLE).version;
    EXPECT(expected, pte_table_alter(env, pte_str(DATABASE_TABLE), change, &error));
    database_dump after = database_take(env);
    assert_true(database_dump_equal(&before, &after));
    assert_int_equal(described(env, DATABASE_TABLE).version, version);
    database_dump_free(&before);
    database_dump_free(&after);
}

/* One part that is refused keeps all the others from being carried out. */
static void test_definitions__alter_is_all_or_nothing(void **state) {
    pte_error error;
    (void)state;
    pte_env *env = open_memory();
    database_create_table(env);
    database_put(env, &(database_item){.number = 1, .content_bytes = 10});
    pte_table_change all = {.drop_index = pte_str("by-b"),
                            .add_index = database_late_index(),
                            .set_user_data = true,
                            .user_data = pte_str("new"),
                            .set_changes = true,
                            .set_ttl_attribute = true,
                            .user_data_index = pte_str("by-a"),
                            .index_user_data = pte_str("new too")};
    uint64_t version = described(env, DATABASE_TABLE).version;
    pte_table_change change = all;
    change.expected_version = version + 1;
    expect_unchanged(env, &change, PTE_TABLE_CHANGED);
    change = all;
    change.drop_index = pte_str("no such");
    expect_unchanged(env, &change, PTE_INDEX_NOT_FOUND);
    change = all;
    change.user_data_index = pte_str("no such");
    expect_unchanged(env, &change, PTE_INDEX_NOT_FOUND);
    pte_index_spec index = *database_late_index();
    index.name = pte_str("by-a");
    change = all;
    change.add_index = &index;
    expect_unchanged(env, &change, PTE_INDEX_EXISTS);
    index.name = pte_str("late");
    index.hash[0] = (pte_key_attribute){pte_str("a"), PTE_TYPE_N};
    expect_unchanged(env, &change, PTE_INVALID_SCHEMA);
    change = all;
    change.changes = (pte_change_images)9;
    expect_unchanged(env, &change, PTE_INVALID_SCHEMA);
    change = all;
    change.user_data = letters(PTE_USER_DATA_BYTES_MAX + 1);
    expect_unchanged(env, &change, PTE_INVALID_SCHEMA);
    change = all;
    change.index_user_data = letters(PTE_USER_DATA_BYTES_MAX + 1);
    expect_unchanged(env, &change, PTE_INVALID_SCHEMA);
    change = all;
    change.set_ttl_attribute = true;
    change.ttl_attribute = letters(PTE_KEY_NAME_BYTES_MAX + 1);
    expect_unchanged(env, &change, PTE_INVALID_SCHEMA);

    all.expected_version = version;
    OK(pte_table_alter(env, pte_str(DATABASE_TABLE), &all, &error));
    pte_table_info info = described(env, DATABASE_TABLE);
    assert_true(info.version > version);
    assert_int_equal(info.index_count, 4);
    assert_int_equal(info.spec.changes, PTE_CHANGES_OFF);
    EXPECT(PTE_TABLE_CHANGED, pte_table_alter(env, pte_str(DATABASE_TABLE), &all, &error));
    OK(pte_backfill(env, pte_str(DATABASE_TABLE), NULL, NULL, &error));
    database_expect_sound(env);
    pte_env_close(env);
}

static void test_definitions__describe_gives_all_back(void **state) {
    pte_error error;
    pte_read *read;
    const pte_table_info *info;
    (void)state;
    const pte_table_spec *spec = database_table();
    pte_env *env = open_memory();
    database_create_table(env);
    OK(pte_read_begin(&read, env, &error));
    OK(pte_table_describe(&info, read, spec->name, &error));
    assert_true(pte_bytes_equal(info->spec.name, spec->name));
    assert_true(pte_bytes_equal(info->spec.hash.name, spec->hash.name));
    assert_true(pte_bytes_equal(info->spec.range.name, spec->range.name));
    assert_true(pte_bytes_equal(info->spec.user_data, spec->user_data));
    assert_true(pte_bytes_equal(info->spec.ttl_attribute, spec->ttl_attribute));
    assert_int_equal(info->spec.changes, spec->changes);
    assert_int_equal(info->index_count, spec->index_count);
    for (size_t i = 0; i < spec->index_count; i++) {
        const pte_index_spec *given = &spec->indexes[i];
        const pte_index_spec *found = &info->indexes[i].spec;
        assert_true(pte_bytes_equal(found->name, given->name));
        assert_true(pte_bytes_equal(found->user_data, given->user_data));
        assert_int_equal(found->kind, given->kind);
        assert_int_equal(found->projection, given->projection);
        assert_int_equal(found->include_count, given->include_count);
        assert_int_equal(found->range_count, given->range_count);
        assert_int_equal(info->indexes[i].state, PTE_INDEX_ACTIVE);
        for (size_t j = 0; j < given->include_count; j++) {
            assert_true(pte_bytes_equal(found->include[j], given->include[j]));
        }
        for (size_t j = 0; j < given->range_count; j++) {
            assert_true(pte_bytes_equal(found->range[j].name, given->range[j].name));
            assert_int_equal(found->range[j].type, given->range[j].type);
        }
    }
    pte_read_end(read);
    pte_env_close(env);
}

/* The definition alone: the description but for the counts. */
static void test_definitions__definition_is_without_counts(void **state) {
    pte_error error;
    pte_read *read;
    const pte_table_info *info, *definition;
    (void)state;
    const pte_table_spec *spec = database_table();
    pte_env *env = open_memory();
    database_create_table(env);
    database_put(env, &(database_item){.number = 1});
    OK(pte_read_begin(&read, env, &error));
    OK(pte_table_describe(&info, read, spec->name, &error));
    OK(pte_table_definition(&definition, read, spec->name, &error));
    assert_int_equal(info->items, 1);
    assert_int_equal(definition->items, 0);
    assert_int_equal(definition->size_bytes, 0);
    assert_int_equal(definition->id, info->id);
    assert_int_equal(definition->version, info->version);
    assert_true(pte_bytes_equal(definition->spec.name, spec->name));
    assert_int_equal(definition->index_count, info->index_count);
    for (size_t i = 0; i < info->index_count; i++) {
        assert_int_equal(definition->indexes[i].id, info->indexes[i].id);
        assert_int_equal(definition->indexes[i].entries, 0);
    }
    pte_table_definition_release(definition);
    EXPECT(PTE_TABLE_NOT_FOUND, pte_table_definition(&definition, read, pte_str("other"), &error));
    assert_null(definition);
    pte_table_definition_release(definition);
    pte_read_end(read);
    pte_env_close(env);
}

/* A definition is a reference: it outlives its snapshot, a change of the table, and the table. */
static void test_definitions__definition_stays_as_it_was(void **state) {
    pte_error error;
    pte_read *read;
    const pte_table_info *before, *changed, *again;
    (void)state;
    const pte_table_spec *spec = database_table();
    pte_env *env = open_memory();
    database_create_table(env);
    OK(pte_read_begin(&read, env, &error));
    OK(pte_table_definition(&before, read, spec->name, &error));
    pte_read_end(read);
    uint32_t id = before->id;
    uint64_t version = before->version;
    pte_table_change change = {.set_user_data = true, .user_data = pte_str("new")};
    OK(pte_table_alter(env, spec->name, &change, &error));
    OK(pte_read_begin(&read, env, &error));
    OK(pte_table_definition(&changed, read, spec->name, &error));
    pte_read_end(read);
    OK(pte_table_drop(env, spec->name, &error));
    database_create_table(env);
    OK(pte_read_begin(&read, env, &error));
    OK(pte_table_definition(&again, read, spec->name, &error));
    pte_read_end(read);
    assert_int_equal(before->id, id);
    assert_int_equal(before->version, version);
    assert_true(pte_bytes_equal(before->spec.name, spec->name));
    assert_true(pte_bytes_equal(before->spec.user_data, spec->user_data));
    assert_int_equal(changed->id, id);
    assert_true(changed->version > version);
    assert_true(pte_bytes_equal(changed->spec.user_data, pte_str("new")));
    assert_true(again->id != id);
    assert_true(pte_bytes_equal(again->spec.user_data, spec->user_data));
    pte_table_definition_release(changed);
    pte_table_definition_release(again);
    pte_table_definition_release(before);
    pte_env_close(env);
}

/* --- many names --- */

typedef struct counted {
    size_t live_bytes;
} counted;

static void *count_reallocate(void *ctx, void *memory, size_t old_size, size_t new_size) {
    counted *c = ctx;
    void *moved = new_size == 0 ? (free(memory), NULL) : realloc(memory, new_size);
    if (moved != NULL || new_size == 0) {
        c->live_bytes += new_size - old_size;
    }
    return moved;
}

/* Tests make and drop tables by the thousands, each under a name of its own. */
static void test_definitions__names_of_dropped_tables_do_not_pile_up(void **state) {
    enum { ROUNDS = 2000, A_ROUND_BYTES_MAX = 16 };
    pte_error error;
    pte_env *env;
    pte_read *read;
    const pte_table_info *info;
    char name[32];
    counted c = {0};
    pte_allocator allocator = {count_reallocate, &c};
    pte_env_options options = {.durability = PTE_MEMORY, .allocator = &allocator};
    size_t before = 0;
    (void)state;
    OK(pte_env_open(&env, NULL, &options, &error));
    for (unsigned round = 0; round < 2 * ROUNDS; round++) {
        if (round == ROUNDS) {
            before = c.live_bytes;
        }
        snprintf(name, sizeof name, "table-%u", round);
        pte_table_spec spec = {.name = pte_str(name), .hash = {pte_str("k"), PTE_TYPE_S}};
        OK(pte_table_create(env, &spec, &error));
        OK(pte_read_begin(&read, env, &error));
        OK(pte_table_describe(&info, read, spec.name, &error));
        pte_read_end(read);
        OK(pte_table_drop(env, spec.name, &error));
    }
    assert_true(c.live_bytes <= before + ROUNDS * A_ROUND_BYTES_MAX);
    pte_env_close(env);
    assert_int_equal(c.live_bytes, 0);
}

/* --- many tables --- */

static size_t allocations;

static void *counting(void *ctx, void *memory, size_t old_size, size_t new_size) {
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(memory);
        return NULL;
    }
    allocations++;
    return realloc(memory, new_size);
}

static void make_numbered(pte_env *env, unsigned number) {
    char name[32];
    pte_error error;
    snprintf(name, sizeof name, "table-%u", number);
    pte_table_spec spec = {.name = pte_str(name), .hash = {pte_str("h"), PTE_TYPE_S}};
    OK(pte_table_create(env, &spec, &error));
}

static void drop_numbered(pte_env *env, unsigned number) {
    char name[32];
    pte_error error;
    snprintf(name, sizeof name, "table-%u", number);
    OK(pte_table_drop(env, pte_str(name), &error));
}

/* The most allocations that making and dropping a table takes now. */
static size_t cost_of_a_table(pte_env *env, unsigned number) {
    size_t most = 0;
    for (unsigned i = 0; i < 20; i++) {
        size_t before = allocations;
        make_numbered(env, number + i);
        drop_numbered(env, number + i);
        size_t cost = allocations - before;
        most = cost > most ? cost : most;
    }
    return most;
}

static void test_definitions__ten_thousand_tables(void **state) {
    enum { TABLES = 10000, PAGES_A_TABLE_MAX = 1 };
    pte_error error;
    pte_env *env;
    pte_env_info few;
    pte_env_info many;
    pte_allocator allocator = {counting, NULL};
    pte_env_options options = database_options(PTE_MEMORY, &allocator);
    (void)state;
    OK(pte_env_open(&env, NULL, &options, &error));
    make_numbered(env, 0);
    size_t first_cost = cost_of_a_table(env, 1000000);
    OK(pte_env_describe(&few, env, &error));
    for (unsigned i = 1; i < TABLES; i++) {
        make_numbered(env, i);
    }
    OK(pte_env_describe(&many, env, &error));
    assert_int_equal(many.tables, TABLES);
    assert_true((many.used_bytes - few.used_bytes) / many.page_bytes <=
                (size_t)TABLES * PAGES_A_TABLE_MAX);
    assert_true(cost_of_a_table(env, 2000000) <= first_cost + 2);
    for (unsigned i = 0; i < TABLES; i += 1000) {
        drop_numbered(env, i);
    }
    OK(pte_env_describe(&many, env, &error));
    assert_int_equal(many.tables, TABLES - TABLES / 1000);
    database_expect_sound(env);
    pte_env_close(env);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definitions__limits_of_tables),
        cmocka_unit_test(test_definitions__limits_of_indexes),
        cmocka_unit_test(test_definitions__names),
        cmocka_unit_test(test_definitions__a_new_table_is_empty),
        cmocka_unit_test(test_definitions__a_key_of_the_table_before_does_not_fit),
        cmocka_unit_test(test_definitions__an_operation_is_of_the_table_it_names),
        cmocka_unit_test(test_definitions__next_is_in_byte_order),
        cmocka_unit_test(test_definitions__alter_is_all_or_nothing),
        cmocka_unit_test(test_definitions__describe_gives_all_back),
        cmocka_unit_test(test_definitions__definition_is_without_counts),
        cmocka_unit_test(test_definitions__definition_stays_as_it_was),
        cmocka_unit_test(test_definitions__names_of_dropped_tables_do_not_pile_up),
        cmocka_unit_test(test_definitions__ten_thousand_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
