/* Each piece of advice: a result that calls for it, and one just on the other side that does not.
 */
#include "support/support.h"

#include "design.h"
#include "workload/advice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TABLE = 0, GLOBAL, LOCAL };

typedef struct advised {
    wl_workload workload;
    sample_results *sample;
    wl_pressure pressure;
    wl_advice advice;
} advised;

/* 1,000 calls a second of one pattern, which asks for no advice: a table and two indexes, all read.
 */
static void advised_init(advised *made) {
    *made = (advised){.workload.rate = 1000};
    design_table(&made->workload, "photos");
    design_index(&made->workload, "by-date", false);
    design_index(&made->workload, "by-size", true);
    design_pattern(&made->workload, "7 view photos", 1);
    made->sample = sample_new(&made->workload);
    made->sample->results.calls = 1000;
    wl_pattern_result *pattern = &made->sample->patterns[0];
    pattern->calls = 1000;
    pattern->items_examined = 1000;
    pattern->items_returned = 1000;
    for (size_t i = 0; i < 3; i++) {
        wl_place_result *place = &made->sample->places[i];
        pattern->units[i] = (wl_units){.read = 500, .write = 100};
        place->queries = 1;
        place->items = 1000;
        place->bytes = 500 * 1000;
        place->sizes[0] = 1000;
        place->largest_item_bytes = 1000;
    }
}

static void advise(advised *made) {
    wl_prices prices = wl_prices_built_in();
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->sample->results, &prices, 0.7));
    wl_advice_of(&made->advice, &made->sample->results, &cost, &made->pressure);
    for (size_t i = 0; i < made->advice.count; i++) {
        const wl_advice_piece *piece = &made->advice.pieces[i];
        assert_true(i == 0 || made->advice.pieces[i - 1].saves >= piece->saves);
        assert_true(piece->saves >= 0 && piece->saves <= cost.on_demand + cost.provisioned);
        assert_true(piece->pattern != SIZE_MAX || piece->place != SIZE_MAX);
        assert_true(strlen(piece->text) > 40 && strlen(piece->text) < sizeof piece->text - 1);
    }
    wl_cost_clean_up(&cost);
}

/* The one piece of the kind; NULL: there is none. */
static const wl_advice_piece *piece_of(advised *made, wl_advice_kind kind) {
    const wl_advice_piece *found = NULL;
    advise(made);
    for (size_t i = 0; i < made->advice.count; i++) {
        if (made->advice.pieces[i].kind == kind) {
            assert_null(found);
            found = &made->advice.pieces[i];
        }
    }
    return found;
}

static void assert_saves(double expected, const wl_advice_piece *piece) {
    if (piece == NULL) {
        fail_msg("no advice, so nothing that saves $%.6f", expected);
        return;
    }
    if (fabs(piece->saves - expected) > 1e-6 * expected) {
        fail_msg("saves $%.6f, expected $%.6f: %s", piece->saves, expected, piece->text);
    }
}

static void assert_says(const wl_advice_piece *piece, const char *words) {
    if (piece == NULL) {
        fail_msg("no advice, so not \"%s\"", words);
        return;
    }
    if (strstr(piece->text, words) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", words, piece->text);
    }
}

/* 1,000 a second for 730 hours. */
#define CALLS_MILLIONS 2628.0

static void test_advice__nothing_to_say(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    advise(&made);
    for (size_t i = 0; i < made.advice.count; i++) {
        assert_int_equal(WL_ADVICE_BILLING, made.advice.pieces[i].kind);
    }
    sample_destroy(made.sample);
}

static void test_advice__scans(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    made.sample->patterns[0].scans = true;
    made.sample->patterns[0].filters = true; /* which would say the same again */
    made.sample->patterns[0].items_examined = 4000;
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_SCAN);
    assert_says(piece, "7 view photos scans: it examines 4.0 items a call, returns 1.0");
    /* 1.5 read units a call at $0.125 a million: three quarters of them for nothing. */
    assert_saves(CALLS_MILLIONS * 1.5 * 0.125 * 0.75, piece);
    assert_int_equal(0, piece->pattern);
    assert_int_equal(SIZE_MAX, piece->place);
    assert_null(piece_of(&made, WL_ADVICE_FILTER));
    sample_destroy(made.sample);
}

