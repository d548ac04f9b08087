# SPDX-License-Identifier: GPL-2.0-or-later
# `purpose mcp` as an agent's program meets it. The official SDK's client is tried where node and its packages are
# (see test_sdk.py).
foreach(name IN ITEMS transcripts tools trouble sdk)
    purposed_pytest(mcp/${name} mcp/test_${name}.py)
endforeach()
