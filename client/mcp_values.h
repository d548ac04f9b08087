/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools that count and those that search have in common. */
#ifndef PURPOSED_CLIENT_MCP_VALUES_H
#define PURPOSED_CLIENT_MCP_VALUES_H

#include "client/mcp.h"

/* Adds values as far as `room` allows; how many of `values` were dealt with. */
size_t add_values(json_t *list, const json_t *values, size_t room);
/* Sets q, filters and same_release. A filter's single text becomes a list. */
void hand_on_question(const struct tool_call *call, json_t *params);

#endif
