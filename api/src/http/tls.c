/*
 * Whether a certificate and a key are fit for TLS, told before libmicrohttpd is given them: it
 * would only say that it cannot start. Calls OpenSSL's libcrypto.
 */
#include "http/http.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

static pte_status refuse(pte_error *error, const char *message) {
    if (error != NULL) {
        *error = (pte_error){.status = PTE_INVALID_ARGUMENT};
        snprintf(error->message, sizeof error->message, "%s", message);
    }
    return PTE_INVALID_ARGUMENT;
}

/* Nobody is asked for a passphrase; told is whether one was wanted. */
static int no_passphrase(char *buffer, int size, int writing, void *ctx) {
    (void)buffer, (void)size, (void)writing;
    *(bool *)ctx = true;
    return -1;
}

static pte_status read_key(EVP_PKEY **key, const char *pem, pte_error *error) {
    bool encrypted = false;
    BIO *bio = BIO_new_mem_buf(pem, -1);
    *key = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &encrypted);
    BIO_free(bio);
    if (*key != NULL) {
        return PTE_OK;
    }
    return refuse(error, encrypted ? "tls_key: it is encrypted; expected a private key in PEM that "
                                     "needs no passphrase"
                                   : "tls_key: expected a private key in PEM, found none that can "
                                     "be read");
}

static pte_status read_certificate(X509 **certificate, const char *pem, pte_error *error) {
    BIO *bio = BIO_new_mem_buf(pem, -1);
    *certificate = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, NULL, NULL);
    pte_status status = PTE_OK;
    if (*certificate == NULL) {
        status = refuse(error, "tls_certificate: expected a certificate in PEM, found none that "
                               "can be read");
    }
    /* Those behind it must be whole, too. */
    while (status == PTE_OK) {
        X509 *next = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        if (next == NULL) {
            if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
                status = refuse(error, "tls_certificate: one behind the first cannot be read");
            }
            break;
        }
        X509_free(next);
    }
    BIO_free(bio);
    return status;
}

pte_status pt__http_tls_check(const char *certificate, const char *key, pte_error *error) {
    X509 *x509 = NULL;
    EVP_PKEY *pkey = NULL;
    pte_status status = read_certificate(&x509, certificate, error);
    if (status == PTE_OK) {
        status = read_key(&pkey, key, error);
    }
    if (status == PTE_OK && X509_check_private_key(x509, pkey) != 1) {
        status = refuse(error, "tls_key: it is not the key of tls_certificate's first certificate");
    }
    if (status == PTE_OK && MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES) {
        status = refuse(error, "tls_certificate: this libmicrohttpd was built without TLS");
    }
    EVP_PKEY_free(pkey);
    X509_free(x509);
    ERR_clear_error();
    return status;
}
