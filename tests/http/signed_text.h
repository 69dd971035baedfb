/* Requests of HTTP's as text, "POST /?a=b HTTP/1.1\r\nHost: x\r\n\r\nbody", for the checks of
 * signatures. */
#ifndef TESTS_HTTP_SIGNED_TEXT_H
#define TESTS_HTTP_SIGNED_TEXT_H

#include "http/sigv4.h"

enum { SIGNED_PAIRS_MAX = 64 };

typedef struct signed_text {
    pt__sigv4_request request; /* views the text and the pairs */
    pt__sigv4_pair headers[SIGNED_PAIRS_MAX];
    pt__sigv4_pair query[SIGNED_PAIRS_MAX];
} signed_text;

/* Takes the text apart; what is no request becomes one somehow. */
void signed_text_read(signed_text *to, pte_bytes text);

#endif
