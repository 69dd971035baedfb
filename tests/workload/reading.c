#include "workload/reading.h"

#include "workload/skim.h"

#include <stdlib.h>

wl_workload *reading_take(const char *yaml) {
    wl_workload *workload = NULL;
    wl_complaint complaint;
    if (!wl__workload_read_text(&workload, "test.yaml", pte_str(yaml), &complaint)) {
        fail_msg("%s:%zu:%zu: %s", complaint.file, complaint.line, complaint.column,
                 complaint.message);
    }
    return workload;
}

char *reading_entity_text(const char *lines) {
    static const char before[] =
        "name: test\n"
        "seed: 7\n"
        "tables:\n"
        "  - TableName: t\n"
        "    BillingMode: PAY_PER_REQUEST\n"
        "    AttributeDefinitions: [{AttributeName: k, AttributeType: S}]\n"
        "    KeySchema: [{AttributeName: k, KeyType: HASH}]\n"
        "patterns:\n"
        "  - name: get\n"
        "    request: {GetItem: {TableName: t, Key: {k: x}}}\n"
        "entities:\n"
        "  e:\n";
    size_t size = sizeof before + strlen(lines);
    char *text = malloc(size);
    assert_non_null(text);
    snprintf(text, size, "%s%s", before, lines);
    return text;
}

wl_workload *reading_entity(const char *lines) {
    char *text = reading_entity_text(lines);
    wl_workload *workload = reading_take(text);
    free(text);
    return workload;
}

const char *reading_item(const wl_workload *workload, const char *entity, uint64_t n) {
    static wl_text json;
    static char copy[64 * 1024];
    size_t number = wl__find_entity(workload, pte_str(entity));
    assert_true(number < wl_entity_count(workload));
    wl_item_make(&json, workload, number, n);
    assert_false(json.failed);
    assert_true(json.len < sizeof copy);
    memcpy(copy, json.data, json.len + 1);
    wl_text_clean_up(&json);
    return copy;
}

void reading_gives(const wl_workload *workload, uint64_t n, const char *expected) {
    char *quoted = strdup(expected);
    assert_non_null(quoted);
    for (char *at = quoted; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    assert_string_equal(reading_item(workload, "e", n), quoted);
    free(quoted);
}

char *reading_attribute(const wl_workload *workload, uint64_t n, const char *name) {
    pte_bytes item = pte_str(reading_item(workload, "e", n));
    wl__value value = wl__skim_value(wl__skim_member(item, pte_str(name)));
    char *copy = malloc(value.text.len + 1);
    assert_non_null(copy);
    assert_int_not_equal(value.type, WL__ABSENT);
    memcpy(copy, value.text.data, value.text.len);
    copy[value.text.len] = '\0';
    return copy;
}
