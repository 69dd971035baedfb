/* The life of a call: its memory, its builders, its snapshot. */
#include "request/call.h"

#include "base/checked.h"

#include <time.h>

struct pt__call_definition {
    struct pt__call_definition *next;
    const pte_table_info *info;
};

struct pt__call_builders {
    struct pt__call_builders *next;
    pte_builder *builder;
};

pte_status pt__call_init(pt__call *call, pte_env *env, const pt_options *options,
                         pte_error *error) {
    pte_allocator allocator = pte__allocator_of(options->engine.allocator);
    *call = (pt__call){.env = env, .options = options};
    call->arena.allocator = allocator;
    call->parser.memory.allocator = allocator;
    call->out.allocator = allocator;
    call->failure.arena = &call->arena;
    return pte_builder_create(&call->scratch, &allocator, error);
}

void pt__call_reset(pt__call *call) {
    pt__call_let_go(call);
    pte__arena_reset(&call->arena);
    call->failure = (pt__failure){.arena = &call->arena};
    call->free_builders = call->builders;
    pt__out_reset(&call->out);
    call->body = NULL;
    call->ops = NULL;
    call->op_count = 0;
    call->batch = false;
    call->state = NULL;
}

void pt__call_clean_up(pt__call *call) {
    pt__call_let_go(call);
    while (call->builders != NULL) {
        struct pt__call_builders *one = call->builders;
        call->builders = one->next;
        pte_builder_destroy(one->builder);
        pte__free(&call->arena.allocator, one, sizeof *one);
    }
    pte_builder_destroy(call->scratch);
    pt__json_parser_clean_up(&call->parser);
    pt__out_clean_up(&call->out);
    pte__arena_clean_up(&call->arena);
}

/* Builders are kept from call to call: those from free_builders on are not in use. */
pte_builder *pt__call_builder(pt__call *call) {
    struct pt__call_builders *one = call->free_builders;
    if (one != NULL) {
        call->free_builders = one->next;
        pte_builder_reset(one->builder);
        return one->builder;
    }
    one = pte__alloc(&call->arena.allocator, sizeof *one);
    if (one == NULL) {
        return NULL;
    }
    if (pte_builder_create(&one->builder, &call->arena.allocator, NULL) != PTE_OK) {
        pte__free(&call->arena.allocator, one, sizeof *one);
        return NULL;
    }
    one->next = call->builders;
    call->builders = one;
    return one->builder;
}

pt__exception pt__call_read(pt__call *call) {
    pte_error error;
    if (call->read != NULL) {
        return PT__OK;
    }
    pte_status status = pte_read_begin(&call->read, call->env, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_engine(&call->failure, status, &error);
}

void pt__call_end_read(pt__call *call) {
    pte_read_end(call->read);
    call->read = NULL;
}

pte_status pt__call_definition(const pte_table_info **info, pt__call *call, pte_bytes engine_name,
                               pte_error *error) {
    *info = NULL;
    struct pt__call_definition *kept = pte__arena_alloc(&call->arena, sizeof *kept);
    if (kept == NULL) {
        return pte__fail_memory(error);
    }
    pte_status status = pte_table_definition(&kept->info, call->read, engine_name, error);
    if (status == PTE_OK) {
        kept->next = call->definitions;
        call->definitions = kept;
        *info = kept->info;
    }
    return status;
}

void pt__call_let_go(pt__call *call) {
    pt__call_end_read(call);
    for (; call->definitions != NULL; call->definitions = call->definitions->next) {
        pte_table_definition_release(call->definitions->info);
    }
}

void pt__call_prefix_errors(pt__call *call, bool prefixed) {
    call->failure.prefixed = prefixed && call->options->error_style == PT_ERRORS_2026_08;
}

int64_t pt__now_ms(const pt_options *options) {
    if (options->engine.now_ms != NULL) {
        return options->engine.now_ms(options->engine.now_ctx);
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

pt__exception pt__call_in_region(pte_bytes *joined, pt__call *call, pte_bytes text) {
    size_t len;
    uint8_t *memory = NULL;
    if (pte__add(&len, call->space.len, text.len) && pte__add(&len, len, 1)) {
        memory = pte__arena_alloc(&call->arena, len);
    }
    if (memory == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    memcpy(memory, call->space.data, call->space.len);
    memory[call->space.len] = '/';
    if (text.len != 0) {
        memcpy(memory + call->space.len + 1, text.data, text.len);
    }
    *joined = pte_view(memory, len);
    return PT__OK;
}

int64_t pt__call_now_ms(const pt__call *call) {
    return pt__now_ms(call->options);
}
