# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs of the indexer in which something goes wrong (faults.c), over a register of ten records, and what must hold
after each: the index is the old one or the new one and whole, its history too, and the next run finishes the job."""
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import BIN, BUILD  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent

SANITIZED = bool(os.environ.get("PURPOSED_SANITIZE"))
ALL = bool(os.environ.get("PURPOSED_FAULT_ALL"))
SEED = 9
EDITION = ("--edition", "2021-02")
# Not counting what a sanitizer's own start costs, a run takes some 20 ms where nothing waits for a disk.
MEMORY = pathlib.Path("/dev/shm")

AGREEMENT = """Project {name} — NIC-{name}

Type of data: Pseudonymised

Legal basis: Health and Social Care Act 2012 s261(1)

Purposes: No (Charity)

Sensitive: Non Sensitive

When: DSA runs 2019-09-01 — 2022-08-31 2020.02 — 2021.05.

Access method: One-Off

Data-controller type: EXAMPLE CHARITY

Sublicensing allowed: No

Datasets:

  1. Example Data Set
  2. Survey of {words}

Objectives:

To plan the {words} of {name}.

Outputs:

A report about {words}.

Processing:

Data is linked.

"""


def page(name, entries):
    head = f"NHS Digital Data Release Register - reformatted\n\n{name} projects\n\n\n"
    return head + "\n".join(AGREEMENT.format(name=entry, words=words) for entry, words in entries)


def some(moments, share, seed=SEED):
    """A share of the moments, the first and the last among them; all of them where PURPOSED_FAULT_ALL says so."""
    moments = list(moments)
    count = max(2, round(len(moments) * share))
    if ALL or count >= len(moments):
        return moments
    chosen = random.Random(seed).sample(range(1, len(moments) - 1), count - 2)
    return [moments[0], *(moments[n] for n in sorted(chosen)), moments[-1]]


class Op:
    """A call that changed something below the place, as faults.c wrote it down."""

    def __init__(self, number, line, data):
        self.number, (self.kind, *rest) = number, line.split("\t")
        if self.kind == "write":
            self.offset, length, at = map(int, rest[:3])
            self.bytes = data[at:at + length]
        elif self.kind == "truncate":
            self.size = int(rest[0])
        elif self.kind == "rename":
            self.source = rest[0]
        self.path = rest[-1]

    def __str__(self):
        return f"call {self.number}, {self.kind} {self.path}"


class State:
    """What an index folder holds, told apart from what merely differs in numbers of documents and generations."""

    def __init__(self, db):
        self.index = self.history = self.ledger = None
        if (db / "CURRENT").exists():
            done = subprocess.run([BUILD / "tests" / "dump_index", db], capture_output=True, timeout=300)
            assert done.returncode == 0, f"the index cannot be read: {done.stderr}"
            self.index = sorted(done.stdout.decode("utf-8", "replace").splitlines())
        if (db / "history.sqlite").exists():
            self.ledger = read_ledger(db)
            # What is still to be done to the index is not history.
            self.history = {name: rows for name, rows in self.ledger.items() if name not in ("pending", "number") and rows} or None

    def __eq__(self, other):
        return (self.index, self.ledger) == (other.index, other.ledger)


def read_ledger(db):
    """Every row of every table; read from a copy, since reading rolls back what a killed writer left."""
    with tempfile.TemporaryDirectory(dir=db.parent.parent) as copy:
        for name in ("history.sqlite", "history.sqlite-journal"):
            if (db / name).exists():
                shutil.copy(db / name, copy)
        ledger = sqlite3.connect(f"{copy}/history.sqlite")
        names = [row[0] for row in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        tables = {name: sorted(map(repr, ledger.execute(f"SELECT * FROM {name}"))) for name in names}
        ledger.close()
    return tables


class Scenario:
    """A change of a small register: the sources as they are, the index before (`start`), the index after (`new`)."""

    def __init__(self, folder, before, after, *options):
        self.root = folder / "place"
        self.start = folder / "start"
        self.log = folder / "log"
        self.root.mkdir()
        self.options = options
        if before:
            self.write(before)
            assert self.run().returncode == 0
        if self.db.exists():
            shutil.copytree(self.db, self.start)
        self.write(after)

    @property
    def db(self):
        return self.root / "db"

    def write(self, pages):
        shutil.rmtree(self.root / "pages", ignore_errors=True)
        (self.root / "pages").mkdir()
        for name, entries in pages.items():
            (self.root / "pages" / f"{name}.txt").write_text(page(name, entries))

    def clear(self):
        shutil.rmtree(self.db, ignore_errors=True)

    def back(self):
        """The index folder as it was before the run."""
        self.clear()
        if self.start.exists():
            shutil.copytree(self.start, self.db)

    def command(self):
        return [BIN / "purpose-index", "--db", self.db, "--jobs", "1", "--quiet", *EDITION, *self.options, self.root / "pages"]

    def run(self, command=None, **faults):
        """Runs the indexer with FAULT_* set."""
        environment = dict(os.environ)
        if faults:
            environment.update({f"FAULT_{name}": str(value) for name, value in faults.items()},
                               LD_PRELOAD=str(BUILD / "tests" / "faults.so"), FAULT_ROOT=str(self.root))
            environment["ASAN_OPTIONS"] = f"{environment.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0"
            environment["LSAN_OPTIONS"] = f"suppressions={HERE / 'libxapian.supp'}:print_suppressions=0"
        return subprocess.run(command or self.command(), env=environment, capture_output=True, text=True, timeout=300)

    def check(self):
        return self.run([BIN / "purpose-index", "--db", self.db, "--check"])

    def undisturbed(self):
        """One run as it should be; remembers what it did and made."""
        self.back()
        self.old = State(self.db)
        self.old_files = self.files()
        for path in (self.log, self.log.with_name("log.data")):
            path.unlink(missing_ok=True)
        done = self.run(LOG=self.log)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        data = self.log.with_name("log.data").read_bytes()
        self.ops = [Op(n, line, data) for n, line in enumerate(self.log.read_text().splitlines(), 1)]
        self.new = State(self.db)
        self.new_files = self.files()
        return self

    def files(self):
        """What lies in the index folder, whatever the number of the generation."""
        names = (str(path.relative_to(self.db)) for path in self.db.rglob("*"))
        return sorted(f"gen/{name[11:]}" if name.startswith("gen-") else name for name in names)

    def look(self, moment, acknowledged=False):
        """What is there after a fault, and what the next run makes of it."""
        check = self.check()
        state = State(self.db)
        told = f"{moment}: {check.stdout}{check.stderr}"
        assert state.index in (self.old.index, self.new.index), f"{moment}: neither the old index nor the new one"
        assert state.history in (self.old.history, self.new.history), f"{moment}: neither the old history nor the new"
        if self.old.history != self.new.history and state.history == self.old.history:
            assert state.index == self.old.index, f"{moment}: the index is ahead of its history"
        if acknowledged:
            assert state.index == self.new.index, f"{moment}: what was acknowledged is lost"
            assert state.history == self.new.history, f"{moment}: history that was acknowledged is lost"
        if state.index is None:
            assert check.returncode == 2 and "there is no index yet" in check.stderr or not self.db.exists(), told
        else:
            assert check.returncode == 0 or "run purpose-index on any source" in check.stdout, told
        self.heal(moment)

    def heal(self, moment, in_one_go=True):
        """`in_one_go`: the history has no more runs than that of an undisturbed run."""
        again = self.run()
        assert (again.returncode, again.stderr) == (0, ""), f"{moment}: the next run failed: {again.stderr}"
        state = State(self.db)
        assert state.index == self.new.index, f"{moment}: the next run did not finish the job"
        assert not in_one_go or state.ledger == self.new.ledger, f"{moment}: the history is not that of an undisturbed run"
        assert self.files() == self.new_files, f"{moment}: something is left over"
        check = self.check()
        assert check.returncode == 0, f"{moment}: {check.stdout}{check.stderr}"


def pages(**entries):
    return {name: [(f"{name.upper()}-{n}", words) for n, words in enumerate(said)] for name, said in entries.items()}


TEN = pages(alpha=["asthma care", "linked cohorts"], beta=["maternity wards", "risk scores"], gamma=["stroke units", "invoice checks"],
            delta=["ward planning", "data quality"], epsilon=["dental visits", "patient surveys"])
TWO_CHANGED = {**TEN, **pages(beta=["maternity homes", "risk groups"])}
ONE_GONE = {name: entries for name, entries in TEN.items() if name != "gamma"}
MOST_CHANGED = {**pages(alpha=["asthma clinics", "linked deaths"], beta=["birth wards", "risk ratios"], gamma=["stroke care", "invoices"],
                        delta=["bed planning", "data gaps"]), "epsilon": TEN["epsilon"]}

SCENARIOS = {
    "first": (None, TEN),
    "unchanged": (TEN, TEN),
    "in-place": (TEN, TWO_CHANGED),
    "prune": (TEN, ONE_GONE, "--prune"),
    "rebuild": (TEN, MOST_CHANGED),
}


def folder_for(tmp_path):
    """In memory where there is such a place: nothing here is meant to last."""
    if not os.access(MEMORY, os.W_OK):
        return tempfile.TemporaryDirectory(dir=tmp_path)
    return tempfile.TemporaryDirectory(prefix="purposed-", dir=MEMORY)
