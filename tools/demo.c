/*
 * `pocketable demo quick-photos`: makes the data of a photo app, loads it, adds its index and runs
 * its ten access patterns, checking every result against what the generator knows.
 */
#include "command.h"
#include "demo_place.h"
#include "quick_photos/script.h"
#include "terminal.h"

#include <stdlib.h>

static int run(int argc, char **argv);

const tool_command tool_demo_command = {
    .name = "demo",
    .summary = "run a photo app's ten access patterns on made-up data",
    .help = "Usage: pocketable demo quick-photos [OPTIONS]\n"
            "\n"
            "Quick Photos is a photo app on one table: users, photos, reactions and\n"
            "friendships in 967 items, one inverted index, ten access patterns. The demo makes\n"
            "the items from a seed, loads them, adds the index, runs the patterns, checks every\n"
            "answer, and cleans up after itself.\n"
            "\n"
            "  --memory            in memory (the default): nothing is left behind\n"
            "  --dir PATH          on disk, in a new or empty directory or a database that\n"
            "                      has no table quick-photos\n"
            "  --durability MODE   with --dir: durable (each write is on the disk before it\n"
            "                      is acknowledged; the default) or relaxed\n"
            "  --keep              with --dir: leave the table there, to look at with\n"
            "                      \"pocketable info PATH\"\n"
            "  --seed N            other people, other photos; the same for the same N\n"
            "  --no-color          plain text\n"
            "\n"
            "Exit status: 0 every answer was right, 1 not so, 2 not understood.\n",
    .run = run,
};

enum {
    READ_RUNS = 101, /* odd, so that one of them is the median */
    LINE_COLUMNS = 78,
    SEED_USUAL = 2026,
};

typedef struct demo_run {
    tool_terminal terminal;
    const char *path; /* NULL: memory */
    pte_durability durability;
    bool keep;
    uint64_t seed;
    demo_place place;
    bool made_table;
    qp_data *data;
    qp_items *items;
    size_t item_bytes; /* by DynamoDB's rule */
    qp_app app;
    qp_scene scene;
} demo_run;

/* ---- printing ---- */

/* A line with a time at its right end. */
static void say_timed(const demo_run *demo, const char *text, uint64_t time_ns) {
    tool_text duration = tool_duration(time_ns);
    size_t columns = tool_columns(text) + tool_columns(duration.text);
    int gap = columns + 1 < LINE_COLUMNS ? (int)(LINE_COLUMNS - columns) : 1;
    tool_print(&demo->terminal, TOOL_PLAIN, "%s%*s", text, gap, "");
    tool_print(&demo->terminal, TOOL_CYAN, "%s", duration.text);
    fputc('\n', demo->terminal.stream);
}

static void say_heading(const demo_run *demo, const char *text) {
    fputc('\n', demo->terminal.stream);
    tool_print(&demo->terminal, TOOL_BOLD, "%s", text);
    fputc('\n', demo->terminal.stream);
}

/* Each line of the text, indented and dim. */
static void say_request(const demo_run *demo, const char *text) {
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        tool_print(&demo->terminal, TOOL_DIM, "      %.*s", (int)len, text);
        fputc('\n', demo->terminal.stream);
        text += len + (text[len] == '\n');
    }
}

/* Says what went wrong with an engine call; returns whether nothing did. */
static bool went_well(pte_status status, const pte_error *error, const char *doing) {
    if (status != PTE_OK) {
        tool_complain_of(doing, status, error);
    }
    return status == PTE_OK;
}

/* ---- data and table ---- */

static bool make_data(demo_run *demo) {
    pte_error error = {0};
    size_t partition_keys = 0, sort_keys = 0;
    uint64_t start_ns = tool_now_ns();
    demo->data = qp_data_new(demo->seed);
    if (demo->data == NULL) {
        tool_complain("no memory for the data");
        return false;
    }
    if (!went_well(qp_items_new(&demo->items, demo->data, &error), &error, "making the items")) {
        return false;
    }
    uint64_t time_ns = tool_now_ns() - start_ns;
    if (!went_well(qp_items_distinct(&partition_keys, demo->items, "PK", &error), &error, "PK") ||
        !went_well(qp_items_distinct(&sort_keys, demo->items, "SK", &error), &error, "SK")) {
        return false;
    }
    for (size_t i = 0; i < QP_ITEMS; i++) {
        demo->item_bytes += demo->items->items[i].size_bytes;
    }
    char text[160];
    snprintf(text, sizeof text, "  %d users, %d photos, %d reactions, %d friendships", QP_USERS,
             QP_PHOTOS, QP_REACTIONS, QP_FRIENDSHIPS);
    say_heading(demo, "Data");
    say_timed(demo, text, time_ns);
    tool_print(&demo->terminal, TOOL_PLAIN, "  = %d items, %s; %zu partition keys, %zu sort keys\n",
               QP_ITEMS, tool_size(demo->item_bytes).text, partition_keys, sort_keys);
    if (partition_keys != QP_PARTITION_KEYS || sort_keys != QP_SORT_KEYS) {
        tool_complain("expected %d partition keys and %d sort keys", QP_PARTITION_KEYS,
                      QP_SORT_KEYS);
        return false;
    }
    return true;
}

