#include "bench.h"

#include "value/attribute_value.h"

#include <stdio.h>
#include <stdlib.h>

const char BENCH_ITEM[] =
    "{'pk':{'S':'a'},'sk':{'S':'b'},'n':{'N':'5'},'s':{'S':'abc'},'b':{'B':'YWJj'},"
    "'t':{'BOOL':true},'z':{'NULL':true},'ns':{'NS':['1','2']},'ss':{'SS':['a','b']},"
    "'l':{'L':[{'N':'1'},{'S':'x'},{'M':{'a':{'N':'1'},'b':{'N':'2'}}}]},"
    "'m':{'M':{'a':{'N':'1'},'c':{'L':[{'N':'1'},{'N':'2'},{'N':'3'}]}}}}";

bench *bench_create(const pte_allocator *allocator) {
    pte_error error;
    bench *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->arena.allocator = pte__allocator_of(allocator);
    b->out.allocator = pte__allocator_of(allocator);
    b->failure.arena = &b->arena;
    OK(pte_builder_create(&b->scratch, allocator, &error));
    OK(pte_builder_create(&b->items, NULL, &error));
    OK(pte_builder_create(&b->keys, NULL, &error));
    OK(pte_builder_create(&b->made, allocator, &error));
    b->item = BENCH_ITEM;
    return b;
}

void bench_destroy(bench *b) {
    pte_builder_destroy(b->scratch);
    pte_builder_destroy(b->items);
    pte_builder_destroy(b->keys);
    pte_builder_destroy(b->made);
    pte__arena_clean_up(&b->arena);
    pt__out_clean_up(&b->out);
    free(b);
}

pt__exception bench_exception(const bench *b) {
    return b->failure.exception;
}

void bench_same_at(const char *got, const char *expected, const char *put_in, int line) {
    if (strcmp(got, expected) != 0) {
        fail_msg("line %d: %s\n  gave     %s\n  expected %s", line, put_in, got, expected);
    }
}

char *repeated(char *buffer, size_t size, const char *unit, const char *separator, unsigned n) {
    size_t len = 0;
    for (unsigned i = 0; i < n; i++) {
        len += (size_t)snprintf(buffer + len, size - len, "%s%s", i == 0 ? "" : separator, unit);
        assert_true(len < size);
    }
    return buffer;
}

/* Reads JSON that is written with single quotes. NULL: text was NULL; ends the test unless fits. */
static pt__exception read_json(const pt__json **json, bench *b, const char *text) {
    *json = NULL;
    if (text == NULL) {
        return PT__OK;
    }
    pte_bytes copy = pte__arena_copy(&b->arena, pte_str(text));
    if (copy.data == NULL) {
        return pt__refuse_memory(&b->failure);
    }
    uint8_t *bytes = (uint8_t *)copy.data; /* the arena's, which is ours */
    for (size_t i = 0; i < copy.len; i++) {
        bytes[i] = bytes[i] == '\'' ? '"' : bytes[i];
    }
    return pt__json_read(json, copy, &b->arena, &b->failure);
}

static pt__exception begin(pt__expressions *expressions, bench *b) {
    pt__placeholders_given given = {.any_expression = true, .values_usable = true};
    pte__arena_reset(&b->arena);
    pt__out_reset(&b->out);
    b->failure = (pt__failure){.arena = &b->arena};
    *expressions =
        (pt__expressions){.arena = &b->arena, .failure = &b->failure, .scratch = b->scratch};
    pt__exception exception = read_json(&given.names, b, b->names);
    if (exception == PT__OK) {
        exception = read_json(&given.values, b, b->values);
    }
    return exception != PT__OK ? exception : pt__expressions_init(expressions, &given);
}

static pt__exception read_item(pte_item *item, bench *b, pte_builder *builder, const char *text) {
    const pt__json *json;
    pt__exception exception = read_json(&json, b, text);
    return exception != PT__OK ? exception : pt__item_decode(item, builder, json, &b->failure);
}

static const char *give(bench *b, pt__exception exception, const char *otherwise) {
    pte_bytes text = exception == PT__OK ? pte_str(otherwise) : b->failure.message;
    assert_true(text.len < sizeof b->text);
    memcpy(b->text, text.data, text.len);
    b->text[text.len] = '\0';
    return b->text;
}

static const char *give_out(bench *b, pt__exception exception) {
    if (exception != PT__OK) {
        return give(b, exception, "");
    }
    if (b->out.failed) { /* of memory: items here are not damaged */
        return give(b, pt__refuse_memory(&b->failure), "");
    }
    assert_true(b->out.buffer.len < sizeof b->text);
    for (size_t i = 0; i < b->out.buffer.len; i++) {
        b->text[i] = b->out.buffer.data[i] == '"' ? '\'' : (char)b->out.buffer.data[i];
    }
    b->text[b->out.buffer.len] = '\0';
    return b->text;
}

const char *bench_condition(bench *b, const char *expression) {
    pt__expressions expressions;
    pt__condition *condition;
    pte_item item;
    pte_error error;
    bool holds = false;
    pt__exception exception = begin(&expressions, b);
    if (exception == PT__OK) {
        exception = pt__condition_compile(&condition, &expressions, pte_str(expression),
                                          "ConditionExpression");
    }
    if (exception == PT__OK && b->item != NULL) {
        exception = read_item(&item, b, b->items, b->item);
    }
    if (exception == PT__OK) {
        OK(pt__condition_holds(&holds, condition, b->item == NULL ? NULL : &item, &error));
    }
    return give(b, exception, holds ? "true" : "false");
}

