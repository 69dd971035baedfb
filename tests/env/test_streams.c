/* Streams of changes: they begin and end with what they are of, and stay until they are trimmed. */
#include "support/support.h"

#include <pocketable/engine.h>

#include <stdio.h>

enum { SHARDS = 5, KEYS = 40 };

typedef struct fixture {
    pte_env *env;
    pte_builder *builder;
    int64_t now_ms;
} fixture;

static int64_t now_ms(void *ctx) {
    return ((const fixture *)ctx)->now_ms;
}

static int set_up(void **state) {
    static fixture f;
    pte_error error;
    f = (fixture){.now_ms = 1000};
    pte_env_options options = {.durability = PTE_MEMORY, .now_ms = now_ms, .now_ctx = &f};
    OK(pte_env_open(&f.env, NULL, &options, &error));
    OK(pte_builder_create(&f.builder, NULL, &error));
    *state = &f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    pte_error error;
    pte_check_report report;
    OK(pte_check(&report, f->env, NULL, &error));
    assert_int_equal(report.problems, 0);
    pte_builder_destroy(f->builder);
    pte_env_close(f->env);
    return 0;
}

static int64_t make(const fixture *f, pte_bytes name, unsigned shards) {
    pte_error error;
    int64_t begun_ms = -1;
    const pte_table_spec spec = {.name = name,
                                 .hash = {pte_str("pk"), PTE_TYPE_S},
                                 .changes = PTE_CHANGES_NEW_IMAGE,
                                 .change_shards = shards,
                                 .stream_begun_ms = &begun_ms};
    OK(pte_table_create(f->env, &spec, &error));
    return begun_ms;
}

static void put(const fixture *f, const char *table, int key, int number) {
    pte_item item;
    pte_error error;
    char text[24];
    pte_builder_reset(f->builder);
    snprintf(text, sizeof text, "%d", key);
    pte_builder_add_string(f->builder, "pk", text);
    snprintf(text, sizeof text, "%d", number);
    pte_builder_add_number(f->builder, "n", text);
    OK(pte_builder_item(&item, f->builder, &error));
    OK(pte_put(f->env, pte_str(table), &item, &error));
}

static int64_t turn(const fixture *f, const char *table, pte_change_images images) {
    pte_error error;
    int64_t begun_ms = -1;
    const pte_table_change change = {
        .set_changes = true, .changes = images, .stream_begun_ms = &begun_ms};
    OK(pte_table_alter(f->env, pte_str(table), &change, &error));
    return begun_ms;
}

/* Records by shard are those of the whole log, and a key has one shard. */
static void test_streams__shards_part_the_log(void **state) {
    fixture *f = *state;
    pte_error error;
    pte_read *read;
    pte_stream_info stream;
    pte_change change;
    int shard_of[KEYS];
    uint64_t after[SHARDS] = {0};
    unsigned used = 0;
    (void)make(f, pte_str("other"), 2);
    (void)make(f, pte_str("tab"), SHARDS);
    memset(shard_of, -1, sizeof shard_of);
    for (int i = 0; i < 10 * KEYS; i++) {
        put(f, "tab", i % KEYS, i);
        put(f, "other", i % KEYS, i);
    }
    OK(pte_read_begin(&read, f->env, &error));
    OK(pte_stream_next(&stream, read, pte_str("tab"), 0, &error));
    assert_int_equal(stream.shards, SHARDS);
    for (uint64_t sequence = 0; sequence < 20 * KEYS; sequence++) {
        pte_change by_shard;
        pte_value key;
        OK(pte_change_next(&change, read, sequence, &error));
        assert_int_equal(change.sequence, sequence + 1);
        if (change.stream_id != stream.id) {
            continue;
        }
        OK(pte_stream_change(&by_shard, read, stream.id, change.shard, after[change.shard],
                             &error));
        assert_int_equal(by_shard.sequence, change.sequence);
        used += after[change.shard] == 0;
        after[change.shard] = change.sequence;
        OK(pte_item_find(&key, &change.keys, pte_str("pk"), &error));
        int number = 0;
        for (size_t i = 0; i < key.bytes.len; i++) {
            number = number * 10 + key.bytes.data[i] - '0';
        }
        assert_true(shard_of[number] == -1 || shard_of[number] == (int)change.shard);
        shard_of[number] = (int)change.shard;
    }
    EXPECT(PTE_END, pte_change_next(&change, read, 20 * KEYS, &error));
    for (unsigned i = 0; i < SHARDS; i++) {
        EXPECT(PTE_END, pte_stream_change(&change, read, stream.id, i, after[i], &error));
    }
    assert_true(used > 2); /* forty keys are not all in two shards */
    pte_read_end(read);
}

