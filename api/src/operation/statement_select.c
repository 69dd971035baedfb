/*
 * SELECT: a scan, or one query after the other, each of which goes on where the one before ended,
 * until the page is full.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.select.html
 */
#include "operation/key_plan.h"
#include "operation/next_token.h"
#include "operation/page.h"
#include "operation/statement.h"

typedef struct selection {
    pt__call *call;
    pt__statement *statement;
    pt__page page;
    pt__key_schema key;
    pt__key_plan plan;
    bool descending;
    pt__fingerprint fingerprint;
    size_t branch;      /* the one at which it stands */
    size_t last_branch; /* that of the last item that was read */
    uint64_t halves;    /* what reading has cost */
} selection;

/* ---- table and index ---- */

/* The words differ from those of Query. */
static pt__exception find_index(selection *s) {
    pt__failure *failure = &s->call->failure;
    s->page.index = pt__table_index(&s->page.table, s->statement->ql.index);
    if (s->page.index == NULL) {
        return pt__refuse(failure, PT__VALIDATION, "The table does not have the specified index");
    }
    const pte_index_spec *spec = &s->page.index->spec;
    if (spec->hash_count > 1 || spec->range_count > 1) {
        return pt__refuse(failure, PT__VALIDATION,
                          "PartiQL statements cannot be executed on tables with multi-attribute "
                          "HASH keys or multi-attribute RANGE keys.");
    }
    if (s->page.consistent && spec->kind == PTE_INDEX_GLOBAL) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Strongly consistent read is not supported on Global Secondary Indexes");
    }
    /* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html */
    if (s->page.index->state == PTE_INDEX_CREATING) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Cannot read from backfilling global secondary index: %.*s",
                          PT__SHOW(spec->name));
    }
    return PT__OK;
}

static void find_key(selection *s) {
    const pte_table_spec *table = &s->page.table.info->spec;
    if (s->page.index == NULL) {
        s->key = (pt__key_schema){
            &table->hash, 1, &table->range, table->range.name.len != 0 ? 1 : 0, {NULL, 0}};
        return;
    }
    const pte_index_spec *index = &s->page.index->spec;
    s->key = (pt__key_schema){index->hash, index->hash_count, index->range, index->range_count,
                              index->name};
}

static pt__exception find(selection *s) {
    pt__exception exception = pt__table_find(&s->page.table, s->call, s->statement->ql.table);
    if (exception == PT__OK && s->statement->ql.index.len != 0) {
        exception = find_index(s);
    }
    if (exception == PT__OK) {
        find_key(s);
    }
    return exception;
}

/* ---- ORDER BY ---- */

static bool names(pte_bytes name, const pte_key_attribute *attributes, size_t count) {
    return count != 0 && pte_bytes_equal(name, attributes[0].name);
}

static const pt__ql_order *order_of(const selection *s, pte_bytes name) {
    const pt__ql_order *order = s->statement->ql.orders;
    while (order != NULL && !pte_bytes_equal(order->name, name)) {
        order = order->next;
    }
    return order;
}

static size_t hash_values(const selection *s) {
    size_t values = 0;
    for (size_t i = 0; i < s->plan.count; i++) {
        bool again = i != 0 && pt__key_scalar_compare(s->plan.branches[i].hash,
                                                      s->plan.branches[i - 1].hash) == 0;
        values += !again;
    }
    return values;
}

/* The rules and words are the service's as measured; some follow from no documentation. */
static pt__exception check_orders(const selection *s) {
    pt__failure *failure = &s->call->failure;
    const pt__ql_order *orders = s->statement->ql.orders;
    if (orders == NULL) {
        return PT__OK;
    }
    if (s->statement->where == NULL) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Must have WHERE clause in the statement when using ORDER BY clause.");
    }
    for (const pt__ql_order *order = orders; order != NULL; order = order->next) {
        if (!names(order->name, s->key.hash, s->key.hash_count) &&
            !names(order->name, s->key.range, s->key.range_count)) {
            return pt__refuse(failure, PT__VALIDATION,
                              "Attribute %.*s in ORDER BY clause must be part of the primary key",
                              PT__SHOW(order->name));
        }
    }
    if (s->plan.count == 0) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Must have at least one non-optional hash key condition in WHERE clause "
                          "when using ORDER BY clause.");
    }
    if (hash_values(s) > 1 && order_of(s, s->key.hash[0].name) == NULL) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Must have hash key in ORDER BY clause when more than one hash key "
                          "condition specified in WHERE clause.");
    }
    return PT__OK;
}

