#include "side.h"

const bench_side *const bench_sides[BENCH_STORES] = {
    [BENCH_LMDB] = &bench_lmdb_side,
    [BENCH_ENGINE] = &bench_engine_side,
    [BENCH_JSON] = &bench_json_side,
#ifdef BENCH_WITH_SQLITE
    [BENCH_SQLITE] = &bench_sqlite_side,
#endif
};

void bench_name_sides(bench_report *report) {
    static const char *const names[] = {"lmdb", "engine", "json", "sqlite", "disk"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        report->side_names[i] = names[i];
    }
    if (bench_sides[BENCH_SQLITE] == NULL) {
        report->side_names[BENCH_SQLITE] = NULL;
        bench_report_skip(report, "sqlite",
                          "built without it: pkg-config does not know sqlite3 (Debian: "
                          "libsqlite3-dev)");
    }
}
