/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in a record a query's words stand, part by part. */
#ifndef PURPOSED_SEARCH_MARKS_H
#define PURPOSED_SEARCH_MARKS_H

#include "daemon/search/snippet.h"

/* Appends {part: [[from, to], ...]}: bytes of each part's UTF-8, in order and without overlap; parts in which
 * nothing stands are left out, and what lies behind SEARCH_MARKS_MAX marks. */
void marks_put(struct buf *to, struct analyser *analyser, const struct snippet_query *query,
               const struct text_section sections[TEXT_SECTION_COUNT]);

#endif
