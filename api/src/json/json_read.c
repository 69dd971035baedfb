/*
 * The tree of a request body. yajl takes the text apart; what it finds becomes nodes in the arena,
 * strings without escapes and numbers views of the body. May call the engine's base and UTF-8.
 *
 * - yajl's memory is an arena of the parser's. yajl uses what its allocator returns unlooked, so an
 *   allocation that fails leaves yajl by longjmp; nothing is lost, all of it is the arena's.
 * - A parser is kept from body to body: yajl is told that several values may follow one another,
 *   and ours is that each body is one. After anything else the parser is thrown away.
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
    PARSER_BLOCK_BYTES = 4096,
    PARSER_BYTES_KEPT = 32 * 1024, /* a parser that has more, for long escaped text, is not kept */
};

/* An array or object that is open, or, outermost, the text itself. */
typedef struct open_node {
    pt__json *node;
    const pt__json **end; /* where its next child is to be hung */
} open_node;

typedef struct pt__json_reading {
    pt__json_parser *parser;
    pte__arena *arena; /* the nodes' */
    pte_bytes body;
    jmp_buf no_memory;
    pt__json *nodes; /* the chunk's free nodes */
    size_t nodes_free;
    size_t nodes_next; /* size of the next chunk */
    pte_bytes name;    /* of the member whose value comes next */
    bool escaped;      /* a string with escapes was there */
    pt__json text;     /* its children are the values of the whole text: should be one */
    size_t root_end;   /* in the body, once the root is read */
    size_t depth;
    open_node open[PT__JSON_DEPTH_MAX + 1];
} reading;

static reading *under_way(void *ctx) {
    return ((pt__json_parser *)ctx)->under_way;
}

