# SPDX-License-Identifier: GPL-2.0-or-later
"""A second edition derived from a generated first: what was added, left, changed, was renewed or renamed, as the
workbook's readers are told of it."""
import collections
import copy
import json
import os
import pathlib
import random
import re
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import registers
from support import Daemon, RpcError, SHARED

FIRST, SECOND = "2019-06", "2021-02"
LAYOUTS = {"period": registers.old_sheets, "cumulative": registers.new_sheets}
WORKBOOK = SHARED / "register" / "workbook" / "2021-02.xlsx"


def ids(one):
    return [one["reference"] + (f"#{number}" if number > 1 else "") for number in range(1, len(one["statements"]) + 1)]


def all_ids(register):
    return {identity for one in register for identity in ids(one)}


class Editions:
    """Two registers and what became of the agreements of the first."""

    def __init__(self, seed):
        chance = random.Random(seed)
        made = [one for one in registers.register(seed, 50) if not one["bare"]]
        self.fates = {name: [] for name in ("same", "gone", "changed", "renewed", "renamed", "added")}
        self.first, self.second = made[:-6], []
        for number, one in enumerate(self.first):
            fate = "same" if number % 2 else chance.choice(["gone", "changed", "renewed"])
            if one["reference"].startswith("NIC-"):
                fate = chance.choice(["same", "gone", "renamed"])
            elif fate == "renewed" and not one["version"]:
                fate = "changed"
            self.apply(fate, copy.deepcopy(one), chance)
        for one in made[-6:]:
            self.apply("added", one, chance)
        assert all(self.fates.values()), {name: len(met) for name, met in self.fates.items()}

    def apply(self, fate, one, chance):
        self.fates[fate].append(one)
        if fate == "gone":
            return
        self.second.append(one)
        if fate == "changed":
            one["statements"][0]["objectives"] += " Moreover, xylophones."
        elif fate == "renewed":
            major, minor = one["version"].split(".")
            one["version"] = f"{int(major) + chance.randint(1, 9)}.{minor}"
            one["reference"] = f"DARS-{one['agreement']}-v{one['version']}"
        elif fate == "renamed":
            one["reference"] = f"DARS-{one['reference']}"

    def of(self, fate):
        return {identity for one in self.fates[fate] for identity in ids(one)}

    def changed_ids(self):
        return {one["reference"] for one in self.fates["changed"]}

    def write(self, place, layout):
        for edition, register in ((FIRST, self.first), (SECOND, self.second)):
            place.write(f"{edition}.xlsx", registers.workbook(LAYOUTS[layout](register), 1))


SEEDS = (22,) if os.environ.get("PURPOSED_SANITIZE") else (22, 23)


@pytest.fixture(params=[(layout, seed) for layout in LAYOUTS for seed in SEEDS], ids=lambda p: f"{p[0]}-{p[1]}")
def case(request, place):
    place.layout, seed = request.param
    place.editions = Editions(seed)
    place.editions.write(place, place.layout)
    return place


@pytest.fixture
def indexed(case):
    for edition in (FIRST, SECOND):
        result = case.index(f"pages/{edition}.xlsx")
        assert (result.code, result.report["superseded"]) == (0, 0)
    return case


@pytest.fixture
def served(indexed):
    with Daemon(indexed.db, "--workers", "1") as daemon:
        indexed.call = daemon.call
        yield indexed


def found(place, **params):
    reply = place.call("search", limit=1000, **params)
    assert reply["total"] == len(reply["hits"])
    return collections.Counter(hit["id"] for hit in reply["hits"])


def content(place, db=None):
    """All that is stored, but for the order in which sources and releases were met."""
    ordered = lambda value: sorted(json.dumps(item, sort_keys=True) for item in value) if isinstance(value, list) else value
    stored = {key: {name: ordered(value) for name, value in record.items()} for key, record in place.stored(db).items()}
    texts = [line for line in place.dump(db) if "\ttext " in line and "\ttext 1 " not in line]
    return stored, texts


def test_order_of_the_editions_does_not_matter(case):
    other = case.folder / "other"
    for edition in (FIRST, SECOND):
        assert case.index(f"pages/{edition}.xlsx").code == 0
    for edition in (SECOND, FIRST):
        assert case.index(f"pages/{edition}.xlsx", db=other).code == 0
    assert content(case) == content(case, other)


