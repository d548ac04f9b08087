# SPDX-License-Identifier: GPL-2.0-or-later
"""Replies that are kept: the same answers with and without, by both doors, and none of an epoch that has passed."""
import json
import re
import threading

import pytest

from served import Served
from support import ROOT, Connection, RpcError, index

CASES = ["facets", "filters", "snippets", "spellings", "words", "passages", "errors"]
TARGETS = [
    "/api/search?q=asthma",
    "/api/search?q=data&facet=legal_basis&facet=organisation&limit=3&offset=2",
    "/api/search?q=data&legal_basis=s261&sort=-start",
    "/api/search?q=nothingatall",
    "/api/search?q=a&colour=red",
    "/api/facets/dataset",
    "/api/suggest?q=hosp",
    "/api/changes",
    "/api/schema",
    "/search.atom?q=data",
    "/?q=data",
    "/?q=data&legal_basis=Consent",
]


def without_time(text):
    return re.sub(r'("took_us": ?)\d+', r"\g<1>0", text)


def questions():
    for name in CASES:
        for line in (ROOT / "tests" / "answers" / f"{name}.jsonl").read_text(encoding="utf-8").split("\n"):
            case = json.loads(line) if line else {}
            if isinstance(case.get("ask"), dict):
                yield "search", case["ask"]
    yield "facets", {"name": "legal_basis", "q": "data"}
    yield "facets", {"name": "datasets"}
    yield "suggest", {"q": "ris"}
    yield "search", {"q": "data", "facets": ["datasets"], "filters": {"organisations": []}}
    yield "search", {"facets": ["dataset"], "q": "data", "limit": 10, "match": "all"}


def answer(connection, method, params):
    try:
        result = connection.call(method, **params)
        return json.dumps({name: value for name, value in result.items() if name != "took_us"})
    except RpcError as error:
        return str(error)


@pytest.fixture(scope="module")
def both(database):
    with Served(database) as kept, Served(database, "--cache-bytes", "0") as plain:
        yield kept, plain


def test_socket_answers_are_the_same(both):
    kept, plain = both
    asked = list(questions())
    assert len(asked) > 30
    wanted = [answer(plain, *question) for question in asked]
    for _ in range(2):
        for question, want in zip(asked, wanted):
            assert answer(kept, *question) == want, question
    counts = kept.call("status")["cache"]
    assert counts["hits"] > len(asked) / 2, counts
    assert 0.3 < counts["hit_rate"] < 1 and counts["entries"] > 10 and counts["bytes"] < 16 << 20, counts
    nothing = plain.call("status")["cache"]
    assert nothing == {"bytes": 0, "entries": 0, "hits": 0, "misses": 0, "evicted": 0, "hit_rate": None}


def test_a_cursor_goes_on_however_the_question_is_spelt(both):
    for server in both:
        first = server.call("search", q="data", limit=3, filters={"datasets": []})
        again = server.call("search", q="data", limit=3, sort="relevance", history=False)
        assert again["cursor"] == first["cursor"]
        more = server.call("search", q="data", limit=3, same_release=True, cursor=again["cursor"])
        assert more["hits"] and more["hits"] != first["hits"]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_http_answers_are_the_same(both, encoding):
    kept, plain = both
    before = kept.call("status")["cache"]["hits"]
    for target in TARGETS:
        want = plain.ask(target, Accept_Encoding=encoding)
        for _ in range(2):
            got = kept.ask(target, Accept_Encoding=encoding)
            assert (got.status, got.type) == (want.status, want.type), target
            assert without_time(got.text()).replace(kept.url, plain.url) == without_time(want.text()), target
    assert kept.call("status")["cache"]["hits"] > before + len(TARGETS) / 2


def test_metrics_tell_of_it(both):
    text = both[0].ask("/metrics").text()
    for name in ["hits_total", "misses_total", "evicted_total", "entries", "bytes", "max_bytes"]:
        assert re.search(rf"^purposed_cache_{name} \d+$", text, re.M), name
    assert "purposed_cache_max_bytes 16777216\n" in text


def number(revision):
    return tuple(int(piece) for piece in re.findall(r"\d+", revision))


class Reader(threading.Thread):
    """Asks what everybody asks; who has seen a revision must never be given an answer of one before."""

    def __init__(self, server, stop, door):
        super().__init__()
        self.server, self.stop, self.door = server, stop, door
        self.wrong, self.seen = [], set()

    def ask(self, connection, turn):
        if self.door == "http":
            return self.server.get("/api/search", [("q", f"asthma {'care' * (turn % 2)}"), ("facet", "organisation")])
        return connection.call("search", q="asthma", facets=["organisation"], limit=turn % 3 + 1)

    def run(self):
        connection, newest, turn = Connection(self.server.path), (0, 0), 0
        while not self.stop.is_set():
            turn += 1
            newest = max(newest, number(connection.call("status")["revision"]))
            reply = self.ask(connection, turn)
            is_of = number(reply["revision"])
            if is_of < newest:
                self.wrong.append((is_of, newest))
            # The records' titles count up with the revisions, so an answer's text is of the revision it names.
            self.seen.add((is_of, max(hit["title"] for hit in reply["hits"])))
            newest = max(newest, is_of)
        connection.close()


def test_never_stale_under_a_writer(tmp_path):
    source, db = tmp_path / "records.jsonl", tmp_path / "index"

    def write(turn):
        lines = [{"id": f"NIC-{n}", "title": f"Edition {turn:04}", "organisation": f"Clinic {turn}",
                  "objectives": "care of people with asthma"} for n in range(5)]
        source.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        index(db, source)

    write(0)
    with Served(db) as server:
        stop = threading.Event()
        readers = [Reader(server, stop, door) for door in ("socket", "socket", "http")]
        for reader in readers:
            reader.start()
        try:
            for turn in range(1, 25):
                write(turn)
                if turn % 6 == 0:  # by then the daemon has moved on, and somebody was told
                    server.wait_for(lambda: any(f"Edition {turn:04}" == title for reader in readers
                                                for _, title in list(reader.seen)))
            server.wait_for(lambda: server.call("status")["cache"]["hits"] > 0)
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        titles = {}
        for reader in readers:
            assert not reader.wrong
            for revision, title in reader.seen:
                assert titles.setdefault(revision, title) == title, "one revision, two answers"
        assert len(titles) > 3, titles
