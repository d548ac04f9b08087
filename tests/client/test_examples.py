# SPDX-License-Identifier: GPL-2.0-or-later
"""Every example of the client's help, typed into a shell: it runs, finds something, and is no error."""
import os
import re
import subprocess

import pytest

import support

TOPICS = ["help", "search", "show", "facets", "similar", "compare", "suggest", "changes", "export", "schema", "status",
          "mcp", "query"]


def examples():
    """(topic, command line) of each; what stands after several spaces explains it."""
    found = []
    for topic in TOPICS:
        text = support.run("purpose", "help", topic, check=0).stdout
        block = re.search(r"^Examples?:\n((?:  .*\n)+)", text, re.M)
        assert block, f"the help of {topic} has no examples"
        for line in block.group(1).rstrip("\n").split("\n"):
            command = re.split(r" {3,}", line.strip())[0]
            assert command.startswith("purpose "), line
            found.append((topic, command))
    return found


EXAMPLES = examples()

# Of a filter by section 251 an answer tells what it leaves out.
REMARK = "purpose: note: "


def shell(command, daemon, folder):
    env = {"PATH": f"{support.BIN}:{os.environ['PATH']}", "PURPOSED_SOCKET": daemon.address, "LANG": "C.UTF-8",
           **{name: os.environ[name] for name in ("ASAN_OPTIONS",) if name in os.environ}}
    return subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder, env=env, capture_output=True,
                          text=True, timeout=support.PATIENCE)


@pytest.mark.parametrize("topic,command", EXAMPLES, ids=[command for _, command in EXAMPLES])
def test_example(topic, command, daemon, tmp_path):
    result = shell(command, daemon, tmp_path)
    assert not [line for line in result.stderr.splitlines() if not line.startswith(REMARK)]
    assert result.returncode == 0, result.stdout
    written = [path.read_text() for path in tmp_path.iterdir()]
    assert "".join([result.stdout, *written]).strip()
    assert ">" not in re.sub(r"'[^']*'", "", command) or written[0].count("\n") > 1
    if topic == "query":
        # But for what is said of the register, not of the query.
        assert not re.search(r"^(Note|Did you mean): (?!year: \d+ of)", result.stdout, re.M), "it is to be taken as it is written"


def test_every_command_of_the_help_is_tried():
    usage = support.run("purpose", "--help", check=0).stdout
    listed = re.findall(r"^  ([a-z]+) ", usage[usage.index("Commands:"):usage.index("Options:")], re.M)
    assert sorted([*listed, "query"]) == sorted(TOPICS)


def test_what_a_search_says_of_itself(daemon):
    def ask(*args, check=0):
        return support.run("purpose", "--socket", daemon.address, *args, check=check).stdout

    assert ask("stratfication", check=1) == "Nothing found\nDid you mean: stratification\n"
    assert "\nNo agreement has all of these words; shown are those with any of them.\n" in ask("zzzqqq asthma")
    explained = ask("--explain", "-n", "1", "--snippets", "3", "risk stratification")
    assert explained.split("\n")[1] == 'Understood as: "risk" and "stratification"'
    assert re.search(r"^    Score: (risk|stratification) in [A-Z][a-z ]+ \d+\.\d\d; ", explained, re.M)
    assert len(re.findall(r"^    Found in ", explained, re.M)) > 1
    assert "Score" not in ask("-n", "1", "risk stratification")
