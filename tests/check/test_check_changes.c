/* Damaged change records. */
#include "damaged.h"

#include "base/endian.h"
#include "table/change_record.h"
#include "table/stream_row.h"

/* Bytes of a record, as table/change_record.h has them. */
enum { KIND = 1, TABLE_ID = 2, KEYS_LEN = 14, OLD_LEN = 18, NEW_LEN = 22, IMAGES = 26 };
enum { INSERT = 1, MODIFY = 2, DELETE = 3, BY_EXPIRY = 0x80 };

/* The first record of that kind with text in it. */
static void find_record(damaged *d, int kind, const char *text, raw_entry *record) {
    for (uint32_t stream = 1; stream < d->ids->unknown; stream++) {
        for (uint64_t sequence = 1; sequence < 100; sequence++) {
            uint8_t key[PTE__CHANGE_KEY_BYTES];
            const pte__change_key where = {.stream_id = stream, .sequence = sequence};
            if (raw_search(d, PTE__DB_CHANGES, pte__change_key_encode(key, &where), pte_str(text),
                           record) &&
                record->value[KIND] == kind) {
                return;
            }
        }
    }
    fail_msg("no record of kind %d with \"%s\"", kind, text);
}

static void expect_one(damaged *d, const char *what) {
    damaged_check(d);
    damaged_expect(d, "changes, key 0x00000", what, NULL);
    damaged_expect_lines(d, 1);
}

static void test_check_changes__reports_a_record_cut_at_every_length(void **state) {
    (void)state;
    static damaged d;
    raw_entry record;
    damaged_open(&d);
    find_record(&d, INSERT, "note of order 7", &record);
    while (record.value_len-- > 0) {
        raw_store(&d, PTE__DB_CHANGES, &record);
        expect_one(&d, "no version of this library writes");
        damaged_reopen(&d);
    }
    damaged_check(&d);
    damaged_close(&d);
}

static void test_check_changes__reports_sequences_that_were_never_given(void **state) {
    (void)state;
    static damaged d;
    raw_entry record;
    damaged_open(&d);
    find_record(&d, INSERT, "note of order 7", &record);
    const pte_bytes value = pte_view(record.value, record.value_len);
    pte__change_key where;
    uint8_t key[PTE__CHANGE_KEY_BYTES];
    assert_true(pte__change_key_decode(&where, pte_view(record.key, record.key_len)));
    where.sequence = 0;
    raw_put(&d, PTE__DB_CHANGES, pte__change_key_encode(key, &where), value);
    where.sequence = 65536;
    raw_put(&d, PTE__DB_CHANGES, pte__change_key_encode(key, &where), value);
    raw_put(&d, PTE__DB_CHANGES, pte_view("\0\0\1", 3), value);
    raw_put(&d, PTE__DB_CHANGES, pte_view("\xFF\0\0\0\0\0\0\0\0", 9), value);
    damaged_check(&d);
    damaged_expect(&d, "changes, key 0x", "34 was expected, 0 was found", NULL);
    damaged_expect(&d, "changes, key 0x", "its sequence 0 is outside of its stream", NULL);
    damaged_expect(&d, "changes, key 0x", "65536 was found", NULL);
    damaged_expect(&d, "changes, key 0x000001: ", "13 bytes was expected, 3 were found", NULL);
    damaged_expect(&d, "changes, key 0xff", "13 bytes was expected, 9 were found", NULL);
    damaged_expect_lines(&d, 5);
    damaged_close(&d);
}

static void test_check_changes__reports_records_of_no_stream(void **state) {
    (void)state;
    static damaged d;
    raw_entry record;
    pte__change_key where;
    damaged_open(&d);
    find_record(&d, INSERT, "note of order 7", &record);
    raw_remove(&d, PTE__DB_CHANGES, &record);
    assert_true(pte__change_key_decode(&where, pte_view(record.key, record.key_len)));
    const uint32_t id = where.stream_id;
    where.stream_id = d.ids->orders; /* an id, and no stream's */
    (void)pte__change_key_encode(record.key, &where);
    raw_store(&d, PTE__DB_CHANGES, &record);
    expect_one(&d, "there is no shard 0 of a stream with id ");
    damaged_reopen(&d);
    raw_remove(&d, PTE__DB_CHANGES, &record);
    where = (pte__change_key){.stream_id = id, .shard = 1, .sequence = where.sequence};
    (void)pte__change_key_encode(record.key, &where);
    raw_store(&d, PTE__DB_CHANGES, &record);
    expect_one(&d, "there is no shard 1 of a stream with id ");
    damaged_close(&d);
}

