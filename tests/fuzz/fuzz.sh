#!/usr/bin/env bash
# fuzz.sh [SECONDS [TARGET…]]   searches, 60 seconds for each target, and prints what was tried
# fuzz.sh minimise [TARGET…]    makes tests/data/fuzz/ of what was found so far
#
# ./run.sh fuzz builds the programs first. What is found stays in build/fuzz/state/: corpus/TARGET,
# findings/TARGET. Exit status 1 when there was a finding.
set -euo pipefail
cd "$(dirname "$0")/../.."
programs=build/fuzz/tests/fuzz
state=build/fuzz/state
corpus_max=131072 # bytes of one target in tests/data/fuzz
limits=(-timeout=5 -rss_limit_mb=1024 -malloc_limit_mb=256)
export TMPDIR=${TMPDIR:-$PWD/build/tmp}
mkdir -p "$TMPDIR"

targets() {
    if [ $# -gt 0 ]; then
        printf '%s\n' "$@"
    else
        find tests/fuzz/targets -name '*.c' -printf '%f\n' | sed 's/\.c$//' | LC_ALL=C sort
    fi
}

# The longest input: a message fits, and nothing that would only be slow.
size_max() {
    case $1 in
        journal) echo 8192 ;;
        catalogue) echo 2048 ;;
        figure) echo 256 ;;
        *) echo 4096 ;;
    esac
}

# What our own writers make, and what was committed, next to what was found here before.
prepare() {
    mkdir -p "$state/corpus/$1" "$state/start/$1" "$state/findings/$1"
    "$programs/replay_$1" seed "$state/start/$1"
    if [ -f "tests/data/fuzz/$1.corpus" ]; then
        "$programs/replay_$1" unpack "tests/data/fuzz/$1.corpus" "$state/start/$1"
    fi
}

search() {
    local target=$1 seconds=$2 log=$state/$1.log found=0
    prepare "$target"
    "$programs/fuzz_$target" "${limits[@]}" -max_len="$(size_max "$target")" \
        -max_total_time="$seconds" -print_final_stats=1 \
        -artifact_prefix="$state/findings/$target/" \
        "$state/corpus/$target" "$state/start/$target" >"$log" 2>&1 || found=1
    value() { sed -n "s/^stat::$1: *//p" "$log" | tail -1; }
    printf '%-18s %12s %9s %8s %6s %s\n' "$target" "$(value number_of_executed_units)" \
        "$(value average_exec_per_sec)" "$(find "$state/corpus/$target" "$state/start/$target" -type f | wc -l)" \
        "$(value peak_rss_mb)" "$([ $found -eq 0 ] && echo none || echo "$log")"
    return $found
}

minimise() {
    local target=$1 small=$state/small/$1
    prepare "$target"
    rm -rf "$small"
    mkdir -p "$small" tests/data/fuzz
    "$programs/fuzz_$target" "${limits[@]}" -max_len="$(size_max "$target")" -use_counters=0 -merge=1 "$small" \
        "$state/start/$target" "$state/corpus/$target" >"$state/$target.merge.log" 2>&1
    # The smallest inputs, as far as they fit; then what our writers make, so that the deep code
    # is reached whatever was dropped.
    local size=0 file
    while IFS= read -r file; do
        size=$((size + $(stat -c %s "$file")))
        [ $size -le $corpus_max ] || rm "$file"
    done < <(find "$small" -type f -printf '%s %p\n' | sort -n | cut -d' ' -f2-)
    "$programs/replay_$target" seed "$small"
    # What was once a finding stays, whether or not it still reaches something new.
    if [ -d "tests/data/fuzz/findings/$target" ]; then
        cp "tests/data/fuzz/findings/$target/"* "$small/"
    fi
    printf '%-18s ' "$target"
    "$programs/replay_$target" pack "$small" "tests/data/fuzz/$target.corpus"
}

if [ "${1:-}" = minimise ]; then
    shift
    for target in $(targets "$@"); do minimise "$target"; done
    exit
fi
seconds=${1:-60}
[ $# -gt 0 ] && shift
printf '%-18s %12s %9s %8s %6s %s\n' target executions "per s" inputs "MiB" findings
status=0
for target in $(targets "$@"); do search "$target" "$seconds" || status=1; done
exit $status
