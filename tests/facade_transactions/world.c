#include "facade_transactions/world.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t now_ms(void *ctx) {
    return ((const world *)ctx)->now_ms;
}

static void create(world *w, const pte_table_spec *spec) {
    pte_error error;
    pte_status status = pte_table_create(pt_database_env(w->database), spec, &error);
    if (status != PTE_TABLE_EXISTS) {
        OK(status);
    }
}

static pte_key_attribute attribute(const char *name, pte_type type) {
    return (pte_key_attribute){pte_str(name), type};
}

static void create_tables(world *w) {
    pte_key_attribute pk = attribute("pk", PTE_TYPE_S);
    pte_index_spec global = {
        .name = pte_str("gsi"), .hash = {attribute("gp", PTE_TYPE_S)}, .hash_count = 1};
    pte_index_spec local = {.name = pte_str("lsi"),
                            .kind = PTE_INDEX_LOCAL,
                            .range = {attribute("l", PTE_TYPE_S)},
                            .range_count = 1};
    create(w, &(pte_table_spec){.name = pte_str("us-east-1/tab"), .hash = pk});
    create(w, &(pte_table_spec){.name = pte_str("us-east-1/num"),
                                .hash = pk,
                                .range = attribute("sk", PTE_TYPE_N)});
    create(w, &(pte_table_spec){.name = pte_str("us-east-1/glob"),
                                .hash = pk,
                                .indexes = &global,
                                .index_count = 1});
    create(w, &(pte_table_spec){.name = pte_str("us-east-1/local"),
                                .hash = pk,
                                .range = attribute("sk", PTE_TYPE_S),
                                .indexes = &local,
                                .index_count = 1});
}

void world_open(world *w, const char *path) {
    pte_error error;
    w->now_ms = w->now_ms != 0 ? w->now_ms : (int64_t)WORLD_START_S * 1000;
    w->options.engine.now_ms = now_ms;
    w->options.engine.now_ctx = w;
    w->options.engine.durability = path == NULL ? PTE_MEMORY : PTE_RELAXED;
    OK(pt_open(&w->database, path, &w->options, &error));
    create_tables(w);
}

void world_close(world *w) {
    pt_close(w->database);
    free(w->answer);
    w->database = NULL;
    w->answer = NULL;
}

int world_setup(void **state) {
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    world_open(w, NULL);
    *state = w;
    return 0;
}

int world_teardown(void **state) {
    world_close(*state);
    free(*state);
    return 0;
}

/* ---- calls ---- */

static char *quote(char *text) {
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return text;
}

static char *format_body(const char *format, va_list list) {
    char *body = NULL;
    assert_true(vasprintf(&body, format, list) >= 0);
    return quote(body);
}

char *world_body(const char *format, ...) {
    va_list list;
    va_start(list, format);
    char *body = format_body(format, list);
    va_end(list);
    return body;
}

void world_run(world *w, const char *operation, const char *body) {
    pt_reply reply;
    pt_call(&reply, w->database, pte_str(operation), pte_str(body));
    free(w->answer);
    w->answer = strdup((const char *)reply.body.data);
    assert_non_null(w->answer);
    w->status = reply.status;
    pt_reply_clean_up(&reply);
}

static void run_list(world *w, const char *operation, const char *format, va_list list) {
    char *body = format_body(format, list);
    world_run(w, operation, body);
    free(body);
}

static void expect_answer(const world *w, int status, const char *expected, const char *operation) {
    char *quoted = quote(strdup(expected));
    if (w->status != status || strcmp(w->answer, quoted) != 0) {
        print_error("%s: expected %d %s\ninstead  %d %.3000s\n", operation, status, quoted,
                    w->status, w->answer);
        fail();
    }
    free(quoted);
}

void world_gives(world *w, const char *expected, const char *operation, const char *format, ...) {
    va_list list;
    va_start(list, format);
    run_list(w, operation, format, list);
    va_end(list);
    if (expected != NULL) {
        expect_answer(w, 200, expected, operation);
    } else if (w->status != 200) {
        fail_msg("%s: %d %.2000s", operation, w->status, w->answer);
    }
}

static void expect_failure(const world *w, const char *type, const char *message,
                           const char *operation) {
    char text[4096];
    snprintf(text, sizeof text, "#%s\"%s%s%s", type, message == NULL ? "" : ",\"message\":\"",
             message == NULL ? "" : message, message == NULL ? "" : "\"}");
    if (w->status != 400 || strstr(w->answer, text) == NULL) {
        fail_msg("%s: expected %s, found %d %.2000s", operation, text, w->status, w->answer);
    }
}

void world_fails(world *w, const char *type, const char *message, const char *operation,
                 const char *format, ...) {
    va_list list;
    va_start(list, format);
    run_list(w, operation, format, list);
    va_end(list);
    expect_failure(w, type, message, operation);
}

void world_cancels(world *w, const char *codes, const char *reasons, const char *operation,
                   const char *format, ...) {
    va_list list;
    va_start(list, format);
    run_list(w, operation, format, list);
    va_end(list);
    char *expected =
        world_body("{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',"
                   "'message':'Transaction cancelled, please refer cancellation reasons for "
                   "specific reasons [%s]','CancellationReasons':[%s]}",
                   codes, reasons);
    expect_answer(w, 400, expected, operation);
    free(expected);
}

void world_shows(const world *w, const char *text) {
    char *quoted = quote(strdup(text));
    if (strstr(w->answer, quoted) == NULL) {
        fail_msg("expected %s in %.2000s", quoted, w->answer);
    }
    free(quoted);
}

void world_has(world *w, const char *table, const char *key, const char *item) {
    char *expected = item == NULL ? world_body("{}") : world_body("{'Item':%s}", item);
    char *body = world_body("{'TableName':'%s','Key':%s,'ConsistentRead':true}", table, key);
    world_run(w, "GetItem", body);
    expect_answer(w, 200, expected, "GetItem");
    free(body);
    free(expected);
}

char *world_repeat(char c, size_t len) {
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, c, len);
    text[len] = '\0';
    return text;
}
