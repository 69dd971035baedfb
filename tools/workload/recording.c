/* Recordings as workloads; see recording.h. */
#include "workload/recording.h"

#include "quick_photos/json.h"
#include "workload/inside.h"
#include "workload/inside_traffic.h"
#include "workload/recording_lines.h"
#include "workload/recording_pattern.h"
#include "workload/request.h"
#include "workload/run.h"

#include <stdlib.h>

enum { TABLES_MAX = WL_TABLES_MAX };

/* A kind of calls, and which pattern of the workload it is. */
typedef struct seen_kind {
    wl__call_kind kind;
    uint64_t calls;
    size_t pattern; /* SIZE_MAX: its tables are not there */
} seen_kind;

struct wl_recording {
    char *path;
    char region[128];
    wl_recording_info info;
    seen_kind *kinds; /* WL_PATTERNS_MAX */
    size_t kind_count;
    char tables[TABLES_MAX][256];
    bool found[TABLES_MAX];
    size_t table_count;
    double first_s;
};

static bool fail(wl_complaint *complaint, const wl_recording *recording, const char *message) {
    *complaint = (wl_complaint){.file = recording->path};
    snprintf(complaint->message, sizeof complaint->message, "%s", message);
    return false;
}

/* ---- reading it through ---- */

static size_t find_kind(const wl_recording *recording, const wl__call_kind *kind) {
    size_t at = 0;
    while (at < recording->kind_count && !wl__call_kind_same(&recording->kinds[at].kind, kind)) {
        at++;
    }
    return at;
}

static bool note_table(wl_recording *recording, const char *table) {
    for (size_t i = 0; i < recording->table_count; i++) {
        if (strcmp(recording->tables[i], table) == 0) {
            return true;
        }
    }
    if (recording->table_count == TABLES_MAX) {
        return false;
    }
    snprintf(recording->tables[recording->table_count++], sizeof recording->tables[0], "%s", table);
    return true;
}

/* More kinds or tables than a workload may have are left out. */
static bool note_call(wl_recording *recording, const wl__lines *lines) {
    wl__call_kind kind;
    wl__call_kind_of(&kind, lines->operation, lines->body);
    if (kind.table_count == 0 || strcmp(lines->region, recording->region) != 0) {
        return false;
    }
    size_t at = find_kind(recording, &kind);
    if (at == WL_PATTERNS_MAX) {
        return false;
    }
    for (size_t i = 0; i < kind.table_count; i++) {
        if (!note_table(recording, kind.tables[i])) {
            return false;
        }
    }
    if (at == recording->kind_count) {
        recording->kinds[recording->kind_count++].kind = kind;
    }
    recording->kinds[at].calls++;
    recording->first_s = recording->info.calls == 0 ? lines->at_s : recording->first_s;
    recording->info.calls++;
    return true;
}

static bool read_through(wl_recording *recording, wl_complaint *complaint) {
    wl__lines lines;
    int read = wl__lines_open(&lines, recording->path, complaint) ? 1 : -1;
    while (read > 0 && (read = wl__lines_next(&lines, complaint)) > 0) {
        if (recording->region[0] == '\0') {
            snprintf(recording->region, sizeof recording->region, "%s", lines.region);
        }
        if (note_call(recording, &lines)) {
            recording->info.seconds = lines.at_s - recording->first_s;
        } else {
            recording->info.left_out++;
        }
    }
    recording->info.lost = lines.lost;
    wl__lines_close(&lines);
    if (read == 0 && recording->info.calls == 0) {
        return fail(complaint, recording, "expected calls on items, found none");
    }
    return read == 0;
}

bool wl_recording_read(wl_recording **recording, const char *path, wl_complaint *complaint) {
    *recording = NULL;
    *complaint = (wl_complaint){.file = path, .message = "no memory"};
    wl_recording *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return false;
    }
    made->path = strdup(path);
    made->kinds = calloc(WL_PATTERNS_MAX, sizeof *made->kinds);
    made->info.region = made->region;
    if (made->path == NULL || made->kinds == NULL || !read_through(made, complaint)) {
        complaint->file = path;
        wl_recording_destroy(made);
        return false;
    }
    *recording = made;
    return true;
}

