/* Items and digests as JSON, and a growing text. */
#ifndef BENCH_JSON_TEXT_H
#define BENCH_JSON_TEXT_H

#include "items.h"

enum { BENCH_DIGEST_TEXT_BYTES = 24 }; /* sixteen bytes in base64 */

/* A text that grows up to BENCH_TEXT_BYTES_MAX. Zeroed it is empty. */
typedef struct bench_text {
    char *data;
    size_t len;
    size_t capacity;
    bool failed; /* no memory, or an item that is not as the maker makes them */
} bench_text;

#define BENCH_TEXT_BYTES_MAX ((size_t)1 << 32)

void bench_text_clean_up(bench_text *text);
__attribute__((__format__(__printf__, 2, 3))) void bench_text_print(bench_text *text,
                                                                    const char *format, ...);
/* Adds an item of the maker's as DynamoDB writes it: {"PK":{"S":"..."},...}. */
void bench_text_item(bench_text *text, pte_bytes encoded);
/* Adds sixteen bytes in base64. */
void bench_text_digest(bench_text *text, const uint8_t *digest);
/* Reads them. Whether text is base64. */
bool bench_digest_read(uint8_t *digest, const char *text);

#endif
