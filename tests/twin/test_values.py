# SPDX-License-Identifier: GPL-2.0-or-later
"""The values of a facet: at the top, below a parent, those that hold a text, in either order and by pages; against the twin."""
import likeness
import twin
from asker import QUESTIONS, SEED, Question


def asked_of(rng, facet, labels):
    """What to ask of a facet: a level, a text that labels hold, an order, a page."""
    params = {"name": facet}
    if facet in twin.PATHS and rng.random() < 0.5:
        params["parent"] = rng.choice(labels)
    if rng.random() < 0.4:
        words = likeness.key(rng.choice(labels)).split("-")
        first = rng.randrange(len(words))
        text = " ".join(words[first:first + rng.randint(1, 3)])
        params["contains"] = text[:rng.randint(1, len(text))].strip().title() or text
    if rng.random() < 0.5:
        params["sort"] = rng.choice(["count", "value"])
    return {**params, "limit": rng.choice([0, 1, 3, 10, 10000]), "offset": rng.choice([0, 0, 1, 5, 40])}


def is_below(path, parent):
    return path.startswith(parent + " > ") and " > " not in path[len(parent) + 3:]


def listed(facet, counts, params):
    """The values that are asked for, with their counts, all of them."""
    parent, text = params.get("parent"), params.get("contains")
    def is_wanted(value):
        if parent is not None and not is_below(value, parent):
            return False
        if parent is None and text is None and facet in twin.PATHS and " > " in value:
            return False
        return text is None or likeness.key(text) in likeness.key(value)
    return {value: count for value, count in counts.items() if count and is_wanted(value)}


def check_page(values, total, wanted, question, facet, counts, params, context):
    """One page of the values, in order, and behind it what is selected and was not on it."""
    offset, limit = params["offset"], params["limit"]
    assert total in (None, len(wanted)), context
    page, chosen = max(0, min(limit, len(wanted) - offset)), question.filters.get(facet, set())
    shown = [(value["label"], value["count"]) for value in values]
    assert set(shown[:page]) <= set(wanted.items()) and len(set(shown)) == len(shown), context
    keys = [(value["value"],) if params.get("sort") == "value" else (-value["count"], value["value"]) for value in values[:page]]
    assert [(*key[:-1], key[-1].encode()) for key in keys] == sorted((*key[:-1], key[-1].encode()) for key in keys), context
    assert {label for label, _ in shown[page:]} == chosen - {label for label, _ in shown[:page]}, context
    for value in values:
        assert value["count"] == counts.get(value["label"], 0) and value["selected"] == (value["label"] in chosen), context
        children = sum(is_below(other, value["label"]) for other in counts) if facet in twin.PATHS else 0
        assert value["children"] == children, (context, value)


def check_values(asked, rng):
    question, facet = Question(asked, rng), rng.choice(sorted(twin.FACETS))
    labels = sorted(set().union(*(record.values[facet] for record in asked.records)))
    params, count = asked_of(rng, facet, labels), rng.choice(["records", "records", "releases"])
    by_search = rng.random() < 0.5
    context = f"seed {SEED}: {question.params} {params} {count}"
    counter = twin.release_counts if count == "releases" else twin.value_counts
    counts = counter(question.base, facet, question.filters, question.same_release)
    counts = {value: n for value, n in counts.items() if n}
    wanted = listed(facet, counts, params)
    def ask(page):
        if not by_search:
            reply = asked.daemon.call("facets", **{**question.params, **params, "count": count, **page})
            return reply["values"], reply["total"]
        reply = asked.daemon.call("search", **question.params, facets=[{**params, "count": count, **page}], limit=0)
        return reply["facets"][facet], None
    whole = {"offset": 0, "limit": 10000}
    values, total = ask(whole)
    check_page(values, total, wanted, question, facet, counts, {**params, **whole}, context)
    some, total = ask({})
    check_page(some, total, wanted, question, facet, counts, params, context)
    offset, limit = params["offset"], params["limit"]
    in_place = values[:len(wanted)][offset:offset + limit]
    assert some[:len(in_place)] == in_place, context


def test_values_of_the_sample_register(sample):
    rng = sample.again()
    for _ in range(QUESTIONS // 4):
        check_values(sample, rng)


def test_values_of_the_real_edition(edition):
    rng = edition.again()
    for _ in range(max(5, QUESTIONS // 300)):
        check_values(edition, rng)
