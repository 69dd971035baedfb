/* What is wrong with a request's head that libmicrohttpd does not mind. */
#include "http/http.h"

#include <strings.h>

static enum MHD_Result refuse(pt__http_request *request, int status, const char *message) {
    pt__metrics_refused(&request->loop->metrics, PT__REFUSED_HEADERS);
    /* No source is known for AWS's words. */
    return pt__http_send_error(request, status,
                               "com.amazon.coral.service#MalformedHttpRequestException", message);
}

typedef struct lengths {
    unsigned count;
    const char *first;
    bool differ;
} lengths;

static enum MHD_Result count_length(void *ctx, enum MHD_ValueKind kind, const char *name,
                                    const char *value) {
    lengths *all = ctx;
    (void)kind;
    if ((*name == 'c' || *name == 'C') && strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        all->differ = all->differ || (all->count > 0 && value != NULL && all->first != NULL &&
                                      strcmp(value, all->first) != 0);
        all->first = value;
        all->count++;
    }
    return MHD_YES;
}

/* libmicrohttpd takes the first; who stands between may have taken another.
 * RFC 9112, 6.3: must be refused. */
static bool lengths_differ(struct MHD_Connection *connection) {
    lengths all = {0};
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, count_length, &all);
    return all.differ;
}

bool pt__http_refuse_head(pt__http_request *request, enum MHD_Result *sent) {
    struct MHD_Connection *connection = request->connection;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (info != NULL && info->header_size > PT__HTTP_HEAD_BYTES_MAX) {
        *sent = refuse(request, MHD_HTTP_BAD_REQUEST,
                       "The request's line and headers must have at most 16384 bytes");
        return true;
    }
    const char *transfer =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    if (transfer != NULL && strcasecmp(transfer, "chunked") != 0) {
        *sent = refuse(request, MHD_HTTP_NOT_IMPLEMENTED,
                       "The server knows no Transfer-Encoding but chunked");
        return true;
    }
    if (lengths_differ(connection)) {
        *sent = refuse(request, MHD_HTTP_BAD_REQUEST,
                       "The request has several values of Content-Length");
        return true;
    }
    return false;
}
