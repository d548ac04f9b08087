# SPDX-License-Identifier: GPL-2.0-or-later
"""What the daemon answers over the register written for the tests, case by case; the cases are the *.jsonl beside.

The ids and counts in them were worked out from the pages' text, not from answers.
"""
import html
import itertools
import json
import re

import pytest

from answers import cases, check_answer, ids, search, with_ids
from support import RpcError

PARTS = ("title", "organisation", "objectives", "expected_benefits", "yielded_benefits", "outputs", "processing",
         "commercial_note")
OPERATORS = {"AND", "OR", "NOT", "NEAR"}
# A value of every kind that JSON has.
KINDS = {"null": None, "true": True, "number": 7, "negative number": -7, "fraction": 0.5, "text": "x",
         "empty text": "", "list": [], "list of numbers": [1], "list of lists": [[]], "list of nulls": [None],
         "object": {}, "object of null": {"x": None}}


@pytest.mark.parametrize("case", with_ids(cases("words") + cases("filters")))
def test_records_found(sample, case):
    check_answer(case, search(sample, case["ask"]))


@pytest.mark.parametrize("case", with_ids(cases("traps")))
def test_traps_of_words(traps, case):
    answer = search(traps, case["ask"])
    check_answer(case, answer)
    if "html" in case:
        shown = [snippet["html"] for hit in answer["hits"] for snippet in hit["snippets"]]
        assert any(case["html"] in snippet for snippet in shown), shown


def may_change_case(text):
    return not OPERATORS & set(re.split(r"\W+", text.upper()))


@pytest.mark.parametrize("case", with_ids(
    [case for case in cases("words") if may_change_case(case["ask"].get("q", ""))]))
def test_case_never_matters(sample, case):
    text = case["ask"].get("q", "")
    expected = search(sample, case["ask"])
    for changed in {text.upper(), text.lower(), text.title()} - {text}:
        answer = search(sample, {**case["ask"], "q": changed})
        assert ids(answer) == ids(expected), changed
        assert answer.get("relaxed") == expected.get("relaxed"), changed


# ---- facets ----

@pytest.mark.parametrize("case", with_ids(cases("facets")))
def test_facets(sample, case):
    answer = sample.call("search", **case["ask"], limit=0)
    expect = case["expect"]
    values = answer["facets"]
    assert {name: [[value["label"], value["count"]] for value in values[name]] for name in expect["facets"]} == \
        expect["facets"]
    chosen = {name: [value["label"] for value in values[name] if value["selected"]] for name in values}
    assert {name: labels for name, labels in chosen.items() if labels} == expect.get("selected", {})
    for name, children in expect.get("children", {}).items():
        found = {value["label"]: value["children"] for value in values[name]}
        assert {label: found[label] for label in children} == children
    check_warnings(expect, answer)


def check_warnings(expect, answer):
    warnings = answer.get("warnings", [])
    assert len(warnings) == len(expect.get("warnings", [])), warnings
    for piece in expect.get("warnings", []):
        assert any(piece in warning for warning in warnings), warnings


def below(daemon, facet, hierarchical, parent=None):
    """Every value of a facet, level by level."""
    asked = {} if parent is None else {"parent": parent}
    answer = daemon.call("facets", name=facet, limit=10000, **asked)
    assert answer["total"] == len(answer["values"])
    for value in answer["values"]:
        yield value
        children = list(below(daemon, facet, True, value["value"])) if hierarchical and value["children"] else []
        level = [child for child in children if child["value"].count(" > ") == value["value"].count(" > ") + 1]
        assert len(level) == value["children"]
        yield from children


def test_every_facet_of_the_schema_can_be_asked(sample):
    """A value's count is the total that one gets with it as the only selection, by its key and by its label."""
    facets = sample.call("schema")["facets"]
    assert {facet["name"] for facet in facets} >= {
        "legal_basis", "opt_outs", "identifiability", "duty_of_confidence", "dataset", "sensitivity", "method",
        "organisation", "organisation_type", "controller", "commercial", "sublicensing", "in_force", "edition",
        "flag", "group", "version"}
    for facet in facets:
        name = facet["name"]
        values = list(below(sample, name, facet["hierarchical"]))
        assert values, name
        assert len({value["value"] for value in values}) == len(values)
        # `values` of the schema leaves (none) out.
        assert facet["values"] == len({value["value"] for value in values} - {"(none)"}), name
        for value, key in itertools.product(values, ("value", "label")):
            answer = sample.call("search", filters={name: [value[key]]}, limit=0)
            assert answer["total"] == value["count"] > 0, (name, value)


