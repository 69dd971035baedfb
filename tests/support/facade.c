/* See facade.h. */
#include "support/facade.h"

static int64_t now_ms(void *ctx) {
    return ((const facade *)ctx)->now_ms;
}

void facade_open(facade *f, const char *path) {
    pte_error error;
    f->now_ms = f->now_ms != 0 ? f->now_ms : (int64_t)FACADE_START_S * 1000 + 608;
    f->options.engine.now_ms = now_ms;
    f->options.engine.now_ctx = f;
    f->options.engine.durability = path == NULL ? PTE_MEMORY : PTE_RELAXED;
    OK(pt_open(&f->database, path, &f->options, &error));
    OK(pt_exchange_create(&f->exchange, f->database, &error));
}

void facade_close(facade *f) {
    pt_exchange_destroy(f->exchange);
    pt_close(f->database);
    free(f->answer);
    *f = (facade){.options = f->options, .now_ms = f->now_ms};
}

int facade_setup_empty(void **state) {
    facade *f = calloc(1, sizeof *f);
    assert_non_null(f);
    facade_open(f, NULL);
    *state = f;
    return 0;
}

int facade_teardown(void **state) {
    facade_close(*state);
    free(*state);
    return 0;
}

int facade_setup_anew(void **state) {
    facade *f = *state;
    *f = (facade){.now_ms = 0};
    facade_open(f, NULL);
    return 0;
}

int facade_setup_tab(void **state) {
    (void)facade_setup_anew(state);
    facade_does(*state, "CreateTable",
                "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':"
                "[{'AttributeName':'a','AttributeType':'S'}],"
                "'KeySchema':[{'AttributeName':'a','KeyType':'HASH'}]}");
    return 0;
}

int facade_teardown_anew(void **state) {
    facade_close(*state);
    return 0;
}

void facade_create(facade *f, const pte_table_spec *spec) {
    pte_error error;
    pte_status status = pte_table_create(pt_database_env(f->database), spec, &error);
    if (status != PTE_TABLE_EXISTS) {
        OK(status);
    }
}

/* ---- texts ---- */

static char *quoted(const char *text) {
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return copy;
}

static char *body_of(const char *format, va_list list) {
    char *text = NULL;
    assert_true(vasprintf(&text, format, list) >= 0);
    char *body = quoted(text);
    free(text);
    return body;
}

char *facade_body(const char *format, ...) {
    va_list list;
    va_start(list, format);
    char *body = body_of(format, list);
    va_end(list);
    return body;
}

char *facade_repeat(char c, size_t len) {
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, c, len);
    text[len] = '\0';
    return text;
}

double facade_number(pt_reply reply, const char *name) {
    char member[64];
    const char *found = NULL;
    snprintf(member, sizeof member, "\"%s\":", name);
    for (const char *at = (const char *)reply.body.data; (at = strstr(at, member)) != NULL; at++) {
        found = at;
    }
    return found == NULL ? -1 : strtod(found + strlen(member), NULL);
}

/* ---- calls ---- */

pt_reply facade_run(facade *f, const char *operation, const char *body) {
    pt_request request = {.operation = pte_str(operation), .body = pte_str(body)};
    request.owner = pte_str(f->owner != NULL ? f->owner : "");
    pt_reply reply = pt_exchange_run(f->exchange, &request);
    free(f->answer);
    f->answer = strdup((const char *)reply.body.data);
    assert_non_null(f->answer);
    f->status = reply.status;
    return reply;
}

pt_reply facade_run_failing(facade *f, fault_allocator *fault, size_t n, const char *operation,
                            const char *body) {
    pte_error error;
    pt_exchange_destroy(f->exchange);
    OK(pt_exchange_create(&f->exchange, f->database, &error));
    fault->calls = 0;
    fault->fail_at = n;
    pt_reply reply = facade_run(f, operation, body);
    fault->fail_at = 0;
    assert_true(reply.status == 200 || reply.status == 400 || reply.status == 500);
    if (reply.status == 500) {
        facade_shows(f, "InternalServerError");
    }
    return reply;
}

static pt_reply send_list(facade *f, const char *operation, const char *format, va_list list) {
    char *body = body_of(format, list);
    pt_reply reply = facade_run(f, operation, body);
    free(body);
    return reply;
}

static void expect_success(const facade *f, const char *operation) {
    if (f->status != 200) {
        print_error("expected success: %s answered %d %.2000s\n", operation, f->status, f->answer);
        fail();
    }
}

