/*
 * Signatures of AWS's version 4: what a request claims, what it should have signed, and whether it
 * did. Pure functions over a request in memory; hashes are GnuTLS's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
#ifndef PT_HTTP_SIGV4_H
#define PT_HTTP_SIGV4_H

#include <pocketable/server.h>

enum {
    PT__SHA256_BYTES = 32,
    PT__SHA256_HEX = 2 * PT__SHA256_BYTES,
    PT__SIGV4_MESSAGE_MAX = 512,
};

/* A header, or a parameter of the query as it stands in the URL. */
typedef struct pt__sigv4_pair {
    pte_bytes name;
    pte_bytes value;
} pt__sigv4_pair;

typedef struct pt__sigv4_request {
    pte_bytes method;
    pte_bytes path; /* as it stands in the URL */
    const pt__sigv4_pair *query;
    size_t query_count;
    const pt__sigv4_pair *headers;
    size_t header_count;
    pte_bytes body;
    /* The hash of the body as it was sent, where a Content-Encoding has been undone; NULL: it is as
     * it was sent. */
    const uint8_t *sent_sha256;
} pt__sigv4_request;

typedef enum pt__sigv4_verdict {
    PT__SIGV4_GOOD = 0,
    PT__SIGV4_REFUSED,
    PT__SIGV4_NO_MEMORY,
} pt__sigv4_verdict;

/* AWS's answer to what is not signed as it should be; its status is 400. */
typedef struct pt__sigv4_refusal {
    const char *type;
    char message[PT__SIGV4_MESSAGE_MAX]; /* cut off if need be */
} pt__sigv4_refusal;

/* The credential that was verified, "KEY/DATE/REGION/SERVICE/aws4_request": a request may name
 * others beside it, which count for nothing. */
typedef struct pt__sigv4_signer {
    char credential[512];
} pt__sigv4_signer;

/*
 * Whether one of the credentials has signed the request for DynamoDB, no longer ago than AWS
 * allows. Replays are not noticed, as by AWS. *refusal is only set where it is refused, *signer
 * only where it is not; signer may be NULL. now_ms: since 1970.
 */
pt__sigv4_verdict pt__sigv4_verify(pt__sigv4_refusal *refusal, pt__sigv4_signer *signer,
                                   const pt__sigv4_request *request,
                                   const pt_server_credential *credentials, size_t credential_count,
                                   int64_t now_ms);

/* ---- sigv4_claim.c: what a request says of its signature ---- */

typedef struct pt__sigv4_claim {
    bool in_query;            /* else in headers */
    pte_bytes authorization;  /* the header */
    pte_bytes algorithm;      /* what follows views the request, or memory where it had to be */
    pte_bytes credential;     /* decoded from the URL; data NULL: it is not there */
    pte_bytes signed_headers; /* "host;x-amz-date" */
    pte_bytes signature;
    pte_bytes date;
    pte_bytes expires; /* data NULL: the usual time */
    pte_bytes token;   /* data NULL: none */
    char *memory;
} pt__sigv4_claim;

/* Reads the claim; what is missing or malformed is refused. Clean the claim up in any case. */
pt__sigv4_verdict pt__sigv4_claim_read(pt__sigv4_claim *claim, pt__sigv4_refusal *refusal,
                                       const pt__sigv4_request *request);
void pt__sigv4_claim_clean_up(pt__sigv4_claim *claim);

/* The value of the first header of that name, in lower case; data NULL: there is none. */
pte_bytes pt__sigv4_header(const pt__sigv4_request *request, const char *name);

/* Names are equal without regard to case. */
bool pt__sigv4_is_name(pte_bytes a, pte_bytes b);

/* Whether the list "a;b" has the name; without regard to case. */
bool pt__sigv4_lists(pte_bytes signed_headers, pte_bytes name);

/* Undoes a URL's encoding, with '+' for a blank, into memory that is as long as the text. */
pte_bytes pt__sigv4_decode(char *memory, pte_bytes text);

/* Takes the part up to the separator off the text. */
pte_bytes pt__sigv4_take(pte_bytes *text, char separator);

pt__sigv4_verdict pt__sigv4_refuse(pt__sigv4_refusal *refusal, const char *type, const char *format,
                                   ...) __attribute__((__format__(__printf__, 3, 4)));

#define PT__SIGV4_MISSING "com.amazon.coral.service#MissingAuthenticationTokenException"
#define PT__SIGV4_INCOMPLETE "com.amazon.coral.service#IncompleteSignatureException"
#define PT__SIGV4_INVALID "com.amazon.coral.service#InvalidSignatureException"
#define PT__SIGV4_UNRECOGNIZED "com.amazon.coral.service#UnrecognizedClientException"

/* A view of bytes for "%.*s"; what is longer than a message is of no use in it. */
#define PT__SIGV4_SHOW(bytes)                                                                      \
    (int)((bytes).len < PT__SIGV4_MESSAGE_MAX ? (bytes).len : PT__SIGV4_MESSAGE_MAX),              \
        ((bytes).data == NULL ? "" : (const char *)(bytes).data)

/* ---- sigv4_time.c ---- */

/* Reads "20260131T235959Z", or HTTP's "Sat, 31 Jan 2026 23:59:59 GMT" (http_date), to seconds since
 * 1970; false: it is neither. */
bool pt__sigv4_time_read(int64_t *seconds, pte_bytes text, bool http_date);
/* Writes the first form, of a time from 1970 to 9999, and a zero. */
enum { PT__SIGV4_TIME_CHARACTERS = 16 };
void pt__sigv4_time_write(char text[PT__SIGV4_TIME_CHARACTERS + 1], int64_t seconds);

/* ---- sigv4_canonical.c: what is signed ---- */

typedef struct pt__sigv4_text {
    char *data;
    size_t len;
    size_t capacity;
    bool failed;   /* no memory, or */
    bool too_long; /* it is longer than any client's */
} pt__sigv4_text;

/* Appends the canonical request. The caller frees text->data. */
void pt__sigv4_canonical(pt__sigv4_text *text, const pt__sigv4_request *request,
                         pte_bytes signed_headers);

/*
 * The signature of a canonical request, in hexadecimal and without a zero. time: 16 characters;
 * scope: "date/region/service/aws4_request". False: no memory, or the secret is too long.
 */
bool pt__sigv4_sign(char signature[PT__SHA256_HEX], pte_bytes canonical, const char *time,
                    pte_bytes scope, const char *secret);

#endif
