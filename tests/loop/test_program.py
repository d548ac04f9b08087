# SPDX-License-Identifier: GPL-2.0-or-later
"""The program's command line: what it refuses, what it says, how it ends; run over the tests' search."""
import json
import os
import signal
import socket
import stat
import subprocess

import pytest

PROGRAM = os.path.join(os.environ["PURPOSED_BUILD"], "tests", "purposed_fake")
WAIT = 60  # seconds, for what must come


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=WAIT, check=False)


class Daemon:
    """The program, running; its lines on stderr up to the one that names what it listens on."""

    def __init__(self, *arguments, env=None):
        self.process = subprocess.Popen([PROGRAM, *arguments], stderr=subprocess.PIPE, text=True, env=env)
        self.addresses, self.said = [], []
        while not self.addresses:
            line = self.process.stderr.readline()
            assert line, f"ended before it listened: {self.said}"
            self.said.append(line.rstrip("\n"))
            if line.startswith("purposed: listening on "):
                self.addresses.append(line.split(" on ")[1].strip())

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def path(self):
        assert self.addresses[0].startswith("unix:")
        return self.addresses[0][5:]

    def ask(self, *requests):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(WAIT)
            client.connect(self.path())
            client.sendall(b"".join(json.dumps(request).encode() + b"\n" for request in requests))
            client.shutdown(socket.SHUT_WR)
            return [json.loads(line) for line in client.makefile("rb")]

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        _, rest = self.process.communicate(timeout=WAIT)
        return self.process.returncode, rest


def call(number, method, **params):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": params}


def test_help_shows_how_to_use_it():
    told = run("--help")
    assert told.returncode == 0
    assert told.stderr == ""
    for word in ["--db DIR", "--listen ADDRESS", "--public", "--workers N", "--deadline SEC", "Examples:"]:
        assert word in told.stdout
    assert all(len(line) <= 120 for line in told.stdout.splitlines())


def test_version():
    told = run("--version")
    assert told.returncode == 0
    assert told.stdout.startswith("purposed ")


@pytest.mark.parametrize(
    "arguments, says",
    [
        ([], "say where the index is: --db DIR"),
        (["--db"], "requires an argument"),
        (["--db", "x", "--nonsense"], "unrecognized option '--nonsense'"),
        (["--db", "x", "more"], "takes no arguments but options"),
        (["--db", "x", "--workers", "many"], '--workers takes a number, 1 to 64, not "many"'),
        (["--db", "x", "--deadline", "-1"], '--deadline takes seconds, 0.001 to 3600, not "-1"'),
        (["--db", "x", "--listen", "here"], 'cannot listen on "here": expected unix:PATH, tcp:HOST:PORT'),
        (["--db", "x", "--listen", "http:0.0.0.0:0"], "others could reach this address: say --public"),
        (["--db", "x", "--base-url", "example.org"], "--base-url takes http://HOST"),
        (["--db", "x", "--log", "colour"], "--log takes text or json"),
        (["--db", "x", "--base-url", 'http://"x"'], "--base-url takes http://HOST"),
        (["--db", "x", "--listen", "tcp:0.0.0.0:0"], "others could reach this address: say --public"),
        (["--db", "x", "--listen", "unix:/no/such/folder/sock"], "cannot make the folder /no/such/folder"),
        (["--db", "x"] + ["--listen", "tcp:127.0.0.1:0"] * 17, "too many addresses"),
    ],
)
def test_what_it_refuses(arguments, says):
    told = run(*arguments)
    assert told.returncode == 2
    assert says in told.stderr
    assert told.stdout == ""


def test_more_sockets_than_it_can_listen_on_are_handed_over():
    told = subprocess.run(["bash", "-c", 'LISTEN_PID=$$ LISTEN_FDS=17 exec "$@"', "-", PROGRAM, "--db", "x"],
                          capture_output=True, text=True, timeout=WAIT, check=False)
    assert told.returncode == 2
    assert "more than 16 sockets were handed over" in told.stderr


