/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/completions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/register/key.h"
#include "indexer/store/phrase_list.h"
#include "indexer/text/stop_words.h"

enum {
    LINES_MAX = 256 << 20,            /* bytes of one kind's lines, or of all words */
    NEEDLE_MAX = TYPED_BYTES_MAX * 4, /* bytes of what is looked for, folded */
};

/* The texts of one kind. Lines are "-folded-spelling-\n": every word between two dashes. */
struct table {
    struct buf lines;
    uint32_t *starts; /* of each line */
    const char **texts;
    uint32_t *counts;
    size_t count, cap;
};

struct words {
    struct buf bytes; /* one behind the other, in the order of their bytes */
    uint32_t *starts; /* one more than there are words */
    uint32_t *counts;
    size_t count, cap;
};

struct completions {
    struct table tables[COMPLETION_KIND_COUNT];
    struct words words;
    struct phrase_list phrases;
};

/* ---- loading ---- */

/* key_fold, by a short way for what most references are: letters, digits and marks that part words. */
static char *fold(const char *text)
{
    for (const char *at = text; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr("-_.#/ ", *at))
            return key_fold(text);
    char *folded = mem_alloc(strlen(text) + 1), *to = folded;
    for (const char *at = text; *at; at++) {
        if (isalnum((unsigned char)*at))
            *to++ = (char)tolower((unsigned char)*at);
        else if (to > folded && to[-1] != '-')
            *to++ = '-';
    }
    while (to > folded && to[-1] == '-')
        to--;
    *to = '\0';
    return folded;
}

static void add_line(struct table *table, const char *text, uint32_t count)
{
    MEM_AUTO char *folded = fold(text);
    if (count == 0 || !*folded || strlen(folded) > COMPLETIONS_LINE_MAX)
        return;
    if (table->count == table->cap) {
        table->cap = table->cap ? 2 * table->cap : 64;
        table->starts = mem_grow(table->starts, table->cap, sizeof *table->starts);
        table->texts = mem_grow(table->texts, table->cap, sizeof *table->texts);
        table->counts = mem_grow(table->counts, table->cap, sizeof *table->counts);
    }
    size_t before = table->lines.len;
    buf_byte(&table->lines, '-');
    buf_text(&table->lines, folded);
    buf_text(&table->lines, "-\n");
    if (buf_failed(&table->lines))
        return; /* the kind is full */
    table->starts[table->count] = (uint32_t)before;
    table->texts[table->count] = text;
    table->counts[table->count++] = count;
}

/* The values of a facet with the number of current records that have each. */
static void load_facet(struct table *table, const struct columns *columns, const char *name)
{
    const struct facet_column *facet = &columns->facets[field_facet_number(field_find(name))];
    uint32_t *counts = mem_zero(facet->node_count, sizeof *counts);
    BITS_EACH(&columns->current, document)
    {
        for (uint32_t i = facet->documents.starts[document]; i < facet->documents.starts[document + 1]; i++)
            counts[facet->documents.items[i]]++;
    }
    for (size_t node = NODE_NONE + 1; node < facet->node_count; node++) {
        const struct node *value = &facet->nodes[node];
        add_line(table, value->label ? value->label : value->key, counts[node]);
    }
    free(counts);
}

static void load_records(struct table *table, const struct columns *columns)
{
    BITS_EACH(&columns->current, document)
    {
        add_line(table, columns->ids[document], 1);
    }
}

static enum shim_status load_phrases(struct completions *completions, struct shim_reader *reader,
                                     struct error *error)
{
    enum shim_status status = phrase_list_load(reader, &completions->phrases, error);
    for (size_t i = 0; i < completions->phrases.count; i++)
        add_line(&completions->tables[COMPLETION_PHRASE], completions->phrases.items[i].text,
                 completions->phrases.items[i].count);
    return status;
}

static void add_word(struct words *words, const char *word, size_t len, uint32_t count)
{
    if (stop_word_is(word, len))
        return;
    if (words->count + 1 >= words->cap) {
        words->cap = words->cap ? 2 * words->cap : 4096;
        words->starts = mem_grow(words->starts, words->cap, sizeof *words->starts);
        words->counts = mem_grow(words->counts, words->cap, sizeof *words->counts);
    }
    words->starts[words->count] = (uint32_t)words->bytes.len;
    words->counts[words->count++] = count;
    buf_append(&words->bytes, word, len);
    words->starts[words->count] = (uint32_t)words->bytes.len;
}

