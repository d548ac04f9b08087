# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions made at random out of what the records hold, and which records they mean."""
import collections
import os
import random

import twin

SEED = int(os.environ.get("PURPOSED_SEED", "20261122"))
QUESTIONS = 3000 if not os.environ.get("PURPOSED_SANITIZE") else 300


def plain(token):
    """Whether a token is a word like any other, so that it can be typed back."""
    return token["w"].isalpha() and token["w"].isascii() and len(token["w"]) > 2 and token["e"] == token["t"] \
        and not token["x"]


class Asker:
    """Makes questions out of what the records hold: text to send, and the tree that it means."""

    def __init__(self, records, pairs):
        self.rng = random.Random(SEED)
        self.spelt = self.spelt_out(pairs)
        self.records = records
        self.texts = [(record, part) for record in records for part in twin.PARTS if len(record.parts[part]) > 3]
        self.tokens = {}
        self.vocabulary = sorted({word for record in records for part in twin.PARTS for word in record.words[part]
                                  if 2 <= len(word.encode()) <= 64 and any(c.isalpha() for c in word)})
        found = twin.tokens(self.vocabulary)
        self.stems = {word: token[0]["t"] for word, token in zip(self.vocabulary, found)}
        self.stem = {word: token[0]["t"] for word, token in zip(self.vocabulary, found)
                     if len(token) == 1 and plain(token[0])}
        self.common = collections.Counter(word for record in records for part in twin.PARTS
                                          for word in record.words[part] if word in self.stem)
        self.words = sorted(self.stem)
        self.weights = [self.common[word] for word in self.words]

    def word(self):
        if self.rng.random() < 0.6:
            word = self.rng.choices(self.words, self.weights)[0]
        else:
            word = self.rng.choice(self.words)
        return word, ("word", self.stem[word])

    @staticmethod
    def spelt_out(pairs):
        """Short and long forms of the vocabulary that can be typed as plain words, with the words' trees."""
        forms = sorted({form for pair in pairs for form in (pair["short"].rstrip("+"), pair["long"])})
        return [(form, [("word", token["t"]) for token in found]) for form, found in zip(forms, twin.tokens(forms))
                if all(token["e"] == token["t"] and not token["x"] for token in found)]

    def acronym(self):
        """A form, at times one that lacks its last word or has one more, between other words."""
        text, trees = self.rng.choice(self.spelt)
        if self.rng.random() < 0.2 and " " in text and len(text.split()) == len(trees):
            text, trees = text.rsplit(" ", 1)[0], trees[:-1]
        leaves = [(text, trees)]
        if self.rng.random() < 0.5:
            more, tree = self.leaf()
            leaves.insert(self.rng.randint(0, 1), (more, [tree]))
        return " ".join(text for text, _ in leaves), ("and", [tree for _, trees in leaves for tree in trees])

    def phrase(self):
        """Some words that stand together in some record, all of them plain."""
        for _ in range(200):
            record, part = self.rng.choice(self.texts)
            words = record.words[part]
            length = self.rng.randint(2, 4)
            start = self.rng.randrange(max(1, len(words) - length))
            found = words[start:start + length]
            if len(found) == length and all(word in self.stem for word in found):
                if self.rng.random() < 0.2:
                    self.rng.shuffle(found)
                return f'"{" ".join(found)}"', ("phrase", [self.stem[word] for word in found])
        return self.word()

    def prefix(self):
        word = self.rng.choice(self.words)
        prefix = word[:self.rng.randint(2, max(2, len(word) - 1))]
        stems = {self.stems[other] for other in self.vocabulary if other.startswith(prefix)}
        return f"{prefix}*", ("any word of", stems)

    def leaf(self):
        kind = self.rng.random()
        text, tree = self.word() if kind < 0.6 else self.phrase() if kind < 0.9 else self.prefix()
        if self.rng.random() < 0.2:
            part = self.rng.choice(twin.PARTS[:-1])
            return f"{part}:{text}", ("in", [part], tree)
        return text, tree

    def query(self):
        kind = self.rng.random()
        if kind < 0.1:
            return None, ("all",)
        if kind < 0.3:
            return self.leaf()
        if kind < 0.4:
            return self.acronym()
        if kind < 0.65:
            leaves = [self.leaf() for _ in range(self.rng.randint(2, 3))]
            return " ".join(text for text, _ in leaves), ("and", [tree for _, tree in leaves])
        if kind < 0.8:
            left, right = self.leaf(), self.leaf()
            return f"{left[0]} OR {right[0]}", ("or", [left[1], right[1]])
        if kind < 0.9:
            left, right = self.leaf(), self.leaf()
            return f"{left[0]} -{right[0]}", ("and", [left[1], ("not", right[1])])
        a, b, c = self.leaf(), self.leaf(), self.leaf()
        return f"({a[0]} OR {b[0]}) AND {c[0]}", ("and", [("or", [a[1], b[1]]), c[1]])

    def filters(self):
        chosen = {}
        for facet in self.rng.sample(sorted(twin.FACETS), self.rng.choice([0, 0, 1, 1, 2, 3])):
            values = sorted(set().union(*(record.values[facet] for record in self.records)))
            chosen[facet] = set(self.rng.sample(values, min(len(values), self.rng.randint(1, 2))))
        return chosen

    def ranges(self):
        if self.rng.random() < 0.85:
            return {}
        low, high = sorted(self.rng.sample(range(2014, 2026), 2))
        return {self.rng.choice(["start", "end", "released"]): (f"{low}-01-01", f"{high}-12-31")}


