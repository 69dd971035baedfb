/*
 * PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: of tables, and of a table's latest
 * stream, which has one of its own. Policies are kept and shown, not enforced. A revision's id is
 * the millisecond of the change, and a deletion is a change too, as on AWS; changes are seen at
 * once, and may follow each other within AWS's fifteen seconds.
 *
 * The texts were measured on AWS in October 2026; those of revisions are also moto's tests'.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
 */
#include "operation/operation.h"
#include "operation/stream.h"
#include "operation/table_alter.h"
#include "request/resource.h"
#include "schema/policy.h"

#include <inttypes.h>
#include <stdio.h>

#define NOT_FOUND "Resource-based policy not found for the provided ResourceArn: "

/* A change under way. */
typedef struct policy_change {
    pt__resource resource;
    pte_bytes document;    /* len 0: it is deleted */
    const pt__json *given; /* ExpectedRevisionId */
    int64_t answer_ms;     /* the revision to be told; 0: none */
} policy_change;

/* ---- the resource ---- */

static pt__exception read_resource(pt__resource *resource, pt__call *call) {
    pte_bytes arn = pt__json_string(call->body, "ResourceArn");
    pt__exception exception = pt__resource_read(resource, arn, &call->failure);
    if (exception != PT__OK) {
        return exception;
    }
    if (!pte_bytes_equal(resource->partition, pte_str("aws")) ||
        !pte_bytes_equal(resource->region, call->region)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "One or more parameter values were invalid: Invalid resource Arn: %.*s",
                          PT__SHOW(arn));
    }
    return pte_bytes_equal(resource->account, pte_str(PT__ACCOUNT))
               ? PT__OK
               : pt__refuse(&call->failure, PT__VALIDATION,
                            "This action is only supported by accounts that match the resource "
                            "owner\xE2\x80\x99s account.");
}

/* Where the resource's policy is kept in the settings of its table. */
static pt__exception find_policy(pt__policy **policy, pt__table_settings *settings, pt__call *call,
                                 const pt__resource *resource, const pt__table *table) {
    char label[PT__STREAM_LABEL_ROOM];
    int64_t begun_ms = table->info->stream_begun_ms;
    *policy = &settings->resource_policy;
    if (resource->stream.len == 0) {
        return PT__OK;
    }
    pt__stream_label(label, begun_ms);
    if (begun_ms == 0 || !pte_bytes_equal(resource->stream, pte_str(label))) {
        return pt__refuse(&call->failure, PT__RESOURCE_NOT_FOUND,
                          "Requested resource not found: Stream: %.*s not found for Table: %.*s",
                          PT__SHOW(resource->stream), PT__SHOW(resource->table));
    }
    if (settings->stream_policy_label_ms != begun_ms) { /* an older stream's */
        settings->stream_policy = (pt__policy){.revision_ms = 0};
        settings->stream_policy_label_ms = begun_ms;
    }
    *policy = &settings->stream_policy;
    return PT__OK;
}

/* ---- changes ---- */

/* The end of the second text was not seen whole. */
static pt__exception check_revision(const policy_change *c, const pt__policy *policy,
                                    pt__call *call) {
    pte_bytes table = c->resource.table;
    char current[24];
    snprintf(current, sizeof current, "%" PRId64, policy->revision_ms);
    bool exists = policy->document.len != 0;
    if (c->given == NULL) {
        return PT__OK;
    }
    pte_bytes given = c->given->text;
    if (c->document.len != 0 && pte_bytes_equal(given, pte_str("NO_POLICY"))) {
        return exists ? pt__refuse(&call->failure, PT__POLICY_NOT_FOUND,
                                   NOT_FOUND "Requested policy update expecting none to be present "
                                             "for table %.*s, but a policy exists with revision id "
                                             "%s.",
                                   PT__SHOW(table), current)
                      : PT__OK;
    }
    if (policy->revision_ms == 0) {
        return pt__refuse(&call->failure, PT__POLICY_NOT_FOUND,
                          NOT_FOUND "Requested update for policy with revision id %.*s, but table "
                                    "%.*s has no associated policy.",
                          PT__SHOW(given), PT__SHOW(table));
    }
    return exists && pte_bytes_equal(given, pte_str(current))
               ? PT__OK
               : pt__refuse(&call->failure, PT__POLICY_NOT_FOUND,
                            NOT_FOUND "Requested update for policy with revision id %.*s, but the "
                                      "policy associated to target table %.*s has revision id %s.",
                            PT__SHOW(given), PT__SHOW(table), current);
}

