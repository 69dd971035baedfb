/* Making, changing and dropping tables: catalog rows, owners, ids, all in one transaction. */
#include <pocketable/engine/table.h>

#include "base/endian.h"
#include "table/counts.h"
#include "write/backfill_place.h"
#include "write/definition.h"
#include "write/reclaim.h"
#include "write/stream.h"
#include "write/writer.h"

typedef struct definition_request {
    pte__request base;
    pte__writer *writer;
    const pte_table_spec *spec;     /* create */
    pte_bytes name;                 /* drop, alter */
    const pte_table_change *change; /* alter */
} definition_request;

/* A table's definition being changed: what its new row will say. */
typedef struct draft {
    pte_table_info info;
    pte_index_info indexes[PTE_INDEXES_MAX];
    uint32_t ttl_id;
} draft;

static pte_status own(pte__write_txn *txn, uint32_t id, pte__id_kind kind, pte_bytes table,
                      pte_error *error) {
    uint8_t key[PTE__CATALOG_KEY_MAX];
    uint8_t value[1 + PTE_TABLE_NAME_BYTES_MAX];
    value[0] = (uint8_t)kind;
    memcpy(value + 1, table.data, table.len);
    return pte__txn_put(txn, PTE__DB_CATALOG, pte__catalog_owner_key(key, id),
                        pte_view(value, 1 + table.len), error);
}

/* A fresh id, owned by the table. */
static pte_status new_id(uint32_t *id, pte__write_txn *txn, pte__id_kind kind, pte_bytes table,
                         pte_error *error) {
    pte_status status = pte__writer_next_id(id, txn, error);
    return status == PTE_OK ? own(txn, *id, kind, table, error) : status;
}

static pte_status put_row(draft *d, pte__writer *writer, pte__write_txn *txn, pte_error *error) {
    pte_builder *builder;
    pte_bytes row;
    uint8_t key[PTE__CATALOG_KEY_MAX];
    d->info.indexes = d->indexes;
    d->info.version = pte__writer_next_generation(writer);
    pte_status status = pte_builder_create(&builder, &writer->env->store.allocator, error);
    if (status != PTE_OK) {
        return status;
    }
    status = pte__schema_row(&row, builder, &d->info, d->ttl_id, error);
    if (status == PTE_OK) {
        status = pte__txn_put(txn, PTE__DB_CATALOG, pte__catalog_table_key(key, d->info.spec.name),
                              row, error);
    }
    pte_builder_destroy(builder);
    return status;
}

/* Adds an index to the draft. A table without items needs no backfill. */
static pte_status add_index(draft *d, pte__write_txn *txn, const pte_index_spec *spec, bool empty,
                            pte_error *error) {
    pte_index_info *index = &d->indexes[d->info.index_count];
    *index = (pte_index_info){.spec = *spec};
    index->state = empty ? PTE_INDEX_ACTIVE : PTE_INDEX_CREATING;
    if (spec->kind == PTE_INDEX_LOCAL) {
        index->spec.hash_count = 1;
        index->spec.hash[0] = d->info.spec.hash;
    }
    d->info.index_count++;
    return new_id(&index->id, txn, PTE__ID_INDEX, d->info.spec.name, error);
}

static pte_status turn_on_ttl(draft *d, pte__write_txn *txn, pte_bytes attribute, bool empty,
                              pte_error *error) {
    d->info.spec.ttl_attribute = attribute;
    d->info.ttl_state = empty ? PTE_INDEX_ACTIVE : PTE_INDEX_CREATING;
    return new_id(&d->ttl_id, txn, PTE__ID_EXPIRY, d->info.spec.name, error);
}

static pte_status expect_absent(const pte__write_txn *txn, pte_bytes name, pte_error *error) {
    uint8_t key[PTE__CATALOG_KEY_MAX];
    pte_bytes row;
    pte_status status =
        pte__txn_get(&row, txn, PTE__DB_CATALOG, pte__catalog_table_key(key, name), error);
    if (status == PTE_OK) {
        return pte__fail(error, PTE_TABLE_EXISTS, "\"%.*s\"", PTE__SHOW(name));
    }
    return status == PTE_NOT_FOUND ? PTE_OK : status;
}

