/* Building the tree from yajl's events; see json_tree.h. */
#include "workload/json_tree.h"

#include <yajl/yajl_parse.h>

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Before each block of yajl's; they are in a list. */
typedef union memory_block {
    struct {
        union memory_block *next;
        union memory_block *before;
    };
    max_align_t aligned;
} memory_block;

typedef struct tree_builder {
    jmp_buf no_memory;
    memory_block *blocks; /* the newest first */
    wl__json_tree *tree;
    yajl_handle parser;
    const char *bytes;
    size_t counted; /* bytes whose lines are counted */
    size_t line, column;
    wl__json *open; /* the innermost object or array */
    size_t depth;
    char *name; /* of the member to come */
    wl_complaint *complaint;
} tree_builder;

static bool complain(wl_complaint *complaint, size_t line, size_t column, const char *message) {
    complaint->line = line;
    complaint->column = column;
    snprintf(complaint->message, sizeof complaint->message, "%s", message);
    return false;
}

/* Up to where the parser is, which is the end of the last token. */
static void count_lines(tree_builder *builder, size_t until) {
    for (; builder->counted < until; builder->counted++) {
        bool ends = builder->bytes[builder->counted] == '\n';
        builder->line += ends;
        builder->column = ends ? 1 : builder->column + 1;
    }
}

