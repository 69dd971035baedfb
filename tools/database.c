/* Opening the database of a command. */
#include "database.h"

#include "terminal.h"

bool tool_durability(pte_durability *durability, const tool_database_options *options) {
    static const struct {
        const char *name;
        pte_durability durability;
    } names[] = {{"durable", PTE_DURABLE}, {"relaxed", PTE_RELAXED}, {"memory", PTE_MEMORY}};
    *durability = options->path == NULL ? PTE_MEMORY : PTE_DURABLE;
    if (options->durability == NULL) {
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(options->durability, names[i].name) == 0) {
            *durability = names[i].durability;
            return (*durability == PTE_MEMORY) == (options->path == NULL);
        }
    }
    return false;
}

bool tool_error_style(pt_error_style *style, const char *name) {
    *style = PT_ERRORS_2026_05;
    if (name != NULL && strcmp(name, "2026-08") == 0) {
        *style = PT_ERRORS_2026_08;
        return true;
    }
    return name == NULL || strcmp(name, "2026-05") == 0;
}

pt_database *tool_database_open(const tool_database_options *options, pte_durability durability) {
    pt_options chosen = {
        .engine = {.durability = durability},
        .transaction_conflicts = options->transaction_conflicts,
        .upkeep_elsewhere = options->upkeep_elsewhere,
    };
    (void)tool_error_style(&chosen.error_style, options->error_style);
    pt_database *database = NULL;
    pte_error error = {0};
    pte_status status = pt_open(&database, options->path, &chosen, &error);
    if (status != PTE_OK) {
        tool_complain_of(options->path != NULL ? options->path : "a database in memory", status,
                         &error);
    }
    return database;
}
