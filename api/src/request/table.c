/*
 * Finding the table of a request. Operations on items share the engine's definition; those on the
 * table itself, which want its counts, copy them with all else out of the snapshot, since a change
 * begins only after the snapshot has ended. Calls the engine's catalog.
 */
#include "request/table.h"

#include "base/checked.h"
#include <stdio.h>

/* ---- names and ARNs ---- */

static bool is_text(pte_bytes bytes, const char *text) {
    return pte_bytes_equal(bytes, pte_str(text));
}

/* As API_GetItem says of TableName, an ARN may stand for a name. The first text is what AWS says of
 * an index's ARN, the second of another region's. */
static pt__exception name_in_arn(pte_bytes *name, pt__call *call, pte_bytes arn) {
    pt__arn parts;
    (void)pt__arn_split(&parts, arn);
    pte_bytes rest = parts.resource;
    pte_bytes kind = pt__arn_take(&rest, '/');
    bool is_aws = parts.partition.len >= 3 && memcmp(parts.partition.data, "aws", 3) == 0;
    if (!is_aws || !is_text(parts.service, "dynamodb") || !is_text(kind, "table") ||
        rest.len == 0 || memchr(rest.data, '/', rest.len) != NULL) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Invalid TableArn: Invalid ResourceArn provided as input %.*s",
                          PT__SHOW(arn));
    }
    if (!pte_bytes_equal(parts.region, call->region)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "1 validation error detected: Invalid AWS region in '%.*s'",
                          PT__SHOW(arn));
    }
    /* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html
     * Nobody here has let another account's callers in. */
    if (!is_text(parts.account, PT__ACCOUNT)) {
        return pt__refuse(&call->failure, PT__ACCESS_DENIED,
                          "User: arn:aws:iam::" PT__ACCOUNT ":root is not authorized to perform: "
                          "dynamodb:%s on resource: %.*s because no resource-based policy allows "
                          "the dynamodb:%s action",
                          call->operation->name, PT__SHOW(arn), call->operation->name);
    }
    *name = rest;
    return PT__OK;
}

pt__exception pt__table_name(pte_bytes *name, pt__call *call, pte_bytes name_or_arn) {
    *name = name_or_arn;
    return pt__is_arn(name_or_arn) ? name_in_arn(name, call, name_or_arn) : PT__OK;
}

pt__exception pt__table_engine_name(pte_bytes *engine_name, pt__call *call, pte_bytes name_or_arn) {
    pte_bytes name;
    *engine_name = (pte_bytes){NULL, 0};
    pt__exception exception = pt__table_name(&name, call, name_or_arn);
    return exception == PT__OK ? pt__call_in_region(engine_name, call, name) : exception;
}

pte_bytes pt__table_arn(pt__call *call, pte_bytes name) {
    static const char before[] = "arn:aws:dynamodb:";
    static const char between[] = ":" PT__ACCOUNT ":table/";
    size_t fixed = sizeof before - 1 + sizeof between - 1;
    size_t len;
    char *text = NULL;
    if (pte__add(&len, call->region.len, name.len) && pte__add(&len, len, fixed + 1)) {
        text = pte__arena_alloc(&call->arena, len);
    }
    if (text == NULL) {
        return (pte_bytes){NULL, 0};
    }
    (void)snprintf(text, len, "%s%.*s%s%.*s", before, PT__SHOW(call->region), between,
                   PT__SHOW(name));
    return pte_view(text, len - 1);
}

/* ---- a copy of a description ---- */

typedef struct copier {
    pte__arena *arena;
    bool failed; /* out of memory */
} copier;

static void copy_bytes(copier *c, pte_bytes *bytes) {
    if (bytes->len != 0) {
        *bytes = pte__arena_copy(c->arena, *bytes);
        c->failed = c->failed || bytes->data == NULL;
    }
}

static void copy_attributes(copier *c, pte_key_attribute *attributes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        copy_bytes(c, &attributes[i].name);
    }
}

