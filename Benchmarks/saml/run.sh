#!/bin/sh
# What refusing each of a corpus of bad SAML messages costs the API server, from the POST at its callback to the answer.
set -eu
cd "$(dirname "$0")/../.."
swift build -c release >&2
exec python3 Benchmarks/saml/measure.py "$(swift build -c release --show-bin-path)" "$@"
