/* Tests of read/range.h through queries: which range values are taken, and which are too long. */
#include "support/support.h"

#include <pocketable/engine.h>

static uint8_t zeros[PTE_RANGE_KEY_BYTES_MAX + 1]; /* each takes two bytes in a key */

/* An index with two range attributes of type B. */
static pte_env *open_with_index(void) {
    pte_error error;
    pte_env *env;
    pte_env_options options = {.durability = PTE_MEMORY};
    pte_index_spec index = {
        .name = pte_str("index"),
        .hash = {{pte_str("hash"), PTE_TYPE_S}},
        .hash_count = 1,
        .range = {{pte_str("one"), PTE_TYPE_B}, {pte_str("two"), PTE_TYPE_B}},
        .range_count = 2,
    };
    pte_table_spec table = {.name = pte_str("table"),
                            .hash = {pte_str("PK"), PTE_TYPE_S},
                            .indexes = &index,
                            .index_count = 1};
    OK(pte_env_open(&env, NULL, &options, &error));
    OK(pte_table_create(env, &table, &error));
    return env;
}

/* Asks for the entries with that many bytes in one, and with two between lower and upper. */
static void expect_between(pte_env *env, pte_status expected, size_t one, size_t lower,
                           size_t upper) {
    pte_error error;
    pte_read *read;
    pte_cursor *cursor;
    pte_query query = {
        .table = pte_str("table"),
        .index = pte_str("index"),
        .hash = {pte_s("h")},
        .hash_count = 1,
        .range = {pte_b(zeros, one), pte_b(zeros, lower)},
        .range_count = 2,
        .op = PTE_RANGE_BETWEEN,
        .range_upper = pte_b(zeros, upper),
    };
    OK(pte_read_begin(&read, env, &error));
    EXPECT(expected, pte_query_open(&cursor, read, &query, &error));
    pte_read_end(read);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: 1,024 bytes,
 * which is for all range attributes of a key together, at either end of BETWEEN. */
static void test_range__between_counts_the_attributes_before_it(void **state) {
    (void)state;
    pte_env *env = open_with_index();
    expect_between(env, PTE_OK, 1000, 1, 24);
    expect_between(env, PTE_KEY_SIZE, 1000, 1, 25);
    expect_between(env, PTE_KEY_SIZE, 1000, 25, 24);
    expect_between(env, PTE_KEY_SIZE, 1000, 1, PTE_RANGE_KEY_BYTES_MAX);
    expect_between(env, PTE_OK, 1, PTE_RANGE_KEY_BYTES_MAX - 1, PTE_RANGE_KEY_BYTES_MAX - 1);
    pte_env_close(env);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_range__between_counts_the_attributes_before_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
