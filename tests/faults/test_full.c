/*
 * No room: the limit of the map, a full disk, a limit on file sizes. Whatever is tried then fails
 * with DATABASE_FULL and a text, kills nobody (SIGBUS), loses nothing that was acknowledged and
 * leaves nothing of what was not, and writing works again when there is room.
 */
#include "faults/database.h"
#include "faults/mounts.h"

#include <pocketable/engine/changes.h>
#include <pocketable/engine/upkeep.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ITEMS_MAX = 6000, ROOM_BYTES = 3 * 1024 * 1024, BALLAST_BYTES = 2 * 1024 * 1024 };

static bool can_mount;

typedef enum limit_kind {
    LIMIT_MAP,       /* map_bytes_max */
    LIMIT_DISK,      /* a disk of that size, part of it taken by a file of ballast */
    LIMIT_FILE_SIZE, /* RLIMIT_FSIZE; a database in memory has its file's full size at once */
} limit_kind;

typedef struct place {
    limit_kind kind;
    pte_durability durability;
    char *folder;
    char path[4096];    /* of the database; its parent in memory mode */
    char ballast[4096]; /* a file that can be removed */
    pte_env *env;
    database_item acknowledged[ITEMS_MAX];
    size_t count;
} place;

static void limit_file_size(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void write_ballast(const char *path, size_t bytes) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(posix_fallocate(fd, 0, (off_t)bytes), 0);
    close(fd);
}

static pte_status open_place(place *p, size_t map_bytes_max, pte_error *error) {
    pte_env_options options = database_options(p->durability, NULL);
    options.map_bytes_max = map_bytes_max;
    return pte_env_open(&p->env, p->path, &options, error);
}

/* A place with an empty table and little room. */
static place *make_place(limit_kind kind, pte_durability durability) {
    pte_error error;
    place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    p->kind = kind;
    p->durability = durability;
    p->folder = test_folder_make();
    snprintf(p->ballast, sizeof p->ballast, "%s/ballast", p->folder);
    snprintf(p->path, sizeof p->path, "%s%s", p->folder, durability == PTE_MEMORY ? "" : "/db");
    if (kind == LIMIT_DISK) {
        mounts_disk(p->folder, ROOM_BYTES + BALLAST_BYTES);
        write_ballast(p->ballast, BALLAST_BYTES);
    }
    OK(open_place(p, kind == LIMIT_MAP ? ROOM_BYTES : 0, &error));
    database_create_table(p->env);
    if (kind == LIMIT_FILE_SIZE) {
        limit_file_size(ROOM_BYTES);
    }
    return p;
}

static void end_place(place *p) {
    limit_file_size(RLIM_INFINITY);
    pte_env_close(p->env);
    if (p->kind == LIMIT_DISK) {
        mounts_end(p->folder);
    }
    test_folder_remove(p->folder);
    free(p);
}

static void acknowledge(place *p, const database_item *item) {
    assert_in_range(p->count, 0, ITEMS_MAX - 1);
    p->acknowledged[p->count++] = *item;
}

/* Everything acknowledged is there and nothing else, and all agrees. */
static void expect_acknowledged(place *p) {
    pte_error error;
    pte_read *read;
    const pte_table_info *info;
    for (size_t i = 0; i < p->count; i++) {
        if (!database_has(p->env, &p->acknowledged[i])) {
            fail_msg("item %u, which was acknowledged, is gone", p->acknowledged[i].number);
        }
    }
    OK(pte_read_begin(&read, p->env, &error));
    OK(pte_table_describe(&info, read, pte_str(DATABASE_TABLE), &error));
    assert_int_equal(info->items, p->count);
    pte_read_end(read);
    database_expect_sound(p->env);
}

static void expect_full(pte_status status, const pte_error *error) {
    if (status != PTE_DATABASE_FULL) {
        fail_msg("DATABASE_FULL was expected, %s was found: %s", pte_status_name(status),
                 error->message);
    }
    assert_int_equal(error->status, PTE_DATABASE_FULL);
    assert_true(strlen(error->message) > strlen(pte_status_text(PTE_DATABASE_FULL)) + 2);
}

