/* Dealing units out to keys; see heat.h. */
#include "workload/heat.h"

#include "workload/memory.h"

#include <stdlib.h>

enum {
    DEMANDS_MAX = 1000, /* of a call; what is more is added to the last */
    SHARES_MAX = 2 * WL__PARTS_MAX,
    WRITE_UNIT_BYTES = 1024,
    READ_UNIT_BYTES = 4096,
};

/* A key: bytes of heat->texts. */
typedef struct key_text {
    size_t at;
    size_t len;
} key_text;

/* The item of a part, as it was or is. */
typedef struct image {
    bool exists;
    size_t bytes;
    uint64_t content; /* a hash of it */
    bool indexed[WL_INDEXES_MAX];
    key_text keys[WL_INDEXES_MAX]; /* where indexed */
    uint64_t sorts[WL_INDEXES_MAX];
} image;

typedef struct share {
    key_text key;
    uint64_t sort_hash;
    double weight;
} share;

struct wl__heat {
    wl_results *results;
    wl__store store;
    pte_builder *builder;
    wl_text texts; /* keys of the request under way */
    image before[WL__PARTS_MAX];
    image after[WL__PARTS_MAX];
    share shares[SHARES_MAX];
    size_t share_count;
    wl_demand demands[DEMANDS_MAX];
    char demand_keys[DEMANDS_MAX][WL_TOP_KEY_BYTES];
    size_t demand_count;
    size_t request_number; /* within the call, from 1 */
};

static double units_of(size_t bytes, size_t unit_bytes) {
    size_t units = (bytes + unit_bytes - 1) / unit_bytes;
    return units == 0 ? 1 : (double)units;
}

static double larger(double a, double b) {
    return a > b ? a : b;
}

/* ---- making and destroying ---- */

wl__heat *wl__heat_new(wl_results *results, const wl__store *store) {
    wl__heat *heat = calloc(1, sizeof *heat);
    if (heat == NULL) {
        return NULL;
    }
    heat->results = results;
    heat->store = *store;
    if (pte_builder_create(&heat->builder, NULL, NULL) != PTE_OK) {
        free(heat);
        return NULL;
    }
    return heat;
}

void wl__heat_destroy(wl__heat *heat) {
    if (heat != NULL) {
        pte_builder_destroy(heat->builder);
        wl_text_clean_up(&heat->texts);
        free(heat);
    }
}

void wl__heat_begin(wl__heat *heat) {
    heat->demand_count = 0;
    heat->request_number = 0;
}

const wl_demand *wl__heat_demands(wl__heat *heat, size_t *count) {
    *count = heat->demand_count;
    return heat->demands;
}

/* ---- images ---- */

static const wl_table *table_of(const wl__heat *heat, const wl__touch *part) {
    return wl_place_at(heat->store.workload, part->place).of;
}

static void look_at(image *seen, wl__heat *heat, pte_read *read, const wl__touch *part) {
    pte_item item;
    const wl_table *table = table_of(heat, part);
    seen->exists = wl__stored_item(&item, read, &heat->store, table, part->item);
    seen->bytes = 0;
    if (!seen->exists) {
        memset(seen->indexed, 0, sizeof seen->indexed);
        return;
    }
    seen->bytes = item.size_bytes;
    seen->content = wl_top_hash(item.encoded);
    for (size_t i = 0; i < table->index_count; i++) {
        size_t at = heat->texts.len;
        wl_place place = {.of = table, .index = &table->indexes[i]};
        seen->indexed[i] = wl__stored_key(&heat->texts, place, &item);
        seen->keys[i] = (key_text){at, heat->texts.len - at};
        seen->sorts[i] = wl__stored_sort_hash(place, &item);
    }
}

static void look_at_all(image *images, wl__heat *heat, const wl__request *request) {
    pte_read *read = NULL;
    if (pte_read_begin(&read, heat->store.env, NULL) != PTE_OK) {
        return;
    }
    for (size_t i = 0; i < request->part_count; i++) {
        if (request->parts[i].item != NULL) {
            look_at(&images[i], heat, read, &request->parts[i]);
        }
    }
    pte_read_end(read);
}

/* Whether the images are needed: of writes; of reads only to weigh them against each other. */
static bool needs_images(const wl__request *request) {
    return request->writes || request->part_count > 1;
}

void wl__heat_before(wl__heat *heat, const wl__request *request) {
    wl__text_reset(&heat->texts);
    heat->request_number++;
    if (needs_images(request)) {
        memset(heat->before, 0, request->part_count * sizeof(image));
        memset(heat->after, 0, request->part_count * sizeof(image));
        look_at_all(heat->before, heat, request);
    }
}

