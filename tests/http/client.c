/* A small client; what it sends and receives is far below its buffers. */
#include "http/client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int connect_to(uint16_t port) {
    const int on = 1;
    const struct timeval patience = {.tv_sec = 60};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int opened = socket(AF_INET, SOCK_STREAM, 0);
    if (opened < 0) {
        return -1;
    }
    (void)setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(opened, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(opened, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(opened);
        return -1;
    }
    return opened;
}

client *client_new(uint16_t port, pt_database *database) {
    client *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    c->socket = port != 0 ? connect_to(port) : -1;
    bool made =
        port != 0 ? c->socket >= 0 : pt_exchange_create(&c->exchange, database, NULL) == PTE_OK;
    if (!made) {
        free(c);
        return NULL;
    }
    return c;
}

void client_destroy(client *c) {
    if (c != NULL) {
        pt_exchange_destroy(c->exchange);
        if (c->socket >= 0) {
            close(c->socket);
        }
        free(c);
    }
}

bool client_send(client *c, const char *operation, const char *body) {
    char request[16 * 1024];
    int len = snprintf(request, sizeof request,
                       "POST / HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Type: application/x-amz-json-1.0\r\n"
                       "X-Amz-Target: DynamoDB_20120810.%s\r\nContent-Length: %zu\r\n\r\n%s",
                       operation, strlen(body), body);
    c->status = 0;
    c->ended = true;
    return len < (int)sizeof request &&
           send(c->socket, request, (size_t)len, MSG_NOSIGNAL) == (ssize_t)len;
}

bool client_receive(client *c) {
    size_t len = 0, wanted = 0;
    char *end = NULL;
    c->status = 0;
    c->ended = true;
    while (end == NULL || len < wanted) {
        ssize_t got = recv(c->socket, c->received + len, sizeof c->received - 1 - len, 0);
        if (got <= 0) {
            return false;
        }
        len += (size_t)got;
        c->received[len] = '\0';
        end = end != NULL ? end : strstr(c->received, "\r\n\r\n");
        const char *length = end != NULL ? strstr(c->received, "Content-Length: ") : NULL;
        if (length != NULL) {
            wanted = (size_t)(end + 4 - c->received) +
                     strtoul(length + strlen("Content-Length: "), NULL, 10);
        }
    }
    strcpy(c->body, end + 4);
    c->status = atoi(c->received + strlen("HTTP/1.1 "));
    const char *closes = strstr(c->received, "Connection: close");
    c->ended = closes != NULL && closes < end;
    return true;
}

bool client_call(client *c, const char *operation, const char *body) {
    if (c->exchange == NULL) {
        return client_send(c, operation, body) && client_receive(c);
    }
    pt_request request = {.operation = pte_str(operation), .body = pte_str(body)};
    pt_reply reply = pt_exchange_run(c->exchange, &request);
    c->status = reply.status;
    snprintf(c->body, sizeof c->body, "%.*s", (int)reply.body.len, (const char *)reply.body.data);
    return true;
}

int64_t client_sum(const client *c, const char *name, size_t *count) {
    char pattern[64];
    int64_t sum = 0;
    snprintf(pattern, sizeof pattern, "\"%s\":{\"N\":\"", name);
    *count = 0;
    for (const char *at = strstr(c->body, pattern); at != NULL; at = strstr(at, pattern)) {
        at += strlen(pattern);
        sum += strtoll(at, NULL, 10);
        (*count)++;
    }
    return sum;
}
