/*
 * The shapes of PartiQL's operations.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html and the
 * pages of the others. The order of the rows, in which the service lists broken constraints, is not
 * known.
 */
#include "shape/shape_table.h"

/* clang-format off */
static const pt__shape STATEMENT = {.kind = PT__KIND_STRING, .min = 1, .max = 8192};
static const pt__shape PARAMETERS = PT__LIST_OF(pt__shape_value, .min = 1);
static const pt__shape NEXT_TOKEN = {.kind = PT__KIND_STRING, .min = 1, .max = 32768};
static const pt__shape LIMIT = {.kind = PT__KIND_INTEGER, .min = 1, .max = INT64_MAX};
static const pt__shape TOKEN = {.kind = PT__KIND_STRING, .min = 1, .max = 36};

static const pt__row EXECUTE_STATEMENT_ROWS[] = {
    PT__ROW("Statement",                           STATEMENT,                   PT__REQUIRED),
    PT__ROW("Parameters",                          PARAMETERS,                  0),
    PT__ROW("ConsistentRead",                      pt__shape_boolean,           0),
    PT__ROW("NextToken",                           NEXT_TOKEN,                  0),
    PT__ROW("ReturnConsumedCapacity",              pt__shape_return_capacity,   0),
    PT__ROW("Limit",                               LIMIT,                       0),
    PT__ROW("ReturnValuesOnConditionCheckFailure", pt__shape_return_on_failure, 0),
};
const pt__shape pt__shape_execute_statement = PT__STRUCT("ExecuteStatement",
                                                         EXECUTE_STATEMENT_ROWS);

/* API_BatchExecuteStatement.html, API_BatchStatementRequest.html */
static const pt__row BATCH_STATEMENT_ROWS[] = {
    PT__ROW("Statement",                           STATEMENT,                   PT__REQUIRED),
    PT__ROW("Parameters",                          PARAMETERS,                  0),
    PT__ROW("ConsistentRead",                      pt__shape_boolean,           0),
    PT__ROW("ReturnValuesOnConditionCheckFailure", pt__shape_return_on_failure, 0),
};
static const pt__shape BATCH_STATEMENT = PT__STRUCT("BatchStatementRequest", BATCH_STATEMENT_ROWS);
static const pt__shape BATCH_STATEMENTS = PT__LIST_OF(BATCH_STATEMENT, .min = 1, .max = 25);
static const pt__row BATCH_EXECUTE_STATEMENT_ROWS[] = {
    PT__ROW("Statements",             BATCH_STATEMENTS,          PT__REQUIRED),
    PT__ROW("ReturnConsumedCapacity", pt__shape_return_capacity, 0),
};
const pt__shape pt__shape_batch_execute_statement = PT__STRUCT("BatchExecuteStatement",
                                                               BATCH_EXECUTE_STATEMENT_ROWS);

/* API_ExecuteTransaction.html, API_ParameterizedStatement.html */
static const pt__row TRANSACT_STATEMENT_ROWS[] = {
    PT__ROW("Statement",                           STATEMENT,                   PT__REQUIRED),
    PT__ROW("Parameters",                          PARAMETERS,                  0),
    PT__ROW("ReturnValuesOnConditionCheckFailure", pt__shape_return_on_failure, 0),
};
static const pt__shape TRANSACT_STATEMENT = PT__STRUCT("ParameterizedStatement",
                                                       TRANSACT_STATEMENT_ROWS);
static const pt__shape TRANSACT_STATEMENTS = PT__LIST_OF(TRANSACT_STATEMENT, .min = 1, .max = 100);
static const pt__row EXECUTE_TRANSACTION_ROWS[] = {
    PT__ROW("TransactStatements",     TRANSACT_STATEMENTS,       PT__REQUIRED),
    PT__ROW("ClientRequestToken",     TOKEN,                     0),
    PT__ROW("ReturnConsumedCapacity", pt__shape_return_capacity, 0),
};
const pt__shape pt__shape_execute_transaction = PT__STRUCT("ExecuteTransaction",
                                                           EXECUTE_TRANSACTION_ROWS);
/* clang-format on */
