# SPDX-License-Identifier: GPL-2.0-or-later
"""What a search says of the query text: what it might have meant, how it was understood, what a score is made of."""
import re

import pytest

from answers import cases, ids, search, with_ids

PARTS = ("title", "organisation", "objectives", "expected_benefits", "yielded_benefits", "outputs", "processing",
         "commercial_note")


@pytest.mark.parametrize("case", with_ids(cases("corrected")))
def test_did_you_mean(sample, case):
    answer = search(sample, case["ask"])
    assert answer.get("corrected") == case["corrected"]
    if case["corrected"] and "filters" not in case["ask"]:
        assert search(sample, {**case["ask"], "q": case["corrected"]})["total"] > 0


def test_a_correction_is_never_applied(sample):
    answer = search(sample, {"q": "epilespy"})
    assert answer["total"] == 0 and answer["hits"] == []


@pytest.mark.parametrize("case", with_ids(cases("understood")))
def test_understood(sample, case):
    answer = search(sample, {**case["ask"], "explain": True})
    assert (answer["query"], answer["tree"]) == (case["query"], case["tree"])
    assert "query" not in search(sample, case["ask"])


@pytest.mark.parametrize("ask", [
    {"q": "risk stratification"}, {"q": "nurse hospital", "match": "any"}, {"q": "objectives:risk asthma OR audit"},
    {"q": "\"risk stratification\" -invoice"}, {"q": "strat* fernshire"}, {"q": "aldermere asthma dataset:episode"},
    {"q": "risk NEAR/5 groups"}, {"q": "nurse", "parts": ["outputs", "objectives"]}])
def test_what_a_score_is_made_of(sample, records, ask):
    """The weights sum up to the score, heaviest first, and each word stands in the part it is told of."""
    hits = search(sample, {**ask, "explain": True})["hits"]
    assert hits
    for hit in hits:
        weights = [told["weight"] for told in hit["explain"]]
        assert weights == sorted(weights, reverse=True) and all(weight >= 0 for weight in weights)
        assert sum(weights) == pytest.approx(hit["score"], abs=0.0001 * (len(weights) + 1))
        for told in hit["explain"]:
            assert told["part"] in PARTS
            text = records[hit["id"]][told["part"]]
            assert re.search(re.escape(told["word"][:4]), text, re.IGNORECASE), told
    assert all("explain" not in hit for hit in search(sample, ask)["hits"])


def test_parts_asked_are_the_only_ones_told(sample):
    for hit in search(sample, {"q": "nurse", "parts": ["outputs", "objectives"], "explain": True})["hits"]:
        assert {told["part"] for told in hit["explain"]} <= {"outputs", "objectives"}


def test_nothing_ranks_without_words(sample):
    for q in ("", "-invoice", "dataset:sus", "year:2019"):
        for hit in search(sample, {"q": q, "explain": True})["hits"]:
            assert hit["explain"] == [] and hit["score"] == 0


def test_a_prefix_stands_for_many_words(sample):
    """More words than are told of are said to be."""
    answer = search(sample, {"q": "co* in* re* pr* de* di* se* st* ca* pa*", "match": "any", "explain": True, "limit": 1})
    assert any("explain tells the weights of" in warning for warning in answer["warnings"])
    assert len({told["word"] for told in answer["hits"][0]["explain"]}) <= 64


@pytest.mark.parametrize("q", ["dataset:\"mental health\" sensitivity:sensitive", "identifiability:identifiable legal:s251"])
def test_values_of_one_release(sample, records, q):
    """The pages do not say what went with what, and the hits say so; asked by record nothing is said."""
    stated = search(sample, {"q": q})
    by_record = search(sample, {"q": q, "same_release": False})
    assert ids(stated) == ids(by_record) != []
    assert all(records[hit["id"]]["releases"] is None and hit["same_release"] == "not stated"
               for hit in stated["hits"])
    assert all("same_release" not in hit for hit in by_record["hits"])
