/*
 * The database that a command works on: in memory, or in a directory, as its options say.
 */
#ifndef TOOL_DATABASE_H
#define TOOL_DATABASE_H

#include <pocketable.h>

typedef struct tool_database_options {
    const char *path;       /* --dir; NULL: in memory */
    const char *durability; /* --durability; NULL: durable with a path */
    bool transaction_conflicts;
    bool upkeep_elsewhere;
    const char *error_style; /* --error-style; NULL: 2026-05 */
} tool_database_options;

/* What the options come to: a durability; false: there is none of that name, or none fits. */
bool tool_durability(pte_durability *durability, const tool_database_options *options);

/* The style of that name; NULL is the usual one. False: there is none of that name. */
bool tool_error_style(pt_error_style *style, const char *name);

/* Opens, or makes it. error_style must have been found good. NULL after a complaint. The caller
 * closes it. */
pt_database *tool_database_open(const tool_database_options *options, pte_durability durability);

#endif
