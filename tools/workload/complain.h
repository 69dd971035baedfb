/*
 * The tree of a YAML file with its marks, and complaints about it. What reads a file returns false
 * after a complaint; of several only the first is kept.
 */
#ifndef WORKLOAD_COMPLAIN_H
#define WORKLOAD_COMPLAIN_H

#include "workload/memory.h"

enum {
    WL__FILE_BYTES_MAX = 16 * 1024 * 1024,
    WL__NODES_MAX = 200000, /* with each alias as large as what it stands for */
    WL__DEPTH_MAX = 64,
    WL__KEYS_MAX = 1000, /* of one mapping */
};

static const int64_t WL__INTEGER_MAX = 999999999999999;

typedef enum wl__node_kind { WL__SCALAR, WL__LIST, WL__MAP } wl__node_kind;

/* Immutable; lives in the workload's arena. */
typedef struct wl__node {
    wl__node_kind kind;
    size_t line, column; /* from 1 */
    pte_bytes text;      /* a scalar's; a zero stands behind it */
    bool plain;          /* a scalar without quotes */
    size_t count;        /* of items; of a scalar 0 */
    const struct wl__node *const *items;
    const struct wl__node *const *keys; /* a mapping's, beside its items; scalars */
    size_t weight;                      /* nodes in it, itself included */
    size_t height;                      /* levels in it, itself included */
    bool open;                          /* private: not complete yet */
} wl__node;

/* Reads YAML 1.1 as libyaml does. what: the file is, "a workload". False: *complaint. */
bool wl__yaml_read(const wl__node **root, wl__arena *arena, pte_bytes yaml, const char *what,
                   wl_complaint *complaint);

/* Each returns false. at NULL: the file as a whole. */
bool wl__complain(wl_complaint *complaint, const wl__node *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "expected EXPECTED, found ..." */
bool wl__complain_expected(wl_complaint *complaint, const wl__node *at, const char *expected);
bool wl__complain_memory(wl_complaint *complaint);
/* "unknown WHAT "name"; did you mean ...?": of the names, NULL at the end, the nearest. */
bool wl__complain_unknown(wl_complaint *complaint, const wl__node *at, const char *what,
                          const char *const *names);

/* The member of a mapping; NULL if there is none. */
const wl__node *wl__member(const wl__node *map, const char *key);
bool wl__is(const wl__node *scalar, const char *text);

/* Each complains, and returns false, unless the node is what it is named after. */
bool wl__need_map(wl_complaint *complaint, const wl__node *node, const char *what,
                  const char *const *keys); /* keys NULL: any */
bool wl__need_list(wl_complaint *complaint, const wl__node *node, const char *what,
                   size_t count_max);
bool wl__need_text(const char **text, wl_complaint *complaint, const wl__node *node,
                   const char *what);
bool wl__need_whole(uint64_t *number, wl_complaint *complaint, const wl__node *node, uint64_t min,
                    uint64_t max);
bool wl__need_integer(int64_t *number, wl_complaint *complaint, const wl__node *node);
bool wl__need_number(double *number, wl_complaint *complaint, const wl__node *node, double min,
                     double max);

/* A scalar that JSON has as a number, without quotes. */
bool wl__is_number(const wl__node *node);
bool wl__is_true(const wl__node *node);
bool wl__is_false(const wl__node *node);
bool wl__is_null(const wl__node *node);

#endif