static void reverse(pt__key_branch *branches, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        pt__key_branch other = branches[i];
        branches[i] = branches[count - 1 - i];
        branches[count - 1 - i] = other;
    }
}

/* Stable: the branches of one hash value stay in the order of their ranges. */
static void sort_by_hash(pt__key_plan *plan, bool descending) {
    for (size_t i = 1; i < plan->count; i++) {
        pt__key_branch branch = plan->branches[i];
        size_t to = i;
        while (to > 0) {
            int order = pt__key_scalar_compare(branch.hash, plan->branches[to - 1].hash);
            if (descending ? order <= 0 : order >= 0) {
                break;
            }
            plan->branches[to] = plan->branches[to - 1];
            to--;
        }
        plan->branches[to] = branch;
    }
}

static size_t group_end(const pt__key_plan *plan, size_t at) {
    size_t end = at + 1;
    while (end < plan->count &&
           pt__key_scalar_compare(plan->branches[end].hash, plan->branches[at].hash) == 0) {
        end++;
    }
    return end;
}

/*
 * The range attribute is read downwards where ORDER BY does not name it, even with the hash
 * attribute ASC, as measured on the service.
 */
static void apply_orders(selection *s) {
    const pt__ql_order *hash = order_of(s, s->key.hash[0].name);
    const pt__ql_order *range = s->key.range_count != 0 ? order_of(s, s->key.range[0].name) : NULL;
    s->descending = s->statement->ql.orders != NULL && (range == NULL || range->descending);
    if (hash != NULL) {
        sort_by_hash(&s->plan, hash->descending);
    }
    for (size_t at = 0; at < s->plan.count && s->descending;) {
        size_t end = group_end(&s->plan, at);
        reverse(s->plan.branches + at, end - at);
        at = end;
    }
}

/* ---- what is shown, and of what ---- */

static void encode(pt__out *out, const void *ctx, const pte_item *item) {
    pt__ql_columns_encode(out, ctx, item);
}

static bool goes_into(const selection *s, pte_bytes name) {
    pt__name_search search = {.name = name};
    const pt__ql_columns *columns = &s->statement->columns;
    if (s->statement->where != NULL) {
        pt__condition_inner_names(s->statement->where, pt__name_search_on, &search);
    }
    for (size_t i = 0; i < columns->count && !search.found; i++) {
        const pt__path *path = &columns->columns[i].path;
        search.found = path->count > 1 && pte_bytes_equal(path->steps[0].name, name);
    }
    return search.found;
}

static pt__exception check_paths(const selection *s) {
    const pte_table_spec *table = &s->page.table.info->spec;
    const pte_bytes keys[] = {s->key.hash[0].name,
                              s->key.range_count != 0 ? s->key.range[0].name : (pte_bytes){NULL, 0},
                              table->hash.name, table->range.name};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].len != 0 && goes_into(s, keys[i])) {
            return pt__refuse(&s->call->failure, PT__VALIDATION,
                              "Key attributes must be scalars; list random access '[]' and map "
                              "lookup '.' are not allowed: Key: %.*s",
                              PT__SHOW(keys[i]));
        }
    }
    return PT__OK;
}

/* A query's filter may name only what an index projects. A scan of an index filters what is in it,
 * of local indexes too, as measured on the service. */
static pt__exception check_projected(selection *s) {
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < s->plan.count && exception == PT__OK; i++) {
        s->page.filter = s->plan.branches[i].filter;
        exception = pt__page_select(&s->page, true);
    }
    if (s->plan.count == 0) {
        s->page.filter = NULL;
        exception = pt__page_select(&s->page, false);
        s->page.filter = s->statement->where;
    }
    return exception;
}

