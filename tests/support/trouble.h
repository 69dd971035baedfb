/*
 * Checks where cmocka's cannot be used: in threads, in child processes, and in code that a test may
 * call to find out whether something holds. A function returns bool, and says what it found amiss
 * in a test_trouble. The macros need a parameter `test_trouble *trouble`, and a `pte_error error`.
 */
#ifndef TESTS_TROUBLE_H
#define TESTS_TROUBLE_H

#include <pocketable/engine/status.h>

typedef struct test_trouble {
    char text[768];
} test_trouble;

/* Both fill trouble and return false. */
bool test_trouble_at(test_trouble *trouble, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool test_trouble_status(test_trouble *trouble, const char *file, int line, const char *call,
                         pte_status expected, pte_status found, const pte_error *error);

/* Return false from the function unless it holds; the rest says in printf's words what does not. */
#define NEED(condition, ...)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            return test_trouble_at(trouble, __FILE__, __LINE__, __VA_ARGS__);                      \
        }                                                                                          \
    } while (0)
#define NEED_STATUS(expected, call)                                                                \
    do {                                                                                           \
        pte_status need_status = (call);                                                           \
        if (need_status != (expected)) {                                                           \
            return test_trouble_status(trouble, __FILE__, __LINE__, #call, (expected),             \
                                       need_status, &error);                                       \
        }                                                                                          \
    } while (0)
#define NEED_OK(call) NEED_STATUS(PTE_OK, call)

#endif
