/*
 * What may be taken in each second: a rate, and what was not used of the seconds before up to a
 * maximum. Seconds are whole ones of the simulated time.
 */
#ifndef WORKLOAD_ALLOWANCE_H
#define WORKLOAD_ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct wl__allowance {
    double rate;      /* units that each second gives */
    double burst_max; /* how many of the past may be kept */
    double available; /* in this second: what is left of it and of the past */
    uint64_t second;
} wl__allowance;

/* burst: what the past has left; at most burst_max. */
static inline wl__allowance wl__allowance_start(double rate, double burst_max, double burst) {
    return (wl__allowance){.rate = rate, .burst_max = burst_max, .available = rate + burst};
}

static inline double wl__smaller(double a, double b) {
    return a < b ? a : b;
}

/* Goes on to a second that is not before the present one. */
static inline void wl__allowance_advance(wl__allowance *allowance, uint64_t second) {
    if (second <= allowance->second) {
        return;
    }
    double idle_s = (double)(second - allowance->second - 1);
    double left = allowance->available + idle_s * allowance->rate;
    allowance->available = wl__smaller(left, allowance->burst_max) + allowance->rate;
    allowance->second = second;
}

/* A request's units dealt out to several keys come to a little more than them, by rounding. */
#define WL__ROUNDING_UNITS 1e-6

/* Takes all units or none. */
static inline bool wl__allowance_take(wl__allowance *allowance, double units) {
    if (units > allowance->available + WL__ROUNDING_UNITS) {
        return false;
    }
    allowance->available -= units;
    return true;
}

/* Units that were taken in this second and are not used after all. */
static inline void wl__allowance_return(wl__allowance *allowance, double units) {
    allowance->available += units;
}

#endif
