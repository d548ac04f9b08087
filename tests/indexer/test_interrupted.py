# SPDX-License-Identifier: GPL-2.0-or-later
"""One writer at a time; a run that is killed loses nothing; damage is found."""
import fcntl
import random
import re
import shutil
import socket
import subprocess
import time

from conftest import agreement, page

WORDS = "risk stratification commissioning invoice validation linked cohort research audit planning".split()


def write_register(place, pages, seed):
    chance = random.Random(seed)
    for n in range(pages):
        entries = [agreement(f"NIC-{n}-{k}", f"Project {n} {k}", " ".join(chance.choices(WORDS, k=400))) for k in range(6)]
        place.write(f"{n:03}.txt", page(f"Trust {n}", *entries))


def fresh_dump(place):
    other = place.folder / "fresh"
    shutil.rmtree(other, ignore_errors=True)
    assert place.index(db=other).code == 0
    return place.dump(other)


def test_second_writer_is_told_who_holds_it(place):
    place.write("a.txt", page("Alpha", agreement("NIC-1-A")))
    place.index()
    before = place.snapshot()
    with open(place.db / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        place.write("a.txt", page("Alpha", agreement("NIC-1-A", objectives="Other.")))
        result = place.index()
        assert result.code == 2 and "process 4711)" in result.err
        assert place.run("--db", "db", "--check").code == 2
    assert place.snapshot() == before
    assert place.index().report["updated"] == 1


def test_the_holder_says_since_when_and_where(place):
    write_register(place, 1, seed=1)
    with subprocess.Popen(place.command("--db", place.db, "--watch", "--quiet", "pages"), cwd=place.folder) as holder:
        while not (place.db / "CURRENT").exists():
            time.sleep(0.02)
        result = place.index()
        holder.kill()
    assert result.code == 2
    assert re.search(rf"process {holder.pid} on {re.escape(socket.gethostname())}, since 2\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{{4}}\)", result.err), result.err
    assert place.index().code == 0, "the lock goes with its process"


def test_killed_at_many_moments(place):
    write_register(place, 8, seed=1)
    place.index()
    chance = random.Random(2)
    before = place.dump()
    started = time.monotonic()
    write_register(place, 8, seed=3)
    place.index(db=place.folder / "timing")
    whole = time.monotonic() - started
    for round_number in range(12):
        run = subprocess.Popen(place.command("--db", place.db, "--quiet", "pages"), cwd=place.folder)
        time.sleep(chance.uniform(0, whole))
        run.kill()
        run.wait()
        dump = place.dump()
        texts = {line for line in dump if "\ttext 4 " in line}
        assert len(texts) == 48, "the index is readable and whole after every kill"
        if texts == {line for line in before if "\ttext 4 " in line}:
            continue
        write_register(place, 8, seed=100 + round_number)
        before = dump
    assert place.index().code == 0
    assert place.run("--db", "db", "--check").code == 0
    assert [line for line in place.dump() if "\ttext 4 " in line] == [line for line in fresh_dump(place) if "\ttext 4 " in line]


def test_index_behind_its_history_catches_up(place):
    write_register(place, 4, seed=1)
    place.index()
    kept = place.folder / "kept"
    shutil.copytree(place.db, kept)
    place.write("000.txt", page("Trust 0", agreement("NIC-0-0", "Project 0 0", "Altogether different.")))
    place.index()
    dump = place.dump()
    history = (place.db / "history.sqlite").read_bytes()
    shutil.rmtree(place.db)
    shutil.copytree(kept, place.db)
    (place.db / "history.sqlite").write_bytes(history)
    assert place.run("--db", "db", "--check").code == 1
    assert place.index().report["updated"] == 0
    assert place.dump() == dump
    assert place.run("--db", "db", "--check").code == 0


def test_generation_lost(place):
    write_register(place, 2, seed=1)
    place.index()
    dump = place.dump()
    for generation in place.db.glob("gen-*"):
        shutil.rmtree(generation)
    assert place.index().code == 0
    assert place.dump() == dump


def test_in_place_equals_built_anew(place):
    write_register(place, 20, seed=5)
    place.index()
    generation = (place.db / "CURRENT").read_text()
    for change in range(3):
        place.write(f"{change:03}.txt", page(f"Trust {change}", agreement(f"NIC-{change}-0", f"Project {change}", "Changed words here.")))
        assert place.index("--prune", "pages").report["removed"] == 5
    assert (place.db / "CURRENT").read_text() == generation, "small changes are made in place"
    in_place = place.dump()
    (place.db / "CURRENT").unlink()
    place.index()
    assert place.dump() == in_place


def test_many_changes_build_anew(place):
    write_register(place, 4, seed=5)
    place.index()
    generation = (place.db / "CURRENT").read_text()
    write_register(place, 4, seed=6)
    assert place.index().report["updated"] == 24
    assert (place.db / "CURRENT").read_text() != generation
    assert len(list(place.db.glob("gen-*"))) == 1


def test_jobs_make_the_same_index(place):
    write_register(place, 60, seed=7)
    dumps = []
    for jobs in (1, 2, 5):
        db = place.folder / f"jobs-{jobs}"
        result = place.index("--jobs", jobs, "pages", db=db)
        assert result.report["records"] == 360
        assert place.run("--db", db, "--check").code == 0
        dumps.append(place.dump(db))
    assert dumps[0] == dumps[1] == dumps[2]


def test_check_finds_damage(place):
    write_register(place, 3, seed=8)
    place.index()
    assert place.run("--db", "db", "--check").out.endswith("sound, 18 documents\n")
    text = next(place.db.glob("gen-*/text"))
    bytes_before = text.read_bytes()
    text.write_bytes(bytes_before[:200])
    result = place.run("--db", "db", "--check")
    assert result.code == 1 and "NIC-" in result.err and "CURRENT" in result.out
    text.write_bytes(bytes_before)
    assert place.run("--db", "db", "--check").code == 0
    postings = next(place.db.glob("gen-*/postings/postlist.glass"))
    postings.write_bytes(b"\xff" * postings.stat().st_size)
    assert place.run("--db", "db", "--check").code == 1


def test_check_without_index(place):
    assert place.run("--db", "db", "--check").code == 2
    assert not place.db.exists()
