/*
 * AttributeValues from JSON to the builder and from msgpack to JSON. What AWS has texts for is
 * checked here, value by value, so that the builder's own failures are only those of memory.
 *
 * Recursion follows the nesting of the input; it ends at NESTING_MAX going in, and what comes
 * out of the engine is not deeper than it allows.
 */
#include "value/value_internal.h"

#include "json/base64.h"

/*
 * Maps and lists that may lie inside one another in an attribute. The documented limit of 32 levels
 * counts the attribute itself, so that the scalar in 31 maps is the deepest, on the service as in
 * DynamoDB Local.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
enum { NESTING_MAX = 31 };

static pt__exception decode_value(pte_builder *builder, const pt__json *value, int depth,
                                  pt__failure *failure);

/* What the builder refused; it has been given nothing that it refuses but for want of memory. */
static pt__exception refuse_build(pte_status status, const pte_error *error, pt__failure *failure) {
    return pt__refuse_engine(failure, status, error);
}

/* The types whose names are one letter. */
static pte_type type_of_letter(uint8_t letter) {
    switch (letter) {
    case 'S':
        return PTE_TYPE_S;
    case 'N':
        return PTE_TYPE_N;
    case 'B':
        return PTE_TYPE_B;
    case 'M':
        return PTE_TYPE_M;
    case 'L':
        return PTE_TYPE_L;
    default:
        return PTE_TYPE_NONE;
    }
}

/* The set of elements of a type. */
static pte_type set_of(pte_type element) {
    switch (element) {
    case PTE_TYPE_S:
        return PTE_TYPE_SS;
    case PTE_TYPE_N:
        return PTE_TYPE_NS;
    case PTE_TYPE_B:
        return PTE_TYPE_BS;
    default:
        return PTE_TYPE_NONE;
    }
}

/*
 * The names of the ten types.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
 */
static pte_type type_of(pte_bytes name) {
    switch (name.len) {
    case 1:
        return type_of_letter(name.data[0]);
    case 2:
        return name.data[1] == 'S' ? set_of(type_of_letter(name.data[0])) : PTE_TYPE_NONE;
    case 4:
        return memcmp(name.data, "BOOL", 4) == 0   ? PTE_TYPE_BOOL
               : memcmp(name.data, "NULL", 4) == 0 ? PTE_TYPE_NULL
                                                   : PTE_TYPE_NONE;
    default:
        return PTE_TYPE_NONE;
    }
}

pt__exception pt__refuse_nesting(pt__failure *failure) {
    return pt__refuse(failure, PT__VALIDATION,
                      "Nesting Levels have exceeded supported limits: Attributes in the item have "
                      "nested levels beyond supported limit");
}

pt__exception pt__number_read(pte_number *number, pte_bytes text, pt__failure *failure) {
    switch (pte_number_parse(number, text, NULL)) {
    case PTE_OK:
        return PT__OK;
    case PTE_NUMBER_OVERFLOW:
        return pt__refuse(failure, PT__VALIDATION,
                          "Number overflow. Attempting to store a number with magnitude larger "
                          "than supported range");
    case PTE_NUMBER_UNDERFLOW:
        return pt__refuse(failure, PT__VALIDATION,
                          "Number underflow. Attempting to store a number with magnitude smaller "
                          "than supported range");
    case PTE_NUMBER_PRECISION:
        return pt__refuse(failure, PT__VALIDATION,
                          "Attempting to store more than 38 significant digits in a Number");
    default:
        return pt__refuse(failure, PT__VALIDATION,
                          "The parameter cannot be converted to a numeric value%s%.*s",
                          text.len == 0 ? "" : ": ", PT__SHOW(text));
    }
}

static pt__exception refuse_null_value(pte_bytes name, pt__failure *failure) {
    /* DynamoDB Local's text. */
    return pt__refuse(failure, PT__VALIDATION,
                      "The supplied Item contains a null AttributeValue%s%.*s%s",
                      name.len == 0 ? "" : ": ", PT__SHOW(name), name.len == 0 ? "" : " is null");
}

/*
 * A name of an attribute or of a map's element.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
static pt__exception add_name(pte_builder *builder, pte_bytes name, pt__failure *failure) {
    if (name.len == 0) {
        return pt__refuse(failure, PT__VALIDATION, "Empty attribute name");
    }
    if (name.len > PTE_NAME_BYTES_MAX) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Attribute name is too large, must be less than %d bytes",
                          PTE_NAME_BYTES_MAX + 1);
    }
    pte_builder_name(builder, name);
    return PT__OK;
}

/* The members of a map, depth containers deep. */
static pt__exception decode_members(pte_builder *builder, const pt__json *map, int depth,
                                    pt__failure *failure) {
    pt__exception exception = PT__OK;
    for (const pt__json *member = map->first; member != NULL && exception == PT__OK;
         member = member->next) {
        if (member->type == PT__JSON_NULL) {
            return refuse_null_value(member->name, failure);
        }
        exception = add_name(builder, member->name, failure);
        if (exception == PT__OK) {
            exception = decode_value(builder, member, depth, failure);
        }
    }
    return exception;
}

static pt__exception decode_elements(pte_builder *builder, const pt__json *list, int depth,
                                     pt__failure *failure) {
    pt__exception exception = PT__OK;
    for (const pt__json *element = list->first; element != NULL && exception == PT__OK;
         element = element->next) {
        if (element->type == PT__JSON_NULL) {
            return refuse_null_value((pte_bytes){NULL, 0}, failure);
        }
        exception = decode_value(builder, element, depth, failure);
    }
    return exception;
}

