/* Patterns: their shares, their values with names, and the requests of their steps. */
#include "workload/inside.h"

static const char *const pattern_keys[] = {"name",    "share",    "rate",  "let",
                                           "request", "requests", "pages", NULL};

/* ---- what each operation takes ---- */

/* The members of its request that a workload may say; ReturnConsumedCapacity is added. */
typedef struct operation {
    const char *name;
    bool writes;
    bool batch;
    size_t each_most; /* elements that one request takes; 0: no list that grows */
    bool pages;
    const char *members[20];
} operation;

static const operation operations[] = {
    {"BatchExecuteStatement", false, false, 25, false, {"Statements"}},
    {"BatchGetItem", false, true, 100, false, {"RequestItems"}},
    {"BatchWriteItem", true, true, 25, false, {"RequestItems", "ReturnItemCollectionMetrics"}},
    {"DeleteItem",
     true,
     false,
     0,
     false,
     {"ConditionExpression", "ConditionalOperator", "Expected", "ExpressionAttributeNames",
      "ExpressionAttributeValues", "Key", "ReturnItemCollectionMetrics", "ReturnValues",
      "ReturnValuesOnConditionCheckFailure", "TableName"}},
    {"ExecuteStatement",
     false,
     false,
     0,
     true,
     {"ConsistentRead", "Limit", "Parameters", "ReturnValuesOnConditionCheckFailure", "Statement"}},
    {"ExecuteTransaction", false, false, 100, false, {"ClientRequestToken", "TransactStatements"}},
    {"GetItem",
     false,
     false,
     0,
     false,
     {"AttributesToGet", "ConsistentRead", "ExpressionAttributeNames", "Key",
      "ProjectionExpression", "TableName"}},
    {"PutItem",
     true,
     false,
     0,
     false,
     {"ConditionExpression", "ConditionalOperator", "Expected", "ExpressionAttributeNames",
      "ExpressionAttributeValues", "Item", "ReturnItemCollectionMetrics", "ReturnValues",
      "ReturnValuesOnConditionCheckFailure", "TableName"}},
    {"Query",
     false,
     false,
     0,
     true,
     {"AttributesToGet", "ConditionalOperator", "ConsistentRead", "ExclusiveStartKey",
      "ExpressionAttributeNames", "ExpressionAttributeValues", "FilterExpression", "IndexName",
      "KeyConditionExpression", "KeyConditions", "Limit", "ProjectionExpression", "QueryFilter",
      "ScanIndexForward", "Select", "TableName"}},
    {"Scan",
     false,
     false,
     0,
     true,
     {"AttributesToGet", "ConditionalOperator", "ConsistentRead", "ExclusiveStartKey",
      "ExpressionAttributeNames", "ExpressionAttributeValues", "FilterExpression", "IndexName",
      "Limit", "ProjectionExpression", "ScanFilter", "Segment", "Select", "TableName",
      "TotalSegments"}},
    {"TransactGetItems", false, false, 100, false, {"TransactItems"}},
    {"TransactWriteItems",
     true,
     false,
     100,
     false,
     {"ClientRequestToken", "ReturnItemCollectionMetrics", "TransactItems"}},
    {"UpdateItem",
     true,
     false,
     0,
     false,
     {"AttributeUpdates", "ConditionExpression", "ConditionalOperator", "Expected",
      "ExpressionAttributeNames", "ExpressionAttributeValues", "Key", "ReturnItemCollectionMetrics",
      "ReturnValues", "ReturnValuesOnConditionCheckFailure", "TableName", "UpdateExpression"}},
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

static const operation *find_operation(wl__reader *reader, const wl__node *name) {
    const char *names[OPERATIONS + 1] = {NULL};
    for (size_t i = 0; i < OPERATIONS; i++) {
        names[i] = operations[i].name;
        if (wl__is(name, names[i])) {
            return &operations[i];
        }
    }
    wl__complain_unknown(reader->complaint, name, "operation", names);
    return NULL;
}

/* ---- names of tables and indexes ---- */

static bool has_placeholder(const wl__node *node) {
    return node->kind != WL__SCALAR || memchr(node->text.data, '{', node->text.len + 1) != NULL;
}

static bool check_index(wl__reader *reader, size_t table, const wl__node *node) {
    const wl_table *of = &reader->workload->tables[table];
    const char *names[WL_INDEXES_MAX + 1] = {NULL};
    for (size_t i = 0; i < of->index_count; i++) {
        names[i] = of->indexes[i].name;
        if (wl__is(node, names[i])) {
            return true;
        }
    }
    char what[100];
    snprintf(what, sizeof what, "index of the table %.60s", of->name);
    return wl__complain_unknown(reader->complaint, node, what, names);
}

static bool check_request_items(wl__reader *reader, const wl__node *items) {
    size_t table = 0;
    for (size_t i = 0; items->kind == WL__MAP && i < items->count; i++) {
        if (!wl__need_table(&table, reader, items->keys[i])) {
            return false;
        }
    }
    return true;
}

/* All that is named so within a request; as deep as the file. */
static bool check_names(wl__reader *reader, const wl__node *node) {
    const wl__node *name = wl__member(node, "TableName"), *index = wl__member(node, "IndexName");
    const wl__node *items = wl__member(node, "RequestItems");
    size_t table = 0;
    if (name != NULL && !has_placeholder(name)) {
        if (!wl__need_table(&table, reader, name) ||
            (index != NULL && !has_placeholder(index) && !check_index(reader, table, index))) {
            return false;
        }
    }
    if (items != NULL && !check_request_items(reader, items)) {
        return false;
    }
    const wl__node *inside = wl__member(node, "TransactItems");
    for (size_t i = 0; inside != NULL && inside->kind == WL__LIST && i < inside->count; i++) {
        const wl__node *one = inside->items[i];
        if (one->kind == WL__MAP && one->count == 1 && !check_names(reader, one->items[0])) {
            return false;
        }
    }
    return true;
}

/* ---- steps ---- */

static bool begins_with_word(const wl__node *statement, const char *word) {
    size_t len = strlen(word);
    if (statement->kind != WL__SCALAR || statement->text.len < len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((statement->text.data[i] | 0x20) != (uint8_t)word[i]) {
            return false;
        }
    }
    return true;
}

/* A PartiQL statement anywhere in a request that changes items. */
static bool has_writing_statement(const wl__node *node) {
    const wl__node *statement = wl__member(node, "Statement");
    if (statement != NULL &&
        (begins_with_word(statement, "insert") || begins_with_word(statement, "update") ||
         begins_with_word(statement, "delete"))) {
        return true;
    }
    for (size_t i = 0; i < node->count; i++) {
        if (has_writing_statement(node->items[i])) {
            return true;
        }
    }
    return false;
}

static bool read_pages(wl__reader *reader, wl__step *step, const operation *op,
                       const wl__node *request, const wl__node *pages) {
    uint64_t count = 1;
    if (pages == NULL) {
        step->pages = 1;
        return true;
    }
    if (!op->pages) {
        return wl__complain(reader->complaint, pages, "expected no pages: %s has none", op->name);
    }
    if (wl__member(request, "ExclusiveStartKey") != NULL) {
        return wl__complain(reader->complaint, pages,
                            "expected either pages or ExclusiveStartKey, found both");
    }
    if (wl__is(pages, "all")) {
        step->pages = SIZE_MAX;
        return true;
    }
    step->pages = 1;
    if (!wl__is_number(pages)) {
        return wl__complain_expected(reader->complaint, pages, "\"all\" or a number of pages");
    }
    if (!wl__need_whole(&count, reader->complaint, pages, 1, 1000000000)) {
        return false;
    }
    step->pages = (size_t)count;
    return true;
}

/* The list that a step is made from; it has one each at most. As deep as the file. */
static const wl__recipe *find_each(const wl__recipe *recipe) {
    const wl__recipe *found = recipe->kind == WL__EACH ? recipe : NULL;
    for (size_t i = 0; found == NULL && recipe->kind >= WL__ATTRIBUTES && i < recipe->count; i++) {
        found = find_each(recipe->inner[i]);
    }
    return found;
}

static bool check_members(wl__reader *reader, const operation *op, const wl__node *request) {
    const wl__node *added = wl__member(request, "ReturnConsumedCapacity");
    if (added != NULL) {
        return wl__complain(reader->complaint, added,
                            "expected no ReturnConsumedCapacity: it is added to every request");
    }
    return wl__need_map(reader->complaint, request, op->name, op->members);
}

/* The operation and its request in {Query: {...}, pages: all}. */
static bool split_step(wl__reader *reader, const wl__node *node, const wl__node **name,
                       const wl__node **request) {
    if (!wl__need_map(reader->complaint, node, "an operation and its request", NULL)) {
        return false;
    }
    *name = NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (wl__is(node->keys[i], "pages")) {
            continue;
        }
        if (*name != NULL) {
            return wl__complain(reader->complaint, node->keys[i],
                                "expected one operation in a request, found \"%.60s\" beside "
                                "\"%.60s\"",
                                (const char *)node->keys[i]->text.data,
                                (const char *)(*name)->text.data);
        }
        *name = node->keys[i];
        *request = node->items[i];
    }
    if (*name == NULL) {
        wl__complain(reader->complaint, node, "expected an operation and its request, found none");
        return false;
    }
    return true;
}

