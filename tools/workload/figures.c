/* Figures and texts of reports; see figures.h. */
#include "workload/figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- figures ---- */

double wl__per_call(const wl_pattern_result *pattern, double total) {
    return pattern->calls == 0 ? 0 : total / (double)pattern->calls;
}

wl_units wl__units_of(const wl_results *results, size_t pattern) {
    wl_units sum = {0};
    for (size_t i = 0; i < wl_place_count(results->workload); i++) {
        sum.read += results->patterns[pattern].units[i].read;
        sum.write += results->patterns[pattern].units[i].write;
    }
    return sum;
}

double wl__amplification(const wl_results *results, size_t pattern) {
    double all = 0, tables = 0;
    for (size_t i = 0; i < wl_place_count(results->workload); i++) {
        double units = pattern == SIZE_MAX ? results->places[i].units.write
                                           : results->patterns[pattern].units[i].write;
        all += units;
        tables += wl_place_at(results->workload, i).index == NULL ? units : 0;
    }
    return tables > 0 ? all / tables : (double)NAN;
}

uint64_t wl__failures_of(const wl_pattern_result *pattern) {
    uint64_t sum = 0;
    for (size_t i = 0; i < pattern->failure_count; i++) {
        sum += pattern->failures[i].count;
    }
    return sum;
}

double wl__per_second(const wl_results *results, double total) {
    double rate = wl_workload_rate(results->workload);
    return rate > 0 && results->calls > 0 ? total / (double)results->calls * rate : (double)NAN;
}

double wl__throttled_percent(const wl_rate_result *rate) {
    double offered = (double)rate->admitted + (double)rate->throttled;
    return offered > 0 ? (double)rate->throttled * 100 / offered : (double)NAN;
}

/* Puts a key where it belongs among the hottest, if it does. */
static size_t keep(wl__hot_key *keys, size_t count, const wl__hot_key *key) {
    size_t at = count;
    while (at > 0 && keys[at - 1].key.weight < key->key.weight) {
        at--;
    }
    if (at == WL__HOT_MAX) {
        return count;
    }
    count += count < WL__HOT_MAX;
    memmove(&keys[at + 1], &keys[at], (count - at - 1) * sizeof *keys);
    keys[at] = *key;
    return count;
}

static const wl_top *top_of(const wl_place_result *place, wl__heat by) {
    return by == WL__HOT_READS    ? &place->hot_reads
           : by == WL__HOT_WRITES ? &place->hot_writes
                                  : &place->collections;
}

size_t wl__hottest(wl__hot_key keys[WL__HOT_MAX], const wl_results *results, wl__heat by) {
    size_t count = 0;
    for (size_t i = 0; i < wl_place_count(results->workload); i++) {
        const wl_top *top = top_of(&results->places[i], by);
        wl_top_key heaviest[WL__HOT_MAX];
        size_t found = wl_top_heaviest(top, heaviest, WL__HOT_MAX);
        if (found == 0 && top->total > 0) {
            return SIZE_MAX;
        }
        for (size_t j = 0; j < found; j++) {
            wl__hot_key key = {.place = i,
                               .key = heaviest[j],
                               .share = top->total > 0 ? heaviest[j].weight / top->total : 0,
                               .per_second = wl__per_second(results, heaviest[j].weight)};
            count = keep(keys, count, &key);
        }
    }
    return count;
}

/* ---- names ---- */

wl__name wl__place_name(const wl_workload *workload, size_t number) {
    wl_place place = wl_place_at(workload, number);
    wl__name name;
    snprintf(name.text, sizeof name.text, "%s%s%s", place.of->name, place.index == NULL ? "" : "/",
             place.index == NULL ? "" : place.index->name);
    return name;
}

/* RFC 3629, section 4. */
size_t wl__character(const char *text) {
    const unsigned char *at = (const unsigned char *)text;
    size_t len = at[0] < 0x80   ? at[0] != 0
                 : at[0] < 0xC2 ? 0
                 : at[0] < 0xE0 ? 2
                 : at[0] < 0xF0 ? 3
                 : at[0] < 0xF5 ? 4
                                : 0;
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    bool none = (at[0] == 0xED && at[1] >= 0xA0) || (at[0] == 0xF4 && at[1] >= 0x90);
    return overlong || none ? 0 : len;
}

