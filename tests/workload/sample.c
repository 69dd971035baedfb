/* The sample's figures; see sample.h. */
#include "workload/sample.h"

#include "support/support.h"
#include "workload/sample_workload.h"

#include <math.h>
#include <stdlib.h>

/* 100 durations: from first on, each a step longer. */
static void take_times(wl_histogram *histogram, uint64_t first_ns, uint64_t step_ns) {
    for (uint64_t i = 0; i < 100; i++) {
        wl_histogram_add(histogram, first_ns + i * step_ns);
    }
}

static void heat(wl_top *top, const char *key, double weight) {
    assert_true(wl_top_add(top, pte_str(key), weight));
}

static void make_patterns(wl_pattern_result *patterns) {
    wl_pattern_result *view = &patterns[SAMPLE_VIEW];
    view->calls = 700;
    view->round_trips = 700;
    view->pages = 700;
    view->items_examined = 14000;
    view->items_returned = 14000;
    view->request_bytes = 210000;
    view->response_bytes = 4200000;
    view->units[SAMPLE_PHOTOS].read = 700;
    view->units[SAMPLE_BY_DATE].read = 350;
    take_times(&view->in_process, 20000, 500);
    take_times(&view->http, 90000, 3000);
    wl_pattern_result *like = &patterns[SAMPLE_LIKE];
    like->calls = 250;
    like->round_trips = 500;
    like->items_written = 250;
    like->request_bytes = 125000;
    like->response_bytes = 50000;
    like->units[SAMPLE_PHOTOS] = (wl_units){.read = 250, .write = 250};
    like->units[SAMPLE_BY_DATE].write = 500;
    like->units[SAMPLE_BY_LIKES].write = 250;
    like->strong.read = 250;
    like->refused = 10;
    like->failures[0] = (wl_failure){"ConditionalCheckFailedException", 10};
    like->failure_count = 1;
    take_times(&like->in_process, 40000, 2000);
    take_times(&like->http, 180000, 10000);
    wl_pattern_result *export = &patterns[SAMPLE_EXPORT];
    export->calls = 50;
    export->round_trips = 100;
    export->pages = 100;
    export->items_examined = 50000;
    export->items_returned = 500;
    export->request_bytes = 10000;
    export->response_bytes = 1500000;
    export->units[SAMPLE_EVENTS].read = 625.5;
    export->scans = export->filters = true;
    take_times(&export->in_process, 1000000, 50000);
}

static void make_places(wl_place_result *places, bool nasty) {
    const char *hot = nasty ? "<svg onload=alert(4)>\xFF" : "USER#ann";
    places[SAMPLE_PHOTOS] = (wl_place_result){
        .items = 1000,
        .bytes = 1500000,
        .largest_item_bytes = 5000,
        .sizes = {[0] = 600, [1] = 250, [2] = 100, [3] = 40, [4] = 10},
        .units = {950, 250},
        .queries = 950,
    };
    heat(&places[SAMPLE_PHOTOS].hot_reads, hot, 400);
    heat(&places[SAMPLE_PHOTOS].hot_reads, "USER#bob", 50);
    heat(&places[SAMPLE_PHOTOS].hot_reads, "USER#cyd", 500);
    heat(&places[SAMPLE_PHOTOS].hot_writes, hot, 200);
    heat(&places[SAMPLE_PHOTOS].hot_writes, "USER#bob", 50);
    heat(&places[SAMPLE_PHOTOS].collections, hot, 900000);
    heat(&places[SAMPLE_PHOTOS].collections, "USER#bob", 600000);
    places[SAMPLE_BY_DATE] = (wl_place_result){
        .items = 900,
        .bytes = 900000,
        .largest_item_bytes = 3000,
        .sizes = {[0] = 700, [1] = 150, [2] = 50},
        .units = {350, 500},
        .queries = 350,
    };
    heat(&places[SAMPLE_BY_DATE].hot_reads, "2026-11-30", 350);
    heat(&places[SAMPLE_BY_DATE].hot_writes, "2026-11-30", 500);
    places[SAMPLE_BY_LIKES] = (wl_place_result){
        .items = 1000,
        .bytes = 80000,
        .largest_item_bytes = 90,
        .sizes = {[0] = 1000},
        .units = {0, 250},
    };
    heat(&places[SAMPLE_BY_LIKES].hot_writes, hot, 250);
    places[SAMPLE_EVENTS] = (wl_place_result){
        .items = 2000,
        .bytes = 10000000000,
        .largest_item_bytes = 380000,
        .sizes = {[4] = 1990, [371] = 10},
        .units = {625.5, 0},
        .queries = 100,
    };
    heat(&places[SAMPLE_EVENTS].hot_reads, "e-1", 625.5);
}

