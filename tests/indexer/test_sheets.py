# SPDX-License-Identifier: GPL-2.0-or-later
"""Sheets of the workbook saved as CSV: statements and releases are two sources that meet by reference."""
import csv
import io
import pathlib

import pytest

from registers import workbook

PROSE = ["Reference Number", "Organisation", "Objective for Processing", "Processing Activities", "Expected Output",
         "Expected Measurable Benefits", "Yielded Benefits", "Organisation Type"]
RELEASES = ["RowID", "Organisation Name", "Type of Data Provided", "Data provided to customer: identifiable or anonymised",
            "Sensitive or Non-Sensitive", "Legal Basis for Provision of Data (Dissemination)", "Purpose", "Frequency", "NIC Number",
            "MR Number (where relevant)", "Patient Opt-Outs applied", "Common law duty of confidentiality"]


def sheet(headings, rows):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows(rows)
    return out.getvalue()


def release(number, reference, dataset, form="Identifiable", organisation="Alpha Trust"):
    return [number, organisation, dataset, form, "Sensitive", "Health and Social Care Act 2012 - s261(5)(d)", "", "One-Off",
            reference, "", "No", "Consent"]


def write(place):
    place.write("1-prose.csv", sheet(PROSE, [
        ["NIC-1-A ", "Alpha Trust", "To plan.", "Linked.", "", "", "", "Charity"],
        ["NIC-1-A", "Alpha Trust", "To audit.", "Audited.", "", "", "", "Charity"],
        ["NIC-2-B", "Beta University", "To study.", "", "", "", "", "Academic"]]))
    place.write("2-releases.csv", sheet(RELEASES, [
        release(1, "NIC-1-A", "Example Episodes"), release(2, "NIC-1-A", "Example Episodes"),
        release(3, "NIC-1-A", "Example Survey", "Anonymised"), release(4, "NIC-9-Z", "Example Deaths", organisation="Zeta Board")]))


def check(records):
    assert sorted(records) == ["NIC-1-A", "NIC-1-A#2", "NIC-2-B", "NIC-9-Z"]
    for key in ("NIC-1-A", "NIC-1-A#2"):
        assert [(r["dataset"], r["identifiability"], r["count"]) for r in records[key]["releases"]] == [
            ("Example Episodes", "Identifiable", 2), ("Example Survey", "Anonymised", 1)]
    assert records["NIC-2-B"]["releases"] == []
    alone = records["NIC-9-Z"]
    assert (alone["organisation"], alone["datasets"], alone["edition"], alone["title"]) == ("Zeta Board", ["Example Deaths"], "2021-02", None)
    assert alone["sources"] == [{"file": "pages/2-releases.csv", "line": 5}]


def test_parsed(place):
    write(place)
    result = place.parse("--edition", "2021-02", "pages")
    assert (result.code, result.err) == (0, "")
    check({record["id"]: record for record in result.records})


def test_indexed_in_any_order(place):
    write(place)
    assert place.index("--edition", "2021-02", "pages").report["records"] == 4
    check(place.stored())
    other = place.folder / "other"
    place.index("--edition", "2021-02", "pages/2-releases.csv", db=other)
    report = place.index("--edition", "2021-02", "pages/1-prose.csv", db=other).report
    assert (report["added"], report["updated"], report["records"]) == (2, 1, 4)
    check(place.stored(other))


def test_releases_taken_away_again(place):
    write(place)
    place.index("--edition", "2021-02", "pages")
    (place.pages / "2-releases.csv").unlink()
    report = place.index("--prune", "pages").report
    assert (report["removed"], report["updated"], report["records"]) == (1, 2, 3)
    assert place.stored()["NIC-1-A"]["releases"] == []


WORKBOOK = pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "register" / "workbook" / "2021-02.xlsx"


