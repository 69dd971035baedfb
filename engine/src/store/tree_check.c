/*
 * Proves that the layers in `long` and the markers that name them agree.
 *
 * First part, flat: `long` is read in order, a window of its layers at a time is kept in memory,
 * and all markers (of the trees and of `long`) are held against the window. That finds whatever is
 * malformed, markers without a layer, layers named twice or not at all. If there is nothing of
 * that, every layer has exactly one marker, and the only thing left that can be wrong is that
 * layers hang from each other in a circle, or too deep. So the second part, needed only where a
 * marker stands in `long`, walks the trees with cursors and counts the layers that it comes to.
 */
#include "store/tree_levels.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Layers in memory at a time, 16 bytes each. Tests set less, to see more than one window. */
#ifndef PTE__TREE_CHECK_WINDOW_MAX
#define PTE__TREE_CHECK_WINDOW_MAX (512 * 1024)
#endif

enum {
    WINDOW_MAX = PTE__TREE_CHECK_WINDOW_MAX,
    WINDOW_FIRST = WINDOW_MAX < 256 ? WINDOW_MAX : 256,
    PROBLEM_BYTES = 256,
    KEY_BYTES_SHOWN = 28,
};

typedef struct seen_layer {
    uint64_t id;
    uint64_t named; /* by how many markers */
} seen_layer;

typedef struct checker {
    const pte__tree *trees;
    size_t tree_count;
    void (*on_problem)(void *ctx, const char *problem);
    void *ctx;
    uint64_t problems;
    /* Found in `long`. */
    uint64_t keys;
    uint64_t markers;
    uint64_t layers;
    uint64_t highest; /* layer id in use */
    /* A run of the layers in `long`, by id. */
    seen_layer *window;
    size_t window_len;
    size_t window_capacity;
} checker;

static void report(checker *check, const char *format, ...) PTE_PRINTF(2, 3);

static void report(checker *check, const char *format, ...) {
    char problem[PROBLEM_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem, sizeof problem, format, arguments);
    va_end(arguments);
    check->problems++;
    check->on_problem(check->ctx, problem);
}

/* The start of an LMDB key in hexadecimal, for a message. */
static const char *show(char text[2 * KEY_BYTES_SHOWN + 1], const MDB_val *key) {
    size_t len = key->mv_size < KEY_BYTES_SHOWN ? key->mv_size : KEY_BYTES_SHOWN;
    text[0] = '\0';
    for (size_t i = 0; i < len; i++) {
        snprintf(text + 2 * i, 3, "%02x", ((const uint8_t *)key->mv_data)[i]);
    }
    return text;
}

static const MDB_val next_id_row = {PTE__TREE_LAYER_ID_BYTES, (void *)"\0\0\0\0\0\0\0"};

static bool is_next_id_row(const MDB_val *key) {
    return key->mv_size == next_id_row.mv_size &&
           memcmp(key->mv_data, next_id_row.mv_data, key->mv_size) == 0;
}

/* Reports what is wrong with one entry of `long` by itself, and counts it. */
static void check_entry(checker *check, const MDB_val *key, const MDB_val *value) {
    char text[2 * KEY_BYTES_SHOWN + 1];
    uint64_t layer_id;
    if (key->mv_size <= PTE__TREE_LAYER_ID_BYTES || pte__get_u64(key->mv_data) == 0) {
        report(check, "long: the entry %s... (%zu bytes) lies in no layer", show(text, key),
               key->mv_size);
    } else if (key->mv_size <= PTE__TREE_WHOLE_MAX) {
        check->keys++;
    } else if (!pte__tree_is_marker(key)) {
        report(check, "long: the entry %s... (%zu bytes) is neither whole nor a marker",
               show(text, key), key->mv_size);
    } else if (pte__tree_read_layer_id(value, &layer_id) != 0) {
        report(check, "long: the marker %s... names no layer", show(text, key));
    } else {
        check->markers++;
    }
}

/* The whole of `long`, entry by entry, without regard to the trees. */
static int check_entries(checker *check, MDB_cursor *cursor) {
    MDB_val key;
    MDB_val value;
    int result = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    for (; result == 0; result = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        if (is_next_id_row(&key)) {
            continue;
        }
        check_entry(check, &key, &value);
        if (key.mv_size >= PTE__TREE_LAYER_ID_BYTES && pte__get_u64(key.mv_data) > check->highest) {
            check->highest = pte__get_u64(key.mv_data);
            check->layers++;
        }
    }
    return result == MDB_NOTFOUND ? 0 : result;
}