void wl_recording_destroy(wl_recording *recording) {
    if (recording != NULL) {
        free(recording->path);
        free(recording->kinds);
        free(recording);
    }
}

wl_recording_info wl_recording_describe(const wl_recording *recording) {
    return recording->info;
}

/* ---- tables ---- */

/* Calls that are refused change nothing here either; a table that is there already stays. */
static bool make_again(wl_recording *recording, const wl__lines *lines, qp_door *door,
                       wl_complaint *complaint) {
    bool makes = strcmp(lines->operation, "CreateTable") == 0 ||
                 strcmp(lines->operation, "UpdateTable") == 0;
    qp_json body = {0};
    pt_reply reply;
    pte_error error = {0};
    if (!makes || strcmp(lines->region, recording->region) != 0) {
        return true;
    }
    qp_json_tree(&body, lines->body);
    bool fine = !body.failed || fail(complaint, recording, "no memory");
    if (fine &&
        door->call(door, lines->operation, qp_json_bytes(&body), &reply, &error) != PTE_OK) {
        fine = fail(complaint, recording, error.message);
    }
    qp_json_clean_up(&body);
    return fine;
}

bool wl_recording_make_tables(wl_recording *recording, qp_door *door, wl_complaint *complaint) {
    wl__lines lines;
    int read = wl__lines_open(&lines, recording->path, complaint) ? 1 : -1;
    while (read > 0 && (read = wl__lines_next(&lines, complaint)) > 0) {
        if (!make_again(recording, &lines, door, complaint)) {
            read = -1;
        }
    }
    wl__lines_close(&lines);
    return read == 0;
}

/* Appends the members of this name, as they are described. */
static void copy_member(qp_json *json, yajl_val from, const char *name) {
    yajl_val value = wl__yajl_member(from, name);
    if (value != NULL) {
        qp_json_raw(json, json->text[json->len - 1] == '{' ? "" : ",");
        qp_json_string(json, pte_str(name));
        qp_json_raw(json, ":");
        qp_json_tree(json, value);
    }
}

/* Provisioned units are described with more beside them. */
static void copy_throughput(qp_json *json, yajl_val from) {
    yajl_val units = wl__yajl_member(from, "ProvisionedThroughput");
    yajl_val reads = wl__yajl_member(units, "ReadCapacityUnits");
    yajl_val writes = wl__yajl_member(units, "WriteCapacityUnits");
    if (YAJL_IS_INTEGER(reads) && YAJL_GET_INTEGER(reads) > 0 && writes != NULL) {
        qp_json_raw(json, ",\"ProvisionedThroughput\":{");
        copy_member(json, units, "ReadCapacityUnits");
        copy_member(json, units, "WriteCapacityUnits");
        qp_json_raw(json, "}");
    }
}

static void copy_indexes(qp_json *json, yajl_val table, const char *name) {
    yajl_val list = wl__yajl_member(table, name);
    if (!YAJL_IS_ARRAY(list) || YAJL_GET_ARRAY(list)->len == 0) {
        return;
    }
    qp_json_raw(json, ",");
    qp_json_string(json, pte_str(name));
    qp_json_raw(json, ":[");
    for (size_t i = 0; i < YAJL_GET_ARRAY(list)->len; i++) {
        yajl_val index = YAJL_GET_ARRAY(list)->values[i];
        qp_json_raw(json, i == 0 ? "{" : ",{");
        copy_member(json, index, "IndexName");
        copy_member(json, index, "KeySchema");
        copy_member(json, index, "Projection");
        if (strcmp(name, "GlobalSecondaryIndexes") == 0) {
            copy_throughput(json, index);
        }
        qp_json_raw(json, "}");
    }
    qp_json_raw(json, "]");
}

