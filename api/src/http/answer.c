/*
 * Answers: their headers and those bodies that are made here and not by the database. Calls
 * libmicrohttpd and zlib's crc32.
 */
#include "http/http.h"

#include <stdio.h>
#include <strings.h>
#include <zlib.h>

/* How AWS names the two kinds of JSON that it takes; answers carry the request's. */
static const char *const amz_json = "application/x-amz-json-1.0";
static const char *const json = "application/json";

static const char *header_of(struct MHD_Connection *connection, const char *name) {
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

const char *pt__http_content_type(struct MHD_Connection *connection) {
    const char *asked = header_of(connection, MHD_HTTP_HEADER_CONTENT_TYPE);
    size_t len = strlen(json);
    bool plain = asked != NULL && strncasecmp(asked, json, len) == 0 &&
                 (asked[len] == '\0' || asked[len] == ';' || asked[len] == ' ');
    return plain ? json : amz_json;
}

/* What every answer has. False: no memory. */
static bool add_headers(struct MHD_Response *response, pt__http_request *request,
                        const pt__http_answer *answer) {
    char id[PT__HTTP_ID_CHARACTERS + 1], crc[16];
    pt__http_request_id(request, id);
    snprintf(crc, sizeof crc, "%lu", crc32_z(0, answer->body.data, answer->body.len));
    bool ending = atomic_load_explicit(&request->server->stopping, memory_order_relaxed);
    bool from_browser = header_of(request->connection, MHD_HTTP_HEADER_ORIGIN) != NULL;
    return MHD_add_response_header(response, MHD_HTTP_HEADER_SERVER, "Server") == MHD_YES &&
           (answer->content_type == NULL ||
            MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type) ==
                MHD_YES) &&
           MHD_add_response_header(response, "x-amzn-RequestId", id) == MHD_YES &&
           MHD_add_response_header(response, "x-amz-crc32", crc) == MHD_YES &&
           (!from_browser ||
            MHD_add_response_header(response, "Access-Control-Allow-Origin", "*") == MHD_YES) &&
           (!ending ||
            MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES);
}

static struct MHD_Response *create_response(pt__http_request *request,
                                            const pt__http_answer *answer) {
    /* libmicrohttpd does not change it. */
    void *body = (void *)(uintptr_t)(answer->body.len == 0 ? "" : (const char *)answer->body.data);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer->body.len, body, MHD_RESPMEM_PERSISTENT);
    if (response == NULL) {
        return NULL;
    }
    if (MHD_set_response_options(response, MHD_RF_SEND_KEEP_ALIVE_HEADER, MHD_RO_END) != MHD_YES ||
        !add_headers(response, request, answer)) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

static enum MHD_Result queue(pt__http_request *request, struct MHD_Response *response, int status) {
    if (response == NULL) {
        return MHD_NO;
    }
    enum MHD_Result queued = MHD_queue_response(request->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result pt__http_send(pt__http_request *request, pt__http_answer answer) {
    return queue(request, create_response(request, &answer), answer.status);
}

/* Writes a text as the inside of a JSON string, cut off where the buffer ends; what is no ASCII
 * becomes '?'. */
static void escape(char *to, size_t size, const char *text) {
    size_t at = 0;
    for (; *text != '\0' && at + 3 <= size; text++) {
        bool plain = *text >= 0x20 && *text < 0x7F;
        if (*text == '"' || *text == '\\') {
            to[at++] = '\\';
        }
        to[at++] = plain ? *text : '?';
    }
    to[at] = '\0';
}

enum MHD_Result pt__http_send_error(pt__http_request *request, int status, const char *type,
                                    const char *message) {
    char escaped[512];
    escape(escaped, sizeof escaped, message);
    /* Types are short: it has room. */
    snprintf(request->note, sizeof request->note, "{\"__type\":\"%s\",\"message\":\"%s\"}", type,
             escaped);
    return pt__http_send(request, (pt__http_answer){
                                      .status = status,
                                      .content_type = pt__http_content_type(request->connection),
                                      .body = pte_str(request->note),
                                  });
}

enum MHD_Result pt__http_send_no_call(pt__http_request *request) {
    return pt__http_send(request, (pt__http_answer){
                                      .status = MHD_HTTP_NOT_FOUND,
                                      .body = pte_str("<UnknownOperationException/>\n"),
                                  });
}

static bool add_preflight_headers(struct MHD_Response *response,
                                  struct MHD_Connection *connection) {
    const char *headers = header_of(connection, "Access-Control-Request-Headers");
    const char *method = header_of(connection, "Access-Control-Request-Method");
    return (headers == NULL || MHD_add_response_header(response, "Access-Control-Allow-Headers",
                                                       headers) == MHD_YES) &&
           (method == NULL ||
            MHD_add_response_header(response, "Access-Control-Allow-Methods", method) == MHD_YES) &&
           MHD_add_response_header(response, "Access-Control-Max-Age", "172800") == MHD_YES;
}

enum MHD_Result pt__http_send_preflight(pt__http_request *request) {
    pt__http_answer answer = {.status = MHD_HTTP_OK};
    struct MHD_Response *response = create_response(request, &answer);
    if (response != NULL && !add_preflight_headers(response, request->connection)) {
        MHD_destroy_response(response);
        return MHD_NO;
    }
    return queue(request, response, answer.status);
}
