/*
 * footprint_bench: how soon an embedded database answers, and the memory and disk that it takes.
 *
 * Memory is measured in child processes of one side each, which is this program again, so that no
 * side sees what another has left in the allocator.
 */
#include "answers.h"
#include "options.h"
#include "side.h"

#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char help[] =
    "footprint_bench measures what having a database in a program costs, for raw LMDB, the typed\n"
    "engine, the JSON calls and SQLite (see engine_bench --help):\n"
    "  - open, make a table with its index, put an item and get it: in memory and on disk, in a\n"
    "    process that runs, and as a whole process that ends thereafter;\n"
    "  - the memory of an empty database, and the memory and disk of one with many items.\n"
    "\n"
    "Usage: footprint_bench [options]\n"
    "  --items N           items of the large database                     (1000000)\n"
    "  --slices N          starts of each kind, 2 to 200                   (20)\n"
    "  --quick             --items 100000 --slices 10\n"
    "  --folder DIR        where to work on disk; must not be a tmpfs      (.)\n"
    "  --memory-folder DIR where to work in memory                         (/dev/shm)\n"
    "  --json FILE         write the figures to FILE too\n"
    "  --help              this text\n"
    "\n"
    "A million items take about 1 GB in memory, one side at a time.\n";

static const char starts[] = "start to first answer";
static const char footprint[] = "memory and disk";

enum { LOAD_ROWS = 1000 };

typedef struct settings {
    uint64_t items;
    size_t slices;
    const char *folder;
    const char *memory_folder;
    const char *json;
    const char *program;    /* this one's file */
    const char *child;      /* "side:durability:kind" where this is a child */
    const char *child_path; /* its folder */
} settings;

/* ---- one side's database, in a folder of its own ---- */

typedef struct place {
    char path[4096];
    bench_maker maker;
    bench_batch batch;
    void *store;
} place;

static pte_status make_folder(char *path, size_t bytes, const char *parent, pte_error *error) {
    snprintf(path, bytes, "%s/footprint-XXXXXX", parent);
    if (mkdtemp(path) == NULL) {
        int code = errno;
        path[0] = 0;
        return bench_fail(error, PTE_IO, code, "cannot make a folder in %s", parent);
    }
    return PTE_OK;
}

static pte_status place_init(place *p, uint64_t items_max, size_t rows, pte_error *error) {
    pte_status status = bench_maker_init(&p->maker, 1, items_max, error);
    return status != PTE_OK ? status : bench_batch_init(&p->batch, rows, error);
}

static void place_clean_up(place *p) {
    bench_batch_clean_up(&p->batch);
    bench_maker_clean_up(&p->maker);
}

static pte_status run_op(const bench_side *side, place *p, bench_op op, pte_error *error) {
    pte_status status = PTE_OK;
    if (side->prepare != NULL) {
        status = side->prepare(p->store, op, &p->batch, error);
    }
    return status != PTE_OK ? status : side->run[op](p->store, &p->batch, error);
}

/* Opens, makes the table, puts the batch's one item and gets it. */
static pte_status answer_first(const bench_side *side, place *p, pte_durability durability,
                               pte_error *error) {
    pte_status status = side->open(&p->store, p->path, durability, error);
    if (status == PTE_OK) {
        status = run_op(side, p, BENCH_OP_PUT, error);
    }
    return status != PTE_OK ? status : run_op(side, p, BENCH_OP_GET, error);
}

static pte_status load(const bench_side *side, place *p, uint64_t items, pte_error *error) {
    pte_status status = PTE_OK;
    while (status == PTE_OK && p->maker.counts[BENCH_PHOTOS] < items) {
        uint64_t rest = items - p->maker.counts[BENCH_PHOTOS];
        size_t rows = rest < LOAD_ROWS ? (size_t)rest : LOAD_ROWS;
        status = bench_batch_fill(&p->batch, &p->maker, BENCH_FOR_LOAD, BENCH_PHOTOS, rows, error);
        if (status == PTE_OK) {
            status = run_op(side, p, BENCH_OP_LOAD, error);
        }
    }
    return status;
}

/* ---- the child ---- */

/* Private memory: of the allocator, and of files that are only in memory. */
static uint64_t memory_now(void) {
    return bench_memory_bytes("RssAnon") + bench_memory_bytes("RssShmem");
}

