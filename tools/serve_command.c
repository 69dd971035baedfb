/* `pocketable serve`: a database over HTTP until a signal ends it. */
#include "files.h"
#include "serve.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

static int run(int argc, char **argv);

const tool_command tool_serve_command = {
    .name = "serve",
    .summary = "serve a database over HTTP, for every SDK of DynamoDB's",
    .help =
        "Usage: pocketable serve [OPTIONS]\n"
        "\n"
        "Serves a database as DynamoDB does, in memory or in a directory, until Ctrl-C or\n"
        "SIGTERM: then it answers what is under way and ends. A second signal ends it at\n"
        "once. Prints a line with its address when it is ready.\n"
        "\n"
        "  --dir PATH            the database in this directory, made if need be; else one\n"
        "                        in memory that leaves nothing behind\n"
        "  --durability MODE     durable (each write is on the disk before it is\n"
        "                        acknowledged; the default with --dir), relaxed (a power cut\n"
        "                        may lose the database) or memory (the default without)\n"
        "  --port N              8000 if not said; 0 picks a free one\n"
        "  --address A           127.0.0.1 if not said; 0.0.0.0 is all of the machine's\n"
        "  --threads N           that serve connections; one for each processor, at most 4,\n"
        "                        if not said\n"
        "  --connections N       at most; 10,000 if not said\n"
        "  --idle-timeout N      seconds that a connection may idle and a request's headers\n"
        "                        may take; 60 if not said\n"
        "  --allow-host NAMES    what clients may call the server beside localhost and\n"
        "                        addresses, commas between; others are refused, so that no\n"
        "                        page on the web reaches it. With an address that is not this\n"
        "                        machine's alone, such as 0.0.0.0, any name will do\n"
        "  --cors ORIGINS        whose pages may call from a browser beside this machine's,\n"
        "                        commas between; '*' for any\n"
        "  --access-log FILE     a line of JSON for each request; - for the standard output\n"
        "  --record FILE         every call with its time and body is added to this file, for\n"
        "                        \"pocketable bench --replay FILE\"; it has your items in it\n"
        "  --transaction-conflicts\n"
        "                        requests that overlap in time on one item conflict, as on\n"
        "                        AWS; otherwise they wait for one another\n"
        "  --error-style STYLE   2026-05 or 2026-08: the words of errors before or after AWS put\n"
        "                        \"1 validation error detected: \" before more of them;\n"
        "                        2026-05 if not said\n"
        "  --credentials FILE    only calls signed by one of the profiles in this file,\n"
        "                        which has the form of ~/.aws/credentials; otherwise any\n"
        "                        credentials will do, and none (GET /, which tells that the\n"
        "                        server is healthy, and GET /metrics need none)\n"
        "  --tls-cert FILE       HTTPS, with this certificate (PEM; those that signed it\n"
        "  --tls-key FILE        behind it) and its private key (PEM, not encrypted)\n"
        "  --namespaces MODE     who sees the same tables: region (all of a region; if not\n"
        "                        said), access-key-region (who has the same access key, in\n"
        "                        a region) or shared (all; they are tables of us-east-1)\n"
        "  --dynamodb-local      print the lines that DynamoDB Local begins with, and answer\n"
        "                        400 to GET / as it does, for programs that wait for these;\n"
        "                        \"pocketable dynamodb-local\" takes its options, too\n"
        "  --quiet               print nothing but the line with the address\n"
        "\n"
        "  export AWS_ENDPOINT_URL=http://127.0.0.1:8000 AWS_REGION=us-east-1 \\\n"
        "      AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any\n"
        "  aws dynamodb list-tables --region us-east-1 --endpoint-url http://127.0.0.1:8000\n"
        "\n"
        "  Python      boto3.client(\"dynamodb\", endpoint_url=\"http://127.0.0.1:8000\")\n"
        "  JavaScript  new DynamoDBClient({ endpoint: \"http://127.0.0.1:8000\" })\n"
        "  Java        DynamoDbClient.builder()\n"
        "                  .endpointOverride(URI.create(\"http://127.0.0.1:8000\")).build()\n"
        "  Go          dynamodb.NewFromConfig(config, func(o *dynamodb.Options) {\n"
        "                  o.BaseEndpoint = aws.String(\"http://127.0.0.1:8000\") })\n"
        "  curl        curl http://127.0.0.1:8000 -d '{}' \\\n"
        "                  -H 'Content-Type: application/x-amz-json-1.0' \\\n"
        "                  -H 'X-Amz-Target: DynamoDB_20120810.ListTables'\n"
        "\n"
        "Exit status: 0 ended by a signal, 1 could not serve, 2 not understood.\n",
    .run = run,
};

enum {
    PORT_USUAL = 8000,
    PORT_MAX = 65535,
    THREADS_MAX = 256,
    CONNECTIONS_MAX = 1000 * 1000,
    IDLE_MAX_S = 24 * 3600
};

typedef tool_serve_settings settings;

/* ---- signals ---- */

