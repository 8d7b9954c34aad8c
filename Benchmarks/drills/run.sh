#!/usr/bin/env bash
# Fails the parts of an installation under load, one drill after the other, and counts what came of everything accepted.
#
#   Benchmarks/drills/run.sh [DRILL…]        all of them when none is named; as root, for its network namespaces
#
# BINARIES=.build/debug tries other programs than .build/release; NEW_BINARIES=DIR is what the rolling upgrade upgrades to;
# RATE=20 executions a second; KEEP=DIR keeps the logs of every process. Ends with 1 when a drill breaks a promise.
set -uo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/Benchmarks/drills
export BINARIES NEW_BINARIES RATE=${RATE:-20}
BINARIES=$(realpath "${BINARIES:-.build/release}")
NEW_BINARIES=$(realpath "${NEW_BINARIES:-$BINARIES}")

[ "$(id -u)" -eq 0 ] || { echo "run.sh: network namespaces need root: sudo $0" >&2; exit 2; }
for program in ip tc unshare nsenter setpriv redis-server redis-sentinel cc psql; do
    command -v "$program" > /dev/null || { echo "run.sh: $program is not installed." >&2; exit 2; }
done
[ -x "$BINARIES/scorable-apid" ] || { echo "run.sh: $BINARIES has no programs; make build, or set BINARIES." >&2; exit 2; }
drills=$(python3 "$here/main.py" names "$@") || exit 2

work=$(mktemp -d /tmp/scorable-drills.XXXXXX)
chmod 711 "$work"
export WORK=$work
finish() { rm -rf "$work"; }
trap finish EXIT
trap 'exit 130' INT TERM

# Processes, mounts and networks end with the first process of their namespaces, however that ends.
inside() {
    unshare --net --mount --pid --fork --kill-child --mount-proc nice -n 5 python3 "$here/main.py" "$@" &
    child=$!
    trap 'kill -9 $child 2> /dev/null; wait $child 2> /dev/null; exit 130' INT TERM
    wait $child
}

keep() {
    [ -z "${KEEP:-}" ] || { mkdir -p "$KEEP/$1" && cp -r "$work/$1/log/." "$KEEP/$1/"; }
}

inside prepare || {
    keep prepare
    echo "run.sh: the installation could not be prepared; KEEP=DIR keeps the logs." >&2
    exit 1
}
result=0
python3 "$here/main.py" heading
for drill in $drills; do
    inside drill "$drill" || result=1
    keep "$drill"
    rm -rf "${work:?}/$drill"
done
exit $result
