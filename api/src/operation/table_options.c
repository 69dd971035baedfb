/*
 * Options of tables. The texts were seen on AWS where a comment says no other.
 */
#include "operation/table_options.h"

#include "request/table.h"
#include "schema/policy.h"
#include "schema/tags.h"

#include <stdio.h>

#define INVALID "One or more parameter values were invalid: "

static pt__exception refuse(pt__call *call, const char *text) {
    return pt__refuse(&call->failure, PT__VALIDATION, "%s", text);
}

/* ---- what is not local ---- */

/* One server is one region; it has nowhere to replicate to. Vector indexes are not built. */
pt__exception pt__options_check_local(pt__call *call) {
    static const char *const members[] = {
        "ReplicaUpdates",
        "GlobalTableWitnessUpdates",
        "MultiRegionConsistency",
        "GlobalTableSourceArn",
        "VectorIndexes",
        "VectorIndexUpdates",
        "MultiAccountReplicaReady",
        "ReplicaTransitRoleArn",
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (pt__json_member(call->body, members[i]) != NULL) {
            return pt__refuse(&call->failure, PT__VALIDATION,
                              INVALID "%s is not supported by this local database", members[i]);
        }
    }
    /* Of a table in one region AWS takes these two. */
    if (pt__json_is(call->body, "GlobalTableSettingsReplicationMode", "ENABLED_WITH_OVERRIDES")) {
        return refuse(call,
                      "Value 'ENABLED_WITH_OVERRIDES' at 'GlobalTableSettingsReplicationMode' "
                      "failed to satisfy constraint: Only ENABLED and DISABLED settings "
                      "replication are supported for a Regional Table.");
    }
    return PT__OK;
}

/* ---- streams ---- */

