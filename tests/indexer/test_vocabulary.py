# SPDX-License-Identifier: GPL-2.0-or-later
"""Acronyms: those that the register's texts explain, counted by records and in step with them; and a user's own."""
import sqlite3

from conftest import agreement, page

WIDGET = "Regional Widget Audit (RWA)"


def pairs(place, db=None):
    """{(short key, long key): (count, {spelling: count})}"""
    found = {}
    for line in place.dump(db):
        name, _, row = line.lstrip("\t").partition(" ")
        if name != "pairs" or not line.startswith("\t"):
            continue
        count, *forms = row.split("\t")
        entry = found.setdefault(tuple(forms[:2]), [0, {}])
        if len(forms) == 2:
            entry[0] = int(count)
        else:
            entry[1][" = ".join(forms[2:])] = int(count)
    return {key: tuple(value) for key, value in found.items()}


def own(place, db=None):
    return [line.removeprefix("\tvocabulary ") for line in place.dump(db) if line.startswith("\tvocabulary ")]


def pages(place, *texts):
    place.write("a.txt", page("Alpha Trust", *(agreement(f"NIC-{n}-A1A1A", f"Study {n}", text)
                                               for n, text in enumerate(texts, 11111))))


def test_a_pair_counts_once_a_record_in_each_spelling(place):
    pages(place, f"Uses the {WIDGET}, and the regional widget audits (RWAs).", f"Uses the {WIDGET}.", "Uses an RWA (not the first).",
          "Uses the RWA (Regional Widget Audit).")
    place.index()
    assert pairs(place) == {("rwa", "region widget audit"): (3, {"RWA = Regional Widget Audit": 3, "RWA = regional widget audits": 1})}


def test_what_goes_is_taken_off_as_a_new_index_has_it(place):
    extra = [f"The Example Number {n} Set (ENS) is linked." for n in range(20)]
    steps = [
        [WIDGET, "none", *extra],
        [WIDGET, WIDGET, *extra],
        ["Regional Widget Audits (RWAs)", f"{WIDGET} and Linked Example Data (LED)", *extra],
        ["none", "Linked Example Data (LED)", *extra],
        ["none", "none", *extra[:-2]],
    ]
    counts = []
    for n, texts in enumerate(steps):
        pages(place, *texts)
        assert place.index("--prune", "pages").code == 0
        place.index(db=place.folder / f"fresh-{n}")
        assert pairs(place) == pairs(place, place.folder / f"fresh-{n}")
        counts.append([pairs(place).get(key, (0,))[0] for key in (("rwa", "region widget audit"), ("led", "link exampl data"))])
    assert len(list(place.db.glob("gen-*"))) == 1 and (place.db / "CURRENT").read_text().strip() == "gen-000001", "changed in place"
    assert counts == [[1, 0], [2, 0], [2, 1], [0, 1], [0, 0]]


def test_older_texts_count_no_more(place):
    place.write("old.txt", page("Alpha Trust", agreement("NIC-11111-A1A1A", "Study", WIDGET)))
    place.write("new.txt", page("Alpha Trust", agreement("NIC-11111-A1A1A", "Study", "The Linked Example Data (LED).")))
    place.index("--edition", "2020-01", "pages/old.txt")
    assert list(pairs(place)) == [("rwa", "region widget audit")]
    place.index("--edition", "2021-01", "pages/new.txt")
    assert list(pairs(place)) == [("led", "link exampl data")]
    assert sum("\tslot 4 " in line for line in place.dump()) == 1, "the older text is kept"
    place.index("--edition", "2021-01", "pages/new.txt", db=place.folder / "fresh")
    place.index("--edition", "2020-01", "pages/old.txt", db=place.folder / "fresh")
    assert pairs(place, place.folder / "fresh") == pairs(place)


def test_threads_make_no_difference(place):
    texts = [f"The Example Number {n % 7} Set (ENS), {WIDGET if n % 3 else 'RWAs'}." for n in range(300)]
    pages(place, *texts)
    place.index("--jobs", "1", "pages")
    place.index("--jobs", "4", "pages", db=place.folder / "four")
    assert pairs(place) == pairs(place, place.folder / "four")
    assert pairs(place)[("rwa", "region widget audit")][0] == 200


