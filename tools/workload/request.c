/* Taking requests apart; see request.h. */
#include "workload/request.h"

#include "workload/memory.h"

#include <stdlib.h>
#include <strings.h>

yajl_val wl__yajl_member(yajl_val object, const char *name) {
    for (size_t i = 0; YAJL_IS_OBJECT(object) && i < YAJL_GET_OBJECT(object)->len; i++) {
        if (strcmp(YAJL_GET_OBJECT(object)->keys[i], name) == 0) {
            return YAJL_GET_OBJECT(object)->values[i];
        }
    }
    return NULL;
}

const char *wl__yajl_text(yajl_val object, const char *name) {
    yajl_val value = wl__yajl_member(object, name);
    return YAJL_IS_STRING(value) ? YAJL_GET_STRING(value) : NULL;
}

static size_t length_of(yajl_val array) {
    return YAJL_IS_ARRAY(array) ? YAJL_GET_ARRAY(array)->len : 0;
}

/* ---- parts ---- */

static bool is_true(yajl_val object, const char *name) {
    return YAJL_IS_TRUE(wl__yajl_member(object, name));
}

/* Adds a part that names a table, and perhaps an index; those that the workload does not have are
 * left out. */
static void add_part(wl__request *request, const wl_workload *workload, const char *table,
                     wl__touch part, const char *index) {
    bool indexed = index != NULL && index[0] != '\0';
    if (table == NULL || request->part_count == WL__PARTS_MAX ||
        !wl_place_find(&part.place, workload, pte_str(table),
                       indexed ? pte_str(index) : (pte_bytes){0})) {
        return;
    }
    request->parts[request->part_count++] = part;
}

/* An operation on one item: its member has the key. */
static void add_single(wl__request *request, const wl_workload *workload, const char *member) {
    yajl_val body = request->body;
    wl__touch part = {
        .kind = request->writes ? WL__WRITE_ITEM : WL__READ_ITEM,
        .item = wl__yajl_member(body, member),
        .strong = is_true(body, "ConsistentRead"),
    };
    add_part(request, workload, wl__yajl_text(body, "TableName"), part, NULL);
}

static void add_range(wl__request *request, const wl_workload *workload) {
    yajl_val body = request->body;
    request->ranges = true;
    request->scans = strcmp(request->operation, "Scan") == 0;
    request->filters = wl__yajl_member(body, "FilterExpression") != NULL ||
                       wl__yajl_member(body, "QueryFilter") != NULL ||
                       wl__yajl_member(body, "ScanFilter") != NULL;
    wl__touch part = {
        .kind = request->scans ? WL__SCAN : WL__QUERY,
        .strong = is_true(body, "ConsistentRead"),
    };
    add_part(request, workload, wl__yajl_text(body, "TableName"), part,
             wl__yajl_text(body, "IndexName"));
}

/* BatchGetItem: {table: {Keys: [...]}}; BatchWriteItem: {table: [{PutRequest: {Item}}, ...]} */
static void add_batch(wl__request *request, const wl_workload *workload) {
    yajl_val tables = wl__yajl_member(request->body, "RequestItems");
    for (size_t i = 0; YAJL_IS_OBJECT(tables) && i < YAJL_GET_OBJECT(tables)->len; i++) {
        const char *table = YAJL_GET_OBJECT(tables)->keys[i];
        yajl_val of_table = YAJL_GET_OBJECT(tables)->values[i];
        yajl_val list = request->writes ? of_table : wl__yajl_member(of_table, "Keys");
        for (size_t j = 0; j < length_of(list); j++) {
            yajl_val item = YAJL_GET_ARRAY(list)->values[j];
            wl__touch part = {
                .kind = WL__READ_ITEM, .item = item, .strong = is_true(of_table, "ConsistentRead")};
            if (request->writes) {
                yajl_val put = wl__yajl_member(wl__yajl_member(item, "PutRequest"), "Item");
                yajl_val key = wl__yajl_member(wl__yajl_member(item, "DeleteRequest"), "Key");
                part = (wl__touch){.kind = WL__WRITE_ITEM, .item = put != NULL ? put : key};
            }
            add_part(request, workload, table, part, NULL);
        }
    }
}

