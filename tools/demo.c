/*
 * `pocketable demo quick-photos`: makes the data of a photo app, loads it, adds its index and runs
 * its ten access patterns, through the engine, through JSON in process and over HTTP, checking
 * every result against what the generator knows and the three ways against one another.
 */
#include "command.h"
#include "demo_patterns.h"
#include "demo_place.h"

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
            "answer, and cleans up after itself. It does so three ways, side by side: by typed\n"
            "calls of the engine, by DynamoDB's JSON in process, and over HTTP to a server that\n"
            "it starts on a free port of 127.0.0.1.\n"
            "\n"
            "  --memory            in memory (the default): nothing is left behind\n"
            "  --dir PATH          on disk, in a new or empty directory or a database that\n"
            "                      has no table quick-photos\n"
            "  --durability MODE   with --dir: durable (each write is on the disk before it\n"
            "                      is acknowledged; the default) or relaxed\n"
            "  --keep              with --dir: leave the tables there, to look at with\n"
            "                      \"pocketable info PATH\"\n"
            "  --show-json N       print the requests and answers of pattern N, 1 to 10\n"
            "  --seed N            other people, other photos; the same for the same N\n"
            "  --no-color          plain text\n"
            "\n"
            "Exit status: 0 every answer was right, 1 not so, 2 not understood.\n",
    .run = run,
};

enum { SEED_USUAL = 2026 };

typedef struct demo_run {
    tool_terminal terminal;
    const char *path; /* NULL: memory */
    pte_durability durability;
    bool keep;
    uint64_t seed;
    uint64_t shown; /* the pattern whose JSON is shown; 0: none */
    demo_place place;
    demo_ways ways;
    qp_data *data;
    qp_items *items;
    size_t item_bytes; /* by DynamoDB's rule */
    qp_app app;
    qp_scene scene;
} demo_run;

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
    if (!demo_went_well(qp_items_new(&demo->items, demo->data, &error), &error,
                        "making the items")) {
        return false;
    }
    uint64_t time_ns = tool_now_ns() - start_ns;
    if (!demo_went_well(qp_items_distinct(&partition_keys, demo->items, "PK", &error), &error,
                        "PK") ||
        !demo_went_well(qp_items_distinct(&sort_keys, demo->items, "SK", &error), &error, "SK")) {
        return false;
    }
    for (size_t i = 0; i < QP_ITEMS; i++) {
        demo->item_bytes += demo->items->items[i].size_bytes;
    }
    char text[160];
    snprintf(text, sizeof text, "  %d users, %d photos, %d reactions, %d friendships", QP_USERS,
             QP_PHOTOS, QP_REACTIONS, QP_FRIENDSHIPS);
    demo_say_heading(&demo->terminal, "Data");
    demo_say_timed(&demo->terminal, text, time_ns);
    tool_print(&demo->terminal, TOOL_PLAIN, "  = %d items, %s; %zu partition keys, %zu sort keys\n",
               QP_ITEMS, tool_size(demo->item_bytes).text, partition_keys, sort_keys);
    if (partition_keys != QP_PARTITION_KEYS || sort_keys != QP_SORT_KEYS) {
        tool_complain("expected %d partition keys and %d sort keys", QP_PARTITION_KEYS,
                      QP_SORT_KEYS);
        return false;
    }
    return true;
}

static void say_ways(const demo_run *demo) {
    static const char *const means[DEMO_WAYS] = {"typed calls from C", "JSON, pt_exchange_run",
                                                 "JSON, one connection"};
    demo_say_heading(&demo->terminal, "Three ways into one database");
    for (size_t i = 0; i < DEMO_WAYS; i++) {
        tool_print(&demo->terminal, TOOL_PLAIN, "  %-14s  %-24stable %s\n", demo_way_names[i],
                   means[i], demo_tables[i]);
    }
}

static bool load(demo_run *demo) {
    demo_times times = {{0}};
    demo_table_state state;
    qp_answer cost;
    char text[160];
    if (!demo_ways_load(&demo->ways, demo->items->items, QP_ITEMS, &times, &cost) ||
        !demo_ways_agree(&demo->ways, QP_ITEMS, false, &state)) {
        return false;
    }
    if (state.size_bytes != demo->item_bytes) {
        tool_complain("the table's size is %llu bytes, the items' sum %zu",
                      (unsigned long long)state.size_bytes, demo->item_bytes);
        return false;
    }
    snprintf(text, sizeof text, "  BatchWriteItem  %d items (%zu WCU)", QP_ITEMS,
             cost.half_units / 2);
    demo_say_row(&demo->terminal, text, &times);
    return true;
}

static bool add_index(demo_run *demo) {
    demo_times adding = {{0}}, filling = {{0}};
    if (!demo_ways_add_index(&demo->ways, &adding, &filling) ||
        !demo_ways_agree(&demo->ways, QP_ITEMS, true, NULL)) {
        return false;
    }
    char text[160];
    snprintf(text, sizeof text, "  until ACTIVE    backfilled from %d items", QP_ITEMS);
    demo_say_row(&demo->terminal, "  UpdateTable     InvertedIndex: SK, PK", &adding);
    demo_say_row(&demo->terminal, text, &filling);
    return true;
}