static void test_advice__filters_that_throw_most_away(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    wl_pattern_result *pattern = &made.sample->patterns[0];
    pattern->filters = true;
    pattern->items_returned = 499;
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_FILTER);
    assert_says(piece, "filters away 50 % of the items");
    assert_saves(CALLS_MILLIONS * 1.5 * 0.125 * 0.501, piece);
    pattern->items_returned = 500;
    assert_null(piece_of(&made, WL_ADVICE_FILTER));
    pattern->items_returned = 499;
    pattern->filters = false; /* what is not returned was counted, or came in batches */
    assert_null(piece_of(&made, WL_ADVICE_FILTER));
    sample_destroy(made.sample);
}

static void test_advice__unused_indexes(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    made.sample->places[TABLE].queries = 0; /* a table is not an index */
    assert_null(piece_of(&made, WL_ADVICE_UNUSED_INDEX));
    made.sample->places[GLOBAL].queries = 0;
    made.sample->places[GLOBAL].bytes = 3999900000;
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_UNUSED_INDEX);
    assert_says(piece, "No pattern reads the index by-date of photos.");
    assert_saves(CALLS_MILLIONS * 0.1 * 0.625 + 4 * 0.25, piece);
    assert_int_equal(GLOBAL, piece->place);
    made.sample->results.calls = 0; /* nothing was run at all */
    assert_null(piece_of(&made, WL_ADVICE_UNUSED_INDEX));
    sample_destroy(made.sample);
}

static void test_advice__projections_that_cost_more_than_they_give(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    wl_place_result *place = &made.sample->places[GLOBAL];
    place->bytes = 2500 * 1000; /* three write units each */
    made.sample->units[0][GLOBAL] = (wl_units){.read = 500, .write = 300};
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_PROJECTION);
    assert_says(piece, "The index by-date of photos projects ALL, 2500 bytes an entry");
    assert_saves(CALLS_MILLIONS * 0.3 * 0.625 * 2 / 3, piece);
    made.workload.tables[0].indexes[0].projection = WL_PROJECT_INCLUDE;
    assert_null(piece_of(&made, WL_ADVICE_PROJECTION));
    made.workload.tables[0].indexes[0].projection = WL_PROJECT_ALL;
    made.sample->units[0][GLOBAL].read = 1000; /* read so much that it is worth it */
    assert_null(piece_of(&made, WL_ADVICE_PROJECTION));
    made.sample->units[0][GLOBAL].read = 500;
    place->bytes = 1024 * 1000; /* nothing to shave off */
    assert_null(piece_of(&made, WL_ADVICE_PROJECTION));
    sample_destroy(made.sample);
}

/* 1,000 write units a second, a partition's ceiling; the hottest key has half of them. */
static void test_advice__hot_keys(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    made.sample->units[0][TABLE].write = 1000;
    wl_top *top = &made.sample->places[TABLE].hot_writes;
    assert_true(wl_top_add(top, pte_str("USER#ann"), 50));
    assert_true(wl_top_add(top, pte_str("USER#bob"), 50));
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_HOT_KEY);
    assert_says(piece, "takes 50.0 % of the write units of the table photos");
    assert_says(piece, "500 of a partition's 1000 a second at the target");
    assert_int_equal(TABLE, piece->place);
    assert_true(wl_top_add(top, pte_str("USER#eve"), 2));
    assert_null(piece_of(&made, WL_ADVICE_HOT_KEY));
    /* It is said all the same where a partition is what throttles first. */
    made.pressure.first = (wl_throttle){
        .reason = WL_THROTTLE_PARTITION, .limit = WL_THROTTLE_PARTITION, .write = true};
    assert_says(piece_of(&made, WL_ADVICE_HOT_KEY), "a partition is what throttles first");
    made.pressure.first.write = false;
    assert_null(piece_of(&made, WL_ADVICE_HOT_KEY));
    /* But not where that key is not what fills the partition. */
    made.pressure.first.write = true;
    for (unsigned i = 0; i < 9; i++) {
        char key[16];
        snprintf(key, sizeof key, "%u", i);
        assert_true(wl_top_add(top, pte_str(key), i < 8 ? 50 : 500));
    }
    assert_says(piece_of(&made, WL_ADVICE_HOT_KEY), "The key 8 takes 49.9 %");
    for (unsigned i = 0; i < 100; i++) {
        char key[16];
        snprintf(key, sizeof key, "more %u", i);
        assert_true(wl_top_add(top, pte_str(key), 50));
    }
    assert_null(piece_of(&made, WL_ADVICE_HOT_KEY));
    sample_destroy(made.sample);
}

