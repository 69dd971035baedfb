/*
 * BatchGetItem.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 * All keys are read in one snapshot, in the order of the request, and the items go from the map to
 * the answer without a copy between. What would make the answer too large is left unprocessed, and
 * so is everything behind it.
 */
#include "operation/batch.h"
#include "operation/operation.h"
#include "request/legacy.h"
#include "request/parameters.h"
#include "request/scalar_keys.h"
#include "value/attribute_value.h"

/* API_BatchGetItem: "up to 16 MB of data, which can contain as many as 100 items". */
enum { KEYS_MAX = 100, ANSWER_BYTES_MAX = 16 * 1024 * 1024 };

static const char *const EXPRESSIONS[] = {"ProjectionExpression", NULL};
static const char *const LEGACY[] = {"AttributesToGet", NULL};
static const pt__parameters PARAMETERS = {EXPRESSIONS, LEGACY};

/* One table of the request, as it is named there. */
typedef struct part {
    const pt__json *json;
    pt__table_use *use;
    pt__projection *projection; /* NULL: everything */
    size_t end;                 /* behind its last key; its first is where the part before ends */
} part;

/* On the stack of run; what it points to is in the arena. */
typedef struct batch {
    pt__call *call;
    pt__table_uses uses;
    part *parts;
    size_t part_count;
    pte_item *items; /* the keys, each as an item */
    pt__batch_key *keys;
    bool *again; /* the key is equal to one before */
    size_t key_count;
    size_t read_count; /* keys that have been read */
    size_t bytes;      /* of the items in the answer */
} batch;

static const pt__json *keys_of(const part *p) {
    return pt__json_member(p->json, "Keys");
}

/* ---- what the request says by itself ---- */

/* The shape has required Keys of each table that is not null. */
static pt__exception count_keys(batch *b, const pt__json *tables) {
    for (const pt__json *table = tables->first; table != NULL; table = table->next) {
        const pt__json *keys = pt__json_member(table, "Keys");
        if (keys == NULL) {
            return pt__refuse(&b->call->failure, PT__VALIDATION,
                              "1 validation error detected: Value null at "
                              "'requestItems.%.*s.member.keys' failed to satisfy constraint: "
                              "Member must not be null",
                              PT__SHOW(table->name));
        }
        b->key_count += keys->count;
    }
    return b->key_count <= KEYS_MAX ? PT__OK
                                    : pt__refuse(&b->call->failure, PT__VALIDATION,
                                                 "Too many items requested for the BatchGetItem "
                                                 "call");
}

static pt__exception make_room(batch *b, size_t part_count) {
    pte__arena *arena = &b->call->arena;
    b->parts = pte__arena_alloc(arena, part_count * sizeof *b->parts);
    b->items = pte__arena_alloc(arena, b->key_count * sizeof *b->items);
    b->keys = pte__arena_alloc(arena, b->key_count * sizeof *b->keys);
    b->again = pte__arena_alloc(arena, b->key_count * sizeof *b->again);
    return b->parts != NULL && b->items != NULL && b->keys != NULL && b->again != NULL
               ? PT__OK
               : pt__refuse_memory(&b->call->failure);
}

/* Whether two AttributeValues are the same text of the same type. */
static bool same_text(const pt__json *a, const pt__json *b) {
    return a != NULL && b != NULL && a->count == 1 && b->count == 1 &&
           a->first->type == PT__JSON_STRING && b->first->type == PT__JSON_STRING &&
           pte_bytes_equal(a->first->name, b->first->name) &&
           pte_bytes_equal(a->first->text, b->first->text);
}

/* As measured on the service, keys are compared as they are written: 1000 is not 1e3. What has more
 * attributes than a key is refused later. */
static bool same_keys(const pt__json *a, const pt__json *b) {
    if (a->count != b->count || a->count == 0 || a->count > 2) {
        return false;
    }
    for (const pt__json *member = a->first; member != NULL; member = member->next) {
        if (!same_text(member, pt__json_member_bytes(b, member->name))) {
            return false;
        }
    }
    return true;
}

