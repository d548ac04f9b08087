#!/bin/sh
# SPDX-License-Identifier: MIT
# Searches the data release register with curl and jq.
#
#   ./search.sh 'risk stratification' [limit] [facet=value...]
#   ./search.sh asthma 5 legal_basis=s251 opt_outs=No
#
# PURPOSED is the address of the server, http://127.0.0.1:7700 unless set. Exit: 0 found, 1 nothing found, 2 error.
set -eu
server=${PURPOSED:-http://127.0.0.1:7700}
query=${1:?what to look for}
limit=${2:-10}
shift
[ $# -eq 0 ] || shift
for filter do # each "facet=value" becomes a parameter that curl encodes
    shift
    set -- "$@" --data-urlencode "$filter"
done
reply=$(curl --silent --show-error --compressed --get "$server/api/search" \
    --data-urlencode "q=$query" --data-urlencode "limit=$limit" --data "facet=opt_outs" "$@") || exit 2
printf '%s\n' "$reply" | jq --raw-output '
    if has("hits") then
        "\(.total) agreements",
        (.hits[] | "", "\(.id)  \(.organisation)", "  \(.title // "(no title)")",
            (.snippets[] | "  \(.part): \(.html | gsub("</?mark>"; "*"))")),
        "", "Were opt-outs respected?", (.facets.opt_outs[] | "  \(.label): \(.count)")
    else
        "\(.title): \(.detail)"
    end'
printf '%s\n' "$reply" | jq --exit-status 'has("hits")' >/dev/null || exit 2
printf '%s\n' "$reply" | jq --exit-status '.total > 0' >/dev/null || exit 1
