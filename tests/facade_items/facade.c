#include "facade_items/facade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tables, made through the engine ---- */

#define S(text)                                                                                    \
    { {(const uint8_t *)(text), sizeof(text) - 1}, PTE_TYPE_S }
#define N(text)                                                                                    \
    { {(const uint8_t *)(text), sizeof(text) - 1}, PTE_TYPE_N }
#define B(text)                                                                                    \
    { {(const uint8_t *)(text), sizeof(text) - 1}, PTE_TYPE_B }

static const pte_bytes INCLUDE = {(const uint8_t *)"inc", 3};

static void create(facade *f, const pte_table_spec *spec) {
    pte_error error;
    OK(pte_table_create(pt_database_env(f->database), spec, &error));
}

static pte_index_spec local_index(const char *name, pte_projection projection) {
    return (pte_index_spec){
        .name = pte_str(name),
        .kind = PTE_INDEX_LOCAL,
        .hash = {S("pk")},
        .hash_count = 1,
        .range = {S("ls")},
        .range_count = 1,
        .projection = projection,
        .include = &INCLUDE,
        .include_count = projection == PTE_PROJECT_INCLUDE ? 1 : 0,
    };
}

static pte_index_spec global_index(const char *name, pte_projection projection, size_t ranges) {
    return (pte_index_spec){
        .name = pte_str(name),
        .kind = PTE_INDEX_GLOBAL,
        .hash = {S("gp")},
        .hash_count = 1,
        .range = {N("gs")},
        .range_count = ranges,
        .projection = projection,
        .include = &INCLUDE,
        .include_count = projection == PTE_PROJECT_INCLUDE ? 1 : 0,
    };
}

static void create_tables(facade *f) {
    const pte_index_spec indexes[] = {
        local_index("l_all", PTE_PROJECT_ALL),
        local_index("l_keys", PTE_PROJECT_KEYS_ONLY),
        local_index("l_inc", PTE_PROJECT_INCLUDE),
        global_index("g_all", PTE_PROJECT_ALL, 1),
        global_index("g_keys", PTE_PROJECT_KEYS_ONLY, 1),
        global_index("g_inc", PTE_PROJECT_INCLUDE, 0),
    };
    const pte_index_spec multi = {
        .name = pte_str("multi_g"),
        .hash = {S("h1"), N("h2")},
        .hash_count = 2,
        .range = {S("r1"), N("r2")},
        .range_count = 2,
    };
    pte_key_attribute pk = S("pk");
    pte_key_attribute sk = S("sk");
    pte_key_attribute number = N("pk");
    pte_key_attribute binary = B("sk");
    create(f, &(pte_table_spec){.name = pte_str("us-east-1/tab"),
                                .hash = pk,
                                .range = sk,
                                .indexes = indexes,
                                .index_count = sizeof indexes / sizeof indexes[0]});
    create(f, &(pte_table_spec){.name = pte_str("us-east-1/hash"), .hash = pk});
    create(f, &(pte_table_spec){.name = pte_str("us-east-1/num"), .hash = number, .range = binary});
    create(f, &(pte_table_spec){.name = pte_str("us-east-1/multi"),
                                .hash = pk,
                                .indexes = &multi,
                                .index_count = 1});
}

void facade_open(facade *f, const pte_allocator *allocator) {
    pte_error error;
    pt_options options = {.engine = {.durability = PTE_MEMORY, .allocator = allocator}};
    OK(pt_open(&f->database, NULL, &options, &error));
    OK(pt_exchange_create(&f->exchange, f->database, &error));
    create_tables(f);
}

void facade_close(facade *f) {
    pt_exchange_destroy(f->exchange);
    pt_close(f->database);
}

int facade_setup(void **state) {
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

/* ---- calls ---- */

static void quote(char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            *text = '"';
        }
    }
}

static pt_reply send_list(facade *f, const char *operation, const char *format, va_list list) {
    char *body = NULL;
    assert_true(vasprintf(&body, format, list) >= 0);
    quote(body);
    pt_request request = {.operation = pte_str(operation), .body = pte_str(body)};
    pt_reply reply = pt_exchange_run(f->exchange, &request);
    free(body);
    return reply;
}

static void show(const char *what, const char *operation, pt_reply reply) {
    print_error("%s: %s answered %d %.2000s\n", what, operation, reply.status,
                (const char *)reply.body.data);
}

static pt_reply send_well(facade *f, const char *operation, const char *format, va_list list) {
    pt_reply reply = send_list(f, operation, format, list);
    if (reply.status != 200) {
        show("expected success", operation, reply);
        fail();
    }
    return reply;
}

pt_reply facade_send(facade *f, const char *operation, const char *format, ...) {
    va_list list;
    va_start(list, format);
    pt_reply reply = send_list(f, operation, format, list);
    va_end(list);
    return reply;
}

void facade_does(facade *f, const char *operation, const char *format, ...) {
    va_list list;
    va_start(list, format);
    (void)send_well(f, operation, format, list);
    va_end(list);
}

void facade_gives(facade *f, const char *expected, const char *operation, const char *format, ...) {
    va_list list;
    va_start(list, format);
    pt_reply reply = send_well(f, operation, format, list);
    va_end(list);
    char *quoted = strdup(expected);
    assert_non_null(quoted);
    quote(quoted);
    bool same = strcmp(quoted, (const char *)reply.body.data) == 0;
    if (!same) {
        print_error("expected %s\n", quoted);
        show("instead", operation, reply);
    }
    free(quoted);
    assert_true(same);
}

static void expect_failure(pt_reply reply, const char *type, const char *message,
                           const char *operation) {
    char expected[4096];
    const char *body = (const char *)reply.body.data;
    int len = snprintf(expected, sizeof expected, "\"message\":\"");
    for (const char *c = message == NULL ? "" : message; *c != '\0'; c++) {
        len += snprintf(expected + len, sizeof expected - (size_t)len, "%s%c",
                        *c == '"' || *c == '\\' ? "\\" : "", *c);
    }
    snprintf(expected + len, sizeof expected - (size_t)len, "\"");
    char typed[128];
    snprintf(typed, sizeof typed, "#%s\"", type);
    bool good = reply.status == 400 && strstr(body, typed) != NULL;
    if (good && message != NULL) {
        good = strstr(body, expected) != NULL;
    }
    if (!good) {
        print_error("expected %s: %s\n", type, message == NULL ? "(any)" : message);
        show("instead", operation, reply);
        fail();
    }
}

void facade_refuses(facade *f, const char *message, const char *operation, const char *format,
                    ...) {
    va_list list;
    va_start(list, format);
    pt_reply reply = send_list(f, operation, format, list);
    va_end(list);
    expect_failure(reply, "ValidationException", message, operation);
}

void facade_fails(facade *f, const char *type, const char *message, const char *operation,
                  const char *format, ...) {
    va_list list;
    va_start(list, format);
    pt_reply reply = send_list(f, operation, format, list);
    va_end(list);
    expect_failure(reply, type, message, operation);
}

char *facade_repeat(char c, size_t len) {
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, c, len);
    text[len] = '\0';
    return text;
}

double facade_number(pt_reply reply, const char *name) {
    char quoted[64];
    const char *found = NULL;
    snprintf(quoted, sizeof quoted, "\"%s\":", name);
    for (const char *at = (const char *)reply.body.data; (at = strstr(at, quoted)) != NULL; at++) {
        found = at;
    }
    return found == NULL ? -1 : strtod(found + strlen(quoted), NULL);
}
