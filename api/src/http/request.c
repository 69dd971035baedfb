/* Requests: their pool, their bodies, their ids. Calls pt_exchange_create and _destroy. */
#include "http/http.h"

#include <stdlib.h>
#include <sys/random.h>

/* ---- the pool ---- */

static void destroy(pt__http_request *request) {
    pt_exchange_destroy(request->exchange);
    free(request->body);
    free(request);
}

static pt__http_request *create(pt__http_loop *loop) {
    pt__http_request *request = calloc(1, sizeof *request);
    if (request == NULL) {
        return NULL;
    }
    request->server = loop->server;
    request->loop = loop;
    if (pt_exchange_create(&request->exchange, loop->server->database, NULL) != PTE_OK ||
        getrandom(request->random, sizeof request->random, 0) != (ssize_t)sizeof request->random) {
        destroy(request);
        return NULL;
    }
    return request;
}

pt__http_request *pt__http_request_take(pt__http_loop *loop) {
    pt__http_request *request = loop->idle;
    if (request != NULL) {
        loop->idle = request->next;
        loop->idle_count--;
    } else {
        request = create(loop);
    }
    if (request != NULL) {
        atomic_fetch_add(&loop->under_way, 1);
    }
    return request;
}

static void forget_body(pt__http_request *request) {
    if (request->body_capacity > PT__HTTP_BODY_BYTES_KEPT) {
        atomic_fetch_sub(&request->server->bodies_bytes, request->body_capacity);
        free(request->body);
        request->body = NULL;
        request->body_capacity = 0;
    }
    request->body_bytes = 0;
    request->body_received = 0;
    request->body_state = PT__HTTP_BODY_FINE;
    pt__inflater_destroy(request->inflater);
    request->inflater = NULL;
    pt__http_hash_end(request);
}

void pt__http_request_give_back(pt__http_request *request) {
    if (request == NULL) {
        return;
    }
    pt__http_loop *loop = request->loop;
    forget_body(request);
    pt_exchange_rest(request->exchange);
    request->connection = NULL;
    request->peer = NULL;
    request->operation = request->region = pte_str("");
    request->whole_ns = 0;
    request->kicks_upkeep = false;
    atomic_store(&request->stage, PT__HTTP_RECEIVING);
    if (loop->idle_count < PT__HTTP_IDLE_MAX) {
        request->next = loop->idle;
        loop->idle = request;
        loop->idle_count++;
    } else {
        destroy(request);
    }
    atomic_fetch_sub(&loop->under_way, 1);
}

void pt__http_requests_free(pt__http_loop *loop) {
    pt__http_request *request = loop->idle;
    loop->idle = NULL;
    loop->idle_count = 0;
    while (request != NULL) {
        pt__http_request *next = request->next;
        destroy(request);
        request = next;
    }
}

/* ---- bodies ---- */

/* Moves the count of long bodies' bytes from one capacity to another; false: that is too many. */
static bool account(pt_server *server, size_t from, size_t to) {
    size_t before = from > PT__HTTP_BODY_BYTES_KEPT ? from : 0;
    size_t after = to > PT__HTTP_BODY_BYTES_KEPT ? to : 0;
    size_t sum = atomic_fetch_add(&server->bodies_bytes, after - before) + (after - before);
    if (sum > PT__HTTP_BODIES_BYTES_MAX && after > before) {
        atomic_fetch_sub(&server->bodies_bytes, after - before);
        return false;
    }
    return true;
}

/* Room for so many bytes in all; only what has arrived counts, whatever Content-Length promises. */
static bool reserve(pt__http_request *request, size_t bytes) {
    enum { FIRST = 4096 };
    size_t capacity = request->body_capacity < FIRST ? FIRST : request->body_capacity;
    while (capacity < bytes) {
        capacity *= 2;
    }
    if (capacity == request->body_capacity) {
        return true;
    }
    if (!account(request->server, request->body_capacity, capacity)) {
        return false;
    }
    uint8_t *body = realloc(request->body, capacity);
    if (body == NULL) {
        (void)account(request->server, capacity, request->body_capacity);
        return false;
    }
    request->body = body;
    request->body_capacity = capacity;
    return true;
}

