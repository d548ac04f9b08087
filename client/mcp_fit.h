/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making things fit: texts cut at a character, lists cut with a note, room shared among parts. Bytes are
 * those that a thing takes as JSON. */
#ifndef PURPOSED_CLIENT_MCP_FIT_H
#define PURPOSED_CLIENT_MCP_FIT_H

#include <jansson.h>
#include <stddef.h>

/* How much of each thing is shown; the next one is tried where an answer is too long by the one before. */
struct fit {
    size_t items; /* of a list */
    size_t text;  /* bytes of a text */
};
extern const struct fit fits[];
extern const size_t fit_count;

/* Bytes of a value as JSON; of NULL 0. */
size_t fit_size(const json_t *value);

/* The text from `offset`, moved to a character's beginning, as far as `room` allows, *new*; `*ret_next` is
 * where it goes on, or 0 at its end. A cut is made between words where that costs little. */
json_t *fit_text_from(const char *text, size_t len, size_t offset, size_t room, size_t *ret_next);

/* Copy members of `from` to `to` under the same name: nothing where one is missing, null or of another type,
 * or a list without items. */
void fit_text(json_t *to, const json_t *from, const char *name, const struct fit *fit);
void fit_flag(json_t *to, const json_t *from, const char *name);
void fit_count_of(json_t *to, const json_t *from, const char *name); /* whole numbers from 0 */
/* Of a list only texts are taken. What is left out is told in `notes`, which may be NULL. */
void fit_texts(json_t *to, const json_t *from, const char *name, const struct fit *fit, json_t *notes);

/* Shares `room` among `count` needs: gives[i] is needs[i], or an equal share of what the smaller ones leave.
 */
void fit_share(const size_t *needs, size_t *gives, size_t count, size_t room);

#endif
