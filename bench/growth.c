/*
 * growth_bench: what a table's items and a database's tables do to costs as they become many.
 */
#include "growth.h"
#include "options.h"

#include <inttypes.h>
#include <stdlib.h>

static const char help[] =
    "growth_bench measures what growth does to costs.\n"
    "\n"
    "Items: a table with its inverted index is loaded to 10,000 items, ten times as many, and so\n"
    "on. At each size, gets, queries of ten and puts on it are compared with the same on a table\n"
    "that keeps its 10,000, in alternating slices, as typed calls and as JSON calls. The load's\n"
    "rate, its bytes on disk and the memory that it took are shown with it.\n"
    "Tables: a database with 1, 10, 100, ... tables, and gets of the same 10,000 items, all in\n"
    "one of them or spread over all, compared with a database of one.\n"
    "Every answer is checked, and at the end every item. A wrong one ends the run with status 1.\n"
    "\n"
    "Usage: growth_bench [options]\n"
    "  --items-max N       the most items                                  (10000000)\n"
    "  --tables-max N      the most tables                                 (10000)\n"
    "  --operations N      in a slice                                      (5000)\n"
    "  --slices N          of each operation, 2 to 200                     (20)\n"
    "  --quick             --items-max 1000000 --tables-max 1000 --operations 2000 --slices 10\n"
    "  --seed N            of the order of access                          (1)\n"
    "  --folder DIR        where to work on disk; must not be a tmpfs      (.)\n"
    "  --json FILE         write every slice to FILE too\n"
    "  --help              this text\n"
    "\n"
    "Ten million items take about 10 GB on disk, and the figures mean what they say only if the\n"
    "machine has memory to keep them there too.\n";

void bench_growth_name(char *text, size_t bytes, const char *name, uint64_t number,
                       const char *things) {
    char digits[32];
    char grouped[48];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, number);
    size_t to = 0;
    for (size_t i = 0; i < len; i++) {
        grouped[to++] = digits[i];
        if ((len - i) % 3 == 1 && i + 1 < len) {
            grouped[to++] = ',';
        }
    }
    grouped[to] = 0;
    snprintf(text, bytes, "%s %s %s", name, grouped, things);
}

void bench_growth_compare(bench_result *result, double target) {
    bench_result_compare(
        result,
        (bench_ratio){.of = BENCH_GROWN_ENGINE, .to = BENCH_SMALL_ENGINE, .target = target});
    bench_result_compare(
        result, (bench_ratio){.of = BENCH_GROWN_JSON, .to = BENCH_SMALL_JSON, .target = target});
}

static pte_status run(bench_report *report, const void *given, const volatile sig_atomic_t *stop,
                      pte_error *error) {
    const bench_growth_settings *settings = given;
    const bench_setting all[] = {
        {"items_max", NULL, settings->items_max},
        {"tables_max", NULL, settings->tables_max},
        {"operations", NULL, settings->operations},
        {"slices", NULL, settings->slices},
        {"seed", NULL, settings->seed},
        {"folder", settings->folder, 0},
    };
    report->part = "growth";
    report->side_names[BENCH_GROWN_ENGINE] = "engine";
    report->side_names[BENCH_GROWN_JSON] = "json";
    report->side_names[BENCH_SMALL_ENGINE] = "engine, few";
    report->side_names[BENCH_SMALL_JSON] = "json, few";
    pte_status status = bench_grow_items(report, settings, stop, error);
    bench_report_print(report, bench_growth_of_items, stdout);
    bench_report_print(report, bench_growth_load, stdout);
    fflush(stdout);
    if (status == PTE_OK) {
        status = bench_grow_tables(report, settings, stop, error);
    }
    bench_report_print(report, bench_growth_of_tables, stdout);
    if (status == PTE_OK) {
        printf("\n%" PRIu64 " answers checked, all right\n", report->answers_checked);
    }
    return status != PTE_OK || settings->json == NULL
               ? status
               : bench_report_write(report, settings->json, all, sizeof all / sizeof *all, error);
}

/* Whether the program goes on; else it ends, with status *exit_status. */
static bool read_options(bench_growth_settings *settings, int count, char **texts,
                         int *exit_status) {
    static const char *const quick[] = {"--items-max", "1000000",      "--tables-max",
                                        "1000",        "--operations", "2000",
                                        "--slices",    "10",           NULL};
    const bench_option options[] = {
        {"--items-max", NULL, &settings->items_max, NULL, BENCH_GROWTH_ITEMS_MIN, 1000000000},
        {"--tables-max", NULL, &settings->tables_max, NULL, 1, 10000000},
        {"--operations", NULL, NULL, &settings->operations, 1, 1000000},
        {"--slices", NULL, NULL, &settings->slices, 2, BENCH_SLICES_MAX},
        {"--seed", NULL, &settings->seed, NULL, 0, UINT64_MAX},
        {"--folder", &settings->folder, NULL, NULL, 0, 0},
        {"--json", &settings->json, NULL, NULL, 0, 0},
    };
    const bench_program program = {"growth_bench", help, options, sizeof options / sizeof *options,
                                   quick};
    return bench_options_read(exit_status, &program, count, texts);
}

int main(int count, char **texts) {
    bench_growth_settings settings = {.items_max = 10000000,
                                      .tables_max = 10000,
                                      .operations = 5000,
                                      .slices = 20,
                                      .seed = 1,
                                      .folder = "."};
    int exit_status;
    if (!read_options(&settings, count, texts, &exit_status)) {
        return exit_status;
    }
    return bench_program_run("growth_bench", run, &settings);
}
