/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/spellings.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"
#include "indexer/document.h"

/* uthash keeps its entries in the order in which they were added. */
struct spelling {
    UT_hash_handle hh;
    int facet;
    char text[];
};

struct spellings {
    struct spelling *all;
};

struct spellings *spellings_new(void)
{
    return mem_zero(1, sizeof(struct spellings));
}

void spellings_free(struct spellings *spellings)
{
    if (!spellings)
        return;
    struct spelling *spelling, *next;
    HASH_ITER(hh, spellings->all, spelling, next)
    {
        HASH_DEL(spellings->all, spelling);
        free(spelling);
    }
    free(spellings);
}

/* The key is the facet's number as one character and the text. */
static void add(void *context, int facet, const char *text)
{
    struct spellings *spellings = context;
    size_t len = strlen(text) + 2;
    struct spelling *spelling = mem_zero(1, sizeof *spelling + len);
    spelling->text[0] = (char)(facet + 1);
    memcpy(spelling->text + 1, text, len - 1);
    struct spelling *known;
    HASH_FIND(hh, spellings->all, spelling->text, len, known);
    if (known) {
        free(spelling);
        return;
    }
    spelling->facet = facet;
    HASH_ADD_KEYPTR(hh, spellings->all, spelling->text, len, spelling);
}

void spellings_add_record(struct spellings *spellings, const struct manifest_entry *entry,
                          const struct record *record)
{
    document_spellings(entry, record, add, spellings);
}

void spellings_enter(const struct spellings *spellings, struct dictionaries *dictionaries)
{
    for (const struct spelling *spelling = spellings->all; spelling; spelling = spelling->hh.next)
        dictionaries_ordinal(dictionaries, spelling->facet, spelling->text + 1);
}