def test_the_schema_says_what_is_taken(sample):
    schema = sample.call("schema")
    assert schema["records"] == 42 and schema["revision"] == sample.call("search")["revision"]
    assert {part["name"] for part in schema["parts"]} == {
        "title", "organisation", "objectives", "expected_benefits", "yielded_benefits", "outputs", "processing",
        "commercial_note"}
    for part in schema["parts"]:
        sample.call("search", q="hospital", parts=[part["name"]])
        assert part["label"] and "_" not in part["label"]
    for sort in schema["sorts"]:
        assert sample.call("search", sort=sort)["total"] == 42
    assert set(schema["ranges"]) == {"start", "end", "released", "changed"}
    for name in schema["ranges"]:
        assert sample.call("search", filters={name: {"from": "1990", "to": "2099"}})["total"] <= 42
    labels = {field["name"]: field["label"] for field in schema["fields"]}
    assert labels["organisation"] == "Recipient" and labels["datasets"] == "Data set"
    assert labels["opt_outs"] == "Were opt-outs respected?"
    assert labels["identifiability"] == "Could people be identified?"
    assert set(labels) >= set(sample.call("get", id="GPCENSUS")) - {"versions", "revision"}


def test_limits_of_the_schema_hold(sample):
    limits = sample.call("schema")["limits"]
    for params, reaches in (
            ({"limit": limits["limit"]}, {"limit": limits["limit"] + 1}),
            ({"snippets": limits["snippets"]}, {"snippets": limits["snippets"] + 1}),
            ({"offset": limits["window"] - 1, "limit": 1}, {"offset": limits["window"], "limit": 1}),
            ({"q": "a" * limits["query_bytes"]}, {"q": "a" * (limits["query_bytes"] + 1)}),
            ({"q": "a " * limits["query_words"]}, {"q": "a " * (limits["query_words"] + 1)}),
            ({"facets": [{"name": "method", "as": str(n)} for n in range(limits["facets"])]},
             {"facets": [{"name": "method", "as": str(n)} for n in range(limits["facets"] + 1)]}),
            ({"facets": [{"name": "dataset", "limit": limits["facet_values"]}]},
             {"facets": [{"name": "dataset", "limit": limits["facet_values"] + 1}]}),
            ({"filters": {"dataset": ["x"] * limits["filter_values"]}},
             {"filters": {"dataset": ["x"] * (limits["filter_values"] + 1)}})):
        sample.call("search", **params)
        with pytest.raises(RpcError) as error:
            sample.call("search", **reaches)
        assert error.value.code == -32602
    filters = {"dataset": ["x"]}
    room = limits["export_params"] - len(json.dumps({"filters": filters}, separators=(",", ":")))
    filters["dataset"] += ["x" * 4093] * (room // 4096)  # with quotes and a comma, 4,096 bytes each
    filters["dataset"][0] += "x" * (room % 4096)
    assert sample.call("export", filters=filters)["records"] == []
    filters["dataset"][0] += "x"
    with pytest.raises(RpcError) as error:
        sample.call("export", filters=filters)
    assert error.value.code == -32602 and str(limits["export_params"]) in error.value.message


# ---- snippets ----

def marks(text):
    return [html.unescape(mark) for mark in re.findall("<mark>(.*?)</mark>", text)]


@pytest.mark.parametrize("case", with_ids(cases("snippets")))
def test_snippets(sample, case):
    answer = search(sample, case["ask"])
    hit = next(hit for hit in answer["hits"] if hit["id"] == case["id"])
    found = [{"part": snippet["part"], "item": snippet["item"], "marks": marks(snippet["html"])}
             for snippet in hit["snippets"]]
    assert found == case["snippets"]


@pytest.mark.parametrize("case", with_ids(cases("passages")))
def test_several_passages(passages, case):
    hit, = search(passages, case["ask"])["hits"]
    found = hit["snippets"]
    assert [[snippet["part"], snippet["item"]] for snippet in found] == [wanted[:2] for wanted in case["snippets"]]
    for snippet, (_, _, piece) in zip(found, case["snippets"]):
        assert piece in snippet["html"]
    # Fewer are the first of more.
    for number in range(len(found)):
        assert search(passages, {**case["ask"], "snippets": number})["hits"][0]["snippets"] == found[:number]


def plain(text):
    """Text without what a snippet may leave out or make a space of."""
    return re.sub(r"[\s\ue000-\uf8ff\u2028]+", " ", text).strip()


@pytest.mark.parametrize("case", with_ids([case for case in cases("words") if case["ask"].get("q", "").strip()]))
def test_snippets_are_of_the_text(sample, records, case):
    """Well-formed, escaped, and word for word what stands in the part that is named."""
    for hit in search(sample, {**case["ask"], "snippets": 3})["hits"]:
        assert 1 <= len(hit["snippets"]) <= 3
        for snippet in hit["snippets"]:
            bare = re.sub("</?mark>", "", snippet["html"])
            assert not re.search("[<>\"']", bare)
            assert re.fullmatch("([^<]|<mark>[^<]+</mark>)*", snippet["html"])
            text = plain(html.unescape(bare).strip("…"))
            assert text and text in plain(records[hit["id"]][snippet["part"]])


# ---- phrases ----

def words(text):
    return re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)


