/* Escapes; see json_escape.h. */
#include "json_escape.h"

#include <stdio.h>

static bool needs_escape(uint8_t byte) {
    return byte < ' ' || byte == '"' || byte == '\\';
}

static pte_bytes take(json_escaping *escaping, size_t len) {
    pte_bytes taken = pte_view(escaping->text.data, len);
    escaping->text = pte_view(escaping->text.data + len, escaping->text.len - len);
    return taken;
}

pte_bytes json_escape_next(json_escaping *escaping) {
    pte_bytes text = escaping->text;
    size_t plain = 0;
    while (plain < text.len && !needs_escape(text.data[plain])) {
        plain++;
    }
    if (plain != 0 || text.len == 0) {
        return plain != 0 ? take(escaping, plain) : pte_view("", 0);
    }
    uint8_t byte = *take(escaping, 1).data;
    int len = byte == '\n'  ? snprintf(escaping->escape, sizeof escaping->escape, "\\n")
              : byte >= ' ' ? snprintf(escaping->escape, sizeof escaping->escape, "\\%c", byte)
                            : snprintf(escaping->escape, sizeof escaping->escape, "\\u%04x", byte);
    return pte_view(escaping->escape, (size_t)len);
}
