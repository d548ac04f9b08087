# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run makes of its sources: added, unchanged, updated, superseded, removed."""
from conftest import agreement, page


def counts(result):
    report = result.report
    return [report[name] for name in ("records", "added", "updated", "unchanged", "removed", "superseded", "rejected")]


def two_pages(place):
    place.write("a.txt", page("Alpha Trust", agreement("DARS-NIC-11111-A1A1A", "Hearts"), agreement("DARS-NIC-22222-B2B2B", "Lungs")))
    place.write("b.txt", page("Beta University", agreement("NIC-33333-C3C3C", "Kidneys")))


def test_first_run_adds_all(place):
    two_pages(place)
    result = place.index()
    assert (result.code, result.err) == (0, "")
    assert counts(result) == [3, 3, 0, 0, 0, 0, 0]
    assert sorted(place.stored()) == ["DARS-NIC-11111-A1A1A", "DARS-NIC-22222-B2B2B", "NIC-33333-C3C3C"]


def test_second_run_writes_nothing(place):
    two_pages(place)
    place.index()
    before = place.snapshot()
    result = place.index()
    assert counts(result) == [3, 0, 0, 3, 0, 0, 0]
    assert result.report["bytes"] == sum(p.stat().st_size for p in place.pages.iterdir())
    assert place.snapshot() == before


def test_touched_file_is_unchanged(place):
    two_pages(place)
    place.index()
    before = place.snapshot()
    (place.pages / "a.txt").touch()
    assert counts(place.index()) == [3, 0, 0, 3, 0, 0, 0]
    assert place.snapshot() == before


def test_changed_text_replaces(place):
    two_pages(place)
    place.index()
    text = (place.pages / "a.txt").read_text()
    place.write("a.txt", text.replace("A report about Lungs", "A paper about Lungs"))
    assert counts(place.index()) == [3, 0, 1, 2, 0, 0, 0]
    assert place.part("DARS-NIC-22222-B2B2B", 5) == "A paper about Lungs."
    assert "\tspelling paper 1" in place.dump()


def test_moved_lines_are_no_update_but_the_place_is_right(place):
    two_pages(place)
    place.index()
    text = (place.pages / "a.txt").read_text()
    place.write("a.txt", text.replace("To plan services.", "To plan services.\n\nAnd more.", 1))
    assert counts(place.index()) == [3, 0, 1, 2, 0, 0, 0]
    line = next(n for n, line in enumerate((place.pages / "a.txt").read_text().split("\n"), 1) if "Lungs —" in line)
    assert place.stored()["DARS-NIC-22222-B2B2B"]["sources"] == [{"file": "pages/a.txt", "line": line}]


def test_other_sources_stay(place):
    two_pages(place)
    place.index()
    place.write("c.txt", page("Gamma Institute", agreement("NIC-44444-D4D4D")))
    assert counts(place.index("pages/c.txt")) == [4, 1, 0, 0, 0, 0, 0]
    assert counts(place.index("pages/b.txt")) == [4, 0, 0, 1, 0, 0, 0]


def test_vanished_file_stays_until_pruned(place):
    two_pages(place)
    place.index()
    (place.pages / "b.txt").unlink()
    assert counts(place.index()) == [3, 0, 0, 2, 0, 0, 0]
    assert counts(place.index("--prune", "pages")) == [2, 0, 0, 2, 1, 0, 0]
    assert "NIC-33333-C3C3C" not in place.stored()
    assert "\tspelling kidneys 1" not in place.dump()


def test_vanished_agreement_stays_until_pruned(place):
    two_pages(place)
    place.index()
    place.write("a.txt", page("Alpha Trust", agreement("DARS-NIC-11111-A1A1A", "Hearts")))
    assert place.index().report["records"] == 3
    assert counts(place.index("--prune", "pages")) == [2, 0, 0, 2, 1, 0, 0]


def test_prune_keeps_to_the_sources_named(place):
    two_pages(place)
    place.write("deep/d.txt", page("Delta Board", agreement("NIC-55555-E5E5E")))
    place.index()
    (place.pages / "b.txt").unlink()
    (place.pages / "deep" / "d.txt").unlink()
    assert counts(place.index("--prune", "pages/deep")) == [3, 0, 0, 0, 1, 0, 0]
    result = place.index("--prune", "pages/b.txt")
    assert (result.code, counts(result)) == (0, [2, 0, 0, 0, 1, 0, 0])


