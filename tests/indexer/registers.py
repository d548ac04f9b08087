# SPDX-License-Identifier: GPL-2.0-or-later
"""A register made up from a seed, and the writers of its forms: page, sheets as CSV, workbook, JSON Lines."""
import csv
import datetime
import io
import json
import random
import zipfile
from xml.sax.saxutils import escape, quoteattr

ACT = "Health and Social Care Act 2012"
BASES = [  # as sheets and pages spell it, the provisions it cites
    (f"{ACT} – s261(1) and s261(2)(b)(ii)", [f"{ACT} > s261 > s261(1)", f"{ACT} > s261 > s261(2)(b)(ii)"]),
    (f"{ACT} - s261(5)(d)", [f"{ACT} > s261 > s261(5)(d)"]),
    ("National Health Service Act 2006 - s251 - 'Control of patient information'.", ["National Health Service Act 2006 > s251"]),
    ("Section 36, Health Act 2009", ["Health Act 2009 > s36"]),
]
OPT_OUTS = [("No - data flow is not identifiable", "No > data flow is not identifiable"),
            ("Yes - patient objections upheld", "Yes > patient objections upheld"), ("N", "No"), ("Yes", "Yes"), ("", None)]
FORMS = ["Identifiable", "Anonymised - ICO Code Compliant", "Pseudonymised"]
DUTIES = ["Consent (Reasonable Expectation)", "Flow to a safe place - no analysis", "Statutory exemption", None]
METHODS = ["One-Off", "Ongoing", "Frequent Adhoc Flow", None]
DATASETS = ["Example Episodes", "Example Survey; Wave 2", 'Deaths, "Civil" Registrations - Monthly', "Ambulance & Transport <A>",
            "Community Example Set"]
KINDS = ["Charity", "Clinical Commissioning Group (CCG)", "Sub ICB Location", "Academic"]
PLACES = ["MARSH", "FEN", "MERE", "HOLT", "WOLD"]
WORDS = ("the cohort; linked, risk & planning <trial> of \"care\" in 2019 – audit/outcome £5 naïve café (CCG) service "
         "evaluation: commissioning 5% it's").split()
PROSE = ["objectives", "processing", "outputs", "expected_benefits", "yielded_benefits"]


# ---- the register ----

def prose(chance):
    """Some paragraphs and lists; at times nothing."""
    if chance.random() < 0.15:
        return ""
    parts = []
    for _ in range(chance.randint(1, 4)):
        text = " ".join(chance.choices(WORDS, k=chance.randint(4, 40)))
        parts.append(chance.choice([text, f"SEGREGATION OF IT:\n\n{text}", f"- {text}\n- and more", f"a. {text}\n\uf0b7 more\u2028still"]))
    return "Begin " + "\n\n".join(parts) + " end."


def release(chance, month=True):
    spelling, provisions = chance.choice(BASES)
    said, answer = chance.choice(OPT_OUTS)
    return {"dataset": chance.choice(DATASETS), "identifiability": chance.choice(FORMS), "opt_outs": answer,
            "legal_basis": provisions, "duty_of_confidence": chance.choice(DUTIES),
            "sensitivity": chance.choice(["Sensitive", "Non-Sensitive"]), "method": chance.choice(METHODS),
            "month": f"20{chance.randint(16, 21)}-{chance.randint(1, 12):02}" if month else None,
            "spelt": (spelling, said)}


def day(chance):
    return (datetime.date(2016, 1, 1) + datetime.timedelta(days=chance.randrange(3000))).isoformat()


def reference(chance, number):
    name = f"NIC-{10000 + number}-{''.join(chance.choices('ABCDEFGHJKXYZ23456789', k=5))}"
    if number % 11 == 10:
        return f"EXTRACT_{number}", f"EXTRACT_{number}", None
    version = f"{chance.randint(0, 12)}.{chance.randint(0, 9)}" if chance.random() < 0.5 else None
    dars = "DARS-" if chance.random() < 0.6 or version else ""
    return f"{dars}{name}" + (f"-v{version}" if version else ""), name, version


