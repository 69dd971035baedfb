/* The stream of operations and its model: nothing here knows of the engine. */
#include "stream.h"

#include <stdio.h>

static const int64_t START_MS = 1600000000000;

const char *crash_kind_name(crash_kind kind) {
    static const char *const names[CRASH_KINDS] = {
        "setup",     "single",     "transaction",   "create",   "drop",
        "add index", "drop index", "backfill step", "backfill", "ttl on",
        "ttl off",   "expire",     "trim",          "reclaim",  "sync",
    };
    return names[kind];
}

const char *crash_table_name(crash_table_no table) {
    static const char *const names[CRASH_TABLES] = {"main", "side", "temp"};
    return names[table];
}

void crash_partition_text(char text[CRASH_TEXT_MAX], crash_table_no table, uint32_t incarnation,
                          uint32_t partition) {
    snprintf(text, CRASH_TEXT_MAX, "%c%u-%u", crash_table_name(table)[0], (unsigned)incarnation,
             (unsigned)partition);
}

/* Odd ones are longer than one key of LMDB's. */
void crash_sort_text(char text[CRASH_TEXT_MAX], uint32_t sort) {
    int tail = sort % 2 == 1 ? 500 + (int)sort * 90 : 1;
    snprintf(text, CRASH_TEXT_MAX, "s%u%0*d", (unsigned)sort, tail, 0);
}

void crash_world_start(crash_world *world, uint64_t seed) {
    *world = (crash_world){.seed = seed, .now_ms = START_MS, .ttl = CRASH_ON};
}

/* ---- Making atoms ---- */

static uint32_t below(test_random *random, uint32_t bound) {
    return (uint32_t)test_random_below(random, bound);
}

/* A time soon, another for every slot. */
static uint32_t make_ttl(const crash_world *world, uint32_t slot) {
    uint32_t soon = (uint32_t)(world->now_ms / 1000) + 1;
    return soon + (slot + CRASH_SLOTS - soon % CRASH_SLOTS) % CRASH_SLOTS;
}

static crash_item make_item(test_random *random, const crash_world *world, uint32_t slot) {
    static const uint32_t pads[] = {0, 0, 20, 300, 1500, 6000};
    crash_item item = {.present = true, .atom = (uint32_t)world->next};
    item.group = below(random, CRASH_GROUPS + 1);
    item.value = below(random, 1000);
    item.pad = pads[below(random, sizeof pads / sizeof pads[0])];
    if (below(random, 3) == 0) {
        item.ttl_s = make_ttl(world, slot);
    }
    return item;
}

static crash_part make_part(test_random *random, const crash_world *world) {
    static const crash_part_kind kinds[] = {CRASH_PUT,    CRASH_PUT,    CRASH_PUT_NEW,
                                            CRASH_UPDATE, CRASH_UPDATE, CRASH_DELETE};
    crash_part part = {.kind = kinds[below(random, 6)]};
    part.table = (crash_table_no)below(random, world->tables[CRASH_TEMP].exists ? 3 : 2);
    part.slot = below(random, CRASH_SLOTS);
    const crash_item *old = &world->tables[part.table].items[part.slot];
    if (part.kind != CRASH_DELETE) {
        part.item = make_item(random, world, part.slot);
    }
    if (part.kind == CRASH_UPDATE && old->present) {
        part.item.count = old->count + 1;
    }
    part.refused = part.kind == CRASH_PUT_NEW && old->present;
    return part;
}

static bool names_again(const crash_atom *atom, const crash_part *part) {
    for (size_t i = 0; i < atom->part_count; i++) {
        if (atom->parts[i].table == part->table && atom->parts[i].slot == part->slot) {
            return true;
        }
    }
    return false;
}

/* Conditions are checks of their own; one transaction in eight has one that does not hold. */
static void make_transaction(crash_atom *atom, test_random *random, const crash_world *world) {
    size_t wanted = 2 + below(random, CRASH_PARTS_MAX - 1);
    bool may_fail = below(random, 8) == 0;
    while (atom->part_count < wanted) {
        crash_part part = make_part(random, world);
        bool present = world->tables[part.table].items[part.slot].present;
        if (below(random, 5) == 0) {
            part = (crash_part){
                .kind = CRASH_CHECK, .table = part.table, .slot = part.slot, .refused = !present};
        }
        if (!names_again(atom, &part) && (may_fail || !part.refused)) {
            atom->parts[atom->part_count++] = part;
        }
    }
}

