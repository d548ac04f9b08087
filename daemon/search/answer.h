/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One search under way, and the steps that its methods share. */
#ifndef PURPOSED_SEARCH_ANSWER_H
#define PURPOSED_SEARCH_ANSWER_H

#include "daemon/search/filter.h"
#include "daemon/search/fold.h"
#include "daemon/search/match.h"
#include "daemon/search/query.h"
#include "daemon/search/request.h"
#include "daemon/search/snapshot.h"

struct inquiry {
    struct snapshot *snapshot;      /* borrowed */
    const struct columns *columns;  /* borrowed */
    struct snapshot_worker *worker; /* borrowed */
    struct request request;
    struct matcher matcher;
    struct query *query;  /* NULL: no text was asked for */
    struct query *marked; /* what snippets show in its place; NULL: the query itself */
    struct filtered filtered;
    struct bits shown; /* of what the filters match, what is shown and counted as the total */
    bool relaxed;
    char *corrected;            /* did you mean; NULL: nothing to say */
    struct search_error *error; /* borrowed */
};

void answer_init(struct inquiry *inquiry, struct snapshot *snapshot, unsigned worker,
                 struct search_error *error);
void answer_free(struct inquiry *inquiry);

/* Parses the text and adds other forms of its acronyms: `query`. */
enum search_status answer_parse(struct inquiry *inquiry);
/* Parses the text, matches it (any word where no record has all, said in `relaxed`) and applies the filters.
 */
enum search_status answer_match(struct inquiry *inquiry);
/* Applies the filters to what was found (*steals* `documents`), and keeps what is shown. */
void answer_filter(struct inquiry *inquiry, struct bits documents);
/* What the shim said, as a status of this room, with the error set. */
enum search_status answer_status(enum shim_status status, const char *text, struct search_error *error);
/* A failure with one of the protocol's codes. */
__attribute__((format(printf, 3, 4))) enum search_status answer_fail(struct search_error *error, int code,
                                                                     const char *format, ...);

/* The document of a record (or of an agreement: its newest version), its text of `edition` unless that is
 * NULL. */
enum search_status answer_find(struct inquiry *inquiry, const char *id, const char *edition,
                               uint32_t *ret_document);
/* Whether answer_find would find one. */
bool answer_is_known(const struct inquiry *inquiry, const char *id);

/* Appends the result of a search for what answer_match (or a method of its own) found. `start`:
 * microseconds(). */
enum search_status answer_put_search(struct inquiry *inquiry, long long start, struct buf *to);
long long answer_microseconds(void); /* of a clock that only goes forward */

/* Append members of an object. Revision, total and, of folded hits, groups (`fold`, else NULL): */
void answer_put_totals(const struct inquiry *inquiry, const struct fold *fold, struct buf *to);
/* What was noticed about the question: `corrected`, `relaxed` and `warnings`, where there is anything to say.
 */
void answer_put_findings(const struct inquiry *inquiry, struct buf *to);
/* The object of a record whole, left open: the caller adds members and closes it. */
enum search_status answer_put_record(struct inquiry *inquiry, uint32_t document, struct buf *to);
/* Appends `"warnings":[...]` as a member, where there are any. */
void answer_put_warnings(struct buf *to, const struct strlist *warnings);

/* The methods. Each appends its result. */
enum search_status answer_search(struct inquiry *inquiry, const json_t *params, struct buf *to);
enum search_status answer_facets(struct inquiry *inquiry, const json_t *params, struct buf *to);
enum search_status answer_export(struct inquiry *inquiry, const json_t *params, struct buf *to);
enum search_status answer_get(struct inquiry *inquiry, const json_t *params, struct buf *to);
enum search_status answer_compare(struct inquiry *inquiry, const json_t *params, struct buf *to);
enum search_status answer_changes(struct inquiry *inquiry, const json_t *params, struct buf *to);
enum search_status answer_similar(struct inquiry *inquiry, const json_t *params, struct buf *to);
enum search_status answer_suggest(struct inquiry *inquiry, const json_t *params, struct buf *to);
enum search_status answer_schema(struct inquiry *inquiry, const json_t *params, struct buf *to);

#endif
