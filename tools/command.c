/* Reading the arguments of subcommands. */
#include "command.h"

#include "terminal.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

int tool_misused(const tool_command *command, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    tool_complain("%s: %s", command->name, message);
    fprintf(stderr, "Try \"pocketable %s --help\".\n", command->name);
    return TOOL_USAGE;
}

/* The option that the argument names: "--name" or "--name=...". */
static const tool_option *find_option(const tool_arguments *arguments, const char *argument) {
    size_t len = strcspn(argument, "=");
    for (size_t i = 0; i < arguments->option_count; i++) {
        const char *name = arguments->options[i].name;
        if (strlen(name) == len && memcmp(name, argument, len) == 0) {
            return &arguments->options[i];
        }
    }
    return NULL;
}

static bool read_number(uint64_t *number, const char *text) {
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    *number = value;
    return *end == '\0' && errno == 0;
}

/* Takes the option at argv[*at] and its value; false after a complaint. */
static bool take_option(const tool_arguments *arguments, int argc, char **argv, int *at) {
    const char *argument = argv[*at];
    const tool_option *option = find_option(arguments, argument);
    const char *value = strchr(argument, '=');
    if (option == NULL) {
        tool_misused(arguments->command, "unknown option %s", argument);
        return false;
    }
    if (option->flag != NULL) {
        if (value != NULL) {
            tool_misused(arguments->command, "%s takes no value", option->name);
            return false;
        }
        *option->flag = true;
        return true;
    }
    if (value == NULL && *at + 1 == argc) {
        tool_misused(arguments->command, "%s needs a value", option->name);
        return false;
    }
    value = value != NULL ? value + 1 : argv[++*at];
    if (option->text != NULL) {
        *option->text = value;
    } else if (!read_number(option->number, value)) {
        tool_misused(arguments->command, "%s needs a whole number, not \"%s\"", option->name,
                     value);
        return false;
    }
    return true;
}

static bool take_operand(tool_arguments *arguments, size_t *count, const char *operand) {
    if (*count == arguments->operands_wanted) {
        tool_misused(arguments->command, "one argument too many: \"%s\"", operand);
        return false;
    }
    arguments->operands[(*count)++] = operand;
    return true;
}

bool tool_arguments_read(tool_arguments *arguments, int argc, char **argv, int *exit_status) {
    assert(arguments->operands_wanted <= TOOL_OPERANDS_MAX);
    size_t operands = 0;
    bool only_operands = false;
    *exit_status = TOOL_USAGE;
    for (int i = 1; i < argc; i++) {
        bool dashed = !only_operands && argv[i][0] == '-' && argv[i][1] != '\0';
        if (dashed && strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (dashed && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            fputs(arguments->command->help, stdout);
            *exit_status = fflush(stdout) == 0 ? TOOL_DONE : TOOL_FAILED;
            return false;
        } else if (dashed ? !take_option(arguments, argc, argv, &i)
                          : !take_operand(arguments, &operands, argv[i])) {
            return false;
        }
    }
    bool lacking = operands < arguments->operands_wanted;
    if (lacking && !(arguments->operands_optional && operands == 0)) {
        tool_misused(arguments->command, "missing argument; it takes %s",
                     arguments->operands_shown);
        return false;
    }
    return true;
}
