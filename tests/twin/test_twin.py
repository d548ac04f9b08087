# SPDX-License-Identifier: GPL-2.0-or-later
"""The fast path against the slow twin, on thousands of random questions over the sample register."""
import pytest

import twin
from asker import QUESTIONS, SEED, Question
from walks import SORTS, export, in_order, pages


def ask(asked, rng):
    question = Question(asked, rng)
    facets = rng.sample(sorted(twin.FACETS), 3)
    fields = rng.sample(asked.fields, rng.choice([0, 0, 1, 2, 4]))
    count = "releases" if rng.random() < 0.3 else "records"
    params = {**question.params, "facets": [{"name": facet, "limit": 10000, "count": count} for facet in facets],
              "limit": 1000, "snippets": 0, "fields": [spelling(field, rng) for field in fields]}
    reply = asked.daemon.call("search", **params)
    context = f"seed {SEED}: {params}"
    assert reply["total"] == len(question.matched), context
    assert {hit["id"] for hit in reply["hits"]} == {record.id for record in question.matched}, context
    assert reply.get("relaxed", False) == question.relaxed, context
    check_hits(asked, reply["hits"], fields, context)
    for facet in facets:
        check_facet(reply["facets"][facet], facet, question.base, question.filters, question.same_release, count,
                    context)


def take_walk(asked, rng):
    """A question's hits in order, folded or not, page after page; and the same exported."""
    daemon, question = asked.daemon, Question(asked, rng)
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


def spelling(field, rng):
    """A field's name, or its facet's."""
    return rng.choice([field["name"], field["facet"] or field["name"]])


def check_hits(asked, hits, fields, context):
    """A hit says what its record says."""
    names = {*twin.HIT_FIELDS, *(field["name"] for field in fields)}
    if any(field["name"] == "edition" for field in fields):  # which is the facet's name too
        names.add("editions")
    for hit in hits:
        record = asked.by_id[hit["id"]].json
        assert {name: hit[name] for name in names} == {name: record[name] for name in names}, context
        assert set(hit) - {"same_release"} == {*names, "changed", "score", "snippets"}, context


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
    assert len(sample.records) >= 30
    rng = sample.again()
    for _ in range(QUESTIONS):
        ask(sample, rng)


def test_real_edition(edition):
    assert len(edition.records) == 585
    rng = edition.again()
    for _ in range(max(20, QUESTIONS // 30)):
        ask(edition, rng)


def test_walks_over_the_sample_register(sample):
    rng = sample.again()
    for _ in range(QUESTIONS // 3):
        take_walk(sample, rng)


def test_walks_over_the_real_edition(edition):
    rng = edition.again()
    for _ in range(max(20, QUESTIONS // 100)):
        take_walk(edition, rng)


def test_the_groups_of_the_real_edition(edition):
    assert len({record.group for record in edition.records}) == 187


@pytest.mark.parametrize("key", ["start", "end", "organisation", "title", "id", "page_files", "changed"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_sorting_keeps_what_has_no_value_last(sample, key, sign):
    daemon, records = sample.daemon, sample.records
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
    daemon, records = sample.daemon, sample.records
    terms = [("word", found[0]["t"]) for found in twin.tokens(words.split())]
    for year in range(2014, 2026):
        in_force = [record for record in records if str(year) in record.values["in_force"]]
        every = [record.id for record in in_force if twin.matches(record, ("and", terms), twin.PARTS)]
        some = [record.id for record in in_force if twin.matches(record, ("or", terms), twin.PARTS)]
        reply = daemon.call("search", q=f"year:{year} {words}", limit=1000, snippets=0)
        assert {hit["id"] for hit in reply["hits"]} == set(every or some), year
        assert reply.get("relaxed", False) == (not every and bool(some)), year
