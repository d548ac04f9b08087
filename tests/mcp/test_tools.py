# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of the tools is true of the daemon, and their answers keep to it and to their bounds."""
import json
import random

import jsonschema
import pytest

import support
import talk

RECORD = "NIC-410377-Q1D8M"
RANGES = ["start", "end", "released", "changed"]


def ask(daemon, tool, **arguments):
    answer, = talk.say(daemon.address, talk.call(1, tool, **arguments))
    return talk.structured(answer)


def properties(tools, tool):
    return tools[tool]["inputSchema"]["properties"]


# ---- what is said of them ----


def test_schemas_are_schemas(tools):
    assert list(tools) == ["search_register", "get_record", "list_facet_values", "compare_records", "what_changed"]
    for tool in tools.values():
        for side in ("inputSchema", "outputSchema"):
            assert tool[side]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
            jsonschema.Draft202012Validator.check_schema(tool[side])
            assert '"use"' not in json.dumps(tool[side])
        assert tool["annotations"]["readOnlyHint"] is True
        assert tool["description"] and tool["title"]


def test_names_are_those_of_the_daemon(daemon, tools):
    schema = daemon.call("schema")
    facets = [facet["name"] for facet in schema["facets"]]
    assert schema["ranges"] == RANGES
    for tool in ("search_register", "list_facet_values"):
        assert list(properties(tools, tool)["filters"]["properties"]) == facets + RANGES
    assert properties(tools, "list_facet_values")["facet"]["enum"] == facets
    assert properties(tools, "search_register")["facets"]["items"]["enum"] == facets
    parts = [part["name"] for part in schema["parts"]]
    assert properties(tools, "search_register")["parts"]["items"]["enum"] == parts + ["benefits"]
    assert properties(tools, "compare_records")["part"]["enum"] == parts
    prose = [part for part in parts if part not in ("title", "organisation")]
    assert properties(tools, "get_record")["part"]["enum"] == prose + ["releases"]
    turned = [f"-{key}" for key in schema["sorts"] if key != "relevance"]
    assert sorted(properties(tools, "search_register")["sort"]["enum"]) == sorted(schema["sorts"] + turned)


def test_every_choice_is_taken_by_the_daemon(daemon, tools):
    search, values = properties(tools, "search_register"), properties(tools, "list_facet_values")
    calls = [talk.call(1, "search_register", sort=key, limit=1) for key in search["sort"]["enum"]]
    calls += [talk.call(1, "search_register", parts=[part], limit=1, query="data")
              for part in search["parts"]["items"]["enum"]]
    calls += [talk.call(1, "search_register", filters={name: {"from": "2018"}}, limit=1) for name in RANGES]
    calls += [talk.call(1, "list_facet_values", facet=name, sort=sort) for name in values["facet"]["enum"]
              for sort in values["sort"]["enum"]]
    calls += [talk.call(1, "search_register", match=match, newest_version=True, history=True, same_release=False)
              for match in search["match"]["enum"]]
    for answer in talk.say(daemon.address, *calls):
        talk.structured(answer)


def test_values_shown_are_filters_that_find_as_many(daemon, tools):
    """Also of a level below, as one who browses would get there."""
    facets = properties(tools, "list_facet_values")["facet"]["enum"]
    listed = {name: [] for name in facets}
    asks = [(name, {}) for name in facets]
    while asks:
        answers = talk.say(daemon.address, *(talk.call(1, "list_facet_values", facet=name, limit=1000, **more)
                                             for name, more in asks))
        found = [(name, value) for (name, _), answer in zip(asks, answers)
                 for value in talk.structured(answer)["values"]]
        for name, value in found:
            listed[name].append(value)
        asks = [(name, {"parent": value["value"]}) for name, value in found if value.get("levels_below")]
    pairs = [(name, value) for name, values in listed.items() for value in values]
    assert len(pairs) > 150
    answers = talk.say(daemon.address, *(talk.call(1, "search_register", filters={name: [value["value"]]}, limit=0)
                                         for name, value in pairs))
    for (name, value), answer in zip(pairs, answers):
        assert talk.structured(answer)["total"] == value["count"], (name, value)


# ---- arguments ----

