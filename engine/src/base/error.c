/* Status names and texts, and the filling of pte_error. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* What the analyzer takes them for; here they are defined. */
#undef pte__fail
#undef pte__fail_at
#undef pte__fail_os
#undef pte__fail_memory

const char *pte_status_name(pte_status status) {
    switch (status) {
#define PTE_STATUS_CASE(name, number, text)                                                        \
    case PTE_##name:                                                                               \
        return "PTE_" #name;
        PTE_STATUS_MAP(PTE_STATUS_CASE)
#undef PTE_STATUS_CASE
    }
    return "PTE_?";
}

const char *pte_status_text(pte_status status) {
    switch (status) {
#define PTE_STATUS_CASE(name, number, text)                                                        \
    case PTE_##name:                                                                               \
        return text;
        PTE_STATUS_MAP(PTE_STATUS_CASE)
#undef PTE_STATUS_CASE
    }
    return "unknown status";
}

static void fill(pte_error *error, pte_status status, int os_error, size_t position,
                 const char *format, va_list arguments) {
    if (error == NULL) {
        return;
    }
    /* The message is made first: the arguments may point into the error itself. */
    char message[PTE_ERROR_MESSAGE_BYTES];
    int used = snprintf(message, sizeof message, "%s: ", pte_status_text(status));
    vsnprintf(message + used, sizeof message - (size_t)used, format, arguments);
    error->status = status;
    error->os_error = os_error;
    error->position = position;
    memcpy(error->message, message, sizeof message);
}

pte_status pte__fail(pte_error *error, pte_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, 0, 0, format, arguments);
    va_end(arguments);
    return status;
}

pte_status pte_error_fill(pte_error *error, pte_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, 0, 0, format, arguments);
    va_end(arguments);
    return status;
}

pte_status pte__fail_at(pte_error *error, pte_status status, size_t position, const char *format,
                        ...) {
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, 0, position, format, arguments);
    va_end(arguments);
    return status;
}

static pte_status status_of_os_error(int os_error) {
    switch (os_error) {
    case ENOMEM:
        return PTE_OUT_OF_MEMORY;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return PTE_DATABASE_FULL;
    default:
        return PTE_IO;
    }
}

pte_status pte__fail_os(pte_error *error, int os_error, const char *format, ...) {
    pte_status status = status_of_os_error(os_error);
    char doing[PTE_ERROR_MESSAGE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(doing, sizeof doing, format, arguments);
    va_end(arguments);
    (void)pte__fail(error, status, "%s: %s", doing, strerror(os_error));
    if (error != NULL) {
        error->os_error = os_error;
    }
    return status;
}

pte_status pte__fail_memory(pte_error *error) {
    return pte__fail(error, PTE_OUT_OF_MEMORY, "an allocation failed");
}
