/*
 * Paging: API_ExecuteStatement (Limit, NextToken, LastEvaluatedKey). Whatever the limit, the pages
 * of a statement are together what it gives at once, in the same order.
 */
#include "statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTITIONS = 4, ITEMS = 12 };

static int setup(void **state) {
    char item[128];
    int status = world_setup(state);
    for (int p = 0; p < PARTITIONS; p++) {
        for (int i = 0; i < ITEMS; i++) {
            snprintf(item, sizeof item, "{'pk':{'S':'p%d'},'sk':{'N':'%d'},'even':{'BOOL':%s}}", p,
                     i, i % 2 == 0 ? "true" : "false");
            ql_put(*state, "num", item);
        }
    }
    return status;
}

/* The text of a member of the last answer, a string without escapes; NULL: there is none. The
 * caller frees it. */
static char *member(const facade *w, const char *name) {
    char start[64];
    snprintf(start, sizeof start, "\"%s\":\"", name);
    const char *found = strstr(w->answer, start);
    if (found == NULL) {
        return NULL;
    }
    found += strlen(start);
    return strndup(found, strcspn(found, "\""));
}

/* What stands between "Items":[ and its end. The caller frees it. */
static char *items_of(const facade *w) {
    static const char start[] = "{\"Items\":[";
    assert_int_equal(w->status, 200);
    assert_int_equal(strncmp(w->answer, start, sizeof start - 1), 0);
    const char *from = w->answer + sizeof start - 1;
    const char *token = strstr(from, "],\"NextToken\"");
    size_t len = token != NULL ? (size_t)(token - from) : strlen(from) - 2;
    return strndup(from, len);
}

static size_t page_through(facade *w, char *all, const char *statement, int limit) {
    char more[1024];
    char *token = NULL;
    size_t pages = 0;
    all[0] = '\0';
    do {
        snprintf(more, sizeof more, "'Limit':%d%s%s%s", limit,
                 token == NULL ? "" : ",'NextToken':'", token == NULL ? "" : token,
                 token == NULL ? "" : "'");
        free(token);
        ql_run(w, statement, more);
        char *items = items_of(w);
        if (items[0] != '\0') {
            strcat(strcat(all, all[0] != '\0' ? "," : ""), items);
        }
        free(items);
        token = member(w, "NextToken");
        assert_true((token != NULL) == (strstr(w->answer, "\"LastEvaluatedKey\":{") != NULL));
        assert_true(++pages < 100);
    } while (token != NULL);
    return pages;
}

static const char *const STATEMENTS[] = {
    "SELECT * FROM num",
    "SELECT sk FROM num WHERE even = true",
    "SELECT * FROM num WHERE pk = 'p1'",
    "SELECT pk, sk FROM num WHERE pk = 'p1' ORDER BY sk DESC",
    "SELECT pk, sk FROM num WHERE pk IN ['p3', 'p0', 'none', 'p2'] AND sk > 2",
    "SELECT pk, sk FROM num WHERE pk IN ['p3', 'p0'] AND sk IN [7, 1, 30] ORDER BY pk DESC",
    "SELECT pk, sk FROM num WHERE (pk = 'p0' AND sk < 3) OR (pk = 'p1' AND even = false)",
};

static void test_partiql_paging__is_seamless(void **state) {
    facade *w = *state;
    char *all = malloc(1 << 16);
    assert_non_null(all);
    for (size_t i = 0; i < sizeof STATEMENTS / sizeof *STATEMENTS; i++) {
        ql_run(w, STATEMENTS[i], NULL);
        char *whole = items_of(w);
        assert_true(whole[0] != '\0');
        assert_null(member(w, "NextToken"));
        for (int limit = 1; limit < 14; limit++) {
            page_through(w, all, STATEMENTS[i], limit);
            assert_string_equal(all, whole);
        }
        free(whole);
    }
    /* Query.Pagination: a page that reaches the limit has a token, even if nothing is left. */
    assert_int_equal(page_through(w, all, "SELECT * FROM num WHERE pk = 'p1'", ITEMS), 2);
    assert_int_equal(page_through(w, all, "SELECT * FROM num WHERE pk = 'p1'", ITEMS + 1), 1);
    free(all);
}

