/*
 * Tests of codec/wire.h. What a head is: https://github.com/msgpack/msgpack/blob/master/spec.md
 * msgpack-c's own unpacker is the second opinion on what is read here by code of ours.
 */
#include "random_item.h"

#include "codec/wire.h"

#include <msgpack.h>
#include <stdlib.h>

/* A value of msgpack bytes and its payload in a block of exactly its size. */
typedef struct sample {
    uint8_t *data;
    size_t len;
    size_t head_len;
} sample;

static sample make(const uint8_t *head, size_t head_len, size_t payload_len) {
    sample made = {malloc(head_len + payload_len), head_len + payload_len, head_len};
    assert_non_null(made.data);
    memcpy(made.data, head, head_len);
    memset(made.data + head_len, '1', payload_len);
    return made;
}

/* What msgpack-c makes of the bytes; whole is false if they end early or are followed by more. */
static msgpack_object_type second_opinion(const sample *s, uint32_t *size, bool *whole) {
    msgpack_unpacked unpacked;
    size_t used = 0;
    msgpack_unpacked_init(&unpacked);
    *whole = msgpack_unpack_next(&unpacked, (const char *)s->data, s->len, &used) ==
                 MSGPACK_UNPACK_SUCCESS &&
             used == s->len;
    msgpack_object_type type = unpacked.data.type;
    *size = type == MSGPACK_OBJECT_STR   ? unpacked.data.via.str.size
            : type == MSGPACK_OBJECT_BIN ? unpacked.data.via.bin.size
            : type == MSGPACK_OBJECT_EXT ? unpacked.data.via.ext.size
                                         : 0;
    msgpack_unpacked_destroy(&unpacked);
    return type;
}

static const uint32_t lengths[] = {0,   1,   2,   3,     4,     5,     7,     8,     9,   15,
                                   16,  17,  31,  32,    33,    127,   128,   171,   172, 173,
                                   255, 256, 257, 65534, 65535, 65536, 65537, 300000};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

/* Checks one str, bin or ext against its expected reading and against msgpack-c, whole and cut. */
static void check_payload(sample s, pte_type type, msgpack_object_type other, bool accepted) {
    pte__head head;
    uint32_t size;
    bool whole;
    size_t payload = s.len - s.head_len;
    assert_int_equal(other, second_opinion(&s, &size, &whole));
    assert_true(whole);
    assert_int_equal(payload, size);
    assert_int_equal(accepted, pte__wire_head(&head, pte_view(s.data, s.len)));
    if (accepted) {
        assert_int_equal(type, head.type);
        assert_int_equal(s.head_len, head.head_bytes);
        assert_int_equal(payload, head.payload_bytes);
        assert_int_equal(s.len, pte__wire_skip(pte_view(s.data, s.len)));
        for (size_t cut = 0; cut < s.len && cut < 12; cut++) {
            uint8_t *exact = exact_copy(pte_view(s.data, cut));
            assert_false(pte__wire_head(&head, pte_view(exact, cut)));
            assert_int_equal(0, pte__wire_skip(pte_view(exact, cut)));
            free(exact);
        }
        assert_false(pte__wire_head(&head, pte_view(s.data, s.len - 1)));
    }
    free(s.data);
}

static void test_wire__lengths_are_read_as_written(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTHS; i++) {
        uint8_t head[PTE__HEAD_MAX];
        uint32_t len = lengths[i];
        check_payload(make(head, pte__wire_put_str(head, len), len), PTE_TYPE_S, MSGPACK_OBJECT_STR,
                      true);
        check_payload(make(head, pte__wire_put_bin(head, len), len), PTE_TYPE_B, MSGPACK_OBJECT_BIN,
                      true);
        check_payload(make(head, pte__wire_put_ext(head, len, PTE__EXT_N), len), PTE_TYPE_N,
                      MSGPACK_OBJECT_EXT, len >= 1 && len <= PTE_NUMBER_TEXT_MAX);
    }
}

