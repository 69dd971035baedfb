/*
 * Codings and zlib; see compression.h.
 *
 * What the service does where the standards leave room, or where it departs from them, is as
 * ScyllaDB Alternator's tests saw it: test_compressed_request.py, test_compressed_response.py.
 */
#include "http/compression.h"

#include <stdlib.h>
#include <strings.h>

enum {
    /* Answers are packed on the thread that serves others too, so fast rather than small. */
    LEVEL = 1,
    MEMORY_LEVEL = 8,
    /* zlib's way to say which format; the window is 2^15 bytes. */
    WINDOW_ZLIB = 15,
    WINDOW_GZIP = 15 + 16,
    PIECE_BYTES = 16 * 1024,
    Q_ONE = 1000 * 1000,
};

static int window_of(pt__coding coding) {
    return coding == PT__CODING_GZIP ? WINDOW_GZIP : WINDOW_ZLIB;
}

const char *pt__coding_name(pt__coding coding) {
    return coding == PT__CODING_GZIP ? "gzip" : "deflate";
}

/* ---- names and weights ---- */

static pte_bytes trim(const char *text, size_t len) {
    while (len > 0 && (*text == ' ' || *text == '\t')) {
        text++, len--;
    }
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t')) {
        len--;
    }
    return pte_view(text, len);
}

static bool is_word(pte_bytes text, const char *word) {
    return text.len == strlen(word) && strncasecmp((const char *)text.data, word, text.len) == 0;
}

pt__coding pt__coding_of_body(const char *content_encoding) {
    if (content_encoding == NULL) {
        return PT__CODING_NONE;
    }
    pte_bytes name = trim(content_encoding, strlen(content_encoding));
    return name.len == 0 || is_word(name, "identity")         ? PT__CODING_NONE
           : is_word(name, "gzip") || is_word(name, "x-gzip") ? PT__CODING_GZIP
           : is_word(name, "deflate")                         ? PT__CODING_DEFLATE
                                                              : PT__CODING_UNKNOWN;
}

/* A weight in millionths, at most one; what is no number is one, what is below zero is zero. */
static int weight_of(pte_bytes text) {
    const char *at = (const char *)text.data, *end = at + text.len;
    bool below = at < end && *at == '-', any = false, more = false;
    int weight = 0, place = Q_ONE;
    at += below || (at < end && *at == '+');
    for (; at < end && *at >= '0' && *at <= '9'; at++, any = true) {
        weight = *at != '0' || weight > 0 ? Q_ONE : 0;
    }
    if (at < end && *at == '.') {
        for (at++; at < end && *at >= '0' && *at <= '9'; at++, any = true) {
            place /= 10;
            weight += weight < Q_ONE ? (*at - '0') * place : 0;
            more = more || *at != '0';
        }
    }
    if (at != end || !any) {
        return Q_ONE;
    }
    return below ? 0 : weight == 0 && more ? 1 : weight;
}

/* The service looks for the first "q=" behind the name, whatever stands before it. */
static int weight_in(const char *parameters, size_t len) {
    for (size_t i = 0; i + 1 < len; i++) {
        if ((parameters[i] == 'q' || parameters[i] == 'Q') && parameters[i + 1] == '=') {
            const char *value = parameters + i + 2;
            size_t left = len - i - 2;
            const char *next = memchr(value, ';', left);
            return weight_of(trim(value, next == NULL ? left : (size_t)(next - value)));
        }
    }
    return Q_ONE;
}

typedef struct weights {
    int named[2]; /* gzip and deflate; -1: not named */
    int star;     /* -1: none */
    int first;    /* which of the two was named first; -1: neither */
} weights;

static void add_weight(weights *all, const char *element, size_t len) {
    const char *parameters = memchr(element, ';', len);
    size_t name_len = parameters == NULL ? len : (size_t)(parameters - element);
    pte_bytes name = trim(element, name_len);
    int weight = weight_in(element + name_len, len - name_len);
    int which = is_word(name, "gzip") ? 0 : is_word(name, "deflate") ? 1 : -1;
    int *place = which >= 0 ? &all->named[which] : is_word(name, "*") ? &all->star : NULL;
    if (place != NULL) {
        *place = weight > *place ? weight : *place;
        all->first = all->first < 0 ? which : all->first;
    }
}

/* Of equal ones the one that is named, then the one that is named first, then gzip; "identity" is
 * not weighed. */
