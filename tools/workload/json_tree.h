/*
 * JSON read from a file into a tree whose values know their lines, so that a complaint about one
 * can say where it is. Immutable once read. Calls yajl.
 */
#ifndef WORKLOAD_JSON_TREE_H
#define WORKLOAD_JSON_TREE_H

#include "workload/workload.h"

enum { WL__JSON_DEPTH_MAX = 16, WL__JSON_BYTES_MAX = 64 * 1024 * 1024 };

typedef enum wl__json_kind {
    WL__JSON_NULL,
    WL__JSON_BOOLEAN,
    WL__JSON_NUMBER,
    WL__JSON_STRING,
    WL__JSON_OBJECT,
    WL__JSON_ARRAY
} wl__json_kind;

typedef struct wl__json {
    wl__json_kind kind;
    size_t line, column; /* from 1; where it ends, of objects and arrays where they begin */
    char *name;          /* of a member; else NULL */
    char *text;          /* a string's, a number's; "true", "false" */
    double number;
    struct wl__json *first; /* of what is in it */
    struct wl__json *last;
    struct wl__json *next;
    struct wl__json *parent;
    struct wl__json *made_before; /* private: to free them all */
} wl__json;

typedef struct wl__json_tree {
    wl__json *root;
    wl__json *made_last; /* private */
} wl__json_tree;

/* False: *complaint (its file is path), and nothing needs to be cleaned up. */
bool wl__json_read(wl__json_tree *tree, const char *path, wl_complaint *complaint);
void wl__json_clean_up(wl__json_tree *tree);

/* The member of an object; NULL if there is none or it is no object. */
const wl__json *wl__json_member(const wl__json *object, const char *name);
const char *wl__json_kind_text(wl__json_kind kind); /* "an object" */

#endif
