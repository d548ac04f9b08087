# SPDX-License-Identifier: GPL-2.0-or-later
"""An index that is damaged: each of its files in turn emptied, cut short, gone, or with bytes that are others.

The daemon says so instead of answering, or its answers are right; --check tells what to do, and that works; a run mends
it or says so. Never does a program end by a signal, and never is anything lost that was not damaged itself."""
import random
import shutil
import subprocess

import pytest

from asking import ask_all
from faulting import ALL, EDITION, SANITIZED, SEED, TEN, TWO_CHANGED, Scenario, State, folder_for
from support import BIN, Daemon

FLIPS = 40 if ALL else 1 if SANITIZED else 4
TABLES = ["postlist.glass", "docdata.glass", "termlist.glass", "position.glass", "spelling.glass", "iamglass"]
FILES = ["CURRENT", "history.sqlite", "gen/text", "gen/text.dict", *(f"gen/postings/{name}" for name in TABLES)]


class Place(Scenario):
    """An index of ten records to be damaged, and what is right for it."""

    def __init__(self, folder):
        super().__init__(folder, TEN, TWO_CHANGED)
        self.undisturbed()
        self.back()
        self.ids = [line.split("\t")[0] for line in self.old.index if "\ttext 1 " in line]
        with Daemon(self.db, "--workers", "1") as daemon:
            self.right = ask_all(daemon.connection, self.ids)
        assert not any(isinstance(answer, str) for answer in self.right)

    def path(self, name):
        if not name.startswith("gen/"):
            return self.db / name
        return next(self.db.glob("gen-*")) / name[4:]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with folder_for(tmp_path_factory.mktemp("damage")) as folder:
        yield Place(type(tmp_path_factory.getbasetemp())(folder))


def flips(size):
    chance = random.Random(SEED + size)
    return [("flip", chance.randrange(size), 1 << chance.randrange(8)) for _ in range(FLIPS)] if size else []


def damage(path, kind, at=0, bits=0):
    data = bytearray(path.read_bytes())
    if kind == "gone":
        path.unlink()
    elif kind == "flip":
        data[at] ^= bits
        path.write_bytes(data)
    else:
        path.write_bytes(data[:{"emptied": 0, "halved": len(data) // 2, "cut": len(data) - 1}[kind]])


def answers(place):
    """What the daemon says of the damaged index; None where it refuses it."""
    with Daemon(place.db, "--workers", "1") as daemon:
        found = ask_all(daemon.connection, place.ids)
        # It goes on living, whatever it met.
        assert "limits" in daemon.call("status")
    return found


def check_answers(place, found, moment):
    """Right, or an error that says what is wrong and what to do; the number of errors."""
    wrong = 0
    for right, answer in zip(place.right, found):
        if isinstance(answer, str):
            assert "purpose-index" in answer or "index in" in answer, f"{moment}: {answer}"
            wrong += 1
        else:
            assert answer == right, f"{moment}: a wrong answer"
    return wrong


def advice_works(place, check, moment):
    """Does as --check says, then a run."""
    if "history.sqlite is damaged" in check.stdout or check.returncode == 2 and "history" in check.stderr:
        shutil.rmtree(place.db)  # "index all sources into a new folder"
    elif "remove the file CURRENT" in check.stdout:
        (place.db / "CURRENT").unlink()
    again = place.run()
    assert again.returncode == 0, f"{moment}: {again.stderr}"
    state = State(place.db)
    assert state.index == place.new.index, f"{moment}: what --check advised does not mend it"
    check = place.check()
    assert check.returncode == 0, f"{moment}: {check.stdout}{check.stderr}"


def check_run(place, moment):
    """A run that changes records: it mends what is damaged, or says that it is."""
    done = place.run()
    assert done.returncode in (0, 2), f"{moment}: {done.returncode} {done.stderr}"
    if done.returncode == 2:
        assert done.stderr.count("\n") == 1 and ("--check" in done.stderr or "history" in done.stderr), f"{moment}: {done.stderr}"
    return done.returncode == 0


def damages(size):
    return [("gone",), ("emptied",), ("halved",), ("cut",), *flips(size)]


@pytest.mark.parametrize("name", FILES)
def test_damage_is_refused_or_harmless(place, name):
    place.back()
    for one in damages(place.path(name).stat().st_size):
        place.back()
        damage(place.path(name), *one)
        moment = f"{name} {one}"
        check = place.check()
        assert check.returncode in (0, 1, 2), f"{moment}: {check.returncode} {check.stderr}"
        found = answers(place)
        if check.returncode == 0:
            assert found == place.right, f"{moment}: --check finds it sound, but answers are wrong"
        elif one[0] != "flip" or not name.endswith(".glass"):
            # The tables have no checksums: what a changed byte in one does is for --check to find.
            check_answers(place, found, moment)
        kept = place.root / "kept"
        shutil.copytree(place.db, kept)
        mended = check_run(place, moment)
        if mended and check.returncode == 0:
            assert State(place.db).index == place.new.index, moment
        shutil.rmtree(place.db)
        kept.rename(place.db)
        advice_works(place, check, moment)
