# SPDX-License-Identifier: GPL-2.0-or-later
"""Order, pages by cursor, copies folded, and export; also while the index changes."""
import itertools
import json
import os
import random
import threading

import pytest

from answers import cases, with_ids
from support import Daemon, SAMPLE, WORKBOOK, index, parse, real_index
from walks import KEYS, SORTS, export, in_order, pages, pieces, refused, walk

SANITIZED = bool(os.environ.get("PURPOSED_SANITIZE"))  # the same code under each order, minutes when sanitized
CHANGING = ["id", "-start"] if SANITIZED else ["id", "-id", "start", "-start", "title", "-title", "organisation", "-released"]
WALKED = SORTS[::4] if SANITIZED else SORTS
EXPORT_BYTES = 1 << 20  # as the schema says
ASKS = [{}, {"q": "data"}, {"q": "data OR patients", "newest_version": True}, {"fold_copies": True},
        {"q": "hospital", "fold_copies": True, "newest_version": True}, {"q": "audit wait*", "match": "any"}]


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """The daemon over a real edition, and its records by id."""
    if not WORKBOOK.exists():
        pytest.skip("needs ../shared/register/workbook")
    db = tmp_path_factory.mktemp("paging") / "index"
    real_index(db)
    with Daemon(db, "--workers", "2") as daemon:
        yield daemon, {record["id"]: record for record in parse(WORKBOOK)}


# ---- order ----

@pytest.mark.parametrize("case", with_ids(cases("paging")))
def test_order(sample, case):
    whole = sample.call("search", limit=1000, snippets=0, **case["ask"])
    assert [hit["id"] for hit in whole["hits"]] == case["hits"]
    assert "cursor" not in whole
    for size in (1, 2, 5):
        assert walk(sample, [size], **case["ask"]) == case["hits"]
        assert walk(sample, [size], fold_copies=False, **case["ask"]) == case["hits"]
    by_offset = [hit["id"] for offset in range(len(case["hits"]))
                 for hit in sample.call("search", offset=offset, limit=1, **case["ask"])["hits"]]
    assert by_offset == case["hits"]


@pytest.mark.parametrize("sort", SORTS)
def test_every_order(sample, records, sort):
    assert walk(sample, [1000], sort=sort) == in_order(records.values(), sort)


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_of_an_edition(edition, sort):
    daemon, records = edition
    assert walk(daemon, [1000], sort=sort) == in_order(records.values(), sort)


def check_walks(daemon, sort, sizes):
    for ask in ASKS:
        whole = daemon.call("search", limit=1000, snippets=0, sort=sort, **ask)
        ids = [hit["id"] for hit in whole["hits"]]
        assert len(ids) == len(set(ids)) == whole.get("groups", whole["total"])
        assert walk(daemon, sizes, sort=sort, **ask) == ids, ask
        for reply in pages(daemon, [400], sort=sort, **ask):
            assert (reply["total"], reply.get("groups")) == (whole["total"], whole.get("groups"))


@pytest.mark.parametrize("sort", ["relevance", "changed", "-changed", *WALKED])
def test_a_walk_gives_each_record_once(sample, sort):
    check_walks(sample, sort, [1, 3, 10])


@pytest.mark.parametrize("sort", ["relevance", "changed", "-changed", *WALKED])
def test_a_walk_over_an_edition_gives_each_record_once(edition, sort):
    check_walks(edition[0], sort, [7, 50, 101])


def test_a_cursor_stands_for_the_place_not_for_the_page(sample):
    ask = {"q": "data", "sort": "title"}
    whole = sample.call("search", limit=1000, **ask)["hits"]
    first = sample.call("search", limit=3, **ask)
    on = {**ask, "cursor": first["cursor"]}
    assert sample.call("search", limit=1000, **on)["hits"] == whole[3:]
    assert sample.call("search", limit=2, **on)["hits"] == whole[3:5]
    assert sample.call("search", limit=2, **on)["hits"] == whole[3:5]
    other = sample.call("search", limit=2, snippets=3, explain=True, facets=["dataset"], **on)
    assert [hit["id"] for hit in other["hits"]] == [hit["id"] for hit in whole[3:5]]
    assert other["facets"] == sample.call("search", facets=["dataset"], **ask)["facets"]
    assert sample.call("search", offset=1, limit=2, **ask)["cursor"] == first["cursor"]