/* The signals that end the server. One that was ignored when it began (nohup) stays so. */
static void ending_signals(sigset_t *signals) {
    static const int all[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(signals);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct sigaction before;
        if (sigaction(all[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaddset(signals, all[i]);
        }
    }
}

static void wait_for_signal(const sigset_t *signals) {
    int signal_number;
    while (sigwait(signals, &signal_number) == EINTR) {
    }
}

/* ---- serving ---- */

/* A connection is a file: as many as the system allows. */
static void allow_connections(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
}

static void complain_of_start(const settings *chosen, pte_status status, const pte_error *error) {
    const char *name = chosen->command->name;
    if (error->os_error == EADDRINUSE) {
        tool_complain("%s: port %u of %s is in use, perhaps by another server; name one with "
                      "--port, or --port 0 for a free one",
                      name, chosen->server.port, chosen->server.address);
    } else if (error->os_error == EACCES) {
        tool_complain("%s: port %u needs more permission than you have; name one above 1023 "
                      "with --port",
                      name, chosen->server.port);
    } else if (strncmp(error->message, "tls_", 4) == 0) {
        tool_complain("%s: %s (tls_certificate is %s, tls_key is %s)", name, error->message,
                      chosen->tls_cert, chosen->tls_key);
    } else {
        tool_complain_of(name, status, error);
    }
}

/* False if it cannot be printed: then nobody knows where the server is. */
static bool announce(const settings *chosen, uint16_t port) {
    tool_terminal terminal = tool_terminal_of(stdout, false);
    const char *address = chosen->server.address;
    bool in_brackets = strchr(address, ':') != NULL;
    tool_text url;
    snprintf(url.text, sizeof url.text, "http%s://%s%s%s:%u", chosen->tls_cert != NULL ? "s" : "",
             in_brackets ? "[" : "", address, in_brackets ? "]" : "", port);
    if (chosen->server.like_dynamodb_local) {
        tool_print_banner(&terminal, chosen, port);
    }
    tool_print(&terminal, TOOL_PLAIN, "pocketable serves ");
    tool_print(&terminal, TOOL_BOLD, "%s", url.text);
    const char *path = chosen->database.path;
    tool_print(&terminal, TOOL_PLAIN, " (%s)\n", path != NULL ? path : "in memory");
    if (terminal.interactive && !chosen->quiet && chosen->credentials == NULL) {
        tool_print(&terminal, TOOL_DIM,
                   "Any credentials will do. Try it, and end it with Ctrl-C:\n"
                   "  AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any \\\n"
                   "  aws dynamodb list-tables --region us-east-1 --endpoint-url %s\n",
                   url.text);
    }
    return tool_flush(&terminal);
}

/* Said when it begins and, with the count, when the server ends. */
static void complain_of_loss(void *ctx, uint64_t lines, bool stopped) {
    const settings *chosen = ctx;
    const char *name = chosen->command->name, *file = chosen->server.recording;
    if (stopped) {
        tool_complain("%s: recording %s: %s %s lost", name, file, tool_count(lines).text,
                      lines == 1 ? "line was" : "lines were");
    } else {
        tool_complain("%s: recording %s: the file does not take what is written, lines are lost",
                      name, file);
    }
}

static int serve(const settings *chosen) {
    sigset_t ending, before;
    pt_server *server = NULL;
    pte_error error = {0};
    int exit_status = TOOL_FAILED;
    /* Before there is any thread, so that a signal comes to sigwait and to nobody else. */
    ending_signals(&ending);
    pthread_sigmask(SIG_BLOCK, &ending, &before);
    (void)signal(SIGPIPE, SIG_IGN);
    allow_connections();
    pt_database *database = tool_database_open(&chosen->database, chosen->durability);
    if (database == NULL) {
        goto out;
    }
    pte_status status = pt_server_start(&server, database, &chosen->server, &error);
    if (status != PTE_OK) {
        complain_of_start(chosen, status, &error);
        goto out;
    }
    if (!announce(chosen, pt_server_port(server))) {
        tool_complain("%s: the address cannot be printed", chosen->command->name);
        goto out;
    }
    wait_for_signal(&ending);
    exit_status = TOOL_DONE;
out:
    /* The next signal does what it does to any program. */
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pt_server_stop(server);
    pt_close(database);
    return exit_status;
}

int tool_serve(settings *chosen) {
    const char *name = chosen->command->name;
    chosen->server.on_recording_lost = complain_of_loss;
    chosen->server.recording_lost_ctx = chosen;
    tool_credentials credentials = {NULL, NULL, 0};
    char *certificate = NULL, *key = NULL;
    int exit_status = TOOL_FAILED;
    if (chosen->credentials != NULL) {
        if (!tool_credentials_read(&credentials, name, chosen->credentials)) {
            goto out;
        }
        chosen->server.credentials = credentials.all;
        chosen->server.credential_count = credentials.count;
    }
    if (chosen->tls_cert != NULL) {
        certificate = tool_file_read(name, chosen->tls_cert);
        key = certificate == NULL ? NULL : tool_file_read(name, chosen->tls_key);
        if (key == NULL) {
            goto out;
        }
        chosen->server.tls_certificate = certificate;
        chosen->server.tls_key = key;
    }
    exit_status = serve(chosen);
out:
    free(key);
    free(certificate);
    tool_credentials_clean_up(&credentials);
    return exit_status;
}

/* ---- the arguments ---- */

static bool read_namespaces(pt_server_namespaces *namespaces, const char *mode) {
    static const char *const names[] = {"region", "access-key-region", "shared"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (mode == NULL || strcmp(mode, names[i]) == 0) {
            *namespaces = (pt_server_namespaces)i;
            return true;
        }
    }
    return false;
}

/* Checks what the options say together; TOOL_DONE if they can be served with. */
static int check(settings *chosen, uint64_t port, uint64_t threads) {
    const tool_command *command = &tool_serve_command;
    const char *mode = chosen->database.durability;
    if (!tool_durability(&chosen->durability, &chosen->database)) {
        if (chosen->database.path == NULL && mode != NULL &&
            (strcmp(mode, "durable") == 0 || strcmp(mode, "relaxed") == 0)) {
            return tool_misused(command, "--durability %s needs --dir", mode);
        }
        if (chosen->database.path != NULL && strcmp(mode, "memory") == 0) {
            return tool_misused(command, "--durability memory keeps nothing, so it has no --dir");
        }
        return tool_misused(command, "--durability is durable, relaxed or memory, not \"%s\"",
                            mode);
    }
    pt_error_style style;
    if (!tool_error_style(&style, chosen->database.error_style)) {
        return tool_misused(command, "--error-style is 2026-05 or 2026-08, not \"%s\"",
                            chosen->database.error_style);
    }
    if (port > PORT_MAX) {
        return tool_misused(command, "--port is up to %d", PORT_MAX);
    }
    if (threads > THREADS_MAX) {
        return tool_misused(command, "--threads is up to %d", THREADS_MAX);
    }
    if ((chosen->tls_cert == NULL) != (chosen->tls_key == NULL)) {
        return tool_misused(command, "--tls-cert and --tls-key go together");
    }
    chosen->server.port = (uint16_t)port;
    chosen->server.threads = (unsigned)threads;
    return TOOL_DONE;
}

static int check_limits(settings *chosen, uint64_t connections, uint64_t idle_s) {
    if (connections > CONNECTIONS_MAX) {
        return tool_misused(&tool_serve_command, "--connections is up to %d", CONNECTIONS_MAX);
    }
    if (idle_s > IDLE_MAX_S) {
        return tool_misused(&tool_serve_command, "--idle-timeout is up to %d", IDLE_MAX_S);
    }
    chosen->server.connections_max = (unsigned)connections;
    chosen->server.idle_timeout_s = (unsigned)idle_s;
    return TOOL_DONE;
}

static int run(int argc, char **argv) {
    settings chosen = {
        .command = &tool_serve_command,
        .database = {.upkeep_elsewhere = true},
        .server = {.address = "127.0.0.1"},
    };
    uint64_t port = PORT_USUAL, threads = 0, connections = 0, idle_s = 0;
    const char *namespaces = NULL;
    const tool_option options[] = {
        {.name = "--dir", .text = &chosen.database.path},
        {.name = "--durability", .text = &chosen.database.durability},
        {.name = "--port", .number = &port},
        {.name = "--address", .text = &chosen.server.address},
        {.name = "--threads", .number = &threads},
        {.name = "--connections", .number = &connections},
        {.name = "--idle-timeout", .number = &idle_s},
        {.name = "--allow-host", .text = &chosen.server.allowed_hosts},
        {.name = "--cors", .text = &chosen.server.cors_origins},
        {.name = "--access-log", .text = &chosen.server.access_log},
        {.name = "--record", .text = &chosen.server.recording},
        {.name = "--transaction-conflicts", .flag = &chosen.database.transaction_conflicts},
        {.name = "--error-style", .text = &chosen.database.error_style},
        {.name = "--credentials", .text = &chosen.credentials},
        {.name = "--tls-cert", .text = &chosen.tls_cert},
        {.name = "--tls-key", .text = &chosen.tls_key},
        {.name = "--namespaces", .text = &namespaces},
        {.name = "--dynamodb-local", .flag = &chosen.server.like_dynamodb_local},
        {.name = "--quiet", .flag = &chosen.quiet},
    };
    tool_arguments arguments = {
        .command = &tool_serve_command,
        .options = options,
        .option_count = sizeof options / sizeof options[0],
    };
    int exit_status;
    if (!tool_arguments_read(&arguments, argc, argv, &exit_status)) {
        return exit_status;
    }
    exit_status = check(&chosen, port, threads);
    if (exit_status == TOOL_DONE) {
        exit_status = check_limits(&chosen, connections, idle_s);
    }
    if (exit_status == TOOL_DONE && !read_namespaces(&chosen.server.namespaces, namespaces)) {
        exit_status = tool_misused(&tool_serve_command,
                                   "--namespaces is region, access-key-region or shared, not "
                                   "\"%s\"",
                                   namespaces);
    }
    return exit_status == TOOL_DONE ? tool_serve(&chosen) : exit_status;
}