/* What the catalog says of the table. */
typedef struct table_state {
    uint64_t items;
    uint64_t size_bytes;
    uint64_t index_entries;
    bool index_active;
} table_state;

static pte_status describe_table(table_state *state, pte_env *env, pte_error *error) {
    pte_read *read = NULL;
    const pte_table_info *info;
    *state = (table_state){0};
    pte_status status = pte_read_begin(&read, env, error);
    if (status == PTE_OK) {
        status = pte_table_describe(&info, read, pte_str(QP_TABLE), error);
    }
    if (status == PTE_OK) {
        state->items = info->items;
        state->size_bytes = info->size_bytes;
        if (info->index_count == 1) {
            state->index_entries = info->indexes[0].entries;
            state->index_active = info->indexes[0].state == PTE_INDEX_ACTIVE;
        }
    }
    pte_read_end(read);
    return status;
}

/* The table holds so many items, and the index too if there should be one. */
static bool table_is(const demo_run *demo, table_state *state, uint64_t items, bool indexed) {
    pte_error error = {0};
    if (!went_well(describe_table(state, demo->place.env, &error), &error, "DescribeTable")) {
        return false;
    }
    bool right = state->items == items && state->index_active == indexed &&
                 state->index_entries == (indexed ? items : 0);
    if (!right) {
        tool_complain("the table has %llu items and %llu index entries, not %llu and %llu",
                      (unsigned long long)state->items, (unsigned long long)state->index_entries,
                      (unsigned long long)items, (unsigned long long)(indexed ? items : 0));
    }
    return right;
}

static bool create_table(demo_run *demo) {
    pte_error error = {0};
    say_heading(demo, "Table");
    uint64_t start_ns = tool_now_ns();
    pte_status status = qp_table_create(demo->place.env, &error);
    if (status == PTE_TABLE_EXISTS) {
        tool_complain("%s: there is a table quick-photos already; name another directory",
                      demo->path != NULL ? demo->path : "memory");
        return false;
    }
    if (!went_well(status, &error, "CreateTable")) {
        return false;
    }
    demo->made_table = true;
    say_timed(demo, "  CreateTable     quick-photos: PK (S) HASH, SK (S) RANGE",
              tool_now_ns() - start_ns);
    return true;
}

static bool load(demo_run *demo) {
    pte_error error = {0};
    table_state state;
    char text[160];
    uint64_t start_ns = tool_now_ns();
    pte_status status = qp_table_load(demo->place.env, demo->items->items, QP_ITEMS, &error);
    uint64_t time_ns = tool_now_ns() - start_ns;
    if (!went_well(status, &error, "BatchWriteItem") || !table_is(demo, &state, QP_ITEMS, false)) {
        return false;
    }
    if (state.size_bytes != demo->item_bytes) {
        tool_complain("the table's size is %llu bytes, the items' sum %zu",
                      (unsigned long long)state.size_bytes, demo->item_bytes);
        return false;
    }
    snprintf(text, sizeof text, "  BatchWriteItem  %d items in one batch", QP_ITEMS);
    say_timed(demo, text, time_ns);
    return true;
}

static bool show_backfill(void *ctx, const pte_backfill_progress *now) {
    tool_progress *progress = ctx;
    tool_progress_show(progress, now->items_done, now->items_total);
    return true;
}

static bool add_index(demo_run *demo) {
    pte_error error = {0};
    table_state state;
    tool_progress progress = tool_progress_start("  filling the index");
    uint64_t start_ns = tool_now_ns();
    if (!went_well(qp_table_add_index(demo->place.env, &error), &error, "UpdateTable")) {
        return false;
    }
    say_timed(demo, "  UpdateTable     InvertedIndex: SK HASH, PK RANGE, projection ALL",
              tool_now_ns() - start_ns);
    start_ns = tool_now_ns();
    pte_status status =
        pte_backfill(demo->place.env, pte_str(QP_TABLE), show_backfill, &progress, &error);
    uint64_t time_ns = tool_now_ns() - start_ns;
    tool_progress_end(&progress);
    if (!went_well(status, &error, "backfill") || !table_is(demo, &state, QP_ITEMS, true)) {
        return false;
    }
    char text[256];
    snprintf(text, sizeof text, "                  backfilled from %s items",
             tool_count(state.index_entries).text);
    say_timed(demo, text, time_ns);
    return true;
}