static void test_wire__counts_are_read_as_written(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTHS; i++) {
        uint8_t bytes[PTE__HEAD_MAX];
        pte__head head;
        uint32_t count = lengths[i];
        sample map = make(bytes, pte__wire_put_map(bytes, count), (size_t)2 * count);
        assert_true(pte__wire_head(&head, pte_view(map.data, map.len)));
        assert_int_equal(PTE_TYPE_M, head.type);
        assert_int_equal(count, head.count);
        assert_int_equal(map.head_len, head.head_bytes);
        assert_int_equal(0, head.payload_bytes);
        /* A count that the bytes cannot hold. */
        assert_false(count != 0 && pte__wire_head(&head, pte_view(map.data, map.len - 1)));
        uint32_t read;
        size_t used;
        assert_true(pte__wire_map(&read, &used, pte_view(map.data, map.len)));
        assert_int_equal(count, read);
        assert_int_equal(map.head_len, used);
        free(map.data);

        sample list = make(bytes, pte__wire_put_array(bytes, count), count);
        assert_true(pte__wire_head(&head, pte_view(list.data, list.len)));
        assert_int_equal(PTE_TYPE_L, head.type);
        assert_int_equal(count, head.count);
        assert_int_equal(list.head_len, head.head_bytes);
        assert_false(pte__wire_map(&read, &used, pte_view(list.data, list.len)));
        assert_false(count != 0 && pte__wire_head(&head, pte_view(list.data, list.len - 1)));
        free(list.data);
    }
}

static void test_wire__sets_are_an_ext_with_an_array(void **state) {
    (void)state;
    static const struct {
        uint8_t ext;
        pte_type type;
    } sets[] = {{PTE__EXT_SS, PTE_TYPE_SS}, {PTE__EXT_NS, PTE_TYPE_NS}, {PTE__EXT_BS, PTE_TYPE_BS}};
    static const uint32_t counts[] = {0, 1, 2, 7, 15, 16, 300, 65535, 65536};
    for (size_t i = 0; i < sizeof counts / sizeof *counts * 3; i++) {
        uint8_t bytes[2 * PTE__HEAD_MAX];
        uint8_t array[PTE__HEAD_MAX];
        uint32_t count = counts[i / 3];
        size_t array_len = pte__wire_put_array(array, count);
        size_t ext_len = pte__wire_put_ext(bytes, (uint32_t)array_len + count, sets[i % 3].ext);
        memcpy(bytes + ext_len, array, array_len);
        sample s = make(bytes, ext_len + array_len, count);
        pte__head head;
        assert_true(pte__wire_head(&head, pte_view(s.data, s.len)));
        assert_int_equal(sets[i % 3].type, head.type);
        assert_int_equal(count, head.count);
        assert_int_equal(ext_len + array_len, head.head_bytes);
        assert_int_equal(count, head.payload_bytes);
        assert_int_equal(s.len, pte__wire_skip(pte_view(s.data, s.len)));
        assert_false(pte__wire_head(&head, pte_view(s.data, s.len - 1)));
        free(s.data);
    }
    pte__head head;
    /* An array that claims more than the ext holds, and payloads that are no array. */
    assert_false(pte__wire_head(&head, pte_view("\xD5\x02\x92\xA0\xA0\xA0", 6)));
    assert_true(pte__wire_head(&head, pte_view("\xD5\x02\x91\xA0", 4)));
    assert_false(pte__wire_head(&head, pte_view("\xD4\x02\xA0", 3)));
    assert_false(pte__wire_head(&head, pte_view("\xD4\x02\x80", 3)));
    assert_false(pte__wire_head(&head, pte_view("\xC7\x00\x02", 3)));
}