def test_lost_and_found_again_keeps_first_seen(place):
    two_pages(place)
    place.index("--edition", "2020-03", "pages")
    text = (place.pages / "b.txt").read_text()
    (place.pages / "b.txt").unlink()
    place.index("--prune", "pages")
    place.write("b.txt", text)
    place.index("--edition", "2021-02", "pages")
    assert place.stored()["NIC-33333-C3C3C"]["first_seen"] == "2020-03"


def test_source_named_last_wins(place):
    place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A", objectives="First.")))
    place.write("b.txt", page("Alpha Trust", agreement("NIC-1-A", objectives="Second.")))
    result = place.index("pages/a.txt", "pages/b.txt")
    assert counts(result) == [1, 1, 0, 0, 0, 1, 0]
    assert place.part("NIC-1-A", 2) == "Second."
    other = place.folder / "other"
    assert counts(place.index("pages/b.txt", "pages/a.txt", db=other)) == [1, 1, 0, 0, 0, 1, 0]
    assert place.part("NIC-1-A", 2, other) == "First."


def test_later_run_wins(place):
    first = place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A", objectives="First.")))
    place.write("b.txt", page("Alpha Trust", agreement("NIC-1-A", objectives="Second.")))
    place.index("pages/b.txt")
    place.index("pages/a.txt")
    assert place.part("NIC-1-A", 2) == "First."
    first.unlink()
    assert place.index("--prune", "pages").report["updated"] == 1
    assert place.part("NIC-1-A", 2) == "Second."


def test_equal_texts_are_one_record_with_all_sources(place):
    text = page("Alpha Trust", agreement("NIC-1-A"))
    place.write("a.txt", text)
    place.write("b.txt", text)
    assert counts(place.index()) == [1, 1, 0, 0, 0, 0, 0]
    assert [s["file"] for s in place.stored()["NIC-1-A"]["sources"]] == ["pages/a.txt", "pages/b.txt"]


def test_several_statements_of_one_reference(place):
    place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A", objectives="One."), agreement("NIC-1-A", objectives="Two."),
                              agreement("NIC-1-A", objectives="One."), agreement("NIC-1-A", objectives="Three.")))
    assert place.index().report["records"] == 3
    assert [place.part(key, 2) for key in ("NIC-1-A", "NIC-1-A#2", "NIC-1-A#3")] == ["One.", "Two.", "Three."]
    assert len(place.stored()["NIC-1-A"]["sources"]) == 2


def test_same_file_by_two_names_is_read_once(place):
    two_pages(place)
    (place.pages / "link.txt").symlink_to("a.txt")
    assert counts(place.index("pages", "pages/a.txt", "./pages/../pages")) == [3, 3, 0, 0, 0, 0, 0]


def test_hidden_files_and_editors_copies_are_left_out(place):
    two_pages(place)
    place.write(".a.txt.swp", b"\x00\x01binary")
    place.write("a.txt~", page("Alpha Trust", agreement("NIC-9-Z")))
    result = place.index()
    assert (result.code, counts(result)) == (0, [3, 3, 0, 0, 0, 0, 0])


def test_index_inside_its_own_source(place):
    two_pages(place)
    for _ in range(2):
        result = place.index(db=place.pages / "index")
        assert (result.code, result.report["records"]) == (0, 3)


def test_names_shown_are_as_named(place):
    two_pages(place)
    place.index("./pages/")
    assert place.stored()["NIC-33333-C3C3C"]["sources"][0]["file"] == "./pages/b.txt"


def test_empty_folder_makes_an_empty_index(place):
    result = place.index()
    assert (result.code, counts(result)) == (0, [0, 0, 0, 0, 0, 0, 0])
    assert place.run("--db", "db", "--check").code == 0


def test_report_line_and_quiet(place):
    two_pages(place)
    assert place.run("--db", "db", "pages").out.startswith("3 records: 3 added, 0 updated, 0 unchanged, 0 removed,")
    quiet = place.run("--db", "db", "--quiet", "pages")
    assert (quiet.out, quiet.err) == ("", "")
