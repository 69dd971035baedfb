/*
 * Tests of pte_effects: what an operation says it does, against sizes counted by hand and against
 * what is read before and after it.
 */
#include "support/support.h"

#include <pocketable/engine/table.h>
#include <pocketable/engine/upkeep.h>
#include <pocketable/engine/write.h>

#include <stdio.h>
#include <stdlib.h>

static const char TABLE[] = "t";

enum { ALL, KEYS, SOME, LOCAL, INDEXES };

typedef struct world {
    pte_env *env;
    pte_builder *builder;
    uint32_t ids[INDEXES + 1]; /* of the indexes */
} world;

static pte_index_spec spec_of(const char *name, const char *hash, pte_projection projection) {
    return (pte_index_spec){.name = pte_str(name),
                            .hash = {{pte_str(hash), PTE_TYPE_S}},
                            .hash_count = 1,
                            .projection = projection};
}

/* Key "p", "s"; the indexes' keys are "g" and, of the local one, "r". */
static void create_table(world *w) {
    static const pte_bytes INCLUDE[] = {{(const uint8_t *)"x", 1}};
    pte_error error;
    pte_read *read;
    const pte_table_info *info;
    pte_index_spec indexes[INDEXES] = {
        [ALL] = spec_of("all", "g", PTE_PROJECT_ALL),
        [KEYS] = spec_of("keys", "g", PTE_PROJECT_KEYS_ONLY),
        [SOME] = spec_of("some", "g", PTE_PROJECT_INCLUDE),
        [LOCAL] = spec_of("local", "p", PTE_PROJECT_KEYS_ONLY),
    };
    indexes[SOME].include = INCLUDE;
    indexes[SOME].include_count = 1;
    indexes[LOCAL].kind = PTE_INDEX_LOCAL;
    indexes[LOCAL].range[0] = (pte_key_attribute){pte_str("r"), PTE_TYPE_N};
    indexes[LOCAL].range_count = 1;
    pte_table_spec spec = {.name = pte_str(TABLE),
                           .hash = {pte_str("p"), PTE_TYPE_S},
                           .range = {pte_str("s"), PTE_TYPE_S},
                           .indexes = indexes,
                           .index_count = INDEXES};
    OK(pte_table_create(w->env, &spec, &error));
    OK(pte_read_begin(&read, w->env, &error));
    OK(pte_table_describe(&info, read, pte_str(TABLE), &error));
    for (size_t i = 0; i < INDEXES; i++) {
        w->ids[i] = info->indexes[i].id;
    }
    pte_read_end(read);
}

static int set_up(void **state) {
    pte_error error;
    pte_env_options options = {.durability = PTE_MEMORY};
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    OK(pte_env_open(&w->env, NULL, &options, &error));
    OK(pte_builder_create(&w->builder, NULL, &error));
    create_table(w);
    *state = w;
    return 0;
}

static int tear_down(void **state) {
    world *w = *state;
    pte_builder_destroy(w->builder);
    pte_env_close(w->env);
    free(w);
    return 0;
}

/* What an item has besides p = "pp" (3 bytes) and s = "ss" (3 bytes); NULL: it has it not. */
typedef struct content {
    const char *g;
    const char *r;
    const char *x;
    const char *other;
} content;

static pte_item make_in(pte_builder *builder, const char *range, content c) {
    pte_error error;
    pte_item item;
    pte_builder_reset(builder);
    pte_builder_add_string(builder, "p", "pp");
    pte_builder_add_string(builder, "s", range);
    if (c.g != NULL) {
        pte_builder_add_string(builder, "g", c.g);
    }
    if (c.r != NULL) {
        pte_builder_add_number(builder, "r", c.r);
    }
    if (c.x != NULL) {
        pte_builder_add_string(builder, "x", c.x);
    }
    if (c.other != NULL) {
        pte_builder_add_string(builder, "other", c.other);
    }
    OK(pte_builder_item(&item, builder, &error));
    return item;
}

static pte_item make(world *w, content c) {
    return make_in(w->builder, "ss", c);
}