static pte_status run_child_kind(const settings *s, const bench_side *side,
                                 pte_durability durability, bool whole_load, pte_error *error) {
    place p = {.store = NULL};
    snprintf(p.path, sizeof p.path, "%s", s->child_path);
    uint64_t items = whole_load ? s->items : 1;
    pte_status status = place_init(&p, items, LOAD_ROWS, error);
    if (status == PTE_OK) {
        status = bench_batch_fill(&p.batch, &p.maker, BENCH_FOR_LOAD, BENCH_PHOTOS, 1, error);
    }
    uint64_t before = memory_now();
    if (status == PTE_OK) {
        status = answer_first(side, &p, durability, error);
    }
    if (status == PTE_OK) {
        status = load(side, &p, items, error);
    }
    uint64_t after = memory_now();
    if (status == PTE_OK && whole_load) {
        status = side->verify(p.store, &p.maker, error);
    }
    printf("%" PRIu64 " %" PRIu64 "\n", after - before, after);
    side->close(p.store);
    place_clean_up(&p);
    return status;
}

static const char *const durability_names[] = {
    [PTE_DURABLE] = "durable", [PTE_RELAXED] = "relaxed", [PTE_MEMORY] = "memory"};

static int run_child(const settings *s) {
    char side_name[16];
    char durability_name[16];
    char kind[16];
    pte_error error;
    if (sscanf(s->child, "%15[^:]:%15[^:]:%15s", side_name, durability_name, kind) != 3) {
        return 2;
    }
    for (size_t i = 0; i < BENCH_STORES; i++) {
        for (int d = 0; bench_sides[i] != NULL && d < 3; d++) {
            if (strcmp(bench_sides[i]->name, side_name) == 0 &&
                strcmp(durability_names[d], durability_name) == 0) {
                pte_status status = run_child_kind(s, bench_sides[i], (pte_durability)d,
                                                   strcmp(kind, "load") == 0, &error);
                if (status != PTE_OK) {
                    fprintf(stderr, "footprint_bench: %s: %s\n", s->child, error.message);
                }
                return status != PTE_OK;
            }
        }
    }
    return 2;
}

/* What a child said. */
typedef struct child_result {
    double wall_ns;
    uint64_t grown_bytes; /* from before the database was opened */
    uint64_t all_bytes;   /* of the process */
} child_result;

