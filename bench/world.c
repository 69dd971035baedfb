#include "world.h"
#include "engine_side.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- folders and life ---- */

static const char *path_of(char *path, size_t bytes, const bench_world *w, size_t side) {
    snprintf(path, bytes, "%s/%s", w->folder, bench_sides[side]->name);
    return path;
}

static pte_status make_folder(bench_world *w, const char *parent, pte_error *error) {
    int len = snprintf(w->folder, sizeof w->folder, "%s/engine-bench-XXXXXX", parent);
    if (len < 0 || (size_t)len >= sizeof w->folder) {
        w->folder[0] = 0;
        return bench_fail(error, PTE_INVALID_ARGUMENT, 0, "folder name too long");
    }
    if (mkdtemp(w->folder) == NULL) {
        int code = errno;
        w->folder[0] = 0;
        return bench_fail(error, PTE_IO, code, "cannot make a folder in %s", parent);
    }
    return PTE_OK;
}

static pte_status open_side(bench_world *w, size_t side, pte_durability durability,
                            pte_error *error) {
    char path[PATH_MAX];
    if (bench_sides[side] == NULL) {
        return PTE_OK;
    }
    if (mkdir(path_of(path, sizeof path, w, side), 0700) != 0) {
        return bench_fail(error, PTE_IO, errno, "cannot make %s", path);
    }
    return bench_sides[side]->open(&w->stores[side], path, durability, error);
}

pte_status bench_world_open(bench_world *w, pte_durability durability, size_t batch_capacity,
                            uint64_t items_max, pte_error *error) {
    const bench_settings *settings = w->settings;
    bool memory = durability == PTE_MEMORY;
    w->disk.file = -1;
    pte_status status = bench_maker_init(&w->maker, settings->seed, items_max, error);
    if (status == PTE_OK) {
        status = bench_batch_init(&w->batch, batch_capacity, error);
    }
    if (status == PTE_OK) {
        status = make_folder(w, memory ? settings->memory_folder : settings->folder, error);
    }
    for (size_t side = 0; status == PTE_OK && side < BENCH_STORES; side++) {
        status = open_side(w, side, durability, error);
    }
    return status;
}

void bench_world_close(bench_world *w) {
    char path[PATH_MAX];
    for (size_t side = 0; side < BENCH_STORES; side++) {
        if (bench_sides[side] != NULL) {
            bench_sides[side]->close(w->stores[side]);
        }
        if (bench_sides[side] != NULL && w->folder[0] != 0) {
            bench_remove_folder(path_of(path, sizeof path, w, side));
        }
    }
    bench_disk_close(&w->disk);
    bench_batch_clean_up(&w->batch);
    bench_maker_clean_up(&w->maker);
    if (w->folder[0] != 0) {
        (void)rmdir(w->folder);
    }
}

pte_status bench_world_check_stop(const bench_world *w, pte_error *error) {
    return *w->stop == 0 ? PTE_OK : bench_fail(error, PTE_STOPPED, 0, "stopped by a signal");
}

bool bench_world_has(const bench_world *w, size_t side, bench_table table) {
    const bench_side *s = bench_sides[side];
    (void)w;
    return s != NULL && (table == BENCH_PHOTOS || s->plain);
}

/* ---- slices ---- */

/* Whether a test wants this side to give, as it seems, wrong answers here. */
static bool is_spoiled(const bench_world *w, size_t side, const bench_step *step) {
    const char *spoil = w->settings->spoil;
    const char *name = bench_sides[side]->name;
    size_t len = strlen(name);
    return spoil != NULL && strncmp(spoil, name, len) == 0 && spoil[len] == ':' &&
           strcmp(spoil + len + 1, step->operation) == 0;
}

static pte_status time_side(bench_world *w, const bench_step *step, bench_result *result,
                            size_t side, pte_error *error) {
    const bench_side *s = bench_sides[side];
    void *store = w->stores[side];
    pte_status status = PTE_OK;
    if (s->prepare != NULL) {
        status = s->prepare(store, step->op, &w->batch, error);
    }
    if (status != PTE_OK) {
        return status;
    }
    bench_time start = bench_now();
    status = s->run[step->op](store, &w->batch, error);
    bench_time end = bench_now();
    uint64_t done = step->op == BENCH_OP_SCAN ? s->scanned(store) : w->batch.count / step->rows;
    bench_series_add(&result->sides[side], start, end, (size_t)done);
    result->checked += done;
    return status;
}

