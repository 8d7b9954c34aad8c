#!/bin/sh
# Typed and untyped JSON of this project beside Python's, in CPU microseconds an operation.
set -eu
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
swift build -c release --product json-benchmark >&2
python3 Benchmarks/json/peers.py "$folder" make
{
    "$(swift build -c release --show-bin-path)/json-benchmark" "$folder"
    python3 Benchmarks/json/peers.py "$folder"
} | awk -F '\t' '
    { time[$1, $2] = $3; if (!seen[$2]++) names[++count] = $2; peer[$1] = 1 }
    END {
        printf "%-26s %8s %12s %8s   %s\n", "CPU us", "swift", "python json", "orjson", "python json / swift"
        for (i = 1; i <= count; i++) {
            name = names[i]; tree = name; sub("typed", "tree", tree)
            python = time["python json", tree]; other = time["orjson", tree]
            printf "%-26s %8s %12s %8s   %s\n", name, time["swift", name], python ? python : "-", other ? other : "-", \
                python ? sprintf("%.1f", python / time["swift", name]) : "-"
        }
    }'
