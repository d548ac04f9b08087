# SPDX-License-Identifier: GPL-2.0-or-later
"""Records like one, copies of one, and what a text may become: against the twin."""
import collections

import likeness
import twin
from asker import QUESTIONS, SEED
from test_twin import check_facet, check_hits, spelling
from walks import in_order

FACETS = {"organisation": "organisation", "dataset": "dataset", "provision": "legal_basis", "controller": "controller"}
MOST = 50  # suggestions in one reply


# ---- similar ----

def check_similar(asked, alike, rng):
    record, filters = rng.choice(asked.records), asked.asker.filters()
    same_release, facet = rng.random() < 0.8, rng.choice(sorted(twin.FACETS))
    params = {"id": record.id, "filters": {name: sorted(values) for name, values in filters.items()}, "limit": 1000,
              "same_release": same_release, "facets": [{"name": facet, "limit": 10000}], "snippets": 0}
    parts = None
    if rng.random() < 0.4:
        params["parts"] = parts = rng.sample(twin.PARTS, rng.randint(1, 4))
    if rng.random() < 0.3:
        params["copies"] = True
        base = likeness.copies(asked.records, record, parts or [*twin.PROSE, "commercial_note"])
    else:
        base = alike.find(record, parts or twin.PARTS)
    fields = rng.sample(asked.fields, rng.choice([0, 0, 1]))
    params["fields"] = [spelling(field, rng) for field in fields]
    found = [one for one in base if twin.meets(one, filters, same_release)]
    if rng.random() < 0.2:
        params["sort"] = rng.choice(["id", "-id", "organisation", "-start"])
    reply, context = asked.daemon.call("similar", **params), f"seed {SEED}: {params}"
    ids, scores = [hit["id"] for hit in reply["hits"]], [hit["score"] for hit in reply["hits"]]
    assert reply["total"] == len(found) and set(ids) == {one.id for one in found}, context
    if "sort" in params:
        assert ids == in_order([one.json for one in found], params["sort"]), context
    elif "copies" not in params:
        assert scores == sorted(scores, reverse=True), context
    check_hits(asked, reply["hits"], fields, context)
    check_facet(reply["facets"][facet], facet, base, filters, same_release, "records", context)


def test_similar_in_the_sample_register(sample):
    rng, alike = sample.again(), likeness.Alike(sample.records)
    for _ in range(QUESTIONS // 6):
        check_similar(sample, alike, rng)


def test_similar_in_the_real_edition(edition):
    rng, alike = edition.again(), likeness.Alike(edition.records)
    for _ in range(max(5, QUESTIONS // 300)):
        check_similar(edition, alike, rng)


# ---- suggest ----

def values_of(asked, facet):
    """Every value with how many records have it."""
    counts = collections.Counter(value for record in asked.records for value in record.values[facet])
    return {value: count for value, count in counts.items() if value != "(none)"}


def values_by_kind(asked):
    found = {kind: values_of(asked, facet) for kind, facet in FACETS.items()}
    return {kind: values for kind, values in found.items() if values}  # the sheets of 2021 name no controllers


def some_words(rng, text):
    """Some words of a text in any order, the last of them begun."""
    words = likeness.key(text).split("-")
    chosen = rng.sample(words, min(len(words), rng.randint(1, 3)))
    chosen[-1] = chosen[-1][:rng.randint(1, len(chosen[-1]))]
    return rng.choice([" ", "  ", "-"]).join(word.title() if rng.random() < 0.3 else word for word in chosen)


def check_values(asked, kind, values, rng):
    """Of a field that is named every value that has the words, the best first."""
    typed, before = some_words(rng, rng.choice(sorted(values))), rng.choice(["", "asthma ", "risk AND ("])
    if kind == "provision" and (typed[0].isdigit() or typed[0] in "sSrRaA"):  # also read as people write provisions
        return
    reply = asked.daemon.call("suggest", q=f"{before}{FACETS[kind]}:{typed}", limit=MOST)
    context = f"seed {SEED}: {before}{FACETS[kind]}:{typed}"
    assert reply["replaces"] == typed, context
    found = [(one["text"], one["kind"], one["count"]) for one in reply["suggestions"]]
    wanted = {(value, kind, count) for value, count in values.items() if likeness.has_words(typed, value)}
    assert set(found) <= wanted and len(found) == len(set(found)) == min(len(wanted), MOST), context
    separator = " > " if kind == "provision" else None
    order = [(likeness.fit(typed, text, separator), -count) for text, _, count in found]
    assert order == sorted(order), context


def check_text(asked, counted, rng, most):
    """Words and phrases: each begins so or holds what was typed, and its count is what it finds in quotes (looked at for
    `most` of them: every record is walked for each)."""
    word = rng.choice(asked.asker.words)
    typed = word[:rng.randint(2, len(word))]
    reply = asked.daemon.call("suggest", q=f"objectives:{typed}", limit=MOST)
    context, found = f"seed {SEED}: objectives:{typed}", reply["suggestions"]
    assert reply["replaces"] == typed and len({(one["kind"], one["text"]) for one in found}) == len(found), context
    stems, looked_at = set(), rng.sample(range(len(found)), min(len(found), most))
    for number, (one, tokens) in enumerate(zip(found, twin.tokens([one["text"] for one in found]))):
        terms = tuple(token["e"] for token in tokens)
        if number in looked_at and terms not in counted:
            counted[terms] = sum(twin.matches(record, ("phrase", list(terms)), twin.PARTS) for record in asked.records)
        assert one["kind"] in ("word", "phrase") and one["count"] == counted.get(terms, one["count"]), (context, one)
        assert likeness.has_words(typed, one["text"]), (context, one)
        if one["kind"] == "word":
            assert tokens[0]["t"] not in stems and one["text"].startswith(typed), (context, one)
            assert one["text"] not in likeness.stop_words(), (context, one)
            stems.add(tokens[0]["t"])
    begun = {other for other in asked.asker.words if other.startswith(typed)} - likeness.stop_words()
    if len(found) < MOST and len(begun) < MOST:
        assert {asked.asker.stem[other] for other in begun} <= stems, context


def test_suggestions_in_the_sample_register(sample):
    rng, counted = sample.again(), {}
    values = values_by_kind(sample)
    for _ in range(QUESTIONS // 20):
        check_text(sample, counted, rng, MOST)
        check_values(sample, (kind := rng.choice(sorted(values))), values[kind], rng)


def test_suggestions_in_the_real_edition(edition):
    rng, counted = edition.again(), {}
    values = values_by_kind(edition)
    for _ in range(max(5, QUESTIONS // 300)):
        check_text(edition, counted, rng, 3)
        check_values(edition, (kind := rng.choice(sorted(values))), values[kind], rng)