static pte_key the_key(void) {
    return (pte_key){pte_s("pp"), pte_s("ss")};
}

static void put(world *w, content c) {
    pte_error error;
    pte_item item = make(w, c);
    OK(pte_put(w->env, pte_str(TABLE), &item, &error));
}

/* Nothing that a call leaves as it was passes for an answer. */
static void spoil(pte_effects *effects) {
    memset(effects, 0x5A, sizeof *effects);
}

static void do_put(pte_effects *effects, world *w, content c) {
    pte_error error;
    pte_op op = {.kind = PTE_PUT, .table = pte_str(TABLE), .item = make(w, c), .effects = effects};
    spoil(effects);
    OK(pte_write(w->env, &op, 1, &error));
}

static void do_delete(pte_effects *effects, world *w) {
    pte_error error;
    pte_op op = {.kind = PTE_DELETE, .table = pte_str(TABLE), .key = the_key(), .effects = effects};
    spoil(effects);
    OK(pte_write(w->env, &op, 1, &error));
}

static void expect_sizes(const pte_effects *effects, size_t old_bytes, size_t new_bytes,
                         size_t index_count) {
    assert_int_equal(old_bytes, effects->old_bytes);
    assert_int_equal(new_bytes, effects->new_bytes);
    assert_int_equal(index_count, effects->index_count);
}

enum { NOTHING = 0, REMOVED = 1, PUT = 2 };

static void expect_index(const world *w, const pte_effects *effects, size_t at, size_t old_bytes,
                         size_t new_bytes, int what) {
    const pte_index_effect *effect = &effects->indexes[at];
    assert_int_equal(w->ids[at], effect->index_id);
    assert_int_equal(at == LOCAL ? PTE_INDEX_LOCAL : PTE_INDEX_GLOBAL, effect->kind);
    assert_int_equal(old_bytes, effect->old_bytes);
    assert_int_equal(new_bytes, effect->new_bytes);
    assert_int_equal((what & REMOVED) != 0, effect->removed);
    assert_int_equal((what & PUT) != 0, effect->put);
}

/*
 * Sizes: name and text in bytes; a number is a byte for each two digits, and one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 * Key 6; g = "gg" 3; r = 12 3; x = "xxx" 4; other = "o" 6.
 */
static const content FULL = {"gg", "12", "xxx", "o"};
enum { KEY_BYTES = 6, G_BYTES = 3, R_BYTES = 3, X_BYTES = 4, OTHER_BYTES = 6, FULL_BYTES = 22 };

static void test_effects__an_item_enters_and_leaves_its_indexes(void **state) {
    world *w = *state;
    pte_effects effects;
    do_put(&effects, w, FULL);
    expect_sizes(&effects, 0, FULL_BYTES, INDEXES);
    expect_index(w, &effects, ALL, 0, FULL_BYTES, PUT);
    expect_index(w, &effects, KEYS, 0, KEY_BYTES + G_BYTES, PUT);
    expect_index(w, &effects, SOME, 0, KEY_BYTES + G_BYTES + X_BYTES, PUT);
    expect_index(w, &effects, LOCAL, 0, KEY_BYTES + R_BYTES, PUT);
    do_delete(&effects, w);
    expect_sizes(&effects, FULL_BYTES, 0, INDEXES);
    expect_index(w, &effects, ALL, FULL_BYTES, 0, REMOVED);
    expect_index(w, &effects, KEYS, KEY_BYTES + G_BYTES, 0, REMOVED);
    expect_index(w, &effects, SOME, KEY_BYTES + G_BYTES + X_BYTES, 0, REMOVED);
    expect_index(w, &effects, LOCAL, KEY_BYTES + R_BYTES, 0, REMOVED);
    do_delete(&effects, w);
    expect_sizes(&effects, 0, 0, INDEXES);
    for (size_t i = 0; i < INDEXES; i++) {
        expect_index(w, &effects, i, 0, 0, NOTHING);
    }
}