static pte_status spawn_child(pid_t *pid, int *output, char **arguments, pte_error *error) {
    int pipes[2];
    posix_spawn_file_actions_t actions;
    if (pipe(pipes) != 0) {
        return bench_fail(error, PTE_IO, errno, "pipe");
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
    posix_spawn_file_actions_addclose(&actions, pipes[0]);
    int code = posix_spawn(pid, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    *output = pipes[0];
    if (code != 0) {
        close(pipes[0]);
        return bench_fail(error, PTE_IO, code, "cannot start %s", arguments[0]);
    }
    return PTE_OK;
}

/* Runs a child and waits until it has ended. */
static pte_status run_as_process(child_result *result, const settings *s, const char *path,
                                 const char *what, pte_error *error) {
    char items[32];
    char text[128] = "";
    int output = -1;
    int ended = 0;
    pid_t pid = -1;
    snprintf(items, sizeof items, "%" PRIu64, s->items);
    char *arguments[] = {(char *)s->program, "--child", (char *)what, "--child-path",
                         (char *)path,       "--items", items,        NULL};
    bench_time start = bench_now();
    pte_status status = spawn_child(&pid, &output, arguments, error);
    if (status != PTE_OK) {
        return status;
    }
    ssize_t len = read(output, text, sizeof text - 1);
    close(output);
    bool good = waitpid(pid, &ended, 0) == pid && ended == 0;
    result->wall_ns = bench_now().wall_ns - start.wall_ns;
    text[len > 0 ? len : 0] = 0;
    char *rest;
    char *end;
    result->grown_bytes = strtoull(text, &rest, 10);
    result->all_bytes = strtoull(rest, &end, 10);
    if (!good || end == rest || *end != '\n') {
        return bench_fail(error, PTE_IO, 0, "the child %s failed", what);
    }
    return PTE_OK;
}

/* ---- the parent ---- */

static const struct {
    pte_durability durability;
    bool process;
    double target_ms; /* of JSON */
    const char *operation;
} start_kinds[] = {
    {PTE_MEMORY, false, 10, "in memory"},
    {PTE_DURABLE, false, 0, "on disk, durable"}, /* that is the disk's time: a dozen waits for it */
    {PTE_MEMORY, true, 10, "in memory, a whole process"},
};

static pte_status start_once(bench_result *result, const settings *s, size_t kind, size_t at,
                             pte_error *error) {
    const bench_side *side = bench_sides[at];
    pte_durability durability = start_kinds[kind].durability;
    place p = {.store = NULL};
    child_result child = {0};
    char what[64];
    pte_status status = place_init(&p, 1, 1, error);
    if (status == PTE_OK) {
        status = bench_batch_fill(&p.batch, &p.maker, BENCH_FOR_LOAD, BENCH_PHOTOS, 1, error);
    }
    if (status == PTE_OK) {
        const char *parent = durability == PTE_MEMORY ? s->memory_folder : s->folder;
        status = make_folder(p.path, sizeof p.path, parent, error);
    }
    if (status == PTE_OK && start_kinds[kind].process) {
        snprintf(what, sizeof what, "%s:%s:first", side->name, durability_names[durability]);
        status = run_as_process(&child, s, p.path, what, error);
        bench_series_add(&result->sides[at], (bench_time){0, 0}, (bench_time){child.wall_ns, 0}, 1);
    } else if (status == PTE_OK) {
        bench_time start = bench_now();
        status = answer_first(side, &p, durability, error);
        bench_series_add(&result->sides[at], start, bench_now(), 1);
        side->close(p.store);
    }
    result->checked++;
    place_clean_up(&p);
    if (p.path[0] != 0) {
        bench_remove_folder(p.path);
    }
    return status;
}

/* All slices of one kind on all sides, whose order turns from slice to slice. */
static pte_status start_often(bench_result *result, const settings *s, size_t kind,
                              const volatile sig_atomic_t *stop, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t slice = 0; status == PTE_OK && slice < s->slices; slice++) {
        for (size_t i = 0; status == PTE_OK && i < BENCH_STORES; i++) {
            size_t at = slice % 2 == 0 ? i : BENCH_STORES - 1 - i;
            if (*stop != 0) {
                status = bench_fail(error, PTE_STOPPED, 0, "stopped by a signal");
            } else if (bench_sides[at] != NULL) {
                status = start_once(result, s, kind, at, error);
            }
        }
    }
    return status;
}

static pte_status measure_start(bench_report *report, const settings *s, size_t kind,
                                const volatile sig_atomic_t *stop, pte_error *error) {
    bench_result *result;
    bench_figure *figure;
    char name[64];
    const char *operation = start_kinds[kind].operation;
    fprintf(stderr, "footprint: start, %s\n", operation);
    pte_status status = bench_report_add(&result, report, starts, operation, error);
    if (status == PTE_OK) {
        status = start_often(result, s, kind, stop, error);
    }
    if (status == PTE_OK) {
        snprintf(name, sizeof name, "%s, JSON", operation);
        status = bench_report_figure(&figure, report, starts, name, "ms", error);
    }
    if (status == PTE_OK) {
        const bench_series *json = &result->sides[BENCH_JSON];
        result->operations = 1;
        result->note = "open, make a table with its index, put an item, get it";
        bench_result_compare(result,
                             (bench_ratio){.of = BENCH_SQLITE, .to = BENCH_JSON, .at_least = true});
        report->answers_checked += result->checked;
        figure->values[BENCH_JSON] = bench_median(json->wall_ns, json->count) / 1e6;
        figure->target = start_kinds[kind].target_ms;
        figure->target_side = BENCH_JSON;
    }
    return status;
}

static pte_status measure_starts(bench_report *report, const settings *s,
                                 const volatile sig_atomic_t *stop, pte_error *error) {
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < sizeof start_kinds / sizeof *start_kinds; i++) {
        status = measure_start(report, s, i, stop, error);
    }
    return status;
}

/* What the children of one kind say: how much memory the database took, how much the process has,
 * and what is on disk. NULL: not wanted. */
typedef struct footprints {
    bench_figure *grown;
    bench_figure *process;
    bench_figure *disk;
} footprints;

static pte_status measure_child(const settings *s, size_t at, pte_durability durability,
                                const char *kind, const footprints *figures, pte_error *error) {
    char path[4096];
    char what[64];
    child_result child = {0};
    const char *parent = durability == PTE_MEMORY ? s->memory_folder : s->folder;
    pte_status status = make_folder(path, sizeof path, parent, error);
    if (status != PTE_OK) {
        return status;
    }
    snprintf(what, sizeof what, "%s:%s:%s", bench_sides[at]->name, durability_names[durability],
             kind);
    status = run_as_process(&child, s, path, what, error);
    figures->grown->values[at] = (double)child.grown_bytes;
    if (figures->process != NULL) {
        figures->process->values[at] = (double)child.all_bytes;
    }
    if (figures->disk != NULL) {
        figures->disk->values[at] = (double)bench_folder_bytes(path);
    }
    bench_remove_folder(path);
    return status;
}