static enum shim_status load_words(struct words *words, struct shim_reader *reader, struct error *error)
{
    struct shim_terms *spellings;
    struct shim_error shim_error;
    enum shim_status status = shim_reader_spellings(reader, "", 0, &spellings, &shim_error);
    if (status == SHIM_OK) {
        const char *word;
        size_t len;
        uint32_t count;
        while (words->count < COMPLETIONS_WORDS_MAX &&
               (status = shim_terms_next(spellings, &word, &len, &count, &shim_error)) == SHIM_OK)
            add_word(words, word, len, count);
        shim_terms_free(spellings);
    }
    if (status == SHIM_OK || status == SHIM_END)
        return SHIM_OK;
    error_set(error, "the index's words cannot be read: %s", shim_error.text);
    return status;
}

enum shim_status completions_load(struct shim_reader *reader, const struct columns *columns,
                                  struct completions **ret_completions, struct error *error)
{
    struct completions *completions = mem_zero(1, sizeof *completions);
    completions->words.bytes = (struct buf)BUF_INIT(LINES_MAX);
    for (enum completion_kind kind = 0; kind < COMPLETION_KIND_COUNT; kind++) {
        struct table *table = &completions->tables[kind];
        table->lines = (struct buf)BUF_INIT(LINES_MAX);
        if (completion_kind_facet(kind))
            load_facet(table, columns, completion_kind_facet(kind));
    }
    load_records(&completions->tables[COMPLETION_RECORD], columns);
    enum shim_status status = load_phrases(completions, reader, error);
    if (status == SHIM_OK)
        status = load_words(&completions->words, reader, error);
    if (status == SHIM_OK)
        *ret_completions = completions;
    else
        completions_free(completions);
    return status;
}

void completions_free(struct completions *completions)
{
    if (!completions)
        return;
    for (enum completion_kind kind = 0; kind < COMPLETION_KIND_COUNT; kind++) {
        struct table *table = &completions->tables[kind];
        buf_free(&table->lines);
        free(table->starts);
        free(table->texts);
        free(table->counts);
    }
    buf_free(&completions->words.bytes);
    free(completions->words.starts);
    free(completions->words.counts);
    phrase_list_free(&completions->phrases);
    free(completions);
}

size_t completions_memory(const struct completions *completions)
{
    size_t memory = sizeof *completions + completions->words.bytes.cap + completions->words.cap * 8 +
                    completions->phrases.count * (sizeof *completions->phrases.items + PHRASE_TEXT_MAX / 2);
    for (enum completion_kind kind = 0; kind < COMPLETION_KIND_COUNT; kind++)
        memory += completions->tables[kind].lines.cap + completions->tables[kind].cap * 16;
    return memory;
}

/* ---- the best ---- */

static int by_text(const struct completion *a, const struct completion *b)
{
    int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static bool is_better(const struct completion *a, const struct completion *b)
{
    if (a->fit != b->fit)
        return a->fit < b->fit;
    if (a->count != b->count)
        return a->count > b->count;
    return by_text(a, b) < 0;
}

/* Puts it at its place among the best, best first. */
static void keep(struct completion *best, size_t limit, size_t *count, const struct completion *completion)
{
    if (*count == limit && (limit == 0 || !is_better(completion, &best[limit - 1])))
        return;
    size_t place = *count < limit ? (*count)++ : limit - 1;
    for (; place > 0 && is_better(completion, &best[place - 1]); place--)
        best[place] = best[place - 1];
    best[place] = *completion;
}

/* ---- words ---- */

static int compare_word(const struct words *words, size_t number, const char *prefix, size_t len)
{
    size_t start = words->starts[number], size = words->starts[number + 1] - start;
    int order = memcmp(words->bytes.data + start, prefix, size < len ? size : len);
    return order ? order : size < len ? -1 : 0; /* 0: begins with it */
}

static size_t find_words(const struct words *words, const char *typed, struct completion *best, size_t limit)
{
    size_t len = strlen(typed), low = 0, high = words->count, count = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_word(words, middle, typed, len) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < words->count && compare_word(words, low, typed, len) == 0; low++) {
        size_t size = words->starts[low + 1] - words->starts[low];
        keep(best, limit, &count,
             &(struct completion){COMPLETION_WORD, size == len ? FIT_WHOLE : FIT_BEGINS, words->counts[low],
                                  words->bytes.data + words->starts[low], size});
    }
    return count;
}

/* ---- lines ---- */

/* What was typed, as lines are searched for it. */
struct sought {
    char needle[NEEDLE_MAX]; /* "-risk-str": all of it, in order */
    size_t len;
    char rarest[NEEDLE_MAX]; /* its longest word, with which lines are found */
    size_t rarest_len;
};

