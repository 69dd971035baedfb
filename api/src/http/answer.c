/*
 * Answers: their headers and those bodies that are made here and not by the database. Calls
 * libmicrohttpd and zlib's crc32.
 */
#include "http/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

/* How AWS names the two kinds of JSON that it takes; answers carry the request's. */
static const char *const amz_json = "application/x-amz-json-1.0";
static const char *const json = "application/json";

const char *pt__http_content_type(const pt__http_request *request) {
    const char *asked = request->head.content_type;
    size_t len = strlen(json);
    bool plain = asked != NULL && strncasecmp(asked, json, len) == 0 &&
                 (asked[len] == '\0' || asked[len] == ';' || asked[len] == ' ');
    return plain ? json : amz_json;
}

/* In decimal, somewhere in room. Every answer has one, so not by printf. */
static const char *decimal(char room[16], unsigned long checksum) {
    char *at = room + 15;
    *at = '\0';
    do {
        *--at = (char)('0' + checksum % 10);
        checksum /= 10;
    } while (checksum != 0);
    return at;
}

/* What every answer has. False: no memory. */
static bool add_headers(struct MHD_Response *response, pt__http_request *request,
                        const pt__http_answer *answer, pt__coding coding) {
    char id[PT__HTTP_ID_CHARACTERS + 1], room[16];
    pt__http_request_id(request, id);
    const char *crc = decimal(room, crc32_z(0, answer->body.data, answer->body.len));
    bool ending = atomic_load_explicit(&request->server->stopping, memory_order_relaxed);
    return MHD_add_response_header(response, MHD_HTTP_HEADER_SERVER, "Server") == MHD_YES &&
           (answer->content_type == NULL ||
            MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type) ==
                MHD_YES) &&
           MHD_add_response_header(response, "x-amzn-RequestId", id) == MHD_YES &&
           MHD_add_response_header(response, "x-amz-crc32", crc) == MHD_YES &&
           pt__http_add_cors_headers(response, request) &&
           (coding == PT__CODING_NONE ||
            MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING,
                                    pt__coding_name(coding)) == MHD_YES) &&
           (!ending ||
            MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES);
}

/*
 * Packs a long body if the client likes that; what cannot be packed goes as it is. What the answer
 * owned before is still the caller's. The checksum is then of the packed bytes, which is what SDKs
 * check: aws-sdk-go-v2's service/dynamodb says so (internal/customizations/doc.go), and Java's SDKs
 * set calculateCRC32FromCompressedData.
 */
static pt__coding pack(pt__http_request *request, pt__http_answer *answer) {
    if (answer->body.len <= PT__HTTP_PACK_BYTES_MIN) {
        return PT__CODING_NONE;
    }
    pt__coding coding = pt__coding_to_answer(request->head.accept_encoding);
    if (coding == PT__CODING_NONE) {
        return PT__CODING_NONE;
    }
    pte_bytes packed = pt__deflate(&request->loop->deflater, coding, answer->body);
    if (packed.len == 0) {
        return PT__CODING_NONE;
    }
    answer->body = packed;
    answer->owned = (void *)(uintptr_t)packed.data;
    return coding;
}

/* Takes what the answer owns, even if there is no memory. */
static struct MHD_Response *create_response(pt__http_request *request,
                                            const pt__http_answer *answer, pt__coding coding) {
    /* libmicrohttpd does not change it. */
    void *body = (void *)(uintptr_t)(answer->body.len == 0 ? "" : (const char *)answer->body.data);
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->body.len, body,
        answer->owned != NULL ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (response == NULL) {
        free(answer->owned);
        return NULL;
    }
    if (MHD_set_response_options(response, MHD_RF_SEND_KEEP_ALIVE_HEADER, MHD_RO_END) != MHD_YES ||
        !add_headers(response, request, answer, coding)) {
        MHD_destroy_response(response);
        return NULL;
    }
    return response;
}

static enum MHD_Result queue(pt__http_request *request, struct MHD_Response *response,
                             const pt__http_answer *answer) {
    if (response == NULL) {
        return MHD_NO;
    }
    pt__http_peer_is(request->loop, request->peer, PT__PEER_SENDING, answer->body.len);
    enum MHD_Result queued =
        MHD_queue_response(request->connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result pt__http_send(pt__http_request *request, pt__http_answer answer) {
    pt__http_answer sent = answer;
    pt__coding coding = pack(request, &sent);
    /* What is told of an error stands in its body as it was. */
    pt__http_account_end(request, &answer, sent.body.len);
    if (sent.owned != answer.owned) {
        free(answer.owned);
    }
    return queue(request, create_response(request, &sent, coding), &sent);
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
                                      .content_type = pt__http_content_type(request),
                                      .body = pte_str(request->note),
                                  });
}

enum MHD_Result pt__http_send_no_call(pt__http_request *request) {
    return pt__http_send(request, (pt__http_answer){
                                      .status = MHD_HTTP_NOT_FOUND,
                                      .body = pte_str("<UnknownOperationException/>\n"),
                                  });
}

enum MHD_Result pt__http_send_preflight(pt__http_request *request) {
    pt__http_answer answer = {.status = MHD_HTTP_OK};
    struct MHD_Response *response = create_response(request, &answer, PT__CODING_NONE);
    if (response != NULL && !pt__http_add_preflight_headers(response, request)) {
        MHD_destroy_response(response);
        return MHD_NO;
    }
    pt__http_account_end(request, &answer, 0);
    return queue(request, response, &answer);
}
