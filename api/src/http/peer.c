/* Limits of time for connections; see peer.h. Runs on the loop's thread only. */
#include "http/peer.h"

#include "http/http.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum {
    /* How slowly bodies and answers may go, beyond the time that a connection may be idle. */
    BYTES_PER_MS_LEAST = 4,
    /* How long one whose client has gone may still take to be noticed by libmicrohttpd. */
    GONE_MS = 1000,
    /* How long a connection may be idle while there is no room for new ones. */
    CROWDED_IDLE_MS = 5000,
    /* What the kernel's count of milliseconds may be off. */
    SLACK_MS = 500,
};

bool pt__http_peer_add(pt__http_loop *loop, void *connection, void **context) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    pt__http_peer *peer = info == NULL ? NULL : calloc(1, sizeof *peer);
    *context = peer;
    if (peer == NULL) {
        return false;
    }
    peer->connection = connection;
    peer->socket = info->connect_fd;
    peer->since_ms = loop->now_ms;
    peer->next = loop->peers;
    if (peer->next != NULL) {
        peer->next->previous = peer;
    }
    loop->peers = peer;
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.ptr = peer};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, peer->socket, &event) == 0;
}

void pt__http_peer_remove(pt__http_loop *loop, pt__http_peer *peer) {
    if (peer == NULL) {
        return;
    }
    if (peer->next != NULL) {
        peer->next->previous = peer->previous;
    }
    if (peer->previous != NULL) {
        peer->previous->next = peer->next;
    } else {
        loop->peers = peer->next;
    }
    /* The socket is still open here, and an event of it would come to nobody. */
    (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, peer->socket, NULL);
    free(peer);
}

void pt__http_peer_is(const pt__http_loop *loop, pt__http_peer *peer, pt__http_doing doing,
                      size_t bytes) {
    if (peer != NULL) {
        peer->doing = doing;
        peer->since_ms = loop->now_ms;
        peer->bytes = bytes;
    }
}

/* libmicrohttpd sees the end of its connection at once, and cleans up. */
static void end(const pt__http_peer *peer) {
    (void)shutdown(peer->socket, SHUT_RDWR);
}

/* Says why before the end. Nothing of an answer is on its way, and what the client sends is read by
 * nobody any more. No source is known for AWS's words. */
static void refuse(pt__http_loop *loop, const pt__http_peer *peer) {
    static const char body[] = "{\"__type\":\"com.amazon.coral.service#RequestTimeoutException\","
                               "\"message\":\"The request "
                               "did not arrive within the time that the server waits for one.\"}";
    char answer[512];
    if (MHD_get_connection_info(peer->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION) == NULL) {
        int len = snprintf(answer, sizeof answer,
                           "HTTP/1.1 408 Request Timeout\r\nServer: Server\r\nContent-Type: "
                           "application/x-amz-json-1.0\r\nContent-Length: %zu\r\nConnection: "
                           "close\r\n\r\n%s",
                           sizeof body - 1, body);
        (void)send(peer->socket, answer, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
    pt__metrics_refused(&loop->metrics, PT__REFUSED_SLOW);
    end(peer);
}

/* Whether some of a head has come since the connection began to wait for one. */
static bool has_begun(const pt__http_loop *loop, const pt__http_peer *peer) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    int64_t waited_ms = loop->now_ms - peer->since_ms;
    return getsockopt(peer->socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
           info.tcpi_last_data_recv + (int64_t)SLACK_MS < waited_ms;
}

/* The client has gone and all that it sent is with libmicrohttpd: nothing more will happen. */
static bool is_over(const pt__http_loop *loop, const pt__http_peer *peer) {
    int waiting = 0;
    return peer->gone && loop->now_ms - peer->gone_ms >= GONE_MS &&
           ioctl(peer->socket, FIONREAD, &waiting) == 0 && waiting == 0;
}

static void look_at(pt__http_loop *loop, const pt__http_peer *peer, bool crowded) {
    int64_t took_ms = loop->now_ms - peer->since_ms;
    int64_t allowed_ms = loop->idle_ms + (int64_t)(peer->bytes / BYTES_PER_MS_LEAST);
    switch (peer->doing) {
    case PT__PEER_WAITING:
        if (is_over(loop, peer) || (crowded && took_ms > CROWDED_IDLE_MS)) {
            end(peer);
        } else if (took_ms > allowed_ms && has_begun(loop, peer)) {
            refuse(loop, peer);
        } else if (took_ms > allowed_ms) {
            end(peer);
        }
        break;
    case PT__PEER_RECEIVING:
        if (is_over(loop, peer)) {
            end(peer);
        } else if (took_ms > allowed_ms) {
            refuse(loop, peer);
        }
        break;
    case PT__PEER_WORKING: /* it may be suspended, and is the database's to end */
        break;
    default:
        if (took_ms > allowed_ms) {
            end(peer);
        }
    }
}

void pt__http_peers_look(pt__http_loop *loop) {
    bool crowded = pt__http_is_full(loop->server);
    for (const pt__http_peer *peer = loop->peers; peer != NULL; peer = peer->next) {
        look_at(loop, peer, crowded);
    }
}