def test_no_cursor_where_nothing_follows(sample):
    for ask in ({}, {"q": "data"}, {"q": "zeppelin"}, {"fold_copies": True}):
        total = sample.call("search", limit=0, **ask).get("groups", sample.call("search", limit=0, **ask)["total"])
        assert "cursor" not in sample.call("search", limit=max(total, 1), **ask)
        assert "cursor" not in sample.call("search", limit=0, **ask)
        assert total == 0 or "cursor" in sample.call("search", limit=total - 1 or 1, **ask)


# ---- cursors that are none ----

def test_a_tampered_cursor_is_refused(sample):
    ask = {"q": "data", "sort": "-start"}
    for method, params in (("search", {**ask, "limit": 2}), ("export", {})):
        reply = sample.call("search", limit=2, **ask)
        cursor = reply["cursor"]
        for place in range(0, len(cursor), 5):
            for changed in (cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1:],
                            cursor[:place], cursor[:place] + cursor[place + 1:], cursor + cursor[place]):
                assert "cursor" in refused(sample, method, **params, cursor=changed)
        for text in ("", "=", "é", "\0", "a" * 100, "A" * 200000, "{}", cursor + "=", cursor + "\n", cursor + "\0"):
            assert "cursor" in refused(sample, method, **params, cursor=text)


def test_a_cursor_of_another_question_is_refused(sample):
    ask = {"q": "data", "sort": "start", "filters": {"method": ["Ongoing"]}}
    cursor = sample.call("search", limit=1, **ask)["cursor"]
    for changed in ({"q": "patients"}, {"sort": "-start"}, {"sort": "relevance"}, {"filters": {}}, {"match": "any"},
                    {"fold_copies": True}, {"newest_version": True}, {"history": True}, {"same_release": False},
                    {"parts": ["title"]}):
        assert "another search" in refused(sample, "search", limit=1, **{**ask, **changed}, cursor=cursor)
    assert "another search" in refused(sample, "search", cursor=cursor)
    assert "offset" in refused(sample, "search", **ask, cursor=cursor, offset=1)
    assert sample.call("search", **ask, cursor=cursor, offset=0)["hits"]


def test_a_cursor_of_the_other_method_is_refused(edition):
    daemon, _ = edition
    assert "export" in refused(daemon, "export", cursor=daemon.call("search", limit=1)["cursor"])
    cursor = daemon.call("export")["cursor"]
    assert "cursor" in refused(daemon, "search", cursor=cursor)
    assert "alone" in refused(daemon, "export", cursor=cursor, q="data")


# ---- while the index changes ----

class Register:
    """Records in a file, some of which come, go or change at each step while the others stay."""

    def __init__(self, folder, records):
        self.rng = random.Random(20261122)
        self.source = folder / "records.jsonl"
        self.db = folder / "index"
        self.records = {record["id"]: record for record in records}
        self.touched = {id_ for id_ in self.records if self.rng.random() < 0.4}
        self.steps = itertools.count(1)
        self.changed = {}
        self.index()

    def untouched(self):
        return set(self.records) - self.touched

    def index(self):
        lines = [json.dumps(self.changed.get(id_, record)) for id_, record in self.records.items()
                 if self.changed.get(id_, record)]
        self.source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        index(self.db, "--prune", self.source)

    def step(self):
        """Takes some records out, puts others back, gives others another text, title and date."""
        number = next(self.steps)
        for id_ in self.touched:
            choice = self.rng.random()
            if choice < 0.4:
                self.changed[id_] = None
            elif choice < 0.6:
                self.changed.pop(id_, None)
            else:
                self.changed[id_] = {**self.records[id_], "objectives": f"data of step {number}",
                                     "title": self.rng.choice("abcxyz") * 3, "start": f"20{10 + number % 20}-01-01"}
        self.index()


@pytest.fixture
def register(tmp_path):
    return Register(tmp_path, parse(SAMPLE))


