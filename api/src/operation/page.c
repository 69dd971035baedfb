/*
 * Pages. Items go from the map straight to the answer. Before the table is known come the checks of
 * what a request says by itself, then those against table and index, as on the service.
 */
#include "operation/page.h"

#include "request/legacy.h"
#include "request/scalar_keys.h"

#include <stdio.h>

enum { ABSENT_MAX = 32 }; /* names told of in one message */

/* ---- the request by itself ---- */

/* API_Query, Select: which values go with which other parameters. */
pt__exception pt__page_check_select(const pt__page *page) {
    const pt__json *body = page->call->body;
    pte_bytes select = pt__json_string(body, "Select");
    bool names = pt__json_member(body, "AttributesToGet") != NULL;
    bool projects = names || pt__json_member(body, "ProjectionExpression") != NULL;
    pt__failure *failure = &page->call->failure;
    if (select.len == 0) {
        return PT__OK;
    }
    if (pte_bytes_equal(select, pte_str("SPECIFIC_ATTRIBUTES"))) {
        return projects
                   ? PT__OK
                   : pt__refuse_request(failure,
                                        "Must specify the AttributesToGet or ProjectionExpression "
                                        "when choosing to get SPECIFIC_ATTRIBUTES");
    }
    if (projects) {
        pte_bytes what = page->count_only ? pte_str("only the Count") : select;
        return pt__refuse_request(failure, "Cannot specify the %s when choosing to get %.*s",
                                  names ? "AttributesToGet" : "ProjectionExpression",
                                  PT__SHOW(what));
    }
    if (pte_bytes_equal(select, pte_str("ALL_PROJECTED_ATTRIBUTES")) &&
        pt__json_member(body, "IndexName") == NULL) {
        return pt__refuse_request(
            failure, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an "
                     "IndexName");
    }
    return PT__OK;
}

static pt__exception compile(pt__page *page) {
    const pt__json *body = page->call->body;
    const pt__json *filter = pt__json_member(body, "FilterExpression");
    const pt__json *projection = pt__json_member(body, "ProjectionExpression");
    pt__exception exception = PT__OK;
    if (filter != NULL) {
        exception = pt__condition_compile(&page->filter, &page->expressions, filter->text,
                                          "FilterExpression");
    }
    if (exception == PT__OK && projection != NULL) {
        exception = pt__projection_compile(&page->projection, &page->expressions, projection->text);
    }
    return exception;
}

/* The service looks at a query's filter first, and at what a scan selects. */
static pt__exception read_legacy(pt__page *page, bool scans) {
    pt__call *call = page->call;
    pt__exception exception = scans ? pt__legacy_projection(&page->projection, call, call->body)
                                    : pt__legacy_filter(&page->filter, call, "QueryFilter");
    if (exception != PT__OK) {
        return exception;
    }
    return scans ? pt__legacy_filter(&page->filter, call, "ScanFilter")
                 : pt__legacy_projection(&page->projection, call, call->body);
}

pt__exception pt__page_read_request(pt__page *page, pt__call *call,
                                    const pt__parameters *parameters, bool scans) {
    *page = (pt__page){
        .call = call,
        .consistent = pt__json_boolean(call->body, "ConsistentRead", false),
        .count_only = pt__json_is(call->body, "Select", "COUNT"),
    };
    pt__exception exception = pt__parameters_check(call, parameters);
    if (exception == PT__OK) {
        exception = pt__placeholders_read(&page->expressions, call, parameters);
    }
    if (exception == PT__OK) {
        exception = read_legacy(page, scans);
    }
    if (exception == PT__OK) {
        exception = pt__start_key_decode(&page->start_key, call);
    }
    return exception == PT__OK ? compile(page) : exception;
}

/* ---- table and index ---- */

static pt__exception find_index(pt__page *page, pte_bytes name) {
    pt__failure *failure = &page->call->failure;
    page->index = pt__table_index(&page->table, name);
    if (page->index == NULL) {
        return pt__refuse(failure, PT__VALIDATION,
                          "The table does not have the specified index: %.*s", PT__SHOW(name));
    }
    /* API_Query, ConsistentRead */
    if (page->consistent && page->index->spec.kind == PTE_INDEX_GLOBAL) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Consistent reads are not supported on global secondary indexes");
    }
    /* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html */
    if (page->index->state == PTE_INDEX_CREATING) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Cannot read from backfilling global secondary index: %.*s",
                          PT__SHOW(name));
    }
    return PT__OK;
}

pt__exception pt__page_find(pt__page *page) {
    const pt__json *body = page->call->body;
    pt__exception exception =
        pt__table_find(&page->table, page->call, pt__json_string(body, "TableName"));
    const pt__json *index = pt__json_member(body, "IndexName");
    return exception == PT__OK && index != NULL ? find_index(page, index->text) : exception;
}