static pt__exception read_keys(batch *b, const pt__json *keys, size_t at) {
    for (const pt__json *key = keys->first; key != NULL; key = key->next) {
        pt__exception exception = pt__key_item_decode(&b->items[at++], b->call, key);
        if (exception != PT__OK) {
            return exception;
        }
        for (const pt__json *before = keys->first; before != key; before = before->next) {
            if (same_keys(before, key)) {
                return pt__batch_refuse_duplicates(b->call);
            }
        }
    }
    return PT__OK;
}

static pt__exception read_part(batch *b, const pt__json *json, size_t at) {
    part *p = &b->parts[b->part_count++];
    const pt__json *text = pt__json_member(json, "ProjectionExpression");
    pt__expressions expressions;
    *p = (part){.json = json, .end = at + pt__json_member(json, "Keys")->count};
    pt__exception exception = pt__placeholders_read_in(&expressions, b->call, json, &PARAMETERS);
    if (exception == PT__OK) {
        exception = read_keys(b, keys_of(p), at);
    }
    if (exception == PT__OK && text != NULL) {
        exception = pt__projection_compile(&p->projection, &expressions, text->text);
    } else if (exception == PT__OK) {
        exception = pt__legacy_projection(&p->projection, b->call, json);
    }
    return exception == PT__OK ? pt__expressions_all_used(&expressions) : exception;
}

/* The tables' parts are one request (so says DynamoDB Local; the documentation does not). */
static pt__exception check_parameters(const batch *b, const pt__json *tables) {
    bool names = false;
    bool expressions = false;
    for (const pt__json *table = tables->first; table != NULL; table = table->next) {
        names = names || pt__json_member(table, "AttributesToGet") != NULL;
        expressions = expressions || pt__json_member(table, "ProjectionExpression") != NULL;
    }
    return names && expressions
               ? pt__refuse_mixed(b->call, "AttributesToGet", "ProjectionExpression")
               : PT__OK;
}

static pt__exception read_request(batch *b) {
    const pt__json *tables = pt__json_member(b->call->body, "RequestItems");
    size_t at = 0;
    pt__exception exception = count_keys(b, tables);
    if (exception == PT__OK) {
        exception = make_room(b, tables->count);
    }
    if (exception == PT__OK) {
        exception = check_parameters(b, tables);
    }
    for (const pt__json *table = tables->first; table != NULL && exception == PT__OK;
         table = table->next) {
        exception = read_part(b, table, at);
        at = b->parts[b->part_count - 1].end;
    }
    return exception;
}

/* ---- against the tables ---- */

/* A key that is equal to one before is not read again; that is allowed only within one part, so
 * that each part answers for its keys. */
static pt__exception check_key(batch *b, const part *p, size_t at, size_t first) {
    pt__key key;
    pt__exception exception = pt__key_check(&key, b->call, &p->use->table, &b->items[at]);
    if (exception != PT__OK) {
        return exception;
    }
    b->keys[at] = (pt__batch_key){p->use, key.key};
    const pt__batch_key *before = pt__batch_key_find(b->keys, at, &b->keys[at]);
    b->again[at] = before != NULL;
    return before == NULL || before >= &b->keys[first] ? PT__OK
                                                       : pt__batch_refuse_duplicates(b->call);
}

static pt__exception find_tables(batch *b) {
    pt__exception exception = PT__OK;
    for (size_t i = 0, at = 0; i < b->part_count && exception == PT__OK; i++) {
        part *p = &b->parts[i];
        size_t first = at;
        exception = pt__table_use_find(&p->use, &b->uses, b->call, p->json->name);
        for (; at < p->end && exception == PT__OK; at++) {
            exception = check_key(b, p, at, first);
        }
        if (exception == PT__OK) {
            exception =
                pt__scalar_keys_in_projection(&b->call->failure, &p->use->table, p->projection);
        }
    }
    return exception;
}

/* ---- the answer ---- */

/* *full: the item would make the answer too large. CapacityUnitCalculations: each item of a batch
 * is rounded on its own. */
