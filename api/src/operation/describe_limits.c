/*
 * DescribeLimits: AWS's quotas of a new account. Those of the account limit nothing here.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html
 */
#include "operation/operation.h"
#include "operation/table_throughput.h"

static pt__exception run(pt__call *call) {
    pt__out *out = &call->out;
    pt__out_object(out);
    pt__out_member_integer(out, "AccountMaxReadCapacityUnits", PT__ACCOUNT_UNITS_MAX);
    pt__out_member_integer(out, "AccountMaxWriteCapacityUnits", PT__ACCOUNT_UNITS_MAX);
    pt__out_member_integer(out, "TableMaxReadCapacityUnits", PT__TABLE_UNITS_MAX);
    pt__out_member_integer(out, "TableMaxWriteCapacityUnits", PT__TABLE_UNITS_MAX);
    pt__out_object_end(out);
    return PT__OK;
}

const pt__operation pt__describe_limits_operation = {.name = "DescribeLimits", .run = run};
