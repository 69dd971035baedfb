/*
 * A loop: one thread that serves its share of the connections with a libmicrohttpd daemon of its
 * own.
 *
 * libmicrohttpd could run such threads itself. But version 0.9.75 takes 128 events at a time, and
 * when it finds exactly so many it waits for more before it serves them: 128 clients that send at
 * one moment wait for a 129th. So waiting is done here, and the daemon is only asked to work.
 *
 * Any loop accepts, and hands the connection to the loop that has the fewest.
 */
#include "http/http.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    /* Of one wake-up; the others get theirs. */
    ACCEPT_MAX = 16,
    /* How long nobody is accepted after the system has refused a file or memory for it. */
    PAUSE_MS = 100,
    EVENTS_MAX = 64,
    /* How often it looks after its peers. */
    LOOK_MS = 1000,
    /* libmicrohttpd's own limit comes after ours, which says why. */
    IDLE_MORE_S = 5,
};

/* What epoll says has happened; any other value is a peer whose client has gone. */
enum { AT_DAEMON = 1, AT_SOCKET, AT_WAKE, PLACES };

/* ---- accepting ---- */

static pt__http_loop *least_busy(pt_server *server) {
    pt__http_loop *least = &server->loops[0];
    for (unsigned i = 1; i < server->loop_count; i++) {
        if (atomic_load(&server->loops[i].connections) < atomic_load(&least->connections)) {
            least = &server->loops[i];
        }
    }
    return least;
}

void pt__http_loop_wake(pt__http_loop *loop) {
    const uint64_t one = 1;
    /* It fails only where the counter is full, and then the loop is being woken already. */
    ssize_t written = write(loop->wake, &one, sizeof one);
    (void)written;
}

/* The daemon closes the connection if it cannot have it; then on_connection has counted it out only
 * if it was told of its start. */
static void add(pt__http_loop *loop, int connection) {
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    loop->begun = false;
    if (getpeername(connection, (struct sockaddr *)&address, &size) != 0) {
        close(connection);
        atomic_fetch_sub(&loop->connections, 1);
    } else if (MHD_add_connection(loop->daemon, connection, (const struct sockaddr *)&address,
                                  size) != MHD_YES &&
               !loop->begun) {
        atomic_fetch_sub(&loop->connections, 1);
    }
}

/* Counted where it goes to, so that the next one goes elsewhere. */
static void hand_over(pt__http_loop *from, int connection) {
    pt__http_loop *to = least_busy(from->server);
    if (to != from) {
        pthread_mutex_lock(&to->mutex);
        bool fits = to->handed_count < PT__HTTP_HANDED_MAX;
        if (fits) {
            atomic_fetch_add(&to->connections, 1);
            to->handed[to->handed_count++] = connection;
        }
        pthread_mutex_unlock(&to->mutex);
        if (fits) {
            pt__http_loop_wake(to);
            return;
        }
    }
    atomic_fetch_add(&from->connections, 1);
    add(from, connection);
}

static void take_handed(pt__http_loop *loop) {
    int handed[PT__HTTP_HANDED_MAX];
    pthread_mutex_lock(&loop->mutex);
    size_t count = loop->handed_count;
    for (size_t i = 0; i < count; i++) {
        handed[i] = loop->handed[i];
    }
    loop->handed_count = 0;
    pthread_mutex_unlock(&loop->mutex);
    for (size_t i = 0; i < count; i++) {
        add(loop, handed[i]);
    }
}

bool pt__http_is_full(pt_server *server) {
    size_t connections = 0;
    for (unsigned i = 0; i < server->loop_count; i++) {
        connections += atomic_load(&server->loops[i].connections);
    }
    return connections >= server->connections_max;
}

static bool watch(pt__http_loop *loop, int file, uint64_t place) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = place};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, file, &event) == 0;
}

/* Begins or ends to look for connections. Those that wait meanwhile do so at the socket. */
static void set_accepting(pt__http_loop *loop, bool accepting) {
    if (accepting && !loop->accepting) {
        loop->accepting = watch(loop, loop->server->socket, AT_SOCKET);
    } else if (!accepting && loop->accepting) {
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->server->socket, NULL);
        loop->accepting = false;
    }
}

