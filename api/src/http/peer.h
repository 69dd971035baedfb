/*
 * What a loop knows of each of its connections beside libmicrohttpd: what it is at since when. Once
 * a second the loop looks for those that take too long, and for those whose client has gone.
 *
 * libmicrohttpd's own limit is on silence alone, so a byte a minute keeps a connection for ever;
 * and it reads on an edge of epoll's, so that it misses the end of a client that closes right
 * behind half a request.
 */
#ifndef PT_HTTP_PEER_H
#define PT_HTTP_PEER_H

#include <pocketable/engine/status.h>

struct pt__http_loop;

typedef enum pt__http_doing {
    PT__PEER_WAITING = 0, /* for the head of a request, of which some may be there */
    PT__PEER_RECEIVING,   /* a body */
    PT__PEER_WORKING,
    PT__PEER_SENDING,
} pt__http_doing;

typedef struct pt__http_peer {
    struct pt__http_peer *next, *previous; /* of the loop */
    void *connection;                      /* libmicrohttpd's */
    int socket;
    pt__http_doing doing;
    bool gone; /* the client sends nothing more */
    int64_t since_ms;
    int64_t gone_ms;
    size_t bytes; /* of the body so far, or of the answer */
} pt__http_peer;

/* Begins to know a connection; false without memory: it will be known by nobody, and served. */
bool pt__http_peer_add(struct pt__http_loop *loop, void *connection, void **context);
/* Forgets it. NULL is allowed. */
void pt__http_peer_remove(struct pt__http_loop *loop, pt__http_peer *peer);
/* Says what it is at from now on. NULL is allowed. */
void pt__http_peer_is(const struct pt__http_loop *loop, pt__http_peer *peer, pt__http_doing doing,
                      size_t bytes);
/* Ends those that are to be ended. */
void pt__http_peers_look(struct pt__http_loop *loop);

#endif
