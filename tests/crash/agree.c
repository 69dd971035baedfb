/* Whether a database is what the model says: tables, items, indexes through queries, changes. */
#include "items.h"

#include <pocketable/engine/check.h>
#include <pocketable/engine/table.h>

#include <stdio.h>

/* What a comparison goes through. */
typedef struct compared {
    const crash_world *world;
    pte_read *read;
    uint32_t ids[CRASH_TABLES]; /* of the tables that exist */
    test_trouble *trouble;
} compared;

/* ---- Definitions ---- */

static const pte_index_info *find_index(const pte_table_info *info, const char *name) {
    for (size_t i = 0; i < info->index_count; i++) {
        if (pte_bytes_equal(info->indexes[i].spec.name, pte_str(name))) {
            return &info->indexes[i];
        }
    }
    return NULL;
}

static bool state_agrees(crash_state expected, bool there, pte_index_state found) {
    switch (expected) {
    case CRASH_OFF:
        return !there;
    case CRASH_ON:
        return there && found == PTE_INDEX_ACTIVE;
    default:
        return there;
    }
}

static bool main_agrees(const compared *c, const pte_table_info *info) {
    test_trouble *trouble = c->trouble;
    const pte_index_info *added = find_index(info, "added");
    NEED(state_agrees(c->world->added, added != NULL, added != NULL ? added->state : 0),
         "the index \"added\" should be in state %d", (int)c->world->added);
    NEED(state_agrees(c->world->ttl, info->spec.ttl_attribute.len != 0, info->ttl_state),
         "time to live should be in state %d", (int)c->world->ttl);
    return true;
}

static uint64_t count_items(const crash_table *table, bool grouped) {
    uint64_t count = 0;
    for (size_t i = 0; i < CRASH_SLOTS; i++) {
        count += table->items[i].present && (!grouped || table->items[i].group != 0) ? 1 : 0;
    }
    return count;
}

static bool table_agrees(compared *c, crash_table_no no) {
    const crash_table *table = &c->world->tables[no];
    test_trouble *trouble = c->trouble;
    const pte_table_info *info;
    pte_error error;
    pte_status expected = table->exists ? PTE_OK : PTE_TABLE_NOT_FOUND;
    pte_bytes name = pte_str(crash_table_name(no));
    NEED_STATUS(expected, pte_table_describe(&info, c->read, name, &error));
    c->ids[no] = 0;
    if (!table->exists) {
        return true;
    }
    c->ids[no] = info->id;
    NEED(info->items == count_items(table, false), "%s says that it has %llu items, not %llu",
         crash_table_name(no), (unsigned long long)info->items,
         (unsigned long long)count_items(table, false));
    const pte_index_info *by_group = find_index(info, "by_group");
    NEED(by_group != NULL && by_group->entries == count_items(table, true),
         "by_group of %s says that it has another number of entries", crash_table_name(no));
    return no != CRASH_MAIN || main_agrees(c, info);
}

/* ---- Items, through the table and its indexes ---- */

/* A table, or one of its indexes: what its items have, and their order in a partition. */
typedef struct view {
    crash_table_no no;
    const char *index; /* "": the table */
    unsigned mask;
    bool by_value;
    bool grouped; /* only items that have a group */
} view;

