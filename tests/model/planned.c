/* Planned operations: making them, their callbacks, what the model expects, the comparison. */
#include "planned.h"

#include <stdio.h>

static bool holds(const planned *p, const model_value *old_p0, bool exists) {
    switch (p->condition) {
    case CONDITION_EXISTS:
        return exists;
    case CONDITION_ABSENT:
        return !exists;
    case CONDITION_SAME:
        return old_p0 != NULL && model_value_equal(old_p0, &p->token);
    default:
        return true;
    }
}

/* Keeps what the engine says the old item is. */
static void meet(planned *p, const pte_item *old) {
    model_item_release(p->met);
    p->met = old != NULL ? bridge_read_item(old) : NULL;
    p->met_corrupt = old != NULL && p->met == NULL;
    p->called = true;
}

static pte_status on_condition(void *ctx, const pte_item *old, pte_error *error) {
    planned *p = ctx;
    meet(p, old);
    if (p->condition == CONDITION_BREAKS) {
        error->status = PTE_CALLBACK_FAILED;
        snprintf(error->message, sizeof error->message, "a condition breaks");
        return PTE_CALLBACK_FAILED;
    }
    pte_value value = {0};
    model_value p0 = {0};
    bool found = old != NULL && pte_item_find(&value, old, pte_str("p0"), error) == PTE_OK &&
                 value.type != PTE_TYPE_NONE && bridge_read_value(&p0, &value);
    bool ahead = holds(p, found ? &p0 : NULL, old != NULL);
    model_value_clean_up(&p0);
    if (!ahead) {
        error->status = PTE_CONDITION_FAILED;
        snprintf(error->message, sizeof error->message, "a condition does not hold");
        return PTE_CONDITION_FAILED;
    }
    return PTE_OK;
}

/* The old item, or else the key alone, with p0 set to the token. */
static pte_status touch(planned *p, const pte_item *old, pte_item *item, pte_error *error) {
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    pte_builder_reset(p->builder);
    pte_status status = old == NULL ? PTE_END : pte_item_iterate(&iter, old, error);
    while (status == PTE_OK) {
        status = pte_iter_next(&iter, &name, &value, error);
        if (status == PTE_OK && !pte_bytes_equal(name, pte_str("p0"))) {
            pte_builder_name(p->builder, name);
            pte_builder_value(p->builder, &value);
        }
    }
    if (status != PTE_END) {
        return status;
    }
    if (old == NULL) {
        pte_builder_name(p->builder, pte_str(p->table->hash.name));
        pte_builder_scalar(p->builder, (pte_scalar){p->hash.type, p->hash.bytes});
    }
    if (old == NULL && p->table->range.name != NULL) {
        pte_builder_name(p->builder, pte_str(p->table->range.name));
        pte_builder_scalar(p->builder, (pte_scalar){p->range.type, p->range.bytes});
    }
    pte_builder_name(p->builder, pte_str("p0"));
    pte_builder_scalar(p->builder, (pte_scalar){p->token.type, p->token.bytes});
    return pte_builder_item(item, p->builder, error);
}

static pte_status on_change(void *ctx, const pte_item *old, pte_item *item,
                            pte_change_result *result, pte_error *error) {
    planned *p = ctx;
    meet(p, old);
    *result = PTE_CHANGE_REPLACE;
    switch (p->change) {
    case CHANGE_NOTHING:
        *result = PTE_CHANGE_NONE;
        return PTE_OK;
    case CHANGE_REMOVE:
        *result = PTE_CHANGE_REMOVE;
        return PTE_OK;
    case CHANGE_TOUCH:
        return touch(p, old, item, error);
    case CHANGE_BREAKS:
        error->status = PTE_CALLBACK_FAILED;
        snprintf(error->message, sizeof error->message, "a change breaks");
        return PTE_CALLBACK_FAILED;
    default:
        *item = p->built;
        return PTE_OK;
    }
}

static void make_token(world *w, planned *p, const model_item *old_item) {
    const model_value *p0 = old_item != NULL ? model_item_find(old_item, "p0") : NULL;
    if (p->condition == CONDITION_SAME && p0 != NULL && !world_once_in(w, 3)) {
        p->token = model_value_copy(p0);
    } else {
        char text[16];
        snprintf(text, sizeof text, "token %u", (unsigned)world_below(w, 3));
        p->token = model_scalar(PTE_TYPE_S, pte_str(text));
    }
    if (p->change == CHANGE_TOUCH && p->token.type > PTE_TYPE_B) {
        p->change = CHANGE_NOTHING; /* touch writes scalars only */
    }
}

