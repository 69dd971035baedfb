#include "workload/memory.h"

#include "json_escape.h"

#include <stdlib.h>

enum { BLOCK_BYTES = 16 * 1024, ALIGNMENT = 16, TEXT_FIRST_BYTES = 1024 };

typedef struct wl__block {
    struct wl__block *next;
    size_t bytes;
} wl__block;

static const size_t header_bytes = (sizeof(wl__block) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

/* ---- the arena ---- */

static bool grow(wl__arena *arena, size_t bytes) {
    size_t size = bytes > BLOCK_BYTES - header_bytes ? bytes + header_bytes : BLOCK_BYTES;
    if (arena->bytes_max != 0 && size > arena->bytes_max - arena->bytes) {
        return false;
    }
    wl__block *block = malloc(size);
    if (block == NULL) {
        return false;
    }
    *block = (wl__block){arena->blocks, size};
    arena->blocks = block;
    arena->bytes += size;
    arena->at = (char *)block + header_bytes;
    arena->left = size - header_bytes;
    return true;
}

void *wl__arena_take(wl__arena *arena, size_t bytes) {
    if (bytes > WL__ARENA_BYTES_MAX) {
        arena->failed = true;
        return NULL;
    }
    size_t rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded > arena->left && !grow(arena, rounded)) {
        arena->failed = true;
        return NULL;
    }
    void *taken = arena->at;
    arena->at += rounded;
    arena->left -= rounded;
    memset(taken, 0, rounded);
    return taken;
}

void *wl__arena_array(wl__arena *arena, size_t count, size_t size) {
    if (count > WL__ARENA_BYTES_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return wl__arena_take(arena, count * size);
}

char *wl__arena_copy(wl__arena *arena, pte_bytes bytes) {
    char *copy = wl__arena_take(arena, bytes.len + 1);
    if (copy != NULL && bytes.len != 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    return copy;
}

static void free_blocks(wl__block *block) {
    while (block != NULL) {
        wl__block *next = block->next;
        free(block);
        block = next;
    }
}

void wl__arena_reset(wl__arena *arena) {
    wl__block *kept = arena->blocks;
    arena->failed = false;
    if (kept == NULL) {
        return;
    }
    free_blocks(kept->next);
    kept->next = NULL;
    arena->bytes = kept->bytes;
    arena->at = (char *)kept + header_bytes;
    arena->left = kept->bytes - header_bytes;
}

void wl__arena_clean_up(wl__arena *arena) {
    free_blocks(arena->blocks);
    *arena = (wl__arena){.bytes_max = arena->bytes_max};
}

/* ---- texts ---- */

void wl_text_clean_up(wl_text *text) {
    free(text->data);
    *text = (wl_text){0};
}

void wl__text_reset(wl_text *text) {
    text->len = 0;
    text->failed = false;
}

pte_bytes wl__text_bytes(const wl_text *text) {
    return pte_view(text->data, text->len);
}

static bool reserve(wl_text *text, size_t more) {
    if (text->failed || more > WL__TEXT_BYTES_MAX - text->len) {
        text->failed = true;
        return false;
    }
    size_t capacity = text->capacity != 0 ? text->capacity : TEXT_FIRST_BYTES;
    while (capacity < text->len + more + 1) {
        capacity *= 2;
    }
    if (capacity != text->capacity) {
        char *data = realloc(text->data, capacity);
        if (data == NULL) {
            text->failed = true;
            return false;
        }
        text->data = data;
        text->capacity = capacity;
    }
    return true;
}

void wl__text_add(wl_text *text, pte_bytes bytes) {
    if (reserve(text, bytes.len)) {
        if (bytes.len != 0) {
            memcpy(text->data + text->len, bytes.data, bytes.len);
        }
        text->len += bytes.len;
        text->data[text->len] = '\0';
    }
}

void wl__text_raw(wl_text *text, const char *string) {
    wl__text_add(text, pte_str(string));
}

void wl__text_escaped(wl_text *text, pte_bytes bytes) {
    json_escaping rest = {.text = bytes};
    for (pte_bytes piece = json_escape_next(&rest); piece.len != 0;
         piece = json_escape_next(&rest)) {
        wl__text_add(text, piece);
    }
}