def test_editions_of_records(indexed):
    editions, stored = indexed.editions, indexed.stored()
    old = {f"{identity}@{FIRST}" for identity in editions.changed_ids()}
    assert set(stored) == all_ids(editions.first) | all_ids(editions.second) | old
    shown = lambda identity: tuple(stored[identity][name] for name in ("edition", "editions", "first_seen", "changed"))
    for identity in editions.of("same"):
        assert shown(identity) == (SECOND, [FIRST, SECOND], FIRST, FIRST)
    for identity in all_ids(editions.first) - all_ids(editions.second):
        assert shown(identity) == (FIRST, [FIRST], FIRST, FIRST)
    for identity in editions.of("added"):
        assert shown(identity) == (SECOND, [SECOND], SECOND, SECOND)
    for identity in editions.changed_ids():
        assert shown(identity) == (SECOND, [SECOND], FIRST, SECOND)
        assert shown(f"{identity}@{FIRST}") == (FIRST, [FIRST], FIRST, FIRST)
    for identity in editions.of("renewed") | editions.of("renamed"):
        assert shown(identity)[:2] == (SECOND, [SECOND]) and shown(identity)[3] == SECOND


def rows_of_both(one, layout):
    """A reference's rows over the editions that have it: known by what they say and their month."""
    rows = {}
    for edition, present in ((FIRST, one in layout["first"]), (SECOND, one in layout["second"])):
        for row in registers.rows_of(one, edition) if present else []:
            key = json.dumps({name: value for name, value in row.items() if name not in ("count", "editions")}, sort_keys=True)
            met = rows.setdefault((key, row["month"] or edition), dict(row, editions=[]))
            met["editions"].append(edition)
    return sorted(json.dumps(row, sort_keys=True) for row in rows.values())


def as_carried(one, layout):
    """The rows as a layout has room for them."""
    def carried(row):
        if layout == "period":
            return dict(row, month=None)
        return dict(row, duty_of_confidence=None) if row["month"] else dict(row, opt_outs=None)
    return dict(one, releases=[carried(row) for row in one["releases"]])


def test_releases_of_both_editions_add_up(indexed):
    stored = indexed.stored()
    editions = indexed.editions
    counted = 0
    for fate in ("same", "changed", "added"):
        for one in (as_carried(one, indexed.layout) for one in editions.fates[fate]):
            present = {"first": [one] if fate != "added" else [], "second": [one]}
            wanted = rows_of_both(one, present)
            for identity in ids(one):
                met = [dict(row) for row in stored[identity]["releases"]]
                assert sorted(json.dumps(row, sort_keys=True) for row in met) == wanted, identity
            counted += len(wanted)
    assert counted > 50


def test_releases_are_counted_once(served):
    """`count: releases` over both editions: the rows, each once, whatever edition says it again."""
    stored = served.stored()
    rows = sum(row["count"] for identity, record in stored.items() if "#" not in identity and "@" not in identity
               for row in record["releases"])
    reply = served.call("search", q="", limit=0, facets=[{"name": "sensitivity", "count": "releases", "limit": 100}])
    assert sum(value["count"] for value in reply["facets"]["sensitivity"] if value["value"] != "(none)") == rows


def test_get_and_compare_of_an_edition(served):
    editions = served.editions
    before = {one["reference"]: one["statements"][0] for one in editions.first}
    for one in editions.fates["changed"]:
        identity = one["reference"]
        assert served.call("get", id=identity)["objectives"].endswith("xylophones.")
        assert served.call("get", id=identity, edition=FIRST)["objectives"] == before[identity]["objectives"]
        assert served.call("get", id=identity, edition=FIRST)["edition"] == FIRST
        parts = served.call("compare", ids=[identity, f"{identity}@{FIRST}"])["parts"]
        edits = parts.pop("objectives")["edits"]
        taken = "".join(edit["text"] for edit in edits if edit["op"] != "equal")
        assert "xylophones" in taken and {edit["op"] for edit in edits} <= {"equal", "delete", "insert"}
        assert not any(edit["op"] == "insert" and "xylophones" in edit["text"] for edit in edits)
        assert all(part == {"equal": True} for part in parts.values())
    for one in editions.fates["same"]:
        parts = served.call("compare", ids=[one["reference"], f"{one['reference']}@{FIRST}"])["parts"]
        assert parts and all(part == {"equal": True} for part in parts.values())
    with pytest.raises(RpcError) as failure:
        served.call("get", id=editions.fates["added"][0]["reference"], edition=FIRST)
    assert failure.value.code == -32003


