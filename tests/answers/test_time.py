# SPDX-License-Identifier: GPL-2.0-or-later
"""An index that comes, grows, shrinks and is rebuilt under a daemon that serves it."""
import shutil
import threading

import pytest

from answers import HERE, ids, search
from support import Connection, Daemon, RpcError, SAMPLE, index

PAGE = HERE / "pages" / "wordham-trust.txt"


@pytest.fixture
def place(tmp_path):
    """A folder of pages, copied from the sample, and where an index of it may go."""
    (tmp_path / "pages").mkdir()
    for page in ("fernshire-ccg.txt", "university-of-aldermere.txt"):
        shutil.copy(SAMPLE / page, tmp_path / "pages")
    return tmp_path


def has_index(connection):
    try:
        connection.call("search", limit=0)
        return True
    except RpcError as error:
        assert error.code == -32004, error
        return False


def test_started_before_the_first_index(place):
    db = place / "index"
    with Daemon(db, "--workers", "1") as daemon:
        for method, params in (("search", {"q": "asthma"}), ("get", {"id": "GPCENSUS"}),
                               ("facets", {"name": "dataset"}), ("schema", {})):
            with pytest.raises(RpcError) as error:
                daemon.call(method, **params)
            assert error.value.code == -32004 and error.value.message
        assert daemon.call("status")["index"]["records"] in (0, None)
        index(db, place / "pages")
        daemon.wait_for(lambda: has_index(daemon.connection))
        assert ids(search(daemon, {"q": "asthma harbour"})) == ["DARS-NIC-150871-T1F3N"]
        assert daemon.call("status")["index"]["records"] == 9


def test_an_empty_folder_is_no_index(place):
    db = place / "index"
    db.mkdir()
    with Daemon(db, "--workers", "1") as daemon:
        assert not has_index(daemon.connection)
        index(db, place / "pages")
        daemon.wait_for(lambda: has_index(daemon.connection))


class Watcher:
    """Asks without a pause, and keeps each revision it met with what it said; nothing may fail or be mixed."""

    def __init__(self, path):
        self.told, self.failures, self.stopped = {}, [], False
        self.thread = threading.Thread(target=self.ask, args=(path,))
        self.thread.start()

    def ask(self, path):
        try:
            connection = Connection(path)
            while not self.stopped:
                answer = connection.call("search", q="nhs", limit=1000, snippets=1, facets=[
                    {"name": "organisation", "limit": 1000}])
                said = (answer["total"], tuple(ids(answer)), sum(
                    value["count"] for value in answer["facets"]["organisation"]))
                assert said[0] == len(said[1]) == said[2]
                assert self.told.setdefault(answer["revision"], said) == said
                for hit in answer["hits"]:
                    assert "<mark>" in hit["snippets"][0]["html"]
            connection.close()
        except Exception as error:  # pylint: disable=broad-except
            self.failures.append(repr(error))

    def stop(self):
        self.stopped = True
        self.thread.join()
        assert not self.failures
        return self.told


def total_of(daemon, text):
    return search(daemon, {"q": text, "snippets": 0})["total"]


def test_a_new_page_is_found_while_serving(place):
    db = place / "index"
    index(db, place / "pages")
    with Daemon(db, "--workers", "2") as daemon:
        before = search(daemon, {"q": "marmalade"})
        assert before["total"] == 0
        watcher = Watcher(daemon.path)
        daemon.wait_for(lambda: before["revision"] in watcher.told or watcher.failures)
        shutil.copy(PAGE, place / "pages")
        assert index(db, place / "pages")["added"] == 4
        daemon.wait_for(lambda: total_of(daemon, "marmalade") == 1)
        after = search(daemon, {"q": "marmalade"})
        assert after["revision"] != before["revision"]
        assert daemon.call("get", id="NIC-700002-D3E4F")["organisation"] == "Wordham Hospitals NHS Trust"
        facet = daemon.call("facets", name="organisation", contains="wordham")["values"]
        assert [(value["label"], value["count"]) for value in facet] == [("Wordham Hospitals NHS Trust", 4)]
        assert daemon.call("status")["index"]["records"] == 13
        daemon.wait_for(lambda: after["revision"] in watcher.told or watcher.failures)
        told = watcher.stop()
        assert {before["revision"], after["revision"]} <= set(told)
        assert {said[0] for said in told.values()} == {
            told[before["revision"]][0], told[after["revision"]][0]}


