/*
 * What a subcommand is, and how its arguments are read. Each lives in a file of its own and is one
 * row of the table in pocketable.c.
 */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses. */
enum {
    TOOL_DONE = 0,
    TOOL_FAILED = 1, /* the command was understood and did not succeed */
    TOOL_USAGE = 2,  /* it was not understood; nothing was done */
};

typedef struct tool_command {
    const char *name;
    const char *summary; /* one line for the list of commands */
    const char *help;    /* the whole text of --help; NULL: run has it */
    /* argv[0] is the command's own name. Returns an exit status. */
    int (*run)(int argc, char **argv);
} tool_command;

extern const tool_command tool_bench_command; /* in pocketable-bench, which the next one runs */
extern const tool_command tool_bench_start_command;
extern const tool_command tool_call_command;
extern const tool_command tool_check_command;
extern const tool_command tool_copy_command;
extern const tool_command tool_demo_command;
extern const tool_command tool_dynamodb_local_command;
extern const tool_command tool_info_command;
extern const tool_command tool_serve_command;

/* An option; exactly one of the places to put its value is not NULL. */
typedef struct tool_option {
    const char *name; /* "--dir" */
    bool *flag;       /* takes no value, is set to true */
    const char **text;
    uint64_t *number;
} tool_option;

enum { TOOL_OPERANDS_MAX = 4 };

/* What a command takes, and the operands it was given. */
typedef struct tool_arguments {
    const tool_command *command;
    const tool_option *options;
    size_t option_count;
    const char *operands_shown;              /* "FROM TO", for messages */
    size_t operands_wanted;                  /* exactly */
    bool operands_optional;                  /* or none of them */
    const char *operands[TOOL_OPERANDS_MAX]; /* out; NULL where there is none */
} tool_arguments;

/*
 * Reads the arguments: options with "--name value" or "--name=value" in any place, "--" before
 * operands that begin with a dash, --help. False: the command ends with *exit_status; what there is
 * to say has been said.
 */
bool tool_arguments_read(tool_arguments *arguments, int argc, char **argv, int *exit_status);

/* Complains of the arguments and points to --help; returns TOOL_USAGE. */
int tool_misused(const tool_command *command, const char *format, ...)
#if defined(__GNUC__) || defined(__clang__)
    __attribute__((__format__(__printf__, 2, 3)))
#endif
    ;

#endif