static void test_wire__plain_heads_are_read_as_written(void **state) {
    (void)state;
    uint8_t bytes[PTE__HEAD_MAX];
    pte__head head;
    for (int value = 0; value < 2; value++) {
        assert_int_equal(1, pte__wire_put_bool(bytes, value != 0));
        assert_true(pte__wire_head(&head, pte_view(bytes, 1)));
        assert_int_equal(PTE_TYPE_BOOL, head.type);
        assert_int_equal(value, head.boolean);
        assert_int_equal(1, pte__wire_skip(pte_view(bytes, 1)));
    }
    assert_int_equal(1, pte__wire_put_nil(bytes));
    assert_true(pte__wire_head(&head, pte_view(bytes, 1)));
    assert_int_equal(PTE_TYPE_NULL, head.type);
    assert_false(pte__wire_head(&head, pte_view(NULL, 0)));
    assert_int_equal(0, pte__wire_skip(pte_view(NULL, 0)));
}

/* Every length written with a longer head than it needs. */
static void test_wire__heads_that_are_not_the_shortest_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *head;
        size_t head_len;
        uint32_t payload;
    } cases[] = {
        {"\xD9\x00", 2, 0},
        {"\xD9\x1F", 2, 31},
        {"\xDA\x00\x20", 3, 32},
        {"\xDA\x00\xFF", 3, 255},
        {"\xDB\x00\x00\x01\x00", 5, 256},
        {"\xDB\x00\x00\xFF\xFF", 5, 65535},
        {"\xC5\x00\x00", 3, 0},
        {"\xC5\x00\xFF", 3, 255},
        {"\xC6\x00\x00\xFF\xFF", 5, 65535},
        {"\xDC\x00\x00", 3, 0},
        {"\xDC\x00\x0F", 3, 15},
        {"\xDD\x00\x00\xFF\xFF", 5, 65535},
        {"\xDE\x00\x0F", 3, 30},
        {"\xDF\x00\x00\xFF\xFF", 5, 2 * 65535},
        {"\xC7\x01\x01", 3, 1},
        {"\xC7\x02\x01", 3, 2},
        {"\xC7\x04\x01", 3, 4},
        {"\xC7\x08\x01", 3, 8},
        {"\xC7\x10\x01", 3, 16},
        {"\xC8\x00\x05\x01", 4, 5},
        {"\xC9\x00\x00\x00\x05\x01", 6, 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pte__head head;
        sample s = make((const uint8_t *)cases[i].head, cases[i].head_len, cases[i].payload);
        if (pte__wire_head(&head, pte_view(s.data, s.len))) {
            fail_msg("head %zu", i);
        }
        free(s.data);
    }
}

/* Of all first bytes with plenty behind them, only ours begin a value. */
static void test_wire__foreign_heads_are_refused(void **state) {
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        uint8_t bytes[64];
        pte__head head;
        memset(bytes, 0x01, sizeof bytes); /* extension type 1 wherever there is one */
        bytes[0] = (uint8_t)first;
        bool ours = (first >= 0x80 && first <= 0xC0) || first == 0xC2 || first == 0xC3 ||
                    first == 0xC4 || (first >= 0xD4 && first <= 0xD8);
        assert_int_equal(ours, pte__wire_head(&head, pte_view(bytes, sizeof bytes)));
        for (unsigned ext = 0; first == 0xD4 && ext < 256; ext++) {
            bytes[1] = (uint8_t)ext;
            bytes[2] = 0x90;
            assert_int_equal(ext >= 1 && ext <= 4,
                             pte__wire_head(&head, pte_view(bytes, sizeof bytes)));
        }
    }
}

