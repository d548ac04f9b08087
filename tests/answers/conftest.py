# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from support import Daemon, SAMPLE, index, parse  # noqa: E402


def serve(tmp_path_factory, source):
    db = tmp_path_factory.mktemp("answers") / "index"
    index(db, source)
    return Daemon(db, "--workers", "2")


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """A daemon over the register written for the tests."""
    daemon = serve(tmp_path_factory, SAMPLE)
    yield daemon
    assert daemon.stop() == 0


@pytest.fixture(scope="session")
def records():
    """The same register as the parser understands it, by id."""
    return {record["id"]: record for record in parse(SAMPLE)}


@pytest.fixture(scope="session")
def traps(tmp_path_factory):
    """A daemon over the pages beside this file."""
    daemon = serve(tmp_path_factory, HERE / "pages")
    yield daemon
    assert daemon.stop() == 0


@pytest.fixture(scope="session")
def passages(tmp_path_factory):
    """A daemon over one page whose parts hold words in several places."""
    daemon = serve(tmp_path_factory, HERE / "passages")
    yield daemon
    assert daemon.stop() == 0