/* On demand it bears 1,600 calls a second, provisioned 400. */
static void make_pressures(test_sample *sample, bool nasty) {
    wl_throttle hot = {.reason = WL_THROTTLE_PARTITION,
                       .limit = WL_THROTTLE_PARTITION,
                       .time_s = 3.5,
                       .place = SAMPLE_BY_DATE,
                       .pattern = SAMPLE_LIKE,
                       .write = true,
                       .rate = 2000};
    snprintf(hot.key, sizeof hot.key, "%s", nasty ? "</svg><script>" : "2026-11-30");
    sample->on_demand = (wl_pressure){
        .mode = WL_ON_DEMAND,
        .at_target = {.rate = 500, .admitted = 30000},
        .rates = {{.rate = 500, .admitted = 30000},
                  {.rate = 1000, .admitted = 60000},
                  {.rate = 1600, .admitted = 96000},
                  {.rate = 2000, .admitted = 108000, .throttled = 12000, .first = hot}},
        .rate_count = 4,
        .rate_max = 1600,
        .first = hot,
    };
    wl_throttle table = hot;
    table.reason = table.limit = WL_THROTTLE_TABLE;
    table.place = SAMPLE_PHOTOS;
    table.rate = 450;
    table.write = false;
    table.pattern = SAMPLE_VIEW;
    sample->provisioned = (wl_pressure){
        .mode = WL_PROVISIONED,
        .at_target = {.rate = 500, .admitted = 24000, .throttled = 6000, .first = table},
        .rates = {{.rate = 250, .admitted = 15000},
                  {.rate = 400, .admitted = 24000},
                  {.rate = 450, .admitted = 25650, .throttled = 1350, .first = table}},
        .rate_count = 3,
        .rate_max = 400,
        .first = table,
    };
}

/* Made up, near what the prices below give. */
static void make_cost(test_sample *sample) {
    wl_cost *cost = &sample->cost;
    cost->places = calloc(SAMPLE_PLACES, sizeof *cost->places);
    cost->patterns = calloc(SAMPLE_PATTERNS, sizeof *cost->patterns);
    cost->pattern_reads = calloc(SAMPLE_PATTERNS, sizeof *cost->pattern_reads);
    if (cost->places == NULL || cost->patterns == NULL || cost->pattern_reads == NULL) {
        fail_msg("no memory");
        return;
    }
    cost->places[SAMPLE_PHOTOS] = (wl_place_cost){156.05, 205.31, 37.96, 94.9, {400, 200}, 0.5};
    cost->places[SAMPLE_BY_DATE] = (wl_place_cost){57.49, 410.63, 9.49, 23.73, {100, 50}, 0.25};
    cost->places[SAMPLE_BY_LIKES] = (wl_place_cost){0, 205.31, 0, 0, {0, 0}, 0.125};
    cost->places[SAMPLE_EVENTS] = (wl_place_cost){102.75, 0, 42.36, 0, {446.79, 0}, 2.5};
    cost->patterns[SAMPLE_VIEW] = 172.46;
    cost->patterns[SAMPLE_LIKE] = 862.33;
    cost->patterns[SAMPLE_EXPORT] = 102.75;
    cost->pattern_reads[SAMPLE_VIEW] = 172.46;
    cost->pattern_reads[SAMPLE_LIKE] = 41.07;
    cost->pattern_reads[SAMPLE_EXPORT] = 102.75;
    cost->storage = 3.375;
    cost->on_demand = 1140.915;
    cost->provisioned = 211.815;
    cost->rate = 500;
    sample->prices = (wl_prices){.source = "https://prices.example/dynamodb",
                                 .date = "2026-11-01",
                                 .region = "us-east-1",
                                 .read_million = 0.125,
                                 .write_million = 0.625,
                                 .read_unit_hour = 0.00013,
                                 .write_unit_hour = 0.00065,
                                 .storage_gb_month = 0.25,
                                 .infrequent_read_million = 0.155,
                                 .infrequent_write_million = 0.78,
                                 .infrequent_read_unit_hour = 0.00016,
                                 .infrequent_write_unit_hour = 0.00081,
                                 .infrequent_storage_gb_month = 0.1,
                                 .hours_month = 730};
}

