# SPDX-License-Identifier: GPL-2.0-or-later
"""The fast path against the slow twin, on thousands of random questions over the sample register."""
import collections
import os
import random

import pytest

import twin
from support import Daemon, SAMPLE, WORKBOOK, index, real_index
from walks import SORTS, export, in_order, pages

SEED = int(os.environ.get("PURPOSED_SEED", "20261122"))
QUESTIONS = 3000 if not os.environ.get("PURPOSED_SANITIZE") else 300


def register(tmp_path_factory, source):
    db = tmp_path_factory.mktemp("twin") / "index"
    if source == WORKBOOK:
        real_index(db)
    else:
        index(db, source)
    daemon = Daemon(db, "--workers", "2")
    ids = [hit["id"] for page in pages(daemon, [1000]) for hit in page["hits"]]
    records = []
    for id_ in ids:
        record = daemon.call("get", id=id_)
        assert record["id"] == id_
        records.append(record)
    names = {}

    def name_of(facet, spelling):
        """The label of the value that a spelling is one of."""
        if facet in twin.PATHS:
            return spelling
        if (facet, spelling) not in names:
            values = daemon.call("facets", name=facet, filters={facet: [spelling]}, limit=0)["values"]
            names[facet, spelling] = values[0]["label"]
        return names[facet, spelling]

    return daemon, twin.read(records, name_of)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    daemon, records = register(tmp_path_factory, SAMPLE)
    yield daemon, records
    assert daemon.stop() == 0


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    if not WORKBOOK.exists():
        pytest.skip("needs ../shared/register/workbook")
    daemon, records = register(tmp_path_factory, WORKBOOK)
    yield daemon, records
    assert daemon.stop() == 0


def plain(token):
    """Whether a token is a word like any other, so that it can be typed back."""
    return token["w"].isalpha() and token["w"].isascii() and len(token["w"]) > 2 and token["e"] == token["t"] \
        and not token["x"]


class Asker:
    """Makes questions out of what the records hold: text to send, and the tree that it means."""

    def __init__(self, records, pairs, rng):
        self.rng = rng
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

    def __init__(self, records, vocabulary, asker, rng):
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


def ask(daemon, records, vocabulary, asker, rng):
    question = Question(records, vocabulary, asker, rng)
    facets = rng.sample(sorted(twin.FACETS), 3)
    count = "releases" if rng.random() < 0.3 else "records"
    params = {**question.params, "facets": [{"name": facet, "limit": 10000, "count": count} for facet in facets],
              "limit": 1000, "snippets": 0}
    reply = daemon.call("search", **params)
    context = f"seed {SEED}: {params}"
    assert reply["total"] == len(question.matched), context
    assert {hit["id"] for hit in reply["hits"]} == {record.id for record in question.matched}, context
    assert reply.get("relaxed", False) == question.relaxed, context
    for facet in facets:
        check_facet(reply["facets"][facet], facet, question.base, question.filters, question.same_release, count,
                    context)


def take_walk(daemon, records, vocabulary, asker, rng):
    """A question's hits in order, folded or not, page after page; and the same exported."""
    question = Question(records, vocabulary, asker, rng)
    params = {**question.params, "sort": rng.choice(["relevance", "changed", "-changed", *SORTS])}
    matched = question.matched
    if rng.random() < 0.3:
        params["newest_version"] = True
        matched = twin.newest(matched)
    if params["sort"] == "relevance":  # whose order is not the twin's to say
        order = [hit["id"] for page in pages(daemon, [1000], **params) for hit in page["hits"]]
    else:
        order = in_order([record.json for record in matched], params["sort"])
    by_id = {record.id: record for record in matched}
    assert sorted(order) == sorted(by_id), f"seed {SEED}: {params}"
    wanted = [(by_id[id_], None, None) for id_ in order]
    if rng.random() < 0.5:
        params["fold_copies"] = True
        wanted = [(record, record.group, copies) for record, copies in twin.fold([by_id[id_] for id_ in order])]
    check_walk(daemon, params, [rng.randint(1, 40) for _ in range(3)], len(matched), wanted)