/* Takes the limit away; the database is opened again where only that can help. */
static void make_room(place *p) {
    pte_error error;
    switch (p->kind) {
    case LIMIT_MAP:
        pte_env_close(p->env);
        p->env = NULL;
        OK(open_place(p, 4 * (size_t)ROOM_BYTES, &error));
        break;
    case LIMIT_DISK:
        assert_int_equal(unlink(p->ballast), 0);
        break;
    case LIMIT_FILE_SIZE:
        limit_file_size(RLIM_INFINITY);
        break;
    }
}

/* --- ways to fill it; each ends at the first failure and returns its status --- */

static pte_status fill_one_by_one(place *p, pte_error *error) {
    for (unsigned number = 0;; number++) {
        database_item item = {.number = number,
                              .content_bytes = number % 50 == 0 ? 9000 : 300,
                              .long_keys = number % 40 == 0};
        pte_status status = database_try_put(p->env, &item, error);
        if (status != PTE_OK) {
            return status;
        }
        acknowledge(p, &item);
    }
}

enum { OPS = 40 };

/* Puts of OPS items from number on, together. */
static pte_status write_many(place *p, unsigned number, bool batch, pte_error *error) {
    pte_builder *builders[OPS];
    pte_op ops[OPS];
    pte_status status;
    for (unsigned i = 0; i < OPS; i++) {
        assert_int_equal(pte_builder_create(&builders[i], NULL, error), PTE_OK);
        ops[i] =
            (pte_op){.kind = PTE_PUT,
                     .table = pte_str(DATABASE_TABLE),
                     .item = database_make(builders[i], &(database_item){.number = number + i,
                                                                         .content_bytes = 300})};
    }
    status = batch ? pte_write_batch(p->env, ops, OPS, error) : pte_write(p->env, ops, OPS, error);
    for (unsigned i = 0; i < OPS; i++) {
        pte_builder_destroy(builders[i]);
        if (ops[i].status == PTE_OK) {
            acknowledge(p, &(database_item){.number = number + i, .content_bytes = 300});
        } else {
            assert_int_equal(ops[i].status, PTE_DATABASE_FULL);
            assert_int_not_equal(status, PTE_OK);
        }
    }
    return status;
}

static pte_status fill_by(place *p, bool batch, pte_error *error) {
    for (unsigned number = 0;; number += OPS) {
        pte_status status = write_many(p, number, batch, error);
        if (status != PTE_OK) {
            return status;
        }
    }
}

static pte_status fill_by_batches(place *p, pte_error *error) {
    return fill_by(p, true, error);
}

static pte_status fill_by_transactions(place *p, pte_error *error) {
    return fill_by(p, false, error);
}

enum { THREADS = 4 };

typedef struct writer {
    pthread_t thread;
    place *place;
    unsigned number; /* of its next item; its own are apart by THREADS */
    unsigned done;
    pte_status status;
    pte_error error;
} writer;

static void *write_until_full(void *ctx) {
    writer *w = ctx;
    do {
        database_item item = {.number = w->number, .content_bytes = 300};
        w->status = database_try_put(w->place->env, &item, &w->error);
        if (w->status == PTE_OK) {
            w->number += THREADS;
            w->done++;
        }
    } while (w->status == PTE_OK);
    return NULL;
}

static pte_status fill_by_threads(place *p, pte_error *error) {
    writer writers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        writers[i] = (writer){.place = p, .number = i};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_until_full, &writers[i]),
                         0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(writers[i].thread, NULL);
        expect_full(writers[i].status, &writers[i].error);
        for (unsigned j = 0; j < writers[i].done; j++) {
            acknowledge(p, &(database_item){.number = i + j * THREADS, .content_bytes = 300});
        }
    }
    *error = writers[0].error;
    return writers[0].status;
}

/* --- what is expected of all of them --- */

typedef pte_status (*fill_fn)(place *p, pte_error *error);

/* Deletes until a small item fits again. */
static void reuse_room(place *p) {
    pte_error error;
    for (size_t tries = 0; p->count > 0; tries++) {
        char texts[2][DATABASE_KEY_BYTES_MAX + 1];
        database_item last = p->acknowledged[p->count - 1];
        pte_key key = database_key(texts, &last);
        pte_status status = pte_delete(p->env, pte_str(DATABASE_TABLE), &key, &error);
        if (status == PTE_OK) {
            p->count--;
        } else {
            expect_full(status, &error);
            return; /* not even that fits; only more room helps */
        }
        database_item item = {.number = 900000 + (unsigned)tries, .content_bytes = 10};
        status = database_try_put(p->env, &item, &error);
        if (status == PTE_OK) {
            acknowledge(p, &item);
            return;
        }
        expect_full(status, &error);
    }
}

