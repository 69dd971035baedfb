/*
 * Proof that bytes are an item in canonical form: one walk with a small stack of its own, which
 * stops at the first byte that a builder would not have written.
 */
#include "base/utf8.h"
#include "codec/wire.h"

#include "base/error.h"

#include <pocketable/engine/value.h>

enum {
    LEVELS = PTE_NESTING_MAX + 1, /* the item is the first */
    NAMES_MAX = 64,               /* of the item itself that are remembered */
};

typedef struct level {
    pte_type type;
    uint32_t count;
    uint32_t done;       /* elements read */
    pte_bytes last_name; /* M: valid if done is not 0 */
} level;

typedef struct walk {
    pte_bytes item;
    size_t at;
    level levels[LEVELS];
    unsigned depth;
    uint32_t run; /* the item's own names ascend from this one on */
    pte_bytes names[NAMES_MAX];
    pte_error *error;
} walk;

static pte_bytes rest_of(const walk *w) {
    return pte_view(w->item.data + w->at, w->item.len - w->at);
}

static pte_status corrupt_at(const walk *w, size_t at, const char *what) {
    return pte__fail_at(w->error, PTE_CORRUPT, at, "an item has %s at byte %zu", what, at);
}

/* The number in canonical text; anything else is refused. */
static bool read_number(pte_number *number, pte_bytes text) {
    char canonical[PTE_NUMBER_TEXT_MAX];
    return pte_number_parse(number, text, NULL) == PTE_OK &&
           pte_bytes_equal(text, pte_view(canonical, pte_number_format(number, canonical)));
}

/* One element of a set whose payload is at *at, and its order against the one before it. */
typedef struct element {
    pte_bytes bytes;
    pte_number number;
} element;

static bool read_element(element *read, size_t *at, pte_bytes payload, pte_type type) {
    pte__head head;
    pte_bytes rest = pte_view(payload.data + *at, payload.len - *at);
    if (!pte__wire_head(&head, rest) || head.type != type) {
        return false;
    }
    read->bytes = pte_view(rest.data + head.head_bytes, head.payload_bytes);
    *at += head.head_bytes + head.payload_bytes;
    return type == PTE_TYPE_B || (type == PTE_TYPE_S ? pte__utf8_valid(read->bytes)
                                                     : read_number(&read->number, read->bytes));
}

static bool ascends(const element *before, const element *after, pte_type type) {
    return type == PTE_TYPE_N ? pte_number_compare(&before->number, &after->number) < 0
                              : pte_bytes_compare(before->bytes, after->bytes) < 0;
}

/* start is where the payload stands in the item. */
static pte_status check_set(const walk *w, const pte__head *head, size_t start) {
    pte_type type = pte__wire_element_type(head->type);
    pte_bytes payload = pte_view(w->item.data + start, head->payload_bytes);
    element elements[2];
    size_t at = 0;
    if (head->count == 0) {
        return corrupt_at(w, w->at, "an empty set");
    }
    for (uint32_t i = 0; i < head->count; i++) {
        size_t element_at = at;
        if (!read_element(&elements[i % 2], &at, payload, type)) {
            return corrupt_at(w, start + element_at, "a bad element of a set");
        }
        if (i != 0 && !ascends(&elements[(i - 1) % 2], &elements[i % 2], type)) {
            return corrupt_at(w, start + element_at, "a set out of order");
        }
    }
    return at == payload.len ? PTE_OK : corrupt_at(w, start + at, "bytes behind a set");
}

static pte_status check_leaf(const walk *w, const pte__head *head) {
    size_t start = w->at + head->head_bytes;
    pte_bytes payload = pte_view(w->item.data + start, head->payload_bytes);
    pte_number number;
    switch (head->type) {
    case PTE_TYPE_S:
        return pte__utf8_valid(payload) ? PTE_OK : corrupt_at(w, start, "a string not in UTF-8");
    case PTE_TYPE_N:
        return read_number(&number, payload)
                   ? PTE_OK
                   : corrupt_at(w, start, "a number that is not canonical");
    case PTE_TYPE_SS:
    case PTE_TYPE_NS:
    case PTE_TYPE_BS:
        return check_set(w, head, start);
    default:
        return PTE_OK;
    }
}

