#!/usr/bin/env bash
# storm.sh [AGENTS [STATEMENTS [ROUNDS]]]: so many agents with a backlog each come at once: to the
# aggregator, to NATS JetStream and to a RabbitMQ quorum queue, with the same bytes.
# A table on the screen, the same as JSON lines in build/bench/storm.jsonl. No pass or fail.
# Ends only what it started; everything but the results lives in a temporary folder. All servers
# are on 127.0.0.1, each round has new ones with empty stores.
set -euo pipefail
cd "$(dirname "$0")/../.."

agents=${1:-2500}
statements=${2:-12}
rounds=${3:-3}
storm=build/release/tests/bench/bench_storm
aggregator=build/release/aggregator/zonetally-aggregator
results=build/bench
rabbitmq=$(ls -d /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server 2>/dev/null | tail -n 1 || true)
started=()

mkdir -p build/tmp # on the project's own disk, for all of them
folder=$(mktemp -d "$PWD/build/tmp/storm-XXXXXX")
finish() {
    local pid
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }

missing() { # name why
    echo "NOT MEASURED: $1: $2"
    printf '{"bench":"missing","contender":"%s","why":"%s"}\n' "$1" "$(tr -d '"\\' <<<"$2")" >>"$results/storm.jsonl"
}

await() { # pid command…
    local pid=$1
    shift
    for _ in $(seq 600); do
        "$@" && return 0
        kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

# The servers of one round, in the order in which they were started: the last one ends first.
end_servers() {
    local index=${#started[@]}
    while [ "$index" -gt 0 ]; do
        index=$((index - 1))
        kill -TERM "${started[$index]}" 2>/dev/null || true
        wait "${started[$index]}" 2>/dev/null || true
    done
    started=()
}

# Below those the kernel gives to clients, of which a storm leaves thousands half closed.
free_ports() { # count
    python3 -c 'import random, socket, sys
kept = []
while len(kept) < int(sys.argv[1]):
    each = socket.socket()
    try:
        each.bind(("127.0.0.1", random.randrange(10000, 32000)))
        kept.append(each)
    except OSError:
        pass
print(*(each.getsockname()[1] for each in kept))' "$1"
}

listens() { (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Every start_ function sets server (the process that is looked at) and words (for the load).
enrol_zonetally() {
    local place=$folder/enrolled
    mkdir "$place"
    "$aggregator" --data "$place/store" --lang en init --province jilin --listen 'tcp://127.0.0.1:*' >"$place/log"
    "$aggregator" --data "$place/store" --lang en registry import "$folder/registry.csv" --yes >>"$place/log"
    "$storm" enrol "$agents" "$place/store"
}

start_zonetally() { # place
    cp -r "$folder/enrolled/." "$1/"
    printf '%s' "$1/store-signer" >"$1/store/signer" # a copy with a signer of its own
    "$aggregator" --data "$1/store" --lang en serve --ready-file "$1/ready" >>"$1/log" 2>&1 &
    started+=($!)
    server=$!
    words=("$1/ready" "$1/store/province.card")
    await "$server" test -s "$1/ready"
}

# Debian's 2.9 has no sync_interval. A folder with the attribute S hands it down to its files: each
# write returns when it is on disk.
start_nats() { # place
    local port
    mkdir "$1/store"
    chattr +S "$1/store" 2>>"$1/log" || return 1
    port=$(free_ports 1)
    nats-server -a 127.0.0.1 -p "$port" -js -sd "$1/store" >>"$1/log" 2>&1 &
    started+=($!)
    server=$!
    words=("$port")
    await "$server" listens "$port"
}

nats_is_synchronous() { # place
    local blocks
    blocks=$(find "$1/store" -name '*.blk')
    [ -n "$blocks" ] || return 1
    ! xargs lsattr <<<"$blocks" | grep -qv '^..S'
}

# As its Debian package runs it, but for the places, the ports, and what lets so many connect at once.
start_rabbitmq() { # place
    local port epmd_port own_port
    read -r port epmd_port own_port < <(free_ports 3)
    mkdir "$1/home"
    : >"$1/plugins"
    printf '%s\n' "listeners.tcp.default = 127.0.0.1:$port" 'tcp_listen_options.backlog = 4096' \
        'handshake_timeout = 60000' >"$1/rabbitmq.conf"
    epmd -port "$epmd_port" -address 127.0.0.1 >>"$1/log" 2>&1 &
    started+=($!)
    await $! listens "$epmd_port" || return 1 # or Erlang starts one of its own, which stays
    env -i PATH="$PATH" HOME="$1/home" ERL_EPMD_PORT="$epmd_port" ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_NODENAME=storm@localhost RABBITMQ_DIST_PORT="$own_port" RABBITMQ_CONF_ENV_FILE=/dev/null \
        RABBITMQ_CONFIG_FILE="$1/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$1/plugins" \
        RABBITMQ_MNESIA_BASE="$1/mnesia" RABBITMQ_LOG_BASE="$1/logs" RABBITMQ_PID_FILE="$1/pid" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
        "$rabbitmq" >>"$1/log" 2>&1 &
    started+=($!)
    await $! listens "$port" || return 1
    await $! test -s "$1/pid" || return 1
    server=$(cat "$1/pid")
    words=("$port")
}

find_contenders() {
    contenders=()
    if enrol_zonetally; then
        contenders+=(zonetally)
    else
        missing zonetally "it cannot be set up: $(tail -n 1 "$folder/enrolled/log")"
    fi
    if ! command -v nats-server >/dev/null; then
        missing nats "nats-server is not installed"
    elif ! { mkdir "$folder/attribute" && chattr +S "$folder/attribute" 2>/dev/null; }; then
        missing nats "its store cannot be made synchronous: chattr +S fails here"
    else
        contenders+=(nats-one nats-all)
    fi
    if [ -z "$rabbitmq" ]; then
        missing rabbitmq "rabbitmq-server is not installed"
    else
        contenders+=(rabbitmq-all)
    fi
}

measure() { # kind round contender
    local name=${3%-*} window=() place=$folder/$1-$2-$3
    case $3 in
        *-one) window=(1) ;;
        *-all) window=("$statements") ;;
    esac
    mkdir "$place"
    if ! "start_$name" "$place"; then
        missing "$3" "round $2: it does not start: $(tail -n 1 "$place/log")"
    elif ! "$storm" "$name" "$1" "$2" "$folder" "$server" "${words[@]}" "${window[@]}" >"$place/result" 2>"$place/trouble"; then
        missing "$3" "round $2: $(tail -n 1 "$place/trouble")"
    elif [ "$name" = nats ] && ! nats_is_synchronous "$place"; then
        missing "$3" "its files did not become synchronous"
    else
        cat "$place/result" >>"$results/storm.jsonl"
        printf '.'
    fi
    end_servers
    rm -rf "$place"
}

mkdir -p "$results"
: >"$results/storm.jsonl"
say "sealing $((agents * statements)) statements, enrolling $agents agents"
"$storm" seal "$agents" "$statements" "$folder"
find_contenders
say "$rounds rounds of ${contenders[*]}, interleaved"
for ((round = 1; round <= rounds; round++)); do
    python3 tests/bench/flush.py "$folder" "$round" >>"$results/storm.jsonl"
    for kind in storm backlog; do
        for ((i = 0; i < ${#contenders[@]}; i++)); do
            measure "$kind" "$round" "${contenders[$(((i + round) % ${#contenders[@]}))]}"
        done
    done
done
say "results (medians, min–max; JSON lines in $results/storm.jsonl)"
python3 tests/bench/report.py storm "$results/storm.jsonl"
