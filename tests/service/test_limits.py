# SPDX-License-Identifier: GPL-2.0-or-later
"""Every limit has one place: what --help says, `status` says and the README says is the same, and it holds."""
import re

import pytest

import support

README = (support.ROOT / "daemon" / "README.md").read_text()
BYTES = {"K": 1 << 10, "M": 1 << 20}


def helped():
    """{option: (unit, value)} of --help."""
    told = support.run("purposed", "--help", check=0).stdout
    found = re.findall(r"^  --([a-z-]+) (N|BYTES|SECONDS) .*\(([0-9.]+[KM]?)\)$", told[told.index("Limits"):], re.M)
    return {option: (unit, value) for option, unit, value in found}


def number(unit, value):
    if unit == "BYTES" and value[-1] in BYTES:
        return int(value[:-1]) * BYTES[value[-1]]
    return int(float(value) * 1000) if unit == "SECONDS" else int(value)


def test_status_says_what_help_says(db):
    with support.Daemon(db) as daemon:
        limits = daemon.call("status")["limits"]
    options = helped()
    assert len(options) > 15
    for option, (unit, value) in options.items():
        assert limits[option.replace("-", "_") + ("_ms" if unit == "SECONDS" else "")] == number(unit, value), option


def test_the_readme_says_what_help_says():
    rows = re.findall(r"^\| `--([a-z-]+) (N|BYTES|SECONDS)` \| ([^|]+) \|", README, re.M)
    told = {option: (unit, value.strip()) for option, unit, value in rows}
    options = helped()
    options["workers"] = (options["workers"][0], "processors")
    assert told == options


@pytest.fixture(scope="module")
def narrow(db):
    with support.Daemon(db, "--query-bytes", "64", "--query-words", "5", "--expansions", "3", "--hits", "7", "--window",
                        "20") as daemon:
        yield daemon


@pytest.mark.parametrize("params, says", [
    ({"q": "x" * 65}, "q takes a text of at most 64 bytes"),
    ({"q": "a b c d e f g"}, "the query has more than 5 words"),
    ({"limit": 8}, "limit takes a whole number from 0 to 7"),
    ({"offset": 21}, "offset takes a whole number from 0 to 20"),
    ({"offset": 16, "limit": 7}, "reach to at most 20"),
])
def test_past_a_limit_is_an_error(narrow, params, says):
    with pytest.raises(support.RpcError) as error:
        narrow.call("search", **params)
    assert error.value.code == -32602
    assert says in error.value.message


def test_up_to_a_limit_is_none(narrow):
    assert narrow.call("search", q="a b c d e", offset=13, limit=7)["hits"] is not None
    assert narrow.call("search", q="x" * 64)["total"] == 0
    whole = narrow.call("search", q="pa*")
    assert [warning for warning in whole["warnings"] if "more than 3 words" in str(warning)]
    assert narrow.call("schema")["limits"]["expansions"] == 3
