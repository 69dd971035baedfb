/* Random choices, and the log of steps that a failure shows. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t world_below(world *w, uint64_t bound) {
    return test_random_below(&w->random, bound);
}

bool world_once_in(world *w, uint64_t times) {
    return test_random_below(&w->random, times) == 0;
}

const char *world_step_name(world_step step) {
    static const char *const names[] = {
#define WORLD_STEP_TEXT(name) #name,
        WORLD_STEPS(WORLD_STEP_TEXT)
#undef WORLD_STEP_TEXT
    };
    return step < WORLD_STEP_COUNT ? names[step] : "?";
}

void world_log(world *w, const char *format, ...) {
    char *line = w->log[w->log_next++ % WORLD_LOG_LINES];
    va_list arguments;
    va_start(arguments, format);
    int used = snprintf(line, sizeof w->log[0], "%llu: ", (unsigned long long)w->step);
    vsnprintf(line + used, sizeof w->log[0] - (size_t)used, format, arguments);
    va_end(arguments);
}

void world_fail(world *w, const char *format, ...) {
    char message[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t from = w->log_next > WORLD_LOG_LINES ? w->log_next - WORLD_LOG_LINES : 0;
    print_error("the last steps:\n");
    for (size_t i = from; i < w->log_next; i++) {
        print_error("  %s\n", w->log[i % WORLD_LOG_LINES]);
    }
    print_error("history %s, PTE_SEED=%llu, step %llu of %llu (PTE_OPS=%llu is enough):\n  %s\n",
                w->history->name, (unsigned long long)w->seed, (unsigned long long)w->step,
                (unsigned long long)w->steps, (unsigned long long)w->step + 1, message);
    fail();
    abort(); /* fail does not return */
}

void world_expect_at(world *w, pte_status expected, pte_status status, const pte_error *error,
                     const char *call, int line) {
    if (status == expected) {
        return;
    }
    bool detailed = status > PTE_NOT_FOUND && error->status == status;
    world_fail(w, "line %d: %s: expected %s, found %s%s%s", line, call, pte_status_name(expected),
               pte_status_name(status), detailed ? ": " : "", detailed ? error->message : "");
}
