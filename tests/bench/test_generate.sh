#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: test_generate.sh GENERATE PURPOSE_INDEX
# The invented register is the same every time, a smaller one is the beginning of a larger one, and the indexer
# takes every line of it as it stands.
set -euo pipefail
generate=$1 index=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$generate" register 60 >"$work/once.jsonl" 2>/dev/null
"$generate" register 60 2>/dev/null | cmp "$work/once.jsonl" -
"$generate" register 40 2>/dev/null | cmp - <(head -n 40 "$work/once.jsonl")
cmp <("$generate" queries 5) <("$generate" queries 5)
"$index" --parse "$work/once.jsonl" >"$work/parsed.jsonl"
/usr/bin/env python3 - "$work" <<'PYTHON'
import json, sys
once, parsed = ([json.loads(line) for line in open(f"{sys.argv[1]}/{name}.jsonl")] for name in ("once", "parsed"))
assert len({record["id"] for record in parsed}) == 60, "an id stands twice"
for given, taken in zip(once, parsed):
    assert not taken["parse_notes"], taken["parse_notes"]
    assert {name: taken[name] for name in given} == given, taken["id"]
PYTHON
