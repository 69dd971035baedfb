/*
 * Starting and stopping. Loops serve the connections, the committer runs the queue of writes, the
 * upkeep thread does what goes on beside requests.
 *
 * Stopping: no connection is accepted and every answer ends its own; after a moment nothing more is
 * given to the database; when that has answered everything, the threads end.
 */
#include "http/http.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    THREADS_USUAL_MAX = 4,
    THREADS_MAX = 256,
    CONNECTIONS_USUAL = 10 * 1000,
    CONNECTIONS_MAX = 1000 * 1000,
    IDLE_TIMEOUT_USUAL_S = 60,
    BACKLOG = 1024,
    UPKEEP_PERIOD_MS = 1000,
    /* How long a request whose body is still coming, or whose answer is still going, may take once
     * the server stops. */
    STOP_WAIT_MS = 500,
};

static pte_status fail(pte_error *error, pte_status status, int os_error, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

static pte_status fail(pte_error *error, pte_status status, int os_error, const char *format, ...) {
    if (error != NULL) {
        *error = (pte_error){.status = status, .os_error = os_error};
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

static pte_status fail_thread(pte_error *error, int os_error) {
    return fail(error, os_error == ENOMEM ? PTE_OUT_OF_MEMORY : PTE_IO, os_error,
                "no thread could be started: %s", strerror(os_error));
}

/* ---- the socket ---- */

/* Opens the port at one address; -1 with errno. */
static int listen_at(const struct addrinfo *at) {
    const int on = 1;
    int opened =
        socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);
    if (opened < 0) {
        return -1;
    }
    /* A port whose last connections are still being forgotten is free. */
    if (setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(opened, at->ai_addr, at->ai_addrlen) != 0 || listen(opened, BACKLOG) != 0) {
        int os_error = errno;
        close(opened);
        errno = os_error;
        return -1;
    }
    return opened;
}

static pte_status open_socket(pt_server *server, const char *address, uint16_t port,
                              pte_error *error) {
    char service[8];
    struct addrinfo wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    snprintf(service, sizeof service, "%u", port);
    int rc = getaddrinfo(address, service, &wanted, &found);
    if (rc != 0) {
        return fail(error, PTE_INVALID_ARGUMENT, rc == EAI_SYSTEM ? errno : 0, "address %s: %s",
                    address, gai_strerror(rc));
    }
    server->socket = listen_at(found);
    int os_error = errno;
    freeaddrinfo(found);
    if (server->socket < 0) {
        return fail(error, PTE_IO, os_error, "%s port %u: %s", address, port, strerror(os_error));
    }
    return PTE_OK;
}

/* Whether nobody but this machine can reach the socket. */
static bool is_local(int opened) {
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    if (getsockname(opened, (struct sockaddr *)&address, &size) != 0) {
        return true;
    }
    const struct sockaddr_in *four = (const void *)&address;
    const struct sockaddr_in6 *six = (const void *)&address;
    return address.ss_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&six->sin6_addr)
                                         : ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

static uint16_t port_of(int opened) {
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    if (getsockname(opened, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    return address.ss_family == AF_INET6
               ? ntohs(((const struct sockaddr_in6 *)(const void *)&address)->sin6_port)
               : ntohs(((const struct sockaddr_in *)(const void *)&address)->sin_port);
}

/* ---- threads ---- */

static bool commit(void *ctx) {
    pt_server *server = ctx;
    pt_run_queued(server->database);
    return false;
}

/* A failure is not said to anybody: it is tried again in a second, and requests that meet the same
 * trouble answer it. */
static bool keep_up(void *ctx) {
    pt_server *server = ctx;
    bool more = false;
    return pt_upkeep(&more, server->database, NULL) == PTE_OK && more;
}

static unsigned threads_of(const pt_server_options *options) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned usual = processors < 1                   ? 1
                     : processors > THREADS_USUAL_MAX ? THREADS_USUAL_MAX
                                                      : (unsigned)processors;
    return options->threads == 0 ? usual : options->threads;
}

static pte_status start_loops(pt_server *server, const pt_server_options *options,
                              pte_error *error) {
    unsigned idle_s = options->idle_timeout_s == 0 ? IDLE_TIMEOUT_USUAL_S : options->idle_timeout_s;
    int rc = 0;
    for (unsigned i = 0; i < server->loop_count && rc == 0; i++) {
        rc = pt__http_loop_start(&server->loops[i], server, idle_s);
    }
    return rc == 0 ? PTE_OK : fail_thread(error, rc);
}

static pte_status log_opened(int os_error, const char *what, const char *path, pte_error *error) {
    return os_error == 0 ? PTE_OK
                         : fail(error, os_error == ENOMEM ? PTE_OUT_OF_MEMORY : PTE_IO, os_error,
                                "%s %s: %s", what, path, strerror(os_error));
}

static pte_status open_logs(pt_server *server, const pt_server_options *options, pte_error *error) {
    const char *log = options->access_log, *recording = options->recording;
    pte_status status = log_opened(log == NULL ? 0 : pt__access_log_open(&server->log, log),
                                   "access log", log, error);
    if (status == PTE_OK && recording != NULL) {
        struct timespec began;
        clock_gettime(CLOCK_MONOTONIC, &began);
        server->recording_ns = (uint64_t)began.tv_sec * 1000000000 + (uint64_t)began.tv_nsec;
        const pt__line_log_loss loss = {options->on_recording_lost, options->recording_lost_ctx};
        status = log_opened(pt__recording_open(&server->recording, recording, loss), "recording",
                            recording, error);
    }
    return status;
}

static pte_status start_threads(pt_server *server, const pt_server_options *options,
                                pte_error *error) {
    server->committer = (pt__worker){.work = commit, .ctx = server};
    server->upkeep = (pt__worker){.work = keep_up, .ctx = server, .period_ms = UPKEEP_PERIOD_MS};
    pte_status status = open_logs(server, options, error);
    if (status != PTE_OK) {
        return status;
    }
    int rc = server->commits_inline ? 0 : pt__worker_start(&server->committer);
    if (rc == 0) {
        rc = pt__worker_start(&server->upkeep);
    }
    return rc != 0 ? fail_thread(error, rc) : start_loops(server, options, error);
}

/* The same with all signals blocked, which the threads inherit: signals are the program's. */
static pte_status start_quietly(pt_server *server, const pt_server_options *options,
                                pte_error *error) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pte_status status = start_threads(server, options, error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

/* Undoes create. */
static void destroy(pt_server *server) {
    pt__http_secrets_clean_up(server);
    for (unsigned i = 0; i < server->loop_count; i++) {
        pthread_mutex_destroy(&server->loops[i].mutex);
    }
    if (server->loops != NULL) {
        munmap(server->loops, server->loops_bytes);
    }
    free(server->texts[0]);
    free(server->texts[1]);
    free(server);
}

/* False with those loops counted that destroy has to undo. Most of a loop are the counts of
 * requests that may never come: from the system, zeros take no memory before they are counted in.
 */
static bool create_loops(pt_server *server, unsigned count) {
    server->loops_bytes = count * sizeof *server->loops;
    void *zeros =
        mmap(NULL, server->loops_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (zeros == MAP_FAILED) {
        return false;
    }
    server->loops = zeros;
    for (unsigned i = 0; i < count; i++) {
        pt__http_loop *loop = &server->loops[i];
        loop->epoll = loop->wake = -1;
        if (pthread_mutex_init(&loop->mutex, NULL) != 0) {
            return false;
        }
        server->loop_count++;
    }
    return true;
}

/* False without memory. */
static bool copy_rules(pt_server *server, const pt_server_options *options) {
    const char *given[] = {options->allowed_hosts, options->cors_origins};
    for (size_t i = 0; i < 2; i++) {
        if (given[i] != NULL && (server->texts[i] = strdup(given[i])) == NULL) {
            return false;
        }
    }
    server->rules.hosts = server->texts[0];
    server->rules.origins = server->texts[1];
    return true;
}

static pt_server *create(pt_database *database, const pt_server_options *options) {
    pt_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return NULL;
    }
    server->database = database;
    server->socket = -1;
    server->connections_max =
        options->connections_max == 0 ? CONNECTIONS_USUAL : options->connections_max;
    if (!create_loops(server, threads_of(options)) || !copy_rules(server, options)) {
        destroy(server);
        return NULL;
    }
    return server;
}

static pte_status check_options(const pt_server_options *options, pte_error *error) {
    if (options->threads > THREADS_MAX) {
        return fail(error, PTE_INVALID_ARGUMENT, 0, "threads: expected up to %d, found %u",
                    THREADS_MAX, options->threads);
    }
    if (options->connections_max > CONNECTIONS_MAX) {
        return fail(error, PTE_INVALID_ARGUMENT, 0, "connections_max: expected up to %d, found %u",
                    CONNECTIONS_MAX, options->connections_max);
    }
    return PTE_OK;
}

pte_status pt_server_start(pt_server **server, pt_database *database,
                           const pt_server_options *options, pte_error *error) {
    const pt_server_options usual = {0};
    options = options == NULL ? &usual : options;
    if (server == NULL || database == NULL) {
        return fail(error, PTE_INVALID_ARGUMENT, 0, "server and database must not be NULL");
    }
    *server = NULL;
    pte_env_info info;
    pte_status status = check_options(options, error);
    if (status == PTE_OK) {
        status = pte_env_describe(&info, pt_database_env(database), error);
    }
    if (status != PTE_OK) {
        return status;
    }
    pt_server *made = create(database, options);
    if (made == NULL) {
        return fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for a server");
    }
    made->commits_inline = info.durability != PTE_DURABLE;
    status = pt__http_secrets_init(made, options, error);
    if (status != PTE_OK) {
        destroy(made);
        return status;
    }
    status = open_socket(made, options->address == NULL ? "127.0.0.1" : options->address,
                         options->port, error);
    if (status == PTE_OK) {
        made->port = port_of(made->socket);
        made->rules.any_host = !is_local(made->socket);
        status = start_quietly(made, options, error);
    }
    if (status != PTE_OK) {
        pt_server_stop(made);
        return status;
    }
    *server = made;
    return PTE_OK;
}

uint16_t pt_server_port(const pt_server *server) {
    return server->port;
}

/* ---- stopping ---- */

static void pause_ms(void) {
    const struct timespec pause = {.tv_nsec = 1000L * 1000L};
    nanosleep(&pause, NULL);
}

/* Until no request is under way, or for a moment. */
static void wait_for_requests(pt_server *server) {
    size_t under_way = 1;
    for (int ms = 0; under_way > 0 && ms < STOP_WAIT_MS; ms++) {
        under_way = 0;
        for (unsigned i = 0; i < server->loop_count; i++) {
            under_way += atomic_load(&server->loops[i].under_way);
        }
        if (under_way > 0) {
            pause_ms();
        }
    }
}

/* Until the database has answered what it was given: libmicrohttpd cannot end a connection that is
 * suspended. */
static void wait_for_database(pt_server *server) {
    atomic_store(&server->refusing, true);
    for (unsigned i = 0; i < server->loop_count; i++) {
        while (atomic_load(&server->loops[i].running) > 0) {
            pause_ms();
        }
    }
}

/* Until all is answered that can be in a moment. */
static void wind_down(pt_server *server) {
    atomic_store(&server->stopping, true);
    if (server->socket >= 0) {
        (void)shutdown(server->socket, SHUT_RDWR); /* whoever comes now is refused */
    }
    for (unsigned i = 0; i < server->loop_count; i++) {
        if (server->loops[i].started) {
            pt__http_loop_wake(&server->loops[i]);
        }
    }
    wait_for_requests(server);
    wait_for_database(server);
}

void pt_server_stop(pt_server *server) {
    if (server == NULL) {
        return;
    }
    wind_down(server);
    atomic_store(&server->ending, true);
    for (unsigned i = 0; i < server->loop_count; i++) {
        pt__http_loop_stop(&server->loops[i]);
    }
    pt__worker_stop(&server->committer);
    pt__worker_stop(&server->upkeep);
    for (unsigned i = 0; i < server->loop_count; i++) {
        pt__http_requests_free(&server->loops[i]);
    }
    pt__line_log_close(server->log);
    pt__line_log_close(server->recording);
    if (server->socket >= 0) {
        close(server->socket);
    }
    destroy(server);
}
