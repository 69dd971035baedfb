/* A client of DynamoDB's for tests: over HTTP on a connection of its own, or in process. */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include <pocketable.h>

enum { CLIENT_BYTES_MAX = 256 * 1024 };

/* One thread at a time. */
typedef struct client {
    int socket;            /* -1: in process */
    pt_exchange *exchange; /* NULL: over HTTP */
    int status;            /* of the last answer; 0: the connection ended without one */
    bool ended;            /* the answer was the connection's last */
    char body[CLIENT_BYTES_MAX];
    char received[CLIENT_BYTES_MAX];
} client;

/* A connection to the port, or, if that is 0, an exchange; NULL if it cannot be had. */
client *client_new(uint16_t port, pt_database *database);
void client_destroy(client *c);

/* Sends a request and receives the answer; false: the connection has ended. */
bool client_call(client *c, const char *operation, const char *body);

/* The parts of it. */
bool client_send(client *c, const char *operation, const char *body);
bool client_receive(client *c);

/* Sums the numbers of the attribute, {"<name>":{"N":"..."}}, in the last answer; *count of them. */
int64_t client_sum(const client *c, const char *name, size_t *count);

#endif
