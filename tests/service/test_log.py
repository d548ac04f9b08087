# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in the log: one line a failure, by which it can be found; never what was asked, unless that is wanted."""
import json
import re
import threading

import pytest

import support
from test_scarcity import dial

SECRET = "secretword"
CROWDED = ["--workers", "1", "--queue", "1", "--in-flight", "1000", "--cache-bytes", "0"]


def lines(daemon):
    return [line for line in daemon.said().splitlines()]


def ask_all(daemon):
    """Good and bad calls by both doors, all with words that are nobody else's business."""
    daemon.call("search", q=SECRET)
    for params in ({"q": SECRET, "limit": SECRET}, {SECRET: 1}, {"filters": {SECRET: [SECRET]}}):
        with pytest.raises(support.RpcError):
            daemon.call("search", **params)
    with pytest.raises(support.RpcError):
        daemon.call("get", id=SECRET)
    with pytest.raises(support.RpcError):
        daemon.call(SECRET)
    daemon.connection.send_line(f'{{"{SECRET}": ')
    assert daemon.connection.read()["error"]
    for target in (f"/api/search?q={SECRET}", f"/api/search?{SECRET}=1", f"/{SECRET}", f"/records/{SECRET}",
                   f"/?q={SECRET}"):
        with dial(daemon, "http") as client:
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            while client.recv(65536):
                pass


@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_that_was_asked(db, form):
    with support.Daemon(db, "--log", form, door="http") as daemon:
        ask_all(daemon)
        said = daemon.said()
    assert SECRET not in said
    assert len(said.splitlines()) < 6, "what a client does wrong is told to it alone"


def test_all_that_was_asked_when_wanted(db):
    with support.Daemon(db, "--log", "json", "--log-queries", door="http") as daemon:
        daemon.call("search", q=SECRET)
        ask_all(daemon)
        said = [json.loads(line) for line in lines(daemon)]
    calls = [line for line in said if "request" in line]
    assert {line["request"][0] for line in calls} == {"s", "h"}
    assert any(line.get("asked") == json.dumps({"q": SECRET}, separators=(",", ":")) for line in calls)
    assert any(SECRET in line.get("asked", "") and line.get("code") == -32602 and line["error"] for line in calls)


def test_lines_as_json(db, tmp_path):
    with support.Daemon(tmp_path / "no\u202eindex\x01", "--log", "json") as daemon:
        daemon.wait_for(lambda: "listening" in daemon.said())
        said = [json.loads(line) for line in lines(daemon)]
    for line in said:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) and line["message"]
    assert any(line["message"].startswith("listening on unix:") for line in said)


def test_slow_calls_with_the_query_as_understood(db):
    with support.Daemon(db, "--log", "json", "--slow", "0.001", "--workers", "1", "--cache-bytes", "0") as daemon:
        call = {"jsonrpc": "2.0", "method": "search", "params": {
            "q": '"risk stratification" OR asthma*', "limit": 1000, "snippets": 10, "filters": {"legal_basis": ["s251"]},
            "facets": ["dataset", "legal_basis", "organisation"]}}

        asked = 0

        def ask():  # many at once, so that the last waits for more than a millisecond on any machine
            nonlocal asked
            numbers = range(asked + 1, asked + 51)
            asked += len(numbers)
            daemon.connection.send_line("\n".join(json.dumps({**call, "id": number}) for number in numbers))
            for _ in numbers:
                daemon.connection.read()
            return "understood" in daemon.said()

        daemon.wait_for(ask)
        slow = next(line for line in map(json.loads, lines(daemon)) if "understood" in line)
    assert slow["message"] == "a slow call" and slow["method"] == "search"
    assert slow["took_us"] + slow["waited_us"] >= 999, "a millisecond, each part cut to whole microseconds"
    assert "risk stratification" in slow["understood"] and "asthma" in slow["understood"]
    assert json.loads(slow["asked"])["filters"] == {"legal_basis": ["s251"]}
    assert slow["id"] == str(slow["request"].split(".")[1]), "calls of this connection are numbered from 1"


def test_a_failure_has_a_name(db):
    """Who is told of a failure over HTTP is told by which name the log knows it."""
    with support.Daemon(db, *CROWDED, door="http") as daemon:
        names, rounds = [], 0

        def ask():
            for _ in range(6):
                with dial(daemon, "http") as client:
                    client.sendall(b"GET /api/search?q=patients+OR+data&limit=1000&snippets=10 HTTP/1.1\r\n"
                                   b"Host: localhost\r\nConnection: close\r\n\r\n")
                    got = b""
                    while chunk := client.recv(65536):
                        got += chunk
                    if b" 503 " in got[:20]:
                        names.append(re.search(rb"X-Request-Id: (\S+)", got).group(1).decode())

        while not names and (rounds := rounds + 1) < 50:  # until one is too many, however fast it answers
            threads = [threading.Thread(target=ask) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert names, "too few were refused"
        told = re.findall(r"^purposed: (h\d+\.\d+) search: .*-32001 too many calls are waiting", daemon.said(), re.M)
        assert told and set(told) <= set(names)
        assert len(told) <= 20 * 60, "a flood does not fill the log"


def test_a_flood_of_failures_is_told_by_its_size(db):
    with support.Daemon(db, *CROWDED) as daemon:
        client = support.Connection(daemon.path)
        client.send_line("\n".join(json.dumps({"jsonrpc": "2.0", "id": i, "method": "search", "params": {
            "q": "patients OR data", "limit": 1000, "snippets": 10}}) for i in range(900)))
        codes = [client.read().get("error", {}).get("code") for _ in range(900)]
        client.close()
        refused = codes.count(-32001)
        told = daemon.said().count(" -32001 ")
        assert refused > 100 and 0 < told < refused
        assert told <= 20 * 60
