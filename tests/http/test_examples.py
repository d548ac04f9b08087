# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples that others start from do what they say."""
import os
import subprocess
import sys

import pytest

from support import ROOT

EXAMPLES = ROOT / "client" / "examples"


def run(server, name, *arguments):
    program = [sys.executable, EXAMPLES / name] if str(name).endswith(".py") else ["sh", EXAMPLES / name]
    return subprocess.run([*program, *arguments], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PURPOSED": server.url})


def test_every_example_is_tried():
    assert {path.name for path in EXAMPLES.iterdir()} == {"README.md", "search.py", "search.sh", "searxng.yml"}
    for path in EXAMPLES.glob("search*"):
        assert "SPDX-License-Identifier: MIT" in path.read_text()


def test_shell(server):
    told = run(server, "search.sh", "asthma")
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("2 agreements\n") and "DARS-NIC-150871-T1F3N  University Of Aldermere" in told.stdout
    assert "*asthma*" in told.stdout and "Were opt-outs respected?" in told.stdout
    told = run(server, "search.sh", "patients & more", "3", "legal_basis=s251", "opt_outs=Yes")
    assert told.returncode in (0, 1)
    total = server.get("/api/search", [("q", "patients & more"), ("legal_basis", "s251"), ("opt_outs", "Yes")])["total"]
    assert told.stdout.startswith(f"{total} agreements\n")


def shown():
    """The commands that the README shows."""
    lines = (ROOT / "README.md").read_text().splitlines()
    return [line[2:] for line in lines if line.startswith("$ ") and "7700" in line or "$ client/examples" in line]


@pytest.mark.parametrize("command", shown())
def test_what_the_readme_shows(server, tmp_path, command):
    command = command.replace("http://127.0.0.1:7700", server.url).replace("client/", f"{ROOT}/client/")
    told = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=60,
                          cwd=tmp_path, env={**os.environ, "PURPOSED": server.url})
    assert told.returncode == 0 and not told.stderr
    said = told.stdout + "".join(path.read_text() for path in tmp_path.iterdir())
    assert said.strip() and "Bad Request" not in said


def test_the_readme_shows_some():
    assert len(shown()) == 3


def test_python(server):
    told = run(server, "search.py", "patients", "legal_basis=s251")
    hits = server.get("/api/search", [("q", "patients"), ("legal_basis", "s251"), ("limit", "1000")])["hits"]
    assert told.returncode == 0 and len(hits) > 1
    assert [line.split("\t")[0] for line in told.stdout.splitlines()] == [hit["id"] for hit in hits]


def test_python_page_by_page(server, tmp_path):
    whole = run(server, "search.py", "patients").stdout
    few = tmp_path / "search.py"
    few.write_text((EXAMPLES / "search.py").read_text().replace("PAGE = 100", "PAGE = 3"))
    told = run(server, few, "patients")
    assert told.stdout == whole and whole.count("\n") > 6


def test_python_without_a_question(server):
    told = run(server, "search.py")
    assert told.returncode == 2 and "./search.py" in told.stderr and not told.stdout


@pytest.mark.parametrize("name", ["search.sh", "search.py"])
def test_nothing_found_and_errors(server, name):
    limit = ["5"] if name.endswith(".sh") else []
    assert run(server, name, "nothing-at-all-like-it", *limit).returncode == 1
    told = run(server, name, "asthma", *limit, "colour=red")
    assert told.returncode == 2 and 'there is no parameter "colour"' in told.stdout + told.stderr
