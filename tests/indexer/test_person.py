# SPDX-License-Identifier: GPL-2.0-or-later
"""The indexer as an ordinary person runs it: on a terminal, and where not all may be read."""
import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import time

import pytest

from conftest import Result, Workplace, agreement, page

PATIENCE = 60
SOMEBODY = 1_000_000 + os.getpid()  # a user that nobody is
AS_SOMEBODY = ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]


def on_terminal(place, *arguments):
    """The program with a terminal as its stderr; the exit code and what it wrote there."""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:  # as in a bare chroot
        pytest.skip(f"this machine gives no pseudo-terminal: {error}")
    with subprocess.Popen(place.command(*arguments), cwd=place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=theirs) as process:
        os.close(theirs)
        said, deadline = b"", time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if select.select([ours], [], [], 1)[0]:
                    said += os.read(ours, 65536)
            except OSError:  # the terminal's other side has ended
                break
        os.close(ours)
        return process.wait(PATIENCE), said.decode()


def test_a_terminal_is_shown_how_far_it_is(place):
    for number in range(30):
        place.write(f"{number}.txt", page(f"Trust {number}", agreement(f"NIC-{number}-A")))
    place.write("bad\x1b[2J.txt", b"Dear Sir,\n")
    code, said = on_terminal(place, "--db", place.db, "pages")
    assert code == 1
    bars = [piece for piece in said.split("\r\x1b[K") if piece.startswith("[")]
    assert bars and all("% " in bar and " of " in bar for bar in bars)
    problem = said.index("pages/bad?[2J.txt")  # a file's name does not steer the terminal
    assert said[:problem].endswith(("\n", "\r\x1b[K")) or problem == 0, "a problem has a line of its own"
    assert not said.rstrip("\r\n").split("\n")[-1].startswith("["), "no bar is left behind"


def test_a_terminal_is_told_nothing_when_asked_so(place):
    place.write("a.txt", page("Alpha Trust", agreement("NIC-1-A")))
    assert on_terminal(place, "--db", place.db, "--quiet", "pages") == (0, "")


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="takes root to be somebody else")
class TestNotAllMayBeRead:
    @pytest.fixture
    def place(self):
        """Where others may look: pytest keeps its own folders to one user."""
        with tempfile.TemporaryDirectory(prefix="purposed-") as folder:
            workplace = Workplace(pathlib.Path(folder))
            os.chmod(folder, 0o755)
            yield workplace

    @pytest.fixture
    def made(self, place):
        place.write("open/a.txt", page("Alpha Trust", agreement("NIC-1-A")))
        place.write("shut/b.txt", page("Beta Trust", agreement("NIC-2-B")))
        place.write("c.txt", page("Gamma Trust", agreement("NIC-3-C")))
        place.db.mkdir()
        os.chown(place.db, SOMEBODY, SOMEBODY)
        assert self.index(place).report["records"] == 3
        (place.pages / "shut").chmod(0)
        (place.pages / "c.txt").chmod(0)
        return place

    @staticmethod
    def index(place, *arguments):
        command = AS_SOMEBODY + place.command("--db", place.db, "--json", *arguments, "pages")
        done = subprocess.run(command, capture_output=True, text=True, cwd=place.folder, timeout=1500)
        if "setpriv" in done.stderr:
            pytest.skip(f"cannot be somebody else here: {done.stderr}")
        return Result(done)

    def test_it_is_said_and_what_was_read_before_stays(self, made):
        for more in ([], ["--prune"]):
            result = self.index(made, *more)
            assert result.code == 1
            for name in ("pages/shut", "pages/c.txt"):
                assert f"{name}: cannot be read: Permission denied" in result.err
            assert (result.report["records"], result.report["removed"]) == (3, 0), more

    def test_what_is_gone_beside_it_is_pruned(self, made):
        (made.pages / "open" / "a.txt").unlink()
        result = self.index(made, "--prune")
        assert (result.code, result.report["records"], result.report["removed"]) == (1, 2, 1)

    def test_an_index_that_may_not_be_written(self, made):
        os.chown(made.db, 0, 0)
        for path in made.db.rglob("*"):
            os.chown(path, 0, 0)
        made.db.chmod(0o755)
        before = made.snapshot()
        result = self.index(made)
        assert result.code == 2 and "Permission denied" in result.err and result.out == ""
        assert made.snapshot() == before
