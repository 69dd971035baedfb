/* A workload as a whole: its file, its other keys, and what others ask of it. */
#include "workload/inside.h"

#include <errno.h>
#include <stdlib.h>

static const char *const keys[] = {"name",     "seed",     "rate",   "tables", "shared",
                                   "entities", "patterns", "assert", NULL};

/* ---- the file ---- */

static bool read_whole(wl_text *text, FILE *file, wl_complaint *complaint) {
    char chunk[16 * 1024];
    size_t count = 0;
    while ((count = fread(chunk, 1, sizeof chunk, file)) != 0) {
        if (text->len + count > WL__FILE_BYTES_MAX) {
            return wl__complain(complaint, NULL, "expected a file of at most 16 MB");
        }
        wl__text_add(text, pte_view(chunk, count));
    }
    if (ferror(file)) {
        return wl__complain(complaint, NULL, "cannot read: %s", strerror(errno));
    }
    return !text->failed || wl__complain_memory(complaint);
}

static bool read_file(wl_text *text, const char *path, wl_complaint *complaint) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return wl__complain(complaint, NULL, "cannot open: %s", strerror(errno));
    }
    bool good = read_whole(text, file, complaint);
    fclose(file);
    return good;
}

/* ---- its keys ---- */

static bool read_assertions(wl__reader *reader, const wl__node *list) {
    wl_workload *w = reader->workload;
    if (list == NULL) {
        return true;
    }
    if (!wl__need_list(reader->complaint, list, "assertions", WL_ASSERTIONS_MAX)) {
        return false;
    }
    w->assertions = wl__arena_array(reader->arena, list->count + 1, sizeof *w->assertions);
    if (w->assertions == NULL) {
        return wl__complain_memory(reader->complaint);
    }
    for (size_t i = 0; i < list->count; i++) {
        wl_assertion *assertion = &w->assertions[w->assertion_count++];
        assertion->line = list->items[i]->line;
        if (!wl__need_text(&assertion->text, reader->complaint, list->items[i], "an assertion")) {
            return false;
        }
    }
    return true;
}

static bool read_heads(wl__reader *reader, const wl__node *root) {
    wl_workload *w = reader->workload;
    const wl__node *name = wl__member(root, "name"), *seed = wl__member(root, "seed");
    const wl__node *rate = wl__member(root, "rate");
    static const char *const needed[] = {"name", "tables", "patterns", NULL};
    for (size_t i = 0; needed[i] != NULL; i++) {
        if (wl__member(root, needed[i]) == NULL) {
            return wl__complain(reader->complaint, root,
                                "expected \"%s\" in a workload, found none", needed[i]);
        }
    }
    w->seed = 1;
    return wl__need_text(&w->name, reader->complaint, name, "the workload's name") &&
           (seed == NULL || wl__need_whole(&w->seed, reader->complaint, seed, 0, UINT64_MAX)) &&
           (rate == NULL || wl__need_number(&w->rate, reader->complaint, rate, 0.000001, 1e9));
}

/* "shared" is where a file may keep what it names by anchors; it is not looked at. */
static bool read_root(wl__reader *reader, const wl__node *root) {
    return wl__need_map(reader->complaint, root, "a workload", keys) && read_heads(reader, root) &&
           wl__read_tables(reader, wl__member(root, "tables")) &&
           wl__read_entities(reader, wl__member(root, "entities")) &&
           wl__read_patterns(reader, wl__member(root, "patterns")) &&
           read_assertions(reader, wl__member(root, "assert")) && wl__check_costs(reader);
}

bool wl__workload_read_text(wl_workload **workload, const char *path, pte_bytes yaml,
                            wl_complaint *complaint) {
    *complaint = (wl_complaint){.file = path};
    *workload = NULL;
    wl_workload *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return wl__complain_memory(complaint);
    }
    wl__reader reader = {.workload = w, .arena = &w->arena, .complaint = complaint};
    const wl__node *root = NULL;
    w->path = wl__arena_copy(&w->arena, pte_str(path));
    bool good = w->path != NULL ? wl__yaml_read(&root, &w->arena, yaml, "a workload", complaint) &&
                                      read_root(&reader, root)
                                : wl__complain_memory(complaint);
    if (!good) {
        wl_workload_destroy(w);
        return false;
    }
    *workload = w;
    return true;
}

bool wl_workload_read(wl_workload **workload, const char *path, wl_complaint *complaint) {
    wl_text text = {0};
    *complaint = (wl_complaint){.file = path};
    *workload = NULL;
    bool good = read_file(&text, path, complaint) &&
                wl__workload_read_text(workload, path, wl__text_bytes(&text), complaint);
    wl_text_clean_up(&text);
    return good;
}

void wl_workload_set_seed(wl_workload *workload, uint64_t seed) {
    workload->seed = seed;
}

void wl_workload_set_rate(wl_workload *workload, double rate) {
    workload->rate = rate;
    for (size_t i = 0; i < workload->pattern_count; i++) {
        wl_pattern *pattern = &workload->patterns[i].shown;
        pattern->rate = pattern->share * rate;
    }
}

void wl_workload_destroy(wl_workload *workload) {
    if (workload != NULL) {
        wl__arena_clean_up(&workload->arena);
        free(workload);
    }
}

/* ---- what others ask ---- */

const char *wl_workload_name(const wl_workload *workload) {
    return workload->name;
}

const char *wl_workload_path(const wl_workload *workload) {
    return workload->path;
}

uint64_t wl_workload_seed(const wl_workload *workload) {
    return workload->seed;
}

double wl_workload_rate(const wl_workload *workload) {
    return workload->rate;
}

size_t wl_table_count(const wl_workload *workload) {
    return workload->table_count;
}

const wl_table *wl_table_at(const wl_workload *workload, size_t number) {
    return &workload->tables[number];
}

size_t wl_entity_count(const wl_workload *workload) {
    return workload->entity_count;
}

const wl_entity *wl_entity_at(const wl_workload *workload, size_t number) {
    return &workload->entities[number].shown;
}

size_t wl_pattern_count(const wl_workload *workload) {
    return workload->pattern_count;
}

const wl_pattern *wl_pattern_at(const wl_workload *workload, size_t number) {
    return &workload->patterns[number].shown;
}

size_t wl_assertion_count(const wl_workload *workload) {
    return workload->assertion_count;
}

const wl_assertion *wl_assertion_at(const wl_workload *workload, size_t number) {
    return &workload->assertions[number];
}

size_t wl_place_count(const wl_workload *workload) {
    return workload->place_count;
}

wl_place wl_place_at(const wl_workload *workload, size_t number) {
    return workload->places[number];
}

bool wl_place_find(size_t *number, const wl_workload *workload, pte_bytes table, pte_bytes index) {
    for (size_t i = 0; i < workload->place_count; i++) {
        const wl_place *place = &workload->places[i];
        const char *name = place->index != NULL ? place->index->name : NULL;
        if (pte_bytes_equal(pte_str(place->of->name), table) &&
            (name == NULL ? index.data == NULL
                          : index.data != NULL && pte_bytes_equal(pte_str(name), index))) {
            *number = i;
            return true;
        }
    }
    return false;
}
