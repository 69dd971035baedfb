/* Opening, closing, and single calls through a pool of exchanges. */
#include "database/database.h"

#include <stdlib.h>

enum { IDLE_EXCHANGES_MAX = 16 };

const char pt__out_of_memory_body[] =
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#InternalServerError\","
    "\"message\":\"out of memory\"}";

pte_status pt_open(pt_database **database, const char *path, const pt_options *options,
                   pte_error *error) {
    if (database == NULL) {
        return PTE_INVALID_ARGUMENT;
    }
    *database = NULL;
    pt_options chosen = options != NULL ? *options : (pt_options){0};
    if (chosen.error_style != PT_ERRORS_2026_05 && chosen.error_style != PT_ERRORS_2026_08) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "error_style must be one of pt_error_style");
    }
    if (path == NULL) {
        chosen.engine.durability = PTE_MEMORY;
    }
    pte_allocator allocator = pte__allocator_of(chosen.engine.allocator);
    pt_database *made = pte__alloc(&allocator, sizeof *made);
    if (made == NULL) {
        return pte__fail_memory(error);
    }
    *made = (pt_database){.options = chosen};
    pte_status status = PTE_OK;
    if (chosen.transaction_conflicts) {
        made->in_flight = pt__in_flight_create(&allocator);
        status = made->in_flight != NULL ? PTE_OK : pte__fail_memory(error);
    }
    if (status == PTE_OK) {
        status = pte_env_open(&made->env, path, &chosen.engine, error);
    }
    if (status == PTE_OK && pthread_mutex_init(&made->mutex, NULL) != 0) {
        pte_env_close(made->env);
        status = pte__fail_memory(error);
    }
    if (status != PTE_OK) {
        pt__in_flight_destroy(made->in_flight);
        pte__free(&allocator, made, sizeof *made);
        return status;
    }
    *database = made;
    return PTE_OK;
}

void pt_close(pt_database *database) {
    if (database == NULL) {
        return;
    }
    pte_allocator allocator = pte__allocator_of(database->options.engine.allocator);
    while (database->idle != NULL) {
        pt_exchange *exchange = database->idle;
        database->idle = exchange->next;
        pt_exchange_destroy(exchange);
    }
    pthread_mutex_destroy(&database->mutex);
    pte_env_close(database->env);
    pt__in_flight_destroy(database->in_flight);
    pte__free(&allocator, database, sizeof *database);
}

pte_env *pt_database_env(pt_database *database) {
    return database->env;
}

/* An exchange of the pool, or a new one; NULL without memory. */
static pt_exchange *take_exchange(pt_database *database) {
    pthread_mutex_lock(&database->mutex);
    pt_exchange *exchange = database->idle;
    if (exchange != NULL) {
        database->idle = exchange->next;
        database->idle_count--;
    }
    pthread_mutex_unlock(&database->mutex);
    if (exchange == NULL && pt_exchange_create(&exchange, database, NULL) != PTE_OK) {
        return NULL;
    }
    return exchange;
}

static void give_exchange(pt_database *database, pt_exchange *exchange) {
    pt_exchange_rest(exchange);
    pthread_mutex_lock(&database->mutex);
    bool kept = database->idle_count < IDLE_EXCHANGES_MAX;
    if (kept) {
        exchange->next = database->idle;
        database->idle = exchange;
        database->idle_count++;
    }
    pthread_mutex_unlock(&database->mutex);
    if (!kept) {
        pt_exchange_destroy(exchange);
    }
}

void pt_call(pt_reply *reply, pt_database *database, pte_bytes operation, pte_bytes body) {
    *reply = (pt_reply){500, pte_str(pt__out_of_memory_body)};
    pt_exchange *exchange = take_exchange(database);
    if (exchange == NULL) {
        return;
    }
    pt_request request = {.operation = operation, .body = body};
    pt_reply answer = pt_exchange_run(exchange, &request);
    uint8_t *copy = malloc(answer.body.len + 1);
    if (copy != NULL) {
        memcpy(copy, answer.body.data, answer.body.len + 1);
        *reply = (pt_reply){answer.status, {copy, answer.body.len}};
    }
    give_exchange(database, exchange);
}

void pt_reply_clean_up(pt_reply *reply) {
    if (reply->body.data != (const uint8_t *)pt__out_of_memory_body) {
        free((void *)reply->body.data);
    }
    *reply = (pt_reply){0};
}