@pytest.mark.skipif(not WORKBOOK.exists(), reason="the workbook is not here")
def test_the_edition_of_2021(place):
    report = place.index(WORKBOOK).report
    assert (report["records"], report["added"], report["rejected"]) == (585, 585, 0)
    stored = place.stored()
    assert sum(row["count"] for record in stored.values() if "#" not in record["id"] for row in record["releases"]) == 5079
    identifiable = [record for record in stored.values() if any(
        row["dataset"] == "Mental Health Services Data Set" and row["identifiability"] == "Identifiable" for row in record["releases"])]
    assert len({record["agreement"] for record in identifiable}) >= 17 and len(identifiable) == 18
    before = place.snapshot()
    assert place.index(WORKBOOK).report["unchanged"] == 585
    assert place.snapshot() == before


def test_sheets_that_look_like_pages(place):
    rows = [["NIC-1-A", "Alpha Trust", "Goes on with\nthe older one \u2014 DARS-NIC-212898-X4C9W\nfor a year.", "", "", "", "", ""]]
    place.write("titled.csv", "NHS Digital Data Release Register,,,,,,,\n" + sheet(PROSE, [["NIC-2-B"] + rows[0][1:2] + [""] * 6]))
    place.write("plain.csv", sheet(PROSE, rows))
    result = place.parse()
    assert (result.code, result.err) == (0, "")
    assert [(r["id"], r["organisation"]) for r in result.records] == [("NIC-1-A", "Alpha Trust"), ("NIC-2-B", "Alpha Trust")]


def test_organisation_with_another_name_since(place):
    place.write("r-2017-03.csv", sheet(RELEASES, [release(1, "NIC-1-A", "Example Episodes", organisation="Old Board")]))
    place.write("r-2021-02.csv", sheet(RELEASES, [release(1, "NIC-1-A", "Example Episodes", organisation="New Trust")]))
    for order in (("r-2017-03.csv", "r-2021-02.csv"), ("r-2021-02.csv", "r-2017-03.csv")):
        (record,) = place.parse(*(place.pages / name for name in order)).records
        assert (record["organisation"], record["edition"]) == ("New Trust", "2021-02")


MONTHLY = ["File Reference", "Reference Number", "Dataset", "Type of Data", "Sensitive or Non-Sensitive", "Patient Opt-Outs Applied",
           "Legal Basis for Provision of Data", "Frequency", "Month File Released"]


def test_month_that_is_none_is_told(place):
    rows = [[f"F{n}", "NIC-1-A", f"Example {n}", "Identifiable", "Sensitive", "N", "s261(1)", "One-Off", month]
            for n, month in enumerate(("Jul-19", "08/2019", "Q1 2019", ""))]
    place.write("released.csv", sheet(MONTHLY, rows))
    result = place.parse()
    assert (result.code, [row["month"] for row in result.records[0]["releases"]]) == (0, ["2019-07", "2019-08", None, None])
    assert result.err.splitlines() == ['pages/released.csv:4: note: "Q1 2019" is no month, expected one such as Jul-19 or 2019-07: '
                                       'the release is taken without']


AGREEMENTS = ["Reference Number", "Application Title", "Applicant Organisation", "Data Controller(s)", "Objective for Processing",
              "Processing Activities", "Expected Output", "Expected Measurable Benefits"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_names_with_commas_are_known_from_the_column_of_organisations(place, kind):
    rows = [["NIC-1-A", "One", "Alpha Trust", "Alpha Trust, Harbour, Pike and Daughters, Beta Trust", "a", "", "", ""],
            ["NIC-2-B", "Two", "Harbour, Pike and Daughters", "Harbour, Pike and Daughters", "b", "", "", ""]]
    place.write(f"agreements.{kind}", sheet(AGREEMENTS, rows) if kind == "csv" else workbook({"Agreements": [AGREEMENTS, *rows]}))
    for first_run in (place.parse().records, list((place.index(), place.stored())[1].values())):
        controllers = {record["id"]: record["controllers"] for record in first_run}
        assert controllers == {"NIC-1-A": ["Alpha Trust", "Harbour, Pike and Daughters", "Beta Trust"],
                               "NIC-2-B": ["Harbour, Pike and Daughters"]}
