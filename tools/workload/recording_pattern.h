/* What recorded calls have in common: the name of the pattern that a call is of. */
#ifndef WORKLOAD_RECORDING_PATTERN_H
#define WORKLOAD_RECORDING_PATTERN_H

#include "workload/workload.h"

#include <yajl/yajl_tree.h>

enum { WL__PATTERN_TABLES_MAX = 8 };

typedef struct wl__call_kind {
    char operation[64];
    char index[256];                          /* "": none */
    char tables[WL__PATTERN_TABLES_MAX][256]; /* distinct, sorted */
    size_t table_count;                       /* 0: not a call on items */
    bool writes;                              /* a PartiQL statement that writes */
} wl__call_kind;

/* Calls on more tables count as on the first of them. */
void wl__call_kind_of(wl__call_kind *kind, const char *operation, yajl_val body);
bool wl__call_kind_same(const wl__call_kind *a, const wl__call_kind *b);
/* "Query quick-photos InvertedIndex" */
void wl__call_kind_name(wl_text *text, const wl__call_kind *kind);
/* A request of the kind for a workload's file; nobody makes it. */
void wl__call_kind_request(wl_text *yaml, const wl__call_kind *kind);

#endif