def test_an_address_of_http_that_is_taken_is_named():
    with Daemon("--db", "x", "--listen", "http:127.0.0.1:0") as daemon:
        told = run("--db", "x", "--listen", daemon.addresses[0])
        assert told.returncode == 2
        assert f"cannot listen on {daemon.addresses[0]}: Address already in use" in told.stderr


def test_a_connection_kept_open_is_closed_behind_its_reply():
    """The reply began before the end was asked for, so it could not say that it is the connection's last."""
    body = json.dumps(call(1, "big", bytes=12_000_000)).encode()
    with Daemon("--db", "x", "--listen", "http:127.0.0.1:0", "--http-timeout", "3600", "--write-timeout", "3600",
                "--drain-timeout", "3600") as daemon, socket.socket() as client:
        port = int(daemon.addresses[0].rsplit(":", 1)[1])
        client.settimeout(WAIT)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(b"POST /api/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       b"Content-Length: %d\r\n\r\n" % len(body) + body)
        got = len(client.recv(1000))
        daemon.process.send_signal(signal.SIGTERM)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), WAIT).close()
            except ConnectionRefusedError:
                break
            except ConnectionResetError:  # it was in the queue of a socket that was closed
                continue
        while chunk := client.recv(1 << 20):
            got += len(chunk)
        assert got > 12_000_000
        assert daemon.process.wait(WAIT) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serves_until_told_to_stop(tmp_path, number):
    address = f"unix:{tmp_path}/sock"
    with Daemon("--db", "x", "--listen", address, "--workers", "2") as daemon:
        assert daemon.addresses == [address]
        replies = daemon.ask(call(1, "echo", q="risk"), call(2, "status"))
        assert {reply["id"] for reply in replies} == {1, 2}
        limits = next(reply["result"]["limits"] for reply in replies if reply["id"] == 2)
        assert limits["workers"] == 2
        assert daemon.stop(number) == (0, "")
    assert not os.path.exists(f"{tmp_path}/sock")


def test_the_default_address_is_ours_alone(tmp_path):
    with Daemon("--db", "x", env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}) as daemon:
        assert daemon.path() == f"{tmp_path}/purposed/sock"
        assert stat.S_IMODE(os.stat(f"{tmp_path}/purposed").st_mode) == 0o700
        assert daemon.stop() == (0, "")


def test_killed_and_started_again(tmp_path):
    address = f"unix:{tmp_path}/sock"
    with Daemon("--db", "x", "--listen", address) as daemon:
        daemon.process.kill()
        daemon.process.wait()
    assert os.path.exists(f"{tmp_path}/sock")
    with Daemon("--db", "x", "--listen", address) as daemon:
        assert daemon.ask(call(1, "echo"))[0]["result"] == {}
        second = run("--db", "x", "--listen", address)
        assert (second.returncode, "another daemon serves it" in second.stderr) == (2, True)
        assert daemon.stop() == (0, "")


def test_what_was_asked_is_logged_only_when_wanted(tmp_path):
    address = f"unix:{tmp_path}/sock"
    asked = [call(1, "echo", q="secret words"), call(2, "fail", code=-32602, message="secret words")]
    with Daemon("--db", "x", "--listen", address) as daemon:
        assert len(daemon.ask(*asked)) == 2
        assert daemon.stop() == (0, "")
    with Daemon("--db", "x", "--listen", address, "--log-queries") as daemon:
        assert len(daemon.ask(*asked)) == 2
        status, said = daemon.stop()
    assert status == 0
    assert said.count('echo: {"q":"secret words"}') == 1
    assert len(said.splitlines()) == 2


def test_our_own_faults_are_logged(tmp_path):
    with Daemon("--db", "x", "--listen", f"unix:{tmp_path}/sock") as daemon:
        assert daemon.ask(call(1, "empty"))[0]["error"]["code"] == -32603
        status, said = daemon.stop()
    assert status == 0
    assert "empty: " in said and "no result" in said
