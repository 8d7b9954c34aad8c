#!/bin/bash
# HTTPServer beside nginx `return`, interleaved in one run: CPU per request, requests per second, resident memory.
# Needs nginx, wrk and openssl. Ratios are HTTPServer's CPU per request over nginx's; the aim is at most 2.
#
#   Benchmarks/http/run.sh [rounds] [seconds]      BINARY=path skips the build
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-3}
seconds=${2:-4}
if [ -z "${BINARY:-}" ]; then
    swift build -c release --product http-benchmark
    BINARY=$(swift build -c release --show-bin-path)/http-benchmark
fi
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
kilobyte=$(head -c 1024 /dev/zero | tr '\0' x)
cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $work/pid; error_log /dev/null;
events { worker_connections 20000; }
http {
    access_log off; keepalive_requests 1000000000; default_type text/plain;
    client_body_temp_path $work/body; proxy_temp_path $work/p; fastcgi_temp_path $work/f;
    uwsgi_temp_path $work/u; scgi_temp_path $work/s;
    server {
        listen 127.0.0.1:28081;
        listen 127.0.0.1:28444 ssl;
        ssl_certificate $work/certificate.pem; ssl_certificate_key $work/key.pem;
        location / { return 200 "$kilobyte"; }
    }
}
CONF
cat >"$work/post.lua" <<'LUA'
wrk.method = "POST"
wrk.body = string.rep("x", 1024)
LUA

nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null &
"$BINARY" 28080 &
plain=$!
"$BINARY" 28443 "$work/certificate.pem" "$work/key.pem" &
secure=$!
until curl -s -o /dev/null http://127.0.0.1:28081/ && curl -s -o /dev/null http://127.0.0.1:28080/now &&
    curl -sk -o /dev/null https://127.0.0.1:28443/now; do sleep 0.1; done
worker=$(pgrep -P "$(cat "$work/pid")")

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
resident() { awk '/VmRSS/ { print $2 }' "/proc/$1/status"; }

# measure NAME PID URL [header]: one line, and the CPU per request into $work/NAME
measure() {
    local before after requests rate
    before=$(ticks "$2")
    wrk -t1 -c32 -d"${seconds}s" -s "$work/post.lua" ${4:+-H "$4"} "$3" >"$work/out"
    after=$(ticks "$2")
    requests=$(awk '/requests in/ { print $1 }' "$work/out")
    rate=$(awk '/Requests\/sec/ { print $2 }' "$work/out")
    awk -v name="$1" -v ticks=$((after - before)) -v n="$requests" -v rate="$rate" -v kb="$(resident "$2")" 'BEGIN {
        printf "%-22s %7.1f us CPU/request %9.0f requests/s %7.1f MB\n", name, ticks * 10000 / n, rate, kb / 1024 }'
    awk -v ticks=$((after - before)) -v n="$requests" 'BEGIN { print ticks * 10000 / n }' >>"$work/$1"
}

# handshakes NAME PID PORT: full handshakes
handshakes() {
    local before after count
    before=$(ticks "$2")
    count=$(openssl s_time -connect "127.0.0.1:$3" -new -time "$seconds" 2>/dev/null | awk '/real seconds/ { print $1 }')
    after=$(ticks "$2")
    awk -v name="$1" -v ticks=$((after - before)) -v n="$count" 'BEGIN {
        printf "%-22s %7.1f us CPU/handshake\n", name, ticks * 10000 / n }'
    awk -v ticks=$((after - before)) -v n="$count" 'BEGIN { print ticks * 10000 / n }' >>"$work/$1"
}

for _ in $(seq "$rounds"); do
    measure nginx "$worker" http://127.0.0.1:28081/
    measure answer-at-once $plain http://127.0.0.1:28080/now
    measure suspend-resume $plain http://127.0.0.1:28080/later
    measure nginx-tls "$worker" https://127.0.0.1:28444/
    measure answer-at-once-tls $secure https://127.0.0.1:28443/now
    measure suspend-resume-tls $secure https://127.0.0.1:28443/later
    # wrk resumes its TLS sessions, as a client with a session cache does; openssl s_time -new does not.
    measure nginx-resumed "$worker" https://127.0.0.1:28444/ "Connection: close"
    measure resumed $secure https://127.0.0.1:28443/later "Connection: close"
    handshakes nginx-handshake "$worker" 28444
    handshakes handshake $secure 28443
done

least() { sort -n "$work/$1" | head -1; }
ratio() { awk -v a="$(least "$1")" -v b="$(least "$2")" -v n="$1" 'BEGIN { printf "%-22s %5.2f\n", n, a / b }'; }
echo "--- CPU per request over nginx's, least disturbed rounds"
ratio answer-at-once nginx
ratio suspend-resume nginx
ratio answer-at-once-tls nginx-tls
ratio suspend-resume-tls nginx-tls
ratio resumed nginx-resumed
ratio handshake nginx-handshake

echo "--- event streams: 50 events of 130 bytes at 10 a second"
for streams in 100 1000 3000; do
    before=$(ticks $plain)
    wrk -t1 -c"$streams" -d7s --timeout 20s http://127.0.0.1:28080/stream >"$work/out" 2>&1 || true
    after=$(ticks $plain)
    # Whatever was cut off at the end still counts: events are sent on the clock.
    awk -v n="$streams" -v ticks=$((after - before)) -v kb="$(resident $plain)" 'BEGIN {
        printf "%5d streams %7.1f us CPU/event %7.1f MB\n", n, ticks * 10000 / (n * 70), kb / 1024 }'
done
