#include "http/signed_text.h"

#include <string.h>

/* Up to the separator, or all; the rest begins behind it. */
static pte_bytes cut(pte_bytes *text, const char *separator) {
    size_t len = strlen(separator);
    const uint8_t *at = text->len == 0 ? NULL : memmem(text->data, text->len, separator, len);
    pte_bytes part = at == NULL ? *text : pte_view(text->data, (size_t)(at - text->data));
    *text = at == NULL ? pte_str("") : pte_view(at + len, text->len - part.len - len);
    return part;
}

/* As libmicrohttpd does it. */
static pte_bytes without_blanks(pte_bytes text) {
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text = pte_view(text.data + 1, text.len - 1);
    }
    return text;
}

static void read_query(signed_text *to, pte_bytes query) {
    while (query.len > 0 && to->request.query_count < SIGNED_PAIRS_MAX) {
        pte_bytes value = cut(&query, "&"), name = cut(&value, "=");
        to->query[to->request.query_count++] = (pt__sigv4_pair){name, value};
    }
}

void signed_text_read(signed_text *to, pte_bytes text) {
    *to = (signed_text){.request = {.headers = to->headers, .query = to->query}};
    pte_bytes head = cut(&text, "\r\n\r\n"), line = cut(&head, "\r\n");
    to->request.body = text;
    to->request.method = cut(&line, " ");
    pte_bytes url = cut(&line, " ");
    to->request.path = cut(&url, "?");
    read_query(to, url);
    while (head.len > 0 && to->request.header_count < SIGNED_PAIRS_MAX) {
        pte_bytes value = cut(&head, "\r\n"), name = cut(&value, ":");
        to->headers[to->request.header_count++] = (pt__sigv4_pair){name, without_blanks(value)};
    }
}
