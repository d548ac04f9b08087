# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon over the sample register, indexed as two editions: the first without some pages, and older in one text."""
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import support  # noqa: E402

# What the older edition does not have yet, and a text that changed since.
NEW_PAGE = "merrow-county-council.txt"
CHANGED_PAGE = "fernshire-ccg.txt"
NOW = "This agreement is for risk stratification."


def older_pages(folder):
    pages = folder / "older"
    shutil.copytree(support.SAMPLE, pages)
    (pages / NEW_PAGE).unlink()
    page = pages / CHANGED_PAGE
    text = page.read_text()
    assert NOW in text
    page.write_text(text.replace(NOW, "This agreement is for grading patients by risk."))
    return pages


@pytest.fixture(scope="session", params=["unix", "http"])
def daemon(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("register")
    db = folder / "index"
    support.index(db, "--edition", "2019-11", older_pages(folder))
    support.index(db, "--edition", "2021-02", support.SAMPLE)
    with support.Daemon(db, door=request.param) as running:
        yield running
