/*
 * A write's callbacks. They run under the committer, perhaps more than once and on another thread,
 * and so start afresh each time and allocate from the call's arena only: nobody else has the call
 * while its write is under way.
 */
#include "request/item_write.h"

#include "request/scalar_keys.h"
#include "value/attribute_value.h"

/* ---- callbacks ---- */

/* What every run starts from. */
static void start_afresh(pt__item_write *write) {
    write->old_item = (pte_item){{NULL, 0}, 0};
    write->new_item = write->kind == PTE_PUT ? write->item : (pte_item){{NULL, 0}, 0};
    write->failure = (pt__failure){.arena = &write->call->arena};
}

static pte_status keep_old(pt__item_write *write, const pte_item *old, pte_error *error) {
    if (old == NULL) {
        return PTE_OK;
    }
    write->old_item.encoded = pte__arena_copy(&write->call->arena, old->encoded);
    write->old_item.size_bytes = old->size_bytes;
    return write->old_item.encoded.data != NULL
               ? PTE_OK
               : pte_error_fill(error, PTE_OUT_OF_MEMORY, "no room for the old item");
}

static pte_status on_condition(void *ctx, const pte_item *old, pte_error *error) {
    pt__item_write *write = ctx;
    bool holds = true;
    start_afresh(write);
    if (write->condition != NULL) {
        pte_status status = pt__condition_holds(&holds, write->condition, old, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    if (holds ? write->old_wanted : write->old_wanted_on_failure) {
        pte_status status = keep_old(write, old, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    return holds ? PTE_OK : pte_error_fill(error, PTE_CONDITION_FAILED, "by the request");
}

/*
 * An updated item must not be larger than 400 KB
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html). As measured
 * on the service, what the update itself would take counts too: the item without its key, and 3
 * bytes, and some for each action.
 */
static pt__exception updated_size_check(pt__item_write *write) {
    size_t size = write->new_item.size_bytes;
    size_t gate = size - write->key.item.size_bytes + 3 + pt__update_gate_bytes(write->update);
    return size <= PTE_ITEM_BYTES_MAX && gate <= PTE_ITEM_BYTES_MAX
               ? PT__OK
               : pt__refuse(&write->failure, PT__VALIDATION,
                            "Item size to update has exceeded the maximum allowed size");
}

static pt__exception apply(pt__item_write *write, const pte_item *old, pte_change_result *result) {
    bool removed_nothing = false;
    pt__exception exception =
        pt__update_apply(&write->new_item, &removed_nothing, write->update, old, &write->key.item,
                         write->builder, &write->failure);
    if (exception == PT__OK && removed_nothing) {
        write->new_item = (pte_item){{NULL, 0}, 0};
        *result = PTE_CHANGE_NONE;
        return PT__OK;
    }
    if (exception == PT__OK) {
        exception = updated_size_check(write);
    }
    if (exception == PT__OK) {
        exception = pt__index_keys_check(&write->failure, &write->table, &write->new_item,
                                         pt__update_is_expression(write->update));
    }
    *result = PTE_CHANGE_REPLACE;
    return exception;
}

/* API_UpdateItem: without an update an item that is missing is made of its key; one that is there
 * stays as it is. */
static pte_status on_change(void *ctx, const pte_item *old, pte_item *item,
                            pte_change_result *result, pte_error *error) {
    pt__item_write *write = ctx;
    if (write->update == NULL && old != NULL) {
        /* The old item was kept for answering ALL_NEW. */
        write->new_item = write->old_item;
        *result = PTE_CHANGE_NONE;
        return PTE_OK;
    }
    if (write->update == NULL) {
        write->new_item = write->key.item;
        *result = PTE_CHANGE_REPLACE;
    } else if (apply(write, old, result) != PT__OK) {
        return pte_error_fill(error, PTE_CALLBACK_FAILED, "the update cannot be applied");
    }
    *item = write->new_item;
    return PTE_OK;
}

/* ---- setting up ---- */

static bool update_names(const pt__update *update, pte_bytes name) {
    pt__name_search s = {.name = name};
    pt__update_names(update, pt__name_search_on, &s);
    return s.found;
}

/* API_UpdateItem: "You cannot use UpdateItem to update any primary key attributes." */
static pt__exception update_check(pt__item_write *write) {
    const pte_table_spec *spec = &write->table.info->spec;
    const pte_bytes names[] = {spec->hash.name, spec->range.name};
    for (size_t i = 0; i < 2; i++) {
        if (names[i].len != 0 && update_names(write->update, names[i])) {
            return pt__refuse(&write->call->failure, PT__VALIDATION,
                              "One or more parameter values were invalid: Cannot update attribute "
                              "%.*s. This attribute is part of the key",
                              PT__SHOW(names[i]));
        }
    }
    return pt__scalar_keys_in_update(&write->call->failure, &write->table, write->update);
}

pt__exception pt__item_write_op(pte_op *op, pt__item_write *write) {
    start_afresh(write);
    write->effects.old_bytes = 0;
    write->effects.new_bytes = 0;
    write->effects.index_count = 0;
    bool look = write->condition != NULL || write->old_wanted;
    *op = (pte_op){
        .kind = write->kind,
        .table = write->table.engine_name,
        .table_id = write->table.info->id,
        .item = write->item,
        .key = write->key.key,
        .condition = look || write->kind != PTE_PUT ? on_condition : NULL,
        .change = write->kind == PTE_UPDATE ? on_change : NULL,
        .ctx = write,
        .effects = &write->effects,
    };
    if (write->kind == PTE_UPDATE && write->update != NULL) {
        write->builder = pt__call_builder(write->call);
        return write->builder == NULL ? pt__refuse_memory(&write->call->failure)
                                      : update_check(write);
    }
    return PT__OK;
}

/* ---- afterwards ---- */

pt__exception pt__item_write_failure(pt__failure *failure, const pt__item_write *write,
                                     pte_status status, const pte_error *error) {
    if (status == PTE_CONDITION_FAILED && write->is_insert) {
        /* API_ExecuteStatement, DuplicateItemException */
        return pt__refuse(failure, PT__DUPLICATE_ITEM, "Duplicate primary key exists in table");
    }
    if (status == PTE_CONDITION_FAILED) {
        /* API_PutItem, ConditionalCheckFailedException */
        pt__exception exception =
            pt__refuse(failure, PT__CONDITIONAL_CHECK_FAILED, "The conditional request failed");
        if (exception == PT__CONDITIONAL_CHECK_FAILED && write->old_wanted_on_failure) {
            failure->item = write->old_item;
        }
        return exception;
    }
    if (status == PTE_CALLBACK_FAILED && write->failure.exception != PT__OK) {
        *failure = write->failure;
        return failure->exception;
    }
    return pt__refuse_write(failure, status, error);
}

void pt__item_write_charge(pt__charge *charge, const pt__item_write *write, unsigned factor) {
    if (write->effects.old_bytes != 0 || write->effects.new_bytes != 0 || write->kind != PTE_PUT) {
        pt__charge_write(charge, &write->effects, factor);
        return;
    }
    charge->write_halves += pt__write_halves(write->item.size_bytes) * factor;
}

pt__exception pt__item_write_encode_capacity(pt__call *call, const pt__item_write *write) {
    pt__capacity_form form = {.wanted = pt__capacity_wanted_of(call->body)};
    if (form.wanted == PT__CAPACITY_NONE) {
        return PT__OK;
    }
    pt__charge *charge = pt__charge_new(call, &write->table);
    if (charge == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__item_write_charge(charge, write, 1);
    pt__capacity_encode(&call->out, charge, form);
    return PT__OK;
}

const pte_item *pt__item_write_key(const pt__item_write *write) {
    return write->kind == PTE_PUT ? &write->item : &write->key.item;
}

bool pt__item_collections(const pt__table *table) {
    for (size_t i = 0; i < table->info->index_count; i++) {
        if (table->info->indexes[i].spec.kind == PTE_INDEX_LOCAL) {
            return true;
        }
    }
    return false;
}

/* API_ItemCollectionMetrics. The bounds are an estimate by AWS's own word; collections here are not
 * measured, and one that fits its 10 GB is told as below 1. */
void pt__item_collection_encode(pt__out *out, const pt__table *table, const pte_item *item) {
    pte_bytes name = table->info->spec.hash.name;
    pte_value value;
    if (pte_item_find(&value, item, name, NULL) != PTE_OK) {
        out->failed = true;
        return;
    }
    pt__out_object(out);
    pt__out_name(out, "ItemCollectionKey");
    pt__out_object(out);
    pt__out_name_bytes(out, name);
    pt__value_encode(out, &value);
    pt__out_object_end(out);
    pt__out_name(out, "SizeEstimateRangeGB");
    pt__out_array(out);
    pt__out_halves(out, 0);
    pt__out_halves(out, 2);
    pt__out_array_end(out);
    pt__out_object_end(out);
}