static void accept_some(pt__http_loop *loop) {
    for (int i = 0; i < ACCEPT_MAX && !pt__http_is_full(loop->server); i++) {
        int connection = accept4(loop->server->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (connection >= 0) {
            hand_over(loop, connection);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            /* Without files or memory the socket would stay ready, and the loop would spin. */
            if (errno != EAGAIN && errno != EWOULDBLOCK) {
                set_accepting(loop, false);
            }
            return;
        }
    }
    if (pt__http_is_full(loop->server)) {
        set_accepting(loop, false);
    }
}

/* ---- resuming ---- */

void pt__http_loop_resume(pt__http_loop *loop, pt__http_request *request) {
    pthread_mutex_lock(&loop->mutex);
    bool first = loop->answered == NULL;
    request->next = loop->answered;
    loop->answered = request;
    /* Once for all that are answered by one commit. With the mutex held, so that the loop is there:
     * it does not end before it has seen the request. */
    if (first) {
        pt__http_loop_wake(loop);
    }
    pthread_mutex_unlock(&loop->mutex);
}

static void resume_answered(pt__http_loop *loop) {
    pthread_mutex_lock(&loop->mutex);
    pt__http_request *request = loop->answered;
    loop->answered = NULL;
    pthread_mutex_unlock(&loop->mutex);
    while (request != NULL) {
        pt__http_request *next = request->next;
        MHD_resume_connection(request->connection);
        atomic_fetch_sub(&loop->running, 1);
        request = next;
    }
}

/* ---- the thread ---- */

static int timeout_ms(const pt__http_loop *loop) {
    MHD_UNSIGNED_LONG_LONG wanted = INT_MAX;
    bool limited = MHD_get_timeout(loop->daemon, &wanted) == MHD_YES;
    bool paused = !loop->accepting && !atomic_load(&loop->server->stopping);
    if (paused && wanted > PAUSE_MS) {
        return PAUSE_MS;
    }
    if (loop->peers != NULL && wanted > LOOK_MS) {
        return LOOK_MS;
    }
    return !limited ? -1 : wanted > INT_MAX ? INT_MAX : (int)wanted;
}

static void tell_time(pt__http_loop *loop) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    loop->now_ms = (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void look_after_peers(pt__http_loop *loop) {
    if (loop->now_ms - loop->looked_ms >= LOOK_MS) {
        loop->looked_ms = loop->now_ms;
        pt__http_peers_look(loop);
    }
}

static void take_event(pt__http_loop *loop, const struct epoll_event *event, bool stopping) {
    uint64_t times;
    if (event->data.u64 == AT_SOCKET) {
        if (!stopping) {
            accept_some(loop);
        }
    } else if (event->data.u64 == AT_WAKE) {
        ssize_t bytes = read(loop->wake, &times, sizeof times);
        (void)bytes;
        take_handed(loop);
        resume_answered(loop);
    } else if (event->data.u64 >= PLACES) {
        pt__http_peer *peer = event->data.ptr;
        peer->gone_ms = peer->gone ? peer->gone_ms : loop->now_ms;
        peer->gone = true;
    }
}

static void *run(void *ctx) {
    pt__http_loop *loop = ctx;
    struct epoll_event events[EVENTS_MAX];
    while (!atomic_load(&loop->server->ending)) {
        int count = epoll_wait(loop->epoll, events, EVENTS_MAX, timeout_ms(loop));
        tell_time(loop);
        bool stopping = atomic_load(&loop->server->stopping);
        set_accepting(loop, !stopping && !pt__http_is_full(loop->server));
        for (int i = 0; i < count; i++) {
            take_event(loop, &events[i], stopping);
        }
        (void)MHD_run(loop->daemon);
        look_after_peers(loop);
    }
    return NULL;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code) {
    pt__http_loop *loop = cls;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        pt__http_peer_remove(loop, *context);
        atomic_fetch_sub(&loop->connections, 1);
    } else {
        (void)pt__http_peer_add(loop, connection, context);
        pt__metrics_connected(&loop->metrics);
        loop->begun = true;
    }
}

static int daemon_epoll(const pt__http_loop *loop) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info == NULL ? -1 : info->epoll_fd;
}

/* Signatures are over the URL as it was sent. */
static size_t leave_encoded(void *cls, struct MHD_Connection *connection, char *text) {
    (void)cls, (void)connection;
    return strlen(text);
}

/* libmicrohttpd takes items without their const. */
static void *untouched(const char *text) {
    return (void *)(uintptr_t)text;
}

static struct MHD_Daemon *start_daemon(pt__http_loop *loop, unsigned idle_timeout_s) {
    const pt_server *server = loop->server;
    bool tls = server->tls_certificate != NULL;
    struct MHD_OptionItem tls_items[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, untouched(server->tls_certificate)},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, untouched(server->tls_key)},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, untouched("NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2")},
        {MHD_OPTION_END, 0, NULL},
    };
    /* Its own limit is never met: connections are counted here. */
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET |
            (tls ? MHD_USE_TLS : 0),
        0, NULL, NULL, pt__http_handle, loop, MHD_OPTION_NOTIFY_COMPLETED, pt__http_completed, loop,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, loop, MHD_OPTION_CONNECTION_LIMIT,
        server->connections_max + PT__HTTP_HANDED_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        idle_timeout_s, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_ARRAY,
        tls ? tls_items : &tls_items[3], MHD_OPTION_END);
}

int pt__http_loop_start(pt__http_loop *loop, pt_server *server, unsigned idle_timeout_s) {
    loop->server = server;
    loop->idle_ms = (int64_t)idle_timeout_s * 1000;
    tell_time(loop);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (loop->epoll < 0 || loop->wake < 0) {
        return errno;
    }
    loop->daemon = start_daemon(loop, idle_timeout_s + IDLE_MORE_S);
    if (loop->daemon == NULL) {
        return ENOMEM;
    }
    if (!watch(loop, daemon_epoll(loop), AT_DAEMON) || !watch(loop, loop->wake, AT_WAKE)) {
        return errno;
    }
    set_accepting(loop, true);
    int rc = pthread_create(&loop->thread, NULL, run, loop);
    loop->started = rc == 0;
    return rc;
}

void pt__http_loop_stop(pt__http_loop *loop) {
    if (loop->started) {
        pt__http_loop_wake(loop);
        pthread_join(loop->thread, NULL);
    }
    if (loop->daemon != NULL) {
        MHD_stop_daemon(loop->daemon);
    }
    for (size_t i = 0; i < loop->handed_count; i++) {
        close(loop->handed[i]);
    }
    if (loop->epoll >= 0) {
        close(loop->epoll);
    }
    if (loop->wake >= 0) {
        close(loop->wake);
    }
    pt__deflater_clean_up(&loop->deflater);
}
