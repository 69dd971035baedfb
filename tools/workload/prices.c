/*
 * Prices of a user's file: one mapping of the names below to plain values, each once. The built-in
 * ones are prices.yaml, which has this form; the build makes code of it (prices_built_in.c.in).
 */
#include "workload/complain.h"
#include "workload/cost.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 64 * 1024 };

/* A name of the file; texts have room for size bytes with the zero, numbers have size 0. */
typedef struct price_field {
    const char *name;
    size_t offset;
    size_t size;
} price_field;

#define TEXT(name)                                                                                 \
    { #name, offsetof(wl_prices, name), sizeof((wl_prices *)0)->name }
#define NUMBER(name)                                                                               \
    { #name, offsetof(wl_prices, name), 0 }

static const price_field fields[] = {
    TEXT(source),
    TEXT(date),
    TEXT(region),
    NUMBER(read_million),
    NUMBER(write_million),
    NUMBER(read_unit_hour),
    NUMBER(write_unit_hour),
    NUMBER(storage_gb_month),
    NUMBER(storage_free_gb),
    NUMBER(infrequent_read_million),
    NUMBER(infrequent_write_million),
    NUMBER(infrequent_read_unit_hour),
    NUMBER(infrequent_write_unit_hour),
    NUMBER(infrequent_storage_gb_month),
    NUMBER(hours_month),
};

enum { FIELD_COUNT = sizeof fields / sizeof *fields };

static const double DOLLARS_MAX = 1e12;

static bool set_text(wl_prices *prices, const price_field *field, const wl__node *node,
                     wl_complaint *complaint) {
    const char *text;
    if (!wl__need_text(&text, complaint, node, field->name)) {
        return false;
    }
    if (node->text.len >= field->size) {
        return wl__complain(complaint, node,
                            "expected a text of at most %zu bytes for %s, found %zu",
                            field->size - 1, field->name, node->text.len);
    }
    memcpy((char *)prices + field->offset, text, node->text.len + 1);
    return true;
}

static bool set_number(wl_prices *prices, const price_field *field, const wl__node *node,
                       wl_complaint *complaint) {
    double number;
    if (!wl__need_number(&number, complaint, node, 0, DOLLARS_MAX)) {
        return false;
    }
    memcpy((char *)prices + field->offset, &number, sizeof number);
    return true;
}

static bool read_root(wl_prices *prices, const wl__node *root, wl_complaint *complaint) {
    const char *names[FIELD_COUNT + 1] = {NULL};
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        names[i] = fields[i].name;
    }
    if (!wl__need_map(complaint, root, "prices", names)) {
        return false;
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const price_field *field = &fields[i];
        const wl__node *node = wl__member(root, field->name);
        if (node == NULL) {
            return wl__complain(complaint, root, "expected %s, found no such price", field->name);
        }
        if (!(field->size > 0 ? set_text : set_number)(prices, field, node, complaint)) {
            return false;
        }
    }
    return true;
}

/* Into memory first, so that the size is bounded and a failing disk is told from bad YAML. */
static bool read_file(char *text, size_t *len, const char *path, wl_complaint *complaint) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        snprintf(complaint->message, sizeof complaint->message, "cannot be read: %s",
                 strerror(errno));
        return false;
    }
    *len = fread(text, 1, FILE_BYTES_MAX + 1, file);
    bool good = ferror(file) == 0 && *len <= FILE_BYTES_MAX;
    if (!good) {
        snprintf(complaint->message, sizeof complaint->message, "%s",
                 *len > FILE_BYTES_MAX ? "expected at most 64 KB, found more"
                                       : "cannot be read to its end");
    }
    fclose(file);
    return good;
}

bool wl_prices_read(wl_prices *prices, const char *path, wl_complaint *complaint) {
    wl_prices read = {0};
    wl__arena arena = {0};
    const wl__node *root = NULL;
    size_t len = 0;
    *complaint = (wl_complaint){.file = path};
    char *text = malloc(FILE_BYTES_MAX + 1);
    if (text == NULL) {
        return wl__complain_memory(complaint);
    }
    bool good =
        read_file(text, &len, path, complaint) &&
        wl__yaml_read(&root, &arena, pte_view(text, len), "a mapping of prices", complaint) &&
        read_root(&read, root, complaint);
    if (good) {
        *prices = read;
    }
    wl__arena_clean_up(&arena);
    free(text);
    return good;
}
