# SPDX-License-Identifier: GPL-2.0-or-later
"""The slow twin: the same answers, computed plainly from the records' JSON.

No index, no bitmap, no column: every question walks every record. It shares the analyser with the programs (through
test-tokens), since what a word is is tested by the analyser's own cases; everything else is written anew from the
contract, so that the fast path and this one can only agree by both being right.
"""
import collections
import json
import re
import subprocess
import unicodedata

from support import BUILD

PARTS = ["title", "organisation", "objectives", "expected_benefits", "yielded_benefits", "outputs", "processing",
         "commercial_note"]
RELEASE_FACETS = {"legal_basis": "legal_basis", "opt_outs": "opt_outs", "identifiability": "identifiability",
                  "duty_of_confidence": "duty_of_confidence", "dataset": "datasets", "sensitivity": "sensitivity",
                  "method": "method"}
RECORD_FACETS = {"organisation": "organisation", "organisation_type": "organisation_types",
                 "controller": "controllers", "commercial": "commercial", "sublicensing": "sublicensing",
                 "in_force": None, "edition": "editions", "flag": "flags", "group": None, "version": "version"}
HIT_FIELDS = ["id", "agreement", "version", "title", "organisation", "edition", "start", "end", "legal_basis",
              "identifiability", "opt_outs", "page_files"]
PROSE = ["objectives", "expected_benefits", "yielded_benefits", "outputs", "processing"]
FACETS = {**RELEASE_FACETS, **RECORD_FACETS}
PATHS = {"legal_basis", "opt_outs"}


def tokens(texts):
    """The tokens of each text."""
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    result = subprocess.run([BUILD / "tests" / "test-tokens"], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in result.stdout.splitlines()]


def as_list(value):
    if value is None:
        return []
    if value is True:
        return ["yes"]
    if value is False:
        return ["no"]
    return value if isinstance(value, list) else [value]


def with_levels(facet, values):
    """Each value and, for paths, every level above it; `(none)` where there is no value."""
    found = set()
    for value in values:
        levels = value.split(" > ") if facet in PATHS else [value]
        for depth in range(1, len(levels) + 1):
            found.add(" > ".join(levels[:depth]))
    return found or {"(none)"}


def years(record):
    start, end = record["start"], record["end"]
    first, last = (int(date[:4]) if date else None for date in (start or end, end or start))
    if first is None:
        return []
    if last < first:
        return sorted({str(first), str(last)})
    return [str(year) for year in range(first, last + 1)]


# ---- copies ----

class Letters(dict):
    """For str.translate: letters and digits folded, what vanishes left out, all else a space."""

    def __missing__(self, code):
        kind = unicodedata.category(chr(code))
        if kind[0] in "LM" or kind in ("Nd", "Nl"):
            folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(code)).casefold())
            self[code] = "".join(c for c in folded if unicodedata.category(c)[0] in "LN")
        else:
            self[code] = "" if kind == "Cf" and code != 0x200B else " "
        return self[code]


LETTERS = Letters()


def runs(record):
    """The five-word runs of the prose; a part of fewer words is one run."""
    found = set()
    for part in PROSE:
        words = (record.get(part) or "").translate(LETTERS).split()
        found |= {tuple(words[i:i + 5]) for i in range(max(1, len(words) - 4))} if words else set()
    return found


def groups(records):
    """The first id of each record's group. Single linkage: any two that have 70 % of all their runs in common."""
    ordered = sorted(records, key=lambda record: record["id"].encode())
    sets, holders = [runs(record) for record in ordered], collections.defaultdict(list)
    first = list(range(len(ordered)))
    for i, found in enumerate(sets):
        common = collections.Counter()
        for run in found:
            common.update(holders[run])
            holders[run].append(i)
        for j, count in common.items():
            if first[i] != first[j] and 10 * count >= 7 * (len(found) + len(sets[j]) - count):
                low, high = sorted((first[i], first[j]))
                first = [low if other == high else other for other in first]
    return {record["id"]: ordered[group]["id"] for record, group in zip(ordered, first)}


