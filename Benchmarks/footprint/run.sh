#!/bin/sh
# What the four daemons hold and use while nobody asks anything of them.
set -eu
cd "$(dirname "$0")/../.."
make build >&2
exec python3 Benchmarks/footprint/measure.py .build/release "$@"
