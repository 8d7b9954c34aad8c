#!/usr/bin/env bash
# Makes llmproxyd.profdata anew, which release builds of the modules that a call runs through are laid out by
# (Package.swift): builds the proxy so that it counts which ways it takes, and asks it for whole answers, translated ones
# and streams. Worth while when those modules have changed much; what has changed is compiled as if there were no profile.
# The compiler does not notice a new one: remove `.build` before the next release build.
#
#   Benchmarks/proxy/profile.sh      (20 processor minutes; needs nginx, curl, gdb and a C compiler)
set -euo pipefail
cd "$(dirname "$0")/../.."
export SCORABLE_COUNT_FOR_PROFILE=1
build=(swift build -c release --static-swift-stdlib --scratch-path .build/profile)
"${build[@]}" --product scorable-llmproxyd -Xswiftc -Xclang-linker -Xswiftc -fprofile-generate
BINARY=$("${build[@]}" --show-bin-path)/scorable-llmproxyd
tools=$(dirname "$(readlink -f "$(command -v swiftc)")")

export LLVM_PROFILE_FILE
LLVM_PROFILE_FILE=$(mktemp /tmp/scorable-profile.XXXXXX)
source Benchmarks/proxy/setup.sh
for model in bench translated; do
    $others "$work/load" full "$proxy" $model 64 4
    $others "$work/load" rate "$proxy" $model 1000 4
done
$others "$work/load" many "$proxy" bench 10 4 50,50,10
$others "$work/load" many "$proxy" bench 400 4 50,50,30
# Daemons do not end by exit(3), which would write the counts down. The debugger may complain of other things.
gdb -p "$proxy_process" -batch -ex 'call (int)__llvm_profile_write_file()' &> /dev/null || [ -s "$LLVM_PROFILE_FILE" ]
"$tools/llvm-profdata" merge --sparse "$LLVM_PROFILE_FILE" -o Benchmarks/proxy/llmproxyd.profdata
rm "$LLVM_PROFILE_FILE"
ls -l Benchmarks/proxy/llmproxyd.profdata