static bool read_made(wl__reader *reader, wl__pattern *pattern, wl__step *step, const operation *op,
                      const wl__node *request) {
    size_t number = pattern->shown.step_count;
    reader->each_count = 0;
    reader->repeats = 1;
    step->request =
        wl__read_request(reader, request, number == 0 ? &pattern->scope : &pattern->after);
    if (step->request == NULL) {
        return false;
    }
    const wl__recipe *each = find_each(step->request);
    if (each == NULL) {
        return true;
    }
    if (op->each_most == 0) {
        return wl__complain(reader->complaint, each->at, "expected no \"each\" in %s", op->name);
    }
    step->each = true;
    step->each_most = op->each_most;
    pattern->steps[number - 1].elements = each->ref;
    return true;
}

static bool read_step(wl__reader *reader, wl__pattern *pattern, const wl__node *node,
                      const wl__node *pages) {
    wl__step *step = &pattern->steps[pattern->shown.step_count];
    const wl__node *name = NULL, *request = NULL;
    const operation *op = NULL;
    if (!split_step(reader, node, &name, &request) || (op = find_operation(reader, name)) == NULL ||
        !check_members(reader, op, request) || !check_names(reader, request)) {
        return false;
    }
    const wl__node *own = wl__member(node, "pages");
    step->operation = op->name;
    step->batch = op->batch;
    if (!read_pages(reader, step, op, request, own != NULL ? own : pages) ||
        !read_made(reader, pattern, step, op, request)) {
        return false;
    }
    pattern->shown.writes = pattern->shown.writes || op->writes || has_writing_statement(request);
    pattern->shown.step_count++;
    return true;
}

