/* Looking at a JSON tree: members by name, and values where the shape has been checked. */
#include "json/json.h"

#include <stdlib.h>
#include <strings.h>

const pt__json *pt__json_member_bytes(const pt__json *object, pte_bytes name) {
    if (object == NULL || object->type != PT__JSON_OBJECT) {
        return NULL;
    }
    for (const pt__json *member = object->first; member != NULL; member = member->next) {
        if (pte_bytes_equal(member->name, name)) {
            return member->type == PT__JSON_NULL ? NULL : member;
        }
    }
    return NULL;
}

static const pt__json *member_of(const pt__json *object, pte_bytes name, pt__json_type type) {
    const pt__json *member = pt__json_member_bytes(object, name);
    return member != NULL && member->type == type ? member : NULL;
}

pte_bytes pt__json_string_bytes(const pt__json *object, pte_bytes name) {
    const pt__json *member = member_of(object, name, PT__JSON_STRING);
    return member != NULL ? member->text : (pte_bytes){NULL, 0};
}

/* Whether text is one of the words, in any case. */
static bool is_word(pte_bytes text, const char *const words[3]) {
    for (size_t i = 0; i < 3; i++) {
        if (text.len == strlen(words[i]) &&
            strncasecmp((const char *)text.data, words[i], text.len) == 0) {
            return true;
        }
    }
    return false;
}

static const char *const TRUE_WORDS[3] = {"true", "yes", "1"};
static const char *const FALSE_WORDS[3] = {"false", "no", "0"};

bool pt__json_truth(const pt__json *value) {
    return value->type == PT__JSON_STRING ? is_word(value->text, TRUE_WORDS)
                                          : value->type == PT__JSON_BOOLEAN && value->boolean;
}

bool pt__json_is_truth(const pt__json *string) {
    return is_word(string->text, TRUE_WORDS) || is_word(string->text, FALSE_WORDS);
}

bool pt__json_boolean_bytes(const pt__json *object, pte_bytes name, bool otherwise) {
    const pt__json *member = pt__json_member_bytes(object, name);
    return member != NULL ? pt__json_truth(member) : otherwise;
}

bool pt__json_is_decimal(const pt__json *number) {
    for (size_t i = 0; i < number->text.len; i++) {
        if (memchr(".eE", number->text.data[i], 3) != NULL) {
            return true;
        }
    }
    return false;
}

int64_t pt__json_whole(const pt__json *number) {
    /* 63 characters tell every number that is not written to be a nuisance. */
    char copy[64];
    size_t len = number->text.len < sizeof copy ? number->text.len : sizeof copy - 1;
    memcpy(copy, number->text.data, len);
    copy[len] = '\0';
    if (!pt__json_is_decimal(number)) {
        return strtoll(copy, NULL, 10); /* saturates */
    }
    double value = strtod(copy, NULL);
    if (value >= 9.2e18) {
        return INT64_MAX;
    }
    return value <= -9.2e18 ? INT64_MIN : (int64_t)value;
}

int64_t pt__json_integer_bytes(const pt__json *object, pte_bytes name, int64_t otherwise) {
    const pt__json *member = member_of(object, name, PT__JSON_NUMBER);
    return member != NULL ? pt__json_whole(member) : otherwise;
}
