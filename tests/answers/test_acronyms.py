# SPDX-License-Identifier: GPL-2.0-or-later
"""Short and long forms for each other: over the records in acronyms/, and over the real workbook."""
import json
import re

import pytest

from answers import HERE, cases, check_answer, ids, search, with_ids
from support import Daemon, WORKBOOK, index, parse, real_index, run

OURS = HERE / "acronyms"


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    db = tmp_path_factory.mktemp("acronyms") / "index"
    index(db, "--vocabulary", OURS / "own.tsv", OURS / "records.jsonl")
    with Daemon(db, "--workers", "1") as daemon:
        yield daemon


@pytest.mark.parametrize("case", with_ids(cases("acronyms")))
def test_records_found(ours, case):
    check_answer(case, search(ours, case["ask"]))


def marks(hit):
    return re.findall("<mark>(.*?)</mark>", " ".join(snippet["html"] for snippet in hit["snippets"]))


def test_what_was_added_is_marked(ours):
    shown = {hit["id"]: marks(hit) for hit in search(ours, {"q": "RWC"})["hits"]}
    assert shown["A3"] == ["regional widget census"] and shown["A2"] == ["RWC"] and shown["A5"] == ["RWCs"]
    assert shown["A1"] == ["Regional Widget Census", "RWC"]
    shown = {hit["id"]: marks(hit) for hit in search(ours, {"q": "regional widget census"})["hits"]}
    assert shown["A2"] == ["RWC"]


def test_what_was_typed_comes_before_what_was_added(ours):
    """A1 has both; A3, as short as A2, has only the other form."""
    order = [hit["id"] for hit in search(ours, {"q": "RWC"})["hits"]]
    assert order.index("A3") > max(order.index(id_) for id_ in ("A1", "A2", "D1"))


def test_explain_shows_them(ours):
    assert "region widget census" in search(ours, {"q": "RWC", "explain": True})["query"]
    assert "region widget census" not in search(ours, {"q": '"RWC"', "explain": True})["query"]


def test_the_schema_lists_them(ours):
    found = ours.call("schema")["vocabulary"]
    assert found[0] == {"short": "WX", "long": "Wide example", "count": 0, "source": "file"}
    assert found[1] == {"short": "RWC", "long": "Regional Widget Census", "count": 1, "source": "register"}
    assert {"short": "SUS", "long": "Secondary Uses Service", "count": 0, "source": "built in"} in found
    assert [pair["count"] for pair in found[1:]] == sorted((pair["count"] for pair in found[1:]), reverse=True)


def test_the_daemon_follows(tmp_path):
    db, more = tmp_path / "index", tmp_path / "more.jsonl"
    index(db, OURS / "records.jsonl")
    more.write_text(json.dumps({"id": "E1", "objectives": "A wide example (WE) indeed."}) + "\n")
    with Daemon(db, "--workers", "1") as daemon:
        assert ids(search(daemon, {"q": "WX"})) == ["C1"]
        index(db, "--vocabulary", OURS / "own.tsv")
        daemon.wait_for(lambda: ids(search(daemon, {"q": "WX"})) == ["C1", "C2"])
        index(db, more)
        daemon.wait_for(lambda: ids(search(daemon, {"q": "WX"})) == ["C1", "C2", "E1"])
        assert {"short": "RWC", "long": "Regional Widget Census", "count": 1, "source": "register"} in \
            daemon.call("schema")["vocabulary"]
        (tmp_path / "own.tsv").write_text("# none\n")
        run("purpose-index", "--db", db, "--quiet", "--vocabulary", tmp_path / "own.tsv", check=0)
        daemon.wait_for(lambda: ids(search(daemon, {"q": "WX"})) == ["C1"])


# ---- the real workbook ----

@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    if not WORKBOOK.exists():
        pytest.skip("needs ../shared/register/workbook")
    db = tmp_path_factory.mktemp("edition") / "index"
    real_index(db)
    texts = {record["id"]: "\n\n".join(record.get(part) or "" for part in (
        "organisation", "objectives", "processing", "outputs", "expected_benefits", "yielded_benefits"))
        for record in parse(WORKBOOK)}
    with Daemon(db, "--workers", "1") as daemon:
        yield daemon, texts


def having(texts, pattern):
    return {id_ for id_, text in texts.items() if re.search(pattern, text, re.I)}


@pytest.mark.parametrize("short, word, long", [
    ("DSCRO", r"\bDSCROs?\b", r"Data\W+Services?\W+for\W+Commissioners?\W+Regional\W+Offices?\b"),
    ("DSA", r"\bDSAs?\b", r"Data\W+Sharing\W+Agreements?\b"),
    ("PHE", r"\bPHE\b", r"Public\W+Health\W+England\b"),
])
def test_texts_that_have_one_form_only(edition, short, word, long):
    daemon, texts = edition
    found = set(ids(search(daemon, {"q": short, "snippets": 0})))
    short_only, long_only = having(texts, word) - having(texts, long), having(texts, long) - having(texts, word)
    assert len(long_only) > 50 and len(short_only) > 1
    assert found >= short_only | long_only
    assert found == having(texts, word) | having(texts, long)
    assert set(ids(search(daemon, {"q": f'"{short}"', "snippets": 0}))) == having(texts, word)


def test_the_secondary_uses_service_is_sus(edition):
    daemon, texts = edition
    found = set(ids(search(daemon, {"q": "SUS", "snippets": 0})))
    assert found >= having(texts, r"Secondary\W+Uses\W+Service") | having(texts, r"\bSUS\b")
    assert set(ids(search(daemon, {"q": "Secondary Uses Service", "snippets": 0}))) >= found
    assert set(ids(search(daemon, {"q": "SUS+", "snippets": 0}))) == having(texts, r"\bSUS\+")


def test_what_the_workbook_explains(edition):
    """Counted by hand in the prose of the workbook, spellings joined."""
    daemon, texts = edition
    found = {(pair["short"], pair["long"]): pair for pair in daemon.call("schema")["vocabulary"]}
    for short, long in (("JSNA", "Joint Strategic Needs Assessments"), ("CEfF", "Controlled Environment for Finance"),
                        ("CQC", "Care Quality Commission"), ("CPRD", "Clinical Practice Research Datalink")):
        pattern = r"\W+".join(re.escape(word.rstrip("s")) + "s?" for word in long.split())
        explained = having(texts, rf"{pattern}['\"”’]?\s*\(['\"“‘]?{short}s?\b") | \
            having(texts, rf"\b{short}\s*\((the )?{pattern}")
        assert found[short, long]["count"] == len(explained), short
        assert found[short, long]["source"] == "register"
