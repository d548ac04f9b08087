# SPDX-License-Identifier: GPL-2.0-or-later
"""More than a register usually has: long references, many different words, many problems; and a source with nothing in it."""
import json

import pytest

PROBLEMS_TOLD = 10_000
OBJECTIVES = 2  # its place among the parts


def write(place, records):
    place.write("records.jsonl", "".join(json.dumps(record) + "\n" for record in records))


def is_sound(place, documents):
    result = place.run("--db", place.db, "--check")
    return result.code == 0 and result.out.endswith(f"sound, {documents} documents\n")


def test_references_as_long_as_they_may_be(place):
    """Two that differ at their end alone, each with an older text, whose key is longer still."""
    ids = ["LONG-" + "x" * 194 + end for end in "12"]
    for edition in ("2020-02", "2021-02"):
        write(place, [{"id": one, "edition": edition, "objectives": f"To plan number {n} of {edition}."} for n, one in enumerate(ids)])
        assert place.index().code == 0
    for n, one in enumerate(ids):
        assert place.part(one, OBJECTIVES) == f"To plan number {n} of 2021-02."
        assert place.part(one + "@2020-02", OBJECTIVES) == f"To plan number {n} of 2020-02."
    assert is_sound(place, 4)
    assert place.index().report["unchanged"] == 2


@pytest.mark.parametrize("count", [12_000, 60_000])
def test_a_record_of_very_many_words(place, count):
    """Of the first number libxapian 1.4.22 cannot read what it would look up a correction by."""
    words = " ".join(f"w{number}ord" for number in range(count))
    write(place, [{"id": "NIC-1-A", "objectives": words}, {"id": "NIC-2-B", "objectives": "To plan."}])
    assert place.index().report["added"] == 2
    assert place.part("NIC-1-A", OBJECTIVES) == words
    assert is_sound(place, 2)
    assert place.index().report["unchanged"] == 2


def test_more_problems_than_are_told(place):
    place.write("records.jsonl", '{"id": "NIC-1-A"}\n' + "nothing\n" * (PROBLEMS_TOLD + 50))
    result = place.index()
    assert (result.code, result.report["added"], result.report["rejected"]) == (1, 1, PROBLEMS_TOLD + 50)
    told = result.err.splitlines()
    assert sum(line.startswith("pages/records.jsonl:") for line in told) == PROBLEMS_TOLD
    assert told.count("further problems are counted, not shown") == 1


def test_a_sheet_of_nothing_but_headings(place):
    place.write("sheet.csv", "Reference Number,Organisation,Objective for Processing,Processing Activities,Expected Output,"
                "Expected Measurable Benefits,Yielded Benefits,Organisation Type\n")
    place.write("records.jsonl", '{"id": "NIC-1-A"}\n')
    for result in (place.parse(), place.index()):
        assert result.code == 1 and result.err == "pages/sheet.csv: no agreement was found in it\n"
    assert sorted(place.stored()) == ["NIC-1-A"]
