/* Key conditions. Input: the expression. Whatever compiles is a query that makes sense. */
#include "expression_world.h"

static const pte_key_attribute HASH[] = {{{(const uint8_t *)"p", 1}, PTE_TYPE_S},
                                         {{(const uint8_t *)"a", 1}, PTE_TYPE_N}};
static const pte_key_attribute RANGE[] = {{{(const uint8_t *)"r", 1}, PTE_TYPE_N},
                                          {{(const uint8_t *)"b", 1}, PTE_TYPE_S}};
static const pt__key_schema KEYS[] = {
    {HASH, 1, NULL, 0, {NULL, 0}}, {HASH, 1, RANGE, 1, {NULL, 0}}, {HASH, 2, RANGE, 2, {NULL, 0}}};

static void must_make_sense(const pte_query *query, const pt__key_schema *key) {
    MUST(query->hash_count == key->hash_count);
    for (size_t i = 0; i < query->hash_count; i++) {
        MUST(query->hash[i].type == key->hash[i].type && query->hash[i].bytes.len != 0);
    }
    MUST(query->range_count <= key->range_count);
    for (size_t i = 0; i < query->range_count; i++) {
        MUST(query->range[i].type == key->range[i].type && query->range[i].bytes.len != 0);
    }
    MUST((query->op == PTE_RANGE_ANY) == (query->range_count == 0));
    MUST((query->op == PTE_RANGE_BETWEEN) == (query->range_upper.type != PTE_TYPE_NONE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    world w;
    world_init(&w);
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        pte_query query = {.hash_count = 0};
        pt__exception exception =
            pt__key_condition_compile(&query, &w.expressions, pte_view(data, size), &KEYS[i]);
        if (exception != PT__OK) {
            world_must_be_refused(&w, exception);
        } else {
            must_make_sense(&query, &KEYS[i]);
        }
    }
    world_clean_up(&w);
    return 0;
}