def agreement(chance, number, organisation):
    """All of one reference: its statements and its releases."""
    name, group, version = reference(chance, number)
    bare = chance.random() < 0.08
    start, end = sorted((day(chance), day(chance)))
    return {"reference": name, "agreement": group, "version": version, "organisation": organisation, "bare": bare,
            "title": f"Study {number} — {chance.choice(WORDS)} & more",
            "organisation_types": chance.sample(KINDS, chance.randint(0, 2)),
            "controllers": [f"NHS {', '.join(chance.sample(PLACES, chance.randint(1, 2)))} AND HILL CCG" for _ in range(chance.randint(0, 3))],
            "start": chance.choice([start, None]), "end": chance.choice([end, None]),
            "commercial": chance.choice([True, False, None]), "sublicensing": chance.choice([True, False, None]),
            "statements": [] if bare else [{part: prose(chance) for part in PROSE} for _ in range(chance.choice([1, 1, 1, 2, 3]))],
            "releases": [release(chance, chance.random() < 0.9) for _ in range(chance.randint(1 if bare else 0, 5)) for _ in range(chance.choice([1, 1, 2]))]}


def register(seed, agreements=25):
    chance = random.Random(seed)
    organisations = [f"{place.title()} {kind}" for place in PLACES for kind in ("University", "Hospital Trust")]
    made = [agreement(chance, number, chance.choice(organisations)) for number in range(agreements)]
    for one in made:  # no statement twice under one reference, and none without a word
        for number, statement in enumerate(one["statements"], 1):
            statement["objectives"] = f"Purpose {number}. {statement['objectives']}".strip()
    return sorted(made, key=lambda one: one["organisation"])


# ---- sheets ----

OLD_PROSE = ["Reference Number", "Organisation", "Objective for Processing", "Processing Activities ", "Expected Output",
             "Expected Measurable\nBenefits", "Yielded Benefits", "Organisation Type"]
OLD_RELEASES = ["RowID", "Organisation Name", "Type of Data Provided", "Data provided to customer: identifiable or anonymised",
                "Sensitive or Non-Sensitive", "Legal Basis for Provision of Data (Dissemination)", "Purpose", "Frequency",
                "NIC Number", "MR Number (where relevant)", "Patient Opt-Outs applied", "Common law duty of confidentiality"]
NEW_PROSE = ["Reference Number", "Application Title", "Applicant Organisation", "Applicant Organisation Type", "Data Controller(s)",
             "Sole/Joint Data Controller", "DSA Start Date", "DSA End Date", "Does Sublicensing Apply", "For Commercial Purposes",
             "Objective for Processing", "Processing Activities", "Expected Output", "Expected Measurable Benefits", "Yielded Benefits"]
NEW_DATASETS = ["Reference Number", "Dataset", "Type of Data", "Sensitive or Non-Sensitive", "Frequency",
                "Legal Basis for Provision of Data", "Common Law Duty of Confidentiality"]
NEW_RELEASES = ["File Reference", "Reference Number", "Dataset", "Type of Data", "Sensitive or Non-Sensitive",
                "Patient Opt-Outs Applied", "Legal Basis for Provision of Data", "Frequency", "Month File Released"]


class Date(str):
    """A day or month that a workbook may write as a number."""


def yes_no(answer):
    return {True: "Yes", False: "No", None: ""}[answer]


def parts(statement):
    return [statement[part] for part in PROSE]


def old_sheets(register):
    """The layout of 2021: {sheet: rows}, the heading row first."""
    prose_rows = [[one["reference"] + " ", one["organisation"], *parts(statement), ", ".join(one["organisation_types"])]
                  for one in register for statement in one["statements"]]
    rows = [["1", one["organisation"], row["dataset"], row["identifiability"], row["sensitivity"], row["spelt"][0], "Research",
             row["method"] or "", one["reference"], "", row["spelt"][1], row["duty_of_confidence"] or ""]
            for one in register for row in one["releases"]]
    return {"PurposeStatements": [OLD_PROSE, *prose_rows], "DataReleases": [OLD_RELEASES, *rows]}


def new_sheets(register):
    """The current layout. A row that names no month stands among the data sets of agreements."""
    prose_rows = [[one["reference"], one["title"], one["organisation"], ", ".join(one["organisation_types"]),
                   ", ".join(one["controllers"]), "Sole", Date(one["start"] or ""), Date(one["end"] or ""),
                   yes_no(one["sublicensing"]), yes_no(one["commercial"]), *parts(statement)]
                  for one in register for statement in one["statements"]]
    datasets = [[one["reference"], row["dataset"], row["identifiability"], row["sensitivity"], row["method"] or "", row["spelt"][0],
                 row["duty_of_confidence"] or ""] for one in register for row in one["releases"] if not row["month"]]
    rows = [["FILE1", one["reference"], row["dataset"], row["identifiability"], row["sensitivity"], row["spelt"][1], row["spelt"][0],
             row["method"] or "", Date(row["month"])] for one in register for row in one["releases"] if row["month"]]
    return {"Agreements": [NEW_PROSE, *prose_rows], "Datasets": [NEW_DATASETS, *datasets], "DataReleases": [NEW_RELEASES, *rows]}


