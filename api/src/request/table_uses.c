/* Finding each table of a request once. */
#include "request/table_uses.h"

static pt__table_use *find_given(const pt__table_uses *uses, pte_bytes given) {
    pt__table_use *use = uses->first;
    while (use != NULL && !pte_bytes_equal(use->given, given)) {
        use = use->next;
    }
    return use;
}

static pt__table_use *find_same(const pt__table_uses *uses, const pt__table *table) {
    pt__table_use *use = uses->first;
    while (use != NULL && !pte_bytes_equal(use->table.engine_name, table->engine_name)) {
        use = use->next;
    }
    return use;
}

static void append(pt__table_uses *uses, pt__table_use *use) {
    if (uses->last == NULL) {
        uses->first = use;
    } else {
        uses->last->next = use;
        uses->last->charge->next = use->charge;
    }
    uses->last = use;
}

pt__exception pt__table_use_find(pt__table_use **use, pt__table_uses *uses, pt__call *call,
                                 pte_bytes name_or_arn) {
    pt__table table;
    *use = find_given(uses, name_or_arn);
    if (*use != NULL) {
        return PT__OK;
    }
    pt__exception exception = pt__table_find(&table, call, name_or_arn);
    if (exception != PT__OK) {
        return exception;
    }
    *use = find_same(uses, &table);
    if (*use != NULL) {
        return PT__OK;
    }
    pt__table_use *made = pte__arena_alloc(&call->arena, sizeof *made);
    if (made == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    *made = (pt__table_use){.table = table, .given = name_or_arn};
    made->charge = pt__charge_new(call, &made->table);
    if (made->charge == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    append(uses, made);
    *use = made;
    return PT__OK;
}

void pt__table_uses_encode_capacity(pt__call *call, const pt__table_uses *uses, bool split) {
    pt__capacity_form form = {
        .wanted = pt__capacity_wanted_of(call->body), .array = true, .split = split};
    if (uses->first != NULL) {
        pt__capacity_encode(&call->out, uses->first->charge, form);
    }
}
