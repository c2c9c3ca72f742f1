#!/usr/bin/env bash
# The front door: sets a Debian 12 machine up, builds, and runs.
#
#   ./run.sh demo       a province reports: enrolment, returns, receipts, indicators, verdicts
#   ./run.sh test       every test, with both compilers and the sanitizers
#   ./run.sh simulate N [SEED]
#                       N provinces in which everything goes wrong, each from a seed; 1 SEED tells one
#   ./run.sh bench      measures against bounds, prints ratios
#   ./run.sh storm      thousands of agents return at once, beside two brokers: [AGENTS [STATEMENTS]]
#   ./run.sh bitrot     flips every bit of a small store of each side: [BITS]
#   ./run.sh fuzz       searches for inputs that break a decoder: [SECONDS [TARGET…]], 60 each
#   ./run.sh power      cuts the power at every boundary: [STATES], 20,000 as in the test run
#   ./run.sh faults     fails every system call and every allocation of the core commands, one by one
#   ./run.sh build      builds the programs into build/release
#   ./run.sh help       this text
#
# What is missing is installed with apt-get (as root, or through sudo), without questions.
set -euo pipefail
cd "$(dirname "$0")"

# The only place where packages are listed.
build_packages=(gcc libc6-dev cmake ninja-build pkg-config
    libzmq3-dev protobuf-c-compiler libprotobuf-c-dev liblmdb-dev libsodium-dev nettle-dev libjansson-dev)
demo_packages=(python3)
test_packages=(clang clang-format clang-tidy libcmocka-dev python3 git strace)
bench_packages=(strace)
storm_packages=(nats-server rabbitmq-server e2fsprogs)

say() { printf '\n== %s\n' "$*"; }

missing_of() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

need() {
    local missing=()
    mapfile -t missing < <(missing_of "$@")
    [ ${#missing[@]} -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "缺少软件包，需要 root 或 sudo 才能安装 / packages are missing, and root or sudo is needed to install them: ${missing[*]}" >&2
            exit 1
        }
    fi
    say "installing ${missing[*]}"
    as_root apt-get -q -q update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -q install -y --no-install-recommends "${missing[@]}" >/dev/null
}

# For servers that only we start: the package's own service neither starts now nor at the next boot.
need_without_service() {
    local package missing policy=/usr/sbin/policy-rc.d made=
    mapfile -t missing < <(missing_of "$@")
    [ ${#missing[@]} -eq 0 ] && return
    if [ ! -e "$policy" ]; then
        as_root sh -c 'printf "#!/bin/sh\nexit 101\n" >"$1" && chmod 755 "$1"' - "$policy"
        made=1
    fi
    need "$@"
    [ -z "$made" ] || as_root rm -f "$policy"
    for package in "${missing[@]}"; do
        as_root systemctl disable "$package" >/dev/null 2>&1 || true
    done
}

build() { # preset [cmake option…]
    local preset=$1
    shift
    cmake --preset "$preset" "$@" >"build-$preset.log" 2>&1 || { cat "build-$preset.log"; rm -f "build-$preset.log"; exit 1; }
    rm -f "build-$preset.log"
    cmake --build --preset "$preset"
}

run_build() {
    need "${build_packages[@]}"
    say "building"
    build release -DBUILD_TESTING=OFF
}

run_demo() {
    need "${demo_packages[@]}"
    run_build
    exec tests/demo/province.sh "$@"
}

check_format() {
    git ls-files -z '*.c' '*.h' | xargs -0 clang-format --dry-run -Werror
}

check_lint() {
    git ls-files -z '*.c' ':!tests/fuzz/engine.c' |
        xargs -0 -P "$(nproc)" -n 8 clang-tidy -p build/clang --quiet 2>/dev/null
}

run_test() {
    need "${build_packages[@]}" "${test_packages[@]}"
    mkdir -p build/tmp # on the project's own disk: the store refuses memory file systems
    export TMPDIR=$PWD/build/tmp
    say "format"
    check_format
    say "clang: build and unit tests"
    build clang -DBUILD_TESTING=ON
    ctest --preset clang -LE journey
    say "clang-tidy"
    check_lint
    say "gcc with AddressSanitizer and UndefinedBehaviorSanitizer: unit tests"
    build sanitize -DBUILD_TESTING=ON
    ctest --preset sanitize -LE journey
    say "negative controls: every seeded bug is noticed"
    build controls -DBUILD_TESTING=ON
    tests/controls/controls.py build/controls
    say "gcc: every test, journeys included"
    build release -DBUILD_TESTING=ON
    ctest --preset release
}

run_simulate() {
    need "${build_packages[@]}" "${test_packages[@]}"
    say "building"
    build release -DBUILD_TESTING=ON
    exec tests/simulation/simulate.sh build/release/tests/simulation/simulation "${1:-2000}" "${2:-1}"
}

run_power() {
    need "${build_packages[@]}" "${test_packages[@]}"
    say "building"
    build release -DBUILD_TESTING=ON
    local states=${1:-20000}
    shift || true
    exec python3 -B tests/power/test_power.py build/release --states "$states" "$@"
}

run_bitrot() {
    need "${build_packages[@]}" "${test_packages[@]}"
    say "building"
    build release -DBUILD_TESTING=ON
    local side
    for side in aggregator agent; do
        say "$side: ${1:-all} bits of a small store"
        "build/release/tests/bitrot/bitrot_$side" "${1:-all}"
    done
}

run_faults() {
    need "${build_packages[@]}" "${test_packages[@]}"
    mkdir -p build/tmp
    export TMPDIR=$PWD/build/tmp
    say "building"
    build release -DBUILD_TESTING=ON
    python3 -B tests/power/test_memory.py build/release --all
    exec python3 -B tests/power/test_faults.py build/release . "$@"
}

run_bench() {
    need "${build_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}"
    say "building"
    build release -DBUILD_TESTING=ON
    exec tests/bench/bench.sh "$@"
}

run_storm() {
    need "${build_packages[@]}" "${test_packages[@]}"
    need_without_service "${storm_packages[@]}"
    say "building"
    build release -DBUILD_TESTING=ON
    exec tests/bench/storm.sh "$@"
}

run_fuzz() {
    need "${build_packages[@]}" "${test_packages[@]}"
    mkdir -p build/tmp
    export TMPDIR=$PWD/build/tmp
    say "building"
    cmake --preset fuzz -DBUILD_TESTING=ON >/dev/null
    cmake --build --preset fuzz --target tests/fuzz/all
    say "searching"
    exec tests/fuzz/fuzz.sh "$@"
}

word=${1:-help}
[ $# -gt 0 ] && shift
case $word in
    demo | test | simulate | power | faults | bench | storm | fuzz | bitrot | build) "run_$word" "$@" ;;
    help | -h | --help) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" ;;
    *)
        echo "没有“$word”这个命令 / no such command: $word" >&2
        sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0" >&2
        exit 2
        ;;
esac
