/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/hash.h"
#include "indexer/base/json_text.h"
#include "indexer/base/mem.h"
#include "indexer/register/vocabulary.h"
#include "indexer/store/pairs.h"

/* A pair of forms. */
struct entry {
    UT_hash_handle hh;
    enum vocabulary_source source;
    bool is_used;
    int64_t count;
    char *short_form, *long_form; /* as shown */
    char *short_key, *long_key;
    char key[]; /* both keys, a tab between */
};

/* A form under its key. */
struct form {
    UT_hash_handle hh;
    struct vocabulary_form forms;
    char key[];
};

struct vocabulary {
    struct entry *entries; /* in the order of by_worth() */
    struct form *forms;
    size_t longest;
};

/* ---- entries ---- */

static void free_entry(struct entry *entry)
{
    free(entry->short_form);
    free(entry->long_form);
    free(entry->short_key);
    free(entry->long_key);
    free(entry);
}

static void free_other(struct vocabulary_other *other)
{
    free(other->key);
    free(other);
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    if (!vocabulary)
        return;
    struct entry *entry, *next_entry;
    HASH_ITER(hh, vocabulary->entries, entry, next_entry)
    {
        HASH_DEL(vocabulary->entries, entry);
        free_entry(entry);
    }
    struct form *form, *next_form;
    HASH_ITER(hh, vocabulary->forms, form, next_form)
    {
        HASH_DEL(vocabulary->forms, form);
        for (size_t i = 0; i < form->forms.count; i++)
            free_other(form->forms.others[i]);
        free(form);
    }
    free(vocabulary);
}

/* The entry of two keys, made where there is none. */
static struct entry *find_entry(struct vocabulary *vocabulary, const char *short_key, const char *long_key)
{
    MEM_AUTO char *key = mem_format("%s\t%s", short_key, long_key);
    size_t len = strlen(key);
    struct entry *entry;
    HASH_FIND(hh, vocabulary->entries, key, len, entry);
    if (entry)
        return entry;
    entry = mem_zero(1, sizeof *entry + len + 1);
    memcpy(entry->key, key, len);
    entry->short_key = mem_text(short_key);
    entry->long_key = mem_text(long_key);
    HASH_ADD_KEYPTR(hh, vocabulary->entries, entry->key, len, entry);
    return entry;
}

static void show_as(struct entry *entry, enum vocabulary_source source, const char *short_form,
                    const char *long_form)
{
    free(entry->short_form);
    free(entry->long_form);
    entry->source = source;
    entry->short_form = mem_text(short_form);
    entry->long_form = mem_text(long_form);
}

/* ---- what the texts explain ---- */

/* Words that are an acronym's letters by accident: whoever types one means the word. */
static bool is_small_word(const char *key)
{
    static const char *const words[] = {"a",   "act", "age", "aim", "all", "am",  "an",  "and", "care", "did",
                                        "new", "one", "see", "two", "use", "any", "are", "as",  "at",   "be",
                                        "but", "by",  "can", "do",  "for", "has", "he",  "if",  "in",   "is",
                                        "it",  "may", "me",  "my",  "no",  "not", "of",  "on",  "or",   "our",
                                        "so",  "the", "to",  "up",  "us",  "was", "we",  "who", "you"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], key) == 0)
            return true;
    return false;
}

/* Whether enough speaks for the pair. */
static enum shim_status judge(struct shim_reader *reader, uint32_t records, struct entry *entry,
                              struct error *error)
{
    int64_t least = records < VOCABULARY_SMALL ? 1 : VOCABULARY_RECORDS_MIN;
    uint32_t having = 0;
    if (entry->count < least || is_small_word(entry->short_key))
        return SHIM_OK;
    if (!strchr(entry->short_key, ' ')) {
        struct shim_error shim_error;
        enum shim_status status =
            shim_reader_frequency(reader, entry->short_key, strlen(entry->short_key), &having, &shim_error);
        if (status != SHIM_OK) {
            error_set(error, "the index cannot be read: %s", shim_error.text);
            return status;
        }
    }
    entry->is_used = entry->count * VOCABULARY_SHARE >= having;
    return SHIM_OK;
}

