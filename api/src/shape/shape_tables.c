/*
 * The operations on tables.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
 *
 * The order of the rows is that in which the service lists broken constraints, as far as dynalite's
 * tests against it and published captures of its answers tell. Tags have no constraints here: the
 * service has texts of its own for them.
 */
#include "shape/shape_table.h"

static const pt__shape LONG = {.kind = PT__KIND_LONG, .min = INT64_MIN, .max = INT64_MAX};
static const pt__shape POSITIVE_LONG = {.kind = PT__KIND_LONG, .min = 1, .max = INT64_MAX};

/* A name that is being given. */
static const pt__shape NEW_NAME = {.kind = PT__KIND_STRING, .min = 3, .max = 255, .is_name = true};
static const pt__shape KEY_ATTRIBUTE = {.kind = PT__KIND_STRING, .min = 1, .max = 255};

static const pt__shape BILLING_MODE = PT__WORDS("PROVISIONED, PAY_PER_REQUEST");
static const pt__shape TABLE_CLASS = PT__WORDS("STANDARD, STANDARD_INFREQUENT_ACCESS");
static const pt__shape ATTRIBUTE_TYPE = PT__WORDS("B, N, S");
static const pt__shape KEY_TYPE = PT__WORDS("HASH, RANGE");
static const pt__shape PROJECTION_TYPE = PT__WORDS("ALL, INCLUDE, KEYS_ONLY");
static const pt__shape VIEW_TYPE = PT__WORDS("OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE");
static const pt__shape SSE_TYPE = PT__WORDS("AES256, KMS");
static const pt__shape CONSISTENCY = PT__WORDS("EVENTUAL, STRONG");
static const pt__shape REPLICATION_MODE = PT__WORDS("ENABLED, DISABLED, ENABLED_WITH_OVERRIDES");

/* clang-format off */

/* API_AttributeDefinition.html, API_KeySchemaElement.html, API_Projection.html */
static const pt__row DEFINITION_ROWS[] = {
    PT__ROW("AttributeType", ATTRIBUTE_TYPE, PT__REQUIRED),
    PT__ROW("AttributeName", KEY_ATTRIBUTE,  PT__REQUIRED),
};
static const pt__shape DEFINITION = PT__STRUCT("AttributeDefinition", DEFINITION_ROWS);
static const pt__shape DEFINITIONS = PT__LIST_OF(DEFINITION, .min = 0);

static const pt__row KEY_ROWS[] = {
    PT__ROW("AttributeName", KEY_ATTRIBUTE, PT__REQUIRED),
    PT__ROW("KeyType",       KEY_TYPE,      PT__REQUIRED),
};
static const pt__shape KEY = PT__STRUCT("KeySchemaElement", KEY_ROWS);
static const pt__shape KEY_SCHEMA = PT__LIST_OF(KEY, .min = 1, .max = 2);
/* Up to four attributes for each part of the key:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.DesignPattern.MultiAttributeKeys.html */
static const pt__shape GLOBAL_KEY_SCHEMA = PT__LIST_OF(KEY, .min = 1, .max = 8);

static const pt__shape NON_KEY_ATTRIBUTES = PT__LIST_OF(KEY_ATTRIBUTE, .min = 1, .max = 20);
static const pt__row PROJECTION_ROWS[] = {
    PT__ROW("ProjectionType",   PROJECTION_TYPE,    0),
    PT__ROW("NonKeyAttributes", NON_KEY_ATTRIBUTES, 0),
};
static const pt__shape PROJECTION = PT__STRUCT("Projection", PROJECTION_ROWS);

/* API_ProvisionedThroughput.html, API_OnDemandThroughput.html, API_WarmThroughput.html */
static const pt__row PROVISIONED_ROWS[] = {
    PT__ROW("WriteCapacityUnits", POSITIVE_LONG, PT__REQUIRED),
    PT__ROW("ReadCapacityUnits",  POSITIVE_LONG, PT__REQUIRED),
};
static const pt__shape PROVISIONED = PT__STRUCT("ProvisionedThroughput", PROVISIONED_ROWS);
static const pt__row ON_DEMAND_ROWS[] = {
    PT__ROW("MaxReadRequestUnits",  LONG, 0),
    PT__ROW("MaxWriteRequestUnits", LONG, 0),
};
static const pt__shape ON_DEMAND = PT__STRUCT("OnDemandThroughput", ON_DEMAND_ROWS);
static const pt__row WARM_ROWS[] = {
    PT__ROW("ReadUnitsPerSecond",  LONG, 0),
    PT__ROW("WriteUnitsPerSecond", LONG, 0),
};
static const pt__shape WARM = PT__STRUCT("WarmThroughput", WARM_ROWS);