@pytest.mark.parametrize("fold", [False, True])
@pytest.mark.parametrize("sort", CHANGING)
def test_a_walk_while_the_index_changes(register, sort, fold):
    """The index moves on between any two pages; what stays as it is comes once, and in order."""
    with Daemon(register.db, "--workers", "1") as daemon:
        found = []
        for reply in pages(daemon, [5, 1, 8], sort=sort, fold_copies=fold):
            found.append([hit["id"] for hit in reply["hits"]])
            register.step()
            daemon.wait_for(lambda: daemon.call("search", limit=0)["revision"] != reply["revision"])
    ids = list(itertools.chain.from_iterable(found))
    assert len(found) > 4
    stayed = [id_ for id_ in ids if id_ in register.untouched()]
    order = in_order([register.records[id_] for id_ in register.untouched()], sort)
    assert stayed == [id_ for id_ in order if id_ in set(stayed)]
    if not fold:
        assert stayed == order
    if sort.lstrip("-") in ("id", "organisation"):
        assert len(ids) == len(set(ids))


def test_a_walk_by_relevance_while_the_index_changes(register):
    """Best effort: it ends, and goes on behind the record shown last."""
    with Daemon(register.db, "--workers", "1") as daemon:
        last, followed = None, 0
        for reply in pages(daemon, [4], q="data OR patients"):
            whole = [hit["id"] for hit in daemon.call("search", q="data OR patients", limit=1000)["hits"]]
            ids = [hit["id"] for hit in reply["hits"]]
            if last in whole:
                place = whole.index(last) + 1
                assert ids == whole[place:place + 4]
                followed += 1
            last = ids[-1] if ids else None
            register.step()
            daemon.wait_for(lambda: daemon.call("search", limit=0)["revision"] != reply["revision"])
        assert followed > 2


def check_a_walk_under_way(daemon, register):
    """One walk, in the middle of which the index is waited for to change. Returns in how many revisions its pages stood."""
    connection, found, revisions, cursor = daemon.connection, [], set(), {}
    while True:
        reply = connection.call("search", sort="id", limit=4, **cursor)
        found += [hit["id"] for hit in reply["hits"]]
        revisions.add(reply["revision"])
        if "cursor" not in reply:
            break
        cursor = {"cursor": reply["cursor"]}
        if len(found) == 8:
            daemon.wait_for(lambda: connection.call("search", limit=0)["revision"] not in revisions)
    assert found == sorted(set(found)) and register.untouched() <= set(found)
    exported = {record["id"]: record for record in export(connection)}
    for id_ in register.untouched():
        assert exported[id_]["objectives"] == register.records[id_]["objectives"]
    return len(revisions)


def test_walks_while_another_process_indexes(register):
    """The index changes as fast as it can, and overtakes each walk."""
    stopped = threading.Event()

    def change():
        while not stopped.is_set():
            register.step()

    with Daemon(register.db, "--workers", "2") as daemon:
        thread = threading.Thread(target=change)
        thread.start()
        try:
            for _ in range(5):
                assert check_a_walk_under_way(daemon, register) > 1
        finally:
            stopped.set()
            thread.join()


# ---- folding ----

def check_folding(daemon, **ask):
    """Against the hits and the counts of the facet `group` without folding."""
    whole = daemon.call("search", limit=1000, snippets=0, facets=[{"name": "group", "limit": 10000}], **ask)
    folded = daemon.call("search", limit=1000, snippets=0, fold_copies=True,
                         facets=[{"name": "group", "limit": 10000}], **ask)
    assert folded["total"] == whole["total"] and folded["facets"] == whole["facets"]
    copies = {value["value"]: value["count"] for value in whole["facets"]["group"]}
    single = copies.pop("(none)", 0)
    assert folded["groups"] == len(copies) + single == len(folded["hits"])
    group_of = {}
    for hit in folded["hits"]:
        assert hit["copies"] == (copies[hit["group"]] if hit["group"] else 1)
        group_of[hit["id"]] = hit["group"]
    assert sum(hit["copies"] for hit in folded["hits"]) == whole["total"]
    assert len({hit["group"] for hit in folded["hits"] if hit["group"]}) == len(copies)
    # The hits are those without folding, in their order.
    assert [hit["id"] for hit in whole["hits"] if hit["id"] in group_of] == list(group_of)
    return whole, folded


def check_first_of_each_group(daemon, whole, folded, **ask):
    """A group's value lists the group, and its hit is the first of them."""
    place = {hit["id"]: number for number, hit in enumerate(whole["hits"])}
    filters = ask.pop("filters", {})
    for hit in folded["hits"]:
        if not hit["group"]:
            continue
        reply = daemon.call("search", limit=1000, snippets=0, filters={**filters, "group": [hit["group"]]}, **ask)
        members = [member["id"] for member in reply["hits"]]
        assert len(members) == reply["total"] == hit["copies"]
        assert min(members, key=place.get) == hit["id"]


