/*
 * DescribeLimits: AWS's quotas of a new account; none of them limits anything here.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html
 */
#include "operation/operation.h"

enum { ACCOUNT_UNITS_MAX = 80000, TABLE_UNITS_MAX = 40000 };

static pt__exception run(pt__call *call) {
    pt__out *out = &call->out;
    pt__out_object(out);
    pt__out_member_integer(out, "AccountMaxReadCapacityUnits", ACCOUNT_UNITS_MAX);
    pt__out_member_integer(out, "AccountMaxWriteCapacityUnits", ACCOUNT_UNITS_MAX);
    pt__out_member_integer(out, "TableMaxReadCapacityUnits", TABLE_UNITS_MAX);
    pt__out_member_integer(out, "TableMaxWriteCapacityUnits", TABLE_UNITS_MAX);
    pt__out_object_end(out);
    return PT__OK;
}

const pt__operation pt__describe_limits_operation = {.name = "DescribeLimits", .run = run};