/* An item with another hash or sort key, or without one. */
static model_item *make_rekeyed(world *w, const planned *p) {
    model_value hash, range;
    gen_key_values(w, p->table, &hash, &range);
    model_item *item = gen_item(w, p->table, world_once_in(w, 2) ? &p->hash : &hash, &range);
    model_value_clean_up(&hash);
    model_value_clean_up(&range);
    return item;
}

void planned_make(world *w, planned *p, pte_op_kind kind, model_table *table,
                  pte_builder *builder) {
    *p = (planned){.kind = kind, .table = table, .builder = builder};
    gen_key_values(w, table, &p->hash, &p->range);
    if (world_once_in(w, 3) || kind == PTE_CHECK) {
        p->condition = (planned_condition)(1 + world_below(w, CONDITION_COUNT - 2));
        if (world_once_in(w, 30)) {
            p->condition = CONDITION_BREAKS;
        }
    }
    p->change = (planned_change)world_below(w, CHANGE_COUNT - 2);
    if (world_once_in(w, 12)) {
        p->change = (planned_change)(CHANGE_REKEY + world_below(w, 2));
    }
    model_item *old_item = table->exists ? model_get(table, &p->hash, &p->range) : NULL;
    make_token(w, p, old_item);
    bool with_item =
        kind == PTE_PUT ||
        (kind == PTE_UPDATE && (p->change == CHANGE_REPLACE || p->change == CHANGE_REKEY));
    if (!with_item) {
        return;
    }
    if (kind == PTE_UPDATE && p->change == CHANGE_REKEY) {
        p->item = make_rekeyed(w, p);
    } else if (old_item != NULL && world_once_in(w, 6)) {
        p->item = model_item_copy(old_item); /* nothing changes */
    } else {
        p->item = gen_item(w, table, &p->hash, &p->range);
    }
    p->built = bridge_build(w, builder, p->item);
}

void planned_make_put(planned *p, model_table *table, model_item *item, pte_item built) {
    *p = (planned){.kind = PTE_PUT, .table = table, .item = model_item_hold(item), .built = built};
    const model_value *hash = table->exists ? model_item_find(item, table->hash.name) : NULL;
    const model_value *range = table->exists && table->range.name != NULL
                                   ? model_item_find(item, table->range.name)
                                   : NULL;
    if (hash != NULL) {
        p->hash = model_value_copy(hash);
    }
    if (range != NULL) {
        p->range = model_value_copy(range);
    }
}

void planned_clean_up(planned *p) {
    model_item_release(p->item);
    model_item_release(p->met);
    model_item_release(p->old_item);
    model_item_release(p->new_item);
    model_value_clean_up(&p->hash);
    model_value_clean_up(&p->range);
    model_value_clean_up(&p->token);
    *p = (planned){0};
}

pte_op planned_op(world *w, planned *p) {
    pte_op op = {.kind = p->kind, .table = pte_str(p->table->name), .ctx = p};
    op.condition = p->condition != CONDITION_NONE ? on_condition : NULL;
    if (p->kind == PTE_PUT) {
        op.item = p->built;
        return op;
    }
    op.change = p->kind == PTE_UPDATE ? on_change : NULL;
    op.key.hash = gen_scalar(w, &p->hash, p->text.hash);
    op.key.range = gen_scalar(w, &p->range, p->text.range);
    return op;
}

/* Another item of the same key value in place of the old one: the key is not to change. */
static void expect_replacement(planned *p, model_item *item) {
    const model_table *table = p->table;
    const model_value *hash = model_item_find(item, table->hash.name);
    const model_value *range =
        table->range.name != NULL ? model_item_find(item, table->range.name) : NULL;
    bool same = hash != NULL && hash->type == p->hash.type &&
                model_value_compare(hash, &p->hash) == 0 &&
                (table->range.name == NULL || (range != NULL && range->type == p->range.type &&
                                               model_value_compare(range, &p->range) == 0));
    model_check_item(&p->faults, table, item);
    if (!same) {
        model_faults_add(&p->faults, PTE_KEY_CHANGED);
    }
    p->new_item = model_item_hold(item);
    p->writes = true;
}

static void expect_touch(planned *p) {
    model_item *item = p->old_item != NULL ? model_item_copy(p->old_item) : model_item_new();
    if (p->old_item == NULL) {
        model_item_set(item, p->table->hash.name, model_value_copy(&p->hash));
        if (p->table->range.name != NULL) {
            model_item_set(item, p->table->range.name, model_value_copy(&p->range));
        }
    }
    model_item_set(item, "p0", model_value_copy(&p->token));
    expect_replacement(p, item);
    model_item_release(item);
}

