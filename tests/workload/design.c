#include "design.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t design_table(wl_workload *workload, const char *name) {
    assert(workload->table_count < 4);
    workload->tables[workload->table_count++] = (wl_table){.name = name, .on_demand = true};
    return wl_place_count(workload) - 1;
}

size_t design_index(wl_workload *workload, const char *name, bool local) {
    wl_table *table = &workload->tables[workload->table_count - 1];
    table->indexes[table->index_count++] = (wl_index){.name = name, .local = local};
    return wl_place_count(workload) - 1;
}

size_t design_pattern(wl_workload *workload, const char *name, double share) {
    assert(workload->pattern_count < 8);
    workload->patterns[workload->pattern_count] =
        (wl_pattern){.name = name, .share = share, .rate = share * workload->rate};
    return workload->pattern_count++;
}

double wl_workload_rate(const wl_workload *workload) {
    return workload->rate;
}

const char *wl_workload_name(const wl_workload *workload) {
    (void)workload;
    return "design";
}

const char *wl_workload_path(const wl_workload *workload) {
    (void)workload;
    return "design.yaml";
}

uint64_t wl_workload_seed(const wl_workload *workload) {
    (void)workload;
    return 1;
}

size_t wl_table_count(const wl_workload *workload) {
    return workload->table_count;
}

const wl_table *wl_table_at(const wl_workload *workload, size_t number) {
    return &workload->tables[number];
}

size_t wl_pattern_count(const wl_workload *workload) {
    return workload->pattern_count;
}

const wl_pattern *wl_pattern_at(const wl_workload *workload, size_t number) {
    return &workload->patterns[number];
}

size_t wl_assertion_count(const wl_workload *workload) {
    return workload->assertion_count;
}

const wl_assertion *wl_assertion_at(const wl_workload *workload, size_t number) {
    return &workload->assertions[number];
}

size_t wl_place_count(const wl_workload *workload) {
    size_t count = 0;
    for (size_t i = 0; i < workload->table_count; i++) {
        count += 1 + workload->tables[i].index_count;
    }
    return count;
}

wl_place wl_place_at(const wl_workload *workload, size_t number) {
    size_t table = 0;
    while (number > workload->tables[table].index_count) {
        number -= 1 + workload->tables[table++].index_count;
    }
    const wl_table *of = &workload->tables[table];
    return (wl_place){
        .table = table, .of = of, .index = number == 0 ? NULL : &of->indexes[number - 1]};
}

bool wl_place_find(size_t *number, const wl_workload *workload, pte_bytes table, pte_bytes index) {
    for (size_t i = 0; i < wl_place_count(workload); i++) {
        wl_place place = wl_place_at(workload, i);
        pte_bytes name = place.index == NULL ? (pte_bytes){0} : pte_str(place.index->name);
        if (pte_bytes_equal(pte_str(place.of->name), table) && name.len == index.len &&
            (name.len == 0 || pte_bytes_equal(name, index))) {
            *number = i;
            return true;
        }
    }
    return false;
}

sample_results *sample_new(const wl_workload *workload) {
    sample_results *made = calloc(1, sizeof *made);
    assert(made != NULL && wl_place_count(workload) <= 32);
    made->results.workload = workload;
    made->results.patterns = made->patterns;
    made->results.places = made->places;
    for (size_t i = 0; i < 8; i++) {
        made->patterns[i].units = made->units[i];
    }
    return made;
}

void sample_destroy(sample_results *made) {
    for (size_t i = 0; i < 32; i++) {
        wl_top_clean_up(&made->places[i].collections);
        wl_top_clean_up(&made->places[i].hot_reads);
        wl_top_clean_up(&made->places[i].hot_writes);
    }
    free(made);
}
