#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The benchmark: usage: tests/bench/run.sh [BUILD [COUNT...]]
#
# BUILD is a build folder with the programs in it (default build/release); registers and indexes are made in
# BUILD/bench. COUNT is how many agreements (default 5000 20000; 80000 takes half an hour more); the peers and a
# single thread are measured for the first COUNT only. The README's tables go to standard output, what is being done
# to standard error. May be set: QUERIES of each class (120), ROUNDS (5), PEER_ROUNDS (1), DATA (instead of BUILD/bench),
# and KEEP=1 to take the peers' indexes and their figures from the run before.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
build=$(readlink -f "${1:-$root/build/release}")
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- 5000 20000
bin=$build/bin bench=$build/tests/bench data=${DATA:-$build/bench} rounds=${ROUNDS:-5}
mkdir -p "$data"
facts=$data/facts rows=$data/rows queries=$data/queries.jsonl

say() { printf '%s  %s\n' "$(date +%T)" "$*" >&2; }
. "$root/tests/bench/indexing.sh"

# fact NAME: what was found out about a goal, of the latest index measured.
fact() { awk -F'\t' -v name="$1" '$1 == name { found = $2 } END { print found == "" ? "–" : found }' "$facts"; }

search_all() {
    local peers=() peer
    for peer in plain fts5 groonga; do
        [ "$1" != "$first" ] || [ ! -e "$data/$peer-$1" ] || peers+=("--$peer" "$(peer_path $peer "$1")")
    done
    say "searching $1 agreements"
    "$bench" searches --db "$data/index-$1" --raw "$data/raw-$1" --daemon "$bin/purposed" --queries "$queries" --facts "$facts-$1" \
        --rounds "$rounds" --peer-rounds "${PEER_ROUNDS:-1}" "${peers[@]}" 2>"$data/log" ||
        { tail -20 "$data/log" >&2; exit 1; }
}

# goal TEXT FACT: a row, with a column for each COUNT.
goal() {
    local count row="| $1 |"
    for count in "${counts[@]}"; do
        row+=" $(facts=$facts-$count fact "$2") |"
    done
    printf '%s\n' "$row"
}

print_goals() {
    printf '\n### The goals\n\n| goal |%s\n| --- |%s\n' "$(printf ' %s |' "$@")" "$(printf ' ---: |%.0s' "$@")"
    goal 'full replies, uncached, one worker: 0.45 × raw' full
    goal 'two workers: 1.7 × one' 'two workers'
    goal 'ten best through the socket, 16 connections: 0.9 × raw' bare
    goal "full replies, 1 client: 10 × FTS5's" 'fts5 1'
    goal "full replies, 4 clients: 10 × FTS5's" 'fts5 4'
    goal "full replies, 1 client: 10 × Groonga's" 'groonga 1'
    goal "full replies, 4 clients: 10 × Groonga's" 'groonga 4'
    goal "full replies, 1 client, to Xapian as its manual has it" plain
    goal "slow (p99) full replies: 2 × raw's of the class" p99
    goal "slow (p99) phrases, facets exact: 1.5 × raw's" 'p99 phrase'
    goal "indexing, one process: 3 × scriptindex" 'indexing 1'
    goal "indexing, two threads: 6 × scriptindex" 'indexing 2'
    goal "indexing, two threads: FTS5's rate" 'indexing fts5'
    goal "index and stored text: 1.35 × the prose" size
    goal "indexer's memory: 150 MB" indexer
    goal "daemon's own memory: 100 MB" daemon
    goal "a full reply, against the first size's" growth
    goal "opening an index: 100 ms" opening
    goal 'apart: full replies from the cache, to uncached' cached
    goal 'apart: full replies with nothing kept (`--kept-bytes 0`), to the usual' 'nothing kept'
}

first=$1 counts=("$@") sizes=()
"$bench"_generate queries "${QUERIES:-120}" >"$queries"
for count in "$@"; do
    : >"$facts-$count"
    make_register "$count"
    printf '\n### %s agreements, %s MB of prose\n\n' "$count" "$((prose / 1000000))"
    index_all "$count"
    printf '\n'
    search_all "$count"
    sizes+=("$count" "$data/index-$count")
done
say "growth"
printf '\n### Growth\n\n'
: >"$facts"
"$bench" growth --daemon "$bin/purposed" --queries "$queries" --facts "$facts" --rounds "$rounds" "${sizes[@]}" \
    2>"$data/log" || { tail -20 "$data/log" >&2; exit 1; }
for count in "$@"; do
    for name in growth opening; do
        printf '%s\t%s\n' "$name" "$(fact "$name $count")" >>"$facts-$count"
    done
done
print_goals "$@"
say "done"
