/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tools that count and those that search have in common. */
#ifndef PURPOSED_CLIENT_MCP_VALUES_H
#define PURPOSED_CLIENT_MCP_VALUES_H

#include "client/mcp.h"

/* One value of a facet for an agent, *new*: under the spelling that people read, which filters take as well
 * as its key. NULL for what is no value. */
json_t *new_value(const json_t *value);
/* Adds values as far as `room` allows; how many of `values` were dealt with. */
size_t add_values(json_t *list, const json_t *values, size_t room);
/* Sets q, filters and same_release. A filter's single text becomes a list. */
void hand_on_question(const struct tool_call *call, json_t *params);

#endif
