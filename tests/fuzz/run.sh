#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the fuzz targets (CMake preset "fuzz", clang) and runs each for a while, two at a time at most.
set -euo pipefail

usage() {
    cat <<'TEXT'
usage: tests/fuzz/run.sh [SECONDS_PER_TARGET] [TARGET...]

Default: 60 seconds, all targets. Inputs that reach something new are kept in build/fuzz/fuzz/corpus, what was found in
build/fuzz/fuzz/finds. FUZZ_BUILD names another build folder, FUZZ_JOBS how many run at once (1 or 2),
FUZZ_SEED where chance begins.
Exit: 0 nothing found, 1 something was, 2 wrong usage or no build.
TEXT
}

rss_limit_mb=2560 # of one target
timeout_s=20      # for one input; what takes longer is a find
jobs_max=2

case ${1-} in
-h | --help)
    usage
    exit 0
    ;;
esac
seconds=60
if [[ ${1-} =~ ^[0-9]+$ ]] && [ "$1" -gt 0 ]; then
    seconds=$1
    shift
fi
wanted=("$@")
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
build=${FUZZ_BUILD:-$root/build/fuzz}
jobs=${FUZZ_JOBS:-$jobs_max}
[ "$jobs" -ge 1 ] && [ "$jobs" -le "$jobs_max" ] || jobs=$jobs_max
folder=$build/fuzz

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { cmake -S "$root" --preset fuzz -B "$build" && cmake --build "$build" --target fuzz; } >"$log" 2>&1; then
    tail -40 "$log" >&2
    exit 2
fi
for name in ${wanted[@]+"${wanted[@]}"}; do
    if ! cut -f 1 "$folder/targets" | grep -qxF -- "$name"; then
        echo "run.sh: there is no target \"$name\"; there are: $(cut -f 1 "$folder/targets" | paste -sd ' ')" >&2
        exit 2
    fi
done

run=$(date +%Y%m%d-%H%M%S)-$$
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export UBSAN_OPTIONS=print_stacktrace=1

# Lines of tables, one input each, into a folder of seeds.
split_lines() {
    local to=$1 files=$2 file
    mkdir -p "$to"
    IFS=: read -ra files <<<"$files"
    for file in ${files[@]+"${files[@]}"}; do
        awk -v to="$to/$(basename "$file")" '{ out = to "." NR; printf "%s", $0 > out; close(out) }' "$file"
    done
}

run_target() {
    local name=$1 max_len=$2 folders=$3 lines=$4 options=()
    local finds=$folder/finds/$run/$name corpus=$folder/corpus/$name
    mkdir -p "$finds" "$corpus"
    split_lines "$folder/seeds/$name" "$lines"
    IFS=: read -ra folders <<<"$folders"
    [ -z "${FUZZ_SEED-}" ] || options+=("-seed=$FUZZ_SEED")
    [ ! -f "$root/tests/fuzz/$name.dict" ] || options+=("-dict=$root/tests/fuzz/$name.dict")
    "$folder/fuzz_$name" "$corpus" "${folders[@]}" "$folder/seeds/$name" "${options[@]}" \
        -max_total_time="$seconds" -max_len="$max_len" -timeout=$timeout_s -rss_limit_mb=$rss_limit_mb \
        -artifact_prefix="$finds/" -print_final_stats=1 >"$finds.log" 2>&1 ||
        echo "it ended with exit code $?" >>"$finds.log"
}

selected=()
while IFS=$'\t' read -r name max_len folders lines; do
    [ ${#wanted[@]} -eq 0 ] || printf '%s\n' "${wanted[@]}" | grep -qxF -- "$name" || continue
    selected+=("$name")
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
        wait -n || true
    done
    run_target "$name" "$max_len" "$folders" "$lines" </dev/null &
done <"$folder/targets"
wait

failed=0
printf '%-16s %12s %9s %7s %6s\n' target executions per_s corpus finds
for name in "${selected[@]}"; do
    out=$folder/finds/$run/$name.log
    finds=$(find "$folder/finds/$run/$name" -type f | wc -l)
    # A target that ended before it began leaves no input behind, and has failed all the same.
    if [ "$finds" -eq 0 ] && grep -q '^it ended with exit code' "$out"; then
        finds=1
    fi
    executions=$(awk '/^stat::number_of_executed_units:/ { n = $2 } END { print n + 0 }' "$out")
    speed=$(awk '/^stat::average_exec_per_sec:/ { n = $2 } END { print n + 0 }' "$out")
    kept=$(find "$folder/corpus/$name" -type f | wc -l)
    printf '%-16s %12s %9s %7s %6s\n' "$name" "$executions" "$speed" "$kept" "$finds"
    [ "$finds" -eq 0 ] || failed=1
done
if [ $failed -ne 0 ]; then
    for name in "${selected[@]}"; do
        out=$folder/finds/$run/$name.log
        grep -q '^it ended with exit code' "$out" || continue
        echo
        echo "== $name: $out"
        grep -a -m 3 -E 'does not hold|ERROR: |runtime error|Test unit written' "$out" || tail -5 "$out"
    done
    exit 1
fi
