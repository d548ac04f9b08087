# SPDX-License-Identifier: GPL-2.0-or-later
"""What cannot be read is told with its place; the rest is taken; the index that was there stays."""
import os
import pathlib
import shutil
import tempfile

import pytest

from conftest import Workplace, agreement, page

GOOD = page("Alpha Trust", agreement("NIC-1-A"))

FILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 64,
    "not a page": b"Dear Sir,\n\nplease find enclosed.\n",
    "heading only": b"NHS Digital Data Release Register - reformatted\n\nAlpha Trust projects\n",
    "zip that is none": b"PK\x03\x04" + b"\0" * 200,
    "json that is none": b'{"id": \n',
}


@pytest.mark.parametrize("what", FILES)
def test_bad_file_beside_a_good_one(place, what):
    place.write("good.txt", GOOD)
    place.write("bad.txt", FILES[what])
    result = place.index()
    assert result.code == 1
    assert result.err.startswith("pages/bad.txt")
    assert (result.report["records"], result.report["added"]) == (1, 1)
    assert result.report["rejected"] >= 1


@pytest.mark.parametrize("what", FILES)
def test_bad_file_alone_leaves_the_index_untouched(place, what):
    place.write("good.txt", GOOD)
    place.index("pages/good.txt")
    before = place.snapshot()
    bad = place.write("bad.txt", FILES[what])
    result = place.index(bad)
    assert result.code == 2
    assert str(bad) in result.err
    assert place.snapshot() == before


def test_file_gone_bad_keeps_what_it_said(place):
    place.write("a.txt", GOOD)
    place.write("b.txt", page("Beta", agreement("NIC-2-B")))
    place.index()
    place.write("a.txt", b"\0\1\2 spoilt")
    result = place.index("--prune", "pages")
    assert (result.code, result.report["records"]) == (1, 2)
    again = place.index("pages")
    assert (again.code, again.report["rejected"]) == (1, 1), "it is told again as long as it is so"


def test_missing_source(place):
    place.write("good.txt", GOOD)
    result = place.index("pages", "nowhere.txt")
    assert (result.code, result.report["records"], result.report["rejected"]) == (1, 1, 1)
    assert "nowhere.txt: is not there" in result.err
    assert place.index("nowhere.txt").code == 2
    assert place.parse("nowhere.txt").code == 2


@pytest.fixture
def ordinary():
    """A workplace whose program does not run as root, who reads everything."""
    folder = pathlib.Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    place = Workplace(folder)
    place.pages.chmod(0o777)
    if os.geteuid() == 0:
        program = shutil.copy(place.command()[0], folder)
        command = place.command
        place.command = lambda *a: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, *command(*a)[1:]]
    yield place
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="no way to be anyone else")
def test_unreadable_file_and_folder(ordinary):
    place = ordinary
    place.write("good.txt", GOOD)
    place.write("secret.txt", GOOD).chmod(0)
    place.write("closed/a.txt", page("Beta", agreement("NIC-2-B")))
    place.index()
    (place.pages / "closed").chmod(0)
    result = place.index("--prune", "pages")
    (place.pages / "closed").chmod(0o755)
    assert (result.code, result.report["records"]) == (1, 2), "what cannot be looked into is not taken for gone"
    assert "pages/secret.txt: cannot be read" in result.err and "pages/closed: cannot be read" in result.err


def test_index_folder_that_cannot_be_written(ordinary):
    ordinary.write("good.txt", GOOD)
    ordinary.db.mkdir()
    ordinary.db.chmod(0o555)
    result = ordinary.index()
    assert result.code == 2 and "db" in result.err and "Permission denied" in result.err


def test_folder_that_loops(place):
    place.write("deep/good.txt", GOOD)
    (place.pages / "deep" / "up").symlink_to("..")
    result = place.index()
    assert result.report["records"] == 1
    assert "pages/deep/up: leads back to a folder above it" in result.err


def test_dangling_link_and_pipe(place):
    place.write("good.txt", GOOD)
    (place.pages / "gone.txt").symlink_to("nowhere")
    os.mkfifo(place.pages / "pipe")
    result = place.index()
    assert (result.code, result.report["records"], result.report["rejected"]) == (1, 1, 2)


def test_name_that_would_steer_a_terminal(place):
    place.write("bad\x1b[31m\n.txt", b"\0")
    result = place.index()
    assert "\x1b" not in result.err and result.err.count("\n") == 1


def test_json_lines_with_a_bad_line_in_the_middle(place):
    place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A"), agreement("NIC-2-B")))
    first, second = place.parse().out.splitlines()
    place.write("r.jsonl", first + '\n{"id": 5, \n' + second + "\n")
    result = place.index("pages/r.jsonl")
    assert (result.code, result.report["records"], result.report["rejected"]) == (1, 2, 1)
    assert result.err.startswith("pages/r.jsonl:2: ")


