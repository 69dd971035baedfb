/*
 * The server's own shapes. A few loops each serve their connections alone, with libmicrohttpd, and
 * with requests of their own: what one thread has used the other does not have to fetch from its
 * processor. What they share is in pt_server.
 *
 * A request is taken from its loop's pool when its headers are there and given back when its answer
 * has been sent; a connection between two requests holds nothing of ours.
 *
 * A read is answered on its connection's thread. A write that pt_exchange_start has queued suspends
 * its connection, the committer runs the queue, and each request's done has its loop resume the
 * connection; so no thread waits for a disk but the committer. Changes of tables, which are rare,
 * are committed on the connection's thread.
 */
#ifndef PT_HTTP_HTTP_H
#define PT_HTTP_HTTP_H

#include "http/access_log.h"
#include "http/compression.h"
#include "http/host.h"
#include "http/metrics.h"
#include "http/peer.h"
#include "http/recording.h"
#include "http/sigv4.h"
#include "http/worker.h"

#include <pocketable/server.h>

#include <microhttpd.h>
#include <stdatomic.h>

enum {
    /* AWS's limit of a request's body.
     * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
    PT__HTTP_BODY_BYTES_MAX = 16 * 1024 * 1024,
    /* A longer body is read to its end before it is refused, so that a client that sends first and
     * reads then sees the refusal; one longer than this is cut off. */
    PT__HTTP_DISCARD_BYTES_MAX = 4 * PT__HTTP_BODY_BYTES_MAX,
    /* What a request keeps for the next one. */
    PT__HTTP_BODY_BYTES_KEPT = 64 * 1024,
    /* Requests that wait in a loop's pool to be used again. */
    PT__HTTP_IDLE_MAX = 256,
    PT__HTTP_ID_CHARACTERS = 52,
    /* A request's line and headers; more than fits libmicrohttpd's memory of a connection, about
     * twice as much, it refuses itself with 431. The service: ScyllaDB Alternator's tests,
     * test_manual_requests.py. */
    PT__HTTP_HEAD_BYTES_MAX = 16 * 1024,
    /* Answers beyond this are packed if the client takes that. Alternator's tests,
     * test_compressed_response.py. */
    PT__HTTP_PACK_BYTES_MIN = 4096,
    /* Connections on their way from one loop to another. */
    PT__HTTP_HANDED_MAX = 64,
};

/* The bodies of all requests together, beyond what each may keep anyway; more is refused. */
#define PT__HTTP_BODIES_BYTES_MAX ((size_t)1024 * 1024 * 1024)

/* Where a request to the database stands. */
typedef enum pt__http_stage {
    PT__HTTP_RECEIVING = 0,
    PT__HTTP_STARTED,   /* queued; the connection is not suspended yet */
    PT__HTTP_SUSPENDED, /* queued; whoever answers it has the loop resume the connection */
    PT__HTTP_ANSWERED,
} pt__http_stage;

/* Why the body is not kept. */
typedef enum pt__http_body_state {
    PT__HTTP_BODY_FINE = 0,
    PT__HTTP_BODY_TOO_LARGE,
    PT__HTTP_BODY_NO_MEMORY,
    PT__HTTP_BODY_MISCODED, /* its Content-Encoding is unknown, or it is not of it */
} pt__http_body_state;

typedef struct pt__http_loop pt__http_loop;

/* Headers that are looked at in each request, each NULL if it is not there; views of it. */
typedef struct pt__http_head {
    const char *host, *origin, *content_length, *content_encoding, *transfer_encoding;
    bool contradicts; /* one of those is there with two values */
    const char *accept_encoding, *authorization, *content_type, *expect, *target; /* the first */
} pt__http_head;

typedef struct pt__http_request {
    pt_server *server;
    pt__http_loop *loop; /* its connection's */
    pt_exchange *exchange;
    struct MHD_Connection *connection;
    pt__http_head head;
    pt__http_peer *peer; /* its connection's; NULL: not known */
    _Atomic int stage;   /* pt__http_stage */
    bool kicks_upkeep;   /* its operation leaves work to pt_upkeep */

    uint8_t *body;
    size_t body_bytes;
    size_t body_capacity;
    size_t body_received; /* with what was not kept */
    pt__http_body_state body_state;
    pt__inflater *inflater; /* NULL: the body is not packed */

    pte_bytes operation, region; /* as asked for; view the headers */
    uint64_t whole_ns;           /* when its last byte had come, on the monotonic clock */

    uint64_t random[4];            /* xoshiro256++, for request ids */
    char note[768];                /* the body of an answer that is made here */
    char credential[512];          /* out of the URL */
    pt__sigv4_signer signer;       /* set where signatures are verified */
    struct hash_hd_st *hash;       /* GnuTLS's, of a coded body as it comes; NULL: none yet */
    struct pt__http_request *next; /* in the pool, or among the loop's answered ones */
} pt__http_request;