static enum shim_status add_register(struct vocabulary *vocabulary, struct shim_reader *reader,
                                     uint32_t records, struct error *error)
{
    struct pairs *pairs = pairs_new();
    enum shim_status status = pairs_load(pairs, reader, error);
    size_t count = 0;
    struct pair *list = status == SHIM_OK ? pairs_list(pairs, &count) : NULL;
    for (size_t i = 0; i < count && status == SHIM_OK; i++) {
        struct entry *entry = find_entry(vocabulary, list[i].short_key, list[i].long_key);
        entry->count = list[i].count;
        show_as(entry, VOCABULARY_REGISTER, list[i].short_form, list[i].long_form);
        status = judge(reader, records, entry, error);
    }
    free(list);
    pairs_free(pairs);
    return status;
}

/* ---- what is built in, and the user's own ---- */

static void add_pair(struct vocabulary *vocabulary, struct analyser *analyser, enum vocabulary_source source,
                     const char *short_form, const char *long_form)
{
    MEM_AUTO char *short_key = analyser_key(analyser, short_form, strlen(short_form));
    MEM_AUTO char *long_key = analyser_key(analyser, long_form, strlen(long_form));
    if (!*short_key || !*long_key || strcmp(short_key, long_key) == 0)
        return;
    struct entry *entry = find_entry(vocabulary, short_key, long_key);
    bool is_known = entry->is_used && source == VOCABULARY_BUILT_IN;
    entry->is_used = true;
    if (!is_known)
        show_as(entry, source, short_form, long_form);
}

static void add_built_in(struct vocabulary *vocabulary, struct analyser *analyser)
{
    size_t count;
    const struct vocabulary_pair *pairs = vocabulary_built_in(&count);
    for (size_t i = 0; i < count; i++)
        add_pair(vocabulary, analyser, VOCABULARY_BUILT_IN, pairs[i].short_form, pairs[i].long_form);
}

static enum shim_status add_own(struct vocabulary *vocabulary, struct shim_reader *reader,
                                struct analyser *analyser, struct error *error)
{
    void *bytes;
    size_t len;
    struct shim_error shim_error;
    enum shim_status status = shim_reader_metadata(reader, "vocabulary", &bytes, &len, &shim_error);
    if (status == SHIM_NOT_FOUND)
        return SHIM_OK;
    if (status != SHIM_OK) {
        error_set(error, "the index's acronyms cannot be read: %s", shim_error.text);
        return status;
    }
    MEM_AUTO char *rows = mem_copy(bytes, len);
    shim_free(bytes);
    for (char *row = rows, *end; (end = strchr(row, '\n')); row = end + 1) {
        *end = '\0';
        char *tab = strchr(row, '\t');
        if (!tab)
            continue;
        *tab = '\0';
        add_pair(vocabulary, analyser, VOCABULARY_FILE, row, tab + 1);
    }
    return SHIM_OK;
}

/* ---- forms ---- */

/* The user's own before all; then by count; ties by bytes. */
static int by_worth(const struct entry *a, const struct entry *b)
{
    bool a_own = a->source == VOCABULARY_FILE, b_own = b->source == VOCABULARY_FILE;
    if (a_own != b_own)
        return a_own ? -1 : 1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->key, b->key);
}