def stem(word):
    """As far as these pages need it: a possessive and a plural are their word."""
    return re.sub("['’]?s$", "", word.lower())


def typed(word):
    return word.isascii() and word.isalpha()


def test_no_phrase_goes_from_one_part_into_the_next(sample, records):
    parts = [part["name"] for part in sample.call("schema")["parts"]]
    asked = 0
    for record in records.values():
        texts = [words(record.get(part) or "") for part in parts]
        for left, right in itertools.combinations([text for text in texts if text], 2):
            phrase = (left[-1], right[0])
            inside = any(pair == (stem(phrase[0]), stem(phrase[1])) for text in texts
                         for pair in itertools.pairwise(stem(word) for word in text))
            if inside or not all(typed(word) for word in phrase):
                continue
            asked += 1
            found = ids(search(sample, {"q": '"' + " ".join(phrase) + '"', "snippets": 0}))
            assert record["id"] not in found, phrase
    assert asked > 200


def test_phrases_are_found_in_their_part_and_there_only(sample, records):
    parts = [part["name"] for part in sample.call("schema")["parts"]]
    asked = 0
    for record in records.values():
        texts = {part: re.sub(r"[^\w'’-]+", " ", record.get(part) or "") for part in parts}
        for part, text in texts.items():
            first = words(record.get(part) or "")[:4]
            if len(first) < 4 or not all(typed(word) for word in first) or " ".join(first) not in text:
                continue
            asked += 1
            phrase = '"' + " ".join(first) + '"'
            for other in parts:
                found = record["id"] in ids(search(sample, {"q": f"{other}:{phrase}", "snippets": 0}))
                assert found == (" ".join(first).lower() in texts[other].lower()), (record["id"], other, phrase)
    assert asked > 100


# ---- records, errors ----

@pytest.mark.parametrize("case", with_ids(cases("records")))
def test_get(sample, case):
    record = sample.call("get", id=case["id"])
    assert record["id"] == case["got"]
    assert record["versions"] == case["versions"]


def test_get_gives_the_record_as_it_was_parsed(sample, records):
    """But for what only an index knows."""
    for id_, parsed in records.items():
        stored = sample.call("get", id=id_)
        assert stored.pop("revision") and id_ in stored.pop("versions")
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", stored["first_seen"]) and stored["changed"] == stored["first_seen"]
        for name in ("first_seen", "changed"):
            stored.pop(name)
            parsed = {key: value for key, value in parsed.items() if key != name}
        assert stored == parsed


def test_a_hit_says_what_the_record_says(sample, records):
    hits = search(sample, {"q": "", "snippets": 0})["hits"]
    assert sorted(hit["id"] for hit in hits) == sorted(records)
    for hit in hits:
        assert hit.pop("snippets") == [] and hit.pop("score") == 0
        assert hit.pop("changed") == sample.call("get", id=hit["id"])["changed"]
        assert hit == {name: records[hit["id"]][name] for name in (
            "id", "agreement", "version", "title", "organisation", "edition", "start", "end", "legal_basis",
            "identifiability", "opt_outs", "page_files")}


