#include "options.h"

#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stop_wanted;

static void on_signal(int number) {
    (void)number;
    stop_wanted = 1;
}

static void catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
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

/* Reads --name value. Whether the name is known and the value fits. */
static bool set_named(const bench_program *program, const char *name, const char *value) {
    for (size_t i = 0; i < program->option_count; i++) {
        if (strcmp(program->options[i].name, name) == 0) {
            return set(&program->options[i], value);
        }
    }
    return false;
}

bool bench_options_read(int *exit_status, const bench_program *program, int count, char **texts) {
    *exit_status = 0;
    for (int i = 1; i < count; i++) {
        if (strcmp(texts[i], "--help") == 0 || strcmp(texts[i], "-h") == 0) {
            fputs(program->help, stdout);
            return false;
        }
        if (strcmp(texts[i], "--quick") == 0) {
            for (const char *const *at = program->quick; *at != NULL; at += 2) {
                (void)set_named(program, at[0], at[1]);
            }
            continue;
        }
        if (i + 1 == count || !set_named(program, texts[i], texts[i + 1])) {
            fprintf(stderr, "%s: %s %s is not understood; see --help\n", program->name, texts[i],
                    i + 1 == count ? "without a value" : texts[i + 1]);
            *exit_status = 2;
            return false;
        }
        i++;
    }
    return true;
}

int bench_program_run(const char *name, bench_program_run_fn *run, const void *settings) {
    catch_signals();
    bench_report *report = calloc(1, sizeof *report);
    pte_error error = {.status = PTE_OUT_OF_MEMORY, .message = "no memory for the report"};
    pte_status status =
        report == NULL ? PTE_OUT_OF_MEMORY : run(report, settings, &stop_wanted, &error);
    if (status != PTE_OK) {
        fprintf(stderr, "%s: %s: %s\n", name, pte_status_name(status), error.message);
    }
    free(report);
    return status == PTE_OK ? 0 : 1;
}
