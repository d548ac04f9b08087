# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon under a great many requests, hostile ones among them, while its index changes: every good call is answered,
nothing it holds grows. `./dev soak [N]` asks a million; a short one is among the tests.

Those who ask well go by the socket, pipelining, and by HTTP; what they ask is drawn from the words of the sample register.
Those who do not send half a line, lines without an end, noise, floods they do not wait for; read nothing; come and go."""
import http.client
import json
import multiprocessing
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import support  # noqa: E402

WINDOW = 32                     # calls under way of one who pipelines
ASKERS = 3                      # by the socket; one more goes by HTTP
SHARE_OF_HTTP = 10              # one in so many requests
CONNECTIONS = 60
GROWTH_MAX = 12 << 20           # bytes that the daemon may hold more of at the end than when it was warm
DESCRIPTOR_GROWTH_MAX = 8       # of an index that is being opened
EXPECTED = {0, -32602, -32003}  # results, and what is said of questions that are wrong on purpose
BUSY = {-32001, -32002}         # those may happen to anybody, and are counted
ARGUMENTS = ["--workers", "2", "--connections", str(CONNECTIONS), "--line-bytes", "64K", "--line-timeout", "0.5",
             "--write-timeout", "10", "--http-timeout", "10", "--idle-timeout", "60", "--output-bytes", "1M",
             "--cache-bytes", "1M"]


def words_of_sample():
    text = " ".join(path.read_text() for path in sorted(support.SAMPLE.glob("*.txt")))
    return re.findall(r"[A-Za-z][A-Za-z'-]+", text)


class Questions:
    """Draws calls, the same from the same seed."""

    def __init__(self, seed, ids):
        self.draw = random.Random(seed)
        self.words = words_of_sample()
        self.ids = ids

    def phrase(self):
        at = self.draw.randrange(len(self.words) - 3)
        return '"' + " ".join(self.words[at:at + self.draw.randint(2, 3)]) + '"'

    def text(self):
        word = self.draw.choice(self.words)
        other = self.draw.choice(self.words)
        return self.draw.choice([
            word, f"{word} {other}", f"{word} OR {other}", f"{word} -{other}", f"{word} NEAR/5 {other}", f"{word[:3]}*",
            f"objectives:{word}", self.phrase(), f"year:2018..2020 {word}", f"dataset:{word}", "", "s251", "(((" + word,
            '"' + word, "\u202e" + word, word * 50])

    def params(self):
        params = {"q": self.text(), "limit": self.draw.choice([0, 1, 10, 10, 30])}
        if self.draw.random() < 0.3:
            params["facets"] = self.draw.sample(["dataset", "legal_basis", "organisation", "opt_outs", "in_force"], 2)
        if self.draw.random() < 0.3:
            params["filters"] = self.draw.choice([{"legal_basis": ["s251"]}, {"opt_outs": ["No"]}, {"dataset": ["(none)"]},
                                                  {"start": {"from": "2019"}}, {"nothing": ["x"]}])
        if self.draw.random() < 0.2:
            params["sort"] = self.draw.choice(["-start", "organisation", "title", "colour"])
        if self.draw.random() < 0.1:
            params["fold_copies"] = True
        return params

    def call(self):
        return self.draw.choices([
            ("search", self.params()), ("get", {"id": self.draw.choice(self.ids)}), ("get", {"id": "nobody"}),
            ("facets", {"name": self.draw.choice(["dataset", "controller", "nothing"]), "q": self.text()}),
            ("suggest", {"q": self.draw.choice(self.words)[:self.draw.randint(1, 5)]}),
            ("similar", {"id": self.draw.choice(self.ids), "limit": 3}),
            ("compare", {"ids": self.draw.sample(self.ids, 2)}), ("changes", {}), ("status", {}), ("schema", {}),
            ("export", {"q": self.phrase()})], [60, 8, 1, 6, 8, 3, 2, 1, 4, 0.2, 1])[0]


def count(outcomes, code):
    outcomes[code] = outcomes.get(code, 0) + 1


def get_in(path):
    """A connection, as soon as a crowd has left room for it."""
    while True:
        connection = support.Connection(path)
        try:
            connection.send_line('{"jsonrpc":"2.0","id":0,"method":"schema"}')
            if "result" in (connection.read() or {}):
                return connection
        except OSError:
            pass
        connection.close()
        time.sleep(0.05)


def ask_socket(path, seed, ids, calls, done, report):
    """One who pipelines, and gets an answer to each call."""
    questions, outcomes, waits = Questions(seed, ids), {}, []
    connection = get_in(path)
    asked_at, number = {}, 0
    while number < calls or asked_at:
        lines = []
        while number < calls and len(asked_at) < WINDOW:
            method, params = questions.call()
            number += 1
            asked_at[number] = time.monotonic()
            lines.append(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
        if lines:
            connection.send_line("\n".join(lines))
        reply = connection.read()
        assert reply is not None, "the daemon has closed the connection of one who asks well"
        waits.append(time.monotonic() - asked_at.pop(reply["id"]))
        count(outcomes, reply.get("error", {}).get("code", 0))
        if len(waits) % 64 == 0:
            with done.get_lock():
                done.value += 64
    connection.close()
    waits.sort()
    report.put(("socket", outcomes, waits[len(waits) * 99 // 100] if waits else 0))


def ask_http(port, seed, ids, calls, done, report):
    """One who keeps a connection as long as it can be had."""
    questions, outcomes = Questions(seed, ids), {}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=support.PATIENCE)
    for number in range(calls):
        method, params = questions.call()
        try:
            if number % 2 or method != "search":
                body = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
                connection.request("POST", "/api/rpc", body, {"Content-Type": "application/json"})
            else:
                connection.request("GET", "/api/search?" + urllib.parse.urlencode({"q": params["q"]}))
            reply = connection.getresponse()
            text = reply.read()
            code = json.loads(text).get("error", {}).get("code", 0) if reply.status == 200 else {
                400: -32602, 404: -32003, 408: -32002, 503: -32001, 429: -32001}.get(reply.status, reply.status)
        except (OSError, http.client.HTTPException):
            connection.close()  # there were too many connections
            code = -32001
        count(outcomes, code)
        if number % 16 == 15:
            with done.get_lock():
                done.value += 16
    connection.close()
    report.put(("http", outcomes, 0))


class Hostile:
    """Attacks, one after another, the same from the same seed."""

    def __init__(self, path, port, seed):
        self.path, self.port, self.draw = str(path), port, random.Random(seed)

    def dial(self, door=None):
        if door or self.draw.random() < 0.5:
            client = socket.create_connection(("127.0.0.1", self.port), 5)
        else:
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(5)
            client.connect(self.path)
        return client

    def half_a_line(self):
        with self.dial() as client:
            client.sendall(b'{"jsonrpc":"2.0","id":1,"method":"sea')
            if self.draw.random() < 0.2:
                client.recv(100)  # until the deadline

    def a_line_without_an_end(self):
        with self.dial() as client:
            for _ in range(20):
                client.sendall(b"x" * 16384)

    def noise(self):
        with self.dial() as client:
            client.sendall(self.draw.randbytes(self.draw.randint(1, 5000)) + b"\n")
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass

    def a_flood_that_is_not_waited_for(self):
        with self.dial() as client:
            call = {"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"q": "patients OR data", "limit": 100}}
            client.sendall((json.dumps(call) + "\n").encode() * 200)

    def a_batch_that_is_not_waited_for(self):
        with self.dial() as client:
            call = {"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"q": "care", "facets": ["dataset"]}}
            client.sendall(json.dumps([call] * 100).encode() + b"\n")

    def one_that_never_reads(self):
        with self.dial() as client:
            call = {"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"q": "patients", "limit": 1000,
                                                                              "snippets": 10}}
            client.sendall((json.dumps(call) + "\n").encode() * 60)
            time.sleep(self.draw.random() * 0.8)

    def half_a_request(self):
        with self.dial("http") as client:
            client.sendall(b"GET /api/search?q=asthma HTTP/1.1\r\nHost: localh")

    def a_huge_head(self):
        with self.dial("http") as client:
            client.sendall(b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"y" * 200000)

    def an_export_that_is_left(self):
        with self.dial("http") as client:
            client.sendall(b"GET /api/export HTTP/1.1\r\nHost: localhost\r\n\r\n")
            client.recv(1000)

    def a_body_that_does_not_come(self):
        with self.dial("http") as client:
            client.sendall(b"POST /api/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                           b"Content-Length: 5000\r\n\r\n{")

    def a_crowd(self):
        crowd = [self.dial() for _ in range(CONNECTIONS)]
        for client in crowd:
            client.close()

    def go_on(self, stop):
        attacks = [getattr(self, name) for name in sorted(vars(Hostile)) if name[0] != "_" and name not in
                   ("dial", "go_on")]
        while not stop.is_set():
            try:
                self.draw.choice(attacks)()
            except OSError:
                pass  # as it should be


def attack(path, port, seed, stop):
    Hostile(path, port, seed).go_on(stop)


def change(db, folder, stop):
    """An index that moves on under it all."""
    number = 0
    while not stop.wait(1):
        number += 1
        page = pathlib.Path(folder) / "changing.jsonl"
        page.write_text(json.dumps({"id": "NIC-CHANGING", "organisation": "Changing", "objectives": f"text {number}"}))
        subprocess.run([support.BIN / "purpose-index", "--db", db, "--quiet", page], check=True,
                       stdout=subprocess.DEVNULL)


def held(pid):
    """Bytes of memory and descriptors that the process has."""
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir(f"/proc/{pid}/fd"))


def watch(daemon, askers, done, total, say):
    """Looks at what it holds while it is asked. The most of it when it was warm, and of the end."""
    warm = late = (0, 0)
    told = 0
    while any(asker.is_alive() for asker in askers):
        time.sleep(0.05)
        assert daemon.process.poll() is None, "the daemon is gone"
        share, now = done.value / total, held(daemon.process.pid)
        if 0.2 < share <= 0.5:
            warm = tuple(map(max, warm, now))
        elif share > 0.7:
            late = tuple(map(max, late, now))
        if share >= told + 0.1:
            told = share
            say(f"{done.value} requests, {now[0] >> 20} MiB, {now[1]} descriptors")
    return warm, late


def run(total, say=lambda text: None, seed=1):
    """Asks `total` times. What came of it, or an AssertionError."""
    folder = tempfile.TemporaryDirectory(prefix="purposed-soak-")
    db = pathlib.Path(folder.name) / "index"
    support.index(db, support.SAMPLE)
    stop, done, report = multiprocessing.Event(), multiprocessing.Value("q", 0), multiprocessing.Queue()
    started = time.monotonic()
    with support.Daemon(db, *ARGUMENTS, door="http") as daemon:
        ids = [hit["id"] for hit in daemon.call("search", limit=1000)["hits"]]
        daemon.connection.close()  # it would be let go as idle
        port = int(daemon.address.rsplit(":", 1)[1])
        before = held(daemon.process.pid)
        by_http = total // SHARE_OF_HTTP
        askers = [multiprocessing.Process(target=ask_socket, args=(daemon.path, seed + i, ids, (total - by_http) // ASKERS,
                                                                   done, report)) for i in range(ASKERS)]
        askers.append(multiprocessing.Process(target=ask_http, args=(port, seed + 50, ids, by_http, done, report)))
        others = [multiprocessing.Process(target=attack, args=(daemon.path, port, seed + 100 + i, stop))
                  for i in range(2)]
        others.append(multiprocessing.Process(target=change, args=(db, folder.name, stop)))
        for process in askers + others:
            process.start()
        try:
            warm, late = watch(daemon, askers, done, total, say)
        finally:
            stop.set()
            for process in askers + others:
                process.join(support.PATIENCE)
        assert all(process.exitcode == 0 for process in askers + others), "one who asked was not answered well"
        seconds = time.monotonic() - started
        outcomes, slowest = {}, 0
        for _ in askers:
            _, found, wait = report.get(timeout=support.PATIENCE)
            slowest = max(slowest, wait)
            for code, number in found.items():
                outcomes[code] = outcomes.get(code, 0) + number
        daemon.connection = get_in(daemon.path)
        daemon.wait_for(lambda: daemon.call("status")["connections"]["open"] == 1)
        status = daemon.call("status")
        daemon.wait_for(lambda: held(daemon.process.pid)[1] <= before[1] + DESCRIPTOR_GROWTH_MAX)
    folder.cleanup()
    result = {"requests": sum(outcomes.values()), "seconds": round(seconds, 1), "outcomes": outcomes,
              "p99_ms": round(slowest * 1000, 1), "warm_mib": warm[0] >> 20, "late_mib": late[0] >> 20,
              "cut_off": status["connections"]["cut_off"], "refused": status["connections"]["refused"],
              "accepted": status["connections"]["accepted"]}
    say(json.dumps(result))
    assert set(outcomes) <= EXPECTED | BUSY, outcomes
    assert outcomes[0] > total / 2
    assert status["queue"]["waiting"] == 0 and status["queue"]["running"] == 0
    if not os.environ.get("PURPOSED_SANITIZE") and total >= 10000:
        assert late[0] <= warm[0] + GROWTH_MAX, f"it grew from {warm[0]} to {late[0]} bytes"
    return result


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 1000000, lambda text: print(text, flush=True))
