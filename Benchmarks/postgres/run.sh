#!/bin/bash
# The pool of one loop beside pgbench -M prepared: 16 tasks on 16 connections against 16 clients in one thread, over a
# Unix socket, fsync off, interleaved. Prints requests/s, CPU microseconds of the client a request, and their ratios.
# On a busy machine `chrt -r 1 run.sh` keeps the others out of the figures.
# usage: run.sh [PATH TO postgres-benchmark]      ROUNDS=3 SECONDS_EACH=5
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
benchmark=${1:-}
if [ -z "$benchmark" ]; then
    (cd "$here" && swift build -c release --product postgres-benchmark)
    benchmark=$here/.build/release/postgres-benchmark
fi
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-5}
clients=16

programs=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres | sort -V | tail -1)")
directory=$(mktemp -d /tmp/scorable-benchmark-XXXXXX)
server=()
[ "$(id -u)" != 0 ] || { chown postgres "$directory"; server=(setpriv --reuid=postgres --regid=postgres --init-groups --); }
"${server[@]}" "$programs/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 -N > "$directory/log"
"${server[@]}" "$programs/postgres" -D "$directory/data" -k "$directory" -h '' -c fsync=off -c autovacuum=off \
    -c max_connections=100 >> "$directory/log" 2>&1 &
postgres=$!
trap 'kill -QUIT $postgres; wait $postgres || true; rm -rf "$directory"' EXIT
until "$programs/pg_isready" -q -h "$directory" -U postgres; do sleep 0.1; done
"$programs/pgbench" -q -i -s 1 -h "$directory" -U postgres postgres 2>> "$directory/log"

cat > "$directory/insert.sql" <<'SQL'
\set aid random(1, 100000)
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, :aid, 1, CURRENT_TIMESTAMP);
SQL

# Prints "requests/s CPU-us-per-request" of pgbench.
peer() {
    local script=(-S)
    [ "$1" = select ] || script=(-f "$directory/insert.sql")
    local TIMEFORMAT='%U %S'
    { time "$programs/pgbench" -n -M prepared -c $clients -j 1 -T "$seconds" "${script[@]}" -h "$directory" \
        -U postgres postgres > "$directory/out" 2>> "$directory/log"; } 2> "$directory/cpu"
    awk -v cpu="$(awk '{ print $1 + $2 }' "$directory/cpu")" '
        /number of transactions actually processed/ { count = $NF }
        /^tps/ { tps = $3 }
        END { split(count, parts, "/"); printf "%d %.1f\n", tps, cpu * 1000000 / parts[1] }' "$directory/out"
}

connection="host=$directory user=postgres dbname=postgres"
for kind in select insert; do
    best_peer=0 best_ours=0 cpu_peer=999999 cpu_ours=999999
    for round in $(seq "$rounds"); do
        read -r rate cpu < <(peer $kind)
        echo "$kind $round pgbench: $rate/s, $cpu us CPU"
        best_peer=$(( rate > best_peer ? rate : best_peer )); cpu_peer=$(echo "$cpu $cpu_peer" | awk '{ print $1 < $2 ? $1 : $2 }')
        read -r rate cpu < <("$benchmark" "$connection" $kind $clients "$seconds" | awk "{ printf \"%d %.1f\\n\", \$1, \$2 }")
        echo "$kind $round pool:    $rate/s, $cpu us CPU"
        best_ours=$(( rate > best_ours ? rate : best_ours )); cpu_ours=$(echo "$cpu $cpu_ours" | awk '{ print $1 < $2 ? $1 : $2 }')
    done
    awk -v kind=$kind -v op=$best_peer -v oo=$best_ours -v cp=$cpu_peer -v co=$cpu_ours 'BEGIN {
        printf "%s best: pool %d/s beside pgbench %d/s = %.0f %%; CPU %.1f beside %.1f us = %.2f times\n",
            kind, oo, op, 100 * oo / op, co, cp, co / cp }'
done
