/*
 * engine_bench: what the engine and the JSON above it cost next to LMDB and SQLite. Options, the
 * run, the report.
 */
#include "options.h"
#include "phases.h"
#include "side.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

static const char help[] =
    "engine_bench measures DynamoDB's operations in process, done in four ways with the same\n"
    "items in one process, in alternating slices:\n"
    "  lmdb      raw LMDB calls, the same keys and bytes, made beforehand: the limit\n"
    "  engine    pocketable's typed calls\n"
    "  json      pocketable's JSON calls (pt_exchange_run)\n"
    "  sqlite    SQLite: the same table, index and durability\n"
    "\n"
    "The table shows the time of one operation in the median slice, in microseconds (with many\n"
    "writers: how many a second), and ratios: \"engine to lmdb 1.2\" means that the engine takes\n"
    "1.2 times as long as LMDB alone. A ratio is the median of the ratios of every two slices\n"
    "after one another, so it may differ a little from the ratio of the two medians. \"middle\n"
    "half\" is the range of the middle half of those ratios; if it is wide, the machine was not\n"
    "quiet. \"total\" is the ratio of all slices together, in which lumps count that a median\n"
    "hides. \"cpu\" is the ratio of processor times, which other programs disturb less.\n"
    "\n"
    "Every answer is checked, and at the end of each mode every item and every index entry. A\n"
    "wrong answer ends the run with status 1. Missing a target does not.\n"
    "\n"
    "Modes:\n"
    "  memory    all in memory, the engine and LMDB on files written through the map\n"
    "  relaxed   all on disk, without waiting for it at a commit\n"
    "  durable   all wait for the disk at every commit: 1, 8 and 64 writers, with what the disk\n"
    "            does by itself next to them; then each kind of write\n"
    "\n"
    "Usage: engine_bench [options]\n"
    "  --items N           items in each table to begin with               (1000000)\n"
    "  --operations N      rows written or queries in a slice; gets: five times (10000)\n"
    "  --durable N         durable writes in a slice, by each writer       (50)\n"
    "  --slices N          slices of each operation, 2 to 200              (20)\n"
    "  --quick             --items 100000 --operations 5000 --durable 20 --slices 10\n"
    "  --modes LIST        of the above, with commas            (memory,relaxed,durable)\n"
    "  --only TEXT         after loading, only operations with TEXT in their name\n"
    "  --seed N            of the order of access                          (1)\n"
    "  --folder DIR        where to work on disk; must not be a tmpfs      (.)\n"
    "  --memory-folder DIR where to work in memory                         (/dev/shm)\n"
    "  --json FILE         write every slice to FILE too\n"
    "  --spoil SIDE:NAME   expect wrong answers of the operation NAME on SIDE; to see them found\n"
    "  --help              this text\n"
    "\n"
    "Example, the figure for a get on a small table:\n"
    "  engine_bench --items 10000 --modes memory --only get\n"
    "\n"
    "A million items take about 8 GB in --memory-folder and then in --folder, and 2 GB beside.\n";

/* Whether mode stands in the list between commas. */
static bool mode_listed(const char *list, const char *mode) {
    size_t len = strlen(mode);
    while (list != NULL) {
        if (strncmp(list, mode, len) == 0 && (list[len] == ',' || list[len] == 0)) {
            return true;
        }
        list = strchr(list, ',');
        list = list == NULL ? NULL : list + 1;
    }
    return false;
}

/* Whether the list names modes and nothing else. */
static bool modes_known(const char *list) {
    size_t names = 1;
    for (const char *at = list; *at != 0; at++) {
        names += *at == ',';
    }
    size_t known = 0;
    for (size_t i = 0; bench_modes[i] != NULL; i++) {
        known += mode_listed(list, bench_modes[i]);
    }
    return known == names;
}

