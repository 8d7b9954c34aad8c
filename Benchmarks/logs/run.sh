#!/bin/bash
# Lists of ten million execution logs: how long the first page of each takes, and by what it is read. Makes a private
# PostgreSQL with the settings of an installation's own, fills it (ten minutes, 17 GB), measures, and deletes it.
# On a busy machine `chrt -r 1 run.sh` keeps the others out of the figures.
# usage: run.sh [PATH TO logs-benchmark]      ROWS=10000000 REPETITIONS=200 KEEP=directory
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
benchmark=${1:-}
if [ -z "$benchmark" ]; then
    (cd "$here" && swift build -c release --product logs-benchmark)
    benchmark=$here/.build/release/logs-benchmark
fi
rows=${ROWS:-10000000}
organization=0192f000-0000-7000-8000-000000000001

programs=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres | sort -V | tail -1)")
directory=${KEEP:-$(mktemp -d /tmp/scorable-benchmark-XXXXXX)}
mkdir -p "$directory"
server=()
[ "$(id -u)" != 0 ] || { chown postgres "$directory"; server=(setpriv --reuid=postgres --regid=postgres --init-groups --); }
database="host=$directory user=postgres dbname=postgres"

start() { # start OPTION…
    "${server[@]}" "$programs/postgres" -D "$directory/data" -k "$directory" -h '' -c shared_buffers=128MB -c jit=off \
        -c wal_compression=on "$@" >> "$directory/log" 2>&1 &
    postgres=$!
    until "$programs/pg_isready" -q -h "$directory" -U postgres; do sleep 0.1; done
}
stop() { kill -INT "$postgres" && wait "$postgres" || true; }
finish() {
    stop
    [ -n "${KEEP:-}" ] || rm -rf "$directory"
}
ask() { psql -XAtq "$database" -v ON_ERROR_STOP=1 "$@"; }

if [ ! -d "$directory/data" ]; then
    "${server[@]}" "$programs/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 -N > "$directory/log"
    start -c fsync=off -c full_page_writes=off -c autovacuum=off -c max_wal_size=4GB
    trap finish EXIT
    "$benchmark" prepare "$database"
    ask -c "INSERT INTO organizations VALUES ('$organization', 'Organisation 0', now())"
    ask -v organization=$organization -f "$here/Benchmarks/logs/seed.sql" > /dev/null
    third=$((rows / 3 / 5 * 5))
    for first in 0 $third $((2 * third)); do
        last=$((first == 2 * third ? rows - 1 : first + third - 1))
        PGOPTIONS='-c synchronous_commit=off -c client_min_messages=warning' \
            ask -c "CALL seeding.fill($first, $last, $rows)" &
        fillers="${fillers:-} $!"
    done
    wait $fillers
    ask -f "$here/Benchmarks/logs/index.sql" > /dev/null
    "$benchmark" sum "$database"
    stop
fi
start
trap finish EXIT
"$benchmark" measure "$database" $organization "${REPETITIONS:-200}"
