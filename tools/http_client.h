/*
 * A small blocking HTTP/1.1 client: one connection to this machine that is kept as long as the
 * server keeps it, one request at a time. It calls nothing but sockets.
 */
#ifndef TOOL_HTTP_CLIENT_H
#define TOOL_HTTP_CLIENT_H

#include <pocketable/engine/status.h>

/* One thread at a time. */
typedef struct http_client http_client;

/* Connects to 127.0.0.1. The caller destroys *client. Errors: IO (os_error), OUT_OF_MEMORY. */
PTE_CHECKED pte_status http_client_new(http_client **client, uint16_t port, pte_error *error);
/* NULL is allowed. */
void http_client_destroy(http_client *client);

typedef struct http_post {
    const char *headers; /* each with \r\n at its end; Host and Content-Length are added */
    pte_bytes body;
} http_post;

typedef struct http_answer {
    int status;
    pte_bytes body; /* a zero stands behind it */
} http_answer;

/*
 * Posts to "/" and waits for the answer, ten seconds for each part of it. The answer's body is as
 * long as its Content-Length, or comes in chunks, or ends with the connection (RFC 9112, 6.3); in
 * the last case, and where the server says "Connection: close", the next request connects anew. The
 * answer views the client until its next request. After a failure the client is of no more use.
 * Errors: IO (the connection failed, was closed, or nothing came in time), CORRUPT (not HTTP/1.1 as
 * the RFC has it, or a body of more than 32 MB), OUT_OF_MEMORY (also: a request of more than that).
 */
PTE_CHECKED pte_status http_client_post(http_answer *answer, http_client *client,
                                        const http_post *post, pte_error *error);

#endif
