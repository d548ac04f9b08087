# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies of one text: which records are one group, however they came, went and changed."""
import collections
import copy
import random
import shutil
import sqlite3
import sys
import pathlib
import unicodedata

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import registers

PARTS = ["objectives", "expected_benefits", "yielded_benefits", "outputs", "processing"]
WORDS = [f"{a}{b}" for a in "ba be bi bo bu da de di do du fa fe fi fo fu".split() for b in "l m n r s t".split()]


# ---- plainly ----

def words(text):
    """Runs of letters and digits, folded."""
    found, word = [], ""
    for character in text:
        kind = unicodedata.category(character)
        if kind[0] in "LM" or kind in ("Nd", "Nl"):
            folded = unicodedata.normalize("NFKD", character).casefold()
            word += "".join(c for c in folded if unicodedata.category(c)[0] != "M")
        elif kind != "Cf" and word:
            found.append(word)
            word = ""
    return found + [word] if word else found


def runs(record):
    found = set()
    for part in PARTS:
        said = words(record.get(part) or "")
        found |= {tuple(said[i:i + 5]) for i in range(max(len(said) - 4, min(1, len(said))))}
    return found


def groups(records):
    """Every pair compared; the first id of each record's group, by bytes."""
    sets = {record["id"]: runs(record) for record in records}
    order = sorted(sets, key=str.encode)
    first = {identity: identity for identity in order}

    def find(identity):
        while first[identity] != identity:
            identity = first[identity]
        return identity
    for number, one in enumerate(order):
        for other in order[:number]:
            common = len(sets[one] & sets[other])
            if sets[one] and 10 * common >= 7 * len(sets[one] | sets[other]):
                a, b = sorted((find(one), find(other)), key=str.encode)
                first[b] = a
    return {identity: find(identity) for identity in order}


# ---- the index ----

def facet(place, db=None):
    """What the index says: the group of each document that has one."""
    found = {}
    for line in place.dump(db):
        key, _, rest = line.partition("\t")
        if rest.startswith("group ["):
            found[key] = rest.removeprefix("group [").removesuffix("]")
    return found


def prose(chance, count=60):
    return " ".join(chance.choices(WORDS, k=count))


def departing(chance, text, changes):
    """The text with some words changed."""
    said = text.split()
    for _ in range(changes):
        said[chance.randrange(len(said))] = chance.choice(WORDS)
    return " ".join(said)


def chain(chance, steps, count=60):
    """Texts, each alike to its neighbours and to no other: a window moved over one long text."""
    step = count // 9
    long = prose(chance, count + step * steps).split()
    return [" ".join(long[step * n:step * n + count]) for n in range(steps)]


def line(identity, objectives, **parts):
    return {"id": identity, "agreement": identity, "organisation": "Example Trust", "objectives": objectives, **parts}


def write(place, name, records):
    place.write(name, "".join(f"{registers.json.dumps(record)}\n" for record in records))


def check(place, records, db=None):
    expected = groups(records)
    assert facet(place, db) == expected
    return collections.Counter(expected.values())


def sound(place):
    result = place.run("--db", place.db, "--check")
    assert result.code == 0, result.err


def test_copies_are_one_group(place):
    chance = random.Random(1)
    text, other = prose(chance), prose(chance)
    records = [line("NIC-3-C", text), line("NIC-1-A", departing(chance, text, 2)), line("NIC-2-B", other),
               line("NIC-5-E", text.upper().replace(" ", ", ")), line("NIC-4-D", prose(chance), processing=text)]
    write(place, "records.jsonl", records)
    assert place.index().code == 0
    assert facet(place) == {"NIC-1-A": "NIC-1-A", "NIC-2-B": "NIC-2-B", "NIC-3-C": "NIC-1-A", "NIC-4-D": "NIC-4-D",
                            "NIC-5-E": "NIC-1-A"}
    sound(place)


def test_records_without_prose_are_no_copies(place):
    write(place, "records.jsonl", [line("NIC-1-A", ""), line("NIC-2-B", None), line("NIC-3-C", " – "),
                                   line("NIC-4-D", "None."), line("NIC-5-E", "none"), line("NIC-6-F", None, outputs="None")])
    assert place.index().code == 0
    assert facet(place) == {"NIC-1-A": "NIC-1-A", "NIC-2-B": "NIC-2-B", "NIC-3-C": "NIC-3-C", "NIC-4-D": "NIC-4-D",
                            "NIC-5-E": "NIC-4-D", "NIC-6-F": "NIC-4-D"}


