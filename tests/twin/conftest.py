# SPDX-License-Identifier: GPL-2.0-or-later
"""The registers that the twin and the daemon are both asked about, and who asks."""
import pytest

import twin
from asker import Asked
from support import Daemon, SAMPLE, WORKBOOK, index, real_index
from walks import pages


def register(tmp_path_factory, source):
    db = tmp_path_factory.mktemp("twin") / "index"
    if source == WORKBOOK:
        real_index(db)
    else:
        index(db, source)
    daemon = Daemon(db, "--workers", "2")
    ids = [hit["id"] for page in pages(daemon, [1000]) for hit in page["hits"]]
    records = []
    for id_ in ids:
        record = daemon.call("get", id=id_)
        assert record["id"] == id_
        records.append(record)
    names = {}

    def name_of(facet, spelling):
        """The label of the value that a spelling is one of."""
        if facet in twin.PATHS:
            return spelling
        if (facet, spelling) not in names:
            values = daemon.call("facets", name=facet, filters={facet: [spelling]}, limit=0)["values"]
            names[facet, spelling] = values[0]["label"]
        return names[facet, spelling]

    return Asked(daemon, twin.read(records, name_of))


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    asked = register(tmp_path_factory, SAMPLE)
    yield asked
    assert asked.daemon.stop() == 0


@pytest.fixture(scope="session")
def edition(tmp_path_factory):
    if not WORKBOOK.exists():
        pytest.skip("needs ../shared/register/workbook")
    asked = register(tmp_path_factory, WORKBOOK)
    yield asked
    assert asked.daemon.stop() == 0
