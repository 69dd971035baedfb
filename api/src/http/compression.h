/* The content codings of bodies: which one, and zlib's work. Knows nothing of the server. */
#ifndef PT_HTTP_COMPRESSION_H
#define PT_HTTP_COMPRESSION_H

#include <pocketable/engine/status.h>

/* zlib changes none of its input. */
#define ZLIB_CONST
#include <zlib.h>

typedef enum pt__coding {
    PT__CODING_NONE = 0,
    PT__CODING_GZIP,
    PT__CODING_DEFLATE, /* a zlib stream, RFC 9110, 8.4.1.2 */
    PT__CODING_UNKNOWN,
} pt__coding;

/* The coding that Content-Encoding names; NULL: none. */
pt__coding pt__coding_of_body(const char *content_encoding);

/* The coding that Accept-Encoding likes best, NONE, GZIP or DEFLATE; NULL: none. */
pt__coding pt__coding_to_answer(const char *accept_encoding);

/* "gzip", "deflate". */
const char *pt__coding_name(pt__coding coding);

/* ---- requests ---- */

typedef enum pt__inflated {
    PT__INFLATED = 0,
    PT__INFLATE_STOPPED, /* the sink has had enough */
    PT__INFLATE_BAD,     /* not of this coding */
    PT__INFLATE_NO_MEMORY,
} pt__inflated;

/* A body that is being unpacked as it comes. One thread at a time. */
typedef struct pt__inflater {
    z_stream stream;
    pt__coding coding;
    bool whole; /* a stream has ended, and none has begun behind it */
    bool again; /* it is not the first */
    bool junk;  /* what follows is looked at no more */
} pt__inflater;

/* Takes what is unpacked; false: no more. */
typedef bool pt__inflate_sink(void *ctx, const uint8_t *data, size_t bytes);

/* For GZIP or DEFLATE. NULL without memory. */
pt__inflater *pt__inflater_create(pt__coding coding);
/* NULL is allowed. */
void pt__inflater_destroy(pt__inflater *inflater);
/* Unpacks the next bytes. */
pt__inflated pt__inflate(pt__inflater *inflater, const uint8_t *data, size_t bytes,
                         pt__inflate_sink *sink, void *ctx);
/* Whether what came is complete. */
bool pt__inflate_is_whole(const pt__inflater *inflater);

/* ---- answers ---- */

/* Keeps zlib's memory, 268 KB a coding, from answer to answer. Starts as zeros. One thread. */
typedef struct pt__deflater {
    z_stream streams[2];
    bool made[2];
} pt__deflater;

void pt__deflater_clean_up(pt__deflater *deflater);
/* Packs the body by GZIP or DEFLATE: owned, from malloc. Empty if there is no memory, or if it
 * would not become shorter. */
pte_bytes pt__deflate(pt__deflater *deflater, pt__coding coding, pte_bytes body);

#endif
