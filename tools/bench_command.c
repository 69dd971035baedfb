/* `pocketable bench`: its options; see bench_parts.h for what it does, bench_start.c for how it is
 * come to. */
#include "bench_parts.h"

#include "workload/report.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>

static int run(int argc, char **argv);

const tool_command tool_bench_command = {
    .name = "bench",
    .help =
        "Usage: pocketable bench FILE [OPTIONS]\n"
        "       pocketable bench --replay RECORDING [OPTIONS]\n"
        "       pocketable bench --compare A.json B.json [--html FILE]\n"
        "\n"
        "Runs a workload on this machine and tells of each access pattern what DynamoDB\n"
        "would charge for it, how fast it is, and where the design breaks: round trips,\n"
        "items read and returned, capacity units of the table and of each index, hot keys,\n"
        "the rate at which a key throttles first, the month's bill, and what to do about it.\n"
        "\n"
        "FILE is YAML: tables as CreateTable has them, how the items of each entity are made,\n"
        "and the access patterns as requests with placeholders, each with its share:\n"
        "\n"
        "  name: notes\n"
        "  rate: 200                       # calls a second that the design shall bear\n"
        "  tables:\n"
        "    - TableName: notes\n"
        "      BillingMode: PAY_PER_REQUEST\n"
        "      AttributeDefinitions: [{AttributeName: who, AttributeType: S},\n"
        "                             {AttributeName: at, AttributeType: S}]\n"
        "      KeySchema: [{AttributeName: who, KeyType: HASH},\n"
        "                  {AttributeName: at, KeyType: RANGE}]\n"
        "  entities:\n"
        "    note:\n"
        "      table: notes\n"
        "      count: 5000\n"
        "      let: {number: {integer: [1, 300], by: zipfian}}\n"
        "      item: {who: \"user{number}\", at: {time: {from: 2026-01-01, step: 7m}},\n"
        "             text: {text: [50, 900]}}\n"
        "  patterns:\n"
        "    - name: newest notes\n"
        "      share: 9\n"
        "      let: {note: {pick: note}}\n"
        "      request:\n"
        "        Query: {TableName: notes, KeyConditionExpression: who = :w, Limit: 10,\n"
        "                ScanIndexForward: false,\n"
        "                ExpressionAttributeValues: {\":w\": \"{note.who}\"}}\n"
        "    - name: write a note\n"
        "      share: 1\n"
        "      let: {note: {new: note}}\n"
        "      request:\n"
        "        PutItem: {TableName: notes, Item: {who: \"{note.who}\", at: \"{note.at}\",\n"
        "                                           text: \"{note.text}\"}}\n"
        "  assert:\n"
        "    - pattern \"newest notes\" read units per call <= 2\n"
        "\n"
        "More, with two designs of a photo app to compare: README.md and examples in\n"
        "tools/workload of the source, installed in share/doc/pocketable/workload. Tables are\n"
        "made in memory and leave nothing behind.\n"
        "\n"
        "What is run:\n"
        "  --calls N            calls in process, where all is accounted for; 100,000 if not said\n"
        "  --seconds N          or as many as there are in that time\n"
        "  --http-calls N       calls over HTTP, where only the time is taken; at most 20,000 if\n"
        "                       not said; 0: none\n"
        "  --connections N      over HTTP, each with a thread; 1 if not said\n"
        "  --endpoint URL       over HTTP to a server that runs, http://127.0.0.1:PORT; tables\n"
        "                       are made, loaded and deleted there. Otherwise one is started\n"
        "  --seed N             other items, other calls; the same for the same N\n"
        "  --rate N             calls a second of all patterns, instead of the file's\n"
        "  --dir PATH           on disk, in a new directory or a database without these tables\n"
        "  --durability MODE    with --dir: durable (the default) or relaxed\n"
        "  --keep               leave the tables there\n"
        "\n"
        "Real traffic: record it with \"pocketable serve --record RECORDING\", then\n"
        "  --replay RECORDING   makes its calls again; patterns are operations on a table or\n"
        "                       index. Tables that the recording did not make itself are\n"
        "                       looked for in --dir, a copy of their database\n"
        "  --speed N            at their times, N times as fast; without it, without pauses\n"
        "\n"
        "What is told:\n"
        "  --json FILE          the report for programs and for --compare; - for the output\n"
        "  --html FILE          the report as a page with charts, that needs nothing else\n"
        "  --prices FILE        other prices than those built in\n"
        "  --check              for CI: nothing but whether each assertion holds\n"
        "  --no-color           plain text\n"
        "\n"
        "  pocketable bench photos.yaml --html photos.html --json a.json\n"
        "  pocketable bench photos2.yaml --json b.json\n"
        "  pocketable bench --compare a.json b.json --html compared.html\n"
        "\n"
        "Exit status: 0 done and all assertions hold, 1 one does not or the run failed, 2 the\n"
        "command or a file was not understood.\n",
    .run = run,
};

