#!/usr/bin/env bash
# bench.sh [ROUNDS [PERCENT]]: durably acknowledged statements per second through the
# aggregator, beside a bare loop; flushes per statement; bytes on disk per cell; a full recompute.
# A table on the screen, the same as JSON lines in build/bench/. No pass or fail.
# Ends only what it started; everything but the results lives in a temporary folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${1:-5}
percent=${2:-100}
flights=1,16,64,256
programs=build/release/tests/bench
aggregator=build/release/aggregator/zonetally-aggregator
results=build/bench
started=()

folder=$(mktemp -d "${TMPDIR:-/tmp}/zonetally-bench-XXXXXX")
finish() {
    local file pid
    for file in "$folder"/*/pid; do # a traced server is not the process that was started
        [ ! -f "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
    for pid in "${started[@]}"; do
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }

await() { # file pid
    for _ in $(seq 300); do
        [ -s "$1" ] && return 0
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

forget_last() {
    wait "${started[-1]}" 2>/dev/null || true
    unset 'started[-1]'
}

stop() { # place: of the server started last
    kill -TERM "$(cat "$1/pid")" 2>/dev/null || true
    rm -f "$1/pid" "$1/ready"
    forget_last
}

# Servers write their own process id to place/pid. $tracing is empty or the words before the command.
start_bare() { # place
    mkdir -p "$1/store"
    # shellcheck disable=SC2086
    $tracing sh -c 'echo $$ >"$0"; exec "$@"' "$1/pid" \
        "$programs/bench_bare_loop" "$1/store" "$folder/keys.txt" "$1/ready" &
    started+=($!)
    await "$1/ready" $!
}

aggregator_run() { "$aggregator" --data "$1/store" --lang en "${@:2}" >>"$1/log" 2>&1; }

set_up_aggregator() { # place
    local request zone
    mkdir -p "$1"
    aggregator_run "$1" init --province jilin --listen 'tcp://127.0.0.1:*' || return 1
    aggregator_run "$1" registry import "$folder/registry.csv" --yes || return 1
    for request in "$folder"/requests/*.txt; do
        zone=$(basename "$request" .txt)
        aggregator_run "$1" enrol add "$request" || return 1
        aggregator_run "$1" enrol approve "$zone" --yes || return 1
    done
}

start_aggregator() { # place
    # shellcheck disable=SC2086
    $tracing sh -c 'echo $$ >"$0"; exec "$@"' "$1/pid" \
        "$aggregator" --data "$1/store" --lang en serve --ready-file "$1/ready" >>"$1/log" 2>&1 &
    started+=($!)
    await "$1/ready" $!
}

disk() { du -sB1 "$1/store" | cut -f1; }

contender_word() { # name place
    case $1 in
        bare) echo "bare=$2/ready" ;;
        aggregator) echo "aggregator=$2/ready,$2/store/province.card" ;;
    esac
}

missing() { # name why
    echo "NOT MEASURED: $1: $2"
    printf '{"bench":"missing","contender":"%s","why":"%s"}\n' "$1" "$2" >>"$results/results.jsonl"
}

find_contenders() {
    contenders=(bare)
    if [ ! -x "$aggregator" ]; then
        missing aggregator "$aggregator is not built"
        return
    fi
    say "enrolling 256 devices with the aggregator"
    if ! set_up_aggregator "$folder/enrolled"; then
        missing aggregator "it cannot be set up: $(tail -n 1 "$folder/enrolled/log" | tr -d '"\\')"
        return
    fi
    tracing=
    if ! start_aggregator "$folder/enrolled"; then
        missing aggregator "serve does not start: $(tail -n 1 "$folder/enrolled/log" | tr -d '"\\')"
        forget_last
        rm -f "$folder/enrolled/pid"
        return
    fi
    stop "$folder/enrolled"
    contenders+=(aggregator)
}

# Every run gets stores of its own; the aggregator's is a copy of the enrolled one.
prepare() { # name place
    mkdir -p "$2"
    if [ "$1" = aggregator ]; then
        cp -r "$folder/enrolled/." "$2/"
        printf '%s' "$2/store-signer" >"$2/store/signer" # a copy with a signer of its own
    fi
}

measure_ingest() {
    local name words=() before=() after index
    say "ingest: $rounds rounds of $flights in flight, interleaved"
    tracing=
    for name in "${contenders[@]}"; do
        prepare "$name" "$folder/run-$name"
        "start_$name" "$folder/run-$name" || { echo "$name does not start" >&2; exit 1; }
        words+=("$(contender_word "$name" "$folder/run-$name")")
        before+=("$(disk "$folder/run-$name")")
    done
    "$programs/bench_load" run "$rounds" "$flights" "$percent" "${words[@]}" >"$folder/ingest.jsonl" ||
        missing ingest "the load stopped before its end; what it measured until then is shown"
    index=${#contenders[@]}
    while [ "$index" -gt 0 ]; do
        index=$((index - 1))
        name=${contenders[$index]}
        stop "$folder/run-$name"
        after=$(disk "$folder/run-$name")
        printf '{"bench":"disk","contender":"%s","bytes":%d}\n' "$name" \
            $((after - before[index])) >>"$results/results.jsonl"
        rm -rf "$folder/run-$name"
    done
    cat "$folder/ingest.jsonl" >>"$results/results.jsonl"
}

# A run of its own under strace: flushes are counted, nothing is timed. openat tells which
# files are opened O_DSYNC: LMDB writes its meta page through such a file, and each of those writes
# is a flush that -c alone would not show.
measure_flushes() {
    local name place
    if ! command -v strace >/dev/null; then
        missing flushes "strace is not installed"
        return
    fi
    say "flushes: 64 in flight, traced"
    for name in "${contenders[@]}"; do
        place=$folder/traced-$name
        prepare "$name" "$place"
        tracing="strace -f --seccomp-bpf -ttt -e trace=openat,fdatasync,fsync,sync_file_range,msync,pwrite64,pwritev,writev,write -e signal=none -o $place.trace"
        if ! "start_$name" "$place"; then
            missing "flushes of $name" "it does not start under strace"
            forget_last
            rm -f "$place/pid"
            continue
        fi
        "$programs/bench_load" run 1 64 "$percent" "$(contender_word "$name" "$place")" >"$place.jsonl" ||
            : >"$place.jsonl"
        stop "$place"
        if [ ! -s "$place.jsonl" ]; then
            missing "flushes of $name" "the load stopped before its end"
            continue
        fi
        python3 tests/bench/report.py flushes "$name" "$place.trace" "$place.jsonl" >>"$results/results.jsonl"
        rm -rf "$place" "$place.trace"
    done
}

measure_recompute() {
    say "full recompute: 100 and 2,500 zones x 120 months, $rounds rounds"
    "$programs/bench_recompute" "$rounds" 100 2500 >>"$results/results.jsonl"
}

mkdir -p "$results"
: >"$results/results.jsonl"
"$programs/bench_load" enrol "$folder"
find_contenders
measure_ingest
measure_flushes
measure_recompute
say "results (medians, min-max; JSON lines in $results/results.jsonl)"
python3 tests/bench/report.py table "$results/results.jsonl"
