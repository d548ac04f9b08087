/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts made at random, of bytes and of the words the normalisers look for, through every one of them:
 * nothing crashes, what comes out is UTF-8, keys stay what they are when folded again, and no legal basis is
 * dropped. The numbers are the same in every run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <utf8proc.h>

#include "indexer/base/mem.h"
#include "indexer/register/answers.h"
#include "indexer/register/dates.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"
#include "indexer/register/understand.h"

enum { ROUNDS = 4000, TEXT_SIZE = 600 };

static uint64_t next_number(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static const char *const words[] = {"s261",
                                    "(2)",
                                    "(b)",
                                    "(ii)",
                                    "section",
                                    "251",
                                    "s.",
                                    "Act",
                                    "2012",
                                    "(2007)",
                                    "Health and Social Care Act",
                                    "and",
                                    ",",
                                    ";",
                                    " - ",
                                    "–",
                                    "—",
                                    "of the",
                                    "as amended by",
                                    "regulation 3",
                                    "Regulations",
                                    "COPI",
                                    "UK GDPR",
                                    "art 6(1)(e)",
                                    "Schedule 12",
                                    "Part 9",
                                    "subsection 11",
                                    "Consent",
                                    "consent",
                                    "without",
                                    "Other",
                                    "'",
                                    "‘",
                                    "’",
                                    "\"",
                                    "(",
                                    ")",
                                    "]",
                                    "Yes",
                                    "No",
                                    "Y",
                                    "N",
                                    "Identifiable",
                                    "Anonymised",
                                    "data flow(s)",
                                    "DSA runs",
                                    "2019-09-01",
                                    "2020.02",
                                    "2016/04",
                                    "(or before)",
                                    ".",
                                    "Jul-19",
                                    "43709",
                                    "31/06/2019",
                                    "NHS",
                                    "CCG",
                                    "Trust",
                                    "Data Set",
                                    "(CSDS)",
                                    "+",
                                    "&",
                                    " > ",
                                    "\n",
                                    "\t",
                                    "\xC2\xA0",
                                    "\xE2\x80\xA8",
                                    "\xEF\x82\xB7",
                                    "é",
                                    "ß",
                                    "\xFF",
                                    "\xC3",
                                    "e\xCC\x81",
                                    "#2",
                                    "NIC-1-A",
                                    "-v5.2",
                                    "paragraph",
                                    "to",
                                    "to the",
                                    "§",
                                    "Directions",
                                    "ss",
                                    "99999999999",
                                    "0"};

/* A text of words or of bytes, never with a NUL; its length. */
static size_t make_text(uint64_t *seed, char text[TEXT_SIZE])
{
    size_t len = 0, count = next_number(seed) % 24;
    bool of_bytes = next_number(seed) % 8 == 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t number = next_number(seed);
        const char *word = words[number % (sizeof words / sizeof *words)];
        char byte[2] = {(char)(1 + number % 255), '\0'};
        if (of_bytes)
            word = byte;
        if (len + strlen(word) + 2 > TEXT_SIZE)
            break;
        len += (size_t)(stpcpy(text + len, word) - (text + len));
        if (!of_bytes && number >> 60 > 4)
            text[len++] = ' ';
    }
    text[len] = '\0';
    return len;
}

static void assert_utf8(const char *text)
{
    for (const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text; *at;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t len = utf8proc_iterate(at, -1, &code);
        assert_true(len > 0);
        at += len;
    }
}

