#!/bin/sh
# test_engine_bench.sh PROGRAM FOLDER: runs the benchmark on a tiny size in FOLDER and checks that
# all answers verify, that every operation is in the report, that the report is JSON, that nothing
# is left behind, and that options it does not know are refused.
set -eu
program=$1
work=$(mktemp -d "$2/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

fail() {
    echo "test_engine_bench: $*" >&2
    exit 1
}

"$program" --items 1000 --operations 50 --durable 2 --slices 3 --folder "$work" \
    --memory-folder "$work" --json "$work/report.json" >"$work/table" || fail "run failed"
grep -q 'answers checked, all right' "$work/table" || fail "answers were not checked"
python3 -m json.tool "$work/report.json" >/dev/null || fail "the report is not JSON"
python3 - "$work/report.json" <<'EOF' || fail "the report lacks something"
import json, sys

report = json.load(open(sys.argv[1]))
single = {
    "load, 1,000 a commit", "load, 1,000 a commit, with index", "get", "query of ten",
    "query of ten, on the index", "put, overwrite", "put, insert", "put, overwrite, with index",
    "put, insert, with index", "build an item (pte_builder)",
}
expected = {(mode, name) for mode in ("memory", "relaxed") for name in single}
expected |= {("durable", name) for name in (
    "put, 1 writer", "put, 8 writers (raw: 8 a commit)", "8 writers (raw: engine's 1)")}
found = {(result["mode"], result["operation"]) for result in report["results"]}
assert found == expected, found ^ expected
for result in report["results"]:
    assert len(result["engine"]["slices_ns"]) == 3, result
assert report["answers_wrong"] == 0 and report["answers_checked"] > 10000, report
EOF
[ "$(ls "$work" | sort | tr '\n' ' ')" = "report.json table " ] || fail "files were left behind"

status=0
"$program" --itmes 10 2>/dev/null >/dev/null || status=$?
[ "$status" -eq 2 ] || fail "an unknown option was not refused"
"$program" --help | grep -q 'Usage: engine_bench' || fail "--help does not teach"
