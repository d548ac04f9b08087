# SPDX-License-Identifier: GPL-2.0-or-later
"""Answers over the real pages and the real workbook, with the numbers that can be read off them."""
import collections
import csv
import json
import os
import re
import xml.etree.ElementTree
import zipfile

import pytest

from answers import cases, ids, search, with_ids
from support import Daemon, SHARED, index, parse, run

PAGES = SHARED / "register" / "pages"
WORKBOOK = SHARED / "register" / "workbook" / "2021-02.xlsx"
needs_pages = pytest.mark.skipif(not PAGES.exists(), reason="needs ../shared/register/pages")
needs_workbook = pytest.mark.skipif(not WORKBOOK.exists(), reason="needs ../shared/register/workbook")

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
BASIS = "Legal Basis for Provision of Data (Dissemination)"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    db = tmp_path_factory.mktemp("pages") / "index"
    assert index(db, PAGES)["added"] == 4
    with Daemon(db, "--workers", "1") as daemon:
        yield daemon


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    db = tmp_path_factory.mktemp("edition") / "index"
    report = index(db, WORKBOOK)
    assert (report["added"], report["records"], report["rejected"]) == (585, 585, 0)
    with Daemon(db, "--workers", "1") as daemon:
        yield daemon


# ---- pages ----

@needs_pages
@pytest.mark.parametrize("case", with_ids(cases("pages")))
def test_an_agreement_parses_to_its_facts(pages, case):
    parsed = next(record for record in parse(PAGES) if record["id"] == case["id"])
    for record in (parsed, pages.call("get", id=case["id"])):
        assert record["title"] == case["title"]
        assert {name: len(record[name]) for name in case["counts"]} == case["counts"]
        assert {name: record.get(name) for name in case["fields"]} == case["fields"]
        assert not set(case["absent"]) & set(record)


@needs_pages
def test_risk_stratification_under_section_251(pages):
    for text in ('"risk stratification"', '"Risk Stratification"', '"RISK STRATIFICATION"',
                 "“risk stratification”"):
        answer = search(pages, {"q": text, "filters": {"legal_basis": ["s251"]}})
        assert ids(answer) == ["DARS-NIC-226296-S7T2Y"]
        hit = answer["hits"][0]
        assert hit["same_release"] == "not stated"
        assert [snippet["part"] for snippet in hit["snippets"]] == ["objectives"]
        assert "<mark>Risk stratification</mark>" in hit["snippets"][0]["html"]
        assert any("s261(7)" in warning for warning in answer["warnings"])


@needs_pages
@pytest.mark.parametrize("ask, found", [
    ({"q": 'processing:"type 2 objections"'},
     ["DARS-NIC-198111-C2W4W", "DARS-NIC-226296-S7T2Y", "NIC-38002-S3K0V"]),
    ({"q": 'objectives:"armed forces covenant"'}, ["DARS-NIC-212898-X4C9W"]),
    ({"q": 'outputs:"armed forces covenant"'}, []),
    ({"filters": {"controller": ["(none)"]}}, ["NIC-38002-S3K0V"]),
    ({"filters": {"in_force": ["2020"]}},
     ["DARS-NIC-198111-C2W4W", "DARS-NIC-212898-X4C9W", "DARS-NIC-226296-S7T2Y"]),
    ({"filters": {"released": {"from": "2017-05", "to": "2017-06"}}}, ["NIC-38002-S3K0V"]),
    ({"filters": {"legal_basis": ["s261(2)(b)(ii)"]}}, ["DARS-NIC-212898-X4C9W"]),
    ({"filters": {"opt_outs": ["No"]}},
     ["DARS-NIC-198111-C2W4W", "DARS-NIC-212898-X4C9W", "NIC-38002-S3K0V"]),
])
def test_pages_found(pages, ask, found):
    assert ids(search(pages, ask)) == sorted(found)


# ---- the workbook ----

