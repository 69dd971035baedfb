/* Items of the model as the engine's, and back. */
#include "items.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAD_BYTES_MAX = 6000 };

void crash_key_set(crash_key *key, crash_table_no table, uint32_t incarnation, uint32_t slot) {
    crash_partition_text(key->partition, table, incarnation, slot / CRASH_SORTS);
    crash_sort_text(key->sort, slot % CRASH_SORTS);
    key->key = (pte_key){pte_s(key->partition), pte_s(key->sort)};
}

static void add_number(pte_builder *builder, const char *name, uint32_t number) {
    char text[16];
    snprintf(text, sizeof text, "%u", (unsigned)number);
    pte_builder_add_number(builder, name, text);
}

pte_status crash_item_build(pte_item *out, pte_builder *builder, const crash_key *key,
                            const crash_item *item, pte_error *error) {
    char pad[PAD_BYTES_MAX];
    pte_builder_reset(builder);
    pte_builder_add_string(builder, "pk", key->partition);
    pte_builder_add_string(builder, "sk", key->sort);
    add_number(builder, "n", item->atom);
    add_number(builder, "c", item->count);
    add_number(builder, "v", item->value);
    if (item->group != 0) {
        char group[16];
        snprintf(group, sizeof group, "g%u", (unsigned)item->group);
        pte_builder_add_string(builder, "g", group);
    }
    if (item->ttl_s != 0) {
        add_number(builder, "ttl", item->ttl_s);
    }
    if (item->pad != 0) {
        /* Its content follows from the atom, so that a torn page shows. */
        memset(pad, 'a' + (int)(item->atom % 26), item->pad);
        pte_builder_name(builder, pte_str("pad"));
        pte_builder_string(builder, pte_view(pad, item->pad));
    }
    return pte_builder_item(out, builder, error);
}

static bool text_of(char *text, size_t size, const pte_value *value) {
    if (value->bytes.len >= size) {
        return false;
    }
    memcpy(text, value->bytes.data, value->bytes.len);
    text[value->bytes.len] = '\0';
    return true;
}

/* An attribute that is a number: its place in the item. */
static uint32_t *number_place(crash_item *item, const char *name, unsigned *bit) {
    const struct {
        const char *name;
        uint32_t *place;
        unsigned bit;
    } places[] = {
        {"n", &item->atom, CRASH_HAS_N},
        {"c", &item->count, CRASH_HAS_C},
        {"v", &item->value, CRASH_HAS_V},
        {"ttl", &item->ttl_s, CRASH_HAS_TTL},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(places[i].name, name) == 0) {
            *bit = places[i].bit;
            return places[i].place;
        }
    }
    return NULL;
}

static bool read_pad(crash_found *found, const pte_value *value, test_trouble *trouble) {
    for (size_t i = 1; i < value->bytes.len; i++) {
        NEED(value->bytes.data[i] == value->bytes.data[0], "a torn attribute, at byte %zu", i);
    }
    found->item.pad = (uint32_t)value->bytes.len;
    found->has |= CRASH_HAS_PAD;
    return true;
}

static bool read_partition(crash_found *found, const char *text, uint32_t *partition) {
    char letter;
    unsigned incarnation;
    unsigned number;
    if (sscanf(text, "%c%u-%u", &letter, &incarnation, &number) != 3) {
        return false;
    }
    for (int table = 0; table < CRASH_TABLES; table++) {
        if (crash_table_name((crash_table_no)table)[0] == letter) {
            found->table = (crash_table_no)table;
            found->incarnation = incarnation;
            *partition = number;
            return number < CRASH_PARTITIONS;
        }
    }
    return false;
}

static bool read_sort(const char *text, uint32_t *sort) {
    char expected[CRASH_TEXT_MAX];
    *sort = (uint32_t)(text[0] != '\0' ? text[1] - '0' : 10);
    if (*sort >= CRASH_SORTS) {
        return false;
    }
    crash_sort_text(expected, *sort);
    return strcmp(expected, text) == 0;
}

