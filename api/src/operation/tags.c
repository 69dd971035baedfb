/*
 * TagResource, UntagResource, ListTagsOfResource. Tables have tags; changes are seen at once. A
 * table has 50 tags at most and AWS shows that many in one page, so there is never another.
 *
 * The texts are AWS's, measured in October 2026. Where a listing is asked of a table that is not
 * there, independent suites saw an AccessDeniedException as of another account's.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.Operations.html
 */
#include "schema/tags.h"
#include "operation/operation.h"
#include "operation/table_alter.h"
#include "request/resource.h"

static pt__exception refuse_access(pt__call *call, pte_bytes arn) {
    return pt__refuse(&call->failure, PT__ACCESS_DENIED,
                      "User: arn:aws:iam::" PT__ACCOUNT ":root is not authorized to perform: "
                      "dynamodb:%s on resource: %.*s",
                      call->operation->name, PT__SHOW(arn));
}

static pt__exception read_resource(pt__resource *resource, pt__call *call) {
    if (pt__json_member(call->body, "ResourceArn") == NULL) {
        return pt__refuse(&call->failure, PT__VALIDATION, "Invalid TableArn");
    }
    pte_bytes arn = pt__json_string(call->body, "ResourceArn");
    pt__exception exception = pt__resource_read(resource, arn, &call->failure);
    if (exception != PT__OK) {
        return exception;
    }
    /* Streams have no tags: API_Tag speaks of tables only. What AWS says of one is not known. */
    if (resource->stream.len != 0 || !pte_bytes_equal(resource->partition, pte_str("aws")) ||
        !pte_bytes_equal(resource->region, call->region)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Invalid TableArn: Invalid ResourceArn provided as input %.*s",
                          PT__SHOW(arn));
    }
    return pte_bytes_equal(resource->account, pte_str(PT__ACCOUNT)) ? PT__OK
                                                                    : refuse_access(call, arn);
}

/* The resource, and a list of what ("Tag") that must be there and not be empty. */
static pt__exception read_change(pt__resource *resource, const pt__json **list, pt__call *call,
                                 const char *member, const char *what) {
    *list = pt__json_member(call->body, member);
    if (*list == NULL && pt__json_member(call->body, "ResourceArn") != NULL) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "1 validation error detected: Value null at 't%s' failed to satisfy "
                          "constraint: Member must not be null",
                          member + 1);
    }
    pt__exception exception = read_resource(resource, call);
    if (exception == PT__OK && (*list == NULL || (*list)->count == 0)) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Atleast one %s needs to be provided as Input.", what);
    }
    return exception;
}

/* Once the table's absence has been said in the words for tables. */
static pt__exception in_words_for_arns(pt__exception exception, pt__call *call, pte_bytes arn) {
    return exception == PT__RESOURCE_NOT_FOUND
               ? pt__refuse(&call->failure, PT__RESOURCE_NOT_FOUND,
                            "Requested resource not found: ResourceArn: %.*s not found",
                            PT__SHOW(arn))
               : exception;
}

static pt__exception change(pt__call *call, const pt__resource *resource,
                            pt__exception (*prepare)(pt__alteration *a, pt__call *call)) {
    pt__alteration alteration = {.ctx = NULL};
    pt__exception exception = pt__table_alter(&alteration, call, resource->table, prepare);
    exception = in_words_for_arns(exception, call, resource->arn);
    if (exception == PT__OK) {
        pt__out_object(&call->out);
        pt__out_object_end(&call->out);
    }
    return exception;
}

/* ---- TagResource ---- */

static pt__exception put_tags(pt__alteration *a, pt__call *call) {
    a->change.set_user_data = true;
    return pt__tags_put(&a->settings.tags, pt__json_member(call->body, "Tags"), &call->failure);
}

static pt__exception run_tag(pt__call *call) {
    const pt__json *tags;
    pt__resource resource;
    pt__exception exception = read_change(&resource, &tags, call, "Tags", "Tag");
    if (exception == PT__OK) {
        exception = pt__tags_check(tags, &call->failure);
    }
    return exception == PT__OK ? change(call, &resource, put_tags) : exception;
}

/* ---- UntagResource ---- */

static pt__exception remove_tags(pt__alteration *a, pt__call *call) {
    pte_bytes old = a->settings.tags;
    pt__exception exception =
        pt__tags_remove(&a->settings.tags, pt__json_member(call->body, "TagKeys"), &call->failure);
    a->nothing = pte_bytes_equal(old, a->settings.tags);
    a->change.set_user_data = true;
    return exception;
}

static pt__exception run_untag(pt__call *call) {
    const pt__json *keys;
    pt__resource resource;
    pt__exception exception = read_change(&resource, &keys, call, "TagKeys", "Tag Key");
    if (exception == PT__OK) {
        exception = pt__tag_keys_check(keys, &call->failure);
    }
    return exception == PT__OK ? change(call, &resource, remove_tags) : exception;
}

/* ---- ListTagsOfResource ---- */

static pt__exception run_list(pt__call *call) {
    pt__resource resource;
    pt__table table;
    pt__table_settings settings;
    pt__exception exception = read_resource(&resource, call);
    if (exception == PT__OK && pt__json_member(call->body, "NextToken") != NULL) {
        /* Nobody was given one. AWS's words are not known. */
        return pt__refuse(&call->failure, PT__VALIDATION, "Invalid NextToken: %.*s",
                          PT__SHOW(pt__json_string(call->body, "NextToken")));
    }
    if (exception == PT__OK) {
        exception = pt__table_find_itself(&table, call, resource.table);
    }
    if (exception == PT__RESOURCE_NOT_FOUND) {
        return refuse_access(call, resource.arn);
    }
    if (exception == PT__OK) {
        exception =
            pt__table_settings_decode(&settings, table.info->spec.user_data, &call->failure);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__out_object(&call->out);
    pt__out_name(&call->out, "Tags");
    pt__out_json(&call->out, settings.tags.len != 0 ? settings.tags : pte_str("[]"));
    pt__out_object_end(&call->out);
    return PT__OK;
}

const pt__operation pt__tag_resource_operation = {.name = "TagResource", .run = run_tag};
const pt__operation pt__untag_resource_operation = {.name = "UntagResource", .run = run_untag};
const pt__operation pt__list_tags_of_resource_operation = {.name = "ListTagsOfResource",
                                                           .run = run_list};