def sheet(name):
    """The cells of a sheet, row by row, by the letters of their columns."""
    with zipfile.ZipFile(WORKBOOK) as book:
        def tree(path):
            return xml.etree.ElementTree.fromstring(book.read(f"xl/{path}"))
        names = [element.get("name") for element in tree("workbook.xml").iter(f"{SHEET}sheet")]
        shared = ["".join(text.text or "" for text in item.iter(f"{SHEET}t"))
                  for item in tree("sharedStrings.xml").iter(f"{SHEET}si")]
        for row in tree(f"worksheets/sheet{names.index(name) + 1}.xml").iter(f"{SHEET}row"):
            cells = {}
            for cell in row.iter(f"{SHEET}c"):
                value = cell.findtext(f"{SHEET}v")
                if value is not None:
                    column = re.match("[A-Z]+", cell.get("r")).group()
                    cells[column] = shared[int(value)] if cell.get("t") == "s" else value
            yield cells


@needs_workbook
@pytest.mark.parametrize("case", with_ids(cases("edition")))
def test_totals_of_the_edition(edition, case):
    answer = edition.call("search", **case["ask"], limit=0)
    assert answer["total"] == case["total"]
    assert answer.get("groups") == case.get("groups")
    warnings = answer.get("warnings", [])
    assert len(warnings) == len(case.get("warnings", [])), warnings
    assert all(piece in warning for piece, warning in zip(case.get("warnings", []), warnings))


@needs_workbook
def test_every_row_of_the_releases_is_counted_once(edition):
    answer = edition.call("search", limit=0, facets=[
        {"name": name, "limit": 10000, "count": "releases"}
        for name in ("dataset", "organisation", "identifiability", "sensitivity", "opt_outs", "legal_basis")])
    for name in ("dataset", "organisation", "identifiability", "opt_outs"):
        assert sum(value["count"] for value in answer["facets"][name]) == 5079, name
    everywhere = {value["label"]: value["count"] for value in answer["facets"]["legal_basis"]}
    assert sum(everywhere.values()) == 5079 and everywhere["National Health Service Act 2006"] == 287 + 6


@needs_workbook
def test_the_spellings_are_those_of_the_workbook():
    rows = list(sheet("DataReleases"))
    column = next(letters for letters, heading in rows[0].items() if heading == BASIS)
    found = collections.Counter(row.get(column) for row in rows[1:])
    assert found == {case["spelling"]: case["rows"] for case in cases("spellings")}
    assert len(found) == 13 and sum(found.values()) == 5079


@needs_workbook
def test_each_spelling_says_its_provisions():
    """Row for row: what a spelling is mapped to, counted over the records' releases."""
    expected, found = collections.Counter(), collections.Counter()
    for case in cases("spellings"):
        expected[tuple(case["paths"])] += case["rows"]
    for record in parse(WORKBOOK):
        for release in record["releases"]:
            found[tuple(release["legal_basis"])] += release["count"]
    assert found == expected