/* Each side's child of one kind, one after another. */
static pte_status measure_children(bench_report *report, const settings *s, const char *kind,
                                   pte_durability durability, const footprints *figures,
                                   const volatile sig_atomic_t *stop, pte_error *error) {
    pte_status status = PTE_OK;
    fprintf(stderr, "footprint: %s\n", figures->grown->operation);
    for (size_t i = 0; status == PTE_OK && i < BENCH_STORES; i++) {
        if (*stop != 0) {
            status = bench_fail(error, PTE_STOPPED, 0, "stopped by a signal");
        } else if (bench_sides[i] != NULL) {
            status = measure_child(s, i, durability, kind, figures, error);
            report->answers_checked += strcmp(kind, "load") == 0 ? 2 * s->items : 1;
        }
    }
    return status;
}

static pte_status measure_footprint(bench_report *report, const settings *s,
                                    const volatile sig_atomic_t *stop, pte_error *error) {
    char name[64];
    bench_figure *figures[5];
    const char *const formats[] = {"memory, one item", "memory, one item, the whole process",
                                   "memory, %" PRIu64 " items in memory",
                                   "memory, %" PRIu64 " items on disk", "disk, %" PRIu64 " items"};
    pte_status status = PTE_OK;
    for (size_t i = 0; status == PTE_OK && i < 5; i++) {
        snprintf(name, sizeof name, formats[i], s->items);
        status = bench_report_figure(&figures[i], report, footprint, name, "bytes", error);
    }
    if (status != PTE_OK) {
        return status;
    }
    figures[1]->target = 5e6;
    figures[1]->target_side = BENCH_JSON;
    footprints kinds[] = {
        {figures[0], figures[1], NULL}, {figures[2], NULL, NULL}, {figures[3], NULL, figures[4]}};
    status = measure_children(report, s, "first", PTE_MEMORY, &kinds[0], stop, error);
    if (status == PTE_OK) {
        status = measure_children(report, s, "load", PTE_MEMORY, &kinds[1], stop, error);
    }
    return status != PTE_OK
               ? status
               : measure_children(report, s, "load", PTE_RELAXED, &kinds[2], stop, error);
}

/* ---- the run ---- */

static pte_status run(bench_report *report, const void *given, const volatile sig_atomic_t *stop,
                      pte_error *error) {
    const settings *s = given;
    const bench_setting all[] = {{"items", NULL, s->items},
                                 {"slices", NULL, s->slices},
                                 {"folder", s->folder, 0},
                                 {"memory_folder", s->memory_folder, 0}};
    report->part = "footprint";
    bench_name_sides(report);
    report->side_names[BENCH_DISK] = NULL;
    pte_status status = measure_starts(report, s, stop, error);
    bench_report_print(report, starts, stdout);
    fflush(stdout);
    if (status == PTE_OK) {
        status = measure_footprint(report, s, stop, error);
        bench_report_print(report, footprint, stdout);
    }
    if (status == PTE_OK) {
        printf("\n%" PRIu64 " answers checked, all right\n", report->answers_checked);
    }
    return status != PTE_OK || s->json == NULL
               ? status
               : bench_report_write(report, s->json, all, sizeof all / sizeof *all, error);
}

/* Whether the program goes on; else it ends, with status *exit_status. */
static bool read_options(settings *s, int count, char **texts, int *exit_status) {
    static const char *const quick[] = {"--items", "100000", "--slices", "10", NULL};
    const bench_option options[] = {
        {"--items", NULL, &s->items, NULL, 1, 1000000000},
        {"--slices", NULL, NULL, &s->slices, 2, BENCH_SLICES_MAX},
        {"--folder", &s->folder, NULL, NULL, 0, 0},
        {"--memory-folder", &s->memory_folder, NULL, NULL, 0, 0},
        {"--json", &s->json, NULL, NULL, 0, 0},
        {"--child", &s->child, NULL, NULL, 0, 0},
        {"--child-path", &s->child_path, NULL, NULL, 0, 0},
    };
    const bench_program program = {"footprint_bench", help, options,
                                   sizeof options / sizeof *options, quick};
    return bench_options_read(exit_status, &program, count, texts);
}

int main(int count, char **texts) {
    settings s = {.items = 1000000,
                  .slices = 20,
                  .folder = ".",
                  .memory_folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp",
                  .program = "/proc/self/exe"};
    int exit_status;
    if (!read_options(&s, count, texts, &exit_status)) {
        return exit_status;
    }
    if (s.child != NULL && s.child_path != NULL) {
        return run_child(&s);
    }
    return bench_program_run("footprint_bench", run, &s);
}