/* Whether the words of `part` stand next to each other among those of `whole`. */
static bool has_words(const char *whole, const char *part)
{
    size_t len = strlen(part);
    for (const char *at = whole; (at = strstr(at, part)); at++)
        if ((at == whole || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    return false;
}

static struct vocabulary_other *new_other(const char *key)
{
    struct vocabulary_other *other = mem_zero(1, sizeof *other);
    other->key = mem_text(key);
    return other;
}

static void add_other(struct vocabulary_form *forms, const char *key)
{
    for (size_t i = 0; i < forms->count; i++) {
        if (has_words(key, forms->others[i]->key))
            return;
        if (has_words(forms->others[i]->key, key)) {
            free_other(forms->others[i]);
            forms->others[i] = new_other(key);
            return;
        }
    }
    if (forms->count < VOCABULARY_ALTERNATES_MAX)
        forms->others[forms->count++] = new_other(key);
}

static size_t count_words(const char *key)
{
    size_t words = 1;
    for (; (key = strchr(key, ' ')); key++)
        words++;
    return words;
}

static void add_form(struct vocabulary *vocabulary, const char *key, const char *other)
{
    size_t len = strlen(key), words = count_words(key);
    struct form *form;
    HASH_FIND(hh, vocabulary->forms, key, len, form);
    if (!form) {
        form = mem_zero(1, sizeof *form + len + 1);
        memcpy(form->key, key, len);
        HASH_ADD_KEYPTR(hh, vocabulary->forms, form->key, len, form);
    }
    add_other(&form->forms, other);
    if (words > vocabulary->longest)
        vocabulary->longest = words;
}

/* The key of a short form without a '+' at its end. */
static char *plain_key(const char *key)
{
    size_t len = strlen(key);
    while (len > 1 && key[len - 1] == '+')
        len--;
    return mem_copy(key, len);
}

static void make_forms(struct vocabulary *vocabulary)
{
    struct entry *entry, *next;
    HASH_ITER(hh, vocabulary->entries, entry, next)
    {
        if (entry->is_used && count_words(entry->short_key) <= VOCABULARY_WORDS_MAX &&
            count_words(entry->long_key) <= VOCABULARY_WORDS_MAX)
            continue;
        HASH_DEL(vocabulary->entries, entry);
        free_entry(entry);
    }
    HASH_SORT(vocabulary->entries, by_worth);
    HASH_ITER(hh, vocabulary->entries, entry, next)
    {
        MEM_AUTO char *short_key = plain_key(entry->short_key);
        add_form(vocabulary, short_key, entry->long_key);
        add_form(vocabulary, entry->long_key, short_key);
    }
}

enum shim_status vocabulary_load(struct shim_reader *reader, struct analyser *analyser, uint32_t records,
                                 struct vocabulary **ret_vocabulary, struct error *error)
{
    struct vocabulary *vocabulary = mem_zero(1, sizeof *vocabulary);
    enum shim_status status = add_register(vocabulary, reader, records, error);
    if (status == SHIM_OK) {
        add_built_in(vocabulary, analyser);
        status = add_own(vocabulary, reader, analyser, error);
    }
    if (status != SHIM_OK) {
        vocabulary_free(vocabulary);
        return status;
    }
    make_forms(vocabulary);
    *ret_vocabulary = vocabulary;
    return SHIM_OK;
}

/* ---- asked ---- */

const struct vocabulary_form *vocabulary_find(const struct vocabulary *vocabulary, const char *key,
                                              size_t len)
{
    const struct form *form;
    HASH_FIND(hh, vocabulary->forms, key, len, form);
    return form ? &form->forms : NULL;
}

size_t vocabulary_longest(const struct vocabulary *vocabulary)
{
    return vocabulary->longest;
}

void vocabulary_put(const struct vocabulary *vocabulary, struct buf *to)
{
    static const char *const sources[] = {
        [VOCABULARY_FILE] = "file", [VOCABULARY_REGISTER] = "register", [VOCABULARY_BUILT_IN] = "built in"};
    size_t shown = 0;
    json_text_member(to, "vocabulary");
    buf_byte(to, '[');
    for (const struct entry *entry = vocabulary->entries; entry && shown < VOCABULARY_SHOWN_MAX;
         entry = entry->hh.next, shown++) {
        json_text_comma(to);
        buf_byte(to, '{');
        json_text_member(to, "short");
        json_text_or_null(to, entry->short_form);
        json_text_member(to, "long");
        json_text_or_null(to, entry->long_form);
        json_text_member(to, "count");
        json_text_number(to, entry->count);
        json_text_member(to, "source");
        json_text_or_null(to, sources[entry->source]);
        buf_byte(to, '}');
    }
    buf_byte(to, ']');
}
