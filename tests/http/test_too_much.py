# SPDX-License-Identifier: GPL-2.0-or-later
"""Replies past the limit of a reply: said as a problem or on a page, by both doors, and what fits is served on."""
import http.client

import pytest

import support
from served import Served

REPLY_BYTES = 1024


@pytest.fixture(scope="module")
def narrow(database):
    with Served(database, "--reply-bytes", str(REPLY_BYTES)) as server:
        yield server


@pytest.mark.parametrize("path", ["/api/search?limit=100", "/api/search?limit=100&snippets=0", "/api/schema",
                                  "/search.atom?q=data&limit=50", "/search.json?q=data&limit=50"])
def test_a_reply_too_long_is_a_problem(narrow, path):
    reply = narrow.ask(path)
    assert reply.status == 400 and reply.type == "application/problem+json"
    assert f"larger than the limit of {REPLY_BYTES} bytes; ask for less at once" in reply.json()["detail"]
    assert narrow.ask("/healthz").status == 200
    assert narrow.get("/api/search", [("q", "asthma"), ("limit", "0")])["total"] > 0


@pytest.mark.parametrize("method", ["status", "schema"])
def test_by_the_socket_too(narrow, method):
    with pytest.raises(support.RpcError) as refused:
        narrow.call(method)
    assert refused.value.code == -32602 and "limit" in refused.value.message
    assert narrow.call("search", q="asthma", limit=0)["total"] > 0


@pytest.mark.parametrize("path", ["/", "/?q=data&limit=100"])
def test_a_page_too_long_says_so(narrow, path):
    reply = narrow.ask(path, Accept="text/html")
    assert reply.status == 400 and reply.type == "text/html"
    assert f"larger than the limit of {REPLY_BYTES} bytes; ask for less at once" in reply.text()


def test_a_stream_that_cannot_go_on_is_not_taken_for_a_whole_one(narrow):
    with pytest.raises(http.client.IncompleteRead):
        narrow.ask("/api/export?format=jsonl")
