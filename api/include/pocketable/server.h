/*
 * A pocketable database over HTTP, as DynamoDB's SDKs expect it: POST / with X-Amz-Target, AWS JSON
 * 1.0. Asks libmicrohttpd for the protocol.
 */
#ifndef POCKETABLE_SERVER_H
#define POCKETABLE_SERVER_H

#include <pocketable.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pt_server pt_server;

typedef struct pt_server_options {
    const char *address;      /* NULL: 127.0.0.1 */
    uint16_t port;            /* 0: a free one */
    unsigned threads;         /* that serve connections; 0: one for each processor, at most 4 */
    unsigned connections_max; /* 0: 10,000 */
    unsigned idle_timeout_s;  /* of a connection; 0: 60 */
} pt_server_options;

/*
 * Starts to serve on threads of its own, and returns when the port is open. The caller keeps
 * database open until pt_server_stop, best opened with upkeep_elsewhere: the server does pt_upkeep.
 * options may be NULL. Errors: INVALID_ARGUMENT, IO (os_error: EADDRINUSE, EACCES, ...),
 * OUT_OF_MEMORY.
 */
PTE_API PTE_CHECKED pte_status pt_server_start(pt_server **server, pt_database *database,
                                               const pt_server_options *options, pte_error *error);

/* The port it listens on. */
PTE_API uint16_t pt_server_port(const pt_server *server);

/* Takes no more requests, answers those under way, ends the threads. NULL is allowed. */
PTE_API void pt_server_stop(pt_server *server);

#ifdef __cplusplus
}
#endif
#endif
