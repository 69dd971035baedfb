/* What is wrong with a request's head that libmicrohttpd does not mind. */
#include "http/http.h"

#include <stddef.h>
#include <strings.h>

static enum MHD_Result refuse(pt__http_request *request, int status, const char *message) {
    pt__metrics_refused(&request->loop->metrics, PT__REFUSED_HEADERS);
    /* No source is known for AWS's words. */
    return pt__http_send_error(request, status,
                               "com.amazon.coral.service#MalformedHttpRequestException", message);
}

/* The headers that are looked at in each request, and their places in its head. */
typedef struct known_header {
    const char *name;
    size_t len;
    size_t place;
    bool single; /* has one value */
} known_header;

static const known_header headers[] = {
#define HEADER(name, member, single)                                                               \
    { (name), sizeof(name) - 1, offsetof(pt__http_head, member), (single) }
    HEADER(MHD_HTTP_HEADER_HOST, host, true),
    HEADER(MHD_HTTP_HEADER_ORIGIN, origin, true),
    HEADER(MHD_HTTP_HEADER_CONTENT_LENGTH, content_length, true),
    HEADER(MHD_HTTP_HEADER_CONTENT_ENCODING, content_encoding, true),
    HEADER(MHD_HTTP_HEADER_TRANSFER_ENCODING, transfer_encoding, true),
    HEADER(MHD_HTTP_HEADER_ACCEPT_ENCODING, accept_encoding, false),
    HEADER(MHD_HTTP_HEADER_AUTHORIZATION, authorization, false),
    HEADER(MHD_HTTP_HEADER_CONTENT_TYPE, content_type, false),
    HEADER(MHD_HTTP_HEADER_EXPECT, expect, false),
    HEADER("X-Amz-Target", target, false),
#undef HEADER
};

/* NULL: it is another header. Headers whose names have one length are few, so that the length tells
 * most of them apart. */
static const known_header *known(const char *name, size_t len) {
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        if (len == headers[i].len && strncasecmp(name, headers[i].name, len) == 0) {
            return &headers[i];
        }
    }
    return NULL;
}

static enum MHD_Result read_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len) {
    pt__http_head *head = ctx;
    (void)kind, (void)value_len;
    const known_header *header = known(name, name_len);
    if (header == NULL || value == NULL) {
        return MHD_YES;
    }
    const char **place = (void *)((char *)head + header->place);
    if (*place == NULL) {
        *place = value;
    } else if (header->single) {
        head->contradicts = head->contradicts || strcmp(*place, value) != 0;
    }
    return MHD_YES;
}

bool pt__http_refuse_head(pt__http_request *request, enum MHD_Result *sent) {
    struct MHD_Connection *connection = request->connection;
    request->head = (pt__http_head){0};
    (void)MHD_get_connection_values_n(connection, MHD_HEADER_KIND, read_header, &request->head);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (info != NULL && info->header_size > PT__HTTP_HEAD_BYTES_MAX) {
        *sent = refuse(request, MHD_HTTP_BAD_REQUEST,
                       "The request's line and headers must have at most 16384 bytes");
        return true;
    }
    const char *transfer = request->head.transfer_encoding;
    if (transfer != NULL && strcasecmp(transfer, "chunked") != 0) {
        *sent = refuse(request, MHD_HTTP_NOT_IMPLEMENTED,
                       "The server knows no Transfer-Encoding but chunked");
        return true;
    }
    /* libmicrohttpd and we take the first; who stands between may have taken another.
     * RFC 9112, 3.2 and 6.3: must be refused. */
    if (request->head.contradicts) {
        *sent = refuse(request, MHD_HTTP_BAD_REQUEST,
                       "The request has several values of Content-Length, Host, or another header "
                       "that has one");
        return true;
    }
    return false;
}