/* A page ends with the item that brings it to 1 MB, whichever of its queries that is of. */
static void test_partiql_paging__ends_at_a_megabyte(void **state) {
    facade *w = *state;
    char *text = facade_repeat('x', 300000);
    char *all = malloc(4 << 20);
    assert_non_null(all);
    for (int i = 0; i < 8; i++) {
        char *item = NULL;
        assert_true(asprintf(&item, "{'pk':{'S':'big%d'},'x':{'S':'%s'}}", i, text) > 0);
        ql_put(w, "tab", item);
        free(item);
    }
    static const char statement[] =
        "SELECT pk FROM tab WHERE pk IN ['big0','big1','big2','big3','big4','big5','big6','big7']";
    assert_int_equal(page_through(w, all, statement, 1000), 2);
    for (int i = 0; i < 8; i++) {
        char shown[32];
        snprintf(shown, sizeof shown, "{\"pk\":{\"S\":\"big%d\"}}", i);
        assert_non_null(strstr(all, shown));
    }
    free(all);
    free(text);
}

static void fails(facade *w, const char *message, const char *statement, const char *token) {
    char more[1024];
    snprintf(more, sizeof more, "'NextToken':'%s'", token);
    ql_fails(w, "ValidationException", message, statement, more);
}

static void test_partiql_paging__checks_tokens(void **state) {
    facade *w = *state;
    static const char statement[] = "SELECT * FROM num WHERE pk = 'p1'";
    ql_run(w, statement, "'Limit':3");
    char *token = member(w, "NextToken");
    assert_non_null(token);
    fails(w, "NextToken does not match request", "SELECT * FROM num WHERE pk = 'p2'", token);
    fails(w, "NextToken does not match request", "SELECT * FROM num", token);
    fails(w, "Invalid NextToken", statement, "abc");
    fails(w, "Invalid NextToken", statement, "AAAA");
    /* Any change of one character. */
    for (size_t i = 0; token[i] != '\0'; i++) {
        char before = token[i];
        token[i] = before == 'A' ? 'B' : 'A';
        if (before != '=') {
            fails(w, "Invalid NextToken", statement, token);
        }
        token[i] = before;
    }
    ql_run(w, statement, "'Limit':0");
    assert_non_null(strstr(w->answer, "Value '0' at 'limit' failed to satisfy constraint: Member "
                                      "must have value greater than or equal to 1"));
    free(token);
}

/* A token holds for the parameters that it was made with. */
static void test_partiql_paging__parameters(void **state) {
    facade *w = *state;
    static const char statement[] = "SELECT * FROM num WHERE pk = ?";
    char more[1024];
    ql_run(w, statement, "'Limit':3,'Parameters':[{'S':'p1'}]");
    char *token = member(w, "NextToken");
    assert_non_null(token);
    snprintf(more, sizeof more, "'Limit':20,'Parameters':[{'S':'p1'}],'NextToken':'%s'", token);
    ql_run(w, statement, more);
    assert_int_equal(w->status, 200);
    assert_non_null(strstr(w->answer, "\"sk\":{\"N\":\"11\"}"));
    assert_null(strstr(w->answer, "\"sk\":{\"N\":\"2\"}"));
    snprintf(more, sizeof more, "'Parameters':[{'S':'p2'}],'NextToken':'%s'", token);
    ql_fails(w, "ValidationException", "NextToken does not match request", statement, more);
    free(token);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partiql_paging__is_seamless),
        cmocka_unit_test(test_partiql_paging__ends_at_a_megabyte),
        cmocka_unit_test(test_partiql_paging__checks_tokens),
        cmocka_unit_test(test_partiql_paging__parameters),
    };
    return cmocka_run_group_tests(tests, setup, facade_teardown);
}