@pytest.mark.parametrize("sort", ["relevance", "changed", "-changed", *WALKED])
def test_folding(sample, sort):
    for ask in ({}, {"q": "data"}, {"q": "hospital", "newest_version": True}):
        whole, folded = check_folding(sample, sort=sort, **ask)
        if "newest_version" not in ask:
            check_first_of_each_group(sample, whole, folded, sort=sort, **ask)


@pytest.mark.parametrize("ask", [{}, {"q": '"risk stratification"'}, {"q": "data", "sort": "-start"},
                                 {"q": "commissioning", "newest_version": True}, {"sort": "title"},
                                 {"q": "data", "filters": {"identifiability": ["Identifiable"]}}], ids=str)
def test_folding_an_edition(edition, ask):
    whole, folded = check_folding(edition[0], **ask)
    if "newest_version" not in ask:
        check_first_of_each_group(edition[0], whole, folded, **ask)


def test_folded_pages_by_offset_are_those_by_cursor(edition):
    for ask in ({"q": "data"}, {"sort": "-end"}):
        whole = [hit["id"] for hit in edition[0].call("search", limit=1000, fold_copies=True, **ask)["hits"]]
        by_offset = [hit["id"] for offset in range(0, len(whole), 13)
                     for hit in edition[0].call("search", limit=13, offset=offset, fold_copies=True, **ask)["hits"]]
        assert by_offset == whole == walk(edition[0], [13], fold_copies=True, **ask)


def test_a_group_by_key_and_by_label(sample):
    values = sample.call("facets", name="group", limit=3)["values"]
    assert len(values) <= 3
    for value in values:
        for name in (value["value"], value["label"]):
            assert sample.call("search", limit=0, filters={"group": [name]})["total"] == value["count"]


# ---- history ----