/* TransactItems: [{Get|Put|Update|Delete|ConditionCheck: {TableName, Key or Item}}, ...] */
static void add_transaction(wl__request *request, const wl_workload *workload) {
    static const struct {
        const char *name;
        wl__touch_kind kind;
    } actions[] = {{"Get", WL__READ_ITEM},
                   {"Put", WL__WRITE_ITEM},
                   {"Update", WL__WRITE_ITEM},
                   {"Delete", WL__WRITE_ITEM},
                   {"ConditionCheck", WL__CHECK_ITEM}};
    yajl_val list = wl__yajl_member(request->body, "TransactItems");
    request->transacts = true;
    for (size_t i = 0; i < length_of(list); i++) {
        for (size_t j = 0; j < sizeof actions / sizeof actions[0]; j++) {
            yajl_val action = wl__yajl_member(YAJL_GET_ARRAY(list)->values[i], actions[j].name);
            yajl_val item = wl__yajl_member(action, "Item");
            wl__touch part = {
                .kind = actions[j].kind,
                .item = item != NULL ? item : wl__yajl_member(action, "Key"),
                .strong = true,
            };
            add_part(request, workload, wl__yajl_text(action, "TableName"), part, NULL);
        }
    }
}

/* ---- PartiQL ---- */

/* The name that stands behind a word: FROM "table"."index", UPDATE table. */
static const char *name_behind(const char *statement, const char *word, char *name, size_t size) {
    const char *at = strcasestr(statement, word);
    size_t len = 0;
    if (at == NULL) {
        return NULL;
    }
    at += strlen(word);
    at += strspn(at, " \t\n\r\"");
    while (at[len] != '\0' && strchr(" \t\n\r\".;", at[len]) == NULL && len < size - 1) {
        name[len] = at[len];
        len++;
    }
    name[len] = '\0';
    at += len;
    at += *at == '"';
    return at;
}

bool wl__statement_names(char table[256], char index[256], bool *writes, const char *statement) {
    statement += strspn(statement, " \t\n\r(");
    bool updates = strncasecmp(statement, "update", 6) == 0;
    bool inserts = strncasecmp(statement, "insert", 6) == 0;
    *writes = strncasecmp(statement, "select", 6) != 0;
    index[0] = '\0';
    const char *behind = name_behind(statement,
                                     updates   ? "update"
                                     : inserts ? "into"
                                               : "from",
                                     table, 256);
    if (behind != NULL && *behind == '.') {
        (void)name_behind(behind, ".", index, 256);
    }
    return behind != NULL;
}

/* A part of the first place that the statement names, as far as can be seen without parsing. */
static void add_statement(wl__request *request, const wl_workload *workload, yajl_val of) {
    char table[256], index[256];
    bool writes;
    const char *statement = wl__yajl_text(of, "Statement");
    if (statement == NULL || !wl__statement_names(table, index, &writes, statement)) {
        return;
    }
    request->writes = request->writes || writes;
    size_t before = request->part_count;
    wl__touch part = {.kind = WL__STATEMENT,
                      .strong = is_true(of, "ConsistentRead") || request->transacts};
    add_part(request, workload, table, part, index);
    const char *where = strcasestr(statement, "where");
    if (!writes && request->part_count > before) {
        wl_place place = wl_place_at(workload, request->parts[before].place);
        request->scans =
            request->scans || where == NULL || strstr(where, wl__hash_of(place)->names[0]) == NULL;
    }
}

static void add_statements(wl__request *request, const wl_workload *workload, const char *member) {
    yajl_val list = wl__yajl_member(request->body, member);
    for (size_t i = 0; i < length_of(list); i++) {
        add_statement(request, workload, YAJL_GET_ARRAY(list)->values[i]);
    }
}

/* ---- a request ---- */

bool wl__request_read(wl__request *request, const wl_workload *workload, const char *operation,
                      const char *body) {
    char complaint[128];
    request->operation = operation;
    request->writes = request->transacts = request->ranges = false;
    request->scans = request->filters = false;
    request->part_count = 0;
    request->body = yajl_tree_parse(body, complaint, sizeof complaint);
    if (request->body == NULL) {
        return false;
    }
    bool puts = strcmp(operation, "PutItem") == 0;
    request->writes =
        puts || strcmp(operation, "UpdateItem") == 0 || strcmp(operation, "DeleteItem") == 0 ||
        strcmp(operation, "BatchWriteItem") == 0 || strcmp(operation, "TransactWriteItems") == 0;
    if (strncmp(operation, "Batch", 5) == 0 && strstr(operation, "Item") != NULL) {
        add_batch(request, workload);
    } else if (strncmp(operation, "TransactG", 9) == 0 || strncmp(operation, "TransactW", 9) == 0) {
        add_transaction(request, workload);
    } else if (strcmp(operation, "Query") == 0 || strcmp(operation, "Scan") == 0) {
        add_range(request, workload);
    } else if (strcmp(operation, "ExecuteStatement") == 0) {
        add_statement(request, workload, request->body);
    } else if (strcmp(operation, "BatchExecuteStatement") == 0) {
        add_statements(request, workload, "Statements");
    } else if (strcmp(operation, "ExecuteTransaction") == 0) {
        request->transacts = true;
        add_statements(request, workload, "TransactStatements");
    } else {
        add_single(request, workload, puts ? "Item" : "Key");
    }
    return true;
}

