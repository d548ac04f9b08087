/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opt-outs, identifiability, the duty of confidence, sensitivity and lists parted by commas: values are
 * UTF-8, tidy, each once, and no ASCII letter or digit of a list is lost.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/answers.h"
#include "indexer/register/key.h"
#include "tests/fuzz/support.h"

static void check_page(const char *text)
{
    STRLIST_AUTO struct strlist opt_outs = {0};
    STRLIST_AUTO struct strlist identifiability = {0};
    STRLIST_AUTO struct strlist duty = {0};
    answers_parse_page(text, &opt_outs, &identifiability, &duty);
    answers_type_of_data(text, &identifiability);
    fuzz_check_values(&opt_outs, "opt-outs");
    fuzz_check_values(&identifiability, "identifiability");
    fuzz_check_values(&duty, "duty of confidence");
    fuzz_check_paths(&opt_outs, 2, "opt-outs");
    fuzz_check_tidy(&opt_outs, "opt-outs");
    fuzz_check_tidy(&identifiability, "identifiability");
    fuzz_check_tidy(&duty, "duty of confidence");
}

static void check_opt_out(const char *text)
{
    MEM_AUTO char *path = answers_opt_out(text);
    MEM_AUTO char *key = key_fold(text);
    FUZZ_CHECK(path || !*key, "no answer in \"%s\"", text);
    if (path) {
        STRLIST_AUTO struct strlist paths = {0};
        strlist_add(&paths, path);
        fuzz_check_paths(&paths, 2, "an opt-out");
        fuzz_check_values(&paths, "an opt-out");
    }
}

/* Every word of the text stands in a value, whatever else was taken for one with it. */
static void check_words(const char *text, const struct strlist *values)
{
    STRLIST_AUTO struct strlist keys = {0};
    MEM_AUTO char *tidy = key_tidy(text);
    for (size_t i = 0; i < values->len; i++)
        strlist_add_steal(&keys, key_fold(values->items[i]));
    for (const char *at = tidy; *at;) {
        size_t len = strcspn(at, " ,()");
        MEM_AUTO char *word = mem_copy(at, len);
        MEM_AUTO char *key = key_fold(word);
        bool found = false;
        for (size_t i = 0; i < keys.len && !found; i++)
            found = strstr(keys.items[i], key) != NULL;
        FUZZ_CHECK(found || !*key, "lost: \"%s\"", word);
        at += len;
        at += *at != '\0';
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_AUTO char *text = fuzz_text(data, size);
    STRLIST_AUTO struct strlist values = {0};
    STRLIST_AUTO struct strlist sensitivity = {0};
    check_page(text);
    check_opt_out(text);
    answers_split_list(text, &values);
    fuzz_check_values(&values, "values");
    fuzz_check_tidy(&values, "values");
    check_words(text, &values);
    answers_sensitivity(text, &sensitivity);
    fuzz_check_values(&sensitivity, "sensitivity");
    answers_yes_no(text);
    return 0;
}
