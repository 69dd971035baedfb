/*
 * PartiQL statements. Input: the statement. Question marks stand for a number. Conditions run on
 * the items, updates make items in the engine's form, what SELECT shows is JSON.
 */
#include "expression_world.h"

#include "base/utf8.h"
#include "expression/program.h"
#include "partiql/statement.h"

static void check_json(world *w) {
    const pt__json *json;
    MUST(!w->out.failed);
    MUST(pt__json_read(&json, pte_view(w->out.buffer.data, w->out.buffer.len), &w->arena,
                       &w->failure) == PT__OK);
}

static void select_from(world *w, const pt__ql_context *context,
                        const pt__ql_statement *statement) {
    pt__ql_columns columns;
    pt__exception exception = pt__ql_columns_make(&columns, context, statement);
    if (exception != PT__OK) {
        world_must_be_refused(w, exception);
        return;
    }
    for (size_t i = 0; i < WORLD_ITEMS; i++) {
        pt__out_reset(&w->out);
        pt__ql_columns_encode(&w->out, &columns, &w->items[i]);
        check_json(w);
    }
}

static void update(world *w, const pt__ql_context *context, const pt__ql_statement *statement) {
    pt__update *made;
    pt__exception exception = pt__ql_update(&made, context, statement);
    if (exception != PT__OK) {
        world_must_be_refused(w, exception);
        return;
    }
    for (size_t i = 0; i < WORLD_ITEMS; i++) {
        pte_item item;
        bool nothing;
        exception = pt__update_apply(&item, &nothing, made, &w->items[i], &w->items[0], w->made,
                                     &w->failure);
        if (exception != PT__OK) {
            world_must_be_refused(w, exception);
        } else if (!nothing) {
            MUST(pte_item_validate(&item, NULL) == PTE_OK);
        }
    }
}

static void filter(world *w, const pt__ql_context *context, const pt__ql_statement *statement) {
    pt__condition *condition;
    bool holds;
    if (statement->where == NULL) {
        return;
    }
    pt__exception exception = pt__ql_condition(&condition, context, statement->where);
    if (exception != PT__OK) {
        world_must_be_refused(w, exception);
        return;
    }
    for (size_t i = 0; i < WORLD_ITEMS; i++) {
        MUST(pt__condition_holds(&holds, condition, &w->items[i], NULL) == PTE_OK);
    }
    MUST(pt__condition_holds(&holds, condition, NULL, NULL) == PTE_OK);
}

static void insert(world *w, const pt__ql_context *context, const pt__ql_statement *statement) {
    pte_item item;
    pt__exception exception = pt__ql_item(&item, w->made, context, statement);
    if (exception != PT__OK) {
        world_must_be_refused(w, exception);
    } else {
        MUST(pte_item_validate(&item, NULL) == PTE_OK);
    }
}

/* A number for each question mark. */
static const pte_value *parameters(world *w, size_t count) {
    pte_value *values = pte__arena_alloc(&w->arena, count * sizeof *values);
    MUST(values != NULL);
    for (size_t i = 0; i < count; i++) {
        MUST(pte_item_find(&values[i], &w->items[0], pte_str("r"), NULL) == PTE_OK);
    }
    return values;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    world w;
    pt__ql_statement statement;
    if (!pte__utf8_valid(pte_view(data, size))) {
        return 0; /* no request has such a text */
    }
    world_init(&w);
    pt__exception exception = pt__ql_parse(&statement, pte_view(data, size), &w.failure);
    if (exception != PT__OK) {
        world_must_be_refused(&w, exception);
    } else {
        pt__ql_context context = {parameters(&w, statement.parameter_count), w.scratch, &w.failure};
        filter(&w, &context, &statement);
        if (statement.operation == PT__QL_INSERT) {
            insert(&w, &context, &statement);
        } else if (statement.operation == PT__QL_UPDATE) {
            update(&w, &context, &statement);
        } else {
            select_from(&w, &context, &statement);
        }
    }
    world_clean_up(&w);
    return 0;
}
