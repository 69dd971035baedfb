/* The server's options for credentials, TLS and namespaces, and the clock of signatures. */
#include "http/client.h"

#include "support/support.h"

#include <pocketable/server.h>

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static pt_database *open_database(void) {
    pte_error error;
    pt_database *database;
    OK(pt_open(&database, NULL, NULL, &error));
    return database;
}

/* ---- options ---- */

static void expect_refusal(pt_database *database, const pt_server_options *options,
                           const char *message) {
    pte_error error;
    pt_server *server;
    EXPECT(PTE_INVALID_ARGUMENT, pt_server_start(&server, database, options, &error));
    assert_null(server);
    assert_string_equal(error.message, message);
    assert_int_equal(pt_server_start(&server, database, options, NULL), PTE_INVALID_ARGUMENT);
}

static void test_server_secrets__refuses_bad_options(void **state) {
    (void)state;
    pt_database *database = open_database();
    char long_id[PT_SERVER_KEY_ID_BYTES_MAX + 2], long_secret[PT_SERVER_SECRET_BYTES_MAX + 2];
    memset(long_id, 'x', sizeof long_id);
    memset(long_secret, 'x', sizeof long_secret);
    long_id[sizeof long_id - 1] = long_secret[sizeof long_secret - 1] = '\0';
    const struct {
        pt_server_credential second;
        const char *message;
    } cases[] = {
        {{NULL, "s", NULL}, "credentials[1].access_key_id: expected 1 to 128 characters, found 0"},
        {{"", "s", NULL}, "credentials[1].access_key_id: expected 1 to 128 characters, found 0"},
        {{long_id, "s", NULL},
         "credentials[1].access_key_id: expected 1 to 128 characters, found 129"},
        {{"a/b", "s", NULL}, "credentials[1].access_key_id: expected no slash, comma or blank"},
        {{"a", NULL, NULL},
         "credentials[1].secret_access_key: expected 1 to 256 characters, found 0"},
        {{"a", long_secret, NULL},
         "credentials[1].secret_access_key: expected 1 to 256 characters, found 257"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const pt_server_credential both[] = {{"good", "good", "good"}, cases[i].second};
        const pt_server_options options = {.credentials = both, .credential_count = 2};
        expect_refusal(database, &options, cases[i].message);
    }
    const pt_server_credential good = {"good", "good", NULL};
    expect_refusal(database, &(pt_server_options){.credentials = &good},
                   "credentials: expected at least one, found none");
    expect_refusal(database, &(pt_server_options){.namespaces = (pt_server_namespaces)3},
                   "namespaces: expected up to 2, found 3");
    expect_refusal(database, &(pt_server_options){.tls_certificate = "x"},
                   "tls_certificate and tls_key: expected both or neither, found the certificate "
                   "alone");
    expect_refusal(database, &(pt_server_options){.tls_key = "x"},
                   "tls_certificate and tls_key: expected both or neither, found the key alone");
    expect_refusal(database, &(pt_server_options){.tls_certificate = "x", .tls_key = "x"},
                   "tls_certificate: expected a certificate in PEM, found none that can be read");
    pt_close(database);
}

/* ---- the clock ---- */

static int64_t given_time(void *ctx) {
    return *(const _Atomic int64_t *)ctx;
}

/* Signed by botocore at 2026-01-31 23:59:59. */
static const char *const signed_request =
    "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n"
    "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20260131T235959Z\r\n"
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131/eu-west-2/dynamodb/"
    "aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature="
    "785b55b602267f8236bcb5bacfd8f1c4821d58d3e64975ebec0c27c25df58407\r\n"
    "Content-Length: 11\r\n\r\n{\"Limit\":1}";

static int status_of(client *c) {
    size_t len = strlen(signed_request);
    assert_int_equal(send(c->socket, signed_request, len, MSG_NOSIGNAL), (ssize_t)len);
    assert_true(client_receive(c));
    return c->status;
}

static void test_server_secrets__time_is_the_option_s(void **state) {
    (void)state;
    pte_error error;
    pt_database *database = open_database();
    pt_server *server;
    _Atomic int64_t now_ms = INT64_C(1769903999000);
    pt_server_credential *credential = calloc(1, sizeof *credential);
    assert_non_null(credential);
    credential->access_key_id = strdup("AKIDEXAMPLE");
    credential->secret_access_key = strdup("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    const pt_server_options options = {
        .credentials = credential, .credential_count = 1, .now_ms = given_time, .now_ctx = &now_ms};
    OK(pt_server_start(&server, database, &options, &error));
    /* The server has its own copy. */
    free((char *)(uintptr_t)credential->access_key_id);
    free((char *)(uintptr_t)credential->secret_access_key);
    free(credential);
    client *c = client_new(pt_server_port(server), NULL);
    assert_non_null(c);
    assert_int_equal(status_of(c), 200);
    assert_string_equal(c->body, "{\"TableNames\":[]}");
    atomic_store(&now_ms, now_ms + 300999);
    assert_int_equal(status_of(c), 200);
    atomic_store(&now_ms, now_ms + 1);
    assert_int_equal(status_of(c), 400);
    assert_non_null(strstr(c->body, "Signature expired: 20260131T235959Z is now earlier than "
                                    "20260201T000000Z (20260201T000500Z - 5 min.)"));
    client_destroy(c);
    pt_server_stop(server);
    pt_close(database);
}

/* ---- TLS ---- */

static char *read_file(const char *name) {
    char path[512];
    char *text = calloc(1, 16 * 1024);
    snprintf(path, sizeof path, "%s/%s", TLS_FOLDER, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, 16 * 1024 - 1, file) > 0);
    fclose(file);
    return text;
}

/* A client that does not go on with the handshake is cut off like any that says nothing. */
static void test_server_secrets__silent_handshakes_end(void **state) {
    (void)state;
    pte_error error;
    pt_database *database = open_database();
    pt_server *server;
    char *certificate = read_file("certificate.pem"), *key = read_file("key.pem");
    const pt_server_options options = {
        .tls_certificate = certificate, .tls_key = key, .idle_timeout_s = 1};
    OK(pt_server_start(&server, database, &options, &error));
    free(certificate);
    free(key);
    for (int sent = 0; sent < 2; sent++) {
        client *c = client_new(pt_server_port(server), NULL);
        char received[256];
        ssize_t got;
        assert_non_null(c);
        if (sent == 1) {
            assert_int_equal(send(c->socket, "\x16\x03\x01", 3, MSG_NOSIGNAL), 3);
        }
        /* After perhaps an alert it is at its end, or reset, well before the client's minute. */
        do {
            got = recv(c->socket, received, sizeof received, 0);
            assert_true(got <= 0 || received[0] == 21);
        } while (got > 0);
        assert_true(got == 0 || errno == ECONNRESET);
        client_destroy(c);
    }
    pt_server_stop(server);
    pt_close(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server_secrets__refuses_bad_options),
        cmocka_unit_test(test_server_secrets__time_is_the_option_s),
        cmocka_unit_test(test_server_secrets__silent_handshakes_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
