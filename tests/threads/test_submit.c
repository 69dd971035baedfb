/*
 * Writes that do not wait: alone, in groups, refused, from several threads, and mixed with writers
 * that wait. Every done is called once, and what it says is what is there.
 */
#include "support/support.h"
#include "support/trouble.h"

#include <pocketable/engine/check.h>
#include <pocketable/engine/table.h>
#include <pocketable/engine/write.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4200 };

static const char TABLE[] = "t";

/* A database, and what all threads share. */
typedef struct world {
    pte_env *env;
    char *folder;
    char path[PATH_BYTES];
    pthread_mutex_t mutex; /* all below */
    pthread_cond_t changed;
    size_t done;    /* calls of done */
    size_t runners; /* threads that need somebody to run what they submit */
    uint64_t added; /* acknowledged */
    bool failed;
    test_trouble trouble;
} world;

/* One operation, submitted by itself. */
typedef struct slip {
    pte_submission submission;
    pte_op op;
    pte_builder *builder;
    world *w;
    size_t done; /* how often; with the world's mutex */
    size_t more; /* how many more times done is to submit it again */
    bool free_it;
    pte_effects effects;
} slip;

static void open_world(world *w, pte_durability durability) {
    pte_error error;
    pte_env_options options = {.durability = durability};
    pte_table_spec spec = {.name = pte_str(TABLE), .hash = {pte_str("id"), PTE_TYPE_S}};
    OK(pte_env_open(&w->env, durability == PTE_MEMORY ? NULL : w->path, &options, &error));
    OK(pte_table_create(w->env, &spec, &error));
}

static int set_up(void **state) {
    world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->folder = test_folder_make();
    snprintf(w->path, sizeof w->path, "%s/database", w->folder);
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->changed, NULL);
    *state = w;
    return 0;
}

static int tear_down(void **state) {
    world *w = *state;
    pte_env_close(w->env);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->mutex);
    test_folder_remove(w->folder);
    free(w);
    return 0;
}

static void expect_sound(world *w) {
    pte_error error;
    pte_check_report report;
    OK(pte_check(&report, w->env, NULL, &error));
    assert_int_equal(0, report.problems);
}

static pte_status build(pte_item *item, pte_builder *builder, const char *id, uint64_t n,
                        pte_error *error) {
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    pte_builder_reset(builder);
    pte_builder_add_string(builder, "id", id);
    pte_builder_add_number(builder, "n", text);
    return pte_builder_item(item, builder, error);
}

static uint64_t number_in(const pte_item *item) {
    pte_value value;
    if (pte_item_find(&value, item, pte_str("n"), NULL) != PTE_OK) {
        return 0;
    }
    char text[24] = {0};
    memcpy(text, value.bytes.data, value.bytes.len < 23 ? value.bytes.len : 23);
    return strtoull(text, NULL, 10);
}

/* The number of an item; UINT64_MAX: there is no such item. */
static uint64_t number_of(world *w, const char *id) {
    pte_error error;
    pte_read *read;
    pte_item item;
    pte_key key = {.hash = pte_s(id)};
    OK(pte_read_begin(&read, w->env, &error));
    pte_status status = pte_read_item(&item, read, pte_str(TABLE), &key, &error);
    uint64_t number = status == PTE_OK ? number_in(&item) : UINT64_MAX;
    pte_read_end(read);
    return number;
}

static pte_status add_one(void *ctx, const pte_item *old, pte_item *item, pte_change_result *result,
                          pte_error *error) {
    *result = PTE_CHANGE_REPLACE;
    return build(item, ctx, "counter", old != NULL ? number_in(old) + 1 : 1, error);
}

static pte_status refuse(void *ctx, const pte_item *old, pte_error *error) {
    (void)ctx;
    (void)old;
    return pte_error_fill(error, PTE_CONDITION_FAILED, "always");
}

static void submit_again(slip *s) {
    pte_error error;
    if (pte_submit(s->w->env, &s->submission, &error) != PTE_OK) {
        abort(); /* nobody would ever be told */
    }
}

static void done(pte_submission *submission) {
    slip *s = submission->ctx;
    world *w = s->w;
    bool again = s->more > 0;
    bool free_it = s->free_it && !again;
    pthread_mutex_lock(&w->mutex);
    w->done++;
    s->done++;
    w->added += submission->status == PTE_OK ? 1 : 0;
    s->more -= again ? 1 : 0;
    if (again) {
        submit_again(s);
    }
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->mutex);
    if (free_it) {
        pte_builder_destroy(s->builder);
        memset(s, 0x5A, sizeof *s);
        free(s);
    }
}