/* ---- the patterns ---- */

static int compare_times(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Runs the read again and again, every answer checked; *median_ns: of the runs' times. */
static bool read_repeatedly(const demo_run *demo, const qp_step *step, uint64_t *median_ns) {
    uint64_t times_ns[READ_RUNS];
    qp_tally expected = {0};
    step->expect(&demo->scene, &expected);
    for (size_t i = 0; i < READ_RUNS; i++) {
        pte_error error = {0};
        qp_tally tally = {0};
        uint64_t start_ns = tool_now_ns();
        pte_status status = step->read(&demo->scene, &tally, &error);
        times_ns[i] = tool_now_ns() - start_ns;
        if (!went_well(status, &error, step->title)) {
            return false;
        }
        if (!qp_tally_equal(&tally, &expected)) {
            char got[160], wanted[160];
            qp_tally_write(got, sizeof got, &tally);
            qp_tally_write(wanted, sizeof wanted, &expected);
            tool_complain("%s: expected %s, found %s", step->title, wanted, got);
            return false;
        }
    }
    qsort(times_ns, READ_RUNS, sizeof times_ns[0], compare_times);
    *median_ns = times_ns[READ_RUNS / 2];
    return true;
}

static bool perform_read(const demo_run *demo, const qp_step *step, const char *heading) {
    uint64_t median_ns = 0;
    qp_tally tally = {0};
    qp_request request;
    char text[160];
    if (!read_repeatedly(demo, step, &median_ns)) {
        return false;
    }
    step->expect(&demo->scene, &tally); /* what every run was found to give */
    qp_tally_write(text, sizeof text, &tally);
    step->describe(&request, &demo->scene);
    say_timed(demo, heading, median_ns);
    say_request(demo, request.text);
    tool_print(&demo->terminal, TOOL_GREEN, "      %zu item%s", qp_tally_sum(&tally),
               qp_tally_sum(&tally) == 1 ? "" : "s");
    tool_print(&demo->terminal, TOOL_PLAIN, ": %s\n", text);
    return true;
}

/* Why the write was refused, in DynamoDB's words: a reason for each operation of a transaction. */
static void say_refusal(const demo_run *demo, const qp_step *step) {
    const tool_terminal *terminal = &demo->terminal;
    size_t operations = demo->app.operation_count;
    tool_print(terminal, TOOL_GREEN, "      again: %s", operations == 1 ? "refused" : "cancelled");
    for (size_t i = 0; i < operations; i++) {
        tool_print(terminal, TOOL_PLAIN, "%s%s", i == 0 ? " [" : ", ",
                   demo->app.operation_statuses[i] == PTE_OK ? "None" : "ConditionalCheckFailed");
    }
    tool_print(terminal, TOOL_PLAIN, "]; nothing has changed\n             %s: it is there",
               step->operations[0]);
    if (demo->app.found_timestamp[0] != '\0') {
        tool_print(terminal, TOOL_PLAIN, " since %s", demo->app.found_timestamp);
    }
    tool_print(terminal, TOOL_PLAIN, "\n");
}

/* The second run of a write must be refused, by its first operation's condition and by nothing
 * else, and must change nothing. */
static bool refuse_again(const demo_run *demo, const qp_step *step) {
    pte_error error = {0};
    const qp_app *app = &demo->app;
    pte_status status = step->write(&demo->scene, &error);
    bool refused = app->operation_count == 1
                       ? status == PTE_CONDITION_FAILED
                       : status == PTE_TRANSACTION_CANCELLED && error.position == 0;
    for (size_t i = 0; i < app->operation_count; i++) {
        refused = refused && app->operation_statuses[i] == (i == 0 ? PTE_CONDITION_FAILED : PTE_OK);
    }
    if (!refused) {
        tool_complain("%s: a second run should fail by its condition; found %s", step->title,
                      pte_status_name(status));
        return false;
    }
    if (!went_well(step->verify(&demo->scene, &error), &error, step->title)) {
        return false;
    }
    say_refusal(demo, step);
    return true;
}

static bool perform_write(const demo_run *demo, const qp_step *step, const char *heading) {
    pte_error error = {0};
    qp_request request;
    uint64_t start_ns = tool_now_ns();
    pte_status status = step->write(&demo->scene, &error);
    uint64_t time_ns = tool_now_ns() - start_ns;
    if (!went_well(status, &error, step->title)) {
        return false;
    }
    if (!went_well(step->verify(&demo->scene, &error), &error, step->title)) {
        return false;
    }
    step->describe(&request, &demo->scene);
    say_timed(demo, heading, time_ns);
    say_request(demo, request.text);
    size_t written = demo->app.operation_count;
    tool_print(&demo->terminal, TOOL_GREEN, "      %zu item%s written", written,
               written == 1 ? "" : "s");
    tool_print(&demo->terminal, TOOL_PLAIN, " and read back\n");
    return !step->refused_again || refuse_again(demo, step);
}

static bool perform(demo_run *demo) {
    say_heading(demo, "Access patterns");
    tool_print(&demo->terminal, TOOL_DIM,
               "  Times of reads: the median of %d runs, each from snapshot to last item.\n"
               "  Times of writes: the one run that counts, commit included.\n",
               READ_RUNS);
    for (size_t i = 0; i < QP_STEPS; i++) {
        const qp_step *step = &qp_steps[i];
        char heading[96];
        snprintf(heading, sizeof heading, " %2zu  %s (%s)", i + 1, step->title,
                 step->write != NULL ? "write" : "read");
        fputc('\n', demo->terminal.stream);
        bool performed = step->write != NULL ? perform_write(demo, step, heading)
                                             : perform_read(demo, step, heading);
        if (!performed) {
            return false;
        }
        if (step->strategy != NULL) {
            tool_print(&demo->terminal, TOOL_CYAN, "      Strategy: %s\n", step->strategy);
        }
    }
    return true;
}

/* ---- the end ---- */

static void print_problem(void *ctx, const char *problem) {
    (void)ctx;
    tool_complain("checker: %s", problem);
}

/* Runs the checker over the whole database; false if it finds anything. */
static bool check(const demo_run *demo) {
    pte_error error = {0};
    pte_check_report report;
    pte_check_options options = {.on_problem = print_problem};
    return went_well(pte_check(&report, demo->place.env, &options, &error), &error, "checker") &&
           report.problems == 0;
}

/* Checks all there is, and writes the figures of the last line to text. */
static bool sum_up(const demo_run *demo, char *text, size_t size) {
    pte_error error = {0};
    pte_env_info info;
    table_state state;
    if (!table_is(demo, &state, QP_ITEMS + QP_ITEMS_ADDED, true) ||
        !went_well(pte_env_describe(&info, demo->place.env, &error), &error, "describing")) {
        return false;
    }
    say_heading(demo, "Afterwards");
    uint64_t start_ns = tool_now_ns();
    if (!check(demo)) {
        return false;
    }
    say_timed(demo, "  checker         catalog, items and index agree", tool_now_ns() - start_ns);
    snprintf(text, size, "%s items, %s index entries, %s (database %s), checker: no problems",
             tool_count(state.items).text, tool_count(state.index_entries).text,
             tool_size(state.size_bytes).text, tool_size(info.used_bytes).text);
    return true;
}

/* DeleteTable, the space back, and the table gone. */
static bool drop_table(const demo_run *demo) {
    enum { STEP_ENTRIES = 10000 };
    pte_env *env = demo->place.env;
    pte_error error = {0};
    table_state state;
    size_t reclaimed = 0;
    uint64_t start_ns = tool_now_ns();
    if (!went_well(pte_table_drop(env, pte_str(QP_TABLE), &error), &error, "DeleteTable")) {
        return false;
    }
    uint64_t time_ns = tool_now_ns() - start_ns;
    if (describe_table(&state, env, &error) != PTE_TABLE_NOT_FOUND) {
        tool_complain("DeleteTable: the table is still there");
        return false;
    }
    say_timed(demo, "  DeleteTable     quick-photos", time_ns);
    do {
        if (!went_well(pte_reclaim(&reclaimed, env, STEP_ENTRIES, &error), &error, "reclaiming")) {
            return false;
        }
    } while (reclaimed == STEP_ENTRIES);
    return check(demo);
}

/* Everything between an open database and its end; writes the figures of the last line. */
static bool play(demo_run *demo, char *figures, size_t size) {
    pte_error error = {0};
    if (!make_data(demo) || !create_table(demo) || !load(demo) || !add_index(demo) ||
        !went_well(qp_app_init(&demo->app, demo->place.env, &error), &error, "starting")) {
        return false;
    }
    qp_scene_init(&demo->scene, &demo->app, demo->data);
    return perform(demo) && sum_up(demo, figures, size);
}

static void say_title(const demo_run *demo) {
    unsigned long long seed = demo->seed;
    tool_print(&demo->terminal, TOOL_BOLD, "Quick Photos, a photo app on one table");
    if (demo->path == NULL) {
        tool_print(&demo->terminal, TOOL_DIM, "  in memory, seed %llu\n", seed);
    } else {
        tool_print(&demo->terminal, TOOL_DIM, "  in %s (%s), seed %llu\n", demo->path,
                   demo->durability == PTE_DURABLE ? "durable" : "relaxed", seed);
    }
}

static int perform_demo(demo_run *demo) {
    char figures[800] = "";
    uint64_t start_ns = tool_now_ns();
    if (!demo_place_open(&demo->place, demo->path, demo->durability)) {
        return TOOL_FAILED;
    }
    say_title(demo);
    bool fine = play(demo, figures, sizeof figures);
    bool kept = demo->keep && fine;
    if (demo->made_table && !kept) {
        fine = drop_table(demo) && fine;
    }
    qp_app_clean_up(&demo->app);
    qp_items_destroy(demo->items);
    qp_data_destroy(demo->data);
    fine = demo_place_close(&demo->place, kept) && fine;
    if (fine) {
        tool_print(&demo->terminal, TOOL_GREEN, "\nDone: ");
        tool_print(&demo->terminal, TOOL_PLAIN, "%s, %s\n", figures,
                   tool_duration(tool_now_ns() - start_ns).text);
    }
    if (kept) {
        tool_print(&demo->terminal, TOOL_PLAIN, "Kept; look at it: pocketable info %s\n",
                   demo->path);
    }
    return tool_flush(&demo->terminal) && fine ? TOOL_DONE : TOOL_FAILED;
}

/* The options as given. */
typedef struct demo_wishes {
    const char *dir;
    const char *durability;
    bool memory, keep, no_color;
} demo_wishes;

/* TOOL_DONE if the wishes go together. */
static int understand(demo_run *demo, const demo_wishes *wishes, const char *which) {
    if (strcmp(which, "quick-photos") != 0) {
        return tool_misused(&tool_demo_command, "no demo \"%s\"; there is quick-photos", which);
    }
    if (wishes->dir != NULL && wishes->memory) {
        return tool_misused(&tool_demo_command, "--dir and --memory exclude each other");
    }
    if (wishes->dir != NULL && wishes->dir[0] == '\0') {
        return tool_misused(&tool_demo_command, "--dir needs the path of a directory");
    }
    if (wishes->dir == NULL && (wishes->keep || wishes->durability != NULL)) {
        return tool_misused(&tool_demo_command, "%s needs --dir",
                            wishes->keep ? "--keep" : "--durability");
    }
    demo->durability = PTE_DURABLE;
    if (wishes->durability != NULL && strcmp(wishes->durability, "relaxed") == 0) {
        demo->durability = PTE_RELAXED;
    } else if (wishes->durability != NULL && strcmp(wishes->durability, "durable") != 0) {
        return tool_misused(&tool_demo_command, "--durability is durable or relaxed, not \"%s\"",
                            wishes->durability);
    }
    demo->path = wishes->dir;
    demo->keep = wishes->keep;
    demo->terminal = tool_terminal_of(stdout, wishes->no_color);
    return TOOL_DONE;
}

static int run(int argc, char **argv) {
    demo_run demo = {.seed = SEED_USUAL};
    demo_wishes wishes = {0};
    const tool_option options[] = {
        {.name = "--dir", .text = &wishes.dir},
        {.name = "--memory", .flag = &wishes.memory},
        {.name = "--seed", .number = &demo.seed},
        {.name = "--durability", .text = &wishes.durability},
        {.name = "--keep", .flag = &wishes.keep},
        {.name = "--no-color", .flag = &wishes.no_color},
    };
    tool_arguments arguments = {
        .command = &tool_demo_command,
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .operands_shown = "the name of a demo: quick-photos",
        .operands_wanted = 1,
    };
    int exit_status;
    if (!tool_arguments_read(&arguments, argc, argv, &exit_status)) {
        return exit_status;
    }
    exit_status = understand(&demo, &wishes, arguments.operands[0]);
    return exit_status != TOOL_DONE ? exit_status : perform_demo(&demo);
}
