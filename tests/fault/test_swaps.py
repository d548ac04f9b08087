# SPDX-License-Identifier: GPL-2.0-or-later
"""Indexes are committed and rebuilt as fast as they can be while clients ask without a pause: no answer fails, is mixed,
differs from another of the same revision, or is older than one that was seen before it was asked for."""
import contextlib
import os
import re
import shutil
import socket
import threading

import pytest

from asking import plain
from faulting import ALL, SANITIZED, TEN, Scenario, folder_for
from support import Connection, Daemon, RpcError

ROUNDS = 100 if ALL else 6 if SANITIZED else 25
CLIENTS = 3
PAIR = ("alpha", "beta")


def register(every, pair):
    """Ten records that all say which edition they are of; the first of two pages say another number as well, both the
    same. A change of the first builds anew, one of the second is made in place."""
    return {name: [(f"{name.upper()}-{n}", f"every{every}" + (f" pair{pair}" if name in PAIR and n == 0 else "")) for n in range(2)]
            for name in TEN}


def numbers(text, word):
    return set(re.findall(rf"\b{word}(\d+)", text))


def check_whole(answer):
    """That all of an answer was said by one state of the index."""
    if "records" in answer:
        said = [record["objectives"] for record in answer["records"]]
        assert len(said) == answer["total"] == 10, answer["total"]
        pairs = [numbers(text, "pair") for text in said if "pair" in text]
        assert len(pairs) == 2 and pairs[0] == pairs[1], f"mixed: {said}"
    else:
        said = [re.sub("</?mark>", "", hit["snippets"][0]["html"]) for hit in answer["hits"]] + [
            value["label"] for value in answer["facets"]["dataset"] if value["count"]]
        assert answer["total"] == len(answer["hits"]) == 10, answer["total"]
        counts = {value["label"]: value["count"] for value in answer["facets"]["dataset"]}
        assert sum(count for label, count in counts.items() if "every" in label) == 10, counts
        assert sorted(count for label, count in counts.items() if "pair" in label) == [2], counts
    assert len({number for text in said for number in numbers(text, "every")}) == 1, f"mixed: {said}"


def age(revision):
    """Generations are numbered as they are made, and commits in each: gen-NUMBER/COMMIT."""
    return tuple(map(int, re.fullmatch(r"gen-(\d+)/(\d+)", revision).groups()))


class Clients:
    """Ask without a pause, and keep what each revision said."""

    def __init__(self, daemon, names_are_unique=True):
        self.names_are_unique = names_are_unique
        self.daemon, self.answers, self.failures, self.asked = daemon, {}, [], 0
        self.newest, self.lock, self.stopped = (), threading.Lock(), False
        self.threads = [threading.Thread(target=self.work, args=(one,)) for one in [*[self.ask] * CLIENTS, self.leave]]
        for thread in self.threads:
            thread.start()

    def work(self, one):
        try:
            one()
        except Exception as error:  # pylint: disable=broad-except
            self.failures.append(repr(error))

    def note(self, newest_before, method, answer):
        """An answer is of the newest revision that was seen before it was asked for, or of a newer one."""
        revision = answer["revision"]
        check_whole(answer)
        with self.lock:
            self.asked += 1
            if not self.names_are_unique:
                return
            assert age(revision) >= newest_before, f"{revision} after {newest_before}"
            self.newest = max(self.newest, age(revision))
            assert self.answers.setdefault((revision, method), plain(answer)) == plain(answer), f"two answers of {revision}"

    def ask(self):
        connection = Connection(self.daemon.path)
        while not self.stopped:
            for method, params in (("search", {"q": "objectives:plan", "parts": ["objectives"], "limit": 100, "sort": "id",
                                               "facets": [{"name": "dataset", "limit": 1000}]}), ("export", {})):
                with self.lock:
                    newest = self.newest
                self.note(newest, method, connection.call(method, **params))
        connection.close()

    def leave(self):
        """Goes away in the middle of a search."""
        while not self.stopped:
            with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
                client.connect(str(self.daemon.path))
                client.sendall(b'{"jsonrpc":"2.0","id":1,"method":"export"}\n' * 20)

    def revisions(self):
        with self.lock:
            return {revision for revision, _ in self.answers}

    def wait_to_be_told(self, what):
        def told():
            with self.lock:
                return self.failures or any(what in str(answer) for answer in self.answers.values())
        self.daemon.wait_for(told)

    def stop(self):
        self.stopped = True
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures
        return self.asked


@pytest.fixture
def place(tmp_path):
    with folder_for(tmp_path) as folder:
        yield Scenario(type(tmp_path)(folder), register(0, 0), register(0, 0))


def deleted(daemon):
    """Files of the index that the daemon holds though they are gone."""
    held = set()
    for entry in os.scandir(f"/proc/{daemon.process.pid}/fd"):
        try:
            held.add(os.readlink(entry.path))
        except OSError:
            pass  # closed meanwhile
    with open(f"/proc/{daemon.process.pid}/maps") as maps:
        held.update(line.split(maxsplit=5)[-1].strip() for line in maps)
    return [path for path in held if "/gen-" in path and path.endswith("(deleted)")]


def test_no_answer_fails_or_is_mixed(place):
    generations = set()
    with Daemon(place.db, "--workers", "3") as daemon:
        clients = Clients(daemon)
        clients.wait_to_be_told("pair0")
        for number in range(1, ROUNDS + 1):
            place.write(register(number // 3, number))
            done = place.run()
            assert (done.returncode, done.stderr) == (0, ""), done.stderr
            generations.add((place.db / "CURRENT").read_text())
            if number % 5 == 0:  # by then the daemon has moved on, and somebody was told
                clients.wait_to_be_told(f"pair{number}")
        clients.wait_to_be_told(f"pair{ROUNDS}")
        daemon.wait_for(lambda: clients.asked > ROUNDS or clients.failures)
        asked = clients.stop()
        assert asked > ROUNDS and len(clients.revisions()) > 2, "little was asked, or of few revisions"
        assert ROUNDS // 3 <= len(generations) < ROUNDS, "some changes are made in place, others build anew"
        daemon.wait_for(lambda: not deleted(daemon))
        assert len(list(place.db.glob("gen-*"))) == 1, "old generations are gone"


def test_the_folder_is_replaced_while_it_is_served(place):
    """Another index under the same name, with the same generation and commit, and back."""
    other = place.root / "other"
    with Daemon(place.db, "--workers", "2") as daemon:
        before = daemon.call("export")["records"]
        shutil.move(place.db, other)
        place.write(register(7, 7))
        assert place.run().returncode == 0
        daemon.wait_for(lambda: "every7" in str(daemon.call("export")))
        clients = Clients(daemon, names_are_unique=False)
        shutil.move(place.db, place.root / "third")
        shutil.move(other, place.db)
        daemon.wait_for(lambda: daemon.call("export")["records"] == before)
        clients.stop()


def test_a_removed_index_is_served_until_there_is_another(place):
    with Daemon(place.db, "--workers", "2") as daemon:
        before = daemon.call("export")["records"]
        shutil.rmtree(place.db)
        for _ in range(3):
            assert daemon.call("export")["records"] == before
        place.write(register(5, 5))
        assert place.run().returncode == 0
        daemon.wait_for(lambda: "every5" in str(daemon.call("export")))
        try:
            daemon.call("get", id="NIC-ALPHA-0")
        except RpcError as error:
            pytest.fail(str(error))
