# SPDX-License-Identifier: GPL-2.0-or-later
"""What is sent and should not have been: the right status, an answer that names the parameter, nobody else held up."""
import contextlib
import json
import pathlib
import re
import socket
import threading

import pytest

from served import Served, read_all

HERE = pathlib.Path(__file__).resolve().parent
CASES = [json.loads(line) for line in (HERE / "requests.jsonl").read_text().splitlines()]


def still_answers(server):
    assert server.get("/api/search", [("q", "asthma")])["total"] == 2


def statuses(got):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["target"])
def test_a_request_that_is_wrong(server, case):
    got = server.send(f"GET {case['target']} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    head, _, body = got.partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert statuses(head) == [case["status"]] and problem["status"] == case["status"]
    assert b"Content-Type: application/problem+json" in head
    assert problem["type"] == "about:blank" and problem["title"]
    assert problem.get("parameter") == case.get("parameter")
    assert case["says"] in problem["detail"]


@pytest.mark.parametrize("text", [
    "(" * 9000, '"' * 999, "\u202e\u2066hospital\u2069", "\u0001\u0007hospital", "NOT " * 500 + "hospital",
    "a* " * 1000, "x" * 20000, "£%&/()=?`´", "\\", "<script>", "'; DROP TABLE agreements; --", "\r\nSet-Cookie: a=b"])
def test_any_text_is_answered(server, text):
    import urllib.parse
    for path in ("/api/search", "/search.atom", "/search.json"):
        reply = server.ask(f"{path}?q={urllib.parse.quote(text)}&sort=relevance")
        assert reply.status in (200, 400)
        assert reply.headers["Set-Cookie"] is None
        if reply.status == 400:
            assert reply.json()["parameter"] == "q"
    still_answers(server)


def test_a_parameter_a_thousand_times(server):
    once = server.get("/api/search", [("legal_basis", "s251")])
    many = server.get("/api/search", [("legal_basis", "s251")] * 1000)
    assert many["total"] == once["total"]
    reply = server.ask("/api/search?" + "&".join(["q=a"] * 1000))
    assert reply.status == 400 and reply.json()["parameter"] == "q"
    reply = server.ask("/api/search?" + "&".join(["facet=dataset"] * 1000))
    assert reply.status == 200
    for name in ("facet=f{}", "facet.f{}.limit=1"):  # told while they are read, not by a worker
        reply = server.ask("/api/search?" + "&".join(name.format(i) for i in range(1000)))
        assert reply.status == 400 and reply.json()["parameter"] == "facet"
        assert "too often: at most 64" in reply.json()["detail"]
    reply = server.ask("/api/search?" + "&" * 5000)
    assert reply.status == 400 and "4096" in reply.json()["detail"]
    # What the library has no room to take apart ends its connection, and leaves nothing behind.
    for _ in range(3):
        assert statuses(server.send_and_end(b"GET /api/search?" + b"&" * 50000 + b" HTTP/1.1\r\n\r\n")) in (
            [], [400], [413], [431])
    still_answers(server)


@pytest.mark.parametrize("length, status", [(30000, 200), (66000, 414), (250000, 414), (1000000, 414)])
def test_a_long_target(server, length, status):
    with server.raw() as plain:
        try:
            plain.sendall(b"GET /api/search?q=" + b"a" * length + b" HTTP/1.1\r\nHost: localhost\r\n"
                          b"Connection: close\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        got = read_all(plain)
    # Far past what the library keeps of a head it answers itself, and may not wait until all of it is read.
    assert statuses(got)[:1] == [status] or (length >= 250000 and statuses(got)[:1] in ([431], []))
    still_answers(server)


@pytest.mark.parametrize("count, length", [(1, 300000), (5000, 60), (100000, 10)])
def test_huge_headers(server, count, length):
    with server.raw() as plain:
        try:
            plain.sendall(b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                          b"".join(b"X-%d: %s\r\n" % (i, b"a" * length) for i in range(count)) + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        got = read_all(plain)
    assert statuses(got)[:1] in ([431], [413], [400], [])
    assert b"revision" not in got
    still_answers(server)


@pytest.mark.parametrize("request_bytes", [
    b"\x00" * 1000, b"\xff\xfe\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"GET /api/schema\r\n\r\n", b"\r\n" * 1000,
    b"GET /api/schema HTTP/9.9\r\n\r\n", b"GET /api/schema HTTP/1.1\r\nHost localhost\r\n\r\n",
    b'{"jsonrpc":"2.0","id":1,"method":"status"}\n', b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500,
    b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nhost: other\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
def test_what_is_no_request(server, request_bytes):
    got = server.send_and_end(request_bytes)
    for status in statuses(got):
        assert 400 <= status <= 505
    still_answers(server)


@pytest.mark.parametrize("end", range(1, 60, 7))
def test_half_a_request_and_gone(server, end):
    request = b"GET /api/search?q=asthma HTTP/1.1\r\nHost: localhost\r\nX: y\r\n\r\n"
    with server.raw() as plain:
        plain.sendall(request[:end])
    still_answers(server)


@pytest.mark.parametrize("headers, body, status", [
    ("Content-Length: 5", b"hello", 413), ("Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n", 413),
    ("Content-Length: 70000", b"x" * 70000, 413), ("Content-Length: 0", b"", 200)])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_body_where_none_belongs(server, method, headers, body, status):
    got = server.send(f"{method} /api/schema HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n\r\n"
                      .encode() + body)
    assert statuses(got) == [status]
    still_answers(server)


def test_an_endless_body(server):
    with server.raw() as plain:
        try:
            plain.sendall(b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n")
            for _ in range(1000):
                plain.sendall(b"x" * 65536)
        except (BrokenPipeError, ConnectionResetError):
            pass
        got = read_all(plain)
    assert statuses(got)[:1] in ([413], [])
    still_answers(server)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_methods_that_change_things(server, method):
    got = server.send(f"{method} /api/search HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert statuses(got) == [405] and b"\r\nAllow: GET, HEAD, OPTIONS\r\n" in got
    got = server.send(f"{method} /api/search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nConnection: close"
                      "\r\n\r\nq=asthma!".encode())
    assert statuses(got) == [405]


def test_pipelined(server):
    request = "GET /api/search?q={} HTTP/1.1\r\nHost: localhost\r\n{}\r\n"
    words = ["asthma", "epilepsy", "%zz", "dialysis"]
    got = server.send("".join(request.format(word, "" if word != words[-1] else "Connection: close\r\n")
                              for word in words).encode())
    assert statuses(got) == [200, 200, 400, 200]


@pytest.mark.parametrize("host, status", [
    ("localhost", 200), ("LOCALHOST:80", 200), ("127.0.0.1:1", 200), ("[::1]", 200), ("[::1]:8080", 200),
    ("evil.example", 421), ("evil.example:80", 421), ("localhost.evil.example", 421), ("127.0.0.1.evil.example", 421),
    ("a b", 400), ('"><script>', 400), ("[::1", 400), ("localhost:x", 400), ("", 400), ("x" * 300, 400)])
def test_names_that_others_lead_here(server, host, status):
    got = server.send(f"GET /search.atom?sort=id HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert statuses(got) == [status]
    assert b"<script>" not in got


def test_without_a_host(server):
    assert statuses(server.send(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")) == [400]
    assert b" 200 " in server.send(b"GET /healthz HTTP/1.0\r\n\r\n")[:20]


def test_a_name_it_was_given(database):
    with Served(database, "--base-url", "https://register.example/data") as server:
        reply = server.ask("/search.atom?sort=id&limit=1", Host="register.example")
        assert reply.status == 200
        assert 'href="https://register.example/data/api/records/' in reply.text()
        assert server.ask("/healthz", Host="evil.example").status == 421
    with Served(database, "--public") as server:
        assert server.ask("/healthz", Host="anything.example").status == 200


# ---- time ----


@pytest.fixture(scope="module")
def hasty(database):
    with Served(database, "--http-timeout", "1", "--write-timeout", "2") as server:
        yield server


def ended(plain):
    """What came before the other side closed."""
    plain.settimeout(60)
    return read_all(plain)


CUT_OFF = "connection h{} cut off: "
NOT_WHOLE = "its request did not come whole within 1000 ms"
NOT_READ = "it does not read its reply"
TOO_LONG = "the body of its request is too long"


def told(server, why):
    """How many connections the log says were cut off for this reason."""
    return len(re.findall(f"^purposed: {CUT_OFF.format('[0-9]+')}{why}$", server.said(), re.M))


def cut_off(server):
    return server.call("status")["connections"]["cut_off"]


@pytest.mark.parametrize("start", [b"", b"G", b"GET /api/schema HTTP/1.1\r\nHost: loc",
                                   b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nx"])
def test_a_client_that_stops(hasty, start):
    with hasty.raw() as plain:
        plain.sendall(start)
        assert statuses(ended(plain)) == []
    still_answers(hasty)


@pytest.mark.parametrize("trickle", [b"GET /api/search?q=" + b"a" * 1000, b"GET /api/schema HTTP/1.1\r\n" + b"X: y\r\n" * 1000,
                                     b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n" +
                                     b"x" * 1000])
def test_a_request_that_trickles(hasty, trickle):
    """Each byte is activity, and yet there is an end."""
    with hasty.raw() as plain:
        plain.settimeout(0.02)
        gone = False
        for at in range(1000):
            try:
                plain.sendall(trickle[at:at + 1])
                gone = plain.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                gone = True
            if gone:
                break
        assert gone
    still_answers(hasty)


KEPT = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
SECRET = b"secretword"


def sent(plain, pieces):
    """What came before the other side closed; it may close while it is sent to."""
    with contextlib.suppress(OSError):
        for piece in pieces:
            plain.sendall(piece)
    return ended(plain)


@pytest.mark.parametrize("start", [b"G", b"GET /api/search?q=" + SECRET, b"GET /?q=" + SECRET + b" HTTP/1.1\r\nHost: loc",
                                   b"POST /api/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n" + SECRET])
def test_the_log_tells_of_a_request_that_is_cut_off(hasty, start):
    counted, before = cut_off(hasty), told(hasty, NOT_WHOLE)

    def is_told():  # again, where this machine held us up until our time was over
        with hasty.raw() as plain:
            assert sent(plain, [start]) == b""
        return told(hasty, NOT_WHOLE) > before

    hasty.wait_for(is_told)
    assert cut_off(hasty) - counted == told(hasty, NOT_WHOLE) - before
    assert SECRET.decode() not in hasty.said()


@pytest.mark.parametrize("asked", [0, 1, 2])
def test_the_log_is_silent_of_who_asks_nothing_more(hasty, asked):
    """A browser keeps connections open, and opens some that it does not use."""
    def is_kept():
        before = cut_off(hasty), hasty.said()
        with hasty.raw() as plain:
            for _ in range(asked):
                try:
                    plain.sendall(KEPT)
                    if not plain.recv(1000).endswith(b"alive\n"):
                        return False  # this machine held us up until our time was over, or gave us half
                except OSError:
                    return False
            assert ended(plain) == b""
        assert (cut_off(hasty), hasty.said()) == before
        return True

    hasty.wait_for(is_kept)


def test_the_log_tells_of_a_body_too_long(hasty):
    before = told(hasty, TOO_LONG)
    head = b"GET /api/schema HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"

    def is_told():
        with hasty.raw() as plain:
            assert statuses(sent(plain, [head, *[b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 1000])) == []
        return told(hasty, TOO_LONG) > before

    hasty.wait_for(is_told)
    still_answers(hasty)


def test_many_slow_ones_hold_nobody_up(hasty):
    slow = [hasty.raw() for _ in range(60)]
    for number, plain in enumerate(slow):
        plain.sendall(b"GET /api/search?q=asthma HTTP/1.1\r\nHost: localhost\r\n"[:5 + number % 40])
    for _ in range(10):
        still_answers(hasty)
    for plain in slow:
        assert read_all(plain) == b""
        plain.close()
    hasty.wait_for(lambda: hasty.get("/api/status")["connections"]["http"] <= 2)


def test_a_flood_does_not_fill_the_log(database):
    """What is cut off is told of, or counted by a line that is."""
    with Served(database, "--http-timeout", "1") as server:
        slow = [server.raw() for _ in range(100)]
        for plain in slow:
            plain.sendall(b"GET /")
        for plain in slow:
            assert ended(plain) == b""
            plain.close()

        def all_known():  # those left out are told of with the first of a later second
            with server.raw() as plain:
                assert sent(plain, [b"GET /"]) == b""
            more = re.findall(r"^purposed: (\d+) more .*, are not told$", server.said(), re.M)
            return told(server, NOT_WHOLE) + sum(map(int, more)) == cut_off(server)

        server.wait_for(all_known)
        assert cut_off(server) > 20


def test_a_reply_that_is_not_read(hasty):
    before, told_before = cut_off(hasty), told(hasty, NOT_READ)
    with hasty.raw() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = b"GET /api/search?limit=1000&snippets=10&q=patients HTTP/1.1\r\nHost: localhost\r\n\r\n"
        sent = 0
        plain.settimeout(0.2)
        try:
            while sent < 2000:
                plain.sendall(request)
                sent += 1
        except OSError:
            pass
        hasty.wait_for(lambda: cut_off(hasty) > before)
    hasty.wait_for(lambda: told(hasty, NOT_READ) > told_before)
    still_answers(hasty)


def test_clients_that_leave_while_they_are_served(server):
    for _ in range(30):
        with server.raw() as plain:
            plain.sendall(b"GET /api/search?q=patients&limit=1000&snippets=10 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    still_answers(server)
    server.wait_for(lambda: server.get("/api/status")["connections"]["http"] <= 2)


@pytest.mark.parametrize("request_bytes", [b"GET /api/search?q=patients&limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                                           b"GET /api/export HTTP/1.1\r\nHost: localhost\r\n\r\n"])
def test_clients_that_close_their_side(server, request_bytes):
    """Such a one may have left: it is answered or not, and keeps no place."""
    for _ in range(20):
        assert statuses(server.send_and_end(request_bytes)) in ([200], [])
    still_answers(server)
    server.wait_for(lambda: server.get("/api/status")["connections"]["http"] <= 2)
    server.wait_for(lambda: server.get("/api/status")["queue"]["waiting"] == 0)


def test_asked_from_many_threads(server):
    expected = {word: server.get("/api/search", [("q", word)])["total"] for word in ("asthma", "epilepsy", "hospice")}
    wrong = []

    def ask(word):
        connection = server.connect()
        for _ in range(30):
            connection.request("GET", f"/api/search?q={word}")
            reply = connection.getresponse()
            body = json.loads(reply.read())
            if reply.status != 200 or body["total"] != expected[word]:
                wrong.append((reply.status, body))
        connection.close()

    threads = [threading.Thread(target=ask, args=(word,)) for word in expected for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