static pt__exception prepare(pt__alteration *a, pt__call *call) {
    policy_change *c = a->ctx;
    pt__policy *policy;
    pt__exception exception = find_policy(&policy, &a->settings, call, &c->resource, &a->table);
    if (exception == PT__OK) {
        exception = check_revision(c, policy, call);
    }
    if (exception != PT__OK) {
        return exception;
    }
    a->change.set_user_data = true;
    a->nothing = pte_bytes_equal(policy->document, c->document);
    c->answer_ms = policy->revision_ms; /* of what stays, or of what is removed */
    if (!a->nothing) {
        int64_t now_ms = pt__call_now_ms(call);
        policy->revision_ms = now_ms > policy->revision_ms ? now_ms : policy->revision_ms + 1;
        policy->document = c->document;
        c->answer_ms = c->document.len != 0 ? policy->revision_ms : c->answer_ms;
    }
    return PT__OK;
}

static void write_revision(pt__out *out, int64_t revision_ms) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, revision_ms);
    pt__out_member_text(out, "RevisionId", text);
}

static pt__exception change(policy_change *c, pt__call *call) {
    pt__alteration alteration = {.ctx = c};
    pt__exception exception = pt__table_alter(&alteration, call, c->resource.table, prepare);
    if (exception == PT__OK) {
        pt__out_object(&call->out);
        if (c->answer_ms != 0) {
            write_revision(&call->out, c->answer_ms);
        }
        pt__out_object_end(&call->out);
    }
    return exception;
}

/* ---- the operations ---- */

static pt__exception run_put(pt__call *call) {
    policy_change c = {.given = pt__json_member(call->body, "ExpectedRevisionId")};
    pt__policy_document document;
    pt__exception exception = read_resource(&c.resource, call);
    if (exception == PT__OK) {
        exception = pt__policy_read(&document, pt__json_string(call->body, "Policy"),
                                    c.resource.arn, c.resource.stream.len != 0, &call->failure);
    }
    if (exception == PT__OK && document.locks_out &&
        !pt__json_boolean(call->body, "ConfirmRemoveSelfResourceAccess", false)) {
        return pt__refuse(&call->failure, PT__ACCESS_DENIED,
                          "The new resource policy will not allow you to update the resource "
                          "policy in the future.");
    }
    if (exception == PT__OK) {
        c.document = document.text;
        exception = change(&c, call);
    }
    return exception;
}

static pt__exception run_delete(pt__call *call) {
    policy_change c = {.given = pt__json_member(call->body, "ExpectedRevisionId")};
    pt__exception exception = read_resource(&c.resource, call);
    return exception == PT__OK ? change(&c, call) : exception;
}

static pt__exception run_get(pt__call *call) {
    pt__resource resource;
    pt__table table;
    pt__table_settings settings;
    pt__policy *policy = NULL;
    pte_bytes shown;
    pt__exception exception = read_resource(&resource, call);
    if (exception == PT__OK) {
        exception = pt__table_find_itself(&table, call, resource.table);
    }
    if (exception == PT__OK) {
        exception =
            pt__table_settings_decode(&settings, table.info->spec.user_data, &call->failure);
    }
    if (exception == PT__OK) {
        exception = find_policy(&policy, &settings, call, &resource, &table);
    }
    if (exception == PT__OK && policy->document.len == 0) {
        return pt__refuse(&call->failure, PT__POLICY_NOT_FOUND, NOT_FOUND "%.*s",
                          PT__SHOW(resource.arn));
    }
    if (exception == PT__OK) {
        exception = pt__policy_show(&shown, policy->document, &call->failure);
    }
    if (exception == PT__OK) {
        pt__out_object(&call->out);
        pt__out_member_string(&call->out, "Policy", shown);
        write_revision(&call->out, policy->revision_ms);
        pt__out_object_end(&call->out);
    }
    return exception;
}

const pt__operation pt__put_resource_policy_operation = {.name = "PutResourcePolicy",
                                                         .run = run_put};
const pt__operation pt__get_resource_policy_operation = {.name = "GetResourcePolicy",
                                                         .run = run_get};
const pt__operation pt__delete_resource_policy_operation = {.name = "DeleteResourcePolicy",
                                                            .run = run_delete};
