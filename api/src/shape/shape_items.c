/*
 * The operations on items: one at a time, Query and Scan, batches and transactions.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 *
 * The order of the rows is that in which the service lists broken constraints (it follows a hash
 * of its own), as far as dynalite's tests against it tell.
 */
#include "shape/shape_table.h"

static const pt__shape RETURN_VALUES =
    PT__WORDS("ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW");
static const pt__shape CONDITIONAL_OPERATOR = PT__WORDS("OR, AND");
static const pt__shape COMPARISON_OPERATOR =
    PT__WORDS("IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, "
              "CONTAINS");
static const pt__shape SELECT =
    PT__WORDS("SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES");
static const pt__shape ACTION = PT__WORDS("ADD, DELETE, PUT");

/* clang-format off */

/* The legacy parameters: API_ExpectedAttributeValue.html, API_AttributeValueUpdate.html,
 * API_Condition.html. */
static const pt__row EXPECTED_ROWS[] = {
    PT__ROW("AttributeValueList", pt__shape_values,    0),
    PT__ROW("ComparisonOperator", COMPARISON_OPERATOR, 0),
    PT__ROW("Exists",             pt__shape_boolean,   0),
    PT__ROW("Value",              pt__shape_value,     0),
};
static const pt__shape EXPECTED = PT__STRUCT("ExpectedAttributeValue", EXPECTED_ROWS);
static const pt__shape EXPECTED_MAP = PT__MAP_OF(EXPECTED);

static const pt__row UPDATE_ROWS[] = {
    PT__ROW("Action", ACTION,          0),
    PT__ROW("Value",  pt__shape_value, 0),
};
static const pt__shape UPDATE = PT__STRUCT("AttributeValueUpdate", UPDATE_ROWS);
static const pt__shape UPDATES = PT__MAP_OF(UPDATE);

static const pt__row CONDITION_ROWS[] = {
    PT__ROW("AttributeValueList", pt__shape_values,    0),
    PT__ROW("ComparisonOperator", COMPARISON_OPERATOR, PT__REQUIRED),
};
static const pt__shape CONDITION = PT__STRUCT("Condition", CONDITION_ROWS);
static const pt__shape CONDITIONS = PT__MAP_OF(CONDITION);

/* API_PutItem.html */
static const pt__row PUT_ITEM_ROWS[] = {
    PT__ROW("ReturnConsumedCapacity",              pt__shape_return_capacity,   0),
    PT__ROW("TableName",                           pt__shape_table, PT__REQUIRED | PT__ALONE),
    PT__ROW("Item",                                pt__shape_item,              PT__REQUIRED),
    PT__ROW("ReturnValues",                        RETURN_VALUES,               0),
    PT__ROW("ReturnItemCollectionMetrics",         pt__shape_return_metrics,    0),
    PT__ROW("ReturnValuesOnConditionCheckFailure", pt__shape_return_on_failure, 0),
    PT__ROW("ConditionalOperator",                 CONDITIONAL_OPERATOR,        0),
    PT__ROW("Expected",                            EXPECTED_MAP,                0),
    PT__ROW("ConditionExpression",                 pt__shape_string,            0),
    PT__ROW("ExpressionAttributeNames",            pt__shape_names,             0),
    PT__ROW("ExpressionAttributeValues",           pt__shape_item,              0),
};
const pt__shape pt__shape_put_item = PT__STRUCT("PutItem", PUT_ITEM_ROWS);

/* API_GetItem.html */
static const pt__row GET_ITEM_ROWS[] = {
    PT__ROW("ReturnConsumedCapacity",   pt__shape_return_capacity, 0),
    PT__ROW("AttributesToGet",          pt__shape_attributes,      0),
    PT__ROW("TableName",                pt__shape_table, PT__REQUIRED | PT__ALONE),
    PT__ROW("Key",                      pt__shape_item,            PT__REQUIRED),
    PT__ROW("ConsistentRead",           pt__shape_boolean,         0),
    PT__ROW("ProjectionExpression",     pt__shape_string,          0),
    PT__ROW("ExpressionAttributeNames", pt__shape_names,           0),
};
const pt__shape pt__shape_get_item = PT__STRUCT("GetItem", GET_ITEM_ROWS);

