# SPDX-License-Identifier: GPL-2.0-or-later
"""An index of another format, or of another analyser: recognised, refused with what to do, built anew, history kept."""
import subprocess

import pytest

from asking import ask_all
from faulting import State
from support import BUILD, Daemon, RpcError


@pytest.mark.parametrize("key", ["format", "analyser"])
@pytest.mark.parametrize("number", ["0", "99", "rubbish"])
def test_another_format_is_built_anew(place, key, number):
    before = State(place.db)
    with Daemon(place.db, "--workers", "1") as daemon:
        right = ask_all(daemon.connection)
    generation = (place.db / "CURRENT").read_text()
    subprocess.run([BUILD / "tests" / "index_metadata", place.db, key, "set"], input=number, text=True, check=True)
    with Daemon(place.db, "--workers", "1") as daemon:
        with pytest.raises(RpcError) as refused:
            daemon.call("search", q="care")
        assert refused.value.code == -32004
        assert "has format" in refused.value.message and "purpose-index --db" in refused.value.message
        assert "history is kept" in refused.value.message
        check = place.check()
        assert check.returncode == 1 and "another format" in check.stderr and "run purpose-index on any source" in check.stdout
        # Any source will do, even one that is known already: the index is built from the history.
        assert place.run().returncode == 0
        daemon.wait_for(lambda: daemon.call("status")["revision"])
        assert ask_all(daemon.connection) == right
    after = State(place.db)
    assert (place.db / "CURRENT").read_text() != generation
    assert after.index == before.index and after.ledger == before.ledger
    assert place.check().returncode == 0
