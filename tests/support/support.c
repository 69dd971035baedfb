#include "support/support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t test_seed(uint64_t otherwise) {
    const char *given = getenv("PTE_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 0) : otherwise;
    printf("seed: %llu (PTE_SEED=%llu repeats it)\n", (unsigned long long)seed,
           (unsigned long long)seed);
    fflush(stdout);
    return seed;
}

uint64_t test_random_next(test_random *random) {
    uint64_t mixed = random->state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

uint64_t test_random_below(test_random *random, uint64_t bound) {
    return test_random_next(random) % bound;
}

void test_random_fill(test_random *random, void *bytes, size_t len) {
    uint8_t *out = bytes;
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)test_random_next(random);
    }
}

char *test_folder_make(void) {
    const char *parent = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/pocketable-test-XXXXXX", parent != NULL ? parent : "/tmp");
    if (mkdtemp(path) == NULL) {
        perror(path);
        abort();
    }
    return strdup(path);
}

static int remove_entry(const char *path, const struct stat *stat, int type, struct FTW *ftw) {
    (void)stat;
    (void)type;
    (void)ftw;
    return remove(path);
}

void test_folder_remove(char *path) {
    if (path != NULL) {
        (void)nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        free(path);
    }
}

void test_expect_at(pte_status expected, pte_status status, const pte_error *error,
                    const char *call, const char *file, int line) {
    if (status == expected) {
        return;
    }
    bool detailed = error != NULL && status > PTE_NOT_FOUND && error->status == status;
    print_error("%s:%d: %s\n  expected %s, found %s%s%s\n", file, line, call,
                pte_status_name(expected), pte_status_name(status), detailed ? ": " : "",
                detailed ? error->message : "");
    _fail(file, line);
}
