/*
 * Advice. Each kind is a function that looks at every pattern or place and adds a piece where its
 * rule applies; the rule's threshold is a named constant. What is thought to be saved is never more
 * than what the pattern or place costs on demand.
 */
#include "workload/advice.h"

#include "terminal.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEPT_PERCENT = 50, /* a filter that keeps less throws most away */
    ITEM_BYTES_MAX =
        409600, /* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
                 */
    LARGE_ITEM_BYTES = 320 * 1024,
    STEP_BYTES = 1024,      /* of a write unit; four of them are a read unit's */
    STEP_EXCESS_BYTES = 64, /* "few" */
    STEP_PERCENT = 80,      /* of the items stand on that one step */
    READ_UNITS_MAX = 3000,  /* of a partition, and with it of a key */
    WRITE_UNITS_MAX = 1000,
    HOT_PERCENT = 50,       /* of a partition's ceiling, at the target rate */
    HOT_SHARE_PERCENT = 20, /* of all, without a target rate; and then of at least ... */
    HOT_KEYS = 20,          /* ... so many keys */
    HOT_FIRST_PERCENT = 10, /* of all, where its partition is what throttles first */
    COLLECTION_PERCENT = 50,
    CHEAPER_PERCENT = 80, /* the other billing mode costs less than this part */
};

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html (item collections) */
static const double collection_bytes_max = 10.0 * 1024 * 1024 * 1024;

typedef struct advice_maker {
    wl_advice *advice;
    const wl_results *results;
    const wl_cost *cost;
    const wl_pressure *pressure; /* may be NULL */
    size_t place_count;
    size_t pattern_count;
} advice_maker;

static void add(const advice_maker *adviser, wl_advice_piece piece, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));

/* A piece that saves more takes the place of the least one when there is no more room. */
static void add(const advice_maker *adviser, wl_advice_piece piece, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(piece.text, sizeof piece.text, format, arguments);
    va_end(arguments);
    wl_advice *advice = adviser->advice;
    if (advice->count < WL_ADVICE_MAX) {
        advice->pieces[advice->count++] = piece;
        return;
    }
    wl_advice_piece *least = &advice->pieces[0];
    for (size_t i = 1; i < advice->count; i++) {
        if (advice->pieces[i].saves < least->saves) {
            least = &advice->pieces[i];
        }
    }
    if (piece.saves > least->saves) {
        *least = piece;
    }
}

/* "$1.20 a month", or of a million calls where there is no target rate. */
typedef struct money_text {
    char text[64];
} money_text;

static money_text dollars(const advice_maker *adviser, double amount) {
    money_text money;
    double cents = fmin(floor(amount * 100 + 0.5), 1e17);
    uint64_t whole = (uint64_t)(cents / 100);
    snprintf(money.text, sizeof money.text, "$%.30s.%02u %s", tool_count(whole).text,
             (unsigned)((uint64_t)cents % 100),
             adviser->cost->rate > 0 ? "a month" : "a million calls");
    return money;
}

/* "table photos" or "index by-date of photos". */
typedef struct place_text {
    char text[160];
} place_text;

static place_text name_of(const advice_maker *adviser, size_t number) {
    wl_place place = wl_place_at(adviser->results->workload, number);
    place_text name;
    if (place.index == NULL) {
        snprintf(name.text, sizeof name.text, "table %.60s", place.of->name);
    } else {
        snprintf(name.text, sizeof name.text, "index %.60s of %.60s", place.index->name,
                 place.of->name);
    }
    return name;
}

static const char *pattern_name(const advice_maker *adviser, size_t number) {
    return wl_pattern_at(adviser->results->workload, number)->name;
}

static double part(double some, double all) {
    return all > 0 ? some / all : 0;
}

/* ---- patterns ---- */

static void advise_scans(const advice_maker *adviser, size_t number) {
    const wl_pattern_result *pattern = &adviser->results->patterns[number];
    if (!pattern->scans || pattern->calls == 0) {
        return;
    }
    double examined = (double)pattern->items_examined / (double)pattern->calls;
    double returned = (double)pattern->items_returned / (double)pattern->calls;
    double reads = adviser->cost->pattern_reads[number];
    wl_advice_piece piece = {.kind = WL_ADVICE_SCAN,
                             .pattern = number,
                             .place = SIZE_MAX,
                             .saves = reads * (1 - fmin(1, part(returned, examined)))};
    add(adviser, piece,
        "%.80s scans: it examines %.1f items a call, returns %.1f, and its reads cost %s, growing "
        "with the table. A Query on a key or an index reads only what it returns.",
        pattern_name(adviser, number), examined, returned, dollars(adviser, reads).text);
}