/* A slip that adds one to the counter. */
static bool make_slip(slip *s, world *w) {
    memset(s, 0x5A, sizeof *s); /* the engine's part needs not be cleared */
    s->w = w;
    s->done = 0;
    s->more = 0;
    s->free_it = false;
    if (pte_builder_create(&s->builder, NULL, NULL) != PTE_OK) {
        return false;
    }
    s->op = (pte_op){.kind = PTE_UPDATE,
                     .table = pte_str(TABLE),
                     .key = {.hash = pte_s("counter")},
                     .change = add_one,
                     .ctx = s->builder,
                     .effects = &s->effects};
    s->submission.ops = &s->op;
    s->submission.count = 1;
    s->submission.batch = false;
    s->submission.done = done;
    s->submission.ctx = s;
    return true;
}

static pte_env_info describe(world *w) {
    pte_error error;
    pte_env_info info;
    OK(pte_env_describe(&info, w->env, &error));
    return info;
}

/* ---- One thread ---- */

/* Submits count slips, runs them, and says how many groups that took. */
static uint64_t groups_of(world *w, size_t count) {
    pte_error error;
    slip *slips = calloc(count, sizeof *slips);
    assert_non_null(slips);
    pte_env_info before = describe(w);
    for (size_t i = 0; i < count; i++) {
        assert_true(make_slip(&slips[i], w));
        OK(pte_submit(w->env, &slips[i].submission, &error));
    }
    assert_int_equal(0, w->done);
    assert_int_equal(before.groups, describe(w).groups);
    pte_run_submitted(w->env);
    pte_env_info after = describe(w);
    assert_int_equal(count, after.grouped_writes - before.grouped_writes);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(1, slips[i].done);
        assert_int_equal(PTE_OK, slips[i].submission.status);
        assert_int_equal(PTE_OK, slips[i].op.status);
        pte_builder_destroy(slips[i].builder);
    }
    free(slips);
    assert_int_equal(count, number_of(w, "counter"));
    expect_sound(w);
    return after.groups - before.groups;
}

static void test_submit__what_one_thread_submits_is_one_group(void **state) {
    open_world(*state, PTE_DURABLE);
    assert_int_equal(1, groups_of(*state, 100));
}

static void test_submit__groups_in_memory_are_small(void **state) {
    open_world(*state, PTE_MEMORY);
    assert_int_equal(3, groups_of(*state, 40)); /* of 16 */
}

static void test_submit__a_writer_that_waits_takes_submissions_along(void **state) {
    enum { SLIPS = 5 };
    world *w = *state;
    pte_error error;
    pte_item item;
    pte_builder *builder;
    slip slips[SLIPS];
    open_world(w, PTE_RELAXED);
    pte_env_info before = describe(w);
    for (size_t i = 0; i < SLIPS; i++) {
        assert_true(make_slip(&slips[i], w));
        OK(pte_submit(w->env, &slips[i].submission, &error));
    }
    OK(pte_builder_create(&builder, NULL, &error));
    OK(build(&item, builder, "own", 7, &error));
    OK(pte_put(w->env, pte_str(TABLE), &item, &error));
    assert_int_equal(SLIPS, w->done);
    pte_env_info after = describe(w);
    assert_int_equal(1, after.groups - before.groups);
    assert_int_equal(SLIPS + 1, after.grouped_writes - before.grouped_writes);
    assert_int_equal(7, number_of(w, "own"));
    assert_int_equal(SLIPS, number_of(w, "counter"));
    /* Nothing is left, and no group is made of nothing. */
    pte_run_submitted(w->env);
    assert_int_equal(after.groups, describe(w).groups);
    for (size_t i = 0; i < SLIPS; i++) {
        pte_builder_destroy(slips[i].builder);
    }
    pte_builder_destroy(builder);
}

static void test_submit__done_may_submit_the_next(void **state) {
    enum { MORE = 20 };
    world *w = *state;
    pte_error error;
    slip s;
    open_world(w, PTE_MEMORY);
    assert_true(make_slip(&s, w));
    s.more = MORE;
    OK(pte_submit(w->env, &s.submission, &error));
    for (size_t i = 1; i <= MORE + 1; i++) {
        assert_int_equal(i - 1, s.done);
        pte_run_submitted(w->env); /* returns, though the next one is there already */
        assert_int_equal(i, s.done);
        assert_int_equal(i, number_of(w, "counter"));
        assert_int_equal(i == 1 ? 0 : s.effects.new_bytes, s.effects.old_bytes);
    }
    pte_run_submitted(w->env);
    assert_int_equal(MORE + 1, s.done);
    pte_builder_destroy(s.builder);
}

