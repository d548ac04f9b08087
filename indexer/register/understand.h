/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries into records: where raw text gets its meaning. */
#ifndef PURPOSED_REGISTER_UNDERSTAND_H
#define PURPOSED_REGISTER_UNDERSTAND_H

#include "indexer/base/error.h"
#include "indexer/register/entry.h"
#include "indexer/register/organisations.h"
#include "indexer/register/record.h"

/* A *new* record of an agreement (page, prose row, JSON), or NULL with `error` set to the entry's place and
 * what is missing (a reference). `edition` ("YYYY-MM") goes before what the entry says; NULL where unknown.
 * first_seen and changed are left to the caller, as is "#n". A page's record has no releases; a prose row's
 * has them, none yet. */
struct record *understand_statement(const struct entry *entry, const struct organisation_names *names,
                                    const char *edition, struct error *error);

/* A row of releases: sets *ret_reference (*new*) and fills `ret_release` (to be freed by release_free). 0, or
 * -1 with `error`. */
int understand_release(const struct entry *entry, const char *edition, char **ret_reference,
                       struct release *ret_release, struct error *error);

#endif
