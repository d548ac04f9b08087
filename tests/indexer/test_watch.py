# SPDX-License-Identifier: GPL-2.0-or-later
"""--watch: what happens to the sources reaches the index, until the program is told to stop."""
import json
import os
import shutil
import signal
import subprocess
import threading
import time

import pytest

from conftest import agreement, page

PATIENCE = 120  # seconds; only a failing test waits for so long
RARELY = 86400


def wait_for(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what() if callable(what) else what
        time.sleep(0.02)


class Watch:
    """A purpose-index that watches."""

    def __init__(self, place, *arguments, rescan=RARELY):
        self.place = place
        command = place.command("--db", place.db, "--json", "--watch", "--rescan", rescan, *(arguments or ["pages"]))
        self.process = subprocess.Popen(command, cwd=place.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.out, self.err = [], []
        self.readers = [threading.Thread(target=self.gather, args=pair, daemon=True)
                        for pair in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for reader in self.readers:
            reader.start()
        wait_for(self.said, lambda: (self.out and any("watch: following" in line for line in self.err)) or
                 self.process.poll() is not None)

    @staticmethod
    def gather(stream, lines):
        for line in stream:
            lines.append(line.rstrip("\n"))

    def said(self):
        return "\n".join(["it said:", *self.out, *self.err])

    @property
    def changes(self):
        return [line for line in self.err if line.startswith("watch: ") and "following" not in line]

    @property
    def reports(self):
        return [json.loads(line) for line in self.out]

    def wait_for(self, line):
        wait_for(lambda: f"no line {line!r}; {self.said()}", lambda: any(line in told for told in self.err))

    def wait_for_reports(self, condition):
        wait_for(self.said, lambda: condition(self.reports))

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        return code


@pytest.fixture
def watch(place):
    started = []

    def start(*arguments, **options):
        started.append(Watch(place, *arguments, **options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def text_of(*references, objectives="To plan services.", organisation="Alpha Trust"):
    return page(organisation, *(agreement(reference, objectives=objectives) for reference in references))


def replace(path, text):
    """As careful programs do: a file of another name, renamed over."""
    new = path.with_name("." + path.name + ".new")
    new.write_text(text)
    os.replace(new, path)


def test_a_day_in_the_life(place, watch):
    a = place.write("a.txt", text_of("NIC-1-A"))
    following = watch()
    assert following.reports[0]["added"] == 1

    place.write("b.txt", text_of("NIC-2-B"))
    following.wait_for("watch: pages/b.txt added: 1 added")
    assert sorted(place.stored()) == ["NIC-1-A", "NIC-2-B"]

    with a.open("w") as file:
        file.write(text_of("NIC-1-A", objectives="Changed in place."))
    following.wait_for("watch: pages/a.txt changed: 1 updated")
    assert place.part("NIC-1-A", 2) == "Changed in place."

    replace(place.pages / "b.txt", text_of("NIC-2-B", objectives="Renamed over."))
    following.wait_for("watch: pages/b.txt changed: 1 updated")
    assert place.part("NIC-2-B", 2) == "Renamed over."

    place.write("deep/er/c.txt", text_of("NIC-3-C"))
    following.wait_for("watch: pages/deep/er/c.txt added: 1 added")
    place.write("deep/er/c.txt", text_of("NIC-3-C", "NIC-4-D"))
    following.wait_for("watch: pages/deep/er/c.txt changed: 1 added")

    a.unlink()
    following.wait_for("watch: pages/a.txt deleted: 1 removed")
    shutil.rmtree(place.pages / "deep")
    following.wait_for("watch: pages/deep/er/c.txt deleted: 2 removed")
    assert sorted(place.stored()) == ["NIC-2-B"]

    assert following.stop() == 0
    assert len(following.changes) == 7, following.said()
    assert [report["records"] for report in following.reports] == [1, 2, 2, 2, 3, 4, 3, 1]
    assert place.run("--db", "db", "--check").code == 0


def test_folder_moved_in_and_out(place, watch):
    place.write("a.txt", text_of("NIC-1-A"))
    outside = place.folder / "outside"
    outside.mkdir()
    (outside / "b.txt").write_text(text_of("NIC-2-B"))
    following = watch()
    outside.rename(place.pages / "inside")
    following.wait_for("watch: pages/inside/b.txt added: 1 added")
    (place.pages / "inside" / "b.txt").write_text(text_of("NIC-2-B", objectives="Other."))
    following.wait_for("watch: pages/inside/b.txt changed: 1 updated")
    (place.pages / "inside").rename(outside)
    following.wait_for("watch: pages/inside/b.txt deleted: 1 removed")
    assert following.stop() == 0


def test_a_burst_is_gathered(place, watch):
    following = watch()
    pauses, last = 0, time.monotonic()
    for number in range(60):
        place.write(f"{number}.txt", text_of(f"NIC-{number}-A", organisation=f"Trust {number}"))
        time.sleep(0.05)  # long enough for a run of its own, were it not waited for more
        pauses += time.monotonic() - last > 0.25  # of a busy machine: there it may well think that this was all
        last = time.monotonic()
    following.wait_for_reports(lambda reports: sum(report["added"] for report in reports) == 60)
    assert following.stop() == 0
    assert len(following.reports) < 20 + pauses, "far fewer runs than files"
    assert len(following.changes) == len(following.reports) - 1


def test_file_as_a_source(place, watch):
    a = place.write("a.txt", text_of("NIC-1-A"))
    following = watch("pages/a.txt")
    place.write("b.txt", text_of("NIC-2-B"))
    replace(a, text_of("NIC-1-A", objectives="Second."))
    following.wait_for("watch: pages/a.txt changed: 1 updated")
    a.unlink()
    following.wait_for("watch: pages/a.txt deleted: 1 removed")
    place.write("a.txt", text_of("NIC-1-A", objectives="Third."))
    following.wait_for("watch: pages/a.txt added: 1 added")
    assert following.stop() == 0
    assert sorted(place.stored()) == ["NIC-1-A"], "what lies beside it is no source"


def test_source_that_comes_later(place, watch):
    place.write("a.txt", text_of("NIC-1-A"))
    following = watch("pages", "later/folder")
    assert any("later/folder: is not there" in line for line in following.err)
    (place.folder / "later" / "folder").mkdir(parents=True)
    (place.folder / "later" / "folder" / "b.txt").write_text(text_of("NIC-2-B"))
    following.wait_for("watch: later/folder/b.txt added: 1 added")
    assert following.stop() == 0


def test_link_switched_over(place, watch):
    for number, name in enumerate(("old", "new")):
        (place.folder / name).mkdir()
        (place.folder / name / "a.txt").write_text(text_of("NIC-1-A", objectives=name.title() + "."))
    current = place.folder / "current"
    current.symlink_to("old")
    following = watch("current")
    (place.folder / "next").symlink_to("new")
    (place.folder / "next").rename(current)
    following.wait_for_reports(lambda reports: len(reports) > 1)
    assert following.stop() == 0
    assert place.part("NIC-1-A", 2) == "New."


def test_target_of_a_link_elsewhere(place, watch):
    elsewhere = place.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_text(text_of("NIC-1-A"))
    (place.pages / "a.txt").symlink_to(elsewhere / "a.txt")
    following = watch()
    (elsewhere / "a.txt").write_text(text_of("NIC-1-A", objectives="Other."))
    following.wait_for("watch: pages/a.txt changed: 1 updated")
    assert following.stop() == 0


def test_change_that_is_not_told_is_found_by_looking(place, watch):
    a = place.write("a.txt", text_of("NIC-1-A"))
    other = place.folder / "other.txt"
    os.link(a, other)
    following = watch(rescan=1)
    with other.open("w") as file:  # inotify tells this of the other folder only
        file.write(text_of("NIC-1-A", objectives="By another name."))
    following.wait_for("watch: pages/a.txt changed: 1 updated")
    assert following.stop() == 0


def test_bad_file_is_told_once_and_the_rest_goes_on(place, watch):
    place.write("a.txt", text_of("NIC-1-A"))
    following = watch(rescan=1)
    bad = place.pages / "bad.txt"
    replace(bad, "\0\1\2 no page")  # whole at once: it is looked at every second, and an empty file is told otherwise
    following.wait_for("pages/bad.txt: ")
    place.write("b.txt", text_of("NIC-2-B"))
    following.wait_for("watch: pages/b.txt added: 1 added, 1 rejected")
    place.write("a.txt", b"\0\1\2 spoilt")
    following.wait_for("pages/a.txt: ")
    place.write("c.txt", text_of("NIC-3-C"))
    following.wait_for("watch: pages/c.txt added: 1 added, 2 rejected")
    assert sorted(place.stored()) == ["NIC-1-A", "NIC-2-B", "NIC-3-C"]
    replace(bad, text_of("NIC-4-D"))
    following.wait_for("watch: pages/bad.txt added: 1 added, 1 rejected")
    assert following.stop() == 0
    assert sum(line.startswith("pages/bad.txt: ") for line in following.err) == 1, following.said()


def test_hidden_files_and_touched_files_are_no_change(place, watch):
    a = place.write("a.txt", text_of("NIC-1-A"))
    following = watch()
    a.touch()
    place.write(".a.txt.swp", b"\0")
    place.write("a.txt~", text_of("NIC-9-Z"))
    place.write("b.txt", text_of("NIC-2-B"))
    following.wait_for("watch: pages/b.txt added")
    assert following.stop() == 0
    assert following.changes == ["watch: pages/b.txt added: 1 added"]
    assert not any(report["rejected"] for report in following.reports)


def test_index_inside_its_own_source(place, watch):
    place.db = place.pages / "index"
    place.write("a.txt", text_of("NIC-1-A"))
    following = watch()
    place.write("b.txt", text_of("NIC-2-B"))
    following.wait_for("watch: pages/b.txt added: 1 added")
    place.write("c.txt", text_of("NIC-3-C"))
    following.wait_for("watch: pages/c.txt added: 1 added")
    assert following.stop() == 0
    assert len(following.changes) == 2, "its own writing is no change"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop(place, watch, number):
    place.write("a.txt", text_of("NIC-1-A"))
    following = watch()
    assert following.stop(number) == 0
    assert place.run("--db", "db", "--check").code == 0


def test_told_to_stop_in_the_first_run(place):
    for number in range(40):
        place.write(f"{number}.txt", text_of(*(f"NIC-{number}-{letter}" for letter in "ABCDEFGH")))
    command = place.command("--db", place.db, "--json", "--watch", "pages")
    process = subprocess.Popen(command, cwd=place.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for("no index folder", lambda: (place.db / "history.sqlite").exists() or process.poll() is not None)
    process.terminate()
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, json.loads(out)["records"]) == (0, 320), err


def test_another_writer_is_told_who_holds_the_index(place, watch):
    place.write("a.txt", text_of("NIC-1-A"))
    following = watch()
    other = place.index()
    assert other.code == 2 and f"process {following.process.pid}" in other.err
    assert following.stop() == 0
    assert place.index().code == 0


def record_count(place):
    try:
        return len(place.stored())
    except AssertionError:  # it is being written
        return 0


def test_quiet_says_nothing_of_changes(place):
    place.write("a.txt", text_of("NIC-1-A"))
    command = place.command("--db", place.db, "--quiet", "--watch", "pages")
    process = subprocess.Popen(command, cwd=place.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        wait_for("no index", lambda: (place.db / "CURRENT").exists() and record_count(place) == 1)
        place.write("b.txt", text_of("NIC-2-B"))
        wait_for("b.txt was not seen", lambda: record_count(place) == 2)
    finally:
        process.terminate()
    assert process.communicate(timeout=PATIENCE) == ("", "") and process.returncode == 0


@pytest.mark.parametrize("arguments", [
    ["--parse", "--watch", "pages"], ["--db", "db", "--check", "--watch"], ["--db", "db", "--rescan", "5", "pages"],
    ["--db", "db", "--watch", "--rescan", "0", "pages"], ["--db", "db", "--watch", "--rescan", "soon", "pages"],
    ["--db", "db", "--watch"],
])
def test_wrong_usage(place, arguments):
    result = place.run(*arguments)
    assert result.code == 2 and "usage:" in result.err and not place.db.exists()


def test_acronyms_of_ones_own_are_followed(place, watch):
    place.write("a.txt", text_of("NIC-11111-A1A1A"))
    mine = place.folder / "mine.tsv"
    mine.write_text("RWA\tRegional Widget Audit\n")
    one = watch("--vocabulary", "mine.tsv", "pages")
    assert "\tvocabulary RWA\tRegional Widget Audit" in place.dump()
    replace(mine, "LED\tLinked Example Data\n")
    one.wait_for("watch: mine.tsv changed")
    assert [line for line in place.dump() if line.startswith("\tvocabulary")] == ["\tvocabulary LED\tLinked Example Data"]
    assert one.stop() == 0
