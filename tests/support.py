# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests of the programs share: where they are, a daemon that comes and goes, a connection to it."""
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ["PURPOSED_BUILD"])
BIN = BUILD / "bin"
SAMPLE = ROOT / "tests" / "register"
SHARED = ROOT.parent / "shared"

# Sanitizers and busy machines are slow; a wait ends as soon as what it waits for is there.
PATIENCE = 60

WORKBOOK = SHARED / "register" / "workbook" / "2021-02.xlsx"


def sources():
    """The project's files. What is built is not walked through: other tests make folders there, and take them away."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ("build", "node_modules", ".git")]
        yield from (pathlib.Path(folder, name) for name in names)


def run(program, *args, check=None, **options):
    """Runs a program of bin/; `check` is the exit code expected."""
    result = subprocess.run([BIN / program, *map(str, args)], capture_output=True, text=True, timeout=1500,
                            stdin=subprocess.DEVNULL, **options)
    if check is not None:
        assert result.returncode == check, f"{program} {args}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def index(db, *sources, check=0, **options):
    """Indexes sources and returns the report."""
    result = run("purpose-index", "--db", db, "--json", "--quiet", *sources, check=check, **options)
    return json.loads(result.stdout.strip().split("\n")[-1])


def real_index(db):
    """Makes `db` an index of the real edition: a copy of one that is made once for a build, since sanitizers take
    minutes over it."""
    made_of = "-".join(str((path.stat().st_mtime_ns, path.stat().st_size)) for path in (WORKBOOK, BIN / "purpose-index"))
    kept = BUILD / "real-edition"
    with open(BUILD / "real-edition.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "made-of").exists() or (kept / "made-of").read_text() != made_of:
            shutil.rmtree(kept, ignore_errors=True)
            index(kept / "index", WORKBOOK)
            (kept / "made-of").write_text(made_of)
    shutil.copytree(kept / "index", db)


def parse(*sources):
    """The records of sources as the indexer understands them."""
    result = run("purpose-index", "--parse", *sources)
    # Not splitlines(): prose may hold U+2028, which JSON leaves as it is.
    return [json.loads(line) for line in result.stdout.split("\n") if line]


class RpcError(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.message = error["message"]


class Connection:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))  # before the timeout, with which a full queue would not be waited for
        self.socket.settimeout(PATIENCE)
        self.file = self.socket.makefile("rwb")
        self.last = 0

    def send_line(self, line):
        # In one piece, whatever its length: a line that has begun must end in time.
        self.file.write((line if isinstance(line, bytes) else line.encode()) + b"\n")
        self.file.flush()

    def read(self):
        line = self.file.readline()
        return json.loads(line) if line else None

    def call(self, method, **params):
        self.last += 1
        self.send_line(json.dumps({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}))
        reply = self.read()
        assert reply is not None, "the daemon closed the connection"
        assert reply["id"] == self.last
        if "error" in reply:
            raise RpcError(reply["error"])
        return reply["result"]

    def close(self):
        self.file.close()
        self.socket.close()


def own_host():
    """An address of this machine's loopback that nobody else uses: a port there is still free when a daemon that ended is
    started again, whoever was given that number elsewhere meanwhile."""
    number = os.getpid() % (1 << 22)
    return f"127.{64 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


class Daemon:
    """purposed over an index, with its socket in a short temporary folder."""

    def __init__(self, db, *args, door="unix", host="127.0.0.1"):
        """`door` is by which `address` leads to it; the tests' own calls always go by the socket."""
        self.folder = tempfile.TemporaryDirectory(prefix="purposed-")
        self.path = pathlib.Path(self.folder.name) / "sock"
        self.address = f"unix:{self.path}"
        self.last_said = None  # all of it, once it has ended
        self.log = open(pathlib.Path(self.folder.name) / "log", "w")
        more = ["--listen", f"http:{host}:0"] if door == "http" else []
        self.process = subprocess.Popen([BIN / "purposed", "--db", db, "--listen", self.address, *more, *args],
                                        stdin=subprocess.DEVNULL, stderr=self.log)
        self.connection = self.wait_for(self.reached)
        if door == "http":
            self.wait_for(self.http_address)
            self.address = self.http_address()

    def reached(self):
        """A connection, once it says where it listens: by then it does so everywhere it was told to."""
        assert self.process.poll() is None, self.said()
        if f"listening on {self.address}" not in self.said():
            return None
        try:
            return Connection(self.path)
        except OSError:
            return None

    def http_address(self):
        """Where it serves HTTP, as it says itself; None where it does not, or not yet."""
        found = re.search(r"listening on (http://[^\s\"]+)[\"\n]", self.said())
        return found and found.group(1)

    def said(self):
        # Opened anew: its place in the file is the daemon's own, and moving that would have it write over its lines.
        return pathlib.Path(self.log.name).read_text()

    def call(self, method, **params):
        return self.connection.call(method, **params)

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not (met := condition()):
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.02)
        return met

    def stop(self):
        """Ends the daemon as a service manager would; returns its exit code."""
        self.connection.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.last_said = self.said()
        self.log.close()
        self.folder.cleanup()
        assert "Sanitizer" not in self.last_said, self.last_said
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        code = self.stop()
        assert code == 0, code
