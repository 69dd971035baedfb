/*
 * Tags of tables. The rules are those of the developer guide's page on tagging restrictions
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html); the texts were
 * seen on AWS.
 */
#include "schema/tags.h"

#include "json/out.h"

/* UTF-8 characters: bytes that do not continue one. */
static size_t characters(pte_bytes text) {
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        count += (text.data[i] & 0xC0) != 0x80;
    }
    return count;
}

/* Letters and digits of any language (of which only ASCII's are told apart), spaces, + - = . _ : /
 * and @. */
static bool is_well_formed(pte_bytes text) {
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && c < 0x80 && (c == 0 || strchr(" +-=._:/@", c) == NULL)) {
            return false;
        }
    }
    return true;
}

static pt__exception check_tag(const pt__json *tag, pt__failure *failure) {
    const pt__json *key = pt__json_member(tag, "Key");
    const pt__json *value = pt__json_member(tag, "Value");
    pte_bytes key_text = key != NULL ? key->text : pte_str("null");
    pte_bytes value_text = value != NULL ? value->text : pte_str("null");
    if (key == NULL || key_text.len == 0 || characters(key_text) > PT__TAG_KEY_CHARACTERS_MAX ||
        !is_well_formed(key_text)) {
        return pt__refuse(failure, PT__VALIDATION, "The Tag Key provided is invalid, Key: %.*s",
                          PT__SHOW(key_text));
    }
    if (value == NULL || characters(value_text) > PT__TAG_VALUE_CHARACTERS_MAX ||
        !is_well_formed(value_text)) {
        return pt__refuse(failure, PT__VALIDATION, "The Tag Value provided is invalid, Value: %.*s",
                          PT__SHOW(value_text));
    }
    if (key_text.len >= 4 && memcmp(key_text.data, "aws:", 4) == 0) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Tag Key cannot be prefixed with aws:, Key: %.*s", PT__SHOW(key_text));
    }
    return PT__OK;
}

pt__exception pt__tags_check(const pt__json *tags, pt__failure *failure) {
    if (tags != NULL && tags->count > PT__TAGS_MAX) {
        return pt__refuse(failure, PT__VALIDATION,
                          "Number of Tags exceed the current limit for the provided ResourceArn");
    }
    const pt__json *first = tags == NULL ? NULL : tags->first;
    for (const pt__json *tag = first; tag != NULL; tag = tag->next) {
        pt__exception exception = check_tag(tag, failure);
        if (exception != PT__OK) {
            return exception;
        }
        pte_bytes key = pt__json_string(tag, "Key");
        for (const pt__json *other = first; other != tag; other = other->next) {
            if (pte_bytes_equal(key, pt__json_string(other, "Key"))) {
                return pt__refuse(
                    failure, PT__VALIDATION,
                    "Duplicate Tag Keys provided as input: Duplicate Tag Key found %.*s",
                    PT__SHOW(key));
            }
        }
    }
    return PT__OK;
}

pt__exception pt__tags_encode(pte_bytes *json, const pt__json *tags, pt__failure *failure) {
    *json = (pte_bytes){NULL, 0};
    if (tags == NULL || tags->count == 0) {
        return PT__OK;
    }
    pt__out out = {.allocator = failure->arena->allocator};
    pt__out_array(&out);
    for (const pt__json *tag = tags->first; tag != NULL; tag = tag->next) {
        pt__out_object(&out);
        pt__out_member_string(&out, "Key", pt__json_string(tag, "Key"));
        pt__out_member_string(&out, "Value", pt__json_string(tag, "Value"));
        pt__out_object_end(&out);
    }
    pt__out_array_end(&out);
    if (!out.failed) {
        *json = pte__arena_copy(failure->arena, pte_view(out.buffer.data, out.buffer.len));
    }
    pt__out_clean_up(&out);
    return json->data == NULL ? pt__refuse_memory(failure) : PT__OK;
}
