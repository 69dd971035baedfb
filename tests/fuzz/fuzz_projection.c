/* Projections. Input: the expression. What is written is an item, and JSON. */
#include "expression_world.h"

#include "value/attribute_value.h"

static void must_be_part_of_an_item(world *w, const pt__projection *projection,
                                    const pte_item *item) {
    const pt__json *json;
    pte_item part;
    pt__out_reset(&w->out);
    pt__projection_encode(&w->out, projection, item);
    MUST(!w->out.failed);
    MUST(pt__json_read(&json, pte_view(w->out.buffer.data, w->out.buffer.len), &w->arena,
                       &w->failure) == PT__OK);
    MUST(pt__item_decode(&part, w->made, json, &w->failure) == PT__OK);
    MUST(part.size_bytes <= item->size_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    world w;
    world_init(&w);
    pt__projection *projection;
    pt__exception exception =
        pt__projection_compile(&projection, &w.expressions, pte_view(data, size));
    if (exception != PT__OK) {
        world_must_be_refused(&w, exception);
    } else {
        for (size_t i = 0; i < WORLD_ITEMS; i++) {
            must_be_part_of_an_item(&w, projection, &w.items[i]);
        }
    }
    world_clean_up(&w);
    return 0;
}
