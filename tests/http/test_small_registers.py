# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of registers that are not like the sample: a workbook's, of which no agreement has dates; one edition alone; two
editions that say the same; long texts that differ in a word."""
import json
import urllib.parse

import pytest

from served import Served
from support import index
from test_pages import Page, check_is_safe

ACT = "Health and Social Care Act 2012"
COPI = "Health Service (Control of Patient Information) Regulations 2002"
NHS_ACT = "National Health Service Act 2006"
LONG = " ".join(f"word{number}" for number in range(400))
TEXTS = [LONG.replace("word200 ", "cohort "), LONG.replace("word200 ", "register ")]


def record(number, edition, **members):
    return {"id": f"NIC-1000{number}-ABCDE", "organisation": f"Invented Trust {number}", "edition": edition,
            "objectives": f"To plan services for patients, number {number}.", **members}


def release(basis, count):
    return {"dataset": "Example Episodes", "legal_basis": [basis], "count": count}


def register(edition):
    """Releases under several bases, no date anywhere; one record has a title, and nobody who received anything."""
    return [record(1, edition, releases=[release(f"{ACT} > s261 > s261(5)(d)", 3), release(f"{COPI} > reg 3 > reg 3(4)", 1)]),
            record(2, edition, objectives=None, releases=[release(f"{NHS_ACT} > s251", 2)]),
            record(3, edition, title="A study of nobody's", organisation=None, objectives=TEXTS[0]),
            record(4, edition, objectives=TEXTS[1])]


def write(folder, name, records):
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in records))
    return folder / name


@pytest.fixture(scope="module", params=[1, 2], ids=["one edition", "two editions"])
def served(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    for edition in ["2020-02", "2021-02"][:request.param]:
        index(folder / "index", write(folder, f"{edition}.jsonl", register(edition)))
    with Served(folder / "index") as server:
        server.editions = request.param
        yield server


def page(server, path, *pairs, status=200):
    reply = server.ask(path + ("?" + urllib.parse.urlencode(pairs) if pairs else ""), Accept="text/html")
    assert reply.status == status, reply.text()
    shown = Page(reply.text())
    check_is_safe(shown)
    return shown


def test_without_dates_the_start_page_draws_legal_bases(served):
    start = page(served, "/")
    assert "Releases, by legal basis" in start.text and "Agreements in force, by year" not in start.text
    bases = [attrs["href"] for attrs in start.all("a") if "legal_basis=" in attrs["href"]]
    assert bases
    for href in bases:
        found = page(served, href.partition("?")[0], *urllib.parse.parse_qsl(href.partition("?")[2]))
        assert found.all("input", name="id"), href
    for name in (ACT, NHS_ACT, COPI):
        assert name in start.text  # whole at least in the table, however short beside its bar


def test_what_changed(served):
    start, changes = page(served, "/"), page(served, "/changes")
    if served.editions == 1:
        assert "alone. When a later edition is added" in start.text
        assert "two editions" in changes.text
    else:
        assert "Nothing: both editions say the same." in changes.text


def test_a_record_says_where_it_stands(served):
    shown = page(served, "/records/NIC-10002-ABCDE")
    assert "2020-02.jsonl, line 2" in shown.text


def test_a_title_without_a_recipient(served):
    assert "recipient not stated" in page(served, "/records/NIC-10003-ABCDE").text


def test_what_is_long_and_equal_can_be_folded_away(served):
    both = page(served, "/compare", ("id", "NIC-10003-ABCDE"), ("id", "NIC-10004-ABCDE"))
    assert len(both.all("details", class_="same")) == 2
    for word in ("cohort", "register", "word0 ", "word100 ", "word300 ", "word399"):
        assert word in both.text
    assert both.all("del") and both.all("ins")


def test_a_result_without_prose_says_its_legal_basis(served):
    (found,) = served.get("/search.json", [("legal_basis", "s251")])["results"]
    assert found["content"] == f"Legal basis: {NHS_ACT} > s251"


def test_any_of_the_words_is_kept_on_the_way_to_a_record(served):
    found = page(served, "/", ("q", "plan zoology"), ("match", "any"))
    (to_record, *_) = [attrs["href"] for attrs in found.all("a") if attrs["href"].startswith("/records/NIC-10001-ABCDE?")]
    assert "match=any" in to_record
    path, _, query = to_record.partition("#")[0].partition("?")
    shown = page(served, path, *urllib.parse.parse_qsl(query))
    assert "All results for" in shown.text and shown.all("mark")