static void fill_and_recover(limit_kind kind, pte_durability durability, fill_fn fill) {
    pte_error error;
    place *p = make_place(kind, durability);
    expect_full(fill(p, &error), &error);
    assert_true(p->count > 50);
    expect_acknowledged(p);
    reuse_room(p);
    expect_acknowledged(p);
    if (kind != LIMIT_MAP || durability != PTE_MEMORY) {
        make_room(p);
        expect_acknowledged(p);
        database_item item = {.number = 999999, .content_bytes = 100000};
        OK(database_try_put(p->env, &item, &error));
        acknowledge(p, &item);
        expect_acknowledged(p);
    }
    if (durability != PTE_MEMORY) {
        /* And it is on the disk. */
        pte_env_close(p->env);
        p->env = NULL;
        OK(open_place(p, 0, &error));
        expect_acknowledged(p);
    }
    end_place(p);
}

static void fill_in_every_way(limit_kind kind) {
    static const fill_fn FILLS[] = {fill_one_by_one, fill_by_batches, fill_by_transactions,
                                    fill_by_threads};
    static const pte_durability MODES[] = {PTE_DURABLE, PTE_RELAXED, PTE_MEMORY};
    if (kind == LIMIT_DISK && !can_mount) {
        skip();
    }
    size_t modes = sizeof MODES / sizeof MODES[0] - (kind == LIMIT_FILE_SIZE ? 1 : 0);
    for (size_t i = 0; i < modes; i++) {
        for (size_t j = 0; j < sizeof FILLS / sizeof FILLS[0]; j++) {
            fill_and_recover(kind, MODES[i], FILLS[j]);
        }
    }
}

static void test_full__map(void **state) {
    (void)state;
    fill_in_every_way(LIMIT_MAP);
}

static void test_full__disk(void **state) {
    (void)state;
    fill_in_every_way(LIMIT_DISK);
}

static void test_full__file_size(void **state) {
    (void)state;
    fill_in_every_way(LIMIT_FILE_SIZE);
}

/* --- a failure in a group of writers hurts only itself --- */

static void *write_too_much(void *ctx) {
    writer *w = ctx;
    for (unsigned i = 0; i < 10; i++) {
        database_item item = {.number = 500000, .content_bytes = 390000};
        pte_status status = database_try_put(w->place->env, &item, &w->error);
        if (status != PTE_DATABASE_FULL) {
            w->status = status;
            return NULL;
        }
    }
    w->status = PTE_DATABASE_FULL;
    return NULL;
}

static void *write_a_little(void *ctx) {
    writer *w = ctx;
    for (unsigned i = 0; i < 40; i++) {
        database_item item = {.number = w->number, .version = i, .content_bytes = 20};
        w->status = database_try_put(w->place->env, &item, &w->error);
        if (w->status != PTE_OK) {
            return NULL;
        }
    }
    return NULL;
}

static void test_full__hurts_only_the_write_that_does_not_fit(void **state) {
    static const pte_durability MODES[] = {PTE_DURABLE, PTE_MEMORY};
    (void)state;
    for (size_t mode = 0; mode < 2; mode++) {
        writer writers[THREADS];
        place *p = make_place(LIMIT_MAP, MODES[mode]);
        /* Room for the small ones, and not for the large one with its indexes. */
        for (unsigned i = 0; i < 12; i++) {
            database_item item = {.number = 1000 + i, .content_bytes = 30000};
            database_put(p->env, &item);
            acknowledge(p, &item);
        }
        for (unsigned i = 0; i < THREADS; i++) {
            writers[i] = (writer){.place = p, .number = i};
            assert_int_equal(pthread_create(&writers[i].thread, NULL,
                                            i == 0 ? write_too_much : write_a_little, &writers[i]),
                             0);
        }
        for (unsigned i = 0; i < THREADS; i++) {
            pthread_join(writers[i].thread, NULL);
            pte_error error = writers[i].error;
            EXPECT(i == 0 ? PTE_DATABASE_FULL : PTE_OK, writers[i].status);
            if (i != 0) {
                acknowledge(p, &(database_item){.number = i, .version = 39, .content_bytes = 20});
            }
        }
        expect_acknowledged(p);
        end_place(p);
    }
}

