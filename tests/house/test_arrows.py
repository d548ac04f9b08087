# SPDX-License-Identifier: GPL-2.0-or-later
"""The arrows between the rooms, as README.md draws them: what each may include, and what must hold for its headers."""
import os
import pathlib
import re
import subprocess

import pytest

import support

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Room, and the rooms it may know beside itself. A room is a folder without its sub-folders.
MAY_KNOW = {
    "shim": [],
    "indexer/base": [],
    "indexer/register": ["indexer/base"],
    "indexer/text": ["indexer/base", "shim"],
    "indexer/distinct": ["indexer/base", "indexer/text"],
    "indexer/read": ["indexer/base", "indexer/register"],
    "indexer/store": ["indexer/base", "indexer/register", "shim"],
    "indexer": ["indexer/base", "indexer/register", "indexer/text", "indexer/distinct", "indexer/read",
                "indexer/store", "shim"],
    "daemon/wire": ["indexer/base"],
    "daemon/search": ["indexer/base", "indexer/register", "indexer/text", "indexer/store", "shim"],
    "daemon/work": ["indexer/base", "daemon/wire", "daemon/search"],
    "daemon/web": ["indexer/base", "indexer/register"],
    "daemon/http": ["indexer/base", "indexer/register", "daemon/wire", "daemon/search", "daemon/work", "daemon/web"],
    "daemon": ["indexer/base", "daemon/wire", "daemon/search", "daemon/work", "daemon/http"],
    "client": ["indexer/base", "daemon/wire"],
}

# Readers hand on entries, which is all they know of the domain.
ONLY_HEADERS = {("indexer/read", "indexer/register"): {"entry.h"}}

# Libraries that one room alone may know.
ONLY_IN = {
    r"<xapian.*>": ["shim"],
    r"<uv\.h>": ["daemon", "daemon/work", "daemon/http"],
    r"<microhttpd\.h>|<zlib\.h>": ["daemon/http"],
    r"<sqlite3\.h>": ["indexer"],
    r"<uthash\.h>": ["indexer/base"],
    r"<zstd\.h>|<zdict\.h>": ["indexer/store", "indexer"],
    r"<curl/curl\.h>": ["client"],
    r"<zip\.h>|<expat\.h>|<csv\.h>": ["indexer/read"],
    r"<jansson\.h>": ["indexer/register", "indexer", "daemon/wire", "daemon/search", "daemon/work", "daemon/web", "daemon/http", "daemon",
                      "client"],
}

SOURCES = sorted(
    path
    for room in MAY_KNOW
    for pattern in ("*.c", "*.h", "*.cc", "*.hh")
    for path in (ROOT / room).glob(pattern)
)


def room_of(path):
    return str(path.parent.relative_to(ROOT))


def includes(path):
    return re.findall(r'^\s*#\s*include\s+("[^"]+"|<[^>]+>)', path.read_text(), re.M)


def test_there_are_sources():
    assert {room_of(path) for path in SOURCES} == set(MAY_KNOW)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_includes_follow_the_arrows(path):
    room = room_of(path)
    for include in includes(path):
        for pattern, rooms in ONLY_IN.items():
            if re.fullmatch(pattern, include):
                assert room in rooms, f"{include} belongs to {rooms}"
        if include.startswith("<"):
            continue
        header = pathlib.PurePosixPath(include.strip('"'))
        known = str(header.parent)
        if known == room:
            continue
        assert known in MAY_KNOW[room], f"{room} may not know {known}"
        only = ONLY_HEADERS.get((room, known))
        assert not only or header.name in only, f"{room} may know only {sorted(only)} of {known}"


def test_c_everywhere_but_in_the_shim():
    names = [str(path.relative_to(ROOT)) for path in support.sources()]
    assert names
    for name in names:
        if name.endswith((".cc", ".hh", ".cpp", ".hpp")):
            assert name.startswith(("shim/", "tests/")), name


@pytest.mark.parametrize("language", ["c", "c++"])
@pytest.mark.parametrize("header", ["shim/shim.h", "client/purpose.h"])
def test_public_headers_compile_strictly(header, language, tmp_path):
    source = tmp_path / "includes.c"
    source.write_text(f'#include "{header}"\nint main(void)\n{{\n    return 0;\n}}\n')
    standard = "-std=c17" if language == "c" else "-std=c++17"
    result = subprocess.run(
        [os.environ.get("CC", "cc"), "-x", language, standard, "-pedantic-errors", "-Wall", "-Wextra", "-Werror",
         "-fsyntax-only", f"-I{ROOT}", str(source)],
        capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_names_its_licence(path):
    first = path.read_text().split("\n", 1)[0]
    assert "SPDX-License-Identifier: " in first
    library = path.name.startswith(("purpose", "dial")) and room_of(path) == "client"
    if library or room_of(path) == "daemon/wire":
        assert "MIT" in first, "what others link is under the MIT licence"


def test_what_the_library_is_built_on_is_mit_too():
    for path in SOURCES:
        if room_of(path) not in ("daemon/wire",):
            continue
        for include in includes(path):
            header = include.strip('"')
            if header.startswith("indexer/base/"):
                assert "MIT" in (ROOT / header).read_text().split("\n", 1)[0], header
