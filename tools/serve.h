/* Serving until a signal ends it, for the commands that do so. */
#ifndef TOOL_SERVE_H
#define TOOL_SERVE_H

#include "command.h"
#include "database.h"
#include "terminal.h"

#include <pocketable/server.h>

typedef struct tool_serve_settings {
    const tool_command *command;
    tool_database_options database;
    pte_durability durability;
    pt_server_options server;
    bool quiet;

    const char *credentials; /* files; NULL: none */
    const char *tls_cert;
    const char *tls_key;
    const char *cors; /* for the banner only; NULL: not given */
    bool delays;      /* for the banner only */
} tool_serve_settings;

/* Serves; returns an exit status. The files are read here. */
int tool_serve(tool_serve_settings *chosen);

/* The lines that DynamoDB Local starts with, for programs that wait for them. */
void tool_print_banner(tool_terminal *terminal, const tool_serve_settings *chosen, uint16_t port);

#endif