/* The CreateTable request that makes what DescribeTable shows. */
static void write_table(qp_json *json, yajl_val table) {
    const char *mode = wl__yajl_text(wl__yajl_member(table, "BillingModeSummary"), "BillingMode");
    qp_json_raw(json, "{");
    copy_member(json, table, "TableName");
    copy_member(json, table, "AttributeDefinitions");
    copy_member(json, table, "KeySchema");
    if (mode != NULL) {
        qp_json_raw(json, ",\"BillingMode\":");
        qp_json_string(json, pte_str(mode));
    }
    copy_throughput(json, table);
    const char *class = wl__yajl_text(wl__yajl_member(table, "TableClassSummary"), "TableClass");
    if (class != NULL) {
        qp_json_raw(json, ",\"TableClass\":");
        qp_json_string(json, pte_str(class));
    }
    copy_indexes(json, table, "GlobalSecondaryIndexes");
    copy_indexes(json, table, "LocalSecondaryIndexes");
    qp_json_raw(json, "}");
}

/* Appends a table, if it is there. */
static bool describe(wl_recording *recording, size_t number, qp_door *door, qp_json *yaml,
                     wl_complaint *complaint) {
    qp_json body = {0};
    pt_reply reply = {0};
    pte_error error = {0};
    char what[128];
    qp_json_fill(&body, "{'TableName':?}", QP_VALUES(recording->tables[number]));
    bool fine = !body.failed &&
                door->call(door, "DescribeTable", qp_json_bytes(&body), &reply, &error) == PTE_OK;
    qp_json_clean_up(&body);
    if (!fine) {
        return fail(complaint, recording, error.message);
    }
    if (reply.status != 200) {
        return true;
    }
    yajl_val tree = yajl_tree_parse((const char *)reply.body.data, what, sizeof what);
    recording->found[number] = wl__yajl_member(tree, "Table") != NULL;
    if (recording->found[number]) {
        qp_json_raw(yaml, "  - ");
        write_table(yaml, wl__yajl_member(tree, "Table"));
        qp_json_raw(yaml, "\n");
    }
    yajl_tree_free(tree);
    return !yaml->failed || fail(complaint, recording, "no memory");
}

/* ---- the workload ---- */

static bool has_tables(const wl_recording *recording, const wl__call_kind *kind) {
    size_t found = 0;
    for (size_t i = 0; i < recording->table_count; i++) {
        for (size_t j = 0; recording->found[i] && j < kind->table_count; j++) {
            found += strcmp(recording->tables[i], kind->tables[j]) == 0;
        }
    }
    return found == kind->table_count;
}

static void write_pattern(wl_text *yaml, seen_kind *seen) {
    char share[48];
    wl_text name = {0};
    wl__call_kind_name(&name, &seen->kind);
    wl__text_raw(yaml, "  - name: \"");
    wl__text_escaped(yaml, wl__text_bytes(&name));
    snprintf(share, sizeof share,
             "\"\n    share: %llu\n    request: ", (unsigned long long)seen->calls);
    wl__text_raw(yaml, share);
    wl__call_kind_request(yaml, &seen->kind);
    wl__text_raw(yaml, "\n");
    yaml->failed = yaml->failed || name.failed;
    wl_text_clean_up(&name);
}

/* Kinds whose tables are there become patterns; the calls of others are left out. */
static bool write_patterns(wl_text *yaml, wl_recording *recording) {
    size_t patterns = 0;
    wl__text_raw(yaml, "patterns:\n");
    for (size_t i = 0; i < recording->kind_count; i++) {
        seen_kind *seen = &recording->kinds[i];
        if (has_tables(recording, &seen->kind)) {
            seen->pattern = patterns++;
            write_pattern(yaml, seen);
        } else {
            seen->pattern = SIZE_MAX;
            recording->info.calls -= seen->calls;
            recording->info.left_out += seen->calls;
        }
    }
    return patterns != 0;
}

static void write_head(wl_text *yaml, const wl_recording *recording, double rate) {
    char text[64];
    double recorded =
        recording->info.seconds > 0 ? (double)recording->info.calls / recording->info.seconds : 0;
    wl__text_raw(yaml, "name: \"replay of ");
    wl__text_escaped(yaml, pte_str(recording->path));
    wl__text_raw(yaml, "\"\n");
    rate = rate > 0 ? rate : recorded;
    if (rate > 0) {
        snprintf(text, sizeof text, "rate: %.6f\n", rate);
        wl__text_raw(yaml, text);
    }
}