/* API_LocalSecondaryIndex.html, API_GlobalSecondaryIndex.html */
static const pt__row LOCAL_INDEX_ROWS[] = {
    PT__ROW("IndexName",  NEW_NAME,   PT__REQUIRED),
    PT__ROW("KeySchema",  KEY_SCHEMA, PT__REQUIRED),
    PT__ROW("Projection", PROJECTION, PT__REQUIRED),
};
static const pt__shape LOCAL_INDEX = PT__STRUCT("LocalSecondaryIndex", LOCAL_INDEX_ROWS);
static const pt__shape LOCAL_INDEXES = PT__LIST_OF(LOCAL_INDEX, .min = 0);
#define GLOBAL_INDEX_FIELDS                                                                        \
    PT__ROW("IndexName",             NEW_NAME,          PT__REQUIRED),                             \
    PT__ROW("KeySchema",             GLOBAL_KEY_SCHEMA, PT__REQUIRED),                             \
    PT__ROW("Projection",            PROJECTION,        PT__REQUIRED),                             \
    PT__ROW("ProvisionedThroughput", PROVISIONED,       0),                                        \
    PT__ROW("OnDemandThroughput",    ON_DEMAND,         0),                                        \
    PT__ROW("WarmThroughput",        WARM,              0)
static const pt__row GLOBAL_INDEX_ROWS[] = {GLOBAL_INDEX_FIELDS};
static const pt__shape GLOBAL_INDEX = PT__STRUCT("GlobalSecondaryIndex", GLOBAL_INDEX_ROWS);
static const pt__shape GLOBAL_INDEXES = PT__LIST_OF(GLOBAL_INDEX, .min = 0);

/* API_StreamSpecification.html, API_SSESpecification.html, API_Tag.html */
static const pt__row STREAM_ROWS[] = {
    PT__ROW("StreamEnabled",  pt__shape_boolean, PT__REQUIRED),
    PT__ROW("StreamViewType", VIEW_TYPE,         0),
};
static const pt__shape STREAM = PT__STRUCT("StreamSpecification", STREAM_ROWS);
static const pt__shape SSE_KEY = {.kind = PT__KIND_STRING, .min = 1};
static const pt__row SSE_ROWS[] = {
    PT__ROW("Enabled",        pt__shape_boolean, 0),
    PT__ROW("SSEType",        SSE_TYPE,          0),
    PT__ROW("KMSMasterKeyId", SSE_KEY,           0),
};
static const pt__shape SSE = PT__STRUCT("SSESpecification", SSE_ROWS);
static const pt__row TAG_ROWS[] = {
    PT__ROW("Key",   pt__shape_string, 0),
    PT__ROW("Value", pt__shape_string, 0),
};
static const pt__shape TAG = PT__STRUCT("Tag", TAG_ROWS);
const pt__shape pt__shape_tags = PT__LIST_OF(TAG, .min = 0);

/* API_VectorIndex.html: what is in it is not looked at. */
static const pt__shape VECTOR_INDEX = {.kind = PT__KIND_STRUCT, .type = "VectorIndex"};
static const pt__shape VECTOR_INDEXES = PT__LIST_OF(VECTOR_INDEX, .min = 0);
static const pt__shape VECTOR_UPDATE = {.kind = PT__KIND_STRUCT, .type = "VectorIndexUpdate"};
static const pt__shape VECTOR_UPDATES = PT__LIST_OF(VECTOR_UPDATE, .min = 0);

/* API_CreateTable.html */
static const pt__row CREATE_TABLE_ROWS[] = {
    PT__ROW("AttributeDefinitions",      DEFINITIONS,       PT__REQUIRED),
    PT__ROW("TableName",                 NEW_NAME,          PT__NEEDED | PT__ALONE),
    PT__ROW("BillingMode",               BILLING_MODE,      0),
    PT__ROW("ProvisionedThroughput",     PROVISIONED,       0),
    PT__ROW("KeySchema",                 KEY_SCHEMA,        PT__REQUIRED),
    PT__ROW("LocalSecondaryIndexes",     LOCAL_INDEXES,     0),
    PT__ROW("GlobalSecondaryIndexes",    GLOBAL_INDEXES,    0),
    PT__ROW("StreamSpecification",       STREAM,            0),
    PT__ROW("SSESpecification",          SSE,               0),
    PT__ROW("Tags",                      pt__shape_tags,    0),
    PT__ROW("TableClass",                TABLE_CLASS,       0),
    PT__ROW("DeletionProtectionEnabled", pt__shape_boolean, 0),
    PT__ROW("WarmThroughput",            WARM,              0),
    PT__ROW("ResourcePolicy",            pt__shape_string,  0),
    PT__ROW("OnDemandThroughput",        ON_DEMAND,         0),
    PT__ROW("GlobalTableSourceArn",      pt__shape_string,  0),
    PT__ROW("GlobalTableSettingsReplicationMode", REPLICATION_MODE, 0),
    PT__ROW("VectorIndexes",             VECTOR_INDEXES,    0),
};
const pt__shape pt__shape_create_table = PT__STRUCT("CreateTable", CREATE_TABLE_ROWS);

