/*
 * ListTables: the tables of the request's region, by name.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
 */
#include "operation/operation.h"
#include "request/table.h"

enum { TABLES_MAX = 100 };

/* The next table of the namespace after *name, which is the engine's and is moved on; *more says
 * whether there is one. prefix_len: of "<region>/". */
static pt__exception next(bool *more, pte_bytes *name, pt__call *call, size_t prefix_len) {
    pte_bytes found;
    pte_error error;
    pte_status status = pte_table_next(&found, call->read, *name, &error);
    *more = status == PTE_OK && found.len > prefix_len &&
            memcmp(found.data, name->data, prefix_len) == 0;
    if (status != PTE_OK && status != PTE_END) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    if (*more) {
        *name = found;
    }
    return PT__OK;
}

static pte_bytes without_prefix(pte_bytes name, size_t prefix_len) {
    return pte_view(name.data + prefix_len, name.len - prefix_len);
}

static pt__exception run(pt__call *call) {
    pt__out *out = &call->out;
    pte_bytes name;
    int64_t limit = pt__json_integer(call->body, "Limit", TABLES_MAX);
    pt__exception exception =
        pt__table_engine_name(&name, call, pt__json_string(call->body, "ExclusiveStartTableName"));
    if (exception == PT__OK) {
        exception = pt__call_read(call);
    }
    if (exception != PT__OK) {
        return exception;
    }
    size_t prefix_len = call->space.len + 1;
    bool more = true;
    pte_bytes last = {NULL, 0};
    pt__out_object(out);
    pt__out_name(out, "TableNames");
    pt__out_array(out);
    exception = next(&more, &name, call, prefix_len);
    for (int64_t i = 0; exception == PT__OK && more && i < limit; i++) {
        last = without_prefix(name, prefix_len);
        pt__out_string(out, last);
        exception = next(&more, &name, call, prefix_len);
    }
    pt__out_array_end(out);
    if (more && last.len != 0) { /* only where something comes after it */
        pt__out_member_string(out, "LastEvaluatedTableName", last);
    }
    pt__out_object_end(out);
    return exception;
}

const pt__operation pt__list_tables_operation = {.name = "ListTables", .run = run};