/* Whether name is among the item's own first count names, all of which have been read before. */
static bool is_known(const walk *w, pte_bytes name, uint32_t count) {
    uint32_t i = 0;
    for (; i < count && i < NAMES_MAX; i++) {
        if (pte_bytes_equal(w->names[i], name)) {
            return true;
        }
    }
    if (i == count) {
        return false;
    }
    pte_bytes rest = pte_view(w->names[NAMES_MAX - 1].data, 0);
    rest.data += w->names[NAMES_MAX - 1].len;
    rest.len = (size_t)(w->item.data + w->item.len - rest.data);
    for (; i < count; i++) {
        pte_bytes other;
        size_t used;
        size_t value = pte__wire_skip(rest);
        rest = pte_view(rest.data + value, rest.len - value);
        if (!pte__wire_name(&other, &used, rest) || pte_bytes_equal(other, name)) {
            return true;
        }
        rest = pte_view(rest.data + used, rest.len - used);
    }
    return false;
}

/*
 * The item's own names may stand in any order. Within a run of ascending ones none stands twice, so
 * a name is searched for only among those before its run: in a stored item, the key attributes.
 */
static pte_status check_own_name(walk *w, level *top, pte_bytes name) {
    if (top->done != 0 && pte_bytes_compare(top->last_name, name) >= 0) {
        w->run = top->done;
    }
    if (is_known(w, name, w->run)) {
        return corrupt_at(w, w->at, "a name that stands twice");
    }
    if (top->done < NAMES_MAX) {
        w->names[top->done] = name;
    }
    return PTE_OK;
}

static pte_status take_name(walk *w, level *top) {
    pte_bytes name;
    size_t used;
    pte_status status = PTE_OK;
    if (!pte__wire_name(&name, &used, rest_of(w)) || !pte__utf8_valid(name)) {
        return corrupt_at(w, w->at, "a bad name");
    }
    if (w->depth == 1) {
        status = check_own_name(w, top, name);
    } else if (top->done != 0 && pte_bytes_compare(top->last_name, name) >= 0) {
        status = corrupt_at(w, w->at, "a map out of order");
    }
    top->last_name = name;
    w->at += used;
    return status;
}

static pte_status push(walk *w, const pte__head *head) {
    if (w->depth == LEVELS) {
        return corrupt_at(w, w->at, "too many levels");
    }
    w->levels[w->depth++] = (level){.type = head->type, .count = head->count};
    w->at += head->head_bytes;
    return PTE_OK;
}

/* One value, or a container's head. */
static pte_status take_value(walk *w) {
    pte__head head;
    if (!pte__wire_head(&head, rest_of(w))) {
        return corrupt_at(w, w->at, "no value");
    }
    if (pte__wire_is_container(head.type)) {
        return push(w, &head);
    }
    pte_status status = check_leaf(w, &head);
    w->at += head.head_bytes + head.payload_bytes;
    return status;
}

static void pop_finished(walk *w) {
    while (w->depth != 0 && w->levels[w->depth - 1].done == w->levels[w->depth - 1].count) {
        w->depth--;
    }
}

pte_status pte_item_validate(const pte_item *item, pte_error *error) {
    walk w;
    w.item = item->encoded;
    w.at = 0;
    w.depth = 0;
    w.run = 0;
    w.error = error;
    pte__head head;
    if (!pte__wire_head(&head, item->encoded) || head.type != PTE_TYPE_M) {
        return corrupt_at(&w, 0, "no map");
    }
    pte_status status = push(&w, &head);
    pop_finished(&w);
    while (status == PTE_OK && w.depth != 0) {
        level *top = &w.levels[w.depth - 1];
        if (top->type == PTE_TYPE_M) {
            status = take_name(&w, top);
        }
        if (status == PTE_OK) {
            top->done++;
            status = take_value(&w);
        }
        pop_finished(&w);
    }
    if (status == PTE_OK && w.at != item->encoded.len) {
        status = corrupt_at(&w, w.at, "bytes behind its end");
    }
    return status;
}
