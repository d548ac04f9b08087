# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that is full or fails at any change, once or from then on; calls that are interrupted or do half."""
import re
import shutil
import subprocess

import pytest

from faulting import SANITIZED, some

SHARE = 0.02 if SANITIZED else 0.08  # of the moments; all of them with PURPOSED_FAULT_ALL=1
CALLS = "write,pwrite64,writev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,ftruncate"


@pytest.mark.parametrize("more", ["0", "all"], ids=["once", "for good"])
@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_a_change_fails(scenario, error, more):
    for op in some(scenario.ops, SHARE, seed=f"{error} {more}"):
        scenario.back()
        done = scenario.run(AT=op.number, DO=error, MORE=more)
        moment = f"{error} {more}, {op}: {done.returncode} {done.stderr}"
        # What is merely tidied away may fail without a word: the next run does it.
        assert done.returncode in (0, 2), moment
        assert done.returncode == 0 or len(done.stderr.splitlines()) == 1, moment
        scenario.look(moment, acknowledged=done.returncode == 0)


@pytest.mark.parametrize("every", ["interrupt", "short"])
def test_interrupted_calls_are_made_again(scenario, every):
    scenario.back()
    done = scenario.run(EVERY=every)
    assert (done.returncode, done.stderr) == (0, "")
    scenario.look(every, acknowledged=True)


@pytest.mark.skipif(SANITIZED or not shutil.which("strace"), reason="strace counts the calls")
def test_no_change_escapes_the_count(scenario, tmp_path):
    """What the kernel was asked to change is what faults.c wrote down."""
    scenario.back()
    log = tmp_path / "calls"
    done = subprocess.run(["strace", "-f", "-y", "-o", log, "-e", f"trace={CALLS}", *scenario.command()], capture_output=True, timeout=300)
    if done.returncode != 0:
        pytest.skip("strace may not trace here")
    asked = [line for line in log.read_text().splitlines() if str(scenario.root) in line and not re.search(r" = -1 |/pages", line)]
    counted = [op for op in scenario.ops if op.kind not in ("create", "truncate", "failed")]
    truncated = [line for line in asked if "ftruncate" in line]
    assert len(asked) - len(truncated) == len(counted)
