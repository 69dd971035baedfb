/*
 * The chunked transfer coding of RFC 9112, 7.1, taken off a body as it comes. Pure: it calls
 * nothing.
 *
 *   size in hex [;extensions] CRLF  that many bytes CRLF   ... any number of times
 *   0 [;extensions] CRLF  trailer fields, each with CRLF  CRLF
 */
#ifndef TOOL_HTTP_CHUNKS_H
#define TOOL_HTTP_CHUNKS_H

#include <stddef.h>
#include <stdint.h>

/* A line of a chunk's size and extensions, and all trailer fields together. */
enum { HTTP_CHUNKS_LINE_BYTES_MAX = 4 * 1024, HTTP_CHUNKS_TRAILER_BYTES_MAX = 16 * 1024 };

typedef enum http_chunks_state {
    HTTP_CHUNKS_SIZE, /* where a size begins; zeros are the state before the first byte */
    HTTP_CHUNKS_DIGITS,
    HTTP_CHUNKS_SPACE, /* between a size and its extensions */
    HTTP_CHUNKS_EXTENSION,
    HTTP_CHUNKS_SIZE_LF,
    HTTP_CHUNKS_DATA,
    HTTP_CHUNKS_DATA_CR,
    HTTP_CHUNKS_DATA_LF,
    HTTP_CHUNKS_TRAILER, /* where a trailer field begins, or the end */
    HTTP_CHUNKS_TRAILER_FIELD,
    HTTP_CHUNKS_TRAILER_LF,
    HTTP_CHUNKS_LAST_LF,
    HTTP_CHUNKS_ENDED,
    HTTP_CHUNKS_WRONG,    /* not this coding, or a line that is too long */
    HTTP_CHUNKS_TOO_LONG, /* more than body_bytes_max; a size of any length comes to this */
} http_chunks_state;

/* One thread at a time. */
typedef struct http_chunks {
    http_chunks_state state;
    size_t body_bytes_max;
    size_t body_len; /* of all chunks that were begun */
    size_t left;     /* of this chunk: its size while that is read, then what is still to come */
    size_t line_len; /* of this line, or of the trailer fields */
} http_chunks;

/*
 * Reads len bytes, and moves those of the body together at the same place. *body_len: how many
 * these are. Returns how many bytes were read: all, unless the last chunk ended before, or the
 * state is WRONG or TOO_LONG.
 */
size_t http_chunks_take(http_chunks *chunks, char *bytes, size_t len, size_t *body_len);

#endif
