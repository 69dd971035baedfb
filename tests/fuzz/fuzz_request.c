/*
 * Whole requests: each line of the input is an operation and its body, called one after the other
 * on a database in memory that has two tables. Whatever comes, each is answered with a status of
 * AWS's and a JSON object, nothing is an internal error, and the database is sound at the end.
 */
#include "fuzz.h"

#include "json/json.h"

#include <pocketable.h>
#include <pocketable/engine/check.h>

enum { LINES_MAX = 24 };

static const char *const SETUP[] = {
    "{\"TableName\":\"one\",\"BillingMode\":\"PAY_PER_REQUEST\","
    "\"KeySchema\":[{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"}],"
    "\"AttributeDefinitions\":[{\"AttributeName\":\"p\",\"AttributeType\":\"S\"}]}",
    "{\"TableName\":\"two\",\"BillingMode\":\"PAY_PER_REQUEST\","
    "\"KeySchema\":[{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"},"
    "{\"AttributeName\":\"s\",\"KeyType\":\"RANGE\"}],"
    "\"AttributeDefinitions\":[{\"AttributeName\":\"p\",\"AttributeType\":\"S\"},"
    "{\"AttributeName\":\"s\",\"AttributeType\":\"N\"},"
    "{\"AttributeName\":\"g\",\"AttributeType\":\"B\"}],"
    "\"LocalSecondaryIndexes\":[{\"IndexName\":\"loc\",\"KeySchema\":["
    "{\"AttributeName\":\"p\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"g\",\"KeyType\":\"RANGE\"}"
    "],"
    "\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"}}],"
    "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"glo\",\"KeySchema\":["
    "{\"AttributeName\":\"g\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"s\",\"KeyType\":\"RANGE\"}"
    "],"
    "\"Projection\":{\"ProjectionType\":\"ALL\"}}]}",
};

/* The answer is one JSON object, and no internal error. */
static void must_be_an_answer(pt_reply reply) {
    pte__arena arena = {.allocator = pte__allocator_of(NULL)};
    pt__failure failure = {.arena = &arena};
    const pt__json *root;
    MUST(reply.status == 200 || reply.status == 400);
    MUST(pt__json_read(&root, reply.body, &arena, &failure) == PT__OK);
    MUST(reply.status == 200 || pt__json_member(root, "__type") != NULL);
    pte__arena_clean_up(&arena);
}

static void call_line(pt_exchange *exchange, pte_bytes line) {
    const uint8_t *space = line.len == 0 ? NULL : memchr(line.data, ' ', line.len);
    size_t name = space == NULL ? line.len : (size_t)(space - line.data);
    size_t body = space == NULL ? line.len : name + 1;
    pt_request request = {.operation = pte_view(line.data, name),
                          .body = pte_view(line.data + body, line.len - body)};
    must_be_an_answer(pt_exchange_run(exchange, &request));
}

static void call_lines(pt_exchange *exchange, pte_bytes input) {
    for (size_t i = 0; i < LINES_MAX && input.len != 0; i++) {
        const uint8_t *end = memchr(input.data, '\n', input.len);
        size_t len = end == NULL ? input.len : (size_t)(end - input.data);
        call_line(exchange, pte_view(input.data, len));
        size_t used = len + (end != NULL);
        input = pte_view(input.data + used, input.len - used);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pt_database *database;
    pt_exchange *exchange;
    pte_check_report report;
    MUST(pt_open(&database, NULL, NULL, NULL) == PTE_OK);
    MUST(pt_exchange_create(&exchange, database, NULL) == PTE_OK);
    for (size_t i = 0; i < sizeof SETUP / sizeof SETUP[0]; i++) {
        pt_request request = {.operation = pte_str("CreateTable"), .body = pte_str(SETUP[i])};
        MUST(pt_exchange_run(exchange, &request).status == 200);
    }
    call_lines(exchange, pte_view(data, size));
    MUST(pte_check(&report, pt_database_env(database), NULL, NULL) == PTE_OK);
    MUST(report.problems == 0);
    pt_exchange_destroy(exchange);
    pt_close(database);
    return 0;
}
