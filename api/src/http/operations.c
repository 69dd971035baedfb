/* The service's operations, searched by halves. */
#include "http/operations.h"

#include <stdlib.h>

/* https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations.html */
const pt__http_operation pt__http_operations[PT__HTTP_OPERATIONS] = {
    {.name = "BatchExecuteStatement"},
    {.name = "BatchGetItem"},
    {.name = "BatchWriteItem"},
    {.name = "CreateBackup"},
    {.name = "CreateGlobalTable"},
    {.name = "CreateTable"},
    {.name = "DeleteBackup"},
    {.name = "DeleteItem"},
    {.name = "DeleteResourcePolicy"},
    {.name = "DeleteTable", .leaves_upkeep = true},
    {.name = "DescribeBackup"},
    {.name = "DescribeContinuousBackups"},
    {.name = "DescribeContributorInsights"},
    {.name = "DescribeEndpoints"},
    {.name = "DescribeExport"},
    {.name = "DescribeGlobalTable"},
    {.name = "DescribeGlobalTableSettings"},
    {.name = "DescribeImport"},
    {.name = "DescribeKinesisStreamingDestination"},
    {.name = "DescribeLimits"},
    {.name = "DescribeStream", .of_streams = true},
    {.name = "DescribeTable"},
    {.name = "DescribeTableReplicaAutoScaling"},
    {.name = "DescribeTimeToLive"},
    {.name = "DisableKinesisStreamingDestination"},
    {.name = "EnableKinesisStreamingDestination"},
    {.name = "ExecuteStatement"},
    {.name = "ExecuteTransaction"},
    {.name = "ExportTableToPointInTime"},
    {.name = "GetItem"},
    {.name = "GetRecords", .of_streams = true},
    {.name = "GetResourcePolicy"},
    {.name = "GetShardIterator", .of_streams = true},
    {.name = "ImportTable"},
    {.name = "ListBackups"},
    {.name = "ListContributorInsights"},
    {.name = "ListExports"},
    {.name = "ListGlobalTables"},
    {.name = "ListImports"},
    {.name = "ListStreams", .of_streams = true},
    {.name = "ListTables"},
    {.name = "ListTagsOfResource"},
    {.name = "PutItem"},
    {.name = "PutResourcePolicy"},
    {.name = "Query"},
    {.name = "RestoreTableFromBackup"},
    {.name = "RestoreTableToPointInTime"},
    {.name = "Scan"},
    {.name = "TagResource"},
    {.name = "TransactGetItems"},
    {.name = "TransactWriteItems"},
    {.name = "UntagResource"},
    {.name = "UpdateContinuousBackups"},
    {.name = "UpdateContributorInsights"},
    {.name = "UpdateGlobalTable"},
    {.name = "UpdateGlobalTableSettings"},
    {.name = "UpdateItem"},
    {.name = "UpdateKinesisStreamingDestination"},
    {.name = "UpdateTable", .leaves_upkeep = true},
    {.name = "UpdateTableReplicaAutoScaling"},
    {.name = "UpdateTimeToLive", .leaves_upkeep = true},
};

static int compare(const void *key, const void *element) {
    const pt__http_operation *operation = element;
    return pte_bytes_compare(*(const pte_bytes *)key, pte_str(operation->name));
}

const pt__http_operation *pt__http_operation_find(pte_bytes name) {
    return bsearch(&name, pt__http_operations, PT__HTTP_OPERATIONS, sizeof *pt__http_operations,
                   compare);
}
