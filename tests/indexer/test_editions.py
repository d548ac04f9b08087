# SPDX-License-Identifier: GPL-2.0-or-later
"""Editions: the newest is the record, older texts stay as history."""
import datetime

from conftest import agreement, page


def write(place, objectives, name="a.txt", reference="NIC-1-A"):
    place.write(name, page("Alpha Trust", agreement(reference, objectives=objectives)))


def test_newer_edition_replaces_and_older_stays(place):
    write(place, "Old words.")
    place.index("--edition", "2020-01", "pages")
    write(place, "New words.")
    report = place.index("--edition", "2021-02", "pages").report
    assert (report["records"], report["updated"], report["superseded"]) == (1, 1, 0)
    stored = place.stored()
    assert sorted(stored) == ["NIC-1-A", "NIC-1-A@2020-01"]
    now, then = stored["NIC-1-A"], stored["NIC-1-A@2020-01"]
    assert (now["edition"], now["editions"], now["first_seen"], now["changed"]) == ("2021-02", ["2021-02"], "2020-01", "2021-02")
    assert (then["id"], then["edition"], then["editions"], then["changed"]) == ("NIC-1-A", "2020-01", ["2020-01"], "2020-01")
    assert place.part("NIC-1-A", 2) == "New words."
    assert place.part("NIC-1-A@2020-01", 2) == "Old words."
    states = [line for line in place.dump() if "\tslot 4 " in line]
    assert states == ["NIC-1-A@2020-01\tslot 4 01"]


def test_order_of_runs_does_not_matter(place):
    texts = {"2019-05": "One.", "2020-01": "Two.", "2021-02": "Two."}
    for edition, text in texts.items():
        write(place, text, f"{edition}.txt")
    for edition in texts:
        place.index("--edition", edition, f"pages/{edition}.txt")
    other = place.folder / "other"
    for edition in reversed(texts):
        place.index("--edition", edition, f"pages/{edition}.txt", db=other)
    assert sorted(place.stored()) == ["NIC-1-A", "NIC-1-A@2019-05"]
    record, mirrored = place.stored()["NIC-1-A"], place.stored(other)["NIC-1-A"]
    assert (record["editions"], record["first_seen"], record["changed"]) == (["2020-01", "2021-02"], "2019-05", "2020-01")
    for name in ("edition", "editions", "first_seen", "changed"):
        assert record[name] == mirrored[name]


def test_text_that_returns_is_one_record(place):
    for edition, text in (("2019-05", "One."), ("2020-01", "Two."), ("2021-02", "One.")):
        write(place, text)
        place.index("--edition", edition, "pages")
    stored = place.stored()
    assert sorted(stored) == ["NIC-1-A", "NIC-1-A@2020-01"]
    assert stored["NIC-1-A"]["editions"] == ["2019-05", "2021-02"]
    assert stored["NIC-1-A"]["changed"] == "2021-02"


def test_correction_without_edition_keeps_it(place):
    write(place, "Wrong.")
    place.index("--edition", "2021-02", "pages")
    write(place, "Right.")
    place.index("pages")
    assert sorted(place.stored()) == ["NIC-1-A"]
    assert place.stored()["NIC-1-A"]["edition"] == "2021-02"
    assert place.part("NIC-1-A", 2) == "Right."


def test_same_edition_again_is_unchanged(place):
    write(place, "Words.")
    place.index("--edition", "2021-02", "pages")
    before = place.snapshot()
    assert place.index("--edition", "2021-02", "pages").report["unchanged"] == 1
    assert place.index("pages").report["unchanged"] == 1
    assert place.snapshot() == before


def test_agreement_that_left_stays_until_pruned_and_is_remembered(place):
    place.write("r.txt", page("Alpha Trust", agreement("NIC-1-A"), agreement("NIC-2-B")))
    place.index("--edition", "2020-01", "pages")
    place.write("r.txt", page("Alpha Trust", agreement("NIC-1-A")))
    assert place.index("--edition", "2021-02", "pages").report["records"] == 2
    report = place.index("--edition", "2021-02", "--prune", "pages").report
    assert (report["records"], report["removed"]) == (1, 1)
    place.write("r.txt", page("Alpha Trust", agreement("NIC-1-A"), agreement("NIC-2-B")))
    place.index("--edition", "2022-03", "pages")
    assert place.stored()["NIC-2-B"]["first_seen"] == "2020-01"


def test_without_edition_days_are_kept(place):
    write(place, "Words.")
    before = datetime.date.today().isoformat()
    place.index()
    record = place.stored()["NIC-1-A"]
    assert before <= record["first_seen"] <= datetime.date.today().isoformat()
    assert record["changed"] == record["first_seen"]
    assert (record["edition"], record["editions"]) == (None, [])


def test_rebuild_keeps_history(place):
    write(place, "Old words.")
    place.index("--edition", "2020-01", "pages")
    write(place, "New words.")
    place.index("--edition", "2021-02", "pages")
    dump = place.dump()
    (place.db / "CURRENT").unlink()
    assert place.index("pages").code == 0
    assert place.dump() == dump
