#!/bin/sh
# Runs the program as a user does. $1: its path. Every check names what it looked at; the first
# failure ends the test.
set -u
pocketable=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset NO_COLOR
export LC_ALL=C.UTF-8 # of a machine that has no locale set, times in µs are looked for too
out=$work/out err=$work/err

fail() {
    echo "FAILED: $1"
    echo "--- stdout"; cat "$out"
    echo "--- stderr"; cat "$err"
    exit 1
}

# run STATUS ARGUMENTS...: the program ends with this status.
run() {
    wanted=$1; shift
    "$pocketable" "$@" >"$out" 2>"$err"
    found=$?
    [ "$found" -eq "$wanted" ] || fail "pocketable $*: exit status $found, not $wanted"
    said="pocketable $*"
}

says() { grep -qF -- "$1" "$out" || fail "$said: stdout lacks: $1"; }
complains() {
    grep -qF -- "$1" "$err" || fail "$said: stderr lacks: $1"
}
silent() { [ ! -s "$err" ] || fail "$said: something on stderr"; }
plain() { ! grep -q "$(printf '\033')" "$out" || fail "$said: colour where there is no terminal"; }

# The lines that say that the demo did its work.
demo_says() {
    silent
    plain
    says "20 users, 200 photos, 584 reactions, 163 friendships"
    says "967 items"
    says "100 partition keys, 240 sort keys"
    says "backfilled from 967 items"
    says "10  View whom a user follows"
    says "again: cancelled [ConditionalCheckFailed, None, None]; nothing has changed"
    says "again: refused [ConditionalCheckFailed]; nothing has changed"
    says "again: cancelled [ConditionalCheckFailed, None]; nothing has changed"
    says "967 items (967 WCU)"
    says "table us-east-1/quick-photos"
    says "table eu-west-1/quick-photos"
    says "the three tables hold equal items"
    says "Done: 971 items, 971 index entries"
    says "checker: no problems"
    # Each pattern with three times and its cost.
    times='[0-9.]+ [nµm]?s'
    lines=$(grep -cE "^ +engine +$times +in process +$times +HTTP +$times +[0-9.]+ [RW]CU\$" "$out")
    [ "$lines" -eq 10 ] || fail "$said: $lines patterns with three times and a cost, not 10"
    lines=$(grep -cE "^  [CBUuD].*[^ ] +$times +$times +$times\$" "$out")
    [ "$lines" -eq "${1:-5}" ] || fail "$said: $lines rows with three times, not ${1:-5}"
    # Every line fits a terminal of 80 columns, but for paths.
    longest=$(grep -vF "$work" "$out" | LC_ALL=C sed 's/[\x80-\xBF]//g' | LC_ALL=C awk '{ if (length > n) n = length } END { print n }')
    [ "$longest" -le 80 ] || fail "$said: a line of $longest columns"
}

# What the demo said without what may differ: times, and the size of the database, whose keys are
# hashed with a secret of its own.
constant() { sed -E -e 's/ +[0-9.]+ [nµm]?s( |$)/ /g' -e 's/ +/ /g' -e '/^Done/d' -e '/database/d' "$out"; }

# In memory, twice: the same but for the times.
run 0 demo quick-photos
demo_says
constant >"$work/first"
run 0 demo quick-photos --memory --no-color
demo_says
constant >"$work/second"
cmp -s "$work/first" "$work/second" || fail "two runs of one seed differ"
run 0 demo quick-photos --seed 99
demo_says
constant >"$work/second"
! cmp -s "$work/first" "$work/second" || fail "two seeds give the same"

# The requests and answers of a pattern, as JSON.
run 0 demo quick-photos --show-json 6
silent
says "Done: 971 items, 971 index entries"
says "TransactWriteItems {"
says '"ConditionExpression": "attribute_not_exists(SK)"'
says '"Code": "ConditionalCheckFailed"'
grep -qE '^200 \{' "$out" || fail "--show-json 6: no answer of status 200"
grep -qE '^400 \{' "$out" || fail "--show-json 6: no answer of status 400"
! grep -q '^Query {' "$out" || fail "--show-json 6 shows another pattern's request"

