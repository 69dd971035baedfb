/*
 * NextToken: where a SELECT goes on. It is opaque to clients and checked when it comes back: that
 * it is one of ours, that it belongs to the same statement, and that it is a key the statement
 * could have met, so that a forged one reads nothing that another statement would not.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
 * The service's tokens also expire; these do not.
 *
 *   bytes  what
 *   1      1, the version
 *   16     the fingerprint of what the request asks for
 *   4      big-endian: which of the statement's queries
 *   n      the key of the last item that was read, as an item
 *   8      hash of all before
 *
 * in base64.
 */
#ifndef PT_OPERATION_NEXT_TOKEN_H
#define PT_OPERATION_NEXT_TOKEN_H

#include "request/table.h"
#include "request/token.h"

typedef struct pt__next_token {
    pt__fingerprint fingerprint;
    uint32_t branch;
    pte_item key;
} pt__next_token;

/* Writes it as a string. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__next_token_encode(pt__call *call, const pt__next_token *token);

/* Reads one for the request with this fingerprint. In the arena. Fails: VALIDATION, INTERNAL. */
PTE_CHECKED pt__exception pt__next_token_decode(pt__next_token *token, pt__call *call,
                                                pte_bytes text, const pt__fingerprint *fingerprint);

/* The key attributes of an item, of the table's key and of the index's (NULL: none), as an item in
 * the arena. Fails: INTERNAL. */
PTE_CHECKED pt__exception pt__next_token_key(pte_item *key, pt__call *call, const pt__table *table,
                                             const pte_index_info *index, const pte_item *item);

/* "Invalid NextToken". Fails always. */
PTE_CHECKED pt__exception pt__next_token_refuse(pt__call *call);

#endif
