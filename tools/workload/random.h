/*
 * Randomness that is a function: a stream's name, a number and the seed give the same draws on
 * every machine, in whatever order they are asked for.
 */
#ifndef WORKLOAD_RANDOM_H
#define WORKLOAD_RANDOM_H

#include <pocketable/engine/status.h>

/* Splitmix64: https://prng.di.unimi.it/splitmix64.c */
typedef struct wl__random {
    uint64_t state;
} wl__random;

uint64_t wl__random_next(wl__random *random);
/* From 0 to below bound, bound above 0, without bias. */
uint64_t wl__random_below(wl__random *random, uint64_t bound);
/* From 0 to below 1. */
double wl__random_fraction(wl__random *random);
/* The draw with this number, from 0, of a generator that begins with the seed. */
uint64_t wl__random_nth(uint64_t seed, uint64_t number);
/* Splitmix64's last steps: every bit then depends on all. Different numbers stay different. */
uint64_t wl__scatter(uint64_t bits);

uint64_t wl__hash(uint64_t start, pte_bytes bytes);
uint64_t wl__mix(uint64_t a, uint64_t b);

typedef enum wl__distribution_kind {
    WL__UNIFORM = 0,
    WL__ZIPFIAN,    /* low numbers are likelier */
    WL__LATEST,     /* high numbers are likelier, zipfian too */
    WL__SEQUENTIAL, /* the item's or the call's own number, round and round */
} wl__distribution_kind;

/* Numbers from 0 to below count. Immutable. */
typedef struct wl__distribution {
    wl__distribution_kind kind;
    uint64_t count;
    double exponent;
    double first, last, squeeze; /* private: of the zipfian ones */
} wl__distribution;

/* count: above 0. exponent: above 0. */
void wl__distribution_init(wl__distribution *distribution, wl__distribution_kind kind,
                           uint64_t count, double exponent);
/* own: the item's or the call's number. */
uint64_t wl__distribution_draw(const wl__distribution *distribution, wl__random *random,
                               uint64_t own);

/* A number below 2^bits for each one below 2^bits, all different; bits: 2 to 62, even. */
uint64_t wl__shuffle(uint64_t number, unsigned bits, uint64_t key);

#endif