def fold(records):
    """The first of each group among records that are in order, with how many it stands for."""
    found = {}
    for record in records:
        found.setdefault(record.group, [record, 0])[1] += 1
    return list(found.values())


def newest(records):
    """Of each agreement every statement of the newest version among them."""
    def version(record):
        return [int(number) for number in re.findall(r"\d+", record.json["version"] or "")]
    by_agreement = collections.defaultdict(list)
    for record in records:
        by_agreement[record.json["agreement"]].append(version(record))
    return [record for record in records if version(record) == max(by_agreement[record.json["agreement"]])]


# ---- records ----

class Record:
    """A record with its tokens and the values that it has of each facet, each under the name of its value."""

    def __init__(self, record, part_tokens, reference, group, name_of):
        self.json = record
        self.id = record["id"]
        self.group = group
        self.parts, self.tokens = {}, dict(zip(PARTS, part_tokens))
        for part, found in zip(PARTS, part_tokens):
            self.parts[part] = [{token["t"], token["e"], *token["x"]} for token in found]
        self.terms = {part: set().union(*sets) for part, sets in self.parts.items()}
        self.reference = {term for token in reference for term in (token["t"], *token["x"])}
        self.words = {part: [token["w"] for token in found] for part, found in zip(PARTS, part_tokens)}
        self.values = {}
        for facet, member in FACETS.items():
            values = (years(record) if facet == "in_force" else [group] if facet == "group"
                      else as_list(record[member]))
            self.values[facet] = with_levels(facet, [name_of(facet, value) for value in values])
        self.rows = None
        if record["releases"]:
            self.rows = []
            for release in record["releases"]:
                row = {facet: with_levels(facet, [name_of(facet, value) for value in as_list(release.get(facet))])
                       for facet in RELEASE_FACETS}
                self.rows.append((row, release["count"]))
            for facet in RELEASE_FACETS:
                self.values[facet] = set().union(*(row[facet] for row, _ in self.rows))


def read(records, name_of):
    """`name_of` tells under which name a spelling is one value with others: the daemon's to say, as keys are tested
    by cases of their own."""
    texts = [record.get(part) or "" for record in records for part in PARTS]
    found = tokens(texts)
    references = tokens([record["id"] for record in records])
    width = len(PARTS)
    grouped = groups(records)
    return [Record(record, found[i * width:(i + 1) * width], references[i], grouped[record["id"]], name_of)
            for i, record in enumerate(records)]


# ---- what the text asks: a tree of tuples ----

def phrase_in(sets, terms):
    return any(all(terms[k] in sets[i + k] for k in range(len(terms))) for i in range(len(sets) - len(terms) + 1))


def matches(record, query, parts):
    kind = query[0]
    if kind == "all":
        return True
    if kind == "word":
        return (parts is PARTS and query[1] in record.reference) or any(query[1] in record.terms[part] for part in parts)
    if kind == "phrase":
        return any(record.terms[part].issuperset(query[1]) and phrase_in(record.parts[part], query[1]) for part in parts)
    if kind == "any word of":
        return (parts is PARTS and bool(record.reference & query[1])) or any(record.terms[part] & query[1] for part in parts)
    if kind == "not":
        return not matches(record, query[1], parts)
    if kind == "in":
        return matches(record, query[2], query[1])
    results = (matches(record, child, parts) for child in query[1])
    return all(results) if kind in ("and", "run") else any(results)


# ---- the vocabulary ----

def has_words(whole, part):
    return any(whole[i:i + len(part)] == part for i in range(len(whole) - len(part) + 1))


