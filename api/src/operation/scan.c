/*
 * Scan.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
 */
#include "operation/operation.h"
#include "operation/page.h"

#include <inttypes.h>

static const char *const EXPRESSIONS[] = {"ProjectionExpression", "FilterExpression", NULL};
static const char *const LEGACY[] = {"AttributesToGet", "ScanFilter", "ConditionalOperator", NULL};
static const pt__parameters PARAMETERS = {EXPRESSIONS, LEGACY};

/* API_Scan, Segment and TotalSegments. Their ranges have been checked with the request's shape. */
static pt__exception read_segment(pte_scan *scan, pt__call *call) {
    bool has_segment = pt__json_member(call->body, "Segment") != NULL;
    bool has_total = pt__json_member(call->body, "TotalSegments") != NULL;
    if (has_segment && !has_total) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "The TotalSegments parameter is required but was not present in the "
                          "request when Segment parameter is present");
    }
    if (!has_segment && has_total) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "The Segment parameter is required but was not present in the request "
                          "when parameter TotalSegments is present");
    }
    int64_t segment = pt__json_integer(call->body, "Segment", 0);
    int64_t total = pt__json_integer(call->body, "TotalSegments", 1);
    if (segment >= total) {
        return pt__refuse(&call->failure, PT__VALIDATION,
                          "The Segment parameter is zero-based and must be less than parameter "
                          "TotalSegments: Segment: %" PRId64 " is not less than TotalSegments: "
                          "%" PRId64,
                          segment, total);
    }
    scan->segment = (uint32_t)segment;
    scan->segment_count = (uint32_t)total;
    return PT__OK;
}

static pt__exception read_request(pt__page *page, pte_scan *scan, pt__call *call) {
    pt__exception exception = pt__page_read_request(page, call, &PARAMETERS, true);
    if (exception == PT__OK) {
        exception = pt__page_check_select(page);
    }
    if (exception == PT__OK) {
        exception = pt__expressions_all_used(&page->expressions);
    }
    return exception == PT__OK ? read_segment(scan, call) : exception;
}

static pt__exception check_against_table(pt__page *page) {
    pt__exception exception = PT__OK;
    if (page->start_key.encoded.len != 0) {
        exception =
            pt__start_key_check(page->call, &page->table, page->index, &page->start_key, true);
    }
    if (exception == PT__OK) {
        exception = pt__page_check_paths(page);
    }
    return exception == PT__OK ? pt__page_select(page, false) : exception;
}

static pt__exception answer(pt__page *page, pte_scan *scan) {
    pte_cursor *cursor;
    pte_error error;
    scan->table = page->table.engine_name;
    scan->index = page->index != NULL ? page->index->spec.name : (pte_bytes){NULL, 0};
    scan->exclusive_start = page->start_key.encoded.len != 0 ? &page->start_key : NULL;
    pte_status status = pte_scan_open(&cursor, page->call->read, scan, &error);
    if (status == PTE_START_OUTSIDE) {
        return pt__refuse(&page->call->failure, PT__VALIDATION,
                          "The provided starting key is invalid: Invalid ExclusiveStartKey. Please "
                          "use ExclusiveStartKey with correct Segment. TotalSegments: %" PRIu32
                          " Segment: %" PRIu32,
                          scan->segment_count, scan->segment);
    }
    return status == PTE_OK ? pt__page_answer(page, cursor) : pt__page_refuse(page, status, &error);
}

static pt__exception run(pt__call *call) {
    pt__page page;
    pte_scan scan = {.items_max = 0};
    pt__exception exception = read_request(&page, &scan, call);
    if (exception == PT__OK) {
        exception = pt__page_find(&page);
    }
    if (exception == PT__OK) {
        exception = check_against_table(&page);
    }
    return exception == PT__OK ? answer(&page, &scan) : exception;
}

const pt__operation pt__scan_operation = {"Scan", run, NULL};