static bool read_steps(wl__reader *reader, wl__pattern *pattern, const wl__node *node) {
    const wl__node *one = wl__member(node, "request"), *several = wl__member(node, "requests");
    const wl__node *pages = wl__member(node, "pages");
    if ((one == NULL) == (several == NULL)) {
        return wl__complain(reader->complaint, node,
                            "expected either \"request\" or \"requests\" in a pattern, found %s",
                            one == NULL ? "neither" : "both");
    }
    if (one != NULL) {
        return read_step(reader, pattern, one, pages);
    }
    if (pages != NULL) {
        return wl__complain(reader->complaint, pages,
                            "expected pages beside the operation that it is of, as in {Query: "
                            "{...}, pages: all}");
    }
    if (!wl__need_list(reader->complaint, several, "requests", WL_STEPS_MAX)) {
        return false;
    }
    for (size_t i = 0; i < several->count; i++) {
        if (!read_step(reader, pattern, several->items[i], NULL)) {
            return false;
        }
    }
    return several->count != 0 ||
           wl__complain(reader->complaint, several, "expected at least one request, found none");
}

/* ---- patterns ---- */

static bool read_weight(wl__reader *reader, wl__pattern *pattern, const wl__node *node) {
    const wl__node *share = wl__member(node, "share"), *rate = wl__member(node, "rate");
    if (share != NULL && rate != NULL) {
        return wl__complain(reader->complaint, rate, "expected either share or rate, found both");
    }
    pattern->shown.share = 1;
    return (share == NULL ||
            wl__need_number(&pattern->shown.share, reader->complaint, share, 0.000001, 1e9)) &&
           (rate == NULL ||
            wl__need_number(&pattern->shown.rate, reader->complaint, rate, 0.000001, 1e9));
}