@pytest.mark.parametrize("case", with_ids(cases("spellings")))
def test_a_spelling_by_itself(tmp_path, case):
    """None is lost: each becomes its provisions, also in a table of one row, and none stays as it was written."""
    table = tmp_path / "DataReleases.csv"
    with open(table, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([
            ["NIC Number", "Type of Data Provided", "Data provided to customer", "Sensitive or Non-Sensitive",
             BASIS, "Frequency"],
            ["DARS-NIC-1-A1B2C", "Example Data Set", "Identifiable", "Sensitive", case["spelling"], "One-Off"]])
    result = run("purpose-index", "--parse", table, check=0)
    record, = [json.loads(line) for line in result.stdout.split("\n") if line]
    assert record["releases"][0]["legal_basis"] == case["paths"]
    assert case["spelling"].strip() not in case["paths"]


@needs_workbook
def test_provisions_of_the_edition_have_plain_words(edition):
    explained = edition.call("schema")["explanations"]
    for case in cases("spellings"):
        for path in case["paths"]:
            assert explained.get(path), path


@needs_workbook
def test_a_release_says_what_went_with_what(edition):
    """A hit of the filters has one row that meets them all."""
    filters = {"dataset": ["Mental Health Services Data Set"], "identifiability": ["Identifiable"]}
    hits = edition.call("search", filters=filters, limit=100, snippets=0)["hits"]
    assert len(hits) == 18
    for hit in hits:
        assert "same_release" not in hit
        rows = edition.call("get", id=hit["id"])["releases"]
        assert any("mental health services data" in row["dataset"].lower() and
                   row["identifiability"] == "Identifiable" for row in rows)


def groups_of(daemon, **ask):
    """The groups of what a search finds, with how many of each it found."""
    values = daemon.call("facets", name="group", limit=10000, **ask)
    assert values["total"] == len(values["values"])
    return {value["value"]: value["count"] for value in values["values"]}


@needs_workbook
def test_distinct_texts_of_the_edition(edition):
    """As every pair compared says: 585 records are 187 texts, 228 on risk stratification are 62."""
    everything = groups_of(edition)
    assert len(everything) == 187 and sum(everything.values()) == 585
    assert sorted(everything.values(), reverse=True)[:5] == [118, 99, 57, 44, 37]
    for first, count in everything.items():
        hits = search(edition, {"filters": {"group": [first]}, "snippets": 0})
        assert hits["total"] == count and min(hit["id"] for hit in hits["hits"]) == first
    found = groups_of(edition, q='"risk stratification"')
    assert len(found) == 62 and sum(found.values()) == 228


@needs_workbook
@pytest.mark.skipif(bool(os.environ.get("PURPOSED_SANITIZE")), reason="indexes all of it once more: minutes when sanitized")
def test_groups_with_one_thread(edition, tmp_path):
    index(tmp_path / "index", "--jobs", 1, WORKBOOK)
    with Daemon(tmp_path / "index", "--workers", "1") as daemon:
        assert groups_of(daemon) == groups_of(edition)
    run("purpose-index", "--db", tmp_path / "index", "--check", check=0)
# ---- completion, and what is alike ----

@needs_workbook
@pytest.mark.parametrize("q, text, kind, count", [
    ("risk str", "risk stratification", "phrase", 228),
    ("secondary us", "secondary uses service", "phrase", None),
    ("mental h", "Mental Health Services Data Set", "dataset", None),
    ("s25", "National Health Service Act 2006 > s251", "provision", 135),
    ("261(5", "Health and Social Care Act 2012 > s261 > s261(5)(d)", "provision", 122),
    ("NIC-1981", "DARS-NIC-198119-X9P3J-v2.1", "record", 1),
])
def test_what_is_typed_is_completed(edition, q, text, kind, count):
    found = {(one["text"].lower(), one["kind"]): one["count"] for one in edition.call("suggest", q=q)["suggestions"]}
    assert (text.lower(), kind) in found, found
    assert count is None or found[text.lower(), kind] == count


@needs_workbook
def test_counts_of_phrases_are_what_a_search_finds(edition):
    found = {one["text"]: one["count"] for first in "abcdefghilmnoprstuw" for second in "aeiouhr"
             for one in edition.call("suggest", q=f"{first}{second}", limit=20)["suggestions"] if one["kind"] == "phrase"}
    assert len(found) > 300
    for text, count in found.items():
        assert edition.call("search", q=f'"{text}"', limit=0)["total"] == count, text


@needs_workbook
def test_eighty_three_share_their_expected_benefits(edition):
    answer = edition.call("similar", id="DARS-NIC-00747-G8G0Z-v4.2", parts=["expected_benefits"], copies=True,
                          limit=100)
    assert answer["total"] == len(answer["hits"]) == 82, "itself apart"


@needs_workbook
def test_something_is_similar_to_each_that_is_no_copy(edition):
    for hit in edition.call("search", limit=1000, snippets=0)["hits"][::20]:
        answer = edition.call("similar", id=hit["id"], limit=3, snippets=0)
        assert len(answer["hits"]) == 3 and hit["id"] not in ids(answer)
