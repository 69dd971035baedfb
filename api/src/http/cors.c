/*
 * Pages of browsers: which may call, and what they are told. A page may call if it comes from this
 * machine or if an option names it; any other one is refused, for a browser would ask on its behalf
 * whoever has it open.
 */
#include "http/http.h"

#include <stdio.h>

static const char *header_of(const pt__http_request *request, const char *name) {
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

/* libmicrohttpd takes no empty value, and a client that sends one asks for nothing. */
static bool add(struct MHD_Response *response, const char *name, const char *value) {
    return value == NULL || *value == '\0' ||
           MHD_add_response_header(response, name, value) == MHD_YES;
}

/* https://fetch.spec.whatwg.org/#http-cors-protocol. The headers that scripts may read are those
 * that the service's answers have. */
bool pt__http_add_cors_headers(struct MHD_Response *response, const pt__http_request *request) {
    const pt__host_rules *rules = &request->server->rules;
    const char *origin = request->head.origin;
    if (origin == NULL || !pt__origin_is_allowed(rules, origin)) {
        return true;
    }
    bool open = pt__origins_are_open(rules);
    return add(response, "Access-Control-Allow-Origin", open ? "*" : origin) &&
           add(response, "Vary", open ? NULL : "Origin") &&
           add(response, "Access-Control-Expose-Headers",
               "x-amzn-RequestId, x-amz-crc32, Content-Encoding, Date");
}

bool pt__http_add_preflight_headers(struct MHD_Response *response,
                                    const pt__http_request *request) {
    /* https://wicg.github.io/private-network-access/ */
    bool private = header_of(request, "Access-Control-Request-Private-Network") != NULL;
    return add(response, "Access-Control-Allow-Headers",
               header_of(request, "Access-Control-Request-Headers")) &&
           add(response, "Access-Control-Allow-Methods",
               header_of(request, "Access-Control-Request-Method")) &&
           add(response, "Access-Control-Allow-Private-Network", private ? "true" : NULL) &&
           add(response, "Access-Control-Max-Age", "172800");
}

static enum MHD_Result refuse(pt__http_request *request, pt__refused why, const char *format,
                              const char *value) {
    char message[500];
    snprintf(message, sizeof message, format, value);
    pt__metrics_refused(&request->loop->metrics, why);
    return pt__http_send_error(request, MHD_HTTP_FORBIDDEN,
                               "com.amazon.coral.service#AccessDeniedException", message);
}

bool pt__http_refuse_stranger(pt__http_request *request, enum MHD_Result *sent) {
    const pt__host_rules *rules = &request->server->rules;
    const char *host = request->head.host;
    if (!pt__host_is_allowed(rules, host)) {
        *sent = refuse(request, PT__REFUSED_HOST,
                       "The header Host names '%.100s', which is no name of this server: it "
                       "answers to localhost, to addresses, and to names given by allowed_hosts "
                       "(--allow-host), so that a page on the web cannot reach it by a name of "
                       "its own (DNS rebinding).",
                       host);
        return true;
    }
    const char *origin = request->head.origin;
    if (origin != NULL && !pt__origin_is_allowed(rules, origin)) {
        *sent = refuse(request, PT__REFUSED_ORIGIN,
                       "The header Origin names '%.100s', whose pages may not call this server: "
                       "pages of this machine may, and those given by cors_origins (--cors).",
                       origin);
        return true;
    }
    return false;
}
