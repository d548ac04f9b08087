# SPDX-License-Identifier: GPL-2.0-or-later
"""Every test that a README names as showing something is there, by that name."""
import re
import subprocess

import support

NAMED = re.compile(r"`(tests/[\w/]+\.(?:py|c)):(test_\w+)`")


def test_what_is_promised_is_tested():
    listed = subprocess.run(["git", "-C", support.ROOT, "ls-files", "*.md"], capture_output=True, text=True, check=False)
    readmes = [support.ROOT / name for name in listed.stdout.splitlines()] or list(support.ROOT.glob("*/README.md"))
    named = [(path.name, *found) for path in readmes if path.exists() for found in NAMED.findall(path.read_text())]
    assert len(named) > 15
    for readme, file, test in named:
        assert re.search(rf"^(static void|def) {test}\(", (support.ROOT / file).read_text(), re.M), (readme, file, test)
