/*
 * Statements of requests. Parameters are looked at before the statement is, as measured on the
 * service.
 */
#include "operation/statement.h"

#include "operation/key_plan.h"
#include "value/attribute_value.h"

pt__exception pt__statement_read_parameters(pt__statement *statement, pt__call *call,
                                            const pt__json *json) {
    const pt__json *parameters = pt__json_member(json, "Parameters");
    size_t count = parameters == NULL ? 0 : parameters->count;
    pte_value *values = pte__arena_alloc(&call->arena, count * sizeof *values);
    *statement = (pt__statement){
        .json = json,
        .context = {values, call->scratch, &call->failure},
    };
    if (values == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = PT__OK;
    size_t i = 0;
    for (const pt__json *value = parameters == NULL ? NULL : parameters->first;
         value != NULL && exception == PT__OK; value = value->next) {
        if (value->type == PT__JSON_NULL) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              "Supplied AttributeValue is empty, must contain exactly one of the "
                              "supported datatypes");
        }
        exception = pt__value_decode_into(&values[i++], call->scratch, value, &call->failure);
    }
    return exception;
}

pt__exception pt__statement_parse(pt__statement *statement, pt__call *call) {
    const pt__json *parameters = pt__json_member(statement->json, "Parameters");
    pt__exception exception =
        pt__ql_parse(&statement->ql, pt__json_string(statement->json, "Statement"), &call->failure);
    if (exception == PT__OK &&
        statement->ql.parameter_count != (parameters == NULL ? 0 : parameters->count)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Number of parameters in request and statement don't match.");
    }
    return exception;
}

pt__exception pt__statement_read(pt__statement *statement, pt__call *call, const pt__json *json) {
    pt__exception exception = pt__statement_read_parameters(statement, call, json);
    return exception == PT__OK ? pt__statement_parse(statement, call) : exception;
}