ODD = [None, True, False, 0, 1, -1, 2.5, 3.0, 10 ** 9, "", "s251", "2019-11", "all", "x" * 5000, [], ["s251"], [1], {},
       {"from": "2019"}, {"from": 1}, {"nonsense": 1}, [[]], ["a"] * 300, "objectives", "count", "dataset"]


def random_value(schema, dice):
    """Something that may be meant: mostly of the kind that is wanted."""
    if dice.random() < 0.15:
        return dice.choice(ODD)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    kind = schema["type"]
    if kind == "integer":
        least, most = schema["minimum"], schema["maximum"]
        return dice.choice([least, most, least - 1, most + 1, 700, 3.0])
    if kind == "boolean":
        return dice.random() < 0.5
    if kind == "object":
        return {name: random_value(part, dice) for name, part in schema["properties"].items() if dice.random() < 0.15}
    if kind == "array" or (isinstance(kind, list) and dice.random() < 0.7):
        return [random_value(schema["items"], dice) for _ in range(dice.randrange(4))]
    return "x" * dice.choice([0, 1, 7, 7, 10, 300])


def test_arguments_are_held_against_the_schema(tools):
    """Own checking agrees with a library's: what passes goes to the daemon, of which there is none here."""
    dice = random.Random(8)
    calls = []
    for number in range(4000):
        tool = dice.choice(list(tools.values()))
        schema = tool["inputSchema"]
        arguments = {name: random_value(part, dice) for name, part in schema["properties"].items()
                     if name in schema.get("required", []) or dice.random() < 0.2}
        if dice.random() < 0.05:
            arguments["nonsense"] = 1
        calls.append((tool["name"], arguments))
    answers = talk.say(talk.NOWHERE, *(talk.call(1, name, **arguments) for name, arguments in calls))
    passed = 0
    for (name, arguments), answer in zip(calls, answers):
        wrong = list(jsonschema.Draft202012Validator(tools[name]["inputSchema"]).iter_errors(arguments))
        said = talk.failure(answer)
        reached = "no daemon listens" in said or said.startswith("offset goes with kind")
        assert reached == (not wrong), (name, arguments, said, [error.message for error in wrong])
        passed += reached
    assert 200 < passed < 3800


# ---- answers ----


def calls_of_all_kinds(ids, tokens):
    calls = [("search_register", {"limit": 100, "passages": 5, "query": "data", "fold_copies": False,
                                  "facets": ["dataset", "organisation", "controller", "legal_basis"]}),
             ("search_register", {"limit": 30}), ("what_changed", {})]
    calls += [("get_record", {"id": record}) for record in ids]
    calls += [("list_facet_values", {"facet": name, "limit": 1000})
              for name in ("controller", "dataset", "legal_basis")]
    calls += [("compare_records", {"first": ids[0], "second": record}) for record in ids[1:6]]
    return [(name, {**arguments, **({"max_tokens": tokens} if tokens else {})}) for name, arguments in calls]


@pytest.mark.parametrize("tokens", [None, 500, 700, 1500, 50000])
def test_answers_keep_to_their_bound_and_schema(daemon, tools, tokens):
    ids = [hit["id"] for hit in daemon.call("search", limit=1000)["hits"]]
    calls = calls_of_all_kinds(ids, tokens)
    answers = talk.say(daemon.address, *(talk.call(1, name, **arguments) for name, arguments in calls))
    for (name, arguments), answer in zip(calls, answers):
        talk.structured(answer)
        talk.check_result(tools[name], arguments, answer["result"])


@pytest.mark.parametrize("tokens", [500, 2000])
def test_pages_of_a_search_are_the_whole(daemon, tokens):
    whole = [hit["id"] for hit in daemon.call("search", q="data", limit=1000)["hits"]]
    found, cursor = [], {}
    while True:
        page = ask(daemon, "search_register", query="data", fold_copies=False, limit=20, max_tokens=tokens, **cursor)
        assert page["hits"]
        found += [hit["id"] for hit in page["hits"]]
        if "next_cursor" not in page:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == whole


