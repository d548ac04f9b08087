# SPDX-License-Identifier: GPL-2.0-or-later
"""Workbooks as other programs write them, and files that only look like one: what is odd is read, what is wrong is told,
and what is read beside it stays."""
import io
import struct
import zipfile

import pytest

import registers
from conftest import agreement, page

HEADINGS = ["Reference Number", "Organisation", "Objective for Processing", "Processing Activities", "Expected Output",
            "Expected Measurable Benefits", "Yielded Benefits", "Organisation Type"]
ROWS = [HEADINGS, ["NIC-1-A", "Alpha Trust", "To plan.", "Linked.", "", "", "", "Charity"]]
GOOD = page("Beta Trust", agreement("NIC-2-B"))


def workbook(change=None, rows=ROWS, more=None):
    """A workbook with one sheet of statements, and more; `change` is handed its parts by name."""
    with zipfile.ZipFile(io.BytesIO(registers.workbook({"Agreements": rows, **(more or {})}))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    if change:
        change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def replaced(part, old, new):
    def change(parts):
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new)
    return change


def with_a_chart(parts):
    replaced("xl/_rels/workbook.xml.rels", "</Relationships>",
             f'<Relationship Id="rId50" Type="{registers.OFFICE}/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>')(parts)
    replaced("xl/workbook.xml", "<sheets>", '<sheets><sheet name="A chart" sheetId="50" r:id="rId50"/>'
             '<sheet name="Led nowhere" sheetId="51" r:id="rId51"/>')(parts)


def with_many_sheets(parts):
    more = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(100, 400))
    replaced("xl/workbook.xml", "</sheets>", more + "</sheets>")(parts)


ODD = {  # each is read all the same; what is said besides
    "as written": (None, ""),
    "targets from the root": (replaced("xl/_rels/workbook.xml.rels", 'Target="worksheets/', 'Target="/xl/worksheets/'), ""),
    "targets by way of the folder above": (replaced("xl/_rels/workbook.xml.rels", 'Target="worksheets/', 'Target="../xl/worksheets/'), ""),
    "a chart, and a sheet that is nowhere": (with_a_chart, ""),
    "three hundred sheets": (with_many_sheets, "has 303 sheets; only the first 256 are read"),
}


@pytest.mark.parametrize("what", ODD)
def test_read_all_the_same(place, what):
    change, says = ODD[what]
    place.write("register.xlsx", workbook(change))
    result = place.parse("--edition", "2021-02", "pages")
    assert [record["id"] for record in result.records] == ["NIC-1-A"], result.err
    assert says in result.err


def with_days(properties):
    """An agreement and a release with days as numbers and as texts, in a workbook of these properties."""
    def line(number, values):
        cells = ((f"{registers.column_name(n)}{number}", value) for n, value in enumerate(values))
        return f'<row r="{number}">' + "".join(
            f'<c r="{place}"><v>{value}</v></c>' if isinstance(value, (int, float)) else
            f'<c r="{place}" t="inlineStr"><is>{registers.text_xml(value)}</is></c>' for place, value in cells) + "</row>"

    def sheet(headings, row):
        values = [row.get(heading, "") for heading in headings]
        return f"<worksheet {registers.SPREADSHEET}><sheetData>{line(1, headings)}{line(2, values)}</sheetData></worksheet>"

    def change(parts):
        replaced("xl/workbook.xml", "<sheets>", f"<workbookPr {properties}/><sheets>")(parts)
        parts["xl/worksheets/sheet3.xml"] = sheet(registers.NEW_PROSE, {
            "Reference Number": "NIC-1-A", "Applicant Organisation": "Alpha Trust", "Objective for Processing": "To plan.",
            "DSA Start Date": 42247, "DSA End Date": "31/08/2022"})
        parts["xl/worksheets/sheet4.xml"] = sheet(registers.NEW_RELEASES, {
            "Reference Number": "NIC-1-A", "Dataset": "Example Episodes", "Type of Data": "Identifiable", "Month File Released": 42248.5})
    return workbook(change, more={"DataReleases": []})


