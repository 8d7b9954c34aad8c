#!/usr/bin/env bash
# Evaluators beside their peers: DeepEval's G-Eval and Ragas' AspectCritic (PyPI, in environments of their own) judge the
# same items by one criterion, with a provider that answers after a fixed time. Prints a table; see README.md.
# usage: run.sh [PROGRAMS]      the directory of the built programs (.build/release; `make build`)
#   ITEMS=1000 CONCURRENT=64 MILLISECONDS=50 ROUNDS=1   PEERS=directory of the environments, kept for the next run
# Needs a C compiler, python3-venv, PostgreSQL and redis-server.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
programs=$(cd "${1:-$here/../../.build/release}" && pwd)
[ -x "$programs/scorable-apid" ] || { echo "no programs in $programs: run make build" >&2; exit 1; }
work=$(mktemp -d /tmp/scorable-evaluate.XXXXXX)
provider=
cleanup() {
    [ -z "$provider" ] || kill "$provider" 2> /dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

peers=${PEERS:-$work/peers}
environment() { # NAME REQUIREMENT...
    [ ! -x "$peers/$1/bin/python" ] || return 0
    python3 -m venv "$peers/$1"
    "$peers/$1/bin/pip" install -q "${@:2}"
}
environment geval 'deepeval==4.3.1'
# Newer ones of langchain-community lack what this Ragas imports.
environment aspect 'ragas==0.4.3' 'langchain-community<0.4' 'langchain-openai<1'

cc -O2 -Wall -Wextra -o "$work/provider" "$here/provider.c"
port=$((20000 + RANDOM % 10000))
"$work/provider" "$port" "${MILLISECONDS:-50}" &
provider=$!

python3 "$here/measure.py" "$programs" "$peers" "http://127.0.0.1:$port" \
    --items "${ITEMS:-1000}" --concurrent "${CONCURRENT:-64}" --rounds "${ROUNDS:-1}"
