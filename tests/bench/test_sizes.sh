#!/bin/sh
# test_sizes.sh BENCH BUILD FOLDER: bench/sizes.py measures a build and says what it could not.
set -eu
work=$(mktemp -d "$3/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

python3 "$1/sizes.py" "$2" --json "$work/report.json" >"$work/table"
python3 - "$work/report.json" "$2" <<'EOF'
import json, os, subprocess, sys

report = json.load(open(sys.argv[1]))
program = sys.argv[2] + "/tools/pocketable"
sizes = {row["operation"]: row["sides"]["pocketable"] for row in report["results"]}
assert report["part"] == "sizes", report
assert 0 < sizes["program, stripped"] < os.path.getsize(program), sizes
other = sizes["program of `pocketable bench`, stripped"]
assert 0 < other < os.path.getsize(program + "-bench"), sizes
text = int(subprocess.check_output(["size", program], text=True).splitlines()[1].split()[0])
assert sizes["program, code and constants"] == text <= sizes["program, stripped"], sizes
whole = sizes["program, stripped, and the libraries that it loads"]
assert whole > sizes["program, stripped"], sizes
limit = report["results"][0]["ratios"][0]
assert limit["met"] == (sizes["program, stripped"] <= 1000000), limit
assert all(row["unit"] == "bytes" and row["better"] == "less" for row in report["results"]), report
EOF
status=0
python3 "$1/sizes.py" "$work" 2>/dev/null >/dev/null || status=$?
[ "$status" -eq 1 ] || { echo "test_sizes: a folder without a build was not refused" >&2; exit 1; }