static void test_advice__hot_keys_without_a_target_rate(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    made.workload.rate = made.workload.patterns[0].rate = 0;
    wl_top *top = &made.sample->places[GLOBAL].hot_reads;
    assert_true(wl_top_add(top, pte_str("hot"), 25));
    for (unsigned i = 0; i < 75; i++) {
        char key[16];
        snprintf(key, sizeof key, "%u", i);
        assert_true(wl_top_add(top, pte_str(key), 1));
    }
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_HOT_KEY);
    assert_says(piece, "The key hot takes 25.0 % of the read units of the index by-date of photos");
    assert_true(wl_top_add(top, pte_str("other"), 26));
    assert_true(wl_top_add(top, pte_str("another"), 26));
    assert_true(wl_top_add(top, pte_str("third"), 26));
    assert_null(piece_of(&made, WL_ADVICE_HOT_KEY));
    sample_destroy(made.sample);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: 400 KB */
static void test_advice__large_items(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    made.sample->places[TABLE].largest_item_bytes = 320 * 1024;
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_LARGE_ITEM);
    assert_says(piece, "The largest item of the table photos has 320.0 KB of at most 400 KB");
    assert_says(piece, "takes 320 units");
    made.sample->places[TABLE].largest_item_bytes--;
    assert_null(piece_of(&made, WL_ADVICE_LARGE_ITEM));
    sample_destroy(made.sample);
}

static void test_advice__a_few_bytes_above_a_step(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    wl_place_result *place = &made.sample->places[TABLE];
    place->sizes[0] = 0;
    place->sizes[4] = 1000; /* above 4 KB */
    place->bytes = 1000 * (4096 + 60);
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_LARGE_ITEM);
    assert_says(piece, "on average 60 bytes above 4 KB");
    assert_says(piece, "a write unit and a read unit each");
    /* Of five write units one, of two read units one. */
    assert_saves(CALLS_MILLIONS * (0.1 * 0.625 / 5 + 0.5 * 0.125 / 2), piece);
    place->bytes = 1000 * (4096 + 65);
    assert_null(piece_of(&made, WL_ADVICE_LARGE_ITEM));
    place->sizes[4] = 0;
    place->sizes[2] = 800;
    place->sizes[7] = 200;
    place->bytes = 1000 * (2048 + 64);
    piece = piece_of(&made, WL_ADVICE_LARGE_ITEM);
    assert_says(piece, "would save a write unit each");
    place->sizes[2] = 799; /* too few stand on that step to say so */
    place->sizes[7] = 201;
    assert_null(piece_of(&made, WL_ADVICE_LARGE_ITEM));
    sample_destroy(made.sample);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html: 10 GB */
static void test_advice__collections_near_10_gb(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    wl_top *top = &made.sample->places[TABLE].collections;
    assert_true(wl_top_add(top, pte_str("USER#ann"), 5.0 * 1024 * 1024 * 1024 - 1));
    assert_null(piece_of(&made, WL_ADVICE_COLLECTION));
    assert_true(wl_top_add(top, pte_str("USER#ann"), 1));
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_COLLECTION);
    assert_says(piece, "The item collection USER#ann of the table photos has 5.0 GB.");
    made.workload.tables[0].indexes[1].local = false; /* no local index, no limit */
    assert_null(piece_of(&made, WL_ADVICE_COLLECTION));
    sample_destroy(made.sample);
}

static void test_advice__strong_reads_that_could_be_eventual(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    assert_null(piece_of(&made, WL_ADVICE_EVENTUAL));
    made.sample->patterns[0].strong.read = 300; /* of 1,500 */
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_EVENTUAL);
    assert_says(piece, "reads 20 % of its units strongly consistent");
    assert_saves(CALLS_MILLIONS * 0.3 * 0.125 / 2, piece);
    sample_destroy(made.sample);
}

