# SPDX-License-Identifier: GPL-2.0-or-later
"""What a text that is being typed may become; which records are like one. Cases: suggest.jsonl."""
import json
import string

import pytest

from answers import cases, ids, with_ids
from support import Daemon, RpcError, SAMPLE, index

FACETS = {"organisation": "organisation", "dataset": "dataset", "provision": "legal_basis",
          "controller": "controller"}


def suggest(daemon, q, **more):
    return daemon.call("suggest", q=q, **more)["suggestions"]


def total_of(daemon, suggestion):
    """What a search for the suggestion finds: words and phrases in quotes, values as filters."""
    text, kind = suggestion["text"], suggestion["kind"]
    if kind in FACETS:
        return daemon.call("search", filters={FACETS[kind]: [text]}, limit=0)["total"]
    return daemon.call("search", q=f'"{text}"', limit=0)["total"]


def check_counts(daemon, prefixes):
    seen = {(one["kind"], one["text"]): one for prefix in prefixes for one in suggest(daemon, prefix, limit=50)}
    for one in seen.values():
        if one["kind"] != "record":
            assert one["count"] == total_of(daemon, one), one
    return {(kind, text): one["count"] for (kind, text), one in seen.items()}


# ---- suggest ----

@pytest.mark.parametrize("case", with_ids(cases("suggest")))
def test_suggestions(sample, case):
    answer = sample.call("suggest", q=case["q"], **({"limit": case["limit"]} if "limit" in case else {}))
    found = [[one["text"], one["kind"], one["count"]] for one in answer["suggestions"]]
    assert found[:len(case["first"])] == case["first"]
    assert not case.get("only") or len(found) == len(case["first"]), found
    assert answer["replaces"] == case["replaces"]


def test_each_count_is_what_a_search_finds(sample):
    counts = check_counts(sample, string.ascii_lowercase)
    kinds = {kind for kind, _ in counts}
    assert {"word", "phrase", *FACETS} <= kinds and len(counts) > 300


def test_a_word_is_offered_once_however_it_ends(sample):
    """Of words that are found alike the most frequent; and none that only joins others."""
    words = [one["text"] for prefix in ("commission", "patient", "th", "wi") for one in suggest(sample, prefix, limit=50)
             if one["kind"] == "word"]
    assert "commissioning" in words and not {"commissioned", "commission", "commissions"} & set(words)
    assert len({"patient", "patients"} & set(words)) == 1
    assert not {"the", "this", "that", "with", "will", "which"} & set(words)


def test_every_kind_that_begins_so_is_heard(sample):
    kinds = [one["kind"] for one in suggest(sample, "h")]
    assert {"word", "phrase", "provision", "dataset", "organisation"} <= set(kinds) and len(kinds) == 10


@pytest.mark.parametrize("q", ["a" * 65536, "risk " * 13000, "(" * 60000, '"' * 60001, "dataset:" * 8000,
                               "AND " * 16000, "é" * 30000])
def test_long_texts(sample, q):
    answer = sample.call("suggest", q=q)
    assert len(answer["suggestions"]) <= 10 and q.endswith(answer["replaces"])


def test_a_text_that_is_too_long(sample):
    with pytest.raises(RpcError) as refused:
        sample.call("suggest", q="a" * 100000)
    assert refused.value.code == -32602 and "q takes" in refused.value.message


# ---- counts while the index changes ----

TEXTS = ["Risk stratification of patients with asthma.", "We buy a risk stratification tool.",
         "No risk stratification is done; case finding is.", "The case finding team and risk scores.",
         "Old case finding for data controllers."]


