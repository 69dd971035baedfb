/*
 * What arrives in a request: the body is read and checked against an operation's shape, and its
 * item decoded. Item and JSON are one another's: what is encoded is read and decoded to the same.
 * Input: a byte that picks the operation, then the body.
 */
#include "fuzz.h"

#include "operation/operation.h"
#include "shape/shape.h"
#include "value/attribute_value.h"

static const char *const OPERATIONS[] = {
    "PutItem",      "GetItem",        "UpdateItem",
    "DeleteItem",   "Query",          "Scan",
    "BatchGetItem", "BatchWriteItem", "TransactGetItems",
    "CreateTable",  "UpdateTable",    "TransactWriteItems",
    "ListTables",   "DescribeTable",
};

typedef struct memory {
    pte__arena arena;
    pt__failure failure;
    pte_builder *first;
    pte_builder *second;
    pt__out out;
} memory;

static const pt__shape *shape_of(pte_bytes operation) {
    const pt__shape *shape;
    (void)pt__operation_find(&shape, operation);
    return shape;
}

static void memory_init(memory *m) {
    *m = (memory){.arena.allocator = pte__allocator_of(NULL),
                  .out.allocator = pte__allocator_of(NULL)};
    m->failure.arena = &m->arena;
    MUST(pte_builder_create(&m->first, NULL, NULL) == PTE_OK);
    MUST(pte_builder_create(&m->second, NULL, NULL) == PTE_OK);
}

static void memory_clean_up(memory *m) {
    pt__out_clean_up(&m->out);
    pte_builder_destroy(m->first);
    pte_builder_destroy(m->second);
    pte__arena_clean_up(&m->arena);
}

/* Whatever is refused is refused in an exception of its kind, and said so. */
static void must_be_refused(const memory *m, pt__exception exception) {
    MUST(exception == PT__SERIALIZATION || exception == PT__VALIDATION);
    MUST(m->failure.exception == exception);
}

/* What is encoded comes back as the same item. */
static void come_back(memory *m, const pte_item *item) {
    pt__item_encode(&m->out, item);
    MUST(!m->out.failed);
    const pt__json *again;
    MUST(pt__json_read(&again, pte_view(m->out.buffer.data, m->out.buffer.len), &m->arena,
                       &m->failure) == PT__OK);
    pte_item back;
    MUST(pt__item_decode(&back, m->second, again, &m->failure) == PT__OK);
    MUST(pte_bytes_equal(item->encoded, back.encoded));
    MUST(item->size_bytes == back.size_bytes);
}

static void decode(memory *m, const pt__json *body) {
    const pt__json *map = pt__json_member(body, "Item");
    if (map == NULL ||
        pt__shape_check_types(shape_of(pte_str("PutItem")), body, &m->failure) != PT__OK) {
        return;
    }
    pte_item item;
    pt__exception exception = pt__item_decode(&item, m->first, map, &m->failure);
    if (exception != PT__OK) {
        must_be_refused(m, exception);
        return;
    }
    MUST(pte_item_validate(&item, NULL) == PTE_OK);
    come_back(m, &item);
}

/* A parser that is kept reads a text as a new one does, whatever it has read before. */
static void read_with_a_kept_parser(memory *m, pte_bytes text, pt__exception expected) {
    pt__failure failure = {.arena = &m->arena};
    pt__json_parser parser = {.memory = {.allocator = pte__allocator_of(NULL)}};
    const pt__json *root;
    for (int i = 0; i < 2; i++) {
        MUST(pt__json_parse(&root, &parser, text, &m->arena, &failure) == expected);
        MUST(pt__json_parse(&root, &parser, pte_str("{\"a\":[\"b\",1]}"), &m->arena, &failure) ==
             PT__OK);
        MUST(root->count == 1 && pt__json_member(root, "a")->count == 2);
    }
    pt__json_parser_clean_up(&parser);
}

static void run(memory *m, pte_bytes operation, pte_bytes text) {
    const pt__json *body;
    pt__exception exception = pt__json_read(&body, text, &m->arena, &m->failure);
    read_with_a_kept_parser(m, text, exception);
    if (exception != PT__OK) {
        must_be_refused(m, exception);
        return;
    }
    const pt__shape *shape = shape_of(operation);
    MUST(shape != NULL);
    exception = pt__shape_check_types(shape, body, &m->failure);
    if (exception == PT__OK) {
        exception = pt__shape_check_constraints(shape, body, &m->failure);
    }
    if (exception != PT__OK) {
        must_be_refused(m, exception);
        MUST(m->failure.message.len != 0);
    }
    decode(m, body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    memory m;
    memory_init(&m);
    const char *operation = OPERATIONS[data[0] % (sizeof OPERATIONS / sizeof *OPERATIONS)];
    run(&m, pte_str(operation), pte_view(data + 1, size - 1));
    memory_clean_up(&m);
    return 0;
}
