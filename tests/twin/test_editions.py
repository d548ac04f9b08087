# SPDX-License-Identifier: GPL-2.0-or-later
"""Registers made up edition by edition, in which texts change and change back, references come, go, return and are renewed:
what each edition had and what changed from any to any other, against what was written."""
import itertools
import json
import random

import pytest

import twin
from asker import SEED
from support import Daemon, RpcError, index
from test_records import check_compared

EDITIONS = ["2017-09", "2019-06", "2020-12", "2021-02"]
PURPOSES = ["Planning of beds.", "Planning of many beds.", "Audit of asthma care."]


def agreement_of(id_):
    return id_.removeprefix("DARS-").split("-v")[0].split("#")[0]


def records_of(number, chance):
    """What an edition has of an agreement: its statements, under a reference with or without prefix and version."""
    if chance.random() < 0.25:
        return {}
    name = f"NIC-{10000 + number}-A1B2C"
    reference = chance.choice([name, f"DARS-{name}", f"DARS-{name}", f"DARS-{name}-v1.9", f"DARS-{name}-v1.10"])
    ids = [reference, f"{reference}#2"][:chance.choice([1, 1, 2])]
    return {id_: f"{chance.choice(PURPOSES)} Statement {n}." for n, id_ in enumerate(ids)}


def register(chance):
    """Each edition's records and their texts; half of the agreements stay as they were from one to the next."""
    editions, agreements = {}, {}
    for edition in EDITIONS:
        for number in range(24):
            if number not in agreements or chance.random() < 0.5:
                agreements[number] = records_of(number, chance)
        editions[edition] = {id_: text for made in agreements.values() for id_, text in made.items()}
    return editions


def changes(before, after):
    """Ids by what became of them."""
    known, going = ({agreement_of(id_) for id_ in records} for records in (before, after))
    told = {name: set() for name in ("added", "gone", "changed", "renewed", "unchanged")}
    for id_, text in after.items():
        name = "added" if agreement_of(id_) not in known else "renewed"
        if id_ in before:
            name = "unchanged" if before[id_] == text else "changed"
        told[name].add(id_)
    told["gone"] = {id_ for id_ in before if agreement_of(id_) not in going}
    return told


@pytest.fixture(scope="module", params=range(4))
def made(request, tmp_path_factory):
    """The editions, indexed in any order, and the daemon that serves them."""
    folder, chance = tmp_path_factory.mktemp("editions"), random.Random(SEED + request.param)
    editions = register(chance)
    for edition in chance.sample(EDITIONS, len(EDITIONS)):
        path = folder / f"{edition}.jsonl"
        path.write_text("".join(json.dumps({"id": id_, "organisation": "Alder Trust", "objectives": text}) + "\n"
                                for id_, text in editions[edition].items()))
        index(folder / "index", "--edition", edition, path)
    with Daemon(folder / "index", "--workers", "1") as daemon:
        yield daemon, editions, chance


def newest(editions):
    """Each id's newest text, with the editions that had it."""
    current = {}
    for records in editions.values():
        current.update(records)
    return {id_: (text, [edition for edition in EDITIONS if editions[edition].get(id_) == text]) for id_, text in current.items()}


def test_what_changed_between_any_two(made):
    daemon, editions, _ = made
    for before, after in itertools.combinations(EDITIONS, 2):
        wanted = changes(editions[before], editions[after])
        reply = daemon.call("changes", **{"from": before, "to": after})
        for name, ids in wanted.items():
            assert reply["counts"][name] == len(ids), (SEED, before, after, name)
            assert name == "unchanged" or reply[name] == sorted(ids), (SEED, before, after, name)
    latest = daemon.call("changes")
    assert (latest["from"], latest["to"]) == tuple(EDITIONS[-2:])


def test_the_text_of_each_edition(made):
    daemon, editions, _ = made
    for id_, (text, having) in newest(editions).items():
        record = daemon.call("get", id=id_)
        assert (record["objectives"], record["edition"], record["editions"]) == (text, having[-1], having), (SEED, id_)
        assert record["first_seen"] == min(edition for edition in EDITIONS if id_ in editions[edition]), (SEED, id_)
        for edition in EDITIONS:
            if id_ in editions[edition]:
                assert daemon.call("get", id=id_, edition=edition)["objectives"] == editions[edition][id_], (SEED, id_)
            else:
                with pytest.raises(RpcError) as refused:
                    daemon.call("get", id=id_, edition=edition)
                assert refused.value.code == -32003


def test_what_is_found_of_each_edition(made):
    daemon, editions, _ = made
    current = newest(editions)
    def found(**params):
        reply = daemon.call("search", limit=1000, snippets=0, **params)
        assert reply["total"] == len(reply["hits"])
        return sorted(hit["id"] for hit in reply["hits"])
    assert found() == sorted(current)
    for edition in EDITIONS:
        chosen = {"filters": {"edition": [edition]}}
        assert found(**chosen) == sorted(id_ for id_, (_, having) in current.items() if edition in having), (SEED, edition)
        assert found(**chosen, history=True) == sorted(editions[edition]), (SEED, edition)
        for word in ("many", "asthma"):
            wanted = sorted(id_ for id_, text in editions[edition].items() if word in text)
            assert found(**chosen, history=True, q=word) == wanted, (SEED, edition, word)


def test_comparing_editions(made):
    daemon, editions, chance = made
    everything = [(id_, edition) for edition in EDITIONS for id_ in editions[edition]]
    for _ in range(50):
        (one, first), (two, second) = chance.sample(everything, 2)
        reply = daemon.call("compare", ids=[f"{one}@{first}", f"{two}@{second}"])
        sides = [{"organisation": "Alder Trust", "objectives": editions[edition][id_]} for id_, edition in ((one, first), (two, second))]
        check_compared(*sides, {part: told for part, told in reply["parts"].items() if part in sides[0]}, (SEED, one, first, two, second))
        assert all(told == {"equal": True} for part, told in reply["parts"].items() if part not in sides[0])