static bool read_attribute(crash_found *found, pte_bytes name_bytes, const pte_value *value,
                           test_trouble *trouble) {
    char name[8];
    char text[CRASH_TEXT_MAX];
    unsigned bit;
    NEED(name_bytes.len < sizeof name, "an attribute with a long name");
    memcpy(name, name_bytes.data, name_bytes.len);
    name[name_bytes.len] = '\0';
    if (strcmp(name, "pad") == 0) {
        return read_pad(found, value, trouble);
    }
    NEED(text_of(text, sizeof text, value), "attribute %s is too long", name);
    if (strcmp(name, "g") == 0) {
        found->item.group = (uint32_t)strtoul(text + 1, NULL, 10);
        found->has |= CRASH_HAS_G;
        return true;
    }
    uint32_t *place = number_place(&found->item, name, &bit);
    NEED(place != NULL, "an unknown attribute %s", name);
    *place = (uint32_t)strtoul(text, NULL, 10);
    found->has |= bit;
    return true;
}

/* The key attributes: which slot. */
static bool read_key(crash_found *found, const pte_item *item, test_trouble *trouble) {
    char text[CRASH_TEXT_MAX];
    pte_error error;
    pte_value value;
    uint32_t partition = 0;
    uint32_t sort = 0;
    NEED_OK(pte_item_find(&value, item, pte_str("pk"), &error));
    NEED(value.type == PTE_TYPE_S && text_of(text, sizeof text, &value) &&
             read_partition(found, text, &partition),
         "a partition key that nobody wrote");
    NEED_OK(pte_item_find(&value, item, pte_str("sk"), &error));
    NEED(value.type == PTE_TYPE_S && text_of(text, sizeof text, &value) && read_sort(text, &sort),
         "a sort key that nobody wrote");
    found->slot = partition * CRASH_SORTS + sort;
    return true;
}

bool crash_item_read(crash_found *found, const pte_item *item, test_trouble *trouble) {
    pte_error error;
    pte_iter iter;
    pte_bytes name;
    pte_value value;
    pte_status status;
    *found = (crash_found){.item = {.present = true}};
    if (!read_key(found, item, trouble)) {
        return false;
    }
    NEED_OK(pte_item_iterate(&iter, item, &error));
    while ((status = pte_iter_next(&iter, &name, &value, &error)) == PTE_OK) {
        bool key = pte_bytes_equal(name, pte_str("pk")) || pte_bytes_equal(name, pte_str("sk"));
        if (!key && !read_attribute(found, name, &value, trouble)) {
            return false;
        }
    }
    NEED_STATUS(PTE_END, status);
    return true;
}

unsigned crash_item_has(const crash_item *item) {
    return CRASH_HAS_N | CRASH_HAS_C | CRASH_HAS_V | (item->group != 0 ? CRASH_HAS_G : 0) |
           (item->ttl_s != 0 ? CRASH_HAS_TTL : 0) | (item->pad != 0 ? CRASH_HAS_PAD : 0);
}

bool crash_item_is(const crash_found *found, const crash_item *item, unsigned mask,
                   test_trouble *trouble) {
    const crash_item *is = &found->item;
    unsigned has = crash_item_has(item) & mask;
    NEED(item->present, "%s, slot %u is there (by atom %u), and should not be",
         crash_table_name(found->table), (unsigned)found->slot, (unsigned)is->atom);
    bool same = found->has == has && ((has & CRASH_HAS_N) == 0 || is->atom == item->atom) &&
                ((has & CRASH_HAS_C) == 0 || is->count == item->count) &&
                ((has & CRASH_HAS_V) == 0 || is->value == item->value) &&
                ((has & CRASH_HAS_G) == 0 || is->group == item->group) &&
                ((has & CRASH_HAS_TTL) == 0 || is->ttl_s == item->ttl_s) &&
                ((has & CRASH_HAS_PAD) == 0 || is->pad == item->pad);
    NEED(same,
         "%s, slot %u: expected attributes %#x of atom %u, count %u, found attributes %#x of atom "
         "%u, count %u",
         crash_table_name(found->table), (unsigned)found->slot, has, (unsigned)item->atom,
         (unsigned)item->count, found->has, (unsigned)is->atom, (unsigned)is->count);
    return true;
}
