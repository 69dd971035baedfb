/* The model's values: numbers, trees, order, sizes. Written from DynamoDB's rules, not from the
 * engine. */
#include "model_value.h"

#include <stdio.h>
#include <stdlib.h>

void *model_alloc(size_t size) {
    void *memory = calloc(1, size > 0 ? size : 1);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

void *model_grow(void *memory, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        return memory;
    }
    *capacity = *capacity > 0 ? *capacity * 2 : 8;
    memory = realloc(memory, *capacity * size);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

static pte_bytes bytes_copy(pte_bytes bytes) {
    uint8_t *copy = model_alloc(bytes.len);
    if (bytes.len > 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    return pte_view(copy, bytes.len);
}

void model_decimal_parse(model_decimal *number, pte_bytes text) {
    *number = (model_decimal){0};
    int seen = 0, point = -1, first = -1, shift = 0;
    size_t i = 0;
    if (text.data[0] == '+' || text.data[0] == '-') {
        number->negative = text.data[0] == '-';
        i = 1;
    }
    for (; i < text.len && text.data[i] != 'e' && text.data[i] != 'E'; i++) {
        if (text.data[i] == '.') {
            point = seen;
            continue;
        }
        uint8_t digit = (uint8_t)(text.data[i] - '0');
        if (digit != 0 && first < 0) {
            first = seen;
        }
        if (first >= 0 && number->count < MODEL_DIGITS_MAX) {
            number->digits[number->count++] = digit;
        }
        seen++;
    }
    if (i < text.len) {
        char rest[16] = {0};
        memcpy(rest, text.data + i + 1, text.len - i - 1 < 15 ? text.len - i - 1 : 15);
        shift = atoi(rest);
    }
    while (number->count > 0 && number->digits[number->count - 1] == 0) {
        number->count--;
    }
    if (number->count == 0) {
        *number = (model_decimal){0};
        return;
    }
    number->exponent = (point < 0 ? seen : point) - 1 - first + shift;
}

int model_decimal_compare(const model_decimal *a, const model_decimal *b) {
    int sign_a = a->count == 0 ? 0 : a->negative ? -1 : 1;
    int sign_b = b->count == 0 ? 0 : b->negative ? -1 : 1;
    if (sign_a != sign_b || sign_a == 0) {
        return (sign_a > sign_b) - (sign_a < sign_b);
    }
    if (a->exponent != b->exponent) {
        return a->exponent > b->exponent ? sign_a : -sign_a;
    }
    for (unsigned i = 0; i < a->count || i < b->count; i++) {
        int digit_a = i < a->count ? a->digits[i] : 0;
        int digit_b = i < b->count ? b->digits[i] : 0;
        if (digit_a != digit_b) {
            return digit_a > digit_b ? sign_a : -sign_a;
        }
    }
    return 0;
}

size_t model_decimal_format(const model_decimal *number, char text[MODEL_NUMBER_TEXT_MAX]) {
    size_t len = 0;
    if (number->count == 0) {
        text[0] = '0';
        return 1;
    }
    if (number->negative) {
        text[len++] = '-';
    }
    if (number->exponent < 0) {
        text[len++] = '0';
    }
    int last = (int)number->count - 1; /* the last place is exponent - last */
    int from = number->exponent < 0 ? -1 : number->exponent;
    int to = number->exponent - last < 0 ? number->exponent - last : 0;
    for (int place = from; place >= to; place--) {
        if (place == -1) {
            text[len++] = '.';
        }
        int digit = number->exponent - place;
        text[len++] = (char)(digit < 0 || digit > last ? '0' : '0' + number->digits[digit]);
    }
    return len;
}

/* d.ddde+x and ddde-x; not for zero. */
static size_t write_scientific(const model_decimal *number, bool with_point,
                               char text[MODEL_NUMBER_TEXT_MAX]) {
    size_t len = 0;
    if (number->negative) {
        text[len++] = '-';
    }
    for (unsigned i = 0; i < number->count; i++) {
        text[len++] = (char)('0' + number->digits[i]);
        if (with_point && i == 0 && number->count > 1) {
            text[len++] = '.';
        }
    }
    int shift = with_point ? number->exponent : number->exponent - (int)number->count + 1;
    len += (size_t)snprintf(text + len, MODEL_NUMBER_TEXT_MAX - len, with_point ? "e%+d" : "E%d",
                            shift);
    return len;
}

size_t model_decimal_write(const model_decimal *number, unsigned way,
                           char text[MODEL_NUMBER_TEXT_MAX]) {
    static const char *const zeros[MODEL_WAYS] = {"0", "0.0", "-0", "0e0", "00", "+0.000"};
    if (number->count == 0) {
        size_t zero_len = strlen(zeros[way]);
        memcpy(text, zeros[way], zero_len);
        return zero_len;
    }
    if (way == 2 || way == 3) {
        return write_scientific(number, way == 2, text);
    }
    char plain[MODEL_NUMBER_TEXT_MAX];
    size_t plain_len = model_decimal_format(number, plain);
    size_t len = 0;
    size_t from = 0;
    if (way >= 4) { /* a sign where none is needed and zeros in front */
        text[len++] = number->negative ? '-' : '+';
        text[len++] = '0';
        from = number->negative ? 1 : 0;
    }
    memcpy(text + len, plain + from, plain_len - from);
    len += plain_len - from;
    if (way == 1 || way == 5) { /* zeros behind */
        if (memchr(plain, '.', plain_len) == NULL) {
            text[len++] = '.';
        }
        text[len++] = '0';
    }
    return len;
}

model_value model_scalar(pte_type type, pte_bytes bytes) {
    model_value value = {.type = type};
    if (type == PTE_TYPE_N) {
        char text[MODEL_NUMBER_TEXT_MAX];
        model_decimal_parse(&value.number, bytes);
        bytes = pte_view(text, model_decimal_format(&value.number, text));
        value.bytes = bytes_copy(bytes);
        return value;
    }
    value.bytes = bytes_copy(bytes);
    return value;
}

model_value model_boolean(bool boolean) {
    return (model_value){.type = PTE_TYPE_BOOL, .boolean = boolean};
}

model_value model_null(void) {
    return (model_value){.type = PTE_TYPE_NULL};
}

model_value model_container(pte_type type) {
    return (model_value){.type = type};
}

model_value model_value_copy(const model_value *value) {
    model_value copy = *value;
    if (value->bytes.data != NULL) {
        copy.bytes = bytes_copy(value->bytes);
    }
    if (value->count > 0) {
        copy.elements = model_alloc(value->count * sizeof *copy.elements);
        copy.names = value->names == NULL ? NULL : model_alloc(value->count * sizeof *copy.names);
        for (size_t i = 0; i < value->count; i++) {
            copy.elements[i] = model_value_copy(&value->elements[i]);
            if (copy.names != NULL) {
                copy.names[i] = bytes_copy(value->names[i]);
            }
        }
    }
    return copy;
}

static void bytes_free(pte_bytes bytes) {
    free((void *)(uintptr_t)bytes.data);
}

void model_value_clean_up(model_value *value) {
    for (size_t i = 0; i < value->count; i++) {
        model_value_clean_up(&value->elements[i]);
        if (value->names != NULL) {
            bytes_free(value->names[i]);
        }
    }
    bytes_free(value->bytes);
    free(value->names);
    free(value->elements);
    *value = (model_value){0};
}

/* Where an element belongs, and whether an equal one stands there. */
static size_t place_of(const model_value *container, pte_bytes name, const model_value *element,
                       bool *taken) {
    size_t at = 0;
    *taken = false;
    if (container->type == PTE_TYPE_L) {
        return container->count;
    }
    for (; at < container->count; at++) {
        int order = container->type == PTE_TYPE_M
                        ? pte_bytes_compare(container->names[at], name)
                        : model_value_compare(&container->elements[at], element);
        if (order >= 0) {
            *taken = order == 0;
            break;
        }
    }
    return at;
}

bool model_value_add(model_value *container, pte_bytes name, model_value element) {
    bool taken;
    size_t at = place_of(container, name, &element, &taken);
    if (taken) {
        model_value_clean_up(&element);
        return false;
    }
    size_t count = container->count + 1;
    container->elements = realloc(container->elements, count * sizeof *container->elements);
    if (container->elements == NULL) {
        abort();
    }
    memmove(&container->elements[at + 1], &container->elements[at],
            (container->count - at) * sizeof *container->elements);
    container->elements[at] = element;
    if (container->type == PTE_TYPE_M) {
        container->names = realloc(container->names, count * sizeof *container->names);
        if (container->names == NULL) {
            abort();
        }
        memmove(&container->names[at + 1], &container->names[at],
                (container->count - at) * sizeof *container->names);
        container->names[at] = bytes_copy(name);
    }
    container->count = count;
    return true;
}

bool model_value_equal(const model_value *a, const model_value *b) {
    if (a->type != b->type || a->boolean != b->boolean || a->count != b->count ||
        !pte_bytes_equal(a->bytes, b->bytes)) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->type == PTE_TYPE_M && !pte_bytes_equal(a->names[i], b->names[i])) {
            return false;
        }
        if (!model_value_equal(&a->elements[i], &b->elements[i])) {
            return false;
        }
    }
    return true;
}

