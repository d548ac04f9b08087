/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys and references: folding again changes nothing, neither does tidying before, and equal keys stay equal.
 */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"
#include "indexer/register/reference.h"
#include "tests/fuzz/support.h"

static void check_key(const char *key)
{
    size_t len = strlen(key);
    fuzz_check_utf8(key, len, "a key");
    FUZZ_CHECK(len == 0 || (key[0] != '-' && key[len - 1] != '-'), "a dash at an end: \"%s\"", key);
    FUZZ_CHECK(!strstr(key, "--") && !strchr(key, ' '), "parted otherwise than by one dash: \"%s\"", key);
    for (size_t i = 0; i < len; i++)
        FUZZ_CHECK(key[i] < 'A' || key[i] > 'Z', "a capital: \"%s\"", key);
}

static void check_keys(const char *text)
{
    MEM_AUTO char *tidy = key_tidy(text);
    MEM_AUTO char *tidy_again = key_tidy(tidy);
    MEM_AUTO char *key = key_fold(text);
    MEM_AUTO char *key_again = key_fold(key);
    MEM_AUTO char *key_of_tidy = key_fold(tidy);
    MEM_AUTO char *loose = key_loose(text);
    MEM_AUTO char *loose_of_tidy = key_loose(tidy);
    MEM_AUTO char *fold_of_loose = key_fold(loose);
    FUZZ_CHECK(strcmp(tidy, tidy_again) == 0, "\"%s\" is tidied to \"%s\"", tidy, tidy_again);
    fuzz_check_utf8(tidy, strlen(tidy), "a tidied text");
    check_key(key);
    check_key(loose);
    FUZZ_CHECK(strcmp(key, key_again) == 0, "\"%s\" folds to \"%s\"", key, key_again);
    FUZZ_CHECK(strcmp(key, key_of_tidy) == 0, "\"%s\", tidied \"%s\"", key, key_of_tidy);
    FUZZ_CHECK(strcmp(loose, loose_of_tidy) == 0, "\"%s\", tidied \"%s\"", loose, loose_of_tidy);
    FUZZ_CHECK(strcmp(loose, fold_of_loose) == 0, "\"%s\" folds to \"%s\"", loose, fold_of_loose);
    FUZZ_CHECK(key_is(text, key), "\"%s\" is not \"%s\"", text, key);
    FUZZ_CHECK(key_is(text, loose) == (strcmp(key, loose) == 0), "\"%s\" and \"%s\"", text, loose);
    FUZZ_CHECK(!*key == !*loose, "the keys \"%s\" and \"%s\"", key, loose);
}

static void check_level(const char *text)
{
    MEM_AUTO char *level = mem_text(text);
    field_as_level(level);
    FUZZ_CHECK(!strstr(level, FIELD_PATH_SEPARATOR), "two levels: \"%s\"", level);
    FUZZ_CHECK(strlen(level) <= strlen(text), "the level is longer than the text");
}

static void check_reference(const char *id)
{
    MEM_AUTO char *base = reference_base(id);
    MEM_AUTO char *agreement = NULL;
    MEM_AUTO char *version = NULL;
    MEM_AUTO char *agreement_of_base = NULL;
    MEM_AUTO char *version_of_base = NULL;
    reference_split(id, &agreement, &version);
    reference_split(base, &agreement_of_base, &version_of_base);
    FUZZ_CHECK(agreement && strlen(agreement) <= strlen(id), "an agreement made longer");
    FUZZ_CHECK(!*id || *agreement, "\"%s\" has no agreement", id);
    FUZZ_CHECK(!version || *version, "an empty version");
    FUZZ_CHECK(reference_compare_versions(version, version) == 0, "a version unlike itself");
    FUZZ_CHECK(strcmp(agreement, agreement_of_base) == 0 || strchr(base, '#'), "\"%s\" and \"%s\"", agreement,
               agreement_of_base);
}

/* The text's halves as versions: they compare one way, and the other way round the other way. */
static void check_versions(const char *text)
{
    MEM_AUTO char *left = mem_copy(text, strcspn(text, "\t"));
    const char *right = strchr(text, '\t') ? strchr(text, '\t') + 1 : "1.0";
    int order = reference_compare_versions(left, right), back = reference_compare_versions(right, left);
    FUZZ_CHECK((order > 0) == (back < 0) && (order < 0) == (back > 0), "\"%s\" and \"%s\"", left, right);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_AUTO char *text = fuzz_text(data, size);
    check_keys(text);
    check_level(text);
    check_reference(text);
    check_versions(text);
    return 0;
}
