# SPDX-License-Identifier: GPL-2.0-or-later
"""What went with what: releases of a reference, kept through sources, editions and exports."""
import json

ROWS = [
    {"dataset": "Example Episodes", "identifiability": "Identifiable", "opt_outs": "No", "legal_basis": ["National Health Service Act 2006 > s251"],
     "duty_of_confidence": None, "sensitivity": "Sensitive", "method": "One-Off", "month": "2020-11", "count": 2, "editions": ["2021-02"]},
    {"dataset": "Example Survey", "identifiability": "Anonymised", "opt_outs": "Yes > patient objections upheld", "legal_basis": [],
     "duty_of_confidence": None, "sensitivity": "Non-Sensitive", "method": "Ongoing", "month": None, "count": 1, "editions": ["2021-02"]},
]


def record(identity="NIC-1-A", objectives="To plan.", releases=ROWS, edition="2021-02"):
    return {"id": identity, "organisation": "Alpha Trust", "objectives": objectives, "edition": edition, "editions": [edition], "releases": releases}


def write(place, *records, name="r.jsonl"):
    place.write(name, "".join(json.dumps(r) + "\n" for r in records))


def rows(record):
    return [(r["dataset"], r["month"], r["count"], r["editions"]) for r in record["releases"]]


def test_every_statement_carries_the_references_releases_once(place):
    write(place, record(), record("NIC-1-A#2", "To audit."), record("NIC-2-B", releases=None))
    assert place.index().report["records"] == 3
    stored = place.stored()
    expected = [("Example Episodes", "2020-11", 2, ["2021-02"]), ("Example Survey", None, 1, ["2021-02"])]
    assert rows(stored["NIC-1-A"]) == rows(stored["NIC-1-A#2"]) == expected
    assert stored["NIC-2-B"]["releases"] is None
    dump = place.dump()
    assert sum(line == "NIC-1-A\treleases 2" for line in dump) == 1
    assert not any(line.startswith("NIC-2-B\treleases") for line in dump)
    first = next(line for line in dump if line.startswith("NIC-1-A\trelease 2 "))
    for value in ("legal_basis [National Health Service Act 2006 > s251]", "dataset [Example Episodes]", "identifiability [Identifiable]"):
        assert value in first


def test_record_lists_take_in_what_releases_name(place):
    write(place, record())
    place.index()
    stored = place.stored()["NIC-1-A"]
    assert stored["datasets"] == ["Example Episodes", "Example Survey"]
    assert stored["legal_basis"] == ["National Health Service Act 2006 > s251"]
    assert stored["opt_outs"] == ["No", "Yes > patient objections upheld"]
    assert "NIC-1-A\tdataset [Example Episodes] [Example Survey]" in place.dump()


def test_releases_of_all_editions_add_up(place):
    write(place, record())
    place.index()
    again = [dict(ROWS[0], count=1, editions=["2022-03"]), dict(ROWS[1], editions=["2022-03"])]
    write(place, record(objectives="To plan more.", releases=again, edition="2022-03"))
    assert place.index().report["updated"] == 1
    expected = [("Example Episodes", "2020-11", 2, ["2021-02", "2022-03"]), ("Example Survey", None, 1, ["2021-02"]),
                ("Example Survey", None, 1, ["2022-03"])]
    assert rows(place.stored()["NIC-1-A"]) == rows(place.stored()["NIC-1-A@2021-02"]) == expected


def test_other_statement_changes_when_releases_do(place):
    write(place, record(releases=ROWS[:1]), name="one.jsonl")
    write(place, record("NIC-1-A#2", "To audit.", ROWS[:1]), name="two.jsonl")
    place.index()
    write(place, record(releases=ROWS), name="one.jsonl")
    assert place.index().report["updated"] == 2
    assert len(place.stored()["NIC-1-A#2"]["releases"]) == 2


def test_what_was_parsed_says_the_same_when_read_again(place):
    write(place, record(), record("NIC-1-A#2", "To audit."))
    first = place.parse("pages/r.jsonl")
    place.write("again.jsonl", first.out)
    strip = lambda records: [{k: v for k, v in r.items() if k != "sources"} for r in records]
    assert strip(place.parse("pages/again.jsonl").records) == strip(first.records)
    place.index("pages/r.jsonl")
    assert place.index("pages/again.jsonl").report["updated"] == 0
    assert len(place.stored()["NIC-1-A"]["sources"]) >= 1


def test_source_gone_takes_its_releases_along(place):
    write(place, record(releases=ROWS[:1]), name="one.jsonl")
    write(place, record(objectives="To plan.", releases=ROWS[1:]), name="two.jsonl")
    place.index()
    assert len(place.stored()["NIC-1-A"]["releases"]) == 2
    (place.pages / "two.jsonl").unlink()
    place.index("--prune", "pages")
    assert [r["dataset"] for r in place.stored()["NIC-1-A"]["releases"]] == ["Example Episodes"]