def write_pages(folder, numbers, change=lambda number, text: text):
    """A page for each number, so that a change of one is a change of one; others go."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for number in numbers:
        lines = ["NHS Digital Data Release Register - reformatted", "", "Alder Trust projects", "", "",
                 f"Project {number} — NIC-{70000 + number}-A1B2C", "", "Datasets:", "", "  1. Example Set", "",
                 "Objectives:", "", change(number, TEXTS[number % len(TEXTS)]), ""]
        (folder / f"{number}.txt").write_text("\n".join(lines))
    return folder


def test_counts_follow_changes_in_place(tmp_path):
    """As exact as after a build, for the phrases kept. (No group loses its first record: that would change them all.)"""
    db = tmp_path / "db"
    source = write_pages(tmp_path / "pages", range(40))
    index(db, source)
    generation = (db / "CURRENT").read_text()
    write_pages(source, [number for number in range(44) if number not in (20, 23)],
                lambda number, text: "Quite another purpose." if number in (24, 28, 29) else text)
    assert index(db, "--prune", source)["removed"] == 2
    assert (db / "CURRENT").read_text() == generation, "changed in place"
    fresh = tmp_path / "fresh"
    index(fresh, source)
    with Daemon(db) as changed, Daemon(fresh) as built:
        counts = check_counts(changed, string.ascii_lowercase)
        expected = check_counts(built, string.ascii_lowercase)
        assert {"risk stratification", "case finding"} <= {text for kind, text in counts if kind == "phrase"}
        for one, count in counts.items():
            assert expected.get(one, count) == count, one
        assert counts["phrase", "risk stratification"] == sum(
            "isk strat" in TEXTS[number % 5] for number in range(44) if number not in (20, 23, 24, 28, 29))


def test_older_texts_are_not_counted(tmp_path):
    """An edition's text that has been replaced is found with `history` only, so it is in no count."""
    db = tmp_path / "db"
    for edition, numbers in (("2020-01", range(20)), ("2021-01", range(25))):
        source = write_pages(tmp_path / edition, numbers,
                             lambda number, text: text if edition == "2021-01" else f"{text} And so on.")
        index(db, "--edition", edition, source)
    with Daemon(db) as daemon:
        counts = check_counts(daemon, string.ascii_lowercase)
        assert counts["phrase", "risk stratification"] == 15


def test_any_number_of_jobs_keeps_the_same(tmp_path):
    found = []
    source = write_pages(tmp_path / "pages", range(300))
    for jobs in ("1", "3"):
        index(tmp_path / jobs, "--jobs", jobs, source)
        with Daemon(tmp_path / jobs) as daemon:
            found.append(check_counts(daemon, string.ascii_lowercase))
    assert found[0] == found[1] and found[0]["phrase", "risk stratification"] == 180


# ---- similar ----

def test_similar_records_are_those_of_the_same_purpose(sample):
    """Of the agreements on risk stratification that of a company, which is no copy; and never the record itself."""
    answer = sample.call("similar", id="DARS-NIC-410377-Q1D8M")
    assert answer["hits"][0]["id"] == "DARS-NIC-063007-B1N5C"
    assert answer["total"] >= len(answer["hits"]) and "DARS-NIC-410377-Q1D8M" not in ids(answer)
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True) and scores[0] > 0
    assert "<mark>" in answer["hits"][0]["snippets"][0]["html"]


def test_nothing_is_similar_to_a_copy_of_itself(sample):
    """Records of the same group are copies, not alike."""
    everything = sample.call("search", limit=100, snippets=0)["hits"]
    for hit in everything:
        group = sample.call("search", filters={"group": [group_of(sample, hit["id"])]}, limit=100)
        found = ids(sample.call("similar", id=hit["id"], limit=100, snippets=0))
        assert hit["id"] not in found and not set(ids(group)) & set(found)


def group_of(daemon, id_):
    answer = daemon.call("search", q=f'"{id_}"', fold_copies=True)
    return next(hit["group"] for hit in answer["hits"])