static pte_change_images images_of(const pt__json *specification) {
    static const struct {
        const char *name;
        pte_change_images images;
    } types[] = {
        {"KEYS_ONLY", PTE_CHANGES_KEYS_ONLY},
        {"NEW_IMAGE", PTE_CHANGES_NEW_IMAGE},
        {"OLD_IMAGE", PTE_CHANGES_OLD_IMAGE},
        {"NEW_AND_OLD_IMAGES", PTE_CHANGES_NEW_AND_OLD_IMAGES},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (pt__json_is(specification, "StreamViewType", types[i].name)) {
            return types[i].images;
        }
    }
    return PTE_CHANGES_OFF;
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html */
static pt__exception read_new_stream(pte_change_images *changes, pt__call *call) {
    const pt__json *stream = pt__json_member(call->body, "StreamSpecification");
    bool enabled = pt__json_boolean(stream, "StreamEnabled", false);
    pte_change_images images = images_of(stream);
    *changes = images;
    if (enabled && images == PTE_CHANGES_OFF) {
        return refuse(call, INVALID "Table is being created with a stream enabled, UpdateViewType "
                                    "is required");
    }
    if (!enabled && images != PTE_CHANGES_OFF) {
        return refuse(call, INVALID "Table is being created with a stream disabled, UpdateViewType "
                                    "should not be specified");
    }
    return PT__OK;
}

static pt__exception update_stream(pte_change_images *changes, pt__call *call,
                                   pte_bytes table_name) {
    const pt__json *stream = pt__json_member(call->body, "StreamSpecification");
    if (stream == NULL) {
        return PT__OK;
    }
    bool enabled = pt__json_boolean(stream, "StreamEnabled", false);
    pte_change_images images = images_of(stream);
    if (enabled && images == PTE_CHANGES_OFF) {
        return refuse(call, INVALID "If stream is being enabled then UpdateViewType is required");
    }
    if (!enabled && images != PTE_CHANGES_OFF) {
        return refuse(call, INVALID "If stream is being disabled, then UpdateViewType must not be "
                                    "specified");
    }
    if (enabled == (*changes != PTE_CHANGES_OFF)) {
        return pt__refuse(&call->failure, PT__VALIDATION, "%s: TableName: %.*s",
                          enabled ? "Table already has an enabled stream"
                                  : "Table has no stream to disable",
                          PT__SHOW(table_name));
    }
    *changes = images;
    return PT__OK;
}

/* ---- encryption ---- */

/* The key's ARN: what was given, or one that stands for AWS's own key of the account. */
static pt__exception set_key(pt__table_settings *settings, pt__call *call, pte_bytes key) {
    static const char own[] = "arn:aws:kms:%.*s:" PT__ACCOUNT ":key/%.*s";
    static const char own_id[] = "00000000-0000-4000-8000-000000000000";
    if (pt__is_arn(key)) {
        settings->kms_key_arn = key;
        return PT__OK;
    }
    pte_bytes id = key.len != 0 ? key : pte_str(own_id);
    size_t room = sizeof own + call->region.len + id.len;
    char *text = pte__arena_alloc(&call->arena, room);
    if (text == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    snprintf(text, room, own, PT__SHOW(call->region), PT__SHOW(id));
    settings->kms_key_arn = pte_str(text);
    return PT__OK;
}

/* Nothing is encrypted here; what was asked for is described.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html */
static pt__exception read_encryption(pt__table_settings *settings, pt__call *call) {
    const pt__json *sse = pt__json_member(call->body, "SSESpecification");
    const pt__json *key = pt__json_member(sse, "KMSMasterKeyId");
    const pt__json *type = pt__json_member(sse, "SSEType");
    if (!pt__json_boolean(sse, "Enabled", false)) {
        if (type != NULL) {
            return refuse(call, INVALID "SSEType can not be specified if Enabled is false");
        }
        if (key != NULL) {
            return refuse(call, INVALID "KMSMasterKeyId can not be specified if Enabled is false");
        }
        settings->kms = false;
        settings->kms_key_arn = (pte_bytes){NULL, 0};
        return PT__OK;
    }
    if (pt__json_is(sse, "SSEType", "AES256")) {
        return refuse(call, INVALID "SSEType AES256 is not supported");
    }
    if (key != NULL && type == NULL) {
        return refuse(call, INVALID "SSEType KMS is required if KMSMasterKeyId is specified");
    }
    settings->kms = true;
    return set_key(settings, call, key == NULL ? (pte_bytes){NULL, 0} : key->text);
}

static pt__exception update_encryption(pt__table_settings *settings, pt__call *call) {
    bool had = settings->kms;
    pte_bytes old = settings->kms_key_arn;
    if (pt__json_member(call->body, "SSESpecification") == NULL) {
        return PT__OK;
    }
    pt__exception exception = read_encryption(settings, call);
    if (exception == PT__OK && !had && !settings->kms) {
        return refuse(call, INVALID "Table is already encrypted by default");
    }
    if (exception == PT__OK && had && settings->kms &&
        pte_bytes_equal(old, settings->kms_key_arn)) {
        return refuse(call, INVALID "Table is already encrypted with given KMSMasterKeyId. Use "
                                    "KMSMasterKeyId parameter if you want to change Master Key");
    }
    return exception;
}

/* ---- class, protection ---- */

static void read_class(pt__table_settings *settings, pt__call *call, bool is_new) {
    if (pt__json_member(call->body, "TableClass") == NULL) {
        return;
    }
    bool infrequent = pt__json_is(call->body, "TableClass", "STANDARD_INFREQUENT_ACCESS");
    if (!is_new && infrequent != settings->infrequent_access) {
        settings->class_changed_ms = pt__call_now_ms(call);
    }
    settings->infrequent_access = infrequent;
    settings->class_given = true;
}

/* ---- resource policy ---- */

/* https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
static pt__exception read_policy(pt__table_settings *settings, pt__call *call) {
    const pt__json *policy = pt__json_member(call->body, "ResourcePolicy");
    pt__policy_document document;
    if (policy == NULL) {
        return PT__OK;
    }
    pte_bytes arn = pt__table_arn(call, pt__json_string(call->body, "TableName"));
    if (arn.len == 0) {
        return pt__refuse_memory(&call->failure);
    }
    pt__exception exception = pt__policy_read(&document, policy->text, arn, false, &call->failure);
    settings->resource_policy =
        (pt__policy){.document = document.text, .revision_ms = settings->created_ms};
    return exception;
}

pt__exception pt__options_of_new_table(pt__table_settings *settings, pte_change_images *changes,
                                       pt__call *call) {
    const pt__json *tags = pt__json_member(call->body, "Tags");
    settings->deletion_protection =
        pt__json_boolean(call->body, "DeletionProtectionEnabled", false);
    read_class(settings, call, true);
    pt__exception exception = read_new_stream(changes, call);
    if (exception == PT__OK) {
        exception = read_encryption(settings, call);
    }
    if (exception == PT__OK) {
        exception = pt__tags_check(tags, &call->failure);
    }
    if (exception == PT__OK) {
        exception = read_policy(settings, call);
    }
    return exception == PT__OK ? pt__tags_encode(&settings->tags, tags, &call->failure) : exception;
}

pt__exception pt__options_update(pt__table_settings *settings, pte_change_images *changes,
                                 pt__call *call, pte_bytes table_name) {
    settings->deletion_protection =
        pt__json_boolean(call->body, "DeletionProtectionEnabled", settings->deletion_protection);
    read_class(settings, call, false);
    pt__exception exception = update_stream(changes, call, table_name);
    return exception == PT__OK ? update_encryption(settings, call) : exception;
}
