/*
 * The program `pocketable`: a table of subcommands, each in a file of its own.
 */
#include "command.h"
#include "terminal.h"

#include <signal.h>

static const tool_command *const commands[] = {
    &tool_serve_command, &tool_call_command,           &tool_bench_start_command,
    &tool_demo_command,  &tool_info_command,           &tool_check_command,
    &tool_copy_command,  &tool_dynamodb_local_command,
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *to) {
    fputs("pocketable: DynamoDB's table model in an embedded database.\n"
          "\n"
          "Usage: pocketable COMMAND [OPTIONS] [ARGUMENTS]\n"
          "\n"
          "Commands:\n",
          to);
    for (size_t i = 0; i < COMMANDS; i++) {
        fprintf(to, "  %-14s %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\n"
          "Start here; it needs nothing and leaves nothing behind:\n"
          "  pocketable demo quick-photos\n"
          "\n"
          "Then keep the demo's database and look at it:\n"
          "  pocketable demo quick-photos --dir photos --keep\n"
          "  pocketable info photos\n"
          "  pocketable check photos\n"
          "  pocketable copy --compact photos photos-backup\n"
          "\n"
          "Use it as DynamoDB, from any SDK or without one:\n"
          "  pocketable serve\n"
          "  pocketable call ListTables '{}'\n"
          "\n"
          "What a table design will cost on AWS, and where it breaks:\n"
          "  pocketable bench --help\n"
          "\n"
          "\"pocketable COMMAND --help\" tells more. --version prints the version.\n"
          "Exit status: 0 done, 1 failed, 2 not understood. Colour is off where output is\n"
          "not a terminal or NO_COLOR is set.\n",
          to);
}

static const tool_command *find_command(const char *name) {
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

static bool is_any(const char *text, const char *a, const char *b, const char *c) {
    return strcmp(text, a) == 0 || strcmp(text, b) == 0 || strcmp(text, c) == 0;
}

/* `pocketable help [COMMAND]` */
static int help(int argc, char **argv) {
    const tool_command *command = argc > 2 ? find_command(argv[2]) : NULL;
    if (argc > 2 && command == NULL) {
        tool_complain("no command \"%s\"", argv[2]);
        print_help(stderr);
        return TOOL_USAGE;
    }
    if (command != NULL && command->help == NULL) {
        char *asked[] = {argv[2], (char[]){"--help"}, NULL};
        return command->run(2, asked);
    }
    if (command != NULL) {
        fputs(command->help, stdout);
    } else {
        print_help(stdout);
    }
    return fflush(stdout) == 0 ? TOOL_DONE : TOOL_FAILED;
}

int main(int argc, char **argv) {
    /* A limit on file sizes is then an error like a full disk, and is cleaned up after. */
    (void)signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        tool_complain("name a command");
        print_help(stderr);
        return TOOL_USAGE;
    }
    if (is_any(argv[1], "--help", "-h", "help")) {
        return help(argc, argv);
    }
    if (is_any(argv[1], "--version", "-V", "version")) {
        printf("pocketable %s\n", POCKETABLE_VERSION);
        return fflush(stdout) == 0 ? TOOL_DONE : TOOL_FAILED;
    }
    const tool_command *command = find_command(argv[1]);
    if (command == NULL) {
        tool_complain("no command \"%s\"", argv[1]);
        fputs("Try \"pocketable --help\".\n", stderr);
        return TOOL_USAGE;
    }
    return command->run(argc - 1, argv + 1);
}
