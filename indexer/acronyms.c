/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/acronyms.h"

#include "indexer/base/mem.h"
#include "indexer/text/acronym.h"

void acronyms_add_text(struct pairs *pairs, struct analyser *analyser, const char *text, size_t len)
{
    struct acronym_finder finder = {.text = text, .len = len};
    struct acronym found;
    while (acronym_next(&finder, &found)) {
        MEM_AUTO char *short_form = mem_copy(text + found.short_start, found.short_len);
        MEM_AUTO char *long_form = mem_copy(text + found.long_start, found.long_len);
        MEM_AUTO char *short_key = analyser_key(analyser, short_form, found.short_len);
        MEM_AUTO char *long_key = analyser_key(analyser, long_form, found.long_len);
        pairs_add(pairs, short_key, long_key, short_form, long_form);
    }
}
