/* Single writes, transactions and batches on both sides. */
#include "writes.h"

#include "planned.h"

#include <stdio.h>

static model_table *any_table(world *w) {
    return &w->m.tables[world_below(w, w->m.table_count)];
}

static pte_op_kind any_kind(world *w) {
    static const pte_op_kind kinds[] = {PTE_PUT,    PTE_PUT,    PTE_PUT,    PTE_PUT,    PTE_UPDATE,
                                        PTE_UPDATE, PTE_UPDATE, PTE_DELETE, PTE_DELETE, PTE_CHECK};
    return kinds[world_below(w, sizeof kinds / sizeof *kinds)];
}

static void log_planned(world *w, const char *what, const planned *p) {
    char line[180];
    planned_print(p, line, sizeof line);
    world_log(w, "%s%s", what, line);
}

/* Looks up in a new snapshot what was written. */
static void read_back(world *w, const planned *plans, size_t count) {
    pte_error error;
    reads_state state = {.m = &w->m};
    WORLD_OK(w, pte_read_begin(&state.read, w->env, &error));
    for (size_t i = 0; i < count; i++) {
        if (plans[i].table->exists) {
            reads_get(w, &state, plans[i].table, &plans[i].hash, &plans[i].range);
        }
    }
    pte_read_end(state.read);
}

/* The error of a failed call must be about this operation. */
static void check_error(world *w, pte_status status, const pte_error *error, size_t position) {
    if (error->position != position || error->message[0] == '\0' ||
        (error->status != status && status != PTE_TRANSACTION_CANCELLED)) {
        world_fail(w, "%s: the error is %s about operation %zu, not about %zu: %s",
                   pte_status_name(status), pte_status_name(error->status), error->position,
                   position, error->message);
    }
}

/* Runs one operation by whichever call fits, judges and applies it. */
static void run_one(world *w, planned *p) {
    pte_error error = {0};
    pte_op op = planned_op(w, p);
    pte_status status;
    bool bare = p->condition == CONDITION_NONE && world_once_in(w, 2);
    log_planned(w, "", p);
    planned_expect(p);
    if (bare && p->kind == PTE_PUT) {
        status = pte_put(w->env, op.table, &op.item, &error);
    } else if (bare && p->kind == PTE_DELETE) {
        status = pte_delete(w->env, op.table, &op.key, &error);
    } else {
        status = pte_write(w->env, &op, 1, &error);
        if (op.status != status) {
            world_fail(w, "pte_write returns %s, its operation has %s", pte_status_name(status),
                       pte_status_name(op.status));
        }
    }
    planned_judge(w, p, status, false);
    if (status == PTE_OK) {
        planned_apply(w, p);
    } else if (error.status != status) {
        world_fail(w, "%s: the error says %s", pte_status_name(status),
                   pte_status_name(error.status));
    }
    read_back(w, p, 1);
}

static void one(world *w, pte_op_kind kind) {
    planned p;
    planned_make(w, &p, kind, any_table(w), w->builders[0]);
    run_one(w, &p);
    planned_clean_up(&p);
}

void writes_put(world *w) {
    one(w, PTE_PUT);
}

void writes_delete(world *w) {
    one(w, PTE_DELETE);
}

void writes_update(world *w) {
    one(w, world_once_in(w, 8) ? PTE_CHECK : PTE_UPDATE);
}

void writes_copy(world *w) {
    pte_error error;
    pte_read *read = NULL;
    pte_item view = {0};
    planned p = {0};
    model_item *item = NULL;
    const world_held *held = &w->held[world_below(w, WORLD_HELD_MAX)];
    const model_table *from = any_table(w);
    if (held->viewed != NULL && world_once_in(w, 2)) {
        item = held->viewed;
        view = held->view;
    } else if (from->count > 0) {
        gen_key_text text;
        item = from->items[world_below(w, from->count)];
        pte_key key = gen_key(w, from, item, &text);
        WORLD_OK(w, pte_read_begin(&read, w->env, &error));
        WORLD_OK(w, pte_read_item(&view, read, pte_str(from->name), &key, &error));
    }
    if (item != NULL) {
        planned_make_put(&p, any_table(w), item, view);
        run_one(w, &p);
        planned_clean_up(&p);
    }
    pte_read_end(read);
}

static bool valid_key(const planned *p) {
    model_faults faults = {0};
    if (!p->table->exists) {
        return false;
    }
    model_check_key(&faults, p->table, &p->hash, &p->range);
    return faults.count == 0;
}

