# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that matches, as a stream."""
import csv
import gzip
import io
import json
import os
import subprocess

import pytest

from served import Served
from support import BIN, PATIENCE, SAMPLE, index

RECORDS = 500


def lines(reply):
    assert reply.status == 200, reply.body
    return [json.loads(line) for line in reply.text().split("\n")[:-1]]


def rows(reply):
    assert reply.status == 200, reply.body
    return list(csv.DictReader(io.StringIO(reply.text(), newline="")))


def found(server, *pairs):
    return {hit["id"] for hit in server.get("/api/search", [*pairs, ("limit", "1000"), ("snippets", "0")])["hits"]}


@pytest.mark.parametrize("pairs", [[], [("q", "asthma")], [("legal_basis", "s251"), ("opt_outs", "Yes")],
                                   [("q", "nothing-at-all-like-it")]])
def test_what_a_search_finds(server, pairs):
    import urllib.parse
    query = urllib.parse.urlencode(pairs)
    expected = found(server, *pairs)
    records = lines(server.ask(f"/api/export?{query}"))
    assert {record["id"] for record in records} == expected and len(records) == len(expected)
    for record in records[:5]:
        whole = server.get("/api/records/" + urllib.parse.quote(record["id"], safe=""))
        assert all(whole[name] == value for name, value in record.items())
    table = rows(server.ask(f"/api/export?format=csv&{query}"))
    assert {row["id"] for row in table} == expected and len(table) == len(expected)


def test_its_heads(server):
    reply = server.ask("/api/export?q=asthma")
    assert reply.headers["Content-Type"] == "application/jsonl"
    assert 'filename="purposed.jsonl"' in reply.headers["Content-Disposition"]
    assert "open-government-licence" in reply.headers["Link"] and reply.headers["ETag"]
    assert server.ask("/api/export?q=asthma", If_None_Match=reply.headers["ETag"]).status == 304
    reply = server.ask("/api/export?q=asthma&format=csv", "HEAD")
    assert reply.headers["Content-Type"].startswith("text/csv; charset=utf-8") and reply.body == b""
    assert "open-government-licence" in reply.headers["Link"]


