/* `pocketable call`: DynamoDB's operations from arguments or lines, in this process. */
#include "command.h"
#include "database.h"
#include "terminal.h"

#include <errno.h>
#include <stdlib.h>

static int run(int argc, char **argv);

const tool_command tool_call_command = {
    .name = "call",
    .summary = "call operations of DynamoDB's, without a server",
    .help = "Usage: pocketable call [OPTIONS] [OPERATION JSON]\n"
            "\n"
            "Calls an operation and prints its answer. Without operands reads lines\n"
            "\"OPERATION JSON\" to the end of the input and answers each with a line\n"
            "\"STATUS JSON\", where STATUS is HTTP's: 200, 400 or 500. Empty lines are skipped.\n"
            "\n"
            "  --dir PATH        the database in this directory, made if need be; else one in\n"
            "                    memory, which lives as long as the command\n"
            "  --region REGION   whose tables; us-east-1 if not said\n"
            "  --error-style STYLE\n"
            "                    2026-05 or 2026-08, as of pocketable serve; 2026-05 if not said\n"
            "\n"
            "  pocketable call --dir shop ListTables '{}'\n"
            "  pocketable call --dir shop GetItem \\\n"
            "      '{\"TableName\": \"users\", \"Key\": {\"PK\": {\"S\": \"USER#ann\"}}}'\n"
            "\n"
            "A test in any language can keep one running and talk to it by two pipes:\n"
            "  printf '%s\\n' 'ListTables {}' 'DescribeTable {\"TableName\": \"x\"}' |\n"
            "      pocketable call\n"
            "\n"
            "Exit status: 0 the answer had status 200, or all lines were read; 1 not so;\n"
            "2 not understood.\n",
    .run = run,
};

/* ---- one call ---- */

static int call_once(pt_exchange *exchange, const pt_request *request) {
    pt_reply reply = pt_exchange_run(exchange, request);
    fwrite(reply.body.data, 1, reply.body.len, stdout);
    fputc('\n', stdout);
    bool printed = fflush(stdout) == 0 && ferror(stdout) == 0;
    return printed && reply.status == 200 ? TOOL_DONE : TOOL_FAILED;
}

/* ---- lines ---- */

static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static pte_bytes trim(pte_bytes text) {
    while (text.len > 0 && is_space(text.data[text.len - 1])) {
        text.len--;
    }
    while (text.len > 0 && is_space(text.data[0])) {
        text.data++;
        text.len--;
    }
    return text;
}

/* Cuts the operation off the line; what is left is the body. */
static pte_bytes cut_operation(pte_bytes *line) {
    pte_bytes operation = {line->data, 0};
    while (operation.len < line->len && !is_space(line->data[operation.len])) {
        operation.len++;
    }
    line->data += operation.len;
    line->len -= operation.len;
    *line = trim(*line);
    return operation;
}

/* Answers a line; false if the answer cannot be written. */
static bool answer_line(pt_exchange *exchange, pt_request *request, pte_bytes line) {
    line = trim(line);
    if (line.len == 0) {
        return true;
    }
    request->operation = cut_operation(&line);
    request->body = line;
    pt_reply reply = pt_exchange_run(exchange, request);
    printf("%d ", reply.status);
    fwrite(reply.body.data, 1, reply.body.len, stdout);
    fputc('\n', stdout);
    return fflush(stdout) == 0 && ferror(stdout) == 0;
}

static int call_lines(pt_exchange *exchange, pt_request *request) {
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    bool written = true;
    errno = 0;
    while (written && (len = getline(&line, &size, stdin)) >= 0) {
        written = answer_line(exchange, request, pte_view(line, (size_t)len));
        errno = 0;
    }
    int os_error = errno;
    free(line);
    if (!written) {
        tool_complain("call: the answers cannot be written");
        return TOOL_FAILED;
    }
    if (!feof(stdin)) {
        tool_complain("call: reading the calls: %s", strerror(os_error));
        return TOOL_FAILED;
    }
    return TOOL_DONE;
}

static int call(const tool_arguments *arguments, const tool_database_options *options,
                const char *region) {
    pte_durability durability;
    (void)tool_durability(&durability, options);
    pt_exchange *exchange = NULL;
    pte_error error = {0};
    int exit_status = TOOL_FAILED;
    pt_database *database = tool_database_open(options, durability);
    if (database == NULL) {
        return TOOL_FAILED;
    }
    pte_status status = pt_exchange_create(&exchange, database, &error);
    if (status != PTE_OK) {
        tool_complain_of("call", status, &error);
        goto out;
    }
    pt_request request = {.region = region != NULL ? pte_str(region) : (pte_bytes){NULL, 0}};
    if (arguments->operands[0] != NULL) {
        request.operation = pte_str(arguments->operands[0]);
        request.body = pte_str(arguments->operands[1]);
        exit_status = call_once(exchange, &request);
    } else {
        exit_status = call_lines(exchange, &request);
    }
out:
    pt_exchange_destroy(exchange);
    pt_close(database);
    return exit_status;
}

static int run(int argc, char **argv) {
    tool_database_options database = {.path = NULL};
    const char *region = NULL;
    pt_error_style style;
    const tool_option options[] = {
        {.name = "--dir", .text = &database.path},
        {.name = "--region", .text = &region},
        {.name = "--error-style", .text = &database.error_style},
    };
    tool_arguments arguments = {
        .command = &tool_call_command,
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .operands_shown = "OPERATION and JSON, or neither",
        .operands_wanted = 2,
        .operands_optional = true,
    };
    int exit_status;
    if (!tool_arguments_read(&arguments, argc, argv, &exit_status)) {
        return exit_status;
    }
    if (!tool_error_style(&style, database.error_style)) {
        return tool_misused(&tool_call_command, "--error-style is 2026-05 or 2026-08, not \"%s\"",
                            database.error_style);
    }
    return call(&arguments, &database, region);
}
