/* Workloads from texts, and what is made from them, for tests. */
#ifndef TESTS_WORKLOAD_READING_H
#define TESTS_WORKLOAD_READING_H

#include "support/support.h"

#include "workload/inside.h"

/* Reads YAML, or ends the test with its complaint. */
wl_workload *reading_take(const char *yaml);
/* A workload with one table t (key k), one entity e with the given lines below "e:", and a pattern
 * that gets an item. The lines are indented by four spaces. */
wl_workload *reading_entity(const char *lines);
/* The same, but the text alone; the caller frees it. */
char *reading_entity_text(const char *lines);

/* An item's JSON, good until the next call. */
const char *reading_item(const wl_workload *workload, const char *entity, uint64_t n);
/* Ends the test unless the item has exactly this JSON, written with ' for ". */
void reading_gives(const wl_workload *workload, uint64_t n, const char *expected);
/* An attribute's content without its type and quotes; the caller frees it. */
char *reading_attribute(const wl_workload *workload, uint64_t n, const char *name);

#endif
