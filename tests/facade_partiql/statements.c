#include "statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends text, escaped for JSON, to a buffer with room for it. */
static char *escape(char *to, const char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            *to++ = '\\';
            *to++ = (char)c;
        } else if (c < ' ') {
            to += sprintf(to, "\\u%04x", c);
        } else {
            *to++ = (char)c;
        }
    }
    *to = '\0';
    return to;
}

static char *member_of(const char *statement, size_t len, const char *more) {
    char *quoted = more == NULL ? NULL : facade_body("%s", more);
    char *body = malloc(6 * len + (more == NULL ? 0 : strlen(more)) + 64);
    assert_non_null(body);
    char *to = body + sprintf(body, "{\"Statement\":\"");
    to = escape(to, statement, len);
    sprintf(to, "\"%s%s}", quoted == NULL ? "" : ",", quoted == NULL ? "" : quoted);
    free(quoted);
    return body;
}

char *ql_member(const char *statement, const char *more) {
    return member_of(statement, strlen(statement), more);
}

void ql_run(facade *w, const char *statement, const char *more) {
    char *body = ql_member(statement, more);
    (void)facade_run(w, "ExecuteStatement", body);
    free(body);
}

void ql_answers(const facade *w, int status, const char *expected) {
    char *text = facade_body("%s", expected);
    assert_string_equal(w->answer, text);
    assert_int_equal(w->status, status);
    free(text);
}

void ql_gives(facade *w, const char *expected, const char *statement, const char *more) {
    ql_run(w, statement, more);
    ql_answers(w, 200, expected);
}

void ql_items(facade *w, const char *items, const char *statement) {
    char *expected = facade_body("{'Items':[%s]}", items);
    ql_run(w, statement, NULL);
    assert_string_equal(w->answer, expected);
    assert_int_equal(w->status, 200);
    free(expected);
}

void ql_fails(facade *w, const char *type, const char *message, const char *statement,
              const char *more) {
    char *body = ql_member(statement, more);
    (void)facade_run(w, "ExecuteStatement", body);
    free(body);
    char *shown = malloc(6 * strlen(message) + strlen(type) + 64);
    assert_non_null(shown);
    char *to = shown + sprintf(shown, "#%s\",\"message\":\"", type);
    to = escape(to, message, strlen(message));
    strcpy(to, "\"");
    if (strstr(w->answer, shown) == NULL) {
        fail_msg("%s\nexpected: %s\nanswer:   %s", statement, shown, w->answer);
    }
    assert_int_equal(w->status, 400);
    free(shown);
}

void ql_refuses(facade *w, const char *message, const char *statement) {
    ql_fails(w, "ValidationException", message, statement, NULL);
}

void ql_put(facade *w, const char *table, const char *item) {
    facade_gives(w, "{}", "PutItem", "{'TableName':'%s','Item':%s}", table, item);
}

char *ql_list(const char *name, const char *more, size_t count, const char *const *statements) {
    size_t size = 128 + (more == NULL ? 0 : strlen(more));
    for (size_t i = 0; i < count; i++) {
        size += 6 * strlen(statements[i]) + 128;
    }
    char *body = malloc(size);
    assert_non_null(body);
    char *to = body + sprintf(body, "{\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        const char *tab = strchr(statements[i], '\t');
        size_t len = tab == NULL ? strlen(statements[i]) : (size_t)(tab - statements[i]);
        char *member = member_of(statements[i], len, tab == NULL ? NULL : tab + 1);
        to += sprintf(to, "%s%s", i == 0 ? "" : ",", member);
        free(member);
    }
    char *quoted = more == NULL ? NULL : facade_body("%s", more);
    sprintf(to, "]%s%s}", quoted == NULL ? "" : ",", quoted == NULL ? "" : quoted);
    free(quoted);
    return body;
}

static void run_list(facade *w, const char *operation, char *body) {
    (void)facade_run(w, operation, body);
    free(body);
}

void ql_batch(facade *w, const char *more, size_t count, const char *const *statements) {
    run_list(w, "BatchExecuteStatement", ql_list("Statements", more, count, statements));
}

void ql_transact(facade *w, const char *more, size_t count, const char *const *statements) {
    run_list(w, "ExecuteTransaction", ql_list("TransactStatements", more, count, statements));
}
