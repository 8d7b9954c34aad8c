#!/bin/bash
# Ingest of traces: spans over OTLP/HTTP into an installation, and beside it COPY of the same rows into its table, which is
# what PostgreSQL alone costs. Prints spans/s, CPU of a span and latencies.
# On a busy machine `chrt -r 1 run.sh` keeps the others out of the figures.
# usage: run.sh [DIRECTORY OF PROGRAMS]      RATE=2000 SECONDS_EACH=20; needs `make build`
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
bin=${1:-$here/.build/release}
rate=${RATE:-2000}
seconds=${SECONDS_EACH:-20}
work=$(mktemp -d /tmp/scorable-bench.XXXXXX)
chmod 755 "$work"
state=$work/state
offset=${OFFSET:-23000}
finish() {
    "$bin/scorable" down --state "$state" > /dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
"$bin/scorable" up --state "$state" --port-offset "$offset" > "$work/up.log" || { cat "$work/up.log"; exit 1; }
eval "$("$bin/scorable" env --state "$state")"
apid=$(pgrep -x scorable-apid -P "$(pgrep -f "scorable supervise --state $state" | head -n 1)")
postgres=$(head -n 1 "$state/postgres/data/postmaster.pid")
url=http://127.0.0.1:$((8000 + offset))
load() { python3 "$here/Benchmarks/traces/load.py" "$url" "$SCORABLE_API_KEY" --apid "$apid" --postgres "$postgres" "$@"; }

load --rate 500 --seconds 3 > /dev/null
echo "| load | spans/s | CPU µs a span, apid | PostgreSQL | p50 ms a request of 256 | p99 | failed |"
echo "|---|---|---|---|---|---|---|"
load --rate "$rate" --seconds "$seconds"
load --rate 0 --seconds "$seconds"

load --copy "$work/rows" --rate "$rate" --seconds "$seconds"
lines=$(wc -l < "$work/rows")
before=$(date +%s%N)
psql -XAtq "host=$state/run user=scorable dbname=scorable" -c "\\copy trace_spans (organization_id, trace_id, span_id, \
started_at, parent_span_id, start_nanos, end_nanos, name, kind, status, attributes, resource, received_at) FROM '$work/rows'"
echo "COPY of $lines rows into the same table: $(((lines * 1000000) / (($(date +%s%N) - before) / 1000))) spans/s"