static void make_words(test_sample *sample, bool nasty) {
    wl_advice *advice = &sample->advice;
    advice->count = 2;
    advice->pieces[0] = (wl_advice_piece){
        .kind = WL_ADVICE_SCAN, .pattern = SAMPLE_EXPORT, .place = SIZE_MAX, .saves = 101.7225};
    snprintf(advice->pieces[0].text, sizeof advice->pieces[0].text, "%s",
             nasty ? "<script src=//evil.example></script>"
                   : "3 export events scans: it examines 1000.0 items a call and returns 10.0. "
                     "A Query on a key or an index reads only what it returns.");
    advice->pieces[1] = (wl_advice_piece){
        .kind = WL_ADVICE_UNUSED_INDEX, .pattern = SIZE_MAX, .place = SAMPLE_BY_LIKES};
    snprintf(advice->pieces[1].text, sizeof advice->pieces[1].text,
             "index by-likes of photos is never read.");
    for (size_t i = 0; i < 2; i++) {
        sample->verdicts[i].assertion = &sample->workload->assertions[i];
    }
    sample->verdicts[0].holds = true;
    sample->verdicts[0].found = 1.5;
    sample->verdicts[0].limit = 1.5;
    snprintf(sample->verdicts[0].text, sizeof sample->verdicts[0].text,
             "pattern 1 read units per call <= 1.5: 1.5 RCU, at most 1.5 RCU");
    sample->verdicts[1].found = 4;
    sample->verdicts[1].limit = 2.2;
    snprintf(sample->verdicts[1].text, sizeof sample->verdicts[1].text, "%s",
             nasty ? "<u>&</u>" : "table photos write amplification <= 2.2: 4, at most 2.2");
}

static void make(test_sample *sample, bool nasty) {
    memset(sample, 0, sizeof *sample);
    sample->workload = sample_workload(nasty);
    assert_true(wl_results_init(&sample->results, sample->workload));
    sample->results.calls = 1000;
    sample->results.seconds = 0.25;
    sample->results.load_seconds = 1.5;
    make_patterns(sample->results.patterns);
    make_places(sample->results.places, nasty);
    make_pressures(sample, nasty);
    make_cost(sample);
    make_words(sample, nasty);
    sample->report = (wl_report){.results = &sample->results,
                                 .prices = &sample->prices,
                                 .cost = &sample->cost,
                                 .on_demand = &sample->on_demand,
                                 .provisioned = &sample->provisioned,
                                 .advice = &sample->advice,
                                 .verdicts = sample->verdicts,
                                 .verdict_count = 2,
                                 .made_by = "pocketable 0.1.0",
                                 .made_at = "2026-11-30 12:00 UTC"};
}

void sample_make(test_sample *sample) {
    make(sample, false);
}

/* Views take a third of the read units and half of the time in process, likes write twice as much
 * on the table, exports have another name; it bears any rate on demand, and nothing is provisioned.
 */
void sample_make_other(test_sample *sample) {
    make(sample, false);
    sample->workload->name = "Sample, redesigned";
    sample->workload->patterns[SAMPLE_EXPORT].name = "3 query events";
    wl_pattern_result *view = &sample->results.patterns[SAMPLE_VIEW];
    view->units[SAMPLE_PHOTOS].read = 350;
    view->units[SAMPLE_BY_DATE].read = 0;
    memset(&view->in_process, 0, sizeof view->in_process);
    take_times(&view->in_process, 10000, 250);
    sample->results.patterns[SAMPLE_LIKE].units[SAMPLE_PHOTOS].write = 500;
    sample->cost.patterns[SAMPLE_VIEW] = 57.5;
    sample->cost.on_demand = 1200;
    sample->cost.provisioned = 100.5;
    sample->on_demand.rate_max = HUGE_VAL;
    sample->on_demand.first = (wl_throttle){0};
    sample->report.provisioned = NULL;
    sample->report.verdict_count = 1;
}

void sample_make_nasty(test_sample *sample) {
    make(sample, true);
}

void sample_clean_up(test_sample *sample) {
    wl_results_clean_up(&sample->results);
    wl_cost_clean_up(&sample->cost);
    free(sample->workload);
}
