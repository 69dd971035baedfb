/* Making room for results; see results.h. */
#include "workload/results.h"

#include <stdlib.h>

bool wl_results_init(wl_results *results, const wl_workload *workload) {
    size_t patterns = wl_pattern_count(workload), places = wl_place_count(workload);
    *results = (wl_results){.workload = workload, .seed = wl_workload_seed(workload)};
    results->patterns = calloc(patterns + 1, sizeof *results->patterns);
    results->places = calloc(places + 1, sizeof *results->places);
    bool enough = results->patterns != NULL && results->places != NULL;
    for (size_t i = 0; enough && i < patterns; i++) {
        results->patterns[i].units = calloc(places + 1, sizeof(wl_units));
        enough = results->patterns[i].units != NULL;
    }
    if (!enough) {
        wl_results_clean_up(results);
    }
    return enough;
}

void wl_results_clean_up(wl_results *results) {
    size_t patterns = results->workload == NULL ? 0 : wl_pattern_count(results->workload);
    size_t places = results->workload == NULL ? 0 : wl_place_count(results->workload);
    for (size_t i = 0; results->patterns != NULL && i < patterns; i++) {
        free(results->patterns[i].units);
    }
    for (size_t i = 0; results->places != NULL && i < places; i++) {
        wl_top_clean_up(&results->places[i].collections);
        wl_top_clean_up(&results->places[i].hot_reads);
        wl_top_clean_up(&results->places[i].hot_writes);
    }
    free(results->patterns);
    free(results->places);
    *results = (wl_results){0};
}
