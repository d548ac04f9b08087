# SPDX-License-Identifier: GPL-2.0-or-later
"""What is sent over the socket and should not have been: a clear error, and everybody else goes on."""
import json
import socket
import threading
import time

import pytest

from answers import cases, search, with_ids
from support import Connection, Daemon, PATIENCE, SAMPLE, index

LINE_BYTES = 64 << 10


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    db = tmp_path_factory.mktemp("bad") / "index"
    index(db, SAMPLE)
    with Daemon(db, "--workers", "2", "--line-bytes", str(LINE_BYTES)) as daemon:
        yield daemon


@pytest.fixture
def connection(daemon):
    connection = Connection(daemon.path)
    yield connection
    connection.close()


def still_answers(connection):
    assert connection.call("search", q="asthma")["total"] == 2


@pytest.mark.parametrize("case", with_ids(cases("lines")))
def test_a_line_that_is_no_call(connection, case):
    connection.send_line(case["line"])
    reply = connection.read()
    for one in reply if isinstance(reply, list) else [reply]:
        assert one["jsonrpc"] == "2.0" and one["id"] == case.get("id")
        assert one["error"]["code"] == case["code"]
        for piece in case["says"]:
            assert piece in one["error"]["message"]
    still_answers(connection)


@pytest.mark.parametrize("line", [
    b"\xff\xfe\x00\x01", b'{"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"q": "\xff\xfe"}}',
    b"\x00" * 100, b"\x1b[2J", b'{"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"q": "a\x00b"}}'])
def test_bytes_that_are_no_text(connection, line):
    connection.send_line(line)
    assert connection.read()["error"]["code"] == -32700
    still_answers(connection)


@pytest.mark.parametrize("length", [LINE_BYTES + 1, 10 * LINE_BYTES, 100 * LINE_BYTES])
def test_a_line_that_is_too_long(connection, length):
    connection.send_line(b"x" * length)
    error = connection.read()["error"]
    assert error["code"] in (-32700, -32600) and str(LINE_BYTES) in error["message"]
    still_answers(connection)


def test_a_line_just_short_enough(connection):
    call = {"jsonrpc": "2.0", "id": 7, "method": "search", "params": {"q": "asthma"}}
    line = json.dumps(call)
    connection.send_line(line + " " * (LINE_BYTES - len(line)))
    assert connection.read()["result"]["total"] == 2


@pytest.mark.parametrize("depth", [33, 10000])
def test_nesting(connection, depth):
    call = '{"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"filters": {"dataset": %s%s}}}'
    connection.send_line(call % ("[" * depth, "]" * depth))
    reply = connection.read()
    assert reply["error"]["code"] == -32700 and "32" in reply["error"]["message"]
    still_answers(connection)


@pytest.mark.parametrize("text", [
    "(" * 10000, ")" * 10000, '"' * 9999, "-" * 10000, "* " * 4000, "a* " * 1000, "NEAR/999999 " * 1000,
    "a" * 60000, "\u202e\u2066hospital\u2069", "hospital\u0000asthma", "\u0001\u0007hospital",
    "objectives:" * 1000, "((((-a))))", "hospital OR " * 2000, "NOT " * 5000 + "hospital", "the of and",
    "-the -of", "\U0001f6a9", "£%&/()=?`´", "\\", "'", "a:b:c:d", "x" * 64 + "y", "objectives:(" * 500,
    "“" * 3000, "s261(" + "(" * 3000, "1" * 5000, "１２３ ｆｕｌｌ"])
def test_any_text_is_answered(connection, text):
    """A sensible search or a clear error, and words that are asked beside are not lost to the connection."""
    connection.send_line(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"q": text}}))
    reply = connection.read()
    if "error" in reply:
        assert reply["error"]["code"] in (-32602, -32700) and reply["error"]["message"]
    else:
        assert 0 <= reply["result"]["total"] <= 42
        assert len(reply["result"]["hits"]) <= 10
    still_answers(connection)


def test_half_a_line_holds_nobody_up(daemon, connection):
    halves = [Connection(daemon.path) for _ in range(8)]
    call = json.dumps({"jsonrpc": "2.0", "id": 3, "method": "get", "params": {"id": "GPCENSUS"}}).encode()
    for number, half in enumerate(halves):
        half.socket.sendall(call[:5 + number])
    still_answers(connection)
    for number, half in enumerate(halves):
        half.socket.sendall(call[5 + number:] + b"\n")
        assert half.read()["result"]["id"] == "GPCENSUS"
        half.close()


def test_half_a_line_and_gone(daemon, connection):
    for _ in range(20):
        half = Connection(daemon.path)
        half.socket.sendall(b'{"jsonrpc": "2.0", "id": 1, "method": "sea')
        half.close()
    still_answers(connection)


