/*
 * Whether a certificate and a key are fit for TLS, told before libmicrohttpd is given them: it
 * would only say that it cannot start. Asks GnuTLS as libmicrohttpd will.
 */
#include "http/http.h"

#include <gnutls/x509.h>
#include <limits.h>
#include <stdio.h>

static pte_status refuse(pte_error *error, const char *message) {
    if (error != NULL) {
        *error = (pte_error){.status = PTE_INVALID_ARGUMENT};
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return PTE_INVALID_ARGUMENT;
}

static pte_status no_memory(pte_error *error) {
    if (error != NULL) {
        *error = (pte_error){.status = PTE_OUT_OF_MEMORY};
        snprintf(error->message, sizeof error->message, "no memory for certificates");
    }
    return PTE_OUT_OF_MEMORY;
}

/* Views the text, which GnuTLS does not change. One that is too long for it is empty here, in which
 * nothing is found. */
static gnutls_datum_t datum(const char *text) {
    size_t len = strlen(text);
    return (gnutls_datum_t){(unsigned char *)(uintptr_t)text, len > INT_MAX ? 0 : (unsigned)len};
}

/* Where the next certificate begins; NULL: there is none. */
static const char *find_certificate(const char *pem) {
    static const char *const heads[] = {"-----BEGIN CERTIFICATE-----",
                                        "-----BEGIN X509 CERTIFICATE-----"};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const char *found = strstr(pem, heads[i]);
        first = first == NULL || (found != NULL && found < first) ? found : first;
    }
    return first;
}

/* Reads the one that the text begins with; GnuTLS's result. */
static int look_at_certificate(const char *pem) {
    gnutls_x509_crt_t certificate;
    gnutls_datum_t text = datum(pem);
    int result = gnutls_x509_crt_init(&certificate);
    if (result == 0) {
        result = gnutls_x509_crt_import(certificate, &text, GNUTLS_X509_FMT_PEM);
        gnutls_x509_crt_deinit(certificate);
    }
    return result;
}

/* One by one, also those behind the first: of a list that has a bad one GnuTLS 3.7 tells no more
 * than that, and loses memory. */
static pte_status look_at_certificates(const char *pem, pte_error *error) {
    const char *first = find_certificate(pem), *at = first, *next;
    int result = first == NULL ? GNUTLS_E_NO_CERTIFICATE_FOUND : look_at_certificate(first);
    while (result == 0 && (next = find_certificate(at + 1)) != NULL) {
        at = next;
        result = look_at_certificate(at);
    }
    if (result == 0) {
        return PTE_OK;
    }
    if (result == GNUTLS_E_MEMORY_ERROR) {
        return no_memory(error);
    }
    return refuse(error, at == first ? "tls_certificate: expected a certificate in PEM, found none "
                                       "that can be read"
                                     : "tls_certificate: one behind the first cannot be read");
}

static pte_status refuse_key(int result, pte_error *error) {
    switch (result) {
    case GNUTLS_E_MEMORY_ERROR:
        return no_memory(error);
    case GNUTLS_E_CERTIFICATE_KEY_MISMATCH:
        return refuse(error, "tls_key: it is not the key of tls_certificate's first certificate");
    case GNUTLS_E_DECRYPTION_FAILED: /* nobody is asked for a passphrase */
        return refuse(error, "tls_key: it is encrypted; expected a private key in PEM that needs "
                             "no passphrase");
    default:
        return refuse(error, "tls_key: expected a private key in PEM, found none that can be read");
    }
}

pte_status pt__http_tls_check(const char *certificate, const char *key, pte_error *error) {
    gnutls_certificate_credentials_t credentials;
    gnutls_datum_t certificate_pem = datum(certificate), key_pem = datum(key);
    pte_status status = look_at_certificates(certificate, error);
    if (status != PTE_OK) {
        return status;
    }
    if (gnutls_certificate_allocate_credentials(&credentials) < 0) {
        return no_memory(error);
    }
    /* As libmicrohttpd will. */
    int result = gnutls_certificate_set_x509_key_mem2(credentials, &certificate_pem, &key_pem,
                                                      GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_certificate_free_credentials(credentials);
    if (result < 0) {
        return refuse_key(result, error);
    }
    if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES) {
        return refuse(error, "tls_certificate: this libmicrohttpd was built without TLS");
    }
    return PTE_OK;
}
