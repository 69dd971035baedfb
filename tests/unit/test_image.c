/* Tests of table/image.h: bytes that a damaged file may hold are never read past their end. */
#include "support/support.h"

#include "table/image.h"

#include <stdlib.h>

/* An item of exactly these bytes, so that a sanitizer sees a byte read behind them. */
static pte_item copy_of(const void *bytes, size_t len) {
    uint8_t *copy = malloc(len);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    return (pte_item){.encoded = {copy, len}};
}

static bool has_prefix(const void *bytes, size_t len, pte_bytes prefix) {
    pte_item item = copy_of(bytes, len);
    bool has = pte__image_has_prefix(&item, prefix);
    free((void *)(uintptr_t)item.encoded.data);
    return has;
}

static void test_image__has_prefix_ends_with_the_bytes(void **state) {
    (void)state;
    const uint8_t short_head[] = {0x81, 0xA1, 'k', 0xA1, 'v'};
    const uint8_t long_head[] = {0xDE, 0x00, 0x10, 0xA1, 'k', 0xA1, 'v'};
    pte_bytes prefix = pte_view(short_head + 1, sizeof short_head - 1);
    assert_true(has_prefix(short_head, sizeof short_head, prefix));
    assert_true(has_prefix(long_head, sizeof long_head, prefix));
    for (size_t len = 1; len < sizeof short_head; len++) {
        assert_false(has_prefix(short_head, len, prefix));
    }
    for (size_t len = 1; len < sizeof long_head; len++) {
        assert_false(has_prefix(long_head, len, prefix));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_image__has_prefix_ends_with_the_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
