# SPDX-License-Identifier: GPL-2.0-or-later
"""What HTTP itself promises: tags, compression, other people's pages, HEAD, connections kept, an index that moves on."""
import json
import pathlib

import pytest

from served import Served
from support import SAMPLE, index

PATHS = ["/api/search?q=asthma", "/search.atom?q=asthma&sort=id", "/search.json?q=asthma", "/api/schema",
         "/api/records/GPCENSUS", "/openapi.json", "/opensearch.xml"]


@pytest.mark.parametrize("path", PATHS)
def test_a_tag_saves_the_reply(server, path):
    first = server.ask(path)
    tag = first.headers["ETag"]
    assert first.status == 200 and tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "no-cache"
    for given in (tag, f'"other", {tag}', tag[2:], "*"):
        again = server.ask(path, If_None_Match=given)
        assert again.status == 304 and again.body == b"" and again.headers["ETag"] == tag
        for name in ("Cache-Control", "Vary"):  # as the reply has them (RFC 9110, 15.4.5)
            assert again.headers[name] == first.headers[name] is not None
    for given in ('"other"', "W/", tag[:-2] + '"', ""):
        assert server.ask(path, If_None_Match=given).status == 200


def test_tags_differ_with_the_question(server):
    tags = {server.ask(path).headers["ETag"] for path in PATHS}
    assert len(tags) == len(PATHS)


def test_tags_change_with_the_index(tmp_path):
    db = tmp_path / "index"
    index(db, SAMPLE)
    record = {"id": "DARS-NIC-777777-N3WER", "organisation": "Newcomer", "objectives": "asthma in newcomers"}
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(record) + "\n")
    with Served(db) as server:
        tag = server.ask("/api/search?q=asthma").headers["ETag"]
        index(db, more)
        server.wait_for(lambda: server.ask("/api/search?q=asthma", If_None_Match=tag).status == 200)
        reply = server.ask("/api/search?q=asthma")
        assert reply.json()["total"] == 3 and reply.headers["ETag"] != tag


@pytest.mark.parametrize("accepted, compressed", [
    ("gzip", True), ("deflate, gzip;q=0.5", True), ("GZIP", True), ("*", True), ("gzip;q=0", False), ("identity", False),
    ("br, deflate", False), ("gzip;q=0.000", False), ("gzippy", False), ("*;q=0, gzip", True), ("*, gzip;q=0", False),
    ("gzip;q=0, *", False), ("br, *;q=0", False)])
def test_compression(server, accepted, compressed):
    plain = server.ask("/api/schema")
    assert plain.headers["Content-Encoding"] is None
    reply = server.ask("/api/schema", Accept_Encoding=accepted)
    assert (reply.headers["Content-Encoding"] == "gzip") == compressed
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert reply.json() == plain.json()
    assert not compressed or len(reply.body) < len(plain.body)


def test_pages_of_others_may_read(server):
    for path in PATHS + ["/nothing"]:
        assert server.ask(path, Origin="https://other.example").headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/api/status", "/metrics"):
        assert server.ask(path, Origin="https://other.example").headers["Access-Control-Allow-Origin"] is None
    preflight = server.ask("/api/search", "OPTIONS", Origin="https://other.example",
                           Access_Control_Request_Method="GET")
    assert preflight.status == 204 and "GET" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in preflight.headers


@pytest.mark.parametrize("path", PATHS + ["/nothing", "/api/search?limit=x", "/healthz", "/metrics"])
def test_head_is_get_without_the_body(server, path):
    full, head = server.ask(path), server.ask(path, "HEAD")
    assert head.status == full.status and head.body == b""
    for name in ("Content-Type", "ETag", "Vary", "Link"):
        assert head.headers[name] == full.headers[name]
    assert int(head.headers["Content-Length"]) > 0


def test_connections_are_kept(server):
    connection = server.connect()
    connection.connect()
    plain = connection.sock
    for path in ["/api/search?q=asthma", "/nothing", "/api/search?limit=x", "/healthz", "/api/schema"]:
        connection.request("GET", path)
        connection.getresponse().read()
        assert connection.sock is plain
    connection.request("GET", "/healthz", headers={"Connection": "close"})
    assert connection.getresponse().headers["Connection"].lower() == "close"
    connection.close()


def test_before_there_is_an_index(tmp_path):
    with Served(tmp_path / "index") as server:
        assert server.ask("/healthz").status == 200
        for path in ("/readyz", "/api/search?q=asthma", "/search.atom?q=asthma"):
            reply = server.ask(path)
            assert reply.status == 503 and int(reply.headers["Retry-After"]) >= 1
            assert reply.json()["code"] == -32004
        assert "purposed_index_available 0\n" in server.ask("/metrics").text()
        index(tmp_path / "index", SAMPLE)
        server.wait_for(lambda: server.ask("/readyz").status == 200)
        assert server.get("/api/search", [("q", "asthma")])["total"] == 2
        assert "purposed_index_available 1\n" in server.ask("/metrics").text()


def test_an_index_built_anew_is_never_answered_from_half(tmp_path):
    db, sample = tmp_path / "index", pathlib.Path(SAMPLE)
    index(db, sample)
    with Served(db) as server:
        seen = server.get("/api/search", [("q", "asthma")])["revision"]
        for number in range(6):
            more = tmp_path / f"{number}.jsonl"
            more.write_text(json.dumps({"id": f"X-{number}", "objectives": "asthma again"}) + "\n")
            index(db, more)

            def followed():
                reply = server.get("/api/search", [("q", "asthma"), ("limit", "100")])
                assert reply["total"] == len(reply["hits"])
                return reply["revision"] != seen and reply

            reply = server.wait_for(followed)
            assert f"X-{number}" in {hit["id"] for hit in reply["hits"]}
            seen = reply["revision"]


def test_what_was_asked_is_answered_before_the_end(database):
    server = Served(database)
    connection = server.connect()
    connection.request("GET", "/api/search?q=patients&limit=1000&snippets=10")
    reply = connection.getresponse()
    body = reply.read()
    assert reply.status == 200 and json.loads(body)["total"] > 0
    assert server.stop() == 0
    connection.close()
