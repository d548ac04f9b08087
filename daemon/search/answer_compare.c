/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods `compare` and `changes`: what differs between two records, and between two editions. */
#include <stdlib.h>
#include <string.h>

#include "daemon/search/answer.h"
#include "daemon/search/word_diff.h"
#include "indexer/base/json_text.h"
#include "indexer/register/dates.h"
#include "indexer/register/reference.h"

/* ---- compare ---- */

/* The document that "ID" or "ID@EDITION" names; fails with the protocol's code. */
static enum search_status find_compared(struct inquiry *inquiry, const json_t *item, uint32_t *ret_document)
{
    const char *name = json_string_value(item);
    if (!name || strlen(name) > REQUEST_TEXT_MAX)
        return answer_fail(inquiry->error, -32602,
                           "ids takes two texts: \"ID\", or \"ID@EDITION\" for an older text");
    const char *at = strrchr(name, '@');
    /* No reference ends as "ID@EDITION" does; one that has an '@' elsewhere is itself. */
    if (at && !reference_edition(name) && answer_is_known(inquiry, name))
        at = NULL;
    MEM_AUTO char *id = mem_copy(name, at ? (size_t)(at - name) : strlen(name));
    return answer_find(inquiry, id, at ? at + 1 : NULL, ret_document);
}

static void put_edit(struct buf *to, const struct word_edit *edit, const struct text_section *a,
                     const struct text_section *b)
{
    static const char *const ops[] = {
        [WORD_DIFF_EQUAL] = "equal", [WORD_DIFF_DELETE] = "delete", [WORD_DIFF_INSERT] = "insert"};
    json_text_comma(to);
    buf_byte(to, '{');
    json_text_member(to, "op");
    json_text_or_null(to, ops[edit->op]);
    json_text_member(to, "text");
    json_text_string(to, (edit->op == WORD_DIFF_INSERT ? b : a)->bytes + edit->start, edit->len);
    buf_byte(to, '}');
}

static void put_part(struct buf *to, const struct field *part, const struct text_section *a,
                     const struct text_section *b)
{
    if (!a->bytes && !b->bytes)
        return;
    const struct text_section empty = {"", 0};
    a = a->bytes ? a : &empty;
    b = b->bytes ? b : &empty;
    json_text_member(to, part->name);
    if (word_equal(a->bytes, a->len, b->bytes, b->len)) {
        buf_text(to, "{\"equal\":true}");
        return;
    }
    buf_text(to, "{\"edits\":[");
    size_t count;
    struct word_edit *edits = word_diff(a->bytes, a->len, b->bytes, b->len, &count);
    for (size_t i = 0; i < count; i++)
        put_edit(to, &edits[i], a, b);
    free(edits);
    buf_text(to, "]}");
}

static enum search_status put_parts(struct inquiry *inquiry, const uint32_t documents[2], struct buf *to)
{
    struct text_section a[TEXT_SECTION_COUNT], b[TEXT_SECTION_COUNT];
    struct error error = ERROR_NONE;
    struct text_frame *other = text_frame_new(); /* both texts are held at once */
    const struct columns *columns = inquiry->columns;
    const struct text_reader *texts = inquiry->snapshot->texts;
    int status = text_reader_get(texts, inquiry->worker->frame, &columns->addresses[documents[0]], a, &error);
    if (status == 0)
        status = text_reader_get(texts, other, &columns->addresses[documents[1]], b, &error);
    json_text_member(to, "parts");
    buf_byte(to, '{');
    for (int part = 0; status == 0 && part < FIELD_PART_COUNT; part++)
        put_part(to, field_parts()[part], &a[TEXT_SECTION_PARTS + part], &b[TEXT_SECTION_PARTS + part]);
    buf_byte(to, '}');
    text_frame_free(other);
    return status == 0 ? SEARCH_OK : answer_fail(inquiry->error, -32603, "%s", error.text);
}

enum search_status answer_compare(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    static const char *const known[] = {"ids", NULL};
    if (request_check_names(params, known, "compare", inquiry->error) != 0)
        return SEARCH_FAILED;
    const json_t *ids = json_object_get(params, "ids");
    if (json_array_size(ids) != 2)
        return answer_fail(inquiry->error, -32602,
                           "compare needs ids: a list of two, such as [\"ID\", \"ID@2017-09\"]");
    uint32_t documents[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        enum search_status status = find_compared(inquiry, json_array_get(ids, i), &documents[i]);
        if (status != SEARCH_OK)
            return status;
    }
    buf_byte(to, '{');
    json_text_member(to, "revision");
    json_text_or_null(to, inquiry->snapshot->revision);
    json_text_member(to, "ids");
    buf_byte(to, '[');
    for (size_t i = 0; i < 2; i++) {
        json_text_comma(to);
        json_text_or_null(to, inquiry->columns->ids[documents[i]]);
    }
    buf_byte(to, ']');
    enum search_status status = put_parts(inquiry, documents, to);
    buf_byte(to, '}');
    return status;
}

/* ---- changes ---- */

/* The editions there are, oldest first. */
static void list_editions(const struct columns *columns, struct strlist *editions)
{
    const struct facet_column *column = &columns->facets[field_facet_number(field_find("edition"))];
    for (size_t node = NODE_NONE + 1; node < column->node_count; node++)
        if (dates_is_edition(column->nodes[node].key))
            strlist_add(editions, column->nodes[node].key);
    strlist_sort(editions);
}

/* For each agreement the documents that an edition has of it, as a set over all documents. */
static struct bits edition_documents(const struct columns *columns, const char *edition)
{
    struct bits documents = bits_new(columns->bits);
    BITS_EACH(&columns->all, document)
    {
        if (columns_has_edition(columns, (uint32_t)document, edition))
            bits_set(&documents, document);
    }
    return documents;
}

