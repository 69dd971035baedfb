/* Carrying the model's operations out on the engine. */
#include "items.h"

#include <pocketable/engine/table.h>
#include <pocketable/engine/upkeep.h>
#include <pocketable/engine/write.h>

/* One operation of a call, with what it borrows. */
typedef struct carried {
    crash_key key;
    const crash_part *part;
    pte_builder *builder; /* owned */
} carried;

/* ---- Items ---- */

static pte_status condition(void *ctx, const pte_item *old, pte_error *error) {
    (void)error;
    const carried *c = ctx;
    bool wants_one = c->part->kind == CRASH_CHECK;
    return wants_one == (old != NULL) ? PTE_OK : PTE_CONDITION_FAILED;
}

/* The count is taken from the old item, so that an update lost or made twice shows. */
static pte_status change(void *ctx, const pte_item *old, pte_item *item, pte_change_result *result,
                         pte_error *error) {
    const carried *c = ctx;
    crash_item made = c->part->item;
    made.count = 0;
    if (old != NULL) {
        crash_found found;
        test_trouble trouble;
        if (!crash_item_read(&found, old, &trouble)) {
            return PTE_CALLBACK_FAILED;
        }
        made.count = found.item.count + 1;
    }
    *result = PTE_CHANGE_REPLACE;
    return crash_item_build(item, c->builder, &c->key, &made, error);
}

static pte_status prepare(pte_op *op, carried *c, const crash_part *part, uint32_t incarnation,
                          pte_error *error) {
    static const pte_op_kind kinds[] = {
        [CRASH_PUT] = PTE_PUT,       [CRASH_PUT_NEW] = PTE_PUT, [CRASH_UPDATE] = PTE_UPDATE,
        [CRASH_DELETE] = PTE_DELETE, [CRASH_CHECK] = PTE_CHECK,
    };
    c->part = part;
    crash_key_set(&c->key, part->table, incarnation, part->slot);
    *op = (pte_op){.kind = kinds[part->kind],
                   .table = pte_str(crash_table_name(part->table)),
                   .key = c->key.key,
                   .ctx = c};
    if (part->kind == CRASH_PUT_NEW || part->kind == CRASH_CHECK) {
        op->condition = condition;
    }
    if (part->kind == CRASH_UPDATE) {
        op->change = change;
    }
    pte_status status = pte_builder_create(&c->builder, NULL, error);
    if (status == PTE_OK && op->kind == PTE_PUT) {
        status = crash_item_build(&op->item, c->builder, &c->key, &part->item, error);
    }
    return status;
}

static bool write_parts(pte_env *env, const crash_part *const *parts, size_t count, bool together,
                        const crash_world *world, test_trouble *trouble) {
    pte_op ops[CRASH_BATCH_MAX];
    static carried carrieds[CRASH_BATCH_MAX]; /* a test writes from one thread */
    pte_error error;
    pte_status expected = PTE_OK;
    pte_status status = PTE_OK;
    memset(carrieds, 0, sizeof carrieds);
    for (size_t i = 0; i < count && status == PTE_OK; i++) {
        uint32_t incarnation = world->tables[parts[i]->table].incarnation;
        status = prepare(&ops[i], &carrieds[i], parts[i], incarnation, &error);
        expected = parts[i]->refused ? PTE_CONDITION_FAILED : expected;
    }
    if (status == PTE_OK) {
        status = together ? pte_write(env, ops, count, &error)
                          : pte_write_batch(env, ops, count, &error);
    }
    for (size_t i = 0; i < count; i++) {
        pte_builder_destroy(carrieds[i].builder);
    }
    if (together && count > 1 && expected != PTE_OK) {
        expected = PTE_TRANSACTION_CANCELLED;
    }
    NEED_STATUS(expected, status);
    for (size_t i = 0; i < count; i++) {
        pte_status own = parts[i]->refused ? PTE_CONDITION_FAILED : PTE_OK;
        NEED(ops[i].status == own, "operation %zu: expected %s, found %s", i, pte_status_name(own),
             pte_status_name(ops[i].status));
    }
    return true;
}

/* ---- Tables ---- */

static const pte_index_spec BY_GROUP = {
    .name = {(const uint8_t *)"by_group", 8},
    .hash = {{{(const uint8_t *)"g", 1}, PTE_TYPE_S}},
    .hash_count = 1,
    .range = {{{(const uint8_t *)"v", 1}, PTE_TYPE_N}},
    .range_count = 1,
};

