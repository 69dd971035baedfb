/*
 * `pocketable dynamodb-local`: the server with the options of AWS's DynamoDB Local, for scripts and
 * containers that start it by these. An option begins with one dash.
 */
#include "serve.h"
#include "terminal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static int run(int argc, char **argv);

const tool_command tool_dynamodb_local_command = {
    .name = "dynamodb-local",
    .summary = "serve with the options of AWS's DynamoDB Local, in its place",
    .help =
        "Usage: pocketable dynamodb-local [OPTIONS]\n"
        "\n"
        "Serves as DynamoDB Local does where it is started with the same options: on all of the\n"
        "machine's addresses (anybody who reaches them may do anything), with the lines that it\n"
        "begins with and its answers to GET. What comes before its options in a command line\n"
        "(-Djava.library.path=..., -jar DynamoDBLocal.jar, -Xmx...) may stay there.\n"
        "\n"
        "  -port N                   8000 if not said; 0 picks a free one\n"
        "  -inMemory                 keep nothing\n"
        "  -dbPath DIRECTORY         an existing directory, in which the database is the\n"
        "                            directory pocketable-local; the current one if not said.\n"
        "                            Files of DynamoDB Local's are not read\n"
        "  -sharedDb                 the same tables for all; else every access key has its own,\n"
        "                            in every region\n"
        "  -cors LIST                origins, separated by commas, of the pages that may ask\n"
        "                            beside this machine's; '*' for all\n"
        "  -delayTransientStatuses   no effect: tables are made and dropped at once\n"
        "  -optimizeDbBeforeStartup  no effect: there is nothing to optimize (see\n"
        "                            \"pocketable copy --compact\")\n"
        "  -disableTelemetry         no effect: nothing is ever sent\n"
        "  -address A                listen at this one of the machine's addresses only (this\n"
        "                            option DynamoDB Local does not have)\n"
        "  -help                     print this\n"
        "  -version                  print pocketable's version\n"
        "\n"
        "More is had with \"pocketable serve --dynamodb-local\".\n"
        "\n"
        "Exit status: 0 ended by a signal, 1 could not serve, 2 not understood.\n",
    .run = run,
};

enum { PORT_USUAL = 8000, PORT_MAX = 65535 };

void tool_print_banner(tool_terminal *terminal, const tool_serve_settings *chosen, uint16_t port) {
    const char *path = chosen->database.path;
    tool_print(terminal, TOOL_PLAIN,
               "Initializing DynamoDB Local with the following configuration:\n"
               "Port:\t%u\n"
               "InMemory:\t%s\n"
               "Version:\t%s\n"
               "DbPath:\t%s\n"
               "SharedDb:\t%s\n"
               "shouldDelayTransientStatuses:\t%s\n"
               "CorsParams:\t%s\n"
               "\n",
               port, path == NULL ? "true" : "false", POCKETABLE_VERSION,
               path == NULL ? "null" : path,
               chosen->server.namespaces == PT_SERVER_SHARED ? "true" : "false",
               chosen->delays ? "true" : "false", chosen->cors == NULL ? "null" : chosen->cors);
}

/* ---- the arguments ---- */

typedef struct flags {
    const char *port;
    const char *path;
    const char *cors;
    const char *address;
    const char *jar;
    bool in_memory;
    bool shared;
    bool delays;
    bool optimizes;
    bool no_telemetry;
    bool help;
    bool version;
} flags;

typedef struct flag {
    const char *name;
    bool *set;         /* takes no value */
    const char **text; /* or takes one */
} flag;

/* Options of the program java, before those of DynamoDB Local's. */
static bool is_of_java(const char *argument) {
    return strncmp(argument, "-D", 2) == 0 || strncmp(argument, "-X", 2) == 0;
}

