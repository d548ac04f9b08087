/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/pairs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"

enum { FORMS_MAX = 4 /* of a row: two keys, and two spellings or none */ };

/* A pair, or one of its spellings; the key is what the row holds behind its count, without the line's end. */
struct row {
    UT_hash_handle hh;
    int64_t count;
    uint64_t record; /* where it was met last */
    char key[];
};

struct pairs {
    struct row *rows;
    uint64_t record;
    int by;
    bool is_changed;
};

struct pairs *pairs_new(void)
{
    return mem_zero(1, sizeof(struct pairs));
}

void pairs_free(struct pairs *pairs)
{
    if (!pairs)
        return;
    struct row *row, *next;
    HASH_ITER(hh, pairs->rows, row, next)
    {
        HASH_DEL(pairs->rows, row);
        free(row);
    }
    free(pairs);
}

void pairs_next_record(struct pairs *pairs, int by)
{
    pairs->record++;
    pairs->by = by;
}

/* The row of a key, made where there is none; NULL past the limit. */
static struct row *find_row(struct pairs *pairs, const char *key, size_t len)
{
    struct row *row;
    HASH_FIND(hh, pairs->rows, key, len, row);
    if (row || HASH_COUNT(pairs->rows) >= PAIRS_GATHERED_MAX)
        return row;
    row = mem_zero(1, sizeof *row + len + 1);
    memcpy(row->key, key, len);
    HASH_ADD_KEYPTR(hh, pairs->rows, row->key, len, row);
    return row;
}

static void count_row(struct pairs *pairs, const struct buf *key)
{
    struct row *row = find_row(pairs, key->data, key->len);
    if (!row || row->record == pairs->record)
        return;
    row->record = pairs->record;
    row->count += pairs->by;
    pairs->is_changed = true;
}

/* Runs of white space and control characters become one space; none stands at an end. */
static void put_form(struct buf *key, const char *form)
{
    size_t start = key->len;
    for (; *form; form++) {
        if ((unsigned char)*form > ' ' && *form != 0x7F)
            buf_byte(key, *form);
        else if (key->len > start && key->data[key->len - 1] != ' ')
            buf_byte(key, ' ');
    }
    if (key->len > start && key->data[key->len - 1] == ' ')
        key->data[--key->len] = '\0';
}

void pairs_add(struct pairs *pairs, const char *short_key, const char *long_key, const char *short_form,
               const char *long_form)
{
    const char *const forms[FORMS_MAX] = {short_key, long_key, short_form, long_form};
    BUF_AUTO struct buf key = BUF_INIT(FORMS_MAX * PAIRS_FORM_MAX);
    for (size_t i = 0; i < FORMS_MAX; i++)
        if (!*forms[i] || strlen(forms[i]) > PAIRS_FORM_MAX)
            return;
    for (size_t i = 0; i < FORMS_MAX; i++) {
        if (i > 0)
            buf_byte(&key, '\t');
        put_form(&key, forms[i]);
        if (i == 1 || i == 3)
            count_row(pairs, &key);
    }
}

void pairs_merge(struct pairs *pairs, const struct pairs *from)
{
    for (const struct row *row = from->rows; row; row = row->hh.next) {
        struct row *mine = find_row(pairs, row->key, row->hh.keylen);
        if (!mine)
            continue;
        mine->count += row->count;
        pairs->is_changed = true;
    }
}

/* ---- rows that count, in order ---- */

static int by_key(const void *a, const void *b)
{
    return strcmp((*(const struct row *const *)a)->key, (*(const struct row *const *)b)->key);
}

static int by_count(const void *a, const void *b)
{
    const struct row *left = *(const struct row *const *)a, *right = *(const struct row *const *)b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(left->key, right->key);
}

/* *new*. At most `most`, of those met most. A pair comes before its spellings, and is met as often at least.
 */
static const struct row **rows_in_order(const struct pairs *pairs, size_t most, size_t *ret_count)
{
    const struct row **rows = mem_zero(HASH_COUNT(pairs->rows), sizeof *rows);
    size_t count = 0;
    for (const struct row *row = pairs->rows; row; row = row->hh.next)
        if (row->count > 0)
            rows[count++] = row;
    if (count > most) {
        qsort(rows, count, sizeof *rows, by_count);
        count = most;
    }
    if (count > 1)
        qsort(rows, count, sizeof *rows, by_key);
    *ret_count = count;
    return rows;
}

static size_t count_tabs(const char *key)
{
    size_t tabs = 0;
    for (; (key = strchr(key, '\t')); key++)
        tabs++;
    return tabs;
}

/* ---- kept ---- */

static void load_row(struct pairs *pairs, const char *line, size_t len)
{
    char *end;
    long long count = strtoll(line, &end, 10);
    if (end == line || *end != '\t' || count < 1)
        return;
    size_t lead = (size_t)(end + 1 - line);
    struct row *row = lead < len ? find_row(pairs, end + 1, len - lead) : NULL;
    if (row)
        row->count += count;
}

/* The rows as the index holds them, *new*; NULL where it has none. */
static enum shim_status read_rows(struct shim_reader *reader, char **ret_text, size_t *ret_len,
                                  struct error *error)
{
    void *bytes;
    struct shim_error shim_error;
    enum shim_status status = shim_reader_metadata(reader, PAIRS_KEY, &bytes, ret_len, &shim_error);
    *ret_text = NULL;
    if (status == SHIM_NOT_FOUND) {
        *ret_len = 0;
        return SHIM_OK;
    }
    if (status != SHIM_OK) {
        error_set(error, "the index's acronyms cannot be read: %s", shim_error.text);
        return status;
    }
    *ret_text = mem_copy(bytes, *ret_len);
    shim_free(bytes);
    return SHIM_OK;
}

