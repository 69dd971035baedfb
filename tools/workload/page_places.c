/* Sections of a report's page about tables and indexes: heat and item sizes. */
#include "workload/report_html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE_CHARTS_MAX = 12 };

/* ---- heat ---- */

static tool_text as_percent(double value) {
    return wl__percent(value);
}

/* Without a target rate a key's share of its place is all that can be said. */
static void fill_heat(wl__bar *bar, const wl__page *page, const wl__hot_key *key, double limit) {
    bool target = !isnan(key->per_second);
    wl__name text = wl__plain(key->key.text, 20);
    size_t columns = 36 - 3 - tool_columns(text.text);
    snprintf(bar->label, sizeof bar->label, "%.190s · %.190s", text.text,
             wl__place_plain(page->workload, key->place, columns).text);
    bar->parts[0] = target ? key->per_second : key->share * 100;
    if (target) {
        snprintf(bar->note, sizeof bar->note, "%.20s (%.20s)", wl__number(key->per_second).text,
                 wl__percent(key->per_second * 100 / limit).text);
    } else {
        snprintf(bar->note, sizeof bar->note, "%.20s", wl__percent(key->share * 100).text);
    }
}

static void write_heat_table(const wl__page *page, const wl__hot_key *keys, size_t count,
                             bool write) {
    static const char columns[] = "llrrr";
    double limit = write ? WL__WRITE_UNITS_MAX : WL__READ_UNITS_MAX;
    wl__html_table(page->file,
                   write ? "Hottest partition keys by writes" : "Hottest partition keys by reads",
                   columns,
                   WL__CELLS("Key", "Table or index", write ? "WCU a second" : "RCU a second",
                             write ? "Of 1,000" : "Of 3,000", "Share of its place"));
    for (size_t i = 0; i < count; i++) {
        wl__html_row(page->file, columns,
                     WL__CELLS(keys[i].key.text, wl__place_name(page->workload, keys[i].place).text,
                               wl__number(keys[i].per_second).text,
                               wl__percent(keys[i].per_second * 100 / limit).text,
                               wl__percent(keys[i].share * 100).text));
    }
    wl__html_table_end(page->file);
}

static bool write_heat(const wl__page *page, bool write) {
    bool target = wl_workload_rate(page->workload) > 0;
    double limit = write ? WL__WRITE_UNITS_MAX : WL__READ_UNITS_MAX;
    wl__chart chart = {
        .id = write ? "chart-hot-writes" : "chart-hot-reads",
        .caption = write ? "Writes of the hottest partition keys at the target rate"
                         : "Reads of the hottest partition keys at the target rate",
        .description = "A bar for each of the hottest partition keys, its capacity units a second, "
                       "and a line at what one partition can give. The figures are in the table "
                       "below.",
        .axis = write ? "write units a second" : "read units a second",
        .format = wl__number,
        .series = {write ? "WCU a second" : "RCU a second"},
        .series_count = 1,
        .limit = target ? limit : 0,
        .limit_text = write ? "1,000 WCU: a partition" : "3,000 RCU: a partition",
    };
    wl__hot_key keys[WL__HOT_MAX];
    wl__bar bars[WL__HOT_MAX] = {0};
    size_t count = wl__hottest(keys, page->results, write ? WL__HOT_WRITES : WL__HOT_READS);
    if (count == SIZE_MAX || count == 0) {
        return count == 0;
    }
    if (!target) {
        chart.caption =
            write ? "Writes of the hottest partition keys" : "Reads of the hottest partition keys";
        chart.axis = "share of the units of its table or index (the workload sets no target rate)";
        chart.format = as_percent;
    }
    for (size_t i = 0; i < count; i++) {
        fill_heat(&bars[i], page, &keys[i], limit);
    }
    wl__chart_bars(page->file, &chart, bars, count);
    write_heat_table(page, keys, count, write);
    return true;
}

