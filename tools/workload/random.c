#include "workload/random.h"

#include <math.h>

static const uint64_t step = 0x9E3779B97F4A7C15u;

uint64_t wl__scatter(uint64_t bits) {
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
    return bits ^ (bits >> 31);
}

uint64_t wl__mix(uint64_t a, uint64_t b) {
    wl__random random = {a ^ (b * 0xD6E8FEB86659FD93u)};
    return wl__random_next(&random);
}

uint64_t wl__random_next(wl__random *random) {
    return wl__scatter(random->state += step);
}

uint64_t wl__random_nth(uint64_t seed, uint64_t number) {
    return wl__scatter(seed + (number + 1) * step);
}

uint64_t wl__random_below(wl__random *random, uint64_t bound) {
    uint64_t rest = (UINT64_MAX % bound + 1) % bound; /* 2^64 modulo bound */
    uint64_t drawn = 0;
    do {
        drawn = wl__random_next(random);
    } while (drawn > UINT64_MAX - rest);
    return drawn % bound;
}

double wl__random_fraction(wl__random *random) {
    return (double)(wl__random_next(random) >> 11) * 0x1p-53;
}

/* FNV-1a, and a mix for its upper bits. */
uint64_t wl__hash(uint64_t start, pte_bytes bytes) {
    uint64_t hash = start ^ 0xCBF29CE484222325u;
    for (size_t i = 0; i < bytes.len; i++) {
        hash = (hash ^ bytes.data[i]) * 0x100000001B3u;
    }
    return wl__mix(hash, bytes.len);
}

/*
 * Zipf's distribution over 1 to count by rejection-inversion: W. Hoermann and G. Derflinger,
 * "Rejection-inversion to generate variates from monotone discrete distributions", 1996. The hat is
 * x^-exponent, integral_of its integral from 1; no table, so any count.
 */

/* (e^x - 1) / x, also near 0. */
static double grown(double x) {
    return fabs(x) > 1e-8 ? expm1(x) / x : 1 + x / 2;
}

/* log(1 + x) / x, also near 0. */
static double shrunk(double x) {
    return fabs(x) > 1e-8 ? log1p(x) / x : 1 - x / 2;
}

static double integral_of(double x, double exponent) {
    double log_x = log(x);
    return grown((1 - exponent) * log_x) * log_x;
}

static double inverse_of(double area, double exponent) {
    double x = area * (1 - exponent);
    return exp(shrunk(x < -1 ? -1 : x) * area);
}

static double hat(double x, double exponent) {
    return exp(-exponent * log(x));
}

void wl__distribution_init(wl__distribution *d, wl__distribution_kind kind, uint64_t count,
                           double exponent) {
    *d = (wl__distribution){.kind = kind, .count = count, .exponent = exponent};
    if (kind == WL__ZIPFIAN || kind == WL__LATEST) {
        d->first = integral_of(1.5, exponent) - 1;
        d->last = integral_of((double)count + 0.5, exponent);
        d->squeeze = 2 - inverse_of(integral_of(2.5, exponent) - hat(2, exponent), exponent);
    }
}

static uint64_t draw_zipfian(const wl__distribution *d, wl__random *random) {
    for (;;) {
        double area = d->last + wl__random_fraction(random) * (d->first - d->last);
        double x = inverse_of(area, d->exponent);
        double rank = floor(x + 0.5);
        rank = rank < 1 ? 1 : rank > (double)d->count ? (double)d->count : rank;
        if (rank - x <= d->squeeze ||
            area >= integral_of(rank + 0.5, d->exponent) - hat(rank, d->exponent)) {
            return (uint64_t)rank - 1;
        }
    }
}

uint64_t wl__distribution_draw(const wl__distribution *d, wl__random *random, uint64_t own) {
    switch (d->kind) {
    case WL__ZIPFIAN:
        return draw_zipfian(d, random);
    case WL__LATEST:
        return d->count - 1 - draw_zipfian(d, random);
    case WL__SEQUENTIAL:
        return own % d->count;
    default:
        return wl__random_below(random, d->count);
    }
}

/* Each step can be undone, so no two numbers meet. */
uint64_t wl__shuffle(uint64_t number, unsigned bits, uint64_t key) {
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    uint64_t mixed = number & mask;
    for (unsigned round = 0; round < 3; round++) {
        mixed = (mixed * (wl__mix(key, round) | 1)) & mask;
        mixed ^= mixed >> (bits / 2);
        mixed = (mixed + wl__mix(key, round + 8)) & mask;
    }
    return mixed;
}