static bool read_pattern(wl__reader *reader, wl__pattern *pattern, const wl__node *node) {
    const wl__node *name = NULL;
    if (!wl__need_map(reader->complaint, node, "a pattern", pattern_keys)) {
        return false;
    }
    if ((name = wl__member(node, "name")) == NULL) {
        return wl__complain(reader->complaint, node, "expected \"name\" in a pattern, found none");
    }
    pattern->shown.line = node->line;
    if (!wl__need_text(&pattern->shown.name, reader->complaint, name, "a pattern's name") ||
        !read_weight(reader, pattern, node) ||
        !wl__read_let(reader, &pattern->scope, wl__member(node, "let"))) {
        return false;
    }
    pattern->after = pattern->scope;
    pattern->after.answers = true;
    reader->stream = wl__hash(2, pte_str(pattern->shown.name));
    reader->drawn = 0;
    reader->repeats = 1;
    return wl__read_fields(reader, &pattern->scope) && read_steps(reader, pattern, node);
}

static bool is_new_name(wl__reader *reader, const wl__node *list, size_t number) {
    const wl_workload *w = reader->workload;
    for (size_t i = 0; i < number; i++) {
        if (strcmp(w->patterns[i].shown.name, w->patterns[number].shown.name) == 0) {
            return wl__complain_expected(reader->complaint, wl__member(list->items[number], "name"),
                                         "a name that no other pattern has");
        }
    }
    return true;
}

/* Shares that add up to 1, and rates: either each pattern's own or shares of the file's. */
static bool divide(wl__reader *reader, const wl__node *list) {
    wl_workload *w = reader->workload;
    bool rates = wl__member(list->items[0], "rate") != NULL;
    double sum = 0;
    for (size_t i = 0; i < w->pattern_count; i++) {
        const wl__node *node = list->items[i];
        if ((wl__member(node, "rate") != NULL) != rates) {
            return wl__complain(reader->complaint, node,
                                "expected a rate in all patterns or in none of them");
        }
        sum += rates ? w->patterns[i].shown.rate : w->patterns[i].shown.share;
    }
    if (rates && w->rate != 0) {
        return wl__complain(reader->complaint, wl__member(list->items[0], "rate"),
                            "expected either the file's rate or each pattern's, found both");
    }
    w->rate = rates ? sum : w->rate;
    for (size_t i = 0; i < w->pattern_count; i++) {
        wl_pattern *p = &w->patterns[i].shown;
        p->share = (rates ? p->rate : p->share) / sum;
        p->rate = rates ? p->rate : p->share * w->rate;
    }
    return true;
}

bool wl__read_patterns(wl__reader *reader, const wl__node *node) {
    wl_workload *w = reader->workload;
    if (!wl__need_list(reader->complaint, node, "patterns", WL_PATTERNS_MAX)) {
        return false;
    }
    if (node->count == 0) {
        return wl__complain(reader->complaint, node, "expected at least one pattern, found none");
    }
    w->patterns = wl__arena_array(reader->arena, node->count, sizeof *w->patterns);
    if (w->patterns == NULL) {
        return wl__complain_memory(reader->complaint);
    }
    for (; w->pattern_count < node->count; w->pattern_count++) {
        size_t i = w->pattern_count;
        if (!read_pattern(reader, &w->patterns[i], node->items[i]) ||
            !is_new_name(reader, node, i)) {
            return false;
        }
    }
    return divide(reader, node);
}
