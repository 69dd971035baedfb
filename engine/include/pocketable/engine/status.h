/*
 * Status codes, error details and byte views: what every other header of the engine uses.
 *
 * Every function that can fail returns a pte_status, 0 for success. What the code alone cannot say
 * goes into a pte_error of the caller's, which may be NULL. On failure outputs are empty.
 */
#ifndef POCKETABLE_ENGINE_STATUS_H
#define POCKETABLE_ENGINE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)
#define PTE_API __attribute__((visibility("default")))
#define PTE_CHECKED __attribute__((warn_unused_result))
#define PTE_PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define PTE_API
#define PTE_CHECKED
#define PTE_PRINTF(text, first)
#endif

/*
 * Every status once: X(name, number, text). Numbers are part of the ABI: new ones go to the end of
 * their group, none is ever used again.
 */
#define PTE_STATUS_MAP(X)                                                                          \
    X(OK, 0, "success")                                                                            \
    /* Not failures: the ends of walks and look-ups. */                                            \
    X(END, 1, "no more elements")                                                                  \
    X(PAGE_FULL, 2, "the page's item or byte limit is reached")                                    \
    X(NOT_FOUND, 3, "no such item")                                                                \
    /* The caller's input. */                                                                      \
    X(INVALID_ARGUMENT, 10, "invalid argument")                                                    \
    X(INVALID_SCHEMA, 11, "invalid table or index definition")                                     \
    X(TABLE_NOT_FOUND, 12, "no such table")                                                        \
    X(TABLE_EXISTS, 13, "the table exists already")                                                \
    X(TABLE_CHANGED, 14, "the table's definition has changed meanwhile")                           \
    X(INDEX_NOT_FOUND, 15, "no such index")                                                        \
    X(INDEX_EXISTS, 16, "the index exists already")                                                \
    X(INDEX_BACKFILLING, 17, "the index is not complete yet")                                      \
    X(KEY_MISSING, 18, "a key attribute is missing")                                               \
    X(KEY_TYPE, 19, "a key attribute has the wrong type")                                          \
    X(KEY_SIZE, 20, "a key attribute is too long")                                                 \
    X(KEY_EMPTY, 21, "a key attribute is empty")                                                   \
    X(KEY_CHANGED, 22, "an update must not change the key")                                        \
    X(INDEX_KEY_TYPE, 23, "an index key attribute has the wrong type")                             \
    X(INDEX_KEY_SIZE, 24, "an index key attribute is too long")                                    \
    X(INDEX_KEY_EMPTY, 25, "an index key attribute is empty")                                      \
    X(ITEM_TOO_LARGE, 26, "the item is larger than 400 KB")                                        \
    X(NESTING_TOO_DEEP, 27, "nested deeper than 32 levels")                                        \
    X(NUMBER_SYNTAX, 28, "not a decimal number")                                                   \
    X(NUMBER_OVERFLOW, 29, "number magnitude above 9.9999999999999999999999999999999999999E+125")  \
    X(NUMBER_UNDERFLOW, 30, "number magnitude below 1E-130")                                       \
    X(NUMBER_PRECISION, 31, "number has more than 38 significant digits")                          \
    X(INVALID_UTF8, 32, "not valid UTF-8")                                                         \
    X(DUPLICATE_NAME, 33, "an attribute name stands twice in one map")                             \
    X(DUPLICATE_ELEMENT, 34, "an element stands twice in one set")                                 \
    X(EMPTY_SET, 35, "a set must have an element")                                                 \
    X(DUPLICATE_ITEM, 36, "two operations of one transaction name the same item")                  \
    X(NAME_TOO_LONG, 37, "an attribute name is longer than 65,535 bytes")                          \
    X(START_OUTSIDE, 38, "the start key lies outside of the segment")                              \
    /* Refusals by the caller's own callbacks. */                                                  \
    X(CONDITION_FAILED, 50, "the condition does not hold")                                         \
    X(TRANSACTION_CANCELLED, 51,                                                                   \
      "the transaction was cancelled; see the status of each operation")                           \
    X(CALLBACK_FAILED, 52, "a callback of the caller failed")                                      \
    X(STOPPED, 53, "a progress callback of the caller asked to stop")                              \
    /* The machine and the database. */                                                            \
    X(OUT_OF_MEMORY, 70, "out of memory")                                                          \
    X(IO, 71, "input/output error")                                                                \
    X(DATABASE_FULL, 72, "the database's size limit or the disk is full")                          \
    X(READ_ONLY, 73, "the database is open for reading only")                                      \
    X(BUSY, 74, "in use")                                                                          \
    X(NOT_A_DATABASE, 75, "not a pocketable database")                                             \
    X(WRONG_VERSION, 76, "a database of another format version")                                   \
    X(CORRUPT, 77, "the database holds bytes that no version of this library writes")              \
    X(HASH_COLLISION, 78, "two partition keys have the same 128-bit hash")                         \
    X(LIMIT, 79, "a fixed limit of the engine is reached")

