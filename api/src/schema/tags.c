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

/* What is not a letter, digit or space, in ranges of Unicode's blocks: AWS takes letters of any
 * script, and refuses emoji and punctuation (measured in October 2026). */
typedef struct range {
    uint32_t first;
    uint32_t last;
} range;

static const range REFUSED[] = {
    {0x80, 0x9F},     {0xA1, 0xA9},     {0xAB, 0xB1},       {0xB4, 0xB4},       {0xB6, 0xB8},
    {0xBB, 0xBB},     {0xBF, 0xBF},     {0xD7, 0xD7},       {0xF7, 0xF7},       {0x200B, 0x2027},
    {0x202A, 0x202E}, {0x2030, 0x205E}, {0x2060, 0x206F},   {0x207A, 0x207E},   {0x208A, 0x208E},
    {0x20A0, 0x20FF}, {0x2190, 0x245F}, {0x2500, 0x2775},   {0x2794, 0x2BFF},   {0x3001, 0x3004},
    {0x3008, 0x3020}, {0xE000, 0xF8FF}, {0xFE00, 0xFE6F},   {0xFEFF, 0xFEFF},   {0xFF01, 0xFF0F},
    {0xFF1A, 0xFF20}, {0xFFF0, 0xFFFF}, {0x1F000, 0x1F0FF}, {0x1F110, 0x1FAFF}, {0xE0000, 0x10FFFF},
};

/* The character at *text, which is UTF-8 and not empty; takes it off. */
static uint32_t take_character(pte_bytes *text) {
    uint8_t first = text->data[0];
    size_t len = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    uint32_t c = len == 1 ? first : first & (0xFFU >> (len + 1));
    len = len > text->len ? text->len : len;
    for (size_t i = 1; i < len; i++) {
        c = c << 6 | (text->data[i] & 0x3F);
    }
    text->data += len;
    text->len -= len;
    return c;
}

static bool is_allowed(uint32_t c) {
    if (c < 0x80) {
        bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return alphanumeric || (c != 0 && strchr(" +-=._:/@", (int)c) != NULL);
    }
    for (size_t i = 0; i < sizeof REFUSED / sizeof REFUSED[0]; i++) {
        if (c >= REFUSED[i].first && c <= REFUSED[i].last) {
            return false;
        }
    }
    return true;
}

/* Letters and digits of any language, spaces, + - = . _ : / and @. */
static bool is_well_formed(pte_bytes text) {
    while (text.len != 0) {
        if (!is_allowed(take_character(&text))) {
            return false;
        }
    }
    return true;
}

/* AWS's own; measured in October 2026: in any case, and of keys to be removed too. */
static bool is_reserved(pte_bytes key) {
    return key.len >= 4 && (key.data[0] | 0x20) == 'a' && (key.data[1] | 0x20) == 'w' &&
           (key.data[2] | 0x20) == 's' && key.data[3] == ':';
}

/* key: NULL where there is none. */
static pt__exception check_key(const pt__json *key, pt__failure *failure) {
    pte_bytes text = key != NULL ? key->text : pte_str("null");
    if (key == NULL || text.len == 0 || characters(text) > PT__TAG_KEY_CHARACTERS_MAX ||
        !is_well_formed(text)) {
        return pt__refuse(failure, PT__VALIDATION, "The Tag Key provided is invalid, Key: %.*s",
                          PT__SHOW(text));
    }
    return PT__OK;
}

static pt__exception check_prefix(pte_bytes key, pt__failure *failure) {
    return is_reserved(key)
               ? pt__refuse(failure, PT__VALIDATION,
                            "Tag Key cannot be prefixed with aws:, Key: %.*s", PT__SHOW(key))
               : PT__OK;
}

static pt__exception refuse_count(pt__failure *failure) {
    return pt__refuse(failure, PT__VALIDATION,
                      "Number of Tags exceed the current limit for the provided ResourceArn");
}

static pt__exception check_tag(const pt__json *tag, pt__failure *failure) {
    const pt__json *key = pt__json_member(tag, "Key");
    const pt__json *value = pt__json_member(tag, "Value");
    pte_bytes text = value != NULL ? value->text : pte_str("null");
    pt__exception exception = check_key(key, failure);
    if (exception != PT__OK) {
        return exception;
    }
    if (value == NULL || characters(text) > PT__TAG_VALUE_CHARACTERS_MAX || !is_well_formed(text)) {
        return pt__refuse(failure, PT__VALIDATION, "The Tag Value provided is invalid, Value: %.*s",
                          PT__SHOW(text));
    }
    return check_prefix(key->text, failure);
}

