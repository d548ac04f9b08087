# SPDX-License-Identifier: GPL-2.0-or-later
"""`purpose-index --check` holds index and history against each other: whatever one of them says otherwise is found, named by
its record, and said what to do about; and what is well is found sound."""
import json
import shutil
import sqlite3

import pytest

RECORDS = [{"id": f"NIC-{number}-ABCDE", "organisation": f"Invented Trust {number}", "edition": "2021-02", "start": "2019-09-01",
            "objectives": f"To plan services of kind {number}. To plan them again.",
            "releases": [{"dataset": "Example Episodes", "identifiability": "Anonymised", "count": number}]}
           for number in range(1, 6)]


def write(place, records):
    place.write("records.jsonl", "".join(json.dumps(record) + "\n" for record in records))
    return place.pages / "records.jsonl"


@pytest.fixture
def made(place):
    assert place.index(write(place, RECORDS)).code == 0
    return place


def check(place):
    return place.run("--db", place.db, "--check")


def test_what_is_well_is_sound(made):
    result = check(made)
    assert (result.code, result.err) == (0, "") and result.out.endswith("sound, 5 documents\n")


# ---- an index that says otherwise than its history ----

OTHER = {  # what the index of the same records has otherwise; what is said of it
    "a word": ({"objectives": "To plan surveys of kind 2. To plan them again."}, "in place of"),
    "the order of words": ({"objectives": "To plan kind of services 2. To plan them again."}, "is not where it should be"),
    "a word more": ({"objectives": "To plan services of kind 2. To plan them again. Zoology."}, "it has"),
    "white space": ({"objectives": "To plan services  of kind 2. To plan them again."}, "its stored record is not that of its history"),
    "a date": ({"start": "2019-10-01"}, "is not as its history has it"),
    "a column more": ({"end": "2022-08-31"}, "is not as its history has it"),
    "a count": ({"releases": [{"dataset": "Example Episodes", "identifiability": "Anonymised", "count": 7}]}, "is not as its history has it"),
}


def put_other_index(place, records):
    """The generation of an index of other records, under the history of these."""
    other = place.folder / "other"
    assert place.index(write(place, records), db=other).code == 0
    for folder in other.glob("gen-*"):
        shutil.rmtree(place.db / folder.name)
        shutil.copytree(folder, place.db / folder.name)
    write(place, RECORDS)


def mend(place):
    """Does what --check advises, and finds the index sound."""
    (place.db / "CURRENT").unlink()
    assert place.index(place.pages / "records.jsonl").code == 0
    assert check(place).code == 0


@pytest.mark.parametrize("what", OTHER)
def test_a_record_that_is_another_in_the_index(made, what):
    members, says = OTHER[what]
    put_other_index(made, [{**record, **(members if record["id"].startswith("NIC-2") else {})} for record in RECORDS])
    result = check(made)
    told = result.out + result.err
    assert result.code == 1 and "NIC-2-ABCDE: " in told and says in told
    assert all(f"NIC-{number}-ABCDE: " not in told for number in (1, 3, 4, 5)), told
    assert "remove the file CURRENT" in told
    mend(made)


def test_a_record_too_few(made):
    put_other_index(made, RECORDS[:4])
    result = check(made)
    assert result.code == 1 and "NIC-5-ABCDE: is missing from the index" in result.out + result.err
    assert "the index has 4 documents, the history 5" in result.out + result.err


def test_a_record_too_many(made):
    put_other_index(made, RECORDS + [{**RECORDS[0], "id": "NIC-9-ABCDE"}])
    result = check(made)
    assert result.code == 1 and "the index has 6 documents, the history 5" in result.out + result.err


# ---- what is counted over all records ----

PHRASE = "risk stratification"


def wordy(number, objectives=None):
    """Its other words are its own, so that no two are of one group."""
    own = " ".join(f"word{number}x{n}" for n in range(60))
    return {"id": f"NIC-{number}-ABCDE", "organisation": f"Invented Trust {number}", "edition": "2021-02", "processing": own,
            "objectives": objectives or f"First{number} {PHRASE} then{number}. Held by the Marsh Data Hub (MDH)."}


@pytest.fixture
def counted(place):
    """Twenty records with a phrase and an acronym: few enough changes of them are made in place."""
    assert place.index(write(place, [wordy(number) for number in range(20)])).code == 0
    assert PHRASE.encode() in place.metadata("phrases/0000") and b"20\tmdh\t" in place.metadata("pairs")
    return place


def more_often(by):
    """The phrase's count, one byte, is another; before it stands the phrase's key, behind it the text's length."""
    def change(value):
        at = value.index(PHRASE.encode()) - 2
        assert value[at] in (20, 21)
        return value[:at] + bytes([value[at] + by]) + value[at + 1:]
    return change


def other_key(value):
    at = value.index(PHRASE.encode()) - 3
    return value[:at] + bytes([value[at] ^ 0x10]) + value[at + 1:]


