/*
 * Space saving over a heap: the lightest key is at its root and is the one that gives way. A table
 * of slots finds a key by its hash. How many keys there are is estimated by HyperLogLog (Flajolet
 * and others 2007), within 2 % or so.
 */
#include "workload/top.h"

#include "workload/random.h"

#include <math.h>
#include <stdlib.h>

enum {
    SLOTS = 4096, /* at most a quarter full */
    REGISTER_BITS = 12,
    REGISTERS = 1 << REGISTER_BITS,
    NONE = UINT16_MAX,
};

typedef struct heap_key {
    wl_top_key key;
    uint16_t slot;
} heap_key;

struct wl_top_table {
    size_t count;
    heap_key heap[WL_TOP_KEYS]; /* no key is heavier than its two children, 2n + 1 and 2n + 2 */
    uint16_t slots[SLOTS];      /* places in the heap, by hash, the next one where taken; or NONE */
    uint8_t registers[REGISTERS];
    double sum;   /* of 2 to the minus register */
    size_t empty; /* registers that are 0 */
};

/* ---- keys ---- */

/* FNV-1a, its bits then mixed so that all depend on all. */
uint64_t wl_top_hash(pte_bytes key) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < key.len; i++) {
        hash = (hash ^ key.data[i]) * 0x100000001B3u;
    }
    return wl__scatter(hash);
}

void wl_top_text(char text[WL_TOP_KEY_BYTES], pte_bytes key) {
    static const char dots[] = "...";
    size_t room = WL_TOP_KEY_BYTES - 1;
    size_t len = key.len;
    if (len > room) {
        len = room - (sizeof dots - 1);
        while (len > 0 && (key.data[len] & 0xC0) == 0x80) {
            len--; /* not within a character */
        }
    }
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)(key.data[i] < 0x20 || key.data[i] == 0x7F ? '?' : key.data[i]);
    }
    memcpy(text + len, dots, len < key.len ? sizeof dots : 0);
    if (len == key.len) {
        text[len] = '\0';
    }
}

/* ---- how many there are ---- */

static void count_in(wl_top *top, uint64_t hash) {
    struct wl_top_table *table = top->table;
    size_t at = hash >> (64 - REGISTER_BITS);
    uint64_t rest = (hash << REGISTER_BITS) | ((uint64_t)1 << (REGISTER_BITS - 1));
    uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
    if (rank <= table->registers[at]) {
        return;
    }
    table->sum += ldexp(1, -rank) - ldexp(1, -table->registers[at]);
    table->empty -= table->registers[at] == 0;
    table->registers[at] = rank;
    double estimate = 0.7213 / (1 + 1.079 / REGISTERS) * REGISTERS * REGISTERS / table->sum;
    if (estimate <= 2.5 * REGISTERS && table->empty != 0) {
        estimate = REGISTERS * log((double)REGISTERS / (double)table->empty);
    }
    top->keys_seen = (uint64_t)llround(estimate);
}

/* ---- the heap and its slots ---- */

static void place(struct wl_top_table *table, size_t at, heap_key moved) {
    table->heap[at] = moved;
    table->slots[moved.slot] = (uint16_t)at;
}

static bool is_lighter(const heap_key *a, const heap_key *b) {
    return a->key.weight < b->key.weight;
}

/* The key at this place may have become heavier. */
static void sink(struct wl_top_table *table, size_t at) {
    heap_key moved = table->heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= table->count) {
            break;
        }
        if (child + 1 < table->count && is_lighter(&table->heap[child + 1], &table->heap[child])) {
            child++;
        }
        if (!is_lighter(&table->heap[child], &moved)) {
            break;
        }
        place(table, at, table->heap[child]);
        at = child;
    }
    place(table, at, moved);
}

