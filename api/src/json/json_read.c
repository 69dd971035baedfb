/*
 * The tree of a request body. yajl takes the text apart; what it finds becomes nodes in the arena,
 * strings without escapes and numbers views of the body. May call the engine's base and UTF-8.
 *
 * - yajl's memory comes from the arena too. yajl uses what its allocator returns unlooked, so an
 *   allocation that fails leaves yajl by longjmp; nothing is lost, all of it is the arena's.
 * - yajl validates UTF-8 loosely (surrogates, overlong forms) and puts halves of surrogate pairs
 *   together as they come. Both are checked here, and yajl's own check is off.
 */
#include "json/json.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

enum {
    NODES_FIRST = 16, /* chunks of nodes: a small request needs one or two */
    NODES_MOST = 256,
    /* Up to here the names of an object are compared each with each; above they are sorted. */
    PAIRWISE_MAX = 16,
};

/* An array or object that is open. */
typedef struct open_node {
    pt__json *node;
    pt__json *last; /* its newest child, NULL: none yet */
} open_node;

typedef struct reader {
    pte__arena *arena;
    pte_bytes body;
    jmp_buf no_memory;
    pt__json *nodes; /* the chunk's free nodes */
    size_t nodes_free;
    size_t nodes_next; /* size of the next chunk */
    pte_bytes name;    /* of the member whose value comes next */
    pt__json *root;
    size_t depth;
    open_node open[PT__JSON_DEPTH_MAX];
} reader;

/* Memory of the arena, or back to pt__json_read. */
static void *must_alloc(reader *r, size_t size) {
    void *memory = pte__arena_alloc(r->arena, size);
    if (memory == NULL) {
        longjmp(r->no_memory, 1);
    }
    return memory;
}

/* yajl's blocks know their size, which realloc needs. */
typedef union block_header {
    size_t size;
    max_align_t unit;
} block_header;

static void *yajl_allocate(void *ctx, size_t size) {
    reader *r = ctx;
    if (size > SIZE_MAX - sizeof(block_header)) {
        longjmp(r->no_memory, 1);
    }
    block_header *block = must_alloc(r, sizeof *block + size);
    block->size = size;
    return block + 1;
}

static void *yajl_reallocate(void *ctx, void *memory, size_t size) {
    if (memory == NULL) {
        return yajl_allocate(ctx, size);
    }
    size_t old_size = ((block_header *)memory - 1)->size;
    if (size <= old_size) {
        return memory;
    }
    return memcpy(yajl_allocate(ctx, size), memory, old_size);
}

static void yajl_release(void *ctx, void *memory) {
    (void)ctx;
    (void)memory;
}

static pt__json *new_node(reader *r, pt__json_type type) {
    if (r->nodes_free == 0) {
        r->nodes = must_alloc(r, r->nodes_next * sizeof *r->nodes);
        r->nodes_free = r->nodes_next;
        r->nodes_next = r->nodes_next < NODES_MOST ? r->nodes_next * 2 : NODES_MOST;
    }
    pt__json *node = r->nodes;
    r->nodes++;
    r->nodes_free--;
    *node = (pt__json){.type = type};
    return node;
}

/* A new node where the text has come to: the root, an element, or the named member. */
static pt__json *add_node(reader *r, pt__json_type type) {
    pt__json *node = new_node(r, type);
    if (r->depth == 0) {
        r->root = node;
        return node;
    }
    open_node *parent = &r->open[r->depth - 1];
    if (parent->last == NULL) {
        parent->node->first = node;
    } else {
        parent->last->next = node;
    }
    parent->last = node;
    parent->node->count++;
    if (parent->node->type == PT__JSON_OBJECT) {
        node->name = r->name;
    }
    return node;
}

/* A view of text that yajl gives: of the body itself, or a copy of yajl's unescaped one. */
static pte_bytes keep_text(reader *r, const void *text, size_t len) {
    uintptr_t start = (uintptr_t)r->body.data;
    uintptr_t at = (uintptr_t)text;
    if (at >= start && at - start <= r->body.len) {
        return pte_view(text, len);
    }
    void *copy = must_alloc(r, len);
    if (len != 0) {
        memcpy(copy, text, len);
    }
    return pte_view(copy, len);
}

static int on_null(void *ctx) {
    (void)add_node(ctx, PT__JSON_NULL);
    return 1;
}

static int on_boolean(void *ctx, int value) {
    add_node(ctx, PT__JSON_BOOLEAN)->boolean = value != 0;
    return 1;
}

static int on_number(void *ctx, const char *text, size_t len) {
    pte_bytes kept = keep_text(ctx, text, len);
    add_node(ctx, PT__JSON_NUMBER)->text = kept;
    return 1;
}

static int on_string(void *ctx, const unsigned char *text, size_t len) {
    pte_bytes kept = keep_text(ctx, text, len);
    add_node(ctx, PT__JSON_STRING)->text = kept;
    return 1;
}

static int on_name(void *ctx, const unsigned char *text, size_t len) {
    reader *r = ctx;
    r->name = keep_text(r, text, len);
    return 1;
}

static int open_container(reader *r, pt__json_type type) {
    if (r->depth == PT__JSON_DEPTH_MAX) {
        return 0;
    }
    pt__json *node = add_node(r, type);
    r->open[r->depth++] = (open_node){node, NULL};
    return 1;
}

static int on_object(void *ctx) {
    return open_container(ctx, PT__JSON_OBJECT);
}