/* Finds operations of the transaction that name one item, or that could collide. */
static bool find_duplicates(planned *plans, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            planned *a = &plans[i], *b = &plans[j];
            if (a->table != b->table || !valid_key(a) || !valid_key(b) ||
                (a->table->range.name != NULL && model_value_compare(&a->range, &b->range) != 0)) {
                continue;
            }
            bool same = model_value_compare(&a->hash, &b->hash) == 0;
            bool *mark_a = same ? &a->duplicate : &a->crowded;
            bool *mark_b = same ? &b->duplicate : &b->crowded;
            *mark_a = *mark_b = true;
            any = any || same;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (plans[i].duplicate) {
            model_faults_add(&plans[i].faults, PTE_DUPLICATE_ITEM);
        }
    }
    return any;
}

static size_t plan_many(world *w, planned *plans, size_t least) {
    size_t count = least + world_below(w, WORLD_OPS_MAX + 1 - least);
    for (size_t i = 0; i < count; i++) {
        planned_make(w, &plans[i], any_kind(w), any_table(w), w->builders[i]);
        if (i > 0 && world_once_in(w, 150)) { /* the same item again */
            planned *p = &plans[i];
            planned_clean_up(p);
            *p = (planned){.kind = PTE_DELETE,
                           .table = plans[0].table,
                           .hash = model_value_copy(&plans[0].hash),
                           .range = model_value_copy(&plans[0].range)};
        }
        log_planned(w, "  with ", &plans[i]);
    }
    return count;
}

/* The statuses of a transaction: each its own, and the call's accordingly. */
static void judge_transaction(world *w, planned *plans, const pte_op *ops, size_t count,
                              pte_status status, const pte_error *error, bool duplicates) {
    size_t failed = 0, first = count;
    for (size_t i = 0; i < count; i++) {
        failed += ops[i].status != PTE_OK ? 1 : 0;
        first = ops[i].status != PTE_OK && i < first ? i : first;
    }
    for (size_t i = 0; i < count; i++) {
        plans[i].cancelled = failed > 0;
        planned_judge(w, &plans[i], ops[i].status, duplicates);
    }
    if (status != (failed > 0 ? PTE_TRANSACTION_CANCELLED : PTE_OK)) {
        world_fail(w, "a transaction with %zu failures returns %s", failed,
                   pte_status_name(status));
    }
    if (duplicates && failed == 0) {
        world_fail(w, "a transaction that names an item twice is not cancelled");
    }
    if (failed > 0) {
        check_error(w, status, error, first);
    }
}

void writes_transaction(world *w) {
    pte_error error = {0};
    planned plans[WORLD_OPS_MAX];
    pte_op ops[WORLD_OPS_MAX];
    world_log(w, "transaction");
    size_t count = plan_many(w, plans, 2);
    for (size_t i = 0; i < count; i++) {
        ops[i] = planned_op(w, &plans[i]);
        planned_expect(&plans[i]);
    }
    bool duplicates = find_duplicates(plans, count);
    pte_status status = pte_write(w->env, ops, count, &error);
    if (status != PTE_OK && status != PTE_TRANSACTION_CANCELLED) {
        world_fail(w, "pte_write of %zu: %s: %s", count, pte_status_name(status), error.message);
    }
    judge_transaction(w, plans, ops, count, status, &error, duplicates);
    w->statuses[PTE_TRANSACTION_CANCELLED] += status == PTE_TRANSACTION_CANCELLED ? 1 : 0;
    for (size_t i = 0; i < count && status == PTE_OK; i++) {
        planned_apply(w, &plans[i]);
    }
    read_back(w, plans, count);
    for (size_t i = 0; i < count; i++) {
        planned_clean_up(&plans[i]);
    }
}

void writes_batch(world *w) {
    pte_error error = {0};
    planned plans[WORLD_OPS_MAX];
    pte_op ops[WORLD_OPS_MAX];
    world_log(w, "batch");
    size_t count = plan_many(w, plans, 1);
    size_t first = count;
    for (size_t i = 0; i < count; i++) {
        ops[i] = planned_op(w, &plans[i]);
    }
    pte_status status = pte_write_batch(w->env, ops, count, &error);
    for (size_t i = 0; i < count; i++) {
        planned_expect(&plans[i]);
        planned_judge(w, &plans[i], ops[i].status, false);
        if (ops[i].status == PTE_OK) {
            planned_apply(w, &plans[i]);
        } else if (first == count) {
            first = i;
        }
    }
    if (status != (first < count ? ops[first].status : PTE_OK)) {
        world_fail(w, "a batch returns %s, operation %zu has %s", pte_status_name(status), first,
                   pte_status_name(first < count ? ops[first].status : PTE_OK));
    }
    if (first < count) {
        check_error(w, status, &error, first);
    }
    read_back(w, plans, count);
    for (size_t i = 0; i < count; i++) {
        planned_clean_up(&plans[i]);
    }
}
