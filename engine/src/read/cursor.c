/* Cursors: a page of a query or scan, item by item. */
#include "read/range.h"
#include "read/read.h"

#include "base/endian.h"
#include "store/lmdb_error.h"
#include "table/image.h"

struct pte_cursor {
    pte_cursor *next; /* among the open or the idle ones */
    pte_read *read;
    pte__schema *schema; /* a reference of its own, as many tables may be asked for */
    const pte__index *index;
    pte__tree_cursor tree_cursor;
    pte__db db; /* that tree_cursor is of */
    pte__range range;
    uint64_t upper_head; /* of range.upper, once begun */
    bool descending;
    bool begun;
    bool ended;
    size_t items_max;
    size_t bytes_max;
    size_t items;
    size_t bytes;
    pte_item last; /* given */
    /* Queries: the hash values that every item must have, as they are stored. */
    size_t hash_count;
    pte_bytes prefix; /* their bytes in the items given so far; a view of one */
    pte_bytes hash[PTE_KEY_ATTRIBUTES_MAX];
    uint8_t hash_bytes[PTE_KEY_ATTRIBUTES_MAX][PTE_HASH_KEY_BYTES_MAX];
};

_Static_assert((int)PTE_HASH_KEY_BYTES_MAX >= (int)PTE_NUMBER_TEXT_MAX, "a number's text fits too");

void pte__cursors_free(pte_read *read) {
    while (read->idle_cursors != NULL) {
        pte_cursor *cursor = read->idle_cursors;
        read->idle_cursors = cursor->next;
        pte__tree_cursor_clean_up(&cursor->tree_cursor);
        pte__free(&read->env->store.allocator, cursor, sizeof *cursor);
    }
}

/* An idle cursor on that sub-database, or a new one; {0} but for what is kept. */
static pte_status take_cursor(pte_cursor **out, pte_read *read, pte__db db, pte_error *error) {
    pte_cursor **place = &read->idle_cursors;
    while (*place != NULL && (*place)->db != db) {
        place = &(*place)->next;
    }
    pte_cursor *cursor = *place;
    if (cursor != NULL) {
        *place = cursor->next;
    } else {
        cursor = pte__alloc(&read->env->store.allocator, sizeof *cursor);
        if (cursor == NULL) {
            return pte__fail_memory(error);
        }
        memset(&cursor->tree_cursor, 0, sizeof cursor->tree_cursor);
        cursor->db = db;
    }
    cursor->next = read->open_cursors;
    read->open_cursors = cursor;
    cursor->read = read;
    cursor->schema = NULL;
    cursor->begun = false;
    cursor->ended = false;
    cursor->items = 0;
    cursor->bytes = 0;
    cursor->last = (pte_item){0};
    cursor->hash_count = 0;
    cursor->prefix = (pte_bytes){0};
    *out = cursor;
    pte__tree tree = pte__read_tree(read, db);
    int rc = pte__tree_cursor_open(&cursor->tree_cursor, &tree);
    return rc == 0 ? PTE_OK : pte__fail_lmdb(error, rc, "opening a cursor");
}

/* From the open ones to the idle ones; place is where it hangs among the open. */
static void put_away(pte_cursor **place) {
    pte_cursor *cursor = *place;
    *place = cursor->next;
    pte__schema_release(cursor->schema);
    cursor->schema = NULL;
    cursor->next = cursor->read->idle_cursors;
    cursor->read->idle_cursors = cursor;
}

void pte__cursors_close(pte_read *read) {
    while (read->open_cursors != NULL) {
        put_away(&read->open_cursors);
    }
}

void pte_cursor_close(pte_cursor *cursor) {
    if (cursor == NULL) {
        return;
    }
    pte_cursor **place = &cursor->read->open_cursors;
    while (*place != NULL && *place != cursor) {
        place = &(*place)->next;
    }
    if (*place != NULL) {
        put_away(place);
    }
}