const char *bench_unused(bench *b, const char *expression) {
    pt__expressions expressions;
    pt__condition *condition;
    pt__exception exception = begin(&expressions, b);
    if (exception == PT__OK) {
        exception = pt__condition_compile(&condition, &expressions, pte_str(expression),
                                          "FilterExpression");
    }
    if (exception == PT__OK) {
        exception = pt__expressions_all_used(&expressions);
    }
    return give(b, exception, "");
}

const char *bench_projection(bench *b, const char *expression) {
    pt__expressions expressions;
    pt__projection *projection;
    pte_item item;
    pt__exception exception = begin(&expressions, b);
    if (exception == PT__OK) {
        exception = pt__projection_compile(&projection, &expressions, pte_str(expression));
    }
    if (exception == PT__OK) {
        exception = read_item(&item, b, b->items, b->item);
    }
    if (exception == PT__OK) {
        pt__projection_encode(&b->out, projection, &item);
    }
    return give_out(b, exception);
}

/* Compiles and applies; both items are views. */
static pt__exception apply(pt__update **update, pte_item *old, pte_item *made, bool *nothing,
                           bench *b, const char *expression) {
    pt__expressions expressions;
    pte_item key;
    pt__exception exception = begin(&expressions, b);
    if (exception == PT__OK) {
        exception = pt__update_compile(update, &expressions, pte_str(expression));
    }
    if (exception == PT__OK) {
        exception = read_item(&key, b, b->keys, "{'pk':{'S':'a'},'sk':{'S':'b'}}");
    }
    if (exception == PT__OK && b->item != NULL) {
        exception = read_item(old, b, b->items, b->item);
    }
    return exception != PT__OK
               ? exception
               : pt__update_apply(made, nothing, *update, b->item == NULL ? NULL : old, &key,
                                  b->made, &b->failure);
}

const char *bench_update(bench *b, const char *expression) {
    pt__update *update;
    pte_item old;
    pte_item made;
    pte_error error;
    bool nothing = false;
    pt__exception exception = apply(&update, &old, &made, &nothing, b, expression);
    if (exception != PT__OK || nothing) {
        return give(b, exception, "nothing");
    }
    OK(pte_item_validate(&made, &error));
    pt__item_encode(&b->out, &made);
    return give_out(b, exception);
}

const char *bench_changed(bench *b, const char *expression, bool new_item) {
    pt__update *update;
    pte_item old;
    pte_item made;
    bool nothing = false;
    pt__exception exception = apply(&update, &old, &made, &nothing, b, expression);
    if (exception != PT__OK) {
        return give(b, exception, "");
    }
    bool empty = true;
    pt__update_encode_changed(&b->out, &empty, update, new_item ? &made : &old);
    assert_int_equal(empty, b->out.buffer.len == 0);
    return give_out(b, exception);
}

static size_t show_scalar(char *to, size_t size, pte_scalar scalar) {
    return (size_t)snprintf(to, size, " %s:%.*s", pte_type_name(scalar.type), (int)scalar.bytes.len,
                            (const char *)scalar.bytes.data);
}

const char *bench_key_condition(bench *b, const char *expression, const pt__key_schema *key) {
    static const char *const ops[] = {
        "", " =", " <", " <=", " >", " >=", " between", " begins_with"};
    pt__expressions expressions;
    pte_query query = {.hash_count = 0};
    pt__exception exception = begin(&expressions, b);
    if (exception == PT__OK) {
        exception = pt__key_condition_compile(&query, &expressions, pte_str(expression), key);
    }
    if (exception != PT__OK) {
        return give(b, exception, "");
    }
    size_t len = (size_t)snprintf(b->text, sizeof b->text, "hash");
    for (size_t i = 0; i < query.hash_count; i++) {
        len += show_scalar(b->text + len, sizeof b->text - len, query.hash[i]);
    }
    for (size_t i = 0; i < query.range_count; i++) {
        len += (size_t)snprintf(b->text + len, sizeof b->text - len, "%s",
                                i + 1 == query.range_count ? ops[query.op] : " =");
        len += show_scalar(b->text + len, sizeof b->text - len, query.range[i]);
    }
    if (query.range_upper.type != PTE_TYPE_NONE) {
        (void)show_scalar(b->text + len, sizeof b->text - len, query.range_upper);
    }
    return b->text;
}

const char BENCH_NAMES[] = "{'#a':'a','#b':'b','#c':'c'}";
const char BENCH_VALUES[] =
    "{':a':{'N':'1'},':b':{'N':'2'},':s':{'S':'a'},':s2':{'S':'b'},':ss':{'SS':['a']},"
    "':ns':{'NS':['1']},':m':{'M':{}},':l':{'L':[]},':t':{'BOOL':true},':z':{'NULL':true},"
    "':bin':{'B':'YQ=='},':bin2':{'B':'YmI='},':e':{'S':''}}";

void bench_expect_refusals(const char *(*compile)(bench *b, const char *expression),
                           const char *start, const bench_row *rows, size_t count) {
    bench *b = bench_create(NULL);
    b->names = BENCH_NAMES;
    b->values = BENCH_VALUES;
    char message[4096];
    for (size_t i = 0; i < count; i++) {
        int len = snprintf(message, sizeof message, "%s%s", start, rows[i].message);
        assert_true(len > 0 && (size_t)len < sizeof message);
        SAME(compile(b, rows[i].expression), message, rows[i].expression);
        assert_int_equal(bench_exception(b), PT__VALIDATION);
    }
    bench_destroy(b);
}