static bool write_collections(const wl__page *page) {
    static const char columns[] = "llrr";
    wl__hot_key keys[WL__HOT_MAX];
    size_t count = wl__hottest(keys, page->results, WL__LARGE_COLLECTIONS);
    if (count == SIZE_MAX || count == 0) {
        return count == 0;
    }
    wl__html_table(page->file, "Largest item collections", columns,
                   WL__CELLS("Key", "Table or index", "Bytes", "Of 10 GB"));
    for (size_t i = 0; i < count; i++) {
        double bytes = keys[i].key.weight;
        wl__html_row(page->file, columns,
                     WL__CELLS(keys[i].key.text, wl__place_name(page->workload, keys[i].place).text,
                               tool_size((uint64_t)bytes).text,
                               wl__percent(bytes * 100 / WL__COLLECTION_BYTES_MAX).text));
    }
    wl__html_table_end(page->file);
    wl__html_paragraph(
        page->file, "soft",
        "AWS lets a collection have 10 GB at most where the table has a local index.");
    return true;
}

bool wl__page_heat(const wl__page *page) {
    wl__html_section(page->file, "heat", "Heat");
    bool enough = write_heat(page, false) && write_heat(page, true) && write_collections(page);
    wl__html_section_end(page->file);
    return enough;
}

/* ---- sizes ---- */

static void write_size_chart(const wl__page *page, size_t number) {
    const wl_place_result *place = &page->results->places[number];
    wl__name name = wl__place_name(page->workload, number);
    char id[32], caption[700];
    snprintf(id, sizeof id, "chart-sizes-%zu", number);
    snprintf(caption, sizeof caption, "Item sizes of %s: %.30s items, the largest %.30s", name.text,
             tool_count(place->items).text, tool_size(place->largest_item_bytes).text);
    wl__chart chart = {
        .id = id,
        .caption = caption,
        .description =
            "A column for each step of 1 KB, which is what a write unit writes, with a "
            "line at each 4 KB, which is what a read unit reads. The table below has the "
            "shares.",
        .axis = "size of an item in KB: a write unit for each 1, a read unit for each 4 (dotted)",
        .axis_grouped = "size of an item in KB: a column for each 4, which are a read unit more",
        .format = wl__number,
    };
    wl__chart_columns(page->file, &chart, place->sizes, WL_SIZE_STEPS);
}

/* A histogram of one column says no more than this. */
static void write_small(const wl__page *page, size_t number) {
    const wl_place_result *place = &page->results->places[number];
    fputs("<p>", page->file);
    wl__html_printf(page->file, "%s: all %s items are of at most 1 KB, the largest of %s.",
                    wl__place_name(page->workload, number).text, tool_count(place->items).text,
                    tool_size(place->largest_item_bytes).text);
    fputs("</p>\n", page->file);
}

static tool_text share(const wl_place_result *place, size_t from, size_t to) {
    double some = 0;
    for (size_t i = from; i < to; i++) {
        some += (double)place->sizes[i];
    }
    return wl__percent(place->items == 0 ? (double)NAN : some * 100 / (double)place->items);
}

static void write_size_table(const wl__page *page) {
    static const char columns[] = "lrrrrrrrr";
    wl__html_table(page->file, "Items by size", columns,
                   WL__CELLS("Table or index", "Items", "Bytes", "Largest", "Of 400 KB", "To 1 KB",
                             "To 4 KB", "To 16 KB", "Above"));
    for (size_t i = 0; i < page->place_count; i++) {
        const wl_place_result *place = &page->results->places[i];
        double large = (double)place->largest_item_bytes * 100 / WL__ITEM_BYTES_MAX;
        wl__html_row(page->file, columns,
                     WL__CELLS(wl__place_name(page->workload, i).text,
                               tool_count(place->items).text, tool_size(place->bytes).text,
                               tool_size(place->largest_item_bytes).text, wl__percent(large).text,
                               share(place, 0, 1).text, share(place, 1, 4).text,
                               share(place, 4, 16).text, share(place, 16, WL_SIZE_STEPS).text));
    }
    wl__html_table_end(page->file);
}

bool wl__page_sizes(const wl__page *page) {
    size_t charts = 0, left_out = 0;
    wl__html_section(page->file, "sizes", "Item sizes");
    for (size_t i = 0; i < page->place_count; i++) {
        if (page->results->places[i].items == 0) {
            continue;
        }
        if (page->results->places[i].sizes[0] == page->results->places[i].items) {
            write_small(page, i);
            continue;
        }
        if (charts == SIZE_CHARTS_MAX) {
            left_out++;
            continue;
        }
        write_size_chart(page, i);
        charts++;
    }
    if (left_out != 0) {
        fprintf(page->file, "<p class=\"soft\">%zu more are in the table only.</p>\n", left_out);
    }
    write_size_table(page);
    wl__html_section_end(page->file);
    return true;
}
