/* Reading credentials; see region.h. Pure functions; calls pt_region_is_valid. */
#include "http/region.h"

#include <pocketable.h>

/* The value of Credential in the header's list of "Name=value"; data NULL: it has none. */
static pte_bytes credential_in(const char *authorization) {
    static const char name[] = "Credential=";
    const char *at = strpbrk(authorization, " ,");
    while (at != NULL) {
        at += strspn(at, " ,\t");
        if (strncmp(at, name, sizeof name - 1) == 0) {
            at += sizeof name - 1;
            return pte_view(at, strcspn(at, ", \t"));
        }
        at = strpbrk(at, " ,");
    }
    return (pte_bytes){NULL, 0};
}

/* Cuts the last element off a text with slashes between elements; false: there is only one. */
static bool cut_last(pte_bytes *text, pte_bytes *last) {
    size_t at = text->len;
    while (at > 0 && text->data[at - 1] != '/') {
        at--;
    }
    if (at == 0) {
        return false;
    }
    *last = pte_view(text->data + at, text->len - at);
    text->len = at - 1;
    return true;
}

/* From the end, for the access key is anything and may have slashes. */
static pt__region_found read_scope(pte_bytes *region, pte_bytes *part, pte_bytes credential) {
    pte_bytes rest = credential, element, found = {NULL, 0};
    *part = credential;
    while (rest.len > 0 && rest.data[rest.len - 1] == '/') {
        rest.len--;
    }
    /* Terminator, service, region, date; before them the key. */
    enum { REGION_AT = 2, ELEMENTS = 4 };
    for (int i = 0; i < ELEMENTS; i++) {
        if (!cut_last(&rest, &element)) {
            return PT__REGION_MALFORMED;
        }
        found = i == REGION_AT ? element : found;
    }
    if (!pt_region_is_valid(found)) {
        *part = found;
        return PT__REGION_INVALID;
    }
    *region = found;
    *part = rest;
    return PT__REGION_FOUND;
}

pt__region_found pt__region_of(pte_bytes *region, pte_bytes *part, const char *authorization,
                               const char *credential) {
    static const char signed_by_aws[] = "AWS4-";
    *region = (pte_bytes){NULL, 0};
    *part = (pte_bytes){NULL, 0};
    if (authorization != NULL &&
        strncmp(authorization, signed_by_aws, sizeof signed_by_aws - 1) == 0) {
        pte_bytes found = credential_in(authorization);
        return found.data == NULL ? PT__REGION_NO_CREDENTIAL : read_scope(region, part, found);
    }
    return credential == NULL ? PT__REGION_FOUND : read_scope(region, part, pte_str(credential));
}