/* Bytes of a stream's row, as table/stream_row.h has them. */
enum { STREAM_ID = 1, IMAGES_KEPT = 9, SHARDS = 10, BEGUN = 11, ENDED_MS = 19, TRIMMED = 35 };

static void test_check_changes__reports_damaged_streams(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint8_t value; /* of one byte */
        const char *what;
    } CASES[] = {
        {0, 9, "the row of a stream: it has no head"},
        {IMAGES_KEPT, 0, "the row of a stream: its kind"},
        {IMAGES_KEPT, PTE_CHANGES_KEYS_ONLY, "the row of its stream, id "},
        {SHARDS, 0, "the row of a stream: its kind"},
        {SHARDS, 2, "the row of a stream: its key attributes"},
        {BEGUN, 1, "the stream's beginning and end do not fit"},
        {ENDED_MS + 7, 1, "the stream's beginning and end do not fit"},
        {TRIMMED, 1, "shard 0 was trimmed up to "},
        {STREAM_ID, 1, "or its table id "},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        static damaged d;
        raw_entry row;
        damaged_open(&d);
        raw_find(&d, PTE__DB_CATALOG, pte_str("sorders"), "", &row);
        row.value[CASES[i].at] = CASES[i].value;
        raw_store(&d, PTE__DB_CATALOG, &row);
        damaged_check(&d);
        damaged_expect(&d, "catalog, ", CASES[i].what, NULL);
        damaged_close(&d);
    }
}

static void test_check_changes__reports_a_stream_without_its_table(void **state) {
    (void)state;
    static damaged d;
    raw_entry row;
    damaged_open(&d);
    raw_find(&d, PTE__DB_CATALOG, pte_str("splain"), "", &row);
    row.key[2] = 'z';
    pte__put_u32(row.value + STREAM_ID, d.ids->gone);
    raw_store(&d, PTE__DB_CATALOG, &row);
    damaged_check(&d);
    damaged_expect(&d, "catalog, table \"pzain\": stream id ", "goes on and no table has it", NULL);
    damaged_expect_lines(&d, 1);
    damaged_close(&d);
}