static void advise_filters(const advice_maker *adviser, size_t number) {
    const wl_pattern_result *pattern = &adviser->results->patterns[number];
    double kept = part((double)pattern->items_returned, (double)pattern->items_examined);
    if (!pattern->filters || pattern->scans || pattern->items_examined == 0 ||
        kept * 100 >= KEPT_PERCENT) {
        return;
    }
    double reads = adviser->cost->pattern_reads[number];
    wl_advice_piece piece = {.kind = WL_ADVICE_FILTER,
                             .pattern = number,
                             .place = SIZE_MAX,
                             .saves = reads * (1 - kept)};
    add(adviser, piece,
        "%.80s filters away %.0f %% of the items that it reads and pays for (%s). Put what it "
        "filters "
        "by into a sort key, or into the key of a sparse index.",
        pattern_name(adviser, number), 100 * (1 - kept), dollars(adviser, piece.saves).text);
}

static void advise_eventual(const advice_maker *adviser, size_t number) {
    const wl_pattern_result *pattern = &adviser->results->patterns[number];
    double all = 0;
    for (size_t i = 0; i < adviser->place_count; i++) {
        all += pattern->units[i].read;
    }
    if (pattern->strong.read <= 0) {
        return;
    }
    double share = fmin(1, part(pattern->strong.read, all));
    wl_advice_piece piece = {.kind = WL_ADVICE_EVENTUAL,
                             .pattern = number,
                             .place = SIZE_MAX,
                             .saves = adviser->cost->pattern_reads[number] * share / 2};
    add(adviser, piece,
        "%.80s reads %.0f %% of its units strongly consistent or in transactions. Where it need "
        "not "
        "see the latest write, eventually consistent reads cost half and save up to %s.",
        pattern_name(adviser, number), 100 * share, dollars(adviser, piece.saves).text);
}

/* ---- places ---- */

static bool is_index(const advice_maker *adviser, size_t number) {
    return wl_place_at(adviser->results->workload, number).index != NULL;
}

static void advise_unused(const advice_maker *adviser, size_t number) {
    const wl_place_result *place = &adviser->results->places[number];
    if (!is_index(adviser, number) || place->queries > 0 || adviser->results->calls == 0) {
        return;
    }
    const wl_place_cost *cost = &adviser->cost->places[number];
    wl_advice_piece piece = {.kind = WL_ADVICE_UNUSED_INDEX,
                             .pattern = SIZE_MAX,
                             .place = number,
                             .saves = cost->on_demand_write + cost->storage};
    add(adviser, piece,
        "No pattern reads the %s. Its writes and its storage cost %s: leave it out, or say the "
        "pattern that needs it.",
        name_of(adviser, number).text, dollars(adviser, piece.saves).text);
}

/* An index of whole items whose entries are so long that each write takes several units. */
static void advise_projection(const advice_maker *adviser, size_t number) {
    const wl_place_result *place = &adviser->results->places[number];
    const wl_index *index = wl_place_at(adviser->results->workload, number).index;
    if (index == NULL || index->projection != WL_PROJECT_ALL || place->queries == 0 ||
        place->items == 0) {
        return;
    }
    double bytes = (double)place->bytes / (double)place->items;
    const wl_place_cost *cost = &adviser->cost->places[number];
    double kept = cost->on_demand_write + cost->storage;
    if (bytes <= STEP_BYTES || kept <= 2 * cost->on_demand_read) {
        return;
    }
    double units = ceil(bytes / STEP_BYTES);
    wl_advice_piece piece = {.kind = WL_ADVICE_PROJECTION,
                             .pattern = SIZE_MAX,
                             .place = number,
                             .saves = cost->on_demand_write * (1 - 1 / units)};
    add(adviser, piece,
        "The %s projects ALL, %.0f bytes an entry: writes and storage cost %s, its reads %s. "
        "KEYS_ONLY, or INCLUDE of what its queries return, in entries of at most 1 KB saves up to "
        "%s.",
        name_of(adviser, number).text, bytes, dollars(adviser, kept).text,
        dollars(adviser, cost->on_demand_read).text, dollars(adviser, piece.saves).text);
}