enum { CALLS_USUAL = 100000, PORT_MAX = 65535 };

/* Options as they are read, before they are understood. */
typedef struct raw_options {
    const char *calls, *seconds, *http_calls, *connections, *seed, *rate, *speed, *endpoint;
} raw_options;

/* ---- numbers ---- */

static bool read_whole(uint64_t *number, const char *text, uint64_t max) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    *number = value;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && value <= max;
}

static bool read_positive(double *number, const char *text) {
    char *end;
    *number = strtod(text, &end);
    return ((text[0] >= '0' && text[0] <= '9') || text[0] == '.') && *end == '\0' &&
           isfinite(*number) && *number > 0;
}

/* Each returns false after a complaint; a text that is NULL is left as it is. */
static bool take_whole(uint64_t *number, const char *name, const char *text, uint64_t max) {
    if (text == NULL || read_whole(number, text, max)) {
        return true;
    }
    tool_misused(&tool_bench_command, "%s needs a whole number up to %llu, not \"%s\"", name,
                 (unsigned long long)max, text);
    return false;
}

static bool not_zero(uint64_t number, const char *name) {
    if (number == 0) {
        tool_misused(&tool_bench_command, "%s needs a whole number above 0, not \"0\"", name);
    }
    return number != 0;
}

static bool take_positive(double *number, const char *name, const char *text) {
    if (text == NULL || read_positive(number, text)) {
        return true;
    }
    tool_misused(&tool_bench_command, "%s needs a number above 0, not \"%s\"", name, text);
    return false;
}

/* A port of this machine's: "http://127.0.0.1:8000", "localhost:8000" or "8000". */
static bool take_endpoint(uint16_t *port, const char *text) {
    static const char *const hosts[] = {"127.0.0.1:", "localhost:"};
    const char *at = text;
    uint64_t number;
    if (text == NULL) {
        return true;
    }
    at += strncmp(at, "http://", 7) == 0 ? 7 : 0;
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        at += strncmp(at, hosts[i], strlen(hosts[i])) == 0 ? strlen(hosts[i]) : 0;
    }
    char digits[16];
    size_t len = strcspn(at, "/");
    snprintf(digits, sizeof digits, "%.*s", (int)(len < 15 ? len : 15), at);
    if (!read_whole(&number, digits, PORT_MAX) || number == 0 || strlen(at) > len + 1) {
        tool_misused(&tool_bench_command,
                     "--endpoint is a server on this machine, as http://127.0.0.1:8000, not "
                     "\"%s\"",
                     text);
        return false;
    }
    *port = (uint16_t)number;
    return true;
}

/* ---- checking ---- */

static bool take_numbers(bench_options *options, const raw_options *raw) {
    uint64_t connections = 1;
    options->run.calls = UINT64_MAX;
    options->http_calls = UINT64_MAX;
    bool fine = take_whole(&options->run.calls, "--calls", raw->calls, UINT64_MAX - 1) &&
                take_positive(&options->run.seconds, "--seconds", raw->seconds) &&
                take_whole(&options->http_calls, "--http-calls", raw->http_calls, UINT64_MAX - 1) &&
                take_whole(&connections, "--connections", raw->connections, WL_CONNECTIONS_MAX) &&
                not_zero(connections, "--connections") &&
                take_whole(&options->seed, "--seed", raw->seed, UINT64_MAX) &&
                take_positive(&options->rate, "--rate", raw->rate) &&
                take_positive(&options->run.speed, "--speed", raw->speed) &&
                take_endpoint(&options->endpoint_port, raw->endpoint);
    options->run.connections = (unsigned)connections;
    options->has_seed = raw->seed != NULL;
    options->no_http = options->http_calls == 0;
    if (options->replay == NULL && raw->calls == NULL && raw->seconds == NULL) {
        options->run.calls = CALLS_USUAL;
    }
    return fine;
}

/* What the options say together. */
static bool check(bench_options *options, const raw_options *raw) {
    const tool_command *command = &tool_bench_command;
    const char *mode = options->database.durability;
    if (!tool_durability(&options->durability, &options->database)) {
        tool_misused(command,
                     options->database.path == NULL
                         ? "--durability needs --dir"
                         : "--durability is durable or relaxed, not \"%s\"",
                     mode);
        return false;
    }
    if (raw->speed != NULL && options->replay == NULL) {
        tool_misused(command, "--speed needs --replay");
        return false;
    }
    if (raw->seed != NULL && options->replay != NULL) {
        tool_misused(command, "--replay makes the calls that were recorded: --seed has no say");
        return false;
    }
    if (options->file == NULL && options->replay == NULL) {
        tool_misused(command, "name a workload file, or --replay a recording");
        return false;
    }
    if (options->file != NULL && options->replay != NULL) {
        tool_misused(command, "either a workload file or --replay");
        return false;
    }
    return true;
}

