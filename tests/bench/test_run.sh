#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: test_run.sh BUILD
# The benchmark runs through with small registers and prints every table; and the daemon's totals and its ten hits'
# scores are raw Xapian's, under a filter too. What anything took is not looked at.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
DATA=$work QUERIES=6 ROUNDS=1 "$here/run.sh" "$1" 30 60 >"$work/tables.md" 2>"$work/said" || { cat "$work/said"; exit 1; }
/usr/bin/env python3 - "$work/tables.md" <<'PYTHON'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
assert "nan" not in text and "inf" not in text.replace("information", ""), text
tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
# For each size indexing, what is asked, latency, rate; then growth and the goals.
assert len(tables) == 4 * 2 + 2, text
for table in tables:
    assert len({line.count("|") for line in table}) == 1, table
for asked in (tables[1], tables[5]):
    assert len(asked) == 2 + 7, "seven classes of queries"
    for same, compared in (re.search(r"(\d+) of (\d+) \|$", line).groups() for line in asked[2:]):
        assert same == compared, asked
    assert not any(re.match(r"\| filtered .* of 0 \|$", line) for line in asked), "filtered searches are compared"
for name in ("full reply", "SQLite FTS5", "as its manual has it"):
    assert any(name in line for line in tables[2]), name
    assert name == "full reply" or not any(name in line for line in tables[6]), "peers at the first size alone"
assert [line.split(" |")[0] for line in tables[8][2:]] == ["| 30", "| 60"]
goals = {line.split(" | ")[0]: line.split(" | ")[1:] for line in tables[9][2:]}
assert len(goals) == 20 and goals["| full replies, uncached, one worker: 0.45 × raw"][0] != "–", goals
PYTHON