/* Units a second of a place at the target rate. */
static double units_at_target(const advice_maker *adviser, size_t place, bool write) {
    double sum = 0;
    for (size_t i = 0; i < adviser->pattern_count; i++) {
        const wl_pattern_result *pattern = &adviser->results->patterns[i];
        const wl_pattern *about = wl_pattern_at(adviser->results->workload, i);
        double rate = about->rate > 0 ? about->rate : adviser->cost->rate * about->share;
        double units = write ? pattern->units[place].write : pattern->units[place].read;
        units += write && place == pattern->refused_place ? pattern->refused : 0;
        sum += pattern->calls > 0 ? units / (double)pattern->calls * rate : 0;
    }
    return sum;
}

static bool throttles_first(const advice_maker *adviser, size_t place, bool write) {
    const wl_pressure *pressure = adviser->pressure;
    return pressure != NULL && pressure->first.limit == WL_THROTTLE_PARTITION &&
           pressure->first.place == place && pressure->first.write == write;
}

static void advise_hot(const advice_maker *adviser, size_t number, bool write) {
    const wl_place_result *place = &adviser->results->places[number];
    const wl_top *top = write ? &place->hot_writes : &place->hot_reads;
    wl_top_key key;
    if (top->total <= 0 || wl_top_heaviest(top, &key, 1) == 0) {
        return;
    }
    double share = (key.weight - key.error) / top->total;
    double units = share * units_at_target(adviser, number, write);
    int ceiling = write ? WRITE_UNITS_MAX : READ_UNITS_MAX;
    bool hot = adviser->cost->rate > 0
                   ? units * 100 >= (double)ceiling * HOT_PERCENT
                   : share * 100 >= HOT_SHARE_PERCENT && top->keys_seen >= HOT_KEYS;
    bool first = throttles_first(adviser, number, write);
    if (!hot && !(first && share * 100 >= HOT_FIRST_PERCENT)) {
        return;
    }
    char at_target[80] = "";
    if (adviser->cost->rate > 0) {
        snprintf(at_target, sizeof at_target, ", %.0f of a partition's %d a second at the target",
                 units, ceiling);
    }
    wl_advice_piece piece = {.kind = WL_ADVICE_HOT_KEY, .pattern = SIZE_MAX, .place = number};
    add(adviser, piece, "The key %.60s takes %.1f %% of the %s units of the %s%s%s. %s", key.text,
        100 * share, write ? "write" : "read", name_of(adviser, number).text, at_target,
        first ? "; a partition is what throttles first" : "",
        write ? "Spread its writes over several keys with a suffix."
              : "Cache what it reads, or keep copies under several keys.");
}

static void advise_large(const advice_maker *adviser, size_t number) {
    const wl_place_result *place = &adviser->results->places[number];
    if (is_index(adviser, number) || place->largest_item_bytes < LARGE_ITEM_BYTES) {
        return;
    }
    wl_advice_piece piece = {.kind = WL_ADVICE_LARGE_ITEM, .pattern = SIZE_MAX, .place = number};
    add(adviser, piece,
        "The largest item of the %s has %.1f KB of at most %d KB, and each write of it takes %.0f "
        "units. Part it into several items, or keep its large attributes in S3.",
        name_of(adviser, number).text, (double)place->largest_item_bytes / 1024,
        ITEM_BYTES_MAX / 1024, ceil((double)place->largest_item_bytes / STEP_BYTES));
}

/* The step that most items stand on, if few bytes less would put them on the one below. */
static bool step_of(const wl_place_result *place, size_t *step, double *excess) {
    uint64_t most = 0;
    for (size_t i = 0; i < WL_SIZE_STEPS - 1; i++) {
        if (place->sizes[i] > most) {
            most = place->sizes[i];
            *step = i;
        }
    }
    if (most == 0 || *step == 0 || (double)most * 100 < (double)place->items * STEP_PERCENT) {
        return false;
    }
    /* The mean of all stands in for the mean of these, which is what is known. */
    *excess = (double)place->bytes / (double)place->items - (double)(*step * STEP_BYTES);
    return *excess > 0 && *excess <= STEP_EXCESS_BYTES;
}

static void advise_step(const advice_maker *adviser, size_t number) {
    const wl_place_result *place = &adviser->results->places[number];
    size_t step = 0;
    double excess = 0;
    if (is_index(adviser, number) || place->items == 0 || !step_of(place, &step, &excess)) {
        return;
    }
    bool reads_too = step % 4 == 0;
    const wl_place_cost *cost = &adviser->cost->places[number];
    double saves = cost->on_demand_write / (double)(step + 1);
    if (reads_too) {
        saves += cost->on_demand_read / ((double)step / 4 + 1);
    }
    wl_advice_piece piece = {
        .kind = WL_ADVICE_LARGE_ITEM, .pattern = SIZE_MAX, .place = number, .saves = saves};
    add(adviser, piece,
        "Items of the %s are on average %.0f bytes above %zu KB: shorter attribute names or values "
        "would save a write unit%s each, up to %s.",
        name_of(adviser, number).text, excess, step, reads_too ? " and a read unit" : "",
        dollars(adviser, saves).text);
}

