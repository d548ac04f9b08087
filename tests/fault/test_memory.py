# SPDX-License-Identifier: GPL-2.0-or-later
"""No memory, once or from then on, at any allocation of the programs and of the libraries in them: what is said is right,
or the program says that there is no memory. Nothing acknowledged is lost; no program ends by a signal or stays behind."""
import http.client
import json
import os
import random
import subprocess

import pytest

from asking import QUESTIONS, plain
from faulting import ALL, SANITIZED, SEED, TEN, TWO_CHANGED
from refusals import FOR_GOOD, Memory
from support import Connection, Daemon, PATIENCE, RpcError

pytestmark = pytest.mark.skipif(SANITIZED, reason="a sanitizer has an allocator of its own")

# Moments tried: of a run, of a daemon's start, of each question. A run of ten records allocates 35,000 times.
RUNS, STARTS, MOMENTS = (1000, 300, 40) if ALL else (5, 4, 2)
DIED = "out of memory: stopping"

HTTP = ["/api/search?q=care&facet=dataset&limit=5", "/api/export?format=csv", "/search.atom?q=care", "/?q=care", "/openapi.json"]


@pytest.fixture
def memory(tmp_path):
    memory = Memory(tmp_path / "memory")
    yield memory
    memory.close()


def moments(count, last):
    """The first, the last, and others between, the same each time."""
    chance = random.Random(SEED)
    return sorted({1, last, *(chance.randint(1, last) for _ in range(count - 2))})


def without(scenario, memory, first, more):
    scenario.back()
    memory.start(first, more)
    return subprocess.run(scenario.command(), env={**os.environ, **memory.environment()}, capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("more", [0, FOR_GOOD], ids=["once", "for good"])
def test_a_run_without_memory(scenario, memory, more):
    done = without(scenario, memory, 0, 0)
    assert (done.returncode, done.stderr, memory.refused()) == (0, "", 0)
    ended = 0
    for first in moments(RUNS, memory.made()):
        done = without(scenario, memory, first, more)
        moment = f"allocation {first}, {more} more: {done.returncode} {done.stderr}"
        # Some can be done without: a cache, a smaller buffer; a history that cannot be read makes a new index.
        assert done.returncode in (0, 2), moment
        if done.returncode == 2:
            assert len(done.stderr.splitlines()) == 1 and "memory" in done.stderr, moment
            ended += 1
        scenario.look(moment, acknowledged=done.returncode == 0)
    assert ended > 0, "nothing was refused that mattered"


class Short(Daemon):
    """A daemon that may be refused memory."""

    def __init__(self, db, memory, *args, **more):
        self.memory = memory
        kept = dict(os.environ)
        os.environ.update(memory.environment())
        try:
            super().__init__(db, "--workers", "2", *args, **more)
        finally:
            os.environ.clear()
            os.environ.update(kept)

    def has_died(self):
        """Whether it ended, and then as it should: with a message. One that lives answers."""
        try:
            self.connection.close()
        except OSError:
            pass
        try:
            self.connection = Connection(self.path)
            self.connection.call("status")
        except (OSError, AssertionError):
            code = self.process.wait(PATIENCE)
            assert (code, DIED in self.said()) == (2, True), f"{code}: {self.said()}"
            return True
        return False

    def unless_it_dies(self, ask):
        """What `ask` gives; None where the daemon dies under it, as it should: a thread that was refused memory may be about
        to end it still while another answers."""
        if self.has_died():
            return None
        try:
            return ask()
        except (AssertionError, http.client.HTTPException, OSError):
            assert self.has_died(), "cut off by a daemon that lives"
            return None

    def __exit__(self, *_):
        self.memory.relent()
        code = self.stop()
        assert code == 0 or (code == 2 and DIED in self.last_said), f"{code}: {self.last_said}"


def get(daemon, path):
    """The reply's body over HTTP."""
    client = http.client.HTTPConnection(daemon.address.split("/")[2], timeout=PATIENCE)
    try:
        client.request("GET", path)
        reply = client.getresponse()
        body = reply.read()
    finally:
        client.close()
    assert reply.status == 200, body
    return plain(json.loads(body)) if path.startswith("/api") and body.startswith(b"{") else body


def ask_by_rpc(daemon, question):
    return plain(daemon.call(question[0], **question[1]))


def check_question(place, memory, ask, question, door):
    """One question, each time of a daemon that has just started, without memory somewhere on the way to its answer."""
    with Short(place.db, memory, "--base-url", "http://example.test", door=door) as daemon:
        before = memory.made()
        right = ask(daemon, question)
        count = memory.made() - before
    for number, nth in enumerate(moments(MOMENTS, count)):
        with Short(place.db, memory, "--base-url", "http://example.test", door=door) as daemon:
            memory.refuse_soon(nth, FOR_GOOD if number % 2 else 0)
            moment = f"{question}, allocation {nth} of {count}"
            try:
                answer = ask(daemon, question)
            except RpcError as error:
                answer = right if "memory" in error.message else error
            except TimeoutError as error:
                answer = error
            except (AssertionError, http.client.HTTPException, OSError):  # cut off
                answer = right
            assert answer == right, moment
            memory.relent()
            # Nor was anything kept that is not right.
            assert daemon.unless_it_dies(lambda: ask(daemon, question)) in (right, None), f"{moment}: wrong afterwards"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question[1].get("q", question[0])))
def test_a_question_without_memory(place, memory, question):
    check_question(place, memory, ask_by_rpc, question, "unix")


@pytest.mark.parametrize("path", HTTP)
def test_a_request_without_memory(place, memory, path):
    check_question(place, memory, get, path, "http")


@pytest.mark.parametrize("more", [0, FOR_GOOD], ids=["once", "for good"])
def test_a_daemon_that_starts_without_memory(place, memory, more):
    memory.start()
    with Short(place.db, memory) as daemon:
        right = ask_by_rpc(daemon, QUESTIONS[0])
        count = memory.made()
    for first in moments(STARTS, count):
        memory.start(first, more)
        try:
            with Short(place.db, memory) as daemon:
                memory.relent()
                daemon.unless_it_dies(lambda: daemon.wait_for(lambda: daemon.call("status")["revision"]))
                assert daemon.unless_it_dies(lambda: ask_by_rpc(daemon, QUESTIONS[0])) in (right, None)
        except AssertionError as error:  # it did not get as far as listening
            assert "memory" in str(error), f"allocation {first}: {error}"


def test_an_index_that_changes_without_memory(place, memory):
    """It dies and says so, or goes on with the one it has, and follows when there is memory."""
    place.write(TWO_CHANGED)
    with Short(place.db, memory) as daemon:
        before = memory.made()
        assert place.run().returncode == 0
        daemon.wait_for(lambda: "homes" in str(daemon.call("export")))
        count = memory.made() - before
    for number, nth in enumerate(moments(MOMENTS * 4, count)):
        place.clear()
        place.write(TEN)
        assert place.run().returncode == 0
        place.write(TWO_CHANGED)
        with Short(place.db, memory) as daemon:
            memory.refuse_soon(nth, FOR_GOOD if number % 2 else 0)
            assert place.run().returncode == 0
            try:
                daemon.wait_for(lambda: memory.refused() > 0 or "homes" in str(daemon.call("export")))
            except (AssertionError, OSError, RpcError) as error:
                assert "waited in vain" not in str(error)
            memory.relent()
            daemon.unless_it_dies(lambda: daemon.wait_for(lambda: "homes" in str(daemon.call("export"))))
