#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: test_generate.sh GENERATE PURPOSE_INDEX
# The invented register is the same every time, a smaller one is the beginning of a larger one, the indexer takes
# every line of it as it stands, and it is repetitive as the real one is.
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

"$generate" register 300 2>/dev/null >"$work/shape.jsonl"
"$generate" queries 200 >"$work/queries.jsonl"
/usr/bin/env python3 - "$work" <<'PYTHON'
import collections, json, re, sys
records, queries = ([json.loads(line) for line in open(f"{sys.argv[1]}/{name}.jsonl")] for name in ("shape", "queries"))
PARTS = ("objectives", "expected_benefits", "yielded_benefits", "outputs", "processing")
texts = [" ".join(record.get(part) or "" for part in PARTS) for record in records]
words = [set(re.findall(r"[a-z]+", text.lower())) for text in texts]

share = sum("risk stratification" in text for text in texts) / len(texts)
assert 0.35 < share < 0.65, f"half speak of risk stratification, not {share}"
asked = [query["words"] for query in queries if query["class"] in ("word", "and")]
found = sorted(sum(set(each) <= have for have in words) / len(words) for each in asked)
assert 0.1 < sum(found) / len(found) < 0.5, f"a usual query finds about a third, not {sum(found) / len(found)}"

def is_steep(values, name):
    counts = [count for _, count in collections.Counter(values).most_common()]
    assert len(counts) >= 8 and counts[0] > 3 * counts[len(counts) // 2], (name, counts)

is_steep([record["organisation"] for record in records], "organisations")
is_steep([row["dataset"] for record in records for row in record["releases"]], "data sets")
is_steep([basis for record in records for row in record["releases"] for basis in row["legal_basis"]], "legal bases")
assert all(record["releases"] for record in records)
first, all_of_them = set().union(*words[:200]), set().union(*words)
assert len(all_of_them) > len(first) + 100, "the tail of rare words grows"

by_class = collections.defaultdict(collections.Counter)
for query in queries:
    by_class[query["class"]][json.dumps(query["params"])] += 1
assert set(by_class) == {"word", "and", "phrase", "part", "part phrase", "filtered", "three facets"}
for name, counts in by_class.items():
    assert sum(counts.values()) == 200 and counts.most_common(1)[0][1] >= 8, (name, "popularity is not even")
    assert len(counts) >= 10, (name, "too few distinct ones")
PYTHON
