# SPDX-License-Identifier: GPL-2.0-or-later
"""The units for systemd: installed, understood by it, and sandboxed as promised. No systemd need run here."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

import support

UNITS = ["purposed.service", "purposed.socket", "purposed-http.socket", "purposed-index.service", "purposed-index.timer"]
EXPOSURE_MAX = 2.0


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The units as `cmake --install` lays them, naming programs that are there."""
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run(["cmake", "--install", support.BUILD, "--prefix", prefix], check=True, capture_output=True)
    units = prefix / "lib" / "systemd" / "system"
    for path in units.glob("*.service"):
        text = path.read_text()
        for program in ("purposed", "purpose-index"):
            text = re.sub(rf"^ExecStart=\S*/{program} ", f"ExecStart={prefix}/bin/{program} ", text, flags=re.M)
        path.write_text(text)
    return units


def analyze(*args):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run(["systemd-analyze", "--no-pager", *map(str, args)], capture_output=True, text=True, check=False,
                          timeout=support.PATIENCE)


def test_they_are_installed(installed):
    assert sorted(path.name for path in installed.iterdir()) == sorted(UNITS)
    assert "u purposed " in (installed.parents[1] / "sysusers.d" / "purposed.conf").read_text()
    for path in installed.glob("*.service"):
        assert "@" not in re.sub(r"@[a-z-]+", "", path.read_text()), "nothing is left to be filled in"


@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.endswith(".service")])
def test_the_sandbox(installed, unit):
    told = analyze("security", "--offline=true", installed / unit)
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told.stdout)
    assert level, told.stderr
    assert float(level.group(1)) < EXPOSURE_MAX


def test_systemd_understands_them(installed):
    told = analyze("verify", "--man=no", *[installed / unit for unit in UNITS])
    ours = [line for line in told.stderr.splitlines() if any(unit in line for unit in UNITS)]
    assert ours == []


def test_the_options_they_use_are_there(installed):
    for unit, program in (("purposed.service", "purposed"), ("purposed-index.service", "purpose-index")):
        command = re.search(r"^ExecStart=(.*)$", (installed / unit).read_text(), re.M).group(1)
        told = support.run(program, "--help", check=0).stdout
        for option in re.findall(r"--[a-z-]+", command.split(" ", 1)[1]):
            assert option in told, f"{unit} uses {option}"


def members(name, sets):
    """The system calls of a set, and of the sets it is made of."""
    found = set()
    for entry in sets[name]:
        found |= members(entry, sets) if entry.startswith("@") else {entry}
    return found


def allowed(unit):
    """The system calls that the unit's filter lets through, as systemd-analyze tells the sets."""
    sets, name = {}, None
    for line in analyze("syscall-filter").stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            sets[name] = []
        elif name and line.strip() and not line.strip().startswith("#"):
            sets[name].append(line.strip())
    calls = set()
    for names in re.findall(r"^SystemCallFilter=(.*)$", unit.read_text(), re.M):
        for one in names.removeprefix("~").split():
            calls = calls - members(one, sets) if names.startswith("~") else calls | members(one, sets)
    return calls


def traced(log):
    """The system calls of a trace, but for those that were made before the program itself ran."""
    calls = re.findall(r"^\d+ +([a-z_0-9]+)\(", log.read_text(), re.M)
    assert len(calls) > 100
    return set(calls) - {"exit_group"}


def connected(process, path):
    """A connection, as soon as the process listens."""
    while True:
        try:
            return support.Connection(path)
        except OSError:
            assert process.poll() is None
            time.sleep(0.05)


@pytest.mark.skipif(not shutil.which("strace") or bool(os.environ.get("PURPOSED_SANITIZE")),
                    reason="needs strace, and programs without a sanitizer's calls")
def test_the_filters_let_through_what_the_programs_do(installed, db, tmp_path):
    """A call that the filter refuses would only show where systemd runs."""
    strace = ["strace", "-f", "-qq", "-o"]
    subprocess.run([*strace, tmp_path / "index.log", support.BIN / "purpose-index", "--db", tmp_path / "new", "--quiet",
                    support.SAMPLE], check=True, timeout=support.PATIENCE, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="purposed-") as folder:
        daemon = subprocess.Popen([*strace, tmp_path / "daemon.log", support.BIN / "purposed", "--db", db, "--listen",
                                   f"unix:{folder}/sock", "--log", "json"], stderr=subprocess.DEVNULL)
        connection = connected(daemon, f"{folder}/sock")
        assert connection.call("search", q='"risk stratification" OR asth*', facets=["dataset"])["total"]
        assert connection.call("export", q="asthma")["records"] and connection.call("status")["version"]
        connection.close()
        children = pathlib.Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGTERM)
        assert daemon.wait(support.PATIENCE) == 0
    for unit, log in (("purposed-index.service", "index.log"), ("purposed.service", "daemon.log")):
        refused = traced(tmp_path / log) - allowed(installed / unit)
        assert refused <= SPARED, unit


# Refused, and done without: who may use a socket's folder is the socket unit's affair there, and a limit of
# descriptors the service's.
SPARED = {"chown", "fchown", "prlimit64", "setrlimit"}
