#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The benchmark: usage: tests/bench/run.sh [BUILD [COUNT...]]
#
# BUILD is a build folder with the programs in it (default build/release); registers and indexes are made in
# BUILD/bench and kept for the next run, but for our own index. COUNT is how many agreements (default 5000; peers
# and a single thread are measured for the first COUNT only). QUERIES and ROUNDS may be set. Tables go to standard output.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
build=$(readlink -f "${1:-$root/build/release}")
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- 5000
bin=$build/bin bench=$build/tests/bench data=$build/bench
mkdir -p "$data"

say() { printf '%s\n' "$*" >&2; }

# Bytes of files and folders.
bytes() { du -scb --apparent-size "$@" | tail -1 | cut -f1; }

# report NAME FILE BYTES: a row of the table of indexes; FILE is what `bench measure` wrote.
report() {
    local seconds processor peak
    read -r seconds processor peak <"$2"
    awk -v name="$1" -v s="$seconds" -v p="$processor" -v m="$peak" -v b="$3" -v prose="$prose" 'BEGIN {
        printf "| %s | %.1f | %.1f | %.2f | %.2f | %.0f | %.2f |\n", name, s, p, prose / 1e6 / s, prose / 1e6 / p,
            m / 1024, b / prose }'
}

make_register() {
    register=$data/register-$1.jsonl
    if [ ! -s "$register" ] || [ "$bench"_generate -nt "$register" ]; then
        say "making a register of $1 agreements"
        "$bench"_generate register "$1" >"$register.new" 2>"$data/prose-$1"
        mv "$register.new" "$register"
        rm -rf "$data/plain-$1" "$data/fts5-$1" "$data/omega-$1"
    fi
    prose=$(sed 's/.* \([0-9]*\) bytes.*/\1/' "$data/prose-$1")
}

index_ours() {
    local jobs all
    all=$(nproc)
    [ "$1" != "$first" ] || [ "$all" = 1 ] || all="1 $all"
    for jobs in $all; do
        rm -rf "$data/index-$1"
        say "indexing $1 agreements with $jobs threads"
        "$bench" measure "$data/measure" "$bin/purpose-index" --db "$data/index-$1" --quiet --jobs "$jobs" "$register"
        report "purpose-index, --jobs $jobs" "$data/measure" "$(bytes "$data/index-$1"/gen-*)"
    done
    report "purpose-index, with its history" "$data/measure" "$(bytes "$data/index-$1")"
}

# index_peer NAME KIND N: an index of a peer, kept.
index_peer() {
    local to=$data/$2-$3
    if [ ! -e "$to.measured" ] || [ ! -e "$to" ]; then
        say "indexing $3 agreements: $1"
        rm -rf "$to"
        "$bench" measure "$to.new" "$bench" build "$2" "$register" "$to"
        mv "$to.new" "$to.measured"
    fi
    report "$1" "$to.measured" "$(bytes "$to")"
}

index_omega() {
    command -v scriptindex >/dev/null || { say "scriptindex is not installed (xapian-omega): left out"; return 0; }
    local to=$data/omega-$1
    if [ ! -e "$to.measured" ] || [ ! -e "$to" ]; then
        say "indexing $1 agreements: scriptindex"
        "$bench" build omega "$register" "$data/omega-dump"
        {
            printf '%s : field index\n' title organisation
            for part in objectives expected_benefits yielded_benefits outputs processing commercial_note; do
                printf '%s : field index indexnopos=XP%s\n' "$part" "$(tr -d _ <<<"${part^^}")"
            done
            printf 'facet_organisation : boolean=XO value=0\nfacet_dataset : boolean=XD\nfacet_legal_basis : boolean=XL\n'
        } >"$data/omega-script"
        rm -rf "$to"
        "$bench" measure "$to.new" scriptindex "$to" "$data/omega-script" "$data/omega-dump" >&2
        mv "$to.new" "$to.measured"
        rm -f "$data/omega-dump"
    fi
    report "Omega scriptindex" "$to.measured" "$(bytes "$to")"
}

first=$1
queries=$data/queries.jsonl
"$bench"_generate queries "${QUERIES:-200}" >"$queries"
for count in "$@"; do
    make_register "$count"
    printf '\n## %s agreements, %s MB of prose\n\n' "$count" "$((prose / 1000000))"
    printf '| indexing | seconds | processor seconds | MB/s | MB/s of processor | peak MB | bytes / prose |\n'
    printf '| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n'
    index_ours "$count"
    peers=()
    if [ "$count" = "$first" ]; then
        index_peer "Xapian's TermGenerator, plainly" plain "$count"
        index_peer "SQLite FTS5" fts5 "$count"
        index_omega "$count"
        peers=(--plain "$data/plain-$count" --fts5 "$data/fts5-$count")
    fi
    say "searching $count agreements"
    printf '\n'
    "$bench" searches --db "$data/index-$count" --daemon "$bin/purposed" --queries "$queries" \
        --rounds "${ROUNDS:-5}" "${peers[@]}" 2>"$data/log" || { cat "$data/log" >&2; exit 1; }
done
