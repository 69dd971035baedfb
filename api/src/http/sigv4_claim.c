/*
 * What a request says of its signature, in the header Authorization or in its URL. The order of
 * checks and their words are those of the service, as dynalite and its authors have recorded them.
 */
#include "http/sigv4.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

pt__sigv4_verdict pt__sigv4_refuse(pt__sigv4_refusal *refusal, const char *type, const char *format,
                                   ...) {
    va_list arguments;
    refusal->type = type;
    va_start(arguments, format);
    vsnprintf(refusal->message, sizeof refusal->message, format, arguments);
    va_end(arguments);
    return PT__SIGV4_REFUSED;
}

/* ---- names and lists ---- */

bool pt__sigv4_is_name(pte_bytes a, pte_bytes b) {
    return a.len == b.len && a.len > 0 &&
           strncasecmp((const char *)a.data, (const char *)b.data, a.len) == 0;
}

pte_bytes pt__sigv4_header(const pt__sigv4_request *request, const char *name) {
    for (size_t i = 0; i < request->header_count; i++) {
        if (pt__sigv4_is_name(request->headers[i].name, pte_str(name))) {
            pte_bytes value = request->headers[i].value;
            return value.data == NULL ? pte_str("") : value;
        }
    }
    return (pte_bytes){NULL, 0};
}

pte_bytes pt__sigv4_take(pte_bytes *text, char separator) {
    const uint8_t *end = text->len == 0 ? NULL : memchr(text->data, separator, text->len);
    size_t len = end == NULL ? text->len : (size_t)(end - text->data);
    size_t step = end == NULL ? len : len + 1;
    pte_bytes part = pte_view(text->data, len);
    *text = step == text->len ? pte_str("") : pte_view(text->data + step, text->len - step);
    return part;
}

bool pt__sigv4_lists(pte_bytes signed_headers, pte_bytes name) {
    while (signed_headers.len > 0) {
        if (pt__sigv4_is_name(pt__sigv4_take(&signed_headers, ';'), name)) {
            return true;
        }
    }
    return false;
}

/* ---- in the header ---- */

/* One "Name=value" of the header; the first of a name counts, as it does for the region. */
static pt__sigv4_verdict read_pair(pt__sigv4_claim *claim, pt__sigv4_refusal *refusal,
                                   pte_bytes pair) {
    pte_bytes value = pair, name = pt__sigv4_take(&value, '=');
    if (name.len == pair.len) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_INCOMPLETE,
                                "'%.*s' not a valid key=value pair (missing equal-sign) in "
                                "Authorization header: '%.*s'.",
                                PT__SIGV4_SHOW(pair), PT__SIGV4_SHOW(claim->authorization));
    }
    pte_bytes *place = pte_bytes_equal(name, pte_str("Credential"))      ? &claim->credential
                       : pte_bytes_equal(name, pte_str("SignedHeaders")) ? &claim->signed_headers
                       : pte_bytes_equal(name, pte_str("Signature"))     ? &claim->signature
                                                                         : NULL;
    if (place != NULL && place->data == NULL) {
        *place = value;
    }
    return PT__SIGV4_GOOD;
}

static pt__sigv4_verdict refuse_header(const pt__sigv4_claim *claim, pt__sigv4_refusal *refusal) {
    return pt__sigv4_refuse(
        refusal, PT__SIGV4_INCOMPLETE, "%s%s%s%sAuthorization=%.*s",
        claim->credential.len == 0 ? "Authorization header requires 'Credential' parameter. " : "",
        claim->signature.len == 0 ? "Authorization header requires 'Signature' parameter. " : "",
        claim->signed_headers.data == NULL
            ? "Authorization header requires 'SignedHeaders' parameter. "
            : "",
        claim->date.len == 0 ? "Authorization header requires existence of either a 'X-Amz-Date' "
                               "or a 'Date' header. "
                             : "",
        PT__SIGV4_SHOW(claim->authorization));
}

static pt__sigv4_verdict read_header(pt__sigv4_claim *claim, pt__sigv4_refusal *refusal,
                                     const pt__sigv4_request *request) {
    pte_bytes rest = claim->authorization;
    claim->algorithm = pt__sigv4_take(&rest, ' ');
    while (rest.len > 0) {
        /* Commas and blanks stand between the pairs. */
        size_t len = 0;
        while (len < rest.len && strchr(", \t", rest.data[len]) == NULL) {
            len++;
        }
        pte_bytes pair = pte_view(rest.data, len);
        rest = pte_view(rest.data + len, rest.len - len);
        if (pair.len == 0) {
            rest = pte_view(rest.data + 1, rest.len - 1);
        } else if (read_pair(claim, refusal, pair) != PT__SIGV4_GOOD) {
            return PT__SIGV4_REFUSED;
        }
    }
    claim->date = pt__sigv4_header(request, "x-amz-date");
    if (claim->date.data == NULL) {
        claim->date = pt__sigv4_header(request, "date");
    }
    claim->token = pt__sigv4_header(request, "x-amz-security-token");
    bool whole = claim->credential.len > 0 && claim->signature.len > 0 &&
                 claim->signed_headers.data != NULL && claim->date.len > 0;
    return whole ? PT__SIGV4_GOOD : refuse_header(claim, refusal);
}

