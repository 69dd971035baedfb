/*
 * Query.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
 */
#include "operation/operation.h"
#include "operation/page.h"
#include "request/legacy.h"

static const char *const EXPRESSIONS[] = {"ProjectionExpression", "FilterExpression",
                                          "KeyConditionExpression", NULL};
static const char *const LEGACY[] = {"AttributesToGet", "QueryFilter", "ConditionalOperator",
                                     "KeyConditions", NULL};
static const pt__parameters PARAMETERS = {EXPRESSIONS, LEGACY};

/* The key that the query is about. Views the page. */
static pt__key_schema key_of(const pt__page *page) {
    const pte_table_spec *table = &page->table.info->spec;
    if (page->index == NULL) {
        return (pt__key_schema){.hash = &table->hash,
                                .hash_count = 1,
                                .range = &table->range,
                                .range_count = table->range.name.len != 0 ? 1 : 0};
    }
    const pte_index_spec *index = &page->index->spec;
    return (pt__key_schema){index->hash, index->hash_count, index->range, index->range_count,
                            index->name};
}

/* API_Query, FilterExpression and QueryFilter: "does not allow key attributes". */
static pt__exception check_filter(const pt__page *page, const pte_key_attribute *attributes,
                                  size_t count) {
    bool legacy = pt__json_member(page->call->body, "FilterExpression") == NULL;
    for (size_t i = 0; i < count; i++) {
        pt__name_search s = {.name = attributes[i].name};
        pt__condition_names(page->filter, pt__name_search_on, &s);
        if (s.found) {
            return pt__refuse(&page->call->failure, PT__VALIDATION,
                              "%s can only contain non-primary key attributes: "
                              "Primary key attribute: %.*s",
                              legacy ? "QueryFilter" : "Filter Expression", PT__SHOW(s.name));
        }
    }
    return PT__OK;
}

static pt__exception check_start(const pt__page *page, const pt__key_schema *key,
                                 const pte_query *query) {
    pt__exception exception =
        pt__start_key_check(page->call, &page->table, page->index, &page->start_key, false);
    if (exception != PT__OK) {
        return exception;
    }
    return pt__start_key_in_query(page->call, &page->start_key, key->hash, key->range, query);
}

/* The values of a key condition have the sizes of keys (Constraints). */
static pt__exception check_sizes(const pt__page *page, const pte_query *query) {
    pt__failure *failure = &page->call->failure;
    pt__exception exception = PT__OK;
    size_t bytes = 0;
    for (size_t i = 0; i < query->hash_count && exception == PT__OK; i++) {
        exception = pt__key_size_check(failure, "", query->hash[i], NULL);
    }
    for (size_t i = 0; i + 1 < query->range_count && exception == PT__OK; i++) {
        exception = pt__key_size_check(failure, "", query->range[i], &bytes);
    }
    size_t with_upper = bytes;
    if (exception == PT__OK && query->range_count != 0) {
        exception = pt__key_size_check(failure, "", query->range[query->range_count - 1], &bytes);
    }
    if (exception == PT__OK && query->op == PTE_RANGE_BETWEEN) {
        exception = pt__key_size_check(failure, "", query->range_upper, &with_upper);
    }
    return exception;
}

static pt__exception check_against_table(pt__page *page, const pt__key_schema *key,
                                         const pte_query *query) {
    pt__exception exception = pt__page_check_paths(page);
    if (exception == PT__OK) {
        exception = check_sizes(page, query);
    }
    if (exception == PT__OK && page->start_key.encoded.len != 0) {
        exception = check_start(page, key, query);
    }
    if (exception == PT__OK && page->filter != NULL) {
        exception = check_filter(page, key->hash, key->hash_count);
    }
    if (exception == PT__OK && page->filter != NULL) {
        exception = check_filter(page, key->range, key->range_count);
    }
    return exception == PT__OK ? pt__page_select(page, true) : exception;
}

static pt__exception answer(pt__page *page, pte_query *query) {
    pte_cursor *cursor;
    pte_error error;
    query->table = page->table.engine_name;
    query->index = page->index != NULL ? page->index->spec.name : (pte_bytes){NULL, 0};
    query->descending = !pt__json_boolean(page->call->body, "ScanIndexForward", true);
    query->exclusive_start = page->start_key.encoded.len != 0 ? &page->start_key : NULL;
    pte_status status = pte_query_open(&cursor, page->call->read, query, &error);
    return status == PTE_OK ? pt__page_answer(page, cursor) : pt__page_refuse(page, status, &error);
}

/* The two ways of telling the key; one is given. */
typedef struct condition {
    const pt__json *text;            /* KeyConditionExpression */
    pt__key_comparisons comparisons; /* KeyConditions */
} condition;

static pt__exception fill_query(pte_query *query, pt__page *page, const condition *c,
                                const pt__key_schema *key) {
    if (c->text == NULL) {
        return pt__key_comparisons_fill(query, page->call, &c->comparisons, key);
    }
    pt__exception exception =
        pt__key_condition_compile(query, &page->expressions, c->text->text, key);
    return exception == PT__OK ? pt__expressions_all_used(&page->expressions) : exception;
}

static pt__exception run_on_table(pt__page *page, const condition *c) {
    pt__key_schema key = key_of(page);
    pte_query query = {.items_max = 0};
    pt__exception exception = fill_query(&query, page, c, &key);
    if (exception == PT__OK) {
        exception = check_against_table(page, &key, &query);
    }
    return exception == PT__OK ? answer(page, &query) : exception;
}

/* Of all that is wrong with a query, its Select alone is told of with the prefix of mid-2026. */
static pt__exception check_select(const pt__page *page) {
    pt__call_prefix_errors(page->call, true);
    pt__exception exception = pt__page_check_select(page);
    pt__call_prefix_errors(page->call, false);
    return exception;
}

/* KeyConditions are looked at behind the expressions and their placeholders, as on the service. */
static pt__exception read_condition(condition *c, pt__page *page) {
    pt__call *call = page->call;
    const pt__json *conditions = pt__json_member(call->body, "KeyConditions");
    *c = (condition){.text = pt__json_member(call->body, "KeyConditionExpression")};
    if (c->text != NULL) {
        return PT__OK;
    }
    if (conditions == NULL) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "Either the KeyConditions or KeyConditionExpression parameter must be "
                          "specified in the request.");
    }
    pt__exception exception = pt__expressions_all_used(&page->expressions);
    return exception == PT__OK ? pt__key_comparisons_read(&c->comparisons, call, conditions)
                               : exception;
}

static pt__exception run(pt__call *call) {
    condition c;
    pt__page page;
    pt__exception exception = pt__page_read_request(&page, call, &PARAMETERS, false);
    if (exception == PT__OK) {
        exception = check_select(&page);
    }
    if (exception == PT__OK) {
        exception = read_condition(&c, &page);
    }
    if (exception == PT__OK) {
        exception = pt__page_find(&page);
    }
    return exception == PT__OK ? run_on_table(&page, &c) : exception;
}

const pt__operation pt__query_operation = {"Query", run, NULL};