/* Begin and end are told and kept; what begins later has a later time, whatever the clock says. */
static void test_streams__begin_and_end(void **state) {
    fixture *f = *state;
    pte_error error;
    pte_read *read;
    pte_stream_info stream;
    const pte_table_info *info;
    assert_int_equal(make(f, pte_str("tab"), 0), 1000);
    put(f, "tab", 1, 1);
    assert_int_equal(turn(f, "tab", PTE_CHANGES_NEW_IMAGE), -1); /* as it is */
    assert_int_equal(turn(f, "tab", PTE_CHANGES_OFF), -1);
    put(f, "tab", 1, 2);
    f->now_ms = 500;
    assert_int_equal(turn(f, "tab", PTE_CHANGES_KEYS_ONLY), 1001);
    assert_int_equal(turn(f, "tab", PTE_CHANGES_OLD_IMAGE), 1002); /* another at once */
    OK(pte_table_drop(f->env, pte_str("tab"), &error));
    assert_int_equal(make(f, pte_str("tab"), PTE_SHARDS_MAX), 1003);
    OK(pte_read_begin(&read, f->env, &error));
    OK(pte_stream_find(&stream, read, pte_str("tab"), 1000, &error));
    assert_int_equal(stream.begun_after, 0);
    assert_int_equal(stream.ended_at, 1);
    assert_int_equal(stream.ended_ms, 1000);
    assert_int_equal(stream.images, PTE_CHANGES_NEW_IMAGE);
    assert_true(pte_bytes_equal(stream.hash.name, pte_str("pk")));
    assert_int_equal(stream.range.name.len, 0);
    OK(pte_stream_find(&stream, read, pte_str("tab"), 1002, &error));
    assert_int_equal(stream.ended_ms, 1002); /* not before it began */
    assert_int_equal(stream.begun_after, 1);
    OK(pte_stream_find(&stream, read, pte_str("tab"), 1003, &error));
    assert_int_equal(stream.ended_ms, 0);
    OK(pte_table_describe(&info, read, pte_str("tab"), &error));
    assert_int_equal(info->stream_id, stream.id);
    assert_int_equal(info->stream_begun_ms, 1003);
    assert_int_equal(info->spec.change_shards, PTE_SHARDS_MAX);
    assert_null(info->spec.stream_begun_ms);
    EXPECT(PTE_NOT_FOUND, pte_stream_find(&stream, read, pte_str("tab"), 1004, &error));
    EXPECT(PTE_NOT_FOUND, pte_stream_find(&stream, read, pte_str("ta"), 1003, &error));
    pte_read_end(read);
}

/* Names that begin with each other, and one with a zero in it. */
static void test_streams__are_told_apart_by_name(void **state) {
    fixture *f = *state;
    pte_error error;
    pte_read *read;
    pte_stream_info stream;
    const pte_bytes names[] = {pte_str("t"), pte_view("t\0", 2), pte_view("t\0\0\0\0\0\0\7", 8),
                               pte_str("tt")};
    enum { NAMES = sizeof names / sizeof names[0] };
    for (size_t i = 0; i < NAMES; i++) {
        assert_int_equal(make(f, names[i], 1), 1000);
    }
    OK(pte_table_drop(f->env, names[0], &error));
    assert_int_equal(make(f, names[0], 1), 1001);
    OK(pte_read_begin(&read, f->env, &error));
    pte_bytes name = {NULL, 0};
    int64_t begun_ms = 0;
    int count = 0;
    while (pte_stream_next(&stream, read, name, begun_ms, &error) == PTE_OK) {
        name = stream.table;
        begun_ms = stream.begun_ms;
        count++;
    }
    assert_int_equal(count, NAMES + 1);
    for (size_t i = 0; i < NAMES; i++) {
        OK(pte_stream_find(&stream, read, names[i], 1000, &error));
        assert_true(pte_bytes_equal(stream.table, names[i]));
    }
    pte_read_end(read);
}