def test_cells_of_a_table(server):
    text = server.ask("/api/export?q=zebrafinch&format=csv").text()
    assert text.startswith("id,agreement,version,title,organisation,") and text.endswith("\r\n")
    table = {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert len(table) == 2
    for row in table.values():
        assert None not in row and None not in row.values()
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert not any(ord(character) < 0x20 and character not in "\r\n\t" for character in cell)
    hostile = table["DARS-NIC-900001-H0STL"]
    assert hostile["organisation"] == "'=HYPERLINK(\"http://evil.example\",\"Zebrafinch\")"
    assert hostile["objectives"].startswith("'=1+1 zebrafinch <img") and '"quoted"' in hostile["objectives"]
    assert hostile["processing"].startswith("'@SUM(A1)") and hostile["legal_basis"] == "Consent"
    assert table["NIC-900002/../%2e%2e#1 ?x=y&z"]["title"] == "'+44 a title"


def test_lines_hold_hostile_text_as_it_is(server):
    raw = server.ask("/api/export?q=zebrafinch").text()
    assert "\x1b" not in raw and "\x01" not in raw
    records = {record["id"]: record for record in lines(server.ask("/api/export?q=zebrafinch"))}
    assert "\x1b[31mred" in records["DARS-NIC-900001-H0STL"]["objectives"]


def test_lists_are_joined(server):
    for row in rows(server.ask("/api/export?format=csv")):
        record = server.call("get", id=row["id"])
        assert row["legal_basis"] == "; ".join(record["legal_basis"])
        assert row["commercial"] == {True: "true", False: "false", None: ""}[record["commercial"]]
        assert row["page_files"] == ("" if record["page_files"] is None else str(record["page_files"]))
        assert row["releases"] == "" or json.loads(row["releases"]) == record["releases"]
        assert json.loads(row["sources"]) == record["sources"]


# What a table could be broken by, or run, in texts and in lists.
HOSTILE = [
    {"id": "=NIC-1", "organisation": 'Say "hello", please', "datasets": ["+Deaths", "Births; =2+2", "a, b"],
     "objectives": "one\r\ntwo\n\nthree \"four\" a;=1+1 \u0007\u001b[31mred\u007f \u009bc1", "commercial": True},
    {"id": "@NIC-2", "organisation": "-Minus", "title": "\t=cmd|' /C calc'!A0", "processing": "\r@SUM(A1)", "outputs": "\n+1",
     "releases": [{"dataset": 'Set "A", or =B', "legal_basis": ["Consent"], "count": 2}], "commercial": False},
    {"id": "NIC-3", "organisation": "\"", "title": "tab\there", "objectives": "", "flags": [" edge ", "=flag"]},
]


@pytest.fixture(scope="module")
def two_editions(tmp_path_factory):
    """The sample register beside hostile records, one of which said something else before."""
    folder = tmp_path_factory.mktemp("editions")
    for name, changes in (("older", {"objectives": "=was another"}), ("newer", {})):
        text = "".join(json.dumps(record | (changes if record["id"] == "=NIC-1" else {})) + "\n" for record in HOSTILE)
        (folder / f"{name}.jsonl").write_text(text)
    index(folder / "index", "--edition", "2019-11", folder / "older.jsonl")
    index(folder / "index", "--edition", "2021-02", folder / "newer.jsonl", SAMPLE)
    with Served(folder / "index") as server:
        yield server


@pytest.mark.parametrize("args, query", [
    ([], ""), (["--history"], "history=yes"), (["--fold"], "fold_copies=yes"), (["--sort=-title"], "sort=-title"),
    (["-f", "opt_outs=Yes", "--newest", "risk"], "opt_outs=Yes&newest_version=yes&q=risk"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_one_table_by_every_door(two_editions, args, query):
    """The client and HTTP write the same bytes."""
    server = two_editions
    by_http = server.ask(f"/api/export?format=csv&{query}")
    assert by_http.status == 200, by_http.body
    for address in [server.address, server.url]:
        by_client = subprocess.run([BIN / "purpose", "--socket", address, "export", "--csv", *args], capture_output=True,
                                   timeout=PATIENCE, check=False)
        assert (by_client.returncode, by_client.stderr) == (0, b"")
        assert by_client.stdout == by_http.body
    table = list(csv.reader(io.StringIO(by_http.text(), newline="")))
    assert len(table) > 1 and {len(row) for row in table} == {len(table[0])}
    assert ("history" in table[0]) == ("--history" in args)
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in table for cell in row)
    if "--history" in args:
        assert [row[table[0].index("objectives")] for row in table if row[-1] == "true"] == ["'=was another"]


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Some fifteen megabytes of records, so many pieces."""
    folder = tmp_path_factory.mktemp("large")
    source = folder / "large.jsonl"
    with open(source, "w") as to:
        for i in range(RECORDS):
            text = " ".join(f"word{(i + 1) * (j + 3) % 997}" for j in range(4000))
            to.write(json.dumps({"id": f"L-{i:05}", "organisation": "Large", "objectives": text}) + "\n")
    index(folder / "index", source)
    with Served(folder / "index", "--write-timeout", "6") as server:
        yield server


def test_a_long_stream(large):
    records = lines(large.ask("/api/export"))
    assert [record["id"] for record in records] == [f"L-{i:05}" for i in range(RECORDS)]
    packed = large.ask("/api/export?format=csv", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    text = gzip.decompress(packed.body).decode()
    assert len(packed.body) < len(text) and text.count("\r\n") == RECORDS + 1


@pytest.mark.skipif(os.environ.get("PURPOSED_SANITIZE", "") != "", reason="a sanitizer keeps what is freed")
def test_a_stream_takes_no_more_memory_than_a_piece(large):
    def resident():
        return large.get("/api/status")["memory_bytes"]
    large.ask("/api/export")
    before = resident()
    connection = large.connect()
    connection.request("GET", "/api/export")
    reply = connection.getresponse()
    most = before
    while reply.read(1 << 20):
        most = max(most, resident())
    connection.close()
    assert most - before < 8 << 20


def test_a_stream_that_is_left_or_not_read(large):
    for _ in range(5):
        with large.raw() as plain:
            plain.sendall(b"GET /api/export HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert plain.recv(10000)
    with large.raw() as plain:
        plain.sendall(b"GET /api/export HTTP/1.1\r\nHost: localhost\r\n\r\n")
        large.wait_for(lambda: large.get("/api/status")["connections"]["cut_off"] > 0)
    large.wait_for(lambda: large.get("/api/status")["connections"]["http"] <= 2)
    assert large.get("/api/search", [("organisation", "Large")])["total"] == RECORDS


def test_streams_while_the_queue_is_full(database):
    import threading
    with Served(database, "--queue", "1", "--workers", "1") as server:
        expected = len(lines(server.ask("/api/export")))
        replies = []

        def ask():
            for _ in range(5):
                reply = server.ask("/api/export")
                replies.append(len(lines(reply)) if reply.status == 200 else reply.status)

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(replies) <= {expected, 503} and expected in replies
