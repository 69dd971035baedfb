/*
 * A hash set of what is under way: open addressing with linear probing, never more than half full,
 * kept without tombstones by closing the gap behind what is taken out. One mutex guards all of it.
 */
#include "request/in_flight.h"

#include "base/checked.h"

#include <pthread.h>
#include <xxhash.h>

enum { SLOTS_MIN = 256 };

typedef struct slot {
    pt__in_flight_id id;
    uint32_t writes;  /* how many that are no transactions */
    bool transaction; /* at most one: another is refused */
} slot;

struct pt__in_flight {
    pte_allocator allocator;
    pthread_mutex_t mutex; /* guards what follows */
    slot *slots;
    size_t slot_count; /* a power of two */
    size_t used;
};

pt__in_flight *pt__in_flight_create(const pte_allocator *allocator) {
    pt__in_flight *made = pte__alloc(allocator, sizeof *made);
    if (made == NULL) {
        return NULL;
    }
    *made = (pt__in_flight){.allocator = *allocator};
    if (pthread_mutex_init(&made->mutex, NULL) != 0) {
        pte__free(allocator, made, sizeof *made);
        return NULL;
    }
    return made;
}

void pt__in_flight_destroy(pt__in_flight *in_flight) {
    if (in_flight == NULL) {
        return;
    }
    pte_allocator allocator = in_flight->allocator;
    pthread_mutex_destroy(&in_flight->mutex);
    pte__free(&allocator, in_flight->slots, in_flight->slot_count * sizeof(slot));
    pte__free(&allocator, in_flight, sizeof *in_flight);
}

/* ---- ids ---- */

static pt__in_flight_id mix(pt__in_flight_id id, pte_bytes bytes, uint64_t tag) {
    XXH128_hash_t part = XXH3_128bits_withSeed(bytes.data, bytes.len, tag);
    uint64_t both[4] = {id.high, id.low, part.high64, part.low64};
    XXH128_hash_t hash = XXH3_128bits(both, sizeof both);
    return (pt__in_flight_id){hash.high64, hash.low64};
}

pt__in_flight_id pt__in_flight_item(const pt__table *table, const pte_key *key) {
    pt__in_flight_id id = {table->info->id, 1};
    id = mix(id, key->hash.bytes, key->hash.type);
    return key->range.type == PTE_TYPE_NONE ? id : mix(id, key->range.bytes, key->range.type);
}

pt__in_flight_id pt__in_flight_token(pte_bytes token_key) {
    return mix((pt__in_flight_id){0, 2}, token_key, 0);
}

/* ---- slots ---- */

static bool is_free(const slot *s) {
    return s->writes == 0 && !s->transaction;
}

static size_t home_of(const pt__in_flight *f, pt__in_flight_id id) {
    return (size_t)id.low & (f->slot_count - 1);
}

/* The slot of the id, or the free one where it would be. There are slots. */
static slot *find(const pt__in_flight *f, pt__in_flight_id id) {
    size_t at = home_of(f, id);
    while (!is_free(&f->slots[at]) &&
           (f->slots[at].id.high != id.high || f->slots[at].id.low != id.low)) {
        at = (at + 1) & (f->slot_count - 1);
    }
    return &f->slots[at];
}

/* Makes room for more ids. False without memory; all is as before then. */
static bool reserve(pt__in_flight *f, size_t more) {
    size_t count = f->slot_count == 0 ? SLOTS_MIN : f->slot_count;
    while (count / 2 < f->used + more) {
        count *= 2;
    }
    if (count == f->slot_count) {
        return true;
    }
    size_t size;
    slot *slots =
        pte__multiply(&size, count, sizeof *slots) ? pte__alloc(&f->allocator, size) : NULL;
    if (slots == NULL) {
        return false;
    }
    memset(slots, 0, size);
    pt__in_flight old = *f;
    f->slots = slots;
    f->slot_count = count;
    for (size_t i = 0; i < old.slot_count; i++) {
        if (!is_free(&old.slots[i])) {
            *find(f, old.slots[i].id) = old.slots[i];
        }
    }
    pte__free(&f->allocator, old.slots, old.slot_count * sizeof *old.slots);
    return true;
}

