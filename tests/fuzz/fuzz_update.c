/*
 * Updates. Input: the expression. What is made is an item in the engine's form, and what is changed
 * of it, before and after, is JSON.
 */
#include "expression_world.h"

#include "value/attribute_value.h"

static void must_show_what_changed(world *w, const pt__update *update, const pte_item *item) {
    const pt__json *json;
    bool empty;
    pt__out_reset(&w->out);
    pt__update_encode_changed(&w->out, &empty, update, item);
    MUST(!w->out.failed);
    MUST(empty == (w->out.buffer.len == 0));
    if (!empty) {
        MUST(pt__json_read(&json, pte_view(w->out.buffer.data, w->out.buffer.len), &w->arena,
                           &w->failure) == PT__OK);
    }
}

static void apply(world *w, const pt__update *update, const pte_item *old) {
    pte_item made;
    bool nothing;
    pt__exception exception =
        pt__update_apply(&made, &nothing, update, old, &w->items[0], w->made, &w->failure);
    if (exception != PT__OK) {
        world_must_be_refused(w, exception);
        MUST(made.encoded.len == 0);
    } else if (!nothing) {
        MUST(pte_item_validate(&made, NULL) == PTE_OK);
        must_show_what_changed(w, update, &made);
        must_show_what_changed(w, update, old == NULL ? &w->items[0] : old);
    } else {
        MUST(old == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    world w;
    world_init(&w);
    pt__update *update;
    pt__exception exception = pt__update_compile(&update, &w.expressions, pte_view(data, size));
    if (exception != PT__OK) {
        world_must_be_refused(&w, exception);
    } else {
        apply(&w, update, NULL);
        for (size_t i = 0; i < WORLD_ITEMS; i++) {
            apply(&w, update, &w.items[i]);
        }
    }
    world_clean_up(&w);
    return 0;
}