static pt__exception decode_container(pte_builder *builder, pte_type type, const pt__json *content,
                                      int depth, pt__failure *failure) {
    if (depth == NESTING_MAX) {
        return pt__refuse_nesting(failure);
    }
    pte_builder_begin(builder, type);
    pt__exception exception = type == PTE_TYPE_M
                                  ? decode_members(builder, content, depth + 1, failure)
                                  : decode_elements(builder, content, depth + 1, failure);
    pte_builder_end(builder);
    return exception;
}

static pt__exception decode_number(pte_builder *builder, pte_bytes text, pt__failure *failure) {
    pte_number number;
    pt__exception exception = pt__number_read(&number, text, failure);
    if (exception == PT__OK) {
        pte_builder_decimal(builder, &number);
    }
    return exception;
}

static pt__exception decode_binary(pte_builder *builder, pte_bytes text, pt__failure *failure) {
    pte_bytes data;
    pt__exception exception = pt__base64_decode(&data, text, failure);
    if (exception == PT__OK) {
        pte_builder_binary(builder, data);
    }
    return exception;
}

/* {"NULL": true}; any other truth is refused. */
static pt__exception decode_null(pte_builder *builder, const pt__json *content,
                                 pt__failure *failure) {
    if (!pt__json_truth(content)) {
        pt__exception exception =
            pt__refuse_request(failure, PT__INVALID_PARAMETER
                               "Null attribute value types must have the value of true");
        failure->whole = true; /* as measured since mid-2026 */
        return exception;
    }
    pte_builder_null(builder);
    return PT__OK;
}

static pt__exception decode_content(pte_builder *builder, pte_type type, const pt__json *content,
                                    int depth, pt__failure *failure) {
    switch (type) {
    case PTE_TYPE_S:
        pte_builder_string(builder, content->text);
        return PT__OK;
    case PTE_TYPE_N:
        return decode_number(builder, content->text, failure);
    case PTE_TYPE_B:
        return decode_binary(builder, content->text, failure);
    case PTE_TYPE_BOOL:
        pte_builder_boolean(builder, pt__json_truth(content));
        return PT__OK;
    case PTE_TYPE_NULL:
        return decode_null(builder, content, failure);
    case PTE_TYPE_M:
    case PTE_TYPE_L:
        return decode_container(builder, type, content, depth, failure);
    default:
        return pt__set_decode(builder, type, content, failure);
    }
}

/*
 * One value. Members that name no type and members that are null do not count. Of several types
 * each is looked at before their number is refused, as the service does; the builder then holds
 * nonsense, but the value is refused.
 */
static pt__exception decode_value(pte_builder *builder, const pt__json *value, int depth,
                                  pt__failure *failure) {
    size_t types = 0;
    for (const pt__json *member = value->first; member != NULL; member = member->next) {
        pte_type type = type_of(member->name);
        if (type == PTE_TYPE_NONE || member->type == PT__JSON_NULL) {
            continue;
        }
        pt__exception exception = decode_content(builder, type, member, depth, failure);
        if (exception != PT__OK) {
            return exception;
        }
        types++;
    }
    if (types == 1) {
        return PT__OK;
    }
    return pt__refuse(failure, PT__VALIDATION,
                      "Supplied AttributeValue %s, must contain exactly one of the supported "
                      "datatypes",
                      types == 0 ? "is empty" : "has more than one datatypes set");
}

pt__exception pt__value_decode(pte_builder *builder, const pt__json *value, pt__failure *failure) {
    return decode_value(builder, value, 0, failure);
}

pt__exception pt__item_decode(pte_item *item, pte_builder *builder, const pt__json *map,
                              pt__failure *failure) {
    *item = (pte_item){0};
    pte_builder_reset(builder);
    pt__exception exception = decode_members(builder, map, 0, failure);
    if (exception != PT__OK) {
        return exception;
    }
    pte_error error;
    pte_status status = pte_builder_item(item, builder, &error);
    return status == PTE_OK ? PT__OK : refuse_build(status, &error, failure);
}

pt__exception pt__value_take(pte_value *value, pte_builder *builder, pt__failure *failure) {
    pte_error error;
    pte_item item;
    pte_iter iter;
    pte_status status = pte_builder_item(&item, builder, &error);
    if (status != PTE_OK) {
        return refuse_build(status, &error, failure);
    }
    item.encoded = pte__arena_copy(failure->arena, item.encoded);
    if (item.encoded.data == NULL) {
        return pt__refuse_memory(failure);
    }
    status = pte_item_iterate(&iter, &item, &error);
    if (status == PTE_OK) {
        status = pte_iter_next(&iter, NULL, value, &error);
    }
    return status == PTE_OK ? PT__OK : refuse_build(status, &error, failure);
}

pt__exception pt__value_decode_into(pte_value *value, pte_builder *scratch, const pt__json *json,
                                    pt__failure *failure) {
    *value = (pte_value){0};
    pte_builder_reset(scratch);
    pte_builder_name(scratch, pte_str("v"));
    pt__exception exception = decode_value(scratch, json, 0, failure);
    return exception == PT__OK ? pt__value_take(value, scratch, failure) : exception;
}