/* ---- running ---- */

static int compare(const tool_arguments *arguments, const bench_options *options) {
    wl_complaint complaint = {0};
    tool_terminal terminal = tool_terminal_of(stdout, options->no_colour);
    FILE *html = NULL;
    if (options->html != NULL && (html = fopen(options->html, "we")) == NULL) {
        tool_complain("bench: %s: %s", options->html, strerror(errno));
        return TOOL_FAILED;
    }
    bool understood =
        wl_compare(arguments->operands[0], arguments->operands[1], &terminal, html, &complaint);
    bool written = html == NULL || fclose(html) == 0;
    if (!understood) {
        bench_complain(&complaint);
        return TOOL_USAGE;
    }
    if (!written) {
        tool_complain("bench: %s: %s", options->html, strerror(errno));
    }
    return written && tool_flush(&terminal) ? TOOL_DONE : TOOL_FAILED;
}

static volatile sig_atomic_t stopped_by;

static void stop(int number) {
    stopped_by = number;
}

/* Tables outside of this process would outlive it: the first signal has them deleted, a second one
 * ends the program at once. */
static void clean_up_when_stopped(bench_options *options) {
    static const int numbers[] = {SIGINT, SIGTERM};
    bool outside = options->database.path != NULL || options->endpoint_port != 0;
    if (!outside || options->keep || options->replay != NULL) {
        return;
    }
    options->run.stop = &stopped_by;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction were,
            action = {.sa_handler = stop, .sa_flags = (int)(SA_RESETHAND | SA_RESTART)};
        sigemptyset(&action.sa_mask);
        if (sigaction(numbers[i], NULL, &were) == 0 && were.sa_handler != SIG_IGN) {
            (void)sigaction(numbers[i], &action, NULL);
        }
    }
}

static int bench(bench_options *options) {
    bench_run running;
    clean_up_when_stopped(options);
    options->run.on_progress = bench_show;
    options->run.ctx = &running;
    int exit_status = bench_open(&running, options);
    if (exit_status == TOOL_DONE) {
        exit_status = bench_measure(&running) ? bench_tell(&running) : TOOL_FAILED;
    }
    bench_close(&running);
    options->run.ctx = NULL;
    if (stopped_by != 0) { /* its default by now */
        (void)raise(stopped_by);
    }
    return exit_status;
}

/* Whether the two operands of --compare are wanted is known only when it is seen. */
static bool compares(int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--compare") == 0) {
            return true;
        }
    }
    return false;
}

static int run(int argc, char **argv) {
    bench_options chosen = {.database = {.upkeep_elsewhere = true}};
    raw_options raw = {0};
    bool comparing = false;
    const tool_option options[] = {
        {.name = "--calls", .text = &raw.calls},
        {.name = "--seconds", .text = &raw.seconds},
        {.name = "--http-calls", .text = &raw.http_calls},
        {.name = "--connections", .text = &raw.connections},
        {.name = "--endpoint", .text = &raw.endpoint},
        {.name = "--seed", .text = &raw.seed},
        {.name = "--rate", .text = &raw.rate},
        {.name = "--dir", .text = &chosen.database.path},
        {.name = "--durability", .text = &chosen.database.durability},
        {.name = "--keep", .flag = &chosen.keep},
        {.name = "--replay", .text = &chosen.replay},
        {.name = "--speed", .text = &raw.speed},
        {.name = "--json", .text = &chosen.json},
        {.name = "--html", .text = &chosen.html},
        {.name = "--prices", .text = &chosen.prices},
        {.name = "--compare", .flag = &comparing},
        {.name = "--check", .flag = &chosen.check},
        {.name = "--no-color", .flag = &chosen.no_colour},
    };
    tool_arguments arguments = {
        .command = &tool_bench_command,
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .operands_shown = "a FILE",
        .operands_wanted = 1,
        .operands_optional = true,
    };
    if (compares(argc, argv)) {
        arguments.operands_shown = "two reports, A.json and B.json";
        arguments.operands_wanted = 2;
        arguments.operands_optional = false;
    }
    int exit_status;
    if (!tool_arguments_read(&arguments, argc, argv, &exit_status)) {
        return exit_status;
    }
    if (comparing) {
        return compare(&arguments, &chosen);
    }
    chosen.file = arguments.operands[0];
    return take_numbers(&chosen, &raw) && check(&chosen, &raw) ? bench(&chosen) : TOOL_USAGE;
}
