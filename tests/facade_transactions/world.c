/* See world.h. */
#include "facade_transactions/world.h"

static pte_key_attribute attribute(const char *name, pte_type type) {
    return (pte_key_attribute){pte_str(name), type};
}

static void create_tables(facade *w) {
    pte_key_attribute pk = attribute("pk", PTE_TYPE_S);
    pte_index_spec global = {
        .name = pte_str("gsi"), .hash = {attribute("gp", PTE_TYPE_S)}, .hash_count = 1};
    pte_index_spec local = {.name = pte_str("lsi"),
                            .kind = PTE_INDEX_LOCAL,
                            .range = {attribute("l", PTE_TYPE_S)},
                            .range_count = 1};
    facade_create(w, &(pte_table_spec){.name = pte_str("us-east-1/tab"), .hash = pk});
    facade_create(w, &(pte_table_spec){.name = pte_str("us-east-1/num"),
                                       .hash = pk,
                                       .range = attribute("sk", PTE_TYPE_N)});
    facade_create(w, &(pte_table_spec){.name = pte_str("us-east-1/glob"),
                                       .hash = pk,
                                       .indexes = &global,
                                       .index_count = 1});
    facade_create(w, &(pte_table_spec){.name = pte_str("us-east-1/local"),
                                       .hash = pk,
                                       .range = attribute("sk", PTE_TYPE_S),
                                       .indexes = &local,
                                       .index_count = 1});
}

void world_open(facade *w, const char *path) {
    facade_open(w, path);
    create_tables(w);
}

int world_setup(void **state) {
    (void)facade_setup_empty(state);
    create_tables(*state);
    return 0;
}
