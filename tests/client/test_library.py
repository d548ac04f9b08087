# SPDX-License-Identifier: GPL-2.0-or-later
"""libpurpose as others meet it: installed into a prefix, its header's example compiled against it and run."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import support

CC = os.environ.get("CC", "cc")
HEADER = support.ROOT / "client" / "purpose.h"
SYMBOLS = (support.ROOT / "client" / "libpurpose.symbols").read_text().split()
SANITIZE = [f"-fsanitize={os.environ['PURPOSED_SANITIZE']}"] if os.environ.get("PURPOSED_SANITIZE") else []
STRICT = ["-Wall", "-Wextra", "-pedantic-errors", "-Werror"]


def command(*words, **options):
    result = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False,
                            timeout=600, **options)
    assert result.returncode == 0, f"{words}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("prefix")
    command("cmake", "--install", support.BUILD, "--prefix", folder)
    return folder


def only(folder, pattern):
    found = list(folder.rglob(pattern))
    assert len(found) == 1, found
    return found[0]


def flags(prefix, *wanted):
    env = {**os.environ, "PKG_CONFIG_PATH": str(only(prefix, "libpurpose.pc").parent)}
    return command("pkg-config", *wanted, "libpurpose", env=env).split()


def example():
    comment = HEADER.read_text().split("*/")[1]
    lines = re.findall(r"^ \*     (.*)$|^ \*()$", comment, re.M)
    text = "\n".join(first for first, _ in lines)
    source = text[text.index("#include"):text.index("\n}\n") + 3]
    assert "purpose_search" in source
    return source


@pytest.fixture(scope="module")
def runtime(tmp_path_factory, daemon):
    """What XDG_RUNTIME_DIR is to be for the daemon to stand at its default address."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "purposed").symlink_to(daemon.folder.name)
    return folder


def compile_example(prefix, folder, *linked):
    (folder / "example.c").write_text(example())
    command(CC, "-std=c17", *STRICT, *SANITIZE, *flags(prefix, "--cflags"), "example.c", "-o", "example", *linked,
            cwd=folder)
    return folder / "example"


def environment(prefix, runtime):
    return {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "LD_LIBRARY_PATH": str(only(prefix, "libpurpose.so").parent)}


def check_output(output):
    lines = output.splitlines()
    assert len(lines) == 10
    assert all(re.fullmatch(r"\S+  \S.*", line) for line in lines)
    assert any(line.startswith("DARS-NIC-410377-Q1D8M  ") for line in lines)


def test_example_with_the_shared_library(prefix, tmp_path, runtime):
    program = compile_example(prefix, tmp_path, *flags(prefix, "--libs"))
    check_output(command(program, env=environment(prefix, runtime)))


def test_example_with_the_static_library(prefix, tmp_path, runtime):
    program = compile_example(prefix, tmp_path, only(prefix, "libpurpose.a"), "-ljansson")
    check_output(command(program, env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)}))


def test_example_without_a_daemon(prefix, tmp_path):
    program = compile_example(prefix, tmp_path, *flags(prefix, "--libs"))
    result = subprocess.run([program], env=environment(prefix, tmp_path), capture_output=True, text=True, check=False)
    assert result.stdout == ""
    assert result.stderr.startswith("no daemon listens at unix:")
    assert "purposed --db DIR" in result.stderr


def test_every_method_on_a_real_daemon(prefix, tmp_path, runtime, daemon):
    source = support.ROOT / "tests" / "client" / "every_method.c"
    command(CC, "-std=c17", *STRICT, *SANITIZE, *flags(prefix, "--cflags"), source, "-o", tmp_path / "every",
            *flags(prefix, "--libs"))
    lines = command(tmp_path / "every", env=environment(prefix, runtime)).splitlines()
    total = daemon.call("search", limit=0)["total"]
    found = daemon.call("search", q='"risk stratification"', limit=0)["total"]
    assert lines == [
        f"search {found} 1 dataset objectives", "similar 1", "facets Health and Social Care Act 2012",
        "suggest stratification", "get DARS-NIC-410021-F7K2P-v2.0 2.0 2", "compare 1",
        "changes 2019-11 2021-02 1 DARS-NIC-410377-Q1D8M", "schema id 1 1", f"status 1 {total}", f"export 1 {total}"]


@pytest.mark.skipif(SANITIZE != [] or not shutil.which("valgrind"), reason="valgrind is another instrument")
def test_example_is_clean_under_valgrind(prefix, tmp_path, runtime):
    program = compile_example(prefix, tmp_path, *flags(prefix, "--libs"))
    check_output(command("valgrind", "-q", "--leak-check=full", "--error-exitcode=9", program,
                         env=environment(prefix, runtime)))


def test_symbols_are_those_listed(prefix):
    shared = command("nm", "-D", "--defined-only", only(prefix, "libpurpose.so"))
    static = command("nm", "-g", "--defined-only", only(prefix, "libpurpose.a"))
    for listing in (shared, static):
        named = [line.split()[2] for line in listing.splitlines() if len(line.split()) == 3]
        # Sanitizers add symbols of their own.
        assert sorted(name for name in named if not (SANITIZE and name.startswith("__"))) == sorted(SYMBOLS)


def test_header_declares_what_is_listed():
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.S)
    assert sorted(re.findall(r"PURPOSE_API[^;(]*?(purpose_\w+)\(", text)) == sorted(SYMBOLS)


def test_soname(prefix):
    library = only(prefix, "libpurpose.so")
    assert "Library soname: [libpurpose.so.0]" in command("readelf", "-d", library)
    assert library.is_symlink() and (library.parent / "libpurpose.so.0").exists()


@pytest.mark.parametrize("language", ["c17", "c++17"])
def test_installed_header_stands_alone(prefix, tmp_path, language):
    source = tmp_path / "source"
    source.write_text("#include <purpose.h>\nint main(void)\n{\n    purpose_free(purpose_new());\n    return 0;\n}\n")
    command(CC, f"-std={language}", "-x", language[:-2], *STRICT, *SANITIZE, *flags(prefix, "--cflags"), source,
            "-x", "none", "-o", tmp_path / "program", *flags(prefix, "--libs"),
            *(["-lstdc++"] if language == "c++17" else []))


def test_installation_can_be_moved(prefix, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(prefix, moved, symlinks=True)
    file = only(moved, "libpurpose.pc")
    for variable, header in (("includedir", "purpose.h"), ("libdir", "libpurpose.so")):
        folder = pathlib.Path(command("pkg-config", f"--variable={variable}", file).strip()).resolve()
        assert folder.is_relative_to(moved) and (folder / header).exists()


def test_version_is_the_same_everywhere(prefix):
    version = command(prefix / "bin" / "purpose", "--version").split()[1]
    assert flags(prefix, "--modversion") == [version]


def test_installed_programs_run(prefix, daemon):
    found = command(prefix / "bin" / "purpose", "--socket", daemon.address, "-n", "1", "asthma")
    assert re.match(r"\d+ agreements?\n", found)
    for program in ("purposed", "purpose-index"):
        assert "--db DIR" in command(prefix / "bin" / program, "--help")
