/*
 * bench_bare_server: the limit of a server on libmicrohttpd. It reads every request to its end and
 * answers it with the same body and the same headers as pocketable's, which it made when it
 * began: no look at the request, no database.
 *
 * As pocketable's server: one thread for each processor, at most four; each serves its share of the
 * connections through epoll. They are dealt out one by one, so that no thread has more than
 * another.
 */
#include <microhttpd.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS_USUAL_MAX = 4,
    THREADS_MAX = 256,
    BODY_BYTES_MAX = 1 << 20,
    BACKLOG = 1024,
    CONNECTIONS_MAX = 10 * 1000,
};

static const char help[] =
    "bench_bare_server answers every request with one body: the limit of a server on\n"
    "libmicrohttpd.\n"
    "\n"
    "Usage: bench_bare_server --port N --body FILE [--threads N]\n"
    "  --port N     on 127.0.0.1; 0: a free one\n"
    "  --body FILE  what is answered, at most 1 MB\n"
    "  --threads N  that serve connections; one for each processor, at most 4, if not said\n"
    "\n"
    "Prints its address, and serves until SIGTERM or SIGINT.\n";

typedef struct bare_settings {
    const char *body_path;
    unsigned long port;
    unsigned long threads;
} bare_settings;

typedef struct bare_server {
    struct MHD_Daemon *daemons[THREADS_MAX];
    size_t daemon_count;
    struct MHD_Response *response;
    char *body;
    size_t body_bytes;
    int socket;
} bare_server;

/* Set by a signal. */
static volatile sig_atomic_t stop_wanted;

static void on_signal(int number) {
    (void)number;
    stop_wanted = 1;
}

static int complain(const char *what, int os_error) {
    fprintf(stderr, "bench_bare_server: %s%s%s\n", what, os_error == 0 ? "" : ": ",
            os_error == 0 ? "" : strerror(os_error));
    return 1;
}

/* ---- the answer ---- */

static int read_body(bare_server *server, const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return complain(path, errno);
    }
    server->body = malloc(BODY_BYTES_MAX);
    if (server->body != NULL) {
        server->body_bytes = fread(server->body, 1, BODY_BYTES_MAX, file);
    }
    bool whole = server->body != NULL && ferror(file) == 0 && fgetc(file) == EOF;
    fclose(file);
    return whole ? 0 : complain(server->body == NULL ? "no memory" : "the body cannot be read", 0);
}

/* With the headers of pocketable's answers; those of the service that change have one value. */
static int create_response(bare_server *server) {
    static const char *const headers[][2] = {
        {MHD_HTTP_HEADER_SERVER, "Server"},
        {MHD_HTTP_HEADER_CONTENT_TYPE, "application/x-amz-json-1.0"},
        {"x-amzn-RequestId", "DTENRSU0IC3VMTUT9SVSQ6BV2EIJN95GM62PG1U4V09975GLHIT4"},
        {"x-amz-crc32", "1315925753"},
    };
    server->response =
        MHD_create_response_from_buffer(server->body_bytes, server->body, MHD_RESPMEM_PERSISTENT);
    bool made = server->response != NULL &&
                MHD_set_response_options(server->response, MHD_RF_SEND_KEEP_ALIVE_HEADER,
                                         MHD_RO_END) == MHD_YES;
    for (size_t i = 0; made && i < sizeof headers / sizeof headers[0]; i++) {
        made = MHD_add_response_header(server->response, headers[i][0], headers[i][1]) == MHD_YES;
    }
    return made ? 0 : complain("no memory", 0);
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload_data,
                              size_t *upload_data_size, void **request) {
    static char begun;
    bare_server *server = cls;
    (void)url;
    (void)method;
    (void)version;
    (void)upload_data;
    if (*request == NULL) {
        *request = &begun;
        return MHD_YES;
    }
    if (*upload_data_size != 0) {
        *upload_data_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, server->response);
}

/* ---- serving ---- */