/* Nothing is kept any more. */
static void refuse_body(pt__http_request *request, pt__http_body_state why) {
    size_t received = request->body_received;
    forget_body(request);
    request->body_received = received;
    request->body_state = why;
}

/* Keeps some of the body as the database gets it; the limit is on that. */
static bool keep(void *ctx, const uint8_t *data, size_t bytes) {
    pt__http_request *request = ctx;
    if (bytes > PT__HTTP_BODY_BYTES_MAX - request->body_bytes) {
        request->body_state = PT__HTTP_BODY_TOO_LARGE;
        return false;
    }
    if (!reserve(request, request->body_bytes + bytes)) {
        request->body_state = PT__HTTP_BODY_NO_MEMORY;
        return false;
    }
    memcpy(request->body + request->body_bytes, data, bytes);
    request->body_bytes += bytes;
    return true;
}

void pt__http_body_is(pt__http_request *request, pt__coding coding) {
    if (coding == PT__CODING_UNKNOWN) {
        request->body_state = PT__HTTP_BODY_MISCODED;
    } else if (coding != PT__CODING_NONE) {
        request->inflater = pt__inflater_create(coding);
        request->body_state =
            request->inflater == NULL ? PT__HTTP_BODY_NO_MEMORY : PT__HTTP_BODY_FINE;
    }
}

void pt__http_body_append(pt__http_request *request, const char *data, size_t bytes) {
    request->body_received += bytes;
    if (request->body_state != PT__HTTP_BODY_FINE) {
        return;
    }
    const uint8_t *from = (const uint8_t *)data;
    pt__inflated inflated = PT__INFLATED;
    if (request->inflater != NULL && request->server->credentials != NULL &&
        !pt__http_hash_sent(request, data, bytes)) {
        request->body_state = PT__HTTP_BODY_NO_MEMORY;
    } else if (request->inflater == NULL) {
        (void)keep(request, from, bytes);
    } else if (request->body_received > PT__HTTP_BODY_BYTES_MAX) {
        request->body_state = PT__HTTP_BODY_TOO_LARGE;
    } else {
        inflated = pt__inflate(request->inflater, from, bytes, keep, request);
    }
    if (inflated == PT__INFLATE_BAD || inflated == PT__INFLATE_NO_MEMORY) {
        request->body_state =
            inflated == PT__INFLATE_BAD ? PT__HTTP_BODY_MISCODED : PT__HTTP_BODY_NO_MEMORY;
    }
    if (request->body_state != PT__HTTP_BODY_FINE) {
        refuse_body(request, request->body_state);
    }
}

void pt__http_body_end(pt__http_request *request) {
    if (request->inflater != NULL && !pt__inflate_is_whole(request->inflater)) {
        refuse_body(request, PT__HTTP_BODY_MISCODED);
    }
}

/* ---- ids ---- */

static uint64_t rotate(uint64_t word, unsigned bits) {
    return word << bits | word >> (64 - bits);
}

/* xoshiro256++ by Blackman and Vigna, https://prng.di.unimi.it/. */
static uint64_t next_random(uint64_t state[4]) {
    uint64_t result = rotate(state[0] + state[3], 23) + state[0];
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return result;
}

void pt__http_request_id(pt__http_request *request, char id[PT__HTTP_ID_CHARACTERS + 1]) {
    enum { BITS = 5, CHARACTERS_PER_WORD = 12 };
    static const char characters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    uint64_t word = 0;
    for (size_t i = 0; i < PT__HTTP_ID_CHARACTERS; i++) {
        word = i % CHARACTERS_PER_WORD == 0 ? next_random(request->random) : word >> BITS;
        id[i] = characters[word & ((1u << BITS) - 1)];
    }
    id[PT__HTTP_ID_CHARACTERS] = '\0';
}
