/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of organisations, with and without known names; the first line of an input is a name that is known.
 * Values are tidy, each once, nothing is lost, and a known name alone is itself.
 */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/key.h"
#include "indexer/register/organisations.h"
#include "tests/fuzz/support.h"

/* Between what parts values whatever they say, every piece stands in one. */
static void check_pieces(const char *text, const struct strlist *organisations)
{
    STRLIST_AUTO struct strlist keys = {0};
    for (size_t i = 0; i < organisations->len; i++)
        strlist_add_steal(&keys, key_fold(organisations->items[i]));
    while (*text) {
        size_t len = strcspn(text, ";\n\r|,");
        MEM_AUTO char *piece = mem_copy(text, len);
        MEM_AUTO char *key = key_fold(piece);
        bool found = !*key;
        for (size_t i = 0; i < keys.len && !found; i++)
            found = strstr(keys.items[i], key) != NULL;
        FUZZ_CHECK(found, "lost: \"%s\"", piece);
        text += len;
        text += *text != '\0';
    }
}

static void check_split(const char *text, const struct organisation_names *names)
{
    STRLIST_AUTO struct strlist organisations = {0};
    STRLIST_AUTO struct strlist notes = {0};
    organisations_split(text, names, &organisations, &notes);
    fuzz_check_values(&organisations, "organisations");
    fuzz_check_tidy(&organisations, "organisations");
    fuzz_check_values(&notes, "notes");
    check_pieces(text, &organisations);
}

static void check_known(const char *name, const struct organisation_names *names)
{
    STRLIST_AUTO struct strlist organisations = {0};
    STRLIST_AUTO struct strlist notes = {0};
    MEM_AUTO char *key = key_fold(name);
    size_t pieces = 1;
    for (const char *at = name; *at; at++)
        pieces += *at == ',';
    if (!*key || strpbrk(name, ";\n\r|") || pieces > 8)
        return;
    organisations_split(name, names, &organisations, &notes);
    FUZZ_CHECK(organisations.len == 1, "a known name becomes %zu: \"%s\"", organisations.len, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_AUTO char *text = fuzz_text(data, size);
    MEM_AUTO char *name = mem_copy(text, strcspn(text, "\n"));
    struct organisation_names *names = organisation_names_new();
    organisation_names_add(names, name);
    check_known(name, names);
    check_split(text, NULL);
    check_split(text, names);
    organisation_names_free(names);
    return 0;
}
