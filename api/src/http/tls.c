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

/* The certificate's own part in the result of all, which was bad; OK: it has none. */
static pte_status look_at_certificate(const gnutls_datum_t *pem, pte_error *error) {
    gnutls_x509_crt_t first, *all = NULL;
    unsigned count = 0;
    int result = gnutls_x509_crt_init(&first);
    if (result < 0) {
        return no_memory(error);
    }
    result = gnutls_x509_crt_import(first, pem, GNUTLS_X509_FMT_PEM);
    gnutls_x509_crt_deinit(first);
    if (result < 0) {
        return result == GNUTLS_E_MEMORY_ERROR
                   ? no_memory(error)
                   : refuse(error, "tls_certificate: expected a certificate in PEM, found none "
                                   "that can be read");
    }
    /* Those behind it must be whole, too. */
    result = gnutls_x509_crt_list_import2(&all, &count, pem, GNUTLS_X509_FMT_PEM, 0);
    if (result < 0) {
        return result == GNUTLS_E_MEMORY_ERROR
                   ? no_memory(error)
                   : refuse(error, "tls_certificate: one behind the first cannot be read");
    }
    for (unsigned i = 0; i < count; i++) {
        gnutls_x509_crt_deinit(all[i]);
    }
    gnutls_free(all);
    return PTE_OK;
}

static pte_status refuse_key(int result, pte_error *error) {
    switch (result) {
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
    if (gnutls_certificate_allocate_credentials(&credentials) < 0) {
        return no_memory(error);
    }
    int result = gnutls_certificate_set_x509_key_mem2(credentials, &certificate_pem, &key_pem,
                                                      GNUTLS_X509_FMT_PEM, NULL, 0);
    gnutls_certificate_free_credentials(credentials);
    if (result == GNUTLS_E_MEMORY_ERROR) {
        return no_memory(error);
    }
    if (result < 0) {
        pte_status status = look_at_certificate(&certificate_pem, error);
        return status != PTE_OK ? status : refuse_key(result, error);
    }
    if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES) {
        return refuse(error, "tls_certificate: this libmicrohttpd was built without TLS");
    }
    return PTE_OK;
}
