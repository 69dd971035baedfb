/*
 * UpdateTimeToLive, DescribeTimeToLive. Existing items are taken into the list of what expires in
 * bounded pieces, as new indexes are filled: the first before the answer, so that a small table's
 * time to live is ENABLED at once, as it is seen to be on AWS; until all are in it is ENABLING.
 *
 * AWS refuses a second change within the hour ("Time to live has been modified multiple times
 * within a fixed interval"). Here it is allowed, as in DynamoDB Local: a test that turns time to
 * live off again cannot wait for an hour.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTimeToLive.html
 */
#include "operation/operation.h"
#include "operation/table_alter.h"
#include "operation/table_load.h"
#include "schema/backfill.h"

/* The texts are AWS's, measured in October 2026; the attribute is compared before the state. */
static pt__exception prepare(pt__alteration *a, pt__call *call) {
    const pt__json *wanted = pt__json_member(call->body, "TimeToLiveSpecification");
    pte_bytes attribute = pt__json_string(wanted, "AttributeName");
    pte_bytes current = a->table.info->spec.ttl_attribute;
    bool enable = pt__json_boolean(wanted, "Enabled", false);
    if (current.len != 0 && !pte_bytes_equal(current, attribute)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "TimeToLive is active on a different AttributeName: current "
                          "AttributeName is %.*s",
                          PT__SHOW(current));
    }
    if (enable == (current.len != 0)) {
        return pt__refuse(&call->failure, PT__VALIDATION, "TimeToLive is already %s",
                          enable ? "enabled" : "disabled");
    }
    a->change.set_ttl_attribute = true;
    a->change.ttl_attribute = enable ? attribute : (pte_bytes){NULL, 0};
    return PT__OK;
}

static pt__exception run_update(pt__call *call) {
    const pt__json *wanted = pt__json_member(call->body, "TimeToLiveSpecification");
    pt__alteration alteration = {.ctx = NULL};
    pt__exception exception =
        pt__table_alter(&alteration, call, pt__json_string(call->body, "TableName"), prepare);
    if (exception != PT__OK) {
        return exception;
    }
    if (alteration.change.ttl_attribute.len != 0) {
        pt__backfill_begin(call->env, alteration.table.engine_name,
                           call->options->upkeep_elsewhere);
    }
    pt__out *out = &call->out;
    pt__out_object(out);
    pt__out_name(out, "TimeToLiveSpecification");
    pt__out_object(out);
    pt__out_name(out, "Enabled");
    pt__out_boolean(out, pt__json_boolean(wanted, "Enabled", false));
    pt__out_member_string(out, "AttributeName", pt__json_string(wanted, "AttributeName"));
    pt__out_object_end(out);
    pt__out_object_end(out);
    return PT__OK;
}

static pt__exception run_describe(pt__call *call) {
    pt__table table;
    pt__table_settings settings;
    pt__exception exception = pt__table_load_further(&table, &settings, call);
    if (exception != PT__OK) {
        return exception;
    }
    pte_bytes attribute = table.info->spec.ttl_attribute;
    const char *status = attribute.len == 0                            ? "DISABLED"
                         : table.info->ttl_state == PTE_INDEX_CREATING ? "ENABLING"
                                                                       : "ENABLED";
    pt__out *out = &call->out;
    pt__out_object(out);
    pt__out_name(out, "TimeToLiveDescription");
    pt__out_object(out);
    pt__out_member_text(out, "TimeToLiveStatus", status);
    if (attribute.len != 0) {
        pt__out_member_string(out, "AttributeName", attribute);
    }
    pt__out_object_end(out);
    pt__out_object_end(out);
    return PT__OK;
}

const pt__operation pt__update_time_to_live_operation = {.name = "UpdateTimeToLive",
                                                         .run = run_update};
const pt__operation pt__describe_time_to_live_operation = {.name = "DescribeTimeToLive",
                                                           .run = run_describe};