static void expect_update(planned *p) {
    switch (p->change) {
    case CHANGE_REPLACE:
    case CHANGE_REKEY:
        expect_replacement(p, p->item);
        break;
    case CHANGE_REMOVE:
        p->writes = p->old_item != NULL;
        break;
    case CHANGE_TOUCH:
        expect_touch(p);
        break;
    case CHANGE_BREAKS:
        model_faults_add(&p->faults, PTE_CALLBACK_FAILED);
        break;
    default:
        break;
    }
}

void planned_expect(planned *p) {
    const model_table *table = p->table;
    model_item_release(p->old_item);
    model_item_release(p->new_item);
    p->old_item = NULL;
    p->new_item = NULL;
    p->writes = false;
    p->faults = (model_faults){0};
    if (!table->exists) {
        model_faults_add(&p->faults, PTE_TABLE_NOT_FOUND);
        return;
    }
    model_check_key(&p->faults, table, &p->hash, &p->range);
    if (p->kind == PTE_PUT) {
        model_check_item(&p->faults, table, p->item);
    }
    p->old_item = model_item_hold(model_get(table, &p->hash, &p->range));
    const model_value *p0 = p->old_item != NULL ? model_item_find(p->old_item, "p0") : NULL;
    bool ahead = holds(p, p0, p->old_item != NULL);
    if (!ahead) {
        model_faults_add(&p->faults, PTE_CONDITION_FAILED);
    } else if (p->condition == CONDITION_BREAKS) {
        model_faults_add(&p->faults, PTE_CALLBACK_FAILED);
    }
    if (p->kind == PTE_PUT) {
        p->new_item = model_item_hold(p->item);
        p->writes = true;
    } else if (p->kind == PTE_DELETE) {
        p->writes = p->old_item != NULL;
    } else if (p->kind == PTE_UPDATE && p->faults.count == 0) {
        expect_update(p);
    }
}

/* Whether a collision of weak hashes may be the answer. */
static bool may_collide(const world *w, const planned *p) {
    model_faults faults = {0};
    if (!w->weak || !p->table->exists) {
        return false;
    }
    model_check_key(&faults, p->table, &p->hash, &p->range);
    return faults.count == 0 && (p->crowded || model_may_collide(p->table, &p->hash, &p->range));
}

static void check_met(world *w, const planned *p, const char *line) {
    bool has_callback = p->condition != CONDITION_NONE || (p->kind == PTE_UPDATE && !p->cancelled);
    if (p->met_corrupt || (p->called && !model_item_equal(p->met, p->old_item))) {
        char met[1200], old_text[1200];
        model_item_print(met, sizeof met, p->met);
        model_item_print(old_text, sizeof old_text, p->old_item);
        world_fail(w, "%s: a callback saw another old item\n  expected %s\n  found    %s", line,
                   old_text, met);
    }
    if (has_callback && !p->called && p->faults.count == 0 && !p->duplicate) {
        world_fail(w, "%s: no callback was called", line);
    }
}

void planned_judge(world *w, planned *p, pte_status status, bool lenient) {
    char line[200];
    planned_print(p, line, sizeof line);
    w->statuses[(size_t)status % 128]++;
    if (status == PTE_HASH_COLLISION && may_collide(w, p)) {
        model_faults_add(&p->faults, PTE_HASH_COLLISION);
    } else if (status == PTE_OK ? p->faults.count > 0 && !lenient
                                : !model_faults_has(&p->faults, status)) {
        world_fail(w, "%s: %s instead of %s%s%s", line, pte_status_name(status),
                   p->faults.count > 0 ? pte_status_name(p->faults.list[0]) : "PTE_OK",
                   p->faults.count > 1 ? " or " : "",
                   p->faults.count > 1 ? pte_status_name(p->faults.list[1]) : "");
    }
    if (!lenient) {
        check_met(w, p, line);
    }
}

void planned_apply(world *w, planned *p) {
    if (p->writes) {
        model_apply(&w->m, p->table, p->old_item, p->new_item, w->now_ms, false);
    }
}

void planned_print(const planned *p, char *out, size_t out_size) {
    static const char *const kinds[] = {"?", "put", "delete", "update", "check"};
    static const char *const conditions[] = {"", " if there", " if absent", " if same", " breaks"};
    static const char *const changes[] = {" nothing", " replace", " remove",
                                          " touch",   " rekey",   " breaks"};
    char hash[60], range[60];
    model_value_print(hash, sizeof hash, &p->hash);
    model_value_print(range, sizeof range, &p->range);
    snprintf(out, out_size, "%s%s %s %s / %s%s", kinds[p->kind],
             p->kind == PTE_UPDATE ? changes[p->change] : "", p->table->name, hash, range,
             conditions[p->condition]);
}