def relax(tree):
    """Any of the words of an implied AND; what is negated stays excluded."""
    if tree[0] == "or":
        return ("or", [relax(child) for child in tree[1]])
    if tree[0] == "run":
        return ("or", tree[1])
    if tree[0] != "and":
        return tree
    wanted = [relax(child) for child in tree[1] if child[0] != "not"]
    unwanted = [child for child in tree[1] if child[0] == "not"]
    return ("and", [("or", wanted)] + unwanted) if wanted else tree


def expected_texts(records, vocabulary, text, tree, parts):
    """Which records the text finds, and whether that took any word instead of all."""
    implied = text and " AND " not in text and " OR " not in text and tree[0] == "and"
    tree = vocabulary.widen(tree, implied)
    found = [record for record in records if twin.matches(record, tree, parts)]
    if found or not implied:
        return found, False
    found = [record for record in records if twin.matches(record, relax(tree), parts)]
    return found, bool(found)


class Question:
    """Parameters made at random, and the records that they mean."""

    def __init__(self, asked, rng):
        records, vocabulary, asker = asked.records, asked.vocabulary, asked.asker
        text, tree = asker.query()
        self.filters, ranges = asker.filters(), asker.ranges()
        parts = rng.sample(twin.PARTS, rng.randint(1, 4)) if rng.random() < 0.2 else twin.PARTS
        self.same_release = rng.random() < 0.8
        self.params = {"filters": {**{facet: sorted(values) for facet, values in self.filters.items()},
                                   **{name: {"from": low, "to": high} for name, (low, high) in ranges.items()}},
                       "same_release": self.same_release}
        if text:
            self.params["q"] = text
        if parts is not twin.PARTS:
            self.params["parts"] = parts
        found, self.relaxed = expected_texts(records, vocabulary, text, tree, parts)
        self.base = [record for record in found if twin.in_ranges(record, ranges)]
        self.matched = [record for record in self.base if twin.meets(record, self.filters, self.same_release)]


class Asked:
    """A register: its daemon, its records as the twin has them, and who makes up questions about it."""

    def __init__(self, daemon, records):
        self.daemon, self.records = daemon, records
        self.by_id = {record.id: record for record in records}
        schema = daemon.call("schema")
        self.fields = [field for field in schema["fields"] if field["kind"] not in ("prose", "derived")]
        self.asker, self.vocabulary = Asker(records, schema["vocabulary"]), twin.Vocabulary(schema["vocabulary"])

    def again(self):
        """Chance from the beginning: what a test asks does not depend on those before it."""
        self.asker.rng = random.Random(SEED)
        return self.asker.rng
