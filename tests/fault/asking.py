# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions whose answers together say everything that a daemon serves of a small index."""
from support import RpcError

QUESTIONS = [
    ("search", {"q": "care", "snippets": 3, "limit": 100, "facets": ["dataset", "legal_basis", "organisation", "in_force"]}),
    ("search", {"q": '"to plan the"', "sort": "id", "limit": 100}),
    ("search", {"q": "objectives:plan* -invoice", "explain": True, "limit": 100}),
    ("search", {"q": "planing", "sort": "-organisation", "limit": 100}),
    ("search", {"filters": {"dataset": ["Example Data Set"], "start": {"from": "2019-01-01"}}, "sort": "title", "limit": 100}),
    ("facets", {"name": "dataset", "limit": 100}),
    ("suggest", {"q": "pla"}),
    ("export", {}),
]


def plain(value):
    """An answer without what differs from one daemon to the next."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name not in ("took_us", "revision", "cursor")}
    return [plain(one) for one in value] if isinstance(value, list) else value


def ask(connection, method, params):
    """The answer, or the error as "code: message"."""
    try:
        return plain(connection.call(method, **params))
    except RpcError as error:
        return str(error)


def ask_all(connection, ids=()):
    return [ask(connection, method, params) for method, params in [*QUESTIONS, *(("get", {"id": one}) for one in ids)]]