static pt__exception compile_item(pt__statement *statement, pt__call *call) {
    pte_builder *builder = pt__call_builder(call);
    if (builder == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception =
        pt__ql_item(&statement->item, builder, &statement->context, &statement->ql);
    return exception == PT__OK ? pt__item_size_check(call, &statement->item) : exception;
}

pt__exception pt__statement_compile(pt__statement *statement, pt__call *call) {
    const pt__ql_statement *ql = &statement->ql;
    const pt__ql_context *context = &statement->context;
    pt__exception exception = PT__OK;
    if (ql->operation == PT__QL_INSERT) {
        return compile_item(statement, call);
    }
    if (ql->operation == PT__QL_SELECT || ql->operation == PT__QL_EXISTS) {
        exception = pt__ql_columns_make(&statement->columns, context, ql);
    }
    if (exception == PT__OK && ql->operation == PT__QL_UPDATE) {
        exception = pt__ql_update(&statement->update, context, ql);
    }
    if (exception == PT__OK && ql->where != NULL) {
        exception = pt__ql_condition(&statement->where, context, ql->where);
    }
    return exception;
}

/* ---- keys ---- */

static pt__key_schema key_of(const pt__table *table) {
    const pte_table_spec *spec = &table->info->spec;
    return (pt__key_schema){.hash = &spec->hash,
                            .hash_count = 1,
                            .range = &spec->range,
                            .range_count = spec->range.name.len != 0 ? 1 : 0};
}

static pt__exception refuse_key(pt__call *call, const pt__statement_target *target,
                                const char *otherwise) {
    return pt__refuse(&call->failure, PT__VALIDATION, "%s",
                      target->in_transaction ? "The provided key element does not match the schema"
                                             : otherwise);
}

static bool has_type(pte_scalar value, const pte_key_attribute *attribute) {
    return attribute->name.len == 0 || value.type == attribute->type;
}

static pt__exception check_types(pt__call *call, const pt__statement_target *target,
                                 const pt__key_equalities *found) {
    const pte_table_spec *spec = &target->table->info->spec;
    bool hash = has_type(found->hash, &spec->hash);
    if (hash && has_type(found->range, &spec->range)) {
        return PT__OK;
    }
    if (target->in_transaction) {
        return refuse_key(call, target, "");
    }
    return pt__refuse(&call->failure, PT__VALIDATION,
                      "Key attribute's data type should match its data type in table's schema: "
                      "Key %.*s",
                      PT__SHOW(hash ? spec->range.name : spec->hash.name));
}

static void add_scalar(pte_builder *builder, pte_bytes name, pte_scalar value) {
    pte_builder_name(builder, name);
    pte_builder_scalar(builder, value);
}

/* The key as a checked one, from the values that were found. */
static pt__exception make_key(pt__key *key, pt__call *call, const pt__statement_target *target,
                              const pt__key_equalities *found) {
    const pte_table_spec *spec = &target->table->info->spec;
    pte_item item;
    pte_error error;
    pt__exception exception = check_types(call, target, found);
    if (exception != PT__OK) {
        return exception;
    }
    pte_builder_reset(call->scratch);
    add_scalar(call->scratch, spec->hash.name, found->hash);
    if (spec->range.name.len != 0) {
        add_scalar(call->scratch, spec->range.name, found->range);
    }
    pte_status status = pte_builder_item(&item, call->scratch, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    item.encoded = pte__arena_copy(&call->arena, item.encoded);
    return item.encoded.data != NULL ? pt__key_check(key, call, target->table, &item)
                                     : pt__refuse_memory(&call->failure);
}

/* ---- conditions of writes ---- */

static pt__exception existence(pt__condition **condition, pt__call *call, const pt__table *table,
                               bool exists) {
    pt__operand operand;
    pt__exception exception =
        pt__operand_of_name(&operand, &call->arena, table->info->spec.hash.name, &call->failure);
    return exception == PT__OK ? pt__condition_test(condition, &call->arena,
                                                    exists ? PT__TEST_EXISTS : PT__TEST_NOT_EXISTS,
                                                    &operand, 1, &call->failure)
                               : exception;
}

/*
 * UPDATE and EXISTS want the item to be there; DELETE of one that is not there does nothing,
 * whatever else its clause says, as measured on the service for ExecuteStatement.
 */
static pt__exception make_condition(pt__condition **condition, pt__call *call,
                                    const pt__table *table, pt__ql_operation operation,
                                    pt__condition *rest) {
    bool deletes = operation == PT__QL_DELETE;
    pt__condition *both[] = {NULL, rest};
    *condition = NULL;
    if (deletes && rest == NULL) {
        return PT__OK;
    }
    pt__exception exception = existence(&both[0], call, table, !deletes);
    if (exception == PT__OK) {
        exception =
            pt__condition_join(condition, &call->arena, deletes ? PT__TEST_ANY : PT__TEST_ALL, both,
                               rest == NULL ? 1 : 2, &call->failure);
    }
    if (exception == PT__OK && rest != NULL) {
        (*condition)->slots = rest->slots;
    }
    return exception;
}

/* Paths must not go into key attributes. */
static pt__exception check_paths(pt__call *call, const pt__table *table,
                                 const pt__condition *where) {
    const pte_bytes names[] = {table->info->spec.hash.name, table->info->spec.range.name};
    for (size_t i = 0; i < 2 && where != NULL; i++) {
        pt__name_search search = {.name = names[i]};
        pt__condition_inner_names(where, pt__name_search_on, &search);
        if (names[i].len != 0 && search.found) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              "Key attributes must be scalars; list random access '[]' and map "
                              "lookup '.' are not allowed: Key: %.*s",
                              PT__SHOW(names[i]));
        }
    }
    return PT__OK;
}

static const char INCOMPLETE[] =
    "Where clause does not contain a mandatory equality on all key attributes";

static bool is_complete(const pt__key_equalities *found, const pt__table *table) {
    return found->hash.type != PTE_TYPE_NONE &&
           (table->info->spec.range.name.len == 0 || found->range.type != PTE_TYPE_NONE);
}

static pt__exception find_item(pt__item_write *write, pt__call *call,
                               const pt__statement_target *target) {
    const pt__statement *statement = target->statement;
    bool exists = statement->ql.operation == PT__QL_EXISTS;
    pt__key_schema key = key_of(target->table);
    pt__key_equalities found;
    pt__exception exception = pt__key_equalities_find(&found, call, statement->where, &key, false);
    if (exception != PT__OK) {
        return exception;
    }
    if (!is_complete(&found, target->table)) {
        return refuse_key(call, target, INCOMPLETE);
    }
    if (found.conflict && !exists) {
        return target->in_transaction
                   ? refuse_key(call, target, "")
                   : pt__refuse(&call->failure, PT__VALIDATION,
                                "Multiple conditions on same key %.*s. Only single item "
                                "Update/Insert/Delete are supported",
                                PT__SHOW(found.conflict_name));
    }
    exception = make_key(&write->key, call, target, &found);
    if (exception == PT__OK) {
        exception = check_paths(call, target->table, found.rest);
    }
    return exception == PT__OK ? make_condition(&write->condition, call, target->table,
                                                statement->ql.operation, found.rest)
                               : exception;
}

