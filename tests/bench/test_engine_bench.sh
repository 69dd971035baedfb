#!/bin/sh
# test_engine_bench.sh PROGRAM FOLDER: runs the benchmark on a tiny size in FOLDER and checks that
# all answers verify, that every operation is in the report on every side, that the report has the
# form that bench/compare reads, that nothing is left behind, that wrong answers are found, and that
# options it does not know are refused.
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
python3 - "$work/report.json" <<'EOF' || fail "the report lacks something"
import json, sys

report = json.load(open(sys.argv[1]))
assert report["part"] == "in_process" and isinstance(report["settings"], dict), report
plain = {"load, 1,000 a commit", "put, overwrite", "put, insert"}
alone = {"build an item (pte_builder)"}
writes = {"put, overwrite, with index", "put, insert, with index", "update, with index",
          "transaction of three, with index", "batch of 25 puts, with index"}
single = plain | alone | writes | {"load, 1,000 a commit, with index", "get", "query of ten",
                                   "query of ten, on the index", "scan, an item of a page of 1 MB"}
crowds = {"put, 1 writer", "put, 8 writers", "put, 64 writers"}
expected = {(group, name) for group in ("in process, memory", "in process, disk, relaxed")
            for name in single}
expected |= {("in process, disk, durable", name) for name in crowds | writes}
found = {(result["group"], result["operation"]) for result in report["results"]}
assert found == expected, found ^ expected

stores = {"lmdb", "engine", "json", "sqlite"} - {skip["what"] for skip in report["skipped"]}
for result in report["results"]:
    name = result["operation"]
    sides = {"lmdb", "engine"} if name in plain else {"engine"} if name in alone else stores
    sides = sides | {"disk"} if name in crowds else sides
    assert set(result["sides"]) == sides == set(result["slices_ns"]), result
    assert all(value > 0 for value in result["sides"].values()), result
    assert all(len(slices) == 3 for slices in result["slices_ns"].values()), result
    assert result["unit"] == ("1/s" if name in crowds else "us"), result
    assert result["better"] == ("more" if name in crowds else "less"), result
    assert result["checked"] > 0 or name in alone, result
    for ratio in result["ratios"]:
        assert ratio["of"] in sides and ratio["low"] <= ratio["value"] <= ratio["high"], result
        if "target" in ratio:
            least = ratio["bound"] == "at least"
            assert least or ratio["bound"] == "at most", ratio
            far = abs(ratio["value"] - ratio["target"]) > 0.001
            above = ratio["value"] > ratio["target"]
            assert not far or ratio["met"] == (above == least), ratio
targets = {(ratio["of"], ratio["to"], ratio["target"]) for result in report["results"]
           if result["operation"] == "get" for ratio in result["ratios"] if "target" in ratio}
assert {("engine", "lmdb", 1.3), ("json", "lmdb", 3)} <= targets, targets
assert report["answers_checked"] > 10000, report["answers_checked"]
EOF
[ "$(ls "$work" | sort | tr '\n' ' ')" = "report.json table " ] || fail "files were left behind"

# Every check of every side: what is expected is changed, so right answers are the wrong ones.
sides="lmdb engine json"
grep -q '"sqlite": [0-9]' "$work/report.json" && sides="$sides sqlite"
for side in $sides; do
    for operation in 'load, 1,000 a commit, with index' 'get' 'query of ten' \
        'query of ten, on the index' 'scan, an item of a page of 1 MB' 'put, insert, with index' \
        'put, overwrite, with index' 'update, with index' 'transaction of three, with index' \
        'batch of 25 puts, with index'; do
        status=0
        "$program" --items 200 --operations 5 --slices 2 --modes memory --only "$operation" \
            --memory-folder "$work" --spoil "$side:$operation" >"$work/table" 2>"$work/errors" ||
            status=$?
        [ "$status" -eq 1 ] || fail "a wrong answer of $side to '$operation' was not found"
        grep -q 'CORRUPT' "$work/errors" || fail "$side, $operation: $(tail -n 1 "$work/errors")"
        grep -q 'answers checked, all right' "$work/table" && fail "$side, $operation: all right"
    done
done

status=0
"$program" --itmes 10 2>/dev/null >/dev/null || status=$?
[ "$status" -eq 2 ] || fail "an unknown option was not refused"
"$program" --help | grep -q 'Usage: engine_bench' || fail "--help does not teach"