static int on_array(void *ctx) {
    return open_container(ctx, PT__JSON_ARRAY);
}

static int on_array_end(void *ctx) {
    ((reader *)ctx)->depth--;
    return 1;
}

static bool has_twin(const pt__json *first) {
    for (const pt__json *a = first; a != NULL; a = a->next) {
        for (const pt__json *b = a->next; b != NULL; b = b->next) {
            if (pte_bytes_equal(a->name, b->name)) {
                return true;
            }
        }
    }
    return false;
}

/* A member and where it stands among its siblings. */
typedef struct place {
    pt__json *node;
    uint32_t position;
} place;

static int compare_places(const void *a, const void *b) {
    const place *left = a;
    const place *right = b;
    int order = pte_bytes_compare(left->node->name, right->node->name);
    return order != 0 ? order
                      : (left->position > right->position) - (left->position < right->position);
}

static int compare_positions(const void *a, const void *b) {
    const place *left = a;
    const place *right = b;
    return (left->position > right->position) - (left->position < right->position);
}

/* Of members with one name keeps the last. Sorts, so that a hostile object costs n log n. */
static void drop_twins(reader *r, pt__json *object) {
    size_t count = object->count;
    place *places = must_alloc(r, count * sizeof *places);
    size_t at = 0;
    for (const pt__json *member = object->first; member != NULL; member = member->next) {
        places[at] = (place){(pt__json *)member, (uint32_t)at};
        at++;
    }
    qsort(places, count, sizeof *places, compare_places);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool last =
            i + 1 == count || !pte_bytes_equal(places[i].node->name, places[i + 1].node->name);
        if (last) {
            places[kept++] = places[i];
        }
    }
    if (kept == count) {
        return;
    }
    qsort(places, kept, sizeof *places, compare_positions);
    for (size_t i = 0; i < kept; i++) {
        places[i].node->next = i + 1 == kept ? NULL : places[i + 1].node;
    }
    object->first = places[0].node;
    object->count = (uint32_t)kept;
}

static int on_object_end(void *ctx) {
    reader *r = ctx;
    pt__json *object = r->open[--r->depth].node;
    if (object->count > PAIRWISE_MAX || has_twin(object->first)) {
        drop_twins(r, object);
    }
    return 1;
}

static const yajl_callbacks CALLBACKS = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_map_key = on_name,
    .yajl_start_map = on_object,
    .yajl_end_map = on_object_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_array_end,
};

/* The four hex digits at text as a number; they have been checked. */
static unsigned hex4(const uint8_t *text) {
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = text[i] <= '9' ? text[i] - '0' : (text[i] | 0x20) - 'a' + 10;
        value = value << 4 | (unsigned)digit;
    }
    return value;
}

/* Whether the surrogates written as escapes come in pairs, high then low (RFC 8259, section 7).
 * json is valid JSON: a backslash is in a string, and what must follow it does. */
static bool surrogates_pair(pte_bytes json) {
    const uint8_t *at = json.data;
    const uint8_t *end = json.data + json.len;
    while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        if (at[1] != 'u') {
            at += 2;
            continue;
        }
        unsigned unit = hex4(at + 2);
        at += 6;
        if (unit < 0xD800 || unit > 0xDFFF) {
            continue;
        }
        bool paired = unit < 0xDC00 && at[0] == '\\' && at[1] == 'u' && hex4(at + 2) >= 0xDC00 &&
                      hex4(at + 2) <= 0xDFFF;
        if (!paired) {
            return false;
        }
        at += 6;
    }
    return true;
}

/* Whether body is JSON; memory that fails leaves by longjmp. */
static bool parse(reader *r) {
    yajl_alloc_funcs memory = {yajl_allocate, yajl_reallocate, yajl_release, r};
    yajl_handle parser = yajl_alloc(&CALLBACKS, &memory, r);
    (void)yajl_config(parser, yajl_dont_validate_strings, 1);
    /* What yajl has allocated ends with the arena; yajl_free would only walk over it. */
    return yajl_parse(parser, r->body.data, r->body.len) == yajl_status_ok &&
           yajl_complete_parse(parser) == yajl_status_ok;
}

/* The service answers a body it cannot read with a SerializationException without a message
 * (dynalite's connection tests, which were run against it, pin even the checksum of that). */
static pt__exception refuse_body(pt__failure *failure) {
    return pt__refuse_silently(failure, PT__SERIALIZATION);
}

/* Apart from pt__json_read, so that no local of that is alive when longjmp comes back. */
static pt__exception read_body(const pt__json **root, reader *r, pt__failure *failure) {
    if (setjmp(r->no_memory) != 0) {
        return pt__refuse_memory(failure);
    }
    if (!pte__utf8_valid(r->body) || !parse(r) || !surrogates_pair(r->body) ||
        r->root->type != PT__JSON_OBJECT) {
        return refuse_body(failure);
    }
    *root = r->root;
    return PT__OK;
}

pt__exception pt__json_read(const pt__json **root, pte_bytes body, pte__arena *arena,
                            pt__failure *failure) {
    *root = NULL;
    if (body.len == 0 || body.len > PT__JSON_BYTES_MAX) {
        return refuse_body(failure);
    }
    reader r; /* open is 4 KB that need no zeros */
    r.arena = arena;
    r.body = body;
    r.nodes_free = 0;
    r.nodes_next = NODES_FIRST;
    r.root = NULL;
    r.depth = 0;
    return read_body(root, &r, failure);
}
