/* The lines of the access log; see access_log.h. Calls line_log.c. */
#include "http/access_log.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum {
    BUFFER_BYTES = 512 * 1024,
    LINE_BYTES_MAX = 1536,
    NAME_BYTES_MAX = 255,
    /* How far into a body the table's name is looked for. */
    LOOKED_AT_BYTES_MAX = 16 * 1024,
};

static void put_text(char *line, size_t *len, const char *text) {
    size_t bytes = strlen(text);
    memcpy(line + *len, text, bytes);
    *len += bytes;
}

/* ,"name":"value", the value cut off after NAME_BYTES_MAX; what JSON would have to escape, and what
 * is no ASCII, becomes '?'. */
static void put_name(char *line, size_t *len, const char *name, pte_bytes value) {
    if (value.len == 0) {
        return;
    }
    put_text(line, len, ",\"");
    put_text(line, len, name);
    put_text(line, len, "\":\"");
    for (size_t i = 0; i < value.len && i < NAME_BYTES_MAX; i++) {
        uint8_t c = value.data[i];
        line[(*len)++] = c < 0x20 || c > 0x7E || c == '"' || c == '\\' ? '?' : (char)c;
    }
    put_text(line, len, "\"");
}

/*
 * The value of the first member "TableName" anywhere in the body. Within a string its quotes would
 * be escaped, and as an attribute's name it would be followed by an object, so that it is a
 * request's, if not always the outermost: a transaction is logged with its first table.
 */
static pte_bytes table_in(pte_bytes body) {
    static const char member[] = "\"TableName\"";
    size_t len = body.len < LOOKED_AT_BYTES_MAX ? body.len : LOOKED_AT_BYTES_MAX;
    const char *at = body.len == 0 ? NULL : memmem(body.data, len, member, sizeof member - 1);
    if (at == NULL) {
        return pte_str("");
    }
    const char *end = (const char *)body.data + len;
    for (at += sizeof member - 1; at < end && (*at == ':' || *at == ' '); at++) {
    }
    if (at == end || *at != '"') {
        return pte_str("");
    }
    at++;
    const char *close = memchr(at, '"', (size_t)(end - at));
    return close == NULL ? pte_str("") : pte_view(at, (size_t)(close - at));
}

static void put_remote(char *line, size_t *len, const struct sockaddr *remote) {
    char address[INET6_ADDRSTRLEN] = "", shown[INET6_ADDRSTRLEN + 16];
    unsigned port = 0;
    if (remote != NULL && remote->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)remote;
        inet_ntop(AF_INET, &four->sin_addr, address, sizeof address);
        port = ntohs(four->sin_port);
        snprintf(shown, sizeof shown, "%s:%u", address, port);
    } else if (remote != NULL && remote->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)remote;
        inet_ntop(AF_INET6, &six->sin6_addr, address, sizeof address);
        port = ntohs(six->sin6_port);
        snprintf(shown, sizeof shown, "[%s]:%u", address, port);
    } else {
        return;
    }
    put_name(line, len, "remote", pte_str(shown));
}

/* All parts are bounded, and fit. */
static size_t make_line(char line[LINE_BYTES_MAX], const pt__access *access) {
    char piece[160];
    struct tm parts;
    time_t seconds = (time_t)(access->time_ms / 1000);
    gmtime_r(&seconds, &parts);
    size_t len = strftime(line, LINE_BYTES_MAX, "{\"time\":\"%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(piece, sizeof piece, ".%03dZ\"", (int)(access->time_ms % 1000));
    put_text(line, &len, piece);
    put_remote(line, &len, access->remote);
    put_name(line, &len, "region", access->region);
    put_name(line, &len, "operation", access->operation);
    put_name(line, &len, "table", table_in(access->body));
    snprintf(piece, sizeof piece, ",\"status\":%d", access->status);
    put_text(line, &len, piece);
    put_name(line, &len, "error", access->error);
    snprintf(piece, sizeof piece,
             ",\"bytes_in\":%zu,\"bytes_out\":%zu,\"microseconds\":%" PRIu64 "}", access->bytes_in,
             access->bytes_out, access->us);
    put_text(line, &len, piece);
    return len;
}

void pt__access_log_put(pt__line_log *log, const pt__access *access) {
    char line[LINE_BYTES_MAX];
    const pte_bytes whole = pte_view(line, make_line(line, access));
    pt__line_log_put(log, &whole, 1);
}

int pt__access_log_open(pt__line_log **opened, const char *path) {
    const pt__line_log_options options = {.path = path, .mode = 0640, .buffer_bytes = BUFFER_BYTES};
    return pt__line_log_open(opened, &options);
}
