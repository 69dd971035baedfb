#include "workload/skim.h"

static bool is_space(uint8_t c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static size_t skip_spaces(pte_bytes json, size_t at) {
    while (at < json.len && is_space(json.data[at])) {
        at++;
    }
    return at;
}

/* Past the string whose opening quote is at at. */
static size_t skip_string(pte_bytes json, size_t at) {
    for (at++; at < json.len && json.data[at] != '"'; at++) {
        at += json.data[at] == '\\';
    }
    return at < json.len ? at + 1 : json.len;
}

/* Past the value that begins at at; brackets are counted, not matched. */
static size_t skip_value(pte_bytes json, size_t at) {
    size_t depth = 0;
    while (at < json.len) {
        uint8_t c = json.data[at];
        if (c == '"') {
            at = skip_string(json, at);
        } else if (c == '{' || c == '[') {
            depth++;
            at++;
        } else if (c == '}' || c == ']') {
            if (depth == 0) {
                return at;
            }
            depth--;
            at++;
        } else if (depth == 0 && (c == ',' || is_space(c))) {
            return at;
        } else {
            at++;
            continue;
        }
        if (depth == 0) {
            return at;
        }
    }
    return at;
}

static bool begins(pte_bytes json, char c, size_t *at) {
    *at = skip_spaces(json, 0);
    return *at < json.len && json.data[*at] == (uint8_t)c;
}

pte_bytes wl__skim_member(pte_bytes object, pte_bytes name) {
    size_t at = 0;
    if (!begins(object, '{', &at)) {
        return (pte_bytes){0};
    }
    at = skip_spaces(object, at + 1);
    while (at < object.len && object.data[at] == '"') {
        size_t end = skip_string(object, at);
        pte_bytes found = pte_view(object.data + at + 1, end - at > 1 ? end - at - 2 : 0);
        at = skip_spaces(object, end);
        if (at >= object.len || object.data[at] != ':') {
            break;
        }
        at = skip_spaces(object, at + 1);
        end = skip_value(object, at);
        if (pte_bytes_equal(found, name)) {
            return pte_view(object.data + at, end - at);
        }
        at = skip_spaces(object, end);
        if (at >= object.len || object.data[at] != ',') {
            break;
        }
        at = skip_spaces(object, at + 1);
    }
    return (pte_bytes){0};
}

pte_bytes wl__skim_element(pte_bytes array, size_t *at) {
    if (*at == 0) {
        if (!begins(array, '[', at)) {
            return (pte_bytes){0};
        }
        (*at)++;
    }
    size_t begin = skip_spaces(array, *at);
    if (begin < array.len && array.data[begin] == ',') {
        begin = skip_spaces(array, begin + 1);
    }
    size_t end = skip_value(array, begin);
    *at = end;
    return end > begin ? pte_view(array.data + begin, end - begin) : (pte_bytes){0};
}

static wl__value plain_value(pte_bytes json) {
    if (json.len >= 2 && json.data[0] == '"') {
        return (wl__value){.type = WL__S, .text = pte_view(json.data + 1, json.len - 2)};
    }
    if (json.len != 0 && (json.data[0] == 't' || json.data[0] == 'f')) {
        return (wl__value){.type = WL__BOOL, .text = json};
    }
    return (wl__value){.type = json.len != 0 ? WL__N : WL__ABSENT, .text = json};
}

wl__value wl__skim_value(pte_bytes json) {
    static const struct {
        const char *name;
        wl__type type;
    } types[] = {{"S", WL__S}, {"N", WL__N}, {"B", WL__B}, {"BOOL", WL__BOOL}, {"NULL", WL__NULL}};
    if (json.len == 0 || json.data[0] != '{') {
        return json.len != 0 && json.data[0] == '[' ? (wl__value){.type = WL__JSON, .text = json}
                                                    : plain_value(json);
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        pte_bytes found = wl__skim_member(json, pte_str(types[i].name));
        if (found.data != NULL) {
            wl__value value = plain_value(found);
            value.type = types[i].type;
            return value;
        }
    }
    return (wl__value){.type = WL__JSON, .text = json};
}
