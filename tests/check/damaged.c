#include "damaged.h"

#include "base/endian.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static char *sample_path;
static sample_ids ids;

int damaged_group_setup(void **state) {
    (void)state;
    sample_path = test_folder_make();
    sample_make(sample_path, &ids);
    return 0;
}

int damaged_group_teardown(void **state) {
    (void)state;
    test_folder_remove(sample_path);
    return 0;
}

static FILE *open_data(const char *folder, const char *mode) {
    char path[512];
    snprintf(path, sizeof path, "%s/data.mdb", folder);
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    return file;
}

static void copy_data(const char *from, const char *to) {
    static char bytes[1 << 16];
    FILE *in = open_data(from, "rb");
    FILE *out = open_data(to, "wb");
    size_t len;
    while ((len = fread(bytes, 1, sizeof bytes, in)) != 0) {
        assert_int_equal(len, fwrite(bytes, 1, len, out));
    }
    fclose(in);
    assert_int_equal(0, fclose(out));
}

void damaged_reopen(damaged *d) {
    static const char *const NAMES[PTE__DB_COUNT] = {
#define NAME(symbol, name) name,
        PTE__DB_MAP(NAME)
#undef NAME
    };
    assert_int_equal(0, mdb_env_create(&d->lmdb));
    assert_int_equal(0, mdb_env_set_maxdbs(d->lmdb, PTE__DB_COUNT));
    assert_int_equal(0, mdb_env_set_mapsize(d->lmdb, (size_t)64 << 20));
    assert_int_equal(0, mdb_env_open(d->lmdb, d->path, MDB_NOSYNC, 0666));
    assert_int_equal(0, mdb_txn_begin(d->lmdb, NULL, 0, &d->txn));
    for (int db = 0; db < PTE__DB_COUNT; db++) {
        assert_int_equal(0, mdb_dbi_open(d->txn, NAMES[db], 0, &d->dbi[db]));
    }
}

void damaged_open(damaged *d) {
    d->ids = &ids;
    d->path = test_folder_make();
    d->line_count = 0;
    copy_data(sample_path, d->path);
    damaged_reopen(d);
}

static void on_problem(void *ctx, const char *problem) {
    damaged *d = ctx;
    assert_true(d->line_count < DAMAGED_LINES_MAX);
    for (const char *c = problem; *c != '\0'; c++) {
        assert_true(isprint((unsigned char)*c));
    }
    d->lines[d->line_count++] = strdup(problem);
}

static void forget_lines(damaged *d) {
    for (size_t i = 0; i < d->line_count; i++) {
        free(d->lines[i]);
    }
    d->line_count = 0;
}

void damaged_check(damaged *d) {
    pte_error error;
    pte_env *env;
    const pte_env_options options = sample_options();
    const pte_check_options check = {.on_problem = on_problem, .ctx = d};
    forget_lines(d);
    assert_int_equal(0, mdb_txn_commit(d->txn));
    mdb_env_close(d->lmdb);
    d->lmdb = NULL;
    OK(pte_env_open(&env, d->path, &options, &error));
    OK(pte_check(&d->report, env, &check, &error));
    pte_env_close(env);
    assert_int_equal(d->report.problems, d->line_count);
}

void damaged_close(damaged *d) {
    forget_lines(d);
    test_folder_remove(d->path);
}

static void show_lines(const damaged *d) {
    for (size_t i = 0; i < d->line_count; i++) {
        print_error("  %s\n", d->lines[i]);
    }
}

void damaged_expect(const damaged *d, ...) {
    for (size_t i = 0; i < d->line_count; i++) {
        va_list texts;
        va_start(texts, d);
        const char *text = va_arg(texts, const char *);
        while (text != NULL && strstr(d->lines[i], text) != NULL) {
            text = va_arg(texts, const char *);
        }
        va_end(texts);
        if (text == NULL) {
            return;
        }
    }
    va_list texts;
    va_start(texts, d);
    print_error("no line contains");
    for (const char *text; (text = va_arg(texts, const char *)) != NULL;) {
        print_error(" <%s>", text);
    }
    va_end(texts);
    print_error(" among:\n");
    show_lines(d);
    fail();
}