class Vocabulary:
    """Other forms of words and of runs of words. Which pairs there are, and how much speaks for each, is the daemon's to
    say (`schema`) and tested by cases of its own."""

    MOST = 3

    def __init__(self, pairs):
        self.forms = {}
        for pair, short, long in zip(pairs, tokens([pair["short"] for pair in pairs]), tokens([pair["long"] for pair in pairs])):
            short, long = ([token["e"] for token in form] for form in (short, long))
            short[-1] = short[-1].rstrip("+")
            self.add(tuple(short), tuple(long))
            self.add(tuple(long), tuple(short))

    def add(self, form, other):
        others = self.forms.setdefault(form, [])
        for i, known in enumerate(others):
            if has_words(other, known):
                return
            if has_words(known, other):
                others[i] = other
                return
        if len(others) < self.MOST:
            others.append(other)

    def beside(self, typed, form, where):
        """What was typed, and its other forms, in the same parts."""
        others = [("word", other[0]) if len(other) == 1 else ("phrase", list(other)) for other in self.forms[form]]
        return ("or", [typed] + [("in", where, other) if where else other for other in others])

    def run(self, trees):
        """Words next to each other, the longest forms first."""
        made = []
        while trees:
            where, count = place_of(trees[0]), 0
            for n in range(1, len(trees) + 1):
                if is_word(trees[n - 1]) and place_of(trees[n - 1]) == where:
                    count = n if tuple(map(stem_of, trees[:n])) in self.forms else count
                else:
                    break
            if count:
                typed = trees[0] if count == 1 else ("run", trees[:count])
                made.append(self.beside(typed, tuple(map(stem_of, trees[:count])), where))
            else:
                made.append(trees[0] if is_word(trees[0]) else self.widen(trees[0]))
            trees = trees[max(count, 1):]
        return made

    def widen(self, tree, implied=False):
        if tree[0] == "and" and implied:
            return ("and", self.run(tree[1]))
        if tree[0] in ("and", "or"):
            return (tree[0], [self.widen(child) for child in tree[1]])
        return self.run([tree])[0] if is_word(tree) else tree


def is_word(tree):
    return tree[0] == "word" or (tree[0] == "in" and tree[2][0] == "word")


def place_of(tree):
    return tree[1] if tree[0] == "in" else None


def stem_of(tree):
    return stem_of(tree[2]) if tree[0] == "in" else tree[1]


# ---- filters and counts ----

def row_meets(row, filters, but=None):
    return all(row[facet] & values for facet, values in filters.items() if facet in RELEASE_FACETS and facet != but)


def meets(record, filters, same_release=True, but=None):
    for facet, values in filters.items():
        if facet in RECORD_FACETS and facet != but and not record.values[facet] & values:
            return False
    if record.rows and same_release:
        return any(row_meets(row, filters, but) for row, _ in record.rows)
    return all(record.values[facet] & values for facet, values in filters.items()
               if facet in RELEASE_FACETS and facet != but)


def in_ranges(record, ranges):
    for name, (low, high) in ranges.items():
        if name == "released":
            months = [month for month in (record.json["released_from"], record.json["released_to"]) if month]
            if not months or min(months) > high[:7] or max(months) < low[:7]:
                return False
            continue
        day = record.json[name]
        if not day:
            return False
        day = day if len(day) == 10 else day + "-01"
        if not low <= day <= high:
            return False
    return True


def value_counts(records, facet, filters, same_release=True):
    """For each value, how many of the records would match with it as the only selection in its facet."""
    values = set().union(*(record.values[facet] for record in records)) if records else set()
    counts = {}
    for value in values:
        chosen = {**filters, facet: {value}}
        count = sum(meets(record, chosen, same_release) for record in records)
        if count:
            counts[value] = count
    return counts


def release_counts(records, facet, filters, same_release=True):
    """For each value, the rows of the source that meet the filters, those of a reference once."""
    seen, counts = set(), {}
    for record in records:
        if not meets(record, filters, same_release, but=facet):
            continue
        reference = record.id.split("#")[0]
        for number, (row, count) in enumerate(record.rows or []):
            if same_release and not row_meets(row, filters, but=facet):
                continue
            for value in (row if facet in RELEASE_FACETS else record.values)[facet]:
                if (reference, number, value) not in seen:
                    counts[value] = counts.get(value, 0) + count
                seen.add((reference, number, value))
    return counts
