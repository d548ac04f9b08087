# SPDX-License-Identifier: GPL-2.0-or-later
"""Records like one, copies of one, and what a text may become: the twin's answers to `similar` and `suggest`."""
import collections
import functools
import math
import re
import unicodedata

import twin
from support import ROOT

TELLING, SHARE = 25, 5  # the most telling words, of which a similar record has one in so many


# ---- similar ----

class Alike:
    """By words: of those that a record has often and few others have, the most telling (as daemon/search/answer_similar.c's
    head says), another is like it that has a fifth of them."""

    def __init__(self, records):
        self.records = records
        self.holders = collections.Counter(
            term for record in records for term in record.reference.union(*record.terms.values()))
        self.groups = collections.Counter(record.group for record in records)

    def weight(self, record, term, count):
        holders = self.holders[term]
        return (1 + math.log(count)) * math.log(len(self.records) / holders) if holders > self.groups[record.group] else 0

    def telling(self, record, parts):
        counts = collections.Counter(token["t"] for part in parts for token in record.tokens[part])
        weights = {term: self.weight(record, term, count) for term, count in counts.items()
                   if len(term.encode()) > 1 and "-" not in term and term[0] not in "0123456789"}
        ordered = sorted(weights, key=lambda term: (-weights[term], term.encode()))
        return [term for term in ordered if weights[term] > 0][:TELLING]

    def find(self, record, parts):
        """Those like it, its copies left out."""
        words = self.telling(record, parts)
        has = lambda other: sum(twin.matches(other, ("word", word), parts) for word in words)
        return [other for other in self.records
                if other.group != record.group and words and SHARE * has(other) >= len(words)]


def copies(records, record, parts):
    """Those whose parts are the same but for white space, and not all empty."""
    def text(one):
        return ["".join((one.json.get(part) or "").split()) for part in parts]
    return [other for other in records if other is not record and any(text(record)) and text(other) == text(record)]


# ---- suggest ----

def key(text):
    """A spelling folded: case and marks aside, whatever parts words a dash (indexer/register/key.h)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.category(c).startswith("M"))
    bare = re.sub("['\u2018\u2019]", "", bare).replace("&", "-and-")
    return re.sub(r"[^\w+]+|_+", "-", bare).strip("-")


def has_words(typed, text):
    """Whether all the words that were typed stand in a text, the last of them perhaps as a beginning."""
    line, (*whole, last) = f"-{key(text)}-", key(typed).split("-")
    return all(f"-{word}-" in line for word in whole) and f"-{last}" in line


def fit(typed, text, separator=None):
    """How well a text answers: it is what was typed (0), begins so (1), holds it (2), has its words (3)."""
    wanted, line = key(typed), key(text)
    if line == wanted:
        return 0
    last = text.split(separator)[-1] if separator and separator in text else None
    if line.startswith(wanted) or (last and key(last).startswith(wanted)):
        return 1
    return 2 if f"-{wanted}" in f"-{line}" else 3


@functools.cache
def stop_words():
    return set(re.findall(r'"(\w+)"', (ROOT / "indexer" / "text" / "stop_words.c").read_text().split("stop_words[]")[1]))
