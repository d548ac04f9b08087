# SPDX-License-Identifier: GPL-2.0-or-later
"""What `status` and /metrics say while the daemon is busy, and afterwards: what those who asked have counted."""
import collections
import http.client
import json
import re
import threading

import support

ASKERS = 4
CALLS = 150
KINDS = [("search", {"q": "asthma OR patients", "limit": 5}), ("get", {"id": "GPCENSUS"}), ("get", {"id": "nobody"}),
         ("search", {"limit": "x"}), ("suggest", {"q": "ris"}), ("nonsense", {}), ("facets", {"name": "dataset"})]
OUTCOMES = {0: "ok", -32003: "not_found", -32602: "bad_parameter", -32601: "unknown_method"}


def call(number):
    method, params = KINDS[number % len(KINDS)]
    return method, json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})


def note(counts, door, method, reply):
    known = method if method != "nonsense" else "other"
    counts[door, known, OUTCOMES[reply.get("error", {}).get("code", 0)]] += 1


def ask_socket(daemon, counts):
    connection = support.Connection(daemon.path)
    for number in range(CALLS):
        connection.send_line(call(number)[1])
    for _ in range(CALLS):
        reply = connection.read()
        note(counts, "socket", call(reply["id"])[0], reply)
    connection.close()


def ask_http(daemon, counts):
    client = http.client.HTTPConnection("127.0.0.1", int(daemon.address.rsplit(":", 1)[1]), timeout=support.PATIENCE)
    for number in range(CALLS):
        method, body = call(number)
        client.request("POST", "/api/rpc", body, {"Content-Type": "application/json"})
        note(counts, "http", method, json.loads(client.getresponse().read()))
    client.close()


def metrics(daemon):
    client = http.client.HTTPConnection("127.0.0.1", int(daemon.address.rsplit(":", 1)[1]), timeout=support.PATIENCE)
    client.request("GET", "/metrics")
    text = client.getresponse().read().decode()
    client.close()
    return {name: float(value) for name, value in re.findall(r"^(purposed_\S+) (\S+)$", text, re.M)}


def totals(found):
    """{(door, method, outcome): count} of what /metrics says, without those who look."""
    pattern = r'purposed_requests_total{door="(\w+)",method="(\w+)",outcome="(\w+)"}'
    return {re.fullmatch(pattern, name).groups(): int(value) for name, value in found.items()
            if re.fullmatch(pattern, name) and 'method="status"' not in name}


def test_true_under_load(db):
    with support.Daemon(db, "--workers", "2", "--deadline", str(support.PATIENCE), door="http") as daemon:
        each = [collections.Counter() for _ in range(2 * ASKERS)]
        threads = [threading.Thread(target=ask_socket if i % 2 else ask_http, args=(daemon, counts))
                   for i, counts in enumerate(each)]
        for thread in threads:
            thread.start()
        before = {}
        while any(thread.is_alive() for thread in threads):
            status, found = daemon.call("status"), totals(metrics(daemon))
            assert status["queue"]["running"] <= 2 and status["queue"]["waiting"] <= status["limits"]["queue"]
            assert status["connections"]["open"] >= 1
            assert all(found.get(name, 0) >= number for name, number in before.items()), "counts only grow"
            before = found
        for thread in threads:
            thread.join()
        told = sum(each, collections.Counter())
        assert sum(told.values()) == 2 * ASKERS * CALLS, "everybody was answered"
        assert totals(metrics(daemon)) == dict(told)
        status = daemon.call("status")["calls"]
        errors = {int(code): number for code, number in status["errors"].items()}
        assert errors == {code: sum(number for (_, _, outcome), number in told.items() if outcome == name)
                          for code, name in OUTCOMES.items() if code}
        assert status["received"] == status["results"] + sum(errors.values()) + 1, "all but the one that asks this"
        found = metrics(daemon)
        for (door, method, _), number in told.items():
            counted = found[f'purposed_request_duration_seconds_count{{door="{door}",method="{method}"}}']
            assert counted >= number