/* API_UpdateItem.html */
static const pt__row UPDATE_ITEM_ROWS[] = {
    PT__ROW("ReturnConsumedCapacity",              pt__shape_return_capacity,   0),
    PT__ROW("TableName",                           pt__shape_table, PT__REQUIRED | PT__ALONE),
    PT__ROW("ReturnItemCollectionMetrics",         pt__shape_return_metrics,    0),
    PT__ROW("ReturnValues",                        RETURN_VALUES,               0),
    PT__ROW("Key",                                 pt__shape_item,              PT__REQUIRED),
    PT__ROW("ReturnValuesOnConditionCheckFailure", pt__shape_return_on_failure, 0),
    PT__ROW("ConditionalOperator",                 CONDITIONAL_OPERATOR,        0),
    PT__ROW("Expected",                            EXPECTED_MAP,                0),
    PT__ROW("AttributeUpdates",                    UPDATES,                     0),
    PT__ROW("ConditionExpression",                 pt__shape_string,            0),
    PT__ROW("UpdateExpression",                    pt__shape_string,            0),
    PT__ROW("ExpressionAttributeNames",            pt__shape_names,             0),
    PT__ROW("ExpressionAttributeValues",           pt__shape_item,              0),
};
const pt__shape pt__shape_update_item = {
    .kind = PT__KIND_STRUCT, .type = "UpdateItem", .rows = UPDATE_ITEM_ROWS,
    .row_count = PT__ROW_COUNT(UPDATE_ITEM_ROWS), .one_word_only = true};

/* API_DeleteItem.html */
static const pt__row DELETE_ITEM_ROWS[] = {
    PT__ROW("ReturnConsumedCapacity",              pt__shape_return_capacity,   0),
    PT__ROW("TableName",                           pt__shape_table, PT__REQUIRED | PT__ALONE),
    PT__ROW("ReturnValues",                        RETURN_VALUES,               0),
    PT__ROW("ReturnItemCollectionMetrics",         pt__shape_return_metrics,    0),
    PT__ROW("Key",                                 pt__shape_item,              PT__REQUIRED),
    PT__ROW("ReturnValuesOnConditionCheckFailure", pt__shape_return_on_failure, 0),
    PT__ROW("ConditionalOperator",                 CONDITIONAL_OPERATOR,        0),
    PT__ROW("Expected",                            EXPECTED_MAP,                0),
    PT__ROW("ConditionExpression",                 pt__shape_string,            0),
    PT__ROW("ExpressionAttributeNames",            pt__shape_names,             0),
    PT__ROW("ExpressionAttributeValues",           pt__shape_item,              0),
};
const pt__shape pt__shape_delete_item = PT__STRUCT("DeleteItem", DELETE_ITEM_ROWS);

/* API_Query.html. A Limit of 0 is reported without it, unlike Scan's. */
static const pt__shape AT_LEAST_1 = {.kind = PT__KIND_INTEGER, .min = 1, .max = INT64_MAX};
static const pt__row QUERY_ROWS[] = {
    PT__ROW("Select",                    SELECT,                    0),
    PT__ROW("IndexName",                 pt__shape_index_name,      0),
    PT__ROW("ReturnConsumedCapacity",    pt__shape_return_capacity, 0),
    PT__ROW("QueryFilter",               CONDITIONS,                0),
    PT__ROW("TableName",                 pt__shape_table, PT__REQUIRED | PT__ALONE),
    PT__ROW("ConditionalOperator",       CONDITIONAL_OPERATOR,      0),
    PT__ROW("AttributesToGet",           pt__shape_attributes,      0),
    PT__ROW("Limit",                     AT_LEAST_1,                PT__BARE),
    PT__ROW("KeyConditions",             CONDITIONS,                0),
    PT__ROW("ConsistentRead",            pt__shape_boolean,         0),
    PT__ROW("ScanIndexForward",          pt__shape_boolean,         0),
    PT__ROW("ExclusiveStartKey",         pt__shape_item,            0),
    PT__ROW("KeyConditionExpression",    pt__shape_string,          0),
    PT__ROW("FilterExpression",          pt__shape_string,          0),
    PT__ROW("ProjectionExpression",      pt__shape_string,          0),
    PT__ROW("ExpressionAttributeNames",  pt__shape_names,           0),
    PT__ROW("ExpressionAttributeValues", pt__shape_item,            0),
};
const pt__shape pt__shape_query = PT__STRUCT("Query", QUERY_ROWS);

