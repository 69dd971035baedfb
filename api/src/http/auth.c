/*
 * Who asks: signatures, and the namespace that an access key and a region are. What is signed is
 * checked before anything of the body is read. (AWS reads JSON and the operation's name first, and
 * answers a stranger's bad ones as such.)
 */
#include "http/http.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdlib.h>

/* ---- coded bodies ---- */

bool pt__http_hash_sent(pt__http_request *request, const char *data, size_t bytes) {
    if (request->hash == NULL && gnutls_hash_init(&request->hash, GNUTLS_DIG_SHA256) < 0) {
        request->hash = NULL;
        return false;
    }
    return gnutls_hash(request->hash, data, bytes) == 0;
}

void pt__http_hash_end(pt__http_request *request) {
    if (request->hash != NULL) {
        gnutls_hash_deinit(request->hash, NULL);
        request->hash = NULL;
    }
}

/* ---- the request as the signature's checks take it ---- */

typedef struct collector {
    pt__sigv4_pair *pairs;
    size_t count;
    size_t room;
} collector;

static enum MHD_Result collect(void *cls, enum MHD_ValueKind kind, const char *name,
                               size_t name_len, const char *value, size_t value_len) {
    collector *to = cls;
    (void)kind;
    if (to->count == to->room) {
        return MHD_NO;
    }
    to->pairs[to->count++] = (pt__sigv4_pair){
        .name = pte_view(name, name_len),
        .value = value == NULL ? pte_str("") : pte_view(value, value_len),
    };
    return MHD_YES;
}

static size_t count_of(struct MHD_Connection *connection, enum MHD_ValueKind kind) {
    int count = MHD_get_connection_values_n(connection, kind, NULL, NULL);
    return count < 0 ? 0 : (size_t)count;
}

static pt__sigv4_verdict verify(pt__sigv4_refusal *refusal, pt__http_request *request,
                                const char *method, const char *url) {
    pt_server *server = request->server;
    struct MHD_Connection *connection = request->connection;
    collector headers = {.room = count_of(connection, MHD_HEADER_KIND)};
    collector query = {.room = count_of(connection, MHD_GET_ARGUMENT_KIND)};
    headers.pairs = calloc(headers.room + query.room + 1, sizeof *headers.pairs);
    if (headers.pairs == NULL) {
        return PT__SIGV4_NO_MEMORY;
    }
    query.pairs = headers.pairs + headers.room;
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, collect, &headers);
    (void)MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, collect, &query);
    uint8_t sent[PT__SHA256_BYTES];
    bool coded = request->hash != NULL;
    if (coded) {
        gnutls_hash_output(request->hash, sent);
    }
    const pt__sigv4_request signed_request = {
        .method = pte_str(method),
        .path = pte_str(url),
        .query = query.pairs,
        .query_count = query.count,
        .headers = headers.pairs,
        .header_count = headers.count,
        .body = pte_view(request->body, request->body_bytes),
        .sent_sha256 = coded ? sent : NULL,
    };
    pt__sigv4_verdict verdict =
        pt__sigv4_verify(refusal, &request->signer, &signed_request, server->credentials,
                         server->credential_count, server->now_ms(server->now_ctx));
    free(headers.pairs);
    return verdict;
}

bool pt__http_refuse_unsigned(pt__http_request *request, const char *method, const char *url,
                              enum MHD_Result *sent) {
    if (request->server->credentials == NULL) {
        return false;
    }
    pt__sigv4_refusal refusal;
    switch (verify(&refusal, request, method, url)) {
    case PT__SIGV4_GOOD:
        return false;
    case PT__SIGV4_REFUSED:
        /* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
         * has 400 for all of them. */
        *sent = pt__http_send_error(request, MHD_HTTP_BAD_REQUEST, refusal.type, refusal.message);
        return true;
    default:
        *sent = pt__http_send_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR,
                                    "com.amazonaws.dynamodb.v20120810#InternalServerError",
                                    "The server has no memory for the request");
        return true;
    }
}

/* ---- the namespace ---- */

const char *pt__http_url_credential(pt__http_request *request) {
    const char *raw =
        MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, "X-Amz-Credential");
    if (raw == NULL) {
        return NULL;
    }
    size_t room = sizeof request->credential - 1, len = strlen(raw);
    pte_bytes decoded =
        pt__sigv4_decode(request->credential, pte_view(raw, len < room ? len : room));
    request->credential[decoded.len] = '\0';
    return request->credential;
}

bool pt__http_refuse_namespace(pt__http_request *request, pt_request *asked, pte_bytes region,
                               pte_bytes key_id, enum MHD_Result *sent) {
    pt_server_namespaces namespaces = request->server->namespaces;
    asked->region = namespaces == PT_SERVER_SHARED ? (pte_bytes){NULL, 0} : region;
    if (namespaces != PT_SERVER_BY_ACCESS_KEY_REGION || key_id.len == 0) {
        return false;
    }
    asked->owner = key_id;
    if (pt_owner_is_valid(key_id, region.len == 0 ? pte_str("us-east-1") : region)) {
        return false;
    }
    /* What DynamoDB Local says of keys that it cannot name a file after. */
    *sent = pt__http_send_error(request, MHD_HTTP_BAD_REQUEST,
                                "com.amazonaws.dynamodb.v20120810#UnrecognizedClientException",
                                "The Access Key ID or security token is invalid.");
    return true;
}
