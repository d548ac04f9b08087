# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from served import Served  # noqa: E402
from support import SAMPLE, index  # noqa: E402


@pytest.fixture(scope="session")
def database(tmp_path_factory):
    """The register written for the tests, and the hostile one beside this file."""
    db = tmp_path_factory.mktemp("http") / "index"
    index(db, SAMPLE, HERE / "hostile.jsonl")
    return db


@pytest.fixture(scope="session")
def server(database):
    with Served(database) as server:
        yield server
