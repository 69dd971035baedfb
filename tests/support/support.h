/* What every test uses: seeded randomness, a folder of its own, messages that end the test. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pocketable/engine/status.h>

/* The seed of this run: PTE_SEED from the environment, else the given one. Prints it. */
uint64_t test_seed(uint64_t otherwise);

/* A small generator of good quality (splitmix64); the same seed gives the same numbers anywhere. */
typedef struct test_random {
    uint64_t state;
} test_random;
uint64_t test_random_next(test_random *random);
/* From 0 to below bound (bound above 0). */
uint64_t test_random_below(test_random *random, uint64_t bound);
void test_random_fill(test_random *random, void *bytes, size_t len);

/* Makes an empty folder under $TMPDIR or /tmp; the caller frees the path after test_folder_remove.
 */
char *test_folder_make(void);
/* Removes the folder and everything in it, and frees path. */
void test_folder_remove(char *path);

/* Ends the test with the error's message unless status is as expected. */
void test_expect_at(pte_status expected, pte_status status, const pte_error *error,
                    const char *call, const char *file, int line);
#define EXPECT(expected, call) test_expect_at((expected), (call), &error, #call, __FILE__, __LINE__)
/* In a function that has a pte_error called error. */
#define OK(call) EXPECT(PTE_OK, call)

#endif
