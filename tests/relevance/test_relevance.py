# SPDX-License-Identifier: GPL-2.0-or-later
"""What is asked finds what answers it, better than Xapian does by itself."""
import os

import pytest

import relevance

# What others measured on the same collections, to the third place: Xapian's defaults and BM25 on stemmed words.
PUBLISHED = {"cranfield": (.357, .378), "cisi": (.327, .361)}

# The order is the same in every build, and a sanitizer takes many minutes over thousands of documents.
pytestmark = pytest.mark.skipif(bool(os.environ.get("PURPOSED_SANITIZE")), reason="measured in the plain builds")

needs_judged = pytest.mark.skipif(not relevance.JUDGED.exists(), reason="needs ../shared/ir")
needs_workbook = pytest.mark.skipif(not relevance.WORKBOOK.exists(), reason="needs ../shared/register/workbook")


@needs_judged
@pytest.mark.parametrize("name", PUBLISHED)
def test_judged_collections(name, tmp_path):
    collection = relevance.judged(name, tmp_path)
    assert len(collection.questions) > 100
    measured = relevance.measure_all(collection, tmp_path)
    ours = measured.pop(relevance.ANY)
    for ranking, reference in measured.items():
        for measure in ("ndcg10", "map", "recall100"):
            assert ours[measure] > reference[measure], f"{measure} of {ranking}"
    assert ours["ndcg10"] > max(PUBLISHED[name])


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    folder = tmp_path_factory.mktemp("relevance")
    return relevance.register(folder), folder


@needs_workbook
def test_register_against_xapian(register):
    measured = relevance.measure_all(*register)
    for ranking in relevance.REFERENCES.values():
        assert measured[relevance.ANY]["ndcg10"] > measured[ranking]["ndcg10"], ranking


@needs_workbook
def test_register_questions_find_an_answer(register):
    """One in the first ten, whether all the words are asked for or any; but for questions in words that no
    agreement uses, which say so in the data."""
    collection, folder = register
    assert len(collection.questions) == 20
    for changed in ({}, {"match": "any"}):
        run = relevance.run_ours(collection, folder, **changed)
        missed = {question["q"] for question in collection.questions
                  if not question["relevant"].keys() & set(run[question["id"]][:10])}
        hard = {question["q"] for question in collection.questions if question["hard"]}
        assert missed <= hard, f"{changed}: {missed - hard}"


@needs_workbook
def test_judgements_are_of_records(register):
    collection, _ = register
    known = {record["id"] for record in relevance.lines(collection.records)}
    for question in collection.questions:
        assert question["relevant"] and question["relevant"].keys() <= known
        assert set(question["relevant"].values()) <= {1, 2}


def test_measures():
    """By hand: found b, x, a where a is worth 2 and b and c are worth 1."""
    collection = relevance.Collection("", None, [
        {"id": "1", "relevant": {"a": 2, "b": 1, "c": 1}}, {"id": "2", "relevant": {"d": 0}}])
    measured = relevance.measure({"1": ["b", "x", "a"], "2": ["d"]}, collection)
    assert measured["ndcg10"] == pytest.approx((1 + 2 / 2) / (2 + 1 / 1.5849625007 + 1 / 2))
    assert measured["map"] == pytest.approx((1 + 2 / 3) / 3)
    assert measured["recall100"] == pytest.approx(2 / 3)
    assert measured["p5"] == pytest.approx(2 / 5)
