/* See facade.h. */
#include "facade_items/facade.h"

#define S(text)                                                                                    \
    { {(const uint8_t *)(text), sizeof(text) - 1}, PTE_TYPE_S }
#define N(text)                                                                                    \
    { {(const uint8_t *)(text), sizeof(text) - 1}, PTE_TYPE_N }
#define B(text)                                                                                    \
    { {(const uint8_t *)(text), sizeof(text) - 1}, PTE_TYPE_B }

static const pte_bytes INCLUDE = {(const uint8_t *)"inc", 3};

static pte_index_spec local_index(const char *name, pte_projection projection) {
    return (pte_index_spec){
        .name = pte_str(name),
        .kind = PTE_INDEX_LOCAL,
        .hash = {S("pk")},
        .hash_count = 1,
        .range = {S("ls")},
        .range_count = 1,
        .projection = projection,
        .include = &INCLUDE,
        .include_count = projection == PTE_PROJECT_INCLUDE ? 1 : 0,
    };
}

static pte_index_spec global_index(const char *name, pte_projection projection, size_t ranges) {
    return (pte_index_spec){
        .name = pte_str(name),
        .kind = PTE_INDEX_GLOBAL,
        .hash = {S("gp")},
        .hash_count = 1,
        .range = {N("gs")},
        .range_count = ranges,
        .projection = projection,
        .include = &INCLUDE,
        .include_count = projection == PTE_PROJECT_INCLUDE ? 1 : 0,
    };
}

static void create_tables(facade *f) {
    const pte_index_spec indexes[] = {
        local_index("l_all", PTE_PROJECT_ALL),
        local_index("l_keys", PTE_PROJECT_KEYS_ONLY),
        local_index("l_inc", PTE_PROJECT_INCLUDE),
        global_index("g_all", PTE_PROJECT_ALL, 1),
        global_index("g_keys", PTE_PROJECT_KEYS_ONLY, 1),
        global_index("g_inc", PTE_PROJECT_INCLUDE, 0),
    };
    const pte_index_spec multi = {
        .name = pte_str("multi_g"),
        .hash = {S("h1"), N("h2")},
        .hash_count = 2,
        .range = {S("r1"), N("r2")},
        .range_count = 2,
    };
    pte_key_attribute pk = S("pk");
    pte_key_attribute sk = S("sk");
    pte_key_attribute number = N("pk");
    pte_key_attribute binary = B("sk");
    facade_create(f, &(pte_table_spec){.name = pte_str("us-east-1/tab"),
                                       .hash = pk,
                                       .range = sk,
                                       .indexes = indexes,
                                       .index_count = sizeof indexes / sizeof indexes[0]});
    facade_create(f, &(pte_table_spec){.name = pte_str("us-east-1/hash"), .hash = pk});
    facade_create(
        f, &(pte_table_spec){.name = pte_str("us-east-1/num"), .hash = number, .range = binary});
    facade_create(f, &(pte_table_spec){.name = pte_str("us-east-1/multi"),
                                       .hash = pk,
                                       .indexes = &multi,
                                       .index_count = 1});
}

void facade_open_items(facade *f, const pte_allocator *allocator) {
    *f = (facade){.options = {.engine = {.allocator = allocator}}};
    facade_open(f, NULL);
    create_tables(f);
}

int facade_setup(void **state) {
    (void)facade_setup_empty(state);
    create_tables(*state);
    return 0;
}