def test_changes(served):
    editions = served.editions
    reply = served.call("changes")
    assert (reply["from"], reply["to"], reply["coverage"]) == (FIRST, SECOND, served.layout)
    wanted = {"added": editions.of("added"), "gone": editions.of("gone"), "changed": editions.changed_ids(),
              "renewed": editions.of("renewed") | editions.of("renamed")}
    for name, identities in wanted.items():
        assert reply[name] == sorted(identities), name
        assert reply["counts"][name] == len(identities)


def test_since(served):
    editions = served.editions
    new = editions.of("added") | editions.changed_ids() | editions.of("renewed") | editions.of("renamed")
    assert found(served, q=f"since:{SECOND}") == collections.Counter(new)
    assert set(found(served, q=f"since:{FIRST}")) == all_ids(editions.first) | all_ids(editions.second)


def test_history(served):
    editions = served.editions
    now = all_ids(editions.first) | all_ids(editions.second)
    assert found(served, q="purpose") == collections.Counter(now)
    assert sum(found(served, q="purpose", history=True).values()) == len(now) + len(editions.changed_ids())
    assert found(served, q="objectives:xylophones", history=True) == collections.Counter(editions.changed_ids())
    for edition, register in ((FIRST, editions.first), (SECOND, editions.second)):
        assert found(served, q="purpose", history=True, filters={"edition": [edition]}) == collections.Counter(all_ids(register))


def test_newest_version(served):
    """Renewed and renamed agreements count once, with all statements of their newest reference."""
    editions = served.editions
    newest = all_ids(editions.second) | editions.of("gone")
    assert found(served, q="purpose", newest_version=True) == collections.Counter(newest)
    reply = served.call("search", q="purpose", newest_version=True, limit=0, facets=[{"name": "organisation", "limit": 1000}])
    assert reply["total"] == len(newest)
    wanted = collections.Counter(one["organisation"] for one in editions.second + editions.fates["gone"] for _ in ids(one))
    assert {value["label"]: value["count"] for value in reply["facets"]["organisation"]} == wanted
    for fate in ("renewed", "renamed"):
        for one in editions.fates[fate]:
            reply = served.call("get", id=one["agreement"])
            # An exact id wins: the old reference of a renamed agreement is also the agreement's name.
            assert reply["id"] == (one["reference"] if fate == "renewed" else one["agreement"])
            assert len(reply["versions"]) == 2 * len(ids(one)) and set(reply["versions"][:len(ids(one))]) == set(ids(one))


def test_rebuild_keeps_all_of_it(indexed):
    before = indexed.dump()
    for generation in indexed.db.glob("gen-*"):
        shutil.rmtree(generation)
    (indexed.db / "CURRENT").unlink()
    assert indexed.index(f"pages/{SECOND}.xlsx").code == 0
    assert indexed.dump() == before


def test_history_outlives_its_source(indexed):
    """The file of the first edition is no more; what it said is remembered."""
    before = indexed.dump()
    (indexed.pages / f"{FIRST}.xlsx").unlink()
    for generation in indexed.db.glob("gen-*"):
        shutil.rmtree(generation)
    (indexed.db / "CURRENT").unlink()
    assert indexed.index(f"pages/{SECOND}.xlsx").code == 0
    assert indexed.dump() == before


def prose_of(place):
    return [line for line in place.dump() if re.search("\ttext [2-9] ", line)]


@pytest.mark.skipif(bool(os.environ.get("PURPOSED_SANITIZE")), reason="dumps the whole index twice: minutes when sanitized")
@pytest.mark.skipif(not WORKBOOK.exists(), reason="needs ../shared/register/workbook")
def test_real_workbook_as_two_editions(place):
    assert place.index(WORKBOOK).report["records"] == 585
    texts = prose_of(place)
    report = place.index("--edition", "2021-03", WORKBOOK).report
    assert (report["records"], report["added"], report["removed"], report["superseded"]) == (585, 0, 0, 0)
    stored = place.stored()
    assert len(stored) == 585, "no text has changed, so none is history"
    assert {tuple(record["editions"]) for record in stored.values()} == {("2021-02", "2021-03")}
    assert {(record["edition"], record["first_seen"], record["changed"]) for record in stored.values()} == {("2021-03", "2021-02", "2021-02")}
    assert prose_of(place) == texts
    with Daemon(place.db, "--workers", "1") as daemon:
        reply = daemon.call("changes")
        assert reply["counts"] == {"unchanged": 585, "added": 0, "gone": 0, "changed": 0, "renewed": 0}
        reply = daemon.call("search", q="", limit=0, facets=[{"name": "identifiability", "count": "releases", "limit": 100}])
        assert sum(value["count"] for value in reply["facets"]["identifiability"]) == 2 * 5079, "the releases of two months"
