/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Legal bases: a small grammar for the many spellings of a provision, and paths as their one spelling.
 *
 *   Health and Social Care Act 2012 > s261 > s261(2)(b)(ii)
 *   Health Service (Control of Patient Information) Regulations 2002 > reg 3 > reg 3(4)
 *   UK GDPR > art 6 > art 6(1)(e)
 *   Consent > Reasonable Expectation
 *
 * A path has an instrument, then a section, regulation, article or schedule, then that with its brackets in
 * full.
 */
#ifndef PURPOSED_REGISTER_LEGAL_BASIS_H
#define PURPOSED_REGISTER_LEGAL_BASIS_H

#include <stdbool.h>

#include "indexer/base/strlist.h"

/* Adds the canonical path of every provision cited in `text`, in the order met, each once. What is not
 * understood is added verbatim (tidied) as a value of its own: nothing is dropped. The provision relied on
 * counts, not one that amended it. An Act cited along with sections of it is not a value of its own; alone it
 * is. */
void legal_basis_parse(const char *text, struct strlist *paths);

/* Which of the known paths a person means by `typed`: "s251", "section 251", "s.251 NHS Act 2006",
 * "261(2)(b)(ii)", "HSCA 2012 s261", "GDPR 6(1)(e)", "COPI reg 3", a whole path or any spelling of one.
 * `known` holds paths and every level above them. Adds the paths meant (at the level typed: what lies below
 * them is meant too). Returns false and adds nothing when none fits. `*ret_note` becomes a *new* sentence
 * where something is worth saying (the form fits several provisions; s251 was typed and s261(7), support
 * under section 251, exists), else NULL. */
bool legal_basis_resolve(const char *typed, const struct strlist *known, struct strlist *paths,
                         char **ret_note);

/* The provision in plain words, *borrowed*, for the path or the nearest level above it; NULL where unknown.
 */
const char *legal_basis_explain(const char *path);

#endif
