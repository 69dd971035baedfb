/* The demo's ten access patterns, each performed all three ways and shown. */
#ifndef TOOL_DEMO_PATTERNS_H
#define TOOL_DEMO_PATTERNS_H

#include "demo_ways.h"

typedef struct demo_patterns {
    const tool_terminal *terminal;
    demo_ways *ways;
    const qp_scene *scene;
    uint64_t shown; /* the pattern whose JSON is shown, from 1; 0: none */
} demo_patterns;

/*
 * Performs the patterns in their order. The ways must agree, on what was found, on what it cost, on
 * why it was refused, and on every item afterwards. False after a complaint.
 */
bool demo_patterns_perform(const demo_patterns *patterns);

#endif