static void test_check_changes__reports_kinds_that_do_not_fit_the_images(void **state) {
    (void)state;
    static const struct {
        int kind;
        int wrong;
        const char *what;
    } CASES[] = {
        {MODIFY, INSERT, "a change of kind 1 has no old image"},
        {MODIFY, DELETE, "a change of kind 3 has no new image"},
        {MODIFY, MODIFY | BY_EXPIRY, "expiry deletes, a change of kind 2 was found"},
        {MODIFY, 4, "kind or lengths do not fit"},
        {MODIFY, 0, "kind or lengths do not fit"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        static damaged d;
        raw_entry record;
        damaged_open(&d);
        find_record(&d, CASES[i].kind, "", &record);
        record.value[KIND] = (uint8_t)CASES[i].wrong;
        raw_store(&d, PTE__DB_CHANGES, &record);
        expect_one(&d, CASES[i].what);
        damaged_close(&d);
    }
}

static void test_check_changes__reports_damaged_images(void **state) {
    (void)state;
    static damaged d;
    raw_entry record;
    damaged_open(&d);
    find_record(&d, MODIFY, "", &record);
    const size_t starts[] = {IMAGES, IMAGES + pte__get_u32(record.value + KEYS_LEN),
                             IMAGES + pte__get_u32(record.value + KEYS_LEN) +
                                 pte__get_u32(record.value + OLD_LEN)};
    static const char *const WHICH[] = {"the key image: ", "the old image: ", "the new image: "};
    for (size_t i = 0; i < 3; i++) {
        record.value[starts[i]] ^= 1; /* the version */
        raw_store(&d, PTE__DB_CHANGES, &record);
        expect_one(&d, WHICH[i]);
        record.value[starts[i]] ^= 1;
        damaged_reopen(&d);
        record.value[starts[i] + 2] ^= 1; /* the size */
        raw_store(&d, PTE__DB_CHANGES, &record);
        expect_one(&d, "the size stated is");
        damaged_expect(&d, WHICH[i], NULL);
        record.value[starts[i] + 2] ^= 1;
        damaged_reopen(&d);
    }
    raw_store(&d, PTE__DB_CHANGES, &record);
    damaged_check(&d);
    damaged_expect_lines(&d, 0);
    damaged_close(&d);
}

static void test_check_changes__reports_images_of_another_key(void **state) {
    (void)state;
    static damaged d;
    raw_entry record;
    damaged_open(&d);
    find_record(&d, INSERT, "note of order 7", &record);
    uint8_t *pk = memmem(record.value, record.value_len, "customer-3", 10);
    pk[9] = '4';
    raw_store(&d, PTE__DB_CHANGES, &record);
    expect_one(&d, "the new image is of an item with another key");
    damaged_close(&d);
}

static void test_check_changes__reports_keys_that_are_none(void **state) {
    (void)state;
    static damaged d;
    raw_entry record;
    damaged_open(&d);
    find_record(&d, INSERT, "plain-2", &record);
    /* The whole item in place of its key. */
    size_t keys_len = pte__get_u32(record.value + KEYS_LEN);
    size_t new_len = pte__get_u32(record.value + NEW_LEN);
    memmove(record.value + IMAGES, record.value + IMAGES + keys_len, new_len);
    pte__put_u32(record.value + KEYS_LEN, (uint32_t)new_len);
    pte__put_u32(record.value + NEW_LEN, 0);
    record.value_len -= keys_len;
    raw_store(&d, PTE__DB_CHANGES, &record);
    damaged_check(&d);
    damaged_expect_lines(&d, 0); /* two attributes, as a key may have */
    damaged_reopen(&d);
    /* An item of three attributes in place of it. */
    pte_error error;
    pte_builder *b;
    OK(pte_builder_create(&b, NULL, &error));
    pte_builder_add_string(b, "a", "1");
    pte_builder_add_string(b, "b", "2");
    pte_builder_add_string(b, "c", "3");
    const pte_bytes image = raw_image(b);
    memcpy(record.value + IMAGES, image.data, image.len);
    pte__put_u32(record.value + KEYS_LEN, (uint32_t)image.len);
    record.value_len = IMAGES + image.len;
    pte_builder_destroy(b);
    raw_store(&d, PTE__DB_CHANGES, &record);
    expect_one(&d, "a key has 1 or 2 attributes, 3 were found");
    damaged_reopen(&d);
    /* And nothing in place of it. */
    pte__put_u32(record.value + KEYS_LEN, 0);
    record.value_len = IMAGES;
    raw_store(&d, PTE__DB_CHANGES, &record);
    expect_one(&d, "the key image: ");
    damaged_close(&d);
}

static void test_check_changes__reports_ids_that_were_never_given(void **state) {
    (void)state;
    static damaged d;
    raw_entry record;
    damaged_open(&d);
    find_record(&d, INSERT, "note of order 7", &record);
    pte__put_u32(record.value + TABLE_ID, d.ids->unknown);
    raw_store(&d, PTE__DB_CHANGES, &record);
    damaged_check(&d);
    damaged_expect(&d, "changes, key 0x", "it is of table id 999, which was never given", NULL);
    damaged_expect(&d, "changes, key 0x", "it is of table id 999, its stream of ", NULL);
    damaged_expect_lines(&d, 2);
    damaged_close(&d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_changes__reports_a_record_cut_at_every_length),
        cmocka_unit_test(test_check_changes__reports_sequences_that_were_never_given),
        cmocka_unit_test(test_check_changes__reports_records_of_no_stream),
        cmocka_unit_test(test_check_changes__reports_damaged_streams),
        cmocka_unit_test(test_check_changes__reports_a_stream_without_its_table),
        cmocka_unit_test(test_check_changes__reports_kinds_that_do_not_fit_the_images),
        cmocka_unit_test(test_check_changes__reports_damaged_images),
        cmocka_unit_test(test_check_changes__reports_images_of_another_key),
        cmocka_unit_test(test_check_changes__reports_keys_that_are_none),
        cmocka_unit_test(test_check_changes__reports_ids_that_were_never_given),
    };
    return cmocka_run_group_tests(tests, damaged_group_setup, damaged_group_teardown);
}
