#!/usr/bin/env bash
# Makes llmproxyd.order anew: the functions that calls of a model run through, which release builds put next to each other
# (Package.swift), so that a call that comes when the machine has done something else meanwhile touches fewer pages. Worth
# while when what a call runs through has changed much; a function that it does not name stays where the linker puts it.
# Builds do not notice a new one: remove `.build/release/scorable-llmproxyd` before the next release build.
#
#   Benchmarks/proxy/order.sh      (15 processor minutes; needs nginx, curl, valgrind and a C compiler)
set -euo pipefail
cd "$(dirname "$0")/../.."
build=(swift build -c release --static-swift-stdlib --product scorable-llmproxyd)
"${build[@]}"
counted=$(mktemp -d /tmp/scorable-order.XXXXXX)
# Valgrind cannot read the debugging information of all of it, and needs only the names.
strip --strip-debug -o "$counted/scorable-llmproxyd" "$("${build[@]}" --show-bin-path)/scorable-llmproxyd"

BINARY=$counted/scorable-llmproxyd
RUNNER="valgrind --tool=callgrind --instr-atstart=no --callgrind-out-file=$counted/counts"
source Benchmarks/proxy/setup.sh
callgrind_control -i on "$proxy_process" > /dev/null
for model in bench translated; do $others "$work/load" rate "$proxy" $model 40 6; done
$others "$work/load" many "$proxy" bench 2 6 20,3,10
kill "$proxy_process"
wait "$proxy_process" || true
python3 Benchmarks/proxy/order.py "$counted/counts" > Benchmarks/proxy/llmproxyd.order
rm -r "$counted"
wc -l Benchmarks/proxy/llmproxyd.order
