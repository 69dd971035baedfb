#include "json_side.h"
#include "engine_side.h"

#include <inttypes.h>
#include <stdlib.h>

/* A key, with the row's texts for the two arguments. */
#define KEY_FORMAT "{\"PK\":{\"S\":\"%.15s\"},\"SK\":{\"S\":\"%.36s\"}}"
_Static_assert(BENCH_PK_BYTES == 15 && BENCH_SK_BYTES == 36, "the format above has them");

const char bench_json_create_table[] =
    "{\"TableName\":\"photos\",\"BillingMode\":\"PAY_PER_REQUEST\","
    "\"AttributeDefinitions\":[{\"AttributeName\":\"PK\",\"AttributeType\":\"S\"},"
    "{\"AttributeName\":\"SK\",\"AttributeType\":\"S\"}],"
    "\"KeySchema\":[{\"AttributeName\":\"PK\",\"KeyType\":\"HASH\"},"
    "{\"AttributeName\":\"SK\",\"KeyType\":\"RANGE\"}],"
    "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"inverted\","
    "\"KeySchema\":[{\"AttributeName\":\"SK\",\"KeyType\":\"HASH\"},"
    "{\"AttributeName\":\"PK\",\"KeyType\":\"RANGE\"}],"
    "\"Projection\":{\"ProjectionType\":\"ALL\"}}]}";

/* ---- asking ---- */

static pt_reply ask(bench_json *json, unsigned exchange, const char *operation, pte_bytes body) {
    pt_request request = {.operation = pte_str(operation), .body = body};
    return pt_exchange_run(json->exchanges[exchange], &request);
}

/* An answer that is not what it should be. */
static pte_status wrong_reply(const char *operation, pt_reply reply, pte_error *error) {
    if (reply.status == 200) {
        return bench_fail(error, PTE_CORRUPT, 0, "JSON: %s: wrong answer: %.200s", operation,
                          (const char *)reply.body.data);
    }
    return bench_fail(error, PTE_IO, 0, "JSON: %s answers %d: %.200s", operation, reply.status,
                      (const char *)reply.body.data);
}

static bool reply_is(pt_reply reply, const char *body) {
    return reply.status == 200 && pte_bytes_equal(reply.body, pte_str(body));
}

static pte_bytes body_of(const bench_json *json, size_t at) {
    size_t start = at == 0 ? 0 : json->ends[at - 1];
    return pte_view(json->bodies.data + start, json->ends[at] - start);
}

/* ---- life ---- */

static pte_status prepare_writers(void *self, unsigned writers, pte_error *error) {
    bench_json *json = self;
    pte_status status = PTE_OK;
    for (unsigned i = 0; status == PTE_OK && i < writers && i < BENCH_WRITERS_MAX; i++) {
        if (json->exchanges[i] == NULL) {
            status = pt_exchange_create(&json->exchanges[i], json->database, error);
        }
    }
    return status;
}