static void test_effects__an_item_is_in_the_indexes_whose_keys_it_has(void **state) {
    world *w = *state;
    pte_effects effects;
    do_put(&effects, w, (content){.r = "12"});
    expect_sizes(&effects, 0, KEY_BYTES + R_BYTES, INDEXES);
    expect_index(w, &effects, ALL, 0, 0, NOTHING);
    expect_index(w, &effects, SOME, 0, 0, NOTHING);
    expect_index(w, &effects, LOCAL, 0, KEY_BYTES + R_BYTES, PUT);
    do_put(&effects, w, (content){.g = "gg"});
    expect_sizes(&effects, KEY_BYTES + R_BYTES, KEY_BYTES + G_BYTES, INDEXES);
    expect_index(w, &effects, ALL, 0, KEY_BYTES + G_BYTES, PUT);
    expect_index(w, &effects, KEYS, 0, KEY_BYTES + G_BYTES, PUT);
    expect_index(w, &effects, LOCAL, KEY_BYTES + R_BYTES, 0, REMOVED);
}

static void test_effects__an_entry_moves_where_its_key_changes(void **state) {
    world *w = *state;
    pte_effects effects;
    put(w, FULL);
    do_put(&effects, w, (content){"hhhh", "12", "xxx", "o"});
    expect_sizes(&effects, FULL_BYTES, FULL_BYTES + 2, INDEXES);
    expect_index(w, &effects, ALL, FULL_BYTES, FULL_BYTES + 2, REMOVED | PUT);
    expect_index(w, &effects, KEYS, KEY_BYTES + G_BYTES, KEY_BYTES + G_BYTES + 2, REMOVED | PUT);
    expect_index(w, &effects, SOME, KEY_BYTES + G_BYTES + X_BYTES,
                 KEY_BYTES + G_BYTES + X_BYTES + 2, REMOVED | PUT);
    expect_index(w, &effects, LOCAL, KEY_BYTES + R_BYTES, KEY_BYTES + R_BYTES, NOTHING);
    put(w, FULL);
    do_put(&effects, w, (content){"gg", "13", "xxx", "o"});
    expect_index(w, &effects, LOCAL, KEY_BYTES + R_BYTES, KEY_BYTES + R_BYTES, REMOVED | PUT);
    expect_index(w, &effects, KEYS, KEY_BYTES + G_BYTES, KEY_BYTES + G_BYTES, NOTHING);
}

static void test_effects__only_a_changed_projection_is_written(void **state) {
    world *w = *state;
    pte_effects effects;
    put(w, FULL);
    do_put(&effects, w, (content){"gg", "12", "xxx", "other"}); /* in ALL only */
    expect_sizes(&effects, FULL_BYTES, FULL_BYTES + 4, INDEXES);
    expect_index(w, &effects, ALL, FULL_BYTES, FULL_BYTES + 4, PUT);
    expect_index(w, &effects, KEYS, KEY_BYTES + G_BYTES, KEY_BYTES + G_BYTES, NOTHING);
    expect_index(w, &effects, SOME, KEY_BYTES + G_BYTES + X_BYTES, KEY_BYTES + G_BYTES + X_BYTES,
                 NOTHING);
    expect_index(w, &effects, LOCAL, KEY_BYTES + R_BYTES, KEY_BYTES + R_BYTES, NOTHING);
    do_put(&effects, w, (content){"gg", "12", NULL, "other"}); /* in SOME too */
    expect_index(w, &effects, SOME, KEY_BYTES + G_BYTES + X_BYTES, KEY_BYTES + G_BYTES, PUT);
    expect_index(w, &effects, KEYS, KEY_BYTES + G_BYTES, KEY_BYTES + G_BYTES, NOTHING);
}

typedef struct change {
    pte_change_result result;
    pte_item item;
    pte_status status;
} change;

static pte_status run_change(void *ctx, const pte_item *old, pte_item *item,
                             pte_change_result *result, pte_error *error) {
    const change *c = ctx;
    (void)old;
    *item = c->item;
    *result = c->result;
    return c->status == PTE_OK ? PTE_OK : pte_error_fill(error, c->status, "asked to");
}

