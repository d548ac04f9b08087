/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people read in place of names and keys.
 *
 * Labels come from the daemon's `schema` reply; where it is missing or says nothing of a name, the name
 * itself serves, its first letter large and its underscores spaces. A `schema` may be NULL in all of these.
 */
#ifndef PURPOSED_CLIENT_LABELS_H
#define PURPOSED_CLIENT_LABELS_H

#include <jansson.h>

#include "client/text.h"

enum {
    LABEL_SIZE = 128, /* bytes, NUL included; longer labels are cut */
    LABELS_MAX = 500, /* rows of a schema's list that are looked through */
    PATHS_MAX = 200,  /* paths of one list that are told; of the rest, how many there are */
    CHANGE_KINDS = 4,
};

/* The lists of a `changes` reply, in the order in which they are told. */
extern const char *const change_kinds[CHANGE_KINDS];
/* How many ids they hold together. */
size_t count_changes(const json_t *result);

/* What is said where no record has every word of a query. */
extern const char label_relaxed[];
/* The text of one of a reply's warnings, which is a text or an object that holds one; NULL where neither. */
const char *warning_text(const json_t *warning);

struct label {
    char text[LABEL_SIZE];
};

/* `list` is the schema's list to look in first: "fields", "facets" or "parts". */
struct label label_of(const json_t *schema, const char *list, const char *name);
/* The label with what stands between it and its value: "Recipient: ", "Could people be identified? ". */
struct label label_before_value(const json_t *schema, const char *list, const char *name);

/* The member's text; NULL where it is none or empty. */
const char *text_member(const json_t *object, const char *name);

/* A path as one says it, its middle levels left out: "Health and Social Care Act 2012 s261(1)". */
void add_path(struct buf *text, const char *path);
/* A list of paths, those of one Act or answer together: "Health and Social Care Act 2012 s261(1), s261(7);
 * Consent". */
void add_paths(struct buf *text, const json_t *paths);
/* A text as one types it in a shell: in quotes where it needs them. */
void add_shell_word(struct buf *text, enum style style, const char *word);
/* "2019-09-01 to 2022-08-31", "from …", "until …"; nothing where neither is known. */
void add_period(struct buf *text, const char *from, const char *to);

#endif