/* Whether a kind makes sense now. */
static bool is_possible(crash_kind kind, const crash_world *world) {
    switch (kind) {
    case CRASH_CREATE:
        return !world->tables[CRASH_TEMP].exists;
    case CRASH_DROP:
        return world->tables[CRASH_TEMP].exists;
    case CRASH_ADD_INDEX:
        return world->added == CRASH_OFF;
    case CRASH_DROP_INDEX:
        return world->added != CRASH_OFF;
    case CRASH_BACKFILL_STEP:
        return world->added == CRASH_PENDING || world->ttl == CRASH_PENDING;
    case CRASH_TTL_ON:
        return world->ttl == CRASH_OFF;
    case CRASH_TTL_OFF:
        return world->ttl != CRASH_OFF;
    case CRASH_EXPIRE: /* what a list being filled holds is the engine's affair */
        return world->ttl == CRASH_ON;
    default:
        return true;
    }
}

static crash_kind draw_kind(test_random *random) {
    /* Of a hundred; the rest are single operations. */
    static const unsigned char weights[CRASH_KINDS] = {
        [CRASH_TRANSACTION] = 22, [CRASH_CREATE] = 4,     [CRASH_DROP] = 1,
        [CRASH_ADD_INDEX] = 3,    [CRASH_DROP_INDEX] = 1, [CRASH_BACKFILL_STEP] = 10,
        [CRASH_BACKFILL] = 2,     [CRASH_TTL_ON] = 3,     [CRASH_TTL_OFF] = 1,
        [CRASH_EXPIRE] = 3,       [CRASH_TRIM] = 2,       [CRASH_RECLAIM] = 2,
        [CRASH_SYNC] = 1,
    };
    uint32_t drawn = below(random, 100);
    for (int kind = 0; kind < CRASH_KINDS; kind++) {
        if (drawn < weights[kind]) {
            return (crash_kind)kind;
        }
        drawn -= weights[kind];
    }
    return CRASH_SINGLE;
}

void crash_atom_make(crash_atom *atom, const crash_world *world) {
    test_random random = {world->seed ^ (world->next * 0xD1342543DE82EF95u)};
    *atom = (crash_atom){.now_ms = world->now_ms, .kind = CRASH_SETUP};
    if (world->next < 2) {
        return;
    }
    atom->kind = draw_kind(&random);
    if (!is_possible(atom->kind, world)) {
        atom->kind = CRASH_SINGLE;
    }
    if (world->change_count > CRASH_CHANGES_MAX / 4) {
        atom->kind = CRASH_TRIM;
    }
    if (atom->kind == CRASH_SINGLE) {
        atom->parts[0] = make_part(&random, world);
        atom->part_count = 1;
    } else if (atom->kind == CRASH_TRANSACTION) {
        make_transaction(atom, &random, world);
    } else if (atom->kind == CRASH_EXPIRE || atom->kind == CRASH_TRIM) {
        atom->now_ms += CRASH_TICK_MS; /* time goes on here only */
    }
    atom->amount = 1 + below(&random, atom->kind == CRASH_TRIM ? 400 : 20);
}

size_t crash_group_make(crash_atom atoms[CRASH_BATCH_MAX], crash_world *after,
                        const crash_world *world) {
    test_random random = {~world->seed ^ (world->next * 0x2545F4914F6CDD1Du)};
    size_t wanted = below(&random, 4) == 0 ? 2 + below(&random, CRASH_BATCH_MAX - 1) : 1;
    size_t count = 0;
    crash_world *now = after;
    *now = *world;
    while (count < wanted) {
        crash_atom_make(&atoms[count], now);
        if (count > 0 && atoms[count].kind != CRASH_SINGLE) {
            break;
        }
        crash_atom_apply(now, &atoms[count]);
        count++;
        if (atoms[0].kind != CRASH_SINGLE) {
            break;
        }
    }
    return count;
}

/* ---- Applying them ---- */