def check_walk(daemon, params, sizes, total, wanted):
    context = f"seed {SEED}: {params} {sizes}"
    replies = list(pages(daemon, sizes, **params))
    found = [(hit["id"], hit.get("group"), hit.get("copies")) for reply in replies for hit in reply["hits"]]
    assert found == [(record.id, group, copies) for record, group, copies in wanted], context
    groups = len(wanted) if "fold_copies" in params else None
    assert {(reply["total"], reply.get("groups")) for reply in replies} == {(total, groups)}, context
    exported = export(daemon, **params)
    assert [record["id"] for record in exported] == [record.id for record, _, _ in wanted], context
    for record, (original, _, _) in zip(exported, wanted):
        assert record == {name: value for name, value in original.json.items()
                          if name not in ("versions", "revision")}, context


def check_facet(values, facet, base, filters, same_release, count, context):
    counter = twin.release_counts if count == "releases" else twin.value_counts
    wanted = counter(base, facet, filters, same_release)
    if facet in twin.PATHS:
        wanted = {value: n for value, n in wanted.items()
                  if " > " not in value or value in filters.get(facet, ())}
    wanted = {value: n for value, n in wanted.items() if n}
    got = {value["label"]: value["count"] for value in values if value["count"]}
    assert got == wanted, f"{context}: {facet}"
    chosen = {value["label"] for value in values if value["selected"]}
    assert chosen == filters.get(facet, set()), f"{context}: {facet}"


def test_sample_register(sample):
    daemon, records = sample
    assert len(records) >= 30
    rng = random.Random(SEED)
    pairs = daemon.call("schema")["vocabulary"]
    asker, vocabulary = Asker(records, pairs, rng), twin.Vocabulary(pairs)
    for _ in range(QUESTIONS):
        ask(daemon, records, vocabulary, asker, rng)


def test_real_edition(edition):
    daemon, records = edition
    assert len(records) == 585
    rng = random.Random(SEED)
    pairs = daemon.call("schema")["vocabulary"]
    asker, vocabulary = Asker(records, pairs, rng), twin.Vocabulary(pairs)
    for _ in range(max(20, QUESTIONS // 30)):
        ask(daemon, records, vocabulary, asker, rng)


def test_walks_over_the_sample_register(sample):
    daemon, records = sample
    rng = random.Random(SEED)
    pairs = daemon.call("schema")["vocabulary"]
    asker, vocabulary = Asker(records, pairs, rng), twin.Vocabulary(pairs)
    for _ in range(QUESTIONS // 3):
        take_walk(daemon, records, vocabulary, asker, rng)


def test_walks_over_the_real_edition(edition):
    daemon, records = edition
    rng = random.Random(SEED)
    pairs = daemon.call("schema")["vocabulary"]
    asker, vocabulary = Asker(records, pairs, rng), twin.Vocabulary(pairs)
    for _ in range(max(20, QUESTIONS // 100)):
        take_walk(daemon, records, vocabulary, asker, rng)


def test_the_groups_of_the_real_edition(edition):
    assert len({record.group for record in edition[1]}) == 187


@pytest.mark.parametrize("key", ["start", "end", "organisation", "title", "id", "page_files", "changed"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_sorting_keeps_what_has_no_value_last(sample, key, sign):
    daemon, records = sample
    hits = daemon.call("search", sort=sign + key, limit=1000, snippets=0)["hits"]
    assert len(hits) == len(records)
    values = [hit[key] for hit in hits]
    known = [value for value in values if value is not None]
    assert values[:len(known)] == known
    folded = [value.casefold() if isinstance(value, str) else value for value in known]
    if key in ("start", "end", "page_files", "id", "changed"):
        assert folded == sorted(folded, reverse=bool(sign))
    pages = [hit["id"] for offset in range(0, len(hits), 7)
             for hit in daemon.call("search", sort=sign + key, limit=7, offset=offset, snippets=0)["hits"]]
    assert pages == [hit["id"] for hit in hits]


@pytest.mark.parametrize("words", ["asthma epilepsy", "asthma", "hospice wheeze falls"])
def test_years_narrow_also_where_any_word_is_taken(sample, words):
    daemon, records = sample
    terms = [("word", found[0]["t"]) for found in twin.tokens(words.split())]
    for year in range(2014, 2026):
        in_force = [record for record in records if str(year) in record.values["in_force"]]
        every = [record.id for record in in_force if twin.matches(record, ("and", terms), twin.PARTS)]
        some = [record.id for record in in_force if twin.matches(record, ("or", terms), twin.PARTS)]
        reply = daemon.call("search", q=f"year:{year} {words}", limit=1000, snippets=0)
        assert {hit["id"] for hit in reply["hits"]} == set(every or some), year
        assert reply.get("relaxed", False) == (not every and bool(some)), year