/* Finds table and index and takes a cursor for them. */
static pte_status open_on(pte_cursor **cursor, pte_read *read, pte_bytes table, pte_bytes index,
                          pte_error *error) {
    pte__schema *schema;
    pte_status status = pte__read_schema(&schema, read, table, error);
    if (status != PTE_OK) {
        return status;
    }
    const pte__index *found = NULL;
    if (index.len != 0) {
        found = pte__schema_index(schema, index);
        if (found == NULL) {
            return pte__fail(error, PTE_INDEX_NOT_FOUND, "\"%.*s\" of table \"%.*s\"",
                             PTE__SHOW(index), PTE__SHOW(table));
        }
        if (found->info->state != PTE_INDEX_ACTIVE) {
            return pte__fail(error, PTE_INDEX_BACKFILLING, "\"%.*s\" of table \"%.*s\"",
                             PTE__SHOW(index), PTE__SHOW(table));
        }
    }
    status = take_cursor(cursor, read, found != NULL ? PTE__DB_INDEX : PTE__DB_ITEMS, error);
    if (status == PTE_OK) {
        (*cursor)->schema = pte__schema_reference(schema);
        (*cursor)->index = found;
    }
    return status;
}

static pte_status start_after(pte_cursor *cursor, const pte_item *start, pte_error *error) {
    if (start == NULL) {
        return PTE_OK;
    }
    cursor->read->arena_used = true;
    return pte__range_start_after(&cursor->range, &cursor->read->arena, cursor->schema,
                                  cursor->index, cursor->read->env->store.hash_secret, start,
                                  cursor->descending, error);
}

/* The same within a segment, whose ends the range has. */
static pte_status start_scan_after(pte_cursor *cursor, const pte_item *start, pte_error *error) {
    if (start == NULL) {
        return PTE_OK;
    }
    pte__range *range = &cursor->range;
    pte__key segment_start = range->lower;
    pte_status status = start_after(cursor, start, error);
    if (status != PTE_OK) {
        return status;
    }
    /* A start key of the segment has moved the lower end up, and not beyond the upper one. */
    bool inside =
        pte_bytes_compare(pte__key_view(&range->lower), pte__key_view(&segment_start)) > 0 &&
        pte_bytes_compare(pte__key_view(&range->lower), pte__key_view(&range->upper)) <= 0;
    return inside ? PTE_OK
                  : pte__fail(error, PTE_START_OUTSIDE, "exclusive_start is of another segment");
}

/* Copies the hash values as stored items have them. They were checked before. */
static pte_status keep_hash(pte_cursor *cursor, const pte_query *query, pte_error *error) {
    for (size_t i = 0; i < query->hash_count; i++) {
        char text[PTE_NUMBER_TEXT_MAX];
        pte_bytes stored;
        pte_status status = pte__scalar_stored(&stored, text, query->hash[i], error);
        if (status != PTE_OK) {
            return status;
        }
        memcpy(cursor->hash_bytes[i], stored.data, stored.len);
        cursor->hash[i] = (pte_bytes){cursor->hash_bytes[i], stored.len};
    }
    cursor->hash_count = query->hash_count;
    return PTE_OK;
}

static pte_status open_query(pte_cursor **out, pte_read *read, const pte_query *query,
                             pte_error *error) {
    pte_status status = open_on(out, read, query->table, query->index, error);
    if (status != PTE_OK) {
        return status;
    }
    pte_cursor *cursor = *out;
    cursor->descending = query->descending;
    cursor->items_max = query->items_max;
    cursor->bytes_max = query->bytes_max;
    status = pte__range_of_query(&cursor->range, cursor->schema, cursor->index,
                                 read->env->store.hash_secret, query, error);
    if (status == PTE_OK) {
        status = keep_hash(cursor, query, error);
    }
    return status == PTE_OK ? start_after(cursor, query->exclusive_start, error) : status;
}