def without_first_line(value):
    return value[value.index(b"\n") + 1:]


COUNTED = {  # the key, what is done to what stands there, what is said of it; whether also where the index was changed in place
    "a phrase too often": ("phrases/0000", more_often(1), f'the phrase "{PHRASE}" is counted 21 times, not 20', True),
    "a phrase too seldom": ("phrases/0000", more_often(-1), f'the phrase "{PHRASE}" is counted 19 times, not 20', True),
    "another phrase under its name": ("phrases/0000", other_key, f'the phrase "{PHRASE}" is counted 20 times, not 0', False),
    "phrases cut short": ("phrases/0000", lambda value: value[:-1], "the index's phrases cannot be read: damaged", False),
    "an acronym too often": ("pairs", lambda value: value.replace(b"20\tmdh\t", b"21\tmdh\t", 1), 'of the acronyms, "mdh" is counted 21 times', True),
    "an acronym of no record": ("pairs", lambda value: b"1\teda\texample data archive\n" + value, 'of the acronyms, "eda" is counted 1 times', False),
    "acronyms cut short": ("pairs", lambda value: value[:-1], "the acronyms are not as they were written", True),
    "acronyms in another order": ("pairs", lambda value: without_first_line(value) + value[:value.index(b"\n") + 1],
                                  "the acronyms are not as they were written", False),
    "an acronym too seldom": ("pairs", lambda value: value.replace(b"20\tmdh\t", b"19\tmdh\t", 1), "acronyms are missing", False),
    "an acronym less": ("pairs", without_first_line, "acronyms are missing", False),
    "no acronym at all": ("pairs", lambda value: b"", "acronyms are missing", False),
}


def spoil(place, key, change):
    before = place.metadata(key)
    after = change(before)
    assert after != before
    place.metadata(key, after)


@pytest.mark.parametrize("what", COUNTED)
def test_what_is_counted_otherwise_than_its_records(counted, what):
    key, change, says, _ = COUNTED[what]
    assert counted.metadata("changes") == b"0" and check(counted).code == 0
    spoil(counted, key, change)
    result = check(counted)
    assert result.code == 1 and says in result.err and "remove the file CURRENT" in result.out, (result.out, result.err)
    mend(counted)


def change_in_place(place):
    """Two records more and one less that have the phrase and the acronym, and one that has them no longer; the lines of the
    others, which are their sources, stay."""
    records = [wordy(number) for number in [*range(19), 20, 21]]
    records[4] = wordy(4, "Nothing of the kind. Read by the Marsh Audit Hub (MAH).")
    records[6] = wordy(6, f"Again6 {PHRASE} after6. Held by the Marsh Data Hub (MDH).")
    assert place.index("--prune", write(place, records)).code == 0
    assert int(place.metadata("changes")) > 0 and b"1\tmah\t" in place.metadata("pairs")


def test_counts_follow_what_is_changed_in_place(counted):
    change_in_place(counted)
    result = check(counted)
    assert (result.code, result.err) == (0, "") and result.out.endswith("sound, 21 documents\n")


@pytest.mark.parametrize("what", [what for what in COUNTED if COUNTED[what][3]])
def test_counted_otherwise_in_an_index_changed_in_place(counted, what):
    key, change, says, _ = COUNTED[what]
    change_in_place(counted)
    spoil(counted, key, change)
    result = check(counted)
    assert result.code == 1 and says in result.err, (result.out, result.err)
    mend(counted)


# ---- a history that is not what it was ----

SPOILT = {  # what is done to the history; what is said of it
    "a statement is gone": ("DELETE FROM statement WHERE sighting = 2", "NIC-2-ABCDE"),
    "a statement is another's": ("UPDATE statement SET record = (SELECT record FROM statement WHERE sighting = 3) WHERE sighting = 2",
                                 "a statement of NIC-2-ABCDE is not what was read"),
    "a statement is cut off": ("UPDATE statement SET record = substr(record, 1, 20) WHERE sighting = 2",
                               "a statement of NIC-2-ABCDE is not what was read"),
    "an identity is gone": ("DELETE FROM identity WHERE id = 'NIC-2-ABCDE'", "NIC-2-ABCDE"),
    "a group is gone": ("DELETE FROM member WHERE key LIKE 'NIC-2%'", "NIC-2-ABCDE"),
    "a signature is cut off": ("UPDATE wording SET signature = x'00'", "a signature is of 1 bytes"),
    "a run is not in the index": ("UPDATE number SET value = value + 1 WHERE key = 'sequence'", "the index is behind its history"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_history_that_is_not_what_it_was(made, what):
    change, says = SPOILT[what]
    with sqlite3.connect(made.db / "history.sqlite") as connection:
        assert connection.execute(change).rowcount > 0
    connection.close()
    result = check(made)
    assert result.code == 1 and says in result.out + result.err, (result.out, result.err)
