/* How far the filling of an index or expiry list has come. */
#include "write/backfill_place.h"

#include "base/endian.h"

enum { PLACE_KEY_BYTES = 9 + 4 };

static pte_bytes place_key(uint8_t key[PLACE_KEY_BYTES], uint32_t id) {
    memcpy(key, "backfill:", 9);
    pte__put_u32(key + 9, id);
    return (pte_bytes){key, PLACE_KEY_BYTES};
}

pte_status pte__backfill_place_get(uint64_t *done, pte__key *last, const pte__write_txn *txn,
                                   uint32_t id, pte_error *error) {
    uint8_t key[PLACE_KEY_BYTES];
    pte_bytes value;
    *done = 0;
    last->len = 0;
    pte_status status = pte__txn_get(&value, txn, PTE__DB_META, place_key(key, id), error);
    if (status == PTE_NOT_FOUND) {
        return PTE_OK;
    }
    if (status != PTE_OK) {
        return status;
    }
    if (value.len < 8 || value.len > 8 + sizeof last->bytes) {
        return pte__fail(error, PTE_CORRUPT, "the backfill place of id %u has %zu bytes",
                         (unsigned)id, value.len);
    }
    *done = pte__get_u64(value.data);
    pte__key_add_bytes(last, (pte_bytes){value.data + 8, value.len - 8});
    return PTE_OK;
}

pte_status pte__backfill_place_put(pte__write_txn *txn, uint32_t id, uint64_t done, pte_bytes last,
                                   pte_error *error) {
    uint8_t key[PLACE_KEY_BYTES];
    uint8_t value[8 + PTE__KEY_MAX];
    pte__put_u64(value, done);
    memcpy(value + 8, last.data, last.len);
    return pte__txn_put(txn, PTE__DB_META, place_key(key, id), pte_view(value, 8 + last.len),
                        error);
}

pte_status pte__backfill_place_drop(pte__write_txn *txn, uint32_t id, pte_error *error) {
    uint8_t key[PLACE_KEY_BYTES];
    return pte__txn_delete(NULL, txn, PTE__DB_META, place_key(key, id), error);
}
