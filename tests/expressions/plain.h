/*
 * Values as a plain tree, to compare expressions with: nothing of the engine in it. Random ones are
 * of few different contents, so that they often meet each other.
 */
#ifndef TESTS_EXPRESSIONS_PLAIN_H
#define TESTS_EXPRESSIONS_PLAIN_H

#include "support/support.h"

#include <stdio.h>

enum { PLAIN_MAX = 40, PLAIN_TEXT = 8 };

typedef enum plain_type {
    PLAIN_S,
    PLAIN_N,
    PLAIN_BOOL,
    PLAIN_NULL,
    PLAIN_L,
    PLAIN_M,
    PLAIN_SS,
    PLAIN_NS,
    PLAIN_TYPES,
} plain_type;

typedef struct plain {
    plain_type type;
    long number;           /* N, BOOL */
    char text[PLAIN_TEXT]; /* S */
    unsigned count;        /* of elements; sets and maps are sorted */
    char names[PLAIN_MAX][PLAIN_TEXT];
    struct plain *elements[PLAIN_MAX];
} plain;

typedef struct plain_step {
    bool is_index;
    char name[PLAIN_TEXT];
    unsigned index;
} plain_step;

typedef struct plain_path {
    plain_step steps[4];
    unsigned count;
} plain_path;

plain *plain_new(plain_type type);
plain *plain_copy(const plain *value);
void plain_free(plain *value); /* NULL is allowed */

plain *plain_random(test_random *random, unsigned levels);
plain *plain_random_item(test_random *random);
/* Mostly one at which the item has something; item may be NULL. */
plain_path plain_random_path(test_random *random, const plain *item);

bool plain_equal(const plain *a, const plain *b);  /* false if one is NULL */
int plain_compare(const plain *a, const plain *b); /* both S or both N */

/* NULL: there is nothing. */
plain *plain_find(const plain *map, const char *name);
plain *plain_find_path(const plain *item, const plain_path *path);

/* Takes element. The name's or set's place is kept. */
void plain_add(plain *to, const char *name, plain *element);
plain *plain_take(plain *from, unsigned at); /* returns owned */

/* {"S":"a"} with single quotes; item: without the type around it. */
void plain_print(FILE *to, const plain *value);
void plain_print_item(FILE *to, const plain *item);
void plain_print_path(FILE *to, const plain_path *path);

#endif
