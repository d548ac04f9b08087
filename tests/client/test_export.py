# SPDX-License-Identifier: GPL-2.0-or-later
"""Exports of many pages from a real daemon: whole, in bounded memory, and never silently cut short."""
import csv
import http.client
import io
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading

import pytest

import support

RECORDS = 1200
WORDS = "asthma smoke harbour wheeze cohort linkage trust pathway clinic ambulance".split()


def prose(number):
    """About a thousand characters, no two alike."""
    return " ".join(f"{WORDS[(number * 7 + i) % len(WORDS)]}{(number * 31 + i) % 997}" for i in range(100))


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    with open(folder / "records.jsonl", "w") as file:
        for number in range(RECORDS):
            file.write(json.dumps({"id": f"NIC-{number:05}", "organisation": f"=Trust {number % 9}",
                                   "objectives": prose(number)}) + "\n")
    support.index(folder / "index", folder / "records.jsonl")
    return folder / "index"


@pytest.fixture(scope="module", params=["unix", "http"])
def running(db, request):
    with support.Daemon(db, door=request.param) as daemon:
        yield daemon


def start(daemon, *args):
    return subprocess.Popen([support.BIN / "purpose", "--socket", daemon.address, "export", *args],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def export(daemon, *args):
    process = start(daemon, *args)
    output, errors = process.communicate(timeout=support.PATIENCE)
    assert (process.returncode, errors) == (0, b"")
    return output.decode()


def test_every_record_once(running):
    lines = export(running).splitlines()
    assert [json.loads(line)["id"] for line in export(running, "--sort", "id").splitlines()] == [
        f"NIC-{number:05}" for number in range(RECORDS)]
    assert len(lines) == RECORDS
    assert sum(map(len, lines)) > 1 << 20, "so that there are pages"
    assert json.loads(lines[0])["objectives"] in {prose(number) for number in range(RECORDS)}


def test_all_formats_say_the_same(running):
    records = {record["id"]: record for record in map(json.loads, export(running).splitlines())}
    assert {record["id"]: record for record in json.loads(export(running, "--json"))} == records
    for name, dialect in (("--csv", "excel"), ("--tsv", "excel-tab")):
        rows = list(csv.DictReader(io.StringIO(export(running, name), newline=""), dialect=dialect))
        assert len(rows) == RECORDS
        for row in rows:
            assert row["objectives"] == records[row["id"]]["objectives"]
            assert row["organisation"] == "'" + records[row["id"]]["organisation"]


def test_a_part_of_it(running):
    found = running.call("search", q="asthma7", limit=0)["total"]
    assert 0 < found < RECORDS
    assert len(export(running, "asthma7").splitlines()) == found


LIBRARIES = 64 << 10  # KiB of addresses that libcurl and what it brings take, most of them never touched


class Pages:
    """A daemon that has nothing but pages of an export, a MiB each."""

    COUNT = 64

    def __init__(self, door):
        self.folder = tempfile.TemporaryDirectory(prefix="purposed-")
        self.is_http = door == "http"
        self.listener = socket.socket(socket.AF_INET if self.is_http else socket.AF_UNIX)
        self.listener.bind(("127.0.0.1", 0) if self.is_http else f"{self.folder.name}/sock")
        self.listener.listen()
        self.address = (f"http://127.0.0.1:{self.listener.getsockname()[1]}" if self.is_http
                        else f"unix:{self.folder.name}/sock")
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        connection, _ = self.listener.accept()
        with connection, self.listener, connection.makefile("rwb") as file:
            for number, line in enumerate(self.requests(file), 1):
                page = {"records": [{"id": f"NIC-{number}", "objectives": "x" * (1 << 20)}],
                        "cursor": str(number) if number < self.COUNT else None}
                reply = json.dumps({"jsonrpc": "2.0", "id": json.loads(line)["id"], "result": page}).encode()
                if self.is_http:
                    file.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               b"Content-Length: %d\r\n\r\n" % (len(reply) + 1))
                file.write(reply + b"\n")
                file.flush()

    def requests(self, file):
        """Lines, or the bodies of HTTP."""
        if not self.is_http:
            yield from file
            return
        while file.readline():
            head = http.client.parse_headers(file)
            yield file.read(int(head["Content-Length"]))


@pytest.mark.skipif(bool(os.environ.get("PURPOSED_SANITIZE")), reason="a sanitizer's memory is not ours")
@pytest.mark.parametrize("door, kib", [("unix", 49152), ("http", 49152 + LIBRARIES)])
def test_memory_is_bounded(door, kib):
    pages = Pages(door)
    result = subprocess.run(["bash", "-c", f"ulimit -v {kib} && exec \"$@\"", "-", support.BIN / "purpose", "--socket",
                             pages.address, "export"], capture_output=True, timeout=support.PATIENCE, check=False)
    pages.thread.join()
    pages.folder.cleanup()
    assert (result.returncode, result.stderr) == (0, b"")
    assert len(result.stdout) > Pages.COUNT << 20, "more than it may have at once"


def test_a_reader_that_has_enough(running):
    result = subprocess.run(f"'{support.BIN}/purpose' --socket '{running.address}' export | head -n 2",
                            shell=True, capture_output=True, text=True, timeout=support.PATIENCE, check=False)
    assert result.stdout.count("\n") == 2
    assert result.stderr == ""


@pytest.mark.parametrize("door", ["unix", "http"])
def test_a_daemon_that_ends_meanwhile(db, door):
    daemon = support.Daemon(db, door=door)
    process = start(daemon)
    first = process.stdout.readline()  # from now on the pipe is full, and the export waits
    daemon.connection.close()
    daemon.process.send_signal(signal.SIGTERM)
    assert daemon.process.wait(support.PATIENCE) == 0
    rest, errors = process.stdout.read(), process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    lines = (first + rest).decode().splitlines()
    assert all(json.loads(line)["id"] for line in lines), "no line is cut"
    assert 0 < len(lines) < RECORDS
    assert errors.decode().startswith(f"purpose: the export is not whole, it ends after {len(lines)} records: ")
    assert process.wait(support.PATIENCE) == 2
    daemon.log.close()
    daemon.folder.cleanup()