/* Trimming tells each shard how far, and forgets what has ended and is empty. */
static void test_streams__are_trimmed(void **state) {
    fixture *f = *state;
    pte_error error;
    pte_read *read;
    pte_stream_info stream;
    pte_change change;
    size_t trimmed;
    (void)make(f, pte_str("tab"), SHARDS);
    for (int i = 0; i < 100; i++) {
        f->now_ms++;
        put(f, "tab", i % KEYS, i);
    }
    f->now_ms++;
    OK(pte_table_drop(f->env, pte_str("tab"), &error));
    OK(pte_changes_trim(&trimmed, f->env, 1051, 30, &error)); /* 50 are older */
    assert_int_equal(trimmed, 30);
    OK(pte_changes_trim(&trimmed, f->env, 1051, 30, &error));
    assert_int_equal(trimmed, 20);
    OK(pte_read_begin(&read, f->env, &error));
    OK(pte_stream_find(&stream, read, pte_str("tab"), 1000, &error));
    OK(pte_change_next(&change, read, 0, &error));
    assert_int_equal(change.sequence, 51); /* the oldest of all shards went first */
    uint64_t newest = 0;
    for (unsigned i = 0; i < SHARDS; i++) {
        assert_true(stream.trimmed[i] <= 50);
        newest = stream.trimmed[i] > newest ? stream.trimmed[i] : newest;
    }
    assert_int_equal(newest, 50);
    pte_read_end(read);
    OK(pte_changes_trim(&trimmed, f->env, 1101, 1000, &error));
    assert_int_equal(trimmed, 50);
    OK(pte_changes_trim(&trimmed, f->env, 1101, 1000, &error));
    OK(pte_read_begin(&read, f->env, &error));
    OK(pte_stream_find(&stream, read, pte_str("tab"), 1000, &error)); /* it ended at 1101 */
    pte_read_end(read);
    OK(pte_changes_trim(&trimmed, f->env, 1102, 1000, &error));
    assert_int_equal(trimmed, 0);
    OK(pte_read_begin(&read, f->env, &error));
    EXPECT(PTE_END, pte_stream_next(&stream, read, pte_str(""), 0, &error));
    pte_read_end(read);
}

static void test_streams__have_a_limit_of_shards(void **state) {
    fixture *f = *state;
    pte_error error;
    const pte_table_spec spec = {.name = pte_str("tab"),
                                 .hash = {pte_str("pk"), PTE_TYPE_S},
                                 .changes = PTE_CHANGES_KEYS_ONLY,
                                 .change_shards = PTE_SHARDS_MAX + 1};
    EXPECT(PTE_INVALID_SCHEMA, pte_table_create(f->env, &spec, &error));
    (void)make(f, pte_str("tab"), 1);
    const pte_table_change change = {
        .set_changes = true, .changes = PTE_CHANGES_KEYS_ONLY, .change_shards = PTE_SHARDS_MAX + 1};
    EXPECT(PTE_INVALID_SCHEMA, pte_table_alter(f->env, pte_str("tab"), &change, &error));
}

/* A seal is the same for the same bytes, and another for other bytes and in another database. */
static void test_streams__seals(void **state) {
    fixture *f = *state;
    pte_error error;
    pte_env *other;
    uint8_t seals[4][PTE_SEAL_BYTES];
    pte_env_options options = {.durability = PTE_MEMORY};
    OK(pte_env_open(&other, NULL, &options, &error));
    pte_env_seal(seals[0], f->env, pte_str("bytes"));
    pte_env_seal(seals[1], f->env, pte_str("bytes"));
    pte_env_seal(seals[2], f->env, pte_str("byte"));
    pte_env_seal(seals[3], other, pte_str("bytes"));
    assert_memory_equal(seals[0], seals[1], PTE_SEAL_BYTES);
    assert_memory_not_equal(seals[0], seals[2], PTE_SEAL_BYTES);
    assert_memory_not_equal(seals[0], seals[3], PTE_SEAL_BYTES);
    pte_env_close(other);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_streams__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(shards_part_the_log), TEST(begin_and_end),          TEST(are_told_apart_by_name),
        TEST(are_trimmed),         TEST(have_a_limit_of_shards), TEST(seals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
