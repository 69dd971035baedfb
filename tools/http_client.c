/* The client; see http_client.h. */
#include "http_client.h"

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
};

typedef struct buffer {
    char *data;
    size_t len;
    size_t capacity;
} buffer;

struct http_client {
    int socket;
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

/* Room for so many bytes and a zero behind them; at most HEAD_BYTES_MAX + BODY_BYTES_MAX. */
static pte_status reserve(buffer *b, size_t bytes, pte_error *error) {
    size_t capacity = b->capacity != 0 ? b->capacity : FIRST_CAPACITY;
    if (bytes > HEAD_BYTES_MAX + BODY_BYTES_MAX) {
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

pte_status http_client_new(http_client **client, uint16_t port, pte_error *error) {
    *client = NULL;
    http_client *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return fail(error, PTE_OUT_OF_MEMORY, 0, "no memory for a client");
    }
    made->port = port;
    made->socket = connect_to(port);
    if (made->socket < 0) {
        int os_error = errno;
        free(made);
        return fail(error, PTE_IO, os_error, "connecting to 127.0.0.1 port %u: %s", port,
                    strerror(os_error));
    }
    *client = made;
    return PTE_OK;
}

void http_client_destroy(http_client *client) {
    if (client == NULL) {
        return;
    }
    close(client->socket);
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

/* Takes in what has come, at least a byte; received is kept a string. */
static pte_status receive_some(http_client *client, pte_error *error) {
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
    if (n == 0) {
        return fail(error, PTE_IO, 0, "the server closed the connection");
    }
    b->len += (size_t)n;
    b->data[b->len] = '\0';
    return PTE_OK;
}

/* The value of a header, in any case of letters; NULL: there is none. It ends with its line. */
static const char *find_header(const char *head, const char *name) {
    size_t len = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
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

static pte_status read_head(int *http_status, size_t *body_len, const char *head,
                            pte_error *error) {
    char *end;
    static const char version[] = "HTTP/1.1 ";
    const char *length = find_header(head, "Content-Length");
    if (strncmp(head, version, sizeof version - 1) != 0 || length == NULL) {
        return fail(error, PTE_CORRUPT, 0, "an answer that is not HTTP/1.1 with a Content-Length");
    }
    long status = strtol(head + sizeof version - 1, &end, 10);
    unsigned long len = strtoul(length, NULL, 10);
    if (*end != ' ' || status < 100 || status > 599 || len > BODY_BYTES_MAX) {
        return fail(error, PTE_CORRUPT, 0, "an answer with a head that makes no sense");
    }
    *http_status = (int)status;
    *body_len = (size_t)len;
    return PTE_OK;
}

static pte_status receive_answer(http_answer *answer, http_client *client, pte_error *error) {
    buffer *b = &client->received;
    const char *end = NULL;
    size_t body_len = 0;
    b->len = 0;
    pte_status status = reserve(b, HEAD_BYTES_MAX, error);
    while (status == PTE_OK && end == NULL) {
        if (b->len == HEAD_BYTES_MAX) {
            return fail(error, PTE_CORRUPT, 0, "an answer whose head does not end");
        }
        status = receive_some(client, error);
        end = status == PTE_OK ? strstr(b->data, "\r\n\r\n") : NULL;
    }
    if (status == PTE_OK) {
        status = read_head(&answer->status, &body_len, b->data, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    size_t head_len = (size_t)(end - b->data) + 4;
    status = reserve(b, head_len + body_len, error);
    while (status == PTE_OK && b->len < head_len + body_len) {
        status = receive_some(client, error);
    }
    if (status == PTE_OK && b->len != head_len + body_len) {
        status = fail(error, PTE_CORRUPT, 0, "an answer longer than its Content-Length");
    }
    answer->body = pte_view(b->data + head_len, body_len);
    return status;
}

pte_status http_client_post(http_answer *answer, http_client *client, const http_post *post,
                            pte_error *error) {
    *answer = (http_answer){0};
    pte_status status = send_post(client, post, error);
    if (status == PTE_OK) {
        status = receive_answer(answer, client, error);
    }
    if (status != PTE_OK) {
        *answer = (http_answer){0};
    }
    return status;
}
