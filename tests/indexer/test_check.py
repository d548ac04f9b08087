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
