/* The demo's HTTP client, against a server that sends what a test tells it to, in pieces. */
#include "http_client.h"

#include "support/support.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers each request on one connection with the next of the texts, byte by byte; then closes. */
typedef struct fake_server {
    int listener;
    uint16_t port;
    const char *const *answers; /* ended by NULL */
    pthread_t thread;
    char request[1024]; /* the last that came */
} fake_server;

/* Reads up to the body "{}" that every request here ends in; false: the client has gone. */
static bool read_request(fake_server *server, int connection) {
    size_t len = 0;
    while (len < 6 || memcmp(server->request + len - 6, "\r\n\r\n{}", 6) != 0) {
        ssize_t n = recv(connection, server->request + len, sizeof server->request - 1 - len, 0);
        if (n <= 0) {
            return false;
        }
        len += (size_t)n;
        server->request[len] = '\0';
    }
    return true;
}

static void *serve(void *arg) {
    fake_server *server = arg;
    int connection = accept(server->listener, NULL, NULL);
    for (size_t i = 0; server->answers[i] != NULL && read_request(server, connection); i++) {
        for (const char *at = server->answers[i]; *at != '\0'; at++) {
            if (send(connection, at, 1, MSG_NOSIGNAL) != 1) {
                break;
            }
        }
    }
    close(connection);
    return NULL;
}

static http_client *start(fake_server *server, const char *const *answers) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    pte_error error = {0};
    http_client *client;
    *server = (fake_server){.answers = answers};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(0, bind(server->listener, (struct sockaddr *)&address, sizeof address));
    assert_int_equal(0, listen(server->listener, 1));
    assert_int_equal(0, getsockname(server->listener, (struct sockaddr *)&address, &size));
    server->port = ntohs(address.sin_port);
    assert_int_equal(0, pthread_create(&server->thread, NULL, serve, server));
    OK(http_client_new(&client, server->port, &error));
    return client;
}

static void end(fake_server *server, http_client *client) {
    http_client_destroy(client);
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static pte_status post(http_answer *answer, http_client *client, pte_error *error) {
    http_post what = {.headers = "X-Test: yes\r\n", .body = pte_str("{}")};
    return http_client_post(answer, client, &what, error);
}

static void test_http_client__keeps_its_connection(void **state) {
    (void)state;
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Other: 1\r\n\r\nhello",
        "HTTP/1.1 400 Bad Request\r\ncontent-length:0\r\n\r\n", NULL};
    fake_server server;
    http_answer answer;
    pte_error error = {0};
    http_client *client = start(&server, answers);
    OK(post(&answer, client, &error));
    assert_int_equal(200, answer.status);
    assert_int_equal(5, answer.body.len);
    assert_string_equal("hello", (const char *)answer.body.data);
    OK(post(&answer, client, &error));
    assert_int_equal(400, answer.status);
    assert_int_equal(0, answer.body.len);
    EXPECT(PTE_IO, post(&answer, client, &error)); /* the server has closed */
    end(&server, client);
    char first[128];
    snprintf(first, sizeof first,
             "POST / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Length: 2\r\nX-Test: yes\r\n\r\n{}",
             server.port);
    assert_string_equal(first, server.request);
}

static void expect_failure(pte_status wanted, const char *text) {
    const char *const answers[] = {text, NULL};
    fake_server server;
    http_answer answer;
    pte_error error = {0};
    http_client *client = start(&server, answers);
    pte_status found = post(&answer, client, &error);
    end(&server, client);
    if (found != wanted) {
        print_error("%s\n", text);
    }
    assert_int_equal(wanted, found);
    assert_null(answer.body.data);
}

static void test_http_client__refuses_what_it_cannot_read(void **state) {
    (void)state;
    expect_failure(PTE_CORRUPT, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    expect_failure(PTE_CORRUPT, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
    expect_failure(PTE_CORRUPT, "HTTP/1.1 2 OK\r\nContent-Length: 0\r\n\r\n");
    expect_failure(PTE_CORRUPT, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    expect_failure(PTE_CORRUPT, "HTTP/1.1 200 OK\r\nX: y\r\n\r\nContent-Length: 1\r\n\r\n");
    expect_failure(PTE_IO, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell");
    expect_failure(PTE_IO, "HTTP/1.1 200 OK\r\nConte");
    expect_failure(PTE_IO, "");
}

static void test_http_client__says_that_nobody_listens(void **state) {
    (void)state;
    static const char *const answers[] = {NULL};
    fake_server server;
    pte_error error = {0};
    end(&server, start(&server, answers));
    http_client *client;
    EXPECT(PTE_IO, http_client_new(&client, server.port, &error));
    assert_null(client);
    assert_non_null(strstr(error.message, "127.0.0.1"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_client__keeps_its_connection),
        cmocka_unit_test(test_http_client__refuses_what_it_cannot_read),
        cmocka_unit_test(test_http_client__says_that_nobody_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