static pte_status json_open(void **self, const char *folder, pte_durability durability,
                            pte_error *error) {
    pt_options options = {.engine = {.durability = durability}};
    bench_json *json = calloc(1, sizeof *json);
    *self = json;
    if (json == NULL) {
        return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory");
    }
    pte_status status = pt_open(&json->database, folder, &options, error);
    if (status == PTE_OK) {
        status = prepare_writers(json, 1, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    pt_reply reply = ask(json, 0, "CreateTable", pte_str(bench_json_create_table));
    return reply.status == 200 ? PTE_OK : wrong_reply("CreateTable", reply, error);
}

static void json_close(void *self) {
    bench_json *json = self;
    if (json == NULL) {
        return;
    }
    for (size_t i = 0; i < BENCH_WRITERS_MAX; i++) {
        pt_exchange_destroy(json->exchanges[i]);
    }
    pt_close(json->database);
    bench_text_clean_up(&json->bodies);
    bench_text_clean_up(&json->start_key);
    free(json->ends);
    free(json);
}

/* ---- bodies ---- */

static void print_put(bench_text *text, const bench_batch *batch, const bench_row *row) {
    bench_text_print(text, "{\"TableName\":\"photos\",\"Item\":");
    bench_text_item(
        text, pte_view(row->stored + BENCH_HEADER_BYTES, batch->stored_bytes - BENCH_HEADER_BYTES));
}

static void print_key(bench_text *text, const bench_row *row) {
    bench_text_print(text, "{\"TableName\":\"photos\",\"Key\":" KEY_FORMAT, (const char *)row->pk,
                     (const char *)row->sk);
}

static void print_query(bench_text *text, const bench_row *row, bool index) {
    bench_text_print(text,
                     "{\"TableName\":\"photos\",%s\"KeyConditionExpression\":\"%s = :key\","
                     "\"ExpressionAttributeValues\":{\":key\":{\"S\":\"%.*s\"}}}",
                     index ? "\"IndexName\":\"inverted\"," : "", index ? "SK" : "PK",
                     index ? BENCH_SK_BYTES : BENCH_PK_BYTES,
                     (const char *)(index ? row->sk : row->pk));
}

static void print_update(bench_text *text, const bench_row *row) {
    print_key(text, row);
    bench_text_print(text,
                     ",\"UpdateExpression\":\"SET #views = #views + :added, xdigest = :digest\","
                     "\"ExpressionAttributeNames\":{\"#views\":\"views\"},"
                     "\"ExpressionAttributeValues\":{\":added\":{\"N\":\"%" PRId64 "\"},"
                     "\":digest\":{\"B\":\"",
                     row->views_added);
    bench_text_digest(text, row->digest);
    bench_text_print(text, "\"}}}");
}

static void print_transaction(bench_text *text, const bench_batch *batch, size_t at) {
    bench_text_print(text, "{\"TransactItems\":[{\"Put\":");
    print_put(text, batch, &batch->rows[at]);
    bench_text_print(text, ",\"ConditionExpression\":\"attribute_not_exists(PK)\"}},{\"Update\":");
    print_update(text, &batch->rows[at + 1]);
    bench_text_print(text, "},{\"ConditionCheck\":");
    print_key(text, &batch->rows[at + 2]);
    bench_text_print(text, ",\"ConditionExpression\":\"attribute_exists(PK)\"}}]}");
}

static void print_batch(bench_text *text, const bench_batch *batch, size_t at, size_t count) {
    bench_text_print(text, "{\"RequestItems\":{\"photos\":[");
    for (size_t i = at; i < at + count; i++) {
        bench_text_print(text,
                         i == at ? "{\"PutRequest\":{\"Item\":" : ",{\"PutRequest\":{\"Item\":");
        bench_text_item(text, pte_view(batch->rows[i].stored + BENCH_HEADER_BYTES,
                                       batch->stored_bytes - BENCH_HEADER_BYTES));
        bench_text_print(text, "}}");
    }
    bench_text_print(text, "]}}");
}

/* The body of the operation that begins with the row at place at. */
static void print_body(bench_text *text, bench_op op, const bench_batch *batch, size_t at) {
    const bench_row *row = &batch->rows[at];
    size_t rest = batch->count - at;
    switch (op) {
    case BENCH_OP_GET:
        print_key(text, row);
        bench_text_print(text, "}");
        break;
    case BENCH_OP_QUERY:
    case BENCH_OP_INDEX_QUERY:
        print_query(text, row, op == BENCH_OP_INDEX_QUERY);
        break;
    case BENCH_OP_PUT:
        print_put(text, batch, row);
        bench_text_print(text, "}");
        break;
    case BENCH_OP_UPDATE:
        print_update(text, row);
        break;
    case BENCH_OP_TRANSACT:
        print_transaction(text, batch, at);
        break;
    case BENCH_OP_BATCH:
    case BENCH_OP_LOAD:
        print_batch(text, batch, at, rest < BENCH_BATCH_ITEMS ? rest : BENCH_BATCH_ITEMS);
        break;
    case BENCH_OP_SCAN: /* made of the page before */
    case BENCH_OPS:
        break;
    }
}

static size_t rows_of(bench_op op) {
    bool batch = op == BENCH_OP_BATCH || op == BENCH_OP_LOAD;
    return batch ? BENCH_BATCH_ITEMS : op == BENCH_OP_TRANSACT ? BENCH_TRANSACT_ITEMS : 1;
}

/* Learns how long an item is as JSON: all are alike. */
static pte_status learn_length(bench_json *json, bench_maker *maker, pte_error *error) {
    bench_text text = {0};
    bench_row row = {0};
    pte_item item;
    bench_keys_of(row.pk, row.sk, 0);
    bench_maker_digest(row.digest, maker, BENCH_PHOTOS, 0);
    pte_status status = bench_maker_build(&item, maker, &row, error);
    if (status == PTE_OK) {
        bench_text_item(&text, item.encoded);
        json->item_bytes = text.failed ? 0 : text.len;
    }
    bench_text_clean_up(&text);
    return status;
}

static pte_status json_prepare(void *self, bench_op op, const bench_batch *batch,
                               pte_error *error) {
    bench_json *json = self;
    if (batch->count > json->capacity) {
        size_t *ends = realloc(json->ends, batch->count * sizeof *ends);
        if (ends == NULL) {
            return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for %zu requests",
                              batch->count);
        }
        json->ends = ends;
        json->capacity = batch->count;
    }
    json->bodies.len = 0;
    json->count = 0;
    for (size_t at = 0; at < batch->count; at += rows_of(op)) {
        print_body(&json->bodies, op, batch, at);
        json->ends[json->count++] = json->bodies.len;
    }
    if (json->bodies.failed) {
        return bench_fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for the requests");
    }
    return learn_length(json, batch->maker, error);
}

/* ---- reads ---- */

/* The digest of the item whose JSON begins at text: its last attribute, {"B":"..."}}. */
static bool read_digest(uint8_t *digest, const bench_json *json, const uint8_t *text) {
    static const char end[] = "\"}}";
    const char *behind = (const char *)text + json->item_bytes - (sizeof end - 1);
    return memcmp(behind, end, sizeof end - 1) == 0 &&
           bench_digest_read(digest, behind - BENCH_DIGEST_TEXT_BYTES);
}

static pte_status json_get(void *self, const bench_batch *batch, pte_error *error) {
    static const char start[] = "{\"Item\":";
    bench_json *json = self;
    for (size_t i = 0; i < batch->count; i++) {
        uint8_t digest[BENCH_DIGEST_BYTES];
        pt_reply reply = ask(json, 0, "GetItem", body_of(json, i));
        bool right = reply.status == 200 && reply.body.len == json->item_bytes + sizeof start &&
                     memcmp(reply.body.data, start, sizeof start - 1) == 0 &&
                     read_digest(digest, json, reply.body.data + sizeof start - 1) &&
                     memcmp(digest, batch->rows[i].digest, sizeof digest) == 0;
        if (!right) {
            return wrong_reply("GetItem", reply, error);
        }
    }
    return PTE_OK;
}

/* What read_items calls for each item. */
typedef void each_fn(void *ctx, const uint8_t *digest);

/* Reads {"Items":[...], gives each item's digest to each and what stands behind to *rest. Whether
 * it has this form. */
static bool read_items(pte_bytes *rest, const bench_json *json, pte_bytes body, each_fn *each,
                       void *ctx) {
    static const char start[] = "{\"Items\":[";
    const uint8_t *at = body.data + sizeof start - 1;
    const uint8_t *end = body.data + body.len;
    uint8_t digest[BENCH_DIGEST_BYTES];
    if (body.len < sizeof start || memcmp(body.data, start, sizeof start - 1) != 0) {
        return false;
    }
    while (at < end && *at != ']') {
        at += *at == ',';
        if ((size_t)(end - at) <= json->item_bytes || !read_digest(digest, json, at)) {
            return false;
        }
        each(ctx, digest);
        at += json->item_bytes;
    }
    *rest = pte_view(at, (size_t)(end - at));
    return true;
}

static void add_to_ten(void *ctx, const uint8_t *digest) {
    bench_ten_add_digest(ctx, digest);
}

static pte_status query_all(bench_json *json, const bench_batch *batch, pte_error *error) {
    static const char end[] = "],\"Count\":10,\"ScannedCount\":10}";
    for (size_t i = 0; i < batch->count; i++) {
        bench_ten ten = bench_ten_of(batch, &batch->rows[i]);
        pte_bytes rest;
        pt_reply reply = ask(json, 0, "Query", body_of(json, i));
        bool right = reply.status == 200 && read_items(&rest, json, reply.body, add_to_ten, &ten) &&
                     bench_ten_right(&ten) && pte_bytes_equal(rest, pte_str(end));
        if (!right) {
            return wrong_reply("Query", reply, error);
        }
    }
    return PTE_OK;
}

static pte_status json_query(void *self, const bench_batch *batch, pte_error *error) {
    return query_all(self, batch, error);
}

/* A page of a scan under way. */
typedef struct page {
    bench_json *json;
    const bench_batch *batch;
} page;

static void add_to_pass(void *ctx, const uint8_t *digest) {
    page *p = ctx;
    p->json->scanned++;
    bench_pass_add_digest(&p->json->pass, p->batch, digest);
}

/* Makes the body that asks for the next page of what was answered. */
static void print_next_page(bench_json *json, pte_bytes rest) {
    static const char name[] = "\"LastEvaluatedKey\":";
    const uint8_t *key = memmem(rest.data, rest.len, name, sizeof name - 1);
    json->start_key.len = 0;
    if (key != NULL) { /* the last member */
        key += sizeof name - 1;
        bench_text_print(&json->start_key, "{\"TableName\":\"photos\",\"ExclusiveStartKey\":%.*s",
                         (int)(rest.data + rest.len - key), (const char *)key);
    }
}

static pte_status json_scan(void *self, const bench_batch *batch, pte_error *error) {
    bench_json *json = self;
    page p = {json, batch};
    json->scanned = 0;
    for (size_t i = 0; i < batch->count; i++) {
        pte_bytes rest = {0};
        pte_bytes body = json->start_key.len > 0
                             ? pte_view(json->start_key.data, json->start_key.len)
                             : pte_str("{\"TableName\":\"photos\"}");
        pt_reply reply = ask(json, 0, "Scan", body);
        bool right = reply.status == 200 && read_items(&rest, json, reply.body, add_to_pass, &p);
        if (right) {
            print_next_page(json, rest);
        }
        if (!right || json->start_key.failed ||
            !bench_pass_page(&json->pass, batch, json->start_key.len == 0)) {
            return wrong_reply("Scan", reply, error);
        }
    }
    return PTE_OK;
}

static uint64_t json_scanned(void *self) {
    return ((bench_json *)self)->scanned;
}

/* ---- writes ---- */

/* Asks for each prepared request from first to before end; each is answered by expected. */
static pte_status run_requests(bench_json *json, unsigned exchange, const char *operation,
                               const char *expected, size_t first, size_t end, pte_error *error) {
    for (size_t i = first; i < end; i++) {
        pt_reply reply = ask(json, exchange, operation, body_of(json, i));
        if (!reply_is(reply, expected)) {
            return wrong_reply(operation, reply, error);
        }
    }
    return PTE_OK;
}

static pte_status json_put(void *self, const bench_batch *batch, pte_error *error) {
    bench_json *json = self;
    (void)batch;
    return run_requests(json, 0, "PutItem", "{}", 0, json->count, error);
}

static pte_status json_update(void *self, const bench_batch *batch, pte_error *error) {
    bench_json *json = self;
    (void)batch;
    return run_requests(json, 0, "UpdateItem", "{}", 0, json->count, error);
}

static pte_status json_transact(void *self, const bench_batch *batch, pte_error *error) {
    bench_json *json = self;
    (void)batch;
    return run_requests(json, 0, "TransactWriteItems", "{}", 0, json->count, error);
}

static pte_status json_batch(void *self, const bench_batch *batch, pte_error *error) {
    bench_json *json = self;
    (void)batch;
    return run_requests(json, 0, "BatchWriteItem", "{\"UnprocessedItems\":{}}", 0, json->count,
                        error);
}

static pte_status put_share(void *self, const bench_batch *batch, unsigned at, size_t first,
                            size_t end, pte_error *error) {
    (void)batch;
    return run_requests(self, at, "PutItem", "{}", first, end, error);
}

static pte_status json_put_at_once(void *self, const bench_batch *batch, unsigned writers,
                                   pte_error *error) {
    return bench_write_at_once(put_share, self, batch, writers, error);
}

/* ---- the check ---- */

/* Everything is there as items of the engine below: what the answers are made of. */
static pte_status json_verify(void *self, bench_maker *maker, pte_error *error) {
    bench_json *json = self;
    bench_engine engine;
    pte_status status = bench_engine_attach(&engine, pt_database_env(json->database),
                                            pte_str("us-east-1/photos"), error);
    if (status == PTE_OK) {
        status = bench_engine_side.verify(&engine, maker, error);
    }
    bench_engine_detach(&engine);
    return status;
}

const bench_side bench_json_side = {
    .name = "json",
    .open = json_open,
    .close = json_close,
    .prepare = json_prepare,
    .run = {json_get, json_query, json_query, json_scan, json_put, json_update, json_transact,
            json_batch, json_batch},
    .scanned = json_scanned,
    .prepare_writers = prepare_writers,
    .put_at_once = json_put_at_once,
    .verify = json_verify,
};
