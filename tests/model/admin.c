/* Tables and indexes made, changed, backfilled and dropped on both sides. */
#include "admin.h"

#include <stdio.h>

static model_table *any_table(world *w) {
    return &w->m.tables[world_below(w, w->m.table_count)];
}

/* Describes a table in a snapshot that the caller ends. */
static const pte_table_info *describe(world *w, pte_read **read, const model_table *table) {
    pte_error error;
    const pte_table_info *info = NULL;
    WORLD_OK(w, pte_read_begin(read, w->env, &error));
    WORLD_OK(w, pte_table_describe(&info, *read, pte_str(table->name), &error));
    return info;
}

static void compare_description(world *w, const model_table *table) {
    pte_error error;
    reads_state state = {.m = &w->m};
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    reads_describe(w, &state, table);
    pte_read_end(state.read);
}

static uint64_t version_of(world *w, const model_table *table) {
    pte_read *read = NULL;
    uint64_t version = describe(w, &read, table)->version;
    pte_read_end(read);
    return version;
}

/* Ids of tables and indexes are never used again, so each new one must be above all before it. */
static void take_table_id(world *w, model_table *table) {
    pte_read *read = NULL;
    const pte_table_info *info = describe(w, &read, table);
    if (info->id <= w->newest_id) {
        world_fail(w, "%s has id %u, the newest was %u", table->name, (unsigned)info->id,
                   (unsigned)w->newest_id);
    }
    table->id = info->id;
    w->newest_id = info->id;
    for (size_t i = 0; i < info->index_count; i++) {
        w->newest_id = info->indexes[i].id > w->newest_id ? info->indexes[i].id : w->newest_id;
    }
    pte_read_end(read);
}

static void make_table(world *w, model_table *table) {
    pte_error error;
    bridge_table_space space;
    gen_schema(w, table);
    pte_table_spec spec = bridge_table(table, &space);
    world_log(w, "make %s: %s %s, %zu indexes, changes %d, ttl %s", table->name,
              pte_type_name(table->hash.type), pte_type_name(table->range.type), table->index_count,
              (int)table->changes, table->ttl != NULL ? table->ttl : "-");
    WORLD_OK(w, pte_table_create(w->env, &spec, &error));
    table->exists = true;
    take_table_id(w, table);
    compare_description(w, table);
}

static void drop_table(world *w, model_table *table) {
    pte_error error;
    world_log(w, "drop %s with %zu items", table->name, table->count);
    WORLD_OK(w, pte_table_drop(w->env, pte_str(table->name), &error));
    model_table_clear(table);
}

void admin_make_tables(world *w) {
    for (size_t i = 0; i < w->m.table_count; i++) {
        if (!w->m.tables[i].exists) {
            make_table(w, &w->m.tables[i]);
        }
    }
}

void admin_table(world *w) {
    pte_error error;
    model_table *table = any_table(w);
    if (world_once_in(w, 10)) {
        bridge_table_space space;
        pte_table_spec spec = bridge_table(table, &space);
        if (table->exists) {
            WORLD_EXPECT(w, PTE_TABLE_EXISTS, pte_table_create(w->env, &spec, &error));
        } else {
            WORLD_EXPECT(w, PTE_TABLE_NOT_FOUND, pte_table_drop(w->env, spec.name, &error));
        }
    } else if (!table->exists) {
        make_table(w, table);
    } else {
        drop_table(w, table);
        if (!world_once_in(w, 3)) {
            make_table(w, table);
        }
    }
}

static void add_index(world *w, model_table *table, pte_table_change *change, pte_index_spec *spec,
                      bridge_index_space *space) {
    model_index *index = &table->indexes[table->index_count];
    gen_index(w, table, index, PTE_INDEX_GLOBAL);
    do {
        snprintf(index->name, MODEL_NAME_MAX, "index-%u", (unsigned)world_below(w, 20));
    } while (model_index_named(table, index->name) != NULL);
    table->index_count++;
    index->creating = table->count > 0;
    *spec = bridge_index(index, space);
    change->add_index = spec;
    world_log(w, "alter %s: add %s on %s %s (%zu, %zu attributes)", table->name, index->name,
              index->hash[0].name, index->range_count > 0 ? index->range[0].name : "-",
              index->hash_count, index->range_count);
}