USAGE = [
    [],
    ["pages"],
    ["--db", "db"],
    ["--db", "", "pages"],
    ["--db", "db", "--edition", "2021-13", "pages"],
    ["--db", "db", "--edition", "February", "pages"],
    ["--db", "db", "--jobs", "0", "pages"],
    ["--db", "db", "--jobs", "many", "pages"],
    ["--db", "db", "--format", "pdf", "pages"],
    ["--db", "db", "--nonsense", "pages"],
    ["--parse"],
    ["--parse", "--db", "db", "pages"],
    ["--check"],
    ["--db", "db", "--check", "pages"],
    ["--db", "db", "--check", "--prune"],
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_wrong_usage(place, arguments):
    place.write("good.txt", GOOD)
    result = place.run(*arguments)
    assert result.code == 2
    assert "purpose-index" in result.err and result.out == ""
    assert not place.db.exists()


def test_help_and_version(place):
    assert place.run("--help").code == 0
    for option in ("--db", "--edition", "--format", "--jobs", "--prune", "--json", "--quiet", "--parse", "--check"):
        assert option in place.run("--help").out
    assert place.run("--version").out.startswith("purpose-index ")


def test_index_folder_that_is_a_file(place):
    place.write("good.txt", GOOD)
    place.db.write_text("not a folder")
    result = place.index()
    assert result.code == 2 and "db" in result.err


def test_what_is_taken_all_the_same_is_noted_and_not_rejected(place):
    text = page("Alpha Trust", agreement("NIC-1-A", objectives="One."), agreement("NIC-1-A", objectives="Caf\xe9."))
    place.write("twice.txt", text.encode("latin-1", "replace").replace(b" ? ", " \u2014 ".encode()))
    result = place.index()
    assert (result.code, result.report["records"], result.report["rejected"]) == (0, 2, 0)
    lines = result.err.splitlines()
    assert len(lines) == 2 and all(line.split(": ")[1] == "note" for line in lines), result.err
    assert place.parse().code == 0


def test_page_that_may_be_cut_short_takes_nothing_away(place):
    text = page("Alpha Trust", agreement("NIC-1-A", objectives="One."), agreement("NIC-2-B", objectives="Two."))
    place.write("a.txt", text)
    place.index()
    place.write("a.txt", text[: text.index("One.") + 4])
    result = place.index("--prune", "pages")
    assert (result.code, result.report["rejected"], result.report["records"]) == (0, 0, 2)
    assert ": note: the file ends inside Objectives of NIC-1-A" in result.err


LISTS_MAX = 10000  # values of a list of a record


def test_more_values_than_a_list_may_hold(place):
    many = page("Alpha Trust", agreement("NIC-1-A", datasets=[f"Example {n}" for n in range(LISTS_MAX + 1)]))
    controllers = page("Gamma Trust", agreement("NIC-3-C").replace("EXAMPLE CHARITY", ";".join(f"W{n} CCG" for n in range(LISTS_MAX + 1))))
    place.write("a.txt", many)
    place.write("c.txt", controllers)
    result = place.index()
    assert (result.code, result.err, result.report["records"]) == (0, "", 2)
    stored = place.stored()
    assert len(stored["NIC-1-A"]["datasets"]) == LISTS_MAX
    assert stored["NIC-1-A"]["parse_notes"] == [f"Data sets: more than {LISTS_MAX}; the rest is left out"]
    assert len(stored["NIC-3-C"]["controllers"]) == 2001 and stored["NIC-3-C"]["controllers"][-1].startswith("W2000 CCG;W2001 CCG;")
    (place.folder / "again.jsonl").write_text(place.parse().out)
    again = place.index("again.jsonl", db=place.folder / "second")
    assert (again.code, again.report["records"]) == (0, 2), again.err


def test_longer_values_than_there_may_be(place):
    long = "caf\u00e9 " * 12000
    place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A", datasets=["Example", long])))
    place.write("b.csv", "NIC Number,Dataset,Type of Data,Sensitive or Non-Sensitive,Legal Basis for Provision of Data,Frequency\n"
                         f"NIC-2-B,{long},Identifiable,Sensitive,s261(1),One-Off\nNIC-3-C,Example,Identifiable,Sensitive,s261(1),One-Off\n")
    place.write("c.jsonl", '{"id": "NIC-4-D", "datasets": ["%s"]}\n{"id": "NIC-5-E", "organisation": "%s"}\n' % (long, long))
    result = place.index()
    assert (result.code, result.report["rejected"]) == (1, 3)
    assert [line.split(": ")[0] for line in result.err.splitlines()] == ["pages/b.csv:2", "pages/c.jsonl:1", "pages/c.jsonl:2"]
    stored = place.stored()
    assert sorted(stored) == ["NIC-1-A", "NIC-3-C"]
    assert stored["NIC-1-A"]["parse_notes"] == ["Data set: cut off behind 65536 bytes"]
    assert len(stored["NIC-1-A"]["datasets"][1].encode()) in range(65530, 65537)


def test_json_that_is_no_json_lines(place):
    bad = place.write("list.json", '[{"id": "NIC-1-A"}]\n')
    result = place.index(bad)
    assert result.code == 2 and "one record a line" in result.err


def test_id_that_would_be_an_older_text_of_another(place):
    place.write("a.jsonl", "".join('{"id": "%s", "edition": "%s", "objectives": "%s"}\n' % line for line in [
        ("NIC-1-A", "2021-02", "Old."), ("NIC-1-A", "2021-03", "New."), ("NIC-1-A@2021-02", "2021-03", "Other."), ("A@B", "2021-03", "Good.")]))
    place.write("b.csv", "NIC Number,Dataset,Type of Data,Sensitive or Non-Sensitive,Legal Basis for Provision of Data,Frequency\n"
                         "NIC-1-A@2021-02,Example,Identifiable,Sensitive,s261(1),One-Off\nA@B,Example,Identifiable,Sensitive,s261(1),One-Off\n")
    result = place.index()
    assert (result.code, result.report["rejected"]) == (1, 2)
    assert [line.split(": ")[0] for line in result.err.splitlines()] == ["pages/a.jsonl:3", "pages/b.csv:2"]
    assert sorted(place.stored()) == ["A@B", "NIC-1-A", "NIC-1-A@2021-02"]