pt__coding pt__coding_to_answer(const char *accept_encoding) {
    weights all = {{-1, -1}, -1, -1};
    for (const char *at = accept_encoding; at != NULL;) {
        size_t len = strcspn(at, ",");
        add_weight(&all, at, len);
        at = at[len] == ',' ? at + len + 1 : NULL;
    }
    int order[2] = {all.first == 1 ? 1 : 0, all.first == 1 ? 0 : 1};
    int best = 0, found = -1;
    for (int i = 0; i < 2; i++) {
        if (all.named[order[i]] > best) {
            best = all.named[order[i]];
            found = order[i];
        }
    }
    for (int i = 0; i < 2; i++) {
        if (all.named[i] < 0 && all.star > best) {
            best = all.star;
            found = i;
        }
    }
    return found < 0 ? PT__CODING_NONE : found == 0 ? PT__CODING_GZIP : PT__CODING_DEFLATE;
}

/* ---- requests ---- */

pt__inflater *pt__inflater_create(pt__coding coding) {
    pt__inflater *inflater = calloc(1, sizeof *inflater);
    if (inflater != NULL && inflateInit2(&inflater->stream, window_of(coding)) != Z_OK) {
        free(inflater);
        return NULL;
    }
    if (inflater != NULL) {
        inflater->coding = coding;
    }
    return inflater;
}

void pt__inflater_destroy(pt__inflater *inflater) {
    if (inflater != NULL) {
        (void)inflateEnd(&inflater->stream);
        free(inflater);
    }
}

/* Behind a stream's end: another one of gzip's may follow; anything else is let be, as the service
 * does. */
static void begin_again(pt__inflater *inflater) {
    inflater->junk = inflater->coding != PT__CODING_GZIP || inflateReset(&inflater->stream) != Z_OK;
    inflater->again = !inflater->junk;
    inflater->whole = inflater->junk;
}

pt__inflated pt__inflate(pt__inflater *inflater, const uint8_t *data, size_t bytes,
                         pt__inflate_sink *sink, void *ctx) {
    uint8_t piece[PIECE_BYTES];
    z_stream *stream = &inflater->stream;
    stream->next_in = data;
    stream->avail_in = (uInt)bytes;
    while (!inflater->junk) {
        if (inflater->whole && stream->avail_in > 0) {
            begin_again(inflater);
            continue;
        }
        stream->next_out = piece;
        stream->avail_out = sizeof piece;
        int rc = inflater->whole ? Z_BUF_ERROR : inflate(stream, Z_NO_FLUSH);
        size_t out = sizeof piece - stream->avail_out;
        if (out > 0 && !sink(ctx, piece, out)) {
            return PT__INFLATE_STOPPED;
        }
        if (rc == Z_STREAM_END) {
            inflater->whole = true;
        } else if (rc == Z_BUF_ERROR || (rc == Z_OK && stream->avail_out > 0)) {
            return PT__INFLATED; /* all that came is used up */
        } else if (rc == Z_DATA_ERROR && inflater->again && stream->total_out == 0) {
            inflater->junk = inflater->whole = true;
        } else if (rc != Z_OK) {
            return rc == Z_MEM_ERROR ? PT__INFLATE_NO_MEMORY : PT__INFLATE_BAD;
        }
    }
    return PT__INFLATED;
}

bool pt__inflate_is_whole(const pt__inflater *inflater) {
    return inflater->whole;
}

/* ---- answers ---- */

void pt__deflater_clean_up(pt__deflater *deflater) {
    for (size_t i = 0; i < 2; i++) {
        if (deflater->made[i]) {
            (void)deflateEnd(&deflater->streams[i]);
            deflater->made[i] = false;
        }
    }
}

static z_stream *stream_for(pt__deflater *deflater, pt__coding coding) {
    size_t which = coding == PT__CODING_GZIP ? 0 : 1;
    z_stream *stream = &deflater->streams[which];
    if (!deflater->made[which]) {
        deflater->made[which] = deflateInit2(stream, LEVEL, Z_DEFLATED, window_of(coding),
                                             MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK;
    } else if (deflateReset(stream) != Z_OK) {
        return NULL;
    }
    return deflater->made[which] ? stream : NULL;
}

pte_bytes pt__deflate(pt__deflater *deflater, pt__coding coding, pte_bytes body) {
    const pte_bytes nothing = {0};
    z_stream *stream = stream_for(deflater, coding);
    uint8_t *packed = stream == NULL || body.len > UINT32_MAX ? NULL : malloc(body.len);
    if (packed == NULL) {
        return nothing;
    }
    stream->next_in = body.data;
    stream->avail_in = (uInt)body.len;
    stream->next_out = packed;
    stream->avail_out = (uInt)body.len; /* no room for more than was there */
    if (deflate(stream, Z_FINISH) != Z_STREAM_END) {
        free(packed);
        return nothing;
    }
    return pte_view(packed, body.len - stream->avail_out);
}
