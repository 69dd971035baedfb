/* Kinds of calls; see recording_pattern.h. */
#include "workload/recording_pattern.h"

#include "workload/memory.h"
#include "workload/request.h"

#include <strings.h>

/* ---- of a call ---- */

static void add_table(wl__call_kind *kind, const char *table) {
    size_t at = 0;
    if (table == NULL || kind->table_count == WL__PATTERN_TABLES_MAX ||
        strlen(table) >= sizeof kind->tables[0]) {
        return;
    }
    while (at < kind->table_count && strcmp(kind->tables[at], table) < 0) {
        at++;
    }
    if (at < kind->table_count && strcmp(kind->tables[at], table) == 0) {
        return;
    }
    memmove(kind->tables[at + 1], kind->tables[at],
            (kind->table_count - at) * sizeof kind->tables[0]);
    memset(kind->tables[at], 0, sizeof kind->tables[0]);
    memcpy(kind->tables[at], table, strlen(table));
    kind->table_count++;
}

static void add_statement(wl__call_kind *kind, yajl_val of) {
    char table[256], index[256];
    bool writes;
    const char *statement = wl__yajl_text(of, "Statement");
    if (statement != NULL && wl__statement_names(table, index, &writes, statement)) {
        add_table(kind, table);
        kind->writes = kind->writes || writes;
        snprintf(kind->index, sizeof kind->index, "%s", index);
    }
}

static void add_actions(wl__call_kind *kind, yajl_val list) {
    for (size_t i = 0; YAJL_IS_ARRAY(list) && i < YAJL_GET_ARRAY(list)->len; i++) {
        yajl_val action = YAJL_GET_ARRAY(list)->values[i];
        add_statement(kind, action);
        for (size_t j = 0; YAJL_IS_OBJECT(action) && j < YAJL_GET_OBJECT(action)->len; j++) {
            add_table(kind, wl__yajl_text(YAJL_GET_OBJECT(action)->values[j], "TableName"));
        }
    }
}

static bool is_on_items(const char *operation) {
    static const char *const names[] = {
        "BatchExecuteStatement",
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "ExecuteStatement",
        "ExecuteTransaction",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(operation, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

void wl__call_kind_of(wl__call_kind *kind, const char *operation, yajl_val body) {
    memset(kind, 0, sizeof *kind);
    if (!is_on_items(operation)) {
        return;
    }
    snprintf(kind->operation, sizeof kind->operation, "%s", operation);
    yajl_val batch = wl__yajl_member(body, "RequestItems");
    const char *index = wl__yajl_text(body, "IndexName");
    add_table(kind, wl__yajl_text(body, "TableName"));
    for (size_t i = 0; YAJL_IS_OBJECT(batch) && i < YAJL_GET_OBJECT(batch)->len; i++) {
        add_table(kind, YAJL_GET_OBJECT(batch)->keys[i]);
    }
    add_actions(kind, wl__yajl_member(body, "TransactItems"));
    add_actions(kind, wl__yajl_member(body, "Statements"));
    add_actions(kind, wl__yajl_member(body, "TransactStatements"));
    add_statement(kind, body);
    if (index != NULL) {
        snprintf(kind->index, sizeof kind->index, "%s", index);
    }
}

bool wl__call_kind_same(const wl__call_kind *a, const wl__call_kind *b) {
    bool same = strcmp(a->operation, b->operation) == 0 && strcmp(a->index, b->index) == 0 &&
                a->table_count == b->table_count && a->writes == b->writes;
    for (size_t i = 0; same && i < a->table_count; i++) {
        same = strcmp(a->tables[i], b->tables[i]) == 0;
    }
    return same;
}

/* ---- for a workload ---- */

void wl__call_kind_name(wl_text *text, const wl__call_kind *kind) {
    wl__text_raw(text, kind->operation);
    for (size_t i = 0; i < kind->table_count; i++) {
        wl__text_raw(text, i == 0 ? " " : "+");
        wl__text_raw(text, kind->tables[i]);
    }
    if (kind->index[0] != '\0') {
        wl__text_raw(text, " ");
        wl__text_raw(text, kind->index);
    }
    wl__text_raw(text,
                 strstr(kind->operation, "Execute") != NULL && kind->writes ? " (writes)" : "");
}

/* Appends a member "name": "value". */
static void add_member(wl_text *yaml, const char *name, const char *value) {
    wl__text_raw(yaml, "\"");
    wl__text_raw(yaml, name);
    wl__text_raw(yaml, "\": \"");
    wl__text_escaped(yaml, pte_str(value));
    wl__text_raw(yaml, "\"");
}

static void add_statement_of(wl_text *yaml, const wl__call_kind *kind) {
    wl__text_raw(yaml, "\"Statement\": \"");
    wl__text_raw(yaml, kind->writes ? "UPDATE " : "SELECT * FROM ");
    wl__text_escaped(yaml, pte_str(kind->tables[0]));
    wl__text_raw(yaml, "\"");
}

void wl__call_kind_request(wl_text *yaml, const wl__call_kind *kind) {
    wl__text_raw(yaml, "{");
    wl__text_raw(yaml, kind->operation);
    wl__text_raw(yaml, ": {");
    if (strncmp(kind->operation, "Batch", 5) == 0 && strstr(kind->operation, "Item") != NULL) {
        wl__text_raw(yaml, "\"RequestItems\": {\"");
        wl__text_escaped(yaml, pte_str(kind->tables[0]));
        wl__text_raw(yaml, "\": []}");
    } else if (strncmp(kind->operation, "Transact", 8) == 0) {
        wl__text_raw(yaml, "\"TransactItems\": []");
    } else if (strcmp(kind->operation, "ExecuteStatement") == 0) {
        add_statement_of(yaml, kind);
    } else if (strstr(kind->operation, "Execute") != NULL) {
        bool batch = strncmp(kind->operation, "Batch", 5) == 0;
        wl__text_raw(yaml, batch ? "\"Statements\": [{" : "\"TransactStatements\": [{");
        add_statement_of(yaml, kind);
        wl__text_raw(yaml, "}]");
    } else {
        add_member(yaml, "TableName", kind->tables[0]);
        if (kind->index[0] != '\0') {
            wl__text_raw(yaml, ", ");
            add_member(yaml, "IndexName", kind->index);
        }
    }
    wl__text_raw(yaml, "}}");
}
