#!/bin/sh
# test_growth_bench.sh PROGRAM FOLDER: runs the growth benchmark on tiny sizes in FOLDER and checks
# that its answers verify, that every size is in the report, that each load stored what it says, and
# that nothing is left behind.
set -eu
program=$1
work=$(mktemp -d "$2/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

fail() {
    echo "test_growth_bench: $*" >&2
    exit 1
}

"$program" --items-max 100000 --tables-max 10 --operations 50 --slices 2 --folder "$work" \
    --json "$work/report.json" >"$work/table" || fail "run failed"
grep -q 'answers checked, all right' "$work/table" || fail "answers were not checked"
python3 - "$work/report.json" <<'EOF' || fail "the report lacks something"
import json, sys

report = json.load(open(sys.argv[1]))
assert report["part"] == "growth" and report["skipped"] == [], report
rows = {(row["group"], row["operation"]): row for row in report["results"]}
sides = {"engine", "json", "engine, few", "json, few"}
for count in ("10,000", "100,000"):
    for name in ("get", "query of ten", "put, overwrite"):
        row = rows.pop(("growth, items", f"{name}, {count} items"))
        assert set(row["sides"]) == sides and row["unit"] == "us" and row["checked"] > 0, row
        pairs = [(ratio["of"], ratio["to"]) for ratio in row["ratios"]]
        assert pairs == [("engine", "engine, few"), ("json", "json, few")], row
        assert [r.get("target") for r in row["ratios"]] == ([2, 2] if name == "get" else [None] * 2)
    load = {row["unit"]: row["sides"]["engine"] for name, row in list(rows.items())
            if name[0] == "growth, bulk load" and name[1].endswith(f" {count} items")
            and "disk" not in name[1]}
    assert set(load) == {"1/s", "ms", "bytes"} and min(load.values()) > 0, load
    items = int(count.replace(",", ""))
    disk = rows[("growth, bulk load", f"on disk with index, {count} items")]["sides"]["engine"]
    assert 2 * 300 * items < disk < 2 * 3000 * items, disk  # table and index, 330 bytes an item
for count in ("1", "10"):
    for name in ("get in one of", "get spread over"):
        row = rows.pop(("growth, tables", f"{name} {count} tables"))
        assert set(row["sides"]) == sides and row["checked"] > 0, row
        assert [ratio["target"] for ratio in row["ratios"]] == [1.2, 1.2], row
    assert rows.pop(("growth, tables", f"create a table, up to {count} tables"))["unit"] == "us"
assert all(name[0] == "growth, bulk load" for name in rows), rows.keys()
assert report["answers_checked"] > 2 * 110000, report["answers_checked"]
EOF
[ "$(ls "$work" | sort | tr '\n' ' ')" = "report.json table " ] || fail "files were left behind"

status=0
"$program" --items-max 10 2>/dev/null >/dev/null || status=$?
[ "$status" -eq 2 ] || fail "too few items were not refused"
"$program" --help | grep -q 'Usage: growth_bench' || fail "--help does not teach"