static void seek_words(struct sought *sought, const char *typed, bool is_ended)
{
    sought->len = (size_t)snprintf(sought->needle, NEEDLE_MAX, "-%s%s", typed, is_ended && *typed ? "-" : "");
    if (sought->len >= NEEDLE_MAX)
        sought->len = NEEDLE_MAX - 1;
    sought->rarest_len = 0;
    for (size_t at = 0, end; at + 1 < sought->len || at == 0; at = end) {
        const char *next = memchr(sought->needle + at + 1, '-', sought->len - at - 1);
        end = next ? (size_t)(next - sought->needle) : sought->len;
        size_t size = end - at + (next ? 1 : 0);
        if (size <= sought->rarest_len)
            continue;
        memcpy(sought->rarest, sought->needle + at, size);
        sought->rarest_len = size;
    }
}

/* Whether every word sought stands in the line, the last one as a beginning. */
static bool has_words(const struct sought *sought, const char *line, size_t len)
{
    for (size_t at = 0; at + 1 < sought->len;) {
        const char *next = memchr(sought->needle + at + 1, '-', sought->len - at - 1);
        size_t end = next ? (size_t)(next - sought->needle) : sought->len;
        if (!memmem(line, len, sought->needle + at, end - at + (next ? 1 : 0)))
            return false;
        at = end;
    }
    return true;
}

/* Where the last level of a path begins. */
static const char *last_level(const char *text)
{
    for (const char *next; (next = strstr(text, FIELD_PATH_SEPARATOR));)
        text = next + strlen(FIELD_PATH_SEPARATOR);
    return text;
}

static bool level_begins(const struct sought *sought, const char *text)
{
    const char *level = last_level(text);
    if (level == text)
        return false;
    MEM_AUTO char *folded = key_fold(level);
    size_t len = strlen(folded), wanted = sought->len - 1;
    return len >= wanted ? memcmp(folded, sought->needle + 1, wanted) == 0
                         : len + 1 == wanted && memcmp(folded, sought->needle + 1, len) == 0;
}

/* How well the line fits; false where it does not. */
static bool fits(const struct sought *sought, const char *line, size_t len, const char *text, bool is_path,
                 enum completion_fit *ret_fit)
{
    if (len >= sought->len && memcmp(line, sought->needle, sought->len) == 0)
        *ret_fit = len <= sought->len + 1 ? FIT_WHOLE : FIT_BEGINS;
    else if (is_path && level_begins(sought, text))
        *ret_fit = FIT_BEGINS;
    else if (memmem(line, len, sought->needle, sought->len))
        *ret_fit = FIT_HOLDS;
    else if (has_words(sought, line, len))
        *ret_fit = FIT_WORDS;
    else
        return false;
    return true;
}

/* The line at byte `at`. */
static size_t line_at(const struct table *table, size_t at)
{
    size_t low = 0, high = table->count;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (table->starts[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static size_t find_lines(const struct table *table, enum completion_kind kind, const char *typed,
                         bool is_ended, struct completion *best, size_t limit)
{
    struct sought sought;
    size_t count = 0;
    seek_words(&sought, typed, is_ended);
    const char *bytes = table->lines.data;
    for (size_t at = 0; at < table->lines.len;) {
        const char *met = memmem(bytes + at, table->lines.len - at, sought.rarest, sought.rarest_len);
        if (!met)
            break;
        size_t number = line_at(table, (size_t)(met - bytes));
        size_t start = table->starts[number];
        at = number + 1 < table->count ? table->starts[number + 1] : table->lines.len;
        struct completion completion = {
            .kind = kind, .count = table->counts[number], .text = table->texts[number]};
        if (count == limit && limit > 0 && best[limit - 1].fit == FIT_WHOLE)
            break;
        if (!fits(&sought, bytes + start, at - start - 1, completion.text, kind == COMPLETION_PROVISION,
                  &completion.fit))
            continue;
        completion.len = strlen(completion.text);
        keep(best, limit, &count, &completion);
    }
    return count;
}

size_t completions_find(const struct completions *completions, enum completion_kind kind, const char *typed,
                        bool is_ended, struct completion *best, size_t limit)
{
    if (limit > COMPLETIONS_MAX)
        limit = COMPLETIONS_MAX;
    if (kind == COMPLETION_WORD)
        return strchr(typed, '-') || is_ended ? 0 : find_words(&completions->words, typed, best, limit);
    return find_lines(&completions->tables[kind], kind, typed, is_ended, best, limit);
}