/* Control characters: below U+0020, U+007F to U+009F. */
static bool steers(const char *text) {
    unsigned char first = (unsigned char)text[0];
    return first < 0x20 || first == 0x7F || (first == 0xC2 && (unsigned char)text[1] < 0xA0);
}

wl__name wl__plain(const char *text, size_t columns) {
    enum { CHARACTER_MAX = 4 };
    wl__name plain;
    size_t len = 0, used = 0;
    size_t last = 0; /* where the last column that fits begins */
    while (*text != '\0' && used <= columns && len + 2 * CHARACTER_MAX < sizeof plain.text) {
        size_t character = wl__character(text);
        last = used < columns ? len : last;
        if (character == 0 || steers(text)) {
            plain.text[len++] = '?';
        } else {
            memcpy(plain.text + len, text, character);
            len += character;
        }
        text += character == 0 ? 1 : character;
        used++;
    }
    if (used > columns || *text != '\0') {
        memcpy(plain.text + last, "…", sizeof "…" - 1);
        len = last + sizeof "…" - 1;
    }
    plain.text[len] = '\0';
    return plain;
}

/* A name of a table or an index, of which all characters are ASCII. */
static wl__name without_middle(const char *text, size_t columns) {
    size_t len = strlen(text);
    wl__name name = wl__plain(text, columns);
    if (len > columns) {
        size_t begin = columns / 2;
        snprintf(name.text, sizeof name.text, "%.*s…%s", (int)begin, text,
                 text + len - (columns - begin - 1));
    }
    return name;
}

wl__name wl__place_plain(const wl_workload *workload, size_t number, size_t columns) {
    enum { TABLE_COLUMNS_MIN = 4 };
    wl_place place = wl_place_at(workload, number);
    wl__name name = wl__place_name(workload, number);
    if (place.index == NULL || strlen(name.text) <= columns) {
        return without_middle(name.text, columns);
    }
    size_t index_columns = columns - TABLE_COLUMNS_MIN - 1;
    wl__name index = without_middle(place.index->name, index_columns);
    wl__name table = without_middle(place.of->name, columns - 1 - tool_columns(index.text));
    snprintf(name.text, sizeof name.text, "%.250s/%.250s", table.text, index.text);
    return name;
}

/* ---- numbers ---- */

/* Commas between the thousands of a plain decimal. */
static tool_text grouped(const char *plain) {
    tool_text text;
    size_t digits = strcspn(plain, ".");
    size_t len = 0;
    for (size_t i = 0; plain[i] != '\0' && len + 2 < sizeof text.text; i++) {
        if (i > 0 && i < digits && (digits - i) % 3 == 0 && plain[i - 1] != '-') {
            text.text[len++] = ',';
        }
        text.text[len++] = plain[i];
    }
    text.text[len] = '\0';
    return text;
}

static void trim_zeros(char *plain) {
    size_t len = strlen(plain);
    while (strchr(plain, '.') != NULL && len > 0 && (plain[len - 1] == '0')) {
        plain[--len] = '\0';
    }
    if (len > 0 && plain[len - 1] == '.') {
        plain[len - 1] = '\0';
    }
}

/* Two decimals where they say something, three digits of what is small. */
static int decimals_of(double number) {
    double size = fabs(number);
    if (size >= 1000 || size == 0) {
        return 0;
    }
    if (size >= 0.1) {
        return size >= 100 ? 1 : 2;
    }
    int decimals = 2 - (int)floor(log10(size));
    return decimals < 9 ? decimals : 9;
}

tool_text wl__number(double number) {
    char plain[64];
    if (isnan(number)) {
        return (tool_text){"–"};
    }
    if (fabs(number) >= 1e15) {
        tool_text large;
        snprintf(large.text, sizeof large.text, "%.4g", number);
        return large;
    }
    snprintf(plain, sizeof plain, "%.*f", decimals_of(number), number);
    trim_zeros(plain);
    return grouped(plain);
}

