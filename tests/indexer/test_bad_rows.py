# SPDX-License-Identifier: GPL-2.0-or-later
"""Sheets saved as CSV that are broken in places: each place is told, and the rows around it are taken."""
import pytest

HEADINGS = ["Reference Number", "Organisation", "Objective for Processing", "Processing Activities", "Expected Output",
            "Expected Measurable Benefits", "Yielded Benefits", "Organisation Type"]


def good(number):
    return f"NIC-{number}-A,Alpha Trust,To plan.,Linked.,,,,Charity\n"


def ids(result):
    return [record["id"] for record in result.records]


@pytest.mark.parametrize("mark", [b"", b"\xEF\xBB\xBF"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_as_spreadsheets_save_them(place, mark, delimiter):
    rows = ",".join(HEADINGS) + "\n" + good(1) + good(2)
    place.write("sheet.csv", mark + rows.replace(",", delimiter).encode())
    result = place.parse("--edition", "2021-02", "pages")
    assert (result.code, result.err, ids(result)) == (0, "", ["NIC-1-A", "NIC-2-A"])


def test_a_row_of_another_width(place):
    place.write("sheet.csv", ",".join(HEADINGS) + "\n" + good(1) + "NIC-2-A,Beta Trust\n" + good(3))
    result = place.parse("--edition", "2021-02", "pages")
    assert (result.code, ids(result)) == (1, ["NIC-1-A", "NIC-3-A"])
    assert result.err.startswith("pages/sheet.csv:3: the row has 2 cells, the heading row 8; the row is left out")


def test_more_broken_rows_than_are_looked_into(place):
    """A quotation mark that is not closed swallows what follows; rows are looked for inside, but not for ever."""
    broken = "".join(f'NIC-{number}-B,"Beta Trust,To plan.,Linked.,,,,Charity\n' + good(number) for number in range(150))
    place.write("sheet.csv", ",".join(HEADINGS) + "\n" + good(1000) + broken)
    result = place.parse("--edition", "2021-02", "pages")
    assert result.code == 1 and "NIC-1000-A" in ids(result)
    assert "more than 64 broken rows: lines inside them are not looked at any more" in result.err
    assert result.err.count("are not looked at any more") == 1