static void test_submit__done_may_free_the_submission(void **state) {
    enum { SLIPS = 10 };
    world *w = *state;
    pte_error error;
    open_world(w, PTE_MEMORY);
    for (size_t i = 0; i < SLIPS; i++) {
        slip *s = malloc(sizeof *s);
        assert_non_null(s);
        assert_true(make_slip(s, w));
        s->free_it = true;
        OK(pte_submit(w->env, &s->submission, &error));
    }
    pte_run_submitted(w->env);
    assert_int_equal(SLIPS, w->done);
    assert_int_equal(SLIPS, number_of(w, "counter"));
}

/* ---- Refusals ---- */

enum { OPS = 4 };

/* Several puts in one submission, and the same for a call that waits. */
typedef struct put_set {
    slip slip;
    pte_op ops[OPS];
    pte_builder *builders[OPS];
} put_set;

static void make_puts(put_set *p, world *w, size_t count, bool batch) {
    pte_error error;
    assert_true(make_slip(&p->slip, w));
    for (size_t i = 0; i < OPS; i++) {
        char id[8];
        snprintf(id, sizeof id, "%zu", i);
        OK(pte_builder_create(&p->builders[i], NULL, &error));
        p->ops[i] = (pte_op){.kind = PTE_PUT, .table = pte_str(TABLE), .status = PTE_LIMIT};
        OK(build(&p->ops[i].item, p->builders[i], id, i, &error));
    }
    p->slip.submission.ops = p->ops;
    p->slip.submission.count = count;
    p->slip.submission.batch = batch;
}

static void end_puts(put_set *p) {
    for (size_t i = 0; i < OPS; i++) {
        pte_builder_destroy(p->builders[i]);
    }
    pte_builder_destroy(p->slip.builder);
}

/* What is submitted, and pte_write or pte_write_batch of the same, must say the same. */
static void expect_same_outcome(put_set *p, pte_status expected) {
    pte_error error;
    pte_op ops[OPS];
    world *w = p->slip.w;
    const pte_submission *submission = &p->slip.submission;
    OK(pte_submit(w->env, &p->slip.submission, &error));
    pte_run_submitted(w->env);
    assert_int_equal(1, p->slip.done);
    memcpy(ops, p->ops, sizeof ops);
    pte_status status = submission->batch ? pte_write_batch(w->env, ops, submission->count, &error)
                                          : pte_write(w->env, ops, submission->count, &error);
    assert_int_equal(expected, status);
    assert_int_equal(expected, submission->status);
    for (size_t i = 0; i < OPS; i++) {
        assert_int_equal(ops[i].status, p->ops[i].status);
    }
    if (expected != PTE_OK) {
        assert_int_equal(error.status, submission->error.status);
        assert_int_equal(error.position, submission->error.position);
        assert_string_equal(error.message, submission->error.message);
    }
}

static void test_submit__a_refused_transaction_does_nothing(void **state) {
    world *w = *state;
    put_set p;
    open_world(w, PTE_MEMORY);
    make_puts(&p, w, OPS, false);
    p.ops[2].condition = refuse;
    expect_same_outcome(&p, PTE_TRANSACTION_CANCELLED);
    assert_int_equal(2, p.slip.submission.error.position);
    assert_int_equal(PTE_CONDITION_FAILED, p.ops[2].status);
    assert_int_equal(PTE_OK, p.ops[3].status);
    assert_int_equal(0, describe(w).items);
    p.ops[2].condition = NULL;
    p.slip.done = 0;
    expect_same_outcome(&p, PTE_OK);
    assert_int_equal(OPS, describe(w).items);
    end_puts(&p);
}

static void test_submit__a_refused_operation_alone(void **state) {
    world *w = *state;
    put_set p;
    open_world(w, PTE_MEMORY);
    for (int batch = 0; batch < 2; batch++) {
        make_puts(&p, w, 1, batch != 0);
        p.ops[0].condition = refuse;
        expect_same_outcome(&p, PTE_CONDITION_FAILED);
        assert_int_equal(0, describe(w).items);
        end_puts(&p);
    }
}

static void test_submit__of_a_batch_only_what_is_refused_is_not_done(void **state) {
    world *w = *state;
    put_set p;
    open_world(w, PTE_MEMORY);
    make_puts(&p, w, OPS, true);
    p.ops[1].condition = refuse;
    p.ops[2].table = pte_str("none");
    expect_same_outcome(&p, PTE_CONDITION_FAILED);
    assert_int_equal(1, p.slip.submission.error.position);
    assert_int_equal(PTE_TABLE_NOT_FOUND, p.ops[2].status);
    assert_int_equal(OPS - 2, describe(w).items);
    assert_int_equal(3, number_of(w, "3"));
    end_puts(&p);
}