static void log_change(crash_world *world, crash_table_no table, uint32_t slot, bool by_expiry,
                       const crash_item *old_item, const crash_item *new_item) {
    crash_change change = {.table = table,
                           .incarnation = world->tables[table].incarnation,
                           .slot = slot,
                           .by_expiry = by_expiry,
                           .time_ms = world->now_ms};
    change.kind = !old_item->present   ? PTE_CHANGE_INSERT
                  : !new_item->present ? PTE_CHANGE_DELETE
                                       : PTE_CHANGE_MODIFY;
    if (table == CRASH_MAIN) { /* keeps both images; side keeps none, temp the new one */
        change.old_item = *old_item;
    }
    if (table != CRASH_SIDE) {
        change.new_item = *new_item;
    }
    world->changes[world->change_count] = change;
    world->change_count++;
    world->last_sequence++;
}

static void set_item(crash_world *world, crash_table_no table, uint32_t slot, bool by_expiry,
                     const crash_item *new_item) {
    crash_item *item = &world->tables[table].items[slot];
    if (item->present || new_item->present) {
        log_change(world, table, slot, by_expiry, item, new_item);
        *item = *new_item;
    }
}

static void apply_parts(crash_world *world, const crash_atom *atom) {
    for (size_t i = 0; i < atom->part_count; i++) {
        if (atom->parts[i].refused) {
            return;
        }
    }
    for (size_t i = 0; i < atom->part_count; i++) {
        const crash_part *part = &atom->parts[i];
        if (part->kind != CRASH_CHECK) {
            set_item(world, part->table, part->slot, false, &part->item);
        }
    }
}

/* The item of main that is due first, CRASH_SLOTS if none is. No two have the same time. */
static uint32_t first_due(const crash_world *world) {
    const crash_item *items = world->tables[CRASH_MAIN].items;
    uint32_t first = CRASH_SLOTS;
    for (uint32_t slot = 0; slot < CRASH_SLOTS; slot++) {
        if (items[slot].present && items[slot].ttl_s != 0 &&
            items[slot].ttl_s < world->now_ms / 1000 &&
            (first == CRASH_SLOTS || items[slot].ttl_s < items[first].ttl_s)) {
            first = slot;
        }
    }
    return first;
}

static void apply_expire(crash_world *world) {
    static const crash_item absent = {0};
    for (uint32_t slot; (slot = first_due(world)) < CRASH_SLOTS;) {
        set_item(world, CRASH_MAIN, slot, true, &absent);
    }
}

static void apply_trim(crash_world *world, size_t records_max) {
    size_t count = 0;
    while (count < world->change_count && count < records_max &&
           world->changes[count].time_ms < world->now_ms - CRASH_TRIM_MS) {
        count++;
    }
    world->change_count -= count;
    memmove(world->changes, world->changes + count, world->change_count * sizeof *world->changes);
}

static void apply_definition(crash_world *world, const crash_atom *atom) {
    crash_table *temp = &world->tables[CRASH_TEMP];
    switch (atom->kind) {
    case CRASH_SETUP:
        world->tables[world->next].exists = true;
        break;
    case CRASH_CREATE:
        temp->exists = true;
        break;
    case CRASH_DROP:
        *temp = (crash_table){.incarnation = temp->incarnation + 1};
        break;
    case CRASH_ADD_INDEX:
        world->added = CRASH_PENDING;
        break;
    case CRASH_DROP_INDEX:
        world->added = CRASH_OFF;
        break;
    case CRASH_TTL_ON:
        world->ttl = CRASH_PENDING;
        break;
    case CRASH_TTL_OFF:
        world->ttl = CRASH_OFF;
        break;
    case CRASH_BACKFILL:
        world->added = world->added == CRASH_PENDING ? CRASH_ON : world->added;
        world->ttl = world->ttl == CRASH_PENDING ? CRASH_ON : world->ttl;
        break;
    default:
        break;
    }
}

void crash_atom_apply(crash_world *world, const crash_atom *atom) {
    world->now_ms = atom->now_ms;
    apply_parts(world, atom);
    apply_definition(world, atom);
    if (atom->kind == CRASH_EXPIRE) {
        apply_expire(world);
    } else if (atom->kind == CRASH_TRIM) {
        apply_trim(world, atom->amount);
    }
    world->next++;
}

void crash_world_replay(crash_world *world, uint64_t at) {
    crash_atom atom;
    while (world->next < at) {
        crash_atom_make(&atom, world);
        crash_atom_apply(world, &atom);
    }
}