/* Begins a stream if the draft wants changes. */
static pte_status begin_stream(draft *d, pte__writer *writer, pte__write_txn *txn,
                               int64_t *begun_ms, pte_error *error) {
    d->info.spec.stream_begun_ms = NULL;
    if (d->info.spec.changes == PTE_CHANGES_OFF) {
        d->info.spec.change_shards = 0;
        return PTE_OK;
    }
    pte_status status = pte__stream_begin(&d->info, writer, txn, error);
    if (status == PTE_OK && begun_ms != NULL) {
        *begun_ms = d->info.stream_begun_ms;
    }
    return status;
}

static pte_status create(draft *d, pte__writer *writer, pte__write_txn *txn,
                         const pte_table_spec *spec, pte_error *error) {
    *d = (draft){.info = {.spec = *spec}};
    d->info.spec.indexes = NULL;
    d->info.spec.ttl_attribute = (pte_bytes){0};
    pte_status status = new_id(&d->info.id, txn, PTE__ID_TABLE, spec->name, error);
    for (size_t i = 0; i < spec->index_count && status == PTE_OK; i++) {
        status = add_index(d, txn, &spec->indexes[i], true, error);
    }
    if (status == PTE_OK && spec->ttl_attribute.len != 0) {
        status = turn_on_ttl(d, txn, spec->ttl_attribute, true, error);
    }
    if (status == PTE_OK) {
        status = begin_stream(d, writer, txn, spec->stream_begun_ms, error);
    }
    return status == PTE_OK ? put_row(d, writer, txn, error) : status;
}

static pte_status run_create(pte__request *base, pte__write_txn *txn, pte_error *error) {
    definition_request *request = (definition_request *)base;
    pte_status status = pte__writer_ready(request->writer, error);
    if (status == PTE_OK) {
        status = expect_absent(txn, request->spec->name, error);
    }
    draft *d = NULL;
    if (status == PTE_OK) {
        d = pte__arena_alloc(&request->writer->arena, sizeof *d);
        status = d != NULL ? create(d, request->writer, txn, request->spec, error)
                           : pte__fail_memory(error);
    }
    pte__arena_reset(&request->writer->arena);
    return status;
}

/* Gives up an index or expiry list: its entries are reclaimed later. */
static pte_status retire(pte__write_txn *txn, uint32_t id, pte__id_kind kind, pte_error *error) {
    pte_status status = pte__reclaim_retire(txn, id, kind, error);
    return status == PTE_OK ? pte__backfill_place_drop(txn, id, error) : status;
}

static pte_status drop(pte__writer *writer, pte__write_txn *txn, const pte__schema *schema,
                       pte_error *error) {
    const pte_table_info *info = &schema->info;
    uint8_t key[PTE__CATALOG_KEY_MAX];
    (void)pte__writer_next_generation(writer);
    pte_table_info last = *info;
    pte_status status = pte__stream_end(&last, writer, txn, error);
    if (status != PTE_OK) {
        return status;
    }
    status = pte__txn_delete(NULL, txn, PTE__DB_CATALOG,
                             pte__catalog_table_key(key, info->spec.name), error);
    if (status == PTE_OK) {
        status = pte__counters_drop_table(&writer->counters, txn, info->id, error);
    }
    if (status == PTE_OK) {
        status = retire(txn, info->id, PTE__ID_TABLE, error);
    }
    for (size_t i = 0; i < info->index_count && status == PTE_OK; i++) {
        status = retire(txn, info->indexes[i].id, PTE__ID_INDEX, error);
    }
    if (status == PTE_OK && schema->ttl_id != 0) {
        status = retire(txn, schema->ttl_id, PTE__ID_EXPIRY, error);
    }
    return status;
}

static pte_status run_drop(pte__request *base, pte__write_txn *txn, pte_error *error) {
    definition_request *request = (definition_request *)base;
    pte__schema *schema = NULL;
    pte_status status = pte__writer_ready(request->writer, error);
    if (status == PTE_OK) {
        status = pte__writer_schema(&schema, request->writer, txn, request->name, error);
    }
    if (status == PTE_OK) {
        status = drop(request->writer, txn, schema, error);
    }
    pte__schema_release(schema);
    return status;
}

/* The place of an index in a draft, or PTE_INDEXES_MAX. */
static size_t find_index(const draft *d, pte_bytes name) {
    for (size_t i = 0; i < d->info.index_count; i++) {
        if (pte_bytes_equal(d->indexes[i].spec.name, name)) {
            return i;
        }
    }
    return PTE_INDEXES_MAX;
}