enum change { CHANGE_NONE, CHANGE_ADDED, CHANGE_GONE, CHANGE_CHANGED, CHANGE_RENEWED, CHANGE_COUNT };

static const char *const change_names[CHANGE_COUNT] = {[CHANGE_NONE] = "unchanged",
                                                       [CHANGE_ADDED] = "added",
                                                       [CHANGE_GONE] = "gone",
                                                       [CHANGE_CHANGED] = "changed",
                                                       [CHANGE_RENEWED] = "renewed"};

/* What an id of one edition is to another: there with the same text, there with another, its agreement there
 * under another reference, or not there at all. */
static enum change judge(const struct columns *columns, uint32_t document, const struct bits *other)
{
    if (bits_has(other, document))
        return CHANGE_NONE;
    MEM_AUTO char *id = columns_base_id(columns, document);
    size_t count;
    const uint32_t *documents = columns_texts(columns, document, &count);
    enum change change = CHANGE_ADDED;
    for (size_t i = 0; i < count; i++) {
        if (!bits_has(other, documents[i]))
            continue;
        MEM_AUTO char *its_id = columns_base_id(columns, documents[i]);
        if (strcmp(its_id, id) == 0)
            return CHANGE_CHANGED;
        change = CHANGE_RENEWED;
    }
    return change;
}

/* Lists what an edition's documents are to the other one. */
static void gather(const struct columns *columns, const char *edition, const char *other, bool other_is_newer,
                   struct strlist lists[CHANGE_COUNT])
{
    struct bits documents = edition_documents(columns, edition);
    struct bits others = edition_documents(columns, other);
    BITS_EACH(&documents, document)
    {
        enum change change = judge(columns, (uint32_t)document, &others);
        if (other_is_newer && change != CHANGE_ADDED)
            continue; /* told from the newer edition's side */
        strlist_add_steal(&lists[other_is_newer ? CHANGE_GONE : change],
                          columns_base_id(columns, (uint32_t)document));
    }
    bits_free(&documents);
    bits_free(&others);
}

static void put_changes(struct buf *to, struct strlist lists[CHANGE_COUNT])
{
    for (int change = CHANGE_ADDED; change < CHANGE_COUNT; change++) {
        strlist_sort(&lists[change]);
        json_text_member(to, change_names[change]);
        buf_byte(to, '[');
        for (size_t i = 0; i < lists[change].len; i++) {
            json_text_comma(to);
            json_text_or_null(to, lists[change].items[i]);
        }
        buf_byte(to, ']');
    }
    json_text_member(to, "counts");
    buf_byte(to, '{');
    for (int change = CHANGE_NONE; change < CHANGE_COUNT; change++) {
        json_text_member(to, change_names[change]);
        json_text_number(to, (long long)lists[change].len);
    }
    buf_byte(to, '}');
}

/* Takes `from` and `to`, by default the last two editions. */
static enum search_status take_editions(struct inquiry *inquiry, const json_t *params,
                                        const struct strlist *editions, const char **ret_from,
                                        const char **ret_to)
{
    if (editions->len < 2)
        return answer_fail(
            inquiry->error, -32602,
            "changes needs two editions, and this index has %zu; index another with purpose-index",
            editions->len);
    *ret_to = editions->items[editions->len - 1];
    *ret_from = NULL;
    const char *names[] = {"to", "from"};
    const char **values[] = {ret_to, ret_from};
    for (int i = 0; i < 2; i++) {
        const json_t *value = json_object_get(params, names[i]);
        if (!value || json_is_null(value))
            continue;
        const char *edition = json_string_value(value);
        if (!edition || !strlist_has(editions, edition))
            return answer_fail(inquiry->error, -32602, "%s takes an edition of this index, from %s to %s",
                               names[i], editions->items[0], editions->items[editions->len - 1]);
        *values[i] = edition;
    }
    for (size_t i = 0; !*ret_from && i + 1 < editions->len; i++)
        if (strcmp(editions->items[i + 1], *ret_to) == 0)
            *ret_from = editions->items[i];
    if (!*ret_from || strcmp(*ret_from, *ret_to) >= 0)
        return answer_fail(inquiry->error, -32602, "from takes an edition before %s", *ret_to);
    return SEARCH_OK;
}

enum search_status answer_changes(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    static const char *const known[] = {"from", "to", NULL};
    const struct columns *columns = inquiry->columns;
    STRLIST_AUTO struct strlist editions = {0};
    const char *from = NULL, *newer = NULL;
    if (request_check_names(params, known, "changes", inquiry->error) != 0)
        return SEARCH_FAILED;
    list_editions(columns, &editions);
    enum search_status status = take_editions(inquiry, params, &editions, &from, &newer);
    if (status != SEARCH_OK)
        return status;
    struct strlist lists[CHANGE_COUNT] = {0};
    gather(columns, newer, from, false, lists);
    gather(columns, from, newer, true, lists);
    buf_byte(to, '{');
    json_text_member(to, "revision");
    json_text_or_null(to, inquiry->snapshot->revision);
    json_text_member(to, "from");
    json_text_or_null(to, from);
    json_text_member(to, "to");
    json_text_or_null(to, newer);
    json_text_member(to, "coverage");
    json_text_or_null(to, strlist_has(&columns->cumulative, newer) ? "cumulative" : "period");
    put_changes(to, lists);
    buf_byte(to, '}');
    for (int change = 0; change < CHANGE_COUNT; change++)
        strlist_free(&lists[change]);
    return SEARCH_OK;
}