# In a directory, twice: nothing stays behind.
for durability in durable relaxed; do
    run 0 demo quick-photos --dir "$work/photos" --durability $durability
    demo_says
    says "($durability)"
    [ ! -e "$work/photos" ] || fail "the demo left its directory behind"
done
mkdir "$work/empty"
run 0 demo quick-photos "--dir=$work/empty"
demo_says
[ -d "$work/empty" ] || fail "the demo removed a directory that it had not made"
[ -z "$(ls -A "$work/empty")" ] || fail "the demo left files behind"

# Kept, and looked at.
run 0 demo quick-photos --dir "$work/kept" --keep
demo_says 4
says "Kept; look at it: pocketable info $work/kept"
run 0 info "$work/kept"
silent
grep -qE '^quick-photos ' "$out" || fail "info lacks the engine's table"
grep -qE '^us-east-1/quick-photos ' "$out" || fail "info lacks the table made in process"
grep -qE '^eu-west-1/quick-photos ' "$out" || fail "info lacks the table made over HTTP"
says "InvertedIndex"
[ "$(grep -cE ' 971 ' "$out")" -ge 6 ] || fail "info counts other items or entries"
says "PK S, SK S"
says "SK S, PK S"
run 0 check "$work/kept"
silent
grep -qE '^items +2,913$' "$out" || fail "check counts other items"
grep -qE '^index entries +2,913$' "$out" || fail "check counts other index entries"
grep -qE '^problems +0 ' "$out" || fail "check found problems"
# DynamoDB's requests find what the demo kept.
run 0 call --dir "$work/kept" DescribeTable '{"TableName": "quick-photos"}'
says '"TableStatus":"ACTIVE"'
says '"ItemCount":971'
run 0 call --dir "$work/kept" --region eu-west-1 Scan '{"TableName": "quick-photos", "Select": "COUNT"}'
says '"Count":971'
run 0 copy "$work/kept" "$work/copy"
says "copied $work/kept"
run 0 copy --compact "$work/kept" "$work/compact"
run 0 check "$work/compact"
grep -qE '^items +2,913$' "$out" || fail "the copy holds other items"
run 1 copy "$work/kept" "$work/copy"
complains "$work/copy"

# The tokens of transactions are kept in a table that is not the user's.
cp -r "$work/copy" "$work/tokens"
run 0 call --dir "$work/tokens" TransactWriteItems '{"ClientRequestToken": "one", "TransactItems": [{"Put":
    {"TableName": "quick-photos", "Item": {"PK": {"S": "USER#x"}, "SK": {"S": "#METADATA#x"}}}}]}'
