# SPDX-License-Identifier: GPL-2.0-or-later
"""What `purpose facets` counts among: the same as a search that is asked with the same options."""
import json

import pytest

import support

QUERY = "risk patients"


def counts(daemon, *options):
    result = support.run("purpose", "--socket", daemon.address, "facets", "organisation", "-n", "1000", "--json", *options,
                         *QUERY.split(), check=0)
    return {value["value"]: value["count"] for value in json.loads(result.stdout)["values"]}


@pytest.mark.parametrize("options, params", [
    ([], {}), (["--any"], {"match": "any"}), (["--history"], {"history": True}),
    (["--any", "--history"], {"match": "any", "history": True}),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_counted_among_what_a_search_finds(daemon, options, params):
    found = daemon.call("search", q=QUERY, limit=0, facets=[{"name": "organisation", "limit": 1000}], **params)
    assert counts(daemon, *options) == {value["value"]: value["count"] for value in found["facets"]["organisation"]}


def test_each_option_counts_more(daemon):
    plain, any_word, older = (sum(counts(daemon, *options).values()) for options in ([], ["--any"], ["--history"]))
    assert 0 < plain < any_word and plain < older


def test_what_is_counted_is_handed_on(daemon):
    """Pages state no releases, so that there are none to count."""
    count = ["purpose", "--socket", daemon.address, "facets", "dataset", "--count"]
    assert support.run(*count, "records", check=0).stdout.startswith("Data set\n  ")
    assert support.run(*count, "releases", check=1).stdout == "Data set\nno values\n"
    assert "count takes one of records, releases, not \"pages\"" in support.run(*count, "pages", check=2).stderr
