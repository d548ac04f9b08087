#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which lines and branches the tests have run, by room: a table from what a build with the preset "coverage" counted.

usage: tests/house/coverage.py [--missed ROOM] [BUILD]     (default: build/coverage)

Branches are those of the source; what the compiler adds for C++ exceptions is left out. --missed lists the lines of a
room that nothing ran."""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ["shim", "indexer/base", "indexer/register", "indexer/text", "indexer/distinct", "indexer/read", "indexer/store",
         "indexer", "daemon/wire", "daemon/search", "daemon/work", "daemon/http", "daemon/web", "daemon", "client"]


def counted(build):
    """gcovr's count of each source file of the rooms."""
    done = subprocess.run(["gcovr", "--root", ROOT, "--object-directory", build, "--exclude-throw-branches",
                           "--exclude-unreachable-branches", "--filter", str(ROOT / "(shim|indexer|daemon|client)/"),
                           "--exclude", str(build) + "/", "--json", "-", build], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"gcovr: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout)["files"]


def room_of(file):
    return str(pathlib.PurePosixPath(file["file"]).parent)


def tally(files):
    """Lines run, lines, branches taken, branches."""
    lines = [line for file in files for line in file["lines"] if not line["gcovr/noncode"]]
    branches = [branch for line in lines for branch in line["branches"]]
    return (sum(line["count"] > 0 for line in lines), len(lines),
            sum(branch["count"] > 0 for branch in branches), len(branches))


def row(name, run, lines, taken, branches):
    of_lines, of_branches = 100 * run / max(lines, 1), 100 * taken / max(branches, 1)
    return f"{name:<18}{run:>6} of {lines:>6}{of_lines:>7.1f} %{taken:>9} of {branches:>6}{of_branches:>7.1f} %"


def show_missed(files):
    for file in files:
        source = (ROOT / file["file"]).read_text().split("\n")
        for line in file["lines"]:
            if line["count"] == 0 and not line["gcovr/noncode"]:
                print(f"{file['file']}:{line['line_number']}: {source[line['line_number'] - 1].strip()}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("build", nargs="?", default=ROOT / "build" / "coverage", type=pathlib.Path)
    arguments.add_argument("--missed", metavar="ROOM", choices=ROOMS)
    options = arguments.parse_args()
    files = counted(options.build.resolve())
    if options.missed:
        show_missed([file for file in files if room_of(file) == options.missed])
        return
    print(f"{'room':<18}{'lines run':>16}{'':>9}{'branches taken':>18}")
    for room in ROOMS:
        print(row(room, *tally([file for file in files if room_of(file) == room])))
    print(row("all", *tally(files)))


if __name__ == "__main__":
    main()
