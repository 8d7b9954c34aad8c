#!/usr/bin/env bash
# scorable-llmproxyd under load for a while: its resident memory every half minute, which must not grow.
#
#   Benchmarks/proxy/soak.sh [MINUTES]      (default 10; needs nginx, curl and a C compiler)
set -euo pipefail
minutes=${1:-10}
source "$(dirname "$0")/setup.sh"

echo "idle $(resident "$proxy_process") KB"
for half in $(seq $((minutes * 2))); do
    $others "$work/load" full "$proxy" bench 64 19 > "$work/full"
    $others "$work/load" many "$proxy" bench 200 5 50,50,20 > "$work/many"
    awk -v half="$half" -v kilobytes="$(resident "$proxy_process")" '
        $1 == "rate" { rate += $2 }
        $1 == "started" { started += $2 }
        $1 == "bad" { bad += $2 }
        END { printf "%5.1f min  %6d KB  %7d calls, %d bad\n", half / 2, kilobytes, started, bad }
    ' "$work/full" "$work/many"
    : > "$work/usage.jsonl"
done
