/*
 * A copy of the sample, opened with LMDB alone to be damaged, and what the checker then says of it.
 *
 *     damaged d;
 *     damaged_open(&d);
 *     ... raw_put, raw_delete ...
 *     damaged_check(&d);
 *     damaged_expect(&d, "what a line of the checker's contains", "and this", NULL);
 *     damaged_close(&d);
 */
#ifndef TESTS_CHECK_DAMAGED_H
#define TESTS_CHECK_DAMAGED_H

#include "sample.h"
#include "support/support.h"

#include "store/store.h"

enum { DAMAGED_LINES_MAX = 4000 };

typedef struct damaged {
    const sample_ids *ids;
    char *path;
    MDB_env *lmdb; /* until damaged_check */
    MDB_txn *txn;
    MDB_dbi dbi[PTE__DB_COUNT];
    pte_check_report report;
    char *lines[DAMAGED_LINES_MAX]; /* the checker's */
    size_t line_count;
} damaged;

/* For cmocka's group: make the sample, and remove it. */
int damaged_group_setup(void **state);
int damaged_group_teardown(void **state);

void damaged_open(damaged *d);
/* Commits the damage and runs the checker. Each line must be printable, and counted. */
void damaged_check(damaged *d);
/* Opens what damaged_check has left, to be damaged further. */
void damaged_reopen(damaged *d);
void damaged_close(damaged *d);

/* Ends the test unless one line contains all the texts; the last one is NULL. */
void damaged_expect(const damaged *d, ...);
/* Ends the test unless there are so many lines. */
void damaged_expect_lines(const damaged *d, size_t count);

/* An entry, copied. */
typedef struct raw_entry {
    size_t key_len;
    size_t value_len;
    uint8_t key[511];
    uint8_t value[4096];
} raw_entry;

/*
 * The first entry of a sub-database whose key begins with prefix and whose key or value contains
 * text (empty: any). raw_find ends the test if there is none.
 */
bool raw_search(damaged *d, pte__db db, pte_bytes prefix, pte_bytes text, raw_entry *entry);
void raw_find(damaged *d, pte__db db, pte_bytes prefix, const char *text, raw_entry *entry);
/* The same with an id as the prefix. */
void raw_find_of(damaged *d, pte__db db, uint32_t id, const char *text, raw_entry *entry);

void raw_put(damaged *d, pte__db db, pte_bytes key, pte_bytes value);
void raw_delete(damaged *d, pte__db db, pte_bytes key);
/* Puts the entry as it is now. */
void raw_store(damaged *d, pte__db db, const raw_entry *entry);
void raw_remove(damaged *d, pte__db db, const raw_entry *entry);
/* Puts a key made of prefix and an id. */
void raw_put_id(damaged *d, pte__db db, const char *prefix, uint32_t id, pte_bytes value);
void raw_delete_id(damaged *d, pte__db db, const char *prefix, uint32_t id);

/* A stored image of the builder's item, its attributes in the order of their names; in a buffer
 * that the next call uses again. */
pte_bytes raw_image(pte_builder *b);

#endif
