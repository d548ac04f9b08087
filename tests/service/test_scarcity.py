# SPDX-License-Identifier: GPL-2.0-or-later
"""No descriptors, no memory, no right to write: the daemon lives, says so, and is well again by itself."""
import contextlib
import errno
import os
import resource
import shutil
import socket
import stat
import subprocess
import time

import pytest

import support

DESCRIPTORS = 48


class Few(support.Daemon):
    """May hold few descriptors. What it was given itself cannot be raised again."""

    def __init__(self, db, *args, **more):
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        super().__init__(db, "--workers", "1", *args, **more)
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == before


def dial(daemon, door):
    if door == "unix":
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(daemon.path))
    else:
        client = socket.create_connection(("127.0.0.1", int(daemon.address.rsplit(":", 1)[1])), support.PATIENCE)
    client.settimeout(support.PATIENCE)
    return client


def processor_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("door", ["unix", "http"])
def test_out_of_descriptors(db, door):
    with Few(db, door=door) as daemon:
        crowd = []
        for _ in range(3 * DESCRIPTORS):
            try:
                crowd.append(dial(daemon, door))
            except OSError:  # the queue of the system is full too
                break
        assert len(crowd) > DESCRIPTORS
        daemon.wait_for(lambda: "cannot accept a connection: Too many open files" in daemon.said())
        # Those who are in are served, and nothing spins.
        assert daemon.call("search", q="asthma", limit=0)["total"] == 2
        before = processor_seconds(daemon.process.pid)
        time.sleep(1)
        assert processor_seconds(daemon.process.pid) - before < 0.5
        assert len(daemon.said().splitlines()) < 200, "it does not fill the log"
        for client in crowd:
            client.close()

        def is_well():
            result = subprocess.run([support.BIN / "purpose", "--socket", daemon.address, "-n", "0", "asthma"],
                                    capture_output=True, check=False, timeout=support.PATIENCE)
            return result.returncode == 0
        daemon.wait_for(is_well)


ASKED = {"unix": (b'{"jsonrpc":"2.0","id":1,"method":"search","params":{"q":"asthma","limit":0}}\n', b'"total":2'),
         "http": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"HTTP/1.1 200")}


@pytest.mark.skipif(bool(os.environ.get("PURPOSED_SANITIZE")), reason="a sanitizer must be loaded first")
@pytest.mark.parametrize("door", ["unix", "http"])
@pytest.mark.parametrize("why", [errno.ENOMEM, errno.ENOBUFS, errno.EMFILE, errno.ENFILE], ids=errno.errorcode.get)
def test_nobody_can_be_accepted(db, tmp_path, monkeypatch, door, why):
    """Those who are in are served, those who wait are let in when it is over, and the log is not filled."""
    refused = tmp_path / "refused"
    monkeypatch.setenv("LD_PRELOAD", str(support.BUILD / "tests" / "librefused_accept.so"))
    monkeypatch.setenv("REFUSED_ACCEPT", str(refused))
    with support.Daemon(db, door=door) as daemon:
        daemon.call("status")  # it is in, not only in the queue
        (tmp_path / "new").write_text(str(why))
        (tmp_path / "new").rename(refused)
        waiting = dial(daemon, door)
        question, answer = ASKED[door]
        waiting.sendall(question)
        daemon.wait_for(lambda: f"cannot accept a connection: {os.strerror(why)}" in daemon.said())
        for _ in range(20):
            assert daemon.call("search", q="asthma", limit=0)["total"] == 2
        assert len(daemon.said().splitlines()) < 200
        refused.unlink()
        reply = b""
        while answer not in reply:
            more = waiting.recv(4096)
            assert more, reply
            reply += more
        waiting.close()