static void add(pt__in_flight *f, pt__in_flight_id id, bool transaction) {
    slot *s = find(f, id);
    f->used += is_free(s);
    s->id = id;
    s->transaction = s->transaction || transaction;
    s->writes += !transaction;
}

/* Moves what comes behind a freed slot forward, so that searches do not stop at the gap. */
static void close_gap(pt__in_flight *f, size_t gap) {
    size_t mask = f->slot_count - 1;
    for (size_t at = (gap + 1) & mask; !is_free(&f->slots[at]); at = (at + 1) & mask) {
        size_t home = home_of(f, f->slots[at].id);
        if (((at - home) & mask) >= ((at - gap) & mask)) {
            f->slots[gap] = f->slots[at];
            f->slots[at] = (slot){.writes = 0};
            gap = at;
        }
    }
}

static void take_out(pt__in_flight *f, pt__in_flight_id id, bool transaction) {
    slot *s = find(f, id);
    if (is_free(s)) {
        return; /* two items of one transaction had the same id */
    }
    s->writes -= !transaction;
    s->transaction = s->transaction && !transaction;
    if (is_free(s)) {
        f->used--;
        close_gap(f, (size_t)(s - f->slots));
    }
}

/* ---- calls ---- */

/* Marks those that a running transaction has. */
static bool find_conflicts(const pt__in_flight *f, bool *in_the_way, const pt__in_flight_id *ids,
                           size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        bool conflict = find(f, ids[i])->transaction;
        any = any || conflict;
        if (in_the_way != NULL) {
            in_the_way[i] = conflict;
        }
    }
    return any;
}

pt__exception pt__in_flight_enter(bool *conflict, bool *in_the_way, pt__call *call,
                                  pt__in_flight_kind kind, const pt__in_flight_id *ids,
                                  size_t count) {
    pt__in_flight *f = call->in_flight;
    *conflict = false;
    if (f == NULL) {
        return PT__OK;
    }
    pthread_mutex_lock(&f->mutex);
    bool room = reserve(f, count);
    if (room && kind != PT__IN_FLIGHT_BATCH) {
        *conflict = find_conflicts(f, in_the_way, ids, count);
    }
    if (room && !*conflict) {
        for (size_t i = 0; i < count; i++) {
            add(f, ids[i], kind == PT__IN_FLIGHT_TRANSACTION);
        }
        call->held = ids;
        call->held_count = count;
        call->held_by_transaction = kind == PT__IN_FLIGHT_TRANSACTION;
    }
    pthread_mutex_unlock(&f->mutex);
    return room ? PT__OK : pt__refuse_memory(&call->failure);
}

bool pt__in_flight_written(const pt__call *call, pt__in_flight_id id) {
    pt__in_flight *f = call->in_flight;
    if (f == NULL) {
        return false;
    }
    pthread_mutex_lock(&f->mutex);
    bool written = f->slot_count != 0 && !is_free(find(f, id));
    pthread_mutex_unlock(&f->mutex);
    return written;
}

pt__exception pt__in_flight_enter_write(pt__call *call, const pt__table *table,
                                        const pte_key *key) {
    bool conflict;
    if (call->in_flight == NULL) {
        return PT__OK;
    }
    pt__in_flight_id *id = pte__arena_alloc(&call->arena, sizeof *id);
    if (id == NULL) {
        return pt__refuse_memory(&call->failure);
    }
    *id = pt__in_flight_item(table, key);
    pt__exception exception =
        pt__in_flight_enter(&conflict, NULL, call, PT__IN_FLIGHT_WRITE, id, 1);
    /* API_PutItem, TransactionConflictException */
    return exception == PT__OK && conflict ? pt__refuse(&call->failure, PT__TRANSACTION_CONFLICT,
                                                        "Transaction is ongoing for the item")
                                           : exception;
}

void pt__in_flight_release(pt__call *call) {
    pt__in_flight *f = call->in_flight;
    if (call->held_count == 0) {
        return;
    }
    pthread_mutex_lock(&f->mutex);
    for (size_t i = 0; i < call->held_count; i++) {
        take_out(f, call->held[i], call->held_by_transaction);
    }
    pthread_mutex_unlock(&f->mutex);
    call->held = NULL;
    call->held_count = 0;
}
