/*
 * From a request of HTTP's to a call of the database and back: libmicrohttpd's callbacks. They run
 * on the thread that serves the connection, done on the one that has committed.
 */
#include "http/http.h"

#include "http/operations.h"
#include "http/region.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ---- what is asked ---- */

/*
 * The operation that X-Amz-Target names, NULL if the service has none of this name. *name: as asked
 * for, or empty, which no operation has for a name. Those on streams are of a service of their own,
 * and known under its name only.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 */
static const pt__http_operation *operation_of(pte_bytes *name, const pt__http_request *request) {
    static const char *const services[] = {"DynamoDB_20120810.", "DynamoDBStreams_20120810."};
    const char *target = request->head.target;
    *name = pte_str("");
    for (size_t i = 0; target != NULL && i < sizeof services / sizeof services[0]; i++) {
        size_t len = strlen(services[i]);
        if (strncmp(target, services[i], len) != 0) {
            continue;
        }
        const pt__http_operation *operation = pt__http_operation_find(pte_str(target + len));
        bool of_streams = operation != NULL && operation->of_streams;
        if (of_streams == (i == 1)) {
            *name = pte_str(target + len);
            return operation;
        }
    }
    return NULL;
}

/* A body must be one of the two kinds of JSON; parameters of the type are not looked at. */
static bool is_json(const pt__http_request *request) {
    static const char *const types[] = {"application/x-amz-json-1.0", "application/json"};
    const char *type = request->head.content_type;
    size_t len = type == NULL ? 0 : strcspn(type, "; \t");
    for (size_t i = 0; type != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (len == strlen(types[i]) && strncasecmp(type, types[i], len) == 0) {
            return true;
        }
    }
    return false;
}

/* The region asked for, and by whom, or an answer that says why there is none: true with *sent. */
static bool refuse_region(pt__http_request *request, pte_bytes *region, pte_bytes *key_id,
                          enum MHD_Result *sent) {
    /* Where signatures are verified, who has signed is who asks, whatever else is named. */
    bool verified = request->server->credentials != NULL;
    const char *authorization = verified ? NULL : request->head.authorization;
    const char *credential =
        verified ? request->signer.credential : pt__http_url_credential(request);
    const char *type = "com.amazon.coral.service#IncompleteSignatureException";
    char message[400];
    pte_bytes part;
    pt__region_found found = pt__region_of(region, &part, authorization, credential);
    int shown = (int)(part.len < 200 ? part.len : 200);
    const char *text = (const char *)part.data;
    switch (found) {
    case PT__REGION_FOUND:
        *key_id = part;
        return false;
    case PT__REGION_NO_CREDENTIAL:
        snprintf(message, sizeof message,
                 "Authorization header requires 'Credential' parameter. Authorization=%.200s",
                 authorization);
        break;
    case PT__REGION_MALFORMED:
        snprintf(message, sizeof message,
                 "Credential must have exactly 5 slash-delimited elements, e.g. "
                 "keyid/date/region/service/term, got '%.*s'",
                 shown, text);
        break;
    default:
        type = "com.amazon.coral.service#InvalidSignatureException";
        snprintf(message, sizeof message,
                 "Credential should be scoped to a valid region, not '%.*s'. ", shown, text);
        break;
    }
    *sent = pt__http_send_error(request, MHD_HTTP_BAD_REQUEST, type, message);
    return true;
}

/* ---- calls of the database ---- */

/* On the thread that has committed. */
static void done(void *ctx) {
    pt__http_request *request = ctx;
    pt__http_loop *loop = request->loop;
    /* From here on the connection's own thread may have the request and end it, unless it waits. */
    if (atomic_exchange(&request->stage, PT__HTTP_ANSWERED) == PT__HTTP_SUSPENDED) {
        pt__http_loop_resume(loop, request);
    }
}

static enum MHD_Result send_reply(pt__http_request *request) {
    pt_reply reply = pt_exchange_reply(request->exchange);
    if (request->kicks_upkeep) {
        pt__worker_kick(&request->server->upkeep);
    }
    return pt__http_send(request, (pt__http_answer){
                                      .status = reply.status,
                                      .content_type = pt__http_content_type(request),
                                      .body = reply.body,
                                  });
}

/* Has the queue run, and suspends the connection unless the answer is there already. */
static enum MHD_Result wait_for_commit(pt__http_request *request) {
    pt_server *server = request->server;
    if (server->commits_inline) {
        pt_run_queued(server->database);
    } else {
        pt__worker_kick(&server->committer);
    }
    int started = PT__HTTP_STARTED;
    if (!atomic_compare_exchange_strong(&request->stage, &started, PT__HTTP_SUSPENDED)) {
        atomic_fetch_sub(&request->loop->running, 1);
        return send_reply(request);
    }
    /* It is resumed by this thread only, later. */
    MHD_suspend_connection(request->connection);
    return MHD_YES;
}

static enum MHD_Result call(pt__http_request *request, const char *method, const char *url) {
    pt_server *server = request->server;
    enum MHD_Result sent;
    pte_bytes region, key_id;
    pt_request asked = {.body = pte_view(request->body, request->body_bytes)};
    const pt__http_operation *operation = operation_of(&asked.operation, request);
    if (pt__http_refuse_unsigned(request, method, url, &sent) ||
        refuse_region(request, &region, &key_id, &sent) ||
        pt__http_refuse_namespace(request, &asked, region, key_id, &sent)) {
        return sent;
    }
    request->operation = asked.operation;
    request->region = asked.region;
    request->kicks_upkeep = operation != NULL && operation->leaves_upkeep;
    /* Counted first and asked then, so that pt_server_stop sees it or it sees pt_server_stop. */
    atomic_fetch_add(&request->loop->running, 1);
    if (atomic_load(&server->refusing)) {
        atomic_fetch_sub(&request->loop->running, 1);
        return MHD_NO;
    }
    atomic_store(&request->stage, PT__HTTP_STARTED);
    if (!pt_exchange_start(request->exchange, &asked, done, request)) {
        return wait_for_commit(request);
    }
    atomic_fetch_sub(&request->loop->running, 1);
    return send_reply(request);
}