/* API_Scan.html */
static const pt__shape SEGMENT = {.kind = PT__KIND_INTEGER, .min = 0, .max = 999999};
static const pt__shape TOTAL_SEGMENTS = {.kind = PT__KIND_INTEGER, .min = 1, .max = 1000000};
static const pt__row SCAN_ROWS[] = {
    PT__ROW("Select",                    SELECT,                    0),
    PT__ROW("IndexName",                 pt__shape_index_name,      0),
    PT__ROW("TotalSegments",             TOTAL_SEGMENTS,            0),
    PT__ROW("ReturnConsumedCapacity",    pt__shape_return_capacity, 0),
    PT__ROW("TableName",                 pt__shape_table, PT__REQUIRED | PT__ALONE),
    PT__ROW("ConditionalOperator",       CONDITIONAL_OPERATOR,      0),
    PT__ROW("AttributesToGet",           pt__shape_attributes,      0),
    PT__ROW("ScanFilter",                CONDITIONS,                0),
    PT__ROW("Segment",                   SEGMENT,                   0),
    PT__ROW("Limit",                     AT_LEAST_1,                0),
    PT__ROW("ConsistentRead",            pt__shape_boolean,         0),
    PT__ROW("ExclusiveStartKey",         pt__shape_item,            0),
    PT__ROW("FilterExpression",          pt__shape_string,          0),
    PT__ROW("ProjectionExpression",      pt__shape_string,          0),
    PT__ROW("ExpressionAttributeNames",  pt__shape_names,           0),
    PT__ROW("ExpressionAttributeValues", pt__shape_item,            0),
};
const pt__shape pt__shape_scan = PT__STRUCT("Scan", SCAN_ROWS);

/* API_BatchGetItem.html, API_KeysAndAttributes.html */
static const pt__shape KEYS = PT__LIST_OF(pt__shape_item, .min = 1, .max = 100);
static const pt__row KEYS_AND_ATTRIBUTES_ROWS[] = {
    PT__ROW("Keys",                     KEYS,                 PT__REQUIRED | PT__BARE),
    PT__ROW("AttributesToGet",          pt__shape_attributes, 0),
    PT__ROW("ConsistentRead",           pt__shape_boolean,    0),
    PT__ROW("ProjectionExpression",     pt__shape_string,     0),
    PT__ROW("ExpressionAttributeNames", pt__shape_names,      0),
};
static const pt__shape KEYS_AND_ATTRIBUTES =
    PT__STRUCT("KeysAndAttributes", KEYS_AND_ATTRIBUTES_ROWS);
static const pt__shape GET_REQUESTS = {
    .kind = PT__KIND_MAP, .element = &KEYS_AND_ATTRIBUTES, .key = &pt__shape_table, .max = 100};
static const pt__row BATCH_GET_ITEM_ROWS[] = {
    PT__ROW("ReturnConsumedCapacity", pt__shape_return_capacity, 0),
    PT__ROW("RequestItems",           GET_REQUESTS,              PT__REQUIRED | PT__FILLED),
};
const pt__shape pt__shape_batch_get_item = PT__STRUCT("BatchGetItem", BATCH_GET_ITEM_ROWS);

/* API_BatchWriteItem.html, API_WriteRequest.html */
static const pt__row PUT_REQUEST_ROWS[] = {PT__ROW("Item", pt__shape_item, PT__REQUIRED)};
static const pt__shape PUT_REQUEST = PT__STRUCT("PutRequest", PUT_REQUEST_ROWS);
static const pt__row DELETE_REQUEST_ROWS[] = {PT__ROW("Key", pt__shape_item, PT__REQUIRED)};
static const pt__shape DELETE_REQUEST = PT__STRUCT("DeleteRequest", DELETE_REQUEST_ROWS);
static const pt__row WRITE_REQUEST_ROWS[] = {
    PT__ROW("DeleteRequest", DELETE_REQUEST, 0),
    PT__ROW("PutRequest",    PUT_REQUEST,    0),
};
static const pt__shape WRITE_REQUEST = PT__STRUCT("WriteRequest", WRITE_REQUEST_ROWS);
static const pt__shape WRITES = PT__LIST_OF(WRITE_REQUEST, .min = 1, .max = 25);
static const pt__shape WRITE_REQUESTS = {
    .kind = PT__KIND_MAP, .element = &WRITES, .key = &pt__shape_table, .max = 25};
static const pt__row BATCH_WRITE_ITEM_ROWS[] = {
    PT__ROW("ReturnConsumedCapacity",      pt__shape_return_capacity, 0),
    PT__ROW("ReturnItemCollectionMetrics", pt__shape_return_metrics,  0),
    PT__ROW("RequestItems",                WRITE_REQUESTS,            PT__REQUIRED | PT__FILLED),
};
const pt__shape pt__shape_batch_write_item = PT__STRUCT("BatchWriteItem", BATCH_WRITE_ITEM_ROWS);

