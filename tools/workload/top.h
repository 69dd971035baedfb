/*
 * The heaviest keys of a stream in bounded memory: the algorithm "space saving" (Metwally, Agrawal,
 * El Abbadi 2005). A key that has more than 1/WL_TOP_KEYS of all weight is always among them; each
 * weight is too high by at most its error.
 */
#ifndef WORKLOAD_TOP_H
#define WORKLOAD_TOP_H

#include <pocketable/engine/status.h>

enum { WL_TOP_KEYS = 1000, WL_TOP_KEY_BYTES = 96 };

typedef struct wl_top_key {
    char text[WL_TOP_KEY_BYTES]; /* the partition key for people: "USER#ann", cut with "..." */
    uint64_t hash;               /* of the whole key */
    double weight;
    double error;
} wl_top_key;

/* Starts as zeros; wl_top_clean_up frees. */
typedef struct wl_top {
    struct wl_top_table *table; /* private */
    double total;               /* all weight, exact */
    uint64_t keys_seen;         /* an estimate of how many different keys there were */
} wl_top;

/* False: no memory; nothing has changed. */
bool wl_top_add(wl_top *top, pte_bytes key, double weight);
/*
 * The same for a key that has not been added and will not be again: of such keys alone the heaviest
 * are kept exactly, without error. Not mixed with wl_top_add.
 */
bool wl_top_add_once(wl_top *top, pte_bytes key, double weight);
/* A hash of 64 bits, the same in every run. */
uint64_t wl_top_hash(pte_bytes key);
/* Writes the key for people: bytes that are not printable as '?', cut with "..." at a character. */
void wl_top_text(char text[WL_TOP_KEY_BYTES], pte_bytes key);
/* The heaviest first, at most max of them; returns how many. */
size_t wl_top_heaviest(const wl_top *top, wl_top_key *keys, size_t max);
void wl_top_clean_up(wl_top *top);

#endif