/* ---- all else ---- */

/*
 * What AWS answers to a look at its health; the region is the one of the credentials.
 * https://docs.aws.amazon.com/general/latest/gr/ddb.html
 */
static enum MHD_Result send_health(pt__http_request *request) {
    pte_bytes region, part;
    const char *authorization = request->head.authorization;
    if (pt__region_of(&region, &part, authorization, NULL) != PT__REGION_FOUND || region.len == 0) {
        region = pte_str("us-east-1");
    }
    snprintf(request->note, sizeof request->note, "healthy: dynamodb.%.*s.amazonaws.com ",
             (int)region.len, (const char *)region.data);
    return pt__http_send(request,
                         (pt__http_answer){.status = MHD_HTTP_OK, .body = pte_str(request->note)});
}

static enum MHD_Result refuse_body(pt__http_request *request) {
    pt__metrics_refused(&request->loop->metrics, PT__REFUSED_BODY);
    if (request->body_state == PT__HTTP_BODY_MISCODED) {
        /* So the service: ScyllaDB Alternator's tests, test_compressed_request.py; its words are
         * not known. */
        return pt__http_send_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR,
                                   "com.amazon.coral.service#InternalFailure",
                                   "The body is not of the encoding that Content-Encoding names");
    }
    if (request->body_state == PT__HTTP_BODY_TOO_LARGE) {
        return pt__http_send(request, (pt__http_answer){.status = MHD_HTTP_CONTENT_TOO_LARGE});
    }
    return pt__http_send_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR,
                               "com.amazonaws.dynamodb.v20120810#InternalServerError",
                               "The server has no memory for the request");
}

/* The request is there with all of its body. The path of a call does not matter to AWS. */
static enum MHD_Result route(pt__http_request *request, const char *method, const char *url) {
    enum MHD_Result sent;
    pt__http_account_begin(request);
    pt__http_body_end(request);
    if (pt__http_refuse_stranger(request, &sent)) {
        return sent;
    }
    if (request->body_state != PT__HTTP_BODY_FINE) {
        return refuse_body(request);
    }
    if (strcmp(method, MHD_HTTP_METHOD_POST) == 0) {
        return request->body_bytes == 0 || is_json(request) ? call(request, method, url)
                                                            : pt__http_send_no_call(request);
    }
    if (request->server->like_dynamodb_local && strcmp(method, MHD_HTTP_METHOD_OPTIONS) != 0) {
        return pt__http_send_error(request, MHD_HTTP_BAD_REQUEST,
                                   "com.amazonaws.dynamodb.v20120810#MissingAuthenticationToken",
                                   "Request must contain either a valid (registered) AWS access "
                                   "key ID or X.509 certificate.");
    }
    bool reads =
        strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
    if (reads && strcmp(url, "/") == 0) {
        return send_health(request);
    }
    if (reads && strcmp(url, "/metrics") == 0) {
        return pt__http_send_metrics(request);
    }
    if (strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0 && request->head.origin != NULL) {
        return pt__http_send_preflight(request);
    }
    return pt__http_send_no_call(request);
}

/* The headers are there. A body that will be too long is refused at once to a client that asks
 * first (Expect), and to any if it is far too long to be read. */
static enum MHD_Result begin(pt__http_request *request) {
    enum MHD_Result sent;
    if (pt__http_refuse_head(request, &sent)) {
        return sent;
    }
    const char *length = request->head.content_length;
    unsigned long long bytes = length == NULL ? 0 : strtoull(length, NULL, 10);
    bool asks = request->head.expect != NULL;
    if (bytes > PT__HTTP_DISCARD_BYTES_MAX || (asks && bytes > PT__HTTP_BODY_BYTES_MAX)) {
        request->body_state = PT__HTTP_BODY_TOO_LARGE;
        return refuse_body(request);
    }
    pt__http_body_is(request, pt__coding_of_body(request->head.content_encoding));
    pt__http_peer_is(request->loop, request->peer, PT__PEER_RECEIVING, 0);
    return MHD_YES;
}

enum MHD_Result pt__http_handle(void *cls, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload_data,
                                size_t *upload_data_size, void **request_place) {
    (void)version;
    pt__http_request *request = *request_place;
    if (request == NULL) {
        pt__http_loop *loop = cls;
        request = pt__http_request_take(loop);
        if (request == NULL) {
            return MHD_NO;
        }
        *request_place = request;
        request->connection = connection;
        request->peer =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
        return begin(request);
    }
    if (*upload_data_size != 0) {
        pt__http_body_append(request, upload_data, *upload_data_size);
        *upload_data_size = 0;
        if (request->peer != NULL) {
            request->peer->bytes = request->body_received;
        }
        return request->body_received > PT__HTTP_DISCARD_BYTES_MAX ? MHD_NO : MHD_YES;
    }
    return atomic_load(&request->stage) == PT__HTTP_ANSWERED ? send_reply(request)
                                                             : route(request, method, url);
}

void pt__http_completed(void *cls, struct MHD_Connection *connection, void **request_place,
                        enum MHD_RequestTerminationCode code) {
    (void)code;
    pt__http_peer_is(
        cls,
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context,
        PT__PEER_WAITING, 0);
    pt__http_request_give_back(*request_place);
    *request_place = NULL;
}
