# SPDX-License-Identifier: GPL-2.0-or-later
"""Cases as plain data, one JSON object a line, and what an answer must be to meet one."""
import json
import pathlib

import pytest

HERE = pathlib.Path(__file__).resolve().parent


def cases(name):
    text = (HERE / f"{name}.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.split("\n") if line]
    for number, case in enumerate(found, 1):
        case["place"] = f"{name}:{number}"
    return found


def with_ids(found):
    return [pytest.param(case, id=case["place"]) for case in found]


def search(daemon, ask):
    """All hits, unless the case asks for a page of them."""
    return daemon.call("search", **{"limit": 1000, **ask})


def ids(answer):
    return sorted(hit["id"] for hit in answer["hits"])


def check_answer(case, answer):
    expect = case["expect"]
    if expect.get("all"):
        assert answer["total"] == len(answer["hits"]) == 42
    elif "hits" in expect:
        assert [hit["id"] for hit in answer["hits"]] == expect["hits"]
        assert answer["total"] == expect["total"]
    else:
        assert ids(answer) == sorted(expect["ids"])
        assert answer["total"] == len(expect["ids"])
    assert answer.get("relaxed", False) == expect.get("relaxed", False)
    warnings = answer.get("warnings", [])
    assert len(warnings) == len(expect.get("warnings", [])), warnings
    for piece in expect.get("warnings", []):
        assert any(piece in warning for warning in warnings), warnings
