/* A table whose items must agree with each other. Items: id (S), value (N), branch (S, accounts).
 */
#include "support/bank.h"

#include <pocketable/engine/table.h>
#include <pocketable/engine/write.h>

#include <stdio.h>
#include <stdlib.h>

enum { ID_BYTES = 48 };

static const char TABLE[] = "bank";
static const char INDEX[] = "by_branch";

/* An operation on one item: value plus by, on a condition. */
typedef struct step {
    char id[ID_BYTES];
    int64_t by;
    int branch;           /* to move to; below 0: stay, or none */
    int64_t at_least;     /* the condition: the old value is at least this, */
    int64_t at_most;      /* and at most this */
    pte_builder *builder; /* owned */
} step;

static pte_status value_of(int64_t *value, const pte_item *item, pte_error *error) {
    char text[32] = "0";
    pte_value found;
    pte_status status = pte_item_find(&found, item, pte_str("value"), error);
    if (status == PTE_OK && found.type == PTE_TYPE_N && found.bytes.len < sizeof text) {
        memcpy(text, found.bytes.data, found.bytes.len);
        text[found.bytes.len] = '\0';
    }
    *value = strtoll(text, NULL, 10);
    return status;
}

static pte_status condition(void *ctx, const pte_item *old, pte_error *error) {
    const step *s = ctx;
    int64_t value = 0;
    pte_status status = old != NULL ? value_of(&value, old, error) : PTE_OK;
    if (status != PTE_OK) {
        return status;
    }
    return value >= s->at_least && value <= s->at_most ? PTE_OK : PTE_CONDITION_FAILED;
}

static pte_status build(pte_item *item, const step *s, int64_t value, const pte_value *branch,
                        pte_error *error) {
    char text[32];
    pte_builder_reset(s->builder);
    pte_builder_add_string(s->builder, "id", s->id);
    snprintf(text, sizeof text, "%lld", (long long)value);
    pte_builder_add_number(s->builder, "value", text);
    if (s->branch >= 0) {
        snprintf(text, sizeof text, "b%d", s->branch);
        pte_builder_add_string(s->builder, "branch", text);
    } else if (branch->type == PTE_TYPE_S) {
        pte_builder_name(s->builder, pte_str("branch"));
        pte_builder_string(s->builder, branch->bytes);
    }
    return pte_builder_item(item, s->builder, error);
}

static pte_status change(void *ctx, const pte_item *old, pte_item *item, pte_change_result *result,
                         pte_error *error) {
    const step *s = ctx;
    int64_t value = 0;
    pte_value branch = {.type = PTE_TYPE_NONE};
    pte_status status = PTE_OK;
    if (old != NULL) {
        status = value_of(&value, old, error);
        if (status == PTE_OK) {
            status = pte_item_find(&branch, old, pte_str("branch"), error);
        }
    }
    *result = PTE_CHANGE_REPLACE;
    return status == PTE_OK ? build(item, s, value + s->by, &branch, error) : status;
}

/* All steps in one transaction. */
static pte_status run(pte_env *env, step *steps, size_t count, pte_error *error) {
    enum { STEPS_MAX = 2 };
    pte_op ops[STEPS_MAX];
    pte_status status = PTE_OK;
    for (size_t i = 0; i < count && status == PTE_OK; i++) {
        ops[i] = (pte_op){.kind = PTE_UPDATE,
                          .table = pte_str(TABLE),
                          .key = {.hash = pte_s(steps[i].id)},
                          .condition = condition,
                          .change = change,
                          .ctx = &steps[i]};
        status = pte_builder_create(&steps[i].builder, NULL, error);
    }
    if (status == PTE_OK) {
        status = pte_write(env, ops, count, error);
    }
    for (size_t i = 0; i < count; i++) {
        pte_builder_destroy(steps[i].builder);
    }
    return status;
}

static step make_step(const char *prefix, const char *suffix, int64_t by) {
    step made = {.by = by, .branch = -1, .at_least = INT64_MIN, .at_most = INT64_MAX};
    snprintf(made.id, sizeof made.id, "%s%s", prefix, suffix);
    return made;
}

