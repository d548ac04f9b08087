# SPDX-License-Identifier: GPL-2.0-or-later
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import support  # noqa: E402


@pytest.fixture(scope="session")
def db(tmp_path_factory):
    index = tmp_path_factory.mktemp("service") / "index"
    support.index(index, support.SAMPLE)
    return index
