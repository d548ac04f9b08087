# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that cannot be read, once or from then on: the index's files, the history, the sources. What is said is right or
an error that says so; nothing acknowledged is lost, no source that cannot be read passes for one that is gone; all is well
when the disk is. Of what is mapped a read that fails is a signal: test_daemon.py has that."""
import os
import random
import subprocess

import pytest

from asking import QUESTIONS, ask, plain
from faulting import ALL, SANITIZED, SEED, TEN, TWO_CHANGED, Scenario, State, folder_for, pages
from refusals import FOR_GOOD, Reads
from support import Daemon, PATIENCE

RUNS, MOMENTS = (10 ** 6, 40) if ALL else (2, 1) if SANITIZED else (4, 1)


@pytest.fixture
def large(tmp_path):
    """So many records that not all of a table is held by whoever opened it."""
    many = pages(**{f"page{n}": [f"ward{n * 10 + m} planning of care{n}{m}" for m in range(40)] for n in range(20)})
    with folder_for(tmp_path) as folder:
        yield Scenario(type(tmp_path)(folder), many, many)


def moments(count, last):
    """The first, the last, and others between, the same each time."""
    between = range(2, last)
    chosen = between if count >= len(between) else random.Random(SEED).sample(between, count)
    return sorted({1, last, *chosen})


def ids(index):
    return {line.split("\t")[0] for line in index or () if "\ttext 1 " in line}


def run(scenario, reads, first, more):
    scenario.back()
    reads.start(first, more)
    return subprocess.run(scenario.command(), env={**os.environ, **reads.environment()}, capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("more", [0, FOR_GOOD], ids=["once", "for good"])
def test_a_run_that_cannot_read(scenario, tmp_path, more):
    reads = Reads(tmp_path / "reads", scenario.root)
    done = run(scenario, reads, 0, 0)
    assert (done.returncode, done.stderr) == (0, "")
    failed = 0
    for first in moments(RUNS, reads.made()):
        done = run(scenario, reads, first, more)
        moment = f"read {first}, {more} more: {done.returncode} {done.stderr}"
        assert done.returncode in (0, 1, 2), moment
        assert done.returncode == 0 or "cannot read" in done.stderr or "nput/output error" in done.stderr or "disk" in done.stderr \
            or "history" in done.stderr, moment
        failed += done.returncode != 0
        if done.returncode == 1:  # a source that was passed over, with a line: what is known of it stays
            state = State(scenario.db)
            assert ids(state.index) >= ids(scenario.old.index) & ids(scenario.new.index), moment
            scenario.heal(moment, in_one_go=False)
        else:
            scenario.look(moment, acknowledged=done.returncode == 0)
    assert failed > 0, "nothing failed that mattered"
    reads.close()


@pytest.mark.skipif(SANITIZED, reason="a run of a sanitizer takes seconds")
def test_what_cannot_be_undone_is_let_go(tmp_path):
    """Of an index of which a change could not be undone the library would never come to an end, or commit half of it."""
    with folder_for(tmp_path) as folder:
        scenario = Scenario(type(tmp_path)(folder), TEN, TWO_CHANGED).undisturbed()
        reads = Reads(tmp_path / "reads", scenario.root)
        assert run(scenario, reads, 0, 0).returncode == 0
        last = reads.made()
        for first in range(last // 2, last):
            done = run(scenario, reads, first, FOR_GOOD)
            assert done.returncode in (0, 2), f"read {first}: {done.returncode} {done.stderr}"
            assert State(scenario.db).index in (scenario.old.index, scenario.new.index), f"read {first}: half of a change"
        reads.close()


class Blind(Daemon):
    """A daemon that may be unable to read."""

    def __init__(self, db, reads):
        kept = dict(os.environ)
        os.environ.update(reads.environment())
        try:
            super().__init__(db, "--workers", "1", "--cache-bytes", "0")
        finally:
            os.environ.clear()
            os.environ.update(kept)


def explains(answer):
    return isinstance(answer, str) and ("nput/output error" in answer or "purpose-index" in answer or "index in" in answer)


@pytest.mark.parametrize("more", [0, FOR_GOOD], ids=["once", "for good"])
def test_a_daemon_that_cannot_read(large, tmp_path, more):
    """While it opens the index, and while it answers: each question is asked of a daemon that has just started."""
    reads = Reads(tmp_path / "reads", large.root)
    reads.start()
    with Blind(large.db, reads) as daemon:
        opening = reads.made()
        right, counts = [], []
        for method, params in QUESTIONS:
            before = reads.made()
            right.append(plain(daemon.call(method, **params)))
            counts.append(reads.made() - before)
    for first in moments(MOMENTS, opening):
        reads.start(first, more)
        with Blind(large.db, reads) as daemon:
            for question, answer in zip(QUESTIONS, right):
                said = ask(daemon.connection, *question)
                assert said == answer or explains(said), f"read {first} of {opening}, {question}: {said}"
            check_well(daemon, reads, right, f"read {first} of {opening}")
    assert sum(counts) > 0, "questions read"
    for number, count in enumerate(counts):
        for nth in moments(MOMENTS, count) if count else ():
            reads.start()
            with Blind(large.db, reads) as daemon:
                reads.refuse_soon(nth, more)
                said = ask(daemon.connection, *QUESTIONS[number])
                moment = f"{QUESTIONS[number]}, read {nth} of {count}"
                assert said == right[number] or explains(said), f"{moment}: {said}"
                check_well(daemon, reads, right, moment)
    reads.close()


def check_well(daemon, reads, right, moment):
    reads.relent()
    try:
        daemon.wait_for(lambda: [ask(daemon.connection, *question) for question in QUESTIONS] == right)
    except AssertionError as error:
        raise AssertionError(f"{moment}: not well again: {daemon.said()}") from error


def test_a_change_that_cannot_be_read(place, tmp_path):
    """What is served goes on being served; the change is there when it can be read."""
    reads = Reads(tmp_path / "reads", place.root)
    reads.start()
    with Blind(place.db, reads) as daemon:
        right = [ask(daemon.connection, *question) for question in QUESTIONS]
        place.write(TWO_CHANGED)
        reads.refuse_soon(1, FOR_GOOD)
        assert place.run().returncode == 0
        daemon.wait_for(reads.refused)
        for question, answer in zip(QUESTIONS, right):
            said = ask(daemon.connection, *question)
            assert said == answer or explains(said), f"{question}: {said}"
        reads.relent()
        daemon.wait_for(lambda: "homes" in str(ask(daemon.connection, "export", {})))
    reads.close()
