# SPDX-License-Identifier: GPL-2.0-or-later
"""Every test that the promises, or a README, name as showing something is there, by that name."""
import re

import support

NAMED = re.compile(r"`(tests/[\w/]+\.(?:py|c)):(test_\w+)`")


def test_what_is_promised_is_tested():
    pages = [path for path in support.sources() if path.suffix == ".md"]
    named = [(path.name, *found) for path in pages for found in NAMED.findall(path.read_text())]
    assert len(named) > 40
    for page, file, test in named:
        assert re.search(rf"^(static void|def) {test}\(", (support.ROOT / file).read_text(), re.M), (page, file, test)
