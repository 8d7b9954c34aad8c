#!/usr/bin/env bash
# scorable-llmproxyd beside nginx as a plain reverse proxy, in turns in one run, both with one thread on one core and in
# front of the same upstream. The proxy knows its caller, keeps to budgets, counts costs and writes its usage log.
#
#   Benchmarks/proxy/run.sh [ROUNDS] [SECONDS]      (default 3 and 4; needs nginx, curl and a C compiler)
#
# Prints each measurement and then, for each aim, the median of the rounds beside nginx's. As root on a machine that does
# other work too, what is asked at its own pace runs with real-time priority, so that it waits for nobody else.
set -euo pipefail
rounds=${1:-3}
seconds=${2:-4}
source "$(dirname "$0")/setup.sh"

is_real_time=0
chrt -r 1 true 2> /dev/null && is_real_time=1
schedule() { for each in $upstream_process $nginx_process $proxy_process; do chrt -a "$1" -p "$2" "$each"; done; }

# measure NAME WHO MODE MODEL NUMBER SECONDS [WISH]: prints a line, and adds its figures to $work/NAME.WHO. The upstream
# asked directly is `upstream`.
measure() {
    local name=$1 who=$2 mode=$3 prefix=$others before after
    local port=${!who} process=${who}_process
    shift 3
    # What takes all that it can get would starve the machine.
    if [ "$mode" = full ] || [ $is_real_time = 0 ]; then
        before=$(spent "${!process}")
        $others "$work/load" "$mode" "$port" "$@" > "$work/out"
    else
        schedule -r 1
        before=$(spent "${!process}")
        chrt -r 1 $others "$work/load" "$mode" "$port" "$@" > "$work/out"
        schedule -o 0
    fi
    after=$(spent "${!process}")
    awk -v spent=$((after - before)) '{ print } $1 == "started" { print "cpu", spent / 1000 / ($2 ? $2 : 1) }' \
        "$work/out" | tee -a "$work/$name.$who" | awk -v name="$name" -v who="$who" '
            { value[$1] = $2 }
            END {
                printf "%-10s %-8s %8.0f/s %8.1f us CPU each", name, who, value["rate"], value["cpu"]
                if ("first_p50" in value) printf ", first piece %.0f us, lag p99 %.0f us", value["first_p50"], value["lag_p99"]
                else printf ", p50 %.0f us, p99 %.0f us", value["latency_p50"], value["latency_p99"]
                printf ", %d bad\n", value["bad"]
            }'
}

# figure NAME WHO WHAT: the median of the rounds.
figure() { awk -v what="$3" '$1 == what { print $2 }' "$work/$1.$2" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
added() { awk -v a="$(figure "$1" "$2" "$3")" -v b="$(figure "$1" upstream "$3")" 'BEGIN { print a - b }'; }
# row WHAT NGINX PROXY AIM
row() { awk -v what="$1" -v a="$2" -v b="$3" -v aim="$4" 'BEGIN { printf "| %-38s | %8.0f | %8.0f | %5.2f | %s |\n", what, a, b, b / a, aim }'; }

idle=$(resident "$proxy_process")
for who in nginx proxy; do $others "$work/load" full "${!who}" bench 16 1 > /dev/null; done
for _ in $(seq "$rounds"); do
    measure full nginx full bench 64 "$seconds"
    measure full proxy full bench 64 "$seconds"
    measure translated nginx full bench 64 "$seconds"
    measure translated proxy full translated 64 "$seconds"
    for who in upstream nginx proxy; do measure rate $who rate bench 2000 "$seconds"; done
    for who in upstream nginx proxy; do measure streams $who many bench 10 "$seconds" 50,50,10; done
done
loaded=$(resident "$proxy_process")
for who in nginx proxy; do
    process=${who}_process
    # The highest resident memory from here on.
    echo 5 > "/proc/${!process}/clear_refs"
    before=$(resident "${!process}")
    measure many $who many bench 3200 6 50,50,100
    awk -v before="$before" '/VmHWM/ { print "kilobytes", ($2 - before) / 3200 }' "/proc/${!process}/status" >> "$work/many.$who"
done

echo
echo "| measured | nginx | proxy | ratio | aim |"
echo "|---|---|---|---|---|"
row "requests/s" "$(figure full nginx rate)" "$(figure full proxy rate)" "at least 0.40"
row "requests/s, translated" "$(figure translated nginx rate)" "$(figure translated proxy rate)" "at least 0.30"
# What a core would do that had nothing else to do: it holds also where others take their part of it.
capacity() { awk -v cpu="$(figure "$1" "$2" cpu)" 'BEGIN { print 1000000 / cpu }'; }
row "requests per second of CPU" "$(capacity full nginx)" "$(capacity full proxy)" "at least 0.40"
row "requests per second of CPU, translated" "$(capacity translated nginx)" "$(capacity translated proxy)" "at least 0.30"
row "us added at 2000/s, p50" "$(added rate nginx latency_p50)" "$(added rate proxy latency_p50)" "at most 1.5"
row "us added at 2000/s, p99" "$(added rate nginx latency_p99)" "$(added rate proxy latency_p99)" "at most 1.5"
row "us added to the first piece, p50" "$(added streams nginx first_p50)" "$(added streams proxy first_p50)" "at most 1.8"
piece() { awk -v cpu="$(figure "$1" "$2" cpu)" 'BEGIN { print cpu / 50 }'; }
row "us CPU of a piece, 10 streams" "$(piece streams nginx)" "$(piece streams proxy)" "at most 1.2"
row "us CPU of a piece, 3200 streams" "$(piece many nginx)" "$(piece many proxy)" "at most 1.2"
row "KB of each of 3200 streams" "$(figure many nginx kilobytes)" "$(figure many proxy kilobytes)" "less than 25 KB"
row "ms to the first answer" "$nginx_start" "$proxy_start" "at most 100 ms"
echo
echo "3200 streams: $(figure many proxy bad) bad (aim 0), pieces late by $(($(figure many proxy lag_p99) / 1000)) ms at p99 (aim 250)"
echo "resident: $((idle / 1024)) MB idle (aim 30), $((loaded / 1024)) MB after the load (aim 50, and flat: soak.sh)"