FROM_1900, FROM_1904 = ("2015-08-31", "2015-09"), ("2019-09-01", "2019-09")
DAYS = {  # a workbook's properties: the day of its number 42247 and the month of 42248.5, what is said besides
    'defaultThemeVersion="124226"': (FROM_1900, ""),
    'date1904="1"': (FROM_1904, ""),
    'date1904="true"': (FROM_1904, ""),
    'date1904="0"': (FROM_1900, ""),
    'date1904="false"': (FROM_1900, ""),
    'date1904="yes"': (FROM_1900, 'its property date1904 is "yes", expected 1, 0, true or false: its days are counted from 1900'),
}


@pytest.mark.parametrize("properties", DAYS)
def test_the_day_that_numbers_count_from(place, properties):
    (start, month), says = DAYS[properties]
    place.write("register.xlsx", with_days(properties))
    result = place.parse("--edition", "2021-02", "pages")
    assert (result.code, result.err) == (0, says and f"pages/register.xlsx: note: {says}\n")
    (record,) = result.records
    assert (record["start"], record["end"], [row["month"] for row in record["releases"]]) == (start, "2022-08-31", [month])


def many_parts():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(10_001):
            archive.writestr(str(number), "")
    return out.getvalue()


def spoilt(text):
    """A workbook in which the compressed bytes of the largest part are not what they were."""
    whole = bytearray(text)
    with zipfile.ZipFile(io.BytesIO(text)) as archive:
        largest = max(archive.infolist(), key=lambda info: info.compress_size)
    name, extra = struct.unpack_from("<HH", whole, largest.header_offset + 26)
    begin = largest.header_offset + 30 + name + extra
    for at in range(begin + 20, begin + largest.compress_size - 20):
        whole[at] = whole[at] ^ 0x5A
    return bytes(whole)


def large():
    return [HEADINGS] + [[f"NIC-{n}-A", "Alpha Trust", " ".join(str(n * m) for m in range(50)), "", "", "", "", ""] for n in range(500)]


WRONG = {
    "the binary form of old": (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(2000), "save it as .xlsx"),
    "a zip file of ten thousand parts": (many_parts(), "more than 10000 parts in the zip file"),
    "a zip file of something else": (workbook(lambda parts: parts.clear() or parts.update({"mimetype": "text"})), "has no part"),
    "a tag that does not end": (workbook(replaced("xl/workbook.xml", "<sheets>", '<sheets a="' + "x" * (9 << 20) + '">')), "has a tag of more than"),
    "no XML": (workbook(replaced("xl/workbook.xml", "</sheets>", "</sheet>")), "xl/workbook.xml"),
    "spoilt bytes": (spoilt(workbook(rows=large())), ""),
}


@pytest.mark.parametrize("what", WRONG)
def test_told_and_what_is_beside_it_is_taken(place, what):
    content, says = WRONG[what]
    place.write("register.xlsx", content)
    place.write("good.txt", GOOD)
    result = place.index("--edition", "2021-02", "pages")
    assert result.code == 1
    told = [line for line in result.err.splitlines() if line.startswith("pages/register.xlsx")]
    assert told and says in told[0], result.err
    assert "NIC-2-B" in place.stored()


def test_a_text_that_is_not_there(place):
    """A cell that names a text which the workbook does not have: the row is told, the others are taken."""
    rows = ROWS + [["NIC-3-C", "Gamma Trust", "To plan.", "Linked.", "", "", "", "Charity"]]

    def change(parts):
        sheet = "xl/sharedStrings.xml"
        texts = parts[sheet]
        cut = texts.rindex("<si>")
        parts[sheet] = texts[:cut] + texts[texts.rindex("</sst>"):]

    place.write("register.xlsx", workbook(change, rows))
    result = place.parse("--edition", "2021-02", "pages")
    assert "NIC-1-A" in [record["id"] for record in result.records]
    assert "register.xlsx:Agreements:" in result.err
