/*
 * Proves that a sanitizer is armed: does the one wrong thing that it is told to do. ctest expects
 * the sanitizer's report, so a build or an environment that silences a sanitizer fails.
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int shared_count;

static void *count_up(void *unused) {
    (void)unused;
    for (int i = 0; i < 100000; i++) {
        shared_count++;
    }
    return NULL;
}

static void race(void) {
    pthread_t other;
    if (pthread_create(&other, NULL, count_up, NULL) != 0) {
        exit(2);
    }
    (void)count_up(NULL);
    (void)pthread_join(other, NULL);
}

/* volatile, or else the compiler sees what comes; clang-tidy sees it all the same. */
static void use_after_free(void) {
    volatile char *volatile memory = malloc(8);
    free((void *)memory);
    memory[3] = 1; /* NOLINT(clang-analyzer-unix.Malloc) */
}

static void leak(void) {
    void *volatile memory = malloc(1234); /* NOLINT(clang-analyzer-deadcode.DeadStores) */
    memory = NULL;
    (void)memory; /* NOLINT(clang-analyzer-unix.Malloc) */
}

static void overflow(void) {
    volatile int most = INT_MAX;
    most = most + 1;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } wrongs[] = {
        {"race", race}, {"use_after_free", use_after_free}, {"leak", leak}, {"overflow", overflow}};
    for (size_t i = 0; argc == 2 && i < sizeof wrongs / sizeof *wrongs; i++) {
        if (strcmp(argv[1], wrongs[i].name) == 0) {
            wrongs[i].run();
            return 0;
        }
    }
    fputs("usage: armed race|use_after_free|leak|overflow\n", stderr);
    return 2;
}
