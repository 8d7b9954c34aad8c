#!/bin/bash
# The queue beside its peers: Sidekiq (Debian's ruby-sidekiq), Dramatiq, arq and RQ (PyPI, in a venv of its own). Prints a
# table and ratios; see README.md. Needs redis-server, PostgreSQL and python3-venv; takes about ten minutes a round.
# On a busy machine `chrt -r 1 run.sh` keeps the others out of the figures.
# usage: run.sh [PATH TO queue-benchmark]      ROUNDS=3 SYSTEMS=scorable,Sidekiq VENV=directory
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
benchmark=${1:-}
if [ -z "$benchmark" ]; then
    (cd "$here" && swift build -c release --product queue-benchmark)
    benchmark=$here/.build/release/queue-benchmark
fi
command -v sidekiq > /dev/null || echo "Sidekiq is left out: apt-get install ruby-sidekiq" >&2

programs=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/postgres | sort -V | tail -1)")
directory=$(mktemp -d /tmp/scorable-benchmark-XXXXXX)
server=()
[ "$(id -u)" != 0 ] || { chown postgres "$directory"; server=(setpriv --reuid=postgres --regid=postgres --init-groups --); }
"${server[@]}" "$programs/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 -N > "$directory/log"
"${server[@]}" "$programs/postgres" -D "$directory/data" -k "$directory" -h '' -c max_connections=100 \
    >> "$directory/log" 2>&1 &
postgres=$!
trap 'kill -QUIT $postgres; wait $postgres || true; rm -rf "$directory"' EXIT
until "$programs/pg_isready" -q -h "$directory" -U postgres; do sleep 0.1; done
database="host=$directory user=postgres dbname=postgres"
"$benchmark" prepare "$database"

venv=${VENV:-$directory/venv}
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q 'dramatiq[redis]' arq rq
fi
python3 "$here/Benchmarks/queue/measure.py" "$benchmark" --python "$venv/bin" --database "$database" \
    --rounds "${ROUNDS:-3}" --systems "${SYSTEMS:-}"
