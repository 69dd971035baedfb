/* Parts of the server that know nothing of it: codings, names of hosts, counts, the access log. */
#include "http/access_log.h"
#include "http/compression.h"
#include "http/host.h"
#include "http/metrics.h"
#include "http/operations.h"

#include "operation/operation.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- Accept-Encoding ---- */

/* As ScyllaDB Alternator's tests saw the service answer: test_compressed_response.py,
 * test_accept_encoding_header. */
static void test_coding__accepted_as_the_service_does(void **state) {
    (void)state;
    static const struct {
        const char *header;
        pt__coding coding;
    } cases[] = {
        {NULL, PT__CODING_NONE},
        {"", PT__CODING_NONE},
        {"identity", PT__CODING_NONE},
        {"br", PT__CODING_NONE},
        {"x-gzip", PT__CODING_NONE},
        {"gzip", PT__CODING_GZIP},
        {"deflate", PT__CODING_DEFLATE},
        {"gzip, deflate", PT__CODING_GZIP},
        {"br, identity, deflate, gzip", PT__CODING_DEFLATE},
        {"GZIP, identity", PT__CODING_GZIP},
        {"dog, gzip ,, cat", PT__CODING_GZIP},
        {"gzip;q=0.8, deflate;q=0.5", PT__CODING_GZIP},
        {"gzip;q=0.5, deflate;q=0.8", PT__CODING_DEFLATE},
        {"br, gzip;q=0, deflate; q = 0.5 , identity;q=0", PT__CODING_DEFLATE},
        {"*", PT__CODING_GZIP},
        {"*, deflate;q=0.5", PT__CODING_GZIP},
        {"*, deflate", PT__CODING_DEFLATE},
        {"*, identity", PT__CODING_GZIP},
        {"*, gzip;q=0.5", PT__CODING_DEFLATE},
        {"gzip ;q=0", PT__CODING_NONE},
        {"identity;q=0", PT__CODING_NONE},
        {"*;q=0", PT__CODING_NONE},
        {"*;q=0.5,identity", PT__CODING_GZIP},
        {"gzip;q=0.5,identity;q=0.8", PT__CODING_GZIP},
        {"br;q=0.8,identity;q=0.5,*;q=0", PT__CODING_NONE},
        {"\"gzip\"", PT__CODING_NONE},
        {"gzip br", PT__CODING_NONE},
        {"gzip:q=1", PT__CODING_NONE},
        {"deflate;q=0.5, gzip;q=31", PT__CODING_GZIP},
        {"gzip;q=31,deflate;q=51", PT__CODING_GZIP},
        {"deflate;q=0.5, gzip;q=0.2", PT__CODING_DEFLATE},
        {"deflate;q=0.5, gzip;q=1;q=0.2", PT__CODING_GZIP},
        {"deflate;q=0.5,gzip;q=0.", PT__CODING_DEFLATE},
        {"deflate;q=0.5,gzip;q=0.x", PT__CODING_GZIP},
        {"deflate;q=0.5,gzip;q=0. x", PT__CODING_GZIP},
        {"deflate;q=-0.5,gzip;q=0.2", PT__CODING_GZIP},
        {"gzip;q= 0;q=1", PT__CODING_NONE},
        {"gzip;q =0;q=1", PT__CODING_GZIP},
        {"gzip; q=0;q=1", PT__CODING_NONE},
        {"gzip;nq=0;q=1", PT__CODING_NONE},
        {"gzip;q=0, gzip;q=1, gzip;q=0", PT__CODING_GZIP},
        {"br,identity;q=0.5,gzip;q=0.0001", PT__CODING_GZIP},
        {"gzip;q=0.00000000000000000000000000001", PT__CODING_GZIP},
        {"gzip;q=0.00000000000000000000000000000", PT__CODING_NONE},
        {"gzip;q=99999999999999999999999999999", PT__CODING_GZIP},
        {"gzip;q=", PT__CODING_GZIP},
        {",;,;q=,", PT__CODING_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pt__coding found = pt__coding_to_answer(cases[i].header);
        if (found != cases[i].coding) {
            fail_msg("%s: %d", cases[i].header, (int)found);
        }
    }
}

static void test_coding__of_bodies(void **state) {
    (void)state;
    assert_int_equal(pt__coding_of_body(NULL), PT__CODING_NONE);
    assert_int_equal(pt__coding_of_body(""), PT__CODING_NONE);
    assert_int_equal(pt__coding_of_body("identity"), PT__CODING_NONE);
    assert_int_equal(pt__coding_of_body(" GZip "), PT__CODING_GZIP);
    assert_int_equal(pt__coding_of_body("deflate"), PT__CODING_DEFLATE);
    assert_int_equal(pt__coding_of_body("br"), PT__CODING_UNKNOWN);
    assert_int_equal(pt__coding_of_body("gzip, gzip"), PT__CODING_UNKNOWN);
}

/* ---- packing and unpacking ---- */

typedef struct collected {
    uint8_t *bytes;
    size_t len, max;
} collected;

static bool collect(void *ctx, const uint8_t *data, size_t bytes) {
    collected *all = ctx;
    if (bytes > all->max - all->len) {
        return false;
    }
    memcpy(all->bytes + all->len, data, bytes);
    all->len += bytes;
    return true;
}

/* Unpacks in pieces of so many bytes; whether it is whole goes to *whole. */
static pt__inflated unpack(collected *all, bool *whole, pt__coding coding, pte_bytes packed,
                           size_t piece) {
    pt__inflater *inflater = pt__inflater_create(coding);
    pt__inflated result = PT__INFLATED;
    assert_non_null(inflater);
    all->len = 0;
    for (size_t at = 0; at < packed.len && result == PT__INFLATED; at += piece) {
        size_t bytes = packed.len - at < piece ? packed.len - at : piece;
        result = pt__inflate(inflater, packed.data + at, bytes, collect, all);
    }
    *whole = pt__inflate_is_whole(inflater);
    pt__inflater_destroy(inflater);
    return result;
}

enum { TEXT_BYTES = 200 * 1000 };

static uint8_t *make_text(uint64_t seed) {
    uint8_t *text = malloc(TEXT_BYTES);
    assert_non_null(text);
    test_random rng = {seed};
    for (size_t i = 0; i < TEXT_BYTES; i++) {
        text[i] = (uint8_t)("{}\":abcdefgh"[test_random_below(&rng, 12)]);
    }
    return text;
}

static void test_coding__goes_both_ways(void **state) {
    (void)state;
    static const size_t pieces[] = {1, 7, 4096, TEXT_BYTES};
    uint8_t *text = make_text(1);
    collected all = {malloc(TEXT_BYTES), 0, TEXT_BYTES};
    pt__deflater deflater = {0};
    for (size_t i = 0; i < 8; i++) {
        pt__coding coding = i % 2 == 0 ? PT__CODING_GZIP : PT__CODING_DEFLATE;
        pte_bytes packed = pt__deflate(&deflater, coding, pte_view(text, TEXT_BYTES));
        bool whole;
        assert_true(packed.len > 0 && packed.len < TEXT_BYTES);
        assert_int_equal(unpack(&all, &whole, coding, packed, pieces[i / 2]), PT__INFLATED);
        assert_true(whole);
        assert_int_equal(all.len, TEXT_BYTES);
        assert_memory_equal(all.bytes, text, TEXT_BYTES);
        /* Without its end it is not whole, and the other coding's it is not. */
        assert_int_equal(unpack(&all, &whole, coding, pte_view(packed.data, packed.len - 1), 4096),
                         PT__INFLATED);
        assert_false(whole);
        assert_int_equal(
            unpack(&all, &whole, i % 2 == 0 ? PT__CODING_DEFLATE : PT__CODING_GZIP, packed, 4096),
            PT__INFLATE_BAD);
        /* The sink has its way. */
        all.max = TEXT_BYTES / 2;
        assert_int_equal(unpack(&all, &whole, coding, packed, 4096), PT__INFLATE_STOPPED);
        all.max = TEXT_BYTES;
        free((void *)(uintptr_t)packed.data);
    }
    /* What would not become shorter is not packed. */
    test_random rng = {test_seed(2)};
    for (size_t i = 0; i < TEXT_BYTES; i++) {
        text[i] = (uint8_t)test_random_below(&rng, 256);
    }
    assert_int_equal(pt__deflate(&deflater, PT__CODING_GZIP, pte_view(text, TEXT_BYTES)).len, 0);
    pt__deflater_clean_up(&deflater);
    pt__deflater_clean_up(&deflater);
    free(all.bytes);
    free(text);
}

/* ScyllaDB Alternator's test_compressed_request.py: two gzips are one body, other bytes behind one
 * are let be by the service, no bytes at all are no gzip. */
static void test_coding__what_follows_a_stream(void **state) {
    (void)state;
    uint8_t *text = make_text(3);
    uint8_t *joined = malloc((size_t)2 * TEXT_BYTES);
    collected all = {malloc((size_t)2 * TEXT_BYTES), 0, (size_t)2 * TEXT_BYTES};
    pt__deflater deflater = {0};
    pte_bytes packed = pt__deflate(&deflater, PT__CODING_GZIP, pte_view(text, TEXT_BYTES));
    bool whole;
    memcpy(joined, packed.data, packed.len);
    memcpy(joined + packed.len, packed.data, packed.len);
    for (size_t piece = 1; piece < 2 * packed.len; piece = piece * 3 + 1) {
        assert_int_equal(
            unpack(&all, &whole, PT__CODING_GZIP, pte_view(joined, 2 * packed.len), piece),
            PT__INFLATED);
        assert_true(whole);
        assert_int_equal(all.len, 2 * TEXT_BYTES);
        assert_memory_equal(all.bytes + TEXT_BYTES, text, TEXT_BYTES);
        memcpy(joined + packed.len, "junk", 4);
        assert_int_equal(
            unpack(&all, &whole, PT__CODING_GZIP, pte_view(joined, packed.len + 4), piece),
            PT__INFLATED);
        assert_true(whole);
        assert_int_equal(all.len, TEXT_BYTES);
        memcpy(joined + packed.len, packed.data, 4);
    }
    /* Half of a second one is not whole. */
    assert_int_equal(
        unpack(&all, &whole, PT__CODING_GZIP, pte_view(joined, packed.len * 3 / 2), 1000),
        PT__INFLATED);
    assert_false(whole);
    assert_int_equal(unpack(&all, &whole, PT__CODING_GZIP, pte_str(""), 1), PT__INFLATED);
    assert_false(whole);
    pt__deflater_clean_up(&deflater);
    free((void *)(uintptr_t)packed.data);
    free(joined);
    free(all.bytes);
    free(text);
}

/* Changed bytes are noticed or unpack to something; nothing else happens. */
static void test_coding__bytes_that_were_changed(void **state) {
    (void)state;
    enum { ROUNDS = 3000 };
    uint8_t *text = make_text(4);
    collected all = {malloc(TEXT_BYTES), 0, TEXT_BYTES};
    pt__deflater deflater = {0};
    test_random rng = {test_seed(5)};
    size_t noticed = 0;
    for (int i = 0; i < ROUNDS; i++) {
        pt__coding coding = i % 2 == 0 ? PT__CODING_GZIP : PT__CODING_DEFLATE;
        pte_bytes packed = pt__deflate(&deflater, coding, pte_view(text, 2000));
        uint8_t *bytes = (uint8_t *)(uintptr_t)packed.data;
        bool whole;
        bytes[test_random_below(&rng, packed.len)] ^= (uint8_t)(1 + test_random_below(&rng, 255));
        pt__inflated result = unpack(&all, &whole, coding, packed, 100);
        bool right = result == PT__INFLATED && whole && all.len == 2000 &&
                     memcmp(all.bytes, text, 2000) == 0;
        bool refused = result != PT__INFLATED || !whole;
        /* gzip's header has bytes that mean nothing. */
        assert_true(right || refused);
        noticed += refused;
        free(bytes);
    }
    assert_true(noticed > ROUNDS * 9 / 10);
    pt__deflater_clean_up(&deflater);
    free(all.bytes);
    free(text);
}

/* ---- hosts ---- */

static void test_host__rules(void **state) {
    (void)state;
    const pt__host_rules strict = {0}, open = {.any_host = true},
                         named = {.any_host = true, .hosts = " db , x.example,"},
                         pages = {.origins = "https://a, b://c"}, all = {.origins = "*"};
    assert_true(pt__host_is_allowed(&strict, NULL));
    assert_true(pt__host_is_allowed(&strict, "127.0.0.1"));
    assert_true(pt__host_is_allowed(&strict, "[fe80::1]:8000"));
    assert_false(pt__host_is_allowed(&strict, "db"));
    assert_false(pt__host_is_allowed(&strict, "[localhost]"));
    assert_false(pt__host_is_allowed(&strict, "localhost:123456"));
    assert_false(pt__host_is_allowed(&strict, "evil@localhost"));
    assert_false(pt__host_is_allowed(&strict, ".localhost"));
    assert_false(pt__host_is_allowed(&strict, "evil.com/.localhost"));
    assert_false(pt__host_is_allowed(&strict, "evil.com#.localhost"));
    assert_false(pt__host_is_allowed(&strict, "evil.com?.localhost"));
    assert_false(pt__host_is_allowed(&strict, "evil.com\\.localhost"));
    assert_false(pt__host_is_allowed(&strict, "localhost, evil.com"));
    assert_false(pt__host_is_allowed(&strict, "localhost,"));
    assert_true(pt__host_is_allowed(&strict, "localhost\t")); /* RFC 9110, 5.6.3 */
    assert_false(pt__origin_is_allowed(&strict, "http://evil.com/.localhost"));
    assert_true(pt__host_is_allowed(&open, "db"));
    assert_true(pt__host_is_allowed(&named, "DB:1"));
    assert_true(pt__host_is_allowed(&named, "x.example."));
    assert_false(pt__host_is_allowed(&named, "evil.example"));
    assert_true(pt__origin_is_allowed(&strict, "http://localhost:3000"));
    assert_false(pt__origin_is_allowed(&strict, "http://192.168.0.1"));
    assert_false(pt__origin_is_allowed(&strict, "localhost"));
    assert_false(pt__origin_is_allowed(&strict, ""));
    assert_false(pt__origin_is_allowed(&open, "http://db"));
    assert_true(pt__origin_is_allowed(&named, "http://db:3000"));
    assert_true(pt__origin_is_allowed(&pages, "https://a"));
    assert_true(pt__origin_is_allowed(&pages, "B://C"));
    assert_false(pt__origin_is_allowed(&pages, "http://a"));
    assert_false(pt__origins_are_open(&pages));
    assert_true(pt__origins_are_open(&all));
    assert_true(pt__origin_is_allowed(&all, "null"));
}

/* ---- counts ---- */

/* Every operation that there is has counts of its own. */
static void test_metrics__know_all_operations(void **state) {
    (void)state;
    static const pt__operation *const operations[] = {
#define ROW(name) &pt__##name##_operation,
        PT__OPERATIONS(ROW)
#undef ROW
    };
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        if (pt__metrics_operation_index(pte_str(operations[i]->name)) == 0) {
            fail_msg("%s is not among the names of http/operations.c", operations[i]->name);
        }
    }
    assert_int_equal(pt__metrics_operation_index(pte_str("")), 0);
    assert_int_equal(pt__metrics_operation_index(pte_str("PutIte")), 0);
    assert_int_equal(pt__metrics_operation_index(pte_str("PutItems")), 0);
    assert_int_equal(pt__metrics_operation_index(pte_str("zzz")), 0);
}

