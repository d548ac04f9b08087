/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The method `export`: every match as a record whole, a piece at a time. */
#include "daemon/search/answer.h"
#include "daemon/search/page.h"
#include "indexer/base/json_text.h"

/* Where the records must end: half of what a reply may be is left to the cursor, which can be long. */
static size_t end_of_records(const struct buf *to)
{
    size_t room = to->max > to->len ? (to->max - to->len) / 2 : 0;
    return to->len + (room < SEARCH_EXPORT_BYTES_MAX ? room : SEARCH_EXPORT_BYTES_MAX);
}

/* Appends the record, unless others stand there already and it would end behind `end`: *ret_fits. */
static enum search_status put_exported(struct inquiry *inquiry, uint32_t document, bool is_first, size_t end,
                                       struct buf *to, bool *ret_fits)
{
    size_t before = to->len;
    json_text_comma(to);
    enum search_status status = answer_put_record(inquiry, document, to);
    if (inquiry->columns->states[document] & DOCUMENT_IS_OLD)
        buf_text(to, ",\"history\":true");
    buf_byte(to, '}');
    *ret_fits = is_first || (!buf_failed(to) && to->len < end);
    if (!*ret_fits && to->data) {
        to->len = before;
        to->data[before] = '\0';
        to->failed = false;
    }
    return status;
}

/* The records of a page, as many as fit: *ret_shown. */
static enum search_status put_records(struct inquiry *inquiry, const struct page *page, struct buf *to,
                                      size_t *ret_shown)
{
    enum search_status status = SEARCH_OK;
    bool fits = true;
    json_text_member(to, "records");
    buf_byte(to, '[');
    size_t end = end_of_records(to);
    *ret_shown = 0;
    while (*ret_shown < page->count && fits && status == SEARCH_OK) {
        status = put_exported(inquiry, page->hits[*ret_shown].document, *ret_shown == 0, end, to, &fits);
        *ret_shown += fits;
    }
    buf_byte(to, ']');
    return status;
}

static enum search_status put_page(struct inquiry *inquiry, const struct page *page, struct buf *to)
{
    size_t shown;
    enum search_status status = put_records(inquiry, page, to, &shown);
    if (status != SEARCH_OK || (shown == page->count && !page->has_more))
        return status;
    json_t *params = inquiry->request.params ? json_incref((json_t *)inquiry->request.params) : json_object();
    MEM_AUTO char *cursor = NULL;
    status = page_cursor(inquiry, page, shown, params, &cursor);
    json_decref(params);
    if (status == SEARCH_OK) {
        json_text_member(to, "cursor");
        json_text_or_null(to, cursor);
    }
    return status;
}

enum search_status answer_export(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    if (request_parse_export(&inquiry->request, inquiry->columns, params, inquiry->error) != 0)
        return SEARCH_FAILED;
    enum search_status status = answer_match(inquiry);
    if (status != SEARCH_OK)
        return status;
    struct page page;
    status = page_find(inquiry, &page);
    if (status == SEARCH_OK) {
        buf_byte(to, '{');
        answer_put_totals(inquiry, page.is_folded ? &page.fold : NULL, to);
        status = put_page(inquiry, &page, to);
        answer_put_findings(inquiry, to);
        buf_byte(to, '}');
    }
    page_free(&page);
    return status;
}
