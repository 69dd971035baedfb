/*
 * The rules of UpdateTable. The texts, and which changes go together, were seen on AWS.
 */
#include "operation/table_change.h"

#include "operation/table_definition.h"

#include <stdio.h>

#define INVALID "One or more parameter values were invalid: "

static const char ONE_ONLINE_INDEX[] =
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per "
    "table";

static pt__exception refuse(pt__call *call, const char *text) {
    return pt__refuse(&call->failure, PT__VALIDATION, "%s", text);
}

/* ---- what stands in the request ---- */

enum {
    THROUGHPUT = 1 << 0,
    BILLING = 1 << 1,
    STREAM = 1 << 2,
    ENCRYPTION = 1 << 3,
    PROTECTION = 1 << 4,
    MAXIMA = 1 << 5,
    WARM = 1 << 6,
    CLASS = 1 << 7,
    INDEXES = 1 << 8,
    INDEX_MADE = 1 << 9,     /* an index is created */
    INDEX_DROPPED = 1 << 10, /* or deleted */
    REPLICATION = 1 << 11,
    INDEX_ONLINE = INDEX_MADE | INDEX_DROPPED,
};

static const pt__json *index_updates(const pt__call *call) {
    return pt__json_member(call->body, "GlobalSecondaryIndexUpdates");
}

static unsigned find_parts(const pt__call *call) {
    static const struct {
        const char *member;
        unsigned part;
    } members[] = {
        {"ProvisionedThroughput", THROUGHPUT},
        {"BillingMode", BILLING},
        {"StreamSpecification", STREAM},
        {"SSESpecification", ENCRYPTION},
        {"OnDemandThroughput", MAXIMA},
        {"DeletionProtectionEnabled", PROTECTION},
        {"WarmThroughput", WARM},
        {"TableClass", CLASS},
        {"GlobalTableSettingsReplicationMode", REPLICATION},
    };
    unsigned parts = 0;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        parts |= pt__json_member(call->body, members[i].member) != NULL ? members[i].part : 0;
    }
    const pt__json *updates = index_updates(call);
    for (const pt__json *one = updates == NULL ? NULL : updates->first; one != NULL;
         one = one->next) {
        parts |= INDEXES;
        parts |= pt__json_member(one, "Create") != NULL ? INDEX_MADE : 0;
        parts |= pt__json_member(one, "Delete") != NULL ? INDEX_DROPPED : 0;
    }
    return parts;
}

/* Which parts exclude which others; the first that is broken is told. */
static pt__exception check_parts(pt__call *call, unsigned parts) {
    static const struct {
        unsigned part;
        unsigned others;
        const char *text;
    } rules[] = {
        {ENCRYPTION, ~(unsigned)ENCRYPTION,
         INVALID "Server-Side Encryption modification must be the only operation in the request"},
        {CLASS, ~(unsigned)CLASS,
         INVALID "TableClass modification must be the only operation in the request"},
        {PROTECTION, ~(unsigned)PROTECTION,
         INVALID "DeletionProtection modification must be the only operation in the request"},
        {WARM, INDEX_MADE,
         INVALID "Create global secondary index cannot be specified when updating WarmThroughput"},
        {WARM, THROUGHPUT | BILLING | STREAM | MAXIMA | INDEX_DROPPED,
         INVALID "WarmThroughput must be the only operation in the request"},
        {MAXIMA, THROUGHPUT | STREAM | INDEXES,
         INVALID "OnDemandThroughput can only be combined with BillingMode in an UpdateTable "
                 "request"},
        {THROUGHPUT, STREAM, INVALID "You cannot modify stream status while updating table IOPS"},
        {THROUGHPUT, INDEX_ONLINE,
         INVALID "You cannot create or delete index while updating table IOPS"},
        {STREAM, INDEX_ONLINE,
         INVALID "You cannot create or delete index while changing stream status"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if ((parts & rules[i].part) != 0 && (parts & rules[i].others) != 0) {
            return refuse(call, rules[i].text);
        }
    }
    return PT__OK;
}

/* ---- changes of indexes on their own ---- */

static const pt__json *action_of(const pt__json *update, int *count) {
    static const char *const actions[] = {"Update", "Create", "Delete"};
    const pt__json *action = NULL;
    *count = 0;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        const pt__json *given = pt__json_member(update, actions[i]);
        *count += given != NULL;
        action = given != NULL ? given : action;
    }
    return action;
}

static pt__exception check_update(pt__call *call, const pt__json *first, const pt__json *update) {
    int count;
    pte_bytes name = pt__json_string(action_of(update, &count), "IndexName");
    if (count == 0) {
        return refuse(call, INVALID "One of GlobalSecondaryIndexUpdate.Update, "
                                    "GlobalSecondaryIndexUpdate.Create, "
                                    "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    if (count > 1) {
        return refuse(call, INVALID "Only one global secondary index action is allowed per "
                                    "GlobalSecondaryIndexUpdate object");
    }
    for (const pt__json *other = first; other != update; other = other->next) {
        if (pte_bytes_equal(name, pt__json_string(action_of(other, &count), "IndexName"))) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              INVALID "Only one global secondary index update per index is allowed "
                                      "simultaneously. Index: %.*s",
                              PT__SHOW(name));
        }
    }
    return PT__OK;
}