enum { SLIPS = 5, SLIP_OPS = 3 };

/* Puts that are submitted together. */
typedef struct slip {
    pte_submission submission;
    pte_op ops[SLIP_OPS];
    pte_effects effects[SLIP_OPS];
    pte_builder *builders[SLIP_OPS];
    database_item items[SLIP_OPS];
    size_t done;
} slip;

static void count_done(pte_submission *submission) {
    ((slip *)submission->ctx)->done++;
}

static void submit_puts(slip *s, pte_env *env, unsigned number, const size_t *contents,
                        size_t count, bool batch) {
    pte_error error;
    *s = (slip){.submission = {.ops = s->ops,
                               .count = count,
                               .batch = batch,
                               .done = count_done,
                               .ctx = s,
                               .status = PTE_LIMIT}};
    for (unsigned i = 0; i < count; i++) {
        OK(pte_builder_create(&s->builders[i], NULL, &error));
        s->items[i] = (database_item){.number = number + i, .content_bytes = contents[i]};
        s->ops[i] = (pte_op){.kind = PTE_PUT,
                             .table = pte_str(DATABASE_TABLE),
                             .item = database_make(s->builders[i], &s->items[i]),
                             .effects = &s->effects[i],
                             .status = PTE_LIMIT};
    }
    OK(pte_submit(env, &s->submission, &error));
}

/* What was done is told and is there; sizes of the rest are not told. */
static void end_slip(place *p, slip *s, size_t failed_at, pte_status status) {
    pte_error error = s->submission.error;
    assert_int_equal(s->done, 1);
    EXPECT(status, s->submission.status);
    if (status != PTE_OK) {
        expect_full(status, &error);
        assert_int_equal(error.position, s->submission.batch ? failed_at : 0);
    }
    for (size_t i = 0; i < s->submission.count; i++) {
        size_t bytes = 0;
        bool fails = status != PTE_OK && (i == failed_at || !s->submission.batch);
        assert_int_equal(s->ops[i].status, fails ? status : PTE_OK);
        OK(pte_item_size_bytes(&bytes, &s->ops[i].item, &error));
        assert_int_equal(s->effects[i].new_bytes, fails ? 0 : bytes);
        assert_int_equal(s->effects[i].index_count, fails ? 0 : 4);
        assert_int_equal(s->effects[i].old_bytes, 0); /* also where it was run twice */
        if (!fails) {
            acknowledge(p, &s->items[i]);
        }
        pte_builder_destroy(s->builders[i]);
    }
}

/* All in one group, which fails; then each by itself, and of the batch each operation. */
static void test_full__hurts_only_the_submission_that_does_not_fit(void **state) {
    enum { LITTLE = 20, TOO_MUCH = 390000 };
    static const pte_durability MODES[] = {PTE_DURABLE, PTE_MEMORY};
    static const size_t SMALL[SLIP_OPS] = {LITTLE, LITTLE, LITTLE};
    static const size_t SECOND[SLIP_OPS] = {LITTLE, TOO_MUCH, LITTLE};
    (void)state;
    for (size_t mode = 0; mode < 2; mode++) {
        slip *slips = calloc(SLIPS, sizeof *slips);
        place *p = make_place(LIMIT_MAP, MODES[mode]);
        assert_non_null(slips);
        for (unsigned i = 0; i < 12; i++) {
            database_item item = {.number = 1000 + i, .content_bytes = 30000};
            database_put(p->env, &item);
            acknowledge(p, &item);
        }
        submit_puts(&slips[0], p->env, 10, SMALL, 1, false);
        submit_puts(&slips[1], p->env, 20, SECOND, SLIP_OPS, true);
        submit_puts(&slips[2], p->env, 30, SMALL, SLIP_OPS, false);
        submit_puts(&slips[3], p->env, 40, SECOND, SLIP_OPS, false);
        submit_puts(&slips[4], p->env, 50, SMALL, SLIP_OPS, true);
        pte_run_submitted(p->env);
        end_slip(p, &slips[0], 0, PTE_OK);
        end_slip(p, &slips[1], 1, PTE_DATABASE_FULL);
        end_slip(p, &slips[2], 0, PTE_OK);
        end_slip(p, &slips[3], 1, PTE_DATABASE_FULL);
        end_slip(p, &slips[4], 0, PTE_OK);
        expect_acknowledged(p);
        /* The same batch as the only one of its group. */
        submit_puts(&slips[0], p->env, 60, SECOND, SLIP_OPS, true);
        pte_run_submitted(p->env);
        end_slip(p, &slips[0], 1, PTE_DATABASE_FULL);
        expect_acknowledged(p);
        end_place(p);
        free(slips);
    }
}

