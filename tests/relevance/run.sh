#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The relevance table: usage: tests/relevance/run.sh [BUILD]
#
# BUILD is a build folder with the programs and tests in it (default build/release). The collections are looked for in
# ../shared beside the project. The table goes to standard output.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
PURPOSED_BUILD=$(readlink -f "${1:-$here/../../build/release}")
export PURPOSED_BUILD PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/relevance.py"