/* The name lives in dropped, as the index moves away. */
static void drop_index(world *w, model_table *table, pte_table_change *change,
                       char dropped[MODEL_NAME_MAX]) {
    size_t which = world_below(w, table->index_count);
    memcpy(dropped, table->indexes[which].name, MODEL_NAME_MAX);
    change->drop_index = pte_str(dropped);
    table->index_count--;
    memmove(&table->indexes[which], &table->indexes[which + 1],
            (table->index_count - which) * sizeof *table->indexes);
    world_log(w, "alter %s: drop %s", table->name, dropped);
}

static void set_ttl(world *w, model_table *table, pte_table_change *change) {
    static const char *const names[] = {"exp", "exp", "n0", NULL};
    table->ttl = names[world_below(w, 4)];
    change->set_ttl_attribute = true;
    change->ttl_attribute = table->ttl != NULL ? pte_str(table->ttl) : pte_view(NULL, 0);
    world_log(w, "alter %s: ttl %s", table->name, table->ttl != NULL ? table->ttl : "-");
}

static void set_others(world *w, model_table *table, pte_table_change *change) {
    if (world_once_in(w, 2)) {
        table->changes = (pte_change_images)world_below(w, 5);
        change->set_changes = true;
        change->changes = table->changes;
        change->change_shards = (unsigned)world_below(w, PTE_SHARDS_MAX + 1);
    } else {
        snprintf(table->user_data, MODEL_NAME_MAX, "%u", (unsigned)world_below(w, 1000));
        change->set_user_data = true;
        change->user_data = pte_str(table->user_data);
    }
    world_log(w, "alter %s: changes %d, user data %s", table->name, (int)table->changes,
              table->user_data);
}

/* Changes that must be refused and change nothing. */
static void alter_refused(world *w, const model_table *table) {
    pte_error error;
    pte_bytes name = pte_str(table->name);
    pte_table_change change = {.set_changes = true, .changes = PTE_CHANGES_OFF};
    bridge_index_space space;
    pte_index_spec spec;
    world_log(w, "alter %s: to be refused", table->name);
    if (!table->exists) {
        WORLD_EXPECT(w, PTE_TABLE_NOT_FOUND, pte_table_alter(w->env, name, &change, &error));
        return;
    }
    if (world_once_in(w, 3)) {
        change.expected_version = version_of(w, table) + 1;
        WORLD_EXPECT(w, PTE_TABLE_CHANGED, pte_table_alter(w->env, name, &change, &error));
    } else if (table->index_count > 0 && world_once_in(w, 2)) {
        spec = bridge_index(&table->indexes[0], &space);
        change.add_index = &spec;
        WORLD_EXPECT(w, PTE_INDEX_EXISTS, pte_table_alter(w->env, name, &change, &error));
    } else {
        change.drop_index = pte_str("no-such-index");
        WORLD_EXPECT(w, PTE_INDEX_NOT_FOUND, pte_table_alter(w->env, name, &change, &error));
    }
    compare_description(w, table);
}

/* The engine says whether time to live has to take items in; only then may it be CREATING. */
static void take_ttl_state(world *w, model_table *table) {
    pte_read *read = NULL;
    bool creating = describe(w, &read, table)->ttl_state == PTE_INDEX_CREATING;
    pte_read_end(read);
    if (creating && (table->count == 0 || table->ttl == NULL)) {
        world_fail(w, "time to live of %s is CREATING without items to take in", table->name);
    }
    table->ttl_creating = creating;
}