static void test_advice__the_other_billing_mode(void **state) {
    (void)state;
    advised made;
    advised_init(&made);
    /* 1,000 and 200 units a second of the table, 500 and 100 of the index, at 70 %. */
    double on_demand = CALLS_MILLIONS * (1.5 * 0.125 + 0.3 * 0.625);
    double provisioned = 730 * ((1429 + 715) * 0.00013 + (286 + 143) * 0.00065);
    const wl_advice_piece *piece = piece_of(&made, WL_ADVICE_BILLING);
    assert_saves(on_demand - provisioned, piece);
    assert_says(piece, "The table photos is on demand and costs $985.50 a month without storage");
    assert_says(piece, "if its traffic is as even as the target rate");
    assert_int_equal(TABLE, piece->place);
    /* Provisioned far above what is used: 730 × (10,715 × 0.00013 + 10,143 × 0.00065). */
    wl_table *table = &made.workload.tables[0];
    table->on_demand = false;
    table->provisioned = (wl_throughput){.read_units = 10000, .write_units = 10000};
    piece = piece_of(&made, WL_ADVICE_BILLING);
    assert_says(piece, "is provisioned and costs $5,829.71 a month");
    assert_saves(730 * ((10000 + 715) * 0.00013 + (10000 + 143) * 0.00065) - on_demand, piece);
    table->provisioned = (wl_throughput){.read_units = 1429, .write_units = 286};
    assert_null(piece_of(&made, WL_ADVICE_BILLING));
    made.workload.rate = made.workload.patterns[0].rate = 0; /* no month to compare */
    table->on_demand = true;
    assert_null(piece_of(&made, WL_ADVICE_BILLING));
    sample_destroy(made.sample);
}

/* More than there is room for: those that save least are left out. */
static void test_advice__keeps_what_saves_most(void **state) {
    (void)state;
    wl_workload workload = {.rate = 1000};
    for (unsigned table = 0; table < 4; table++) {
        static const char *const names[] = {"a", "b", "c", "d"};
        design_table(&workload, names[table]);
        for (unsigned i = 0; i < 7; i++) {
            design_index(&workload, "index", false);
        }
    }
    design_pattern(&workload, "1 writes", 1);
    sample_results *made = sample_new(&workload);
    made->results.calls = 1;
    made->patterns[0].calls = 1;
    for (size_t i = 0; i < 32; i++) {
        made->units[0][i].write = (double)(i % 7) + 1;
        assert_true(wl_top_add(&made->places[i].hot_writes, pte_str("hot"), 10));
        assert_true(wl_top_add(&made->places[i].hot_reads, pte_str("hot"), 10));
        made->units[0][i].read = 3;
    }
    wl_prices prices = wl_prices_built_in();
    wl_cost cost;
    assert_true(wl_cost_of(&cost, &made->results, &prices, 0.7));
    static wl_advice advice;
    wl_advice_of(&advice, &made->results, &cost, NULL);
    assert_int_equal(WL_ADVICE_MAX, advice.count); /* of 28 unused, 64 hot and 4 to bill anew */
    size_t unused = 0;
    size_t billing = 0;
    for (size_t i = 0; i < advice.count; i++) {
        unused += advice.pieces[i].kind == WL_ADVICE_UNUSED_INDEX;
        billing += advice.pieces[i].kind == WL_ADVICE_BILLING;
        assert_true(i == 0 || advice.pieces[i - 1].saves >= advice.pieces[i].saves);
    }
    assert_int_equal(28, unused);
    assert_int_equal(4, billing);
    wl_cost_clean_up(&cost);
    sample_destroy(made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_advice__nothing_to_say),
        cmocka_unit_test(test_advice__scans),
        cmocka_unit_test(test_advice__filters_that_throw_most_away),
        cmocka_unit_test(test_advice__unused_indexes),
        cmocka_unit_test(test_advice__projections_that_cost_more_than_they_give),
        cmocka_unit_test(test_advice__hot_keys),
        cmocka_unit_test(test_advice__hot_keys_without_a_target_rate),
        cmocka_unit_test(test_advice__large_items),
        cmocka_unit_test(test_advice__a_few_bytes_above_a_step),
        cmocka_unit_test(test_advice__collections_near_10_gb),
        cmocka_unit_test(test_advice__strong_reads_that_could_be_eventual),
        cmocka_unit_test(test_advice__the_other_billing_mode),
        cmocka_unit_test(test_advice__keeps_what_saves_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