static pte_status do_update(pte_effects *effects, world *w, change c, pte_error *error) {
    pte_op op = {.kind = PTE_UPDATE,
                 .table = pte_str(TABLE),
                 .key = the_key(),
                 .change = run_change,
                 .ctx = &c,
                 .effects = effects};
    spoil(effects);
    return pte_write(w->env, &op, 1, error);
}

static void expect_full_unchanged(const world *w, const pte_effects *effects) {
    expect_sizes(effects, FULL_BYTES, FULL_BYTES, INDEXES);
    expect_index(w, effects, ALL, FULL_BYTES, FULL_BYTES, NOTHING);
    expect_index(w, effects, KEYS, KEY_BYTES + G_BYTES, KEY_BYTES + G_BYTES, NOTHING);
    expect_index(w, effects, SOME, KEY_BYTES + G_BYTES + X_BYTES, KEY_BYTES + G_BYTES + X_BYTES,
                 NOTHING);
    expect_index(w, effects, LOCAL, KEY_BYTES + R_BYTES, KEY_BYTES + R_BYTES, NOTHING);
}

static void test_effects__the_same_item_changes_nothing(void **state) {
    world *w = *state;
    pte_error error;
    pte_effects effects;
    put(w, FULL);
    do_put(&effects, w, FULL);
    expect_full_unchanged(w, &effects);
    OK(do_update(&effects, w, (change){.result = PTE_CHANGE_NONE}, &error));
    expect_full_unchanged(w, &effects);
    OK(do_update(&effects, w, (change){PTE_CHANGE_REPLACE, make(w, FULL), PTE_OK}, &error));
    expect_full_unchanged(w, &effects);
}

static void test_effects__updates_replace_and_remove(void **state) {
    world *w = *state;
    pte_error error;
    pte_effects effects;
    change replace = {PTE_CHANGE_REPLACE, make(w, (content){.g = "gg"}), PTE_OK};
    OK(do_update(&effects, w, (change){.result = PTE_CHANGE_REMOVE}, &error));
    expect_sizes(&effects, 0, 0, INDEXES);
    OK(do_update(&effects, w, replace, &error));
    expect_sizes(&effects, 0, KEY_BYTES + G_BYTES, INDEXES);
    expect_index(w, &effects, KEYS, 0, KEY_BYTES + G_BYTES, PUT);
    OK(do_update(&effects, w, (change){.result = PTE_CHANGE_REMOVE}, &error));
    expect_sizes(&effects, KEY_BYTES + G_BYTES, 0, INDEXES);
    expect_index(w, &effects, KEYS, KEY_BYTES + G_BYTES, 0, REMOVED);
    expect_index(w, &effects, LOCAL, 0, 0, NOTHING);
}

static pte_status refuse(void *ctx, const pte_item *old, pte_error *error) {
    (void)ctx;
    (void)old;
    return pte_error_fill(error, PTE_CONDITION_FAILED, "always");
}

static pte_status accept(void *ctx, const pte_item *old, pte_error *error) {
    (void)ctx;
    (void)old;
    (void)error;
    return PTE_OK;
}

static void test_effects__a_refused_operation_knows_the_old_size(void **state) {
    world *w = *state;
    pte_error error;
    pte_effects effects;
    pte_op op = {.kind = PTE_PUT,
                 .table = pte_str(TABLE),
                 .item = make(w, FULL),
                 .condition = refuse,
                 .effects = &effects};
    spoil(&effects);
    EXPECT(PTE_CONDITION_FAILED, pte_write(w->env, &op, 1, &error));
    assert_string_equal("the condition does not hold: always", error.message);
    expect_sizes(&effects, 0, 0, 0);
    op.condition = NULL;
    OK(pte_write(w->env, &op, 1, &error));
    op.condition = refuse;
    spoil(&effects);
    EXPECT(PTE_CONDITION_FAILED, pte_write(w->env, &op, 1, &error));
    expect_sizes(&effects, FULL_BYTES, 0, 0);
    EXPECT(PTE_CALLBACK_FAILED,
           do_update(&effects, w, (change){.status = PTE_CALLBACK_FAILED}, &error));
    expect_sizes(&effects, FULL_BYTES, 0, 0);
    /* What fails before the old item is looked up knows nothing. */
    op.table = pte_str("none");
    spoil(&effects);
    EXPECT(PTE_TABLE_NOT_FOUND, pte_write(w->env, &op, 1, &error));
    expect_sizes(&effects, 0, 0, 0);
}

