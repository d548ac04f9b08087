/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Legal bases. Nothing said is dropped, a path is one of at most three levels, and each path found is what a
 * person gets who types it. As filters, texts mean known paths or nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"
#include "tests/fuzz/support.h"

enum { LEVELS_MAX = 3, TYPED_MAX = 1000 /* bytes; resolve takes no longer ones */ };

static const char *const register_paths[] = {
    "Health and Social Care Act 2012",
    "Health and Social Care Act 2012 > s261",
    "Health and Social Care Act 2012 > s261 > s261(1)",
    "Health and Social Care Act 2012 > s261 > s261(2)(b)(ii)",
    "Health and Social Care Act 2012 > s261 > s261(7)",
    "National Health Service Act 2006",
    "National Health Service Act 2006 > s251",
    "Health Service (Control of Patient Information) Regulations 2002",
    "Health Service (Control of Patient Information) Regulations 2002 > reg 3",
    "Health Service (Control of Patient Information) Regulations 2002 > reg 3 > reg 3(4)",
    "UK GDPR",
    "UK GDPR > art 6",
    "UK GDPR > art 6 > art 6(1)(e)",
    "Consent",
    "Consent > Reasonable Expectation",
};

/* Each path and every level above it. */
static void add_levels(const struct strlist *paths, struct strlist *known)
{
    for (size_t i = 0; i < paths->len; i++) {
        const char *path = paths->items[i];
        for (const char *at = path; (at = strstr(at, FIELD_PATH_SEPARATOR)); at++) {
            MEM_AUTO char *level = mem_copy(path, (size_t)(at - path));
            strlist_add_unique(known, level);
        }
        strlist_add_unique(known, path);
    }
}

static void check_resolve(const char *typed, const struct strlist *known, const char *must_have)
{
    STRLIST_AUTO struct strlist meant = {0};
    MEM_AUTO char *note = NULL;
    bool found = legal_basis_resolve(typed, known, &meant, &note);
    FUZZ_CHECK(found == (meant.len > 0), "found: %d, paths: %zu", found, meant.len);
    fuzz_check_values(&meant, "paths meant");
    for (size_t i = 0; i < meant.len; i++)
        FUZZ_CHECK(strlist_has(known, meant.items[i]), "not known: \"%s\"", meant.items[i]);
    FUZZ_CHECK(!must_have || strlist_has(&meant, must_have), "typing \"%s\" does not mean it", must_have);
    if (note)
        fuzz_check_utf8(note, strlen(note), "a note");
}

static void check_typed(const struct strlist *paths)
{
    STRLIST_AUTO struct strlist known = {0};
    add_levels(paths, &known);
    for (size_t i = 0; i < known.len; i++) {
        MEM_AUTO char *key = key_fold(known.items[i]);
        if (strlen(known.items[i]) <= TYPED_MAX && *key)
            check_resolve(known.items[i], &known, known.items[i]);
        legal_basis_explain(known.items[i]);
    }
}

/* Letters or digits, and nothing that takes back what it says: quotations, amendments. */
static bool says_something(const char *text)
{
    if (strpbrk(text, "'\"") || strstr(text, "‘") || strstr(text, "’") || strcasestr(text, "amended"))
        return false;
    return strpbrk(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_AUTO char *text = fuzz_text(data, size);
    STRLIST_AUTO struct strlist paths = {0};
    STRLIST_AUTO struct strlist again = {0};
    STRLIST_AUTO struct strlist known = {0};
    legal_basis_parse(text, &paths);
    legal_basis_parse(text, &again);
    FUZZ_CHECK(strlist_equal(&paths, &again), "read twice, it says two things");
    FUZZ_CHECK(paths.len > 0 || !says_something(text), "dropped: \"%s\"", text);
    fuzz_check_values(&paths, "paths");
    fuzz_check_tidy(&paths, "paths");
    fuzz_check_paths(&paths, LEVELS_MAX, "paths");
    check_typed(&paths);
    for (size_t i = 0; i < sizeof register_paths / sizeof *register_paths; i++)
        strlist_add(&known, register_paths[i]);
    check_resolve(text, &known, NULL);
    return 0;
}
