/* `pocketable check`: runs the engine's checker and prints what it found. */
#include "command.h"
#include "terminal.h"

#include <pocketable/engine.h>

static int run(int argc, char **argv);

const tool_command tool_check_command = {
    .name = "check",
    .summary = "prove that a database's items, indexes and catalog agree",
    .help = "Usage: pocketable check [--no-color] DIR\n"
            "\n"
            "Walks a snapshot of the database in DIR and proves that its catalog, items,\n"
            "indexes, expiry entries, change log and long keys agree. Changes nothing; the\n"
            "database may be in use meanwhile. Prints every problem on a line of its own.\n"
            "\n"
            "Exit status: 0 no problem, 1 problems or not checked, 2 not understood.\n",
    .run = run,
};

/* What the checker's callbacks print with. */
typedef struct display {
    tool_terminal terminal;
    tool_progress progress;
} display;

static void print_problem(void *ctx, const char *problem) {
    display *to = ctx;
    tool_progress_end(&to->progress);
    tool_print(&to->terminal, TOOL_RED, "problem: ");
    tool_print(&to->terminal, TOOL_PLAIN, "%s\n", problem);
}

static bool show_progress(void *ctx, uint64_t done, uint64_t total) {
    display *to = ctx;
    tool_progress_show(&to->progress, done, total);
    return true;
}

static void print_report(const tool_terminal *terminal, const pte_check_report *report,
                         uint64_t time_ns) {
    const struct {
        const char *what;
        uint64_t count;
    } lines[] = {
        {"tables", report->tables},
        {"indexes", report->indexes},
        {"items", report->items},
        {"index entries", report->index_entries},
        {"expiry entries", report->expiry_entries},
        {"change records", report->change_records},
        {"long keys", report->long_keys},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        tool_print(terminal, TOOL_PLAIN, "%-15s %15s\n", lines[i].what,
                   tool_count(lines[i].count).text);
    }
    bool sound = report->problems == 0;
    tool_print(terminal, sound ? TOOL_GREEN : TOOL_RED, "%-15s %15s", "problems",
               tool_count(report->problems).text);
    tool_print(terminal, TOOL_DIM, "   checked in %s\n", tool_duration(time_ns).text);
}

static int check(const char *path, bool no_color) {
    display to = {
        .terminal = tool_terminal_of(stdout, no_color),
        .progress = tool_progress_start("checking"),
    };
    pte_env_options env_options = {.read_only = true, .must_exist = true};
    pte_check_options options = {print_problem, show_progress, &to};
    pte_env *env = NULL;
    pte_error error = {0};
    pte_check_report report = {0};
    pte_status status = pte_env_open(&env, path, &env_options, &error);
    if (status != PTE_OK) {
        goto out;
    }
    uint64_t start_ns = tool_now_ns();
    status = pte_check(&report, env, &options, &error);
    tool_progress_end(&to.progress);
    if (status == PTE_OK) {
        print_report(&to.terminal, &report, tool_now_ns() - start_ns);
    }
out:
    if (status != PTE_OK) {
        tool_complain_of(path, status, &error);
    }
    pte_env_close(env);
    bool sound = status == PTE_OK && report.problems == 0;
    return tool_flush(&to.terminal) && sound ? TOOL_DONE : TOOL_FAILED;
}

static int run(int argc, char **argv) {
    bool no_color = false;
    const tool_option options[] = {{.name = "--no-color", .flag = &no_color}};
    tool_arguments arguments = {
        .command = &tool_check_command,
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .operands_shown = "DIR, the directory of a database",
        .operands_wanted = 1,
    };
    int exit_status;
    if (!tool_arguments_read(&arguments, argc, argv, &exit_status)) {
        return exit_status;
    }
    return check(arguments.operands[0], no_color);
}