static void test_effects__a_check_tells_the_old_size(void **state) {
    world *w = *state;
    pte_error error;
    pte_effects effects;
    pte_op op = {.kind = PTE_CHECK,
                 .table = pte_str(TABLE),
                 .key = the_key(),
                 .condition = accept,
                 .effects = &effects};
    put(w, FULL);
    spoil(&effects);
    OK(pte_write(w->env, &op, 1, &error));
    expect_sizes(&effects, FULL_BYTES, 0, 0);
    op.condition = refuse;
    spoil(&effects);
    EXPECT(PTE_CONDITION_FAILED, pte_write(w->env, &op, 1, &error));
    expect_sizes(&effects, FULL_BYTES, 0, 0);
}

/* In a batch an operation sees what those before it did; in a transaction all see the same. */
static void test_effects__batches_and_transactions(void **state) {
    world *w = *state;
    pte_error error;
    pte_effects effects[3];
    pte_builder *other;
    OK(pte_builder_create(&other, NULL, &error));
    pte_op ops[3] = {
        {.kind = PTE_PUT, .table = pte_str(TABLE), .item = make(w, FULL)},
        {.kind = PTE_PUT,
         .table = pte_str(TABLE),
         .item = make_in(other, "ss", (content){.g = "gg"})},
        {.kind = PTE_DELETE, .table = pte_str(TABLE), .key = the_key()},
    };
    for (size_t i = 0; i < 3; i++) {
        ops[i].effects = &effects[i];
        spoil(&effects[i]);
    }
    OK(pte_write_batch(w->env, ops, 3, &error));
    expect_sizes(&effects[0], 0, FULL_BYTES, INDEXES);
    expect_sizes(&effects[1], FULL_BYTES, KEY_BYTES + G_BYTES, INDEXES);
    expect_index(w, &effects[1], ALL, FULL_BYTES, KEY_BYTES + G_BYTES, PUT);
    expect_index(w, &effects[1], LOCAL, KEY_BYTES + R_BYTES, 0, REMOVED);
    expect_sizes(&effects[2], KEY_BYTES + G_BYTES, 0, INDEXES);
    /* A transaction that the second one spoils. */
    ops[1].item = make_in(other, "tt", (content){.g = "gg"});
    ops[1].condition = refuse;
    for (size_t i = 0; i < 2; i++) {
        spoil(&effects[i]);
    }
    EXPECT(PTE_TRANSACTION_CANCELLED, pte_write(w->env, ops, 2, &error));
    expect_sizes(&effects[0], 0, FULL_BYTES, INDEXES); /* would have been */
    expect_sizes(&effects[1], 0, 0, 0);
    ops[1].condition = NULL;
    OK(pte_write(w->env, ops, 2, &error));
    expect_sizes(&effects[0], 0, FULL_BYTES, INDEXES);
    expect_sizes(&effects[1], 0, KEY_BYTES + G_BYTES, INDEXES);
    pte_builder_destroy(other);
}