/* ---- in the URL ---- */

static int hex_digit(uint8_t c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

pte_bytes pt__sigv4_decode(char *memory, pte_bytes text) {
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        int high = c == '%' && text.len - i > 2 ? hex_digit(text.data[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text.data[i + 2]) : -1;
        if (low >= 0) {
            c = (uint8_t)(high * 16 + low);
            i += 2;
        }
        memory[len++] = (char)(c == '+' && low < 0 ? ' ' : c);
    }
    return pte_view(memory, len);
}

typedef struct parameter {
    const char *name;
    pte_bytes *place;
    bool optional;
} parameter;

static bool has_parameter(const pt__sigv4_request *request, const char *name) {
    for (size_t i = 0; i < request->query_count; i++) {
        if (pte_bytes_equal(request->query[i].name, pte_str(name))) {
            return true;
        }
    }
    return false;
}

static void take_parameters(pt__sigv4_claim *claim, const pt__sigv4_request *request,
                            const parameter *parameters, size_t count) {
    char *memory = claim->memory;
    for (size_t i = 0; i < request->query_count; i++) {
        const pt__sigv4_pair *pair = &request->query[i];
        for (size_t k = 0; k < count; k++) {
            if (parameters[k].place->data == NULL &&
                pte_bytes_equal(pair->name, pte_str(parameters[k].name))) {
                *parameters[k].place = pt__sigv4_decode(memory, pair->value);
                memory += pair->value.len;
            }
        }
    }
}

static pt__sigv4_verdict read_query(pt__sigv4_claim *claim, pt__sigv4_refusal *refusal,
                                    const pt__sigv4_request *request) {
    const parameter parameters[] = {
        {"X-Amz-Algorithm", &claim->algorithm, false},
        {"X-Amz-Credential", &claim->credential, false},
        {"X-Amz-Signature", &claim->signature, false},
        {"X-Amz-SignedHeaders", &claim->signed_headers, false},
        {"X-Amz-Date", &claim->date, false},
        {"X-Amz-Expires", &claim->expires, true},
        {"X-Amz-Security-Token", &claim->token, true},
    };
    enum { COUNT = sizeof parameters / sizeof parameters[0] };
    size_t bytes = 1, len = 0;
    for (size_t i = 0; i < request->query_count; i++) {
        bytes += request->query[i].value.len;
    }
    claim->memory = malloc(bytes);
    if (claim->memory == NULL) {
        return PT__SIGV4_NO_MEMORY;
    }
    take_parameters(claim, request, parameters, COUNT);
    char missing[PT__SIGV4_MESSAGE_MAX] = "";
    for (size_t k = 0; k < COUNT; k++) {
        if (parameters[k].place->len == 0 && !parameters[k].optional && len < sizeof missing) {
            len += (size_t)snprintf(missing + len, sizeof missing - len,
                                    "AWS query-string parameters must include '%s'. ",
                                    parameters[k].name);
        }
    }
    return len == 0 ? PT__SIGV4_GOOD
                    : pt__sigv4_refuse(refusal, PT__SIGV4_INCOMPLETE,
                                       "%sRe-examine the query-string parameters.", missing);
}

/* ---- either ---- */

pt__sigv4_verdict pt__sigv4_claim_read(pt__sigv4_claim *claim, pt__sigv4_refusal *refusal,
                                       const pt__sigv4_request *request) {
    static const char signed_by_aws[] = "AWS4-";
    enum { LEN = sizeof signed_by_aws - 1 };
    *claim = (pt__sigv4_claim){.authorization = pt__sigv4_header(request, "authorization"),
                               .in_query = has_parameter(request, "X-Amz-Algorithm")};
    if (claim->in_query && claim->authorization.data != NULL) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID,
                                "Found both 'X-Amz-Algorithm' as a query-string param and "
                                "'Authorization' as HTTP header.");
    }
    if (claim->in_query) {
        return read_query(claim, refusal, request);
    }
    if (claim->authorization.len < LEN ||
        memcmp(claim->authorization.data, signed_by_aws, LEN) != 0) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_MISSING,
                                "Request is missing Authentication Token");
    }
    return read_header(claim, refusal, request);
}

void pt__sigv4_claim_clean_up(pt__sigv4_claim *claim) {
    free(claim->memory);
    claim->memory = NULL;
}