static void copy_index(copier *c, pte_index_spec *spec) {
    copy_bytes(c, &spec->name);
    copy_attributes(c, spec->hash, spec->hash_count);
    copy_attributes(c, spec->range, spec->range_count);
    copy_bytes(c, &spec->user_data);
    if (spec->include_count == 0) {
        return;
    }
    pte_bytes *include = pte__arena_alloc(c->arena, spec->include_count * sizeof *include);
    c->failed = c->failed || include == NULL;
    for (size_t i = 0; i < spec->include_count && include != NULL; i++) {
        include[i] = spec->include[i];
        copy_bytes(c, &include[i]);
    }
    spec->include = include;
}

static const pte_table_info *copy_info(copier *c, const pte_table_info *info) {
    pte_table_info *copy = pte__arena_alloc(c->arena, sizeof *copy);
    pte_index_info *indexes = pte__arena_alloc(c->arena, info->index_count * sizeof *indexes);
    if (copy == NULL || indexes == NULL) {
        return NULL;
    }
    *copy = *info;
    copy->indexes = indexes;
    copy_bytes(c, &copy->spec.name);
    copy_attributes(c, &copy->spec.hash, 1);
    copy_attributes(c, &copy->spec.range, 1);
    copy_bytes(c, &copy->spec.ttl_attribute);
    copy_bytes(c, &copy->spec.user_data);
    for (size_t i = 0; i < info->index_count; i++) {
        indexes[i] = info->indexes[i];
        copy_index(c, &indexes[i].spec);
    }
    return c->failed ? NULL : copy;
}

/* ---- finding ---- */

static pte_status copy_description(const pte_table_info **info, pt__call *call,
                                   pte_bytes engine_name, pte_error *error) {
    const pte_table_info *described;
    copier c = {.arena = &call->arena};
    *info = NULL;
    pte_status status = pte_table_describe(&described, call->read, engine_name, error);
    if (status == PTE_OK) {
        *info = copy_info(&c, described);
        status = *info == NULL ? pte__fail_memory(error) : PTE_OK;
    }
    return status;
}

/* table->info stays NULL where there is no such table. */
static pt__exception find(pt__table *table, pt__call *call, pte_bytes name_or_arn, bool counts) {
    *table = (pt__table){.info = NULL};
    pt__exception exception = pt__table_name(&table->name, call, name_or_arn);
    if (exception == PT__OK) {
        exception = pt__call_in_region(&table->engine_name, call, table->name);
    }
    if (exception == PT__OK) {
        exception = pt__call_read(call);
    }
    if (exception != PT__OK || table->engine_name.len > PTE_TABLE_NAME_BYTES_MAX) {
        return exception;
    }
    pte_error error;
    pte_status status = counts
                            ? copy_description(&table->info, call, table->engine_name, &error)
                            : pt__call_definition(&table->info, call, table->engine_name, &error);
    return status == PTE_OK || status == PTE_TABLE_NOT_FOUND
               ? PT__OK
               : pt__refuse_engine(&call->failure, status, &error);
}

pt__exception pt__table_find(pt__table *table, pt__call *call, pte_bytes name_or_arn) {
    pt__exception exception = find(table, call, name_or_arn, false);
    if (exception == PT__OK && table->info == NULL) {
        /* API_GetItem, ResourceNotFoundException */
        return pt__refuse(&call->failure, PT__RESOURCE_NOT_FOUND, "Requested resource not found");
    }
    return exception;
}

pt__exception pt__table_find_itself(pt__table *table, pt__call *call, pte_bytes name_or_arn) {
    pt__exception exception = find(table, call, name_or_arn, true);
    if (exception == PT__OK && table->info == NULL) {
        /* API_DescribeTable, ResourceNotFoundException */
        return pt__refuse(&call->failure, PT__RESOURCE_NOT_FOUND,
                          "Requested resource not found: Table: %.*s not found",
                          PT__SHOW(table->name));
    }
    return exception;
}

const pte_index_info *pt__table_index(const pt__table *table, pte_bytes name) {
    for (size_t i = 0; i < table->info->index_count; i++) {
        if (pte_bytes_equal(table->info->indexes[i].spec.name, name)) {
            return &table->info->indexes[i];
        }
    }
    return NULL;
}

const pte_index_info *pt__table_index_by_id(const pt__table *table, uint32_t id) {
    for (size_t i = 0; i < table->info->index_count; i++) {
        if (table->info->indexes[i].id == id) {
            return &table->info->indexes[i];
        }
    }
    return NULL;
}
