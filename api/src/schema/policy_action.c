/*
 * Actions of resource policies.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html
 */
#include "schema/policy_action.h"

/* Those with support for resource-based policies; PartiQL by the names of its permissions. */
static const char *const OF_TABLES[] = {
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:CreateBackup",
    "dynamodb:DeleteItem",
    "dynamodb:DeleteResourcePolicy",
    "dynamodb:DeleteTable",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeContributorInsights",
    "dynamodb:DescribeKinesisStreamingDestination",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTableReplicaAutoScaling",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:DisableKinesisStreamingDestination",
    "dynamodb:EnableKinesisStreamingDestination",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:GetResourcePolicy",
    "dynamodb:ListTagsOfResource",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLSelect",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:PutResourcePolicy",
    "dynamodb:Query",
    "dynamodb:RestoreTableToPointInTime",
    "dynamodb:Scan",
    "dynamodb:TagResource",
    "dynamodb:TransactGetItems",
    "dynamodb:TransactWriteItems",
    "dynamodb:UntagResource",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateContributorInsights",
    "dynamodb:UpdateItem",
    "dynamodb:UpdateKinesisStreamingDestination",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTableReplicaAutoScaling",
    "dynamodb:UpdateTimeToLive",
};
static const char *const OF_STREAMS[] = {
    "dynamodb:DeleteResourcePolicy", "dynamodb:DescribeStream",   "dynamodb:GetRecords",
    "dynamodb:GetResourcePolicy",    "dynamodb:GetShardIterator", "dynamodb:PutResourcePolicy",
};

static bool is_same(uint8_t a, uint8_t b, bool fold_case) {
    if (fold_case && a >= 'A' && a <= 'Z') {
        a |= 0x20;
    }
    if (fold_case && b >= 'A' && b <= 'Z') {
        b |= 0x20;
    }
    return a == b;
}

/* Goes back to the last * only: what the ones before it took in is settled. */
bool pt__policy_matches(pte_bytes pattern, pte_bytes text, bool fold_case) {
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX; /* behind the last *, and where in the text it is tried */
    size_t tried = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.data[p] == '*') {
            star = ++p;
            tried = t;
        } else if (p < pattern.len &&
                   (pattern.data[p] == '?' || is_same(pattern.data[p], text.data[t], fold_case))) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star;
            t = ++tried;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.data[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

bool pt__policy_action_is_known(pte_bytes action, bool of_stream) {
    const char *const *known = of_stream ? OF_STREAMS : OF_TABLES;
    size_t count = of_stream ? sizeof OF_STREAMS / sizeof OF_STREAMS[0]
                             : sizeof OF_TABLES / sizeof OF_TABLES[0];
    for (size_t i = 0; i < count; i++) {
        if (pt__policy_matches(action, pte_str(known[i]), true)) {
            return true;
        }
    }
    return false;
}