/* The existing item's size counts, else that of the one that was to be put. */
double wl__heat_refused(const wl__heat *heat, const wl__request *request) {
    if (request->part_count != 1 || request->parts[0].kind != WL__WRITE_ITEM) {
        return 0;
    }
    bool puts = strcmp(request->operation, "PutItem") == 0;
    size_t bytes = heat->before[0].exists ? heat->before[0].bytes
                   : puts                 ? wl__json_item_bytes(request->parts[0].item)
                                          : 0;
    return units_of(bytes, WRITE_UNIT_BYTES);
}

/* ---- demands ---- */

static bool charge(wl__heat *heat, size_t place, pte_bytes key, wl_units units) {
    wl_place_result *result = &heat->results->places[place];
    if ((units.read > 0 && !wl_top_add(&result->hot_reads, key, units.read)) ||
        (units.write > 0 && !wl_top_add(&result->hot_writes, key, units.write))) {
        return false;
    }
    return true;
}

static void demand(wl__heat *heat, size_t place, pte_bytes key, uint64_t sort_hash,
                   wl_units units) {
    bool full = heat->demand_count == DEMANDS_MAX;
    size_t at = full ? DEMANDS_MAX - 1 : heat->demand_count++;
    wl_demand *made = &heat->demands[at];
    if (!full) {
        wl_top_text(heat->demand_keys[at], key);
        *made = (wl_demand){.place = place,
                            .key_hash = wl_top_hash(key),
                            .sort_hash = sort_hash,
                            .key = heat->demand_keys[at],
                            .request = heat->request_number - 1};
    }
    made->read_units += units.read;
    made->write_units += units.write;
}

/* ---- requests that name items ---- */

static void add_share(wl__heat *heat, key_text key, uint64_t sort_hash, double weight) {
    if (heat->share_count < SHARES_MAX) {
        heat->shares[heat->share_count++] = (share){key, sort_hash, weight};
    }
}

/* What an item takes of its table. */
static void share_table(wl__heat *heat, wl_place place, const wl__touch *part, size_t number) {
    size_t at = heat->texts.len;
    double weight = 1;
    const image *before = &heat->before[number], *after = &heat->after[number];
    if (part->kind == WL__STATEMENT) {
        wl__text_raw(&heat->texts, "(PartiQL)");
    } else if (part->item == NULL || !wl__json_key(&heat->texts, place, part->item)) {
        return;
    } else if (part->kind == WL__READ_ITEM) {
        weight = units_of(before->bytes, READ_UNIT_BYTES);
    } else {
        weight = larger(units_of(before->bytes, WRITE_UNIT_BYTES),
                        units_of(after->bytes, WRITE_UNIT_BYTES));
    }
    add_share(heat, (key_text){at, heat->texts.len - at}, wl__json_sort_hash(place, part->item),
              weight);
}

static bool same_text(const wl__heat *heat, key_text a, key_text b) {
    return a.len == b.len && memcmp(heat->texts.data + a.at, heat->texts.data + b.at, a.len) == 0;
}

/* What the write of an item takes of an index: of the key there that it leaves, and of the one that
 * it comes to. */
static void share_index(wl__heat *heat, size_t index, size_t number) {
    const image *before = &heat->before[number], *after = &heat->after[number];
    bool was = before->exists && before->indexed[index];
    bool is = after->exists && after->indexed[index];
    if (was && is && before->content == after->content) {
        return;
    }
    double old_units = units_of(before->bytes, WRITE_UNIT_BYTES);
    double new_units = units_of(after->bytes, WRITE_UNIT_BYTES);
    if (was && is && same_text(heat, before->keys[index], after->keys[index])) {
        add_share(heat, after->keys[index], after->sorts[index], larger(old_units, new_units));
        return;
    }
    if (was) {
        add_share(heat, before->keys[index], before->sorts[index], old_units);
    }
    if (is) {
        add_share(heat, after->keys[index], after->sorts[index], new_units);
    }
}

static bool deal_out(wl__heat *heat, size_t place_number, wl_units units) {
    double total = 0;
    for (size_t i = 0; i < heat->share_count; i++) {
        total += heat->shares[i].weight;
    }
    for (size_t i = 0; i < heat->share_count; i++) {
        const share *one = &heat->shares[i];
        pte_bytes key = pte_view(heat->texts.data + one->key.at, one->key.len);
        wl_units part = {.read = units.read * one->weight / total,
                         .write = units.write * one->weight / total};
        demand(heat, place_number, key, one->sort_hash, part);
        if (!charge(heat, place_number, key, part)) {
            return false;
        }
    }
    return true;
}

static bool charge_items(wl__heat *heat, const wl__request *request, const wl__charge *taken) {
    wl_place place = wl_place_at(heat->store.workload, taken->place);
    heat->share_count = 0;
    for (size_t i = 0; i < request->part_count; i++) {
        const wl__touch *part = &request->parts[i];
        if (table_of(heat, part) != place.of) {
            continue;
        }
        if (place.index == NULL || part->kind == WL__STATEMENT) {
            share_table(heat, place, part, i);
        } else {
            share_index(heat, (size_t)(place.index - place.of->indexes), i);
        }
    }
    return deal_out(heat, taken->place, taken->units);
}

