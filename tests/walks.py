# SPDX-License-Identifier: GPL-2.0-or-later
"""Walks from cursor to cursor, and the order that hits must be in, worked out from the records."""
import re
import unicodedata

import pytest

from support import RpcError

KEYS = ["start", "end", "released", "organisation", "title", "id", "page_files"]
SORTS = [sign + key for key in KEYS for sign in ("", "-")]


def pages(daemon, sizes, **params):
    """The replies of a search, page after page; the sizes are turned to in turn."""
    cursor = {}
    while True:
        for size in sizes:
            reply = daemon.call("search", limit=size, snippets=0, **params, **cursor)
            assert len(reply["hits"]) <= size
            yield reply
            if "cursor" not in reply:
                return
            cursor = {"cursor": reply["cursor"]}


def walk(daemon, sizes, **params):
    return [hit["id"] for reply in pages(daemon, sizes, **params) for hit in reply["hits"]]


def pieces(daemon, **params):
    """The replies of an export."""
    while True:
        reply = daemon.call("export", **params)
        yield reply
        if "cursor" not in reply:
            return
        params = {"cursor": reply["cursor"]}


def export(daemon, **params):
    return [record for reply in pieces(daemon, **params) for record in reply["records"]]


def fold(text):
    """As the index folds a sort key: case and marks aside, dashes, apostrophes and spaces alike, 64 bytes at most."""
    text = re.sub("[\u2010-\u2015\u2212]", "-", re.sub("[\u2018\u2019]", "'", text))
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(c for c in folded if not unicodedata.category(c).startswith("M"))
    return bare.encode()[:64].decode(errors="ignore").encode()


def sort_value(record, key):
    if key == "released":
        return record["released_to"] or record["released_from"]
    value = record[key]
    if key in ("start", "end", "changed") and value:
        return value if len(value) == 10 else value + "-01"
    if key in ("title", "organisation") and value is not None:
        return fold(value) or None
    return value


def in_order(records, sort):
    """The ids in the order asked: by value, what has none last either way, then by id."""
    descending, key = sort.startswith("-"), sort.lstrip("-")
    ordered = sorted(records, key=lambda record: record["id"].encode())
    known = [record for record in ordered if sort_value(record, key) is not None]
    unknown = [record for record in ordered if sort_value(record, key) is None]
    known.sort(key=lambda record: sort_value(record, key), reverse=descending)
    return [record["id"] for record in known + unknown]


def refused(daemon, method, **params):
    with pytest.raises(RpcError) as error:
        daemon.call(method, **params)
    assert error.value.code == -32602, error.value
    return error.value.message