/* Each is found under its name, those of DynamoDB Streams are known as such:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 */
static void test_operations__are_found(void **state) {
    (void)state;
    size_t of_streams = 0;
    for (size_t i = 0; i < PT__HTTP_OPERATIONS; i++) {
        const pt__http_operation *operation = &pt__http_operations[i];
        assert_ptr_equal(pt__http_operation_find(pte_str(operation->name)), operation);
        of_streams += operation->of_streams;
    }
    assert_int_equal(of_streams, 4);
    assert_true(pt__http_operation_find(pte_str("GetShardIterator"))->of_streams);
    assert_null(pt__http_operation_find((pte_bytes){NULL, 0}));
    assert_null(pt__http_operation_find(pte_str("getItem")));
}

static void test_metrics__types_have_a_limit(void **state) {
    (void)state;
    pt__metrics *loops[2] = {calloc(1, sizeof *loops[0]), calloc(1, sizeof *loops[0])};
    char *text = NULL;
    size_t len = 0;
    for (int i = 0; i < 100; i++) {
        char type[32];
        snprintf(type, sizeof type, "Type%d", i);
        pt__metrics_count(loops[i % 2 == 0],
                          &(pt__served){.operation = pte_str("PutItem"), .error = pte_str(type)});
        pt__metrics_count(loops[0], &(pt__served){.error = pte_str("Type1")});
    }
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    pt__metrics_write(out, loops, 2);
    fclose(out);
    assert_non_null(strstr(text, "requests_total{operation=\"PutItem\"} 100\n"));
    assert_non_null(strstr(text, "errors_total{operation=\"other\",type=\"Type1\"} 100\n"));
    assert_non_null(strstr(text, "errors_total{operation=\"PutItem\",type=\"Type1\"} 1\n"));
    assert_non_null(strstr(text, "errors_total{operation=\"PutItem\",type=\"other\"} "));
    free(text);
    free(loops[0]);
    free(loops[1]);
}

