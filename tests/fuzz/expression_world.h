/* What the expressions of fuzz targets are about: a few items, and placeholders for anything. */
#ifndef TESTS_FUZZ_EXPRESSION_WORLD_H
#define TESTS_FUZZ_EXPRESSION_WORLD_H

#include "fuzz.h"

#include "expression/expression.h"

enum { WORLD_ITEMS = 3 };

typedef struct world {
    pte__arena arena;
    pt__failure failure;
    pt__out out;
    pte_builder *scratch;
    pte_builder *made;
    pte_builder *builders[WORLD_ITEMS];
    pte_item items[WORLD_ITEMS]; /* the first has nothing but the key */
    pt__expressions expressions;
} world;

void world_init(world *w);
void world_clean_up(world *w);

/* A refused expression is refused as AWS does it. */
void world_must_be_refused(const world *w, pt__exception exception);

#endif
