/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of a record as it is stored, taken out without parsing the rest. */
#ifndef PURPOSED_SEARCH_FIELDS_H
#define PURPOSED_SEARCH_FIELDS_H

#include "indexer/base/buf.h"
#include "indexer/register/field.h"
#include "indexer/store/text_store.h"

/* Appends the named members of the record (its TEXT_SECTION_REST) as they are stored, each with a comma
 * before it; those it does not have are left out. */
void fields_put(struct buf *to, const struct text_section *record, const struct field *const *fields,
                size_t count);

#endif