def test_a_file_of_ones_own_is_kept_until_another_is_named(place):
    pages(place, "To plan.")
    mine = place.folder / "mine.tsv"
    mine.write_bytes(b"\xef\xbb\xbf# ours\r\n\r\n RWA \tRegional  Widget Audit\r\nLED\tLinked Example Data")
    assert place.index("--vocabulary", "mine.tsv", "pages").code == 0
    assert own(place) == ["LED\tLinked Example Data", "RWA\tRegional  Widget Audit"]
    before = place.snapshot()
    assert place.index("--vocabulary", "mine.tsv", "pages").code == 0
    assert place.snapshot() == before, "a file that says the same changes nothing"
    place.index()
    assert len(own(place)) == 2, "without the option it stays"
    (place.db / "CURRENT").unlink()
    place.index()
    assert len(own(place)) == 2, "a rebuild keeps it"
    mine.write_text("LED\tLight emitting device\n")
    result = place.index("--vocabulary", "mine.tsv")
    assert (result.code, result.report["records"]) == (0, 1), "no SOURCE is needed"
    assert own(place) == ["LED\tLight emitting device"]
    mine.write_text("# nothing any more\n")
    assert place.index("--vocabulary", "mine.tsv").code == 0
    assert own(place) == []


def test_bad_lines_are_told_and_the_rest_is_taken(place):
    pages(place, "To plan.")
    lines = ["RWA\tRegional Widget Audit", "RWA Regional Widget Audit", "\tRegional Widget Audit", "RWA\t", "a\tb\tc",
             "+\tplus", f"RWA\t{'x' * 201}", "x" * 2000, "LED\tLinked Example Data"]
    (place.folder / "mine.tsv").write_bytes("\n".join(lines).encode() + b"\nBAD\t\xff\xfe\nNUL\ta\x00b\nBEL\ta\x07b\n")
    result = place.index("--vocabulary", "mine.tsv", "pages")
    told = result.err.splitlines()
    assert (result.code, result.report["rejected"], len(told)) == (1, 10, 10)
    assert told[0] == 'mine.tsv:2: expected a short form, a tab and its long form, found "RWA Regional Widget Audit"'
    assert told[1] == "mine.tsv:3: the short form is missing; expected a short form, a tab and its long form"
    assert [line.split(":")[1] for line in told] == ["2", "3", "4", "5", "6", "7", "8", "10", "11", "12"]
    assert own(place) == ["LED\tLinked Example Data", "RWA\tRegional Widget Audit"]


def test_a_file_that_cannot_be_read_leaves_what_is_known(place):
    pages(place, "To plan.")
    (place.folder / "mine.tsv").write_text("RWA\tRegional Widget Audit\n")
    place.index("--vocabulary", "mine.tsv", "pages")
    for name in ("nowhere.tsv", "pages"):
        result = place.index("--vocabulary", name, "pages")
        assert result.code == 1 and result.err.startswith(f"{name}: ")
    assert place.index("--vocabulary", "nowhere.tsv").code == 2
    assert own(place) == ["RWA\tRegional Widget Audit"]
    assert place.run("--parse", "--vocabulary", "mine.tsv", "pages").code == 2
    assert place.run("--db", place.db, "--check", "--vocabulary", "mine.tsv").code == 2


def test_too_many_lines_are_told_once(place):
    pages(place, "To plan.")
    (place.folder / "mine.tsv").write_text("".join(f"A{n}\tAcronym {n}\n" for n in range(10002)))
    result = place.index("--vocabulary", "mine.tsv", "pages")
    assert result.err == "mine.tsv:10001: more than 10000 pairs: this and what follows is left out\n"
    assert len(own(place)) == 10000


def test_a_history_of_the_first_format_goes_on(place):
    pages(place, WIDGET)
    place.index()
    ledger = sqlite3.connect(place.db / "history.sqlite")
    ledger.executescript("DROP TABLE value; DROP TABLE wording; DROP TABLE member; PRAGMA user_version = 1;")
    ledger.close()
    check = place.run("--db", place.db, "--check")
    assert check.code == 2 and "purpose-index on any source brings it up" in check.err
    (place.folder / "mine.tsv").write_text("LED\tLinked Example Data\n")
    assert place.index("--vocabulary", "mine.tsv", "pages").code == 0
    assert own(place) == ["LED\tLinked Example Data"] and len(pairs(place)) == 1
