# SPDX-License-Identifier: GPL-2.0-or-later
"""The widest questions there may be, one after the other, while the index changes: filters of ten thousand values, all values
of a facet. Every answer is right, and what is kept for others stays within its bounds."""
import json
import random

import pytest

import support

RECORDS = 3000
WIDEST = 10_000
BOUND = 1 << 20


def organisation(number):
    return f"Trust number {number}"


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wide")
    with open(folder / "records.jsonl", "w") as file:
        for number in range(RECORDS):
            file.write(json.dumps({"id": f"NIC-{number}", "organisation": organisation(number), "objectives": "asthma care"}) + "\n")
    support.index(folder / "index", folder / "records.jsonl")
    return folder


def asked(chosen):
    """As many values as may be: the chosen ones, and others that nobody has."""
    values = [organisation(number) for number in chosen]
    return values + [organisation(RECORDS + number) for number in range(WIDEST - len(values))]


def test_filters_of_ten_thousand_values(wide):
    chance = random.Random(5)
    with support.Daemon(wide / "index", "--kept-bytes", str(BOUND), "--cache-bytes", str(BOUND)) as daemon:
        for turn in range(24):
            chosen = chance.sample(range(RECORDS), chance.randrange(1, RECORDS))
            reply = daemon.call("search", q="asthma", limit=1, filters={"organisation": asked(chosen)},
                                facets=[{"name": "organisation", "limit": WIDEST}])
            assert reply["total"] == len(chosen)
            values = reply["facets"]["organisation"]
            assert sum(value["selected"] and value["count"] > 0 for value in values) == len(chosen)
            assert sum(value["count"] for value in values) >= RECORDS  # its own choice set aside
            if turn % 8 == 7:
                more = wide / "more.jsonl"
                more.write_text(json.dumps({"id": f"MORE-{turn}", "organisation": "Another", "objectives": "asthma"}) + "\n")
                support.index(wide / "index", more)
        # What is kept goes with its index: looked at once the last one is followed, and asked something.
        daemon.wait_for(lambda: daemon.call("status")["index"]["records"] == RECORDS + 3)
        assert daemon.call("search", q="asthma", limit=10)["total"] == RECORDS + 3
        status = daemon.call("status")
        assert 0 < status["index"]["kept"]["bytes"] <= status["index"]["kept"]["bytes_max"] == BOUND
        with pytest.raises(support.RpcError, match="10000"):
            daemon.call("search", filters={"organisation": asked(range(RECORDS)) + ["one more"]})
