/*
 * DescribeTable.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
 */
#include "operation/operation.h"
#include "operation/table_description.h"
#include "operation/table_load.h"

static pt__exception run(pt__call *call) {
    pt__table table;
    pt__table_settings settings;
    pt__exception exception = pt__table_load_further(&table, &settings, call);
    if (exception == PT__OK) {
        pt__description description = {.table = &table, .settings = &settings};
        pt__table_description_encode(call, &description);
    }
    return exception;
}

const pt__operation pt__describe_table_operation = {.name = "DescribeTable", .run = run};
