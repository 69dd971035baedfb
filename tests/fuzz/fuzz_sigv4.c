/*
 * A signed request: it is read and checked, and what is refused is refused with a type and a text.
 * Nothing that was not signed is taken: the secret is not in the input's reach.
 * Input: the request as it is sent.
 */
#include "fuzz.h"

#include "http/signed_text.h"

#include <string.h>

/* AWS's example; the signature of the corpus's inputs is not of this secret. */
static const pt_server_credential credentials[] = {
    {"AKIDEXAMPLE", "no input is signed with this", NULL},
    {"AKIDEXAMPLE", "nor with this", "token"},
};

static const int64_t NOW_MS = INT64_C(1769903999000);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    signed_text text;
    pt__sigv4_refusal refusal = {.type = NULL};
    signed_text_read(&text, pte_view(data, size));
    pt__sigv4_verdict verdict =
        pt__sigv4_verify(&refusal, NULL, &text.request, credentials, 2, NOW_MS);
    MUST(verdict == PT__SIGV4_REFUSED);
    MUST(refusal.type != NULL && strlen(refusal.message) < PT__SIGV4_MESSAGE_MAX);
    return 0;
}
