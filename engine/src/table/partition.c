/* The hash that says where a partition key's items lie. */
#include "table/partition.h"

#include "base/endian.h"
#include "store/store.h"

#include <xxhash.h>

static XXH128_hash_t hash_parts(const uint8_t *secret, const pte_bytes *parts, size_t count) {
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    (void)XXH3_128bits_reset_withSecret(&state, secret, PTE__HASH_SECRET_BYTES);
    for (size_t i = 0; i < count; i++) {
        uint8_t len[4];
        pte__put_u32(len, (uint32_t)parts[i].len);
        (void)XXH3_128bits_update(&state, len, sizeof len);
        (void)XXH3_128bits_update(&state, parts[i].data, parts[i].len);
    }
    return XXH3_128bits_digest(&state);
}

void pte__partition_hash(uint8_t hash[PTE__PARTITION_BYTES], const uint8_t *secret,
                         const pte_bytes *parts, size_t count) {
    XXH128_hash_t value = count == 1 ? XXH3_128bits_withSecret(parts[0].data, parts[0].len, secret,
                                                               PTE__HASH_SECRET_BYTES)
                                     : hash_parts(secret, parts, count);
#ifdef PTE__WEAK_PARTITION_HASH
    /* For the test that makes collisions happen: sixteen partitions in all. */
    value.high64 &= (uint64_t)0xF << 60;
    value.low64 = 0;
#endif
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, value);
    memcpy(hash, canonical.digest, PTE__PARTITION_BYTES);
}