/* Memory of an arena, or back to pt__json_parse. */
static void *must_alloc(reading *r, pte__arena *arena, size_t size) {
    void *memory = pte__arena_alloc(arena, size);
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
    pt__json_parser *parser = ctx;
    if (size > SIZE_MAX - sizeof(block_header)) {
        longjmp(parser->under_way->no_memory, 1);
    }
    block_header *block = must_alloc(parser->under_way, &parser->memory, sizeof *block + size);
    parser->memory_bytes += size;
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

static pt__json *new_node(reading *r) {
    if (r->nodes_free == 0) {
        r->nodes = must_alloc(r, r->arena, r->nodes_next * sizeof *r->nodes);
        r->nodes_free = r->nodes_next;
        r->nodes_next = r->nodes_next < NODES_MOST ? r->nodes_next * 2 : NODES_MOST;
    }
    r->nodes_free--;
    return r->nodes++;
}

/* A new node where the text has come to: the root, an element, or the named member. */
static pt__json *add_node(reading *r, pt__json_type type) {
    pt__json *node = new_node(r);
    open_node *parent = &r->open[r->depth];
    *node = (pt__json){.type = type};
    if (parent->node->type == PT__JSON_OBJECT) {
        node->name = r->name;
    }
    *parent->end = node;
    parent->end = &node->next;
    parent->node->count++;
    return node;
}

/* A view of text that yajl gives: of the body itself, or a copy of yajl's unescaped one. */
static pte_bytes keep_text(reading *r, const void *text, size_t len) {
    uintptr_t start = (uintptr_t)r->body.data;
    uintptr_t at = (uintptr_t)text;
    if (PTE__LIKELY(at >= start && at - start <= r->body.len)) {
        return pte_view(text, len);
    }
    r->escaped = true;
    void *copy = must_alloc(r, r->arena, len);
    if (len != 0) {
        memcpy(copy, text, len);
    }
    return pte_view(copy, len);
}

static int on_null(void *ctx) {
    (void)add_node(under_way(ctx), PT__JSON_NULL);
    return 1;
}

static int on_boolean(void *ctx, int value) {
    add_node(under_way(ctx), PT__JSON_BOOLEAN)->boolean = value != 0;
    return 1;
}

static int add_text(reading *r, pt__json_type type, const void *text, size_t len) {
    pte_bytes kept = keep_text(r, text, len);
    add_node(r, type)->text = kept;
    return 1;
}

static int on_number(void *ctx, const char *text, size_t len) {
    return add_text(under_way(ctx), PT__JSON_NUMBER, text, len);
}

static int on_string(void *ctx, const unsigned char *text, size_t len) {
    return add_text(under_way(ctx), PT__JSON_STRING, text, len);
}

static int on_name(void *ctx, const unsigned char *text, size_t len) {
    reading *r = under_way(ctx);
    r->name = keep_text(r, text, len);
    return 1;
}

static int open_container(reading *r, pt__json_type type) {
    if (r->depth == PT__JSON_DEPTH_MAX) {
        return 0;
    }
    pt__json *node = add_node(r, type);
    r->open[++r->depth] = (open_node){node, &node->first};
    return 1;
}

static int on_object(void *ctx) {
    return open_container(under_way(ctx), PT__JSON_OBJECT);
}

static int on_array(void *ctx) {
    return open_container(under_way(ctx), PT__JSON_ARRAY);
}

static int on_array_end(void *ctx) {
    under_way(ctx)->depth--;
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
static void drop_twins(reading *r, pt__json *object) {
    size_t count = object->count;
    place *places = must_alloc(r, r->arena, count * sizeof *places);
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
    reading *r = under_way(ctx);
    pt__json *object = r->open[r->depth--].node;
    if (object->count > 1 && (object->count > PAIRWISE_MAX || has_twin(object->first))) {
        drop_twins(r, object);
    }
    if (r->depth == 0) {
        r->root_end = yajl_get_bytes_consumed(r->parser->handle);
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

/* Memory that fails leaves by longjmp. */
static yajl_handle new_handle(pt__json_parser *parser) {
    yajl_alloc_funcs memory = {yajl_allocate, yajl_reallocate, yajl_release, parser};
    yajl_handle handle = yajl_alloc(&CALLBACKS, &memory, parser);
    (void)yajl_config(handle, yajl_dont_validate_strings, 1);
    (void)yajl_config(handle, yajl_allow_multiple_values, 1);
    return handle;
}

static bool is_space(uint8_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r'); /* as yajl has it */
}

/* Whether the body is one object and nothing else. Of what comes behind it yajl has refused all
 * but further values and the beginning of one. */
static bool is_one_object(const reading *r) {
    if (r->depth != 0 || r->text.count != 1 || r->text.first->type != PT__JSON_OBJECT) {
        return false;
    }
    size_t at = r->root_end;
    while (at < r->body.len && is_space(r->body.data[at])) {
        at++;
    }
    return at == r->body.len;
}

/* Whether the body is an object in JSON; memory that fails leaves by longjmp. */
static bool parse(reading *r) {
    pt__json_parser *parser = r->parser;
    if (parser->handle == NULL) {
        parser->handle = new_handle(parser);
    }
    return yajl_parse(parser->handle, r->body.data, r->body.len) == yajl_status_ok &&
           is_one_object(r);
}

/* The service answers a body it cannot read with a SerializationException without a message
 * (dynalite's connection tests, which were run against it, pin even the checksum of that). */
static pt__exception refuse_body(pt__failure *failure) {
    return pt__refuse_silently(failure, PT__SERIALIZATION);
}

/* Apart from pt__json_parse, so that no local of that is alive when longjmp comes back. */
static pt__exception read_body(const pt__json **root, reading *r, pt__failure *failure) {
    if (setjmp(r->no_memory) != 0) {
        return pt__refuse_memory(failure);
    }
    if (!pte__utf8_valid(r->body) || !parse(r) || (r->escaped && !surrogates_pair(r->body))) {
        return refuse_body(failure);
    }
    *root = r->text.first;
    return PT__OK;
}

void pt__json_parser_clean_up(pt__json_parser *parser) {
    /* yajl_free would only walk over what ends with the arena. */
    pte__arena_clean_up(&parser->memory);
    parser->memory_bytes = 0;
    parser->handle = NULL;
}

pt__exception pt__json_parse(const pt__json **root, pt__json_parser *parser, pte_bytes body,
                             pte__arena *arena, pt__failure *failure) {
    *root = NULL;
    if (body.len == 0 || body.len > PT__JSON_BYTES_MAX) {
        return refuse_body(failure);
    }
    reading r; /* open is 4 KB that need no zeros */
    r.parser = parser;
    r.arena = arena;
    r.body = body;
    r.nodes_free = 0;
    r.nodes_next = NODES_FIRST;
    r.escaped = false;
    r.text = (pt__json){.type = PT__JSON_ARRAY};
    r.depth = 0;
    r.open[0] = (open_node){&r.text, &r.text.first};
    parser->memory.block_bytes = PARSER_BLOCK_BYTES;
    parser->under_way = &r;
    pt__exception exception = read_body(root, &r, failure);
    parser->under_way = NULL;
    if (exception != PT__OK || parser->memory_bytes > PARSER_BYTES_KEPT) {
        pt__json_parser_clean_up(parser);
    }
    return exception;
}

pt__exception pt__json_read(const pt__json **root, pte_bytes body, pte__arena *arena,
                            pt__failure *failure) {
    pt__json_parser parser = {.memory = {.allocator = arena->allocator}};
    pt__exception exception = pt__json_parse(root, &parser, body, arena, failure);
    pt__json_parser_clean_up(&parser);
    return exception;
}
