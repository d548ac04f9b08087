# SPDX-License-Identifier: GPL-2.0-or-later
"""Records as JSON Lines in which one member is not what it should be: the line is told with the member's name and what
was expected, and the records beside it are taken."""
import json

import pytest

WRONG = [  # members, what is said
    ({"title": {"en": "Study"}}, "member `title`: expected a text or null, found an object"),
    ({"title": ["Study"]}, "found a list"),
    ({"title": True}, "found true"),
    ({"title": False}, "found false"),
    ({"title": 7}, "found a number"),
    ({"title": "a\0b"}, "\\u0000 is not allowed"),
    ({"datasets": None}, None),
    ({"datasets": "Example Episodes"}, "member `datasets`: expected a list of texts, found a text"),
    ({"datasets": ["Example Episodes", None]}, "member `datasets`: expected a list of texts, found null"),
    ({"datasets": [str(n) for n in range(200_000)]}, "member `datasets`: expected at most"),
    ({"edition": "2021"}, "member `edition`: expected a month (YYYY-MM), found \"2021\""),
    ({"edition": 2021}, "member `edition`: expected a month (YYYY-MM) or null, found a number"),
    ({"released_from": "2021-13"}, "member `released_from`: expected a month (YYYY-MM), found \"2021-13\""),
    ({"start": "1 May 2021"}, "member `start`: expected a date (YYYY-MM-DD or YYYY-MM), found \"1 May 2021\""),
    ({"start": "2021-02-30"}, "member `start`: expected a date"),
    ({"end": ["2021-02-03"]}, "member `end`: expected a date (YYYY-MM-DD or YYYY-MM) or null, found a list"),
    ({"commercial": "yes"}, "member `commercial`: expected"),
    ({"page_files": "three"}, "member `page_files`: expected"),
    ({"page_files": -1}, "member `page_files`: expected"),
    ({"releases": {}}, "member `releases`: expected a list of objects or null, found an object"),
    ({"releases": ["Example Episodes"]}, "member `releases`"),
    ({"releases": [{"dataset": 3}]}, "member `releases.dataset`: expected a text or null, found a number"),
    ({"releases": [{"count": "many"}]}, "member `releases.count`: expected"),
    ({"releases": [{"count": 0}]}, "member `releases.count`: expected"),
    ({"releases": [{"legal_basis": "s251"}]}, "member `releases.legal_basis`: expected a list of texts, found a text"),
    ({"releases": [{"month": "May"}]}, "member `releases.month`: expected a month (YYYY-MM), found \"May\""),
    ({"sources": "a.txt"}, "member `sources`: expected a list of objects, found a text"),
    ({"sources": ["a.txt"]}, "member `sources`: expected a list of objects, found a text"),
    ({"sources": [{"line": 3}]}, "member `sources.file`: expected a text, found nothing"),
    ({"sources": [{"file": 3}]}, "member `sources.file`: expected a text or null, found a number"),
    ({"sources": [{"file": "a.xlsx", "sheet": 3}]}, "member `sources.sheet`: expected a text or null, found a number"),
    ({"sources": [{"file": "a.xlsx", "sheet": "S", "row": -1}]}, "member `sources.row`: expected"),
    ({"sources": [{"file": "a.txt", "line": "third"}]}, "member `sources.line`: expected"),
    ({"id": "NIC-" + "9" * 5000}, "member `id`: expected at most"),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_wrong_member(place, number):
    members, says = WRONG[number]
    good = [{"id": "NIC-1-A", "objectives": "To plan."}, {"id": "NIC-3-C", "objectives": "To audit."}]
    wrong = {"id": "NIC-2-B", "objectives": "To study.", **members}
    place.write("records.jsonl", "".join(json.dumps(record) + "\n" for record in (good[0], wrong, good[1])))
    result = place.parse()
    taken = [record["id"] for record in result.records]
    if says is None:
        assert (result.code, result.err, taken) == (0, "", ["NIC-1-A", "NIC-2-B", "NIC-3-C"])
        return
    assert (result.code, taken) == (1, ["NIC-1-A", "NIC-3-C"])
    assert result.err.startswith("pages/records.jsonl:2: ") and says in result.err
    indexed = place.index()
    assert (indexed.code, indexed.report["added"], indexed.report["rejected"]) == (1, 2, 1)
