/* The HTTP client, against a server that sends what a test tells it to, in pieces. */
#include "http_client.h"

#include "support/support.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Answers each request with the next of the texts, in pieces; then closes. */
typedef struct fake_server {
    int listener;
    uint16_t port;
    const char *const *answers; /* ended by NULL */
    size_t piece_bytes;
    bool closes; /* after each answer; otherwise they come on one connection */
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

static void send_pieces(const fake_server *server, int connection, const char *text) {
    size_t left = strlen(text);
    while (left != 0) {
        size_t len = left < server->piece_bytes ? left : server->piece_bytes;
        if (send(connection, text, len, MSG_NOSIGNAL) != (ssize_t)len) {
            return;
        }
        text += len;
        left -= len;
    }
}

static int accept_client(const fake_server *server) {
    const int on = 1;
    int connection = accept(server->listener, NULL, NULL);
    (void)setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connection;
}

static void *serve(void *arg) {
    fake_server *server = arg;
    int connection = accept_client(server);
    for (size_t i = 0; server->answers[i] != NULL && read_request(server, connection); i++) {
        send_pieces(server, connection, server->answers[i]);
        if (server->closes && server->answers[i + 1] != NULL) {
            close(connection);
            connection = accept_client(server);
        }
    }
    close(connection);
    return NULL;
}

static http_client *start_with(fake_server *server) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    pte_error error = {0};
    http_client *client;
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

static http_client *start(fake_server *server, const char *const *answers) {
    *server = (fake_server){.answers = answers, .piece_bytes = 1};
    return start_with(server);
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

static void expect_body(const char *wanted, http_client *client) {
    http_answer answer;
    pte_error error = {0};
    pte_status status = post(&answer, client, &error);
    if (status != PTE_OK) {
        fail_msg("%s: %s", wanted, error.message);
    }
    assert_int_equal(200, answer.status);
    assert_int_equal(strlen(wanted), answer.body.len);
    assert_string_equal(wanted, (const char *)answer.body.data);
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

/* RFC 9112, 7.1: what DynamoDB Local sends where an answer is large. */
static void test_http_client__reads_chunks(void **state) {
    (void)state;
    static const char *const answers[] = {
        CHUNKED "5\r\nhello\r\n0\r\n\r\n", CHUNKED "0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding:CHUNKED \r\nX-Y: 1\r\n\r\n"
        "00A;name=\"v;\"\r\n0123456789\r\n1 ; a\r\n\n\r\n000\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", NULL};
    for (size_t piece_bytes = 1; piece_bytes < 300; piece_bytes += piece_bytes / 3 + 1) {
        fake_server server = {.answers = answers, .piece_bytes = piece_bytes};
        http_client *client = start_with(&server);
        expect_body("hello", client);
        expect_body("", client);
        expect_body("0123456789\n", client);
        expect_body("x", client);
        end(&server, client);
    }
}

/* More than a buffer's first room, in chunks that do not fit the reads. */
static void test_http_client__reads_many_chunks(void **state) {
    (void)state;
    enum { CHUNKS = 3000, CHUNK_BYTES = 341 };
    const char head[] = CHUNKED, size[] = "155;x\r\n", last[] = "0\r\n\r\n";
    size_t each = sizeof size - 1 + CHUNK_BYTES + 2;
    char *text = calloc(1, sizeof head + CHUNKS * each + sizeof last);
    char *body = calloc(1, CHUNKS * CHUNK_BYTES + 1);
    assert_non_null(text);
    assert_non_null(body);
    char *at = stpcpy(text, head);
    for (size_t i = 0; i < (size_t)CHUNKS * CHUNK_BYTES; i++) {
        body[i] = (char)('a' + i % 23);
    }
    for (size_t i = 0; i < CHUNKS; i++) {
        at = stpcpy(at, size);
        memcpy(at, body + i * CHUNK_BYTES, CHUNK_BYTES);
        at = stpcpy(at + CHUNK_BYTES, "\r\n");
    }
    (void)stpcpy(at, last);
    const char *const answers[] = {text, NULL};
    fake_server server = {.answers = answers, .piece_bytes = 5000};
    http_client *client = start_with(&server);
    expect_body(body, client);
    end(&server, client);
    free(text);
    free(body);
}

/* RFC 9112, 6.3 and 9.6: a body without a length ends with the connection; then there is another.
 */
static void test_http_client__connects_anew_where_the_server_closes(void **state) {
    (void)state;
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\n\r\nto the end",
        "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", NULL};
    fake_server server = {.answers = answers, .piece_bytes = 1, .closes = true};
    http_client *client = start_with(&server);
    expect_body("to the end", client);
    expect_body("ok", client);
    expect_body("", client);
    expect_body("x", client);
    end(&server, client);
}

static void expect_failure_of(pte_status wanted, const char *text, size_t piece_bytes) {
    const char *const answers[] = {text, NULL};
    fake_server server = {.answers = answers, .piece_bytes = piece_bytes};
    http_answer answer;
    pte_error error = {0};
    http_client *client = start_with(&server);
    pte_status found = post(&answer, client, &error);
    end(&server, client);
    if (found != wanted) {
        print_error("%s\n", text);
    }
    assert_int_equal(wanted, found);
    assert_null(answer.body.data);
}

static void expect_failure(pte_status wanted, const char *text) {
    expect_failure_of(wanted, text, 1);
}

static void test_http_client__refuses_what_it_cannot_read(void **state) {
    (void)state;
    expect_failure(PTE_CORRUPT, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
    expect_failure(PTE_CORRUPT, "HTTP/1.1 2 OK\r\nContent-Length: 0\r\n\r\n");
    expect_failure(PTE_CORRUPT, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    expect_failure(PTE_CORRUPT, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n");
    expect_failure(PTE_CORRUPT, "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx");
    expect_failure(PTE_CORRUPT,
                   "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx");
    expect_failure(PTE_CORRUPT, "HTTP/1.1 100 Continue\r\n\r\n");
    expect_failure(PTE_IO, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell");
    expect_failure(PTE_IO, "HTTP/1.1 200 OK\r\nConte");
    expect_failure(PTE_IO, "");
}

/* What comes together with the last chunk is no answer to anything. */
static void test_http_client__refuses_more_behind_the_last_chunk(void **state) {
    (void)state;
    expect_failure_of(PTE_CORRUPT, CHUNKED "0\r\n\r\nmore", 4096);
}

static void test_http_client__refuses_wrong_chunks(void **state) {
    (void)state;
    static const char *const wrong[] = {
        CHUNKED "\r\n",  /* no size */
        CHUNKED "g\r\n", /* not hex */
        CHUNKED "0x1\r\nx\r\n0\r\n\r\n",
        CHUNKED "1\nx\n0\n\n",              /* lines end with CR LF */
        CHUNKED "1\r\nxy\r\n0\r\n\r\n",     /* more than its size */
        CHUNKED "2\r\nx\r\n0\r\n\r\n",      /* less */
        CHUNKED "1 \r\nx\r\n0\r\n\r\n",     /* space, but no extension */
        CHUNKED "1;a\rb\r\nx\r\n0\r\n\r\n", /* a CR alone */
        CHUNKED "0\r\nX: \n\r\n\r\n",
        CHUNKED "2000001\r\n",                         /* 32 MB and a byte */
        CHUNKED "10000000000000001\r\nx\r\n0\r\n\r\n", /* no integer holds it */
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        expect_failure(PTE_CORRUPT, wrong[i]);
    }
    expect_failure(PTE_IO, CHUNKED "5\r\nhel");
    expect_failure(PTE_IO, CHUNKED "5\r\nhello\r\n");
    expect_failure(PTE_IO, CHUNKED "0\r\n");
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
        cmocka_unit_test(test_http_client__reads_chunks),
        cmocka_unit_test(test_http_client__reads_many_chunks),
        cmocka_unit_test(test_http_client__connects_anew_where_the_server_closes),
        cmocka_unit_test(test_http_client__refuses_what_it_cannot_read),
        cmocka_unit_test(test_http_client__refuses_more_behind_the_last_chunk),
        cmocka_unit_test(test_http_client__refuses_wrong_chunks),
        cmocka_unit_test(test_http_client__says_that_nobody_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