static pte_status check_new_index(const draft *d, const pte_table_change *change,
                                  pte_error *error) {
    const pte_index_spec *added = change->add_index;
    pte_status status = pte__schema_check_index(added, &d->info.spec, error);
    if (status != PTE_OK) {
        return status;
    }
    size_t at = find_index(d, added->name);
    if (at != PTE_INDEXES_MAX && !pte_bytes_equal(change->drop_index, added->name)) {
        return pte__fail(error, PTE_INDEX_EXISTS, "\"%.*s\"", PTE__SHOW(added->name));
    }
    for (size_t i = 0; i < d->info.index_count; i++) {
        if (pte_bytes_equal(d->indexes[i].spec.name, change->drop_index)) {
            continue;
        }
        status = pte__schema_check_types(added, &d->indexes[i].spec, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    bool room = d->info.index_count < PTE_INDEXES_MAX || change->drop_index.len != 0;
    return room ? PTE_OK
                : pte__fail(error, PTE_INVALID_SCHEMA, "a table has at most %d indexes",
                            (int)PTE_INDEXES_MAX);
}

/* Everything that can be refused, before the first change. */
static pte_status check_change(const draft *d, const pte_table_change *change, pte_error *error) {
    if (change->expected_version != 0 && change->expected_version != d->info.version) {
        return pte__fail(error, PTE_TABLE_CHANGED, "version %llu was expected, %llu was found",
                         (unsigned long long)change->expected_version,
                         (unsigned long long)d->info.version);
    }
    pte_bytes named[] = {change->drop_index, change->user_data_index};
    for (size_t i = 0; i < 2; i++) {
        if (named[i].len != 0 && find_index(d, named[i]) == PTE_INDEXES_MAX) {
            return pte__fail(error, PTE_INDEX_NOT_FOUND, "\"%.*s\"", PTE__SHOW(named[i]));
        }
    }
    if ((unsigned)change->changes > PTE_CHANGES_NEW_AND_OLD_IMAGES ||
        change->change_shards > PTE_SHARDS_MAX ||
        change->ttl_attribute.len > PTE_KEY_NAME_BYTES_MAX ||
        change->user_data.len > PTE_USER_DATA_BYTES_MAX ||
        change->index_user_data.len > PTE_USER_DATA_BYTES_MAX) {
        return pte__fail(error, PTE_INVALID_SCHEMA,
                         "a kind of change log, at most %d shards, a TTL attribute of at most %d "
                         "bytes and user data of at most %d were expected",
                         (int)PTE_SHARDS_MAX, (int)PTE_KEY_NAME_BYTES_MAX,
                         (int)PTE_USER_DATA_BYTES_MAX);
    }
    return change->add_index != NULL ? check_new_index(d, change, error) : PTE_OK;
}

static pte_status drop_index(draft *d, pte__writer *writer, pte__write_txn *txn, pte_bytes name,
                             pte_error *error) {
    size_t at = find_index(d, name);
    uint32_t id = d->indexes[at].id;
    d->info.index_count--;
    memmove(&d->indexes[at], &d->indexes[at + 1],
            (d->info.index_count - at) * sizeof d->indexes[0]);
    pte_status status = pte__counters_drop(&writer->counters, txn, d->info.id, id, error);
    return status == PTE_OK ? retire(txn, id, PTE__ID_INDEX, error) : status;
}

static pte_status set_ttl(draft *d, pte__write_txn *txn, pte_bytes attribute, bool empty,
                          pte_error *error) {
    pte_status status = PTE_OK;
    if (pte_bytes_equal(attribute, d->info.spec.ttl_attribute)) {
        return PTE_OK;
    }
    if (d->ttl_id != 0) {
        status = retire(txn, d->ttl_id, PTE__ID_EXPIRY, error);
        d->ttl_id = 0;
        d->info.ttl_state = PTE_INDEX_ACTIVE;
        d->info.spec.ttl_attribute = (pte_bytes){0};
    }
    if (status == PTE_OK && attribute.len != 0) {
        status = turn_on_ttl(d, txn, attribute, empty, error);
    }
    return status;
}

static pte_status set_changes(draft *d, pte__writer *writer, pte__write_txn *txn,
                              const pte_table_change *change, pte_error *error) {
    pte_status status = pte__stream_end(&d->info, writer, txn, error);
    d->info.spec.changes = change->changes;
    d->info.spec.change_shards = change->change_shards;
    return status == PTE_OK ? begin_stream(d, writer, txn, change->stream_begun_ms, error) : status;
}

static pte_status carry_out(draft *d, pte__writer *writer, pte__write_txn *txn,
                            const pte_table_change *change, bool empty, pte_error *error) {
    pte_status status = PTE_OK;
    if (change->user_data_index.len != 0) {
        d->indexes[find_index(d, change->user_data_index)].spec.user_data = change->index_user_data;
    }
    if (change->drop_index.len != 0) {
        status = drop_index(d, writer, txn, change->drop_index, error);
    }
    if (status == PTE_OK && change->add_index != NULL) {
        status = add_index(d, txn, change->add_index, empty, error);
    }
    if (status == PTE_OK && change->set_ttl_attribute) {
        status = set_ttl(d, txn, change->ttl_attribute, empty, error);
    }
    if (change->set_user_data) {
        d->info.spec.user_data = change->user_data;
    }
    if (status == PTE_OK && change->set_changes && change->changes != d->info.spec.changes) {
        status = set_changes(d, writer, txn, change, error);
    }
    return status == PTE_OK ? put_row(d, writer, txn, error) : status;
}

/* A draft of the definition as it is, in the writer's arena; NULL without memory. */
static draft *draft_of(pte__writer *writer, const pte__schema *schema) {
    draft *d = pte__arena_alloc(&writer->arena, sizeof *d);
    if (d != NULL) {
        *d = (draft){.info = schema->info, .ttl_id = schema->ttl_id};
        if (schema->info.index_count != 0) {
            memcpy(d->indexes, schema->info.indexes,
                   schema->info.index_count * sizeof d->indexes[0]);
        }
    }
    return d;
}

pte_status pte__definition_activate(pte__writer *writer, pte__write_txn *txn,
                                    const pte__schema *schema, uint32_t id, pte_error *error) {
    draft *d = draft_of(writer, schema);
    if (d == NULL) {
        return pte__fail_memory(error);
    }
    for (size_t i = 0; i < d->info.index_count; i++) {
        if (d->indexes[i].id == id) {
            d->indexes[i].state = PTE_INDEX_ACTIVE;
        }
    }
    if (d->ttl_id == id) {
        d->info.ttl_state = PTE_INDEX_ACTIVE;
    }
    return put_row(d, writer, txn, error);
}

static pte_status alter(definition_request *request, pte__write_txn *txn, const pte__schema *schema,
                        pte_error *error) {
    draft *d = draft_of(request->writer, schema);
    if (d == NULL) {
        return pte__fail_memory(error);
    }
    pte_status status = check_change(d, request->change, error);
    uint64_t items = 0;
    if (status == PTE_OK) {
        status = pte__counters_entries(&items, &request->writer->counters, txn, d->info.id, error);
    }
    if (status == PTE_OK) {
        status = carry_out(d, request->writer, txn, request->change, items == 0, error);
    }
    return status;
}

static pte_status run_alter(pte__request *base, pte__write_txn *txn, pte_error *error) {
    definition_request *request = (definition_request *)base;
    pte__schema *schema = NULL;
    pte_status status = pte__writer_ready(request->writer, error);
    if (status == PTE_OK) {
        status = pte__writer_schema(&schema, request->writer, txn, request->name, error);
    }
    if (status == PTE_OK) {
        status = alter(request, txn, schema, error);
    }
    pte__schema_release(schema);
    pte__arena_reset(&request->writer->arena);
    return status;
}

static pte_status submit(pte_env *env, definition_request *request, pte_error *error) {
    request->base.error = error;
    request->writer = env->writer;
    return pte__commit(&env->committer, &request->base);
}

pte_status pte_table_create(pte_env *env, const pte_table_spec *spec, pte_error *error) {
    if (env == NULL || spec == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "env and spec must not be NULL");
    }
    pte_status status = pte__schema_check(spec, error);
    if (status != PTE_OK) {
        return status;
    }
    definition_request request = {.base = {.run = run_create}, .spec = spec};
    return submit(env, &request, error);
}

pte_status pte_table_drop(pte_env *env, pte_bytes name, pte_error *error) {
    if (env == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "env must not be NULL");
    }
    definition_request request = {.base = {.run = run_drop}, .name = name};
    pte_status status = submit(env, &request, error);
    if (status == PTE_OK) {
        pte__catalog_forget(&env->catalog, name);
    }
    return status;
}

pte_status pte_table_alter(pte_env *env, pte_bytes name, const pte_table_change *change,
                           pte_error *error) {
    if (env == NULL || change == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "env and change must not be NULL");
    }
    definition_request request = {.base = {.run = run_alter}, .name = name, .change = change};
    return submit(env, &request, error);
}
