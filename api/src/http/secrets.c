/* The server's own copies of what its options say of credentials, TLS and namespaces. */
#include "http/http.h"

#include <gnutls/gnutls.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static pte_status fail(pte_error *error, pte_status status, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));

static pte_status fail(pte_error *error, pte_status status, const char *format, ...) {
    if (error != NULL) {
        *error = (pte_error){.status = status};
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

static int64_t system_now_ms(void *ctx) {
    (void)ctx;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- credentials ---- */

static pte_status check_text(const char *text, size_t max, size_t at, const char *what,
                             pte_error *error) {
    size_t len = text == NULL ? 0 : strlen(text);
    if (len == 0 || len > max) {
        return fail(error, PTE_INVALID_ARGUMENT,
                    "credentials[%zu].%s: expected 1 to %zu characters, found %zu", at, what, max,
                    len);
    }
    return PTE_OK;
}

/* The parts of a credential stand between slashes, so a key cannot have one. */
static pte_status check_credential(const pt_server_credential *one, size_t at, pte_error *error) {
    pte_status status =
        check_text(one->access_key_id, PT_SERVER_KEY_ID_BYTES_MAX, at, "access_key_id", error);
    if (status == PTE_OK) {
        status = check_text(one->secret_access_key, PT_SERVER_SECRET_BYTES_MAX, at,
                            "secret_access_key", error);
    }
    if (status == PTE_OK && strpbrk(one->access_key_id, "/, \t") != NULL) {
        status = fail(error, PTE_INVALID_ARGUMENT,
                      "credentials[%zu].access_key_id: expected no slash, comma or blank", at);
    }
    return status;
}

static bool copy_text(const char **copy, const char *text) {
    *copy = text == NULL ? NULL : strdup(text);
    return text == NULL || *copy != NULL;
}

static pte_status copy_credentials(pt_server *server, const pt_server_options *options,
                                   pte_error *error) {
    size_t count = options->credential_count;
    if (options->credentials == NULL) {
        return PTE_OK;
    }
    if (count == 0) {
        return fail(error, PTE_INVALID_ARGUMENT, "credentials: expected at least one, found none");
    }
    server->credentials = calloc(count, sizeof *server->credentials);
    bool copied = server->credentials != NULL;
    for (size_t i = 0; copied && i < count; i++) {
        const pt_server_credential *one = &options->credentials[i];
        pt_server_credential *copy = &server->credentials[i];
        pte_status status = check_credential(one, i, error);
        if (status != PTE_OK) {
            return status;
        }
        server->credential_count++;
        copied = copy_text(&copy->access_key_id, one->access_key_id) &&
                 copy_text(&copy->secret_access_key, one->secret_access_key) &&
                 copy_text(&copy->session_token, one->session_token);
    }
    return copied ? PTE_OK : fail(error, PTE_OUT_OF_MEMORY, "no memory for credentials");
}

static void wipe(const char *text) {
    if (text != NULL) {
        char *own = (char *)(uintptr_t)text;
        gnutls_memset(own, 0, strlen(own));
        free(own);
    }
}

/* ---- all of it ---- */

pte_status pt__http_secrets_init(pt_server *server, const pt_server_options *options,
                                 pte_error *error) {
    if (options->namespaces > PT_SERVER_SHARED) {
        return fail(error, PTE_INVALID_ARGUMENT, "namespaces: expected up to %d, found %d",
                    PT_SERVER_SHARED, (int)options->namespaces);
    }
    if ((options->tls_certificate == NULL) != (options->tls_key == NULL)) {
        return fail(error, PTE_INVALID_ARGUMENT,
                    "tls_certificate and tls_key: expected both or neither, found the %s alone",
                    options->tls_key == NULL ? "certificate" : "key");
    }
    if (options->tls_certificate != NULL) {
        pte_status status = pt__http_tls_check(options->tls_certificate, options->tls_key, error);
        if (status != PTE_OK) {
            return status;
        }
    }
    server->tls_certificate = options->tls_certificate;
    server->tls_key = options->tls_key;
    server->namespaces = options->namespaces;
    server->like_dynamodb_local = options->like_dynamodb_local;
    server->now_ms = options->now_ms == NULL ? system_now_ms : options->now_ms;
    server->now_ctx = options->now_ctx;
    return copy_credentials(server, options, error);
}

void pt__http_secrets_clean_up(pt_server *server) {
    for (size_t i = 0; i < server->credential_count; i++) {
        pt_server_credential *one = &server->credentials[i];
        wipe(one->access_key_id);
        wipe(one->secret_access_key);
        wipe(one->session_token);
    }
    free(server->credentials);
    server->credentials = NULL;
    server->credential_count = 0;
}
