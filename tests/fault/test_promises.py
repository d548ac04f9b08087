# SPDX-License-Identifier: GPL-2.0-or-later
"""The promises page names tests that are there."""
import pathlib
import re

TESTS = pathlib.Path(__file__).resolve().parents[1]


def test_every_promise_has_its_test():
    named = re.findall(r"`([\w/]+\.(?:py|c))::(\w+)`", (TESTS / "PROMISES.md").read_text())
    assert len(named) >= 10
    for name, test in named:
        text = (TESTS / name).read_text()
        found = rf"^def {test}\(" if name.endswith(".py") else rf"cmocka_unit_test\({test}\)"
        assert re.search(found, text, re.M), f"{name} has no {test}"