void damaged_expect_lines(const damaged *d, size_t count) {
    if (d->line_count != count) {
        print_error("%zu lines were expected, found were:\n", count);
        show_lines(d);
        fail();
    }
}

static bool contains(const MDB_val *in, pte_bytes text) {
    return text.len == 0 || memmem(in->mv_data, in->mv_size, text.data, text.len) != NULL;
}

bool raw_search(damaged *d, pte__db db, pte_bytes prefix, pte_bytes text, raw_entry *entry) {
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val value;
    bool found = false;
    assert_int_equal(0, mdb_cursor_open(d->txn, d->dbi[db], &cursor));
    int rc = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
    for (; rc == 0 && !found; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        found = key.mv_size >= prefix.len &&
                (prefix.len == 0 || memcmp(key.mv_data, prefix.data, prefix.len) == 0) &&
                (contains(&key, text) || contains(&value, text));
        if (found) {
            assert_true(value.mv_size <= sizeof entry->value);
            entry->key_len = key.mv_size;
            entry->value_len = value.mv_size;
            memcpy(entry->key, key.mv_data, key.mv_size);
            memcpy(entry->value, value.mv_data, value.mv_size);
        }
    }
    mdb_cursor_close(cursor);
    return found;
}

void raw_find(damaged *d, pte__db db, pte_bytes prefix, const char *text, raw_entry *entry) {
    if (!raw_search(d, db, prefix, pte_str(text), entry)) {
        fail_msg("no entry with \"%s\"", text);
    }
}

void raw_find_of(damaged *d, pte__db db, uint32_t id, const char *text, raw_entry *entry) {
    uint8_t prefix[4];
    pte__put_u32(prefix, id);
    raw_find(d, db, pte_view(prefix, sizeof prefix), text, entry);
}

void raw_put(damaged *d, pte__db db, pte_bytes key, pte_bytes value) {
    MDB_val k = {key.len, (void *)(uintptr_t)key.data};
    MDB_val v = {value.len, (void *)(uintptr_t)value.data};
    assert_int_equal(0, mdb_put(d->txn, d->dbi[db], &k, &v, 0));
}

void raw_delete(damaged *d, pte__db db, pte_bytes key) {
    MDB_val k = {key.len, (void *)(uintptr_t)key.data};
    assert_int_equal(0, mdb_del(d->txn, d->dbi[db], &k, NULL));
}

void raw_store(damaged *d, pte__db db, const raw_entry *entry) {
    raw_put(d, db, pte_view(entry->key, entry->key_len), pte_view(entry->value, entry->value_len));
}

void raw_remove(damaged *d, pte__db db, const raw_entry *entry) {
    raw_delete(d, db, pte_view(entry->key, entry->key_len));
}

static pte_bytes id_key(uint8_t key[32], const char *prefix, uint32_t id) {
    const pte_bytes start = pte_str(prefix);
    memcpy(key, start.data, start.len);
    pte__put_u32(key + start.len, id);
    return pte_view(key, start.len + 4);
}

void raw_put_id(damaged *d, pte__db db, const char *prefix, uint32_t id, pte_bytes value) {
    uint8_t key[32];
    raw_put(d, db, id_key(key, prefix, id), value);
}

void raw_delete_id(damaged *d, pte__db db, const char *prefix, uint32_t id) {
    uint8_t key[32];
    raw_delete(d, db, id_key(key, prefix, id));
}

pte_bytes raw_image(pte_builder *b) {
    static uint8_t image[1 << 20];
    pte_error error;
    pte_item item;
    OK(pte_builder_item(&item, b, &error));
    assert_true(item.encoded.len + 4 <= sizeof image);
    image[0] = 1;
    image[1] = (uint8_t)(item.size_bytes >> 16);
    image[2] = (uint8_t)(item.size_bytes >> 8);
    image[3] = (uint8_t)item.size_bytes;
    memcpy(image + 4, item.encoded.data, item.encoded.len);
    return pte_view(image, 4 + item.encoded.len);
}
