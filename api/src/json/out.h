/*
 * Writing JSON: values one after the other into a growing buffer. Commas come by themselves. The
 * calls return nothing: running out of memory is kept and reported at the end.
 */
#ifndef PT_JSON_OUT_H
#define PT_JSON_OUT_H

#include "base/memory.h"

/* More than any answer: 16 MB of items for BatchGetItem, escaped at worst sixfold. */
enum { PT__OUT_BYTES_MAX = 256 * 1024 * 1024 };

/* Starts as {.allocator = ...}. One thread at a time. */
typedef struct pt__out {
    pte_allocator allocator;
    pte__buffer buffer;
    bool failed;
} pt__out;

void pt__out_reset(pt__out *out); /* empty again; keeps a buffer of ordinary size */
void pt__out_clean_up(pt__out *out);

void pt__out_object(pt__out *out); /* { */
void pt__out_object_end(pt__out *out);
void pt__out_array(pt__out *out); /* [ */
void pt__out_array_end(pt__out *out);
void pt__out_name(pt__out *out, const char *name); /* needs no escapes */
void pt__out_name_bytes(pt__out *out, pte_bytes name);

void pt__out_string(pt__out *out, pte_bytes text);                    /* escaped */
void pt__out_text(pt__out *out, const char *text);                    /* the same, of a C string */
void pt__out_typed_string(pt__out *out, char type, pte_bytes text);   /* {"S": text} */
void pt__out_open_typed(pt__out *out, const char *type, bool object); /* {"M":{ or {"L":[ */
void pt__out_close_typed(pt__out *out, bool object);
void pt__out_base64(pt__out *out, pte_bytes data);       /* as a string */
void pt__out_typed_base64(pt__out *out, pte_bytes data); /* {"B": data} */
void pt__out_integer(pt__out *out, int64_t value);
void pt__out_halves(pt__out *out, uint64_t halves);  /* halves of a unit: 1 is 0.5, 2 is 1.0 */
void pt__out_milliseconds(pt__out *out, int64_t ms); /* as seconds with three decimals */
void pt__out_boolean(pt__out *out, bool value);
void pt__out_null(pt__out *out);
void pt__out_json(pt__out *out, pte_bytes json); /* a whole value, as it is */

/* name and value in one call */
void pt__out_typed_member(pt__out *out, pte_bytes name, char type, pte_bytes text);
void pt__out_member_text(pt__out *out, const char *name, const char *text);
void pt__out_member_string(pt__out *out, const char *name, pte_bytes text);
void pt__out_member_integer(pt__out *out, const char *name, int64_t value);

#endif
