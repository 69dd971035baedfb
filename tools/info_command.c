/* `pocketable info`: what a database holds, as one table of its tables and their indexes. */
#include "command.h"
#include "terminal.h"

#include <pocketable/engine.h>

#include <stdlib.h>

static int run(int argc, char **argv);

const tool_command tool_info_command = {
    .name = "info",
    .summary = "show a database's tables, indexes, counts and sizes",
    .help = "Usage: pocketable info [--no-color] DIR\n"
            "\n"
            "Describes the database in DIR: its size, and every table with its key, its\n"
            "indexes, how many items they hold and how large these are by DynamoDB's rule.\n"
            "All counts are of one snapshot and exact. Changes nothing.\n"
            "\n"
            "A table that was made by a request is shown as REGION/NAME. One whose name begins\n"
            "with \"/\" is pocketable's own, such as the tokens of transactions.\n"
            "\n"
            "Exit status: 0 shown, 1 not a database or not readable, 2 not understood.\n",
    .run = run,
};

/* Appends to text, and nothing that does not fit. */
static void append(tool_text *text, const char *more) {
    size_t used = strlen(text->text);
    snprintf(text->text + used, sizeof text->text - used, "%s", more);
}

static void append_attributes(tool_text *text, const pte_key_attribute *attributes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        append(text, text->text[0] == '\0' ? "" : ", ");
        append(text, tool_name(attributes[i].name).text);
        append(text, " ");
        append(text, pte_type_name(attributes[i].type));
    }
}

static void add_index(tool_table *table, const pte_index_info *index) {
    static const char *const projections[] = {
        [PTE_PROJECT_ALL] = "all attributes",
        [PTE_PROJECT_KEYS_ONLY] = "keys only",
        [PTE_PROJECT_INCLUDE] = "some attributes",
    };
    const pte_index_spec *spec = &index->spec;
    tool_text name = {"  "}, key = {""};
    append(&name, tool_name(spec->name).text);
    append_attributes(&key, spec->hash, spec->hash_count);
    append_attributes(&key, spec->range, spec->range_count);
    const char *kind = index->state == PTE_INDEX_CREATING ? "being filled"
                       : spec->kind == PTE_INDEX_LOCAL    ? "local index"
                                                          : "global index";
    tool_text entries = tool_count(index->entries), size = tool_size(index->size_bytes);
    tool_table_add(table, (const char *const[]){name.text, key.text, entries.text, size.text, kind,
                                                projections[spec->projection]});
}

/* A table that no request names: the facade's keep what they need under names that begin so. */
static bool is_own(pte_bytes name) {
    return name.len != 0 && name.data[0] == '/';
}

static void add_table(tool_table *table, const pte_table_info *info) {
    const pte_table_spec *spec = &info->spec;
    tool_text name = tool_name(spec->name), key = {""}, notes = {"items"};
    append_attributes(&key, &spec->hash, 1);
    append_attributes(&key, &spec->range, spec->range.name.len != 0);
    if (is_own(spec->name)) {
        append(&notes, " of pocketable's own");
    }
    if (spec->changes != PTE_CHANGES_OFF) {
        append(&notes, ", change log");
    }
    if (spec->ttl_attribute.len != 0) {
        append(&notes, ", expires by ");
        append(&notes, tool_name(spec->ttl_attribute).text);
    }
    tool_text items = tool_count(info->items), size = tool_size(info->size_bytes);
    tool_table_add(table, (const char *const[]){name.text, key.text, items.text, size.text, "table",
                                                notes.text});
    for (size_t i = 0; i < info->index_count; i++) {
        add_index(table, &info->indexes[i]);
    }
}

static pte_status add_tables(tool_table *table, pte_env *env, pte_error *error) {
    pte_read *read = NULL;
    pte_bytes name = {NULL, 0};
    pte_status status = pte_read_begin(&read, env, error);
    if (status != PTE_OK) {
        return status;
    }
    tool_table_add(table, (const char *const[]){"NAME", "KEY", "ITEMS", "SIZE", "KIND", "HOLDS"});
    while ((status = pte_table_next(&name, read, name, error)) == PTE_OK) {
        const pte_table_info *info;
        status = pte_table_describe(&info, read, name, error);
        if (status != PTE_OK) {
            break;
        }
        add_table(table, info);
    }
    pte_read_end(read);
    return status == PTE_END ? PTE_OK : status;
}

static void print_env(const tool_terminal *terminal, const char *path, const pte_env_info *info) {
    tool_print(terminal, TOOL_BOLD, "%s", path);
    tool_print(terminal, TOOL_PLAIN, "  format %u, %s (%s of it free), may grow to %s\n",
               info->format_version, tool_size(info->used_bytes).text,
               tool_size(info->free_bytes).text, tool_size(info->map_bytes).text);
    tool_print(terminal, TOOL_DIM,
               "tables %s, items %s, index entries %s, change records %s\n"
               "transaction %s, readers %u of %u, dropped and not reclaimed yet %s\n\n",
               tool_count(info->tables).text, tool_count(info->items).text,
               tool_count(info->index_entries).text, tool_count(info->change_records).text,
               tool_count(info->last_transaction).text, info->readers_used, info->readers_max,
               tool_count(info->retired).text);
}

static int show(const char *path, bool no_color) {
    tool_terminal terminal = tool_terminal_of(stdout, no_color);
    pte_env_options options = {.read_only = true, .must_exist = true};
    tool_table table = {.alignments = "llrrll"};
    pte_env *env = NULL;
    pte_env_info info;
    pte_error error = {0};
    bool shown = false;
    pte_status status = pte_env_open(&env, path, &options, &error);
    if (status != PTE_OK) {
        goto out;
    }
    status = pte_env_describe(&info, env, &error);
    if (status != PTE_OK) {
        goto out;
    }
    status = add_tables(&table, env, &error);
    if (status == PTE_OK) {
        print_env(&terminal, path, &info);
        shown = tool_table_print(&table, &terminal, 0);
    }
out:
    if (status != PTE_OK) {
        tool_complain_of(path, status, &error);
    }
    tool_table_clean_up(&table);
    pte_env_close(env);
    return shown && tool_flush(&terminal) ? TOOL_DONE : TOOL_FAILED;
}

static int run(int argc, char **argv) {
    bool no_color = false;
    const tool_option options[] = {{.name = "--no-color", .flag = &no_color}};
    tool_arguments arguments = {
        .command = &tool_info_command,
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .operands_shown = "DIR, the directory of a database",
        .operands_wanted = 1,
    };
    int exit_status;
    if (!tool_arguments_read(&arguments, argc, argv, &exit_status)) {
        return exit_status;
    }
    return show(arguments.operands[0], no_color);
}