/* Reads a cursor to its end: each item as the model has it, none twice. */
static bool cursor_agrees(const compared *c, const view *v, pte_cursor *cursor,
                          bool seen[CRASH_SLOTS]) {
    test_trouble *trouble = c->trouble;
    const crash_table *table = &c->world->tables[v->no];
    pte_error error;
    pte_item item;
    pte_status status;
    uint32_t last_value = 0;
    while ((status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
        crash_found found;
        if (!crash_item_read(&found, &item, trouble)) {
            return false;
        }
        NEED(found.table == v->no && found.incarnation == table->incarnation && !seen[found.slot],
             "%s \"%s\" gives an item of another table, or one twice", crash_table_name(v->no),
             v->index);
        seen[found.slot] = true;
        if (!crash_item_is(&found, &table->items[found.slot], v->mask, trouble)) {
            return false;
        }
        NEED(!v->by_value || found.item.value >= last_value, "index %s is out of order", v->index);
        last_value = found.item.value;
    }
    NEED_STATUS(PTE_END, status);
    return true;
}

static bool query_agrees(const compared *c, const view *v, const char *hash,
                         bool seen[CRASH_SLOTS]) {
    test_trouble *trouble = c->trouble;
    pte_cursor *cursor;
    pte_error error;
    pte_query query = {.table = pte_str(crash_table_name(v->no)),
                       .index = pte_str(v->index),
                       .hash = {pte_s(hash)},
                       .hash_count = 1};
    NEED_OK(pte_query_open(&cursor, c->read, &query, &error));
    bool agrees = cursor_agrees(c, v, cursor, seen);
    pte_cursor_close(cursor);
    return agrees;
}

static bool all_seen(const compared *c, const view *v, const bool seen[CRASH_SLOTS]) {
    test_trouble *trouble = c->trouble;
    const crash_item *items = c->world->tables[v->no].items;
    for (size_t i = 0; i < CRASH_SLOTS; i++) {
        NEED(seen[i] || !items[i].present || (v->grouped && items[i].group == 0),
             "slot %zu of %s \"%s\", by atom %u, is lost", i, crash_table_name(v->no), v->index,
             (unsigned)items[i].atom);
    }
    return true;
}

/* By queries for every hash value that there is. */
static bool view_agrees(const compared *c, const view *v) {
    bool seen[CRASH_SLOTS] = {false};
    char text[CRASH_TEXT_MAX];
    uint32_t hashes = v->grouped ? CRASH_GROUPS : CRASH_PARTITIONS;
    for (uint32_t i = 0; i < hashes; i++) {
        if (v->grouped) {
            snprintf(text, sizeof text, "g%u", (unsigned)i + 1);
        } else {
            crash_partition_text(text, v->no, c->world->tables[v->no].incarnation, i);
        }
        if (!query_agrees(c, v, text, seen)) {
            return false;
        }
    }
    return all_seen(c, v, seen);
}

static bool scan_agrees(const compared *c, const view *v) {
    test_trouble *trouble = c->trouble;
    bool seen[CRASH_SLOTS] = {false};
    pte_cursor *cursor;
    pte_error error;
    pte_scan scan = {.table = pte_str(crash_table_name(v->no))};
    NEED_OK(pte_scan_open(&cursor, c->read, &scan, &error));
    bool agrees = cursor_agrees(c, v, cursor, seen);
    pte_cursor_close(cursor);
    return agrees && all_seen(c, v, seen);
}

static bool items_agree(const compared *c, crash_table_no no) {
    const unsigned index_keys = CRASH_HAS_G | CRASH_HAS_V;
    const unsigned masks[] = {CRASH_HAS_ALL, index_keys, index_keys | CRASH_HAS_N};
    const view table = {.no = no, .index = "", .mask = CRASH_HAS_ALL};
    const view by_group = {no, "by_group", masks[no], true, true};
    const view local = {no, "local", CRASH_HAS_V, true, false};
    const view added = {no, "added", CRASH_HAS_ALL, false, false};
    if (!c->world->tables[no].exists) {
        return true;
    }
    return view_agrees(c, &table) && scan_agrees(c, &table) && view_agrees(c, &by_group) &&
           (no != CRASH_SIDE || view_agrees(c, &local)) &&
           (no != CRASH_MAIN || c->world->added != CRASH_ON || view_agrees(c, &added));
}

/* ---- The change log ---- */

static bool image_agrees(const compared *c, const pte_item *image, const crash_change *expected,
                         const crash_item *item) {
    test_trouble *trouble = c->trouble;
    crash_found found;
    if (image->encoded.len == 0) {
        NEED(!item->present, "a change record without an image");
        return true;
    }
    if (!crash_item_read(&found, image, trouble)) {
        return false;
    }
    NEED(found.slot == expected->slot && found.table == expected->table &&
             found.incarnation == expected->incarnation,
         "a change record's image is of another item");
    return crash_item_is(&found, item, CRASH_HAS_ALL, trouble);
}

static bool change_agrees(const compared *c, const pte_change *change,
                          const crash_change *expected) {
    test_trouble *trouble = c->trouble;
    crash_found keys;
    if (!crash_item_read(&keys, &change->keys, trouble)) {
        return false;
    }
    NEED(keys.has == 0 && keys.slot == expected->slot && keys.table == expected->table &&
             keys.incarnation == expected->incarnation,
         "change %llu is of slot %u of %s, and should be of slot %u of %s",
         (unsigned long long)change->sequence, (unsigned)keys.slot, crash_table_name(keys.table),
         (unsigned)expected->slot, crash_table_name(expected->table));
    NEED(change->kind == expected->kind && change->by_expiry == expected->by_expiry &&
             change->time_ms == expected->time_ms,
         "change %llu: another kind or time", (unsigned long long)change->sequence);
    bool lives = c->world->tables[expected->table].exists &&
                 c->world->tables[expected->table].incarnation == expected->incarnation;
    NEED(lives == (change->table_id == c->ids[expected->table]),
         "change %llu: table id %u, incarnation %u", (unsigned long long)change->sequence,
         (unsigned)change->table_id, (unsigned)expected->incarnation);
    return image_agrees(c, &change->old_image, expected, &expected->old_item) &&
           image_agrees(c, &change->new_image, expected, &expected->new_item);
}

static bool changes_agree(const compared *c) {
    test_trouble *trouble = c->trouble;
    const crash_world *world = c->world;
    pte_change change;
    pte_error error;
    uint64_t last;
    uint64_t after = 0;
    NEED_OK(pte_change_last(&last, c->read, &error));
    NEED(last == world->last_sequence, "the last change is %llu, and should be %llu",
         (unsigned long long)last, (unsigned long long)world->last_sequence);
    for (size_t i = 0; i < world->change_count; i++) {
        NEED_OK(pte_change_next(&change, c->read, after, &error));
        uint64_t expected = world->last_sequence - world->change_count + 1 + i;
        NEED(change.sequence == expected, "change %llu where %llu was expected",
             (unsigned long long)change.sequence, (unsigned long long)expected);
        if (!change_agrees(c, &change, &world->changes[i])) {
            return false;
        }
        after = change.sequence;
    }
    NEED_STATUS(PTE_END, pte_change_next(&change, c->read, after, &error));
    return true;
}

/* ---- All of it ---- */

static bool snapshot_agrees(compared *c) {
    for (int no = 0; no < CRASH_TABLES; no++) {
        if (!table_agrees(c, (crash_table_no)no)) {
            return false;
        }
    }
    for (int no = 0; no < CRASH_TABLES; no++) {
        if (!items_agree(c, (crash_table_no)no)) {
            return false;
        }
    }
    return changes_agree(c);
}

static void note_problem(void *ctx, const char *problem) {
    (void)ctx;
    fprintf(stderr, "pte_check: %s\n", problem);
}

bool crash_agrees(const crash_world *world, pte_env *env, test_trouble *trouble) {
    pte_error error;
    compared c = {.world = world, .trouble = trouble};
    pte_check_report report;
    const pte_check_options options = {.on_problem = note_problem};
    NEED_OK(pte_check(&report, env, &options, &error));
    NEED(report.problems == 0, "pte_check finds %llu problems",
         (unsigned long long)report.problems);
    NEED_OK(pte_read_begin(&c.read, env, &error));
    bool agrees = snapshot_agrees(&c);
    pte_read_end(c.read);
    return agrees;
}

/*
 * An expiry that was stopped between its commits is neither absent nor whole, and need not be: it
 * is finished here.
 */
static bool finish(const crash_world *world, const crash_atom *atom, pte_env *env,
                   int64_t *clock_ms, test_trouble *trouble) {
    return atom->kind != CRASH_EXPIRE || crash_carry_out(env, clock_ms, atom, 1, world, trouble);
}

bool crash_settle(crash_world *world, uint64_t upto, pte_env *env, int64_t *clock_ms,
                  test_trouble *trouble) {
    test_trouble first;
    uint64_t from = world->next;
    crash_atom atom;
    if (crash_agrees(world, env, &first)) {
        return true;
    }
    while (world->next < upto) {
        crash_atom_make(&atom, world);
        if (!finish(world, &atom, env, clock_ms, trouble)) {
            return false;
        }
        crash_atom_apply(world, &atom);
        if (crash_agrees(world, env, trouble)) {
            return true;
        }
    }
    NEED(false,
         "the database is in no state that %llu to %llu of the operations lead to; with %llu: %s",
         (unsigned long long)from, (unsigned long long)upto, (unsigned long long)from, first.text);
    return false;
}
