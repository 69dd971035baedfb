/* What a workload is inside. */
#ifndef WORKLOAD_INSIDE_H
#define WORKLOAD_INSIDE_H

#include "workload/recipe.h"

typedef struct wl__entity {
    wl_entity shown;
    const wl__node *node;
    wl__scope scope; /* its let */
    wl__field *attributes;
    size_t attribute_count;
    const wl__recipe *item;
    uint64_t makers; /* recipes {new: ...} of it in the whole file */
} wl__entity;

typedef struct wl__step {
    const char *operation;
    const wl__recipe *request;
    size_t pages;            /* SIZE_MAX: all */
    bool batch;              /* has unprocessed parts */
    bool each;               /* made from the elements of the answer before */
    size_t each_most;        /* in one request */
    const wl__ref *elements; /* of the answer that the next step is made from */
} wl__step;

typedef struct wl__pattern {
    wl_pattern shown;
    wl__scope scope;
    wl__scope after; /* the same with the answer before */
    wl__step steps[WL_STEPS_MAX];
} wl__pattern;

struct wl_workload {
    wl__arena arena;
    const char *path;
    const char *name;
    uint64_t seed;
    double rate;
    wl_table tables[WL_TABLES_MAX];
    size_t table_count;
    wl__entity *entities;
    size_t entity_count;
    wl__pattern *patterns;
    size_t pattern_count;
    wl_assertion *assertions;
    size_t assertion_count;
    wl_place *places;
    size_t place_count;
};

/* One file of code each; false after a complaint. */
bool wl__read_tables(wl__reader *reader, const wl__node *node);
bool wl__read_entities(wl__reader *reader, const wl__node *node); /* NULL: there are none */
bool wl__read_patterns(wl__reader *reader, const wl__node *node);

size_t wl__find_entity(const wl_workload *workload, pte_bytes name); /* SIZE_MAX: none */
bool wl__complain_entity(wl__reader *reader, const wl__node *node);
/* The number of a table; complains if there is none. */
bool wl__need_table(size_t *table, wl__reader *reader, const wl__node *node);

#endif