enum { BEFORE_DIFFERENCE = 200 }; /* bytes that are shown before the first that differs */

static void expect_answer(const facade *f, int status, const char *expected,
                          const char *operation) {
    char *text = quoted(expected);
    if (f->status != status || strcmp(f->answer, text) != 0) {
        size_t same = 0;
        while (text[same] != '\0' && text[same] == f->answer[same]) {
            same++;
        }
        size_t from = same < BEFORE_DIFFERENCE ? 0 : same - BEFORE_DIFFERENCE;
        print_error("%s: expected %d, from byte %zu\n", operation, status, from);
        print_error("%.900s\n", text + from);
        print_error("instead %d\n", f->status);
        print_error("%.900s\n", f->answer + from);
        fail();
    }
    free(text);
}

pt_reply facade_send(facade *f, const char *operation, const char *body, ...) {
    va_list list;
    va_start(list, body);
    pt_reply reply = send_list(f, operation, body, list);
    va_end(list);
    return reply;
}

void facade_does(facade *f, const char *operation, const char *body, ...) {
    va_list list;
    va_start(list, body);
    (void)send_list(f, operation, body, list);
    va_end(list);
    expect_success(f, operation);
}

const char *facade_call(facade *f, const char *operation, const char *body, ...) {
    va_list list;
    va_start(list, body);
    (void)send_list(f, operation, body, list);
    va_end(list);
    expect_success(f, operation);
    return f->answer;
}

void facade_gives(facade *f, const char *expected, const char *operation, const char *body, ...) {
    va_list list;
    va_start(list, body);
    (void)send_list(f, operation, body, list);
    va_end(list);
    expect_success(f, operation);
    if (expected != NULL) {
        expect_answer(f, 200, expected, operation);
    }
}

/* The type and the message stand next to each other at the beginning of the answer. */
static void expect_failure(const facade *f, const char *type, const char *message,
                           const char *operation) {
    char text[8192];
    int len =
        snprintf(text, sizeof text, "#%s\"%s", type, message == NULL ? "" : ",\"message\":\"");
    for (const char *c = message == NULL ? "" : message; *c != '\0'; c++) {
        len += snprintf(text + len, sizeof text - (size_t)len, "%s%c",
                        *c == '"' || *c == '\\' ? "\\" : "", *c);
        assert_true((size_t)len < sizeof text - 2);
    }
    snprintf(text + len, sizeof text - (size_t)len, "%s", message == NULL ? "" : "\"");
    if (f->status != 400 || strstr(f->answer, text) == NULL) {
        print_error("expected %s\ninstead %s answered %d %.2000s\n", text, operation, f->status,
                    f->answer);
        fail();
    }
}

void facade_refuses(facade *f, const char *message, const char *operation, const char *body, ...) {
    va_list list;
    va_start(list, body);
    (void)send_list(f, operation, body, list);
    va_end(list);
    expect_failure(f, "ValidationException", message, operation);
}

void facade_fails(facade *f, const char *type, const char *message, const char *operation,
                  const char *body, ...) {
    va_list list;
    va_start(list, body);
    (void)send_list(f, operation, body, list);
    va_end(list);
    expect_failure(f, type, message, operation);
}

void facade_cancels(facade *f, const char *codes, const char *reasons, const char *operation,
                    const char *body, ...) {
    va_list list;
    va_start(list, body);
    (void)send_list(f, operation, body, list);
    va_end(list);
    char *expected =
        facade_body("{'__type':'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',"
                    "'message':'Transaction cancelled, please refer cancellation reasons for "
                    "specific reasons [%s]','CancellationReasons':[%s]}",
                    codes, reasons);
    expect_answer(f, 400, expected, operation);
    free(expected);
}

void facade_has(facade *f, const char *table, const char *key, const char *item) {
    char *expected = item == NULL ? facade_body("{}") : facade_body("{'Item':%s}", item);
    facade_gives(f, expected, "GetItem", "{'TableName':'%s','Key':%s,'ConsistentRead':true}", table,
                 key);
    free(expected);
}

/* ---- the last answer ---- */

static bool contains(const facade *f, const char *text) {
    char *part = quoted(text);
    bool found = strstr(f->answer, part) != NULL;
    free(part);
    return found;
}

void facade_shows(const facade *f, const char *text) {
    if (!contains(f, text)) {
        fail_msg("expected %s in %.2000s", text, f->answer);
    }
}

void facade_hides(const facade *f, const char *text) {
    if (contains(f, text)) {
        fail_msg("did not expect %s in %.2000s", text, f->answer);
    }
}
