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

/* Who may sign requests: zero-terminated texts, not empty; the first two up to
 * PT_SERVER_KEY_ID_BYTES_MAX and PT_SERVER_SECRET_BYTES_MAX long. */
typedef struct pt_server_credential {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token; /* NULL: none */
} pt_server_credential;

enum { PT_SERVER_KEY_ID_BYTES_MAX = 128, PT_SERVER_SECRET_BYTES_MAX = 256 };

/* Which requests see the same tables. */
typedef enum pt_server_namespaces {
    PT_SERVER_BY_REGION = 0,        /* those of a region, as within one account of AWS's */
    PT_SERVER_BY_ACCESS_KEY_REGION, /* those of an access key and a region */
    PT_SERVER_SHARED,               /* all, and all are of us-east-1 */
} pt_server_namespaces;

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
    /*
     * A file that every call is added to as a line of JSON, to be made again later: time, region,
     * operation and body, so that it has the items of writes in it. NULL: none.
     */
    const char *recording;
    /*
     * Told when the first of the recording's lines is lost, because its file does not keep up or
     * refuses them (stopped is false, lines: how many so far), and by pt_server_stop, if any were,
     * how many of all (stopped is true). By a thread of the server's or by pt_server_stop's, one at
     * a time; it must not stop the server. NULL: nobody is; GET /metrics says it, too.
     */
    void (*on_recording_lost)(void *ctx, uint64_t lines, bool stopped);
    void *recording_lost_ctx;

    /* Those whose signatures (AWS's version 4) are taken, all others' are refused; copied. NULL:
     * signatures are not looked at. One access key may stand with several secrets or tokens. */
    const pt_server_credential *credentials;
    size_t credential_count;
    /* Milliseconds since 1970, by which signatures expire; NULL: the system's. Any thread. */
    int64_t (*now_ms)(void *ctx);
    void *now_ctx;

    /* The server's certificate, with those that it is signed by behind it, and its private key, in
     * PEM: TLS 1.2 and 1.3. Both or neither; NULL: plain HTTP. */
    const char *tls_certificate;
    const char *tls_key;

    pt_server_namespaces namespaces;
    /* Whatever is no POST is answered with status 400 as DynamoDB Local does, which programs that
     * start it wait for. */
    bool like_dynamodb_local;
} pt_server_options;

/*
 * Starts to serve on threads of its own, and returns when the port is open. The caller keeps
 * database open until pt_server_stop, best opened with upkeep_elsewhere: the server does pt_upkeep.
 * options may be NULL. Errors: INVALID_ARGUMENT (also certificates and keys that do not go
 * together, named tls_certificate or tls_key), IO (os_error: EADDRINUSE, EACCES, ...),
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