static int check_next_id(checker *check, MDB_cursor *cursor) {
    MDB_val key = next_id_row;
    MDB_val value;
    uint64_t next;
    int result = mdb_cursor_get(cursor, &key, &value, MDB_SET);
    if (result == MDB_NOTFOUND) {
        if (check->layers != 0) {
            report(check, "long: the row with the next layer id is missing");
        }
        return 0;
    }
    if (result == 0 && pte__tree_read_layer_id(&value, &next) != 0) {
        report(check, "long: the row with the next layer id holds none");
    } else if (result == 0 && next <= check->highest) {
        report(check, "long: the next layer id is %" PRIu64 ", but layer %" PRIu64 " is in use",
               next, check->highest);
    }
    return result;
}

/* Room for one more layer. false: the window is full. */
static int grow_window(checker *check, bool *room) {
    *room = check->window_len < check->window_capacity;
    if (*room || check->window_capacity == WINDOW_MAX) {
        return 0;
    }
    size_t capacity = check->window_capacity == 0 ? WINDOW_FIRST : check->window_capacity * 2;
    seen_layer *grown = realloc(check->window, capacity * sizeof *grown);
    if (grown == NULL) {
        return ENOMEM;
    }
    check->window = grown;
    check->window_capacity = capacity;
    *room = true;
    return 0;
}

/* Fills the window with the layers from *next on. *next: where the one after begins; 0: nowhere. */
static int fill_window(checker *check, MDB_cursor *cursor, uint64_t *next) {
    bool room;
    int result = 0;
    check->window_len = 0;
    while ((result = grow_window(check, &room)) == 0) {
        uint8_t lower[PTE__TREE_LAYER_ID_BYTES];
        pte__put_u64(lower, *next);
        MDB_val key = {sizeof lower, lower};
        MDB_val value;
        result = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
        if (result != 0 || key.mv_size < PTE__TREE_LAYER_ID_BYTES) {
            *next = 0;
            break;
        }
        *next = pte__get_u64(key.mv_data);
        if (!room) {
            break;
        }
        check->window[check->window_len++] = (seen_layer){*next, 0};
        if (*next == UINT64_MAX) {
            *next = 0;
            break;
        }
        ++*next;
    }
    return result == MDB_NOTFOUND ? 0 : result;
}

static seen_layer *find_in_window(checker *check, uint64_t layer_id) {
    size_t from = 0;
    size_t to = check->window_len;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (check->window[middle].id < layer_id) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    bool found = from < check->window_len && check->window[from].id == layer_id;
    return found ? &check->window[from] : NULL;
}

/* Where markers are read from, for messages. */
typedef struct source {
    const char *name;  /* "tree 0", "long" */
    MDB_cursor *probe; /* of `long` */
    bool first;        /* the window is the first: say what does not depend on the window */
    bool base;         /* of a tree; check_entry has looked at those of `long` */
} source;

/* Holds one entry, longer than a whole one, against the window. */
static int check_marker(checker *check, const source *from, const MDB_val *key,
                        const MDB_val *value) {
    char text[2 * KEY_BYTES_SHOWN + 1];
    uint64_t layer_id;
    bool well_formed = pte__tree_is_marker(key);
    if (!well_formed || pte__tree_read_layer_id(value, &layer_id) != 0) {
        if (from->base && from->first) {
            report(check, "%s: the entry %s... (%zu bytes) %s", from->name, show(text, key),
                   key->mv_size,
                   well_formed ? "is a marker that names no layer" : "is longer than a whole one");
        }
        return 0;
    }
    seen_layer *seen = find_in_window(check, layer_id);
    if (seen != NULL && seen->named++ != 0) {
        report(check, "%s: the marker %s... names layer %" PRIu64 ", which another one names too",
               from->name, show(text, key), layer_id);
    }
    if (seen == NULL && from->first) {
        MDB_val first_key;
        MDB_val first_value;
        int result = pte__tree_layer_first(from->probe, layer_id, &first_key, &first_value);
        if (result != MDB_NOTFOUND) {
            return result;
        }
        report(check, "%s: the marker %s... names layer %" PRIu64 ", which has no entries",
               from->name, show(text, key), layer_id);
    }
    return 0;
}

