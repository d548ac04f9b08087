#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Searches the data release register; needs nothing but Python.

    ./search.py 'risk stratification'
    ./search.py asthma legal_basis=s251 opt_outs=No

Every record that is found is asked for whole, page by page, and printed as one line: reference, recipient, data sets.
PURPOSED is the address of the server, http://127.0.0.1:7700 unless set. Exit: 0 found, 1 nothing found, 2 error.
"""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

SERVER = os.environ.get("PURPOSED", "http://127.0.0.1:7700")
PAGE = 100


def ask(path, pairs=()):
    with urllib.request.urlopen(f"{SERVER}{path}?{urllib.parse.urlencode(list(pairs))}") as reply:
        return json.load(reply)


def search(query, filters):
    """The hits of a search, one after the other, however many there are."""
    cursor = ""  # an empty parameter is as if it were not there
    while cursor is not None:
        page = ask("/api/search", [("q", query), ("cursor", cursor), ("limit", PAGE), ("snippets", 0), *filters])
        yield from page["hits"]
        cursor = page.get("cursor")


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    query, filters = arguments[0], [argument.split("=", 1) for argument in arguments[1:]]
    found = 0
    for hit in search(query, filters):
        record = ask("/api/records/" + urllib.parse.quote(hit["id"], safe=""))
        print(record["id"], record["organisation"] or "", "; ".join(record["datasets"]), sep="\t")
        found += 1
    return 0 if found else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        print(f"{problem['title']}: {problem['detail']}", file=sys.stderr)
    except (urllib.error.URLError, ValueError) as error:
        print(f"{SERVER}: {error}", file=sys.stderr)
    sys.exit(2)
