# SPDX-License-Identifier: GPL-2.0-or-later
"""The same answers as over the socket, whatever is asked."""
import pytest

from support import RpcError

CASES = [
    ("search", "/api/search", [("q", "asthma")], {"q": "asthma"}),
    ("search", "/api/search", [("q", '"risk stratification" -invoice'), ("limit", "3"), ("offset", "2")],
     {"q": '"risk stratification" -invoice', "limit": 3, "offset": 2}),
    ("search", "/api/search", [("q", ""), ("limit", "")], {}),
    ("search", "/api/search", [("legal_basis", "s251"), ("legal_basis", "Consent")],
     {"filters": {"legal_basis": ["s251", "Consent"]}}),
    ("search", "/api/search", [("datasets", "(none)"), ("opt_out", "No")],
     {"filters": {"datasets": ["(none)"], "opt_outs": ["No"]}}),
    ("search", "/api/search", [("start", "2019..2020-06"), ("end", "..2023"), ("released", "2018"), ("sort", "-end")],
     {"filters": {"start": {"from": "2019", "to": "2020-06"}, "end": {"to": "2023"},
                  "released": {"from": "2018", "to": "2018"}}, "sort": "-end"}),
    ("search", "/api/search", [("facet", "legal_basis"), ("facet", "datasets"), ("limit", "0")],
     {"facets": ["legal_basis", "datasets"], "limit": 0}),
    ("search", "/api/search",
     [("facet", "legal_basis"), ("facet.legal_basis.limit", "2"), ("facet.deep.name", "legal_basis"),
      ("facet.deep.parent", "Health and Social Care Act 2012"), ("facet.deep.sort", "value"),
      ("facet.deep.count", "releases"), ("facet.deep.contains", "261"), ("limit", "0")],
     {"facets": [{"name": "legal_basis", "limit": 2},
                 {"name": "legal_basis", "as": "deep", "parent": "Health and Social Care Act 2012",
                  "sort": "value", "count": "releases", "contains": "261"}], "limit": 0}),
    ("search", "/api/search",
     [("q", "patients"), ("part", "objectives"), ("parts", "outputs"), ("match", "any"), ("snippets", "2"),
      ("same_release", "no"), ("history", "1"), ("newest_version", "true"), ("explain", "yes")],
     {"q": "patients", "parts": ["objectives", "outputs"], "match": "any", "snippets": 2, "same_release": False,
      "history": True, "newest_version": True, "explain": True}),
    ("search", "/api/search", [("q", "hospice wheeze falls zzzz")], {"q": "hospice wheeze falls zzzz"}),
    ("get", "/api/records/GPCENSUS", [], {"id": "GPCENSUS"}),
    ("get", "/api/records/%47PCENSUS", [], {"id": "GPCENSUS"}),
    ("get", "/api/records/GPCENSUS", [("q", "patients practices"), ("match", "any"), ("part", "outputs")],
     {"id": "GPCENSUS", "q": "patients practices", "match": "any", "parts": ["outputs"]}),
    ("search", "/api/search", [("q", "patients"), ("field", "datasets"), ("fields", "controllers")],
     {"q": "patients", "fields": ["datasets", "controllers"]}),
    ("facets", "/api/facets/dataset", [("q", "asthma hospice"), ("match", "any"), ("history", "1")],
     {"name": "dataset", "q": "asthma hospice", "match": "any", "history": True}),
    ("facets", "/api/facets/dataset", [("q", "asthma"), ("sort", "value"), ("limit", "5")],
     {"name": "dataset", "q": "asthma", "sort": "value", "limit": 5}),
    ("facets", "/api/facets/legal_basis", [("parent", "UK GDPR"), ("organisation_type", "(none)")],
     {"name": "legal_basis", "parent": "UK GDPR", "filters": {"organisation_type": ["(none)"]}}),
    ("compare", "/api/compare", [("id", "GPCENSUS"), ("id", "DARS-NIC-150871-T1F3N")],
     {"ids": ["GPCENSUS", "DARS-NIC-150871-T1F3N"]}),
    ("schema", "/api/schema", [], {}),
    ("suggest", "/api/suggest", [("q", "risk str"), ("limit", "3")], {"q": "risk str", "limit": 3}),
    ("similar", "/api/similar/DARS-NIC-150871-T1F3N", [("limit", "3"), ("parts", "objectives"), ("copies", "no")],
     {"id": "DARS-NIC-150871-T1F3N", "limit": 3, "parts": ["objectives"], "copies": False}),
    ("search", "/api/search", [("q", "patients"), ("fold_copies", "1"), ("limit", "4")],
     {"q": "patients", "fold_copies": True, "limit": 4}),
]


@pytest.mark.parametrize("method, path, pairs, params", CASES)
def test_as_over_the_socket(server, method, path, pairs, params):
    told = server.get(path, pairs)
    expected = server.call(method, **params)
    for result in (told, expected):
        result.pop("took_us", None)
    assert told == expected


def test_the_next_page_by_cursor(server):
    first = server.get("/api/search", [("q", "patients"), ("limit", "5")])
    second = server.get("/api/search", [("q", "patients"), ("limit", "5"), ("cursor", first["cursor"])])
    offset = server.get("/api/search", [("q", "patients"), ("limit", "5"), ("offset", "5")])
    assert [hit["id"] for hit in second["hits"]] == [hit["id"] for hit in offset["hits"]]


def test_an_id_with_everything_in_it(server):
    reply = server.ask("/api/records/NIC-900002%2F..%2F%252e%252e%231%20%3Fx=y%26z")
    assert reply.status == 200 and reply.json()["title"] == "+44 a title"


def test_changes(server):
    """Of an index with one edition or none it is an error, and the same one."""
    with pytest.raises(RpcError) as error:
        server.call("changes")
    reply = server.ask("/api/changes")
    assert reply.status == 400 and reply.json()["detail"] == error.value.message


def test_status(server):
    told = server.get("/api/status")
    assert told["revision"] == server.call("status")["revision"]
    assert told["connections"]["http"] >= 1


@pytest.mark.parametrize("path", ["/records/GPCENSUS", "/?q=risk%20a&limit=2", "/"])
def test_addresses_for_people_are_pages(server, path):
    reply = server.ask(path)
    assert reply.status == 200 and reply.type == "text/html"
