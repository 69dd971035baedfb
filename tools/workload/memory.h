/* Memory that lives as long as a workload or a call, and growing texts of JSON. */
#ifndef WORKLOAD_MEMORY_H
#define WORKLOAD_MEMORY_H

#include "workload/workload.h"

enum {
    WL__TEXT_BYTES_MAX = 32 * 1024 * 1024,  /* of a wl_text */
    WL__ARENA_BYTES_MAX = 64 * 1024 * 1024, /* of a call's or an item's scratch */
};

/* {0} is an empty one. One thread at a time. */
typedef struct wl__arena {
    struct wl__block *blocks; /* the newest first */
    char *at;
    size_t left;
    size_t bytes; /* of all blocks */
    size_t bytes_max;
    bool failed; /* no memory, or more than bytes_max */
} wl__arena;

/* Zeroed, for any type; good until the arena is reset. NULL without memory, which is remembered. */
void *wl__arena_take(wl__arena *arena, size_t bytes);
/* An array; as above. */
void *wl__arena_array(wl__arena *arena, size_t count, size_t size);
/* A copy with a zero behind it; as above. */
char *wl__arena_copy(wl__arena *arena, pte_bytes bytes);
/* Forgets everything, failure too, and keeps one block. */
void wl__arena_reset(wl__arena *arena);
void wl__arena_clean_up(wl__arena *arena);

/* Empties the text and forgets failures; keeps the memory. */
void wl__text_reset(wl_text *text);
pte_bytes wl__text_bytes(const wl_text *text);
/* Appends. What does not fit is remembered as a failure. */
void wl__text_add(wl_text *text, pte_bytes bytes);
void wl__text_raw(wl_text *text, const char *string);
/* Appends what stands between the quotes of a JSON string. bytes: UTF-8. */
void wl__text_escaped(wl_text *text, pte_bytes bytes);

#endif