/* The sizes of keys (Constraints), and that none is empty, as in a query's condition. */
static pt__exception check_values(const selection *s) {
    pt__failure *failure = &s->call->failure;
    pt__exception exception = PT__OK;
    for (size_t i = 0; i < s->plan.count && exception == PT__OK; i++) {
        const pt__key_branch *branch = &s->plan.branches[i];
        pte_value hash = {.type = branch->hash.type, .bytes = branch->hash.bytes};
        pte_value range = {.type = branch->range.type, .bytes = branch->range.bytes};
        size_t bytes = 0;
        size_t upper_bytes = 0;
        exception = pt__key_value_check(failure, "", s->key.hash[0].name, &hash, NULL);
        if (exception == PT__OK && branch->op != PTE_RANGE_ANY) {
            exception = pt__key_value_check(failure, "", s->key.range[0].name, &range, &bytes);
        }
        if (exception == PT__OK && branch->op == PTE_RANGE_BETWEEN) {
            exception = pt__key_size_check(failure, "", branch->upper, &upper_bytes);
        }
    }
    return exception;
}

/* ---- the token ---- */

static void add_parameters(selection *s) {
    for (uint32_t i = 0; i < s->statement->ql.parameter_count; i++) {
        pt__fingerprint_add(&s->fingerprint, s->statement->context.parameters[i].encoded);
    }
}

static pte_query query_of(const selection *s, const pt__key_branch *branch) {
    return (pte_query){
        .table = s->page.table.engine_name,
        .index = s->page.index != NULL ? s->page.index->spec.name : (pte_bytes){NULL, 0},
        .hash = {branch->hash},
        .hash_count = 1,
        .range = {branch->range},
        .range_count = branch->op != PTE_RANGE_ANY ? 1 : 0,
        .op = branch->op,
        .range_upper = branch->upper,
        .descending = s->descending,
    };
}

/* A token that passes its own check is one of this request's, unless it was forged. */
static pt__exception check_token(selection *s, const pt__next_token *token) {
    size_t branches = s->plan.count == 0 ? 1 : s->plan.count;
    pt__exception exception = PT__OK;
    if (token->branch >= branches) {
        return pt__next_token_refuse(s->call);
    }
    exception = pt__start_key_check(s->call, &s->page.table, s->page.index, &token->key,
                                    s->plan.count == 0);
    if (exception == PT__OK && s->plan.count != 0) {
        pte_query query = query_of(s, &s->plan.branches[token->branch]);
        exception = pt__start_key_in_query(s->call, &token->key, s->key.hash, s->key.range, &query);
    }
    return exception == PT__VALIDATION ? pt__next_token_refuse(s->call) : exception;
}

static pt__exception read_token(selection *s) {
    const pt__json *text = pt__json_member(s->call->body, "NextToken");
    pt__next_token token;
    pt__fingerprint_add(&s->fingerprint, s->call->region);
    pt__fingerprint_add(&s->fingerprint, pt__json_string(s->call->body, "Statement"));
    add_parameters(s);
    if (text == NULL) {
        return PT__OK;
    }
    pt__exception exception = pt__next_token_decode(&token, s->call, text->text, &s->fingerprint);
    if (exception == PT__OK) {
        exception = check_token(s, &token);
    }
    if (exception == PT__OK) {
        s->branch = token.branch;
        s->page.start_key = token.key;
    }
    return exception;
}

/* ---- reading ---- */

static pt__exception open_cursor(pte_cursor **cursor, selection *s) {
    pte_error error;
    pte_status status;
    const pte_item *start = s->page.start_key.encoded.len != 0 ? &s->page.start_key : NULL;
    if (s->plan.count == 0) {
        pte_scan scan = {
            .table = s->page.table.engine_name,
            .index = s->page.index != NULL ? s->page.index->spec.name : (pte_bytes){NULL, 0},
            .exclusive_start = start,
        };
        status = pte_scan_open(cursor, s->call->read, &scan, &error);
    } else {
        pte_query query = query_of(s, &s->plan.branches[s->branch]);
        query.exclusive_start = start;
        status = pte_query_open(cursor, s->call->read, &query, &error);
    }
    return status == PTE_OK ? PT__OK : pt__page_refuse(&s->page, status, &error);
}

