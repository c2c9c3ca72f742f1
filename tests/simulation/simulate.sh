#!/bin/sh
# simulate.sh PROGRAM COUNT [SEED]: runs the simulation and tells it which commit this is, so that
# the line about a failure says what is needed to see it again.
set -eu
program=$1 count=${2:-} seed=${3:-1}
commit=$(git -C "$(dirname "$0")" describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
exec "$program" "$count" "$seed" "$commit"