static void test_submit__nothing_is_done_at_once(void **state) {
    world *w = *state;
    put_set p;
    open_world(w, PTE_MEMORY);
    for (int batch = 0; batch < 2; batch++) {
        make_puts(&p, w, 0, batch != 0);
        p.slip.submission.ops = NULL;
        expect_same_outcome(&p, PTE_OK);
        end_puts(&p);
    }
}

static void test_submit__refuses_what_it_cannot_queue(void **state) {
    world *w = *state;
    pte_error error;
    slip s;
    pte_op ops[PTE_SUBMITTED_BATCH_OPS_MAX + 1];
    open_world(w, PTE_RELAXED);
    assert_true(make_slip(&s, w));
    EXPECT(PTE_INVALID_ARGUMENT, pte_submit(NULL, &s.submission, &error));
    EXPECT(PTE_INVALID_ARGUMENT, pte_submit(w->env, NULL, &error));
    s.submission.done = NULL;
    EXPECT(PTE_INVALID_ARGUMENT, pte_submit(w->env, &s.submission, &error));
    s.submission.done = done;
    s.submission.ops = NULL;
    EXPECT(PTE_INVALID_ARGUMENT, pte_submit(w->env, &s.submission, &error));
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        ops[i] =
            (pte_op){.kind = PTE_DELETE, .table = s.op.table, .key = s.op.key, .status = PTE_LIMIT};
    }
    s.submission.ops = ops;
    s.submission.batch = true;
    s.submission.count = PTE_SUBMITTED_BATCH_OPS_MAX + 1;
    EXPECT(PTE_INVALID_ARGUMENT, pte_submit(w->env, &s.submission, &error));
    pte_run_submitted(w->env);
    pte_run_submitted(NULL);
    assert_int_equal(0, w->done);
    /* Just as many are taken. */
    s.submission.count = PTE_SUBMITTED_BATCH_OPS_MAX;
    OK(pte_submit(w->env, &s.submission, &error));
    pte_run_submitted(w->env);
    assert_int_equal(PTE_OK, s.submission.status);
    assert_int_equal(PTE_OK, ops[PTE_SUBMITTED_BATCH_OPS_MAX - 1].status);
    /* Read-only. */
    pte_env_options options = {.durability = PTE_RELAXED, .read_only = true};
    pte_env_close(w->env);
    OK(pte_env_open(&w->env, w->path, &options, &error));
    EXPECT(PTE_READ_ONLY, pte_submit(w->env, &s.submission, &error));
    assert_int_equal(PTE_READ_ONLY, error.status);
    assert_int_equal(PTE_READ_ONLY, ops[0].status);
    pte_run_submitted(w->env);
    assert_int_equal(1, w->done);
    pte_builder_destroy(s.builder);
}

/* ---- Several threads ---- */

enum { ROUNDS = 40, WINDOW = 7 };

typedef struct worker {
    world *w;
    bool (*play)(world *w, test_trouble *trouble);
    pthread_t thread;
} worker;

static void wait_for(world *w, slip *slips, size_t count, size_t times) {
    pthread_mutex_lock(&w->mutex);
    for (size_t i = 0; i < count; i++) {
        while (slips[i].done < times) {
            pthread_cond_wait(&w->changed, &w->mutex);
        }
    }
    pthread_mutex_unlock(&w->mutex);
}

/* Submits ROUNDS times WINDOW slips, and waits until they are done; runs them itself or not. */
static bool post(world *w, bool runs, test_trouble *trouble) {
    pte_error error;
    slip slips[WINDOW];
    for (size_t i = 0; i < WINDOW; i++) {
        NEED(make_slip(&slips[i], w), "no memory");
    }
    for (size_t round = 1; round <= ROUNDS; round++) {
        for (size_t i = 0; i < WINDOW; i++) {
            NEED_OK(pte_submit(w->env, &slips[i].submission, &error));
        }
        if (runs) {
            pte_run_submitted(w->env);
        }
        wait_for(w, slips, WINDOW, round);
        for (size_t i = 0; i < WINDOW; i++) {
            NEED_OK(slips[i].submission.status);
            NEED(slips[i].done == round, "done was called %zu times in %zu rounds", slips[i].done,
                 round);
        }
    }
    for (size_t i = 0; i < WINDOW; i++) {
        pte_builder_destroy(slips[i].builder);
    }
    return true;
}