/* ---- the access log ---- */

/* Opens a log on a new pipe; ends[0] is to be read. */
static pt__line_log *open_on_pipe(int ends[2]) {
    char path[40];
    pt__line_log *log;
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[1]);
    assert_int_equal(pt__access_log_open(&log, path), 0);
    close(ends[1]);
    return log;
}

static void test_access_log__bytes_that_are_no_plain_text(void **state) {
    (void)state;
    static const char body[] = "{\"TableName\":\"a\x01\x7F\xC3\xA4\xFFz\"}";
    char line[1000] = "";
    int ends[2];
    pt__line_log *log = open_on_pipe(ends);
    pt__access_log_put(log, &(pt__access){.operation = pte_str("Get\"Item\\"),
                                          .body = pte_view(body, sizeof body - 1)});
    pt__line_log_close(log);
    assert_true(read(ends[0], line, sizeof line - 1) > 0);
    assert_non_null(strstr(line, "\"operation\":\"Get?Item?\",\"table\":\"a?????z\""));
    close(ends[0]);
}

/* A program that has not thought of SIGPIPE lives on. */
static void test_access_log__whose_reader_has_gone(void **state) {
    (void)state;
    int ends[2];
    pt__line_log *log = open_on_pipe(ends);
    close(ends[0]);
    for (int i = 0; i < 20000; i++) {
        pt__access_log_put(log, &(pt__access){.operation = pte_str("PutItem"), .status = 200});
    }
    assert_true(pt__line_log_lost(log) > 0);
    pt__line_log_close(log);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_coding__accepted_as_the_service_does),
        cmocka_unit_test(test_coding__of_bodies),
        cmocka_unit_test(test_coding__goes_both_ways),
        cmocka_unit_test(test_coding__what_follows_a_stream),
        cmocka_unit_test(test_coding__bytes_that_were_changed),
        cmocka_unit_test(test_host__rules),
        cmocka_unit_test(test_metrics__know_all_operations),
        cmocka_unit_test(test_operations__are_found),
        cmocka_unit_test(test_metrics__types_have_a_limit),
        cmocka_unit_test(test_access_log__bytes_that_are_no_plain_text),
        cmocka_unit_test(test_access_log__whose_reader_has_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