/* ---- INSERT ---- */

/* In transactions it is the words of PutItem. */
static pt__exception check_insert(pt__call *call, const pt__statement_target *target) {
    const pte_table_spec *spec = &target->table->info->spec;
    const pte_key_attribute *attributes[] = {&spec->hash, &spec->range};
    for (size_t i = 0; i < 2 && !target->in_transaction; i++) {
        pte_value value;
        pte_bytes name = attributes[i]->name;
        if (name.len == 0 ||
            pte_item_find(&value, &target->statement->item, name, NULL) != PTE_OK) {
            continue;
        }
        if (value.type == PTE_TYPE_NONE) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              "Key attribute should be present in the item: Key %.*s",
                              PT__SHOW(name));
        }
        if (value.type != attributes[i]->type) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              "Key attribute's data type should match its data type in table's "
                              "schema: Key %.*s",
                              PT__SHOW(name));
        }
    }
    return pt__put_item_check(call, target->table, &target->statement->item);
}

pt__exception pt__statement_write(pt__item_write *write, pt__call *call,
                                  const pt__statement_target *target) {
    static const pte_op_kind kinds[] = {
        [PT__QL_INSERT] = PTE_PUT,
        [PT__QL_UPDATE] = PTE_UPDATE,
        [PT__QL_DELETE] = PTE_DELETE,
        [PT__QL_EXISTS] = PTE_CHECK,
    };
    const pt__statement *statement = target->statement;
    *write = (pt__item_write){
        .call = call,
        .kind = kinds[statement->ql.operation],
        .table = *target->table,
        .update = statement->update,
        .old_wanted_on_failure =
            pt__json_is(statement->json, "ReturnValuesOnConditionCheckFailure", "ALL_OLD"),
    };
    if (statement->ql.operation != PT__QL_INSERT) {
        return find_item(write, call, target);
    }
    write->item = statement->item;
    write->is_insert = true;
    pt__exception exception = check_insert(call, target);
    if (exception == PT__OK) {
        exception = pt__key_of_item(&write->key.key, call, target->table, &write->item);
    }
    return exception == PT__OK ? existence(&write->condition, call, target->table, false)
                               : exception;
}

pt__exception pt__statement_write_key(pte_key *key, pt__call *call, const pt__item_write *write) {
    if (write->kind == PTE_PUT) {
        return pt__key_of_item(key, call, &write->table, &write->item);
    }
    *key = write->key.key;
    return PT__OK;
}

/* ---- RETURNING ---- */

void pt__statement_keep(pt__item_write *write, const pt__statement *statement) {
    pt__ql_returning returning = statement->ql.returning;
    write->old_wanted =
        returning == PT__QL_RETURNING_ALL_OLD || returning == PT__QL_RETURNING_MODIFIED_OLD;
}

void pt__statement_encode_returned(pt__out *out, bool *any, const pt__statement *statement,
                                   const pt__item_write *write) {
    pt__ql_returning returning = statement->ql.returning;
    bool old = returning == PT__QL_RETURNING_ALL_OLD || returning == PT__QL_RETURNING_MODIFIED_OLD;
    bool all = returning == PT__QL_RETURNING_ALL_OLD || returning == PT__QL_RETURNING_ALL_NEW;
    const pte_item *item = old ? &write->old_item : &write->new_item;
    size_t before = out->buffer.len;
    bool empty = true;
    *any = false;
    if (returning == PT__QL_RETURNING_NONE || item->encoded.len == 0) {
        return;
    }
    if (all) {
        pt__item_encode(out, item);
        *any = true;
        return;
    }
    pt__update_encode_changed(out, &empty, write->update, item);
    *any = !empty;
    if (empty) {
        out->buffer.len = before;
    }
}

/* ---- reads ---- */

pt__exception pt__statement_read_key(pt__key *key, bool *exact, pt__call *call,
                                     const pt__statement_target *target) {
    pt__key_schema schema = key_of(target->table);
    pt__key_equalities found;
    pt__exception exception =
        pt__key_equalities_find(&found, call, target->statement->where, &schema, true);
    *exact = exception == PT__OK && is_complete(&found, target->table) && !found.conflict &&
             found.rest == NULL;
    return *exact ? make_key(key, call, target, &found) : exception;
}