pt__exception pt__page_check_paths(const pt__page *page) {
    pt__failure *failure = &page->call->failure;
    pt__exception exception = pt__scalar_keys_in_condition(failure, &page->table, page->filter);
    return exception == PT__OK
               ? pt__scalar_keys_in_projection(failure, &page->table, page->projection)
               : exception;
}

pt__exception pt__page_refuse(const pt__page *page, pte_status status, const pte_error *error) {
    return pt__refuse_engine(&page->call->failure, status, error);
}

/* ---- what an index does not project ---- */

/* Names that an index does not project, each once, as a message lists them. */
typedef struct absent {
    const pt__page *page;
    pte_bytes names[ABSENT_MAX];
    size_t count;
} absent;

static bool is_projected(const pt__page *page, pte_bytes name) {
    const pte_index_spec *spec = &page->index->spec;
    if (spec->projection == PTE_PROJECT_ALL || pt__key_has(&page->table, page->index, name)) {
        return true;
    }
    for (size_t i = 0; i < spec->include_count; i++) {
        if (pte_bytes_equal(spec->include[i], name)) {
            return true;
        }
    }
    return false;
}

static bool on_name(void *ctx, pte_bytes name) {
    absent *a = ctx;
    bool known = is_projected(a->page, name);
    for (size_t i = 0; i < a->count && !known; i++) {
        known = pte_bytes_equal(a->names[i], name);
    }
    if (!known) {
        a->names[a->count++] = name;
    }
    return a->count < ABSENT_MAX;
}

/* "other, inc"; data NULL without memory. */
static pte_bytes list_of(const absent *a) {
    size_t len = 0;
    for (size_t i = 0; i < a->count; i++) {
        len += a->names[i].len + 2;
    }
    char *text = pte__arena_alloc(&a->page->call->arena, len + 1);
    size_t used = 0;
    for (size_t i = 0; i < a->count && text != NULL; i++) {
        int more = snprintf(text + used, len + 1 - used, "%s%.*s", i == 0 ? "" : ", ",
                            PT__SHOW(a->names[i]));
        used += more > 0 ? (size_t)more : 0;
    }
    return text != NULL ? pte_view(text, used) : (pte_bytes){NULL, 0};
}

static pt__exception refuse_absent(const absent *a, const char *before, const char *between) {
    pt__failure *failure = &a->page->call->failure;
    pte_bytes list = list_of(a);
    if (list.data == NULL) {
        return pt__refuse_memory(failure);
    }
    return pt__refuse(
        failure, PT__VALIDATION,
        "One or more parameter values were invalid: %s %.*s does not project %s[%.*s]", before,
        PT__SHOW(a->page->index->spec.name), between, PT__SHOW(list));
}

/*
 * What a local index does not project is fetched if it is asked for (API_Query, Select, and
 * LSI.html: "attributes that are not projected"), which is said of what a request selects, not of
 * its filter. A filter on such an attribute is refused, of local and of global indexes in the same
 * words, as measured on the service for PartiQL's statements and as DynamoDB Local does for
 * queries.
 */
static pt__exception check_filter(const pt__page *page) {
    absent a = {.page = page};
    pt__condition_names(page->filter, on_name, &a);
    return a.count == 0 ? PT__OK
                        : refuse_absent(&a, "Secondary index", "one or more filter attributes: ");
}

static pt__exception check_projection(pt__page *page) {
    absent a = {.page = page};
    pt__projection_names(page->projection, on_name, &a);
    if (a.count != 0 && page->index->spec.kind == PTE_INDEX_LOCAL) {
        page->fetch = true;
        return PT__OK;
    }
    return a.count == 0 ? PT__OK : refuse_absent(&a, "Global secondary index", "");
}

pt__exception pt__page_select(pt__page *page, bool filters) {
    pt__exception exception = PT__OK;
    if (page->index == NULL || page->index->spec.projection == PTE_PROJECT_ALL) {
        return PT__OK;
    }
    const pte_index_spec *spec = &page->index->spec;
    if (pt__json_is(page->call->body, "Select", "ALL_ATTRIBUTES")) {
        if (spec->kind == PTE_INDEX_GLOBAL) {
            return pt__refuse(&page->call->failure, PT__VALIDATION,
                              "One or more parameter values were invalid: Select type "
                              "ALL_ATTRIBUTES is not supported for global secondary index %.*s "
                              "because its projection type is not ALL",
                              PT__SHOW(spec->name));
        }
        page->fetch = true;
    }
    if (page->filter != NULL && filters) {
        exception = check_filter(page);
    } else if (page->filter != NULL && spec->kind == PTE_INDEX_LOCAL) {
        /* A scan is not refused; what the index lacks is in the table (so does DynamoDB Local). */
        absent a = {.page = page};
        pt__condition_names(page->filter, on_name, &a);
        page->fetch_filtered = a.count != 0;
    }
    if (exception == PT__OK && page->projection != NULL) {
        exception = check_projection(page);
    }
    return exception;
}