pte_status bench_world_slice(bench_world *w, const bench_step *step, size_t operations,
                             bench_result *result, size_t slice, pte_error *error) {
    pte_status status = bench_world_check_stop(w, error);
    if (status == PTE_OK) {
        status = bench_batch_fill(&w->batch, &w->maker, step->use, step->table,
                                  operations * step->rows, error);
    }
    for (size_t i = 0; status == PTE_OK && i < BENCH_STORES; i++) {
        size_t side = slice % 2 == 0 ? i : BENCH_STORES - 1 - i;
        if (!bench_world_has(w, side, step->table)) {
            continue;
        }
        bool spoiled = is_spoiled(w, side, step);
        if (spoiled) {
            bench_batch_spoil(&w->batch);
        }
        status = time_side(w, step, result, side, error);
        if (spoiled) {
            bench_batch_spoil(&w->batch);
        }
    }
    return status;
}

static size_t operations_of(const bench_world *w, size_t operations, size_t slice) {
    uint64_t items = w->settings->items;
    size_t slices = w->settings->slices;
    return operations != 0 ? operations
                           : (size_t)(items * (slice + 1) / slices - items * slice / slices);
}

static void compare(bench_result *result, const bench_step *step) {
    bench_result_compare(
        result, (bench_ratio){.of = BENCH_ENGINE, .to = BENCH_LMDB, .target = step->engine_target});
    bench_result_compare(
        result, (bench_ratio){.of = BENCH_JSON, .to = BENCH_LMDB, .target = step->json_target});
    bench_result_compare(result, (bench_ratio){.of = BENCH_SQLITE,
                                               .to = BENCH_ENGINE,
                                               .target = step->sqlite_target,
                                               .at_least = true});
    bench_result_compare(result,
                         (bench_ratio){.of = BENCH_SQLITE, .to = BENCH_JSON, .at_least = true});
}

pte_status bench_world_run(bench_world *w, const bench_step *step, size_t operations,
                           pte_error *error) {
    bench_result *result;
    uint64_t before = 0;
    uint64_t after = 0;
    uint64_t done = 0;
    pte_status status = bench_report_add(&result, w->report, w->group, step->operation, error);
    if (status == PTE_OK) {
        status = bench_engine_commits(&before, w->stores[BENCH_ENGINE], error);
    }
    if (status != PTE_OK) {
        return status;
    }
    result->operations = operations_of(w, operations, 0);
    result->note = step->note;
    compare(result, step);
    fprintf(stderr, "%s: %s\n", w->group, step->operation);
    for (size_t slice = 0; status == PTE_OK && slice < w->settings->slices; slice++) {
        size_t count = operations_of(w, operations, slice);
        status = bench_world_slice(w, step, count, result, slice, error);
        done += count * step->rows;
    }
    if (status == PTE_OK) {
        status = bench_engine_commits(&after, w->stores[BENCH_ENGINE], error);
    }
    if (status == PTE_OK && after > before) {
        result->per_commit = (double)done / (double)(after - before);
    }
    w->report->answers_checked += result->checked;
    return status;
}

pte_status bench_world_verify(bench_world *w, pte_error *error) {
    pte_status status = bench_world_check_stop(w, error);
    fprintf(stderr, "%s: checking every item and index entry\n", w->group);
    for (size_t side = 0; status == PTE_OK && side < BENCH_STORES; side++) {
        if (bench_sides[side] == NULL) {
            continue;
        }
        status = bench_sides[side]->verify(w->stores[side], &w->maker, error);
        if (status != PTE_OK) {
            fprintf(stderr, "%s: what %s has is not as it should be\n", w->group,
                    bench_sides[side]->name);
        }
        uint64_t plain = bench_sides[side]->plain ? w->maker.counts[BENCH_PLAIN] : 0;
        w->report->answers_checked += plain + 2 * w->maker.counts[BENCH_PHOTOS];
    }
    return status;
}