def test_an_index_that_cannot_be_opened_for_want_of_descriptors(db, tmp_path):
    """The one served goes on; the next is taken when there are descriptors again."""
    copy = tmp_path / "index"
    shutil.copytree(db, copy)
    (tmp_path / "more.jsonl").write_text('{"id": "NIC-1", "organisation": "One", "objectives": "asthma"}\n')
    with Few(copy) as daemon:
        crowd = [dial(daemon, "unix") for _ in range(2 * DESCRIPTORS)]
        daemon.wait_for(lambda: "cannot accept a connection" in daemon.said())
        support.index(copy, tmp_path / "more.jsonl")
        assert daemon.call("search", q="asthma", limit=0)["total"] in (2, 3)
        for client in crowd:
            client.close()
        daemon.wait_for(lambda: daemon.call("search", q="asthma", limit=0)["total"] == 3)


def test_no_more_connections_than_descriptors(db, tmp_path):
    """Started with few, it lets fewer in, and tells those beyond to come again."""
    process = subprocess.Popen(["bash", "-c", "ulimit -n 180 && exec \"$@\"", "-", support.BIN / "purposed", "--db", db,
                                "--workers", "1", "--listen", f"unix:{tmp_path}/sock"], stderr=subprocess.PIPE, text=True)
    assert "at most 28 connections instead of 256: the system allows 180 open files" in process.stderr.readline()
    while "listening" not in process.stderr.readline():
        pass
    crowd = [support.Connection(tmp_path / "sock") for _ in range(60)]
    assert crowd[0].call("status")["limits"]["connections"] == 28
    told = crowd[59].read()
    assert told["error"]["code"] == -32001 and "too many connections" in told["error"]["message"]
    for client in crowd:
        client.close()
    process.terminate()
    assert process.wait(support.PATIENCE) == 0
    assert "cannot accept" not in process.stderr.read()
    process.stderr.close()


@pytest.mark.skipif(bool(os.environ.get("PURPOSED_SANITIZE")), reason="a sanitizer's memory is not ours")
def test_out_of_memory_is_said(db, monkeypatch):
    """Either the call fails, or the daemon ends saying why: for whoever starts it to start it again."""
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")  # what is kept for other threads is not used either
    with support.Daemon(db, "--workers", "1", "--line-bytes", "16M") as daemon:
        size = int(open(f"/proc/{daemon.process.pid}/statm").read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        room = size + (4 << 20)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_AS, (room, resource.RLIM_INFINITY))
        client = dial(daemon, "unix")
        try:
            client.sendall(b'{"jsonrpc":"2.0","id":1,"method":"search","params":{"q":"' + b"x" * (15 << 20) + b'"}}\n')
            client.recv(1000)
        except OSError:
            pass
        client.close()
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(daemon.process.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

        def answers():
            try:
                return support.Connection(daemon.path).call("search", q="asthma", limit=0)["total"] == 2
            except (AssertionError, OSError):  # it is about to end
                return False
        daemon.wait_for(lambda: daemon.process.poll() is not None or answers())
        if daemon.process.poll() is None:
            daemon.wait_for(lambda: "memory" in daemon.said())
            return
        assert "out of memory" in daemon.said()
        assert daemon.process.wait() == 2
        daemon.process.returncode = 0  # as expected


def test_an_index_nobody_may_write(db, tmp_path):
    """The daemon only reads: a folder it cannot write to is served as any other."""
    copy = tmp_path / "index"
    shutil.copytree(db, copy)
    paths = [copy, *copy.rglob("*")]
    before = {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in paths}
    for path in paths:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~0o222)
    try:
        with support.Daemon(copy) as daemon:
            assert daemon.call("search", q="asthma", limit=1)["total"] == 2
            assert daemon.call("export", q="asthma")["records"]
            held = opened_for_writing(daemon.process.pid, copy)
            assert held == []
    finally:
        for path in paths:
            path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o200)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in [copy, *copy.rglob("*")]} == before


def opened_for_writing(pid, folder):
    """Files under `folder` that the process holds open for more than reading (root may write where nobody may)."""
    found = []
    for entry in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{entry}")
            flags = int(open(f"/proc/{pid}/fdinfo/{entry}").read().split("flags:")[1].split()[0], 8)
        except OSError:  # closed meanwhile
            continue
        if target.startswith(str(folder)) and flags & os.O_ACCMODE != os.O_RDONLY:
            found.append(target)
    return found