def test_calls_of_one_connection_are_told_apart(connection):
    """Pipelined, good and bad mixed, answered in any order: each reply is the one to its call."""
    words = ["asthma", "epilepsy", "dialysis", "lanternfish", "zeppelin"]
    expected = [connection.call("search", q=word)["total"] for word in words]
    calls = []
    for number in range(300):
        method = "search" if number % 7 else "find"
        calls.append({"jsonrpc": "2.0", "id": f"n{number}", "method": method,
                      "params": {"q": words[number % len(words)] if number % 11 else number, "snippets": 0}})
    connection.socket.sendall("".join(json.dumps(call) + "\n" for call in calls).encode())
    replies = {reply["id"]: reply for reply in (connection.read() for _ in calls)}
    for number in range(300):
        reply = replies[f"n{number}"]
        if number % 7 == 0:
            assert reply["error"]["code"] == -32601
        elif number % 11 == 0:
            assert reply["error"]["code"] == -32602
        else:
            assert reply["result"]["total"] == expected[number % len(words)]


def test_a_batch(connection):
    batch = [{"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"q": "asthma"}},
             {"jsonrpc": "2.0", "method": "search", "params": {"q": "asthma"}},
             {"jsonrpc": "2.0", "id": 2, "method": "find"}, 17,
             {"jsonrpc": "2.0", "id": 3, "method": "get", "params": {"id": "GPCENSUS"}}]
    connection.send_line(json.dumps(batch))
    replies = {reply["id"]: reply for reply in connection.read()}
    assert set(replies) == {1, 2, 3, None}
    assert replies[1]["result"]["total"] == 2 and replies[3]["result"]["id"] == "GPCENSUS"
    assert replies[2]["error"]["code"] == -32601 and replies[None]["error"]["code"] == -32600


def test_notifications_are_not_answered(connection):
    for method in ("search", "find", "status"):
        connection.send_line(json.dumps({"jsonrpc": "2.0", "method": method}))
    still_answers(connection)


class Greedy:
    """A client that asks for long answers as fast as it can and reads none."""

    LINE = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "search", "params": {
        "q": "hospital OR patients", "limit": 1000, "snippets": 10,
        "facets": ["dataset", "legal_basis"]}}).encode() + b"\n"

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.setblocking(False)
        self.sent = 0

    def push(self):
        """Until the daemon takes no more."""
        try:
            while self.sent < 2000:
                self.socket.send(self.LINE)
                self.sent += 1
        except BlockingIOError:
            pass


def test_sixteen_clients_that_do_not_read(daemon, connection):
    before = connection.call("status")
    greedy = [Greedy(daemon.path) for _ in range(16)]
    for _ in range(5):
        for client in greedy:
            client.push()
        still_answers(connection)
        assert connection.call("get", id="GPCENSUS")["id"] == "GPCENSUS"
    assert sum(client.sent for client in greedy) > 16 * 20
    # They wait unread in the end, so what they made the daemon hold is bounded and it has nothing to do.
    daemon.wait_for(lambda: (lambda queue: queue["waiting"] == 0 and queue["running"] == 0)(
        connection.call("status")["queue"]))
    after = connection.call("status")
    assert after["calls"]["received"] < before["calls"]["received"] + sum(client.sent for client in greedy)
    # What was promised to each is still to be had, whole.
    for client in greedy[:2]:
        client.socket.settimeout(PATIENCE)
        reply = json.loads(client.socket.makefile("rb").readline())
        assert reply["result"]["total"] > 10
    for client in greedy:
        client.socket.close()
    daemon.wait_for(lambda: connection.call("status")["connections"]["open"] <= before["connections"]["open"])
    still_answers(connection)


def test_many_clients_at_once(daemon):
    """Each gets its own answers, whoever else asks, sends rubbish or hangs up."""
    questions = [case for case in cases("words") if "q" in case["ask"]]
    failures = []

    def ask(offset):
        try:
            client = Connection(daemon.path)
            for case in questions[offset::8] * 3:
                found = search(client, {**case["ask"], "snippets": 0})
                expect = case["expect"]
                if "ids" in expect and sorted(hit["id"] for hit in found["hits"]) != expect["ids"]:
                    failures.append(case["place"])
                client.send_line(b"rubbish")
                assert client.read()["error"]["code"] == -32700
            client.close()
        except Exception as error:  # pylint: disable=broad-except
            failures.append(repr(error))

    def hang_up():
        for _ in range(50):
            client = Greedy(daemon.path)
            client.socket.send(client.LINE)
            client.socket.close()
            time.sleep(0.001)

    threads = [threading.Thread(target=ask, args=(offset,)) for offset in range(8)]
    threads.append(threading.Thread(target=hang_up))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