static bool make_tables(demo_run *demo) {
    demo_times times = {{0}};
    if (!demo_ways_create(&demo->ways, demo->path, &times)) {
        return false;
    }
    demo_say_columns(&demo->terminal, "Tables");
    demo_say_row(&demo->terminal, "  CreateTable     PK (S) HASH, SK (S) RANGE", &times);
    return load(demo) && add_index(demo);
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
    return demo_went_well(pte_check(&report, demo->ways.env, &options, &error), &error,
                          "checker") &&
           report.problems == 0;
}

/* Checks all there is, and writes the figures of the last lines to text. */
static bool sum_up(const demo_run *demo, char *text, size_t size) {
    pte_error error = {0};
    pte_env_info info;
    demo_table_state state;
    demo_say_heading(&demo->terminal, "Afterwards");
    uint64_t start_ns = tool_now_ns();
    if (!demo_ways_agree(&demo->ways, QP_ITEMS + QP_ITEMS_ADDED, true, &state) ||
        !demo_went_well(pte_env_describe(&info, demo->ways.env, &error), &error, "describing")) {
        return false;
    }
    demo_say_timed(&demo->terminal, "  comparison      the three tables hold equal items",
                   tool_now_ns() - start_ns);
    start_ns = tool_now_ns();
    if (!check(demo)) {
        return false;
    }
    demo_say_timed(&demo->terminal, "  checker         catalog, items and indexes agree",
                   tool_now_ns() - start_ns);
    snprintf(text, size,
             "%s items, %s index entries, %s in each of three tables;\n"
             "      database %s, checker: no problems",
             tool_count(state.items).text, tool_count(state.index_entries).text,
             tool_size(state.size_bytes).text, tool_size(info.used_bytes).text);
    return true;
}

/* DeleteTable each way, the space back, and the tables gone. */
static bool drop_tables(demo_run *demo, bool shown) {
    enum { STEP_ENTRIES = 10000 };
    demo_times times = {{0}};
    pte_error error = {0};
    size_t reclaimed = 0;
    if (!demo_ways_drop(&demo->ways, &times)) {
        return false;
    }
    if (shown) {
        demo_say_columns(&demo->terminal, "Clean-up");
        demo_say_row(&demo->terminal, "  DeleteTable     quick-photos", &times);
    }
    do {
        if (!demo_went_well(pte_reclaim(&reclaimed, demo->ways.env, STEP_ENTRIES, &error), &error,
                            "reclaiming")) {
            return false;
        }
    } while (reclaimed == STEP_ENTRIES);
    return check(demo);
}

/* Everything between an open database and its end; writes the figures of the last lines. */
static bool play(demo_run *demo, char *figures, size_t size) {
    pte_error error = {0};
    if (!make_data(demo) || !demo_ways_open(&demo->ways, demo->place.database)) {
        return false;
    }
    say_ways(demo);
    if (!make_tables(demo) ||
        !demo_went_well(qp_app_init(&demo->app, demo->ways.env, &error), &error, "starting")) {
        return false;
    }
    qp_scene_init(&demo->scene, &demo->app, demo->data);
    demo_patterns patterns = {&demo->terminal, &demo->ways, &demo->scene, demo->shown};
    return demo_patterns_perform(&patterns) && sum_up(demo, figures, size);
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
    if (demo->ways.made[DEMO_ENGINE] && !kept) {
        fine = drop_tables(demo, fine) && fine;
    }
    qp_app_clean_up(&demo->app);
    qp_items_destroy(demo->items);
    qp_data_destroy(demo->data);
    demo_ways_close(&demo->ways);
    fine = demo_place_close(&demo->place, kept) && fine;
    if (fine) {
        tool_print(&demo->terminal, TOOL_GREEN, "\nDone: ");
        tool_print(&demo->terminal, TOOL_PLAIN, "%s, %s\n", figures,
                   tool_duration(tool_now_ns() - start_ns).text);
    }
    if (kept) {
        tool_print(&demo->terminal, TOOL_PLAIN,
                   "Kept; look at it: pocketable info %s\n"
                   "      serve it: pocketable serve --dir %s\n",
                   demo->path, demo->path);
    }
    return tool_flush(&demo->terminal) && fine ? TOOL_DONE : TOOL_FAILED;
}

/* The options as given. */
typedef struct demo_wishes {
    const char *dir;
    const char *durability;
    uint64_t show_json;
    bool memory, keep, no_color;
} demo_wishes;

#define SHOW_NONE UINT64_MAX /* where --show-json is not given */

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
    if (wishes->show_json != SHOW_NONE && wishes->show_json - 1 >= QP_STEPS) {
        return tool_misused(&tool_demo_command, "--show-json is a pattern's number, 1 to %d",
                            QP_STEPS);
    }
    demo->shown = wishes->show_json != SHOW_NONE ? wishes->show_json : 0;
    demo->path = wishes->dir;
    demo->keep = wishes->keep;
    demo->terminal = tool_terminal_of(stdout, wishes->no_color);
    return TOOL_DONE;
}

static int run(int argc, char **argv) {
    demo_run demo = {.seed = SEED_USUAL};
    demo_wishes wishes = {.show_json = SHOW_NONE};
    const tool_option options[] = {
        {.name = "--dir", .text = &wishes.dir},
        {.name = "--memory", .flag = &wishes.memory},
        {.name = "--show-json", .number = &wishes.show_json},
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