int model_value_compare(const model_value *a, const model_value *b) {
    if (a->type == PTE_TYPE_N) {
        return model_decimal_compare(&a->number, &b->number);
    }
    return pte_bytes_compare(a->bytes, b->bytes);
}

/* 1, a byte for every two significant digits on each side of the point, 1 if negative. */
static size_t number_size(const model_decimal *number) {
    int left = number->exponent + 1;
    left = left < 0 ? 0 : left > (int)number->count ? (int)number->count : left;
    int right = (int)number->count - left;
    return 1 + (size_t)((left + 1) / 2 + (right + 1) / 2) + (number->negative ? 1 : 0);
}

/* https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
size_t model_value_size(const model_value *value) {
    size_t size = 0;
    switch (value->type) {
    case PTE_TYPE_S:
    case PTE_TYPE_B:
        return value->bytes.len;
    case PTE_TYPE_N:
        return number_size(&value->number);
    case PTE_TYPE_M:
    case PTE_TYPE_L:
        size = 3 + value->count;
        break;
    case PTE_TYPE_SS:
    case PTE_TYPE_NS:
    case PTE_TYPE_BS:
        break;
    default:
        return 1;
    }
    for (size_t i = 0; i < value->count; i++) {
        size += model_value_size(&value->elements[i]);
        size += value->names != NULL ? value->names[i].len : 0;
    }
    return size;
}

model_item *model_item_new(void) {
    model_item *item = model_alloc(sizeof *item);
    item->references = 1;
    item->map = model_container(PTE_TYPE_M);
    return item;
}

model_item *model_item_hold(model_item *item) {
    if (item != NULL) {
        item->references++;
    }
    return item;
}

void model_item_release(model_item *item) {
    if (item != NULL && --item->references == 0) {
        model_value_clean_up(&item->map);
        free(item);
    }
}

model_item *model_item_copy(const model_item *item) {
    model_item *copy = model_alloc(sizeof *copy);
    copy->references = 1;
    copy->map = model_value_copy(&item->map);
    return copy;
}

void model_item_unset(model_item *item, const char *name) {
    model_value *map = &item->map;
    for (size_t i = 0; i < map->count; i++) {
        if (pte_bytes_equal(map->names[i], pte_str(name))) {
            bytes_free(map->names[i]);
            model_value_clean_up(&map->elements[i]);
            map->count--;
            memmove(&map->names[i], &map->names[i + 1], (map->count - i) * sizeof *map->names);
            memmove(&map->elements[i], &map->elements[i + 1],
                    (map->count - i) * sizeof *map->elements);
            return;
        }
    }
}

void model_item_set(model_item *item, const char *name, model_value value) {
    model_item_unset(item, name);
    (void)model_value_add(&item->map, pte_str(name), value);
}

const model_value *model_item_find(const model_item *item, const char *name) {
    size_t len = strlen(name);
    for (size_t i = 0; i < item->map.count; i++) {
        pte_bytes other = item->map.names[i];
        if (other.len == len && memcmp(other.data, name, len) == 0) {
            return &item->map.elements[i];
        }
    }
    return NULL;
}

bool model_item_equal(const model_item *a, const model_item *b) {
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return model_value_equal(&a->map, &b->map);
}

size_t model_item_size(const model_item *item) {
    return model_value_size(&item->map) - 3 - item->map.count;
}

/* Text and binary alike: long ones as their beginning, length and end. */
static size_t print_bytes(char *out, size_t out_size, pte_bytes bytes) {
    size_t used = 0;
    for (size_t i = 0; i < bytes.len && used + 8 < out_size; i++) {
        if (bytes.len > 24 && i == 8) {
            used += (size_t)snprintf(out + used, out_size - used, "..%zu..", bytes.len);
            i = bytes.len - 8;
            if (used + 8 >= out_size) {
                break;
            }
        }
        uint8_t byte = bytes.data[i];
        used += (size_t)(byte > ' ' && byte < 127
                             ? snprintf(out + used, out_size - used, "%c", byte)
                             : snprintf(out + used, out_size - used, "\\%02X", byte));
    }
    return used < out_size ? used : out_size - 1;
}

static size_t print_value(char *out, size_t out_size, const model_value *value) {
    size_t used = (size_t)snprintf(out, out_size, "%s:", pte_type_name(value->type));
    if (used + 48 >= out_size) {
        return 0;
    }
    used += print_bytes(out + used, out_size - used, value->bytes);
    if (value->type == PTE_TYPE_BOOL) {
        used += (size_t)snprintf(out + used, out_size - used, "%d", value->boolean);
    }
    for (size_t i = 0; i < value->count && used + 48 < out_size; i++) {
        out[used++] = i == 0 ? '{' : ',';
        if (value->type == PTE_TYPE_M) {
            used += print_bytes(out + used, out_size - used, value->names[i]);
            out[used++] = '=';
        }
        used += print_value(out + used, out_size - used, &value->elements[i]);
    }
    out[used] = '\0';
    return used;
}

void model_value_print(char *out, size_t out_size, const model_value *value) {
    if (value == NULL) {
        snprintf(out, out_size, "nothing");
        return;
    }
    out[0] = '\0';
    (void)print_value(out, out_size, value);
}

void model_item_print(char *out, size_t out_size, const model_item *item) {
    model_value_print(out, out_size, item == NULL ? NULL : &item->map);
}