tool_text wl__money(double dollars) {
    enum { CENTS_MAX = 100000 }; /* from there on cents say nothing */
    char plain[64];
    tool_text money;
    double size = fabs(dollars);
    if (isnan(dollars) || size >= 1e15) {
        return wl__number(dollars);
    }
    int decimals = size > 0 && size < 0.1 ? decimals_of(dollars) : size < CENTS_MAX ? 2 : 0;
    snprintf(plain, sizeof plain, "%.*f", decimals, size);
    snprintf(money.text, sizeof money.text, "%s$%.60s", dollars < 0 ? "-" : "",
             grouped(plain).text);
    return money;
}

tool_text wl__price(double dollars) {
    enum { DECIMALS_MAX = 10, DECIMALS_MIN = 2 };
    char plain[64];
    tool_text price;
    snprintf(plain, sizeof plain, "%.*f", DECIMALS_MAX, dollars);
    size_t len = strlen(plain);
    size_t least = strcspn(plain, ".") + 1 + DECIMALS_MIN;
    while (len > least && plain[len - 1] == '0') {
        plain[--len] = '\0';
    }
    snprintf(price.text, sizeof price.text, "$%.60s", plain);
    return price;
}

tool_text wl__percent(double percent) {
    tool_text text;
    if (isnan(percent)) {
        return wl__number(percent);
    }
    if (percent != 0 && fabs(percent) < 0.01) {
        return (tool_text){"<0.01 %"};
    }
    snprintf(text.text, sizeof text.text, "%.60s %%", wl__number(percent).text);
    return text;
}

tool_text wl__rate_text(double rate) {
    return isinf(rate) ? (tool_text){"any"} : wl__number(rate);
}

/* ---- sentences ---- */

const char *wl__mode_text(wl_mode mode) {
    return mode == WL_ON_DEMAND ? "on demand" : "provisioned";
}

static const char *reason_text(wl_throttle_reason reason, bool write) {
    switch (reason) {
    case WL_THROTTLE_TABLE:
        return write ? "its provisioned write units are used up"
                     : "its provisioned read units are used up";
    case WL_THROTTLE_PARTITION:
        return write ? "the 1,000 write units a second of its partition are used up"
                     : "the 3,000 read units a second of its partition are used up";
    case WL_THROTTLE_ON_DEMAND:
        return "twice the peak before is exceeded";
    case WL_THROTTLE_INDEX:
        return "the index cannot follow, and its table's writes wait for it";
    case WL_THROTTLE_NONE:
        break;
    }
    return "";
}

wl__sentences wl__pressure_text(const wl_pressure *pressure, const wl_workload *workload) {
    wl__sentences text;
    const wl_throttle *first = &pressure->first;
    if (isinf(pressure->rate_max) || first->reason == WL_THROTTLE_NONE) {
        snprintf(text.text, sizeof text.text, "Nothing throttles at any rate that was tried.");
        return text;
    }
    wl__name pattern = wl__plain(wl_pattern_at(workload, first->pattern)->name, 40);
    wl__name place = wl__plain(wl__place_name(workload, first->place).text, 60);
    wl__name key = wl__plain(first->key, 48);
    snprintf(text.text, sizeof text.text,
             "Up to %.30s calls a second nothing throttles. At %.30s a %s of %s throttles first, "
             "after %.30s s: key %s, in pattern %s: %s.",
             wl__number(pressure->rate_max).text, wl__number(first->rate).text,
             first->write ? "write" : "read", place.text, wl__number(first->time_s).text,
             key.text[0] == '\0' ? "unknown" : key.text, pattern.text,
             reason_text(first->reason, first->write));
    return text;
}

tool_text wl__cost_span(const wl_cost *cost) {
    tool_text text;
    if (cost->rate > 0) {
        snprintf(text.text, sizeof text.text, "a month at %.60s calls a second",
                 wl__number(cost->rate).text);
    } else {
        snprintf(text.text, sizeof text.text, "for a million calls; storage a month");
    }
    return text;
}