static pte_status open_scan(pte_cursor **out, pte_read *read, const pte_scan *scan,
                            pte_error *error) {
    enum { SEGMENTS_MAX = 1000000 };
    uint32_t segment_count = scan->segment_count == 0 ? 1 : scan->segment_count;
    if (segment_count > SEGMENTS_MAX || scan->segment >= segment_count) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "a segment below %u of at most %d was expected, %u of %u was found",
                         (unsigned)segment_count, (int)SEGMENTS_MAX, (unsigned)scan->segment,
                         (unsigned)scan->segment_count);
    }
    pte_status status = open_on(out, read, scan->table, scan->index, error);
    if (status != PTE_OK) {
        return status;
    }
    pte_cursor *cursor = *out;
    cursor->descending = false;
    cursor->items_max = scan->items_max;
    cursor->bytes_max = scan->bytes_max;
    uint32_t id = cursor->index != NULL ? cursor->index->info->id : cursor->schema->info.id;
    pte__range_of_segment(&cursor->range, id, scan->segment, segment_count);
    return start_scan_after(cursor, scan->exclusive_start, error);
}

static pte_status close_failed(pte_cursor **cursor, pte_status status) {
    if (status != PTE_OK) {
        pte_cursor_close(*cursor);
        *cursor = NULL;
    }
    return status;
}

pte_status pte_query_open(pte_cursor **cursor, pte_read *read, const pte_query *query,
                          pte_error *error) {
    if (cursor != NULL) {
        *cursor = NULL;
    }
    if (cursor == NULL || read == NULL || query == NULL ||
        query->hash_count > PTE_KEY_ATTRIBUTES_MAX) {
        return pte__fail(error, PTE_INVALID_ARGUMENT,
                         "cursor, read and query must not be NULL, hash_count at most %d",
                         (int)PTE_KEY_ATTRIBUTES_MAX);
    }
    return close_failed(cursor, open_query(cursor, read, query, error));
}

pte_status pte_scan_open(pte_cursor **cursor, pte_read *read, const pte_scan *scan,
                         pte_error *error) {
    if (cursor != NULL) {
        *cursor = NULL;
    }
    if (cursor == NULL || read == NULL || scan == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "cursor, read and scan must not be NULL");
    }
    return close_failed(cursor, open_scan(cursor, read, scan, error));
}

/* The first eight bytes, zeros for those that are not there. Keys whose heads differ compare as the
 * heads do. */
static inline uint64_t head_of(pte_bytes key) {
    uint8_t head[sizeof(uint64_t)] = {0};
    if (PTE__LIKELY(key.len >= sizeof head)) {
        return pte__get_u64(key.data);
    }
    memcpy(head, key.data, key.len);
    return pte__get_u64(head);
}

/* Whether the key that the walk has come to is of the range; in its direction, what went before
 * was. */
static inline bool is_inside(const pte_cursor *cursor) {
    const pte_bytes key = cursor->tree_cursor.key;
    if (PTE__UNLIKELY(cursor->descending)) {
        return pte_bytes_compare(key, pte__key_view(&cursor->range.lower)) >= 0;
    }
    uint64_t head = head_of(key);
    return head != cursor->upper_head
               ? head < cursor->upper_head
               : pte_bytes_compare(key, pte__key_view(&cursor->range.upper)) < 0;
}

/* To the first key of the range, in the cursor's direction. */
static int move_first(pte_cursor *cursor) {
    cursor->begun = true;
    cursor->upper_head = head_of(pte__key_view(&cursor->range.upper));
    return cursor->descending
               ? pte__tree_cursor_seek_before(&cursor->tree_cursor,
                                              pte__key_view(&cursor->range.upper))
               : pte__tree_cursor_seek(&cursor->tree_cursor, pte__key_view(&cursor->range.lower));
}