/* ---- the walk ---- */

/* API_Query, Select: "DynamoDB fetches the entire item from the parent table". */
static pt__exception fetch(pt__walk *w, pte_item *item) {
    pt__call *call = w->page->call;
    pte_key key;
    pte_error error;
    pt__exception exception = pt__key_of_item(&key, call, &w->page->table, item);
    if (exception != PT__OK) {
        return exception;
    }
    pte_status status = pte_read_item(item, call->read, w->page->table.engine_name, &key, &error);
    if (status != PTE_OK) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    w->fetched_bytes += item->size_bytes;
    w->fetched_halves += pt__read_halves(item->size_bytes, w->page->consistent);
    return PT__OK;
}

static pt__exception take(pt__walk *w, pte_item item) {
    pt__call *call = w->page->call;
    bool holds = true;
    w->last = item;
    w->scanned++;
    w->bytes += item.size_bytes;
    pte_item whole = item;
    if (w->page->fetch || w->page->fetch_filtered) {
        pt__exception exception = fetch(w, &whole);
        if (exception != PT__OK) {
            return exception;
        }
    }
    if (w->page->filter != NULL) {
        pte_error error;
        pte_status status = pt__condition_holds(&holds, w->page->filter, &whole, &error);
        if (status != PTE_OK) {
            return pt__refuse_engine(&call->failure, status, &error);
        }
    }
    if (holds) {
        w->count++;
        const pte_item *shown = w->page->fetch ? &whole : &item;
        if (w->page->encode != NULL) {
            w->page->encode(&call->out, w->page->encode_ctx, shown);
        } else if (!w->page->count_only) {
            pt__projection_encode(&call->out, w->page->projection, shown);
        }
    }
    return PT__OK;
}

/*
 * Query.Pagination: a page ends when Limit items are read, even if none is left, and when 1 MB is
 * read. DynamoDB Local: the item that reaches 1 MB still belongs to it, and there is no
 * LastEvaluatedKey if it is the last one there is.
 */
pt__exception pt__page_walk(pt__walk *w, pte_cursor *cursor) {
    for (;;) {
        pte_item item;
        pte_error error;
        if (w->limit != 0 && w->scanned == w->limit) {
            w->more = true;
            return PT__OK;
        }
        pte_status status = pte_cursor_next(&item, cursor, &error);
        if (status == PTE_END) {
            return PT__OK;
        }
        if (status != PTE_OK) {
            return pt__refuse_engine(&w->page->call->failure, status, &error);
        }
        if (w->bytes + w->fetched_bytes >= PT__PAGE_BYTES_MAX) {
            w->more = true;
            return PT__OK;
        }
        pt__exception exception = take(w, item);
        if (exception != PT__OK || w->page->call->out.failed) {
            return exception;
        }
    }
}

pt__exception pt__page_encode_capacity(const pt__walk *w, uint64_t halves) {
    const pt__page *page = w->page;
    pt__capacity_form form = {.wanted = pt__capacity_wanted_of(page->call->body)};
    if (form.wanted == PT__CAPACITY_NONE) {
        return PT__OK;
    }
    pt__charge *charge = pt__charge_new(page->call, &page->table);
    if (charge == NULL) {
        return pt__refuse_memory(&page->call->failure);
    }
    /* CapacityUnitCalculations: those that a local index fetches are rounded one by one (LSI.html,
     * read capacity units). */
    charge->read_halves = page->index == NULL ? halves : w->fetched_halves;
    if (page->index != NULL) {
        pt__charge_index_read(charge, page->index, halves);
    }
    pt__capacity_encode(&page->call->out, charge, form);
    return PT__OK;
}

pt__exception pt__page_answer(const pt__page *page, pte_cursor *cursor) {
    pt__out *out = &page->call->out;
    pt__walk w = {.page = page, .limit = (size_t)pt__json_integer(page->call->body, "Limit", 0)};
    pt__out_object(out);
    if (!page->count_only) {
        pt__out_name(out, "Items");
        pt__out_array(out);
    }
    pt__exception exception = pt__page_walk(&w, cursor);
    if (exception != PT__OK) {
        return exception;
    }
    if (!page->count_only) {
        pt__out_array_end(out);
    }
    pt__out_member_integer(out, "Count", (int64_t)w.count);
    pt__out_member_integer(out, "ScannedCount", (int64_t)w.scanned);
    if (w.more) {
        pt__out_name(out, "LastEvaluatedKey");
        pt__key_encode(out, &page->table, page->index, &w.last);
    }
    /* CapacityUnitCalculations: the items of a page are summed and rounded once. */
    exception = pt__page_encode_capacity(&w, pt__read_halves(w.bytes, page->consistent));
    pt__out_object_end(out);
    return exception;
}