run 0 info "$work/tokens"
grep -qE "^/tokens .* of pocketable's own" "$out" || fail "info does not tell the tokens from tables of users"
[ "$(grep -c "of pocketable's own" "$out")" -eq 1 ] || fail "info takes a user's table for pocketable's own"

# Damage is found: the items of one kind with another sort key than they are stored under.
cp -r "$work/copy" "$work/damaged"
LC_ALL=C sed -i 's/#METADATA#/#METADATB#/g' "$work/damaged/data.mdb"
run 1 check "$work/damaged"
says "problem: "
! grep -qE '^problems +0 ' "$out" || fail "check counts no problem"

# A database that is there already stays; a table that is there already is not touched.
run 1 demo quick-photos --dir "$work/kept"
complains "there is a table quick-photos already"
run 0 check "$work/kept"
grep -qE '^items +2,913$' "$out" || fail "the refused demo changed the database"

# What is not a database is refused and left alone.
mkdir "$work/others"
echo precious >"$work/others/file"
run 1 demo quick-photos --dir "$work/others"
complains "not empty"
[ "$(ls -A "$work/others")" = file ] || fail "the refused demo left files"
mkdir "$work/false"
echo "this is not a database" >"$work/false/data.mdb"
run 1 demo quick-photos --dir "$work/false"
[ "$(cat "$work/false/data.mdb")" = "this is not a database" ] || fail "the demo changed a file"
run 1 info "$work/absent"
complains "$work/absent"
[ ! -e "$work/absent" ] || fail "info made a directory"
run 1 check "$work/absent"
complains "$work/absent"
run 1 copy "$work/absent" "$work/to"
complains "$work/absent"
[ ! -e "$work/to" ] || fail "copy made a directory"
run 1 info "$work/false"

# Help and version go to stdout.
run 0 --help
silent
says "pocketable demo quick-photos"
run 0 help copy
says "--compact"
run 0 --version
grep -qE '^pocketable [0-9]+\.[0-9]+\.[0-9]+$' "$out" || fail "--version: another form"
for command in demo info check copy; do
    run 0 $command --help
    silent
    says "Usage: pocketable $command"
done

# What is not understood: status 2, nothing on stdout, a hint on stderr.
misused() {
    hint=$1; shift
    run 2 "$@"
    [ ! -s "$out" ] || fail "$said: something on stdout"
    complains "pocketable: "
    complains "$hint"
}
misused "name a command"
misused "no command \"fly\"" fly
misused "--help" fly
misused "missing argument" demo
misused "there is quick-photos" demo slow-photos
misused "unknown option --fast" demo quick-photos --fast
misused "Try \"pocketable demo --help\"" demo quick-photos --fast
misused "1 to 10" demo quick-photos --show-json 11
misused "1 to 10" demo quick-photos --show-json 0
misused "--dir needs a value" demo quick-photos --dir
misused "--dir needs the path" demo quick-photos --dir=
misused "--seed needs a whole number" demo quick-photos --seed -1
misused "--seed needs a whole number" demo quick-photos --seed 18446744073709551616
misused "exclude each other" demo quick-photos --dir "$work/x" --memory
misused "--keep needs --dir" demo quick-photos --keep
misused "--durability needs --dir" demo quick-photos --durability relaxed
misused "durable or relaxed" demo quick-photos --dir "$work/x" --durability soft
misused "takes no value" demo quick-photos --keep=yes
misused "missing argument" info
misused "one argument too many" info a b
misused "missing argument" check
misused "missing argument" copy "$work/kept"
misused "unknown option --compat" copy --compat a b
[ ! -e "$work/x" ] || fail "a misused demo made a directory"

# A full disk is noticed.
if [ -w /dev/full ]; then
    "$pocketable" demo quick-photos >/dev/full 2>"$err"
    [ $? -eq 1 ] || fail "output to a full disk is not noticed"
fi

# So is a limit on file sizes, and nothing is left behind; the shell's unit is 512 or 1,024 bytes.
(ulimit -f 100 && "$pocketable" demo quick-photos --dir "$work/limited" >"$out" 2>"$err")
[ $? -eq 1 ] || fail "a limit on file sizes is not noticed"
said="a limit on file sizes"; complains "disk is full"
[ ! -e "$work/limited" ] || fail "a demo that met a limit left its directory"

# `bench` is a program of its own beside this one, wherever both are, and through links.
program=$pocketable
run 0 help bench
silent
says "Usage: pocketable bench FILE"
mkdir "$work/bin" "$work/links"
cp "$program" "$work/bin/pocketable"
ln -s "$work/bin/pocketable" "$work/links/pocketable"
pocketable=$work/bin/pocketable
run 1 bench --help
[ ! -s "$out" ] || fail "$said: something on stdout"
complains "bench: it is a program of its own, expected as $work/bin/pocketable-bench: No such file or directory"
[ "$(wc -l <"$err")" -eq 1 ] || fail "$said: more than a line"
run 0 info "$work/kept"
cp "$(dirname "$program")/pocketable-bench" "$work/bin/pocketable-bench"
for pocketable in "$work/bin/pocketable" "$work/links/pocketable"; do
    run 0 bench --help
    silent
    says "Usage: pocketable bench FILE"
    run 2 bench --fast
    complains "pocketable: bench: unknown option --fast"
    run 2 bench "$work/absent.yaml"
    complains "$work/absent.yaml"
done
(PATH=$work/links:$PATH; cd / && pocketable bench --help >"$out" 2>"$err") || fail "bench is not found from another folder"
chmod -x "$work/bin/pocketable-bench"
run 1 bench --help
complains "expected as $work/bin/pocketable-bench: Permission denied"
pocketable=$program
echo "all well"
