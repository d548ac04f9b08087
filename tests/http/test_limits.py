# SPDX-License-Identifier: GPL-2.0-or-later
"""Too much at once, and what is counted."""
import re

import pytest

from served import Reply, Served


def numbers(server):
    return numbers_of(server.ask("/metrics"))


def numbers_over(connection):
    connection.request("GET", "/metrics")
    return numbers_of(Reply(connection.getresponse()))


def numbers_of(reply):
    """The samples of /metrics by name and labels, each family checked for its head."""
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families, samples = {}, {}
    for line in reply.text().splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in families
            families[name] = kind
            continue
        if line.startswith("# HELP "):
            continue
        match = re.fullmatch(r'([a-z_]+)(\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? ([0-9.e+]+)', line)
        assert match, line
        name = match[1] if match[1] in families else re.sub(r"_(bucket|sum|count)$", "", match[1])
        assert name in families, line
        assert match[1] + (match[2] or "") not in samples
        samples[match[1] + (match[2] or "")] = float(match[3])
    return samples


def test_metrics_count_both_doors(database):
    with Served(database) as server:
        for _ in range(3):
            server.get("/api/search", [("q", "asthma")])
            server.call("search", q="asthma")
        server.ask("/api/records/nobody")
        server.ask("/api/search?limit=x")
        server.ask("/nothing")
        found = numbers(server)
        for door in ("http", "socket"):
            labels = f'door="{door}",method="search"'
            assert found[f'purposed_requests_total{{{labels},outcome="ok"}}'] == 3
            assert found[f'purposed_request_duration_seconds_count{{{labels}}}'] == 3
            assert found[f'purposed_request_duration_seconds_bucket{{{labels},le="+Inf"}}'] == 3
            assert found[f'purposed_request_duration_seconds_sum{{{labels}}}'] > 0
            buckets = [value for name, value in found.items()
                       if name.startswith(f'purposed_request_duration_seconds_bucket{{{labels}')]
            assert buckets == sorted(buckets)
        assert found['purposed_requests_total{door="http",method="get",outcome="not_found"}'] == 1
        assert found['purposed_http_responses_total{status="200"}'] == 3
        assert found['purposed_http_responses_total{status="404"}'] == 2
        assert found['purposed_http_responses_total{status="400"}'] == 1
        assert found["purposed_queue_waiting"] == 0 and found["purposed_workers"] == 2
        assert found["purposed_index_records"] == server.call("status")["index"]["records"]
        assert found[f'purposed_index_info{{revision="{server.call("status")["revision"]}"}}'] == 1
        assert found['purposed_connections{door="socket"}'] == 1


def test_more_connections_than_may_be(database):
    with Served(database, "--connections", "4") as server:
        held = [server.connect() for _ in range(3)]
        for connection in held:
            connection.request("GET", "/healthz")
            assert connection.getresponse().read() == b"alive\n"
        reply = server.ask("/api/search?q=asthma")
        assert reply.status == 503 and reply.headers["Retry-After"] == "1"
        assert "too many connections" in reply.json()["detail"]
        for connection in held:
            connection.request("GET", "/healthz")
            assert connection.getresponse().read() == b"alive\n"
        samples = numbers_over(held[0])
        assert samples['purposed_requests_total{door="http",method="other",outcome="overloaded"}'] == 1
        assert not any('outcome="invalid_request"' in name for name in samples)
        # Far more than may be: each is answered, or closed, and nothing waits.
        many = [server.raw() for _ in range(100)]
        for plain in many:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answers = []
        for plain in many:
            try:
                answers.append(plain.recv(100)[:12])
            except ConnectionResetError:
                answers.append(b"")
            plain.close()
        assert set(answers) <= {b"HTTP/1.1 503", b""} and answers.count(b"HTTP/1.1 503") > 50
        for connection in held:
            connection.close()
        server.wait_for(lambda: server.ask("/healthz").status == 200)


@pytest.fixture
def flood(database):
    """Asks for long answers from many connections at once, until one is refused; all replies."""
    def run(*args):
        with Served(database, "--workers", "1", "--cache-bytes", "0", *args) as server:
            replies = []

            def ask():
                connections = [server.connect() for _ in range(24)]
                for connection in connections:
                    connection.connect()
                for connection in connections:
                    connection.request("GET", "/api/search?q=patients+OR+data&limit=1000&snippets=10")
                for connection in connections:
                    replies.append(Reply(connection.getresponse()))
                    connection.close()
                return len({reply.status for reply in replies}) > 1

            server.wait_for(ask)
            assert server.ask("/healthz").status == 200
            return replies
    return run


def test_more_than_one_address_may_ask_at_once(flood):
    replies = flood("--in-flight", "2")
    assert {reply.status for reply in replies} == {200, 429}
    refused = next(reply for reply in replies if reply.status == 429)
    assert refused.headers["Retry-After"] == "1" and "this address" in refused.json()["detail"]


def test_more_than_the_queue_holds(flood):
    replies = flood("--queue", "2", "--in-flight", "1000")
    assert {reply.status for reply in replies} == {200, 503}
    refused = next(reply for reply in replies if reply.status == 503)
    assert refused.headers["Retry-After"] == "1" and refused.json()["code"] == -32001


def test_a_reply_that_would_be_too_long(database):
    with Served(database, "--reply-bytes", "6K") as server:
        reply = server.ask("/api/search?q=patients&limit=1000")
        assert reply.status == 400 and "ask for less" in reply.json()["detail"]
        reply = server.ask("/search.atom?q=patients&limit=1000&sort=id")
        assert reply.status == 400 and "ask for less" in reply.json()["detail"]
        for encoding in ("identity", "gzip"):
            reply = server.ask("/api/search?q=patients&limit=3", Accept_Encoding=encoding)
            assert reply.status == 200 and len(reply.json()["hits"]) == 3
            assert (reply.headers["Content-Encoding"] == "gzip") == (encoding == "gzip")
        assert server.ask("/api/search?q=patients&limit=2&snippets=0").status == 200


def test_nothing_asked_is_logged_unless_wanted(database):
    with Served(database) as server:
        server.ask("/api/search?q=secretword")
        assert "secretword" not in server.said()
    with Served(database, "--log-queries") as server:
        server.ask("/api/search?q=secretword")
        assert "search: /api/search?q=secretword" in server.said()