static char *copy_of(const unsigned char *text, size_t len) {
    char *copy = malloc(len + 1);
    if (copy != NULL) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

/* A new value in its place; NULL without memory. */
static wl__json *add(tree_builder *builder, wl__json_kind kind) {
    wl__json *value = calloc(1, sizeof *value);
    if (value == NULL) {
        complain(builder->complaint, 0, 0, "no memory");
        return NULL;
    }
    count_lines(builder, yajl_get_bytes_consumed(builder->parser));
    *value = (wl__json){.kind = kind,
                        .line = builder->line,
                        .column = builder->column - 1,
                        .name = builder->name,
                        .parent = builder->open,
                        .made_before = builder->tree->made_last};
    builder->name = NULL;
    builder->tree->made_last = value;
    if (builder->open == NULL) {
        builder->tree->root = value;
    } else if (builder->open->last == NULL) {
        builder->open->first = value;
    } else {
        builder->open->last->next = value;
    }
    if (builder->open != NULL) {
        builder->open->last = value;
    }
    return value;
}

static int on_text(tree_builder *builder, wl__json_kind kind, const unsigned char *text,
                   size_t len) {
    wl__json *value = add(builder, kind);
    if (value == NULL) {
        return 0;
    }
    value->text = copy_of(text, len);
    if (value->text == NULL) {
        complain(builder->complaint, 0, 0, "no memory");
        return 0;
    }
    if (strlen(value->text) != len) {
        complain(builder->complaint, value->line, value->column,
                 "expected a text without zeros, found one");
        return 0;
    }
    return 1;
}

static int on_null(void *ctx) {
    return add(ctx, WL__JSON_NULL) != NULL;
}

static int on_boolean(void *ctx, int set) {
    const char *text = set ? "true" : "false";
    return on_text(ctx, WL__JSON_BOOLEAN, (const unsigned char *)text, strlen(text));
}

static int on_number(void *ctx, const char *text, size_t len) {
    tree_builder *builder = ctx;
    if (!on_text(builder, WL__JSON_NUMBER, (const unsigned char *)text, len)) {
        return 0;
    }
    wl__json *value = builder->tree->made_last;
    value->number = strtod(value->text, NULL);
    if (!isfinite(value->number)) {
        complain(builder->complaint, value->line, value->column,
                 "expected a number of a double's range, found a larger one");
        return 0;
    }
    return 1;
}

static int on_string(void *ctx, const unsigned char *text, size_t len) {
    return on_text(ctx, WL__JSON_STRING, text, len);
}

static int on_name(void *ctx, const unsigned char *text, size_t len) {
    tree_builder *builder = ctx;
    builder->name = copy_of(text, len);
    if (builder->name == NULL) {
        complain(builder->complaint, 0, 0, "no memory");
    }
    return builder->name != NULL;
}

static int open_value(tree_builder *builder, wl__json_kind kind) {
    wl__json *value = add(builder, kind);
    if (value == NULL) {
        return 0;
    }
    if (++builder->depth > WL__JSON_DEPTH_MAX) {
        complain(builder->complaint, value->line, value->column,
                 "expected a report, found values that nest deeper than one's");
        return 0;
    }
    builder->open = value;
    return 1;
}

static int on_object(void *ctx) {
    return open_value(ctx, WL__JSON_OBJECT);
}

static int on_array(void *ctx) {
    return open_value(ctx, WL__JSON_ARRAY);
}

static int on_end(void *ctx) {
    tree_builder *builder = ctx;
    builder->open = builder->open->parent;
    builder->depth--;
    return 1;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_object,
    .yajl_map_key = on_name,
    .yajl_end_map = on_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_end,
};

/* ---- yajl's memory ---- */

/* yajl does not look whether it got memory, so that without it parsing is left by longjmp, and what
 * it had is freed from the list. */

static void *yajl_reallocate(void *ctx, void *memory, size_t size) {
    tree_builder *builder = ctx;
    memory_block *old = memory == NULL ? NULL : (memory_block *)memory - 1;
    memory_block *block = realloc(old, sizeof *block + size);
    if (block == NULL) {
        longjmp(builder->no_memory, 1);
    }
    if (old == NULL) {
        *block = (memory_block){.next = builder->blocks};
    }
    if (block->next != NULL) {
        block->next->before = block;
    }
    if (block->before != NULL) {
        block->before->next = block;
    } else {
        builder->blocks = block;
    }
    return block + 1;
}

static void *yajl_allocate(void *ctx, size_t size) {
    return yajl_reallocate(ctx, NULL, size);
}

static void yajl_release(void *ctx, void *memory) {
    tree_builder *builder = ctx;
    memory_block *block = (memory_block *)memory - 1;
    if (memory == NULL) {
        return;
    }
    if (block->next != NULL) {
        block->next->before = block->before;
    }
    if (block->before != NULL) {
        block->before->next = block->next;
    } else {
        builder->blocks = block->next;
    }
    free(block);
}

/* What yajl says, on one line. */
static bool complain_of_form(tree_builder *builder, size_t len) {
    size_t at = yajl_get_bytes_consumed(builder->parser);
    unsigned char *said = yajl_get_error(builder->parser, 0, NULL, 0);
    char message[200];
    snprintf(message, sizeof message, "expected JSON, found: %s",
             said == NULL ? "no memory" : (const char *)said);
    message[strcspn(message, "\n")] = '\0';
    if (said != NULL) {
        yajl_free_error(builder->parser, said);
    }
    count_lines(builder, at < len ? at : len);
    return complain(builder->complaint, builder->line, builder->column, message);
}

/* False: *complaint; or memory that fails leaves by longjmp. */
static bool parse(tree_builder *builder, size_t len) {
    yajl_alloc_funcs memory = {yajl_allocate, yajl_reallocate, yajl_release, builder};
    builder->parser = yajl_alloc(&callbacks, &memory, builder);
    yajl_status status = yajl_parse(builder->parser, (const unsigned char *)builder->bytes, len);
    if (status == yajl_status_ok) {
        status = yajl_complete_parse(builder->parser);
    }
    bool good = status == yajl_status_ok;
    if (status == yajl_status_error) {
        good = complain_of_form(builder, len);
    }
    yajl_free(builder->parser);
    return good;
}

/* Apart from wl__json_read, so that no local of that is alive when longjmp comes back. */
static bool parse_or_leave(tree_builder *builder, size_t len) {
    bool good = setjmp(builder->no_memory) == 0 ? parse(builder, len)
                                                : complain(builder->complaint, 0, 0, "no memory");
    for (memory_block *block = builder->blocks, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    free(builder->name);
    return good;
}

/* The whole file; NULL: *complaint. */
static char *load(size_t *len, const char *path, wl_complaint *complaint) {
    FILE *file = fopen(path, "rb");
    size_t capacity = 64 * 1024;
    char *bytes = file == NULL ? NULL : malloc(capacity);
    *len = 0;
    while (bytes != NULL) {
        *len += fread(bytes + *len, 1, capacity - *len, file);
        if (*len < capacity || capacity > WL__JSON_BYTES_MAX) {
            break;
        }
        capacity *= 2;
        char *more = realloc(bytes, capacity);
        if (more == NULL) {
            free(bytes);
        }
        bytes = more;
    }
    bool failed = file == NULL || ferror(file) != 0 || bytes == NULL;
    if (failed) {
        complain(complaint, 0, 0, strerror(errno));
    } else if (*len > WL__JSON_BYTES_MAX) {
        failed = !complain(complaint, 0, 0, "expected a report of at most 64 MB, found more");
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    if (failed) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

bool wl__json_read(wl__json_tree *tree, const char *path, wl_complaint *complaint) {
    *tree = (wl__json_tree){0};
    *complaint = (wl_complaint){.file = path};
    size_t len;
    char *bytes = load(&len, path, complaint);
    if (bytes == NULL) {
        return false;
    }
    tree_builder builder = {
        .tree = tree, .bytes = bytes, .line = 1, .column = 1, .complaint = complaint};
    bool good = parse_or_leave(&builder, len);
    if (!good) {
        wl__json_clean_up(tree);
    }
    free(bytes);
    return good;
}

void wl__json_clean_up(wl__json_tree *tree) {
    while (tree->made_last != NULL) {
        wl__json *value = tree->made_last;
        tree->made_last = value->made_before;
        free(value->name);
        free(value->text);
        free(value);
    }
    tree->root = NULL;
}

const wl__json *wl__json_member(const wl__json *object, const char *name) {
    if (object == NULL || object->kind != WL__JSON_OBJECT) {
        return NULL;
    }
    const wl__json *member = object->first;
    while (member != NULL && strcmp(member->name, name) != 0) {
        member = member->next;
    }
    return member;
}

const char *wl__json_kind_text(wl__json_kind kind) {
    static const char *const texts[] = {
        [WL__JSON_NULL] = "null",        [WL__JSON_BOOLEAN] = "true or false",
        [WL__JSON_NUMBER] = "a number",  [WL__JSON_STRING] = "a string",
        [WL__JSON_OBJECT] = "an object", [WL__JSON_ARRAY] = "an array",
    };
    return texts[kind];
}
