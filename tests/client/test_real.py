# SPDX-License-Identifier: GPL-2.0-or-later
"""The client over an edition of the real register, where it is at hand."""
import re

import pytest

import support

WORKBOOK = support.WORKBOOK

pytestmark = pytest.mark.skipif(not WORKBOOK.exists(), reason="the real register is not at hand")


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    db = tmp_path_factory.mktemp("real") / "index"
    support.real_index(db)
    with support.Daemon(db) as daemon:
        yield lambda *args: support.run("purpose", "--socket", daemon.address, *args, check=0).stdout


def test_two_copies_come_down_to_a_name(ask):
    """One screen shows how an agreement departs from its template."""
    shown = ask("compare", "DARS-NIC-198119-X9P3J-v2.1", "DARS-NIC-198066-F4H9X-v2.2")
    lines = shown.splitlines()
    assert len(lines) <= 24
    assert lines[2] == "2 of 6 parts differ"
    assert [line for line in lines if line.endswith(": the same words")] == [
        "Objectives: the same words", "Expected benefits: the same words", "Yielded benefits: the same words",
        "Outputs: the same words"]
    bodies = re.split(r"^(?=Recipient:|Processing:)", shown, flags=re.M)[1:]
    for body in bodies:
        changes = re.findall(r"\[-(.*?)-\]|\{\+(.*?)\+\}", body, re.S)
        assert [" ".join((gone or new).split()) for gone, new in changes] == ["Thurrock", "Basildon and Brentwood"]
    assert bodies[1].startswith("Processing: 1 word deleted, 3 inserted, 979 the same\n")


def test_distinct_texts(ask):
    shown = ask("--fold", '"risk stratification"')
    assert shown.startswith("228 agreements in 62 distinct texts\n")
    copies, group = re.search(r"^    (\d+) copies; to list them: -f (group=\S+)$", shown, re.M).groups()
    listed = ask("-n", "1", "-f", group, '"risk stratification"')
    assert listed.startswith(f"{copies} agreements\n")


def test_acronyms(ask):
    acronyms = ask("schema").split("\nAcronyms")[1]
    assert re.search(r"^  DSCRO +Data Services for Commissioners Regional Office +register +\d+$", acronyms, re.M)


def test_copies_of_a_part(ask):
    shown = ask("similar", "--copies", "--part", "expected_benefits", "-n", "0", "DARS-NIC-00747-G8G0Z-v4.2")
    assert shown.startswith("82 agreements with the same text as DARS-NIC-00747-G8G0Z-v4.2\n")