bool wl_recording_workload(wl_workload **workload, wl_recording *recording, qp_door *door,
                           double rate, wl_complaint *complaint) {
    qp_json tables = {0};
    wl_text yaml = {0};
    bool fine = true;
    *workload = NULL;
    for (size_t i = 0; fine && i < recording->table_count; i++) {
        fine = describe(recording, i, door, &tables, complaint);
    }
    if (fine && !write_patterns(&yaml, recording)) {
        fine = fail(complaint, recording,
                    "it does not make the tables that it uses; name a copy of their database with "
                    "--dir");
    }
    wl__text_raw(&yaml, "tables:\n");
    wl__text_add(&yaml, qp_json_bytes(&tables));
    write_head(&yaml, recording, rate); /* last: now the calls are known */
    fine = fine && (!yaml.failed || fail(complaint, recording, "no memory")) &&
           wl__workload_read_text(workload, recording->path, wl__text_bytes(&yaml), complaint);
    qp_json_clean_up(&tables);
    wl_text_clean_up(&yaml);
    return fine;
}

/* ---- the calls ---- */

struct wl_recording_reader {
    const wl_recording *recording;
    wl__lines lines;
};

void wl__recording_close(wl_recording_reader *reader) {
    if (reader != NULL) {
        wl__lines_close(&reader->lines);
        free(reader);
    }
}

wl_traffic *wl_traffic_of_recording(wl_recording *recording, const wl_workload *workload,
                                    wl_complaint *complaint) {
    *complaint = (wl_complaint){.file = recording->path, .message = "no memory"};
    wl_recording_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        return NULL;
    }
    reader->recording = recording;
    if (!wl__lines_open(&reader->lines, recording->path, complaint)) {
        wl__recording_close(reader);
        return NULL;
    }
    return wl__traffic_new(workload, 0, reader);
}

/* The body, with the capacity of indexes asked for whatever it asked for itself. */
static bool write_body(wl_text *text, yajl_val body) {
    qp_json json = {0};
    for (size_t i = 0; YAJL_IS_OBJECT(body) && i < YAJL_GET_OBJECT(body)->len; i++) {
        if (strcmp(YAJL_GET_OBJECT(body)->keys[i], "ReturnConsumedCapacity") != 0) {
            qp_json_raw(&json, ",");
            qp_json_string(&json, pte_str(YAJL_GET_OBJECT(body)->keys[i]));
            qp_json_raw(&json, ":");
            qp_json_tree(&json, YAJL_GET_OBJECT(body)->values[i]);
        }
    }
    wl__text_raw(text, "{\"ReturnConsumedCapacity\":\"INDEXES\"");
    wl__text_add(text, qp_json_bytes(&json));
    wl__text_raw(text, "}");
    bool fine = !json.failed && !text->failed;
    qp_json_clean_up(&json);
    return fine;
}

int wl__recording_next(wl__recorded *recorded, wl_text *body, wl_recording_reader *reader,
                       wl_complaint *complaint) {
    const wl_recording *recording = reader->recording;
    wl__lines *lines = &reader->lines;
    wl__call_kind kind;
    int read;
    while ((read = wl__lines_next(lines, complaint)) > 0) {
        wl__call_kind_of(&kind, lines->operation, lines->body);
        size_t at = kind.table_count == 0 || strcmp(lines->region, recording->region) != 0
                        ? recording->kind_count
                        : find_kind(recording, &kind);
        if (at == recording->kind_count || recording->kinds[at].pattern == SIZE_MAX) {
            continue;
        }
        recorded->pattern = recording->kinds[at].pattern;
        recorded->due_s = lines->at_s - recording->first_s;
        snprintf(recorded->operation, sizeof recorded->operation, "%s", lines->operation);
        if (!write_body(body, lines->body)) {
            (void)fail(complaint, recording, "no memory for a request");
            return -1;
        }
        return 1;
    }
    return read;
}
