/*
 * The model's values and items: trees of their own, with their own numbers, order and sizes.
 */
#ifndef TESTS_MODEL_MODEL_VALUE_H
#define TESTS_MODEL_MODEL_VALUE_H

#include <pocketable/engine/value.h>

enum { MODEL_DIGITS_MAX = 40, MODEL_NUMBER_TEXT_MAX = 200 };

/* d.ddd times ten to the exponent; zero has no digits. */
typedef struct model_decimal {
    bool negative;
    unsigned count;
    int exponent;
    uint8_t digits[MODEL_DIGITS_MAX];
} model_decimal;

/* text must be a number. */
void model_decimal_parse(model_decimal *number, pte_bytes text);
int model_decimal_compare(const model_decimal *a, const model_decimal *b);
/* Plain notation without needless zeros. Returns the length. */
size_t model_decimal_format(const model_decimal *number, char text[MODEL_NUMBER_TEXT_MAX]);
/* The same value in one of MODEL_WAYS ways to write it; way 0 is the canonical one. */
enum { MODEL_WAYS = 6 };
size_t model_decimal_write(const model_decimal *number, unsigned way,
                           char text[MODEL_NUMBER_TEXT_MAX]);

/* A value. Maps are kept sorted by name, sets by value. */
typedef struct model_value {
    pte_type type;
    bool boolean;
    pte_bytes bytes;      /* S and B: the content, N: canonical text; owned */
    model_decimal number; /* N */
    size_t count;         /* M, L and sets */
    pte_bytes *names;     /* M; owned */
    struct model_value *elements;
} model_value;

/* Each returns a value that the caller gives away or cleans up. */
model_value model_scalar(pte_type type, pte_bytes bytes);
model_value model_boolean(bool boolean);
model_value model_null(void);
model_value model_container(pte_type type);
model_value model_value_copy(const model_value *value);
void model_value_clean_up(model_value *value);

/* Takes element. False, and element is gone, if the name or the set's element is there already.
 * name is for maps. */
bool model_value_add(model_value *container, pte_bytes name, model_value element);

bool model_value_equal(const model_value *a, const model_value *b);
/* Order of two values of type S, N or B (the same type). */
int model_value_compare(const model_value *a, const model_value *b);
size_t model_value_size(const model_value *value);

/* An item: a map with a count of references. */
typedef struct model_item {
    size_t references;
    model_value map;
} model_item;

model_item *model_item_new(void);
model_item *model_item_hold(model_item *item);
void model_item_release(model_item *item); /* NULL is allowed */
/* A copy that may still be changed. */
model_item *model_item_copy(const model_item *item);
/* Puts or replaces an attribute; takes value. Only while nobody else has the item. */
void model_item_set(model_item *item, const char *name, model_value value);
void model_item_unset(model_item *item, const char *name);
/* The attribute, or NULL. */
const model_value *model_item_find(const model_item *item, const char *name);
/* Both NULL, or equal. */
bool model_item_equal(const model_item *a, const model_item *b);
size_t model_item_size(const model_item *item);

/* One line, cut to fit: for messages. Either may be NULL. */
void model_value_print(char *out, size_t out_size, const model_value *value);
void model_item_print(char *out, size_t out_size, const model_item *item);

/* malloc and friends that end the program for want of memory. */
void *model_alloc(size_t size);
void *model_grow(void *memory, size_t count, size_t *capacity, size_t size);

#endif
