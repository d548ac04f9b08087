# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls of the socket's protocol, posted: the same replies, and nothing for those who should not post."""
import json
import socket

import pytest

from served import Served, read_all
from test_answers import CASES

CALLS = [(method, params) for method, _, _, params in CASES] + [
    ("status", {"x": 1}), ("nonsense", {}), ("get", {"id": "nobody"}), ("search", {"limit": -1}), ("search", {"q": 7}),
    ("search", {"filters": {"nothing": ["x"]}}), ("export", {"q": "asthma", "sort": "id"}), ("search", [1]),
    ("search", {"q": "\u0000"}), (7, {})]


def post(server, body, **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.ask("/api/rpc", "POST", body, **{"Content_Type": "application/json", **headers})


def over_the_socket(server, message):
    server.connection.send_line(json.dumps(message))
    return server.connection.read()


def without_time(reply):
    reply.get("result", {}).pop("took_us", None)
    return reply


@pytest.mark.parametrize("method, params", CALLS)
def test_as_over_the_socket(server, method, params):
    message = {"jsonrpc": "2.0", "id": "a name", "method": method, "params": params}
    reply = post(server, message)
    told = reply.json()
    assert without_time(told) == without_time(over_the_socket(server, message))
    assert reply.type == "application/json"
    assert (reply.status == 200) == ("result" in told)
    if "error" in told:
        code = told["error"]["code"]
        assert reply.status == {-32601: 501, -32003: 404}.get(code, 400)


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"7", b"{}", b"[]", b'{"jsonrpc":"2.0","id":1}', b"\xff", b"[" * 99])
def test_what_is_no_call(server, body):
    reply = post(server, body)
    assert reply.status == 400 and reply.json()["error"]["code"] in (-32700, -32600)


def test_one_call_a_request(server):
    call = {"jsonrpc": "2.0", "id": 1, "method": "status"}
    reply = post(server, [call, call])
    assert (reply.status, reply.type) == (400, "application/problem+json")
    assert "one call" in reply.json()["detail"]


def test_a_notification_is_not_answered(server):
    reply = post(server, {"jsonrpc": "2.0", "method": "search"})
    assert (reply.status, reply.body) == (202, b"")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
def test_pages_of_others_cannot_post(server, kind):
    """What a browser posts for any page, without asking first, is not taken; and asked, it is not told that it may."""
    reply = post(server, {"jsonrpc": "2.0", "id": 1, "method": "status"}, Content_Type=kind)
    assert reply.status == 415
    asked = server.ask("/api/rpc", "OPTIONS", Origin="http://evil.example", Access_Control_Request_Method="POST")
    assert asked.status == 204 and asked.headers["Allow"] == "POST, OPTIONS"
    for told in (reply, asked, post(server, {"jsonrpc": "2.0", "id": 1, "method": "status"})):
        assert not [name for name in told.headers if name.lower().startswith("access-control-allow")]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_calls_are_posted(server, method):
    reply = server.ask("/api/rpc", method)
    assert (reply.status, reply.headers["Allow"]) == (405, "POST, OPTIONS")


def test_compressed_for_those_who_take_it(server):
    call = {"jsonrpc": "2.0", "id": 1, "method": "schema"}
    reply = post(server, call, Accept_Encoding="gzip")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert reply.json() == post(server, call).json()
    wrong = post(server, {**call, "params": {"x" * 4000: 1}}, Accept_Encoding="gzip")
    assert wrong.headers["Content-Encoding"] is None and wrong.json()["error"]["code"] == -32602


def test_several_on_one_connection(server):
    connection = server.connect()
    for number in range(5):
        connection.request("POST", "/api/rpc", json.dumps({"jsonrpc": "2.0", "id": number, "method": "schema"}),
                           {"Content-Type": "application/json"})
        assert json.loads(connection.getresponse().read())["id"] == number
    connection.close()


def test_limits(database):
    with Served(database, "--line-bytes", "2K", "--http-timeout", "4") as server:
        assert post(server, {"jsonrpc": "2.0", "id": 1, "method": "search", "params": {"q": "x" * 1000}}).status == 200
        reply = post(server, b" " * 2049)
        assert reply.status == 413 and "2048 bytes" in reply.json()["detail"]
        head = "POST /api/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        call = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "status"}).encode().ljust(2048)
        for extra, status in ((b"", 200), (b" ", 413), (b" " * 2048, 413)):  # of a length that is not said before
            body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (call[:9], call[9:] + extra, b""))
            got = server.send((head + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n").encode() + body)
            assert got.startswith(b"HTTP/1.1 %d " % status)
        with server.raw() as plain:
            try:
                plain.sendall((head + "Transfer-Encoding: chunked\r\n\r\n").encode() + (b"400\r\n" + b"x" * 1024 + b"\r\n") * 9)
            except (BrokenPipeError, ConnectionResetError):
                pass
            assert b"HTTP/1.1 2" not in read_all(plain)
        with server.raw() as plain:  # half a body, and then nothing
            plain.sendall((head + "Content-Length: 100\r\n\r\n{").encode())
            assert read_all(plain) == b""
        with server.raw() as plain:
            plain.sendall((head + "Content-Length: 100\r\n\r\n{").encode())
            plain.shutdown(socket.SHUT_WR)
            read_all(plain)
        assert post(server, {"jsonrpc": "2.0", "id": 1, "method": "status"}).status == 200


def test_before_there_is_an_index(tmp_path):
    with Served(tmp_path / "none") as server:
        reply = post(server, {"jsonrpc": "2.0", "id": 1, "method": "search"})
        assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
        assert reply.json()["error"]["code"] == -32004