static pte_status create(pte_env *env, crash_table_no table, pte_error *error) {
    static const pte_change_images images[] = {PTE_CHANGES_NEW_AND_OLD_IMAGES,
                                               PTE_CHANGES_KEYS_ONLY, PTE_CHANGES_NEW_IMAGE};
    const pte_bytes include[] = {pte_str("n")};
    pte_index_spec indexes[2] = {BY_GROUP};
    pte_table_spec spec = {.name = pte_str(crash_table_name(table)),
                           .hash = {pte_str("pk"), PTE_TYPE_S},
                           .range = {pte_str("sk"), PTE_TYPE_S},
                           .indexes = indexes,
                           .index_count = 1,
                           .changes = images[table],
                           .change_shards = 1 + (unsigned)table};
    if (table == CRASH_MAIN) {
        spec.ttl_attribute = pte_str("ttl");
    } else if (table == CRASH_TEMP) {
        indexes[0].projection = PTE_PROJECT_INCLUDE;
        indexes[0].include = include;
        indexes[0].include_count = 1;
    } else {
        indexes[0].projection = PTE_PROJECT_KEYS_ONLY;
        indexes[1] = (pte_index_spec){.name = pte_str("local"),
                                      .kind = PTE_INDEX_LOCAL,
                                      .range = {{pte_str("v"), PTE_TYPE_N}},
                                      .range_count = 1,
                                      .projection = PTE_PROJECT_KEYS_ONLY};
        spec.index_count = 2;
    }
    return pte_table_create(env, &spec, error);
}

static pte_status alter(pte_env *env, crash_kind kind, pte_error *error) {
    pte_index_spec added = {.name = pte_str("added"),
                            .hash = {{pte_str("pk"), PTE_TYPE_S}},
                            .hash_count = 1,
                            .range = {{pte_str("n"), PTE_TYPE_N}},
                            .range_count = 1};
    pte_table_change change = {0};
    if (kind == CRASH_ADD_INDEX) {
        change.add_index = &added;
    } else if (kind == CRASH_DROP_INDEX) {
        change.drop_index = added.name;
    } else {
        change.set_ttl_attribute = true;
        change.ttl_attribute = pte_str(kind == CRASH_TTL_ON ? "ttl" : "");
    }
    return pte_table_alter(env, pte_str(crash_table_name(CRASH_MAIN)), &change, error);
}

/* ---- Upkeep ---- */

static pte_status expire(pte_env *env, int64_t now_s, pte_error *error) {
    enum { STEP = 2 }; /* so that a crash may come between */
    size_t expired = STEP;
    pte_status status = PTE_OK;
    while (status == PTE_OK && expired == STEP) {
        status = pte_expire(&expired, env, now_s, STEP, error);
    }
    return status;
}

static pte_status keep_up(pte_env *env, const crash_atom *atom, pte_error *error) {
    size_t done;
    pte_backfill_progress progress;
    const pte_bytes table = pte_str(crash_table_name(CRASH_MAIN));
    switch (atom->kind) {
    case CRASH_BACKFILL_STEP:
        return pte_backfill_step(&progress, env, table, atom->amount, error);
    case CRASH_BACKFILL:
        return pte_backfill(env, table, NULL, NULL, error);
    case CRASH_EXPIRE:
        return expire(env, atom->now_ms / 1000, error);
    case CRASH_TRIM:
        return pte_changes_trim(&done, env, atom->now_ms - CRASH_TRIM_MS, atom->amount, error);
    case CRASH_RECLAIM:
        return pte_reclaim(&done, env, atom->amount, error);
    default:
        return pte_env_sync(env, error);
    }
}

static pte_status carry_other(pte_env *env, const crash_atom *atom, const crash_world *before,
                              pte_error *error) {
    switch (atom->kind) {
    case CRASH_SETUP:
        return create(env, before->next == 0 ? CRASH_MAIN : CRASH_SIDE, error);
    case CRASH_CREATE:
        return create(env, CRASH_TEMP, error);
    case CRASH_DROP:
        return pte_table_drop(env, pte_str(crash_table_name(CRASH_TEMP)), error);
    case CRASH_ADD_INDEX:
    case CRASH_DROP_INDEX:
    case CRASH_TTL_ON:
    case CRASH_TTL_OFF:
        return alter(env, atom->kind, error);
    default:
        return keep_up(env, atom, error);
    }
}

bool crash_carry_out(pte_env *env, int64_t *clock_ms, const crash_atom *atoms, size_t count,
                     const crash_world *before, test_trouble *trouble) {
    const crash_part *parts[CRASH_BATCH_MAX];
    pte_error error;
    *clock_ms = atoms[0].now_ms;
    if (atoms[0].kind == CRASH_SINGLE || atoms[0].kind == CRASH_TRANSACTION) {
        size_t part_count = atoms[0].kind == CRASH_SINGLE ? count : atoms[0].part_count;
        for (size_t i = 0; i < part_count; i++) {
            parts[i] = atoms[0].kind == CRASH_SINGLE ? &atoms[i].parts[0] : &atoms[0].parts[i];
        }
        bool together = atoms[0].kind == CRASH_TRANSACTION || count == 1;
        return write_parts(env, parts, part_count, together, before, trouble);
    }
    NEED(carry_other(env, &atoms[0], before, &error) == PTE_OK, "atom %llu, %s: %s",
         (unsigned long long)before->next, crash_kind_name(atoms[0].kind), error.message);
    return true;
}