pt__exception pt__change_check_request(pt__call *call) {
    unsigned parts = find_parts(call);
    const pt__json *updates = index_updates(call);
    if (parts == 0) {
        return refuse(call, "At least one of ProvisionedThroughput, BillingMode, "
                            "UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, "
                            "ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
                            "MultiRegionConsistency, DeletionProtectionEnabled, "
                            "OnDemandThroughput, WarmThroughput or TableClass is required");
    }
    if (updates != NULL && updates->count == 0) {
        return refuse(call, INVALID "List of GlobalSecondaryIndexUpdates is empty");
    }
    if (updates != NULL && updates->count > PTE_INDEXES_MAX) { /* no table has so many */
        return pt__refuse(&call->failure, PT__LIMIT_EXCEEDED, "%s", ONE_ONLINE_INDEX);
    }
    pt__exception exception = check_parts(call, parts);
    for (const pt__json *one = updates == NULL ? NULL : updates->first;
         one != NULL && exception == PT__OK; one = one->next) {
        exception = check_update(call, updates->first, one);
    }
    return exception;
}

/* ---- and against the table ---- */

static pt__exception check_create(pt__call *call, const pt__table *table, const pt__json *create,
                                  bool another_creating) {
    pte_bytes name = pt__json_string(create, "IndexName");
    const pte_index_info *same = pt__table_index(table, name);
    if (same != NULL && same->state == PTE_INDEX_CREATING) {
        return pt__refuse(&call->failure, PT__RESOURCE_IN_USE,
                          "Attempt to change a resource which is still in use: Index is being "
                          "created. Table: %.*s Index: %.*s",
                          PT__SHOW(table->name), PT__SHOW(name));
    }
    if (same != NULL) {
        return refuse(call, "Attempting to create an index which already exists");
    }
    if (another_creating) {
        return pt__refuse(&call->failure, PT__LIMIT_EXCEEDED, "%s", ONE_ONLINE_INDEX);
    }
    size_t globals = 0;
    for (size_t i = 0; i < table->info->index_count; i++) {
        globals += table->info->indexes[i].spec.kind == PTE_INDEX_GLOBAL;
    }
    if (globals >= PT__GLOBAL_INDEXES_MAX || table->info->index_count >= PTE_INDEXES_MAX) {
        return pt__refuse(&call->failure, PT__LIMIT_EXCEEDED,
                          "Subscriber limit exceeded: Number of global secondary indexes exceeds "
                          "per-table limit of 20");
    }
    return PT__OK;
}

static pt__exception check_existing(pt__call *call, const pt__table *table, const pt__json *action,
                                    const char *verb) {
    pte_bytes name = pt__json_string(action, "IndexName");
    const pte_index_info *index = pt__table_index(table, name);
    if (index == NULL) {
        return pt__refuse(&call->failure, PT__RESOURCE_NOT_FOUND,
                          "Requested resource not found: Index %.*s for table %.*s", PT__SHOW(name),
                          PT__SHOW(table->name));
    }
    if (index->spec.kind != PTE_INDEX_GLOBAL) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Cannot %s an index that is not a GlobalSecondaryIndex: %.*s", verb,
                          PT__SHOW(name));
    }
    return PT__OK;
}

static pt__exception check_one(pt__index_change *change, pt__call *call, const pt__table *table,
                               const pt__json *update, const pte_index_info *creating) {
    const pt__json *create = pt__json_member(update, "Create");
    const pt__json *drop = pt__json_member(update, "Delete");
    if (create != NULL) {
        change->create = create;
        return check_create(call, table, create, creating != NULL);
    }
    if (drop == NULL) {
        return check_existing(call, table, pt__json_member(update, "Update"), "update");
    }
    change->drop = drop;
    pt__exception exception = check_existing(call, table, drop, "delete");
    /* One that is being filled may go; another may not at the same time. */
    if (exception == PT__OK && creating != NULL &&
        !pte_bytes_equal(creating->spec.name, pt__json_string(drop, "IndexName"))) {
        return pt__refuse(&call->failure, PT__LIMIT_EXCEEDED, "%s", ONE_ONLINE_INDEX);
    }
    return exception;
}

pt__exception pt__change_check_indexes(pt__index_change *change, pt__call *call,
                                       const pt__table *table) {
    const pt__json *updates = index_updates(call);
    const pte_index_info *creating = NULL;
    pt__exception exception = PT__OK;
    size_t online = 0;
    *change = (pt__index_change){NULL, NULL};
    for (size_t i = 0; i < table->info->index_count; i++) {
        if (table->info->indexes[i].state == PTE_INDEX_CREATING) {
            creating = &table->info->indexes[i];
        }
    }
    for (const pt__json *one = updates == NULL ? NULL : updates->first;
         one != NULL && exception == PT__OK; one = one->next) {
        online += pt__json_member(one, "Update") == NULL;
        exception = online > 1
                        ? pt__refuse(&call->failure, PT__LIMIT_EXCEEDED, "%s", ONE_ONLINE_INDEX)
                        : check_one(change, call, table, one, creating);
    }
    return exception;
}
