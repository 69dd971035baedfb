#include "options.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static volatile int stop_wanted;

static void on_signal(int number) {
    (void)number;
    stop_wanted = 1;
}

const volatile int *bench_stop_catch(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &stop_wanted;
}

static bool set(const bench_option *option, const char *value) {
    char *end;
    if (option->text != NULL) {
        *option->text = value;
        return true;
    }
    uint64_t number = strtoull(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != 0 || number < option->low ||
        number > option->high) {
        return false;
    }
    if (option->number != NULL) {
        *option->number = number;
    } else {
        *option->size = (size_t)number;
    }
    return true;
}

bool bench_option_set(const bench_option *options, size_t count, const char *name,
                      const char *value) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(options[i].name, name) == 0) {
            return set(&options[i], value);
        }
    }
    return false;
}