/* API_TransactGetItems.html, API_Get.html */
static const pt__row GET_ROWS[] = {
    PT__ROW("Key",                      pt__shape_item,   PT__REQUIRED),
    PT__ROW("TableName",                pt__shape_table,  PT__REQUIRED),
    PT__ROW("ProjectionExpression",     pt__shape_string, 0),
    PT__ROW("ExpressionAttributeNames", pt__shape_names,  0),
};
static const pt__shape GET = PT__STRUCT("Get", GET_ROWS);
static const pt__row TRANSACT_GET_ROWS[] = {PT__ROW("Get", GET, PT__REQUIRED)};
static const pt__shape TRANSACT_GET = PT__STRUCT("TransactGetItem", TRANSACT_GET_ROWS);
static const pt__shape TRANSACT_GETS = PT__LIST_OF(TRANSACT_GET, .min = 1, .max = 100);
static const pt__row TRANSACT_GET_ITEMS_ROWS[] = {
    PT__ROW("ReturnConsumedCapacity", pt__shape_return_capacity, 0),
    PT__ROW("TransactItems",          TRANSACT_GETS,             PT__REQUIRED),
};
const pt__shape pt__shape_transact_get_items =
    PT__STRUCT("TransactGetItems", TRANSACT_GET_ITEMS_ROWS);

/* API_TransactWriteItems.html, API_ConditionCheck.html, API_Put.html, API_Delete.html,
 * API_Update.html */
#define WRITE_ROWS(what, condition_rules)                                                          \
    PT__ROW(what,                                  pt__shape_item,              PT__REQUIRED),     \
    PT__ROW("TableName",                           pt__shape_table,             PT__REQUIRED),     \
    PT__ROW("ConditionExpression",                 pt__shape_string,            condition_rules),  \
    PT__ROW("ReturnValuesOnConditionCheckFailure", pt__shape_return_on_failure, 0),                \
    PT__ROW("ExpressionAttributeNames",            pt__shape_names,             0),                \
    PT__ROW("ExpressionAttributeValues",           pt__shape_item,              0)
static const pt__row TRANSACT_CHECK_ROWS[] = {WRITE_ROWS("Key", PT__REQUIRED)};
static const pt__shape TRANSACT_CHECK = PT__STRUCT("ConditionCheck", TRANSACT_CHECK_ROWS);
static const pt__row TRANSACT_PUT_ROWS[] = {WRITE_ROWS("Item", 0)};
static const pt__shape TRANSACT_PUT = PT__STRUCT("Put", TRANSACT_PUT_ROWS);
static const pt__row TRANSACT_DELETE_ROWS[] = {WRITE_ROWS("Key", 0)};
static const pt__shape TRANSACT_DELETE = PT__STRUCT("Delete", TRANSACT_DELETE_ROWS);
static const pt__row TRANSACT_UPDATE_ROWS[] = {
    WRITE_ROWS("Key", 0),
    PT__ROW("UpdateExpression", pt__shape_string, PT__REQUIRED),
};
static const pt__shape TRANSACT_UPDATE = PT__STRUCT("Update", TRANSACT_UPDATE_ROWS);
static const pt__row TRANSACT_WRITE_ROWS[] = {
    PT__ROW("ConditionCheck", TRANSACT_CHECK,  0),
    PT__ROW("Put",            TRANSACT_PUT,    0),
    PT__ROW("Delete",         TRANSACT_DELETE, 0),
    PT__ROW("Update",         TRANSACT_UPDATE, 0),
};
static const pt__shape TRANSACT_WRITE = PT__STRUCT("TransactWriteItem", TRANSACT_WRITE_ROWS);
static const pt__shape TRANSACT_WRITES = PT__LIST_OF(TRANSACT_WRITE, .min = 1, .max = 100);
static const pt__shape TOKEN = {.kind = PT__KIND_STRING, .min = 1, .max = 36};
static const pt__row TRANSACT_WRITE_ITEMS_ROWS[] = {
    PT__ROW("ReturnConsumedCapacity",      pt__shape_return_capacity, 0),
    PT__ROW("ReturnItemCollectionMetrics", pt__shape_return_metrics,  0),
    PT__ROW("ClientRequestToken",          TOKEN,                     0),
    PT__ROW("TransactItems",               TRANSACT_WRITES,           PT__REQUIRED),
};
const pt__shape pt__shape_transact_write_items =
    PT__STRUCT("TransactWriteItems", TRANSACT_WRITE_ITEMS_ROWS);
/* clang-format on */
