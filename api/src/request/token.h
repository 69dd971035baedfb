/*
 * ClientRequestToken: what makes TransactWriteItems idempotent. The tokens of the last ten minutes
 * are items of a table of their own, written in the same engine transaction as what they stand for,
 * so that they survive what the writes survive. The table's name is outside every region's
 * namespace, so that nobody sees it; it is made when the first token comes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 *
 *   attribute  type  what
 *   T          S     region, '/', token: the key
 *   F          B     16 bytes, the hash of what the request means
 *   C          N     when it was made, milliseconds since 1970
 *   E          N     when it may be forgotten, seconds since 1970: the time to live
 */
#ifndef PT_REQUEST_TOKEN_H
#define PT_REQUEST_TOKEN_H

#include "request/call.h"

#include <stdatomic.h>

enum {
    PT__FINGERPRINT_BYTES = 16,
    PT__TOKEN_LIFETIME_MS = 10 * 60 * 1000, /* API_TransactWriteItems, ClientRequestToken */
};

/* What a database keeps of tokens in memory. Starts as zeros. Any thread. */
typedef struct pt__tokens {
    _Atomic(int64_t) sweep_due_ms; /* when expired ones are to be removed next */
} pt__tokens;

/* A hash over parts, the order of which counts, as does where one ends. Starts as zeros. */
typedef struct pt__fingerprint {
    uint8_t bytes[PT__FINGERPRINT_BYTES];
} pt__fingerprint;
void pt__fingerprint_add(pt__fingerprint *fingerprint, pte_bytes part);

typedef enum pt__token_outcome {
    PT__TOKEN_NEW = 0, /* unknown or expired: go on */
    PT__TOKEN_REPLAY,  /* the request was carried out before */
    PT__TOKEN_MISMATCH /* another request had the token */
} pt__token_outcome;

/* From run to finish, in the call's arena. */
typedef struct pt__token {
    pte_bytes key;
    pt__fingerprint fingerprint;
    int64_t now_ms;
    pt__token_outcome outcome; /* once the engine has run the operation, if that failed with
                                  CALLBACK_FAILED */
} pt__token;

/*
 * Sets op up to look at the token and to keep it: an operation for the same engine transaction,
 * which fails unless the token is new. The snapshot is ended; the table is made if need be, and now
 * and then expired tokens are removed (unless options say that somebody else does). token must stay
 * where it is, its fingerprint is the request's. Fails: INTERNAL.
 */
PTE_CHECKED pt__exception pt__token_op(pte_op *op, pt__token *token, pt__call *call,
                                       pte_bytes text);

#endif