/* Whether the program goes on; else it ends, with *exit_status. */
static bool read_options(bench_settings *settings, int count, char **texts, int *exit_status) {
    static const char *const quick[] = {"--items", "100000",   "--operations", "5000", "--durable",
                                        "20",      "--slices", "10",           NULL};
    const bench_option options[] = {
        {"--items", NULL, &settings->items, NULL, 1, 1000000000},
        {"--operations", NULL, NULL, &settings->operations, 1, 10000000},
        {"--durable", NULL, NULL, &settings->durable_operations, 1, 100000},
        {"--slices", NULL, NULL, &settings->slices, 2, BENCH_SLICES_MAX},
        {"--seed", NULL, &settings->seed, NULL, 0, UINT64_MAX},
        {"--modes", &settings->modes, NULL, NULL, 0, 0},
        {"--only", &settings->only, NULL, NULL, 0, 0},
        {"--spoil", &settings->spoil, NULL, NULL, 0, 0},
        {"--folder", &settings->folder, NULL, NULL, 0, 0},
        {"--memory-folder", &settings->memory_folder, NULL, NULL, 0, 0},
        {"--json", &settings->json, NULL, NULL, 0, 0},
    };
    const bench_program program = {"engine_bench", help, options, sizeof options / sizeof *options,
                                   quick};
    if (!bench_options_read(exit_status, &program, count, texts)) {
        return false;
    }
    if (!modes_known(settings->modes)) {
        fprintf(stderr, "engine_bench: --modes %s: name memory, relaxed, durable, each once\n",
                settings->modes);
        *exit_status = 2;
        return false;
    }
    /* Whole blocks, so that every partition has its ten items. */
    settings->items = (settings->items + 99) / 100 * 100;
    return true;
}

static void print_heading(const bench_settings *settings) {
    char machine[256];
    bench_machine(machine, sizeof machine);
    printf("engine_bench: %" PRIu64 " items a table, %zu slices, seed %" PRIu64 "\n%s\n",
           settings->items, settings->slices, settings->seed, machine);
    printf("memory in %s, disk in %s\n", settings->memory_folder, settings->folder);
}

static pte_status write_report(const bench_report *report, const bench_settings *settings,
                               pte_error *error) {
    const bench_setting all[] = {
        {"items", NULL, settings->items},
        {"operations", NULL, settings->operations},
        {"slices", NULL, settings->slices},
        {"durable_operations", NULL, settings->durable_operations},
        {"seed", NULL, settings->seed},
        {"modes", settings->modes, 0},
        {"only", settings->only != NULL ? settings->only : "", 0},
        {"folder", settings->folder, 0},
        {"memory_folder", settings->memory_folder, 0},
    };
    return bench_report_write(report, settings->json, all, sizeof all / sizeof *all, error);
}

static pte_status run(bench_report *report, const void *given, const volatile sig_atomic_t *stop,
                      pte_error *error) {
    const bench_settings *settings = given;
    pte_status status = PTE_OK;
    print_heading(settings);
    report->part = "in_process";
    bench_name_sides(report);
    for (size_t i = 0; i < report->skipped_count; i++) {
        printf("without %s: %s\n", report->skipped[i][0], report->skipped[i][1]);
    }
    for (size_t i = 0; status == PTE_OK && bench_modes[i] != NULL; i++) {
        if (mode_listed(settings->modes, bench_modes[i])) {
            status = bench_run_mode(report, i, settings, stop, error);
            bench_report_print(report, bench_groups[i], stdout);
            fflush(stdout);
        }
    }
    if (status == PTE_OK) {
        printf("\n%" PRIu64 " answers checked, all right\n", report->answers_checked);
        status = settings->json == NULL ? PTE_OK : write_report(report, settings, error);
    }
    return status;
}

int main(int count, char **texts) {
    bench_settings settings = {
        .items = 1000000,
        .operations = 10000,
        .slices = 20,
        .durable_operations = 50,
        .seed = 1,
        .folder = ".",
        .memory_folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
        .modes = "memory,relaxed,durable",
    };
    int exit_status;
    if (!read_options(&settings, count, texts, &exit_status)) {
        return exit_status;
    }
    return bench_program_run("engine_bench", run, &settings);
}
