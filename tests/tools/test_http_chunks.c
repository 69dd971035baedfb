/* Chunks: their limits, and that it does not matter where the bytes are cut. */
#include "http_chunks.h"

#include "support/support.h"

#include <stdlib.h>

/* Gives the text in pieces of so many bytes; the body is returned as a string in "body". */
static http_chunks take(char *body, const char *text, size_t piece_bytes, size_t body_bytes_max) {
    http_chunks chunks = {.body_bytes_max = body_bytes_max};
    size_t len = strlen(text), body_len = 0, taken, read = piece_bytes;
    for (size_t at = 0; at < len && read == piece_bytes; at += piece_bytes) {
        size_t piece = len - at < piece_bytes ? len - at : piece_bytes;
        memcpy(body + body_len, text + at, piece);
        read = http_chunks_take(&chunks, body + body_len, piece, &taken);
        body_len += taken;
    }
    body[body_len] = '\0';
    return chunks;
}

static void test_http_chunks__are_the_same_wherever_they_are_cut(void **state) {
    (void)state;
    static const char text[] = "3;a=b\r\nabc\r\n00d\r\n0123456789\r\n0\r\n0;z\r\nX: y\r\n\r\n";
    char body[sizeof text];
    for (size_t piece_bytes = 1; piece_bytes <= sizeof text; piece_bytes++) {
        assert_int_equal(HTTP_CHUNKS_ENDED, take(body, text, piece_bytes, 16).state);
        assert_string_equal("abc0123456789\r\n0", body);
        assert_int_equal(HTTP_CHUNKS_TOO_LONG, take(body, text, piece_bytes, 15).state);
        assert_string_equal("abc", body);
    }
}

static void test_http_chunks__what_is_behind_the_end_is_left(void **state) {
    (void)state;
    char text[] = "1\r\nx\r\n0\r\n\r\nHTTP/1.1";
    http_chunks chunks = {.body_bytes_max = 1};
    size_t taken;
    assert_int_equal(strlen(text) - 8, http_chunks_take(&chunks, text, strlen(text), &taken));
    assert_int_equal(1, taken);
    assert_int_equal(HTTP_CHUNKS_ENDED, chunks.state);
    assert_int_equal(0, http_chunks_take(&chunks, text, 1, &taken));
    assert_int_equal(0, taken);
}

/* "before", so many of the byte, "after": read whole, as one piece and byte by byte. */
static http_chunks_state with_run(const char *before, char byte, size_t count, const char *after) {
    size_t before_len = strlen(before), after_len = strlen(after);
    char *text = calloc(2, before_len + count + after_len + 1);
    assert_non_null(text);
    char *body = text + before_len + count + after_len + 1;
    memcpy(text, before, before_len);
    memset(text + before_len, byte, count);
    memcpy(text + before_len + count, after, after_len);
    http_chunks_state state = take(body, text, 1, 1).state;
    assert_int_equal(state, take(body, text, before_len + count + after_len, 1).state);
    free(text);
    return state;
}

static void test_http_chunks__lines_have_limits(void **state) {
    (void)state;
    enum { LINE = HTTP_CHUNKS_LINE_BYTES_MAX, TRAILER = HTTP_CHUNKS_TRAILER_BYTES_MAX };
    const char *end = "\r\nx\r\n0\r\n\r\n";
    assert_int_equal(HTTP_CHUNKS_ENDED, with_run("1;", 'e', LINE - 4, end));
    assert_int_equal(HTTP_CHUNKS_WRONG, with_run("1;", 'e', LINE - 3, end));
    /* Each line has the whole of it. */
    assert_int_equal(HTTP_CHUNKS_ENDED, with_run("1\r\nx\r\n0;", 'e', LINE - 4, "\r\n\r\n"));
    assert_int_equal(HTTP_CHUNKS_WRONG, with_run("1\r\nx\r\n0;", 'e', LINE - 3, "\r\n\r\n"));
    assert_int_equal(HTTP_CHUNKS_ENDED, with_run("", '0', LINE - 3, "1\r\nx\r\n0\r\n\r\n"));
    assert_int_equal(HTTP_CHUNKS_WRONG, with_run("", '0', LINE - 2, "1\r\nx\r\n0\r\n\r\n"));
    assert_int_equal(HTTP_CHUNKS_ENDED, with_run("0\r\nX:", 'y', TRAILER - 6, "\r\n\r\n"));
    assert_int_equal(HTTP_CHUNKS_WRONG, with_run("0\r\nX:", 'y', TRAILER - 5, "\r\n\r\n"));
}

/* Whatever the size, also one that comes to a small number if it wraps around. */
static void test_http_chunks__sizes_do_not_wrap_around(void **state) {
    (void)state;
    static const char *const texts[] = {"2\r\n", "10\r\n", "ffffffffffffffff\r\n",
                                        "10000000000000000\r\n", "10000000000000001\r\n"};
    char body[32];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(HTTP_CHUNKS_TOO_LONG, take(body, texts[i], 1, 1).state);
    }
    assert_int_equal(HTTP_CHUNKS_TOO_LONG, take(body, "ffffffffffffffff1\r\n", 1, SIZE_MAX).state);
    /* Two that together are more than any. */
    assert_int_equal(HTTP_CHUNKS_TOO_LONG,
                     take(body, "1\r\nx\r\nffffffffffffffff\r\n", 1, SIZE_MAX).state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_http_chunks__are_the_same_wherever_they_are_cut),
        cmocka_unit_test(test_http_chunks__what_is_behind_the_end_is_left),
        cmocka_unit_test(test_http_chunks__lines_have_limits),
        cmocka_unit_test(test_http_chunks__sizes_do_not_wrap_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
