# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon over the sample register in two editions, and what is said to `purpose mcp` and heard from it."""
import pathlib
import shutil
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import support  # noqa: E402
import talk  # noqa: E402

# What the older edition does not have yet, and a text that changed since.
NEW_PAGE = "merrow-county-council.txt"
CHANGED_PAGE = "fernshire-ccg.txt"
NOW = "This agreement is for risk stratification."


@pytest.fixture(scope="session")
def db(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    pages = folder / "older"
    shutil.copytree(support.SAMPLE, pages)
    (pages / NEW_PAGE).unlink()
    page = pages / CHANGED_PAGE
    text = page.read_text()
    assert NOW in text
    page.write_text(text.replace(NOW, "This agreement is for grading patients by risk."))
    index = folder / "index"
    support.index(index, "--edition", "2019-11", pages)
    support.index(index, "--edition", "2021-02", support.SAMPLE)
    return index


@pytest.fixture(scope="session", params=["unix", "http"])
def daemon(db, request):
    with support.Daemon(db, door=request.param) as running:
        yield running


@pytest.fixture(scope="session")
def tools():
    """What is said of each tool, by its name; no daemon is needed for it."""
    answer, = talk.say(talk.NOWHERE, talk.modern(1, "tools/list"))
    return {tool["name"]: tool for tool in answer["result"]["tools"]}
