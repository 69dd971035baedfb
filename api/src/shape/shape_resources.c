/*
 * Time to live, tags, resource policies, backups.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 *
 * Of tags and their ARNs almost nothing is constrained here: the service has texts of its own for
 * them (operation/tags.c).
 */
#include "shape/shape_table.h"

/* clang-format off */

/* API_TimeToLiveSpecification.html */
static const pt__shape TTL_ATTRIBUTE = {.kind = PT__KIND_STRING, .min = 1, .max = 255};
static const pt__row TTL_SPECIFICATION_ROWS[] = {
    PT__ROW("AttributeName", TTL_ATTRIBUTE,     PT__REQUIRED),
    PT__ROW("Enabled",       pt__shape_boolean, PT__REQUIRED),
};
static const pt__shape TTL_SPECIFICATION =
    PT__STRUCT("TimeToLiveSpecification", TTL_SPECIFICATION_ROWS);
static const pt__row UPDATE_TIME_TO_LIVE_ROWS[] = {
    PT__ROW("TableName",               pt__shape_table,   PT__NEEDED | PT__ALONE),
    PT__ROW("TimeToLiveSpecification", TTL_SPECIFICATION, PT__REQUIRED),
};
const pt__shape pt__shape_update_time_to_live =
    PT__STRUCT("UpdateTimeToLive", UPDATE_TIME_TO_LIVE_ROWS);

/* API_DescribeTimeToLive.html, API_DescribeContinuousBackups.html */
static const pt__row TABLE_ROWS[] = {PT__ROW("TableName", pt__shape_table, PT__NEEDED | PT__ALONE)};
const pt__shape pt__shape_describe_time_to_live = PT__STRUCT("DescribeTimeToLive", TABLE_ROWS);
const pt__shape pt__shape_describe_continuous_backups =
    PT__STRUCT("DescribeContinuousBackups", TABLE_ROWS);

/* API_TagResource.html, API_UntagResource.html, API_ListTagsOfResource.html */
static const pt__row TAG_RESOURCE_ROWS[] = {
    PT__ROW("ResourceArn", pt__shape_string, 0),
    PT__ROW("Tags",        pt__shape_tags,   0),
};
const pt__shape pt__shape_tag_resource = PT__STRUCT("TagResource", TAG_RESOURCE_ROWS);
static const pt__shape TAG_KEYS = PT__LIST_OF(pt__shape_string, .min = 0);
static const pt__row UNTAG_RESOURCE_ROWS[] = {
    PT__ROW("ResourceArn", pt__shape_string, 0),
    PT__ROW("TagKeys",     TAG_KEYS,         0),
};
const pt__shape pt__shape_untag_resource = PT__STRUCT("UntagResource", UNTAG_RESOURCE_ROWS);
static const pt__row LIST_TAGS_ROWS[] = {
    PT__ROW("ResourceArn", pt__shape_string, 0),
    PT__ROW("NextToken",   pt__shape_string, 0),
};
const pt__shape pt__shape_list_tags_of_resource = PT__STRUCT("ListTagsOfResource", LIST_TAGS_ROWS);

/* API_PutResourcePolicy.html, API_GetResourcePolicy.html, API_DeleteResourcePolicy.html */
static const pt__shape POLICY_ARN = {.kind = PT__KIND_STRING, .min = 1, .max = 1283};
static const pt__shape REVISION = {.kind = PT__KIND_STRING, .min = 1, .max = 255};
static const pt__row PUT_POLICY_ROWS[] = {
    PT__ROW("ResourceArn",                     POLICY_ARN,        PT__REQUIRED),
    PT__ROW("Policy",                          pt__shape_string,  PT__REQUIRED),
    PT__ROW("ExpectedRevisionId",              REVISION,          0),
    PT__ROW("ConfirmRemoveSelfResourceAccess", pt__shape_boolean, 0),
};
const pt__shape pt__shape_put_resource_policy = PT__STRUCT("PutResourcePolicy", PUT_POLICY_ROWS);
static const pt__row GET_POLICY_ROWS[] = {PT__ROW("ResourceArn", POLICY_ARN, PT__REQUIRED)};
const pt__shape pt__shape_get_resource_policy = PT__STRUCT("GetResourcePolicy", GET_POLICY_ROWS);
static const pt__row DELETE_POLICY_ROWS[] = {
    PT__ROW("ResourceArn",        POLICY_ARN, PT__REQUIRED),
    PT__ROW("ExpectedRevisionId", REVISION,   0),
};
const pt__shape pt__shape_delete_resource_policy =
    PT__STRUCT("DeleteResourcePolicy", DELETE_POLICY_ROWS);
/* clang-format on */
