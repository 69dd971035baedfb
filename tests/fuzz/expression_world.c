#include "expression_world.h"

#include "value/attribute_value.h"

static const char NAMES[] = "{\"#a\":\"a\",\"#b\":\"b.c\",\"#0\":\"l\",\"#s\":\"size\"}";

static const char VALUES[] =
    "{\":n\":{\"N\":\"1\"},\":m\":{\"N\":\"-9.9999999999999999999999999999999999999E+125\"},"
    "\":s\":{\"S\":\"a\"},\":e\":{\"S\":\"\"},\":b\":{\"B\":\"YQ==\"},\":t\":{\"BOOL\":true},"
    "\":z\":{\"NULL\":true},\":l\":{\"L\":[{\"N\":\"1\"},{\"L\":[]}]},\":y\":{\"S\":\"N\"},"
    "\":o\":{\"M\":{\"a\":{\"N\":\"1\"}}},\":ss\":{\"SS\":[\"a\",\"b\"]},"
    "\":ns\":{\"NS\":[\"1\",\"10\",\"2\"]},\":bs\":{\"BS\":[\"YQ==\",\"Yg==\"]}}";

static const char *const ITEMS[WORLD_ITEMS] = {
    "{\"p\":{\"S\":\"a\"},\"r\":{\"N\":\"1\"}}",
    "{\"p\":{\"S\":\"a\"},\"r\":{\"N\":\"1\"},\"a\":{\"N\":\"1\"},\"b\":{\"S\":\"ab\"},"
    "\"c\":{\"B\":\"YWI=\"},\"d\":{\"SS\":[\"a\",\"c\"]},\"e\":{\"NS\":[\"1\",\"3\"]},"
    "\"f\":{\"BS\":[\"YQ==\"]},\"l\":{\"L\":[{\"N\":\"1\"},{\"L\":[{\"S\":\"x\"}]},"
    "{\"M\":{\"a\":{\"N\":\"2\"},\"l\":{\"L\":[{\"N\":\"3\"}]}}}]},"
    "\"m\":{\"M\":{\"a\":{\"N\":\"1\"},\"b\":{\"M\":{\"c\":{\"S\":\"y\"}}}}}}",
    "{\"p\":{\"S\":\"b\"},\"r\":{\"N\":\"2\"},\"a\":{\"L\":[]},\"b\":{\"M\":{}},"
    "\"c\":{\"BOOL\":false},\"l\":{\"NULL\":true},\"m\":{\"L\":[{\"M\":{}}]},"
    "\"b.c\":{\"N\":\"99999999999999999999999999999999999999\"}}",
};

static const pt__json *read_json(world *w, const char *text) {
    const pt__json *json;
    MUST(pt__json_read(&json, pte_str(text), &w->arena, &w->failure) == PT__OK);
    return json;
}

void world_init(world *w) {
    *w = (world){.arena.allocator = pte__allocator_of(NULL),
                 .out.allocator = pte__allocator_of(NULL)};
    w->failure.arena = &w->arena;
    MUST(pte_builder_create(&w->scratch, NULL, NULL) == PTE_OK);
    MUST(pte_builder_create(&w->made, NULL, NULL) == PTE_OK);
    for (size_t i = 0; i < WORLD_ITEMS; i++) {
        MUST(pte_builder_create(&w->builders[i], NULL, NULL) == PTE_OK);
        MUST(pt__item_decode(&w->items[i], w->builders[i], read_json(w, ITEMS[i]), &w->failure) ==
             PT__OK);
    }
    w->expressions =
        (pt__expressions){.arena = &w->arena, .failure = &w->failure, .scratch = w->scratch};
    pt__placeholders_given given = {.names = read_json(w, NAMES),
                                    .values = read_json(w, VALUES),
                                    .any_expression = true,
                                    .values_usable = true};
    MUST(pt__expressions_init(&w->expressions, &given) == PT__OK);
}

void world_clean_up(world *w) {
    for (size_t i = 0; i < WORLD_ITEMS; i++) {
        pte_builder_destroy(w->builders[i]);
    }
    pte_builder_destroy(w->made);
    pte_builder_destroy(w->scratch);
    pt__out_clean_up(&w->out);
    pte__arena_clean_up(&w->arena);
}

void world_must_be_refused(const world *w, pt__exception exception) {
    MUST(exception == PT__VALIDATION);
    MUST(w->failure.exception == exception);
    MUST(w->failure.message.len != 0);
}