static bool play_poster(world *w, test_trouble *trouble) {
    return post(w, true, trouble);
}

static void need_no_runner(world *w) {
    pthread_mutex_lock(&w->mutex);
    w->runners--;
    pthread_mutex_unlock(&w->mutex);
}

/* Leaves it to others to run what it submits. */
static bool play_dropper(world *w, test_trouble *trouble) {
    bool well = post(w, false, trouble);
    need_no_runner(w);
    return well;
}

/* Each done submits the next. */
static bool play_chain(world *w, test_trouble *trouble) {
    pte_error error;
    slip s;
    NEED(make_slip(&s, w), "no memory");
    s.more = ROUNDS * WINDOW - 1;
    NEED_OK(pte_submit(w->env, &s.submission, &error));
    wait_for(w, &s, 1, ROUNDS * WINDOW);
    need_no_runner(w);
    pte_builder_destroy(s.builder);
    return true;
}

static bool play_runner(world *w, test_trouble *trouble) {
    (void)trouble;
    bool more = true;
    while (more) {
        pte_run_submitted(w->env);
        pthread_mutex_lock(&w->mutex);
        more = w->runners > 0;
        pthread_mutex_unlock(&w->mutex);
        usleep(100);
    }
    return true;
}

static bool play_writer(world *w, test_trouble *trouble) {
    pte_error error;
    pte_builder *builder;
    NEED_OK(pte_builder_create(&builder, NULL, &error));
    for (size_t i = 0; i < ROUNDS * WINDOW; i++) {
        pte_op op = {.kind = PTE_UPDATE,
                     .table = pte_str(TABLE),
                     .key = {.hash = pte_s("counter")},
                     .change = add_one,
                     .ctx = builder};
        NEED_OK(pte_write(w->env, &op, 1, &error));
        pthread_mutex_lock(&w->mutex);
        w->added++;
        pthread_mutex_unlock(&w->mutex);
    }
    pte_builder_destroy(builder);
    return true;
}

static void *run(void *argument) {
    worker *one = argument;
    test_trouble trouble;
    if (!one->play(one->w, &trouble)) {
        pthread_mutex_lock(&one->w->mutex);
        one->w->failed = true;
        one->w->trouble = trouble;
        pthread_mutex_unlock(&one->w->mutex);
    }
    return NULL;
}

static void mix(world *w, pte_durability durability) {
    worker workers[] = {
        {.play = play_poster},  {.play = play_poster}, {.play = play_writer}, {.play = play_writer},
        {.play = play_dropper}, {.play = play_chain},  {.play = play_runner},
    };
    enum { WORKERS = sizeof workers / sizeof workers[0], ADDERS = WORKERS - 1 };
    open_world(w, durability);
    pte_env_info before = describe(w);
    w->runners = 2;
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i].w = w;
        assert_int_equal(0, pthread_create(&workers[i].thread, NULL, run, &workers[i]));
    }
    for (size_t i = 0; i < WORKERS; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    if (w->failed) {
        fail_msg("%s", w->trouble.text);
    }
    pte_env_info after = describe(w);
    assert_int_equal(ADDERS * ROUNDS * WINDOW, w->added);
    assert_int_equal(w->added, number_of(w, "counter"));
    assert_int_equal((ADDERS - 2) * ROUNDS * WINDOW, w->done);
    assert_int_equal(w->added, after.grouped_writes - before.grouped_writes);
    print_message("%llu writes in %llu groups\n", (unsigned long long)w->added,
                  (unsigned long long)(after.groups - before.groups));
    assert_true(after.groups - before.groups < w->added); /* or nothing was taken along */
    expect_sound(w);
}

static void test_submit__mixed_with_writers_that_wait_in_memory(void **state) {
    mix(*state, PTE_MEMORY);
}

static void test_submit__mixed_with_writers_that_wait_durable(void **state) {
    mix(*state, PTE_DURABLE);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(test_submit__##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_one_thread_submits_is_one_group),
        TEST(groups_in_memory_are_small),
        TEST(a_writer_that_waits_takes_submissions_along),
        TEST(done_may_submit_the_next),
        TEST(done_may_free_the_submission),
        TEST(a_refused_transaction_does_nothing),
        TEST(a_refused_operation_alone),
        TEST(of_a_batch_only_what_is_refused_is_not_done),
        TEST(nothing_is_done_at_once),
        TEST(refuses_what_it_cannot_queue),
        TEST(mixed_with_writers_that_wait_in_memory),
        TEST(mixed_with_writers_that_wait_durable),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