/* --- other things that take room --- */

static void test_full__small_writes_go_on_beside_one_that_is_too_large(void **state) {
    pte_error error;
    (void)state;
    for (pte_durability mode = PTE_DURABLE; mode <= PTE_MEMORY; mode++) {
        place *p = make_place(LIMIT_MAP, mode);
        pte_status status;
        unsigned number = 0;
        do {
            database_item item = {.number = number++, .content_bytes = 60000};
            status = database_try_put(p->env, &item, &error);
            if (status == PTE_OK) {
                acknowledge(p, &item);
            }
        } while (status == PTE_OK);
        expect_full(status, &error);
        database_item small = {.number = 800000, .content_bytes = 10};
        OK(database_try_put(p->env, &small, &error));
        small.version = 1;
        OK(database_try_put(p->env, &small, &error));
        char texts[2][DATABASE_KEY_BYTES_MAX + 1];
        pte_key key = database_key(texts, &small);
        OK(pte_delete(p->env, pte_str(DATABASE_TABLE), &key, &error));
        expect_acknowledged(p);
        /* Old changes and two large items less are room for a large one. */
        size_t trimmed;
        OK(pte_changes_trim(&trimmed, p->env, INT64_MAX, 1000, &error));
        for (size_t i = 0; i < 2; i++) {
            key = database_key(texts, &p->acknowledged[--p->count]);
            OK(pte_delete(p->env, pte_str(DATABASE_TABLE), &key, &error));
        }
        small.content_bytes = 60000;
        OK(database_try_put(p->env, &small, &error));
        acknowledge(p, &small);
        expect_acknowledged(p);
        end_place(p);
    }
}

static bool has_table(pte_env *env, const char *name) {
    pte_error error;
    pte_read *read;
    const pte_table_info *info;
    OK(pte_read_begin(&read, env, &error));
    pte_status status = pte_table_describe(&info, read, pte_str(name), &error);
    pte_read_end(read);
    assert_true(status == PTE_OK || status == PTE_TABLE_NOT_FOUND);
    return status == PTE_OK;
}

static void make_tables_until_full(limit_kind kind, pte_durability durability) {
    enum { TABLES_MAX = 2000 };
    pte_error error;
    place *p = make_place(kind, durability);
    uint8_t *user_data = calloc(1, 20000);
    char name[32];
    unsigned made = 0;
    pte_status status;
    for (;;) {
        snprintf(name, sizeof name, "table%u", made);
        pte_table_spec spec = *database_table();
        spec.name = pte_str(name);
        spec.user_data = pte_view(user_data, 20000);
        status = pte_table_create(p->env, &spec, &error);
        if (status != PTE_OK) {
            break;
        }
        assert_in_range(++made, 1, TABLES_MAX);
    }
    expect_full(status, &error);
    assert_false(has_table(p->env, name));
    for (unsigned i = 0; i < made; i++) {
        snprintf(name, sizeof name, "table%u", i);
        assert_true(has_table(p->env, name));
    }
    expect_acknowledged(p);
    free(user_data);
    end_place(p);
}

static void test_full__table_create(void **state) {
    (void)state;
    for (pte_durability mode = PTE_DURABLE; mode <= PTE_MEMORY; mode++) {
        make_tables_until_full(LIMIT_MAP, mode);
        if (mode != PTE_MEMORY) {
            make_tables_until_full(LIMIT_FILE_SIZE, mode);
        }
        if (can_mount) {
            make_tables_until_full(LIMIT_DISK, mode);
        }
    }
}

/* Takes what reuse_room has left free. */
static void refill(place *p) {
    pte_error error;
    pte_status status = PTE_OK;
    for (unsigned i = 0; status == PTE_OK; i++) {
        database_item item = {.number = 950000 + i, .content_bytes = 300};
        status = database_try_put(p->env, &item, &error);
        if (status == PTE_OK) {
            acknowledge(p, &item);
        }
    }
    expect_full(status, &error);
}