static void test_wire__names_are_strings_of_limited_length(void **state) {
    (void)state;
    static const uint32_t sizes[] = {0, 1, 31, 32, 255, 256, 65535, 65536};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t head[PTE__HEAD_MAX];
        pte_bytes name;
        size_t used;
        sample s = make(head, pte__wire_put_str(head, sizes[i]), sizes[i]);
        bool read = pte__wire_name(&name, &used, pte_view(s.data, s.len));
        assert_int_equal(sizes[i] <= PTE_NAME_BYTES_MAX, read);
        if (read) {
            assert_int_equal(s.len, used);
            assert_true(pte_bytes_equal(name, pte_view(s.data + s.head_len, sizes[i])));
            assert_false(pte__wire_name(&name, &used, pte_view(s.data, s.len - 1)));
        }
        free(s.data);
    }
    pte_bytes name;
    size_t used;
    assert_false(pte__wire_name(&name, &used, pte_view(NULL, 0)));
    assert_false(pte__wire_name(&name, &used, pte_view("\xC4\x01x", 3)));
    assert_false(pte__wire_name(&name, &used,
                                pte_view("\xD4\x01"
                                         "1",
                                         3)));
}

/* levels lists or maps inside one another around a true; returns the length. */
static size_t nest(uint8_t *out, unsigned levels, bool maps) {
    size_t len = 0;
    for (unsigned i = 0; i < levels; i++) {
        len += maps ? pte__wire_put_map(out + len, 1) : pte__wire_put_array(out + len, 1);
        if (maps) {
            len += pte__wire_put_str(out + len, 0);
        }
    }
    return len + pte__wire_put_bool(out + len, true);
}

static void test_wire__skip_stops_at_32_levels(void **state) {
    (void)state;
    uint8_t bytes[256];
    for (unsigned levels = 30; levels < 100; levels++) {
        for (int maps = 0; maps < 2; maps++) {
            size_t len = nest(bytes, levels, maps != 0);
            assert_int_equal(levels <= PTE_NESTING_MAX ? len : 0,
                             pte__wire_skip(pte_view(bytes, len)));
        }
    }
}

static void test_wire__skip_finds_the_end_among_siblings(void **state) {
    (void)state;
    /* [ {"a": [], "b": {}}, [[nil], "x"], true ], and more behind it */
    static const char bytes[] = "\x93\x82\xA1"
                                "a\x90\xA1"
                                "b\x80\x92\x91\xC0\xA1x\xC3"
                                "more";
    size_t len = sizeof bytes - 1 - 4;
    assert_int_equal(len, pte__wire_skip(pte_view(bytes, sizeof bytes - 1)));
    for (size_t cut = 0; cut < len; cut++) {
        uint8_t *exact = exact_copy(pte_view(bytes, cut));
        assert_int_equal(0, pte__wire_skip(pte_view(exact, cut)));
        free(exact);
    }
}

/* Bytes that look like ours, in blocks that end where they say. */
static void test_wire__random_bytes_are_read_within_their_bounds(void **state) {
    (void)state;
    test_random random = {test_seed(41)};
    size_t skipped = 0;
    for (int i = 0; i < 200000; i++) {
        uint8_t bytes[48];
        size_t len = test_random_below(&random, sizeof bytes);
        for (size_t k = 0; k < len; k++) {
            uint8_t byte = (uint8_t)test_random_next(&random);
            bytes[k] = test_random_below(&random, 2) ? byte : (uint8_t)(0x80 | (byte & 0x63));
        }
        uint8_t *exact = exact_copy(pte_view(bytes, len));
        size_t used = pte__wire_skip(pte_view(exact, len));
        assert_true(used <= len);
        skipped += used != 0;
        free(exact);
    }
    assert_true(skipped > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire__lengths_are_read_as_written),
        cmocka_unit_test(test_wire__counts_are_read_as_written),
        cmocka_unit_test(test_wire__sets_are_an_ext_with_an_array),
        cmocka_unit_test(test_wire__plain_heads_are_read_as_written),
        cmocka_unit_test(test_wire__heads_that_are_not_the_shortest_are_refused),
        cmocka_unit_test(test_wire__foreign_heads_are_refused),
        cmocka_unit_test(test_wire__names_are_strings_of_limited_length),
        cmocka_unit_test(test_wire__skip_stops_at_32_levels),
        cmocka_unit_test(test_wire__skip_finds_the_end_among_siblings),
        cmocka_unit_test(test_wire__random_bytes_are_read_within_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