static void rise(struct wl_top_table *table, size_t at) {
    heap_key moved = table->heap[at];
    while (at != 0 && is_lighter(&moved, &table->heap[(at - 1) / 2])) {
        place(table, at, table->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(table, at, moved);
}

/* The slot of the key, or the free one where it would stand. */
static size_t slot_of(const struct wl_top_table *table, uint64_t hash) {
    size_t slot = hash % SLOTS;
    while (table->slots[slot] != NONE && table->heap[table->slots[slot]].key.hash != hash) {
        slot = (slot + 1) % SLOTS;
    }
    return slot;
}

/* Empties a slot, and moves those behind it that stand there only because it was taken. */
static void free_slot(struct wl_top_table *table, size_t slot) {
    table->slots[slot] = NONE;
    for (size_t i = (slot + 1) % SLOTS; table->slots[i] != NONE; i = (i + 1) % SLOTS) {
        uint16_t at = table->slots[i];
        table->slots[i] = NONE;
        size_t better = slot_of(table, table->heap[at].key.hash);
        table->slots[better] = at;
        table->heap[at].slot = (uint16_t)better;
    }
}

/* ---- adding ---- */

static bool prepare(wl_top *top) {
    if (top->table == NULL) {
        top->table = calloc(1, sizeof *top->table);
        if (top->table == NULL) {
            return false;
        }
        memset(top->table->slots, 0xFF, sizeof top->table->slots);
        top->table->empty = REGISTERS;
        top->table->sum = REGISTERS;
    }
    return true;
}

/* Puts a key that is not there at the end of the heap, or in the place of its root. */
static void put_in(struct wl_top_table *table, pte_bytes key, wl_top_key made) {
    bool full = table->count == WL_TOP_KEYS;
    size_t at = full ? 0 : table->count++;
    if (full) {
        free_slot(table, table->heap[0].slot);
    }
    wl_top_text(made.text, key);
    size_t slot = slot_of(table, made.hash);
    place(table, at, (heap_key){.key = made, .slot = (uint16_t)slot});
    if (full) {
        sink(table, at);
    } else {
        rise(table, at);
    }
}

bool wl_top_add(wl_top *top, pte_bytes key, double weight) {
    if (!prepare(top)) {
        return false;
    }
    struct wl_top_table *table = top->table;
    uint64_t hash = wl_top_hash(key);
    uint16_t at = table->slots[slot_of(table, hash)];
    top->total += weight;
    count_in(top, hash);
    if (at != NONE) {
        table->heap[at].key.weight += weight;
        sink(table, at);
    } else {
        double error = table->count == WL_TOP_KEYS ? table->heap[0].key.weight : 0;
        put_in(table, key, (wl_top_key){.hash = hash, .weight = error + weight, .error = error});
    }
    return true;
}

bool wl_top_add_once(wl_top *top, pte_bytes key, double weight) {
    if (!prepare(top)) {
        return false;
    }
    struct wl_top_table *table = top->table;
    top->total += weight;
    top->keys_seen++;
    if (table->count < WL_TOP_KEYS || weight > table->heap[0].key.weight) {
        put_in(table, key, (wl_top_key){.hash = wl_top_hash(key), .weight = weight});
    }
    return true;
}

/* ---- the result ---- */

/* The heavier first; of equally heavy ones in the order of their hashes, so that it is one order.
 */
static int compare(const void *a, const void *b) {
    const wl_top_key *x = a, *y = b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    return (x->hash > y->hash) - (x->hash < y->hash);
}

size_t wl_top_heaviest(const wl_top *top, wl_top_key *keys, size_t max) {
    wl_top_key *all = top->table == NULL ? NULL : calloc(top->table->count, sizeof *all);
    if (all == NULL) {
        return 0;
    }
    size_t count = top->table->count;
    for (size_t i = 0; i < count; i++) {
        all[i] = top->table->heap[i].key;
    }
    qsort(all, count, sizeof *all, compare);
    count = count < max ? count : max;
    memcpy(keys, all, count * sizeof *all);
    free(all);
    return count;
}

void wl_top_clean_up(wl_top *top) {
    free(top->table);
    *top = (wl_top){0};
}