typedef enum pte_status {
#define PTE_STATUS_ENUM(name, number, text) PTE_##name = (number),
    PTE_STATUS_MAP(PTE_STATUS_ENUM)
#undef PTE_STATUS_ENUM
} pte_status;

enum { PTE_ERROR_MESSAGE_BYTES = 384 };

/*
 * The detail of a failure. The caller owns it and needs not clear it: a failing call fills all of
 * it; after a call that succeeded its content means nothing. One thread at a time.
 */
typedef struct pte_error {
    pte_status status;
    int os_error;    /* errno or LMDB's own code, 0 where neither is the cause */
    size_t position; /* which operation, attribute or byte is meant, from 0; 0 where none is */
    char message[PTE_ERROR_MESSAGE_BYTES]; /* one line, what was expected and what was found */
} pte_error;

/* The name of a status ("PTE_OK"), or "PTE_?" for a number that is none. Static; any thread. */
PTE_API const char *pte_status_name(pte_status status);

/* The text of a status ("success"), or "unknown status". Static; any thread. */
PTE_API const char *pte_status_text(pte_status status);

/*
 * Fills all of error (NULL is allowed) as the engine itself does, for callbacks that refuse: the
 * message is the status' text, ": ", and the rest in printf's words, cut off where the room ends;
 * os_error and position are 0. Returns status. Any thread.
 */
PTE_API pte_status pte_error_fill(pte_error *error, pte_status status, const char *format, ...)
    PTE_PRINTF(3, 4);

/*
 * A view of bytes that somebody else owns. Keys and strings contain zeros, so length counts.
 * data may be NULL only where len is 0.
 */
typedef struct pte_bytes {
    const uint8_t *data;
    size_t len;
} pte_bytes;

/* A view of a C string without its final zero; text must not be NULL. */
static inline pte_bytes pte_str(const char *text) {
    pte_bytes view = {(const uint8_t *)text, strlen(text)};
    return view;
}

static inline pte_bytes pte_view(const void *data, size_t len) {
    pte_bytes view = {(const uint8_t *)data, len};
    return view;
}

static inline bool pte_bytes_equal(pte_bytes a, pte_bytes b) {
    if (a.len != b.len || a.len == 0) {
        return a.len == b.len;
    }
    return a.data[0] == b.data[0] && memcmp(a.data, b.data, a.len) == 0; /* most differ there */
}

/* Order of unsigned bytes, a prefix before what it begins: below 0, 0 or above 0. */
static inline int pte_bytes_compare(pte_bytes a, pte_bytes b) {
    size_t shorter = a.len < b.len ? a.len : b.len;
    if (shorter != 0 && a.data[0] != b.data[0]) {
        return a.data[0] < b.data[0] ? -1 : 1;
    }
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/*
 * Where memory comes from. reallocate(ctx, NULL, 0, n) allocates, reallocate(ctx, p, old, 0) frees
 * and returns NULL, otherwise it resizes; it returns NULL on failure and leaves p as it was.
 * Called from any thread that calls the engine. LMDB's own few allocations use malloc.
 */
typedef struct pte_allocator {
    void *(*reallocate)(void *ctx, void *memory, size_t old_size, size_t new_size);
    void *ctx;
} pte_allocator;

#ifdef __cplusplus
}
#endif
#endif