/* Room is made by trimming the change log, though the trim itself needs some, and then by deleting.
 */
static void trim_when_full(pte_durability durability, fill_fn fill) {
    pte_error error;
    place *p = make_place(LIMIT_DISK, durability);
    expect_full(fill(p, &error), &error);
    size_t trimmed = 1;
    size_t sum = 0;
    while (trimmed != 0) {
        OK(pte_changes_trim(&trimmed, p->env, INT64_MAX, 1000, &error));
        sum += trimmed;
    }
    assert_in_range(sum, p->count, SIZE_MAX);
    expect_acknowledged(p);
    make_room(p);
    database_item item = {.number = 999999, .content_bytes = 300};
    OK(database_try_put(p->env, &item, &error));
    acknowledge(p, &item);
    expect_acknowledged(p);
    end_place(p);
}

static void test_full__trimming(void **state) {
    static const fill_fn FILLS[] = {fill_one_by_one, fill_by_batches, fill_by_transactions};
    (void)state;
    if (!can_mount) {
        skip();
    }
    for (pte_durability mode = PTE_DURABLE; mode <= PTE_MEMORY; mode++) {
        for (size_t i = 0; i < sizeof FILLS / sizeof FILLS[0]; i++) {
            trim_when_full(mode, FILLS[i]);
        }
    }
}

static void backfill_until_full(limit_kind kind, pte_durability durability) {
    pte_error error;
    place *p = make_place(kind, durability);
    /* Nearly full: a little is taken away again. */
    expect_full(fill_one_by_one(p, &error), &error);
    pte_table_change change = {.add_index = database_late_index()};
    for (unsigned i = 0; i < 5; i++) {
        reuse_room(p);
    }
    refill(p);
    pte_status status = pte_table_alter(p->env, pte_str(DATABASE_TABLE), &change, &error);
    if (status != PTE_OK) {
        expect_full(status, &error);
        make_room(p);
        OK(pte_table_alter(p->env, pte_str(DATABASE_TABLE), &change, &error));
    } else {
        status = pte_backfill(p->env, pte_str(DATABASE_TABLE), NULL, NULL, &error);
        expect_full(status, &error);
        expect_acknowledged(p);
        pte_read *read;
        pte_cursor *cursor;
        pte_scan scan = {.table = pte_str(DATABASE_TABLE), .index = pte_str("late")};
        OK(pte_read_begin(&read, p->env, &error));
        EXPECT(PTE_INDEX_BACKFILLING, pte_scan_open(&cursor, read, &scan, &error));
        pte_read_end(read);
        make_room(p);
    }
    OK(pte_backfill(p->env, pte_str(DATABASE_TABLE), NULL, NULL, &error));
    expect_acknowledged(p);
    end_place(p);
}

static void test_full__backfill(void **state) {
    (void)state;
    for (pte_durability mode = PTE_DURABLE; mode <= PTE_MEMORY; mode++) {
        if (mode != PTE_MEMORY) {
            backfill_until_full(LIMIT_MAP, mode);
            backfill_until_full(LIMIT_FILE_SIZE, mode);
        }
        if (can_mount) {
            backfill_until_full(LIMIT_DISK, mode);
        }
    }
}

/* A new database where there is no room for one, from no byte free to just enough. */
static void test_full__open(void **state) {
    enum { PAGE = 4096, PAGES_MAX = 400 };
    pte_error error;
    (void)state;
    if (!can_mount) {
        skip();
    }
    for (pte_durability mode = PTE_DURABLE; mode <= PTE_MEMORY; mode++) {
        size_t refused = 0;
        pte_status status = PTE_DATABASE_FULL;
        for (size_t pages = 0; status != PTE_OK; pages++) {
            place p = {.kind = LIMIT_DISK, .durability = mode};
            assert_in_range(pages, 0, PAGES_MAX);
            p.folder = test_folder_make();
            snprintf(p.path, sizeof p.path, "%s", p.folder);
            snprintf(p.ballast, sizeof p.ballast, "%s/db", p.folder);
            mounts_disk(p.folder, (size_t)PAGE * (PAGES_MAX + 4));
            if (mode != PTE_MEMORY) {
                snprintf(p.path, sizeof p.path, "%s/db", p.folder);
                snprintf(p.ballast, sizeof p.ballast, "%s/ballast", p.folder);
            }
            write_ballast(p.ballast, (size_t)PAGE * (PAGES_MAX + 4 - pages));
            status = open_place(&p, 0, &error);
            if (status != PTE_OK) {
                expect_full(status, &error);
                assert_null(p.env);
                refused++;
                /* Nothing stays in the way when there is room. */
                assert_int_equal(unlink(p.ballast), 0);
                OK(open_place(&p, 0, &error));
            }
            pte_env_close(p.env);
            mounts_end(p.folder);
            test_folder_remove(p.folder);
        }
        assert_true(refused > 0);
    }
}

