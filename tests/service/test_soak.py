# SPDX-License-Identifier: GPL-2.0-or-later
"""A short soak; `./dev soak` is the long one."""
import os

import soak


def test_a_short_one():
    total = 4000 if os.environ.get("PURPOSED_SANITIZE") else 20000
    assert soak.run(total)["requests"] >= total - 10
