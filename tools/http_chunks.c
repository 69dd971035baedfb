/* Chunks; see http_chunks.h. */
#include "http_chunks.h"

#include <string.h>

/* -1: not a digit. */
static int hex_digit(char byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* A recipient expects sizes that no integer holds (RFC 9112, 7.1). */
static http_chunks_state take_digit(http_chunks *chunks, int digit) {
    size_t allowed = chunks->body_bytes_max - chunks->body_len;
    if (allowed < (size_t)digit || chunks->left > (allowed - (size_t)digit) / 16) {
        return HTTP_CHUNKS_TOO_LONG;
    }
    chunks->left = chunks->left * 16 + (size_t)digit;
    return HTTP_CHUNKS_DIGITS;
}

/* Within a size. Its extensions may have space before them; a size alone has none behind it. */
static http_chunks_state after_size(http_chunks *chunks, char byte) {
    int digit = hex_digit(byte);
    if (digit >= 0 && chunks->state != HTTP_CHUNKS_SPACE) {
        return take_digit(chunks, digit);
    }
    if (chunks->state == HTTP_CHUNKS_SIZE) {
        return HTTP_CHUNKS_WRONG;
    }
    if (byte == '\r' && chunks->state == HTTP_CHUNKS_DIGITS) {
        return HTTP_CHUNKS_SIZE_LF;
    }
    return byte == ';'                   ? HTTP_CHUNKS_EXTENSION
           : byte == ' ' || byte == '\t' ? HTTP_CHUNKS_SPACE
                                         : HTTP_CHUNKS_WRONG;
}

/* The rest of a line that says nothing to us: extensions that are not known are ignored, and so are
 * trailer fields (RFC 9112, 7.1.1 and 7.1.2). Neither has a control but a tab. */
static http_chunks_state within(http_chunks_state line, http_chunks_state line_feed, char byte) {
    unsigned char value = (unsigned char)byte;
    if (byte == '\r') {
        return line_feed;
    }
    return (value < ' ' && byte != '\t') || value == 127 ? HTTP_CHUNKS_WRONG : line;
}

static http_chunks_state end_of_size(http_chunks *chunks) {
    chunks->line_len = 0;
    chunks->body_len += chunks->left;
    return chunks->left != 0 ? HTTP_CHUNKS_DATA : HTTP_CHUNKS_TRAILER;
}

/* What a byte outside of data leads to. */
static http_chunks_state step(http_chunks *chunks, char byte) {
    const http_chunks_state wrong = HTTP_CHUNKS_WRONG;
    switch (chunks->state) {
    case HTTP_CHUNKS_SIZE:
    case HTTP_CHUNKS_DIGITS:
    case HTTP_CHUNKS_SPACE:
        return after_size(chunks, byte);
    case HTTP_CHUNKS_EXTENSION:
        return within(HTTP_CHUNKS_EXTENSION, HTTP_CHUNKS_SIZE_LF, byte);
    case HTTP_CHUNKS_SIZE_LF:
        return byte == '\n' ? end_of_size(chunks) : wrong;
    case HTTP_CHUNKS_DATA_CR:
        return byte == '\r' ? HTTP_CHUNKS_DATA_LF : wrong;
    case HTTP_CHUNKS_DATA_LF:
        return byte == '\n' ? HTTP_CHUNKS_SIZE : wrong;
    case HTTP_CHUNKS_TRAILER:
        return byte == '\r' ? HTTP_CHUNKS_LAST_LF
                            : within(HTTP_CHUNKS_TRAILER_FIELD, HTTP_CHUNKS_TRAILER_LF, byte);
    case HTTP_CHUNKS_TRAILER_FIELD:
        return within(HTTP_CHUNKS_TRAILER_FIELD, HTTP_CHUNKS_TRAILER_LF, byte);
    case HTTP_CHUNKS_TRAILER_LF:
        return byte == '\n' ? HTTP_CHUNKS_TRAILER : wrong;
    case HTTP_CHUNKS_LAST_LF:
        return byte == '\n' ? HTTP_CHUNKS_ENDED : wrong;
    default:
        return wrong;
    }
}

static void take_outside(http_chunks *chunks, char byte) {
    size_t allowed = chunks->state < HTTP_CHUNKS_DATA ? HTTP_CHUNKS_LINE_BYTES_MAX
                                                      : HTTP_CHUNKS_TRAILER_BYTES_MAX;
    chunks->line_len = chunks->state == HTTP_CHUNKS_SIZE ? 1 : chunks->line_len + 1;
    chunks->state = chunks->line_len > allowed ? HTTP_CHUNKS_WRONG : step(chunks, byte);
}

/* How many bytes of the chunk are here. */
static size_t take_data(http_chunks *chunks, size_t len) {
    size_t taken = len < chunks->left ? len : chunks->left;
    chunks->left -= taken;
    if (chunks->left == 0) {
        chunks->state = HTTP_CHUNKS_DATA_CR;
    }
    return taken;
}

size_t http_chunks_take(http_chunks *chunks, char *bytes, size_t len, size_t *body_len) {
    size_t read = 0;
    *body_len = 0;
    while (read < len && chunks->state < HTTP_CHUNKS_ENDED) {
        if (chunks->state != HTTP_CHUNKS_DATA) {
            take_outside(chunks, bytes[read++]);
            continue;
        }
        size_t taken = take_data(chunks, len - read);
        memmove(bytes + *body_len, bytes + read, taken);
        *body_len += taken;
        read += taken;
    }
    return read;
}
