/*
 * Base64 as the wire has it: RFC 4648, section 4, with its padding, nothing in between.
 */
#ifndef PT_JSON_BASE64_H
#define PT_JSON_BASE64_H

#include "failure/failure.h"

/* Writes (data.len + 2) / 3 * 4 characters. */
void pt__base64_encode(uint8_t *text, pte_bytes data);

/* Fails: SERIALIZATION, with AWS's text for what is wrong. */
PTE_CHECKED pt__exception pt__base64_check(pte_bytes text, pt__failure *failure);

/* Decodes into the failure's arena. Fails: as pt__base64_check; INTERNAL. */
PTE_CHECKED pt__exception pt__base64_decode(pte_bytes *data, pte_bytes text, pt__failure *failure);

#endif
