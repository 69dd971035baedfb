/* See facade.h. */
#include "facade_tables/facade.h"

static int64_t now_ms(void *ctx) {
    return ((facade *)ctx)->now_ms;
}

void facade_open(facade *f, const char *path) {
    pt_options options = {.upkeep_elsewhere = f->upkeep_elsewhere};
    pte_error error;
    f->now_ms = f->now_ms != 0 ? f->now_ms : 1795425876608; /* 2026-11-23T09:24:36.608 */
    options.engine.now_ms = now_ms;
    options.engine.now_ctx = f;
    options.engine.durability = path == NULL ? PTE_MEMORY : PTE_RELAXED;
    OK(pt_open(&f->database, path, &options, &error));
}

void facade_close(facade *f) {
    pt_close(f->database);
    free(f->answer);
    *f = (facade){.now_ms = 0};
}

static char *with_quotes(const char *text) {
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return copy;
}

static int call(facade *f, const char *operation, const char *format, va_list arguments) {
    char *text;
    pt_reply reply;
    assert_true(vasprintf(&text, format, arguments) >= 0);
    char *body = with_quotes(text);
    free(text);
    pt_call(&reply, f->database, pte_str(operation), pte_str(body));
    free(body);
    free(f->answer);
    f->answer = strdup((const char *)reply.body.data);
    int status = reply.status;
    pt_reply_clean_up(&reply);
    return status;
}

const char *facade_call(facade *f, const char *operation, const char *body, ...) {
    va_list arguments;
    va_start(arguments, body);
    int status = call(f, operation, body, arguments);
    va_end(arguments);
    if (status != 200) {
        fail_msg("%s: %d %s", operation, status, f->answer);
    }
    return f->answer;
}

void facade_refused(facade *f, const char *type, const char *message, const char *operation,
                    const char *body, ...) {
    char expected[4096];
    va_list arguments;
    va_start(arguments, body);
    int status = call(f, operation, body, arguments);
    va_end(arguments);
    assert_int_equal(status, 400);
    snprintf(expected, sizeof expected, "#%s\",\"message\":\"%s\"}", type, message);
    if (strstr(f->answer, expected) == NULL) {
        fail_msg("expected %s, found %s", expected, f->answer);
    }
}

static bool contains(const facade *f, const char *text) {
    char *quoted = with_quotes(text);
    bool found = strstr(f->answer, quoted) != NULL;
    free(quoted);
    return found;
}

void facade_shows(const facade *f, const char *text) {
    if (!contains(f, text)) {
        fail_msg("expected %s in %s", text, f->answer);
    }
}

void facade_hides(const facade *f, const char *text) {
    if (contains(f, text)) {
        fail_msg("did not expect %s in %s", text, f->answer);
    }
}