/* Moves to the next key of the range; END behind the last. */
static inline pte_status move(pte_cursor *cursor, pte_error *error) {
    pte__tree_cursor *walk = &cursor->tree_cursor;
    int rc = PTE__UNLIKELY(!cursor->begun) ? move_first(cursor)
             : cursor->descending          ? pte__tree_cursor_previous(walk)
                                           : pte__tree_cursor_next(walk);
    if (PTE__UNLIKELY(rc != 0)) {
        return rc == MDB_NOTFOUND ? PTE_END : pte__fail_lmdb(error, rc, "reading a range");
    }
    return is_inside(cursor) ? PTE_OK : PTE_END;
}

/* Whether a limit keeps the item from the page; the first is always given. */
static inline bool page_is_full(const pte_cursor *cursor, const pte_item *item) {
    return cursor->bytes_max != 0 && cursor->items != 0 &&
           cursor->bytes + item->size_bytes > cursor->bytes_max;
}

/* Whether an item is of the query's partition, and not of another with the same hash. */
static inline bool is_of_partition(pte_cursor *cursor, const pte_item *item) {
    if (cursor->hash_count == 0 ||
        (cursor->prefix.len != 0 && pte__image_has_prefix(item, cursor->prefix))) {
        return true;
    }
    return pte__image_begins_with(item, cursor->hash, cursor->hash_count, &cursor->prefix);
}

static inline pte_status next(pte_item *item, pte_cursor *cursor, pte_error *error) {
    pte_status status;
    if (cursor->items_max != 0 && cursor->items >= cursor->items_max) {
        return PTE_PAGE_FULL;
    }
    do {
        status = move(cursor, error);
        if (status == PTE_OK) {
            status = pte__image_item(item, cursor->tree_cursor.value, error);
        }
    } while (status == PTE_OK && PTE__UNLIKELY(!is_of_partition(cursor, item)));
    return status == PTE_OK && page_is_full(cursor, item) ? PTE_PAGE_FULL : status;
}

pte_status pte_cursor_next(pte_item *item, pte_cursor *cursor, pte_error *error) {
    if (item == NULL || cursor == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "item and cursor must not be NULL");
    }
    pte_status status = cursor->ended ? PTE_END : next(item, cursor, error);
    if (PTE__UNLIKELY(status != PTE_OK)) {
        *item = (pte_item){0};
        cursor->ended = true;
        if (status == PTE_PAGE_FULL) {
            cursor->ended = false;
            cursor->items_max = cursor->items; /* the page stays full */
        }
        return status;
    }
    cursor->items++;
    cursor->bytes += item->size_bytes;
    cursor->last = *item;
    return PTE_OK;
}

size_t pte_cursor_items(const pte_cursor *cursor) {
    return cursor != NULL ? cursor->items : 0;
}

size_t pte_cursor_bytes(const pte_cursor *cursor) {
    return cursor != NULL ? cursor->bytes : 0;
}

pte_status pte_cursor_key(pte_builder *builder, const pte_cursor *cursor, pte_error *error) {
    if (builder == NULL || cursor == NULL) {
        return pte__fail(error, PTE_INVALID_ARGUMENT, "builder and cursor must not be NULL");
    }
    pte_builder_reset(builder);
    if (cursor->items == 0) {
        return pte__fail(error, PTE_NOT_FOUND, "the cursor has not given an item yet");
    }
    const pte__leading *leading =
        cursor->index != NULL ? &cursor->index->leading : &cursor->schema->leading;
    /* Stored items begin with their key attributes. */
    pte_iter iter;
    pte_status status = pte_item_iterate(&iter, &cursor->last, error);
    for (size_t i = 0; i < leading->count && status == PTE_OK; i++) {
        pte_bytes name;
        pte_value value;
        status = pte_iter_next(&iter, &name, &value, error);
        if (status == PTE_OK) {
            pte_builder_name(builder, name);
            pte_builder_value(builder, &value);
        }
    }
    return status == PTE_END ? pte__fail(error, PTE_CORRUPT, "a stored item lacks its key")
                             : status;
}
