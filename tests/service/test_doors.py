# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the daemon can be reached by itself, over IPv6, and by more than it serves."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

import support

CONNECTIONS, SPARE = 2, 64  # HTTP connections told to come again, beyond the limit
SOMEBODY = 1_000_000 + os.getpid()  # a user that nobody is
AS_SOMEBODY = ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors") / "index"
    support.index(folder, support.SAMPLE)
    return folder


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
        return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6 here")
def test_ipv6(db):
    with support.Daemon(db, "--listen", "tcp:[::1]:0", "--listen", "http:[::1]:0") as daemon:
        daemon.wait_for(lambda: daemon.said().count("listening on ") == 3)
        doors = [line.split("listening on ")[1] for line in daemon.said().splitlines() if "listening on" in line]
        by_ipv6 = [door for door in doors if "[::1]:" in door]
        assert sorted(door.partition(":")[0] for door in by_ipv6) == ["http", "tcp"]
        for door in by_ipv6:
            assert support.run("purpose", "--socket", door, "asthma", check=0).stdout
        taken = support.run("purposed", "--db", db, "--listen", by_ipv6[0])
        assert taken.returncode == 2 and "address already in use" in taken.stderr.lower()


def test_far_more_http_connections_than_are_served(db):
    """Those just past the limit are told as HTTP does; those far past it at once, before they have said anything."""
    with support.Daemon(db, "--connections", str(CONNECTIONS), "--http-timeout", "3600", door="http") as daemon:
        host, _, port = daemon.http_address().removeprefix("http://").rpartition(":")
        clients = []
        try:
            for _ in range(CONNECTIONS + SPARE + 10):
                clients.append(socket.create_connection((host, int(port)), support.PATIENCE))
            last = clients[-1]
            last.settimeout(support.PATIENCE)
            assert last.recv(100).startswith(b"HTTP/1.1 503 ")
            assert daemon.call("status")["connections"]["refused"] > 0  # by the other door all goes on
        finally:
            for client in clients:
                client.close()

        def is_served():
            with socket.create_connection((host, int(port)), support.PATIENCE) as client:
                client.settimeout(support.PATIENCE)
                try:
                    client.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                    return client.recv(100).startswith(b"HTTP/1.1 200 ") or None
                except OSError:  # cut off while it spoke
                    return None

        daemon.wait_for(is_served)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="takes root to be somebody else")
class TestSomebody:
    folder = pathlib.Path(f"/tmp/purposed-{SOMEBODY}")
    env = {name: value for name, value in os.environ.items() if name not in ("XDG_RUNTIME_DIR", "PURPOSED_SOCKET")}

    @pytest.fixture
    def db(self, db):
        """Where others may read it: pytest keeps its own folders to one user."""
        if subprocess.run([*AS_SOMEBODY, support.BIN / "purpose", "--version"], capture_output=True, check=False).returncode:
            pytest.skip("the programs are where nobody else may run them")
        with tempfile.TemporaryDirectory(prefix="purposed-") as folder:
            copy = pathlib.Path(folder) / "index"
            shutil.copytree(db, copy)
            for part in (copy.parent, copy, *copy.rglob("*")):
                part.chmod(part.stat().st_mode | (0o055 if part.is_dir() else 0o044))
            yield copy
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, *arguments):
        return subprocess.run([*AS_SOMEBODY, support.BIN / "purpose", *arguments], env=self.env, capture_output=True, text=True,
                              timeout=support.PATIENCE)

    def serve(self, db, **options):
        return subprocess.Popen([*AS_SOMEBODY, support.BIN / "purposed", "--db", db], env=self.env, stderr=subprocess.PIPE,
                                text=True, **options)

    def test_without_an_address_both_find_each_other_in_a_folder_of_their_own(self, db):
        daemon = self.serve(db)
        try:
            deadline = time.monotonic() + support.PATIENCE
            while self.ask("status").returncode != 0:
                assert daemon.poll() is None and time.monotonic() < deadline, daemon.poll()
                time.sleep(0.05)
            assert self.folder.stat().st_mode & 0o777 == 0o700 and self.folder.stat().st_uid == SOMEBODY
            assert self.ask("asthma").returncode == 0
        finally:
            daemon.send_signal(signal.SIGTERM)
            said = daemon.communicate(timeout=support.PATIENCE)[1]
        assert daemon.returncode == 0 and f"unix:{self.folder}/sock" in said

    def test_a_folder_that_somebody_else_made_is_not_trusted(self, db):
        self.folder.mkdir(mode=0o755)
        with socket.socket(socket.AF_UNIX) as false_door:
            false_door.bind(str(self.folder / "sock"))
            (self.folder / "sock").chmod(0o666)
            false_door.listen()
            refused = self.serve(db)
            said = refused.communicate(timeout=support.PATIENCE)[1]
            assert refused.returncode == 2 and f"{self.folder} is not a folder of ours" in said
            asked = self.ask("asthma")
            assert asked.returncode == 2 and "is not trusted" in asked.stderr