void wl__request_clean_up(wl__request *request) {
    yajl_tree_free(request->body);
    request->body = NULL;
}

/* ---- partition keys ---- */

const wl_key *wl__hash_of(wl_place place) {
    return place.index == NULL || place.index->local ? &place.of->hash : &place.index->hash;
}

void wl__key_value(wl_text *text, pte_type type, pte_bytes bytes) {
    pte_number number;
    char canonical[PTE_NUMBER_TEXT_MAX];
    if (type == PTE_TYPE_N && pte_number_parse(&number, bytes, NULL) == PTE_OK) {
        bytes = pte_view(canonical, pte_number_format(&number, canonical));
    }
    wl__text_add(text, bytes);
}

/* A value in DynamoDB's JSON, {"S": "..."}; false: it is none that a key may have. */
static bool add_json_value(wl_text *text, yajl_val value, bool first) {
    static const struct {
        const char *name;
        pte_type type;
    } types[] = {{"S", PTE_TYPE_S}, {"N", PTE_TYPE_N}, {"B", PTE_TYPE_B}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const char *bytes = wl__yajl_text(value, types[i].name);
        if (bytes != NULL) {
            wl__text_raw(text, first ? "" : " | ");
            wl__key_value(text, types[i].type, pte_str(bytes));
            return true;
        }
    }
    return false;
}

bool wl__json_key(wl_text *text, wl_place place, yajl_val item) {
    const wl_key *hash = wl__hash_of(place);
    for (size_t i = 0; i < hash->count; i++) {
        if (!add_json_value(text, wl__yajl_member(item, hash->names[i]), i == 0)) {
            return false;
        }
    }
    return hash->count != 0;
}

/* ---- key conditions ---- */

/* A word of an expression: a name, a #name or a :value, or one other character. */
typedef struct word {
    const char *text;
    size_t len;
} word;

static bool is_of_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '#' || c == ':' || c == '-' || c == '.';
}

static word next_word(const char **at) {
    *at += strspn(*at, " \t\r\n()");
    word w = {*at, 0};
    while (is_of_name(w.text[w.len])) {
        w.len++;
    }
    w.len += w.len == 0 && w.text[0] != '\0';
    *at += w.len;
    return w;
}

/* Copies a word; too long ones become empty. */
static const char *word_text(char copy[260], word w) {
    size_t len = w.len < 260 ? w.len : 0;
    memcpy(copy, w.text, len);
    copy[len] = '\0';
    return copy;
}

static bool names_attribute(word w, yajl_val query, const char *attribute) {
    char copy[260];
    const char *name = word_text(copy, w);
    if (name[0] == '#') {
        name = wl__yajl_text(wl__yajl_member(query, "ExpressionAttributeNames"), name);
    }
    return name != NULL && strcmp(name, attribute) == 0;
}

/* The value that the expression says the attribute equals, on either side of "="; NULL: none. */
static yajl_val equal_value(yajl_val query, const char *expression, const char *attribute) {
    yajl_val values = wl__yajl_member(query, "ExpressionAttributeValues");
    word before = {"", 0}, here = {"", 0};
    char copy[260];
    const char *at = expression;
    for (word after = next_word(&at); after.len != 0; after = next_word(&at)) {
        if (here.len == 1 && here.text[0] == '=') {
            if (names_attribute(before, query, attribute)) {
                return wl__yajl_member(values, word_text(copy, after));
            }
            if (names_attribute(after, query, attribute)) {
                return wl__yajl_member(values, word_text(copy, before));
            }
        }
        before = here;
        here = after;
    }
    return NULL;
}

bool wl__query_key(wl_text *text, wl_place place, yajl_val query) {
    const wl_key *hash = wl__hash_of(place);
    const char *expression = wl__yajl_text(query, "KeyConditionExpression");
    for (size_t i = 0; i < hash->count; i++) {
        yajl_val value;
        if (expression != NULL) {
            value = equal_value(query, expression, hash->names[i]);
        } else {
            yajl_val condition =
                wl__yajl_member(wl__yajl_member(query, "KeyConditions"), hash->names[i]);
            yajl_val list = wl__yajl_member(condition, "AttributeValueList");
            value = length_of(list) == 0 ? NULL : YAJL_GET_ARRAY(list)->values[0];
        }
        if (!add_json_value(text, value, i == 0)) {
            return false;
        }
    }
    return hash->count != 0;
}
