/*
 * A member of the wrong JSON type. The first in the order of the document is reported, in the words
 * of the service's deserializer; they show the Java it is made of, and are those that dynalite's
 * serialization tests pin against it. Recursion follows the body's nesting, which json.h limits.
 */
#include "shape/shape_table.h"

#include "json/base64.h"

#define NAMESPACE "com.amazonaws.dynamodb.v20120810."

static pt__exception check(const pt__json *found, const pt__shape *shape, bool in_collection,
                           pt__failure *failure);

static pt__exception refuse_object(pt__failure *failure) {
    return pt__refuse(failure, PT__SERIALIZATION,
                      "Start of structure or map found where not expected");
}

/* What Java's class of a scalar is called. */
static const char *class_of(pt__kind kind) {
    switch (kind) {
    case PT__KIND_STRING:
        return "java.lang.String";
    case PT__KIND_BOOLEAN:
        return "java.lang.Boolean";
    case PT__KIND_INTEGER:
        return "java.lang.Integer";
    case PT__KIND_LONG:
        return "java.lang.Long";
    default:
        return "java.nio.ByteBuffer";
    }
}

/* What Jackson calls the token. */
static const char *token_of(const pt__json *found) {
    switch (found->type) {
    case PT__JSON_STRING:
        return "STRING_VALUE";
    case PT__JSON_BOOLEAN:
        return found->boolean ? "TRUE_VALUE" : "FALSE_VALUE";
    default:
        return pt__json_is_decimal(found) ? "DECIMAL_VALUE" : "NUMBER_VALUE";
    }
}

static pt__exception refuse_token(const pt__json *found, pt__kind kind, pt__failure *failure) {
    return pt__refuse(failure, PT__SERIALIZATION, "%s cannot be converted to %s", token_of(found),
                      class_of(kind) + sizeof "java.lang." - 1);
}

static pt__exception check_blob(const pt__json *found, pt__failure *failure) {
    if (found->type != PT__JSON_STRING) {
        return pt__refuse(failure, PT__SERIALIZATION,
                          "only base-64-encoded strings are convertible to bytes");
    }
    return pt__base64_check(found->text, failure);
}

static pt__exception check_boolean(const pt__json *found, pt__failure *failure) {
    if (found->type == PT__JSON_STRING) {
        return pt__json_is_truth(found) ? PT__OK
                                        : pt__refuse(failure, PT__SERIALIZATION,
                                                     "Unexpected token received from parser");
    }
    return found->type == PT__JSON_BOOLEAN ? PT__OK
                                           : refuse_token(found, PT__KIND_BOOLEAN, failure);
}

static pt__exception check_scalar(const pt__json *found, pt__kind kind, pt__failure *failure) {
    if (found->type == PT__JSON_OBJECT) {
        return refuse_object(failure);
    }
    if (found->type == PT__JSON_ARRAY) {
        return pt__refuse(failure, PT__SERIALIZATION, "Unrecognized collection type class %s",
                          class_of(kind));
    }
    if (kind == PT__KIND_BLOB) {
        return check_blob(found, failure);
    }
    if (kind == PT__KIND_BOOLEAN) {
        return check_boolean(found, failure);
    }
    pt__json_type due = kind == PT__KIND_STRING ? PT__JSON_STRING : PT__JSON_NUMBER;
    return found->type == due ? PT__OK : refuse_token(found, kind, failure);
}

/* A scalar where a list, map or structure is due. */
static pt__exception refuse_scalar(const pt__shape *shape, bool in_collection,
                                   pt__failure *failure) {
    if (!in_collection) {
        return pt__refuse(failure, PT__SERIALIZATION, "Unexpected field type");
    }
    if (shape->kind == PT__KIND_STRUCT) {
        return pt__refuse(failure, PT__SERIALIZATION, "Unexpected value type in payload");
    }
    return pt__refuse(
        failure, PT__SERIALIZATION,
        "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to "
        "class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
        "java.lang.Class are in module java.base of loader 'bootstrap')");
}

/* An array where a map or structure is due. */
static pt__exception refuse_array(const pt__shape *shape, pt__failure *failure) {
    if (shape->kind == PT__KIND_STRUCT) {
        return pt__refuse(failure, PT__SERIALIZATION,
                          "Unrecognized collection type class " NAMESPACE "%s", shape->type);
    }
    const pt__shape *element = shape->element;
    bool lists = element->kind == PT__KIND_LIST;
    const pt__shape *inner = lists ? element->element : element;
    bool structures = inner->kind == PT__KIND_STRUCT;
    return pt__refuse(failure, PT__SERIALIZATION,
                      "Unrecognized collection type java.util.Map<java.lang.String, %s%s%s%s>",
                      lists ? "java.util.List<" : "", structures ? NAMESPACE : "",
                      structures ? inner->type : class_of(inner->kind), lists ? ">" : "");
}

static pt__exception check_members(const pt__json *found, const pt__shape *shape,
                                   pt__failure *failure) {
    pt__exception exception = PT__OK;
    for (const pt__json *member = found->first; member != NULL && exception == PT__OK;
         member = member->next) {
        /* Members that nobody knows are ignored. */
        const pt__row *row = pt__shape_row(shape, member->name);
        if (row != NULL) {
            exception = check(member, row->shape, false, failure);
        }
    }
    return exception;
}

static pt__exception check_elements(const pt__json *found, const pt__shape *element,
                                    pt__failure *failure) {
    pt__exception exception = PT__OK;
    for (const pt__json *child = found->first; child != NULL && exception == PT__OK;
         child = child->next) {
        exception = check(child, element, true, failure);
    }
    return exception;
}

static pt__exception check_container(const pt__json *found, const pt__shape *shape,
                                     bool in_collection, pt__failure *failure) {
    if (found->type != PT__JSON_OBJECT && found->type != PT__JSON_ARRAY) {
        return refuse_scalar(shape, in_collection, failure);
    }
    if (shape->kind == PT__KIND_LIST) {
        return found->type == PT__JSON_OBJECT ? refuse_object(failure)
                                              : check_elements(found, shape->element, failure);
    }
    if (found->type == PT__JSON_ARRAY) {
        return refuse_array(shape, failure);
    }
    return shape->kind == PT__KIND_MAP ? check_elements(found, shape->element, failure)
                                       : check_members(found, shape, failure);
}

/* found is an element of a list or map, else a member of a structure. */
static pt__exception check(const pt__json *found, const pt__shape *shape, bool in_collection,
                           pt__failure *failure) {
    if (found->type == PT__JSON_NULL) {
        return PT__OK;
    }
    switch (shape->kind) {
    case PT__KIND_STRING: /* most are, and of strings */
        return PTE__LIKELY(found->type == PT__JSON_STRING)
                   ? PT__OK
                   : check_scalar(found, shape->kind, failure);
    case PT__KIND_LIST:
    case PT__KIND_MAP:
    case PT__KIND_STRUCT:
        return check_container(found, shape, in_collection, failure);
    default:
        return check_scalar(found, shape->kind, failure);
    }
}

pt__exception pt__shape_check_types(const pt__shape *shape, const pt__json *body,
                                    pt__failure *failure) {
    return shape == NULL ? PT__OK : check_members(body, shape, failure);
}
