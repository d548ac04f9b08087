# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Making registers and indexes, and the table of what that takes. Part of run.sh.

# Bytes on disk of files and folders.
bytes() { du -sc --block-size=1 "$@" | tail -1 | cut -f1; }

make_register() {
    register=$data/register-$1.jsonl
    if [ ! -s "$register" ] || [ "$bench"_generate -nt "$register" ]; then
        say "making a register of $1 agreements"
        "$bench"_generate register "$1" >"$register.new" 2>"$data/prose-$1"
        mv "$register.new" "$register"
        rm -rf "$data"/{plain,fts5,omega,groonga}-"$1"
    fi
    prose=$(sed 's/.* \([0-9]*\) bytes.*/\1/' "$data/prose-$1")
}

# row NAME FILE BYTES: a row of the table, TAB between; FILE is what `bench measure` wrote.
row() {
    local seconds processor peak
    read -r seconds processor peak <"$2"
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$seconds" "$processor" "$peak" "$3" >>"$rows"
}

# Prints the rows, each against scriptindex, and writes what the goals are about.
print_rows() {
    awk -F'\t' -v prose="$prose" -v facts="$facts-$1" -v most="$(nproc)" '
        function against(name, n) {
            return name in s ? sprintf("%.2f (%.2f)", s[name] / s[n], p[name] / p[n]) : "–"
        }
        function fact(name, of, base) {
            if ((of in s) && (base in s))
                printf "%s\t%s\n", name, against(base, of) >>facts
        }
        { name[NR] = $1; s[$1] = $2; p[$1] = $3; peak[$1] = $4; size[$1] = $5 }
        END {
            omega = "Omega scriptindex"; ours = "**purpose-index**, --jobs "
            print "| indexing | MB of prose a second (of processor) | × scriptindex (of processor) | peak MB | bytes / prose |"
            print "| --- | ---: | ---: | ---: | ---: |"
            for (i = 1; i <= NR; i++) {
                n = name[i]
                printf "| %s | %.2f (%.2f) | %s | %.0f | %.2f |\n", n, prose / 1e6 / s[n], prose / 1e6 / p[n],
                    against(omega, n), peak[n] / 1024, size[n] / prose
            }
            fact("indexing 1", ours 1, omega); fact("indexing 2", ours 2, omega); fact("indexing fts5", ours 2, "SQLite FTS5")
            printf "size\t%.2f\nindexer\t%.0f MB\n", size[ours most] / prose, peak[ours most] / 1024 >>facts
        }' "$rows"
}

index_ours() {
    local jobs all
    all=$(nproc)
    [ "$1" != "$first" ] || [ "$all" = 1 ] || all="1 $all"
    for jobs in $all; do
        rm -rf "$data/index-$1"
        say "indexing $1 agreements with $jobs threads"
        "$bench" measure "$data/measure" "$bin/purpose-index" --db "$data/index-$1" --quiet --jobs "$jobs" "$register"
        row "**purpose-index**, --jobs $jobs" "$data/measure" "$(bytes "$data/index-$1"/gen-*)"
    done
    row "… with its history of sources" "$data/measure" "$(bytes "$data/index-$1")"
}

# A copy of our index with the facets' values as terms, for raw's searches with a filter; it has no row.
index_raw() {
    say "copying $1 agreements' index for raw"
    rm -rf "$data/raw-$1"{,.compact}
    cp -r "$data/index-$1"/gen-*/postings "$data/raw-$1"
    "$bench" build raw "$register" "$data/raw-$1"
}

# What a peer's index is opened by.
peer_path() {
    local path=$data/$1-$2
    [ "$1" != groonga ] || path+=/db
    printf '%s\n' "$path"
}

# Whether a peer's index, and what it took, are there from the run before and may be taken.
is_kept() { [ -n "${KEEP-}" ] && [ -e "$data/$1-$2.measured" ] && [ -e "$data/$1-$2" ]; }

# index_peer NAME KIND COUNT COMMAND...: an index of a peer at $data/KIND-COUNT.
index_peer() {
    local name=$1 kind=$2 count=$3 to=$data/$2-$3
    shift 3
    if ! is_kept "$kind" "$count"; then
        say "indexing for ${to##*/}: $name"
        rm -rf "$to" "$to.measured"
        "$bench" measure "$to.new" "$@" >"$data/log" 2>&1 || { tail -5 "$data/log" >&2; exit 1; }
        mv "$to.new" "$to.measured"
    fi
    row "$name" "$to.measured" "$(bytes "$to")"
}

has() { command -v "$1" >/dev/null || { say "$1 is not installed (Debian: $2): left out"; return 1; }; }

index_omega() {
    has scriptindex xapian-omega || return 0
    is_kept omega "$1" || "$bench" build omega "$register" "$data/dump"
    {
        printf '%s : field index\n' title organisation
        for part in objectives expected_benefits yielded_benefits outputs processing commercial_note; do
            printf '%s : field index indexnopos=XP%s\n' "$part" "$(tr -d _ <<<"${part^^}")"
        done
        printf 'facet_organisation : boolean=XO value=0\nfacet_dataset : boolean=XD\nfacet_legal_basis : boolean=XL\n'
    } >"$data/omega-script"
    index_peer "Omega scriptindex" omega "$1" scriptindex "$data/omega-$1" "$data/omega-script" "$data/dump"
    rm -f "$data/dump"
}

index_groonga() {
    has groonga 'groonga-bin groonga-token-filter-stem' || return 0
    is_kept groonga "$1" || "$bench" build groonga "$register" "$data/dump"
    # shellcheck disable=SC2016 # for the shell inside
    index_peer "Groonga" groonga "$1" \
        sh -c 'mkdir "$1" && exec groonga -n "$1/db" <"$2"' sh "$data/groonga-$1" "$data/dump"
    rm -f "$data/dump"
    if grep -q '^\[\[-' "$data/log"; then
        grep '^\[\[-' "$data/log" >&2
        say "Groonga refused a command (is groonga-token-filter-stem installed?)"
        exit 1
    fi
}

index_all() {
    : >"$rows"
    index_ours "$1"
    index_raw "$1"
    if [ "$1" = "$first" ]; then
        index_peer "Xapian's TermGenerator, plainly" plain "$1" "$bench" build plain "$register" "$data/plain-$1"
        index_omega "$1"
        index_peer "SQLite FTS5" fts5 "$1" "$bench" build fts5 "$register" "$data/fts5-$1"
        index_groonga "$1"
    fi
    print_rows "$1"
}
