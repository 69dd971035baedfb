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
    unsigned idle_timeout_s;  /* of a connection; 0: 60. A request's head has to come within it; a
                                 body, and an answer, may take a second more for each 4,000 bytes */

    /*
     * Names that requests may give in Host beside localhost and addresses, with commas between, or
     * "*"; others are refused, so that a page on the web cannot reach the server by a name of its
     * own (DNS rebinding). NULL: none where address is this machine's alone, as 127.0.0.1 is; any
     * where it is not, as 0.0.0.0 in a container.
     */
    const char *allowed_hosts;
    /*
     * Origins ("https://app.example") whose pages may call from a browser beside those of localhost
     * and of allowed_hosts, with commas between, or "*"; NULL: no others.
     */
    const char *cors_origins;
    /* A file that gets a line of JSON for each request, "-" for the standard output; NULL: none. */
    const char *access_log;
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