/* API_DescribeTable.html, API_DeleteTable.html */
static const pt__row TABLE_ROWS[] = {PT__ROW("TableName", pt__shape_table, PT__NEEDED | PT__ALONE)};
const pt__shape pt__shape_describe_table = PT__STRUCT("DescribeTable", TABLE_ROWS);
const pt__shape pt__shape_delete_table = PT__STRUCT("DeleteTable", TABLE_ROWS);

/* These take nothing. */
const pt__shape pt__shape_describe_endpoints = {.kind = PT__KIND_STRUCT, .type = ""};
const pt__shape pt__shape_describe_limits = {.kind = PT__KIND_STRUCT, .type = ""};

/* API_ListTables.html */
static const pt__shape START_NAME = {
    .kind = PT__KIND_STRING, .min = 3, .max = 255, .is_name = true, .is_name_first = true};
static const pt__shape LIST_LIMIT = {.kind = PT__KIND_INTEGER, .min = 1, .max = 100};
static const pt__row LIST_TABLES_ROWS[] = {
    PT__ROW("ExclusiveStartTableName", START_NAME, 0),
    PT__ROW("Limit",                   LIST_LIMIT, 0),
};
const pt__shape pt__shape_list_tables = PT__STRUCT("ListTables", LIST_TABLES_ROWS);

/* API_GlobalSecondaryIndexUpdate.html */
static const pt__row INDEX_UPDATE_ROWS[] = {
    PT__ROW("IndexName",             NEW_NAME,    PT__REQUIRED),
    PT__ROW("ProvisionedThroughput", PROVISIONED, 0),
    PT__ROW("OnDemandThroughput",    ON_DEMAND,   0),
    PT__ROW("WarmThroughput",        WARM,        0),
};
static const pt__shape INDEX_UPDATE =
    PT__STRUCT("UpdateGlobalSecondaryIndexAction", INDEX_UPDATE_ROWS);
static const pt__shape INDEX_CREATE =
    PT__STRUCT("CreateGlobalSecondaryIndexAction", GLOBAL_INDEX_ROWS);
static const pt__row INDEX_DELETE_ROWS[] = {PT__ROW("IndexName", NEW_NAME, PT__REQUIRED)};
static const pt__shape INDEX_DELETE =
    PT__STRUCT("DeleteGlobalSecondaryIndexAction", INDEX_DELETE_ROWS);
static const pt__row INDEX_CHANGE_ROWS[] = {
    PT__ROW("Update", INDEX_UPDATE, 0),
    PT__ROW("Create", INDEX_CREATE, 0),
    PT__ROW("Delete", INDEX_DELETE, 0),
};
static const pt__shape INDEX_CHANGE = PT__STRUCT("GlobalSecondaryIndexUpdate", INDEX_CHANGE_ROWS);
static const pt__shape INDEX_CHANGES = PT__LIST_OF(INDEX_CHANGE, .min = 0);

/* API_ReplicationGroupUpdate.html, API_GlobalTableWitnessGroupUpdate.html */
static const pt__row READ_OVERRIDE_ROWS[] = {PT__ROW("ReadCapacityUnits", POSITIVE_LONG, 0)};
static const pt__shape READ_OVERRIDE =
    PT__STRUCT("ProvisionedThroughputOverride", READ_OVERRIDE_ROWS);
static const pt__row DEMAND_OVERRIDE_ROWS[] = {PT__ROW("MaxReadRequestUnits", LONG, 0)};
static const pt__shape DEMAND_OVERRIDE =
    PT__STRUCT("OnDemandThroughputOverride", DEMAND_OVERRIDE_ROWS);