def test_what_changed_is_found_as_it_is_now(place):
    db = place / "index"
    shutil.copy(PAGE, place / "pages")
    index(db, place / "pages")
    with Daemon(db, "--workers", "1") as daemon:
        assert (total_of(daemon, "marmalade"), total_of(daemon, "gooseberries")) == (1, 0)
        page = place / "pages" / PAGE.name
        page.write_text(page.read_text(encoding="utf-8").replace("marmalade", "gooseberries"), encoding="utf-8")
        report = index(db, place / "pages")
        assert (report["updated"], report["added"], report["unchanged"]) == (1, 0, 12)
        daemon.wait_for(lambda: total_of(daemon, "gooseberries") == 1)
        assert total_of(daemon, "marmalade") == 0
        hit = search(daemon, {"q": "gooseberry"})["hits"][0]
        assert "<mark>gooseberries</mark>" in hit["snippets"][0]["html"]
        assert daemon.call("status")["index"]["records"] == 13


def test_what_is_pruned_is_gone(place):
    db = place / "index"
    shutil.copy(PAGE, place / "pages")
    index(db, place / "pages")
    with Daemon(db, "--workers", "1") as daemon:
        assert total_of(daemon, "marmalade") == 1
        (place / "pages" / PAGE.name).unlink()
        assert index(db, "--prune", place / "pages")["removed"] == 4
        daemon.wait_for(lambda: total_of(daemon, "marmalade") == 0)
        assert daemon.call("search", limit=0)["total"] == 9
        with pytest.raises(RpcError) as error:
            daemon.call("get", id="NIC-700002-D3E4F")
        assert error.value.code == -32003
        assert daemon.call("facets", name="organisation", contains="wordham")["values"] == []


def test_an_index_of_unchanged_sources_keeps_its_revision(place):
    db = place / "index"
    index(db, place / "pages")
    with Daemon(db, "--workers", "1") as daemon:
        revision = daemon.call("search", limit=0)["revision"]
        assert index(db, place / "pages")["unchanged"] == 9
        assert daemon.call("search", limit=0)["revision"] == revision
    with Daemon(db, "--workers", "1") as daemon:
        assert daemon.call("search", limit=0)["revision"] == revision


def test_an_index_built_anew_in_its_place(place):
    """The folder goes and another comes: answers stay whole, and in the end they are the new one's."""
    db = place / "index"
    index(db, place / "pages")
    other = place / "other"
    shutil.copy(PAGE, place / "pages")
    index(other, place / "pages")
    with Daemon(db, "--workers", "2") as daemon:
        assert total_of(daemon, "marmalade") == 0
        db.rename(place / "old")
        # Until the new one is there the old one is served.
        for _ in range(10):
            assert total_of(daemon, "asthma harbour") == 1
        other.rename(db)
        daemon.wait_for(lambda: total_of(daemon, "marmalade") == 1)
        assert daemon.call("search", limit=0)["total"] == 13


def test_many_small_updates(place):
    """Each step is seen whole: the records that were there stay there."""
    db = place / "index"
    index(db, place / "pages")
    with Daemon(db, "--workers", "2") as daemon:
        watcher = Watcher(daemon.path)
        text = PAGE.read_text(encoding="utf-8")
        for step in range(6):
            (place / "pages" / f"step-{step}.txt").write_text(
                text.replace("DARS-NIC-7", f"DARS-NIC-8{step}").replace("marmalade", f"marmalade step{step}x"),
                encoding="utf-8")
            assert index(db, place / "pages")["added"] == 4
        daemon.wait_for(lambda: daemon.call("search", limit=0)["total"] == 9 + 6 * 4)
        for step in range(6):
            assert total_of(daemon, f"step{step}x") == 1
        told = watcher.stop()
        totals = sorted(said[0] for said in told.values())
        assert all((total - totals[0]) % 4 == 0 for total in totals)


def test_a_damaged_index_is_said_and_the_old_one_served(place):
    db = place / "index"
    index(db, place / "pages")
    with Daemon(db, "--workers", "1") as daemon:
        current = (db / "CURRENT").read_text(encoding="utf-8")
        (db / "CURRENT").write_text("gen-999999\n", encoding="utf-8")
        daemon.wait_for(lambda: daemon.call("status")["index"]["problem"])
        assert total_of(daemon, "asthma harbour") == 1
        (db / "CURRENT").write_text(current, encoding="utf-8")
        shutil.copy(PAGE, place / "pages")
        index(db, place / "pages")
        daemon.wait_for(lambda: total_of(daemon, "marmalade") == 1)
        assert not daemon.call("status")["index"]["problem"]


def test_a_problem_that_went_away_is_told_no_longer(place):
    db = place / "index"
    index(db, place / "pages")
    with Daemon(db, "--workers", "1") as daemon:
        current = (db / "CURRENT").read_text(encoding="utf-8")
        (db / "CURRENT").write_text("gen-999999\n", encoding="utf-8")
        daemon.wait_for(lambda: daemon.call("status")["index"]["problem"])
        (db / "CURRENT").write_text(current, encoding="utf-8")
        daemon.wait_for(lambda: not daemon.call("status")["index"]["problem"])