def test_a_bridge_joins_and_parts(place):
    texts = chain(random.Random(2), 5)
    records = [line(f"NIC-{n}-A", text) for n, text in enumerate(texts)]
    write(place, "ends.jsonl", records[:2] + records[3:])
    assert place.index().code == 0
    assert len(check(place, records[:2] + records[3:])) == 2
    write(place, "bridge.jsonl", records[2:3])
    assert place.index().code == 0
    assert set(check(place, records)) == {"NIC-0-A"}
    sound(place)
    (place.pages / "bridge.jsonl").unlink()
    assert place.index("--prune", "pages").code == 0
    assert check(place, records[:2] + records[3:]) == {"NIC-0-A": 2, "NIC-3-A": 2}
    sound(place)


def test_a_group_is_named_anew_when_its_first_goes(place):
    text = prose(random.Random(3))
    write(place, "a.jsonl", [line("NIC-1-A", text)])
    write(place, "b.jsonl", [line("NIC-2-B", text), line("NIC-3-C", text)])
    assert place.index().code == 0
    assert set(facet(place).values()) == {"NIC-1-A"}
    (place.pages / "a.jsonl").unlink()
    assert place.index("--prune", "pages").report["removed"] == 1
    assert facet(place) == {"NIC-2-B": "NIC-2-B", "NIC-3-C": "NIC-2-B"}
    write(place, "c.jsonl", [line("NIC-0-Z", text)])
    report = place.index().report
    assert (report["added"], report["updated"]) == (1, 0)
    assert set(facet(place).values()) == {"NIC-0-Z"}
    sound(place)


def test_older_texts_are_of_no_group(place):
    chance = random.Random(4)
    old, new = prose(chance), prose(chance)
    write(place, "first.jsonl", [line("NIC-1-A", old), line("NIC-2-B", old)])
    write(place, "second.jsonl", [line("NIC-1-A", new)])
    assert place.index("--edition", "2019-06", "pages/first.jsonl").code == 0
    assert set(facet(place).values()) == {"NIC-1-A"}
    assert place.index("--edition", "2021-02", "pages/second.jsonl").code == 0
    assert facet(place) == {"NIC-1-A": "NIC-1-A", "NIC-2-B": "NIC-2-B"}
    assert "NIC-1-A@2019-06" in place.stored()
    sound(place)


class Register:
    """Records that come, go and change: copies, chains, single ones and empty ones."""

    def __init__(self, seed):
        chance = random.Random(seed)
        self.chance = chance
        self.texts = [prose(chance, chance.randint(30, 80)) for _ in range(4)] + chain(chance, 6) + chain(chance, 4, 80)
        self.files = {f"{n}.jsonl": [] for n in range(6)}
        self.next = 0

    def text(self):
        kind = self.chance.random()
        if kind < 0.1:
            return prose(self.chance)
        return "" if kind < 0.15 else departing(self.chance, self.chance.choice(self.texts), self.chance.choice([0, 0, 0, 1, 1, 2]))

    def change(self):
        records = self.chance.choice(list(self.files.values()))
        kind = self.chance.random()
        if kind < 0.5 or not records:
            self.next += 1
            records.append(line(f"NIC-{self.chance.randrange(100, 999)}-{self.next:03}", self.text()))
        elif kind < 0.75:
            records.pop(self.chance.randrange(len(records)))
        else:
            self.chance.choice(records)["objectives"] = self.text()

    def write(self, place):
        for name, records in self.files.items():
            if records:
                write(place, name, records)
            else:
                (place.pages / name).unlink(missing_ok=True)

    def records(self):
        return [record for records in self.files.values() for record in records]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_came_and_went_and_in_whatever_order(place, seed):
    """After each step: the groups of every pair compared; at the end those of indexes made anew."""
    register = Register(seed)
    for _ in range(150):
        register.change()
    for step in range(8):
        for _ in range(register.chance.choice([1, 3, 12])):
            register.change()
        register.write(place)
        sources = [f"pages/{name}" for name, records in register.files.items() if records]
        register.chance.shuffle(sources)
        # A file that lost its last record is gone; what names it is the folder.
        assert place.index("--prune", "--jobs", str(1 + step % 2), *(sources if step % 3 else ["pages"])).code == 0
        place.index("--prune", "pages")
        found = check(place, register.records())
        assert len(found) > 10 and max(found.values()) > 3
    sound(place)
    for jobs in (1, 2):
        anew = place.folder / f"anew-{jobs}"
        assert place.index("--jobs", str(jobs), "pages", db=anew).code == 0
        assert facet(place, anew) == facet(place)


