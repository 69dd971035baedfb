/*
 * CreateTable. The answer says CREATING; the table is there for the next request.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 */
#include "operation/operation.h"
#include "operation/stream.h"
#include "operation/table_definition.h"
#include "operation/table_description.h"
#include "operation/table_options.h"
#include "operation/table_throughput.h"

#include <stdio.h>
#include <unistd.h>

/* A random UUID, version 4. */
static pt__exception set_table_id(pt__table_settings *settings, pt__call *call) {
    static const char digits[] = "0123456789abcdef";
    static const char pattern[] = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    uint8_t random[PT__TABLE_ID_BYTES];
    const pte_env_options *options = &call->options->engine;
    bool got = options->random != NULL ? options->random(options->random_ctx, random, sizeof random)
                                       : getentropy(random, sizeof random) == 0;
    if (!got) {
        return pt__refuse(&call->failure, PT__INTERNAL, "No randomness for the table's id");
    }
    for (size_t i = 0; i < PT__TABLE_ID_BYTES; i++) {
        char c = pattern[i];
        settings->table_id[i] = c == 'x'   ? digits[random[i] & 15]
                                : c == 'y' ? digits[8 + (random[i] & 3)]
                                           : c;
    }
    settings->table_id[PT__TABLE_ID_BYTES] = '\0';
    return PT__OK;
}

static pt__exception read_request(pte_table_spec *spec, pt__table_settings *settings,
                                  pt__call *call) {
    pt__exception exception = pt__options_check_local(call);
    if (exception == PT__OK) {
        exception = pt__throughput_of_new_table(settings, call);
    }
    if (exception == PT__OK) {
        exception = pt__table_definition_read(spec, settings, call);
    }
    if (exception == PT__OK) {
        exception = pt__options_of_new_table(settings, &spec->changes, call);
    }
    if (exception == PT__OK) {
        exception = set_table_id(settings, call);
    }
    return exception;
}

static pt__exception create(pt__call *call, const pt__table *table, const pte_table_spec *spec) {
    pte_error error;
    pte_status status = pte_table_create(call->env, spec, &error);
    switch (status) {
    case PTE_OK:
        return PT__OK;
    case PTE_TABLE_EXISTS:
        return pt__refuse(&call->failure, PT__RESOURCE_IN_USE, "Table already exists: %.*s",
                          PT__SHOW(table->name));
    case PTE_INVALID_SCHEMA:
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "One or more parameter values were invalid: %s", error.message);
    default:
        return pt__refuse_engine(&call->failure, status, &error);
    }
}

/* The description is of what was made, not read again: by now it may have changed, or be gone. */
static pt__exception describe(pt__call *call, pt__table *table, const pte_table_spec *spec,
                              const pt__table_settings *settings) {
    pte_table_info *info = pte__arena_alloc(&call->arena, sizeof *info);
    pte_index_info *indexes = pte__arena_alloc(&call->arena, spec->index_count * sizeof *indexes);
    if (info == NULL || indexes == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    for (size_t i = 0; i < spec->index_count; i++) {
        indexes[i] = (pte_index_info){.spec = spec->indexes[i]};
    }
    *info = (pte_table_info){.spec = *spec, .indexes = indexes, .index_count = spec->index_count};
    info->stream_begun_ms = *spec->stream_begun_ms;
    table->info = info;
    pt__description description = {.form = PT__CREATED, .table = table, .settings = settings};
    pt__table_description_encode(call, &description);
    return PT__OK;
}

static pt__exception run(pt__call *call) {
    pt__table table = {.info = NULL};
    int64_t stream_begun_ms = 0;
    pte_table_spec spec = {.changes = PTE_CHANGES_OFF,
                           .change_shards = PT__STREAM_SHARDS,
                           .stream_begun_ms = &stream_begun_ms};
    pt__table_settings settings = {.created_ms = pt__call_now_ms(call)};
    pte_bytes given = pt__json_string(call->body, "TableName");
    pt__exception exception = pt__table_name(&table.name, call, given);
    if (exception == PT__OK) {
        exception = pt__table_engine_name(&spec.name, call, given);
    }
    if (exception == PT__OK) {
        exception = read_request(&spec, &settings, call);
    }
    if (exception == PT__OK) {
        exception =
            pt__table_settings_encode(&spec.user_data, call->scratch, &settings, &call->failure);
    }
    if (exception == PT__OK) {
        exception = create(call, &table, &spec);
    }
    return exception == PT__OK ? describe(call, &table, &spec, &settings) : exception;
}

const pt__operation pt__create_table_operation = {.name = "CreateTable", .run = run};