/* One query (or the scan); each is charged by itself. */
static pt__exception read_branch(selection *s, pt__walk *walk) {
    pte_cursor *cursor = NULL;
    size_t before = walk->bytes;
    size_t scanned = walk->scanned;
    if (s->plan.count != 0) {
        s->page.filter = s->plan.branches[s->branch].filter;
    }
    pt__exception exception = open_cursor(&cursor, s);
    if (exception == PT__OK) {
        exception = pt__page_walk(walk, cursor);
    }
    s->last_branch = walk->scanned != scanned ? s->branch : s->last_branch;
    s->halves += pt__read_halves(walk->bytes - before, s->page.consistent);
    s->page.start_key = (pte_item){{NULL, 0}, 0};
    return exception;
}

/* The page is full if its limit is reached, as a query's is, even if nothing is left. A token goes
 * on behind the last item, whose query need not be the one at which the page ended. */
static pt__exception read_page(selection *s, pt__walk *walk) {
    size_t branches = s->plan.count == 0 ? 1 : s->plan.count;
    pt__exception exception = PT__OK;
    for (;;) {
        exception = read_branch(s, walk);
        if (exception != PT__OK || walk->more || s->branch + 1 == branches) {
            return exception;
        }
        s->branch++;
    }
}

static pt__exception encode_more(selection *s, const pt__walk *walk) {
    pt__next_token token = {.fingerprint = s->fingerprint, .branch = (uint32_t)s->last_branch};
    pt__out *out = &s->call->out;
    pt__exception exception =
        pt__next_token_key(&token.key, s->call, &s->page.table, s->page.index, &walk->last);
    if (exception != PT__OK) {
        return exception;
    }
    pt__out_name(out, "NextToken");
    exception = pt__next_token_encode(s->call, &token);
    pt__out_name(out, "LastEvaluatedKey");
    pt__key_encode(out, &s->page.table, s->page.index, &walk->last);
    return exception;
}

static pt__exception answer(selection *s) {
    pt__out *out = &s->call->out;
    pt__walk walk = {.page = &s->page,
                     .limit = (size_t)pt__json_integer(s->call->body, "Limit", 0)};
    pt__out_object(out);
    pt__out_name(out, "Items");
    pt__out_array(out);
    pt__exception exception = read_page(s, &walk);
    pt__out_array_end(out);
    if (exception == PT__OK && walk.more) {
        exception = encode_more(s, &walk);
    }
    if (exception == PT__OK) {
        exception = pt__page_encode_capacity(&walk, s->halves);
    }
    pt__out_object_end(out);
    return exception;
}

/* ---- all together ---- */

static pt__exception prepare(selection *s) {
    pt__exception exception =
        pt__ql_columns_projection(&s->page.projection, &s->statement->columns, &s->call->failure);
    if (exception == PT__OK) {
        exception = find(s);
    }
    if (exception == PT__OK) {
        exception = pt__key_plan_make(&s->plan, s->call, s->statement->where, &s->key);
    }
    if (exception == PT__OK) {
        exception = check_orders(s);
    }
    if (exception == PT__OK) {
        exception = check_paths(s);
    }
    if (exception == PT__OK) {
        exception = check_values(s);
    }
    if (exception == PT__OK) {
        exception = check_projected(s);
    }
    if (exception == PT__OK) {
        apply_orders(s);
        exception = read_token(s);
    }
    return exception;
}

pt__exception pt__statement_select(pt__call *call, pt__statement *statement) {
    selection s = {
        .call = call,
        .statement = statement,
        .page =
            {
                .call = call,
                .consistent = pt__json_boolean(statement->json, "ConsistentRead", false),
                .encode = encode,
                .encode_ctx = &statement->columns,
            },
    };
    pt__exception exception = prepare(&s);
    return exception == PT__OK ? answer(&s) : exception;
}
