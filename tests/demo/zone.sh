#!/usr/bin/env bash
# One zone's part of the demo: enrolment, its forms one after the other, the sending.
#
#   zone.sh CODE
#
# Programs and folders come from province.sh through the environment. Prints nothing; what it
# did stands in $DATA/log/CODE, and a last line there says how it ended.
set -euo pipefail
code=$1
agent=("$AGENT" --data "$DATA/zones/$code")
exec >"$DATA/log/$code" 2>&1

enrol() {
    "${agent[@]}" init --zone "$code" --reserve 1 --province "$DATA/province/province.card" --label "演示用计算机"
    "$AGGREGATOR" --data "$DATA/province" enrol add "$DATA/zones/$code/enrolment-request.txt"
    "$AGGREGATOR" --data "$DATA/province" enrol approve "$code" --yes
}

# What may be sent with a reason gets one; what must be corrected stays unsent.
explain_findings() { # form period
    "${agent[@]}" check "$1" "$2" --format csv | tail -n +2 | while IFS=, read -r class rule row _; do
        [ "$class" = explain ] || continue
        "${agent[@]}" explain "$1" "$2" "$rule" --row "$row" --reason OTHER --text "演示用的合成数据，未经核实"
    done
}

report() { # file: FORM-PERIOD.csv
    local name form period
    name=$(basename "$1" .csv)
    form=${name%%-*}
    period=${name#*-}
    "${agent[@]}" import "$1" --yes
    explain_findings "$form" "$period"
    "${agent[@]}" check "$form" "$period"
    "${agent[@]}" sign "$form" "$period" --role preparer --name 演示填报人
    "${agent[@]}" sign "$form" "$period" --role stathead --name 演示统计负责人
    "${agent[@]}" sign "$form" "$period" --role unithead --name 演示单位负责人
    "${agent[@]}" seal "$form" "$period"
}

# In the order of time, so that last year is known when this year is checked.
in_order() { printf '%s\n' "$DATA/input/$code"/*.csv | sed 's/.*\/\([A-Z0-9]*\)-\(.*\)\.csv/\2 &/' | sort | cut -d' ' -f2-; }

enrol
"${agent[@]}" sync --endpoint "$ENDPOINT" # brings the register's record: the zone's level
kept=0
for file in $(in_order); do
    if report "$file"; then kept=$((kept + 1)); else echo "not sent: $file"; fi
done
"${agent[@]}" sync --endpoint "$ENDPOINT"
echo "sealed: $kept"
