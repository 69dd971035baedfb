/*
 * DescribeEndpoints. There is one endpoint, the one that was asked; a client that discovers
 * endpoints is told the regional name, as AWS does.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeEndpoints.html
 */
#include "operation/operation.h"

#include <stdio.h>

enum { CACHE_MINUTES = 1440 };

static pt__exception run(pt__call *call) {
    pt__out *out = &call->out;
    char address[160];
    snprintf(address, sizeof address, "dynamodb.%.*s.amazonaws.com", PT__SHOW(call->region));
    pt__out_object(out);
    pt__out_name(out, "Endpoints");
    pt__out_array(out);
    pt__out_object(out);
    pt__out_member_text(out, "Address", address);
    pt__out_member_integer(out, "CachePeriodInMinutes", CACHE_MINUTES);
    pt__out_object_end(out);
    pt__out_array_end(out);
    pt__out_object_end(out);
    return PT__OK;
}

const pt__operation pt__describe_endpoints_operation = {.name = "DescribeEndpoints", .run = run};
