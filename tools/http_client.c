/* The client; see http_client.h. */
#include "http_client.h"

#include "http_chunks.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    PATIENCE_S = 10,
    HEAD_BYTES_MAX = 16 * 1024,
    BODY_BYTES_MAX = 32 * 1024 * 1024,
    FIRST_CAPACITY = 16 * 1024,
    PART_BYTES = 16 * 1024, /* room for what comes next of a body whose length is not known */
};

typedef struct buffer {
    char *data;
    size_t len;
    size_t capacity;
} buffer;

struct http_client {
    int socket; /* -1: the server has closed it, or is about to */
    uint16_t port;
    buffer sent; /* the request, so that it leaves in one piece */
    buffer received;
};

static pte_status fail(pte_error *error, pte_status status, int os_error, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

static pte_status fail(pte_error *error, pte_status status, int os_error, const char *format, ...) {
    if (error != NULL) {
        *error = (pte_error){.status = status, .os_error = os_error};
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

/* Room for so many bytes and a zero behind them; at most those of a head, a body and a part. */
static pte_status reserve(buffer *b, size_t bytes, pte_error *error) {
    size_t capacity = b->capacity != 0 ? b->capacity : FIRST_CAPACITY;
    if (bytes > HEAD_BYTES_MAX + BODY_BYTES_MAX + PART_BYTES) {
        return fail(error, PTE_OUT_OF_MEMORY, 0, "a message of more than %d bytes", BODY_BYTES_MAX);
    }
    while (capacity < bytes + 1) {
        capacity *= 2;
    }
    if (capacity == b->capacity) {
        return PTE_OK;
    }
    char *data = realloc(b->data, capacity);
    if (data == NULL) {
        return fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for %zu bytes", capacity);
    }
    b->data = data;
    b->capacity = capacity;
    return PTE_OK;
}

/* ---- the connection ---- */

static int connect_to(uint16_t port) {
    const int on = 1;
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int opened = socket(AF_INET, SOCK_STREAM, 0);
    if (opened < 0) {
        return -1;
    }
    (void)setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(opened, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
        connect(opened, (const struct sockaddr *)&address, sizeof address) != 0) {
        int os_error = errno;
        close(opened);
        errno = os_error;
        return -1;
    }
    return opened;
}

static pte_status open_connection(http_client *client, pte_error *error) {
    client->socket = connect_to(client->port);
    if (client->socket < 0) {
        int os_error = errno;
        return fail(error, PTE_IO, os_error, "connecting to 127.0.0.1 port %u: %s", client->port,
                    strerror(os_error));
    }
    return PTE_OK;
}

static void close_connection(http_client *client) {
    if (client->socket >= 0) {
        close(client->socket);
    }
    client->socket = -1;
}

pte_status http_client_new(http_client **client, uint16_t port, pte_error *error) {
    *client = NULL;
    http_client *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for a client");
    }
    made->port = port;
    pte_status status = open_connection(made, error);
    if (status != PTE_OK) {
        free(made);
        return status;
    }
    *client = made;
    return PTE_OK;
}

void http_client_destroy(http_client *client) {
    if (client == NULL) {
        return;
    }
    close_connection(client);
    free(client->sent.data);
    free(client->received.data);
    free(client);
}

/* ---- sending ---- */

static pte_status send_all(http_client *client, pte_error *error) {
    size_t sent = 0;
    while (sent < client->sent.len) {
        ssize_t n =
            send(client->socket, client->sent.data + sent, client->sent.len - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR) {
            return fail(error, PTE_IO, errno, "sending: %s", strerror(errno));
        }
        sent += n > 0 ? (size_t)n : 0;
    }
    return PTE_OK;
}

static pte_status send_post(http_client *client, const http_post *post, pte_error *error) {
    char fixed[128];
    int fixed_len = snprintf(fixed, sizeof fixed,
                             "POST / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Length: %zu\r\n",
                             client->port, post->body.len);
    const pte_bytes parts[] = {pte_view(fixed, (size_t)fixed_len), pte_str(post->headers),
                               pte_str("\r\n"), post->body};
    client->sent.len = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        pte_status status = reserve(&client->sent, client->sent.len + parts[i].len, error);
        if (status != PTE_OK) {
            return status;
        }
        if (parts[i].len != 0) {
            memcpy(client->sent.data + client->sent.len, parts[i].data, parts[i].len);
            client->sent.len += parts[i].len;
        }
    }
    return send_all(client, error);
}

/* ---- receiving ---- */

/* Takes in what has come; received is kept a string. *ended: nothing, the server has closed. */
static pte_status receive_some(bool *ended, http_client *client, pte_error *error) {
    buffer *b = &client->received;
    ssize_t n;
    do {
        n = recv(client->socket, b->data + b->len, b->capacity - 1 - b->len, 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        bool late = errno == EAGAIN || errno == EWOULDBLOCK;
        return fail(error, PTE_IO, errno, "receiving: %s",
                    late ? "no answer in time" : strerror(errno));
    }
    *ended = n == 0;
    b->len += (size_t)n;
    b->data[b->len] = '\0';
    return PTE_OK;
}

/* The same, where the server must not close. */
static pte_status receive_more(http_client *client, pte_error *error) {
    bool ended = false;
    pte_status status = receive_some(&ended, client, error);
    return status == PTE_OK && ended ? fail(error, PTE_IO, 0, "the server closed the connection")
                                     : status;
}

/* ---- the head ---- */

/* How the body ends. */
typedef struct framing {
    bool chunked;
    bool until_close; /* neither chunked nor of a length that is told */
    size_t body_len;
    bool closes; /* the server closes after it */
} framing;

/* The value of a header behind "at", in any case of letters; NULL: there is none. It ends with its
 * line. */
static const char *find_header(const char *at, const char *name) {
    size_t len = strlen(name);
    for (const char *line = strstr(at, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, len) == 0 && line[len] == ':') {
            return line + len + 1 + strspn(line + len + 1, " \t");
        }
        if (strncmp(line, "\r\n", 2) == 0) {
            return NULL;
        }
    }
    return NULL;
}

/* Whether a value is this word, in any case of letters. */
static bool value_is(const char *value, const char *word) {
    size_t len = strlen(word);
    return value != NULL && strncasecmp(value, word, len) == 0 &&
           strncmp(value + len + strspn(value + len, " \t"), "\r\n", 2) == 0;
}

/* Digits and nothing else (RFC 9110, 8.6), of a body that is not too long. */
static bool read_length(size_t *len, const char *value) {
    size_t digits = strspn(value, "0123456789");
    unsigned long long length = strtoull(value, NULL, 10);
    *len = (size_t)length;
    return digits != 0 && length <= BODY_BYTES_MAX &&
           strncmp(value + digits + strspn(value + digits, " \t"), "\r\n", 2) == 0;
}

/*
 * The rules of RFC 9112, 6.3, for an answer to POST. Both a coding and a length "ought to be
 * handled as an error"; so are two lengths here, although they might be the same.
 */
static pte_status read_framing(framing *f, int http_status, const char *head, pte_error *error) {
    const char *coding = find_header(head, "Transfer-Encoding");
    const char *length = find_header(head, "Content-Length");
    *f = (framing){.closes = value_is(find_header(head, "Connection"), "close")};
    if (http_status == 204 || http_status == 304) {
        return PTE_OK;
    }
    if (coding != NULL) {
        f->chunked = true;
        return value_is(coding, "chunked") && length == NULL &&
                       find_header(coding, "Transfer-Encoding") == NULL
                   ? PTE_OK
                   : fail(error, PTE_CORRUPT, 0,
                          "an answer in another transfer coding than chunked, or of two lengths");
    }
    if (length == NULL) {
        f->until_close = f->closes = true;
        return PTE_OK;
    }
    return read_length(&f->body_len, length) && find_header(length, "Content-Length") == NULL
               ? PTE_OK
               : fail(error, PTE_CORRUPT, 0, "an answer with a Content-Length that makes no sense");
}

/* Nothing was asked that has an answer before the answer (1xx). */
static pte_status read_head(int *http_status, framing *f, const char *head, pte_error *error) {
    char *end;
    static const char version[] = "HTTP/1.1 ";
    if (strncmp(head, version, sizeof version - 1) != 0) {
        return fail(error, PTE_CORRUPT, 0, "an answer that is not HTTP/1.1");
    }
    long status = strtol(head + sizeof version - 1, &end, 10);
    if (*end != ' ' || status < 200 || status > 599) {
        return fail(error, PTE_CORRUPT, 0, "an answer with a head that makes no sense");
    }
    *http_status = (int)status;
    return read_framing(f, *http_status, head, error);
}

/* *head_len: with the empty line. What is received behind it is of the body. */
static pte_status receive_head(size_t *head_len, http_client *client, pte_error *error) {
    buffer *b = &client->received;
    const char *end = NULL;
    b->len = 0;
    pte_status status = reserve(b, HEAD_BYTES_MAX, error);
    while (status == PTE_OK && end == NULL) {
        if (b->len >= HEAD_BYTES_MAX) {
            return fail(error, PTE_CORRUPT, 0, "an answer whose head does not end");
        }
        status = receive_more(client, error);
        end = status == PTE_OK ? strstr(b->data, "\r\n\r\n") : NULL;
    }
    *head_len = end != NULL ? (size_t)(end - b->data) + 4 : 0;
    return status;
}

/* ---- bodies: received is a head and, behind it, what is here of the body ---- */

static pte_status receive_length(http_client *client, size_t head_len, size_t body_len,
                                 pte_error *error) {
    buffer *b = &client->received;
    pte_status status = reserve(b, head_len + body_len, error);
    while (status == PTE_OK && b->len < head_len + body_len) {
        status = receive_more(client, error);
    }
    if (status == PTE_OK && b->len != head_len + body_len) {
        status = fail(error, PTE_CORRUPT, 0, "an answer longer than its Content-Length");
    }
    return status;
}

static pte_status too_long(pte_error *error) {
    return fail(error, PTE_CORRUPT, 0, "an answer of more than %d bytes", BODY_BYTES_MAX);
}

static pte_status receive_until_close(http_client *client, size_t head_len, pte_error *error) {
    bool ended = false;
    buffer *b = &client->received;
    pte_status status = PTE_OK;
    while (status == PTE_OK && !ended) {
        if (b->len - head_len > BODY_BYTES_MAX) {
            return too_long(error);
        }
        status = reserve(b, b->len + 1, error);
        if (status == PTE_OK) {
            status = receive_some(&ended, client, error);
        }
    }
    return status;
}

/* Takes the coding off the bytes from "raw" on, which come behind the body so far. */
static pte_status take_chunks(http_chunks *chunks, buffer *b, size_t raw, pte_error *error) {
    size_t taken;
    size_t len = b->len - raw, read = http_chunks_take(chunks, b->data + raw, len, &taken);
    b->len = raw + taken;
    b->data[b->len] = '\0';
    if (chunks->state == HTTP_CHUNKS_TOO_LONG) {
        return too_long(error);
    }
    return chunks->state != HTTP_CHUNKS_WRONG && read == len
               ? PTE_OK
               : fail(error, PTE_CORRUPT, 0, "an answer whose chunks make no sense");
}

static pte_status receive_chunks(http_client *client, size_t head_len, pte_error *error) {
    buffer *b = &client->received;
    http_chunks chunks = {.body_bytes_max = BODY_BYTES_MAX};
    pte_status status = take_chunks(&chunks, b, head_len, error);
    while (status == PTE_OK && chunks.state != HTTP_CHUNKS_ENDED) {
        size_t raw = b->len;
        status = reserve(b, raw + PART_BYTES, error);
        if (status == PTE_OK) {
            status = receive_more(client, error);
        }
        if (status == PTE_OK) {
            status = take_chunks(&chunks, b, raw, error);
        }
    }
    return status;
}

static pte_status receive_answer(http_answer *answer, http_client *client, pte_error *error) {
    framing f = {0};
    size_t head_len = 0;
    pte_status status = receive_head(&head_len, client, error);
    if (status == PTE_OK) {
        status = read_head(&answer->status, &f, client->received.data, error);
    }
    if (status == PTE_OK) {
        status = f.chunked       ? receive_chunks(client, head_len, error)
                 : f.until_close ? receive_until_close(client, head_len, error)
                                 : receive_length(client, head_len, f.body_len, error);
    }
    if (status == PTE_OK) {
        answer->body = pte_view(client->received.data + head_len, client->received.len - head_len);
    }
    if (f.closes) {
        close_connection(client);
    }
    return status;
}

pte_status http_client_post(http_answer *answer, http_client *client, const http_post *post,
                            pte_error *error) {
    *answer = (http_answer){0};
    pte_status status = client->socket < 0 ? open_connection(client, error) : PTE_OK;
    if (status == PTE_OK) {
        status = send_post(client, post, error);
    }
    if (status == PTE_OK) {
        status = receive_answer(answer, client, error);
    }
    if (status != PTE_OK) {
        *answer = (http_answer){0};
    }
    return status;
}
