/* The hash that says where a partition key's items lie. */
#ifndef PTE_TABLE_PARTITION_H
#define PTE_TABLE_PARTITION_H

#include <pocketable/engine/status.h>

enum { PTE__PARTITION_BYTES = 16 };

/*
 * XXH3-128 of a partition key, keyed with the database's secret, big-endian. parts: the plain key
 * codes of its attributes, 1 to 4; several are told apart by their lengths.
 */
void pte__partition_hash(uint8_t hash[PTE__PARTITION_BYTES], const uint8_t *secret,
                         const pte_bytes *parts, size_t count);

#endif
