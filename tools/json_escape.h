/*
 * Text as a string of JSON has it between its quotes (RFC 8259, 7): quotes, backslashes and what
 * stands before the space are escaped, whatever else is in it stays as it is. Pure.
 *
 *     json_escaping rest = {text};
 *     for (pte_bytes piece = json_escape_next(&rest); piece.len != 0;
 *          piece = json_escape_next(&rest)) {
 */
#ifndef TOOL_JSON_ESCAPE_H
#define TOOL_JSON_ESCAPE_H

#include <pocketable/engine/status.h>

typedef struct json_escaping {
    pte_bytes text; /* what is still to be taken; borrowed */
    char escape[8]; /* private */
} json_escaping;

/* The next piece, a view of the text or, until the next call, of the escaping; empty: the end. */
pte_bytes json_escape_next(json_escaping *escaping);

#endif
