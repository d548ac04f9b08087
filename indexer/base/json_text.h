/* SPDX-License-Identifier: MIT */
/* JSON written straight into a buffer, where building a tree would cost more than what it says. */
#ifndef PURPOSED_BASE_JSON_TEXT_H
#define PURPOSED_BASE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/buf.h"

/* A string literal: quotes, backslashes and controls escaped; invalid UTF-8 becomes U+FFFD. */
void json_text_string(struct buf *to, const char *text, size_t len);
/* The same for a NUL-terminated text; NULL is null. */
void json_text_or_null(struct buf *to, const char *text);
void json_text_number(struct buf *to, long long number);
/* Four decimals; null for what JSON has no number for: infinities and NaN. */
void json_text_decimal(struct buf *to, double number);
/* A member's name with its colon, a comma before it unless it opens the object. `name` is plain ASCII. */
void json_text_member(struct buf *to, const char *name);
/* A comma unless an array or object was just opened. */
void json_text_comma(struct buf *to);

#endif
