# SPDX-License-Identifier: GPL-2.0-or-later
"""Started as a service manager does it: with sockets that listen already, and told when it is ready. Also the group
that may use a Unix socket."""
import grp
import http.client
import os
import pathlib
import socket
import stat
import subprocess
import tempfile

import pytest

import support


class Started:
    """purposed with `sockets` as descriptors 3 and on."""

    def __init__(self, db, sockets, names, *args, pid=None, notify=None, **env):
        def hand_over():
            copies = [os.dup(one.fileno()) for one in sockets]  # out of the way first
            copies = [os.dup2(copy, 100 + i) for i, copy in enumerate(copies)]
            for i, copy in enumerate(copies):
                os.dup2(copy, 3 + i)

        env = {**os.environ, "LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": ":".join(names), **env}
        if notify:
            env["NOTIFY_SOCKET"] = notify
        self.process = subprocess.Popen(
            ["bash", "-c", f"export LISTEN_PID={pid or '$$'}; exec \"$@\"", "-", support.BIN / "purposed", "--db", db,
             "--workers", "1", *args],
            env=env, preexec_fn=hand_over, pass_fds=tuple(range(3, 3 + len(sockets))), stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        self.said = ""

    def read_until(self, text):
        while text not in self.said:
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line

    def stop(self):
        self.process.terminate()
        self.said += self.process.communicate(timeout=support.PATIENCE)[1]
        return self.process.returncode


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="purposed-") as short:
        yield pathlib.Path(short)


def listen_unix(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def test_sockets_that_were_handed_over(db, folder):
    unix, web, plain = listen_unix(folder / "sock"), socket.create_server(("127.0.0.1", 0)), \
        socket.create_server(("127.0.0.1", 0))
    early = support.Connection(folder / "sock")  # asks before there is a daemon
    early.send_line('{"jsonrpc":"2.0","id":7,"method":"search","params":{"q":"asthma","limit":0}}')
    started = Started(db, [unix, web, plain], ["purposed.socket", "http", "other"],
                      XDG_RUNTIME_DIR=str(folder / "nothing"))
    assert early.read()["result"]["total"] == 2
    asked = http.client.HTTPConnection("127.0.0.1", web.getsockname()[1], timeout=support.PATIENCE)
    asked.request("GET", "/healthz")
    assert asked.getresponse().status == 200
    told = subprocess.run([support.BIN / "purpose", "--socket", f"tcp:127.0.0.1:{plain.getsockname()[1]}", "-n", "0",
                           "asthma"], capture_output=True, text=True, check=False, timeout=support.PATIENCE)
    assert told.returncode == 0, told.stderr
    asked.close()
    early.close()
    assert started.stop() == 0
    assert f"listening on unix:{folder}/sock" in started.said
    assert (folder / "sock").exists(), "it is the manager's"
    # The manager goes on listening, and a daemon started again answers who asked meanwhile.
    late = support.Connection(folder / "sock")
    again = Started(db, [unix], [])
    assert late.call("search", q="asthma", limit=0)["total"] == 2
    late.close()
    assert again.stop() == 0


def test_sockets_for_another_process_are_let_be(db, folder):
    unix = listen_unix(folder / "sock")
    started = Started(db, [unix], [], "--listen", f"unix:{folder}/own", pid=1)
    started.read_until(f"listening on unix:{folder}/own")
    assert started.stop() == 0
    assert f"listening on unix:{folder}/sock" not in started.said


@pytest.mark.parametrize("make, says", [
    (lambda folder: socket.socket(socket.AF_UNIX), "is no socket that listens"),
    (lambda folder: open(folder / "file", "w"), "is no socket that listens"),
    (lambda folder: socket.create_server(("0.0.0.0", 0)), "say --public"),
])
def test_what_cannot_be_listened_on(db, folder, make, says):
    with make(folder) as handed:
        started = Started(db, [handed], [])
        started.read_until(says)
        assert started.process.wait(support.PATIENCE) == 2
        started.process.stderr.close()


@pytest.mark.parametrize("abstract", [False, True])
def test_it_says_when_it_is_ready_alive_and_ending(db, folder, abstract):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.settimeout(support.PATIENCE)
    name = f"@{folder}/notify" if abstract else f"{folder}/notify"
    manager.bind(name.replace("@", "\0", 1) if abstract else name)
    started = Started(db, [listen_unix(folder / "sock")], [], notify=name, WATCHDOG_USEC="2000000")
    assert manager.recv(100) == b"READY=1"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / "sock"))
    assert manager.recv(100) == b"WATCHDOG=1"
    assert started.stop() == 0
    told = [manager.recv(100)]
    while told[-1] == b"WATCHDOG=1":
        told.append(manager.recv(100))
    assert told[-1] == b"STOPPING=1"
    manager.close()


def test_nobody_to_tell(db, folder):
    started = Started(db, [listen_unix(folder / "sock")], [], notify=f"{folder}/nobody")
    started.read_until("listening on")
    assert started.stop() == 0


# ---- groups ----

def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_alone(db, folder):
    with support.Daemon(db, "--listen", f"unix:{folder}/new/sock"):
        assert mode(folder / "new") == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a group that this user is not of")
@pytest.mark.parametrize("name", [lambda group: group.gr_name, lambda group: str(group.gr_gid)])
def test_by_group(db, folder, name):
    group = grp.getgrgid(12)
    with support.Daemon(db, "--group", name(group), "--listen", f"unix:{folder}/new/sock"):
        assert (mode(folder / "new"), (folder / "new").stat().st_gid) == (0o750, 12)
        assert (mode(folder / "new" / "sock"), (folder / "new" / "sock").stat().st_gid) == (0o660, 12)


def test_no_such_group(db, folder):
    told = support.run("purposed", "--db", db, "--group", "nobody-at-all", "--listen", f"unix:{folder}/sock", check=2)
    assert 'there is no group "nobody-at-all"' in told.stderr
    assert not (folder / "sock").exists()
