/* Exceptions and their messages. */
#include "failure/failure.h"

#include <stdio.h>

typedef struct exception_row {
    const char *type;
    const char *space;
    int http_status;
} exception_row;

static const exception_row ROWS[] = {[PT__OK] = {"", "", 200},
#define PT__EXCEPTION_ROW(name, space, type, status) [PT__##name] = {type, space, status},
                                     PT__EXCEPTION_MAP(PT__EXCEPTION_ROW)
#undef PT__EXCEPTION_ROW
};

const char *pt__exception_type(pt__exception exception) {
    return ROWS[exception].type;
}

const char *pt__exception_namespace(pt__exception exception) {
    return ROWS[exception].space;
}

int pt__exception_http_status(pt__exception exception) {
    return ROWS[exception].http_status;
}

static pt__exception set(pt__failure *failure, pt__exception exception, pte_bytes message) {
    failure->exception = exception;
    failure->message = message;
    failure->item = (pte_item){0};
    failure->reasons = (pte_bytes){0};
    failure->whole = false;
    return exception;
}

pt__exception pt__refuse_memory(pt__failure *failure) {
    return set(failure, PT__INTERNAL, pte_str("out of memory"));
}

pte_bytes pt__format(pte__arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(NULL, 0, format, arguments);
    char *text = len < 0 ? NULL : pte__arena_alloc(arena, (size_t)len + 1);
    if (text != NULL) {
        (void)vsnprintf(text, (size_t)len + 1, format, again);
    }
    va_end(again);
    return text != NULL ? pte_view(text, (size_t)len) : (pte_bytes){NULL, 0};
}

pt__exception pt__refuse(pt__failure *failure, pt__exception exception, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    pte_bytes text = pt__format(failure->arena, format, arguments);
    va_end(arguments);
    return text.data == NULL ? pt__refuse_memory(failure) : set(failure, exception, text);
}

pt__exception pt__refuse_request(pt__failure *failure, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    pte_bytes text = pt__format(failure->arena, format, arguments);
    va_end(arguments);
    if (text.data == NULL) {
        return pt__refuse_memory(failure);
    }
    return failure->prefixed
               ? pt__refuse(failure, PT__VALIDATION, PT__PREFIX "%s", (const char *)text.data)
               : set(failure, PT__VALIDATION, text);
}

pt__exception pt__refuse_bytes(pt__failure *failure, pt__exception exception, pte_bytes message) {
    pte_bytes copy = pte__arena_copy(failure->arena, message);
    if (copy.data == NULL) {
        return pt__refuse_memory(failure);
    }
    return set(failure, exception, copy);
}

pt__exception pt__refuse_silently(pt__failure *failure, pt__exception exception) {
    return set(failure, exception, (pte_bytes){0});
}

pt__exception pt__refuse_engine(pt__failure *failure, pte_status status, const pte_error *error) {
    if (status == PTE_OUT_OF_MEMORY) {
        return pt__refuse_memory(failure);
    }
    return pt__refuse(failure, PT__INTERNAL, "%s: %s", pte_status_name(status), error->message);
}