@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """Two editions of the sample, the second with some texts changed."""
    folder = tmp_path_factory.mktemp("editions")
    records = parse(SAMPLE)
    for number, edition_ in enumerate(("2020-08", "2021-02")):
        lines = []
        for place, record in enumerate(records):
            text = record.get("objectives", "") + (" Changed data." if number and place % 3 == 0 else "")
            lines.append(json.dumps({**record, "edition": edition_, "editions": [edition_], "objectives": text}))
        (folder / f"{edition_}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    index(folder / "index", folder / "2020-08.jsonl", folder / "2021-02.jsonl")
    with Daemon(folder / "index", "--workers", "1") as daemon:
        yield daemon


@pytest.mark.parametrize("sort", ["relevance", "changed", "-changed", *WALKED])
def test_history_is_walked_too(editions, sort):
    whole = editions.call("search", q="data", history=True, sort=sort, limit=1000, snippets=0)
    texts = [(hit["id"], hit["edition"]) for hit in whole["hits"]]
    assert len(set(texts)) == len(texts) == whole["total"] > editions.call("search", q="data", limit=0)["total"]
    for fold in (False, True):
        found = [(hit["id"], hit["edition"]) for reply in pages(editions, [4], q="data", history=True, sort=sort,
                                                                fold_copies=fold) for hit in reply["hits"]]
        assert fold or found == texts
        assert [text for text in texts if text in found] == found


def test_older_texts_fold_to_themselves(editions):
    folded = editions.call("search", history=True, fold_copies=True, limit=1000, snippets=0)
    older = [hit for hit in folded["hits"] if hit.get("history")]
    assert len(older) == 14 and all((hit["copies"], hit["group"]) == (1, None) for hit in older)


def test_an_export_of_history_says_what_is_older(editions):
    records = export(editions, history=True)
    assert len(records) == 42 + 14
    older = [record for record in records if "history" in record]
    assert len(older) == 14 and all(record["history"] is True and record["edition"] == "2020-08" for record in older)
    assert all("Changed data." not in record["objectives"] for record in older)
    assert {record["id"] for record in older} <= {record["id"] for record in records if "history" not in record}


# ---- export ----

def as_parsed(record):
    return {name: value for name, value in record.items() if name not in ("first_seen", "changed")}


def test_an_export_is_what_was_read(sample, records):
    reply, = pieces(sample)
    assert reply["total"] == 42 and reply["revision"] == sample.call("search")["revision"]
    assert [record["id"] for record in reply["records"]] == sorted(records)
    for record in reply["records"]:
        assert record["first_seen"] and record["changed"]
        assert as_parsed(record) == as_parsed(records[record["id"]])


def test_an_export_of_an_edition(edition):
    daemon, records = edition
    replies = list(pieces(daemon))
    assert len(replies) > 5 and daemon.call("schema")["limits"]["export_bytes"] == EXPORT_BYTES
    found = {}
    for reply in replies:
        size = len(json.dumps(reply["records"], ensure_ascii=False, separators=(",", ":")).encode())
        assert size <= EXPORT_BYTES and reply["total"] == len(records)
        # Each but the last has as much as fits.
        assert size > EXPORT_BYTES * 3 / 4 or reply is replies[-1]
        for record in reply["records"]:
            assert record["id"] not in found
            found[record["id"]] = record
    assert list(found) == sorted(records)
    assert all(as_parsed(found[id_]) == as_parsed(record) for id_, record in records.items())


@pytest.mark.parametrize("ask", [
    {"q": '"risk stratification"'}, {"q": "hospital", "sort": "relevance"}, {"sort": "-start"},
    {"q": "hospital epilepsy"}, {"filters": {"identifiability": ["Identifiable"]}}, {"match": "any", "q": "asthma wheeze"},
    {"fold_copies": True}, {"fold_copies": True, "q": "data", "sort": "relevance"}, {"newest_version": True},
    {"parts": ["title"], "q": "audit"}, {"q": "zeppelin"}, {"same_release": False, "filters": {"method": ["Ongoing"]}},
], ids=str)
def test_an_export_has_what_a_search_finds(edition, ask):
    daemon, _ = edition
    found = daemon.call("search", limit=1000, snippets=0, **{"sort": "id", **ask})
    replies = list(pieces(daemon, **ask))
    assert [record["id"] for reply in replies for record in reply["records"]] == [hit["id"] for hit in found["hits"]]
    for reply in replies:
        for name in ("total", "groups", "relaxed", "warnings"):
            assert reply.get(name) == found.get(name)


def test_an_export_takes_no_page(sample):
    for name, value in (("limit", 10), ("offset", 0), ("snippets", 0), ("facets", [])):
        assert f'"{name}"' in refused(sample, "export", **{name: value})


def test_a_record_larger_than_a_piece_comes_alone(tmp_path):
    base = parse(SAMPLE)[0]
    sizes = {"NIC-1-A": 10, "NIC-2-A": EXPORT_BYTES + 100, "NIC-3-A": 10, "NIC-4-A": EXPORT_BYTES // 2,
             "NIC-5-A": EXPORT_BYTES // 2, "NIC-6-A": 2 * EXPORT_BYTES}
    lines = [json.dumps({**base, "id": id_, "agreement": id_, "processing": "data " * (size // 5)})
             for id_, size in sizes.items()]
    source = tmp_path / "records.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    index(tmp_path / "index", source)
    with Daemon(tmp_path / "index", "--workers", "1") as daemon:
        got = [[record["id"] for record in reply["records"]] for reply in pieces(daemon)]
        assert got == [["NIC-1-A"], ["NIC-2-A"], ["NIC-3-A", "NIC-4-A"], ["NIC-5-A"], ["NIC-6-A"]]


def test_a_long_question_goes_on_by_its_cursor(edition):
    """A cursor carries what was asked, and is itself short enough for a line; what is longer is said at once."""
    daemon, records = edition
    words = " OR ".join(["data"] + [f"w{number}" for number in range(4000)])
    assert len(words) < 65536
    assert {record["id"] for record in export(daemon, q=words)} == {
        hit["id"] for hit in daemon.call("search", q=words, limit=1000, snippets=0)["hits"]}
    values = [f"value {number} of a filter that nothing has, as long as values may well be" for number in range(9000)]
    assert "bytes" in refused(daemon, "export", filters={"dataset": values})
    few = export(daemon, filters={"organisation": values[:5000] + [record["organisation"] for record in records.values()]})
    assert len(few) == len(records)


@pytest.mark.parametrize("key", KEYS)
def test_a_long_export_in_every_order(edition, key):
    daemon, records = edition
    assert [record["id"] for record in export(daemon, sort=f"-{key}")] == in_order(records.values(), f"-{key}")
