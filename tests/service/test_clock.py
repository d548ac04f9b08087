# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine's clock jumps by years, forward and back, whenever it is looked at: nothing is cut off before its time,
nothing is let be after it, and the index is followed."""
import os
import re
import shutil

import pytest

import support

JUMPING = support.BUILD / "tests" / "libjumping_clock.so"


@pytest.mark.skipif(bool(os.environ.get("PURPOSED_SANITIZE")), reason="a sanitizer must be loaded first")
@pytest.mark.parametrize("door", ["unix", "http"])
def test_jumps(db, tmp_path, monkeypatch, door):
    copy = tmp_path / "index"
    shutil.copytree(db, copy)
    (tmp_path / "more.jsonl").write_text('{"id": "NIC-1", "organisation": "One", "objectives": "asthma"}\n')
    monkeypatch.setenv("LD_PRELOAD", str(JUMPING))
    with support.Daemon(copy, "--line-timeout", "0.5", "--log", "json", "--slow", "3600",
                        door=door) as daemon:
        monkeypatch.delenv("LD_PRELOAD")
        # It sees the jumps.
        daemon.wait_for(lambda: len(set(re.findall(r'"time":"(\d{4})', daemon.said()))) > 1)
        for _ in range(50):
            result = support.run("purpose", "--socket", daemon.address, "-n", "0", "asthma")
            assert result.returncode == 0, result.stderr
        half = support.Connection(daemon.path)
        half.file.write(b'{"jsonrpc":')
        half.file.flush()
        assert half.read()["error"]["code"] == -32002, "its deadline comes"
        half.close()
        support.index(copy, tmp_path / "more.jsonl")
        daemon.wait_for(lambda: daemon.call("search", q="asthma", limit=0)["total"] == 3)
        status = daemon.call("status")
        assert status["connections"]["cut_off"] == 1
        assert 0 <= status["uptime_ms"] < 3600 * 1000
        assert "slow" not in daemon.said()
