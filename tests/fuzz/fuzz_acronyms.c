/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Acronyms of any bytes: both forms inside the text, apart from each other, within their limits and made of
 * what they may be; the short form's letters and digits in the long form, in order. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/text/acronym.h"
#include "indexer/text/analyser.h"
#include "tests/fuzz/support.h"

static void check_short(const char *form, size_t len)
{
    FUZZ_CHECK(len >= ACRONYM_SHORT_MIN && len <= ACRONYM_SHORT_MAX, "a short form of %zu bytes", len);
    for (size_t i = 0; i < len; i++)
        FUZZ_CHECK(form[i] >= ' ' && form[i] < 0x7F && form[i] != '(' && form[i] != ')',
                   "a short form with byte %d", form[i]);
    FUZZ_CHECK(isalnum((unsigned char)form[0]), "it begins with '%c'", form[0]);
}

static void check_letters(const char *form, size_t len, const char *words, size_t words_len)
{
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)form[i]))
            continue;
        while (at < words_len && tolower((unsigned char)words[at]) != tolower((unsigned char)form[i]))
            at++;
        FUZZ_CHECK(at < words_len, "\"%.*s\" is not in \"%.*s\"", (int)len, form, (int)words_len, words);
        at++;
    }
}

static void check_apart(const struct acronym *found, size_t len)
{
    size_t short_end = found->short_start + found->short_len, long_end = found->long_start + found->long_len;
    FUZZ_CHECK(short_end <= len && long_end <= len, "a form ends behind the text");
    FUZZ_CHECK(short_end <= found->long_start || long_end <= found->short_start, "the forms overlap");
    FUZZ_CHECK(found->long_len > 2 && found->long_len <= ACRONYM_LONG_MAX, "a long form of %zu bytes",
               found->long_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct analyser *analyser;
    if (!analyser)
        analyser = analyser_new();
    /* A block of its own, so that a byte read behind it is found. */
    char *text = malloc(size ? size : 1);
    if (size)
        memcpy(text, data, size);
    struct acronym_finder finder = {.text = text, .len = size};
    struct acronym found;
    size_t before = 0;
    while (acronym_next(&finder, &found)) {
        FUZZ_CHECK(finder.at > before && finder.at <= size, "the finder does not go on");
        before = finder.at;
        check_apart(&found, size);
        check_short(text + found.short_start, found.short_len);
        check_letters(text + found.short_start, found.short_len, text + found.long_start, found.long_len);
        MEM_AUTO char *key = analyser_key(analyser, text + found.short_start, found.short_len);
        FUZZ_CHECK(*key, "a short form without a term");
    }
    free(text);
    return 0;
}