static bool has_local_index(const wl_table *table) {
    for (size_t i = 0; i < table->index_count; i++) {
        if (table->indexes[i].local) {
            return true;
        }
    }
    return false;
}

static void advise_collections(const advice_maker *adviser, size_t number) {
    const wl_place_result *place = &adviser->results->places[number];
    wl_top_key key;
    if (is_index(adviser, number) ||
        !has_local_index(wl_place_at(adviser->results->workload, number).of) ||
        wl_top_heaviest(&place->collections, &key, 1) == 0) {
        return;
    }
    if (key.weight * 100 < collection_bytes_max * COLLECTION_PERCENT) {
        return;
    }
    wl_advice_piece piece = {.kind = WL_ADVICE_COLLECTION, .pattern = SIZE_MAX, .place = number};
    add(adviser, piece,
        "The item collection %.60s of the %s has %.1f GB. With a local index a collection may have "
        "at most 10 GB, then its writes fail: use a global index, or part the key.",
        key.text, name_of(adviser, number).text, key.weight / (1024.0 * 1024 * 1024));
}

/* ---- tables ---- */

static void advise_billing(const advice_maker *adviser, size_t number) {
    wl_place table = wl_place_at(adviser->results->workload, number);
    if (table.index != NULL || adviser->cost->rate <= 0) {
        return;
    }
    double on_demand = 0;
    double provisioned = 0;
    for (size_t i = number;
         i < adviser->place_count && wl_place_at(adviser->results->workload, i).of == table.of;
         i++) {
        const wl_place_cost *cost = &adviser->cost->places[i];
        on_demand += cost->on_demand_read + cost->on_demand_write;
        provisioned += cost->provisioned_read + cost->provisioned_write;
    }
    double now = table.of->on_demand ? on_demand : provisioned;
    double other = table.of->on_demand ? provisioned : on_demand;
    if (other * 100 >= now * CHEAPER_PERCENT) {
        return;
    }
    wl_advice_piece piece = {
        .kind = WL_ADVICE_BILLING, .pattern = SIZE_MAX, .place = number, .saves = now - other};
    add(adviser, piece, "The %s is %s and costs %s without storage; %s it would cost %s%s.",
        name_of(adviser, number).text, table.of->on_demand ? "on demand" : "provisioned",
        dollars(adviser, now).text, table.of->on_demand ? "provisioned" : "on demand",
        dollars(adviser, other).text,
        table.of->on_demand ? ", if its traffic is as even as the target rate" : "");
}

/* ---- all ---- */

static int compare_pieces(const void *a, const void *b) {
    const wl_advice_piece *left = a;
    const wl_advice_piece *right = b;
    if (left->saves != right->saves) {
        return left->saves > right->saves ? -1 : 1;
    }
    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    if (left->pattern != right->pattern) {
        return left->pattern < right->pattern ? -1 : 1;
    }
    if (left->place != right->place) {
        return left->place < right->place ? -1 : 1;
    }
    return strcmp(left->text, right->text);
}

void wl_advice_of(wl_advice *advice, const wl_results *results, const wl_cost *cost,
                  const wl_pressure *pressure) {
    memset(advice, 0, sizeof *advice);
    advice_maker adviser = {.advice = advice,
                            .results = results,
                            .cost = cost,
                            .pressure = pressure,
                            .place_count = wl_place_count(results->workload),
                            .pattern_count = wl_pattern_count(results->workload)};
    for (size_t i = 0; i < adviser.pattern_count; i++) {
        advise_scans(&adviser, i);
        advise_filters(&adviser, i);
        advise_eventual(&adviser, i);
    }
    for (size_t i = 0; i < adviser.place_count; i++) {
        advise_unused(&adviser, i);
        advise_projection(&adviser, i);
        advise_hot(&adviser, i, false);
        advise_hot(&adviser, i, true);
        advise_large(&adviser, i);
        advise_step(&adviser, i);
        advise_collections(&adviser, i);
        advise_billing(&adviser, i);
    }
    qsort(advice->pieces, advice->count, sizeof *advice->pieces, compare_pieces);
}
