/* Reading answers; see answer.h. */
#include "workload/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

enum { DEPTH_MAX = 6, NAME_MAX_BYTES = 256 }; /* below that nothing is looked at */

/* The members that lead to a value; names[0] is the outermost object's. */
typedef struct reader {
    wl__answer *answer;
    const wl_workload *workload;
    bool writes;
    size_t depth;                              /* of open objects and arrays */
    bool object[DEPTH_MAX + 1];                /* what is open at a depth, from 1 */
    char names[DEPTH_MAX + 1][NAME_MAX_BYTES]; /* the last member's name at a depth */

    /* The entry of ConsumedCapacity that is being read. */
    char table[NAME_MAX_BYTES];
    size_t first; /* charge of it; their places are known when it ends */
    char indexes[1 + WL_INDEXES_MAX][NAME_MAX_BYTES]; /* "" is the table */
    bool split;                                       /* the charge says its kinds apart */
} reader;

static void copy_text(char *to, size_t size, const unsigned char *text, size_t len) {
    len = len < size - 1 ? len : size - 1;
    memcpy(to, text, len);
    to[len] = '\0';
}

static bool is(const reader *r, size_t depth, const char *name) {
    return strcmp(r->names[depth], name) == 0;
}

/* ---- capacity ---- */

/* The depth of the objects that are entries of ConsumedCapacity: in an array or not. 0: none. */
static size_t entry_depth(const reader *r) {
    if (r->depth < 2 || !is(r, 1, "ConsumedCapacity")) {
        return 0;
    }
    return r->object[2] ? 2 : 3;
}

/* Where units stand now: "Table" or an index's name; NULL: not in a place's object. */
static const char *place_name(const reader *r, size_t entry) {
    if (r->depth == entry + 1 && is(r, entry, "Table")) {
        return "";
    }
    bool indexes = is(r, entry, "GlobalSecondaryIndexes") || is(r, entry, "LocalSecondaryIndexes");
    return r->depth == entry + 2 && indexes ? r->names[entry + 1] : NULL;
}

static void begin_charge(reader *r, const char *name) {
    wl__answer *answer = r->answer;
    size_t of_entry = answer->charge_count - r->first;
    if (answer->charge_count < WL__CHARGES_MAX && of_entry <= WL_INDEXES_MAX) {
        snprintf(r->indexes[of_entry], sizeof r->indexes[0], "%s", name);
        answer->charges[answer->charge_count++] = (wl__charge){0};
        r->split = false;
    }
}

static void set_units(reader *r, size_t depth, double units) {
    if (r->answer->charge_count == r->first) {
        return;
    }
    wl_units *of = &r->answer->charges[r->answer->charge_count - 1].units;
    if (is(r, depth, "CapacityUnits") && !r->split) {
        *of = r->writes ? (wl_units){.write = units} : (wl_units){.read = units};
    } else if (is(r, depth, "ReadCapacityUnits") || is(r, depth, "WriteCapacityUnits")) {
        if (!r->split) {
            *of = (wl_units){0};
            r->split = true;
        }
        *(is(r, depth, "ReadCapacityUnits") ? &of->read : &of->write) = units;
    }
}

/* All of an entry is there: its table's name may stand behind its units. */
static void end_entry(reader *r) {
    wl__answer *answer = r->answer;
    for (size_t i = r->first; i < answer->charge_count; i++) {
        const char *index = r->indexes[i - r->first];
        if (!wl_place_find(&answer->charges[i].place, r->workload, pte_str(r->table),
                           index[0] != '\0' ? pte_str(index) : (pte_bytes){0})) {
            snprintf(answer->table_error, sizeof answer->table_error, "%.120s%s%.120s", r->table,
                     index[0] != '\0' ? " index " : "", index);
            answer->charges[i].units = (wl_units){0};
        }
    }
    r->first = answer->charge_count;
}

/* ---- items ---- */

/* Whether the object that opens at this depth is an item, or a key or write to be sent again. */
static void count_item(reader *r) {
    wl__answer *answer = r->answer;
    size_t depth = r->depth;
    bool pairs = r->object[2]; /* Responses of BatchGetItem: by table; else a list of objects */
    answer->returned += depth == 2 && (is(r, 1, "Item") || is(r, 1, "Attributes"));
    answer->returned += depth == 3 && is(r, 1, "Items");
    answer->returned += depth == 4 && is(r, 1, "Responses") && (pairs || is(r, 3, "Item"));
    answer->unprocessed += depth == 4 && is(r, 1, "UnprocessedItems");
    answer->unprocessed += depth == 5 && is(r, 1, "UnprocessedKeys") && is(r, 3, "Keys");
}