/* One thread and its connections. Starts as zeros but for the mutex and both files, -1. */
struct pt__http_loop {
    pt_server *server;
    struct MHD_Daemon *daemon;
    int epoll; /* over the daemon's own, the server's socket and wake */
    int wake;  /* an eventfd */
    bool accepting;
    bool begun; /* the daemon has told of the start of the connection that is being added */
    bool started;
    pthread_t thread;
    _Atomic size_t connections; /* with those that are handed to it */

    pt__http_peer *peers;
    int64_t now_ms;    /* of this turn, on the monotonic clock */
    int64_t looked_ms; /* when it looked after its peers */
    int64_t idle_ms;   /* how long a connection may be idle */
    pt__deflater deflater;
    pt__metrics metrics;
    pt__http_request *idle; /* the pool */
    size_t idle_count;
    _Atomic size_t under_way; /* requests taken from it; changed by the thread, read by who stops */
    _Atomic size_t running;   /* requests that the database has, and their resuming; likewise */

    pthread_mutex_t mutex; /* guards what follows */
    int handed[PT__HTTP_HANDED_MAX];
    size_t handed_count;
    pt__http_request *answered; /* their connections are to be resumed */
};

struct pt_server {
    pt_database *database;
    pt__http_loop *loops; /* mapped */
    size_t loops_bytes;
    unsigned loop_count;
    unsigned connections_max;
    int socket;
    uint16_t port;
    /*
     * A commit waits for no disk: whoever queues a write runs the queue. Measured with 64
     * connections and two threads, against the committer: half the processor's time a write in
     * memory, twice the writes without fdatasync; with it, a tenth of the writes.
     */
    bool commits_inline;

    pt_server_credential *credentials; /* NULL: signatures are not looked at */
    size_t credential_count;
    int64_t (*now_ms)(void *ctx);
    void *now_ctx;
    const char *tls_certificate; /* views the options while the server starts; NULL: no TLS */
    const char *tls_key;
    pt_server_namespaces namespaces;
    bool like_dynamodb_local;
    pt__host_rules rules;    /* with copies of the options' texts */
    char *texts[2];          /* of rules */
    pt__line_log *log;       /* NULL: none */
    pt__line_log *recording; /* NULL: none */
    uint64_t recording_ns;   /* when it began, on the monotonic clock */

    pt__worker committer; /* not started where commits are inline */
    pt__worker upkeep;

    _Atomic bool stopping;       /* every answer ends its connection */
    _Atomic bool refusing;       /* nothing more is given to the database */
    _Atomic bool ending;         /* the loops end */
    _Atomic size_t bodies_bytes; /* counted against PT__HTTP_BODIES_BYTES_MAX */
};

/* ---- request.c: the pool and the bodies ---- */

/* Takes a request from the loop's pool or makes one; NULL without memory. The loop's thread. */
pt__http_request *pt__http_request_take(pt__http_loop *loop);
/* Gives it back. NULL is allowed. The loop's thread, or who ends the loop after it. */
void pt__http_request_give_back(pt__http_request *request);
/* Frees those that wait in the pool of a loop that has ended. */
void pt__http_requests_free(pt__http_loop *loop);

/* The body that will come is packed so. */
void pt__http_body_is(pt__http_request *request, pt__coding coding);

/* All of the body has come. */
void pt__http_body_end(pt__http_request *request);

/* Appends to the body, or says in body_state why it was not. */
void pt__http_body_append(pt__http_request *request, const char *data, size_t bytes);

/* Writes a new request id: characters of [0-9A-V], as AWS's, and a zero. */
void pt__http_request_id(pt__http_request *request, char id[PT__HTTP_ID_CHARACTERS + 1]);

/* ---- answer.c ---- */

typedef struct pt__http_answer {
    int status;
    const char *content_type; /* NULL: none is said */
    pte_bytes body;           /* stays until the request is given back */
    void *owned;              /* the body's memory, from malloc, which is taken; or NULL */
} pt__http_answer;

