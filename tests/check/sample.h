/* A small database that has every feature, in the same bytes each time but for what LMDB adds. */
#ifndef TESTS_CHECK_SAMPLE_H
#define TESTS_CHECK_SAMPLE_H

#include <pocketable/engine.h>

/*
 *   orders    hash pk (S), range sk (N); indexes by-status (status; amount; ALL), by-day (LOCAL,
 *             KEYS_ONLY), some (a, b; c; INCLUDE note); time to live in expires; old and new images
 *   plain     hash pk (S) only; new images
 *   long      hash pk (B), range sk (B) with long keys; index by-range (kind; far); time to live
 *   filling   index by-kind and time to live in expires, half filled
 *   (gone)    dropped and not reclaimed yet
 */
enum {
    SAMPLE_ORDERS = 24,      /* items that are left; pk "customer-0" to "customer-3" */
    SAMPLE_WITH_STATUS = 20, /* of them: sk not divisible by 6 */
    SAMPLE_WITH_TTL = 12,    /* of them: even sk */
    SAMPLE_PLAIN = 5,
    SAMPLE_LONG = 9,
    SAMPLE_FILLING = 10,
    SAMPLE_FILLED = 4, /* by the steps of the backfill */
    SAMPLE_NOW_S = 1700000000,
};

/* Ids in the sample. */
typedef struct sample_ids {
    uint32_t orders;
    uint32_t by_status;
    uint32_t by_day;
    uint32_t some;
    uint32_t orders_ttl;
    uint32_t plain;
    uint32_t long_table;
    uint32_t by_range;
    uint32_t long_ttl;
    uint32_t filling;
    uint32_t by_kind;
    uint32_t filling_ttl;
    uint32_t gone;
    uint32_t unknown; /* never given */
} sample_ids;

/* Makes it in the directory path. */
void sample_make(const char *path, sample_ids *ids);

/* The clock and the randomness that the sample is made with. */
pte_env_options sample_options(void);

#endif