static int open_socket(bare_server *server, unsigned long port) {
    const int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    server->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (server->socket < 0 ||
        setsockopt(server->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(server->socket, (const struct sockaddr *)&address, size) != 0 ||
        listen(server->socket, BACKLOG) != 0 ||
        getsockname(server->socket, (struct sockaddr *)&address, &size) != 0) {
        return complain("the port cannot be opened", errno);
    }
    printf("bench_bare_server serves http://127.0.0.1:%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return 0;
}

static int start_daemons(bare_server *server, unsigned long threads) {
    while (server->daemon_count < threads) {
        struct MHD_Daemon *daemon = MHD_start_daemon(
            MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC, 0, NULL, NULL,
            handle, server, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_END);
        if (daemon == NULL) {
            return complain("no thread could be started", errno);
        }
        server->daemons[server->daemon_count++] = daemon;
    }
    return 0;
}

/* Deals connections out until a signal comes, which is only let in while this waits. */
static void deal_out(bare_server *server, const sigset_t *waiting) {
    struct pollfd ready = {.fd = server->socket, .events = POLLIN};
    size_t next = 0;
    while (stop_wanted == 0) {
        struct sockaddr_storage address = {0};
        socklen_t size = sizeof address;
        if (ppoll(&ready, 1, NULL, waiting) <= 0) {
            continue;
        }
        int connection = accept4(server->socket, (struct sockaddr *)&address, &size,
                                 SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection >= 0) {
            /* The daemon closes what it cannot have. */
            (void)MHD_add_connection(server->daemons[next++ % server->daemon_count], connection,
                                     (const struct sockaddr *)&address, size);
        }
    }
}

static void clean_up(bare_server *server) {
    for (size_t i = 0; i < server->daemon_count; i++) {
        MHD_stop_daemon(server->daemons[i]);
    }
    if (server->response != NULL) {
        MHD_destroy_response(server->response);
    }
    if (server->socket >= 0) {
        close(server->socket);
    }
    free(server->body);
}

static int serve(const bare_settings *settings) {
    bare_server server = {.socket = -1};
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t ending, waiting;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    /* Before there is any thread: the daemons' threads never see these. */
    sigprocmask(SIG_BLOCK, &ending, &waiting);
    sigdelset(&waiting, SIGINT);
    sigdelset(&waiting, SIGTERM);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    int failed = read_body(&server, settings->body_path) || create_response(&server) ||
                 start_daemons(&server, settings->threads) || open_socket(&server, settings->port);
    if (!failed) {
        deal_out(&server, &waiting);
    }
    clean_up(&server);
    return failed;
}

/* ---- options ---- */

static bool read_number(const char *text, unsigned long low, unsigned long high,
                        unsigned long *number) {
    char *end;
    *number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == 0 && *number >= low && *number <= high;
}

static bool set_option(bare_settings *settings, const char *name, const char *value) {
    if (strcmp(name, "--port") == 0) {
        return read_number(value, 0, UINT16_MAX, &settings->port);
    }
    if (strcmp(name, "--threads") == 0) {
        return read_number(value, 1, THREADS_MAX, &settings->threads);
    }
    settings->body_path = strcmp(name, "--body") == 0 ? value : settings->body_path;
    return strcmp(name, "--body") == 0;
}

static unsigned long threads_usual(void) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1                   ? 1
           : processors > THREADS_USUAL_MAX ? THREADS_USUAL_MAX
                                            : (unsigned long)processors;
}

int main(int count, char **texts) {
    bare_settings settings = {.threads = threads_usual()};
    if (count == 2 && strcmp(texts[1], "--help") == 0) {
        fputs(help, stdout);
        return 0;
    }
    for (int i = 1; i < count; i += 2) {
        if (i + 1 == count || !set_option(&settings, texts[i], texts[i + 1])) {
            fprintf(stderr, "bench_bare_server: %s %s is not understood; see --help\n", texts[i],
                    i + 1 == count ? "without a value" : texts[i + 1]);
            return 2;
        }
    }
    if (settings.body_path == NULL) {
        fprintf(stderr, "bench_bare_server: --body is missing; see --help\n");
        return 2;
    }
    return serve(&settings);
}