/* Sends the answer. MHD_NO: the connection ends. */
enum MHD_Result pt__http_send(pt__http_request *request, pt__http_answer answer);

/* Sends an error made here in AWS's form. */
enum MHD_Result pt__http_send_error(pt__http_request *request, int status, const char *type,
                                    const char *message);

/* Sends what AWS says to what is no call of the API: 404 and a line of XML. */
enum MHD_Result pt__http_send_no_call(pt__http_request *request);

/* The answer to a preflight request of a browser. */
enum MHD_Result pt__http_send_preflight(pt__http_request *request);

/* What answers to this request are labelled as. */
const char *pt__http_content_type(const pt__http_request *request);

/* ---- secrets.c ---- */

/* Checks what the options say of credentials, TLS and namespaces, and takes it over; clean up in
 * any case. Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. */
PTE_CHECKED pte_status pt__http_secrets_init(pt_server *server, const pt_server_options *options,
                                             pte_error *error);
/* Wipes the copies. */
void pt__http_secrets_clean_up(pt_server *server);

/* ---- tls.c ---- */

/* Errors: INVALID_ARGUMENT: no certificate, no key, an encrypted key, a key of another one;
 * OUT_OF_MEMORY. */
PTE_CHECKED pte_status pt__http_tls_check(const char *certificate, const char *key,
                                          pte_error *error);

/* ---- auth.c: who asks ---- */

/* What the URL says in X-Amz-Credential, decoded into the request; NULL: nothing. */
const char *pt__http_url_credential(pt__http_request *request);

/* True with *sent, an answer, if the request must be signed and is not. url: as it was sent. */
bool pt__http_refuse_unsigned(pt__http_request *request, const char *method, const char *url,
                              enum MHD_Result *sent);

/* Takes bytes of a coded body, which is signed as it is sent; false: no memory. */
bool pt__http_hash_sent(pt__http_request *request, const char *data, size_t bytes);
/* Forgets them. */
void pt__http_hash_end(pt__http_request *request);

/* Puts the namespace of a region and an access key into asked; true with *sent if it has none. */
bool pt__http_refuse_namespace(pt__http_request *request, pt_request *asked, pte_bytes region,
                               pte_bytes key_id, enum MHD_Result *sent);
/* ---- cors.c: pages of browsers, and who may ask at all ---- */

/* Adds what a browser wants to see in every answer. False: no memory. */
bool pt__http_add_cors_headers(struct MHD_Response *response, const pt__http_request *request);

/* Adds what an answer to a preflight request has. False: no memory. */
bool pt__http_add_preflight_headers(struct MHD_Response *response, const pt__http_request *request);

/* Refuses a request by its Host or Origin: true with *sent. */
bool pt__http_refuse_stranger(pt__http_request *request, enum MHD_Result *sent);

/* ---- head.c ---- */

/* Reads request->head. Refuses a request whose head is too long, or does not say where the body
 * ends: true with *sent.
 */
bool pt__http_refuse_head(pt__http_request *request, enum MHD_Result *sent);

/* ---- account.c: what is told of requests ---- */

/* The request is there with all of its body. */
void pt__http_account_begin(pt__http_request *request);
/* Its answer begins to be sent. */
void pt__http_account_end(pt__http_request *request, const pt__http_answer *answer,
                          size_t bytes_out);
/* The answer to GET /metrics. */
enum MHD_Result pt__http_send_metrics(pt__http_request *request);

/* ---- loop.c ---- */

/* As many connections as there may be. Any thread. */
bool pt__http_is_full(pt_server *server);

/* Starts the thread; the server's socket is open. Returns an errno; stop it even then. */
int pt__http_loop_start(pt__http_loop *loop, pt_server *server, unsigned idle_timeout_s);
/* The loop looks at what has changed. Any thread. */
void pt__http_loop_wake(pt__http_loop *loop);
/* The request's suspended connection is resumed, and the request no longer running. Any thread. */
void pt__http_loop_resume(pt__http_loop *loop, pt__http_request *request);
/* Ends the thread (server->ending is set) and the connections. */
void pt__http_loop_stop(pt__http_loop *loop);

/* ---- handler.c: libmicrohttpd's callbacks; cls is the pt__http_loop ---- */

enum MHD_Result pt__http_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload_data,
                                size_t *upload_data_size, void **request);
void pt__http_completed(void *cls, struct MHD_Connection *connection, void **request,
                        enum MHD_RequestTerminationCode code);

#endif