/* An index that is being filled has the entries of some items only. */
static void test_effects__an_index_that_is_being_filled(void **state) {
    world *w = *state;
    pte_error error;
    pte_effects effects;
    pte_index_spec late = spec_of("late", "x", PTE_PROJECT_KEYS_ONLY);
    pte_table_change adding = {.add_index = &late};
    put(w, FULL);
    OK(pte_table_alter(w->env, pte_str(TABLE), &adding, &error));
    do_put(&effects, w, FULL);
    expect_sizes(&effects, FULL_BYTES, FULL_BYTES, INDEXES + 1);
    assert_int_equal(0, effects.indexes[INDEXES].old_bytes);
    assert_int_equal(0, effects.indexes[INDEXES].new_bytes);
    assert_false(effects.indexes[INDEXES].put);
    do_put(&effects, w, (content){.x = "xxx"});
    assert_int_equal(0, effects.indexes[INDEXES].old_bytes);
    assert_int_equal(KEY_BYTES + X_BYTES, effects.indexes[INDEXES].new_bytes);
    assert_true(effects.indexes[INDEXES].put);
    assert_false(effects.indexes[INDEXES].removed);
    OK(pte_backfill(w->env, pte_str(TABLE), NULL, NULL, &error));
    do_delete(&effects, w);
    assert_int_equal(KEY_BYTES + X_BYTES, effects.indexes[INDEXES].old_bytes);
    assert_true(effects.indexes[INDEXES].removed);
}

/* A table's largest number of indexes. */
static void test_effects__of_all_the_indexes_a_table_can_have(void **state) {
    world *w = *state;
    pte_error error;
    pte_effects effects;
    pte_index_spec indexes[PTE_INDEXES_MAX];
    char names[PTE_INDEXES_MAX][8];
    for (size_t i = 0; i < PTE_INDEXES_MAX; i++) {
        snprintf(names[i], sizeof names[i], "i%zu", i);
        indexes[i] = spec_of(names[i], "g", PTE_PROJECT_KEYS_ONLY);
    }
    pte_table_spec spec = {.name = pte_str("many"),
                           .hash = {pte_str("p"), PTE_TYPE_S},
                           .indexes = indexes,
                           .index_count = PTE_INDEXES_MAX};
    OK(pte_table_create(w->env, &spec, &error));
    pte_op op = {.kind = PTE_PUT,
                 .table = pte_str("many"),
                 .item = make(w, (content){.g = "gg"}),
                 .effects = &effects};
    spoil(&effects);
    OK(pte_write(w->env, &op, 1, &error));
    expect_sizes(&effects, 0, KEY_BYTES + G_BYTES, PTE_INDEXES_MAX);
    for (size_t i = 0; i < PTE_INDEXES_MAX; i++) {
        assert_int_equal(KEY_BYTES, effects.indexes[i].new_bytes); /* p and g */
        assert_true(effects.indexes[i].put);
    }
}

/* ---- Against what is read ---- */

/* The size and bytes of an item, as the table or an index has it. */
typedef struct sight {
    size_t bytes; /* 0: it is not there */
    char *encoded;
    size_t len;
} sight;

static void look(sight *seen, pte_read *read, const char *index, const char *range) {
    pte_error error;
    pte_cursor *cursor;
    pte_item item;
    pte_value value;
    pte_scan scan = {.table = pte_str(TABLE), .index = pte_str(index)};
    *seen = (sight){0};
    OK(pte_scan_open(&cursor, read, &scan, &error));
    while (pte_cursor_next(&item, cursor, &error) == PTE_OK) {
        OK(pte_item_find(&value, &item, pte_str("s"), &error));
        if (pte_bytes_equal(value.bytes, pte_str(range))) {
            assert_int_equal(0, seen->bytes);
            OK(pte_item_size_bytes(&seen->bytes, &item, &error)); /* counted, not as stated */
            seen->len = item.encoded.len;
            seen->encoded = malloc(seen->len);
            assert_non_null(seen->encoded);
            memcpy(seen->encoded, item.encoded.data, seen->len);
        }
    }
    pte_cursor_close(cursor);
}

static const char *const SEEN_IN[INDEXES + 1] = {"all", "keys", "some", "local", ""};

static void look_everywhere(sight seen[INDEXES + 1], world *w, const char *range) {
    pte_error error;
    pte_read *read;
    OK(pte_read_begin(&read, w->env, &error));
    for (size_t i = 0; i <= INDEXES; i++) {
        look(&seen[i], read, SEEN_IN[i], range);
    }
    pte_read_end(read);
}

