# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 of the indexer before every call that changes a file."""
import signal

from faulting import SANITIZED, some

SHARE = 0.05 if SANITIZED else 0.25  # of the moments; all of them with PURPOSED_FAULT_ALL=1


def test_killed_before_a_change(scenario):
    # Bringing to disk changes nothing that a killed program leaves: what is left is as before the next change.
    changes = [op for op in scenario.ops if op.kind not in ("sync", "failed")]
    for op in some(changes, SHARE):
        scenario.back()
        done = scenario.run(AT=op.number, DO="kill")
        assert done.returncode == -signal.SIGKILL, f"{op}: {done.returncode} {done.stderr}"
        scenario.look(f"killed before {op}")