void admin_alter(world *w) {
    pte_error error;
    model_table *table = any_table(w);
    if (!table->exists || world_once_in(w, 8)) {
        alter_refused(w, table);
        return;
    }
    pte_table_change change = {0};
    pte_index_spec spec;
    bridge_index_space space;
    char dropped[MODEL_NAME_MAX];
    const model_table was = *table; /* its settings; the items are not looked at */
    uint64_t before = version_of(w, table);
    if (world_once_in(w, 4)) {
        change.expected_version = before;
    }
    uint64_t what = world_below(w, 8);
    if (table->index_count > 0 && (what == 0 || table->index_count == MODEL_INDEXES_MAX)) {
        drop_index(w, table, &change, dropped);
    }
    if (what < 4 && table->index_count < MODEL_INDEXES_MAX && !world_once_in(w, 4)) {
        add_index(w, table, &change, &spec, &space);
    } else if (what == 4 || what == 5) {
        set_ttl(w, table, &change);
    } else if (change.drop_index.len == 0) {
        set_others(w, table, &change);
    }
    WORLD_OK(w, pte_table_alter(w->env, pte_str(table->name), &change, &error));
    if (change.set_ttl_attribute) {
        take_ttl_state(w, table);
    }
    bool differs = change.drop_index.len > 0 || change.add_index != NULL || table->ttl != was.ttl ||
                   table->changes != was.changes || strcmp(table->user_data, was.user_data) != 0;
    if (differs && version_of(w, table) == before) {
        world_fail(w, "the version of %s did not change", table->name);
    }
    compare_description(w, table);
}

/* After a step what was CREATING may be ACTIVE; when all is finished it must be. */
static void take_states(world *w, model_table *table, bool finished) {
    pte_read *read = NULL;
    const pte_table_info *info = describe(w, &read, table);
    for (size_t i = 0; i < info->index_count; i++) {
        char name[MODEL_NAME_MAX] = "";
        pte_bytes found = info->indexes[i].spec.name;
        memcpy(name, found.data, found.len < sizeof name ? found.len : 0);
        model_index *index = model_index_named(table, name);
        if (index == NULL) {
            world_fail(w, "%s has an index \"%s\" that was not made", table->name, name);
        }
        index->creating =
            index->creating && !finished && info->indexes[i].state == PTE_INDEX_CREATING;
    }
    table->ttl_creating = table->ttl_creating && !finished && info->ttl_state == PTE_INDEX_CREATING;
    pte_read_end(read);
}

static bool is_creating(const model_table *table) {
    bool creating = table->ttl != NULL && table->ttl_creating;
    for (size_t i = 0; i < table->index_count; i++) {
        creating = creating || table->indexes[i].creating;
    }
    return creating;
}

static bool backfill_step(world *w, model_table *table, size_t items_max) {
    pte_error error;
    pte_backfill_progress progress = {0};
    bool had_work = is_creating(table);
    world_log(w, "backfill %s by %zu of %zu", table->name, items_max, table->count);
    WORLD_OK(w, pte_backfill_step(&progress, w->env, pte_str(table->name), items_max, &error));
    if (progress.items_total != table->count) {
        world_fail(w, "backfill of %s says that there are %llu items, not %zu", table->name,
                   (unsigned long long)progress.items_total, table->count);
    }
    if (!had_work && !progress.finished) {
        world_fail(w, "backfill of %s is not finished, with nothing to do", table->name);
    }
    take_states(w, table, progress.finished);
    if (!progress.finished && !is_creating(table)) {
        world_fail(w, "backfill of %s is not finished, but all is ACTIVE", table->name);
    }
    compare_description(w, table);
    return progress.finished;
}

void admin_backfill(world *w) {
    pte_error error;
    model_table *table = any_table(w);
    for (size_t i = 0; i < w->m.table_count && !is_creating(table); i++) {
        table = &w->m.tables[i];
    }
    if (!table->exists) {
        pte_backfill_progress progress;
        WORLD_EXPECT(w, PTE_TABLE_NOT_FOUND,
                     pte_backfill_step(&progress, w->env, pte_str(table->name), 1, &error));
        return;
    }
    (void)backfill_step(w, table, 1 + world_below(w, 20));
}

void admin_backfill_all(world *w) {
    pte_error error;
    for (size_t i = 0; i < w->m.table_count; i++) {
        model_table *table = &w->m.tables[i];
        if (!table->exists) {
            continue;
        }
        if (world_once_in(w, 2)) {
            WORLD_OK(w, pte_backfill(w->env, pte_str(table->name), NULL, NULL, &error));
            take_states(w, table, true);
            compare_description(w, table);
            continue;
        }
        /* Each index and time to live takes every item in once, a step each at most. */
        size_t steps_max = (table->count + 2) * (table->index_count + 2);
        size_t steps = 0;
        while (!backfill_step(w, table, 1 + world_below(w, 50))) {
            if (++steps > steps_max) {
                world_fail(w, "backfill of %s does not end", table->name);
            }
        }
    }
}
