/* A workload by hand, and the functions of workload.h that look at one. */
#include "workload/sample_workload.h"

#include "support/support.h"

#include <stdlib.h>

static const wl_index by_date = {
    .name = "by-date",
    .hash = {.names = {"GSI1PK"}, .count = 1},
    .range = {.names = {"GSI1SK"}, .count = 1},
    .provisioned = {100, 50},
};
static const wl_index by_likes = {
    .name = "by-likes",
    .local = true,
    .hash = {.names = {"PK"}, .count = 1},
    .range = {.names = {"likes"}, .count = 1},
    .projection = WL_PROJECT_KEYS_ONLY,
};

wl_workload *sample_workload(bool nasty) {
    wl_workload *workload = calloc(1, sizeof *workload);
    assert_non_null(workload);
    workload->name = nasty ? "<script>alert(1)</script> & \"co\" 'x'\x01" : "Sample";
    workload->rate = 500;
    workload->tables[0] = (wl_table){.name = "photos",
                                     .provisioned = {400, 200},
                                     .hash = {.names = {"PK"}, .count = 1},
                                     .range = {.names = {"SK"}, .count = 1},
                                     .indexes = {by_date, by_likes},
                                     .index_count = 2};
    workload->tables[1] =
        (wl_table){.name = "events", .on_demand = true, .hash = {.names = {"id"}, .count = 1}};
    wl_table *photos = &workload->tables[0];
    workload->places[0] = (wl_place){0, photos, NULL};
    workload->places[1] = (wl_place){0, photos, &photos->indexes[0]};
    workload->places[2] = (wl_place){0, photos, &photos->indexes[1]};
    workload->places[3] = (wl_place){1, &workload->tables[1], NULL};
    workload->patterns[0] = (wl_pattern){.name = nasty ? "</title><img src=x onerror=alert(2)>"
                                                       : "1 view photos of a user",
                                         .share = 0.7,
                                         .rate = 350,
                                         .step_count = 1,
                                         .line = 40};
    workload->patterns[1] =
        (wl_pattern){.name = nasty ? "]]><b>&amp; \x1b[2J \xC3\x28 \xE2\x80" : "2 like a photo",
                     .share = 0.25,
                     .rate = 125,
                     .step_count = 2,
                     .writes = true,
                     .line = 50};
    workload->patterns[2] = (wl_pattern){.name = nasty ? "\"onload=\"alert(3)" : "3 export events",
                                         .share = 0.05,
                                         .rate = 25,
                                         .step_count = 1,
                                         .line = 60};
    workload->assertions[0] = (wl_assertion){"pattern 1 read units per call <= 1.5", 70};
    workload->assertions[1] = (wl_assertion){
        nasty ? "<i>no assertion</i>" : "table photos write amplification <= 2.2", 71};
    return workload;
}

const char *wl_workload_name(const wl_workload *workload) {
    return workload->name;
}

const char *wl_workload_path(const wl_workload *workload) {
    (void)workload;
    return "sample.yaml";
}

uint64_t wl_workload_seed(const wl_workload *workload) {
    (void)workload;
    return 7;
}

double wl_workload_rate(const wl_workload *workload) {
    return workload->rate;
}

size_t wl_table_count(const wl_workload *workload) {
    return sizeof workload->tables / sizeof workload->tables[0];
}

const wl_table *wl_table_at(const wl_workload *workload, size_t number) {
    return &workload->tables[number];
}

size_t wl_pattern_count(const wl_workload *workload) {
    return sizeof workload->patterns / sizeof workload->patterns[0];
}

const wl_pattern *wl_pattern_at(const wl_workload *workload, size_t number) {
    return &workload->patterns[number];
}

size_t wl_place_count(const wl_workload *workload) {
    return sizeof workload->places / sizeof workload->places[0];
}

wl_place wl_place_at(const wl_workload *workload, size_t number) {
    return workload->places[number];
}

bool wl_place_find(size_t *number, const wl_workload *workload, pte_bytes table, pte_bytes index) {
    for (size_t i = 0; i < wl_place_count(workload); i++) {
        const wl_place *place = &workload->places[i];
        const char *name = place->index == NULL ? "" : place->index->name;
        if (pte_bytes_equal(table, pte_str(place->of->name)) &&
            pte_bytes_equal(index, pte_str(name))) {
            *number = i;
            return true;
        }
    }
    return false;
}

size_t wl_assertion_count(const wl_workload *workload) {
    return sizeof workload->assertions / sizeof workload->assertions[0];
}

const wl_assertion *wl_assertion_at(const wl_workload *workload, size_t number) {
    return &workload->assertions[number];
}
