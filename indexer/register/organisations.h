/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of organisations whose names may hold commas ("NHS HEYWOOD, MIDDLETON AND ROCHDALE CCG").
 *
 * Names known from headings and organisation columns come first, longest first; then what ends as names of
 * organisations end (CCG, ICB, TRUST, COUNCIL, LIMITED, ...) is one; pieces that end in nothing known stay
 * apart, verbatim, and are noted.
 */
#ifndef PURPOSED_REGISTER_ORGANISATIONS_H
#define PURPOSED_REGISTER_ORGANISATIONS_H

#include "indexer/base/strlist.h"

struct organisation_names; /* a set of known names, compared by key_fold */

struct organisation_names *organisation_names_new(void);
void organisation_names_free(struct organisation_names *names);
void organisation_names_add(struct organisation_names *names, const char *name);

/* Adds each organisation of `text` once; adds a sentence to `notes` for pieces taken verbatim on doubt.
 * `names` may be NULL. */
void organisations_split(const char *text, const struct organisation_names *names,
                         struct strlist *organisations, struct strlist *notes);

#endif
