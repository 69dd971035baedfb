/* What a check outside cmocka found amiss. */
#include "support/trouble.h"

#include <stdarg.h>
#include <stdio.h>

bool test_trouble_at(test_trouble *trouble, const char *file, int line, const char *format, ...) {
    int len = snprintf(trouble->text, sizeof trouble->text, "%s:%d: ", file, line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(trouble->text + len, sizeof trouble->text - (size_t)len, format, arguments);
    va_end(arguments);
    return false;
}

bool test_trouble_status(test_trouble *trouble, const char *file, int line, const char *call,
                         pte_status expected, pte_status found, const pte_error *error) {
    bool detailed = found > PTE_NOT_FOUND && error->status == found;
    return test_trouble_at(trouble, file, line, "%s\n  expected %s, found %s%s%s", call,
                           pte_status_name(expected), pte_status_name(found), detailed ? ": " : "",
                           detailed ? error->message : "");
}