/* The attributes of an index's key. */
static bool same_key(size_t at, content a, content b) {
    const char *one = at == LOCAL ? a.r : a.g;
    const char *other = at == LOCAL ? b.r : b.g;
    return one != NULL && other != NULL && strcmp(one, other) == 0;
}

static void compare(const pte_effects *effects, const sight before[INDEXES + 1],
                    const sight after[INDEXES + 1], content was, content is) {
    expect_sizes(effects, before[INDEXES].bytes, after[INDEXES].bytes, INDEXES);
    for (size_t i = 0; i < INDEXES; i++) {
        const pte_index_effect *effect = &effects->indexes[i];
        bool same =
            before[i].len == after[i].len &&
            (before[i].len == 0 || memcmp(before[i].encoded, after[i].encoded, before[i].len) == 0);
        assert_int_equal(before[i].bytes, effect->old_bytes);
        assert_int_equal(after[i].bytes, effect->new_bytes);
        assert_int_equal(before[i].bytes != 0 && !same_key(i, was, is), effect->removed);
        assert_int_equal(after[i].bytes != 0 && !same, effect->put);
    }
}

static const char *pick(test_random *random, const char *const choices[3]) {
    return choices[test_random_below(random, 3)];
}

static content random_content(test_random *random) {
    static const char *const G[] = {NULL, "g", "gg"};
    static const char *const R[] = {NULL, "1", "-12.5"};
    static const char *const X[] = {NULL, "", "xxxxx"};
    static const char *const OTHER[] = {NULL, "o", "other"};
    return (content){pick(random, G), pick(random, R), pick(random, X), pick(random, OTHER)};
}

static void test_effects__agree_with_what_is_read(void **state) {
    enum { STEPS = 3000, ITEMS = 3 };
    static const char *const RANGES[ITEMS] = {"a", "bb", "ccc"};
    world *w = *state;
    test_random random = {test_seed(20250117)};
    content known[ITEMS] = {{0}};
    for (size_t step = 0; step < STEPS; step++) {
        pte_error error;
        pte_effects effects;
        sight before[INDEXES + 1];
        sight after[INDEXES + 1];
        size_t at = test_random_below(&random, ITEMS);
        content is = random_content(&random);
        change c = {PTE_CHANGE_REPLACE, make_in(w->builder, RANGES[at], is), PTE_OK};
        pte_op op = {.table = pte_str(TABLE),
                     .key = {pte_s("pp"), pte_s(RANGES[at])},
                     .item = c.item,
                     .ctx = &c,
                     .effects = &effects};
        switch (test_random_below(&random, 4)) {
        case 0:
            op.kind = PTE_DELETE;
            is = (content){0};
            break;
        case 1:
            op.kind = PTE_UPDATE;
            op.change = run_change;
            break;
        default:
            op.kind = PTE_PUT;
            break;
        }
        look_everywhere(before, w, RANGES[at]);
        spoil(&effects);
        OK(test_random_below(&random, 2) == 0 ? pte_write(w->env, &op, 1, &error)
                                              : pte_write_batch(w->env, &op, 1, &error));
        look_everywhere(after, w, RANGES[at]);
        compare(&effects, before, after, known[at], is);
        known[at] = is;
        for (size_t i = 0; i <= INDEXES; i++) {
            free(before[i].encoded);
            free(after[i].encoded);
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_effects__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_item_enters_and_leaves_its_indexes),
        TEST(an_item_is_in_the_indexes_whose_keys_it_has),
        TEST(an_entry_moves_where_its_key_changes),
        TEST(only_a_changed_projection_is_written),
        TEST(the_same_item_changes_nothing),
        TEST(updates_replace_and_remove),
        TEST(a_refused_operation_knows_the_old_size),
        TEST(a_check_tells_the_old_size),
        TEST(batches_and_transactions),
        TEST(an_index_that_is_being_filled),
        TEST(of_all_the_indexes_a_table_can_have),
        TEST(agree_with_what_is_read),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