static void assert_list(const struct strlist *list, bool may_be_empty)
{
    for (size_t i = 0; i < list->len; i++) {
        assert_utf8(list->items[i]);
        assert_true(may_be_empty || *list->items[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(list->items[i], list->items[j]);
    }
}

static void check_keys(const char *text)
{
    MEM_AUTO char *tidy = key_tidy(text);
    MEM_AUTO char *key = key_fold(text);
    MEM_AUTO char *again = key_fold(key);
    MEM_AUTO char *of_tidy = key_fold(tidy);
    MEM_AUTO char *hyphenated =
        mem_format("%s\u00AD", text); /* softly: no character of ASCII, and of no key */
    MEM_AUTO char *of_hyphenated = key_fold(hyphenated);
    MEM_AUTO char *loose = key_loose(text);
    assert_string_equal(of_hyphenated, key);
    assert_utf8(tidy);
    assert_utf8(key);
    assert_utf8(loose);
    assert_string_equal(again, key);
    assert_string_equal(of_tidy, key);
    assert_true(key_is(text, key));
    assert_int_equal(key_is(text, loose), strcmp(key, loose) == 0);
    assert_int_equal(key_is(text, text), strcmp(key, text) == 0);
    assert_int_equal(!*key, !*loose);
}

/* Texts in ASCII are folded by themselves, and as any other. */
static void each_character_folds_alike(void **state)
{
    (void)state;
    for (int first = 1; first < 0x80; first++)
        for (const char *second = " a'&+-\x01`"; *second; second++) {
            const char text[] = {(char)first, 'x', *second, *second, 'Y', (char)first, '\0'};
            check_keys(text);
        }
}

static size_t count_levels(const char *path)
{
    size_t levels = 1;
    for (; (path = strstr(path, FIELD_PATH_SEPARATOR)) != NULL; path += strlen(FIELD_PATH_SEPARATOR))
        levels++;
    return levels;
}

/* Letters or digits, outside quotation marks: something that is to be found again. */
static bool has_something_to_say(const char *text)
{
    if (strpbrk(text, "'\"") || strstr(text, "‘") || strstr(text, "’") || strstr(text, "amended"))
        return false;
    return strpbrk(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != NULL;
}

static void check_legal_basis(const char *text)
{
    STRLIST_AUTO struct strlist paths = {0};
    STRLIST_AUTO struct strlist resolved = {0};
    MEM_AUTO char *note = NULL;
    legal_basis_parse(text, &paths);
    assert_list(&paths, false);
    for (size_t i = 0; i < paths.len; i++)
        assert_true(count_levels(paths.items[i]) <= 3);
    if (has_something_to_say(text))
        assert_true(paths.len > 0);
    bool found = legal_basis_resolve(text, &paths, &resolved, &note);
    assert_int_equal(found, resolved.len > 0);
    for (size_t i = 0; i < resolved.len; i++)
        assert_true(strlist_has(&paths, resolved.items[i]));
}

static void check_answers(const char *text)
{
    STRLIST_AUTO struct strlist opt_outs = {0};
    STRLIST_AUTO struct strlist identifiability = {0};
    STRLIST_AUTO struct strlist duty = {0};
    STRLIST_AUTO struct strlist sensitivity = {0};
    answers_parse_page(text, &opt_outs, &identifiability, &duty);
    answers_type_of_data(text, &identifiability);
    answers_sensitivity(text, &sensitivity);
    MEM_AUTO char *path = answers_opt_out(text);
    if (path)
        assert_true(*path && count_levels(path) <= 2);
    assert_list(&opt_outs, false);
    assert_list(&identifiability, false);
    assert_list(&duty, false);
    assert_list(&sensitivity, false);
}

static void check_dates(const char *text)
{
    char date[11];
    struct page_dates dates;
    if (dates_parse(text, DATES_FROM_1900, date))
        assert_true(strlen(date) == 7 || strlen(date) == 10);
    dates_parse_when(text, &dates);
    assert_true(!*dates.released_from || dates_is_edition(dates.released_from));
    assert_true(!*dates.released_to || dates_is_edition(dates.released_to));
}

/* The same text under every heading. */
static void check_entry(const char *text, size_t len, enum entry_kind kind)
{
    struct entry entry = {.kind = kind, .file = "noise", .line = 1};
    for (int i = 0; i < HEADING_COUNT; i++)
        entry.fields[i] = (struct entry_field){.text = text, .len = len};
    struct error error = ERROR_NONE;
    RECORD_AUTO struct record *record = understand_statement(&entry, NULL, "2021-02", &error);
    if (!record) {
        assert_true(error.is_set && *error.place);
        return;
    }
    json_t *json = record_to_json(record);
    RECORD_AUTO struct record *again = record_from_json(json, &error);
    if (!again)
        fail_msg("%s", error.text);
    json_t *json_again = record_to_json(again);
    assert_true(json_equal(json, json_again));
    json_decref(json);
    json_decref(json_again);
}

static void check_release(const char *text, size_t len)
{
    struct entry entry = {.kind = ENTRY_SHEET_RELEASE, .file = "noise", .sheet = "s", .line = 1};
    for (int i = 0; i < HEADING_COUNT; i++)
        entry.fields[i] = (struct entry_field){.text = text, .len = len};
    MEM_AUTO char *reference = NULL;
    struct release release = {0};
    struct error error = ERROR_NONE;
    if (understand_release(&entry, NULL, &reference, &release, &error) < 0) {
        assert_true(error.is_set);
        return;
    }
    assert_true(*reference);
    release_free(&release);
}

static void noise_does_no_harm(void **state)
{
    (void)state;
    uint64_t seed = 0x9E3779B97F4A7C15;
    for (int round = 0; round < ROUNDS; round++) {
        char text[TEXT_SIZE];
        size_t len = make_text(&seed, text);
        check_keys(text);
        check_legal_basis(text);
        check_answers(text);
        check_dates(text);
        check_entry(text, len, ENTRY_PAGE_AGREEMENT);
        check_entry(text, len, ENTRY_SHEET_STATEMENT);
        check_entry(text, len, ENTRY_RECORD);
        check_release(text, len);
    }
}

/* Long texts end in reasonable time: what is repeated a thousand times is read once each. */
static void long_texts_come_to_an_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t word = strlen(words[i]), count = 60000 / (word + 1);
        char *text = mem_alloc(count * (word + 1) + 1), *at = text;
        for (size_t j = 0; j < count; j++) {
            at = stpcpy(at, words[i]);
            *at++ = ' ';
        }
        *at = '\0';
        check_entry(text, (size_t)(at - text), ENTRY_PAGE_AGREEMENT);
        text[(at - text) / 2] = '\0'; /* short enough to be parsed */
        STRLIST_AUTO struct strlist paths = {0};
        legal_basis_parse(text, &paths);
        MEM_AUTO char *loose = key_loose(text);
        assert_utf8(loose);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_character_folds_alike),
        cmocka_unit_test(noise_does_no_harm),
        cmocka_unit_test(long_texts_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
