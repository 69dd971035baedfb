#!/bin/sh
# test_footprint_bench.sh PROGRAM FOLDER: runs the footprint benchmark on a tiny size in FOLDER and
# checks that every figure is in the report on every side, and that nothing is left behind.
set -eu
program=$1
work=$(mktemp -d "$2/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

fail() {
    echo "test_footprint_bench: $*" >&2
    exit 1
}

"$program" --items 2000 --slices 2 --folder "$work" --memory-folder "$work" \
    --json "$work/report.json" >"$work/table" || fail "run failed"
grep -q 'answers checked, all right' "$work/table" || fail "answers were not checked"
python3 - "$work/report.json" <<'EOF' || fail "the report lacks something"
import json, sys

report = json.load(open(sys.argv[1]))
assert report["part"] == "footprint", report
stores = {"lmdb", "engine", "json", "sqlite"} - {skip["what"] for skip in report["skipped"]}
rows = {(row["group"], row["operation"]): row for row in report["results"]}
for name in ("in memory", "on disk, durable", "in memory, a whole process"):
    row = rows.pop(("start to first answer", name))
    assert set(row["sides"]) == stores and row["unit"] == "us", row
    one = rows.pop(("start to first answer", f"{name}, JSON"))
    assert one["unit"] == "ms" and abs(one["sides"]["json"] * 1000 - row["sides"]["json"]) < 1, one
    assert [ratio["met"] for ratio in one["ratios"]] == (
        [] if "disk" in name else [one["sides"]["json"] <= 10]), one
for name in ("memory, one item", "memory, one item, the whole process", "disk, 2000 items",
             "memory, 2000 items in memory", "memory, 2000 items on disk"):
    row = rows.pop(("memory and disk", name))
    assert row["unit"] == "bytes" and min(row["sides"].values()) > 0, row
    assert set(row["sides"]) == stores, row
    if name.startswith("disk"):
        assert min(row["sides"].values()) > 2 * 300 * 2000, row  # table and index
assert not rows, rows.keys()
EOF
[ "$(ls "$work" | sort | tr '\n' ' ')" = "report.json table " ] || fail "files were left behind"
"$program" --help | grep -q 'Usage: footprint_bench' || fail "--help does not teach"