def as_people_write(chance, date):
    """A day as 31/08/2022 or as it is, a month as Jul-19."""
    if len(date) == 7:
        return datetime.date.fromisoformat(f"{date}-01").strftime("%b-%y")
    return date if not date or chance.random() < 0.5 else "/".join(reversed(date.split("-")))


def as_csv(rows, delimiter=",", mark=False, chance=random.Random(0)):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    for row in rows:
        writer.writerow(as_people_write(chance, cell) if isinstance(cell, Date) else cell for cell in row)
    return (b"\xef\xbb\xbf" if mark else b"") + out.getvalue().encode()


# ---- the workbook ----

SPREADSHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def column_name(number):
    return (chr(64 + number // 26) if number >= 26 else "") + chr(65 + number % 26)


def text_xml(text):
    return f'<t xml:space="preserve">{escape(text)}</t>'


def runs_xml(chance, text):
    """A text in one piece, or in runs of several looks with a reading aid beside it that is no part of it."""
    if len(text) < 6 or chance.random() < 0.5:
        return text_xml(text)
    cut = chance.randrange(1, len(text))
    return (f"<r>{text_xml(text[:cut])}</r><r><rPr><b/></rPr>{text_xml(text[cut:])}</r>"
            f'<rPh sb="0" eb="1">{text_xml("aid")}</rPh>')


def serial(date):
    whole = datetime.date.fromisoformat(date if len(date) == 10 else f"{date}-01")
    return (whole - datetime.date(1899, 12, 30)).days


class Workbook:
    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.shared = {}

    def cell(self, place, value):
        chance = self.chance
        if isinstance(value, Date) and value and chance.random() < 0.6:
            return f'<c r="{place}"><v>{serial(value)}</v></c>'
        text = as_people_write(chance, value) if isinstance(value, Date) else value
        if text == "":
            return chance.choice(["", f'<c r="{place}" s="1"/>', f'<c r="{place}" t="inlineStr"><is><t></t></is></c>'])
        if chance.random() < 0.4:
            return f'<c r="{place}" t="inlineStr"><is>{runs_xml(chance, text)}</is></c>'
        return f'<c r="{place}" t="s"><v>{self.shared.setdefault(text, len(self.shared))}</v></c>'

    def sheet(self, rows):
        """Rows from a line of its own above, equal neighbours of the first column merged at times."""
        first = self.chance.randint(1, 4)
        lines, merges = [], []
        if first > 1:
            lines.append(f'<row r="1">{self.cell("A1", "Register of approved releases")}</row>')
        for number, row in enumerate(rows):
            line = first + number
            cells = list(row)
            if number > 1 and row[0] == rows[number - 1][0] and row[0].strip() != "1":
                cells[0] = ""
                if merges and merges[-1][1] == line - 1:
                    merges[-1][1] = line
                else:
                    merges.append([line - 1, line])
            lines.append(f'<row r="{line}">' + "".join(self.cell(f"{column_name(n)}{line}", value) for n, value in enumerate(cells)) + "</row>")
        merged = "".join(f'<mergeCell ref="A{a}:A{b}"/>' for a, b in merges)
        return (f'<worksheet {SPREADSHEET}><sheetData>{"".join(lines)}</sheetData>'
                + (f"<mergeCells>{merged}</mergeCells>" if merged else "") + "</worksheet>")

    def bytes(self, sheets):
        """The .xlsx of {sheet: rows}."""
        cover = {"Cover": [["A register made up for tests"]], "Notes": [["Nothing here"], ["is of the register"]]}
        named = list({**cover, **sheets}.items())
        parts = {f"xl/worksheets/sheet{n}.xml": self.sheet(rows) for n, (_, rows) in enumerate(named, 1)}
        parts["xl/sharedStrings.xml"] = f"<sst {SPREADSHEET}>" + "".join(f"<si>{runs_xml(self.chance, t)}</si>" for t in self.shared) + "</sst>"
        parts["_rels/.rels"] = f'<Relationships {PACKAGE}><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        entries = "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in enumerate(named, 1))
        parts["xl/workbook.xml"] = f'<workbook {SPREADSHEET} xmlns:r="{OFFICE}"><sheets>{entries}</sheets></workbook>'
        links = "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(named) + 1))
        parts["xl/_rels/workbook.xml.rels"] = (f"<Relationships {PACKAGE}>{links}"
            f'<Relationship Id="rId99" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>')
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>\n' + text)
        return out.getvalue()


def workbook(sheets, seed=0):
    return Workbook(seed).bytes(sheets)


# ---- pages ----

def distinct(values):
    return list(dict.fromkeys(value for value in values if value is not None))


def opt_outs_line(one):
    """The answers, then the forms, the reasons in brackets behind the last of them."""
    answers = distinct(row["spelt"][1] or None for row in one["releases"])
    forms = distinct(row["identifiability"] for row in one["releases"])
    duties = distinct(row["duty_of_confidence"] for row in one["releases"])
    return ", ".join(answers + forms) + (f" ({', '.join(duties)})" if duties else "")


def when_line(one):
    months = released(one)
    line = f"DSA runs {one['start'] or ''} — {one['end'] or ''}" if one["start"] or one["end"] else ""
    return line + (f" {months[0].replace('-', '.')} — {months[1].replace('-', '.')}." if months[0] else "")


def page_agreement(one, statement, numbered):
    joined = lambda name: ", ".join(distinct(row[name] for row in one["releases"]))
    lines = [f"{one['title']} — {one['reference']}", f"Opt outs honoured: {opt_outs_line(one)}",
             f"Legal basis: {'; '.join(distinct(row['spelt'][0] for row in one['releases']))}",
             f"Purposes: {yes_no(one['commercial'])} ({', '.join(one['organisation_types'])})",
             f"Sensitive: {joined('sensitivity').replace(', ', ', and ')}", f"When: {when_line(one)}",
             f"Access method: {joined('method')}", f"Data-controller type: {', '.join(one['controllers'])}",
             f"Sublicensing allowed: {yes_no(one['sublicensing'])}"]
    datasets = distinct(row["dataset"] for row in one["releases"])
    lines.append("\n".join(["Datasets:", ""] + [f"  {n}. {name}" if numbered else f"- {name}" for n, name in enumerate(datasets, 1)]))
    for name, part in (("Objectives", "objectives"), ("Yielded Benefits", "yielded_benefits"), ("Expected Benefits", "expected_benefits"),
                       ("Outputs", "outputs"), ("Processing", "processing")):
        lines.append(f"{name}:\n\n{statement[part]}")
    return "\n\n".join(lines)


def pages(register):
    """{file: text}, a page an organisation."""
    made = {}
    for organisation in distinct(one["organisation"] for one in register):
        own = [page_agreement(one, statement, number % 2 == 0) for number, one in enumerate(register)
               if one["organisation"] == organisation for statement in one["statements"]]
        if own:
            made[f"{organisation}.txt"] = "\n\n\n".join(["NHS Digital Data Release Register - reformatted", f"{organisation} projects", *own]) + "\n"
    return made


# ---- what it all says ----

def released(one):
    months = sorted(row["month"] for row in one["releases"] if row["month"])
    return (months[0], months[-1]) if months else (None, None)


def rows_of(one, edition, **left_out):
    """The distinct rows with their counts, some of their fields left out."""
    counted = {}
    for row in one["releases"]:
        shown = {name: value for name, value in {**row, **left_out}.items() if name != "spelt"}
        key = json.dumps(shown, sort_keys=True)
        counted.setdefault(key, dict(shown, count=0, editions=[edition]))["count"] += 1
    return list(counted.values())


def records(register, edition):
    """Every record of the register, as JSON Lines carry it."""
    made = []
    for one in register:
        lists = {name: distinct(row[field] for row in one["releases"]) for name, field in (
            ("identifiability", "identifiability"), ("opt_outs", "opt_outs"), ("duty_of_confidence", "duty_of_confidence"),
            ("sensitivity", "sensitivity"), ("method", "method"), ("datasets", "dataset"))}
        lists["legal_basis"] = distinct(value for row in one["releases"] for value in row["legal_basis"])
        first, last = released(one)
        for number, statement in enumerate(one["statements"] or [{}], 1):
            made.append({"id": one["reference"] + (f"#{number}" if number > 1 else ""), "releases": rows_of(one, edition),
                         "edition": edition, "editions": [edition], "released_from": first, "released_to": last, **lists, **statement,
                         **{name: one[name] for name in ("agreement", "version", "organisation")},
                         **{name: None if one["bare"] else one[name] for name in ("title", "start", "end", "commercial", "sublicensing")},
                         **{name: [] if one["bare"] else distinct(one[name]) for name in ("organisation_types", "controllers")}})
    return made


def as_jsonl(register, edition):
    return "".join(json.dumps(record) + "\n" for record in records(register, edition))
