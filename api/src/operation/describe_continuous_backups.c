/*
 * DescribeContinuousBackups: what AWS says of every table whose point-in-time recovery nobody
 * turned on. The first status only says that it could be, and is ENABLED on all tables there.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeContinuousBackups.html
 */
#include "operation/operation.h"
#include "request/table.h"

static pt__exception run(pt__call *call) {
    pt__table table;
    pt__exception exception =
        pt__table_find(&table, call, pt__json_string(call->body, "TableName"));
    if (exception == PT__RESOURCE_NOT_FOUND) { /* an exception of its own; measured on AWS */
        return pt__refuse(&call->failure, PT__TABLE_NOT_FOUND, "Table not found: %.*s",
                          PT__SHOW(table.name));
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__out *out = &call->out;
    pt__out_object(out);
    pt__out_name(out, "ContinuousBackupsDescription");
    pt__out_object(out);
    pt__out_member_text(out, "ContinuousBackupsStatus", "ENABLED");
    pt__out_name(out, "PointInTimeRecoveryDescription");
    pt__out_object(out);
    pt__out_member_text(out, "PointInTimeRecoveryStatus", "DISABLED");
    pt__out_object_end(out);
    pt__out_object_end(out);
    pt__out_object_end(out);
    return PT__OK;
}

const pt__operation pt__describe_continuous_backups_operation = {
    .name = "DescribeContinuousBackups", .run = run};