static int check_markers(checker *check, const pte__tree *tree, MDB_dbi dbi, const source *from) {
    MDB_cursor *cursor;
    int result = mdb_cursor_open(tree->txn, dbi, &cursor);
    if (result != 0) {
        return result;
    }
    MDB_val key;
    MDB_val value;
    result = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    while (result == 0) {
        if (key.mv_size > PTE__TREE_WHOLE_MAX) {
            result = check_marker(check, from, &key, &value);
        }
        if (result == 0) {
            result = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        }
    }
    mdb_cursor_close(cursor);
    return result == MDB_NOTFOUND ? 0 : result;
}

/* All markers there are, held against one window. */
static int check_window(checker *check, MDB_cursor *probe, bool first) {
    for (size_t i = 0; i < check->tree_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "tree %zu", i);
        source from = {name, probe, first, true};
        int result = check_markers(check, &check->trees[i], check->trees[i].base, &from);
        if (result != 0) {
            return result;
        }
    }
    if (check->markers != 0) {
        source from = {"long", probe, first, false};
        int result = check_markers(check, &check->trees[0], check->trees[0].layers, &from);
        if (result != 0) {
            return result;
        }
    }
    for (size_t i = 0; i < check->window_len; i++) {
        if (check->window[i].named == 0) {
            report(check, "long: no marker names layer %" PRIu64, check->window[i].id);
        }
    }
    return 0;
}

static int check_flat(checker *check, MDB_cursor *cursor) {
    int result = check_entries(check, cursor);
    if (result == 0) {
        result = check_next_id(check, cursor);
    }
    uint64_t next = 1; /* what lies in layer 0 has been reported */
    bool first = true;
    while (result == 0 && (first || next != 0)) {
        result = fill_window(check, cursor, &next);
        if (result == 0) {
            result = check_window(check, cursor, first);
        }
        first = false;
    }
    return result;
}

/* How many layers the way to the cursor's key has that were not on the way to the one before. */
static unsigned layers_entered(const pte__tree_cursor *cursor, uint64_t *before,
                               unsigned *depth_before) {
    unsigned shared = 0;
    while (shared < cursor->depth && shared < *depth_before &&
           cursor->layer_ids[shared + 1] == before[shared + 1]) {
        shared++;
    }
    memcpy(before, cursor->layer_ids, sizeof cursor->layer_ids);
    *depth_before = cursor->depth;
    return cursor->depth - shared;
}

/* Counts the layers that a tree's keys lead through. */
static int walk_tree(checker *check, size_t tree, uint64_t *reached) {
    pte__tree_cursor cursor;
    memset(&cursor, 0, offsetof(pte__tree_cursor, long_key));
    uint64_t before[PTE__TREE_LAYERS_MAX];
    unsigned depth_before = 0;
    int result = pte__tree_cursor_open(&cursor, &check->trees[tree]);
    if (result == 0) {
        result = pte__tree_cursor_seek(&cursor, (pte_bytes){NULL, 0});
    }
    while (result == 0) {
        if (cursor.depth != 0 || depth_before != 0) {
            *reached += layers_entered(&cursor, before, &depth_before);
        }
        result = pte__tree_cursor_next(&cursor);
    }
    pte__tree_cursor_clean_up(&cursor);
    if (result == MDB_CORRUPTED) {
        report(check, "tree %zu: a key is longer than %d bytes or leads through too many layers",
               tree, PTE__KEY_MAX);
    }
    return result == MDB_NOTFOUND || result == MDB_CORRUPTED ? 0 : result;
}

static int check_reach(checker *check) {
    uint64_t reached = 0;
    uint64_t problems = check->problems;
    for (size_t i = 0; i < check->tree_count; i++) {
        int result = walk_tree(check, i, &reached);
        if (result != 0) {
            return result;
        }
    }
    if (check->problems == problems && reached != check->layers) {
        report(check, "long: %" PRIu64 " layers name each other in a circle, out of all trees",
               check->layers - reached);
    }
    return 0;
}

int pte__tree_check_layers(const pte__tree *trees, size_t tree_count, uint64_t *long_keys,
                           void (*on_problem)(void *ctx, const char *problem), void *ctx) {
    checker check = {
        .trees = trees, .tree_count = tree_count, .on_problem = on_problem, .ctx = ctx};
    MDB_cursor *cursor;
    *long_keys = 0;
    int result = mdb_cursor_open(trees[0].txn, trees[0].layers, &cursor);
    if (result != 0) {
        return result;
    }
    result = check_flat(&check, cursor);
    if (result == 0 && check.problems == 0 && check.markers != 0) {
        result = check_reach(&check);
    }
    mdb_cursor_close(cursor);
    free(check.window);
    *long_keys = result == 0 ? check.keys : 0;
    return result;
}