/* ---- yajl's events ---- */

static int open_one(reader *r, bool object) {
    r->depth++;
    if (r->depth > DEPTH_MAX) {
        return 1;
    }
    r->object[r->depth] = object;
    r->names[r->depth][0] = '\0';
    if (!object) {
        return 1;
    }
    count_item(r);
    size_t entry = entry_depth(r);
    const char *name = entry == 0 ? NULL : place_name(r, entry);
    if (entry != 0 && r->depth == entry) {
        r->table[0] = '\0';
        r->first = r->answer->charge_count;
    } else if (name != NULL) {
        begin_charge(r, name);
    }
    return 1;
}

static int start_map(void *ctx) {
    return open_one(ctx, true);
}

static int start_array(void *ctx) {
    return open_one(ctx, false);
}

static int end_array(void *ctx) {
    reader *r = ctx;
    r->depth--;
    return 1;
}

static int end_map(void *ctx) {
    reader *r = ctx;
    size_t entry = r->depth <= DEPTH_MAX ? entry_depth(r) : 0;
    if (entry != 0 && r->depth == entry) {
        end_entry(r);
    }
    r->depth--;
    return 1;
}

static int map_key(void *ctx, const unsigned char *name, size_t len) {
    reader *r = ctx;
    if (r->depth <= DEPTH_MAX) {
        copy_text(r->names[r->depth], sizeof r->names[0], name, len);
    }
    return 1;
}

static int number(void *ctx, const char *text, size_t len) {
    reader *r = ctx;
    char copy[64];
    copy_text(copy, sizeof copy, (const unsigned char *)text, len);
    if (r->depth == 1 && (is(r, 1, "Count") || is(r, 1, "ScannedCount"))) {
        r->answer->counts = true;
        if (is(r, 1, "ScannedCount")) {
            r->answer->scanned = strtoull(copy, NULL, 10);
        }
    }
    size_t entry = r->depth <= DEPTH_MAX ? entry_depth(r) : 0;
    if (entry != 0 && place_name(r, entry) != NULL) {
        set_units(r, r->depth, strtod(copy, NULL));
    }
    return 1;
}

static int string(void *ctx, const unsigned char *text, size_t len) {
    reader *r = ctx;
    wl__answer *answer = r->answer;
    size_t entry = r->depth <= DEPTH_MAX ? entry_depth(r) : 0;
    if (entry != 0 && r->depth == entry && is(r, entry, "TableName")) {
        copy_text(r->table, sizeof r->table, text, len);
    } else if (r->depth == 1 && answer->status != 200 && is(r, 1, "__type")) {
        const unsigned char *hash = memchr(text, '#', len);
        size_t prefix = hash == NULL ? 0 : (size_t)(hash - text) + 1;
        copy_text(answer->exception, sizeof answer->exception, text + prefix, len - prefix);
    } else if (r->depth == 1 && answer->status != 200 &&
               (is(r, 1, "message") || is(r, 1, "Message"))) {
        copy_text(answer->message, sizeof answer->message, text, len);
    }
    return 1;
}

static const yajl_callbacks events = {
    .yajl_number = number,
    .yajl_string = string,
    .yajl_start_map = start_map,
    .yajl_map_key = map_key,
    .yajl_end_map = end_map,
    .yajl_start_array = start_array,
    .yajl_end_array = end_array,
};

bool wl__answer_read(wl__answer *answer, const wl_workload *workload, const pt_reply *reply,
                     bool writes) {
    reader r = {.answer = answer, .workload = workload, .writes = writes};
    answer->status = reply->status;
    answer->charge_count = 0;
    answer->returned = answer->scanned = answer->unprocessed = 0;
    answer->counts = false;
    answer->exception[0] = answer->message[0] = answer->table_error[0] = '\0';
    yajl_handle handle = yajl_alloc(&events, NULL, &r);
    if (handle == NULL) {
        return false;
    }
    bool read = yajl_parse(handle, reply->body.data, reply->body.len) == yajl_status_ok &&
                yajl_complete_parse(handle) == yajl_status_ok;
    yajl_free(handle);
    return read;
}