LONG = {"id": "DARS-NIC-900001-L0N6G-v1.0", "organisation": "Longcroft", "outputs": "Two tables.",
        "objectives": " ".join(f"{number}. “Naïve” \"counts\"\n\tper\\ward;" for number in range(900)),
        "processing": "é" * 9000}
OTHER = {**LONG, "id": "DARS-NIC-900002-L0N6H-v1.0", "objectives": LONG["objectives"].replace("ward", "house")}


@pytest.fixture(scope="module")
def long_texts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    (folder / "long.jsonl").write_text("".join(json.dumps(record) + "\n" for record in (LONG, OTHER)))
    support.index(folder / "index", folder / "long.jsonl")
    with support.Daemon(folder / "index") as running:
        yield running


@pytest.mark.parametrize("tokens", [500, 1300])
@pytest.mark.parametrize("part", ["objectives", "processing"])
def test_pieces_of_a_part_are_the_whole(long_texts, part, tokens):
    whole = long_texts.call("get", id=LONG["id"])[part]
    overview = ask(long_texts, "get_record", id=LONG["id"], max_tokens=tokens)
    first, = [shown for shown in overview["parts"] if shown["part"] == part]
    assert [shown["text"] for shown in overview["parts"] if "next_offset" not in shown] == [LONG["outputs"]]
    text, offset = first["text"], first["next_offset"]
    while offset:
        piece, = ask(long_texts, "get_record", id=LONG["id"], part=part, offset=offset, max_tokens=tokens)["parts"]
        assert piece["offset"] == offset and piece["bytes"] == len(whole.encode())
        text += piece["text"]
        offset = piece.get("next_offset")
    assert text == whole


def test_pieces_of_a_comparison_are_the_whole(long_texts):
    def compare(**more):
        found = ask(long_texts, "compare_records", first=LONG["id"], second=OTHER["id"], **more)
        shown, = found["differing"]
        assert ("outputs" in found["same"]) == (not more.get("part")) and shown["part"] == "objectives"
        return shown

    whole = compare(max_tokens=50000)
    assert len(whole["text"]) > 8000 and "house" in whole["text"] and "next_offset" not in whole
    piece = compare(max_tokens=2000)
    text = piece["text"]
    while "next_offset" in piece:
        piece = compare(max_tokens=2000, part="objectives", offset=piece["next_offset"])
        text += piece["text"]
    assert text == whole["text"]


def test_pages_of_values_are_the_whole(daemon):
    whole = daemon.call("facets", name="controller", limit=1000)
    found, offset = [], 0
    while offset is not None:
        page = ask(daemon, "list_facet_values", facet="controller", offset=offset, limit=7, max_tokens=500)
        found += [value["value"] for value in page["values"]]
        offset = page.get("next_offset")
    assert found == [value["label"] for value in whole["values"]] and len(found) == whole["total"]


# ---- the real register ----

WORKBOOK = support.WORKBOOK


@pytest.mark.skipif(not WORKBOOK.exists(), reason="the real register is not at hand")
def test_real_register(tmp_path, tools):
    support.real_index(tmp_path / "index")
    with support.Daemon(tmp_path / "index") as daemon:
        found = ask(daemon, "search_register", query='"risk stratification"', limit=0)
        assert (found["total"], found["distinct_texts"]) == (228, 62)
        identifiable = {"identifiability": "Identifiable", "dataset": "Mental Health Services Data Set"}
        assert ask(daemon, "search_register", filters=identifiable, limit=0)["total"] == 18
        ids = [hit["id"] for hit in daemon.call("search", limit=1000)["hits"]]
        calls = [talk.call(1, "get_record", id=record) for record in ids]
        for record, answer in zip(ids, talk.say(daemon.address, *calls)):
            assert talk.structured(answer)["id"] == record
            talk.check_result(tools["get_record"], {}, answer["result"])
        many = max((daemon.call("get", id=record) for record in ids), key=lambda record: len(record["releases"]))
        rows, offset = [], 0
        while offset is not None:
            page = ask(daemon, "get_record", id=many["id"], part="releases", offset=offset, max_tokens=1000)
            rows += page["releases"]
            offset = page.get("next_release_offset")
        assert [row["dataset"] for row in rows] == [row["dataset"] for row in many["releases"]] and len(rows) > 10