def test_filters_facets_and_pages_of_what_is_similar(sample):
    ask = {"id": "NIC-15210-N7T3Z", "facets": ["organisation"], "snippets": 0}
    answer = sample.call("similar", **ask, limit=100)
    assert answer["total"] == len(answer["hits"]) > 3
    for value in answer["facets"]["organisation"]:
        held = sample.call("similar", **ask, filters={"organisation": [value["value"]]}, limit=100)
        assert held["total"] == len(held["hits"]) == value["count"]
        assert set(ids(held)) <= set(ids(answer))
    first = sample.call("similar", **ask, limit=2)
    second = sample.call("similar", **ask, limit=2, cursor=first["cursor"])
    assert [hit["id"] for hit in first["hits"] + second["hits"]] == [hit["id"] for hit in answer["hits"][:4]]


def test_parts_hold_what_is_compared(sample):
    for part in ("outputs", "objectives"):
        answer = sample.call("similar", id="DARS-NIC-410377-Q1D8M", parts=[part], limit=1)
        snippet = answer["hits"][0]["snippets"][0]
        assert snippet["part"] == part and "<mark>" in snippet["html"]


def copies_page():
    """Three copies but for white space, one that differs in a word, one without the part."""
    texts = ["One  purpose,\n\nwell told.", "One purpose, well told.", "One purpose,   well told. ", "One purpose, ill told.", ""]
    lines = ["NHS Digital Data Release Register - reformatted", "", "Alder Trust projects", "", ""]
    for number, text in enumerate(texts):
        lines += [f"Project {number} — NIC-{80000 + number}-A1B2C", "", "Datasets:", "", "  1. Example Set", "",
                  "Objectives:", "", text, "", "Outputs:", "", "A report." if number != 1 else "No report.", ""]
    return "\n".join(lines)


def test_copies_are_equal_but_for_white_space(tmp_path):
    source, db = tmp_path / "page.txt", tmp_path / "db"
    source.write_text(copies_page())
    index(db, source)
    name = "NIC-8000{}-A1B2C".format

    def copies(number, **more):
        answer = daemon.call("similar", id=name(number), copies=True, **more)
        assert answer["total"] == len(answer["hits"])
        return [hit["id"] for hit in answer["hits"]]

    with Daemon(db) as daemon:
        assert copies(0, parts=["objectives"]) == [name(1), name(2)]
        assert copies(2, parts=["objectives"]) == [name(0), name(1)]
        assert copies(3, parts=["objectives"]) == []
        assert copies(4, parts=["objectives"]) == [], "an empty part is nobody's copy"
        assert copies(0, parts=["objectives", "outputs"]) == [name(2)]
        assert copies(0) == [name(2)], "all prose, whatever the title"
        assert copies(0, parts=["outputs"]) == [name(2), name(3), name(4)]
        assert copies(0, parts=["title"]) == []
        assert copies(0, parts=["objectives"], sort="-id") == [name(2), name(1)]
        assert copies(0, parts=["objectives"], filters={"organisation": ["Birch Trust"]}) == []


def test_white_space_of_any_kind_is_no_difference(tmp_path):
    """Neither for copies nor for compare."""
    spaces = [" ", "\u00a0", "\u0085", "\u1680", "\u2002", "\u2009", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\n\n"]
    source, db = tmp_path / "records.jsonl", tmp_path / "db"
    texts = [f"One{space}purpose,{space}{space}well told." for space in spaces]
    source.write_text("".join(json.dumps({"id": f"NIC-{80100 + n}-A1B2C", "objectives": text}) + "\n" for n, text in enumerate(texts)))
    index(db, source)
    with Daemon(db) as daemon:
        for n in range(1, len(spaces)):
            reply = daemon.call("compare", ids=["NIC-80100-A1B2C", f"NIC-{80100 + n}-A1B2C"])
            assert reply["parts"]["objectives"] == {"equal": True}, repr(spaces[n])
        assert daemon.call("similar", id="NIC-80100-A1B2C", copies=True)["total"] == len(spaces) - 1