static step account_step(uint64_t account, int64_t by) {
    char number[24];
    snprintf(number, sizeof number, "%llu", (unsigned long long)account);
    return make_step("account-", number, by);
}

bool bank_create(pte_env *env, test_trouble *trouble) {
    pte_error error;
    const pte_index_spec by_branch = {.name = pte_str(INDEX),
                                      .hash = {{pte_str("branch"), PTE_TYPE_S}},
                                      .hash_count = 1,
                                      .range = {{pte_str("value"), PTE_TYPE_N}},
                                      .range_count = 1};
    const pte_table_spec spec = {.name = pte_str(TABLE),
                                 .hash = {pte_str("id"), PTE_TYPE_S},
                                 .indexes = &by_branch,
                                 .index_count = 1};
    NEED_OK(pte_table_create(env, &spec, &error));
    for (uint64_t i = 0; i < BANK_ACCOUNTS; i++) {
        step opening = account_step(i, BANK_BALANCE);
        opening.branch = (int)(i % BANK_BRANCHES);
        NEED_OK(run(env, &opening, 1, &error));
    }
    return true;
}

bool bank_transfer(pte_env *env, test_random *random, test_trouble *trouble) {
    pte_error error;
    uint64_t from = test_random_below(random, BANK_ACCOUNTS);
    uint64_t to = (from + 1 + test_random_below(random, BANK_ACCOUNTS - 1)) % BANK_ACCOUNTS;
    int64_t amount = 1 + (int64_t)test_random_below(random, 60);
    step steps[2] = {account_step(from, -amount), account_step(to, amount)};
    steps[0].at_least = amount;
    if (test_random_below(random, 3) == 0) {
        steps[1].branch = (int)test_random_below(random, BANK_BRANCHES);
    }
    pte_status status = run(env, steps, 2, &error);
    if (status != PTE_TRANSACTION_CANCELLED) {
        NEED_OK(status);
    }
    return true;
}

bool bank_add(pte_env *env, const char *actor, test_trouble *trouble) {
    pte_error error;
    step steps[2] = {make_step("shared", "", 1), make_step("added-", actor, 1)};
    NEED_OK(run(env, steps, 2, &error));
    return true;
}

/* A counter's value in a snapshot; 0 if it is not there. */
static pte_status read_counter(int64_t *value, pte_read *read, const char *id, pte_error *error) {
    pte_item item;
    const pte_key key = {.hash = pte_s(id)};
    *value = 0;
    pte_status status = pte_read_item(&item, read, pte_str(TABLE), &key, error);
    if (status == PTE_OK) {
        status = value_of(value, &item, error);
    }
    return status == PTE_NOT_FOUND ? PTE_OK : status;
}

static bool read_counter_now(int64_t *value, pte_env *env, const char *id, test_trouble *trouble) {
    pte_read *read;
    pte_error error;
    NEED_OK(pte_read_begin(&read, env, &error));
    pte_status status = read_counter(value, read, id, &error);
    pte_read_end(read);
    NEED_OK(status);
    return true;
}

bool bank_compete(bool *won, pte_env *env, const char *actor, test_trouble *trouble) {
    pte_error error;
    int64_t value;
    if (!read_counter_now(&value, env, "tally", trouble)) {
        return false;
    }
    step steps[2] = {make_step("tally", "", 1), make_step("won-", actor, 1)};
    steps[0].at_least = value;
    steps[0].at_most = value;
    pte_status status = run(env, steps, 2, &error);
    *won = status == PTE_OK;
    if (status != PTE_TRANSACTION_CANCELLED) {
        NEED_OK(status);
    }
    return true;
}

static bool actor_counter(uint64_t *value, pte_env *env, const char *prefix, const char *actor,
                          test_trouble *trouble) {
    char id[ID_BYTES];
    int64_t number;
    snprintf(id, sizeof id, "%s%s", prefix, actor);
    if (!read_counter_now(&number, env, id, trouble)) {
        return false;
    }
    *value = (uint64_t)number;
    return true;
}

bool bank_added_by(uint64_t *value, pte_env *env, const char *actor, test_trouble *trouble) {
    return actor_counter(value, env, "added-", actor, trouble);
}