static pt__exception read_one(bool *full, batch *b, const part *p, size_t at) {
    pt__call *call = b->call;
    pte_item item = {.size_bytes = 0};
    pte_error error;
    pte_status status =
        pte_read_item(&item, call->read, p->use->table.engine_name, &b->keys[at].key, &error);
    if (status != PTE_OK && status != PTE_NOT_FOUND) {
        return pt__refuse_engine(&call->failure, status, &error);
    }
    if (status == PTE_NOT_FOUND) {
        item.size_bytes = 0;
    }
    if (b->bytes + item.size_bytes > ANSWER_BYTES_MAX) {
        *full = true;
        return PT__OK;
    }
    b->bytes += item.size_bytes;
    p->use->charge->read_halves +=
        pt__read_halves(item.size_bytes, pt__json_boolean(p->json, "ConsistentRead", false));
    if (status == PTE_OK) {
        pt__projection_encode(&call->out, p->projection, &item);
    }
    return PT__OK;
}

static pt__exception encode_items(batch *b) {
    pt__out *out = &b->call->out;
    pt__exception exception = PT__OK;
    bool full = false;
    pt__out_name(out, "Responses");
    pt__out_object(out);
    for (size_t i = 0; i < b->part_count && exception == PT__OK; i++) {
        const part *p = &b->parts[i];
        pt__out_name_bytes(out, p->json->name);
        pt__out_array(out);
        while (b->read_count < p->end && !full && exception == PT__OK) {
            if (!b->again[b->read_count]) {
                exception = read_one(&full, b, p, b->read_count);
            }
            b->read_count += !full;
        }
        pt__out_array_end(out);
    }
    pt__out_object_end(out);
    return exception;
}

/* What the client sends again as it is. */
static void encode_parameters(pt__out *out, const pt__json *json) {
    const pt__json *text = pt__json_member(json, "ProjectionExpression");
    const pt__json *names = pt__json_member(json, "ExpressionAttributeNames");
    const pt__json *attributes = pt__json_member(json, "AttributesToGet");
    if (attributes != NULL) {
        pt__out_name(out, "AttributesToGet");
        pt__out_array(out);
        for (const pt__json *name = attributes->first; name != NULL; name = name->next) {
            pt__out_string(out, name->text);
        }
        pt__out_array_end(out);
    }
    if (pt__json_member(json, "ConsistentRead") != NULL) {
        pt__out_name(out, "ConsistentRead");
        pt__out_boolean(out, pt__json_boolean(json, "ConsistentRead", false));
    }
    if (text != NULL) {
        pt__out_member_string(out, "ProjectionExpression", text->text);
    }
    if (names != NULL) {
        pt__out_name(out, "ExpressionAttributeNames");
        pt__out_object(out);
        for (const pt__json *name = names->first; name != NULL; name = name->next) {
            pt__out_name_bytes(out, name->name);
            pt__out_string(out, name->text);
        }
        pt__out_object_end(out);
    }
}

static void encode_left(const batch *b) {
    pt__out *out = &b->call->out;
    size_t at = b->read_count;
    pt__out_name(out, "UnprocessedKeys");
    pt__out_object(out);
    for (size_t i = 0; i < b->part_count; i++) {
        const part *p = &b->parts[i];
        if (p->end <= at) {
            continue;
        }
        pt__out_name_bytes(out, p->json->name);
        pt__out_object(out);
        pt__out_name(out, "Keys");
        pt__out_array(out);
        for (; at < p->end; at++) {
            if (!b->again[at]) {
                pt__item_encode(out, &b->items[at]);
            }
        }
        pt__out_array_end(out);
        encode_parameters(out, p->json);
        pt__out_object_end(out);
    }
    pt__out_object_end(out);
}

static pt__exception run(pt__call *call) {
    batch b = {.call = call};
    pt__call_prefix_errors(call, true);
    pt__exception exception = read_request(&b);
    if (exception == PT__OK) {
        exception = find_tables(&b);
    }
    if (exception != PT__OK) {
        return exception;
    }
    pt__out_object(&call->out);
    exception = encode_items(&b);
    if (exception == PT__OK) {
        encode_left(&b);
        pt__table_uses_encode_capacity(call, &b.uses, false);
        pt__out_object_end(&call->out);
    }
    return exception;
}

const pt__operation pt__batch_get_item_operation = {"BatchGetItem", run, NULL};
