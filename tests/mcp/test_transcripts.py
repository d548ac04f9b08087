# SPDX-License-Identifier: GPL-2.0-or-later
"""Conversations as plain data: ../cases/mcp/*.jsonl, see the README there."""
import json
import re

import pytest

import support
import talk

FOLDER = support.ROOT / "tests" / "cases" / "mcp"
FILES = sorted(FOLDER.glob("*.jsonl"))


def turns(path):
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    for number, turn in enumerate(found, 1):
        turn["place"] = f"{path.stem}:{number}"
    return found


def message_of(turn):
    if "raw" in turn:
        return turn["raw"].encode("latin-1") + b"\n"
    message = turn["send"]
    if turn.get("modern"):
        message = {**message, "params": {"_meta": talk.ENVELOPE, **message.get("params", {})}}
    return message


def check(expected, found, place):
    """Objects may hold more than is expected; a text that begins with ~ is a pattern."""
    if isinstance(expected, dict) and "~has" in expected:
        for item in expected["~has"]:
            assert item in found, place
    elif isinstance(expected, dict):
        assert isinstance(found, dict), (place, found)
        for name, value in expected.items():
            if value == "~absent":
                assert name not in found, (place, name)
            else:
                assert name in found, (place, name, found)
                check(value, found[name], f"{place}.{name}")
    elif isinstance(expected, list):
        assert isinstance(found, list) and len(found) == len(expected), (place, found)
        for number, value in enumerate(expected):
            check(value, found[number], f"{place}[{number}]")
    elif isinstance(expected, str) and expected.startswith("~"):
        assert isinstance(found, str) and re.search(expected[1:], found), (place, found)
    else:
        assert found == expected and type(found) is type(expected), (place, found)


def calls_of(message):
    return [part for part in (message if isinstance(message, list) else [message])
            if isinstance(part, dict) and part.get("method") == "tools/call"]


def test_there_are_transcripts():
    assert {"legacy", "modern", "bad", "tools"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript(path, daemon, tools):
    said = turns(path)
    answers = talk.say(daemon.address, *(message_of(turn) for turn in said))
    due = [turn for turn in said if "expect" in turn]
    assert len(answers) == len(due), answers
    for turn, answer in zip(due, answers):
        check(turn["expect"], answer, turn["place"])
        for call in calls_of(turn.get("send")):
            part = next(one for one in (answer if isinstance(answer, list) else [answer]) if one["id"] == call["id"])
            if "result" in part:
                params = call["params"]
                talk.check_result(tools[params["name"]], params.get("arguments", {}), part["result"])
