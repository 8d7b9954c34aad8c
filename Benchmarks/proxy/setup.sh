# What the measurements of this folder share: builds the tools, and starts the upstream, nginx and the proxy, each with
# one thread. Sourced, not run. BINARY=path skips the build of the proxy.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
work=$(mktemp -d /tmp/scorable-bench.XXXXXX)
upstream=28190 nginx=28191 proxy=28192
finish() {
    kill $(jobs -p) 2> /dev/null || true
    wait
    prefer 0
    rm -rf "$work"
}
trap finish EXIT
# As root, on a machine that does other work too: what this session runs comes first.
prefer() { { echo "$1" > /proc/self/autogroup; } 2> /dev/null || true; }
ulimit -n 20000 2> /dev/null || echo "few descriptors: $(ulimit -n)" >&2

for tool in upstream load; do cc -O2 -o "$work/$tool" "Benchmarks/proxy/$tool.c"; done
if [ -z "${BINARY:-}" ]; then
    swift build -c release --static-swift-stdlib --product scorable-llmproxyd
    BINARY=$(swift build -c release --static-swift-stdlib --show-bin-path)/scorable-llmproxyd
fi

prefer -12

# What is measured has the first core for itself, whoever asks and answers the second one, where there are two.
if [ "$(nproc)" -ge 2 ] && command -v taskset > /dev/null; then measured="taskset -c 0" others="taskset -c 1"; fi
measured=${measured:-} others=${others:-}

cat > "$work/nginx.conf" << EOF
daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid $work/nginx.pid; error_log $work/nginx.log;
events { worker_connections 18000; }
http {
    access_log off; keepalive_requests 1000000000; keepalive_timeout 300; tcp_nodelay on; client_body_buffer_size 64k;
    client_body_temp_path $work/body; proxy_temp_path $work/p; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u;
    scgi_temp_path $work/s;
    upstream models { server 127.0.0.1:$upstream; keepalive 1024; keepalive_requests 1000000000; }
    server {
        listen 127.0.0.1:$nginx backlog=4096;
        location / {
            proxy_pass http://models; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
            proxy_read_timeout 600s;
        }
    }
}
EOF

# A caller's key with a budget, prices, and a line in the usage log for each call: nothing of the proxy is left out.
cat > "$work/proxy.yaml" << EOF
log: {level: warning}
llmproxyd:
  public: {listen: "127.0.0.1:$proxy", connections: 20000, concurrency: 20000}
  internal: {listen: "127.0.0.1:28193"}
  usage_log: $work/usage.jsonl
  loops: 1
  connections_per_host: 20000
  calls_per_provider: 20000
  waiting_per_provider: 20000
gateway:
  providers:
    - {name: plain, kind: openai, base_url: "http://127.0.0.1:$upstream/v1", key: sk-upstream}
    - {name: other, kind: anthropic, base_url: "http://127.0.0.1:$upstream", key: sk-upstream}
  models:
    - {name: bench, provider: plain}
    - {name: translated, provider: other, model: bench}
  prices:
    - {model: bench, input: 0.25, output: 2}
  keys:
    - {name: bench, key: sk-bench, budget: {limit: 100000000}}
EOF

answers() {
    curl -sf -o /dev/null "http://127.0.0.1:$1/v1/chat/completions" -H 'Authorization: Bearer sk-bench' \
        -d '{"model":"bench","max_tokens":9,"messages":[{"role":"user","content":"Hello"}]}'
}

# start PORT COMMAND...: starts it, sets `started` to its process, and prints after how many milliseconds it answers.
start() {
    local port=$1 begin
    shift
    begin=$(date +%s%N)
    "$@" 2>> "$work/log" &
    started=$!
    for _ in $(seq 2000); do
        if (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null && answers "$port"; then
            took=$((($(date +%s%N) - begin) / 1000000))
            return
        fi
        sleep 0.002
    done
    cat "$work/log" >&2
    exit 1
}

start "$upstream" $others "$work/upstream" "$upstream"
upstream_process=$started
start "$nginx" $measured nginx -c "$work/nginx.conf" -p "$work"
nginx_process=$(pgrep -P "$started")
nginx_start=$took
start "$proxy" $measured ${RUNNER:-} "$BINARY" --config "$work/proxy.yaml"
proxy_process=$started
proxy_start=$took

resident() { awk '/VmRSS/ { print $2 }' "/proc/$1/status"; }
# The processor time of all threads of a process in nanoseconds: in the ticks of its `stat` a short run would be a handful.
# It is read from the clock of the process, which threads that have ended are a part of (clock_getcpuclockid(3)).
spent() {
    python3 -c 'import sys, time; print(time.clock_gettime_ns((~int(sys.argv[1]) << 3) | 2))' "$1"
}