static int read_flags(flags *given, int argc, char **argv) {
    const flag all[] = {
        {"-port", NULL, &given->port},
        {"-dbPath", NULL, &given->path},
        {"-cors", NULL, &given->cors},
        {"-address", NULL, &given->address},
        {"-jar", NULL, &given->jar},
        {"-inMemory", &given->in_memory, NULL},
        {"-sharedDb", &given->shared, NULL},
        {"-delayTransientStatuses", &given->delays, NULL},
        {"-optimizeDbBeforeStartup", &given->optimizes, NULL},
        {"-disableTelemetry", &given->no_telemetry, NULL},
        {"-help", &given->help, NULL},
        {"-version", &given->version, NULL},
    };
    enum { FLAGS = sizeof all / sizeof all[0] };
    for (int i = 1; i < argc; i++) {
        /* "--help" and the like are ours. */
        const char *argument = argv[i] + (strncmp(argv[i], "--", 2) == 0);
        const char *name = strcmp(argument, "-h") == 0 ? "-help" : argument;
        size_t at = 0;
        while (at < FLAGS && strcmp(all[at].name, name) != 0) {
            at++;
        }
        if (at == FLAGS && is_of_java(argv[i])) {
            continue;
        }
        if (at == FLAGS) {
            return tool_misused(&tool_dynamodb_local_command, "unknown option %s", argv[i]);
        }
        if (all[at].set != NULL) {
            *all[at].set = true;
        } else if (i + 1 == argc) {
            return tool_misused(&tool_dynamodb_local_command, "%s needs a value", argv[i]);
        } else {
            *all[at].text = argv[++i];
        }
    }
    return TOOL_DONE;
}

static bool read_port(uint16_t *port, const char *text) {
    char *end = NULL;
    unsigned long number = text == NULL ? PORT_USUAL : strtoul(text, &end, 10);
    *port = (uint16_t)number;
    return text == NULL || (text[0] >= '0' && text[0] <= '9' && *end == '\0' && number <= PORT_MAX);
}

/* The database's own directory in the one that was named; false after a complaint. */
static bool find_path(char *path, size_t size, const flags *given, int *exit_status) {
    const char *parent = given->path == NULL ? "." : given->path;
    struct stat found;
    int len = snprintf(path, size, "%s/pocketable-local", parent);
    *exit_status = TOOL_FAILED;
    if (len < 0 || (size_t)len >= size || stat(parent, &found) != 0 || !S_ISDIR(found.st_mode)) {
        tool_complain("dynamodb-local: -dbPath %s: there is no such directory", parent);
        return false;
    }
    return true;
}

static int serve(const flags *given) {
    char path[4096];
    int exit_status;
    tool_serve_settings chosen = {
        .command = &tool_dynamodb_local_command,
        .database = {.upkeep_elsewhere = true},
        .durability = PTE_MEMORY,
        .server = {.address = given->address == NULL ? "0.0.0.0" : given->address,
                   .namespaces = given->shared ? PT_SERVER_SHARED : PT_SERVER_BY_ACCESS_KEY_REGION,
                   .cors_origins = given->cors,
                   .like_dynamodb_local = true},
        .quiet = true,
        .cors = given->cors,
        .delays = given->delays,
    };
    if (!read_port(&chosen.server.port, given->port)) {
        return tool_misused(&tool_dynamodb_local_command,
                            "-port is a number up to 65535, not \"%s\"", given->port);
    }
    if (!given->in_memory) {
        if (!find_path(path, sizeof path, given, &exit_status)) {
            return exit_status;
        }
        chosen.database.path = path;
        chosen.durability = PTE_DURABLE;
    }
    if (given->delays) {
        tool_complain("dynamodb-local: -delayTransientStatuses has no effect: tables are made and "
                      "dropped at once");
    }
    return tool_serve(&chosen);
}

static int run(int argc, char **argv) {
    flags given = {0};
    int exit_status = read_flags(&given, argc, argv);
    if (exit_status != TOOL_DONE) {
        return exit_status;
    }
    if (given.help || given.version) {
        if (given.help) {
            fputs(tool_dynamodb_local_command.help, stdout);
        } else {
            printf("%s\n", POCKETABLE_VERSION);
        }
        return fflush(stdout) == 0 ? TOOL_DONE : TOOL_FAILED;
    }
    if (given.in_memory && given.path != NULL) {
        return tool_misused(&tool_dynamodb_local_command,
                            "-dbPath and -inMemory exclude each other");
    }
    return serve(&given);
}