/* Snapshots take slots in LMDB's lock file, which takes room too: page after page. */
static void test_full__snapshots(void **state) {
    enum { SNAPSHOTS = 900 };
    pte_error error;
    (void)state;
    if (!can_mount) {
        skip();
    }
    pte_read **reads = calloc(SNAPSHOTS, sizeof(pte_read *));
    assert_non_null(reads);
    for (pte_durability mode = PTE_DURABLE; mode <= PTE_MEMORY; mode++) {
        place *p = make_place(LIMIT_DISK, mode);
        expect_full(fill_one_by_one(p, &error), &error);
        for (size_t i = 0; i < SNAPSHOTS; i++) {
            OK(pte_read_begin(&reads[i], p->env, &error));
        }
        for (size_t i = 0; i < SNAPSHOTS; i++) {
            pte_read_end(reads[i]);
        }
        expect_acknowledged(p);
        end_place(p);
    }
    free(reads);
}

static void test_full__copy(void **state) {
    char target[4200];
    char file[4300];
    pte_error error;
    (void)state;
    if (!can_mount) {
        skip();
    }
    place *p = make_place(LIMIT_MAP, PTE_RELAXED);
    expect_full(fill_one_by_one(p, &error), &error);
    char *small = test_folder_make();
    for (int compact = 0; compact <= 1; compact++) {
        pte_copy_options options = {.compact = compact != 0};
        mounts_disk(small, ROOM_BYTES / 2);
        snprintf(target, sizeof target, "%s/copy", small);
        expect_full(pte_env_copy(p->env, target, &options, &error), &error);
        assert_int_not_equal(access(target, F_OK), 0);
        /* Into a folder that is there already. */
        expect_full(pte_env_copy(p->env, small, &options, &error), &error);
        snprintf(file, sizeof file, "%s/data.mdb", small);
        assert_int_not_equal(access(file, F_OK), 0);
        mounts_end(small);
        mounts_disk(small, (size_t)ROOM_BYTES * 2);
        OK(pte_env_copy(p->env, target, &options, &error));
        mounts_end(small);
    }
    expect_acknowledged(p);
    test_folder_remove(small);
    end_place(p);
}

/* Argument: "fill" for the tests that fill it in every way, "more" for the others. */
int main(int argc, char **argv) {
    const struct CMUnitTest fill[] = {
        cmocka_unit_test(test_full__map),
        cmocka_unit_test(test_full__disk),
        cmocka_unit_test(test_full__file_size),
    };
    const struct CMUnitTest more[] = {
        cmocka_unit_test(test_full__hurts_only_the_write_that_does_not_fit),
        cmocka_unit_test(test_full__hurts_only_the_submission_that_does_not_fit),
        cmocka_unit_test(test_full__small_writes_go_on_beside_one_that_is_too_large),
        cmocka_unit_test(test_full__table_create),
        cmocka_unit_test(test_full__backfill),
        cmocka_unit_test(test_full__trimming),
        cmocka_unit_test(test_full__open),
        cmocka_unit_test(test_full__snapshots),
        cmocka_unit_test(test_full__copy),
    };
    if (argc != 2 || (strcmp(argv[1], "fill") != 0 && strcmp(argv[1], "more") != 0)) {
        fprintf(stderr, "usage: test_full fill|more\n");
        return 2;
    }
    signal(SIGXFSZ, SIG_IGN);
    can_mount = mounts_enter("full disks");
    return strcmp(argv[1], "fill") == 0 ? cmocka_run_group_tests(fill, NULL, NULL)
                                        : cmocka_run_group_tests(more, NULL, NULL);
}
