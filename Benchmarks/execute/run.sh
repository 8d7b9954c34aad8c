#!/usr/bin/env bash
# The whole synchronous path beside its upstream called directly: client -> apid -> evald -> llmproxyd -> upstream, with
# the execution log committed before each answer. Everything runs on this machine and shares its cores.
#
#   Benchmarks/execute/run.sh [SECONDS]      (default 10; needs `make build`, nginx and wrk)
#
# Prints executions/s, latencies, the ratio to the upstream, CPU per execution and resident memory of each process.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-10}
bin=.build/release
work=$(mktemp -d /tmp/scorable-bench.XXXXXX)
chmod 755 "$work"
state=$work/state
offset=21000
upstream=$((9000 + offset))

cleanup() {
    "$bin/scorable" down --state "$state" > /dev/null 2>&1 || true
    [ -f "$work/nginx.pid" ] && kill "$(cat "$work/nginx.pid")" 2> /dev/null || true
    rm -rf "$work" || true
}
trap cleanup EXIT

# An upstream that answers a chat completion at once.
reply='{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"bench","choices":[{"index":0,"message":{"role":"assistant","content":"{\\"justification\\": \\"The answer names the menu, the section and the button, and nothing else is needed.\\", \\"score\\": 0.85}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":420,"completion_tokens":31,"total_tokens":451}}'
cat > "$work/nginx.conf" << EOF
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { worker_connections 4096; }
http {
    access_log off;
    client_body_temp_path $work/body; proxy_temp_path $work/p; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
    keepalive_requests 1000000000;
    server {
        listen 127.0.0.1:$upstream;
        client_max_body_size 10m;
        location / { default_type application/json; return 200 '$reply'; }
    }
}
EOF
nginx -c "$work/nginx.conf" -p "$work"

"$bin/scorable" up --state "$state" --port-offset $offset > "$work/up.log" || { cat "$work/up.log"; exit 1; }
"$bin/scorable" provider add bench --state "$state" --base-url "http://127.0.0.1:$upstream/v1" --model bench > /dev/null
eval "$("$bin/scorable" env --state "$state")"
api=http://127.0.0.1:$((8000 + offset))

evaluator=88bc92d5-bebf-45e4-9cd1-dfa33309c320
body='{"request": "How do I reset my password?", "response": "Open Settings, choose Security, then press Reset password and follow the mail."}'
cat > "$work/execute.lua" << EOF
wrk.method = "POST"
wrk.body = [[$body]]
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Api-Key $SCORABLE_API_KEY"
EOF
execute=$api/v1/evaluators/execute/$evaluator/
direct=http://127.0.0.1:$upstream/v1/chat/completions

# A first answer, so that a set-up that does not work is not measured.
curl -sf "$execute" -H "Authorization: Api-Key $SCORABLE_API_KEY" -H 'Content-Type: application/json' -d "$body" > "$work/first.json" ||
    { echo "the first execution failed" >&2; exit 1; }
grep -q '"score":0.85' "$work/first.json" || { cat "$work/first.json" >&2; exit 1; }

pids() { pgrep -f "$PWD/$bin/scorable-$1\$|^$bin/scorable-$1\$|/release/scorable-$1\$" | head -n 1; }
memory() { awk '/VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$1/status"; }
cpu() { awk '{print $14 + $15}' "/proc/$1/stat"; }
postgres_cpu() { local sum=0; for p in $(pgrep -u postgres postgres || true) $(pgrep -x postgres || true); do [ -r "/proc/$p/stat" ] && sum=$((sum + $(cpu "$p"))); done; echo $sum; }

echo "# idle, resident MB"
for name in apid evald llmproxyd workerd; do printf '%-12s %s\n' "$name" "$(memory "$(pids $name)")"; done

echo "# warm-up"
wrk -t1 -c32 -d3s -s "$work/execute.lua" "$execute" > /dev/null

declare -A before
for name in apid evald llmproxyd; do before[$name]=$(cpu "$(pids $name)"); done
echo "# loaded: 64 connections, $seconds s"
wrk -t1 -c64 -d"${seconds}s" --latency -s "$work/execute.lua" "$execute" | tee "$work/loaded.txt"
requests=$(awk '/requests in/ {print $1}' "$work/loaded.txt")
errors=$(awk '/Non-2xx/ {print $NF}' "$work/loaded.txt")
echo "non-2xx: ${errors:-0}"
echo "# CPU µs per execution, resident MB under load"
ticks=$(getconf CLK_TCK)
for name in apid evald llmproxyd; do
    after=$(cpu "$(pids $name)")
    printf '%-12s %6.0f µs  %s MB\n' "$name" "$(awk -v d=$((after - before[$name])) -v t="$ticks" -v n="$requests" 'BEGIN {print d / t * 1000000 / n}')" "$(memory "$(pids $name)")"
done

echo "# low load: 1 connection"
wrk -t1 -c1 -d"${seconds}s" --latency -s "$work/execute.lua" "$execute" | tee "$work/low.txt"
echo "# the upstream alone: 1 connection, then 64"
wrk -t1 -c1 -d3s --latency -s "$work/execute.lua" "$direct" | tee "$work/direct-low.txt"
wrk -t1 -c64 -d3s --latency -s "$work/execute.lua" "$direct" | tee "$work/direct.txt"

rate() { awk '/Requests\/sec/ {print $2}' "$1"; }
percentile() { awk -v p="$2%" '$1 == p {print $2}' "$1"; }
echo
echo "executions/s         $(rate "$work/loaded.txt")"
echo "upstream requests/s  $(rate "$work/direct.txt")"
awk -v a="$(rate "$work/loaded.txt")" -v b="$(rate "$work/direct.txt")" 'BEGIN {printf "ratio                %.3f\n", a / b}'
echo "low load p50 / p99   $(percentile "$work/low.txt" 50) / $(percentile "$work/low.txt" 99)  (upstream alone $(percentile "$work/direct-low.txt" 50) / $(percentile "$work/direct-low.txt" 99))"