pt__exception pt__tags_check(const pt__json *tags, pt__failure *failure) {
    if (tags != NULL && tags->count > PT__TAGS_MAX) {
        return refuse_count(failure);
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

pt__exception pt__tag_keys_check(const pt__json *keys, pt__failure *failure) {
    if (keys->count > PT__TAGS_MAX) {
        return refuse_count(failure);
    }
    for (const pt__json *key = keys->first; key != NULL; key = key->next) {
        pt__exception exception = check_key(key->type == PT__JSON_STRING ? key : NULL, failure);
        if (exception == PT__OK) {
            exception = check_prefix(key->text, failure);
        }
        if (exception != PT__OK) {
            return exception;
        }
    }
    return PT__OK;
}

/* ---- as they are kept ---- */

static void add_tag(pt__out *out, const pt__json *tag) {
    pt__out_object(out);
    pt__out_member_string(out, "Key", pt__json_string(tag, "Key"));
    pt__out_member_string(out, "Value", pt__json_string(tag, "Value"));
    pt__out_object_end(out);
}

/* What was written, copied into the arena; the buffer is given back. */
static pt__exception finish(pte_bytes *json, pt__out *out, size_t count, pt__failure *failure) {
    bool failed = out->failed;
    *json = (pte_bytes){NULL, 0};
    if (!failed && count != 0) {
        *json = pte__arena_copy(failure->arena, pte_view(out->buffer.data, out->buffer.len));
        failed = json->data == NULL;
    }
    pt__out_clean_up(out);
    return failed ? pt__refuse_memory(failure) : PT__OK;
}

pt__exception pt__tags_encode(pte_bytes *json, const pt__json *tags, pt__failure *failure) {
    *json = (pte_bytes){NULL, 0};
    if (tags == NULL || tags->count == 0) {
        return PT__OK;
    }
    pt__out out = {.allocator = failure->arena->allocator};
    pt__out_array(&out);
    for (const pt__json *tag = tags->first; tag != NULL; tag = tag->next) {
        add_tag(&out, tag);
    }
    pt__out_array_end(&out);
    return finish(json, &out, tags->count, failure);
}

/* The tags that are kept, as a tree; *tags NULL: none. */
static pt__exception decode(const pt__json **tags, pte_bytes json, pt__failure *failure) {
    static const char before[] = "{\"Tags\":";
    *tags = NULL;
    if (json.len == 0) {
        return PT__OK;
    }
    size_t len = sizeof before - 1 + json.len + 1;
    char *text = pte__arena_alloc(failure->arena, len);
    if (text == NULL) {
        return pt__refuse_memory(failure);
    }
    memcpy(text, before, sizeof before - 1);
    memcpy(text + sizeof before - 1, json.data, json.len);
    text[len - 1] = '}';
    const pt__json *root;
    pt__exception exception = pt__json_read(&root, pte_view(text, len), failure->arena, failure);
    if (exception == PT__OK) {
        *tags = pt__json_member(root, "Tags");
    }
    return exception;
}

static const pt__json *find(const pt__json *tags, pte_bytes key) {
    const pt__json *tag = tags == NULL ? NULL : tags->first;
    while (tag != NULL && !pte_bytes_equal(pt__json_string(tag, "Key"), key)) {
        tag = tag->next;
    }
    return tag;
}

pt__exception pt__tags_put(pte_bytes *json, const pt__json *tags, pt__failure *failure) {
    const pt__json *old;
    pt__exception exception = decode(&old, *json, failure);
    if (exception != PT__OK) {
        return exception;
    }
    size_t count = tags->count;
    pt__out out = {.allocator = failure->arena->allocator};
    pt__out_array(&out);
    for (const pt__json *tag = old == NULL ? NULL : old->first; tag != NULL; tag = tag->next) {
        const pt__json *newer = find(tags, pt__json_string(tag, "Key"));
        add_tag(&out, newer != NULL ? newer : tag);
        count += newer == NULL;
    }
    for (const pt__json *tag = tags->first; tag != NULL; tag = tag->next) {
        if (find(old, pt__json_string(tag, "Key")) == NULL) {
            add_tag(&out, tag);
        }
    }
    pt__out_array_end(&out);
    exception = finish(json, &out, count, failure);
    return exception == PT__OK && count > PT__TAGS_MAX ? refuse_count(failure) : exception;
}

static bool is_among(pte_bytes text, const pt__json *keys) {
    const pt__json *key = keys->first;
    while (key != NULL && !pte_bytes_equal(key->text, text)) {
        key = key->next;
    }
    return key != NULL;
}

pt__exception pt__tags_remove(pte_bytes *json, const pt__json *keys, pt__failure *failure) {
    const pt__json *old;
    pt__exception exception = decode(&old, *json, failure);
    if (exception != PT__OK) {
        return exception;
    }
    size_t count = 0;
    pt__out out = {.allocator = failure->arena->allocator};
    pt__out_array(&out);
    for (const pt__json *tag = old == NULL ? NULL : old->first; tag != NULL; tag = tag->next) {
        if (!is_among(pt__json_string(tag, "Key"), keys)) {
            add_tag(&out, tag);
            count++;
        }
    }
    pt__out_array_end(&out);
    return finish(json, &out, count, failure);
}
