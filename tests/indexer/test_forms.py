# SPDX-License-Identifier: GPL-2.0-or-later
"""One register in all its forms says the same: a property over registers made up from seeds."""
import json

import pytest

import registers

SEEDS = range(6)
EDITION = "2021-02"

IDENTITY = ["id", "agreement", "version"]
LISTS = ["identifiability", "opt_outs", "legal_basis", "duty_of_confidence", "sensitivity", "method", "datasets"]
AGREEMENT = ["title", "controllers", "start", "end", "commercial", "sublicensing"]
MONTHS = ["released_from", "released_to"]
EDITIONS = ["edition", "editions"]
SHARED = IDENTITY + ["organisation_types"] + registers.PROSE + EDITIONS

# What each form has room for. Pages do not say what went with what; the sheets of 2021 have neither titles nor
# dates; the releases of the current sheets have no duty of confidence, except on the sheet of data sets.
CARRIES = {
    "jsonl": SHARED + ["organisation", "releases"] + LISTS + AGREEMENT + MONTHS,
    "page": SHARED + ["organisation"] + LISTS + AGREEMENT + MONTHS,
    "2021": SHARED + ["organisation", "releases"] + LISTS,
    "current": SHARED + ["releases"] + [name for name in LISTS if name != "duty_of_confidence"] + AGREEMENT + MONTHS,
}


def canonical(name, value):
    """Order within a list is the source's affair."""
    if name == "releases" and value is not None:
        return sorted(json.dumps(row, sort_keys=True) for row in value)
    return sorted(value) if isinstance(value, list) else value


def without_months(register):
    return [dict(one, releases=[dict(row, month=None) for row in one["releases"]]) for one in register]


def without_duties_of_files(register):
    """A row of the sheet of data sets has no answer on opt-outs, one of the sheet of releases no duty."""
    return [dict(one, releases=[dict(row, duty_of_confidence=None) if row["month"] else dict(row, opt_outs=None)
                                for row in one["releases"]]) for one in register]


def expected(register, form):
    if form == "2021":
        register = without_months(register)
    if form == "current":
        register = without_duties_of_files(register)
    made = {}
    for record in registers.records(register, EDITION):
        stated = "objectives" in record
        if stated or form != "page":
            made[record["id"]] = {name: canonical(name, record[name]) for name in CARRIES[form] if name in record}
    return made


def check(place, register, form, *arguments):
    result = place.run("--parse", "--edition", EDITION, *arguments)
    said = [line for line in result.err.splitlines() if "kept as a further statement" not in line]
    assert (result.code, said) == (0, [])
    met = [json.loads(line) for line in result.out.split("\n") if line]
    parsed = {record["id"]: {name: canonical(name, record[name]) for name in CARRIES[form] if name in record} for record in met}
    wanted = expected(register, form)
    assert len(met) == len(parsed) and sorted(parsed) == sorted(wanted)
    for identity, record in wanted.items():
        assert parsed[identity] == record, identity


@pytest.mark.parametrize("seed", SEEDS)
def test_pages(place, seed):
    register = registers.register(seed)
    for name, text in registers.pages(register).items():
        place.write(name, text)
    check(place, register, "page", "pages")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("mark", [False, True], ids=["plain", "marked"])
@pytest.mark.parametrize("layout", ["2021", "current"])
@pytest.mark.parametrize("seed", SEEDS)
def test_sheets(place, seed, layout, mark, delimiter):
    register = registers.register(seed)
    sheets = registers.old_sheets(register) if layout == "2021" else registers.new_sheets(register)
    for name, rows in sheets.items():
        place.write(f"{name}.csv", registers.as_csv(rows, delimiter, mark))
    check(place, register, layout, "pages")


@pytest.mark.parametrize("layout", ["2021", "current"])
@pytest.mark.parametrize("seed", SEEDS)
def test_workbook(place, seed, layout):
    register = registers.register(seed)
    sheets = registers.old_sheets(register) if layout == "2021" else registers.new_sheets(register)
    place.write("register.xlsx", registers.workbook(sheets, seed))
    check(place, register, layout, "pages/register.xlsx")


@pytest.mark.parametrize("seed", SEEDS)
def test_json_lines(place, seed):
    register = registers.register(seed)
    place.write("register.jsonl", registers.as_jsonl(register, EDITION))
    check(place, register, "jsonl", "pages/register.jsonl")


@pytest.mark.parametrize("seed", SEEDS)
def test_parsed_workbook_as_json_lines(place, seed):
    """What one form says, written as JSON Lines, says it again, release for release."""
    register = registers.register(seed)
    place.write("register.xlsx", registers.workbook(registers.new_sheets(register), seed))
    lines = place.run("--parse", "--edition", EDITION, "pages/register.xlsx").out
    place.write("register.jsonl", lines)
    check(place, register, "current", "pages/register.jsonl")
