#!/usr/bin/env bash
# The demo: a province of real zones reports, real programs over real sockets.
#
#   province.sh [--data FOLDER] [--zones N] [--seed TEXT]
#
# Published figures are entered as they were published; every other one is synthetic and marked so,
# in the files, in the statements and in the output. It ends by itself and can be run again.
set -euo pipefail
cd "$(dirname "$0")/../.."

data=demo-data zones=0 seed=2016
while [ $# -gt 0 ]; do
    case $1 in
        --data) data=$2; shift 2 ;;
        --zones) zones=$2; shift 2 ;;
        --seed) seed=$2; shift 2 ;;
        -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "没有“$1”这个选项 / no such option: $1" >&2; exit 2 ;;
    esac
done

mark=.zonetally-demo
if [ -e "$data" ] && [ ! -e "$data/$mark" ]; then
    echo "“$data”已存在，且不是演示数据，未改动 / '$data' is there and is not demo data: left alone" >&2
    exit 1
fi
rm -rf "$data"
mkdir -p "$data/log" "$data/templates" "$data/zones"
touch "$data/$mark"
DATA=$(cd "$data" && pwd)
build=${BUILD:-$PWD/build/release}
AGENT=$build/agent/zonetally-agent
AGGREGATOR=$build/aggregator/zonetally-aggregator
export DATA AGENT AGGREGATOR
province=("$AGGREGATOR" --data "$DATA/province")
facts=$PWD/tests/data/province

# How many zones have said how they ended.
finished() { cat "$DATA"/log/* | grep -c '^sealed: ' || true; }
heading() { printf '\n\033[1m%s\033[0m\n' "$*"; }

heading "一、省级汇总端：密钥、制度、开发区名录 / the province: keys, catalogue, register"
"${province[@]}" init --province jilin --listen 'tcp://127.0.0.1:*'
"${province[@]}" registry import "$facts/registry.csv" --yes | tail -n 1

heading "二、按模板填报（种子 $seed） / the forms, filled from published facts and a seed"
"$AGENT" --data "$DATA/template" init --zone 22102001 --reserve 0 --province "$DATA/province/province.card" >/dev/null
for form in "JKQ401 2020-M12" "JKQ401 2021-M12" "JKQ402 2021-Q4" "JKQ301 2021" "JKQ302 2021" \
    "JKQ202 2021-M12" "JKQ203 2021-Q4" "JKQ303 2021"; do
    "$AGENT" --data "$DATA/template" template ${form% *} ${form#* } >"$DATA/templates/${form/ /-}.csv"
done
python3 -B tests/demo/fill.py "$DATA/templates" "$facts" "$DATA/input" "$seed"
cp "$facts/registry.csv" "$DATA/input/"
mapfile -t codes < <(cd "$DATA/input" && ls -d */ | tr -d / | sort -R --random-source=<(yes "$seed") | sort)
[ "$zones" -gt 0 ] && codes=(22102001 $(printf '%s\n' "${codes[@]}" | grep -v 22102001 | head -n $((zones - 1))))
for folder in "$DATA"/input/*/; do # the input holds those who take part, nobody else
    case " ${codes[*]} " in *" $(basename "$folder") "*) ;; *) rm -r "$folder" ;; esac
done
echo "${#codes[@]} 个开发区 / zones, $(find "$DATA/input" -name '*-*.csv' | wc -l) 份报表 / forms"

heading "三、报送 / reporting"
"${province[@]}" serve --ready-file "$DATA/ready" >"$DATA/log/serve" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 1 300); do [ -s "$DATA/ready" ] && break || sleep 0.1; done
[ -s "$DATA/ready" ] || { cat "$DATA/log/serve" >&2; exit 1; }
ENDPOINT=$(cat "$DATA/ready")
export ENDPOINT
printf '%s\n' "${codes[@]}" | xargs -P "$(nproc)" -I{} tests/demo/zone.sh {} &
zones_run=$!
while kill -0 "$zones_run" 2>/dev/null; do
    printf '\r%d / %d' "$(finished)" "${#codes[@]}"
    sleep 1
done
wait "$zones_run" || { echo; echo "有开发区未能完成，见 $DATA/log / some zones did not finish, see $DATA/log" >&2; }
printf '\r%d / %d\n' "$(finished)" "${#codes[@]}"
kill "$server"
wait "$server" || true
trap - EXIT

heading "四、谁已报送 / who has reported"
"${province[@]}" status --period 2021
heading "五、全省评价指标（2021，合成数据已标明） / the province's indicators"
"${province[@]}" indicators --period 2021 --by province
heading "六、政策要求逐条 / the requirements, clause by clause"
"${province[@]}" requirements --period 2021 --summary
heading "七、长春新区三大产业集聚度从何而来 / where 82.8 % comes from"
"${province[@]}" explain I117 22102001 2021
heading "八、一张回执 / one receipt"
"$AGENT" --data "$DATA/zones/22102001" receipt show 1 --output "$DATA/receipt.txt"
"$AGENT" --data "$DATA/zones/22102001" receipt verify "$DATA/receipt.txt" --province "$DATA/province/province.card"
heading "九、独立复算 / recomputed independently"
for scope in zone province; do
    "${province[@]}" indicators --period 2021 --by "$scope" --format csv
done >"$DATA/indicators.csv"
"${province[@]}" requirements --period 2021 --format csv >"$DATA/requirements.csv"
python3 -B tests/oracle/compare.py "$DATA/input" 2021 "$DATA/indicators.csv" "$DATA/requirements.csv"
echo
echo "数据在 $DATA / the data is in $DATA"
