# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions that only an index of several editions, or only their own answer, shows to be wrong."""
import json

import pytest

from support import Daemon, RpcError, index


AT = ["TEAM@HOME", "HOME@TEAM@2020", "TEAM"]  # references with what parts an edition from one


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wrong")
    for edition, wording in (("2020-02", "To plan services."), ("2021-02", "To plan all services.")):
        records = [{"id": f"NIC-1-{name}", "organisation": f"Invented Trust {name}", "edition": edition, "objectives": wording,
                    "datasets": ["Example Episodes", "Example Survey"]} for name in "ABC"]
        records += [{"id": id_, "edition": edition, "objectives": f"{wording} {id_}"} for id_ in AT]
        (folder / "records.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
        index(folder / "index", folder / "records.jsonl")
    with Daemon(folder / "index") as daemon:
        yield daemon


WRONG = [  # method, parameters, what is said
    ("changes", {"from": "1999-01"}, "from takes an edition of this index, from 2020-02 to 2021-02"),
    ("changes", {"to": "2020-03"}, "to takes an edition of this index, from 2020-02 to 2021-02"),
    ("changes", {"from": 2020}, "from takes an edition"),
    ("changes", {"from": "2021-02"}, "2021-02"),
    ("changes", {"to": "2020-02"}, "from takes an edition before 2020-02"),
    ("compare", {"ids": [1, 2]}, "ids takes two texts: \"ID\", or \"ID@EDITION\" for an older text"),
    ("compare", {"ids": ["NIC-1-A", "x" * 100_000]}, "ids takes two texts"),
    ("compare", {"ids": ["NIC-1-A", "NIC-1-A@1999-01"]}, "1999-01"),
    ("compare", {"ids": ["NIC-1-A", "NIC-1-A@2020"]}, "NIC-1-A has no text of the edition \"2020\""),
    ("compare", {"ids": ["TEAM@HOME", "TEAM@HOME@1999-01"]}, "TEAM@HOME has no text of the edition \"1999-01\""),
    ("compare", {"ids": ["TEAM", "TEAM@AWAY"]}, "TEAM has no text of the edition \"AWAY\""),
    ("get", {"id": "NIC-1-A", "edition": "1999-01"}, "1999-01"),
    ("search", {"filters": {"dataset": [{"a": 1}]}}, "filters: dataset takes values that are texts of at most"),
    ("search", {"filters": {"dataset": ["x" * 100_000]}}, "filters: dataset takes values that are texts of at most"),
    ("search", {"filters": {"dataset": [None]}}, "filters: dataset takes values"),
    ("search", {"filters": {"dataset": [1.5]}}, "filters: dataset takes values"),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_refused_with_what_was_expected(daemon, number):
    method, params, says = WRONG[number]
    with pytest.raises(RpcError) as refused:
        daemon.call(method, **params)
    assert says in refused.value.message
    assert refused.value.code in (-32602, -32003)  # parameters; no such record
    assert daemon.call("search", q="services")["total"] == 6


@pytest.mark.parametrize("value, spelt", [(True, "yes"), (False, "no")])
def test_yes_and_no_may_be_said_as_json_says_them(daemon, value, spelt):
    said, meant = (daemon.call("search", filters={"commercial": [one]})["total"] for one in (value, spelt))
    assert said == meant


def test_a_value_too_long_for_a_field_is_left_out_and_said(daemon):
    answer = daemon.call("search", q="services dataset:\"" + "example " * 200 + "\"")
    assert answer["total"] == 6
    assert [warning for warning in answer["warnings"] if warning.startswith("dataset: takes a value of at most")]


def test_an_older_text_is_compared_by_its_edition(daemon):
    parts = daemon.call("compare", ids=["NIC-1-A", "NIC-1-A@2020-02"])["parts"]
    assert [edit["op"] for edit in parts["objectives"]["edits"] if edit["op"] != "equal"] in (["delete"], ["insert"])


@pytest.mark.parametrize("id_", AT)
def test_a_reference_with_an_at_is_itself_and_has_older_texts(daemon, id_):
    assert daemon.call("get", id=id_)["id"] == id_
    older = daemon.call("get", id=id_, edition="2020-02")
    assert (older["id"], older["edition"]) == (id_, "2020-02")
    said = daemon.call("compare", ids=[id_, id_.lower()])
    assert said["ids"] == [id_, id_] and said["parts"]["objectives"] == {"equal": True}
    parts = daemon.call("compare", ids=[f"{id_}@2020-02", id_])["parts"]
    assert [edit for edit in parts["objectives"]["edits"] if edit["op"] != "equal"] == [{"op": "insert", "text": "all "}]
    assert [hit["id"] for hit in daemon.call("search", q=f"id:{id_}", sort="id")["hits"]][:1] == [id_]


def test_a_control_character_in_what_is_begun_is_a_space(daemon):
    said = [daemon.call("suggest", q=text)["suggestions"] for text in ("plan\tserv", "plan serv")]
    assert said[0] == said[1]
