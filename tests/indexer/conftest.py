# SPDX-License-Identifier: GPL-2.0-or-later
"""The program under test, and register pages written for it."""
import json
import os
import pathlib
import subprocess

import pytest

BUILD = pathlib.Path(os.environ.get("PURPOSED_BUILD", "build/debug"))


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def report(self):
        return json.loads(self.out)

    @property
    def records(self):
        return [json.loads(line) for line in self.out.splitlines()]


def agreement(reference, title="Title", objectives="To plan services.", datasets=("Example Data Set",), basis="Health and Social Care Act 2012 s261(1)"):
    lines = [f"{title} — {reference}", "", "Type of data: Pseudonymised", "", f"Legal basis: {basis}", ""]
    lines += ["Purposes: No (Charity)", "", "Sensitive: Non Sensitive", ""]
    lines += ["When: DSA runs 2019-09-01 — 2022-08-31 2020.02 — 2021.05.", "", "Access method: One-Off", ""]
    lines += ["Data-controller type: EXAMPLE CHARITY", "", "Sublicensing allowed: No", "", "Datasets:", ""]
    lines += [f"  {n}. {name}" for n, name in enumerate(datasets, 1)]
    lines += ["", "Objectives:", "", objectives, "", "Outputs:", "", f"A report about {title}.", "", "Processing:", "", "Data is linked.", "", ""]
    return "\n".join(lines)


def page(organisation, *agreements):
    head = ["NHS Digital Data Release Register - reformatted", "", f"{organisation} projects", "", ""]
    return "\n".join(head) + "".join(agreements)


class Workplace:
    """A folder with sources and an index."""

    def __init__(self, folder):
        self.folder = folder
        self.db = folder / "db"
        self.pages = folder / "pages"
        self.pages.mkdir()

    def write(self, name, text):
        path = self.pages / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def command(self, *arguments):
        return [str(BUILD / "bin" / "purpose-index"), *map(str, arguments)]

    def run(self, *arguments, **options):
        return Result(subprocess.run(self.command(*arguments), capture_output=True, text=True, cwd=self.folder, timeout=1500, **options))

    def index(self, *arguments, db=None):
        return self.run("--db", db or self.db, "--json", *(arguments or ["pages"]))

    def parse(self, *arguments):
        return self.run("--parse", *(arguments or ["pages"]))

    def dump(self, db=None):
        done = subprocess.run([BUILD / "tests" / "dump_index", db or self.db], capture_output=True, timeout=1500)
        assert done.returncode == 0, done.stderr
        return sorted(done.stdout.decode("utf-8", "replace").splitlines())

    def metadata(self, key, value=None):
        """What the index holds under a key of its metadata; `value` takes its place."""
        done = subprocess.run([BUILD / "tests" / "index_metadata", self.db, key, *([] if value is None else ["set"])],
                              input=value, capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stored(self, db=None):
        """The stored records by key, without their prose."""
        records = {}
        for line in self.dump(db):
            key, _, rest = line.partition("\t")
            if rest.startswith("text 1 "):
                records[key] = json.loads(rest.split(" ", 3)[3])
        return records

    def part(self, key, number, db=None):
        for line in self.dump(db):
            if line.startswith(f"{key}\ttext {number + 2} "):
                return line.split(" ", 3)[3]
        return None

    def snapshot(self):
        """Every file of the index with what tells a change: size, time, inode."""
        return {p: (p.stat().st_size, p.stat().st_mtime_ns, p.stat().st_ino)
                for p in sorted(self.db.rglob("*")) if p.is_file() and p.name != "lock"}


@pytest.fixture
def place(tmp_path):
    return Workplace(tmp_path)