def test_hits_carry_the_fields_asked_for(sample, records):
    fields = sample.call("schema")["fields"]
    names = [field["name"] for field in fields if field["kind"] not in ("prose", "derived")]
    plain = search(sample, {"snippets": 0})["hits"]
    for hit, bare in zip(search(sample, {"snippets": 0, "fields": names + names})["hits"], plain):
        assert set(bare) <= set(hit) and set(names) <= set(hit)
        assert {name: hit[name] for name in names if name not in ("first_seen", "changed")} == {
            name: records[hit["id"]][name] for name in names if name not in ("first_seen", "changed")}
    asked = search(sample, {"snippets": 0, "fields": ["controller", "dataset", "id"]})["hits"]
    for hit, bare in zip(asked, plain):
        assert set(hit) == set(bare) | {"controllers", "datasets"}
    assert sample.call("similar", id="GPCENSUS", fields=["datasets"], limit=1)["hits"][0]["datasets"] is not None


def cut(record, marks):
    """What is marked in each part, as bytes of its UTF-8."""
    return {part: [record[part].encode()[start:end].decode() for start, end in ranges] for part, ranges in marks.items()}


def test_a_record_says_where_a_query_stands(sample, records):
    id_ = "DARS-NIC-150871-T1F3N"
    assert "marks" not in sample.call("get", id=id_) and sample.call("get", id=id_, q="zzzz")["marks"] == {}
    marked = cut(records[id_], sample.call("get", id=id_, q="asthma")["marks"])
    text = " ".join(records[id_].get(part) or "" for part in PARTS)
    assert {word.lower() for words in marked.values() for word in words} == {"asthma"}
    assert sum(map(len, marked.values())) == len(re.findall(r"\basthma\b", text, re.I)) > 1
    assert set(sample.call("get", id=id_, q="asthma", parts=["objectives"])["marks"]) == {"objectives"}
    assert set(sample.call("get", id=id_, q="objectives:asthma")["marks"]) == {"objectives"}


@pytest.mark.parametrize("case", with_ids([case for case in cases("words") if case["ask"].get("q", "").strip()]))
def test_marks_of_a_record_hold_those_of_its_passages(sample, case):
    asked = {name: case["ask"][name] for name in ("q", "match", "parts") if name in case["ask"]}
    for hit in search(sample, {**case["ask"], "snippets": 3})["hits"]:
        record = sample.call("get", id=hit["id"], **asked)
        record.setdefault("marks", {})  # of a text without words there are none
        assert all(before[1] <= after[0] for ranges in record["marks"].values() for before, after in
                   itertools.pairwise(ranges))
        found = cut(record, record["marks"])
        for snippet in hit["snippets"]:
            for mark in marks(snippet["html"]):
                assert any(mark in plain(text) for text in found[snippet["part"]]), (mark, found)


def test_pages_do_not_say_what_went_with_what(sample):
    filters = {"identifiability": ["Identifiable"]}
    for asked, said in ((filters, "not stated"), ({}, None), ({"commercial": [True]}, None)):
        for hit in search(sample, {"filters": asked})["hits"]:
            assert hit.get("same_release") == said
    for hit in search(sample, {"filters": filters, "same_release": False})["hits"]:
        assert "same_release" not in hit


@pytest.mark.parametrize("case", with_ids(cases("errors")))
def test_errors_say_what_was_expected(sample, case):
    with pytest.raises(RpcError) as error:
        sample.call(case["method"], **case["params"])
    assert error.value.code == case["code"], error.value.message
    for piece in case["says"]:
        assert piece in error.value.message


@pytest.mark.parametrize("case", [
    pytest.param(case, id=f"{case['method']}-{case['param']}") for case in cases("types")])
def test_wrong_types(sample, case):
    """Each parameter takes the kinds of value it says, and answers every other by its name."""
    for kind, value in KINDS.items():
        try:
            sample.call(case["method"], **{**case["given"], case["param"]: value})
            code, message = 0, ""
        except RpcError as error:
            code, message = error.code, error.message
        if kind in case["takes"]:
            assert code in (0, -32003), (kind, message)
        else:
            assert code == -32602 and case["param"] in message, (kind, code, message)