static void load_rows(struct pairs *pairs, const char *text)
{
    for (const char *line = text, *end; line && (end = strchr(line, '\n')); line = end + 1)
        load_row(pairs, line, (size_t)(end - line));
}

enum shim_status pairs_load(struct pairs *pairs, struct shim_reader *reader, struct error *error)
{
    MEM_AUTO char *text = NULL;
    size_t len;
    enum shim_status status = read_rows(reader, &text, &len, error);
    load_rows(pairs, text);
    return status;
}

static void put_rows(const struct pairs *pairs, struct buf *text)
{
    size_t count;
    const struct row **rows = rows_in_order(pairs, PAIRS_KEPT_MAX, &count);
    for (size_t i = 0; i < count; i++) {
        buf_printf(text, "%" PRId64 "\t", rows[i]->count);
        buf_append(text, rows[i]->key, rows[i]->hh.keylen);
        buf_byte(text, '\n');
    }
    free(rows);
}

int pairs_save(const struct pairs *pairs, struct shim_writer *writer, struct error *error)
{
    if (!pairs->is_changed)
        return 0;
    BUF_AUTO struct buf text = BUF_INIT(PAIRS_BYTES_MAX);
    put_rows(pairs, &text);
    struct shim_error shim_error = {.text = "too many bytes"};
    if (!buf_failed(&text) && shim_writer_set_metadata(writer, PAIRS_KEY, text.data ? text.data : "",
                                                       text.len, &shim_error) == SHIM_OK)
        return 0;
    error_set(error, "the index's acronyms cannot be written: %s", shim_error.text);
    return -1;
}

/* ---- checked ---- */

/* A row of `stored` that counts more than it does in `pairs`; NULL where there is none. */
static const struct row *row_too_large(const struct pairs *stored, const struct pairs *pairs)
{
    for (const struct row *row = stored->rows; row; row = row->hh.next) {
        const struct row *own;
        HASH_FIND(hh, pairs->rows, row->key, row->hh.keylen, own);
        if (!own || own->count < row->count)
            return row;
    }
    return NULL;
}

/* Whether these are the pairs' rows as pairs_save() writes them. */
static bool are_rows_of(const struct pairs *pairs, const char *text, size_t len)
{
    BUF_AUTO struct buf wanted = BUF_INIT(PAIRS_BYTES_MAX);
    put_rows(pairs, &wanted);
    return wanted.len == len && (len == 0 || memcmp(wanted.data, text, len) == 0);
}

int pairs_compare(const struct pairs *pairs, struct shim_reader *reader, bool is_new, struct error *error)
{
    if (HASH_COUNT(pairs->rows) >= PAIRS_GATHERED_MAX)
        return 0; /* past it nobody knows all */
    MEM_AUTO char *text = NULL;
    size_t len;
    if (read_rows(reader, &text, &len, error) != SHIM_OK)
        return 1;
    struct pairs *stored = pairs_new();
    load_rows(stored, text);
    const struct row *row = row_too_large(stored, pairs);
    int result = 1;
    if (row)
        error_set(error, "of the acronyms, \"%.*s\" is counted %" PRId64 " times",
                  (int)strcspn(row->key, "\t"), row->key, row->count);
    else if (!are_rows_of(stored, text, len))
        error_set(error, "the acronyms are not as they were written");
    else if (is_new && !are_rows_of(pairs, text, len))
        error_set(error, "acronyms are missing");
    else
        result = 0;
    pairs_free(stored);
    return result;
}

/* ---- asked ---- */

/* The part of a row's key before its n-th tab and behind the one before, made a text of its own in place. */
static const char *cut_form(char **at)
{
    char *form = *at, *tab = strchr(form, '\t');
    if (tab)
        *tab = '\0';
    *at = tab ? tab + 1 : form + strlen(form);
    return form;
}

/* All keys copied behind the pairs in one block, where they are cut up. */
struct pair *pairs_list(const struct pairs *pairs, size_t *ret_count)
{
    size_t count, listed = 0, room = 0;
    int64_t best = 0;
    const struct row **rows = rows_in_order(pairs, PAIRS_GATHERED_MAX, &count);
    for (size_t i = 0; i < count; i++)
        room += rows[i]->hh.keylen + 1;
    struct pair *list = mem_zero(1, count * sizeof *list + room + 1);
    char *at = (char *)(list + count);
    for (size_t i = 0; i < count; i++) {
        char *form = memcpy(at, rows[i]->key, rows[i]->hh.keylen + 1);
        at += rows[i]->hh.keylen + 1;
        bool is_pair = count_tabs(form) + 1 < FORMS_MAX;
        const char *short_key = cut_form(&form), *long_key = cut_form(&form);
        if (is_pair) {
            list[listed++] = (struct pair){short_key, long_key, short_key, long_key, rows[i]->count};
            best = 0;
            continue;
        }
        struct pair *pair = listed ? &list[listed - 1] : NULL;
        if (!pair || strcmp(pair->short_key, short_key) != 0 || strcmp(pair->long_key, long_key) != 0 ||
            rows[i]->count <= best)
            continue;
        best = rows[i]->count;
        pair->short_form = cut_form(&form);
        pair->long_form = cut_form(&form);
    }
    free(rows);
    *ret_count = listed;
    return list;
}
