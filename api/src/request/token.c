/* Keeping tokens in a hidden table, and knowing them again. */
#include "request/token.h"

#include <pocketable/engine/upkeep.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

/* Namespaces are region names, which are never empty. */
static const char TABLE[] = "/tokens";

enum {
    SWEEP_EVERY_MS = 60 * 1000,
    SWEEP_ITEMS_MAX = 500, /* in one commit */
    NUMBER_BYTES = 24,
};

void pt__fingerprint_add(pt__fingerprint *fingerprint, pte_bytes part) {
    uint8_t both[2 * PT__FINGERPRINT_BYTES];
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_withSeed(part.data, part.len, part.len));
    memcpy(both, fingerprint->bytes, PT__FINGERPRINT_BYTES);
    memcpy(both + PT__FINGERPRINT_BYTES, canonical.digest, PT__FINGERPRINT_BYTES);
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(both, sizeof both));
    memcpy(fingerprint->bytes, canonical.digest, PT__FINGERPRINT_BYTES);
}

/* ---- the decision ---- */

/* False if the item has not what a token has. */
static bool read_item(pte_value *fingerprint, int64_t *created_ms, const pte_item *item) {
    pte_value created;
    char text[NUMBER_BYTES];
    if (pte_item_find(fingerprint, item, pte_str("F"), NULL) != PTE_OK ||
        pte_item_find(&created, item, pte_str("C"), NULL) != PTE_OK ||
        fingerprint->type != PTE_TYPE_B || created.type != PTE_TYPE_N ||
        created.bytes.len >= sizeof text) {
        return false;
    }
    memcpy(text, created.bytes.data, created.bytes.len);
    text[created.bytes.len] = '\0';
    char *end;
    *created_ms = strtoll(text, &end, 10);
    return end != text && *end == '\0';
}

static pte_status on_condition(void *ctx, const pte_item *old, pte_error *error) {
    pt__token *token = ctx;
    pte_value fingerprint;
    int64_t created_ms;
    token->outcome = PT__TOKEN_NEW;
    if (old == NULL) {
        return PTE_OK;
    }
    if (!read_item(&fingerprint, &created_ms, old)) {
        return pte_error_fill(error, PTE_CORRUPT, "a token's item");
    }
    /* A clock that was put back leaves a token young. */
    if (token->now_ms - created_ms >= PT__TOKEN_LIFETIME_MS) {
        return PTE_OK;
    }
    pte_bytes own = pte_view(token->fingerprint.bytes, PT__FINGERPRINT_BYTES);
    token->outcome =
        pte_bytes_equal(fingerprint.bytes, own) ? PT__TOKEN_REPLAY : PT__TOKEN_MISMATCH;
    return pte_error_fill(error, PTE_CALLBACK_FAILED, "the token is known");
}

/* ---- the table ---- */

static pte_status make_table(pte_env *env, pte_error *error) {
    pte_table_spec spec = {
        .name = pte_str(TABLE),
        .hash = {pte_str("T"), PTE_TYPE_S},
        .ttl_attribute = pte_str("E"),
    };
    pte_status status = pte_table_create(env, &spec, error);
    return status == PTE_TABLE_EXISTS ? PTE_OK : status;
}

/* Ends the snapshot. */
static pt__exception ensure_table(pt__call *call) {
    const pte_table_info *info;
    pte_error error;
    pt__exception exception = pt__call_read(call);
    if (exception != PT__OK) {
        return exception;
    }
    pte_status status = pte_table_describe(&info, call->read, pte_str(TABLE), &error);
    pt__call_end_read(call);
    if (status == PTE_TABLE_NOT_FOUND) {
        status = make_table(call->env, &error);
    }
    return status == PTE_OK ? PT__OK : pt__refuse_engine(&call->failure, status, &error);
}

/* Removes some of what has expired, if it is time to: whoever comes first does it for all. A full
 * piece is followed by another with the next token, so that none pile up. */
static void sweep(pt__call *call, int64_t now_ms) {
    _Atomic(int64_t) *due_ms = &call->tokens->sweep_due_ms;
    int64_t due = atomic_load(due_ms);
    size_t expired;
    if (call->options->upkeep_elsewhere || now_ms < due ||
        !atomic_compare_exchange_strong(due_ms, &due, now_ms + SWEEP_EVERY_MS)) {
        return;
    }
    /* If it fails, so will the write, or another sweep does it. */
    pte_status status = pte_expire(&expired, call->env, now_ms / 1000, SWEEP_ITEMS_MAX, NULL);
    if (status == PTE_OK && expired == SWEEP_ITEMS_MAX) {
        atomic_store(due_ms, now_ms);
    }
}

/* ---- the operation ---- */

static void add_integer(pte_builder *builder, const char *name, int64_t value) {
    char text[NUMBER_BYTES];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    pte_builder_add_number(builder, name, text);
}

static pt__exception make_item(pte_item *item, const pt__token *token, pt__call *call) {
    pte_error error;
    pte_builder *builder = pt__call_builder(call);
    if (builder == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    pte_builder_name(builder, pte_str("T"));
    pte_builder_string(builder, token->key);
    pte_builder_name(builder, pte_str("F"));
    pte_builder_binary(builder, pte_view(token->fingerprint.bytes, PT__FINGERPRINT_BYTES));
    add_integer(builder, "C", token->now_ms);
    /* A whole second later than it must be known. */
    add_integer(builder, "E", (token->now_ms + PT__TOKEN_LIFETIME_MS) / 1000 + 1);
    pte_status status = pte_builder_item(item, builder, &error);
    return status == PTE_OK ? PT__OK : pt__refuse_engine(&call->failure, status, &error);
}

pt__exception pt__token_op(pte_op *op, pt__token *token, pt__call *call, pte_bytes text) {
    pte_item item = {.size_bytes = 0};
    token->now_ms = pt__call_now_ms(call);
    token->outcome = PT__TOKEN_NEW;
    pt__exception exception = pt__call_in_region(&token->key, call, text);
    if (exception == PT__OK) {
        exception = make_item(&item, token, call);
    }
    if (exception == PT__OK) {
        exception = ensure_table(call);
    }
    if (exception == PT__OK) {
        sweep(call, token->now_ms);
    }
    *op = (pte_op){
        .kind = PTE_PUT,
        .table = pte_str(TABLE),
        .item = item,
        .condition = on_condition,
        .ctx = token,
    };
    return exception;
}