def test_as_many_threads_as_you_like(place):
    """More records than one thread takes alone; the dump tells ordinals apart that are given in another order."""
    chance = random.Random(5)
    texts = [prose(chance) for _ in range(40)]
    records = [line(f"NIC-{n}-A", departing(chance, chance.choice(texts), chance.choice([0, 1, 4]))) for n in range(200)]
    write(place, "records.jsonl", records)
    for jobs in (1, 2):
        assert place.index("--jobs", str(jobs), "pages", db=place.folder / f"db-{jobs}").code == 0
    check(place, records, place.folder / "db-1")
    assert place.dump(place.folder / "db-1") == place.dump(place.folder / "db-2")


def test_a_second_edition_of_a_register(place):
    register = [one for one in registers.register(6, 30) if not one["bare"]]
    first = [line(one["reference"], one["statements"][0]["objectives"], processing=one["statements"][0]["processing"])
             for one in register]
    second = copy.deepcopy(first[5:])
    for record in second[:10]:
        record["objectives"], record["processing"] = second[-1]["objectives"], second[-1]["processing"]
    write(place, "first.jsonl", first)
    assert place.index("--edition", "2019-06", "pages/first.jsonl").code == 0
    check(place, first)
    write(place, "second.jsonl", second)
    assert place.index("--edition", "2021-02", "pages/second.jsonl").code == 0
    check(place, first[:5] + second)
    (place.pages / "second.jsonl").unlink()
    assert place.index("--prune", "pages").code == 0
    check(place, first)
    sound(place)


# ---- the history ----

def test_a_history_of_before_groups_goes_on(place):
    """What it holds stays, first sightings among it; groups are found by the next run, even one with nothing new."""
    text = prose(random.Random(7))
    records = [line("NIC-1-A", text), line("NIC-2-B", text), line("NIC-3-C", "To plan.")]
    write(place, "records.jsonl", records)
    assert place.index("--edition", "2019-06", "pages").code == 0
    stored, whole = place.stored(), place.dump()
    ledger = sqlite3.connect(place.db / "history.sqlite")
    ledger.executescript("DROP TABLE wording; DROP TABLE member; DELETE FROM number WHERE key = 'distinct';"
                         " PRAGMA user_version = 2;")
    ledger.close()
    shutil.rmtree(next(place.db.glob("gen-*")))
    (place.db / "CURRENT").unlink()
    report = place.index("--edition", "2019-06", "pages").report
    assert (report["added"], report["updated"], report["unchanged"]) == (0, 0, 3)
    assert place.stored() == stored and place.dump() == whole
    assert facet(place) == {"NIC-1-A": "NIC-1-A", "NIC-2-B": "NIC-1-A", "NIC-3-C": "NIC-3-C"}
    sound(place)


def test_a_run_without_news_leaves_the_groups_alone(place):
    write(place, "records.jsonl", [line("NIC-1-A", "To plan."), line("NIC-2-B", "To plan.")])
    place.index()
    before = place.snapshot()
    assert place.index().code == 0
    assert place.snapshot() == before


@pytest.mark.parametrize("damage, said", [
    ("UPDATE member SET first = 'NIC-3-C' WHERE key = 'NIC-2-B'", "NIC-2-B: is not in the group"),
    ("UPDATE wording SET component = number", "are not grouped so"),
    ("UPDATE member SET wording = 1", "the words of NIC-"),
    ("DELETE FROM member WHERE key = 'NIC-2-B'", "NIC-2-B: is not in the group"),
])
def test_check_tells_groups_that_are_not_so(place, damage, said):
    chance = random.Random(8)
    text = prose(chance)
    write(place, "records.jsonl", [line("NIC-1-A", text), line("NIC-2-B", departing(chance, text, 1)),
                                   line("NIC-3-C", prose(chance))])
    place.index()
    sound(place)
    ledger = sqlite3.connect(place.db / "history.sqlite")
    ledger.executescript(damage)
    ledger.close()
    result = place.run("--db", place.db, "--check")
    assert result.code == 1 and said in result.err
