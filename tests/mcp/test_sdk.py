# SPDX-License-Identifier: GPL-2.0-or-later
"""The official SDK's clients (npm: @modelcontextprotocol/sdk is the first major version, @modelcontextprotocol/client
the second) connect, list and call. `./dev agent-sdk` puts them where this looks: into build/agent-sdk, unless
PURPOSED_AGENT_SDK names another folder."""
import json
import os
import pathlib
import shutil
import subprocess

import pytest

import support

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = pathlib.Path(os.environ.get("PURPOSED_AGENT_SDK", support.ROOT / "build" / "agent-sdk"))
TOOLS = ["search_register", "get_record", "list_facet_values", "compare_records", "what_changed"]


def talk(package, mode, daemon):
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    if not (FOLDER / "node_modules" / "@modelcontextprotocol" / package).exists():
        pytest.skip(f"the SDK is not there; ./dev agent-sdk gets it into {FOLDER}")
    result = subprocess.run(["node", HERE / "sdk_client.mjs", FOLDER, mode, support.BIN / "purpose", daemon.address],
                            capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    assert "Sanitizer" not in result.stderr
    return json.loads(result.stdout)


# `modern` is held to the newest revision, `auto` asks which is spoken.
@pytest.mark.parametrize("package,mode,version", [("sdk", "first", None), ("client", "legacy", "2025-11-25"),
                                                  ("client", "auto", "2026-07-28"), ("client", "modern", "2026-07-28")])
def test_client_of_the_sdk(package, mode, version, daemon):
    said = talk(package, mode, daemon)
    assert said == {"server": "purposed", "tools": TOOLS, "total": 16, "record": True, "values": said["values"],
                    "same": ["expected_benefits", "processing"], "added": 3, "wrong": True, "unknown": -32602,
                    **({"version": version} if version else {})}
    assert said["values"] > 3
