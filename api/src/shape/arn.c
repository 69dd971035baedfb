/* See arn.h. Pure functions. */
#include "shape/arn.h"

static const char BEFORE[] = "arn:";

bool pt__is_arn(pte_bytes text) {
    return text.len >= sizeof BEFORE - 1 && memcmp(text.data, BEFORE, sizeof BEFORE - 1) == 0;
}

pte_bytes pt__arn_take(pte_bytes *rest, char separator) {
    pte_bytes part = *rest;
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->data, separator, rest->len);
    if (end == NULL) {
        *rest = (pte_bytes){NULL, 0};
        return part;
    }
    part.len = (size_t)(end - part.data);
    *rest = pte_view(end + 1, rest->len - part.len - 1);
    return part;
}

bool pt__arn_split(pt__arn *arn, pte_bytes text) {
    *arn = (pt__arn){.resource = {NULL, 0}};
    if (!pt__is_arn(text)) {
        return false;
    }
    (void)pt__arn_take(&text, ':'); /* arn */
    arn->partition = pt__arn_take(&text, ':');
    arn->service = pt__arn_take(&text, ':');
    arn->region = pt__arn_take(&text, ':');
    arn->account = pt__arn_take(&text, ':');
    arn->resource = text;
    return true;
}
