# SPDX-License-Identifier: GPL-2.0-or-later
"""--parse: records as JSON Lines, nothing indexed."""
import pytest

import registers
from conftest import agreement, page


def test_records_in_the_order_of_the_sources(place):
    place.write("b.txt", page("Beta University", agreement("NIC-2-B", "Second"), agreement("NIC-1-A", "First")))
    place.write("a.txt", page("Alpha Trust", agreement("DARS-NIC-3-C-v1.2", "Third")))
    result = place.parse()
    assert (result.code, result.err) == (0, "")
    assert [(r["id"], r["title"]) for r in result.records] == [("DARS-NIC-3-C-v1.2", "Third"), ("NIC-2-B", "Second"), ("NIC-1-A", "First")]
    third = result.records[0]
    assert (third["agreement"], third["version"], third["organisation"]) == ("NIC-3-C", "1.2", "Alpha Trust")
    assert (third["first_seen"], third["changed"], third["releases"]) == (None, None, None)
    assert third["sources"] == [{"file": "pages/a.txt", "line": 5}]
    assert sorted(p.name for p in place.folder.iterdir()) == ["pages"]


def test_edition_and_numbered_statements(place):
    place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A", objectives="One."), agreement("NIC-1-A", objectives="Two.")))
    records = place.parse("--edition", "2021-02", "pages").records
    assert [(r["id"], r["edition"], r["editions"], r["objectives"]) for r in records] == [
        ("NIC-1-A", "2021-02", ["2021-02"], "One."), ("NIC-1-A#2", "2021-02", ["2021-02"], "Two.")]


def test_sources_are_merged_as_an_index_would(place):
    place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A", objectives="One."), agreement("NIC-2-B")))
    place.write("b.txt", page("Alpha Trust", agreement("NIC-3-C"), agreement("NIC-1-A", objectives="Two."), agreement("NIC-2-B")))
    records = place.parse().records
    assert [(r["id"], r["objectives"], len(r["sources"])) for r in records] == [
        ("NIC-1-A", "Two.", 1), ("NIC-2-B", "To plan services.", 2), ("NIC-3-C", "To plan services.", 1)]


def test_what_is_parsed_can_be_indexed(place):
    place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A"), agreement("NIC-2-B", datasets=("One", "Two, Three"))))
    lines = place.parse().out
    place.write("records.jsonl", lines)
    without_sources = lambda records: [dict(record, sources=None) for record in records]
    assert without_sources(place.parse("pages/records.jsonl").records) == without_sources(place.parse("pages/a.txt").records)
    assert place.index().report["records"] == 2
    assert len(place.stored()["NIC-2-B"]["sources"]) >= 2


def test_jobs_do_not_change_the_order(place):
    for n in range(40):
        place.write(f"{n:02}.txt", page(f"Trust {n}", *[agreement(f"NIC-{n}-{k}") for k in range(n % 7 + 1)]))
    one = place.parse("--jobs", "1", "pages")
    many = place.parse("--jobs", "5", "pages")
    assert one.out == many.out and len(one.records) > 100


def large_file(form):
    """A file of more entries than any thread takes at once; in JSON Lines every ninth one is bad."""
    register = registers.register(3, agreements=150)
    if form == "register.xlsx":
        return registers.workbook(registers.old_sheets(register), 3)
    if form == "PurposeStatements.csv":
        return registers.as_csv(registers.old_sheets(register)["PurposeStatements"])
    lines = registers.as_jsonl(register, "2021-02").splitlines()
    bad = ['{"id": 7}', "no JSON", '{"id": "NIC-1-A", "title": ']
    return "".join(f"{bad[n % 3]}\n{line}\n" if n % 9 == 8 else f"{line}\n" for n, line in enumerate(lines))


@pytest.mark.parametrize("form", ["register.jsonl", "register.xlsx", "PurposeStatements.csv"])
def test_threads_share_one_file(place, form):
    """Records, what is said of them and what is left out come as they stand in the file, whoever understood them."""
    file = place.write(form, large_file(form))
    one, *more = [place.parse("--jobs", jobs, "--edition", "2021-02", file) for jobs in (1, 2, 7)]
    assert one.out.count("\n") > 100 and (one.err.count("\n") > 10) == (form == "register.jsonl")
    for many in more:
        assert (many.code, many.out, many.err) == (one.code, one.out, one.err)