/* ---- ranges ---- */

static bool charge_query(wl__heat *heat, const wl__request *request, const wl__charge *taken) {
    wl_place place = wl_place_at(heat->store.workload, taken->place);
    heat->share_count = 0;
    size_t at = heat->texts.len;
    if (wl__query_key(&heat->texts, place, request->body)) {
        add_share(heat, (key_text){at, heat->texts.len - at}, 0, 1);
    }
    return deal_out(heat, taken->place, taken->units);
}

static uint32_t whole_member(yajl_val object, const char *name) {
    yajl_val value = wl__yajl_member(object, name);
    return YAJL_IS_INTEGER(value) && YAJL_GET_INTEGER(value) > 0 ? (uint32_t)YAJL_GET_INTEGER(value)
                                                                 : 0;
}

/* Opens the scan's page again: it read so many items. */
static bool open_page(pte_cursor **cursor, wl__heat *heat, pte_read *read,
                      const wl__request *request, uint64_t items) {
    char name[WL__STORED_NAME_BYTES];
    pte_item start;
    wl_place place = wl_place_at(heat->store.workload, request->parts[0].place);
    pte_scan scan = {
        .table = wl__stored_name(name, &heat->store, place.of),
        .index = pte_str(place.index == NULL ? "" : place.index->name),
        .segment = whole_member(request->body, "Segment"),
        .segment_count = whole_member(request->body, "TotalSegments"),
        .items_max = items,
    };
    if (wl__stored_start(&start, heat->builder,
                         wl__yajl_member(request->body, "ExclusiveStartKey"))) {
        scan.exclusive_start = &start;
    }
    return pte_scan_open(cursor, read, &scan, NULL) == PTE_OK;
}

/*
 * A page of a scan lies on neighbouring partition keys, which each have the part of the units that
 * is theirs of the bytes. For admission it is one demand of its first key: on AWS, too, a page of
 * at most a megabyte is read from one partition.
 */
static bool charge_scan(wl__heat *heat, const wl__request *request, const wl__charge *taken,
                        uint64_t items) {
    pte_read *read = NULL;
    pte_cursor *cursor = NULL;
    pte_item item;
    bool enough = true, first = true;
    wl_place place = wl_place_at(heat->store.workload, request->parts[0].place);
    size_t bytes = 0;
    if (items == 0 || pte_read_begin(&read, heat->store.env, NULL) != PTE_OK) {
        return true;
    }
    if (open_page(&cursor, heat, read, request, items)) {
        while (pte_cursor_next(&item, cursor, NULL) == PTE_OK) {
            bytes += item.size_bytes;
        }
        pte_cursor_close(cursor);
        cursor = NULL;
    }
    if (bytes != 0 && open_page(&cursor, heat, read, request, items)) {
        while (enough && pte_cursor_next(&item, cursor, NULL) == PTE_OK) {
            wl__text_reset(&heat->texts);
            if (!wl__stored_key(&heat->texts, place, &item)) {
                continue;
            }
            pte_bytes key = wl__text_bytes(&heat->texts);
            double part = (double)item.size_bytes / (double)bytes;
            wl_units units = {.read = taken->units.read * part};
            enough = charge(heat, taken->place, key, units);
            if (first) {
                demand(heat, taken->place, key, wl__stored_sort_hash(place, &item), taken->units);
            }
            first = false;
        }
    }
    pte_read_end(read);
    return enough;
}

/* A condition that has failed takes its units of the table's key, though no answer has them. */
static bool charge_refused(wl__heat *heat, const wl__request *request) {
    wl_units units = {.write = wl__heat_refused(heat, request)};
    if (units.write <= 0) {
        return true;
    }
    size_t place = request->parts[0].place;
    heat->share_count = 0;
    share_table(heat, wl_place_at(heat->store.workload, place), &request->parts[0], 0);
    return deal_out(heat, place, units);
}

bool wl__heat_after(wl__heat *heat, const wl__request *request, const wl__answer *answer) {
    bool enough = true;
    if (strcmp(answer->exception, "ConditionalCheckFailedException") == 0) {
        return charge_refused(heat, request) && !heat->texts.failed;
    }
    if (request->writes && request->part_count != 0) {
        look_at_all(heat->after, heat, request);
    }
    for (size_t i = 0; enough && i < answer->charge_count; i++) {
        const wl__charge *taken = &answer->charges[i];
        if (taken->units.read + taken->units.write <= 0 || request->part_count == 0) {
            continue;
        }
        if (request->parts[0].kind == WL__SCAN) {
            enough = charge_scan(heat, request, taken, answer->scanned);
        } else if (request->parts[0].kind == WL__QUERY) {
            enough = charge_query(heat, request, taken);
        } else {
            enough = charge_items(heat, request, taken);
        }
    }
    return enough && !heat->texts.failed;
}
