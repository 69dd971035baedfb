/*
 * Expressions put in as text and got out as text, so that a test is a table. JSON is written with
 * ' for " on both sides; messages are as they are.
 */
#ifndef TESTS_EXPRESSIONS_BENCH_H
#define TESTS_EXPRESSIONS_BENCH_H

#include "expression/expression.h"
#include "support/support.h"

typedef struct bench {
    pte__arena arena;
    pt__failure failure;
    pt__out out;
    pte_builder *scratch; /* for values */
    pte_builder *items;   /* for the item put in */
    pte_builder *keys;
    pte_builder *made; /* for the item got out */
    const char *names; /* ExpressionAttributeNames of every expression that follows; NULL: none */
    const char *values;
    const char *item; /* NULL: there is none */
    char text[64 * 1024];
} bench;

/* malloc where allocator is NULL. The caller destroys it. */
bench *bench_create(const pte_allocator *allocator);
void bench_destroy(bench *b);

/* Each gives the result, or the message with which it was refused; it lies in the bench until the
 * next call. Placeholders that are not used are no mistake here, but for bench_unused. */
const char *bench_condition(bench *b, const char *expression); /* "true", "false" */
const char *bench_projection(bench *b, const char *expression);
const char *bench_update(bench *b, const char *expression); /* the new item; "nothing" */
const char *bench_changed(bench *b, const char *expression, bool new_item); /* "" if empty */
const char *bench_key_condition(bench *b, const char *expression, const pt__key_schema *key);

/* The last of: compiles a condition and asks what is unused; "" for nothing. */
const char *bench_unused(bench *b, const char *expression);

/* The exception of the last call that was refused. */
pt__exception bench_exception(const bench *b);

/* Ends the test, saying what was put in, unless the texts are the same. */
void bench_same_at(const char *got, const char *expected, const char *put_in, int line);
#define SAME(got, expected, put_in) bench_same_at((got), (expected), (put_in), __LINE__)

/* Expressions that are refused, and the message of each behind start. They are compiled with the
 * names #a to #c and with a value of each type (BENCH_NAMES, BENCH_VALUES). */
typedef struct bench_row {
    const char *expression;
    const char *message;
} bench_row;
void bench_expect_refusals(const char *(*compile)(bench *b, const char *expression),
                           const char *start, const bench_row *rows, size_t count);
extern const char BENCH_NAMES[];
extern const char BENCH_VALUES[];

/* n times unit with separator between, in a static buffer of size bytes. */
char *repeated(char *buffer, size_t size, const char *unit, const char *separator, unsigned n);

/* The item that most tests are about. */
extern const char BENCH_ITEM[];

#endif
