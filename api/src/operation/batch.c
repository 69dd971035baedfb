/* Comparing the keys of a batch. At most 100 are compared with each other, so one by one. */
#include "operation/batch.h"

const pt__batch_key *pt__batch_key_find(const pt__batch_key *keys, size_t count,
                                        const pt__batch_key *key) {
    for (size_t i = 0; i < count; i++) {
        if (keys[i].use == key->use && pt__key_equal(&keys[i].key, &key->key)) {
            return &keys[i];
        }
    }
    return NULL;
}

/* API_BatchWriteItem: an item may not be put or deleted twice in one request; API_BatchGetItem
 * names the same for reads. */
pt__exception pt__batch_refuse_duplicates(pt__call *call) {
    return pt__refuse(&call->failure, PT__VALIDATION,
                      "Provided list of item keys contains duplicates");
}
