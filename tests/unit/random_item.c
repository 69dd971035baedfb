#include "random_item.h"

#include <stdio.h>
#include <stdlib.h>

pte_builder *new_builder(void) {
    pte_error error;
    pte_builder *builder;
    OK(pte_builder_create(&builder, NULL, &error));
    return builder;
}

pte_item built(pte_builder *builder) {
    pte_error error;
    pte_item item;
    OK(pte_builder_item(&item, builder, &error));
    return item;
}

void name_and(pte_builder *builder, const char *name) {
    pte_builder_name(builder, pte_str(name));
}

/* Characters of one to four bytes, and a zero. */
static const char *const characters[] = {
    "a", "b", "Z", "0", " ", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};

static size_t random_text(char *text, size_t characters_max, test_random *random) {
    size_t len = 0;
    for (size_t n = test_random_below(random, characters_max + 1); n > 0; n--) {
        size_t which = test_random_below(random, 9);
        if (which == 8) {
            text[len++] = 0;
        } else {
            size_t bytes = strlen(characters[which]);
            memcpy(text + len, characters[which], bytes);
            len += bytes;
        }
    }
    return len;
}

static void random_name(char name[64], unsigned i, test_random *random) {
    snprintf(name, 64, "%c%u%.*s", (char)('a' + test_random_below(random, 26)), i,
             (int)test_random_below(random, 40), "-with-a-tail-that-makes-it-quite-a-bit-longer");
}

static void add_set(pte_builder *builder, pte_type type, test_random *random) {
    unsigned count = 1 + (unsigned)test_random_below(random, 20);
    unsigned first = (unsigned)test_random_below(random, 50);
    pte_builder_begin(builder, type);
    for (unsigned i = 0; i < count; i++) {
        char text[32];
        /* 7 has no common divisor with 101, so the elements differ, and their order is mixed. */
        int len = snprintf(text, sizeof text, "%u.5", (first + i * 7) % 101);
        pte_type element = type == PTE_TYPE_SS   ? PTE_TYPE_S
                           : type == PTE_TYPE_NS ? PTE_TYPE_N
                                                 : PTE_TYPE_B;
        pte_builder_scalar(builder, (pte_scalar){element, pte_view(text, (size_t)len)});
    }
    pte_builder_end(builder);
}

static void add_number(pte_builder *builder, test_random *random) {
    char text[80];
    int len = snprintf(text, sizeof text, "%s%llu.%llue%d", test_random_below(random, 2) ? "-" : "",
                       (unsigned long long)test_random_next(random),
                       (unsigned long long)test_random_below(random, 100000),
                       (int)test_random_below(random, 200) - 100);
    pte_builder_number(builder, pte_view(text, (size_t)len));
}

static void add_value(pte_builder *builder, test_random *random, unsigned levels);

static void add_container(pte_builder *builder, pte_type type, test_random *random,
                          unsigned levels) {
    pte_builder_begin(builder, type);
    for (unsigned i = (unsigned)test_random_below(random, 20); i > 0; i--) {
        if (type == PTE_TYPE_M) {
            char name[64];
            random_name(name, i, random);
            pte_builder_name(builder, pte_str(name));
        }
        add_value(builder, random, levels);
    }
    pte_builder_end(builder);
}

static void add_value(pte_builder *builder, test_random *random, unsigned levels) {
    char bytes[400];
    pte_type type = (pte_type)(1 + test_random_below(random, 10));
    if ((type == PTE_TYPE_M || type == PTE_TYPE_L) && levels == 0) {
        type = PTE_TYPE_S;
    }
    switch (type) {
    case PTE_TYPE_S:
        pte_builder_string(builder, pte_view(bytes, random_text(bytes, 40, random)));
        break;
    case PTE_TYPE_N:
        add_number(builder, random);
        break;
    case PTE_TYPE_B:
        test_random_fill(random, bytes, sizeof bytes);
        pte_builder_binary(builder, pte_view(bytes, test_random_below(random, sizeof bytes)));
        break;
    case PTE_TYPE_BOOL:
        pte_builder_boolean(builder, test_random_below(random, 2) != 0);
        break;
    case PTE_TYPE_NULL:
        pte_builder_null(builder);
        break;
    case PTE_TYPE_M:
    case PTE_TYPE_L:
        add_container(builder, type, random, levels - 1);
        break;
    default:
        add_set(builder, type, random);
    }
}

void random_item_add(pte_builder *builder, test_random *random, unsigned attributes_max,
                     unsigned levels) {
    for (unsigned i = (unsigned)test_random_below(random, attributes_max + 1); i > 0; i--) {
        char name[64];
        random_name(name, i, random);
        pte_builder_name(builder, pte_str(name));
        add_value(builder, random, levels);
    }
}

void rebuild_value(pte_builder *builder, const pte_value *value) {
    pte_iter iter;
    pte_bytes name;
    pte_value element;
    switch (value->type) {
    case PTE_TYPE_S:
    case PTE_TYPE_N:
    case PTE_TYPE_B:
        pte_builder_scalar(builder, (pte_scalar){value->type, value->bytes});
        break;
    case PTE_TYPE_BOOL:
        pte_builder_boolean(builder, value->boolean);
        break;
    case PTE_TYPE_NULL:
        pte_builder_null(builder);
        break;
    default:
        pte_builder_begin(builder, value->type);
        assert_int_equal(PTE_OK, pte_value_iterate(&iter, value, NULL));
        while (pte_iter_next(&iter, &name, &element, NULL) == PTE_OK) {
            if (value->type == PTE_TYPE_M) {
                pte_builder_name(builder, name);
            }
            rebuild_value(builder, &element);
        }
        pte_builder_end(builder);
    }
}

uint8_t *exact_copy(pte_bytes bytes) {
    uint8_t *copy = malloc(bytes.len != 0 ? bytes.len : 1);
    assert_non_null(copy);
    if (bytes.len != 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    return copy;
}

static void follow(const pte_value *value) {
    size_t size;
    pte_iter iter;
    pte_value element;
    pte_bytes name;
    /* Copied, so that every byte that the views claim is read. */
    free(exact_copy(value->encoded));
    free(exact_copy(value->bytes));
    (void)!pte_value_size_bytes(&size, value, NULL);
    if (pte_value_iterate(&iter, value, NULL) == PTE_OK) {
        while (pte_iter_next(&iter, &name, &element, NULL) == PTE_OK) {
            follow(&element);
        }
    }
    if (value->type == PTE_TYPE_M) {
        (void)!pte_value_find(&element, value, pte_str("no such name"), NULL);
    }
}

void read_everything(pte_bytes bytes) {
    pte_item item = {bytes, 0};
    pte_value value;
    size_t size;
    if (pte_item_value(&value, &item, NULL) == PTE_OK) {
        follow(&value);
    }
    if (pte_value_decode(&value, bytes, NULL) == PTE_OK) {
        follow(&value);
    }
    (void)!pte_item_find(&value, &item, pte_str("no such name"), NULL);
    (void)!pte_item_size_bytes(&size, &item, NULL);
    (void)!pte_item_validate(&item, NULL);
}
