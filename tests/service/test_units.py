# SPDX-License-Identifier: GPL-2.0-or-later
"""The units for systemd: installed, understood by it, and sandboxed as promised. No systemd need run here."""
import re
import shutil
import subprocess

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
