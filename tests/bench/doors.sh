#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Searches a second over HTTP beside the Unix socket's, in one run: doors.sh [BUILD [SOURCE...]].
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
build=${1:-$root/build/release}
shift || true
[ $# -gt 0 ] || set -- "$root/tests/register"
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
"$build/bin/purpose-index" --quiet --db "$work/index" "$@" || [ $? -eq 1 ]
"$build/bin/purposed" --db "$work/index" --cache-bytes 0 --listen "unix:$work/sock" --listen http:127.0.0.1:0 2>"$work/log" &
server=$!
until port=$(sed -n 's|.*listening on http://.*:||p' "$work/log") && [ -n "$port" ]; do
    kill -0 "$server"
    sleep 0.05
done
"$build/tests/bench_doors" "$work/sock" "$port"