bool bank_won_by(uint64_t *value, pte_env *env, const char *actor, test_trouble *trouble) {
    return actor_counter(value, env, "won-", actor, trouble);
}

/* ---- Looking at all of it ---- */

static bool begins_with(pte_bytes id, const char *prefix) {
    size_t len = strlen(prefix);
    return id.len >= len && memcmp(id.data, prefix, len) == 0;
}

static bool add_item(bank_state *state, const pte_item *item, test_trouble *trouble) {
    pte_error error;
    pte_value id;
    int64_t signed_value;
    NEED_OK(pte_item_find(&id, item, pte_str("id"), &error));
    NEED_OK(value_of(&signed_value, item, &error));
    NEED(signed_value >= 0, "an account or counter is below 0");
    uint64_t value = (uint64_t)signed_value;
    if (begins_with(id.bytes, "account-")) {
        state->balances += value;
        state->accounts++;
    } else if (begins_with(id.bytes, "added-")) {
        state->added += value;
    } else if (begins_with(id.bytes, "won-")) {
        state->won += value;
    } else if (begins_with(id.bytes, "shared")) {
        state->shared += value;
    } else {
        state->tally += value;
    }
    return true;
}

static bool add_cursor(bank_state *state, pte_cursor *cursor, test_trouble *trouble) {
    pte_error error;
    pte_item item;
    pte_status status;
    while ((status = pte_cursor_next(&item, cursor, &error)) == PTE_OK) {
        if (!add_item(state, &item, trouble)) {
            return false;
        }
    }
    NEED_STATUS(PTE_END, status);
    return true;
}

static bool add_scan(bank_state *state, pte_read *read, test_trouble *trouble) {
    pte_error error;
    pte_cursor *cursor;
    const pte_scan scan = {.table = pte_str(TABLE)};
    NEED_OK(pte_scan_open(&cursor, read, &scan, &error));
    bool well = add_cursor(state, cursor, trouble);
    pte_cursor_close(cursor);
    return well;
}

static bool add_queries(bank_state *state, pte_read *read, test_trouble *trouble) {
    pte_error error;
    for (int branch = 0; branch < BANK_BRANCHES; branch++) {
        char text[16];
        pte_cursor *cursor;
        snprintf(text, sizeof text, "b%d", branch);
        const pte_query query = {.table = pte_str(TABLE),
                                 .index = pte_str(INDEX),
                                 .hash = {pte_s(text)},
                                 .hash_count = 1,
                                 .descending = branch % 2 == 1};
        NEED_OK(pte_query_open(&cursor, read, &query, &error));
        bool well = add_cursor(state, cursor, trouble);
        pte_cursor_close(cursor);
        if (!well) {
            return false;
        }
    }
    return true;
}

bool bank_check(bank_state *state, pte_read *read, test_trouble *trouble) {
    bank_state by_index = {0};
    *state = (bank_state){0};
    if (!add_scan(state, read, trouble) || !add_queries(&by_index, read, trouble)) {
        return false;
    }
    NEED(state->accounts == BANK_ACCOUNTS && by_index.accounts == BANK_ACCOUNTS,
         "of %d accounts the table shows %llu, the index %llu", (int)BANK_ACCOUNTS,
         (unsigned long long)state->accounts, (unsigned long long)by_index.accounts);
    NEED(state->balances == (uint64_t)BANK_ACCOUNTS * BANK_BALANCE &&
             by_index.balances == state->balances,
         "the balances' sum should be %d; the table shows %llu, the index %llu",
         BANK_ACCOUNTS * BANK_BALANCE, (unsigned long long)state->balances,
         (unsigned long long)by_index.balances);
    NEED(state->shared == state->added, "the shared counter is %llu, its actors added %llu",
         (unsigned long long)state->shared, (unsigned long long)state->added);
    NEED(state->tally == state->won, "the tally is %llu, its actors won %llu times",
         (unsigned long long)state->tally, (unsigned long long)state->won);
    return true;
}

bool bank_check_now(bank_state *state, pte_env *env, test_trouble *trouble) {
    pte_error error;
    pte_read *read;
    NEED_OK(pte_read_begin(&read, env, &error));
    bool well = bank_check(state, read, trouble);
    pte_read_end(read);
    return well;
}
