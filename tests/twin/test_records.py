# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a query stands in a record, and what differs between two: against the twin."""
import marking
import twin
from asker import QUESTIONS, SEED

EDITS_MAX = 1500  # words inserted and deleted up to which compare gives the fewest (daemon/search/word_diff.h)


def check_marks(asked, rng):
    text, tree = asked.asker.query()
    if not text:
        return
    record = rng.choice(asked.records)
    params = {"id": record.id, "q": text}
    parts = twin.PARTS
    if rng.random() < 0.2:
        params["parts"] = parts = rng.sample(twin.PARTS, rng.randint(1, 4))
    if rng.random() < 0.2:
        params["match"] = rng.choice(["all", "any"])
    implied = " AND " not in text and " OR " not in text and tree[0] == "and"
    tree = asked.vocabulary.widen(tree, implied)
    reply = asked.daemon.call("get", **params)
    assert reply["marks"] == marking.marks(record, tree, parts), f"seed {SEED}: {params} {tree}"
    assert {name: value for name, value in reply.items() if name not in ("marks", "warnings")} == record.json


def test_marks_in_the_sample_register(sample):
    rng = sample.again()
    for _ in range(QUESTIONS // 2):
        check_marks(sample, rng)


def test_marks_in_the_real_edition(edition):
    rng = edition.again()
    for _ in range(QUESTIONS // 10):
        check_marks(edition, rng)


def check_compared(a, b, parts, context):
    """The edits make either text, word for word, and there is no shorter way from one to the other."""
    assert set(parts) == {part for part in twin.PARTS if a.get(part) is not None or b.get(part) is not None}, context
    for part, told in parts.items():
        left, right = marking.words(a.get(part)), marking.words(b.get(part))
        if left == right:
            assert told == {"equal": True}, (context, part)
            continue
        edits = told["edits"]
        assert set(told) == {"edits"} and all(edit["op"] in ("equal", "delete", "insert") for edit in edits), context
        sides = [" ".join(edit["text"] for edit in edits if edit["op"] != op) for op in ("insert", "delete")]
        assert [marking.words(side) for side in sides] == [left, right], (context, part)
        same = sum(len(marking.words(edit["text"])) for edit in edits if edit["op"] == "equal")
        most = marking.common(left, right)
        assert same == most or (same < most and len(left) + len(right) - 2 * most > EDITS_MAX), (context, part)
        assert all(one["op"] != two["op"] for one, two in zip(edits, edits[1:])), (context, part)


def test_comparing_in_the_sample_register(sample):
    rng = sample.again()
    for _ in range(QUESTIONS // 6):
        one, two = rng.choice(sample.records), rng.choice(sample.records)
        reply = sample.daemon.call("compare", ids=[one.id, two.id])
        assert reply["ids"] == [one.id, two.id]
        check_compared(one.json, two.json, reply["parts"], (SEED, one.id, two.id))


def test_comparing_in_the_real_edition(edition):
    rng = edition.again()
    groups = {}
    for record in edition.records:
        groups.setdefault(record.group, []).append(record)
    for _ in range(QUESTIONS // 50):
        one = rng.choice(edition.records)
        two = rng.choice(groups[one.group] if rng.random() < 0.7 else edition.records)
        reply = edition.daemon.call("compare", ids=[one.id, two.id])
        check_compared(one.json, two.json, reply["parts"], (SEED, one.id, two.id))