static const pt__row REPLICA_INDEX_ROWS[] = {
    PT__ROW("IndexName",                     NEW_NAME,        PT__REQUIRED),
    PT__ROW("ProvisionedThroughputOverride", READ_OVERRIDE,   0),
    PT__ROW("OnDemandThroughputOverride",    DEMAND_OVERRIDE, 0),
};
static const pt__shape REPLICA_INDEX =
    PT__STRUCT("ReplicaGlobalSecondaryIndex", REPLICA_INDEX_ROWS);
static const pt__shape REPLICA_INDEXES = PT__LIST_OF(REPLICA_INDEX, .min = 1);
static const pt__row REPLICA_ROWS[] = {
    PT__ROW("RegionName",                    pt__shape_string, PT__REQUIRED),
    PT__ROW("KMSMasterKeyId",                SSE_KEY,          0),
    PT__ROW("ProvisionedThroughputOverride", READ_OVERRIDE,    0),
    PT__ROW("OnDemandThroughputOverride",    DEMAND_OVERRIDE,  0),
    PT__ROW("GlobalSecondaryIndexes",        REPLICA_INDEXES,  0),
    PT__ROW("TableClassOverride",            TABLE_CLASS,      0),
};
static const pt__row REGION_ROWS[] = {PT__ROW("RegionName", pt__shape_string, PT__REQUIRED)};
static const pt__shape REPLICA_CREATE =
    PT__STRUCT("CreateReplicationGroupMemberAction", REPLICA_ROWS);
static const pt__shape REPLICA_UPDATE =
    PT__STRUCT("UpdateReplicationGroupMemberAction", REPLICA_ROWS);
static const pt__shape REPLICA_DELETE =
    PT__STRUCT("DeleteReplicationGroupMemberAction", REGION_ROWS);
static const pt__row REPLICA_CHANGE_ROWS[] = {
    PT__ROW("Create", REPLICA_CREATE, 0),
    PT__ROW("Update", REPLICA_UPDATE, 0),
    PT__ROW("Delete", REPLICA_DELETE, 0),
};
static const pt__shape REPLICA_CHANGE = PT__STRUCT("ReplicationGroupUpdate", REPLICA_CHANGE_ROWS);
static const pt__shape REPLICA_CHANGES = PT__LIST_OF(REPLICA_CHANGE, .min = 1);
static const pt__shape WITNESS_CREATE =
    PT__STRUCT("CreateGlobalTableWitnessGroupMemberAction", REGION_ROWS);
static const pt__shape WITNESS_DELETE =
    PT__STRUCT("DeleteGlobalTableWitnessGroupMemberAction", REGION_ROWS);
static const pt__row WITNESS_CHANGE_ROWS[] = {
    PT__ROW("Create", WITNESS_CREATE, 0),
    PT__ROW("Delete", WITNESS_DELETE, 0),
};
static const pt__shape WITNESS_CHANGE =
    PT__STRUCT("GlobalTableWitnessGroupUpdate", WITNESS_CHANGE_ROWS);
static const pt__shape WITNESS_CHANGES = PT__LIST_OF(WITNESS_CHANGE, .min = 0);

/* API_UpdateTable.html */
static const pt__row UPDATE_TABLE_ROWS[] = {
    PT__ROW("AttributeDefinitions",        DEFINITIONS,       0),
    PT__ROW("TableName",                   pt__shape_table,   PT__NEEDED | PT__ALONE),
    PT__ROW("BillingMode",                 BILLING_MODE,      0),
    PT__ROW("ProvisionedThroughput",       PROVISIONED,       0),
    PT__ROW("GlobalSecondaryIndexUpdates", INDEX_CHANGES,     0),
    PT__ROW("StreamSpecification",         STREAM,            0),
    PT__ROW("SSESpecification",            SSE,               0),
    PT__ROW("ReplicaUpdates",              REPLICA_CHANGES,   0),
    PT__ROW("TableClass",                  TABLE_CLASS,       0),
    PT__ROW("DeletionProtectionEnabled",   pt__shape_boolean, 0),
    PT__ROW("MultiRegionConsistency",      CONSISTENCY,       0),
    PT__ROW("GlobalTableWitnessUpdates",   WITNESS_CHANGES,   0),
    PT__ROW("OnDemandThroughput",          ON_DEMAND,         0),
    PT__ROW("WarmThroughput",              WARM,              0),
    PT__ROW("GlobalTableSettingsReplicationMode", REPLICATION_MODE, 0),
    PT__ROW("DisassociationProtectionEnabled", pt__shape_boolean, 0),
    PT__ROW("VectorIndexUpdates",          VECTOR_UPDATES,    0),
};
const pt__shape pt__shape_update_table = PT__STRUCT("UpdateTable", UPDATE_TABLE_ROWS);
/* clang-format on */
