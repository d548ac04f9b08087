# SPDX-License-Identifier: GPL-2.0-or-later
"""Talking to `purpose mcp`, and what must hold for whatever it says."""
import json
import subprocess

import jsonschema

import support

NOWHERE = "unix:/nonexistent/purposed"
META = "io.modelcontextprotocol/"
ENVELOPE = {META + "protocolVersion": "2026-07-28", META + "clientCapabilities": {}}
TOKENS = 6000
TOKEN_BYTES = 4


def modern(number, method, **params):
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": {"_meta": ENVELOPE, **params}}


def call(number, tool, **arguments):
    return modern(number, "tools/call", name=tool, arguments=arguments)


def encode(message):
    """A message as a line; bytes are sent as they are."""
    return message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"


def run(address, *messages, options=(), check=0, before=()):
    """Says all, ends the input; returns what came on standard output and standard error."""
    result = subprocess.run([*before, support.BIN / "purpose", "mcp", "--socket", address, *options],
                            input=b"".join(map(encode, messages)), capture_output=True, timeout=600)
    assert result.returncode == check, result.stderr
    return result.stdout, result.stderr.decode()


def say(address, *messages, **options):
    """The answers, in order. Standard output holds nothing else."""
    out, _ = run(address, *messages, **options)
    assert out == b"" or out.endswith(b"\n")
    return [json.loads(line) for line in out.split(b"\n")[:-1]]


def structured(answer):
    """The result of a tool that succeeded."""
    assert answer["result"]["isError"] is False, answer["result"]["content"][0]["text"]
    return answer["result"]["structuredContent"]


def failure(answer):
    """What a tool says that failed."""
    assert answer["result"]["isError"] is True
    assert "structuredContent" not in answer["result"]
    return answer["result"]["content"][0]["text"]


def check_result(tool, arguments, result):
    """Of any tool's answer: it is an error that says something, or is as the tool's description has it."""
    content, = result["content"]
    assert content["type"] == "text" and content["text"]
    if result["isError"]:
        assert len(content["text"]) < 600
        return
    room = int(arguments.get("max_tokens", TOKENS)) * TOKEN_BYTES
    assert len(content["text"].encode()) <= room
    if "structuredContent" in result:
        assert json.loads(content["text"]) == result["structuredContent"]
        jsonschema.Draft202012Validator(tool["outputSchema"]).validate(result["structuredContent"])
