# SPDX-License-Identifier: GPL-2.0-or-later
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent, HERE.parent / "http"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from chromium import Browser, missing  # noqa: E402
from person import Person  # noqa: E402
from served import Served  # noqa: E402
from support import SAMPLE, index  # noqa: E402


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """The register written for the tests, a hostile one, and two editions of a small one."""
    if missing():
        pytest.skip(f"no browser here: {missing()} is missing (./dev browser installs it)")
    db = tmp_path_factory.mktemp("browser") / "index"
    index(db, SAMPLE, HERE.parent / "http" / "hostile.jsonl")
    for edition in sorted((HERE / "editions").iterdir()):
        index(db, edition)
    return db


@pytest.fixture(scope="session")
def server(database):
    with Served(database) as server:
        yield server


@pytest.fixture(scope="session")
def axe():
    """axe-core's script, or None where ./dev browser has not fetched it."""
    path = os.environ.get("PURPOSED_AXE")
    return pathlib.Path(path).read_text() if path else None


@pytest.fixture(scope="session")
def chromium(database):
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium):
    """The one browser of all tests, as if it were new: its pages, its looks and what it said are forgotten."""
    chromium.driver.get("about:blank")
    chromium.look()
    chromium.complaints()
    yield chromium


@pytest.fixture
def page(browser, server):
    """A person before the page; the page must not have made the browser complain."""
    yield Person(browser, server)
    assert browser.complaints() == []
